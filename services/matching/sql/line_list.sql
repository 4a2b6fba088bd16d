-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution (NULL: all; else its learners, and whoever is placed at its postings), $3 limit. A college reads its own
-- learners by the external ids that it gave, too.
SELECT l.learner, l.institution, l.programme, l.posting, placed_by, reason, at_postings, at_ahead, from_posting, from_round,
       coalesce(v.external_id, ''), choice
FROM round_line l LEFT JOIN view_learner v ON v.learner = l.learner AND v.institution = $2::text
WHERE l.round = $1::text
  AND ($2::text IS NULL OR l.institution = $2::text OR (l.posting <> '' AND starts_with(l.posting, $2::text || '/')))
ORDER BY l.number LIMIT $3::bigint;
