-- SPDX-License-Identifier: Apache-2.0
-- $1 mails. Placements of each summary. Who has left the pool since stands there by her number.
SELECT m.mail, s.learner, c.learner IS NOT NULL, CASE WHEN c.in_pool THEN c.given_name || ' ' || c.family_name ELSE s.learner END,
	s.posting, coalesce(p.title, s.posting), coalesce(e.legal_name, p.employer, ''), s.placed_by
FROM mail m
JOIN summary_line s ON s.round = m.round AND s.institution = m.institution
LEFT JOIN learner_contact c ON c.learner = s.learner
LEFT JOIN posting p ON p.posting = s.posting
LEFT JOIN employer_contact e ON e.employer = p.employer
WHERE m.mail = ANY ($1::bigint[]) AND m.kind = 'round_summary'
ORDER BY m.mail, c.family_name, c.given_name, s.learner
