-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 mail, $3 cause, $4 status: nobody is at the address of that mail, so its college, or all whose mails it tells of,
-- write there no more. What a person has asked for stands.
INSERT INTO suppression (address, institution, reason, at_ms, cause, mail, status)
SELECT DISTINCT lower(d.to_address), t.institution, '', $1::bigint, $3::text, d.mail, $4::text
FROM mail d JOIN mail t ON t.mail = d.mail OR t.carrier = d.mail
WHERE d.mail = $2::bigint AND d.to_address <> ''
ON CONFLICT (address, institution) DO NOTHING
RETURNING address, institution
