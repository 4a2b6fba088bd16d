-- SPDX-License-Identifier: Apache-2.0
-- $1 mails. Of those about tasks, the twenty oldest that are open: number, kind, subjects, since when, and how many there are in all.
SELECT m.mail, t.task::text, t.kind, t.subjects[1], coalesce(t.subjects[2], ''), t.since_ms, t.total
FROM mail m CROSS JOIN LATERAL (
	SELECT *, count(*) OVER () AS total FROM task WHERE institution = m.institution AND state = 'open'
	ORDER BY since_ms, task.task LIMIT 20) t
WHERE m.mail = ANY ($1::bigint[]) AND m.kind = 'tasks'
ORDER BY m.mail, t.since_ms, t.task
