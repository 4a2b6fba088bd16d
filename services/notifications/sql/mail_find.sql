-- SPDX-License-Identifier: Apache-2.0
-- $1 mail, $2 institution (null: any). Its state; the message that it is told by. Last: does that name a learner who is not, or no
-- longer known as, its institution's own, or go to another college's contact, or tell of another college's mails?
SELECT asked.state, m.body, asked.institution, EXISTS (
	SELECT FROM mail_source s
	WHERE s.mail = m.mail AND s.source LIKE 'learner:%' AND NOT EXISTS (
		SELECT FROM learner_contact c
		WHERE c.learner = substr(s.source, length('learner:') + 1) AND c.institution = asked.institution))
	OR EXISTS (SELECT FROM mail t WHERE t.carrier = m.mail AND t.institution <> asked.institution)
	OR (m.colleague <> '' AND split_part(m.colleague, '/', 1) <> asked.institution)
FROM mail asked JOIN mail m ON m.mail = coalesce(asked.carrier, asked.mail)
WHERE asked.mail = $1::bigint AND ($2::text IS NULL OR asked.institution = $2::text)
