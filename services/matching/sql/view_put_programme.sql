-- SPDX-License-Identifier: Apache-2.0
-- Codes, by the log that tells of them.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
INSERT INTO view_programme
	(programme, log_id, version, title_fr, title_en, level, hours)
SELECT
	key, $1::text, version, t0, t1, t2, n0
FROM unnest(
	$2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[])
	AS told (key, version, t0, t1, t2, n0)
ON CONFLICT (programme, log_id) DO UPDATE SET
	version = excluded.version, title_fr = excluded.title_fr, title_en = excluded.title_en, level = excluded.level,
	hours = excluded.hours;
