-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (NULL: all), $2 after institution, $3 after external id, $4 limit, $5 with contacts, $6 neq (NULL: any).
SELECT institution || '/' || external_id, institution, external_id, legal_name, coalesce(neq, ''),
       coalesce(headcount::text, ''), coalesce(naics, ''), language,
       CASE WHEN $5::boolean THEN contact_name ELSE '' END,
       CASE WHEN $5::boolean THEN contact_email ELSE '' END,
       CASE WHEN $5::boolean THEN coalesce(contact_phone, '') ELSE '' END,
       coalesce(address, ''), coalesce(municipality, ''), postal_code,
       (SELECT count(*)::text FROM posting p WHERE p.institution = e.institution AND p.employer = e.external_id),
       coalesce(to_char(e.paused_until, 'YYYY-MM-DD'), '')
FROM employer e
WHERE ($1::text IS NULL OR institution = $1::text)
  AND (institution, external_id) > ($2::text COLLATE "C", $3::text COLLATE "C")
  AND ($6::text IS NULL OR neq = $6::text)
ORDER BY institution, external_id LIMIT $4::bigint;
