-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds, $2 institutions, $3 pool numbers, $4 postings, $5 placed by.
INSERT INTO summary_line (round, institution, learner, posting, placed_by)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
ON CONFLICT (round, institution, learner) DO NOTHING
