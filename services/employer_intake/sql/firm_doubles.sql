-- SPDX-License-Identifier: Apache-2.0
-- $1 whose (NULL: all), $2..$5 after this pair, $6 limit. Pairs of open postings of one firm, fed by two colleges, that have a
-- programme in common and overlap in time; whether their titles say the same is for the rules.
SELECT p.institution || '/' || p.external_id || '|' || q.institution || '/' || q.external_id,
       p.institution || '/' || p.external_id, p.institution, p.title, to_char(p.starts_on, 'YYYY-MM-DD'),
       to_char(p.ends_on, 'YYYY-MM-DD'),
       q.institution || '/' || q.external_id, q.institution, q.title, to_char(q.starts_on, 'YYYY-MM-DD'),
       to_char(q.ends_on, 'YYYY-MM-DD'), m.firm_institution || '/' || m.firm_external_id
FROM firm_member m
JOIN posting p ON p.institution = m.institution AND p.employer = m.external_id
JOIN firm_member n ON n.firm_institution = m.firm_institution AND n.firm_external_id = m.firm_external_id
     AND n.institution > m.institution
JOIN posting q ON q.institution = n.institution AND q.employer = n.external_id
WHERE p.programmes && q.programmes AND p.starts_on <= q.ends_on AND q.starts_on <= p.ends_on
  AND p.state = 'open' AND q.state = 'open'
  AND ($1::text IS NULL OR p.institution = $1::text OR q.institution = $1::text)
  AND (p.institution, p.external_id, q.institution, q.external_id)
      > ($2::text COLLATE "C", $3::text COLLATE "C", $4::text COLLATE "C", $5::text COLLATE "C")
ORDER BY p.institution, p.external_id, q.institution, q.external_id LIMIT $6::bigint;
