-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 at most. What is due to be sent, oldest first, and whether its recipient wants none.
SELECT m.mail, m.state, m.to_address, greatest(m.created_ms, m.composed_ms), m.attempts,
	EXISTS (SELECT FROM suppression x WHERE x.address = lower(m.to_address) AND x.institution IN ('', m.institution))
FROM mail m WHERE m.state IN ('queued', 'deferred') AND m.due_ms <= $1::bigint ORDER BY m.due_ms, m.mail LIMIT $2::bigint
