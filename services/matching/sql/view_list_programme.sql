-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT programme || '/' || log_id,
	programme, log_id, version::text, title_fr, title_en, level, coalesce(hours::text, '')
FROM view_programme WHERE (programme || '/' || log_id) COLLATE "C" > $1::text ORDER BY (programme || '/' || log_id) COLLATE "C" LIMIT $2::bigint;
