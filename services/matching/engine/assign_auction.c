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

/* What a learner would bid for. */
struct offer {
	uint32_t pair; /* the best of hers */
	int32_t next_posting; /* of the second best */
	int64_t best, next; /* their values */
};

static struct offer
weigh(const struct assign_work *w, int32_t i)
{
	struct offer o = { .next_posting = ENGINE_NONE, .best = INT64_MIN / 4, .next = INT64_MIN / 4 };
	uint32_t next = 0;

	for (uint32_t e = w->row_first[i]; e < w->row_first[i + 1]; e++) {
		uint32_t x = w->row[e], lesser;
		int64_t value = assign_pair_fit(x) - w->price[assign_pair_posting(x)];
		int64_t less = value < o.best ? value : o.best;

		lesser = value > o.best ? o.pair : x;
		next = less > o.next ? lesser : next;
		o.next = less > o.next ? less : o.next;
		o.pair = value > o.best ? x : o.pair;
		o.best = value > o.best ? value : o.best;
	}
	o.next_posting = assign_pair_posting(next);
	return o;
}

/* The learner bids. Returns who lost her seat by it, or ENGINE_NONE. */
static int32_t
bid(struct assign_work *w, int32_t i, const struct offer *o)
{
	int64_t rise = (o->best - o->next < MOST ? o->best - o->next : MOST) + w->slack;
	int32_t j = assign_pair_posting(o->pair), out = ENGINE_NONE;

	w->at[i] = o->pair;
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

/* Fetch what will be needed of those who wait after k: rows, then prices. */
static void
fetch_ahead(const struct assign_work *w, int32_t k, int32_t n)
{
	if (k + 2 * ASSIGN_AHEAD < n)
		assign_foresee(w, w->waiting[k + 2 * ASSIGN_AHEAD]);
	if (k + ASSIGN_AHEAD < n)
		assign_fetch(w, w->waiting[k + ASSIGN_AHEAD]);
	if (k + 3 < n) {
		int32_t i = w->waiting[k + 3];

		for (uint32_t e = w->row_first[i]; e < w->row_first[i + 1]; e++)
			__builtin_prefetch(&w->price[assign_pair_posting(w->row[e])]);
	}
}

/* What learner i would bid for, and its seats fetched. */
static struct offer
weigh_ahead(const struct assign_work *w, int32_t i)
{
	struct offer o = weigh(w, i);
	int32_t j = assign_pair_posting(o.pair);

	__builtin_prefetch(&w->held[j]);
	__builtin_prefetch(&w->holder[w->seat_first[j]]);
	__builtin_prefetch(&w->bid[w->seat_first[j]]);
	return o;
}

/*
 * Everybody who waits bids once; those who lose their seats by it wait then. While one bids, the next already weighs, and
 * weighs again if that bid was for one of her two best, since no other price has moved.
 */
static void
bid_once(struct assign_work *w)
{
	int32_t n = w->n_waiting;
	struct offer next = weigh(w, w->waiting[0]);

	w->n_waiting = 0;
	for (int32_t k = 0; k < n; k++) {
		struct offer o = next;
		int32_t out, j = assign_pair_posting(o.pair);

		fetch_ahead(w, k, n);
		if (k + 1 < n)
			next = weigh_ahead(w, w->waiting[k + 1]);
		out = bid(w, w->waiting[k], &o);
		if (k + 1 < n && (j == assign_pair_posting(next.pair) || j == next.next_posting))
			next = weigh(w, w->waiting[k + 1]);
		if (out == ASSIGN_FILLER) {
			w->filler_out++;
		} else if (out != ENGINE_NONE) {
			w->at[out] = ASSIGN_NOWHERE;
			w->waiting[w->n_waiting++] = out;
		}
	}
}

void
assign_auction(struct assign_work *w)
{
	for (int32_t j = 0; j < w->nodes; j++)
		for (int32_t s = 0; s < w->held[j]; s++)
			w->bid[w->seat_first[j] + (uint32_t)s] = w->price[j];
	for (int64_t left = (int64_t)w->n * BIDS; w->n_waiting > 0 && left > 0;) {
		left -= w->n_waiting;
		bid_once(w);
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
