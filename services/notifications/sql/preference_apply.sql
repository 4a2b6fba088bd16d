-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 address: what waits for its turn with her is judged anew.
UPDATE mail SET due_ms = $1::bigint WHERE state = 'waiting' AND why IN ('quiet_hours', 'next_digest')
	AND reader IN (SELECT recipient FROM person WHERE address = $2::text)
