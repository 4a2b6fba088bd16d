-- SPDX-License-Identifier: Apache-2.0
-- Where an employer is.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
INSERT INTO view_employer
	(employer, log_id, version, institution, latitude_e7, longitude_e7)
SELECT
	key, $1::text, version, t0, n0, n1
FROM unnest(
	$2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
	AS told (key, version, t0, n0, n1)
ON CONFLICT (employer) DO UPDATE SET
	log_id = excluded.log_id, version = excluded.version, institution = excluded.institution,
	latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7;
