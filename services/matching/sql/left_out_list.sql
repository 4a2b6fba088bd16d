-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution of the learners (NULL: all), $3 limit.
SELECT learner, institution, posting, reasons FROM round_left_out
WHERE round = $1::text AND ($2::text IS NULL OR institution = $2::text) ORDER BY number LIMIT $3::bigint;
