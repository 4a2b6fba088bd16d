-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 mails, $3 the versions that were read (mail_claimable.sql). Theirs is a connection from now on: committed before
-- the message is handed over. A mail that was written since it was read is not among those that come back.
-- plan: kept
UPDATE mail m SET state = 'sending', why = '', attempts = attempts + 1,
	first_try_ms = CASE attempts WHEN 0 THEN $1::bigint ELSE first_try_ms END
FROM unnest($2::bigint[], $3::bigint[]) AS r (mail, version)
WHERE m.mail = r.mail AND m.xmin::text::bigint = r.version AND m.state IN ('queued', 'deferred')
RETURNING m.mail
