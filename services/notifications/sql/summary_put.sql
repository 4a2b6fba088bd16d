-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds, $2 institutions, then the counts in the order of SUMMARY_COUNTS in wire.h.
INSERT INTO summary (round, institution, learners, eligible, placed_direct, placed_ranked, placed_assigned, no_consent,
	not_eligible, nothing_ranked, none_fits, outranked, no_seat, withdrawn, postings, seats, seats_filled,
	alone, pool)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
	$8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
	$16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[])
ON CONFLICT (round, institution) DO UPDATE SET
	learners = excluded.learners, eligible = excluded.eligible, placed_direct = excluded.placed_direct,
	placed_ranked = excluded.placed_ranked, placed_assigned = excluded.placed_assigned,
	no_consent = excluded.no_consent, not_eligible = excluded.not_eligible,
	nothing_ranked = excluded.nothing_ranked, none_fits = excluded.none_fits,
	outranked = excluded.outranked, no_seat = excluded.no_seat,
	withdrawn = excluded.withdrawn, postings = excluded.postings, seats = excluded.seats,
	seats_filled = excluded.seats_filled, alone = excluded.alone, pool = excluded.pool
