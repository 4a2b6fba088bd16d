-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (NULL: all), $2 after institution, $3 after posting, $4 after entry, $5 limit, $6 with learners, $7 posting
-- (NULL: any). One row for each entry; its own reference, posting and number, comes first.
SELECT r.institution || '/' || r.posting || '/' || e.n, r.institution, r.posting, e.tier::text,
       CASE WHEN $6::boolean THEN e.learner ELSE '' END
FROM employer_ranking r, unnest(r.tiers, r.learners) WITH ORDINALITY AS e (tier, learner, n)
WHERE ($1::text IS NULL OR r.institution = $1::text)
  AND (r.institution, r.posting) >= ($2::text COLLATE "C", $3::text COLLATE "C")
  AND (r.institution, r.posting, e.n) > ($2::text COLLATE "C", $3::text COLLATE "C", $4::bigint)
  AND ($7::text IS NULL OR r.posting = $7::text)
ORDER BY r.institution, r.posting, e.n LIMIT $5::bigint;
