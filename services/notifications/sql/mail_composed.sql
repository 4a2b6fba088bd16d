-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 mails, $3 states, $4 whys, $5 what is missing, $6 when due, $7 Message-IDs, $8 addresses, $9 bodies
-- (null: none), $10 whether it is urgent, $11 the message that tells of it (0: its own, or none).
UPDATE mail m SET state = r.state, why = r.why, needs = r.needs, due_ms = r.due_ms, message_id = r.message_id,
	to_address = r.to_address, body = r.body, urgent = r.urgent, carrier = nullif(r.carrier, 0),
	composed_ms = CASE WHEN r.body IS NULL AND r.carrier = 0 THEN m.composed_ms ELSE $1::bigint END,
	ended_ms = CASE WHEN r.state IN ('failed', 'suppressed', 'folded') THEN $1::bigint ELSE 0 END
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bytea[], $10::boolean[],
	$11::bigint[]) AS r (mail, state, why, needs, due_ms, message_id, to_address, body, urgent, carrier)
WHERE m.mail = r.mail AND m.state = 'waiting'
