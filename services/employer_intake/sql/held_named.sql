-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number ('': not proven to be the asker's), $2 institution, $3 that college's own id of her. Every list that names her.
SELECT r.institution || '/' || r.posting, e.tier::text, e.ref
FROM employer_ranking r CROSS JOIN LATERAL unnest(r.tiers, r.learners) AS e (tier, ref)
WHERE r.learners && ARRAY[$1::text, $3::text] AND e.ref <> ''
  AND (e.ref = $1::text OR (e.ref = $3::text AND r.institution = $2::text))
ORDER BY 1, 2;
