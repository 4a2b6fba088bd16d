-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institutions, then one array for each count, in the order of round.h.
INSERT INTO round_college (round, institution, learners, eligible, placed_direct, placed_ranked, placed_assigned, alone,
                           no_consent, not_eligible, nothing_ranked, none_fits, outranked, no_seat, withdrawn, postings, seats,
                           seats_filled, placed_before, pool, better_alone, moved_up)
SELECT $1::text, c.* FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                                 $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
                                 $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[],
                                 $22::bigint[]) AS c;
