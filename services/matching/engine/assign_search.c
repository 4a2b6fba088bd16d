/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searches for the nearest free seat, and prices by distance. A learner who has a seat goes to another as far as that
 * would be worse for her, in steps, and one step further unless we are exact; so no distance is negative.
 */
#include "engine/assign_priv.h"

static int
bucket_of(const struct assign_queue *q, int64_t dist)
{
	return (uint64_t)dist == q->last ? 0 : 64 - __builtin_clzll((uint64_t)dist ^ q->last);
}

static void
queue_take(struct assign_queue *q, int32_t j)
{
	if (q->prev[j] != ENGINE_NONE)
		q->next[q->prev[j]] = q->next[j];
	else
		q->head[q->bucket[j]] = q->next[j];
	if (q->next[j] != ENGINE_NONE)
		q->prev[q->next[j]] = q->prev[j];
	q->bucket[j] = UINT8_MAX;
}

static void
queue_put(struct assign_queue *q, int32_t j, int64_t dist)
{
	int b = bucket_of(q, dist);

	q->bucket[j] = (uint8_t)b;
	q->prev[j] = ENGINE_NONE;
	q->next[j] = q->head[b];
	if (q->next[j] != ENGINE_NONE)
		q->prev[q->next[j]] = j;
	q->head[b] = j;
}

/* The nearest, or ENGINE_NONE. The first bucket in use is spread over those below it, by its least distance. */
static int32_t
queue_pop(struct assign_queue *q, const int64_t *dist)
{
	int32_t j;
	int b = 0;

	while (b < 65 && q->head[b] == ENGINE_NONE)
		b++;
	if (b == 65)
		return ENGINE_NONE;
	if (b > 0) {
		int64_t least = INT64_MAX;

		for (j = q->head[b]; j != ENGINE_NONE; j = q->next[j])
			least = dist[j] < least ? dist[j] : least;
		q->last = (uint64_t)least;
		for (int32_t next, k = q->head[b]; k != ENGINE_NONE; k = next) {
			next = q->next[k];
			queue_take(q, k);
			queue_put(q, k, dist[k]);
		}
	}
	j = q->head[0];
	queue_take(q, j);
	return j;
}

static void
queue_clear(struct assign_queue *q)
{
	q->last = 0;
	for (int b = 0; b < 65; b++)
		for (; q->head[b] != ENGINE_NONE; q->head[b] = q->next[q->head[b]])
			q->bucket[q->head[b]] = UINT8_MAX;
}

/* Posting j can be reached at that distance, which is below the limit. */
static void
reach(struct assign_work *w, int32_t j, int64_t dist, int32_t via, uint32_t pair)
{
	struct assign_search *s = &w->search;

	if (dist >= s->dist[j])
		return;
	if (s->dist[j] == INT64_MAX)
		s->reached[s->n_reached++] = j;
	else if (s->queue.bucket[j] != UINT8_MAX)
		queue_take(&s->queue, j);
	s->dist[j] = dist;
	s->via[j] = via;
	s->via_pair[j] = pair;
	if (assign_is_free(w, j)) {
		s->limit = dist;
		s->end = j;
	} else {
		queue_put(&s->queue, j, dist);
	}
}

/* From learner i, at that distance, whose value is now such that her pairs are worse by what it exceeds theirs. */
static void
reach_from(struct assign_work *w, int32_t i, int64_t dist, int64_t value, int64_t slack)
{
	value += slack;
	w->read += w->row_first[i + 1] - w->row_first[i];
	for (uint32_t e = w->row_first[i]; e < w->row_first[i + 1]; e++) {
		uint32_t pair = w->row[e];
		int32_t j = assign_pair_posting(pair);
		int64_t to = dist + ((value - assign_pair_fit(pair) + w->price[j]) >> w->shift);

		if (to < w->search.limit)
			reach(w, j, to, i, pair);
	}
}

static void
reach_from_filler(struct assign_work *w, int64_t dist, int32_t from)
{
	w->search.filler_dist = dist;
	w->search.filler_from = from;
	w->read += w->m;
	for (int32_t j = 0; j < w->m; j++) {
		int64_t to = dist + ((w->slack - w->floor + w->price[j]) >> w->shift);

		if (to < w->search.limit && assign_is_fillable(w, j))
			reach(w, j, to, ASSIGN_FILLER, 0);
	}
}

/* Go on from the nearest until the limit. */
static void
spread(struct assign_work *w)
{
	struct assign_search *s = &w->search;
	int32_t j;

	while ((j = queue_pop(&s->queue, s->dist)) != ENGINE_NONE && s->dist[j] < s->limit) {
		assign_fetch_holders(w, j);
		for (int32_t k = 0; k < w->held[j]; k++) {
			int32_t i = w->holder[w->seat_first[j] + (uint32_t)k];

			if (i != ASSIGN_FILLER)
				reach_from(w, i, s->dist[j], assign_pair_fit(w->at[i]) - w->price[j], w->slack);
			else if (s->filler_dist == INT64_MAX)
				reach_from_filler(w, s->dist[j], j);
		}
	}
	queue_clear(&s->queue);
}

static void
begin(struct assign_search *s)
{
	s->n_reached = 0;
	s->limit = INT64_MAX;
	s->filler_dist = INT64_MAX;
}

int64_t
assign_search(struct assign_work *w, const int32_t *from, int32_t n, bool filler)
{
	begin(&w->search);
	for (int32_t k = 0; k < n; k++)
		reach_from(w, from[k], 0, assign_best(w, from[k]), 0);
	if (filler)
		reach_from_filler(w, 0, ENGINE_NONE);
	spread(w);
	return w->search.limit;
}

void
assign_reprice(struct assign_work *w, int64_t distance)
{
	struct assign_search *s = &w->search;
	int64_t step = (int64_t)1 << w->shift;

	for (int32_t k = 0; k < s->n_reached; k++) {
		int32_t j = s->reached[k];

		if (s->dist[j] < distance)
			w->price[j] += (distance - s->dist[j]) * step;
		s->dist[j] = INT64_MAX;
	}
	if (s->filler_dist < distance)
		w->floor += (distance - s->filler_dist) * step;
}

void
assign_augment(struct assign_work *w)
{
	struct assign_search *s = &w->search;
	int32_t j = s->end;
	uint32_t seat = w->seat_first[j] + (uint32_t)w->held[j]++;

	for (;;) {
		int32_t i = s->via[j], from = s->filler_from;

		w->holder[seat] = i;
		if (i != ASSIGN_FILLER) {
			from = w->at[i] != ASSIGN_NOWHERE ? assign_pair_posting(w->at[i]) : ENGINE_NONE;
			w->at[i] = s->via_pair[j];
		}
		if (from == ENGINE_NONE)
			return;
		for (seat = w->seat_first[from]; w->holder[seat] != i;)
			seat++;
		j = from;
	}
}

/* Every price falls by its distance from where it must not fall: the rooms, the floor. */
void
assign_settle_prices(struct assign_work *w)
{
	struct assign_search *s = &w->search;
	int64_t base[ASSIGN_ROOMS];

	base[0] = w->floor;
	for (int t = 1; t < ASSIGN_ROOMS; t++)
		base[t] = w->price[w->m + t];
	begin(s);
	for (int32_t j = 0; j < w->nodes; j++) {
		if (assign_seats(w, j) == 0)
			continue;
		w->price[j] -= base[w->layer[j]];
		if (w->layer[j] == 0 || j >= w->m)
			reach(w, j, w->price[j] >> w->shift, ENGINE_NONE, 0);
	}
	s->filler_dist = 0;
	spread(w);
	for (int32_t j = 0; j < w->nodes; j++)
		w->price[j] = s->dist[j] < INT64_MAX ? (w->price[j] >> w->shift) - s->dist[j] : 0;
}
