/* SPDX-License-Identifier: Apache-2.0 */
/* The assignment from end to end; assign_priv.h says how and why. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/assign_priv.h"

enum { HUGE_PAGE = 2 << 20, LARGE = 2 * HUGE_PAGE };

/*
 * Large parts stand on huge pages where the system has them: rows are read in no order, and with small pages finding
 * each costs as much again as reading it.
 */
static void *
take_large(size_t bytes)
{
	size_t whole = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *part = aligned_alloc(HUGE_PAGE, whole);

	if (part == NULL)
		return NULL;
	(void)madvise(part, whole, MADV_HUGEPAGE); /* advice: all the same if it is not taken */
	return memset(part, 0, bytes);
}

void *
assign_take(struct assign_memory *mem, size_t count, size_t size)
{
	void *part;

	if (mem->failed)
		return NULL;
	part = count < LARGE / size ? calloc(count + 1, size) : take_large((count + 1) * size);
	if (part == NULL)
		mem->failed = true;
	else
		mem->part[mem->n++] = part;
	return part;
}

void
assign_give_back(struct assign_memory *mem)
{
	while (mem->n > 0)
		free(mem->part[--mem->n]);
}

static bool
prepare(struct assign_work *w)
{
	struct assign_search *s = &w->search;
	size_t n = (size_t)w->n, nodes = (size_t)w->nodes;

	w->row_first = assign_take(&w->mem, n, sizeof w->row_first[0]);
	w->at = assign_take(&w->mem, n, sizeof w->at[0]);
	w->waiting = assign_take(&w->mem, n, sizeof w->waiting[0]);
	w->seat_first = assign_take(&w->mem, nodes, sizeof w->seat_first[0]);
	w->held = assign_take(&w->mem, nodes, sizeof w->held[0]);
	w->price = assign_take(&w->mem, nodes, sizeof w->price[0]);
	s->dist = assign_take(&w->mem, nodes, sizeof s->dist[0]);
	s->via = assign_take(&w->mem, nodes, sizeof s->via[0]);
	s->via_pair = assign_take(&w->mem, nodes, sizeof s->via_pair[0]);
	s->reached = assign_take(&w->mem, nodes, sizeof s->reached[0]);
	s->queue.next = assign_take(&w->mem, nodes, sizeof s->queue.next[0]);
	s->queue.prev = assign_take(&w->mem, nodes, sizeof s->queue.prev[0]);
	s->queue.bucket = assign_take(&w->mem, nodes, sizeof s->queue.bucket[0]);
	if (w->mem.failed)
		return false;
	for (int32_t j = 0; j < w->nodes; j++) {
		s->dist[j] = INT64_MAX;
		s->queue.bucket[j] = UINT8_MAX;
	}
	for (int b = 0; b < 65; b++)
		s->queue.head[b] = ENGINE_NONE;
	return true;
}

/* Auctions with ever smaller steps, then exactly. */
static enum engine_status
solve_layers(struct assign_work *w)
{
	static const int shifts[] = { 10, 6, 0 };
	enum engine_status status = ENGINE_OK;
	int64_t cut = 0;

	for (size_t k = 0; k < sizeof shifts / sizeof shifts[0] && status == ENGINE_OK; k++) {
		assign_release(w, shifts[k], cut);
		assign_auction(w);
		status = assign_complete(w);
		/* Seats that had become too dear to be taken would stay empty at a price: better too cheap than that. */
		cut = (int64_t)64 << shifts[k];
	}
	if (status != ENGINE_OK)
		return status;
	assign_release_exactly(w);
	status = assign_complete(w);
	if (status == ENGINE_OK)
		assign_settle_prices(w);
	return status;
}

static void
write_outcome(const struct assign_work *w, int32_t *posting, int64_t *learner_price, int64_t *posting_price)
{
	const struct assign_problem *p = w->p;

	for (int32_t j = 0; j < w->m; j++) {
		posting_price[j] = 0;
		if (w->layer[j] != ASSIGN_NO_LAYER)
			posting_price[j] = w->price[j] + (w->layer[j] > 0 ? ENGINE_REWARD(w->layer[j], p->gap) : 0);
	}
	for (int32_t i = 0; i < w->n; i++) {
		int32_t j = w->at[i] != ASSIGN_NOWHERE ? assign_pair_posting(w->at[i]) : w->m;

		posting[i] = ENGINE_NONE;
		learner_price[i] = 0;
		if (j >= w->m)
			continue;
		posting[i] = j;
		learner_price[i] =
		    ENGINE_REWARD(p->level[i], p->gap) + (assign_pair_fit(w->at[i]) >> ASSIGN_SCALE) - posting_price[j];
	}
}

/* Where nobody can ever sit, the price is what the learners who may not sit there would pay. */
static void
price_the_seatless(const struct assign_problem *p, const int64_t *learner_price, int64_t *posting_price)
{
	for (int32_t i = 0; i < p->n_learners; i++)
		for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
			int32_t j = p->edge[e].to;
			int64_t worth = ENGINE_REWARD(p->level[i], p->gap) + p->edge[e].value;

			if (p->seats[j] == 0 && worth - learner_price[i] > posting_price[j])
				posting_price[j] = worth - learner_price[i];
		}
}

enum engine_status
assign_solve(const struct assign_problem *p, int32_t *posting, int64_t *learner_price, int64_t *posting_price)
{
	struct assign_work w = {
		.p = p, .n = p->n_learners, .m = p->n_postings, .nodes = p->n_postings + ASSIGN_ROOMS
	};
	enum engine_status status = ENGINE_NO_MEMORY;

	w.layer = assign_take(&w.mem, (size_t)w.nodes, sizeof w.layer[0]);
	if (w.layer != NULL)
		status = assign_levels(p, posting, w.layer);
	for (int t = 0; t < ASSIGN_ROOMS && status == ENGINE_OK; t++)
		w.layer[w.m + t] = (uint8_t)t;
	if (status == ENGINE_OK && (!prepare(&w) || !assign_layers(&w, posting)))
		status = ENGINE_NO_MEMORY;
	if (status == ENGINE_OK)
		status = solve_layers(&w);
	if (status == ENGINE_OK) {
		write_outcome(&w, posting, learner_price, posting_price);
		price_the_seatless(p, learner_price, posting_price);
	}
	assign_give_back(&w.mem);
	return status;
}
