-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 address, $3 institution ('': all), $4 reason: what is composed for her and not sent yet. A message that tells of
-- this institution's mails among others is made anew without them, unless it may have arrived.
UPDATE mail m SET state = r.state, reason = CASE r.state WHEN 'suppressed' THEN $4::text ELSE '' END,
	why = CASE r.state WHEN 'suppressed' THEN 'address_suppressed' ELSE 'changed' END,
	due_ms = CASE r.state WHEN 'suppressed' THEN m.due_ms ELSE $1::bigint END,
	ended_ms = CASE r.state WHEN 'suppressed' THEN $1::bigint ELSE 0 END
FROM (SELECT o.mail, CASE WHEN $3::text <> '' AND o.kind = 'digest' AND o.attempts = 0 THEN 'waiting' ELSE 'suppressed' END AS state
	FROM mail o WHERE o.state IN ('queued', 'deferred') AND o.to_address <> '' AND lower(o.to_address) = $2::text
		AND ($3::text IN ('', o.institution)
			OR EXISTS (SELECT FROM mail t WHERE t.carrier = o.mail AND t.institution = $3::text))) r
WHERE m.mail = r.mail
