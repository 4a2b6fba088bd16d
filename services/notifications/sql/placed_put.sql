-- SPDX-License-Identifier: Apache-2.0
-- $1 postings, $2 pool numbers, $3 institutions, $4 programmes, $5 rounds that placed them.
INSERT INTO placed (posting, learner, institution, programme, round)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
ON CONFLICT (posting, learner) DO NOTHING
