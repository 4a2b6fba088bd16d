-- SPDX-License-Identifier: Apache-2.0
-- $1 employers, $2 firms ('': none), $3 log. A record that is linked to none is a firm by itself, and not here.
WITH alone AS (DELETE FROM firm_member m USING unnest($1::text[], $2::text[]) AS t (employer, firm)
	WHERE m.employer = t.employer AND t.firm = '' AND m.log_id = $3::text)
INSERT INTO firm_member (employer, firm, log_id)
SELECT t.employer, t.firm, $3::text FROM unnest($1::text[], $2::text[]) AS t (employer, firm) WHERE t.firm <> ''
ON CONFLICT (employer) DO UPDATE SET firm = excluded.firm WHERE firm_member.log_id = excluded.log_id
