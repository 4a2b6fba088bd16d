-- SPDX-License-Identifier: Apache-2.0
-- $1 postings whose employer may be another one now: a notice that is not composed follows it.
UPDATE notice n SET recipient = p.employer, mail = NULL
FROM posting p, mail m
WHERE p.posting = ANY ($1::text[]) AND n.kind = 'postings_received' AND n.ids = p.posting AND n.recipient <> p.employer
	AND m.mail = n.mail AND m.state = 'waiting'
