-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (null: all), $2 after this recipient, $3 rows, $4 $5 frequencies of employers and of coordinators who have asked
-- for none; filters, null where not asked: $6 frequency, $7 scope, $8 institution, $9 recipient.
SELECT * FROM (
	SELECT n.recipient, n.institution, n.address,
		coalesce(nullif(p.frequency, ''), CASE n.recipient WHEN n.institution THEN $5::text ELSE $4::text END) AS frequency,
		coalesce(nullif(p.scope, ''), 'mine') AS scope, p.set_ms::text
	FROM preference p JOIN person n USING (address)
	WHERE ($1::text IS NULL OR n.institution = $1::text) AND n.recipient > $2::text) r
WHERE ($6::text IS NULL OR frequency = $6::text) AND ($7::text IS NULL OR scope = $7::text)
	AND ($8::text IS NULL OR institution = $8::text) AND ($9::text IS NULL OR recipient = $9::text)
ORDER BY recipient LIMIT $3::bigint
