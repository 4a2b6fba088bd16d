-- SPDX-License-Identifier: Apache-2.0
-- waiting_list.sql: $1 institution, $2 after, $3 rows, $4 kind (null: any). Its rows that were taken and name one that is not known
-- yet; the first column is the cursor.
SELECT (kind || '/' || from_row || '/' || refers_to) COLLATE "C" AS cursor, kind, $1::text, from_row, refers_to
FROM (
	SELECT 'learner' AS kind, l.external_id AS from_row, 'programme:' || l.programme AS refers_to
	FROM learner l
	WHERE l.institution = $1::text AND NOT EXISTS (SELECT FROM programme p WHERE p.code = l.programme)
	UNION ALL
	SELECT 'learner', l.external_id, 'competency:' || e.code
	FROM learner l CROSS JOIN LATERAL unnest(l.competencies) AS e (code)
	WHERE l.institution = $1::text AND NOT EXISTS (SELECT FROM competency c WHERE c.code = e.code)
	UNION ALL
	SELECT 'competency', c.code, 'programme:' || c.programme
	FROM competency c
	WHERE c.given_by = $1::text AND NOT EXISTS (SELECT FROM programme p WHERE p.code = c.programme)
	UNION ALL
	SELECT 'learner_ranking', r.learner, 'learner:' || r.learner
	FROM learner_ranking r
	WHERE r.institution = $1::text AND cardinality(r.postings) > 0
		AND NOT EXISTS (SELECT FROM learner l WHERE l.institution = r.institution AND l.external_id = r.learner)
	UNION ALL
	SELECT 'direct_offer', o.learner, 'learner:' || o.learner
	FROM direct_offer o
	WHERE o.institution = $1::text AND o.posting <> ''
		AND NOT EXISTS (SELECT FROM learner l WHERE l.institution = o.institution AND l.external_id = o.learner)) AS waiting
WHERE ($4::text IS NULL OR kind = $4::text)
	AND (kind || '/' || from_row || '/' || refers_to) COLLATE "C" > $2::text COLLATE "C"
ORDER BY 1 LIMIT $3::bigint
