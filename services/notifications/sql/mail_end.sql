-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 mails, $3 whys, $4 reason: not to be sent.
UPDATE mail m SET state = 'suppressed', why = r.why, reason = $4::text, ended_ms = $1::bigint, needs = ''
FROM unnest($2::bigint[], $3::text[]) AS r (mail, why)
WHERE m.mail = r.mail AND m.state IN ('waiting', 'queued', 'deferred', 'failed')
