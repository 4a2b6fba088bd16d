-- SPDX-License-Identifier: Apache-2.0
-- Where an employer is, and until when it asks to be left alone.
-- A row belongs to the log that told of it first: the keys of what another log says of it come back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
WITH told AS (
	SELECT * FROM unnest(
		$2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
		AS told (key, version, t0, n0, n1, n2)
), put AS (
	INSERT INTO view_employer
		(employer, log_id, version, institution, latitude_e7, longitude_e7, paused_until)
	SELECT
		key, $1::text, version, t0, n0, n1, n2
	FROM told
	ON CONFLICT (employer) DO UPDATE SET
		version = excluded.version, institution = excluded.institution,
		latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7,
		paused_until = excluded.paused_until
	WHERE view_employer.log_id = excluded.log_id
	RETURNING employer
)
SELECT key FROM told WHERE key NOT IN (SELECT employer FROM put);
