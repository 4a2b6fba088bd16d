-- SPDX-License-Identifier: Apache-2.0
-- held_learner.sql: $1 institution, $2 external id. Every column of her row, in the order of intake's HELD_LEARNER (held.c).
SELECT institution, external_id, pool_number, given_name, family_name, email, language, programme, postal_code,
	latitude::text, longitude::text, place_latitude_e7::text, place_longitude_e7::text, max_distance_km::text,
	available_from::text, available_to::text, hours_per_week::text, array_to_string(weekdays, '|'),
	array_to_string(competencies, '|'), permanent_code, array_to_string(wil_types, '|'), array_to_string(languages, '|'),
	array_to_string(groups, '|'), CASE WHEN assignable THEN 'yes' ELSE 'no' END, tier::text, consent_on::text,
	withdrawn_on::text, withdrawn_reason, CASE WHEN in_pool THEN 'yes' ELSE 'no' END,
	CASE WHEN contact_told THEN 'yes' ELSE 'no' END, version::text, encode(register_hash, 'hex'),
	created_ms::text, created_by
FROM learner WHERE institution = $1::text AND external_id = $2::text
