-- SPDX-License-Identifier: Apache-2.0
-- $1 round. Postings where it places or keeps somebody, and where those who moved up have stood before, with what is told of
-- them. Postings and other lines are looked up one by one (OFFSET 0), whatever the planner believes of lines that have just been
-- written.
WITH moved AS MATERIALIZED (
	SELECT learner, from_posting FROM round_line WHERE round = $1::text AND from_posting <> ''),
concerned AS MATERIALIZED (
	SELECT posting FROM round_line WHERE round = $1::text AND posting <> ''
	UNION SELECT from_posting FROM moved
	UNION SELECT e.posting FROM moved m CROSS JOIN LATERAL (
		SELECT l.posting FROM round_line l JOIN round r USING (round)
		WHERE l.learner = m.learner AND l.posting <> '' AND l.placed_by <> 'standing' AND r.state = 'published'
		OFFSET 0) e)
SELECT p.posting, p.employer, p.institution, p.seats
FROM concerned c CROSS JOIN LATERAL (
	SELECT * FROM snapshot_posting s WHERE s.round = $1::text AND s.posting = c.posting OFFSET 0) p
ORDER BY p.posting;
