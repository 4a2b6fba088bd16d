-- SPDX-License-Identifier: Apache-2.0
-- $1 mails. Whom the round has placed where, and who no longer comes, for each mail to an employer; who has left the pool since
-- is not told. A mail about freed places names those who still come. Null: not known (yet).
SELECT m.mail, d.posting, d.learner, c.learner IS NOT NULL, c.given_name || ' ' || c.family_name,
	coalesce(t.title_fr, d.programme), coalesce(t.title_en, d.programme),
	d.institution, i.institution IS NOT NULL AND k.institution IS NOT NULL, i.name_fr, i.name_en,
	k.coordinator_name, k.coordinator_email, k.phone, p.posting IS NOT NULL,
	d.placed_by, d.moved, stay_of(d.posting, d.learner)
FROM mail m
JOIN placement l ON l.employer = m.recipient
JOIN placed d ON d.posting = l.posting AND (d.round = m.round OR (m.kind = 'place_freed' AND NOT d.moved))
LEFT JOIN posting p ON p.posting = d.posting
LEFT JOIN learner_contact c ON c.learner = d.learner
LEFT JOIN programme_title t ON t.programme = d.programme
LEFT JOIN institution i ON i.institution = d.institution
LEFT JOIN institution_contact k ON k.institution = d.institution
WHERE m.mail = ANY ($1::bigint[]) AND m.kind IN ('candidates', 'place_freed')
	AND (m.kind = 'candidates' OR EXISTS (SELECT FROM notice n WHERE n.mail = m.mail AND n.ids = d.posting))
	AND c.in_pool IS DISTINCT FROM false
ORDER BY m.mail, d.posting, c.family_name, c.given_name, d.learner
