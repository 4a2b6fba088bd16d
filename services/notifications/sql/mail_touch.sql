-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 keys of facts that came or changed. What was composed of them and never tried is composed anew; what
-- waits for one of them is due, and so is what is about a placement or a summary that was told anew: whom it waits for
-- may no longer be in it.
UPDATE mail SET state = 'waiting', due_ms = $1::bigint, needs = '', body = NULL, message_id = '', to_address = '',
	why = CASE state WHEN 'queued' THEN 'changed' ELSE why END
WHERE (state = 'queued' AND attempts = 0 AND mail IN (SELECT mail FROM mail_source WHERE source = ANY ($2::text[])))
	OR (state = 'waiting' AND needs <> '' AND (needs = ANY ($2::text[])
		OR 'placed:' || round || '/' || recipient = ANY ($2::text[])
		OR 'summary:' || round || '/' || institution = ANY ($2::text[])))
