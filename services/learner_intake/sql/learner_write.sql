-- SPDX-License-Identifier: Apache-2.0
-- learner_write.sql: a batch of one institution ($1): $2..$10 what the intake adds, then one array of cells for each
-- column of the feed; then $33 $34 when and by whom new ones are fed. A pool number and a register hash never change. One writer per store, so what was decided on the
-- loaded rows still holds.
INSERT INTO learner (institution, pool_number, register_hash, version, place_latitude_e7, place_longitude_e7,
	withdrawn_on, withdrawn_reason, in_pool, contact_told, external_id, given_name, family_name, email, language, programme,
	postal_code, latitude, longitude, max_distance_km, available_from, available_to, hours_per_week, weekdays,
	competencies, permanent_code, wil_types, languages, groups, assignable, tier, consent_on, created_ms,
	created_by)
SELECT $1::text, pool_number, register_hash, version, place_latitude_e7, place_longitude_e7,
	DATE '1970-01-01' + withdrawn_on::integer, withdrawn_reason, in_pool, contact_told, external_id, given_name,
	family_name, email, language, programme, postal_code, latitude::numeric, longitude::numeric, max_distance_km::numeric,
	available_from::date, available_to::date, hours_per_week::numeric, coalesce(string_to_array(weekdays, '|'), '{}'),
	coalesce(string_to_array(competencies, '|'), '{}'), coalesce(permanent_code, ''),
	coalesce(string_to_array(wil_types, '|'), '{}'), coalesce(string_to_array(languages, '|'), '{}'),
	coalesce(string_to_array(groups, '|'), '{}'), assignable::boolean, tier::smallint, consent_on::date,
	$33::bigint, $34::text
FROM unnest($2::text[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::boolean[],
	$10::boolean[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[],
	$19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[],
	$28::text[], $29::text[], $30::text[], $31::text[], $32::text[])
	AS r (pool_number, register_hash, version, place_latitude_e7, place_longitude_e7, withdrawn_on, withdrawn_reason,
	in_pool, contact_told, external_id, given_name, family_name, email, language, programme, postal_code, latitude,
	longitude, max_distance_km, available_from, available_to, hours_per_week, weekdays, competencies, permanent_code,
	wil_types, languages, groups, assignable, tier, consent_on)
ON CONFLICT (institution, external_id) DO UPDATE SET version = excluded.version,
	place_latitude_e7 = excluded.place_latitude_e7, place_longitude_e7 = excluded.place_longitude_e7,
	withdrawn_on = excluded.withdrawn_on, withdrawn_reason = excluded.withdrawn_reason, in_pool = excluded.in_pool,
	contact_told = excluded.contact_told, given_name = excluded.given_name, family_name = excluded.family_name,
	email = excluded.email, language = excluded.language, programme = excluded.programme,
	postal_code = excluded.postal_code, latitude = excluded.latitude, longitude = excluded.longitude,
	max_distance_km = excluded.max_distance_km, available_from = excluded.available_from,
	available_to = excluded.available_to, hours_per_week = excluded.hours_per_week, weekdays = excluded.weekdays,
	competencies = excluded.competencies, permanent_code = excluded.permanent_code, wil_types = excluded.wil_types,
	languages = excluded.languages, groups = excluded.groups, assignable = excluded.assignable, tier = excluded.tier,
	consent_on = excluded.consent_on
