/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the assignment share.
 *
 * 1. Levels (assign_levels.c). Without fit, the learners who can be placed together form a transversal matroid
 *    (Edmonds and Fulkerson 1965), so that taking them in order of level, and never unplacing anybody, is already the
 *    lexicographic optimum (Rado 1957). Who finds no path to a free seat proves that nobody of her level or worse
 *    ever will from the postings that she reached: these form the layer of her level. Layer 0 is what is left.
 * 2. Layers (assign_layers.c). The price of a posting in layer t is reward(t), in layer 0 it is 0: these prices prove
 *    the levels, so that an optimum uses only the pairs that are tight for them. What is left falls into independent
 *    problems, one for each layer, in which only the fit counts. Each is made symmetric, every learner and every seat
 *    taken: a layer t > 0 has a waiting room, a posting with as many seats as learners of level t stay without a
 *    place, open to all of level t; layer 0 has a filler, one more learner who takes the seats that stay free,
 *    wherever they are cheapest.
 * 3. Auction (assign_auction.c). Learners bid for the posting of the best value, by as much as it is better than the
 *    second best and a step more; the steps shrink (Bertsekas 1979; multi-seat postings: Bertsekas and Castanon
 *    1989). It is cut short where bidding would become a war, since whatever it leaves is a good start, and no more.
 * 4. Completion (assign_complete.c, assign_search.c, assign_flow.c). Shortest augmenting paths from those prices
 *    (Tomizawa 1971, Edmonds and Karp 1972), one after the other while they are short, in rounds of many at once
 *    where they are long (Gabow and Tarjan 1989); last without a step, which is exact. Distances are small whole
 *    numbers and never fall: radix queue (Ahuja, Mehlhorn, Orlin and Tarjan 1990).
 * 5. The least prices that prove the outcome (assign_search.c), the same whatever way led to it. In a layer of k
 *    learners they stay within 1000 * k of the layer's own, and layers share no learner; so the gap between two
 *    layers, 1000 * n + 1, covers every pair from one to another.
 *
 * Worst case: every search or round reads each pair at most a few times and places at least one learner, so that time
 * stays within learners times pairs; measured on chains, ties, wars and crowds it stayed within some hundreds of
 * readings of all pairs.
 * Memory: 4 bytes for a pair, 12 for a learner, 12 for a seat that anybody could take, some 60 for a posting.
 */
#ifndef BASSIN_MATCHING_ASSIGN_PRIV_H
#define BASSIN_MATCHING_ASSIGN_PRIV_H

#include "engine/assign.h"

enum {
	ASSIGN_FIT_BITS = 10,
	ASSIGN_ROOMS = ENGINE_NEEDS + 1, /* waiting rooms, by level; that of level 0 is never used */
	ASSIGN_NO_LAYER = UINT8_MAX, /* layer of a posting without seats */
	ASSIGN_SCALE = 3, /* prices and fits count eighths until the end: see assign_release */
	ASSIGN_AHEAD = 8, /* rows that are fetched ahead of their use */
	ASSIGN_FILLER = INT32_MAX, /* the learner's number of the filler */
};

#define ASSIGN_NOWHERE UINT32_MAX /* no pair */

_Static_assert((int64_t)ENGINE_MAX_POSTINGS + ASSIGN_ROOMS < INT64_C(1) << (32 - ASSIGN_FIT_BITS),
               "a pair has 32 bits");
_Static_assert(ENGINE_MAX_FIT < 1 << ASSIGN_FIT_BITS, "fit has its bits");
_Static_assert((int64_t)ENGINE_MAX_ENTRIES + ENGINE_MAX_LEARNERS < UINT32_MAX, "places in rows have 32 bits");

/* Memory that is given back all at once. */
struct assign_memory {
	void *part[32];
	int n;
	bool failed;
};

/* Zeroed room for count items and one more; NULL, and failed stays set, when there is none. */
void *assign_take(struct assign_memory *mem, size_t count, size_t size);
void assign_give_back(struct assign_memory *mem);

/* A queue of postings by distance, for distances that never fall below the last one popped. */
struct assign_queue {
	uint64_t last;
	int32_t head[65];
	int32_t *next, *prev;
	uint8_t *bucket; /* UINT8_MAX: not queued */
};

/* A search, from learners without a place along pairs that would cost them least. */
struct assign_search {
	int64_t *dist; /* by posting; INT64_MAX: not reached. All of them between searches */
	int32_t *via; /* the learner who reached it */
	uint32_t *via_pair; /* and her pair */
	int32_t *reached;
	int32_t n_reached;
	int64_t limit; /* the distance of the nearest free seat so far */
	int32_t end; /* and its posting */
	int64_t filler_dist; /* INT64_MAX: the filler was not reached */
	int32_t filler_from; /* the posting from which; ENGINE_NONE: the search began with it */
	struct assign_queue queue;
};

/*
 * The layered problem and its state. Postings are those of the problem, then the waiting rooms: room t is m + t. A
 * pair is posting << ASSIGN_FIT_BITS | fit. Prices are within the layer.
 */
struct assign_work {
	const struct assign_problem *p;
	struct assign_memory mem;
	int32_t n, m, nodes; /* learners, postings, postings and rooms */
	uint8_t *layer; /* by posting */
	uint32_t *row_first, *row; /* by learner: her tight pairs */
	uint32_t *at; /* by learner: the pair she has, or ASSIGN_NOWHERE */
	uint32_t *seat_first; /* by posting: its seats are seat_first[j] .. seat_first[j + 1] - 1 */
	int32_t *held; /* by posting: seats taken, the first ones */
	int32_t *holder; /* by seat */
	int64_t *bid; /* by seat: what it was taken for; during an auction a heap, the lowest first */
	int64_t *price; /* by posting */
	int64_t floor; /* what the filler pays */
	int64_t filler_out; /* the filler's seats that it has not */
	int32_t *waiting; /* the learners who have none */
	int32_t n_waiting;
	int shift; /* prices move by steps of 1 << shift */
	int64_t slack; /* how much less than the best a learner is content with: a step, or 0: exact */
	int64_t read; /* pairs read so far, as a measure of effort */
	struct assign_search search;
};

static inline int32_t
assign_pair_posting(uint32_t pair)
{
	return (int32_t)(pair >> ASSIGN_FIT_BITS);
}

static inline int64_t
assign_pair_fit(uint32_t pair)
{
	return (int64_t)(pair & ((1u << ASSIGN_FIT_BITS) - 1)) << ASSIGN_SCALE;
}

static inline int32_t
assign_seats(const struct assign_work *w, int32_t j)
{
	return (int32_t)(w->seat_first[j + 1] - w->seat_first[j]);
}

static inline bool
assign_is_free(const struct assign_work *w, int32_t j)
{
	return w->held[j] < assign_seats(w, j);
}

static inline bool
assign_is_active(const struct assign_work *w, int32_t i)
{
	return w->row_first[i] < w->row_first[i + 1];
}

/* Fetch what reading the learner's row will need: first where it is, and once that has come, the row. */
static inline void
assign_foresee(const struct assign_work *w, int32_t i)
{
	__builtin_prefetch(&w->row_first[i]);
	__builtin_prefetch(&w->at[i]);
}

static inline void
assign_fetch(const struct assign_work *w, int32_t i)
{
	const uint32_t *row = w->row + w->row_first[i];

	__builtin_prefetch(row);
	__builtin_prefetch(row + 16);
}

/* The same for everybody at posting j. */
static inline void
assign_fetch_holders(const struct assign_work *w, int32_t j)
{
	const int32_t *h = w->holder + w->seat_first[j];
	int32_t n = w->held[j] < ASSIGN_AHEAD ? w->held[j] : ASSIGN_AHEAD;

	for (int32_t k = 0; k < n; k++)
		if (h[k] != ASSIGN_FILLER)
			assign_foresee(w, h[k]);
	for (int32_t k = 0; k < n; k++)
		if (h[k] != ASSIGN_FILLER)
			assign_fetch(w, h[k]);
}

/* Can the filler sit there? */
static inline bool
assign_is_fillable(const struct assign_work *w, int32_t j)
{
	return w->layer[j] == 0 && assign_seats(w, j) > 0;
}

/* The value of the best of her pairs. */
static inline int64_t
assign_best(const struct assign_work *w, int32_t i)
{
	int64_t best = INT64_MIN;

	for (uint32_t e = w->row_first[i]; e < w->row_first[i + 1]; e++) {
		int64_t value = assign_pair_fit(w->row[e]) - w->price[assign_pair_posting(w->row[e])];

		best = value > best ? value : best;
	}
	return best;
}

/*
 * Place as many as possible, by level, without regard to fit.
 *   place[i]  a posting or ENGINE_NONE
 *   layer[j]  the level that could not be placed any more from there, 0, or ASSIGN_NO_LAYER
 */
enum engine_status assign_levels(const struct assign_problem *p, int32_t *place, uint8_t *layer);

/* Fill w->row and the seats, and make the state that of nobody placed at price 0. False: no memory. */
bool assign_layers(struct assign_work *w, const int32_t *place);

/*
 * Begin with steps of 1 << shift: whoever is not content with what she has, waits.
 *   cut  lower the prices of layer 0 by that much first, but not below the floor
 */
void assign_release(struct assign_work *w, int shift, int64_t cut);

/* The same, but exactly: prices are rounded to whole numbers first. The smaller the last step was, the fewer wait. */
void assign_release_exactly(struct assign_work *w);

void assign_auction(struct assign_work *w);

/* Place everybody who waits, and the filler. ENGINE_BAD_INPUT: there is no way to. */
enum engine_status assign_complete(struct assign_work *w);

/* The nearest free seat from these learners, or from the filler. Returns its distance, INT64_MAX: there is none. */
int64_t assign_search(struct assign_work *w, const int32_t *from, int32_t n, bool filler);

/* Prices move by the search in hand, so that its shortest paths are tight; and the search is forgotten. */
void assign_reprice(struct assign_work *w, int64_t distance);

/* Use the path to w->search.end; before assign_reprice. */
void assign_augment(struct assign_work *w);

/* Use paths of tight pairs from those who wait and from the filler, until none is left that crosses no other. */
bool assign_flow(struct assign_work *w);

/* Last, once everybody is placed exactly: the least prices, whole, 0 for the rooms and the floor. */
void assign_settle_prices(struct assign_work *w);

#endif
