-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution of the learners (NULL: all, without their external ids), $3 limit.
SELECT o.learner, o.institution, o.posting, o.reasons, coalesce(v.external_id, '')
FROM round_left_out o LEFT JOIN view_learner v ON v.learner = o.learner AND v.institution = $2::text
WHERE o.round = $1::text AND ($2::text IS NULL OR o.institution = $2::text) ORDER BY o.number LIMIT $3::bigint;
