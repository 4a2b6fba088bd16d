-- SPDX-License-Identifier: Apache-2.0
-- Whole lists of employers.
-- $1 log, $2 keys, $3 versions, then one array for each column, as wire_events.c reads them.
INSERT INTO view_employer_ranking
	(posting, log_id, version, institution, tiers, learners)
SELECT
	key, $1::text, version, t0, string_to_array(t1, ',')::integer[], string_to_array(t2, '|')
FROM unnest(
	$2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
	AS told (key, version, t0, t1, t2)
ON CONFLICT (posting) DO UPDATE SET
	log_id = excluded.log_id, version = excluded.version, institution = excluded.institution, tiers = excluded.tiers,
	learners = excluded.learners;
