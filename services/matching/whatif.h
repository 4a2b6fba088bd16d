/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would be different: a round solved as it is and with a change, learner by learner and college by college. So an
 * operator can show a college what joining gives it, or an employer what one seat more would do.
 */
#ifndef MATCHING_WHATIF_H
#define MATCHING_WHATIF_H

#include "instance.h"

/* Seats of one posting: a new number, or so many more or fewer than it has (or than an earlier change has left it). */
struct whatif_seats {
	const char *posting;
	bool        relative;
	int64_t     seats;
};

/*
 * The change; may combine all three.
 *   without_college    its learners and the postings that it contributed leave the pool. A fixed or held pair with one
 *                      side in that college stands all the same: neither learner nor seat can be had by others.
 *                      What becomes of its learners is what its solo run in the pool's round says.
 *   without_guarantee  solo runs endow nobody
 *   seats              never fewer than the posting's fixed and held pairs
 */
struct whatif_change {
	const char *without_college; /* NULL: all stay */
	bool        without_guarantee;
	const struct whatif_seats *seats;
	size_t      n_seats;
};

/*
 * The instance with the change.
 *   Returns  0 and *out, or -1 and *flaw: a college or posting that it does not know, too few seats or too many, no memory
 *   Owner    the caller destroys *out; it borrows nothing
 */
int whatif_instance(const struct instance *in, const struct whatif_change *change, struct instance **out,
    struct instance_flaw *flaw) MUST_CHECK;

/* What happens to a learner. Tiers of her own ranking count: better is an earlier tier, a ranked place is better than an
 * assigned one that she did not rank; elsewhere is a place as good. In the order in which they are listed. */
enum whatif_kind { WHATIF_LOSES, WHATIF_GAINS, WHATIF_WORSE, WHATIF_BETTER, WHATIF_ELSEWHERE, WHATIF_KINDS, WHATIF_SAME };

struct whatif_place {
	int32_t posting;        /* number in the round as it is; ENGINE_NONE: no place */
	int32_t tier;           /* of her own ranking, from 0; ENGINE_NONE: no place, or one that she did not rank */
};

struct whatif_move {
	int32_t learner;
	enum whatif_kind kind;  /* never WHATIF_SAME */
	struct whatif_place before, after;
};

struct whatif_row {
	int32_t college;        /* ENGINE_NONE: learners without college */
	int32_t learners, alone, before, after; /* alone: of the round as it is */
	int32_t of_kind[WHATIF_KINDS];
};

struct whatif {
	struct whatif_row  *rows;       /* one per college that has a learner, by number; without college last */
	struct whatif_row   all;        /* their sum */
	struct whatif_move *moves;      /* by kind, then learner */
	size_t n_rows, n_moves;
};

/* Compare outcomes of in and of the instance that whatif_instance made of it. NULL: no memory. The caller destroys it. */
struct whatif *whatif_compare(const struct instance *in, const struct engine_outcome *before,
    const struct instance *changed, const struct engine_outcome *after) MUST_CHECK;
void whatif_destroy(struct whatif **self);      /* NULL-safe, leaves NULL behind */

/* For a person, in the language that is set: a table of colleges, then of the first max_moves who move. -1: no memory.
 * *text is the caller's to free. */
int whatif_to_text(const struct instance *in, const struct whatif_change *change, const struct whatif *w, size_t max_moves,
    char **text) MUST_CHECK;

/* For a program: {"change", "colleges", "learners", "placed"}, everybody who moves. -1: the sink failed. */
int whatif_to_json(const struct instance *in, const struct whatif_change *change, const struct whatif *w, json_sink *sink,
    void *to) MUST_CHECK;

#endif
