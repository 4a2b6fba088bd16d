-- SPDX-License-Identifier: Apache-2.0
-- Learners of one institution ($1) who stand: $2..$8 what the intake adds, then one array of cells for each column of the feed.
-- A pool number and a register hash never change. One writer per store, so what was decided on the loaded rows still holds.
-- plan: kept
UPDATE learner l SET version = r.version, place_latitude_e7 = r.place_latitude_e7, place_longitude_e7 = r.place_longitude_e7,
	withdrawn_on = DATE '1970-01-01' + r.withdrawn_on::integer, withdrawn_reason = r.withdrawn_reason, in_pool = r.in_pool,
	contact_told = r.contact_told, given_name = r.given_name, family_name = r.family_name, email = r.email,
	language = r.language, programme = r.programme, postal_code = r.postal_code, latitude = r.latitude::numeric,
	longitude = r.longitude::numeric, max_distance_km = r.max_distance_km::numeric,
	available_from = r.available_from::date, available_to = r.available_to::date,
	hours_per_week = r.hours_per_week::numeric, weekdays = coalesce(string_to_array(r.weekdays, '|'), '{}'),
	competencies = coalesce(string_to_array(r.competencies, '|'), '{}'), permanent_code = coalesce(r.permanent_code, ''),
	wil_types = coalesce(string_to_array(r.wil_types, '|'), '{}'), languages = coalesce(string_to_array(r.languages, '|'), '{}'),
	groups = coalesce(string_to_array(r.groups, '|'), '{}'), assignable = r.assignable::boolean, tier = r.tier::smallint,
	consent_on = r.consent_on::date
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[], $8::boolean[], $9::text[],
	$10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[],
	$19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[],
	$28::text[], $29::text[], $30::text[])
	AS r (version, place_latitude_e7, place_longitude_e7, withdrawn_on, withdrawn_reason, in_pool, contact_told,
	external_id, given_name, family_name, email, language, programme, postal_code, latitude, longitude,
	max_distance_km, available_from, available_to, hours_per_week, weekdays, competencies, permanent_code, wil_types, languages,
	groups, assignable, tier, consent_on)
WHERE l.institution = $1::text AND l.external_id = r.external_id
