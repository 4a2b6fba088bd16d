-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit, $3 institution (NULL: all, with those that only the intermediary is told of), $4 kind (NULL: all).
-- A college reads its own learners by the external ids that it gave. For the intermediary also learners who are the same
-- person by their permanent codes (same_person): people decide which of the two takes part.
SELECT cursor, kind, institution, from_row, refers_to FROM (
	SELECT (w.kind || '/' || w.institution || '/' || w.from_row || '/' || w.refers_to) COLLATE "C" AS cursor, w.kind,
	       w.institution, CASE WHEN $3::text IS NULL THEN w.from_row ELSE coalesce(l.external_id, w.from_row) END AS from_row,
	       w.refers_to
	FROM waiting_reference w LEFT JOIN view_learner l ON l.learner = w.from_row
	WHERE ($3::text IS NULL OR (w.institution = $3::text AND NOT w.untold)) AND ($4::text IS NULL OR w.kind = $4::text)
	UNION ALL
	SELECT 'same_person/' || learner || '/' || other, 'same_person', institution, learner, other
	FROM same_person WHERE $3::text IS NULL AND ($4::text IS NULL OR $4::text = 'same_person')) rows
WHERE cursor > $1::text ORDER BY cursor LIMIT $2::bigint;
