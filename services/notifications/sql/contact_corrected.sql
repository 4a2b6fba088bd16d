-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 employers and institutions, $3 addresses that are about to replace those that stand. What has not arrived at another
-- address is composed anew for this one; that nobody is at the other one is forgotten once nobody's contact has it.
WITH was AS (
	SELECT p.* FROM unnest($2::text[], $3::text[]) AS s (recipient, address) JOIN person p USING (recipient)
	WHERE p.address <> lower(s.address)),
     dead AS (SELECT was.* FROM was JOIN suppression x USING (address, institution) WHERE x.cause <> 'asked'),
     lifted AS (DELETE FROM suppression x USING dead d WHERE x.address = d.address AND x.institution = d.institution
		AND NOT EXISTS (SELECT FROM person p WHERE p.institution = d.institution AND p.address = d.address
			AND p.recipient <> ALL ($2::text[])))
UPDATE mail m SET state = 'waiting', why = 'changed', needs = '', reason = '', due_ms = $1::bigint, ended_ms = 0, attempts = 0,
	last_code = 0, last_text = '', body = NULL, message_id = '', to_address = ''
FROM was w WHERE m.reader = w.recipient AND m.state IN ('failed', 'suppressed') AND (
	(m.state = 'failed' AND m.why IN ('bounced', 'smtp', 'expired') AND lower(m.to_address) = w.address)
	OR (m.state = 'suppressed' AND m.why = 'address_suppressed'
		AND EXISTS (SELECT FROM dead d WHERE d.recipient = m.reader)))
RETURNING m.mail
