-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 mails, $3 attempts that this very process has in hand. All others that were on their way when their
-- process ended go out again, with the same bytes and so the same Message-ID.
UPDATE mail SET due_ms = $1::bigint, why = 'interrupted', state = CASE WHEN body IS NULL THEN 'waiting' ELSE 'queued' END
WHERE state = 'sending' AND (mail, attempts) NOT IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))
RETURNING mail, state
