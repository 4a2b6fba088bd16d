-- SPDX-License-Identifier: Apache-2.0
-- learner_list.sql: $1 institution, $2 after, $3 rows; filters, null where not asked: $4 external_id, $5 pool_number,
-- $6 programme, $7 language, $8 in_pool (yes, no). That college's rows only.
SELECT external_id, pool_number, family_name, given_name, email, language, programme, available_from::text,
	available_to::text, trim_scale(hours_per_week)::text, tier::text, consent_on::text,
	CASE WHEN in_pool THEN 'yes' ELSE 'no' END
FROM learner
WHERE institution = $1::text AND external_id > $2::text AND ($4::text IS NULL OR external_id = $4::text)
	AND ($5::text IS NULL OR pool_number = $5::text) AND ($6::text IS NULL OR programme = $6::text)
	AND ($7::text IS NULL OR language = $7::text)
	AND ($8::text IS NULL OR CASE WHEN in_pool THEN 'yes' ELSE 'no' END = $8::text)
ORDER BY external_id LIMIT $3::bigint
