-- SPDX-License-Identifier: Apache-2.0
-- ranking_list.sql: $1 institution, $2 after this learner, $3 and this place in her list, $4 rows, $5 learner,
-- $6 posting; null where not asked. First column: the cursor. That college's rows only.
SELECT r.learner || '/' || e.place, r.learner, l.pool_number, e.tier::text, e.posting
FROM learner_ranking r
	CROSS JOIN LATERAL unnest(r.tiers, r.postings) WITH ORDINALITY AS e (tier, posting, place)
	LEFT JOIN learner l ON l.institution = r.institution AND l.external_id = r.learner
WHERE r.institution = $1::text AND r.learner >= $2::text AND (r.learner, e.place) > ($2::text, $3::bigint)
	AND ($5::text IS NULL OR r.learner = $5::text) AND ($6::text IS NULL OR e.posting = $6::text)
ORDER BY r.learner, e.place LIMIT $4::bigint
