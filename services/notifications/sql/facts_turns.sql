-- SPDX-License-Identifier: Apache-2.0
-- $1 mails, $2 beginning of this month, $3 kinds that ask for something. Of each mail that has a reader: her address, how often
-- she wants to be written to, when her last message was made that was not urgent; its firm, the firm's headcount, and how many
-- messages of this month have asked the firm for something. Several mails of one message count once.
WITH asked AS (
	SELECT m.mail, p.address, coalesce(f.firm, m.recipient) AS firm
	FROM mail m JOIN person p ON p.recipient = m.reader LEFT JOIN firm_member f ON f.employer = m.recipient
	WHERE m.mail = ANY ($1::bigint[])
), persons AS (
	SELECT d.address, coalesce(f.frequency, '') AS frequency,
		coalesce((SELECT max(x.composed_ms) FROM mail x WHERE x.to_address <> '' AND lower(x.to_address) = d.address
			AND NOT x.urgent AND x.state IN ('queued', 'sending', 'sent', 'deferred')), 0) AS last_ms
	FROM (SELECT DISTINCT address FROM asked) d LEFT JOIN preference f ON f.address = d.address
), members AS (
	SELECT d.firm, f.employer FROM (SELECT DISTINCT firm FROM asked) d JOIN firm_member f USING (firm)
	UNION
	SELECT DISTINCT firm, firm FROM asked
), firms AS (
	SELECT b.firm, coalesce(max(e.headcount), 0) AS headcount, count(DISTINCT coalesce(x.carrier, x.mail)) AS messages
	FROM members b LEFT JOIN employer_contact e USING (employer)
	LEFT JOIN mail x ON x.recipient = b.employer AND x.kind = ANY ($3::text[]) AND x.colleague = ''
		AND x.composed_ms >= $2::bigint AND x.state IN ('queued', 'sending', 'sent', 'deferred', 'folded')
	GROUP BY b.firm
)
SELECT a.mail, a.address, p.frequency, p.last_ms, a.firm, f.headcount::bigint, f.messages
FROM asked a JOIN persons p USING (address) JOIN firms f USING (firm)
