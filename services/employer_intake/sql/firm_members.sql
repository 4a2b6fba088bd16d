-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external id. The records of its firm, itself among them (alone when nothing is linked to it).
SELECT e.institution || '/' || e.external_id, e.institution, e.legal_name, coalesce(e.municipality, ''),
       coalesce(m.firm_institution || '/' || m.firm_external_id, e.institution || '/' || e.external_id)
FROM employer e
LEFT JOIN firm_member m ON m.institution = e.institution AND m.external_id = e.external_id
WHERE (e.institution = $1::text AND e.external_id = $2::text)
   OR (m.firm_institution, m.firm_external_id) IN (SELECT f.firm_institution, f.firm_external_id FROM firm_member f
                                                   WHERE f.institution = $1::text AND f.external_id = $2::text)
ORDER BY e.institution, e.external_id;
