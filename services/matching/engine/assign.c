/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The assignment by shortest augmenting paths with prices: one learner after the other, in order of level, takes the path
 * that costs least, to a free seat, to a learner who gives hers up, or nowhere. The prices stay a proof throughout.
 * Method: Kuhn 1955, Tomizawa 1971, Edmonds and Karp 1972.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/assign.h"

struct near {
	int64_t dist;
	int32_t posting;
};

struct work {
	const struct assign_problem *p;
	int64_t *u, *v;         /* prices of learners and postings */
	int32_t *posting;       /* by learner: where she is */
	size_t  *slot_of;       /* by learner: her slot, while she is somewhere */
	size_t  *slot_off;      /* by posting: its slots, as many as could ever be taken */
	int32_t *holder;        /* by slot */
	int32_t *used;          /* by posting: slots taken */
	int64_t *dist;          /* by posting, in the search in hand; INT64_MAX: not reached */
	int32_t *via;           /* by posting: the learner from whom it was reached */
	int32_t *touched;       /* the postings reached */
	int32_t  n_touched;
	struct near *heap;      /* by dist, then posting; old entries stay until they come up */
	size_t   n_heap, max_heap;
	int64_t  best;          /* the least cost of an end, and which it is: a posting, or else a learner */
	int32_t  end_posting, end_learner;
};

static bool
is_nearer(struct near a, struct near b)
{
	return a.dist != b.dist ? a.dist < b.dist : a.posting < b.posting;
}

static void
heap_push(struct work *w, struct near x)
{
	size_t i = w->n_heap++;

	while (i > 0 && is_nearer(x, w->heap[(i - 1) / 2])) {
		w->heap[i] = w->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	w->heap[i] = x;
}

static struct near
heap_pop(struct work *w)
{
	struct near top = w->heap[0], x = w->heap[--w->n_heap];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < w->n_heap) {
		if (child + 1 < w->n_heap && is_nearer(w->heap[child + 1], w->heap[child]))
			child++;
		if (!is_nearer(w->heap[child], x))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = x;
	return top;
}

static int64_t
worth(const struct assign_problem *p, int32_t i, size_t e)
{
	return ENGINE_REWARD(p->level[i], p->gap) + p->edge[e].value;
}

/* Learner i was reached at distance d: she could give up her seat, and her postings are as far as they are dear. */
static bool
reach(struct work *w, int32_t i, int64_t d)
{
	const struct assign_problem *p = w->p;

	if (d + w->u[i] < w->best) {
		w->best = d + w->u[i];
		w->end_posting = ENGINE_NONE;
		w->end_learner = i;
	}
	for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
		int32_t j = p->edge[e].to;
		int64_t to = d + w->u[i] + w->v[j] - worth(p, i, e);

		if (p->seats[j] == 0 || to >= w->dist[j] || to >= w->best)
			continue;
		if (w->dist[j] == INT64_MAX)
			w->touched[w->n_touched++] = j;
		w->dist[j] = to;
		w->via[j] = i;
		if (w->n_heap == w->max_heap) {
			size_t max = w->max_heap * 2;
			struct near *heap = realloc(w->heap, max * sizeof *heap);

			if (heap == NULL)
				return false;
			w->heap = heap;
			w->max_heap = max;
		}
		heap_push(w, (struct near){.dist = to, .posting = j});
	}
	return true;
}

/* The cheapest end for the learner root. */
static bool
search(struct work *w, int32_t root)
{
	w->n_heap = 0;
	w->n_touched = 0;
	w->best = INT64_MAX;
	if (!reach(w, root, 0))
		return false;
	while (w->n_heap > 0) {
		struct near x = heap_pop(w);
		int32_t j = x.posting;

		if (x.dist >= w->best)
			break;
		if (x.dist != w->dist[j])
			continue;
		if (w->used[j] < w->p->seats[j]) {
			w->best = x.dist;
			w->end_posting = j;
			break;
		}
		for (int32_t k = 0; k < w->used[j]; k++)
			if (!reach(w, w->holder[w->slot_off[j] + (size_t)k], x.dist))
				return false;
	}
	return true;
}

/* Prices move by what was left to the end, so that the path becomes tight and nothing becomes cheaper than it may. */
static void
reprice(struct work *w, int32_t root)
{
	w->u[root] -= w->best;
	for (int32_t t = 0; t < w->n_touched; t++) {
		int32_t j = w->touched[t];
		int64_t by = w->best - w->dist[j];

		w->dist[j] = INT64_MAX;
		if (by <= 0)
			continue;
		w->v[j] += by;
		for (int32_t k = 0; k < w->used[j]; k++)
			w->u[w->holder[w->slot_off[j] + (size_t)k]] -= by;
	}
}

/* Walk the path back from its end: each learner on it moves one posting on. */
static void
augment(struct work *w, int32_t root)
{
	int32_t j = w->end_posting, i;
	size_t slot;

	if (j == ENGINE_NONE) {
		if (w->end_learner == root)
			return;
		j = w->posting[w->end_learner];
		slot = w->slot_of[w->end_learner];
		w->posting[w->end_learner] = ENGINE_NONE;
	} else {
		slot = w->slot_off[j] + (size_t)w->used[j]++;
	}
	for (;;) {
		size_t left = slot;
		int32_t from;

		i = w->via[j];
		from = w->posting[i];
		slot = w->slot_of[i];
		w->holder[left] = i;
		w->posting[i] = j;
		w->slot_of[i] = left;
		if (i == root)
			return;
		j = from;
	}
}

static bool
insert(struct work *w, int32_t i)
{
	const struct assign_problem *p = w->p;

	for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
		int64_t gain = worth(p, i, e) - w->v[p->edge[e].to];

		if (p->seats[p->edge[e].to] > 0 && gain > w->u[i])
			w->u[i] = gain;
	}
	if (!search(w, i))
		return false;
	reprice(w, i);
	augment(w, i);
	return true;
}

/* Where nobody can ever sit, the price is what the learners who may not sit there would pay. */
static void
price_the_seatless(struct work *w)
{
	const struct assign_problem *p = w->p;

	for (int32_t i = 0; i < p->n_learners; i++)
		for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
			int32_t j = p->edge[e].to;

			if (p->seats[j] == 0 && worth(p, i, e) - w->u[i] > w->v[j])
				w->v[j] = worth(p, i, e) - w->u[i];
		}
}

/* slot_off from the learners who could come, or the seats if they are fewer; uses used, and leaves it zero. */
static size_t
count_slots(struct work *w)
{
	const struct assign_problem *p = w->p;
	size_t n = 0;

	memset(w->used, 0, (size_t)p->n_postings * sizeof w->used[0]);
	for (size_t e = 0; e < p->off[p->n_learners]; e++)
		w->used[p->edge[e].to]++;
	for (int32_t j = 0; j < p->n_postings; j++) {
		w->slot_off[j] = n;
		n += (size_t)(w->used[j] < p->seats[j] ? w->used[j] : p->seats[j]);
		w->used[j] = 0;
	}
	return n;
}

static bool
work_open(struct work *w)
{
	size_t n = (size_t)w->p->n_learners + 1, m = (size_t)w->p->n_postings + 1;

	w->max_heap = m;
	w->slot_of = calloc(n, sizeof w->slot_of[0]);
	w->slot_off = calloc(m, sizeof w->slot_off[0]);
	w->used = calloc(m, sizeof w->used[0]);
	w->dist = malloc(m * sizeof w->dist[0]);
	w->via = malloc(m * sizeof w->via[0]);
	w->touched = malloc(m * sizeof w->touched[0]);
	w->heap = malloc(w->max_heap * sizeof w->heap[0]);
	if (w->slot_of == NULL || w->slot_off == NULL || w->used == NULL || w->dist == NULL || w->via == NULL ||
	    w->touched == NULL || w->heap == NULL)
		return false;
	w->holder = malloc((count_slots(w) + 1) * sizeof w->holder[0]);
	for (int32_t j = 0; j < w->p->n_postings; j++)
		w->dist[j] = INT64_MAX;
	return w->holder != NULL;
}

static void
work_close(struct work *w)
{
	free(w->slot_of);
	free(w->slot_off);
	free(w->used);
	free(w->dist);
	free(w->via);
	free(w->touched);
	free(w->heap);
	free(w->holder);
}

static bool
solve(struct work *w)
{
	const struct assign_problem *p = w->p;

	for (int32_t i = 0; i < p->n_learners; i++) {
		w->u[i] = 0;
		w->posting[i] = ENGINE_NONE;
	}
	for (int32_t j = 0; j < p->n_postings; j++)
		w->v[j] = 0;
	for (int level = 0; level <= ENGINE_NEEDS; level++)
		for (int32_t i = 0; i < p->n_learners; i++)
			if (p->level[i] == level && !insert(w, i))
				return false;
	price_the_seatless(w);
	return true;
}

enum engine_status
assign_solve(const struct assign_problem *p, int32_t *posting, int64_t *learner_price, int64_t *posting_price)
{
	struct work w = {.p = p, .u = learner_price, .v = posting_price, .posting = posting};
	bool ok = work_open(&w) && solve(&w);

	work_close(&w);
	return ok ? ENGINE_OK : ENGINE_NO_MEMORY;
}
