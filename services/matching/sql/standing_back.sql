-- SPDX-License-Identifier: Apache-2.0
-- $1 round, published, that may be called off. Postings to which learners would come back, since it had moved them up from
-- there, but where others have been placed since, so that there are no seats for all of them.
WITH back AS (
	SELECT before.posting, count(*) AS n
	FROM standing s
	CROSS JOIN LATERAL (
		SELECT l.posting, l.lasts FROM published_line l WHERE l.learner = s.learner AND l.round <> $1::text
		ORDER BY l.published_number DESC LIMIT 1) before
	WHERE s.round = $1::text AND before.lasts
	GROUP BY before.posting)
SELECT b.posting FROM back b JOIN snapshot_posting p ON p.round = $1::text AND p.posting = b.posting
WHERE b.n + (SELECT count(*) FROM standing s WHERE s.posting = b.posting AND s.round <> $1::text)
      > greatest(p.seats, (SELECT count(*) FROM standing s WHERE s.posting = b.posting))
ORDER BY 1;
