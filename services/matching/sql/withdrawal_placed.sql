-- SPDX-License-Identifier: Apache-2.0
-- $1 round, published, $2 learner, $3 posting, $4 institution (NULL: anybody's).
-- Who gives up a place that this round has given and that stands, or which posting takes back its seats: as withdrawal_find,
-- and the posting where a seat becomes free. Whoever has given it up already comes back as gone.
WITH asked AS (
	SELECT p.learner, p.institution, p.posting,
	       NOT EXISTS (SELECT FROM standing s WHERE s.round = p.round AND s.learner = p.learner) AS gone
	FROM published_line p
	WHERE p.round = $1::text AND $2::text <> '' AND ($4::text IS NULL OR p.institution = $4::text)
	  AND (p.learner = $2::text OR p.learner IN (SELECT v.learner FROM view_learner v
	       WHERE v.institution = $4::text AND v.external_id = $2::text)))
SELECT learner, '' AS left_posting, institution, gone, posting FROM asked
WHERE NOT gone OR EXISTS (SELECT FROM round_withdrawal x WHERE x.round = $1::text AND x.learner = asked.learner)
UNION ALL
SELECT '', p.posting, p.institution,
       EXISTS (SELECT FROM round_withdrawal x WHERE x.round = p.round AND x.posting = p.posting), p.posting
FROM snapshot_posting p
WHERE p.round = $1::text AND p.posting = $3::text AND ($4::text IS NULL OR p.institution = $4::text)
  AND EXISTS (SELECT FROM published_line l WHERE l.round = p.round AND l.posting = p.posting)
LIMIT 1;
