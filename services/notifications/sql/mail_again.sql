-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 mail: tried again at once; where no message stands, it is composed first. The schedule of attempts
-- starts over.
UPDATE mail SET state = CASE WHEN body IS NULL THEN 'waiting' ELSE 'queued' END, why = 'by_hand', needs = '', reason = '',
	due_ms = $1::bigint, created_ms = CASE WHEN state = 'waiting' THEN created_ms ELSE $1::bigint END, ended_ms = 0,
	attempts = CASE WHEN state IN ('failed', 'suppressed') THEN 0 ELSE attempts END,
	message_id = CASE WHEN body IS NULL THEN '' ELSE message_id END
WHERE mail = $2::bigint
