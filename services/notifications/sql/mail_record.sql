-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 mails, $3 attempts, $4 states, $5 whys, $6 when due, $7 codes, $8 the relay's words. A result of
-- another attempt than the one that stands is late: another instance has taken over.
-- plan: kept
UPDATE mail m SET state = r.state, why = r.why, due_ms = r.due_ms, last_code = r.code, last_text = r.words,
	message_id = CASE r.state WHEN 'waiting' THEN '' ELSE m.message_id END,
	ended_ms = CASE WHEN r.state IN ('sent', 'failed') THEN $1::bigint ELSE 0 END
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
	AS r (mail, attempts, state, why, due_ms, code, words)
WHERE m.mail = r.mail AND m.state = 'sending' AND m.attempts = r.attempts
