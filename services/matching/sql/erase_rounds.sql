-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers. Rounds whose snapshot or outcome holds one of these learners: id, state, and whether it is in the outcome.
SELECT r.round, r.state FROM round r
WHERE EXISTS (SELECT FROM snapshot_learner s WHERE s.round = r.round AND s.learner = ANY ($1::text[]))
   OR EXISTS (SELECT FROM snapshot_standing s WHERE s.round = r.round AND s.learner = ANY ($1::text[]))
   OR EXISTS (SELECT FROM round_line l WHERE l.round = r.round AND l.learner = ANY ($1::text[]))
ORDER BY r.round;
