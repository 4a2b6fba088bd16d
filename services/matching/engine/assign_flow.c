/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds: many augmenting paths over tight pairs at once, by depth first, each learner tried once in a round. */
#include <string.h>

#include "engine/assign_priv.h"

/* One learner of a path, the posting that she tries, and whose seat there. */
struct step {
	int64_t value; /* of a pair that is tight for her */
	int32_t learner, posting;
	uint32_t edge; /* in her row */
	uint32_t seat;
};

struct flow {
	struct assign_work *w;
	struct assign_memory mem;
	uint32_t *cursor; /* by posting: the next of its seats to try */
	bool *open; /* by posting: on the path in hand */
	bool filler_open;
	int32_t filler_next; /* the next posting that the filler tries */
	uint8_t *tried; /* by learner, a bit */
	struct step *step;
};

/* Is a pair tight that is worse by that much? */
static bool
is_tight(const struct assign_work *w, int64_t worse)
{
	return worse >= 0 && worse >> w->shift == 0;
}

/* May a path go on through posting j? */
static bool
is_open_to(const struct flow *f, int32_t j)
{
	const struct assign_work *w = f->w;

	return !f->open[j] && (assign_is_free(w, j) || f->cursor[j] < w->seat_first[j + 1]);
}

static bool
filler_next_posting(struct flow *f, struct step *s)
{
	const struct assign_work *w = f->w;

	for (; f->filler_next < w->m; f->filler_next++) {
		int32_t j = f->filler_next;

		if (assign_is_fillable(w, j) && is_tight(w, w->price[j] - w->floor + w->slack) && is_open_to(f, j)) {
			s->posting = j;
			return true;
		}
	}
	return false;
}

static bool
next_posting(struct flow *f, struct step *s)
{
	const struct assign_work *w = f->w;

	if (s->learner == ASSIGN_FILLER)
		return filler_next_posting(f, s);
	for (; s->edge < w->row_first[s->learner + 1]; s->edge++) {
		uint32_t pair = w->row[s->edge];
		int32_t j = assign_pair_posting(pair);

		if (is_tight(w, s->value - assign_pair_fit(pair) + w->price[j]) && is_open_to(f, j)) {
			s->posting = j;
			return true;
		}
	}
	return false;
}

/* Begin a step with learner i, who has a seat at posting from, or none; false if she was tried before. */
static bool
enter(struct flow *f, struct step *s, int32_t i, int32_t from)
{
	struct assign_work *w = f->w;

	*s = (struct step){ .learner = i, .posting = ENGINE_NONE };
	if (i == ASSIGN_FILLER) {
		if (f->filler_open || f->filler_next == w->m)
			return false;
		return f->filler_open = true;
	}
	if ((f->tried[i / 8] >> i % 8 & 1) != 0)
		return false;
	f->tried[i / 8] |= (uint8_t)(1 << i % 8);
	s->edge = w->row_first[i];
	w->read += w->row_first[i + 1] - s->edge;
	s->value = from == ENGINE_NONE ? assign_best(w, i) : assign_pair_fit(w->at[i]) - w->price[from] + w->slack;
	return true;
}

/* The next holder of the posting who may move on, in the step after. */
static bool
next_holder(struct flow *f, struct step *s)
{
	const struct assign_work *w = f->w;
	int32_t j = s->posting;

	if (f->cursor[j] == w->seat_first[j])
		assign_fetch_holders(w, j);
	while (f->cursor[j] < w->seat_first[j] + (uint32_t)w->held[j]) {
		s->seat = f->cursor[j]++;
		if (enter(f, s + 1, w->holder[s->seat], j))
			return true;
	}
	return false;
}

/* Everybody on the path moves one on. */
static void
move(struct flow *f, struct step *s)
{
	struct assign_work *w = f->w;
	uint32_t seat = w->seat_first[s->posting] + (uint32_t)w->held[s->posting]++;

	for (;; seat = s->seat) {
		w->holder[seat] = s->learner;
		if (s->learner != ASSIGN_FILLER)
			w->at[s->learner] = w->row[s->edge];
		f->open[s->posting] = false;
		if (s-- == f->step)
			break;
	}
	f->filler_open = false;
}

static void
give_up(struct flow *f, struct step *s)
{
	f->open[s->posting] = false;
	if (s->learner == ASSIGN_FILLER)
		f->filler_next++;
	else
		s->edge++;
}

static bool
find(struct flow *f, int32_t root)
{
	struct step *s = f->step;

	if (!enter(f, s, root, ENGINE_NONE))
		return false;
	for (;;) {
		if (next_posting(f, s)) {
			f->open[s->posting] = true;
			if (assign_is_free(f->w, s->posting)) {
				move(f, s);
				return true;
			}
		} else {
			if (s->learner == ASSIGN_FILLER)
				f->filler_open = false;
			if (s-- == f->step)
				return false;
		}
		if (next_holder(f, s))
			s++;
		else
			give_up(f, s);
	}
}

bool
assign_flow(struct assign_work *w)
{
	struct flow f = { .w = w };
	size_t nodes = (size_t)w->nodes;
	int32_t left = 0;

	f.cursor = assign_take(&f.mem, nodes, sizeof f.cursor[0]);
	f.open = assign_take(&f.mem, nodes, sizeof f.open[0]);
	f.tried = assign_take(&f.mem, (size_t)w->n / 8, sizeof f.tried[0]);
	f.step = assign_take(&f.mem, nodes + 1, sizeof f.step[0]);
	if (f.mem.failed) {
		assign_give_back(&f.mem);
		return false;
	}
	memcpy(f.cursor, w->seat_first, nodes * sizeof f.cursor[0]);
	while (w->filler_out > 0 && find(&f, ASSIGN_FILLER))
		w->filler_out--;
	for (int32_t k = 0; k < w->n_waiting; k++)
		if (!find(&f, w->waiting[k]))
			w->waiting[left++] = w->waiting[k];
	w->n_waiting = left;
	assign_give_back(&f.mem);
	return true;
}
