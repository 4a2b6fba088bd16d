-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 at most, $3 $4 behind that moment and mail. What is due to be sent, oldest first, whether its recipient wants
-- none, and which version of the row this is: whoever writes it gives it another one.
-- plan: kept
SELECT m.mail, m.state, m.to_address, greatest(m.created_ms, m.composed_ms), m.attempts,
	EXISTS (SELECT FROM suppression x WHERE x.address = lower(m.to_address) AND x.institution IN ('', m.institution)),
	m.xmin::text::bigint, m.body, m.due_ms
FROM mail m WHERE m.state IN ('queued', 'deferred') AND m.due_ms <= $1::bigint
	AND (m.due_ms, m.mail) > ($3::bigint, $4::bigint)
ORDER BY m.due_ms, m.mail LIMIT $2::bigint
