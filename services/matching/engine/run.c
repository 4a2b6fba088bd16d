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

/* What a run has in hand. */
struct hand {
	struct ranked *ranked;
	struct ranked_told told;
};

static enum engine_status
ranked_phase(const struct run *run, const struct engine_run *to, struct hand *hand)
{
	size_t n = (size_t)run->problem.n_learners;
	enum engine_status status = ENGINE_NO_MEMORY;

	*hand = (struct hand){ NULL,
		               { pages_take(n, sizeof *hand->told.posting), pages_take(n, sizeof *hand->told.stand),
		                 run->slot_off, run->slots, to->cutoff_off, to->cutoffs } };
	if (hand->told.posting != NULL && hand->told.stand != NULL)
		status = ranked_run(&run->problem, &hand->ranked);
	if (status == ENGINE_OK)
		status = ranked_tell(hand->ranked, &hand->told);
	if (status == ENGINE_OK)
		write_ranked(run, &hand->told, to);
	return status;
}

static void
hand_clear(struct hand *hand)
{
	ranked_destroy(&hand->ranked);
	free(hand->told.posting);
	free(hand->told.stand);
}

enum engine_status
run_solve(const struct run *run, const struct engine_run *to, struct ranked **ranked)
{
	struct hand hand;
	enum engine_status status = ranked_phase(run, to, &hand);

	if (status == ENGINE_OK)
		status = leftover_assign(run, hand.told.posting, hand.told.stand, to);
	if (ranked != NULL) {
		*ranked = NULL;
		if (status == ENGINE_OK) {
			*ranked = hand.ranked;
			hand.ranked = NULL;
		}
	}
	hand_clear(&hand);
	return status;
}

enum engine_status
run_ranked(const struct run *run, const struct engine_run *to, uint64_t *proposals)
{
	struct hand hand;
	enum engine_status status = ranked_phase(run, to, &hand);

	if (status == ENGINE_OK)
		*proposals = ranked_proposals(hand.ranked);
	hand_clear(&hand);
	return status;
}
