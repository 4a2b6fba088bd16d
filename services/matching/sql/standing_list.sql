-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 postings. Who is there now, whichever round has placed them, in the order in which postings are told.
SELECT s.learner, s.institution, s.programme, s.posting, CASE WHEN s.round = $1::text THEN s.placed_by ELSE 'standing' END,
       s.round
FROM standing s WHERE s.posting = ANY ($2::text[])
ORDER BY s.posting, s.learner;
