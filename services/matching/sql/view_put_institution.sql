-- SPDX-License-Identifier: Apache-2.0
-- What an institution is called.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
INSERT INTO view_institution
	(institution, log_id, version, name_fr, name_en)
SELECT
	key, $1::text, version, t0, t1
FROM unnest(
	$2::text[], $3::bigint[], $4::text[], $5::text[])
	AS told (key, version, t0, t1)
ON CONFLICT (institution) DO UPDATE SET
	log_id = excluded.log_id, version = excluded.version, name_fr = excluded.name_fr, name_en = excluded.name_en;
