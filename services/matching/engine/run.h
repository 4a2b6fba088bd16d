/* SPDX-License-Identifier: Apache-2.0 */
/* One run: the ranked phase, then the assignment of those it leaves. The pool is one, each college alone another. */
#ifndef BASSIN_MATCHING_RUN_H
#define BASSIN_MATCHING_RUN_H

#include "engine/ranked.h"

/* A posting's college, and its number among the postings of that college. */
struct run_place {
	int32_t college, number;
};

struct run {
	struct ranked_problem problem;
	int32_t college; /* a solo run's; ENGINE_NONE: the pool */
	const struct run_place *places; /* by posting of the instance; NULL: the same numbers here */
	size_t *slot_off; /* [problem.n_postings + 1]; the caller's */
	struct engine_slot *slots; /* [problem.n_learners]; the caller's */
};

/*
 * Solve a run.
 *   *to      posting, by and the prices of those who take part, the cut-offs of its postings: to's own, except slot_off
 *            and slots, which are the run's
 *   *ranked  unless NULL: the ranked phase's state; the caller destroys it
 *   Runs that share neither learner nor posting may go at the same time with the same to.
 */
enum engine_status run_solve(const struct run *run, const struct engine_run *to, struct ranked **ranked);

/* Its ranked phase only; *proposals: how many were made. */
enum engine_status run_ranked(const struct run *run, const struct engine_run *to, uint64_t *proposals);

/* The assignment phase of a run, after ranked_tell. */
enum engine_status leftover_assign(const struct run *run, const struct ranked_told *told, const struct engine_run *to);

#endif
