-- SPDX-License-Identifier: Apache-2.0
-- Direct offers, also those taken back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
INSERT INTO view_direct_offer
	(learner, log_id, version, institution, posting)
SELECT
	key, $1::text, version, t0, t1
FROM unnest(
	$2::text[], $3::bigint[], $4::text[], $5::text[])
	AS told (key, version, t0, t1)
ON CONFLICT (learner) DO UPDATE SET
	log_id = excluded.log_id, version = excluded.version, institution = excluded.institution, posting = excluded.posting;
