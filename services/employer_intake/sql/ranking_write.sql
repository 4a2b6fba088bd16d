-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 postings, $3 tiers and $4 learners joined by '|' ('' clears: an empty list), $5 versions.
INSERT INTO employer_ranking (institution, posting, tiers, learners, version)
SELECT i, p, string_to_array(t, '|')::integer[], string_to_array(l, '|'), v
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS fed (i, p, t, l, v)
ON CONFLICT (institution, posting) DO UPDATE SET
	tiers = excluded.tiers, learners = excluded.learners, version = excluded.version;
