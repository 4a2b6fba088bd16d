-- SPDX-License-Identifier: Apache-2.0
-- $1 postings whose employer may be another one now: a notice that is not composed follows it; its copies for colleagues, whose
-- firm that may not be, go.
WITH stray AS (
	SELECT n.kind, n.ids, n.version, n.colleague, p.employer
	FROM notice n JOIN posting p ON p.posting = n.ids JOIN mail m ON m.mail = n.mail
	WHERE p.posting = ANY ($1::text[]) AND n.kind = 'postings_received' AND n.recipient <> p.employer AND m.state = 'waiting'
), copies AS (
	DELETE FROM notice n USING stray s WHERE s.colleague <> '' AND n.kind = s.kind AND n.ids = s.ids AND n.version = s.version
		AND n.colleague = s.colleague
)
UPDATE notice n SET recipient = s.employer, mail = NULL
FROM stray s
WHERE s.colleague = '' AND n.kind = s.kind AND n.ids = s.ids AND n.version = s.version AND n.colleague = ''
