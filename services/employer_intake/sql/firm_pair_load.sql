-- SPDX-License-Identifier: Apache-2.0
-- $1 $2 the one record, $3 $4 the other one, the smaller institution first. No row: one of them is not known. Are they
-- suspected; the state of their link ('': none); has each an open posting, which all of the pool see.
SELECT s.reason IS NOT NULL, coalesce(l.state, ''),
       EXISTS (SELECT 1 FROM posting p WHERE p.institution = a.institution AND p.employer = a.external_id AND p.state = 'open'),
       EXISTS (SELECT 1 FROM posting p WHERE p.institution = b.institution AND p.employer = b.external_id AND p.state = 'open')
FROM employer a CROSS JOIN employer b
LEFT JOIN firm_suspicion s ON s.institution_a = a.institution AND s.external_id_a = a.external_id
      AND s.institution_b = b.institution AND s.external_id_b = b.external_id
LEFT JOIN firm_link l ON l.institution_a = a.institution AND l.external_id_a = a.external_id
      AND l.institution_b = b.institution AND l.external_id_b = b.external_id
WHERE a.institution = $1::text AND a.external_id = $2::text AND b.institution = $3::text AND b.external_id = $4::text;
