-- SPDX-License-Identifier: Apache-2.0
-- offer_list.sql: $1 institution, $2 after, $3 rows, $4 learner, $5 posting; null where not asked.
-- That college's rows only.
SELECT o.learner, l.pool_number, o.posting
FROM direct_offer o LEFT JOIN learner l ON l.institution = o.institution AND l.external_id = o.learner
WHERE o.institution = $1::text AND o.learner > $2::text AND o.posting <> ''
	AND ($4::text IS NULL OR o.learner = $4::text) AND ($5::text IS NULL OR o.posting = $5::text)
ORDER BY o.learner LIMIT $3::bigint
