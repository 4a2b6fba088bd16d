-- SPDX-License-Identifier: Apache-2.0
-- $1 whether mail is held, $2 institution (null: all), $3 before this mail, $4 rows; filters, null where not asked:
-- $5 state, $6 kind, $7 institution, $8 recipient, $9 round, $10 why. Newest first: by number, not by the text of it that is shown.
SELECT mail::text, kind, state, CASE WHEN state = 'queued' AND $1::boolean THEN 'held' ELSE why END,
	CASE state WHEN 'folded' THEN 'mail:' || carrier ELSE needs END,
	CASE WHEN colleague = '' OR split_part(colleague, '/', 1) = institution THEN to_address ELSE '' END,
	recipient, institution, round,
	to_char(to_timestamp(created_ms / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	CASE WHEN state IN ('waiting', 'deferred') OR (state = 'queued' AND NOT $1::boolean)
		THEN to_char(to_timestamp(due_ms / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ELSE '' END,
	attempts::text, CASE last_code WHEN 0 THEN '' ELSE last_code::text END, last_text, message_id, reason
FROM mail
WHERE ($2::text IS NULL OR institution = $2::text) AND mail < $3::bigint AND ($5::text IS NULL OR state = $5::text)
	AND ($6::text IS NULL OR kind = $6::text) AND ($7::text IS NULL OR institution = $7::text)
	AND ($8::text IS NULL OR recipient = $8::text) AND ($9::text IS NULL OR round = $9::text)
	AND ($10::text IS NULL OR why = $10::text)
ORDER BY mail.mail DESC LIMIT $4::bigint
