-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers. Of those whom the view says to be out of the pool: the rounds not yet published that took them in at the
-- freeze, and the places that stand (posting; else ''). Round by round.
SELECT r.round, s.learner, s.institution, ''::text AS posting
FROM snapshot_learner s JOIN round r USING (round) JOIN view_learner v USING (learner)
WHERE s.learner = ANY ($1::text[]) AND s.in_pool AND NOT v.in_pool AND r.state IN ('frozen', 'solved')
  AND NOT EXISTS (SELECT FROM round_withdrawal x WHERE x.round = s.round AND x.learner = s.learner)
UNION ALL
SELECT t.round, t.learner, t.institution, t.posting
FROM standing t JOIN view_learner v USING (learner)
WHERE t.learner = ANY ($1::text[]) AND NOT v.in_pool
ORDER BY 1, 2;
