-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 names, $3 emails, $4 telephones, $5 languages of their coordinators, $6 log.
INSERT INTO institution_contact (institution, coordinator_name, coordinator_email, phone, language, log_id)
SELECT i, n, m, p, l, $6::text FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t (i, n, m, p, l)
ON CONFLICT (institution) DO UPDATE SET coordinator_name = excluded.coordinator_name,
	coordinator_email = excluded.coordinator_email, phone = excluded.phone, language = excluded.language,
	log_id = excluded.log_id
