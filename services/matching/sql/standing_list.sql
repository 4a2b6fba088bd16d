-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 postings. Who is there now, whichever round has placed them, in the order in which postings are told. Each
-- posting is looked up by itself (OFFSET 0), whatever the planner believes of lines that have just been written.
SELECT s.learner, s.institution, s.programme, s.posting, CASE WHEN s.round = $1::text THEN s.placed_by ELSE 'standing' END,
       s.round
FROM unnest($2::text[]) AS p (posting)
CROSS JOIN LATERAL (SELECT * FROM standing t WHERE t.posting = p.posting OFFSET 0) s
ORDER BY s.posting, s.learner;
