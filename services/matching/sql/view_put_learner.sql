-- SPDX-License-Identifier: Apache-2.0
-- Profiles.
-- A row belongs to the log that told of it first: the keys of what another log says of it come back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
WITH told AS (
	SELECT * FROM unnest(
		$2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
		$11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
		$18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[])
		AS told (key, version, t0, t1, t2, t3, t4, t5, n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11)
), put AS (
	INSERT INTO view_learner
		(learner, log_id, version, institution, external_id, programme, competencies, groups, permanent_code_hash, in_pool,
		latitude_e7, longitude_e7, max_distance_m, available_from, available_to, hours_hundredths, weekdays, languages,
		wil_types, assignable, tier)
	SELECT
		key, $1::text, version, t0, t1, t2, string_to_array(t3, '|'), string_to_array(t4, '|'), decode(t5, 'hex'), n0 <> 0,
		n1, n2, n3, n4, n5, n6, n7, n8, n9, n10 <> 0, n11
	FROM told
	ON CONFLICT (learner) DO UPDATE SET
		version = excluded.version, institution = excluded.institution,
		external_id = excluded.external_id, programme = excluded.programme, competencies = excluded.competencies,
		groups = excluded.groups, permanent_code_hash = excluded.permanent_code_hash, in_pool = excluded.in_pool,
		latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7, max_distance_m = excluded.max_distance_m,
		available_from = excluded.available_from, available_to = excluded.available_to,
		hours_hundredths = excluded.hours_hundredths, weekdays = excluded.weekdays, languages = excluded.languages,
		wil_types = excluded.wil_types, assignable = excluded.assignable, tier = excluded.tier
	WHERE view_learner.log_id = excluded.log_id
	RETURNING learner
)
SELECT key FROM told WHERE key NOT IN (SELECT learner FROM put);
