-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number. Messages that name her. What they say of others is not hers to have: MAIL_SHOW has each message.
SELECT m.mail::text, m.kind, m.recipient, m.institution, m.round, m.state, m.created_ms::text,
	CASE m.ended_ms WHEN 0 THEN '' ELSE m.ended_ms::text END, CASE WHEN m.body IS NULL THEN 'no' ELSE 'yes' END
FROM mail_source s JOIN mail m USING (mail) WHERE s.source = 'learner:' || $1::text ORDER BY m.mail
