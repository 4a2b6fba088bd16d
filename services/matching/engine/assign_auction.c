/* SPDX-License-Identifier: Apache-2.0 */
/* The auction: bids until everybody has a seat, or too many bids were made. */
#include "engine/assign_priv.h"

enum {
	BIDS = 20, /* for each learner, on average, before an auction is cut short */
	MOST = ENGINE_MAX_FIT << ASSIGN_SCALE, /* for who has one pair only, no second best */
};

/* The seats of a posting are a heap, the lowest bid first. */
static void
bid_down(struct assign_work *w, int32_t j, int64_t bid, int32_t who)
{
	int64_t *b = w->bid + w->seat_first[j];
	int32_t *h = w->holder + w->seat_first[j];
	int32_t at = 0, child, n = w->held[j];

	while ((child = 2 * at + 1) < n) {
		if (child + 1 < n && b[child + 1] < b[child])
			child++;
		if (b[child] >= bid)
			break;
		b[at] = b[child];
		h[at] = h[child];
		at = child;
	}
	b[at] = bid;
	h[at] = who;
}

static void
bid_up(struct assign_work *w, int32_t j, int64_t bid, int32_t who)
{
	int64_t *b = w->bid + w->seat_first[j];
	int32_t *h = w->holder + w->seat_first[j];
	int32_t at = w->held[j]++;

	for (; at > 0 && b[(at - 1) / 2] > bid; at = (at - 1) / 2) {
		b[at] = b[(at - 1) / 2];
		h[at] = h[(at - 1) / 2];
	}
	b[at] = bid;
	h[at] = who;
}

/* The learner bids. Returns who lost her seat by it, or ENGINE_NONE. */
static int32_t
bid(struct assign_work *w, int32_t i)
{
	int64_t best = INT64_MIN / 4, second = INT64_MIN / 4, rise;
	int32_t j, out = ENGINE_NONE;
	uint32_t pair = 0;

	for (uint32_t e = w->row_first[i]; e < w->row_first[i + 1]; e++) {
		uint32_t x = w->row[e];
		int64_t value = assign_pair_fit(x) - w->price[assign_pair_posting(x)];
		int64_t less = value < best ? value : best;

		second = less > second ? less : second;
		pair = value > best ? x : pair;
		best = value > best ? value : best;
	}
	j = assign_pair_posting(pair);
	rise = (best - second < MOST ? best - second : MOST) + w->slack;
	w->at[i] = pair;
	if (assign_is_free(w, j)) {
		bid_up(w, j, w->price[j] + rise, i);
	} else {
		out = w->holder[w->seat_first[j]];
		bid_down(w, j, w->price[j] + rise, i);
	}
	if (!assign_is_free(w, j) && w->bid[w->seat_first[j]] > w->price[j])
		w->price[j] = w->bid[w->seat_first[j]];
	return out;
}

/* The filler takes free seats that are cheap enough for it. */
static void
fill(struct assign_work *w)
{
	for (int32_t j = 0; j < w->m && w->filler_out > 0; j++) {
		if (!assign_is_fillable(w, j) || w->price[j] > w->floor + w->slack)
			continue;
		while (w->filler_out > 0 && assign_is_free(w, j)) {
			w->holder[w->seat_first[j] + (uint32_t)w->held[j]++] = ASSIGN_FILLER;
			w->filler_out--;
		}
	}
}

/* The rows of those who wait after k. */
static void
fetch_ahead(const struct assign_work *w, int32_t k, int32_t n)
{
	if (k + 2 * ASSIGN_AHEAD < n)
		assign_foresee(w, w->waiting[k + 2 * ASSIGN_AHEAD]);
	if (k + ASSIGN_AHEAD < n)
		assign_fetch(w, w->waiting[k + ASSIGN_AHEAD]);
	if (k + 2 < n) {
		int32_t i = w->waiting[k + 2];

		for (uint32_t e = w->row_first[i]; e < w->row_first[i + 1]; e++)
			__builtin_prefetch(&w->price[assign_pair_posting(w->row[e])]);
	}
}

void
assign_auction(struct assign_work *w)
{
	int64_t left = (int64_t)w->n * BIDS;

	for (int32_t j = 0; j < w->nodes; j++)
		for (int32_t s = 0; s < w->held[j]; s++)
			w->bid[w->seat_first[j] + (uint32_t)s] = w->price[j];
	while (w->n_waiting > 0 && left > 0) {
		int32_t n = w->n_waiting;

		w->n_waiting = 0;
		left -= n;
		for (int32_t k = 0; k < n; k++) {
			int32_t out;

			fetch_ahead(w, k, n);
			out = bid(w, w->waiting[k]);
			if (out == ASSIGN_FILLER) {
				w->filler_out++;
			} else if (out != ENGINE_NONE) {
				w->at[out] = ASSIGN_NOWHERE;
				w->waiting[w->n_waiting++] = out;
			}
		}
	}
	fill(w);
}

/* Learners who could do better than they do, by more than the slack, lose their pair. */
static void
release_learners(struct assign_work *w)
{
	w->n_waiting = 0;
	for (int32_t i = 0; i < w->n; i++) {
		uint32_t pair = w->at[i];

		if (!assign_is_active(w, i))
			continue;
		if (pair != ASSIGN_NOWHERE &&
		    assign_best(w, i) <= assign_pair_fit(pair) - w->price[assign_pair_posting(pair)] + w->slack)
			continue;
		w->at[i] = ASSIGN_NOWHERE;
		w->waiting[w->n_waiting++] = i;
	}
}

static void
release_seats(struct assign_work *w, int32_t j)
{
	int32_t *h = w->holder + w->seat_first[j], kept = 0;

	for (int32_t s = 0; s < w->held[j]; s++) {
		bool stays = h[s] == ASSIGN_FILLER ? w->price[j] <= w->floor + w->slack : w->at[h[s]] != ASSIGN_NOWHERE;

		if (stays)
			h[kept++] = h[s];
		else if (h[s] == ASSIGN_FILLER)
			w->filler_out++;
	}
	w->held[j] = kept;
}

/* Whoever is content with the prices as they are keeps her seat, and so does the filler. */
static void
release(struct assign_work *w)
{
	int64_t lowest = INT64_MAX;

	for (int32_t j = 0; j < w->m; j++)
		if (assign_is_fillable(w, j))
			lowest = w->price[j] < lowest ? w->price[j] : lowest;
	w->floor = lowest < INT64_MAX ? lowest : 0;
	release_learners(w);
	for (int32_t j = 0; j < w->nodes; j++)
		release_seats(w, j);
}

void
assign_release(struct assign_work *w, int shift, int64_t cut)
{
	w->shift = shift;
	w->slack = (int64_t)1 << shift;
	for (int32_t j = 0; j < w->m; j++)
		if (assign_is_fillable(w, j))
			w->price[j] = w->price[j] - cut > w->floor ? w->price[j] - cut : w->floor;
	release(w);
}

void
assign_release_exactly(struct assign_work *w)
{
	w->shift = ASSIGN_SCALE;
	w->slack = 0;
	for (int32_t j = 0; j < w->nodes; j++)
		w->price[j] -= w->price[j] & ((1 << ASSIGN_SCALE) - 1);
	release(w);
	fill(w);
}
