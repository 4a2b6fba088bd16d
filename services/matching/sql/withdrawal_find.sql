-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 learner, $3 posting, $4 institution (NULL: anybody's).
-- Whose it is in the snapshot, and whether it has left already; a college finds its own only.
SELECT s.learner, '' AS posting, s.institution,
       EXISTS (SELECT FROM round_withdrawal x WHERE x.round = s.round AND x.learner = s.learner)
FROM snapshot_learner s
WHERE s.round = $1::text AND $2::text <> '' AND ($4::text IS NULL OR s.institution = $4::text)
  AND (s.learner = $2::text OR s.learner IN (SELECT v.learner FROM view_learner v
       WHERE v.institution = $4::text AND v.external_id = $2::text))
UNION ALL
SELECT '', s.posting, s.institution,
       EXISTS (SELECT FROM round_withdrawal x WHERE x.round = s.round AND x.posting = s.posting)
FROM snapshot_posting s
WHERE s.round = $1::text AND s.posting = $3::text AND s.state IN ('open', 'filled') AND ($4::text IS NULL OR s.institution = $4::text)
LIMIT 1;
