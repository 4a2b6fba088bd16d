-- SPDX-License-Identifier: Apache-2.0
-- $1 round. What has changed since its freeze in where people stand, as far as its outcome depends on it: placements that
-- another round has made, of learners whom this one places or keeps or at postings where it places somebody; and places that
-- it keeps for somebody who no longer has them. To publish it would place somebody twice, fill a seat twice, or tell of a
-- place that is gone. All by operations on whole sets, which stay linear whatever the planner believes of new lines.
WITH mine AS MATERIALIZED (
	SELECT learner, posting, placed_by = 'standing' AS keeps FROM round_line WHERE round = $1::text AND posting <> ''),
now AS MATERIALIZED (SELECT learner, posting FROM standing WHERE round <> $1::text),
news AS MATERIALIZED (
	SELECT learner, posting FROM now EXCEPT SELECT learner, posting FROM snapshot_standing WHERE round = $1::text)
SELECT (SELECT count(*) FROM (SELECT learner FROM news INTERSECT SELECT learner FROM mine) people)
     + (SELECT count(*) FROM (SELECT posting FROM news INTERSECT SELECT posting FROM mine WHERE NOT keeps) places)
     + (SELECT count(*) FROM (SELECT learner, posting FROM mine WHERE keeps EXCEPT SELECT learner, posting FROM now) gone);
