-- SPDX-License-Identifier: Apache-2.0
-- $1 postings, $2 pool numbers, $3 institutions, $4 programmes, $5 rounds that placed them, or moved them up from there, $6 by,
-- $7 whether they have moved.
INSERT INTO placed (posting, learner, institution, programme, round, placed_by, moved)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
ON CONFLICT (posting, learner) DO NOTHING
