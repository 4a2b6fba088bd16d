/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an assignment of any size optimal? It is if no round of changes improves it: learners who take each other's seats
 * in turn, where a free seat, an empty place or going without closes the round. Gains are compared in the order of
 * matching.md itself, number by number, and not as one sum; the search is Bellman and Ford's.
 */
#include <stdlib.h>

#include "check.h"
#include "literal.h"

struct move {
	int from, to; /* postings, or the last node: nowhere */
	struct worth gain;
};

struct moves {
	struct move *move;
	int count;
};

static void
add_worth(struct worth *w, const struct worth *more, int by)
{
	w->stood += by * more->stood;
	w->placed += by * more->placed;
	w->fit += by * more->fit;
	for (int k = 0; k < MAX_NEEDS; k++)
		w->need[k] += by * more->need[k];
}

/* What one learner at one posting is worth. */
static struct worth
worth_at(const struct run *run, const struct assignment *a, int l, int p)
{
	struct worth w = { 0 };

	if (p == NONE)
		return w;
	w.stood = a->level[l] == 0;
	w.placed = 1;
	w.need[run->r->learner[l].need] = 1;
	w.fit = option_fit(a, l, p);
	return w;
}

static void
add_move(const struct run *run, const struct assignment *a, struct moves *all, int l, int from, int to)
{
	struct move *m = &all->move[all->count++];
	struct worth before = worth_at(run, a, l, from);

	m->from = from == NONE ? run->r->m : from;
	m->to = to == NONE ? run->r->m : to;
	m->gain = worth_at(run, a, l, to);
	add_worth(&m->gain, &before, -1);
}

static struct moves
moves_of(const struct run *run, const struct assignment *a, const int *assigned)
{
	const struct round *r = run->r;
	int *left = room((size_t)r->m, sizeof *left), options = a->option_off[r->n];
	struct moves all = { .move = room((size_t)(options + r->n + 2 * r->m), sizeof *all.move) };

	for (int p = 0; p < r->m; p++)
		left[p] = a->seats[p];
	for (int l = 0; l < r->n; l++) {
		if (a->level[l] == NONE)
			continue;
		for (int k = a->option_off[l]; k < a->option_off[l + 1]; k++)
			if (a->option[k].posting != assigned[l])
				add_move(run, a, &all, l, assigned[l], a->option[k].posting);
		if (assigned[l] != NONE) {
			add_move(run, a, &all, l, assigned[l], NONE);
			left[assigned[l]]--;
		}
	}
	for (int p = 0; p < r->m; p++) {
		all.move[all.count++] = (struct move){ .from = r->m, .to = p };
		if (left[p] > 0)
			all.move[all.count++] = (struct move){ .from = p, .to = r->m };
	}
	free(left);
	return all;
}

void
check_no_improvement(const struct run *run, const struct assignment *a, const int *assigned, char **complaint)
{
	struct moves all = moves_of(run, a, assigned);
	struct worth *gain = room((size_t)run->r->m + 1, sizeof *gain);
	bool again = true;

	for (int pass = 0; again && pass <= run->r->m + 1; pass++) {
		again = false;
		for (int k = 0; k < all.count; k++) {
			const struct move *m = &all.move[k];
			struct worth sum = gain[m->from];

			add_worth(&sum, &m->gain, 1);
			if (worth_compare(&sum, &gain[m->to]) > 0) {
				gain[m->to] = sum;
				again = true;
			}
		}
	}
	if (again)
		complain(complaint, "the assignment can be improved by exchanging seats");
	free(gain);
	free(all.move);
}
