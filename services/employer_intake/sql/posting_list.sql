-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (NULL: all), $2 after institution, $3 after external id, $4 limit, $5 state (NULL: any), $6 employer (NULL:
-- any), $7 who asks ('*': the intermediary): a reason for a state is shown to the posting's own college and to her only.
SELECT p.institution || '/' || p.external_id, p.institution, p.external_id, p.state,
       CASE WHEN $7::text IN ('*', p.institution) THEN p.state_reason ELSE '' END,
       p.employer, coalesce(e.legal_name, ''), p.title, p.wil_type, array_to_string(p.programmes, '|'),
       coalesce(array_to_string(p.competencies, '|'), ''), coalesce(p.noc, ''), p.seats::text, p.seats_taken::text,
       to_char(p.starts_on, 'YYYY-MM-DD'), to_char(p.ends_on, 'YYYY-MM-DD'), trim_scale(p.hours_per_week)::text,
       coalesce(array_to_string(p.weekdays, '|'), ''),
       CASE p.paid WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '' END, coalesce(p.hourly_wage::text, ''),
       coalesce(p.language, ''), coalesce(p.place, ''), coalesce(p.postal_code, e.postal_code, ''),
       coalesce(e.municipality, ''), coalesce(to_char(p.answer_by, 'YYYY-MM-DD'), '')
FROM posting p LEFT JOIN employer e ON e.institution = p.institution AND e.external_id = p.employer
WHERE ($1::text IS NULL OR p.institution = $1::text)
  AND (p.institution, p.external_id) > ($2::text COLLATE "C", $3::text COLLATE "C")
  AND ($5::text IS NULL OR p.state = $5::text)
  AND ($6::text IS NULL OR p.employer = $6::text)
ORDER BY p.institution, p.external_id LIMIT $4::bigint;
