-- SPDX-License-Identifier: Apache-2.0
-- $1 mail that a person tries again: that nobody was at its address is forgotten; who wants no mail still gets none.
DELETE FROM suppression x USING mail m
WHERE m.mail = $1::bigint AND x.institution = m.institution AND x.cause <> 'asked' AND x.address = lower(
	CASE WHEN m.to_address <> '' THEN m.to_address
	ELSE coalesce((SELECT contact_email FROM employer_contact e WHERE e.employer = m.recipient),
		(SELECT coordinator_email FROM institution_contact i WHERE i.institution = m.recipient), '') END)
