/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The assignment phase: an exactly optimal assignment of learners to seats, with the prices that prove it. Within the
 * engine only; who takes part, and what is open to her, is the caller's matter.
 */
#ifndef BASSIN_MATCHING_ASSIGN_H
#define BASSIN_MATCHING_ASSIGN_H

#include "engine/engine.h"

struct assign_problem {
	int32_t n_learners, n_postings;
	const size_t *off;                      /* [n_learners + 1] */
	const struct engine_entry *edge;        /* open to her: posting, fit 0 .. ENGINE_MAX_FIT; by posting, each once */
	const uint8_t *level;                   /* 0: stands on an endowed seat; else 1 + need */
	const int32_t *start;                   /* level 0: the posting where she stands, among her edges; else ENGINE_NONE */
	const int32_t *seats;                   /* by posting, 0 or more; those on which level 0 stands are among them */
	int64_t gap;                            /* ENGINE_GAP */
};

/*
 * Maximise, as ENGINE_REWARD says.
 *   posting[i]        where learner i is placed, or ENGINE_NONE
 *   learner_price[i], posting_price[j]   the proof, with the least prices of postings that prove it: what one more seat
 *                     there would be worth; a posting without seats has the price that its edges need
 *   Errors  ENGINE_BAD_INPUT: level 0 does not stand on seats; ENGINE_NO_MEMORY
 *   The same for the same problem, on any machine. Whole numbers only. No recursion. How: assign_priv.h.
 */
enum engine_status assign_solve(
    const struct assign_problem *p, int32_t *posting, int64_t *learner_price, int64_t *posting_price);

#endif
