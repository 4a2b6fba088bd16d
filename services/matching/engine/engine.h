/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The solver of a round: flat arrays in, outcome and certificate out. Pure: no I/O, no clock, no randomness of its own
 * (the lottery numbers are part of the instance), and nothing included but the C library and its threads.
 *
 * Learners, postings, colleges and groups are numbers from 0. The caller numbers learners and postings in the bytewise
 * order of their ids, since ids break ties. Source of every rule: matching.md.
 */
#ifndef BASSIN_MATCHING_ENGINE_H
#define BASSIN_MATCHING_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ENGINE_MAX_FIT = 1000,
	ENGINE_NEEDS = 100,                     /* a learner's `tier` is 0 .. 99 */
	ENGINE_MAX_TIERS = 1 << 22,             /* in one posting's ranking */
	ENGINE_MAX_LEARNERS = 10 * 1000 * 1000,
	ENGINE_MAX_POSTINGS = 1000 * 1000,
	ENGINE_MAX_ENTRIES = 1000 * 1000 * 1000,        /* of one kind of list, in all */
	ENGINE_NONE = -1,
	ENGINE_OPEN_SLOT = -1,
};

enum engine_status {
	ENGINE_OK,
	ENGINE_BAD_INPUT,       /* breaks the shape that engine_instance describes: a bug of the caller */
	ENGINE_NO_MEMORY,
};

/*
 * A learner's priority at a posting, but for the lottery: employer's tier from 0, then higher fit; the smaller comes
 * first. Learners of equal priority: the smaller lottery number, then the smaller number.
 */
#define ENGINE_PRIORITY(tier, fit) ((uint32_t)(tier) << 10 | (uint32_t)(ENGINE_MAX_FIT - (fit)))
#define ENGINE_PRIORITY_TIER(priority) ((int32_t)((priority) >> 10))
#define ENGINE_PRIORITY_FIT(priority) (ENGINE_MAX_FIT - (int32_t)((priority) & 1023))
#define ENGINE_REFUSED UINT32_MAX       /* not acceptable to the employer; no priority is that large */

/* Lists in compressed rows: list i is entry[off[i]] .. entry[off[i + 1] - 1]. */
struct engine_entry {
	int32_t to, value;
};

struct engine_rows {
	const size_t *off;                      /* [lists + 1], from 0, never falling */
	const struct engine_entry *entry;
};

/* One line of a learner's ranking. */
struct engine_line {
	int32_t  posting;
	uint32_t priority;                      /* hers there: ENGINE_PRIORITY of the employer's tier, or ENGINE_REFUSED */
};

/* Each learner's lines in her order: her tier, then higher fit, then posting; each posting once. */
struct engine_rankings {
	const size_t *off;
	const struct engine_line *line;
};

struct engine_pair {
	int32_t learner, posting;
};

struct engine_instance {
	bool    guarantee;
	int32_t n_learners, n_postings, n_colleges, n_groups;

	const int32_t     *learner_college;     /* ENGINE_NONE: no college */
	const uint8_t     *learner_need;        /* the learner's `tier`, 0 .. ENGINE_NEEDS - 1; 0 needs a place most */
	const bool        *learner_assignable;
	const uint64_t    *lottery;             /* the smaller comes first */
	struct engine_rankings rankings;
	struct engine_rows choices;             /* learner -> posting that ranks her, value: the employer's tier from 0; by posting */
	struct engine_rows groups;              /* learner -> group, value 0; by group */
	struct engine_rows fit;                 /* learner -> posting, value: 0 .. ENGINE_MAX_FIT; by posting */

	const int32_t     *posting_college;     /* ENGINE_NONE: contributed by nobody */
	const int32_t     *capacity;            /* seats, 0 or more */
	const int32_t     *posting_tiers;       /* how many tiers the employer's ranking has */
	const bool        *accepts_unranked;    /* then those unranked are tier posting_tiers[j]; else refused */
	const bool        *posting_assignable;
	const bool        *reserve_last;        /* the open slots are filled before the reserved ones */
	struct engine_rows reserves;            /* posting -> group, value: seats; in the order of filling; each group once */

	size_t n_fixed, n_held;                 /* a learner in one pair at most; no more pairs than seats at a posting */
	const struct engine_pair *fixed, *held; /* by learner */
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
	bool    endowed;        /* she stands on her endowed slot: there she comes before everybody */
};

enum engine_cutoff_state { ENGINE_SEAT_FREE, ENGINE_SEATS_CLOSED, ENGINE_CUT };

/*
 * The worst key that one kind of slot admitted. A kind without slots (reserves that fall away, no open slot) is
 * ENGINE_SEATS_CLOSED, as is one whose slots are all held by learners on their endowed slots.
 */
struct engine_cutoff {
	enum engine_cutoff_state state;
	int32_t  learner;       /* with ENGINE_CUT only; else ENGINE_NONE */
	uint32_t priority;      /* with ENGINE_CUT only; else 0 */
};

/*
 * One run: that of the pool, or all solo runs together, which share neither learner nor posting (in those, whoever
 * takes no part is not placed, and a posting without college has neither slots nor cut-offs).
 */
struct engine_run {
	int32_t *posting;                       /* by learner: where the run places her; ENGINE_NONE: nowhere */
	uint8_t *by;                            /* by learner: enum engine_by */
	size_t  *slot_off;                      /* [n_postings + 1] */
	struct engine_slot *slots;              /* the filled ones at the end of the ranked phase, in the order of filling */
	size_t  *cutoff_off;                    /* [n_postings + 1] */
	struct engine_cutoff *cutoffs;          /* one per reserve in their order, then one for the open slots */
	int64_t *learner_price, *posting_price; /* duals of the assignment: see ENGINE_REWARD; 0 for whoever takes no part */
};

/*
 * The assignment maximises the sum over the placed of reward(level) + fit, where level is 0 for who stands on an endowed
 * seat that she did not rank, else 1 + need, and reward(level) = (ENGINE_NEEDS + 1 - level) * gap,
 * gap = 1000 * n_learners + 1 (of the whole instance, in solo runs too). An exchange along an alternating path moves the
 * sum of fit by less than gap and trades one level for another, or none for one; so the maximum is the lexicographic
 * optimum of matching.md. Prices u (learners) and v (postings), 0 or more, prove it: u + v >= reward + fit on every
 * pair that is open to her, with equality where she is placed; u = 0 for who is not placed, v = 0 where a seat is free.
 * An assignable posting without a seat left has the price that its eligible pairs need, and no more.
 */
#define ENGINE_GAP(n_learners) (INT64_C(1000) * (n_learners) + 1)
#define ENGINE_REWARD(level, gap) ((int64_t)(ENGINE_NEEDS + 1 - (level)) * (gap))

/* Per learner, by number, unless said otherwise. */
struct engine_outcome {
	struct engine_run pool;                 /* with the fixed pairs: the placements of the round */
	struct engine_run alone;                /* without fixed and held pairs */
	int32_t *endowment;                     /* posting, or ENGINE_NONE; a held pair's too */

	uint8_t *reason;                        /* enum engine_reason */
	size_t  *at_off;                        /* [n_learners + 1]; rows for ENGINE_OUTRANKED only */
	struct engine_at *at;                   /* every acceptable posting that she ranked, in the order of her list */

	int32_t *college_learners, *college_alone, *college_pool; /* per college: fixed and held count in both */

	int32_t placed, n_needs;                /* n_needs: one more than the highest need of any learner */
	int32_t needs[ENGINE_NEEDS];            /* placed, per need */
	int64_t fit;                            /* over the assigned */
};

/*
 * Solve a round.
 *   threads  1 or more: solo runs go side by side; the outcome is the same for any number
 *   *out     on ENGINE_OK the outcome; NULL otherwise
 *   Owner    the caller destroys *out; nothing of in is retained
 *   Costs    memory in proportion to the lists
 */
enum engine_status engine_solve(const struct engine_instance *in, int threads, struct engine_outcome **out);

void engine_outcome_destroy(struct engine_outcome **self); /* NULL-safe, leaves NULL behind */

const char *engine_status_to_text(enum engine_status s);   /* static, never NULL */

#endif
