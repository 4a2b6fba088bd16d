-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2..$26 one text[] for each column of the feed, $27 versions, $28 $29 places (NULL: none of its own),
-- $30 states, $31 their reasons, $32 $33 when and by whom new ones are fed. Seats taken are matching's to tell: a
-- new row has none, a changed one keeps them.
INSERT INTO posting (institution, external_id, employer, title, wil_type, description, programmes, competencies, noc, seats,
                     starts_on, ends_on, hours_per_week, weekdays, paid, hourly_wage, language, place, postal_code, latitude,
                     longitude, accepts_unranked, assignable, reserves, reserve_order, answer_by, version,
                     place_latitude_e7, place_longitude_e7, state, state_reason, seats_taken,
                     created_ms, created_by)
SELECT $1::text, c1, c2, c3, c4, c5, string_to_array(c6, '|'), string_to_array(c7, '|'), c8, c9::integer, c10::date,
       c11::date, c12::numeric, string_to_array(c13, '|'), c14::boolean, c15::numeric, c16, c17, c18, c19::numeric,
       c20::numeric, c21::boolean, c22::boolean, string_to_array(c23, '|'), c24, c25::date, v, lat, lon, s, r, 0,
       $32::bigint, $33::text
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[],
            $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[],
            $27::bigint[], $28::bigint[], $29::bigint[], $30::text[], $31::text[])
     AS fed (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24,
             c25, v, lat, lon, s, r)
ON CONFLICT (institution, external_id) DO UPDATE SET
	employer = excluded.employer, title = excluded.title, wil_type = excluded.wil_type,
	description = excluded.description, programmes = excluded.programmes, competencies = excluded.competencies,
	noc = excluded.noc, seats = excluded.seats, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
	hours_per_week = excluded.hours_per_week, weekdays = excluded.weekdays, paid = excluded.paid,
	hourly_wage = excluded.hourly_wage, language = excluded.language, place = excluded.place,
	postal_code = excluded.postal_code, latitude = excluded.latitude, longitude = excluded.longitude,
	accepts_unranked = excluded.accepts_unranked, assignable = excluded.assignable, reserves = excluded.reserves,
	reserve_order = excluded.reserve_order, answer_by = excluded.answer_by, version = excluded.version,
	place_latitude_e7 = excluded.place_latitude_e7, place_longitude_e7 = excluded.place_longitude_e7,
	state = excluded.state, state_reason = excluded.state_reason;
