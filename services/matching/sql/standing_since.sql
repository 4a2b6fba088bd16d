-- SPDX-License-Identifier: Apache-2.0
-- $1 round. Placements that another round has made since the freeze, of learners or at postings of this round's own
-- placements: to publish it would place somebody twice, or fill a seat twice.
SELECT count(*)
FROM standing s
WHERE s.round <> $1::text
  AND NOT EXISTS (SELECT FROM snapshot_standing x WHERE x.round = $1::text AND x.learner = s.learner AND x.posting = s.posting)
  AND (s.learner IN (SELECT learner FROM round_line WHERE round = $1::text AND posting <> '' AND placed_by <> 'standing')
    OR s.posting IN (SELECT posting FROM round_line WHERE round = $1::text AND posting <> '' AND placed_by <> 'standing'));
