-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit, $3 institution (NULL: all), $4 learner, $5 posting, $6 round (NULL: any). What became of learners in
-- the rounds that were published, the oldest first, and whether the place stands; who keeps another round's place is in that
-- round's row. A college reads its own learners by the external ids that it gave.
SELECT l.round || '/' || lpad(l.number::text, 10, '0'), coalesce(v.external_id, l.learner), l.learner, l.institution,
       l.round, r.title, r.state, l.posting, l.placed_by, CASE WHEN l.choice > 0 THEN l.choice::text ELSE '' END,
       l.from_posting, l.reason,
       CASE WHEN EXISTS (SELECT FROM standing s WHERE s.learner = l.learner AND s.round = l.round) THEN 'yes' ELSE 'no' END
FROM round_line l JOIN round r USING (round)
LEFT JOIN view_learner v ON v.learner = l.learner AND v.institution = $3::text
WHERE r.state IN ('published', 'closed') AND l.placed_by <> 'standing' AND l.learner <> 'erased----'
  AND ($3::text IS NULL OR l.institution = $3::text) AND ($4::text IS NULL OR l.learner = $4::text)
  AND ($5::text IS NULL OR l.posting = $5::text) AND ($6::text IS NULL OR l.round = $6::text)
  AND (l.round || '/' || lpad(l.number::text, 10, '0')) COLLATE "C" > $1::text
ORDER BY l.round, l.number LIMIT $2::bigint;
