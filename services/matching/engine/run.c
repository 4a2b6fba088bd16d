/* SPDX-License-Identifier: Apache-2.0 */
/* One run from end to end. */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/run.h"

/* What a run has in hand. */
struct hand {
	struct ranked *ranked;
	struct ranked_told told;
	bool shared; /* told.posting is that of the outcome, since all numbers are the same */
};

static bool
hand_take(struct hand *hand, const struct run *run, const struct engine_run *to)
{
	const struct ranked_problem *p = &run->problem;
	size_t n = (size_t)p->n_learners;

	*hand = (struct hand){
		.told = { .slot_off = run->slot_off,
		          .slots = run->slots,
		          .cutoff_off = to->cutoff_off,
		          .cutoffs = to->cutoffs },
		.shared = p->learner == NULL,
	};
	hand->told.posting = hand->shared ? to->posting : pages_take(n, sizeof *hand->told.posting);
	if (p->endowment != NULL)
		hand->told.unranked = pages_take(n, sizeof *hand->told.unranked);
	return hand->told.posting != NULL && (p->endowment == NULL || hand->told.unranked != NULL);
}

static void
hand_clear(struct hand *hand)
{
	ranked_destroy(&hand->ranked);
	if (!hand->shared)
		free(hand->told.posting);
	free(hand->told.unranked);
}

/* Who stands on an endowed seat that she did not rank is placed by the assignment. */
static void
write_ranked(const struct ranked_problem *p, const struct ranked_told *told, const struct engine_run *to)
{
	for (int32_t i = 0; i < p->n_learners; i++) {
		int32_t number = p->learner == NULL ? i : p->learner[i], j = told->posting[i];
		bool ranked = j != ENGINE_NONE && (told->unranked == NULL || !told->unranked[i]);

		to->by[number] = ranked ? ENGINE_RANKED : ENGINE_NOT_PLACED;
		if (ranked)
			to->posting[number] = p->posting == NULL ? j : p->posting[j];
	}
}

static enum engine_status
ranked_phase(const struct run *run, const struct engine_run *to, struct hand *hand)
{
	enum engine_status status = ENGINE_NO_MEMORY;

	if (hand_take(hand, run, to))
		status = ranked_run(&run->problem, &hand->ranked);
	if (status == ENGINE_OK)
		status = ranked_tell(hand->ranked, &hand->told);
	if (status == ENGINE_OK)
		write_ranked(&run->problem, &hand->told, to);
	return status;
}

enum engine_status
run_solve(const struct run *run, const struct engine_run *to, struct ranked **ranked)
{
	struct hand hand;
	enum engine_status status = ranked_phase(run, to, &hand);

	if (status == ENGINE_OK)
		status = leftover_assign(run, &hand.told, to);
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
