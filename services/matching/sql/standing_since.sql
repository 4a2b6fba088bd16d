-- SPDX-License-Identifier: Apache-2.0
-- $1 round. What has changed since its freeze in where people stand, as far as its outcome depends on it: placements that
-- another round has made, of learners whom this one places or keeps or at postings where it places somebody; and places that
-- it keeps for somebody who no longer has them. To publish it would place somebody twice, fill a seat twice, or tell of a
-- place that is gone.
WITH mine AS (SELECT learner, posting, placed_by FROM round_line WHERE round = $1::text AND posting <> '')
SELECT (SELECT count(*) FROM standing s
        WHERE s.round <> $1::text
          AND NOT EXISTS (SELECT FROM snapshot_standing x
                          WHERE x.round = $1::text AND x.learner = s.learner AND x.posting = s.posting)
          AND (s.learner IN (SELECT learner FROM mine)
            OR s.posting IN (SELECT posting FROM mine WHERE placed_by <> 'standing')))
     + (SELECT count(*) FROM mine m
        WHERE m.placed_by = 'standing'
          AND NOT EXISTS (SELECT FROM standing s WHERE s.learner = m.learner AND s.posting = m.posting));
