-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 mail, $3 cause, $4 status: nobody is at the address of that mail, so its college writes there no more. What a
-- person has typed stands.
INSERT INTO suppression (address, institution, reason, at_ms, cause, mail, status)
SELECT lower(to_address), institution, '', $1::bigint, $3::text, mail, $4::text FROM mail
WHERE mail = $2::bigint AND to_address <> ''
ON CONFLICT (address, institution) DO NOTHING
RETURNING address, institution
