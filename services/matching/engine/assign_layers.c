/* SPDX-License-Identifier: Apache-2.0 */
/* Layers: the pairs that an optimum may use, four bytes each, and the seats. */
#include <string.h>

#include "engine/assign_priv.h"

/* The layer that a learner belongs to: that of her place, or that of her level. */
static uint8_t
layer_of(const struct assign_work *w, const int32_t *place, int32_t i)
{
	return place[i] != ENGINE_NONE ? w->layer[place[i]] : w->p->level[i];
}

/* Write the learner's row from w->row[at] on; with row NULL only count, into degree. Returns how many. */
static uint32_t
row_of(struct assign_work *w, int32_t i, uint8_t layer, uint32_t at, int32_t *degree)
{
	const struct assign_problem *p = w->p;
	uint32_t end = at;

	for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
		int32_t j = p->edge[e].to;

		if (w->layer[j] != layer)
			continue;
		if (w->row != NULL)
			w->row[end] = (uint32_t)j << ASSIGN_FIT_BITS | (uint32_t)p->edge[e].value;
		else if (degree != NULL)
			degree[j]++;
		end++;
	}
	if (end > at && layer > 0 && layer == p->level[i]) {
		if (w->row != NULL)
			w->row[end] = (uint32_t)(w->m + layer) << ASSIGN_FIT_BITS;
		end++;
	}
	return end - at;
}

/* Seats, no more than learners who could come; the rooms' are in held, and so are the learners placed. */
static uint32_t
lay_seats(struct assign_work *w, const int32_t *degree)
{
	uint32_t n = 0;

	for (int32_t j = 0; j < w->nodes; j++) {
		int32_t seats = w->held[j];

		if (j < w->m)
			seats = w->p->seats[j] < degree[j] ? w->p->seats[j] : degree[j];
		if (j < w->m && w->layer[j] == 0)
			w->filler_out += seats - w->held[j];
		w->seat_first[j] = n;
		n += (uint32_t)seats;
		w->held[j] = 0;
	}
	w->seat_first[w->nodes] = n;
	return n;
}

bool
assign_layers(struct assign_work *w, const int32_t *place)
{
	struct assign_memory mem = { .n = 0 };
	int32_t *degree = assign_take(&mem, (size_t)w->m, sizeof degree[0]);
	uint32_t at = 0, seats;

	if (degree == NULL)
		return false;
	for (int32_t i = 0; i < w->n; i++) {
		uint8_t layer = layer_of(w, place, i);
		uint32_t count = row_of(w, i, layer, at, degree);

		if (place[i] != ENGINE_NONE)
			w->held[place[i]]++;
		else if (count > 0)
			w->held[w->m + layer]++;
		at += count;
	}
	seats = lay_seats(w, degree);
	assign_give_back(&mem);
	w->row = assign_take(&w->mem, at, sizeof w->row[0]);
	w->holder = assign_take(&w->mem, seats, sizeof w->holder[0]);
	w->bid = assign_take(&w->mem, seats, sizeof w->bid[0]);
	if (w->mem.failed)
		return false;
	at = 0;
	for (int32_t i = 0; i < w->n; i++) {
		w->row_first[i] = at;
		at += row_of(w, i, layer_of(w, place, i), at, NULL);
		w->at[i] = ASSIGN_NOWHERE;
	}
	w->row_first[w->n] = at;
	return true;
}
