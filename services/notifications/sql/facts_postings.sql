-- SPDX-License-Identifier: Apache-2.0
-- $1 mails. The postings that each tells of: those noticed and still in the pool, those with a placement of its round, or
-- those where somebody has given up her place.
SELECT x.mail, p.posting, p.title, p.remote, CASE WHEN p.own_place THEN '' ELSE coalesce(e.municipality, '') END, p.seats,
	p.starts_on, p.ends_on, p.hours_hundredths, p.weekdays,
	ARRAY(SELECT coalesce(t.title_fr, u.code) FROM unnest(p.programmes) WITH ORDINALITY u (code, n)
		LEFT JOIN programme_title t ON t.programme = u.code ORDER BY u.n),
	ARRAY(SELECT coalesce(t.title_en, u.code) FROM unnest(p.programmes) WITH ORDINALITY u (code, n)
		LEFT JOIN programme_title t ON t.programme = u.code ORDER BY u.n)
FROM (
	SELECT n.mail, n.ids AS posting, ARRAY['open', 'paused', 'filled'] AS states
	FROM notice n WHERE n.mail = ANY ($1::bigint[]) AND n.kind = 'postings_received'
	UNION ALL
	SELECT m.mail, l.posting, ARRAY['open', 'paused', 'filled', 'closed', 'draft']
	FROM mail m JOIN placement l ON l.employer = m.recipient
	WHERE m.mail = ANY ($1::bigint[]) AND m.kind = 'candidates'
		AND EXISTS (SELECT FROM placed d WHERE d.posting = l.posting AND d.round = m.round)
	UNION ALL
	SELECT n.mail, n.ids, ARRAY['open', 'paused', 'filled']
	FROM notice n WHERE n.mail = ANY ($1::bigint[]) AND n.kind = 'place_freed' GROUP BY n.mail, n.ids) x
JOIN posting p ON p.posting = x.posting AND p.state = ANY (x.states)
LEFT JOIN employer_contact e ON e.employer = p.employer
ORDER BY x.mail, p.starts_on, p.posting
