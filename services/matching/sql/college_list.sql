-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution (NULL: all).
SELECT institution, learners, eligible, placed_direct, placed_ranked, placed_assigned, alone, no_consent, not_eligible,
       nothing_ranked, none_fits, outranked, no_seat, withdrawn, postings, seats, seats_filled,
       placed_before, pool, better_alone, moved_up
FROM round_college WHERE round = $1::text AND ($2::text IS NULL OR institution = $2::text) ORDER BY institution;
