-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (null: all), $2 $3 after this one (since, number), $4 rows; filters, null where not asked: $5 state, $6 kind,
-- $7 institution ('': the intermediary's). Oldest first.
SELECT since_ms || '/' || task, task::text, kind, institution, subjects[1], coalesce(subjects[2], ''), since_ms::text, state,
	closed_by, CASE closed_ms WHEN 0 THEN '' ELSE closed_ms::text END, note
FROM task
WHERE ($1::text IS NULL OR institution = $1::text) AND (since_ms, task) > ($2::bigint, $3::bigint)
	AND ($5::text IS NULL OR state = $5::text) AND ($6::text IS NULL OR kind = $6::text)
	AND ($7::text IS NULL OR institution = $7::text)
ORDER BY since_ms, task.task LIMIT $4::bigint
