-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 whether its own placements are left out (it is about to be called off). Who is at its postings now, whichever
-- round has placed them, in the order in which postings are told.
SELECT s.learner, s.institution, s.programme, s.posting, CASE WHEN s.round = $1::text THEN s.placed_by ELSE 'standing' END,
       s.round
FROM standing s
WHERE s.posting IN (SELECT posting FROM round_line WHERE round = $1::text AND posting <> '')
  AND NOT ($2::boolean AND s.round = $1::text)
ORDER BY s.posting, s.learner;
