-- SPDX-License-Identifier: Apache-2.0
-- $1 ended before. Messages, addresses and the relay's words of mails that have ended; what, when and with what
-- result stays.
WITH old AS (SELECT mail FROM mail WHERE state IN ('sent', 'failed', 'suppressed', 'folded') AND ended_ms < $1::bigint
		AND (body IS NOT NULL OR to_address <> '' OR last_text <> '' OR reason <> '') LIMIT 1000),
     sources AS (DELETE FROM mail_source WHERE mail IN (SELECT mail FROM old))
UPDATE mail SET body = NULL, to_address = '', last_text = '', reason = '' WHERE mail IN (SELECT mail FROM old)
