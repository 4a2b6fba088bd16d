/* SPDX-License-Identifier: Apache-2.0 */
/* What a solved round comes to, counted per college: the table that coordinators and operators read. */
#ifndef MATCHING_ROUND_REPORT_H
#define MATCHING_ROUND_REPORT_H

#include "base/arena.h"
#include "instance.h"

struct round_row {
	int32_t learners, placed_fixed, placed_ranked, placed_assigned;
	int32_t kept;                   /* stay on the seat that they hold; in none of the three */
	int32_t alone, pool;            /* placed by the college alone, and here; fixed and held learners count in both */
	int32_t better_alone;           /* who end worse than with their college alone: none, with the guarantee */
	int32_t nothing_ranked, not_eligible, outranked, no_seat;   /* learners without a place, by reason */
	int32_t postings;
	int64_t seats, seats_filled;    /* of the postings that the college contributed, by learners of any college */
};

struct round_report {
	struct round_row *colleges;     /* by number in the instance; also a college that has only postings */
	struct round_row nobody;        /* learners without a college, and postings contributed by nobody */
	struct round_row all;           /* everybody together; alone and pool: the sums over colleges */
	int32_t *rank_counts;           /* placed by ranking, but for who stays, at tier 1, 2 ... of the learner's own ranking */
	int32_t n_rank_counts;          /* up to the worst tier that somebody got */
};

/* The tier of learner i's own ranking that a posting stands in, from 0; ROUND_REPORT_UNRANKED: in none. */
enum { ROUND_REPORT_UNRANKED = INT32_MAX - 1 };
int32_t round_report_tier(const struct instance *in, int32_t i, int32_t posting);

/* Counts out, an outcome of in. NULL: the arena is full. Owner: the report lives in a. */
struct round_report *round_report_make(
    const struct instance *in, const struct engine_outcome *out, struct arena *a) MUST_CHECK;

#endif
