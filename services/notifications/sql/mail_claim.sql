-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 mails. Theirs is a connection from now on: committed before the message is handed over.
UPDATE mail SET state = 'sending', why = '', attempts = attempts + 1,
	first_try_ms = CASE attempts WHEN 0 THEN $1::bigint ELSE first_try_ms END
WHERE mail = ANY ($2::bigint[]) AND state IN ('queued', 'deferred')
RETURNING mail, attempts, to_address, body
