-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number (''; not the asker's own), $2 institution, $3 its own id of her. Employers' lists that name her.
SELECT r.posting, e.tier::text, e.ref
FROM view_employer_ranking r CROSS JOIN LATERAL unnest(r.tiers, r.learners) AS e (tier, ref)
WHERE r.learners && ARRAY[$1::text, $3::text] AND e.ref <> ''
  AND (e.ref = $1::text OR (e.ref = $3::text AND r.institution = $2::text))
ORDER BY 1, 2;
