-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution (NULL: all; else its learners, and whoever is placed at its postings), $3 limit.
SELECT learner, institution, programme, posting, placed_by, reason, at_postings, at_ahead, from_posting, from_round,
       choice
FROM round_line
WHERE round = $1::text AND ($2::text IS NULL OR institution = $2::text OR (posting <> '' AND starts_with(posting, $2::text || '/')))
ORDER BY number LIMIT $3::bigint;
