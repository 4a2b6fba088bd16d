/* SPDX-License-Identifier: Apache-2.0 */
/* One run from end to end. */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/run.h"

static void
write_ranked(const struct run *run, const struct ranked_told *told, const struct engine_run *to)
{
	const struct ranked_problem *p = &run->problem;

	for (int32_t i = 0; i < p->n_learners; i++) {
		int32_t number = p->learner == NULL ? i : p->learner[i], j = told->posting[i];

		if (told->stand[i] == RANKED_BY_LIST) {
			to->posting[number] = p->posting == NULL ? j : p->posting[j];
			to->by[number] = ENGINE_RANKED;
		}
	}
}

enum engine_status
run_solve(const struct run *run, const struct engine_run *to, struct ranked **ranked)
{
	size_t n = (size_t)run->problem.n_learners;
	struct ranked_told told = {
		.posting = pages_take(n, sizeof *told.posting),
		.stand = pages_take(n, sizeof *told.stand),
		.slot_off = run->slot_off,
		.slots = run->slots,
		.cutoff_off = to->cutoff_off,
		.cutoffs = to->cutoffs,
	};
	struct ranked *state = NULL;
	enum engine_status status = ENGINE_NO_MEMORY;

	if (told.posting != NULL && told.stand != NULL)
		status = ranked_run(&run->problem, &state);
	if (status == ENGINE_OK)
		status = ranked_tell(state, &told);
	if (ranked == NULL || status != ENGINE_OK)
		ranked_destroy(&state);
	if (status == ENGINE_OK) {
		write_ranked(run, &told, to);
		status = leftover_assign(run, told.posting, told.stand, to);
	}
	if (ranked != NULL) {
		if (status != ENGINE_OK)
			ranked_destroy(&state);
		*ranked = state;
	}
	free(told.posting);
	free(told.stand);
	return status;
}
