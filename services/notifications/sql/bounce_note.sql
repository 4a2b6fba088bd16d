-- SPDX-License-Identifier: Apache-2.0
-- $1 mails, $2 the words of the reports: it is on its way still, or has arrived.
UPDATE mail m SET last_text = b.words FROM unnest($1::bigint[], $2::text[]) AS b (mail, words)
WHERE m.mail = b.mail AND m.state = 'sent'
