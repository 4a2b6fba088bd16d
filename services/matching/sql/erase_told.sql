-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers. Topics and keys under which our log names these learners: where they are placed, where they
-- have moved up from, and their colleges.
SELECT 'placement', l.posting FROM round_line l JOIN round r USING (round)
WHERE l.learner = ANY ($1::text[]) AND l.posting <> '' AND r.state IN ('published', 'closed')
UNION
SELECT 'placement', l.from_posting FROM round_line l JOIN round r USING (round)
WHERE l.learner = ANY ($1::text[]) AND l.from_posting <> '' AND r.state IN ('published', 'closed')
UNION
SELECT 'summary', l.round || '/' || l.institution FROM round_line l JOIN round r USING (round)
WHERE l.learner = ANY ($1::text[]) AND r.state IN ('published', 'closed')
ORDER BY 1, 2;
