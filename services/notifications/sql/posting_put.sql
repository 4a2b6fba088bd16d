-- SPDX-License-Identifier: Apache-2.0
-- $1 postings, $2 institutions, $3 employers, $4 states, $5 titles, $6 programmes joined by '|', $7 seats, $8 $9
-- first and last days, $10 hours, $11 weekdays, $12 remote, $13 whether they have a place of their own, $14 log.
INSERT INTO posting (posting, institution, employer, state, title, programmes, seats, starts_on, ends_on, hours_hundredths,
	weekdays, remote, own_place, log_id)
SELECT p, i, e, s, t, coalesce(string_to_array(nullif(c, ''), '|'), '{}'), n, b, u, h, w, r, o, $14::text
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
	$9::bigint[], $10::bigint[], $11::bigint[], $12::boolean[], $13::boolean[])
	AS x (p, i, e, s, t, c, n, b, u, h, w, r, o)
ON CONFLICT (posting) DO UPDATE SET institution = excluded.institution, employer = excluded.employer,
	state = excluded.state, title = excluded.title, programmes = excluded.programmes, seats = excluded.seats,
	starts_on = excluded.starts_on, ends_on = excluded.ends_on, hours_hundredths = excluded.hours_hundredths,
	weekdays = excluded.weekdays, remote = excluded.remote, own_place = excluded.own_place,
	log_id = excluded.log_id
