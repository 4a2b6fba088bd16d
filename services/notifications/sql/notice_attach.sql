-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 kinds, $3 how long each waits for more. Loose notices join the waiting mail of their group, which
-- waits on while it collects.
WITH attached AS (
	UPDATE notice n SET mail = (SELECT min(m.mail) FROM mail m WHERE m.state = 'waiting' AND m.kind = n.kind
		AND m.recipient = n.recipient AND m.round = n.round AND m.colleague = n.colleague)
	WHERE n.mail IS NULL AND n.dropped = ''
	RETURNING n.mail, n.kind)
UPDATE mail m SET due_ms = least(m.latest_ms, $1::bigint + w.wait)
FROM (SELECT DISTINCT mail, kind FROM attached) a JOIN unnest($2::text[], $3::bigint[]) AS w (kind, wait) USING (kind)
WHERE m.mail = a.mail AND m.why = 'collecting'
