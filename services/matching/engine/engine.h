/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The solver of a round: flat arrays in, outcome and certificate out. Pure: no I/O, no clock, no randomness of its own
 * (the lottery numbers are part of the instance), and nothing included but the C library.
 *
 * Learners, postings, colleges and groups are numbers from 0. The caller numbers learners and postings in the bytewise
 * order of their ids, since ids break ties. Source of every rule: matching.md.
 *
 * The interface covers the whole of matching.md. Solved today: fixed pairs and the ranked phase with plain seats and
 * tiers. An instance that asks for more is answered ENGINE_UNSUPPORTED, never wrongly.
 */
#ifndef BASSIN_MATCHING_ENGINE_H
#define BASSIN_MATCHING_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENGINE_MAX_FIT = 1000, ENGINE_NEEDS = 100, ENGINE_NONE = -1, ENGINE_OPEN_SLOT = -1 };

enum engine_status {
	ENGINE_OK,
	ENGINE_UNSUPPORTED,     /* guarantee, an assignable learner or posting, a reserve or a held pair */
	ENGINE_BAD_INPUT,       /* breaks the shape that engine_instance describes: a bug of the caller */
	ENGINE_NO_MEMORY,
};

/* Lists in compressed rows: list i is to[off[i]] .. to[off[i + 1] - 1], each entry with the value of the same index. */
struct engine_rows {
	const size_t  *off;     /* [lists + 1], from 0, never falling; at most INT32_MAX entries in all */
	const int32_t *to;
	const int32_t *value;
};

struct engine_pair {
	int32_t learner, posting;
};

struct engine_instance {
	bool    guarantee;
	int32_t n_learners, n_postings, n_colleges, n_groups;

	const int32_t     *learner_college;     /* ENGINE_NONE: no college */
	const int32_t     *learner_need;        /* the learner's `tier`, 0 .. ENGINE_NEEDS - 1; 0 needs a place most */
	const bool        *learner_assignable;
	const uint64_t    *lottery;             /* the smaller comes first; equal ones by number */
	struct engine_rows rankings;            /* learner -> posting, value: tier from 0; each posting once */
	struct engine_rows groups;              /* learner -> group, no value */
	struct engine_rows fit;                 /* learner -> posting, value: 0 .. ENGINE_MAX_FIT; each posting once */

	const int32_t     *posting_college;     /* ENGINE_NONE: contributed by nobody */
	const int32_t     *capacity;            /* seats, 0 or more */
	const bool        *accepts_unranked;
	const bool        *posting_assignable;
	const bool        *reserve_last;        /* the open slots are filled before the reserved ones */
	struct engine_rows choices;             /* posting -> learner, value: tier from 0; each learner once */
	struct engine_rows reserves;            /* posting -> group, value: seats; in the order of filling */

	size_t n_fixed, n_held; /* a learner in one pair at most; no more pairs than seats at a posting */
	const struct engine_pair *fixed, *held;
};

enum engine_by { ENGINE_NOT_PLACED, ENGINE_FIXED, ENGINE_RANKED, ENGINE_ASSIGNED };

enum engine_reason {
	ENGINE_PLACED,
	ENGINE_NOTHING_RANKED,
	ENGINE_NOT_ELIGIBLE,
	ENGINE_OUTRANKED,
	ENGINE_NO_SEAT,
};

/* One posting where a learner was outranked. */
struct engine_at {
	int32_t posting, ahead;
};

struct engine_slot {
	int32_t learner;
	int32_t reserve;        /* which of the posting's reserves, or ENGINE_OPEN_SLOT */
	bool    endowed;        /* held by an endowment, not by priority */
};

enum engine_cutoff_state { ENGINE_SEAT_FREE, ENGINE_SEATS_CLOSED, ENGINE_CUT };

/* The worst key that one kind of slot admitted; with ENGINE_CUT only: that learner, the employer's tier and the fit. */
struct engine_cutoff {
	enum engine_cutoff_state state;
	int32_t learner, tier, fit;
};

/* Who stands on which slot at the end of a ranked phase. */
struct engine_certificate {
	size_t               *slot_off;   /* [n_postings + 1] */
	struct engine_slot   *slots;      /* the filled ones, in the order of filling */
	size_t               *cutoff_off; /* [n_postings + 1] */
	struct engine_cutoff *cutoffs;    /* one per reserve in their order, then one for the open slots */
};

/* Per learner, by number, unless said otherwise. */
struct engine_outcome {
	int32_t *posting;                 /* ENGINE_NONE: not placed */
	uint8_t *by;                      /* enum engine_by */
	uint8_t *reason;                  /* enum engine_reason */
	size_t  *at_off;                  /* [n_learners + 1]; rows for ENGINE_OUTRANKED only */
	struct engine_at *at;             /* every acceptable posting that she ranked, in the order of her list */
	int32_t *endowment;               /* posting, or ENGINE_NONE */
	int32_t *solo; /* posting in her college's solo run (fixed and held left out), or ENGINE_NONE */

	int32_t *college_learners, *college_alone, *college_pool; /* per college */

	int32_t placed, n_needs;          /* n_needs: one more than the highest need of any learner */
	int32_t needs[ENGINE_NEEDS];      /* placed, per need */
	int64_t fit;                      /* over the assigned */

	struct engine_certificate pool;
	struct engine_certificate alone;  /* of all solo runs together: they share neither learner nor posting */
	int64_t *learner_price, *posting_price; /* duals of the assignment; NULL where nobody could be assigned */
};

/*
 * Solve a round.
 *   *out    on ENGINE_OK the outcome, in one allocation of its own; NULL otherwise
 *   Owner   the caller destroys *out; nothing of in is retained
 *   Costs   time and memory in proportion to the lists
 */
enum engine_status engine_solve(const struct engine_instance *in, struct engine_outcome **out);

void engine_outcome_destroy(struct engine_outcome **self); /* NULL-safe, leaves NULL behind */

const char *engine_status_to_text(enum engine_status s);   /* static, never NULL */

#endif
