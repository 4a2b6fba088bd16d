/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Solo runs share neither learner nor posting, so they go side by side, the largest first, and write into the same
 * arrays; only the slots, whose places depend on all of them, are put together at the end.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/pages.h"
#include "engine/solo_members.h"

enum { MAX_THREADS = 256 };

struct result {
	enum engine_status status;
	size_t *slot_off;
	struct engine_slot *slots;
};

struct crew {
	const struct solo_input *from;
	const struct engine_run *alone;
	struct members members;
	struct result *result; /* by college */
	int32_t *order; /* of the colleges: the largest first */
	atomic_int next;
};

static enum engine_status
run_college(const struct crew *crew, int32_t c, struct result *result)
{
	const struct members *m = &crew->members;
	size_t learners = m->learner_off[c], postings = m->posting_off[c];
	struct run run = {
		.problem = {
			.in = crew->from->in,
			.n_learners = (int32_t)(m->learner_off[c + 1] - learners),
			.n_postings = (int32_t)(m->posting_off[c + 1] - postings),
			.learner = m->learner + learners, .posting = m->posting + postings,
			.rankings = { members_off(m, c), m->line + m->line_off[c] },
			.lot = m->lot + learners, .by_lot = m->by_lot + learners, .seats = m->seats + postings,
		},
		.college = c, .places = m->places,
	};

	run.slot_off = result->slot_off = pages_take((size_t)run.problem.n_postings + 1, sizeof *result->slot_off);
	run.slots = result->slots = pages_take((size_t)run.problem.n_learners, sizeof *result->slots);
	if (result->slot_off == NULL || result->slots == NULL)
		return ENGINE_NO_MEMORY;
	return run_solve(&run, crew->alone, NULL);
}

static void *
work(void *arg)
{
	struct crew *crew = arg;
	int turn;

	while ((turn = atomic_fetch_add(&crew->next, 1)) < crew->from->in->n_colleges) {
		int32_t c = crew->order[turn];

		crew->result[c].status = run_college(crew, c, &crew->result[c]);
	}
	return NULL;
}

/* This thread works too; threads that the system refuses only make it take longer. */
static void
work_together(struct crew *crew)
{
	pthread_t helper[MAX_THREADS];
	int wanted = crew->from->threads < MAX_THREADS ? crew->from->threads : MAX_THREADS, started = 0;

	if (wanted > crew->from->in->n_colleges)
		wanted = crew->from->in->n_colleges;
	while (started + 1 < wanted && pthread_create(&helper[started], NULL, work, crew) == 0)
		started++;
	work(crew);
	while (started > 0)
		(void)pthread_join(helper[--started], NULL);
}

/* The slots of all colleges, in the order of the postings. */
static enum engine_status
gather_slots(const struct crew *crew)
{
	const struct engine_instance *in = crew->from->in;
	size_t slots = 0;

	for (int32_t c = 0; c < in->n_colleges; c++)
		if (crew->result[c].status != ENGINE_OK)
			return crew->result[c].status;
	for (int32_t j = 0; j < in->n_postings; j++) {
		int32_t c = in->posting_college[j], here;
		size_t n;

		crew->alone->slot_off[j] = slots;
		if (c == ENGINE_NONE)
			continue;
		here = crew->members.places[j].number;
		n = crew->result[c].slot_off[here + 1] - crew->result[c].slot_off[here];
		memcpy(crew->alone->slots + slots, crew->result[c].slots + crew->result[c].slot_off[here],
		       n * sizeof *crew->alone->slots);
		slots += n;
	}
	crew->alone->slot_off[in->n_postings] = slots;
	return ENGINE_OK;
}

struct sized {
	size_t size;
	int32_t college;
};

static int
larger_first(const void *a, const void *b)
{
	const struct sized *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return (x->college > y->college) - (x->college < y->college);
}

static enum engine_status
put_in_order(struct crew *crew)
{
	int32_t n = crew->from->in->n_colleges;
	const struct members *m = &crew->members;
	struct sized *sized = pages_take((size_t)n, sizeof *sized);

	if (sized == NULL)
		return ENGINE_NO_MEMORY;
	for (int32_t c = 0; c < n; c++)
		sized[c] = (struct sized){ m->learner_off[c + 1] - m->learner_off[c], c };
	qsort(sized, (size_t)n, sizeof *sized, larger_first);
	for (int32_t k = 0; k < n; k++)
		crew->order[k] = sized[k].college;
	free(sized);
	return ENGINE_OK;
}

enum engine_status
solo_runs(const struct solo_input *from, const struct engine_run *alone)
{
	size_t colleges = (size_t)from->in->n_colleges;
	struct crew crew = { .from = from, .alone = alone };
	enum engine_status status = members_find(&crew.members, from);

	crew.result = pages_zero(colleges, sizeof *crew.result);
	crew.order = pages_take(colleges, sizeof *crew.order);
	if (crew.result == NULL || crew.order == NULL)
		status = ENGINE_NO_MEMORY;
	if (status == ENGINE_OK)
		status = put_in_order(&crew);
	if (status == ENGINE_OK) {
		work_together(&crew);
		status = gather_slots(&crew);
	}
	for (size_t c = 0; crew.result != NULL && c < colleges; c++) {
		free(crew.result[c].slot_off);
		free(crew.result[c].slots);
	}
	free(crew.result);
	free(crew.order);
	members_free(&crew.members);
	return status;
}
