-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 pool numbers. Those of another log's learners, in order: it alone may have them erased.
SELECT DISTINCT n.learner COLLATE "C" FROM unnest($2::text[]) AS n (learner)
WHERE EXISTS (SELECT FROM view_learner v WHERE v.learner = n.learner AND v.log_id <> $1::text)
   OR EXISTS (SELECT FROM snapshot_learner s WHERE s.learner = n.learner AND s.log_id NOT IN ('', $1::text))
ORDER BY 1;
