-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT employer,
	employer, log_id, version::text, institution, coalesce(latitude_e7::text, ''), coalesce(longitude_e7::text, ''),
	paused_until::text
FROM view_employer WHERE employer > $1::text ORDER BY employer LIMIT $2::bigint;
