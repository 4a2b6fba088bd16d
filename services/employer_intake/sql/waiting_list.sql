-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (NULL: all), $2 after cursor, $3 limit, $4 kind (NULL: any). Postings that name an employer who is not known yet,
-- but for those that are over. (What an employer's ranking names is matching's to list.)
SELECT (p.institution || '/' || p.external_id) COLLATE "C", 'posting', p.institution, p.institution || '/' || p.external_id,
       'employer:' || p.institution || '/' || p.employer
FROM posting p
WHERE p.state NOT IN ('closed', 'withdrawn') AND ($1::text IS NULL OR p.institution = $1::text)
  AND ($4::text IS NULL OR $4::text = 'posting')
  AND NOT EXISTS (SELECT FROM employer e WHERE e.institution = p.institution AND e.external_id = p.employer)
  AND (p.institution || '/' || p.external_id) COLLATE "C" > $2::text COLLATE "C"
ORDER BY 1 LIMIT $3::bigint;
