/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the engine share: the memory plan, the acceptable pairs in both orders, one run of the ranked
 * phase. */
#ifndef BASSIN_MATCHING_ENGINE_PRIV_H
#define BASSIN_MATCHING_ENGINE_PRIV_H

#include "engine/engine.h"

/* Memory is laid out twice by the same code: first with base NULL to learn the size, then for good. */
struct plan {
	char  *base;
	size_t used;
};

void *plan_take(struct plan *p, size_t count, size_t size);

/*
 * The pairs that a learner ranked and the employer finds acceptable; learners of fixed pairs have none left.
 * A pair's number is its place in the learners' lists, best first: learner i has those from learner_off[i] up to
 * learner_off[i + 1]. A standing is a place in the postings' lists, best first.
 */
struct pairs {
	uint32_t  n;
	uint32_t *learner_off, *posting_off;            /* [n_learners + 1], [n_postings + 1] */
	int32_t  *learner, *posting, *tier, *fit;       /* by pair; tier is the employer's */
	uint32_t *standing;                             /* by pair */
	uint32_t *pair_at;                              /* by standing */
};

/* One run of the ranked phase. */
enum proposal { PROPOSAL_NONE, PROPOSAL_REFUSED, PROPOSAL_HELD };

struct ranked {
	uint8_t  *state;        /* by standing: enum proposal */
	uint32_t *next;         /* by learner: the next pair to propose; the pair before it is hers if held */
	int32_t  *held;         /* by posting: seats taken */
	uint32_t *worst;        /* by posting: standing of the worst holder; valid while held > 0 */
};

struct work {
	const struct engine_instance *in;
	int32_t     *seats;         /* by posting: left after the fixed pairs */
	int32_t     *fixed_at;      /* by learner: posting or ENGINE_NONE */
	struct pairs pairs;
	struct ranked ranked;
	/* scratch of pairs_build, by ranking entry */
	int32_t     *entry_learner, *entry_tier, *entry_fit, *entry_key;
	uint32_t    *order, *order_to, *counts;
	int32_t     *lottery_rank;  /* by learner: her place in the lottery */
	int32_t     *mark, *mark_value; /* by learner or posting: stamp of the list in hand, and its value there */
};

bool engine_input_is_sound(const struct engine_instance *in);
bool engine_input_is_supported(const struct engine_instance *in);

/* Take out the fixed pairs. False: more pairs than seats, or a learner in two. */
bool fixed_take_out(struct work *w);

/* Fill w->pairs. False: an entry stands twice in one list. */
bool pairs_build(struct work *w);

/* Deferred acceptance over w->pairs, into w->ranked; solo: every college with its own learners and postings only. */
void ranked_run(struct work *w, bool solo);

/* The pair that the learner holds after ranked_run, or UINT32_MAX. */
uint32_t ranked_pair_of(const struct work *w, int32_t learner);

#endif
