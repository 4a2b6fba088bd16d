/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an outcome file says, as flat arrays by number. Reading has settled its shape: every id is known, every list in
 * its order and nobody twice in it, every posting certified with its kinds of slot. Nothing else is believed.
 */
#ifndef MATCHING_VERIFIER_CLAIM_H
#define MATCHING_VERIFIER_CLAIM_H

#include "base/arena.h"
#include "verifier/verifier.h"

enum claim_by { CLAIM_NOWHERE, CLAIM_FIXED, CLAIM_RANKED, CLAIM_ASSIGNED };

enum claim_reason { CLAIM_NO_REASON, CLAIM_NOTHING_RANKED, CLAIM_NOT_ELIGIBLE, CLAIM_OUTRANKED, CLAIM_NO_SEAT };

enum claim_cut { CLAIM_FREE, CLAIM_CLOSED, CLAIM_WORST };

/* The kinds of slot of a posting with r reserves: 0 .. r - 1 those, r the open slots. */
struct claim_slot {
	int32_t learner, kind;
	bool endowed;
};

struct claim_cutoff {
	enum claim_cut state;
	int32_t  learner, tier, fit;            /* with CLAIM_WORST only */
	uint64_t lottery;
};

struct claim_run {
	int32_t *posting;                       /* by learner: her placement in the run; ENGINE_NONE: none */
	uint8_t *by;                            /* by learner: enum claim_by */
	int32_t *slot_off;                      /* [n_postings + 1] */
	struct claim_slot *slots;               /* each learner once at most */
	int32_t *slot_of;                       /* by learner, ENGINE_NONE: none */
	struct claim_cutoff *cutoffs;           /* at CLAIM_KIND */
	int64_t *learner_price, *posting_price; /* 0 where none is listed; below 2^53 */
};

/* Where kind k of posting j stands in an array with one entry for each kind of slot. */
#define CLAIM_KIND(e, j, k) ((e)->reserves.off[j] + (size_t)(j) + (size_t)(k))

struct claim_at {
	int32_t posting;
	int64_t ahead;
};

struct claim_college {
	bool told;
	int64_t learners, alone, pool;
};

struct claim {
	struct arena *arena;
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];      /* as the file says */
	char instance[2 * INSTANCE_DIGEST_SIZE + 1];    /* of the instance that it was read with */
	struct claim_run pool, alone;
	int32_t *endowment;                     /* by learner: posting, or ENGINE_NONE */
	uint8_t *reason;                        /* by learner: enum claim_reason */
	size_t  *at_off;                        /* [n_learners + 1] */
	struct claim_at *at;                    /* no more rows for a learner than she ranked postings */
	size_t   at_room;
	struct claim_college *colleges;
	int64_t  placed, fit, tiers[ENGINE_NEEDS];
	int32_t  n_tiers;
};

#endif
