-- SPDX-License-Identifier: Apache-2.0
-- $1 mails that are on their way: attempts, first try, whether blanked meanwhile.
SELECT mail, attempts, first_try_ms, body IS NULL FROM mail WHERE mail = ANY ($1::bigint[]) AND state = 'sending'
