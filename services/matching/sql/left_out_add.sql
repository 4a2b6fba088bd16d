-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 numbers, $3 learners, $4 institutions, $5 postings, $6 reasons.
INSERT INTO round_left_out (round, number, learner, institution, posting, reasons)
SELECT $1::text, l.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS l;
