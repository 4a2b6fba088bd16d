-- SPDX-License-Identifier: Apache-2.0
-- learner_load.sql: $1 institution, $2 external ids, each once. That college's rows only: what the intake adds, then her
-- cells in the order of the feed's columns. LATERAL with LIMIT: one look into the index for each.
-- plan: kept
SELECT pool_number, version, place_latitude_e7, place_longitude_e7, withdrawn_on - DATE '1970-01-01', withdrawn_reason,
	in_pool, contact_told,
	external_id, given_name, family_name, email, language, programme, postal_code, latitude::text, longitude::text,
	max_distance_km::text, available_from::text, available_to::text, hours_per_week::text, array_to_string(weekdays, '|'),
	array_to_string(competencies, '|'), permanent_code, array_to_string(wil_types, '|'), array_to_string(languages, '|'),
	array_to_string(groups, '|'), CASE WHEN assignable THEN 'yes' ELSE 'no' END, tier::text, consent_on::text
FROM unnest($2::text[]) AS k (id)
CROSS JOIN LATERAL (SELECT * FROM learner WHERE institution = $1::text AND external_id = k.id LIMIT 1) AS learner
