-- SPDX-License-Identifier: Apache-2.0
-- Colleagues of the same firm who have asked for all of it are told as well: one notice for each address that is not the
-- recipient's own, under the smallest of its records.
INSERT INTO notice (kind, ids, version, recipient, institution, round, noticed_ms, dropped, colleague, stay, stay_college)
SELECT DISTINCT ON (n.kind, n.ids, n.version, p.address)
	n.kind, n.ids, n.version, n.recipient, n.institution, n.round, n.noticed_ms, '', o.employer,
	n.stay, n.stay_college
FROM notice n
JOIN firm_member f ON f.employer = n.recipient
JOIN firm_member o ON o.firm = f.firm AND o.employer <> f.employer
JOIN employer_contact e ON e.employer = o.employer
JOIN preference p ON p.address = lower(e.contact_email) AND p.scope = 'firm'
WHERE n.mail IS NULL AND n.dropped = '' AND n.colleague = ''
	AND NOT EXISTS (SELECT FROM employer_contact own WHERE own.employer = n.recipient AND lower(own.contact_email) = p.address)
ORDER BY n.kind, n.ids, n.version, p.address, o.employer
ON CONFLICT (kind, ids, version, colleague) DO NOTHING
