-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 at most, $3 rounds that must wait. Mails that are due to be composed, and with them whatever else waits only for
-- a moment to be told to the same persons; each with what is known of its recipient, reader, college and round.
WITH due AS (
	SELECT m.mail, p.address
	FROM (SELECT * FROM mail WHERE state = 'waiting' AND due_ms <= $1::bigint AND round <> ALL ($3::text[])
		ORDER BY due_ms, mail LIMIT $2::bigint) m
	LEFT JOIN person p ON p.recipient = m.reader
), together AS (
	SELECT o.mail FROM (SELECT DISTINCT address FROM due WHERE address IS NOT NULL) d
	JOIN person p ON p.address = d.address
	JOIN mail o ON o.reader = p.recipient AND o.state = 'waiting' AND o.round <> ALL ($3::text[])
		AND o.why IN ('collecting', 'quiet_hours', 'next_digest', 'capped')
	LIMIT 500
)
SELECT m.mail, m.kind, m.recipient, m.institution, m.round, m.created_ms,
	e.employer IS NOT NULL AND a.employer IS NOT NULL, e.legal_name, a.contact_name, a.contact_email, a.language,
	c.institution IS NOT NULL AND i.institution IS NOT NULL, c.coordinator_name, c.coordinator_email, c.phone, c.language,
	i.name_fr, i.name_en, coalesce(r.state, ''), r.title,
	s.round IS NOT NULL, s.learners, s.eligible, s.placed_direct, s.placed_ranked, s.placed_assigned, s.no_consent,
	s.not_eligible, s.nothing_ranked, s.none_fits, s.outranked, s.no_seat, s.withdrawn, s.postings, s.seats, s.seats_filled,
	s.alone, s.pool,
	EXISTS (SELECT FROM suppression x WHERE x.institution IN ('', m.institution)
		AND x.address = lower(CASE m.recipient WHEN m.institution THEN c.coordinator_email ELSE a.contact_email END)),
	m.why IN ('quiet_hours', 'next_digest', 'capped', 'paused'), m.why = 'by_hand', m.due_ms <= $1::bigint, m.colleague,
	coalesce(e.paused_until, 0)
FROM (SELECT mail FROM due UNION SELECT mail FROM together) chosen
JOIN mail m USING (mail)
LEFT JOIN employer_contact e ON e.employer = m.recipient
LEFT JOIN employer_contact a ON a.employer = m.reader
LEFT JOIN institution_contact c ON c.institution = m.institution
LEFT JOIN institution i ON i.institution = m.institution
LEFT JOIN round r ON r.round = m.round
LEFT JOIN summary s ON m.kind = 'round_summary' AND s.round = m.round AND s.institution = m.institution
ORDER BY m.due_ms, m.mail
