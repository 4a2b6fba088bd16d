-- SPDX-License-Identifier: Apache-2.0
-- Direct offers, also those taken back.
-- A row belongs to the log that told of it first, and a list to the log of whom it is about: the keys of what another log
-- says of it come back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
WITH told AS (
	SELECT * FROM unnest(
		$2::text[], $3::bigint[], $4::text[], $5::text[])
		AS told (key, version, t0, t1)
), put AS (
	INSERT INTO view_direct_offer
		(learner, log_id, version, institution, posting)
	SELECT
		key, $1::text, version, t0, t1
	FROM told
	WHERE NOT EXISTS (SELECT FROM view_learner o WHERE o.learner = told.key AND o.log_id <> $1::text)
	ON CONFLICT (learner) DO UPDATE SET
		version = excluded.version, institution = excluded.institution, posting = excluded.posting
	WHERE view_direct_offer.log_id = excluded.log_id
	RETURNING learner
)
SELECT key FROM told WHERE key NOT IN (SELECT learner FROM put);
