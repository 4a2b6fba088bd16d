-- SPDX-License-Identifier: Apache-2.0
-- $1 round. Postings where it places or keeps somebody, and where those who moved up have stood before, with what is told of
-- them.
SELECT posting, employer, institution, seats FROM snapshot_posting
WHERE round = $1::text AND posting IN (
	SELECT posting FROM round_line WHERE round = $1::text
	UNION SELECT from_posting FROM round_line WHERE round = $1::text
	UNION SELECT e.posting FROM round_line l JOIN round_line e USING (learner) JOIN round q ON q.round = e.round
	WHERE l.round = $1::text AND l.from_posting <> '' AND q.state = 'published')
ORDER BY posting;
