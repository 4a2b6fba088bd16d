-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 employers, $3 institutions, $4 legal names, $5 contacts, $6 emails, $7 languages, $8 municipalities,
-- $9 headcounts, $10 ends of pauses; $11 log.
INSERT INTO employer_contact (employer, institution, legal_name, contact_name, contact_email, language, municipality, headcount,
	paused_until, needed_ms, log_id)
SELECT e, i, n, c, m, l, p, h, u, $1::bigint, $11::text
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
	$10::bigint[]) AS t (e, i, n, c, m, l, p, h, u)
ON CONFLICT (employer) DO UPDATE SET institution = excluded.institution, legal_name = excluded.legal_name,
	contact_name = excluded.contact_name, contact_email = excluded.contact_email, language = excluded.language,
	municipality = excluded.municipality, headcount = excluded.headcount, paused_until = excluded.paused_until,
	needed_ms = excluded.needed_ms, log_id = excluded.log_id
