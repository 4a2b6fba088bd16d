-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT posting,
	posting, log_id, version::text, institution, employer, state, array_to_string(programmes, '|'),
	array_to_string(competencies, '|'), array_to_string(reserves, '|'), coalesce(wil_type::text, ''),
	coalesce(seats::text, ''), coalesce(starts_on::text, ''), coalesce(ends_on::text, ''),
	coalesce(hours_hundredths::text, ''), coalesce(weekdays::text, ''), coalesce(languages::text, ''),
	coalesce(place_kind::text, ''), coalesce(latitude_e7::text, ''), coalesce(longitude_e7::text, ''),
	CASE WHEN accepts_unranked THEN 'yes' ELSE 'no' END, CASE WHEN assignable THEN 'yes' ELSE 'no' END,
	CASE WHEN reserves_last THEN 'yes' ELSE 'no' END
FROM view_posting WHERE posting > $1::text ORDER BY posting LIMIT $2::bigint;
