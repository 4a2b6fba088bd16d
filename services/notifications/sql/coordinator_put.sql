-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 names, $3 emails, $4 telephones, $5 languages of their coordinators.
INSERT INTO institution_contact (institution, coordinator_name, coordinator_email, phone, language)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
ON CONFLICT (institution) DO UPDATE SET coordinator_name = excluded.coordinator_name,
	coordinator_email = excluded.coordinator_email, phone = excluded.phone, language = excluded.language
