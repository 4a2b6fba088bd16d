-- SPDX-License-Identifier: Apache-2.0
-- $1 whose (NULL: all), $2..$5 after this pair, $6 limit, $7 state (NULL: any), $8 reason (NULL: any). Pairs that are suspected,
-- proposed or merged; of a record only what others may know: its college, name and municipality.
SELECT p.institution_a || '/' || p.external_id_a || '|' || p.institution_b || '/' || p.external_id_b,
       p.institution_a || '/' || p.external_id_a, p.institution_a, a.legal_name, coalesce(a.municipality, ''),
       p.institution_b || '/' || p.external_id_b, p.institution_b, b.legal_name, coalesce(b.municipality, ''),
       coalesce(s.reason, ''), coalesce(s.score::text, ''), coalesce(l.state, 'suspected'), coalesce(l.proposed_by, ''),
       coalesce(s.found_ms::text, '')
FROM (SELECT institution_a, external_id_a, institution_b, external_id_b FROM firm_suspicion
      UNION SELECT institution_a, external_id_a, institution_b, external_id_b FROM firm_link) AS p
JOIN employer a ON a.institution = p.institution_a AND a.external_id = p.external_id_a
JOIN employer b ON b.institution = p.institution_b AND b.external_id = p.external_id_b
LEFT JOIN firm_suspicion s USING (institution_a, external_id_a, institution_b, external_id_b)
LEFT JOIN firm_link l USING (institution_a, external_id_a, institution_b, external_id_b)
WHERE ($1::text IS NULL OR p.institution_a = $1::text OR p.institution_b = $1::text)
  AND (p.institution_a, p.external_id_a, p.institution_b, p.external_id_b)
      > ($2::text COLLATE "C", $3::text COLLATE "C", $4::text COLLATE "C", $5::text COLLATE "C")
  AND ($7::text IS NULL OR coalesce(l.state, 'suspected') = $7::text)
  AND ($8::text IS NULL OR s.reason = $8::text)
ORDER BY p.institution_a, p.external_id_a, p.institution_b, p.external_id_b LIMIT $6::bigint;
