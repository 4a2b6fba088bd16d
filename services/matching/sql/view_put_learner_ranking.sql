-- SPDX-License-Identifier: Apache-2.0
-- Whole lists of learners.
-- A row belongs to the log that told of it first, and a list to the log of whom it is about: the keys of what another log
-- says of it come back.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
WITH told AS (
	SELECT * FROM unnest(
		$2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
		AS told (key, version, t0, t1, t2)
), put AS (
	INSERT INTO view_learner_ranking
		(learner, log_id, version, institution, tiers, postings)
	SELECT
		key, $1::text, version, t0, string_to_array(t1, ',')::integer[], string_to_array(t2, '|')
	FROM told
	WHERE NOT EXISTS (SELECT FROM view_learner o WHERE o.learner = told.key AND o.log_id <> $1::text)
	ON CONFLICT (learner) DO UPDATE SET
		version = excluded.version, institution = excluded.institution, tiers = excluded.tiers,
		postings = excluded.postings
	WHERE view_learner_ranking.log_id = excluded.log_id
	RETURNING learner
)
SELECT key FROM told WHERE key NOT IN (SELECT learner FROM put);
