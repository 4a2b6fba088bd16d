-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 today. All of the view, in the shape of the snapshot; an employer's pause becomes that of its open postings.
INSERT INTO snapshot_posting
SELECT $1::text, p.posting, p.institution, p.employer,
       CASE WHEN p.state = 'open' AND e.paused_until > $2::bigint THEN 'paused' ELSE p.state END, p.wil_type, p.programmes,
       p.competencies, p.seats, p.starts_on, p.ends_on, p.hours_hundredths, p.weekdays, p.languages, p.place_kind, p.latitude_e7,
       p.longitude_e7, p.accepts_unranked, p.assignable, p.reserves, p.reserves_last
FROM pool_posting p LEFT JOIN view_employer e USING (employer) WHERE p.round = '';
