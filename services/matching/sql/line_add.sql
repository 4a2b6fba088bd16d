-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 numbers, then one array for each column.
INSERT INTO round_line (round, number, learner, institution, programme, posting, placed_by, reason, at_postings, at_ahead,
                        from_posting, from_round, choice)
SELECT $1::text, l.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                                 $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[]) AS l;
