-- SPDX-License-Identifier: Apache-2.0
-- $1 mail that a person tries again: that nobody was at its address is forgotten; who wants no mail still gets none.
DELETE FROM suppression x USING mail m
WHERE m.mail = $1::bigint AND x.institution IN (SELECT t.institution FROM mail t WHERE t.mail = m.mail OR t.carrier = m.mail)
	AND x.cause <> 'asked' AND x.address = lower(
	CASE WHEN m.to_address <> '' THEN m.to_address
	ELSE coalesce((SELECT p.address FROM person p WHERE p.recipient = m.reader), '') END)
