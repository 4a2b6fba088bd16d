-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT learner,
	learner, log_id, version::text, institution, external_id, programme, array_to_string(competencies, '|'),
	array_to_string(groups, '|'), encode(permanent_code_hash, 'hex'), CASE WHEN in_pool THEN 'yes' ELSE 'no' END,
	coalesce(latitude_e7::text, ''), coalesce(longitude_e7::text, ''), coalesce(max_distance_m::text, ''),
	coalesce(available_from::text, ''), coalesce(available_to::text, ''), coalesce(hours_hundredths::text, ''),
	coalesce(weekdays::text, ''), coalesce(languages::text, ''), coalesce(wil_types::text, ''),
	CASE WHEN assignable THEN 'yes' ELSE 'no' END, coalesce(tier::text, '')
FROM view_learner WHERE learner > $1::text ORDER BY learner LIMIT $2::bigint;
