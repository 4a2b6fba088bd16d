-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 mails, $3 SMTP codes (0: none said), $4 the words of the reports: what the relay had taken has not arrived. What is
-- not sent yet is left to the queue.
UPDATE mail m SET state = 'failed', why = 'bounced', last_code = b.code, last_text = b.words, ended_ms = $1::bigint
FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS b (mail, code, words)
WHERE m.mail = b.mail AND m.state = 'sent'
