-- SPDX-License-Identifier: Apache-2.0
-- $1 at most: kind, owner, subject, other, patience. Mails that wait for a contact or a coordinator, or for a sound address of
-- one; contacts and coordinators at whose address nobody is, as long as they have it; whom a message has failed to reach that is kept,
-- at an address where somebody may be. A day's mail about tasks is made good by a later one.
SELECT * FROM (
	SELECT DISTINCT CASE WHEN n.employer THEN 'contact_missing' ELSE 'coordinator_missing' END AS kind,
	       CASE WHEN n.employer THEN split_part(n.id, '/', 1) ELSE '' END AS owner, n.id AS subject, '' AS other, 0::bigint
	FROM mail m CROSS JOIN LATERAL (SELECT m.needs LIKE 'employer:%' AS employer,
	     substr(m.needs, position(':' IN m.needs) + 1) AS id) AS n
	WHERE m.state = 'waiting' AND m.why IN ('contact_missing', 'coordinator_missing', 'bad_address')
	  AND (m.needs LIKE 'employer:%' OR m.needs LIKE 'institution:%')
	UNION
	SELECT 'address_refused', e.institution, e.employer, '', 0
	FROM suppression x JOIN employer_contact e ON lower(e.contact_email) = x.address
		AND x.institution IN ('', e.institution) WHERE x.cause <> 'asked'
	UNION
	SELECT 'coordinator_refused', '', c.institution, '', 0
	FROM suppression x JOIN institution_contact c ON lower(c.coordinator_email) = x.address
		AND x.institution IN ('', c.institution) WHERE x.cause <> 'asked'
	UNION
	SELECT 'mail_failed', CASE m.recipient WHEN m.institution THEN '' ELSE m.institution END, m.recipient, '', 0
	FROM mail m
	WHERE m.state = 'failed' AND m.to_address <> ''
	  AND NOT EXISTS (SELECT FROM suppression x WHERE x.address = lower(m.to_address) AND x.institution IN ('', m.institution))
	  AND NOT (m.kind = 'tasks' AND EXISTS (SELECT FROM mail l WHERE l.recipient = m.recipient AND l.kind = 'tasks'
		AND l.state = 'sent' AND l.mail > m.mail))
	) AS held
ORDER BY kind, owner, subject LIMIT $1::bigint
