-- SPDX-License-Identifier: Apache-2.0
-- Postings of any state.
-- A row belongs to the log that told of it first: the keys of what another log says of it come back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
WITH told AS (
	SELECT * FROM unnest(
		$2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
		$11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
		$18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
		AS told (key, version, t0, t1, t2, t3, t4, t5, n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12)
), put AS (
	INSERT INTO view_posting
		(posting, log_id, version, institution, employer, state, programmes, competencies, reserves, wil_type, seats,
		starts_on, ends_on, hours_hundredths, weekdays, languages, place_kind, latitude_e7, longitude_e7, accepts_unranked,
		assignable, reserves_last)
	SELECT
		key, $1::text, version, t0, t1, t2, string_to_array(t3, '|'), string_to_array(t4, '|'), string_to_array(t5, '|'), n0,
		n1, n2, n3, n4, n5, n6, n7, n8, n9, n10 <> 0, n11 <> 0, n12 <> 0
	FROM told
	ON CONFLICT (posting) DO UPDATE SET
		version = excluded.version, institution = excluded.institution,
		employer = excluded.employer, state = excluded.state, programmes = excluded.programmes,
		competencies = excluded.competencies, reserves = excluded.reserves, wil_type = excluded.wil_type,
		seats = excluded.seats, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
		hours_hundredths = excluded.hours_hundredths, weekdays = excluded.weekdays, languages = excluded.languages,
		place_kind = excluded.place_kind, latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7,
		accepts_unranked = excluded.accepts_unranked, assignable = excluded.assignable,
		reserves_last = excluded.reserves_last
	WHERE view_posting.log_id = excluded.log_id
	RETURNING posting
)
SELECT key FROM told WHERE key NOT IN (SELECT posting FROM put);
