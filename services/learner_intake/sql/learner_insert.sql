-- SPDX-License-Identifier: Apache-2.0
-- Learners of a batch who are new; columns as store.c packs them: what the intake adds, then the cells.
COPY learner (institution, pool_number, register_hash, version, place_latitude_e7, place_longitude_e7, withdrawn_on,
	withdrawn_reason, in_pool, contact_told, created_ms, created_by,
	external_id, given_name, family_name, email, language, programme, postal_code, latitude, longitude,
	max_distance_km, available_from, available_to, hours_per_week, weekdays, competencies, permanent_code, wil_types, languages,
	groups, assignable, tier, consent_on) FROM STDIN (FORMAT binary);
