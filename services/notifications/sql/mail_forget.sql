-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 sources: learners who were erased or have left. No message that names one of them is kept, however far
-- it came: what was not sent is composed anew without her; what is on its way is blanked, and composed anew should
-- it come back.
WITH named AS (SELECT DISTINCT mail FROM mail_source WHERE source = ANY ($2::text[])),
     cleared AS (DELETE FROM mail_source WHERE mail IN (SELECT mail FROM named))
UPDATE mail SET body = NULL,
	state = CASE WHEN state IN ('queued', 'deferred') THEN 'waiting' ELSE state END,
	why = CASE WHEN state IN ('queued', 'deferred') THEN 'changed' ELSE why END,
	due_ms = CASE WHEN state IN ('queued', 'deferred') THEN $1::bigint ELSE due_ms END
WHERE mail IN (SELECT mail FROM named)
