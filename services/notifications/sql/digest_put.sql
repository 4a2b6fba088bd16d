-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 number, $3 recipient, $4 institution, $5 Message-ID, $6 address, $7 body,
-- $8 colleague: a message that tells of several mails.
INSERT INTO mail (mail, kind, recipient, institution, round, state, why, created_ms, latest_ms, due_ms, composed_ms, message_id,
	to_address, body, colleague)
OVERRIDING SYSTEM VALUE
VALUES ($2::bigint, 'digest', $3::text, $4::text, '', 'queued', '', $1::bigint, $1::bigint, $1::bigint, $1::bigint, $5::text,
	$6::text, $7::bytea, $8::text)
