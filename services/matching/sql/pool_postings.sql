-- SPDX-License-Identifier: Apache-2.0
-- $1 round ('': the present view), $2 one posting (NULL: all), $3 today. What an employer offers who asks for a pause counts
-- as paused; a snapshot has kept that already.
SELECT p.posting, p.institution, p.employer,
       CASE WHEN p.state = 'open' AND e.paused_until > $3::bigint THEN 'paused' ELSE p.state END, p.wil_type, array_to_string(p.programmes, '|'),
       array_to_string(p.competencies, '|'), p.seats, p.starts_on, p.ends_on, p.hours_hundredths, p.weekdays, p.languages,
       p.place_kind, p.latitude_e7, p.longitude_e7, p.accepts_unranked, p.assignable, array_to_string(p.reserves, '|'),
       p.reserves_last,
       EXISTS (SELECT FROM round_withdrawal x WHERE x.round = $1::text AND x.posting = p.posting AND NOT x.after_publication)
FROM pool_posting p LEFT JOIN view_employer e ON p.round = '' AND e.employer = p.employer
WHERE p.round = $1::text AND ($2::text IS NULL OR p.posting = $2::text)
ORDER BY p.posting;
