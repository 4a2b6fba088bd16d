-- SPDX-License-Identifier: Apache-2.0
-- $1 postings, $2 rounds, $3 employers, $4 institutions.
INSERT INTO placement (posting, round, employer, institution)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (posting) DO UPDATE SET round = excluded.round, employer = excluded.employer,
	institution = excluded.institution
