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
#include "engine/run.h"
#include "engine/solo.h"

enum { MAX_THREADS = 256, AHEAD = 8 };

/* A college's learners, by number and by lot, and its postings, as compressed rows over colleges. */
struct members {
	size_t *learner_off, *posting_off; /* [n_colleges + 2]: while they are filled, one place ahead */
	int32_t *learner, *by_lot, *posting;
	int32_t *here; /* by learner: her place among her college's */
	int32_t *posting_here;
};

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

static bool
plays(const struct solo_input *from, int32_t learner)
{
	return from->in->learner_college[learner] != ENGINE_NONE && !from->paired[learner];
}

static enum engine_status
members_take(struct members *m, const struct engine_instance *in)
{
	size_t nl = (size_t)in->n_learners, np = (size_t)in->n_postings, nc = (size_t)in->n_colleges;

	m->learner_off = pages_zero(nc + 2, sizeof *m->learner_off);
	m->posting_off = pages_zero(nc + 2, sizeof *m->posting_off);
	m->learner = pages_take(nl, sizeof *m->learner);
	m->by_lot = pages_take(nl, sizeof *m->by_lot);
	m->here = pages_take(nl, sizeof *m->here);
	m->posting = pages_take(np, sizeof *m->posting);
	m->posting_here = pages_zero(np, sizeof *m->posting_here);
	return m->learner_off == NULL || m->posting_off == NULL || m->learner == NULL || m->by_lot == NULL ||
	               m->here == NULL || m->posting == NULL || m->posting_here == NULL ?
	           ENGINE_NO_MEMORY :
	           ENGINE_OK;
}

static void
members_free(struct members *m)
{
	free(m->learner_off);
	free(m->posting_off);
	free(m->learner);
	free(m->by_lot);
	free(m->here);
	free(m->posting);
	free(m->posting_here);
}

static void
members_find(struct members *m, const struct solo_input *from)
{
	const struct engine_instance *in = from->in;

	for (int32_t i = 0; i < in->n_learners; i++)
		if (plays(from, i))
			m->learner_off[in->learner_college[i] + 2]++;
	for (int32_t j = 0; j < in->n_postings; j++)
		if (in->posting_college[j] != ENGINE_NONE)
			m->posting_off[in->posting_college[j] + 2]++;
	for (int32_t c = 0; c < in->n_colleges; c++) {
		m->learner_off[c + 2] += m->learner_off[c + 1];
		m->posting_off[c + 2] += m->posting_off[c + 1];
	}
	for (int32_t i = 0; i < in->n_learners; i++)
		if (plays(from, i))
			m->learner[m->learner_off[in->learner_college[i] + 1]++] = i;
	for (int32_t j = 0; j < in->n_postings; j++)
		if (in->posting_college[j] != ENGINE_NONE)
			m->posting[m->posting_off[in->posting_college[j] + 1]++] = j;
	for (int32_t c = 0; c < in->n_colleges; c++) {
		for (size_t k = m->learner_off[c]; k < m->learner_off[c + 1]; k++)
			m->here[m->learner[k]] = (int32_t)(k - m->learner_off[c]);
		for (size_t k = m->posting_off[c]; k < m->posting_off[c + 1]; k++)
			m->posting_here[m->posting[k]] = (int32_t)(k - m->posting_off[c]);
	}
}

/* Each college's learners in the order of the lottery; puts learner_off back where the filling leaves it. */
static enum engine_status
members_draw(struct members *m, const struct solo_input *from)
{
	const struct engine_instance *in = from->in;
	size_t *to = pages_take((size_t)in->n_colleges + 1, sizeof *to);

	if (to == NULL)
		return ENGINE_NO_MEMORY;
	memcpy(to, m->learner_off, ((size_t)in->n_colleges + 1) * sizeof *to);
	for (int32_t k = 0; k < in->n_learners; k++)
		if (plays(from, from->by_lot[k]))
			m->by_lot[to[in->learner_college[from->by_lot[k]]]++] = m->here[from->by_lot[k]];
	free(to);
	return ENGINE_OK;
}

/* A college's own instance, in memory that goes with the run. */
struct own {
	size_t *off;
	struct engine_line *line;
	uint32_t *lot;
	int32_t *seats;
};

static enum engine_status
own_take(const struct crew *crew, int32_t c, struct own *own)
{
	const struct members *m = &crew->members;
	const size_t *off = crew->from->in->rankings.off;
	size_t nl = m->learner_off[c + 1] - m->learner_off[c], np = m->posting_off[c + 1] - m->posting_off[c];
	size_t lines = 0;

	for (size_t k = m->learner_off[c]; k < m->learner_off[c + 1]; k++)
		lines += off[m->learner[k] + 1] - off[m->learner[k]];
	own->off = pages_take(nl + 1, sizeof *own->off);
	own->line = pages_take(lines + 1, sizeof *own->line); /* a line is written before it is known to count */
	own->lot = pages_take(nl, sizeof *own->lot);
	own->seats = pages_take(np, sizeof *own->seats);
	return own->off == NULL || own->line == NULL || own->lot == NULL || own->seats == NULL ? ENGINE_NO_MEMORY :
	                                                                                         ENGINE_OK;
}

static void
prefetch_list(const struct engine_instance *in, int32_t learner)
{
	const struct engine_rankings *r = &in->rankings;

	if (r->off[learner] < r->off[learner + 1])
		row_prefetch(&r->line[r->off[learner]], &r->line[r->off[learner + 1]]);
}

static void
own_fill(const struct crew *crew, int32_t c, struct own *own)
{
	const struct members *m = &crew->members;
	const struct engine_instance *in = crew->from->in;
	const int32_t *learner = m->learner + m->learner_off[c], *posting = m->posting + m->posting_off[c];
	size_t nl = m->learner_off[c + 1] - m->learner_off[c], np = m->posting_off[c + 1] - m->posting_off[c];
	size_t lines = 0;

	for (size_t i = 0; i < nl; i++) {
		if (i + AHEAD < nl)
			prefetch_list(in, learner[i + AHEAD]);
		own->off[i] = lines;
		for (size_t k = in->rankings.off[learner[i]]; k < in->rankings.off[learner[i] + 1]; k++) {
			struct engine_line line = in->rankings.line[k];

			own->line[lines] = (struct engine_line){ m->posting_here[line.posting], line.priority };
			lines += in->posting_college[line.posting] == c;
		}
		own->lot[m->by_lot[m->learner_off[c] + i]] = (uint32_t)i;
	}
	own->off[nl] = lines;
	for (size_t j = 0; j < np; j++)
		own->seats[j] = crew->from->seats[posting[j]];
}

static enum engine_status
run_college(const struct crew *crew, int32_t c, struct result *result)
{
	const struct members *m = &crew->members;
	size_t nl = m->learner_off[c + 1] - m->learner_off[c], np = m->posting_off[c + 1] - m->posting_off[c];
	struct own own = { 0 };
	enum engine_status status = own_take(crew, c, &own);

	result->slot_off = pages_take(np + 1, sizeof *result->slot_off);
	result->slots = pages_take(nl, sizeof *result->slots);
	if (result->slot_off == NULL || result->slots == NULL)
		status = ENGINE_NO_MEMORY;
	if (status == ENGINE_OK) {
		struct run run = {
			.problem = {
				.in = crew->from->in, .n_learners = (int32_t)nl, .n_postings = (int32_t)np,
				.learner = m->learner + m->learner_off[c], .posting = m->posting + m->posting_off[c],
				.rankings = { own.off, own.line },
				.lot = own.lot, .by_lot = m->by_lot + m->learner_off[c], .seats = own.seats,
			},
			.college = c, .posting_here = m->posting_here,
			.slot_off = result->slot_off, .slots = result->slots,
		};

		own_fill(crew, c, &own);
		status = run_solve(&run, crew->alone, NULL);
	}
	free(own.off);
	free(own.line);
	free(own.lot);
	free(own.seats);
	return status;
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
		here = crew->members.posting_here[j];
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
	enum engine_status status = members_take(&crew.members, from->in);

	crew.result = pages_zero(colleges, sizeof *crew.result);
	crew.order = pages_take(colleges, sizeof *crew.order);
	if (crew.result == NULL || crew.order == NULL)
		status = ENGINE_NO_MEMORY;
	if (status == ENGINE_OK) {
		members_find(&crew.members, from);
		status = members_draw(&crew.members, from);
	}
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
