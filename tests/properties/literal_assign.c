/* SPDX-License-Identifier: Apache-2.0 */
/* The assignment phase by its definition: who takes part, what is open, what an assignment is worth. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "literal.h"

static int
level_of(const struct run *run, const int *result, int l)
{
	const struct round_learner *who = &run->r->learner[l];

	if (!run->member[l])
		return NONE;
	if (stands_unranked(run, result, l))
		return 0;
	return result[l] == NONE && who->assignable ? 1 + who->need : NONE;
}

/* Writes what is open to a participant; returns how many. */
static int
write_options(const struct run *run, const struct assignment *a, int l, struct option *to)
{
	const struct round *r = run->r;
	int count = 0;

	for (int p = 0; p < r->m; p++) {
		bool eligible = r->fit[cell(r, l, p)] != NONE && r->posting[p].assignable && a->seats[p] > 0;
		bool own = a->level[l] == 0 && run->endowed[l] == p;

		if (run->offered[p] && (eligible || own))
			to[count++] = (struct option){ .posting = p, .fit = fit_of(r, l, p) };
	}
	return count;
}

struct assignment *
assignment_new(const struct run *run, const int *result)
{
	const struct round *r = run->r;
	struct assignment *a = room(1, sizeof *a);
	int count = 0;

	a->level = room((size_t)r->n, sizeof *a->level);
	a->seats = room((size_t)r->m, sizeof *a->seats);
	a->option_off = room((size_t)r->n + 1, sizeof *a->option_off);
	a->option = room((size_t)r->n * (size_t)r->m, sizeof *a->option);
	for (int p = 0; p < r->m; p++)
		a->seats[p] = run->seats[p];
	for (int l = 0; l < r->n; l++) {
		a->level[l] = level_of(run, result, l);
		if (result[l] != NONE && a->level[l] == NONE)
			a->seats[result[l]]--;
	}
	for (int l = 0; l < r->n; l++) {
		a->option_off[l] = count;
		if (a->level[l] != NONE)
			count += write_options(run, a, l, a->option + count);
	}
	a->option_off[r->n] = count;
	return a;
}

void
assignment_destroy(struct assignment **self)
{
	struct assignment *a = *self;

	*self = NULL;
	if (a == NULL)
		return;
	free(a->level);
	free(a->seats);
	free(a->option_off);
	free(a->option);
	free(a);
}

int
option_fit(const struct assignment *a, int l, int p)
{
	for (int k = a->option_off[l]; k < a->option_off[l + 1]; k++)
		if (a->option[k].posting == p)
			return a->option[k].fit;
	return NONE;
}

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int
worth_compare(const struct worth *a, const struct worth *b)
{
	int c = compare(a->stood, b->stood);

	if (c == 0)
		c = compare(a->placed, b->placed);
	for (int k = 0; c == 0 && k < MAX_NEEDS; k++)
		c = compare(a->need[k], b->need[k]);
	return c != 0 ? c : compare(a->fit, b->fit);
}

static void
count_in(struct worth *w, const struct run *run, const struct assignment *a, int l, int fit, int by)
{
	w->stood += a->level[l] == 0 ? by : 0;
	w->placed += by;
	w->need[run->r->learner[l].need] += by;
	w->fit += by * fit;
}

struct worth
worth_of(const struct run *run, const struct assignment *a, const int *assigned)
{
	struct worth w = { 0 };

	for (int l = 0; l < run->r->n; l++)
		if (assigned[l] != NONE)
			count_in(&w, run, a, l, option_fit(a, l, assigned[l]), 1);
	return w;
}

struct search {
	const struct run *run;
	const struct assignment *a;
	int *left, *at, *kept; /* kept NULL: nobody asks for the assignment */
	struct worth now, best;
};

static void
try_learner(struct search *s, int l)
{
	const struct assignment *a = s->a;

	while (l < s->run->r->n && a->level[l] == NONE)
		l++;
	if (l == s->run->r->n) {
		if (worth_compare(&s->now, &s->best) <= 0)
			return;
		s->best = s->now;
		if (s->kept != NULL)
			memcpy(s->kept, s->at, (size_t)l * sizeof *s->at);
		return;
	}
	try_learner(s, l + 1);
	for (int k = a->option_off[l]; k < a->option_off[l + 1]; k++) {
		const struct option *o = &a->option[k];

		if (s->left[o->posting] == 0)
			continue;
		s->left[o->posting]--;
		s->at[l] = o->posting;
		count_in(&s->now, s->run, a, l, o->fit, 1);
		try_learner(s, l + 1);
		count_in(&s->now, s->run, a, l, o->fit, -1);
		s->at[l] = NONE;
		s->left[o->posting]++;
	}
}

struct worth
best_of_all(const struct run *run, const struct assignment *a, int *assigned)
{
	size_t n = (size_t)run->r->n, m = (size_t)run->r->m;
	struct search s = {
		.run = run, .a = a, .left = room(m, sizeof *s.left), .at = room(n, sizeof *s.at), .kept = assigned
	};

	memcpy(s.left, a->seats, m * sizeof *s.left);
	for (size_t l = 0; l < n; l++)
		s.at[l] = NONE;
	if (assigned != NULL)
		memcpy(assigned, s.at, n * sizeof *s.at);
	try_learner(&s, 0);
	free(s.left);
	free(s.at);
	return s.best;
}

double
assignments_of(const struct run *run, const struct assignment *a)
{
	double count = 1;

	for (int l = 0; l < run->r->n; l++)
		count *= 1 + a->option_off[l + 1] - a->option_off[l];
	return count;
}
