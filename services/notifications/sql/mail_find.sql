-- SPDX-License-Identifier: Apache-2.0
-- $1 mail, $2 institution (null: any). Last: does the message name a learner who is not, or no longer known as, its
-- institution's own?
SELECT state, body, institution, EXISTS (
	SELECT FROM mail_source s
	WHERE s.mail = m.mail AND s.source LIKE 'learner:%' AND NOT EXISTS (
		SELECT FROM learner_contact c
		WHERE c.learner = substr(s.source, length('learner:') + 1) AND c.institution = m.institution))
FROM mail m
WHERE mail = $1::bigint AND ($2::text IS NULL OR institution = $2::text)
