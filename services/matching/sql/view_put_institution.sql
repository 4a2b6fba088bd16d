-- SPDX-License-Identifier: Apache-2.0
-- What an institution is called.
-- A row belongs to the log that told of it first: the keys of what another log says of it come back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
WITH told AS (
	SELECT * FROM unnest(
		$2::text[], $3::bigint[], $4::text[], $5::text[])
		AS told (key, version, t0, t1)
), put AS (
	INSERT INTO view_institution
		(institution, log_id, version, name_fr, name_en)
	SELECT
		key, $1::text, version, t0, t1
	FROM told
	ON CONFLICT (institution) DO UPDATE SET
		version = excluded.version, name_fr = excluded.name_fr, name_en = excluded.name_en
	WHERE view_institution.log_id = excluded.log_id
	RETURNING institution
)
SELECT key FROM told WHERE key NOT IN (SELECT institution FROM put);
