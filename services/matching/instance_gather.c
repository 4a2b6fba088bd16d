/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that the draft's callers added one by one, in any order, become lists, each in one piece, as the reader makes
 * them at once. Here the number of an id is that of its learner or posting.
 */
#include <stdlib.h>
#include <string.h>

#include "instance_priv.h"

static int
by_value(const void *a, const void *b)
{
	int32_t x = ((const struct loose *)a)->value, y = ((const struct loose *)b)->value;

	return x < y ? -1 : x > y;
}

static bool
is_by_value(const struct loose *l, size_t n)
{
	for (size_t k = 1; k < n; k++)
		if (l[k].value < l[k - 1].value)
			return false;
	return true;
}

/* The lines of g list by list, as they came within one; list k is sorted[off[k]] .. sorted[off[k + 1] - 1]. */
struct sorted {
	struct loose *line;
	size_t *off;
	void *into; /* room for what they become */
};

static bool
sort_by_list(struct draft *d, const struct grown *g, size_t lists, size_t item_size, struct sorted *s)
{
	const struct loose *from = g->items;

	s->line = pages_take(g->n, sizeof *s->line);
	s->off = pages_zero(lists + 1, sizeof *s->off);
	s->into = pages_take(g->n, item_size);
	if (s->line == NULL || s->off == NULL || s->into == NULL) {
		flaw_no_memory(&d->flaw);
		return false;
	}
	for (size_t k = 0; k < g->n; k++)
		s->off[from[k].list + 1]++;
	for (size_t k = 0; k < lists; k++)
		s->off[k + 1] += s->off[k];
	for (size_t k = 0; k < g->n; k++)
		s->line[s->off[from[k].list]++] = from[k];
	memmove(s->off + 1, s->off, lists * sizeof *s->off);
	s->off[0] = 0;
	return true;
}

/* What the lines became goes into its place, and they go. */
static void
finish(struct grown *from, struct grown *into, struct sorted *s, bool done)
{
	if (done) {
		free(into->items);
		*into = (struct grown){ s->into, from->n, from->n };
	} else {
		free(s->into);
	}
	free(s->line);
	free(s->off);
	free(from->items);
	*from = (struct grown){ 0 };
}

/* The tiers of one ranking. */
static void
become_tiers(const struct sorted *s, size_t list)
{
	struct loose *l = s->line + s->off[list];
	size_t n = s->off[list + 1] - s->off[list];
	uint32_t *into = (uint32_t *)s->into + s->off[list];

	if (!is_by_value(l, n))
		qsort(l, n, sizeof *l, by_value);
	for (size_t k = 0; k < n; k++)
		into[k] = (uint32_t)l[k].to | (k == 0 || l[k].value != l[k - 1].value ? DRAFT_NEW_TIER : 0);
}

static void
gather_rankings(struct draft *d)
{
	struct sorted s;
	bool done = sort_by_list(d, &d->loose_rankings, d->learners.n, sizeof(uint32_t), &s);

	for (size_t k = 0; done && k < d->learners.n; k++) {
		become_tiers(&s, k);
		DRAFT_LEARNER(d, k)->rankings = s.off[k];
	}
	finish(&d->loose_rankings, &d->rankings, &s, done);
}

static void
gather_choices(struct draft *d)
{
	struct sorted s;
	bool done = sort_by_list(d, &d->loose_choices, d->postings.n, sizeof(uint32_t), &s);

	for (size_t k = 0; done && k < d->postings.n; k++) {
		become_tiers(&s, k);
		DRAFT_POSTING(d, k)->choices = s.off[k];
	}
	finish(&d->loose_choices, &d->choices, &s, done);
}

static void
gather_groups(struct draft *d)
{
	struct sorted s;
	size_t n = d->loose_groups.n;
	bool done = sort_by_list(d, &d->loose_groups, d->learners.n, sizeof(int32_t), &s);

	for (size_t k = 0; done && k < n; k++)
		((int32_t *)s.into)[k] = s.line[k].to;
	for (size_t k = 0; done && k < d->learners.n; k++)
		DRAFT_LEARNER(d, k)->groups = s.off[k];
	finish(&d->loose_groups, &d->groups, &s, done);
}

static void
gather_reserves(struct draft *d)
{
	struct sorted s;
	size_t n = d->loose_reserves.n;
	bool done = sort_by_list(d, &d->loose_reserves, d->postings.n, sizeof(struct drafted_reserve), &s);

	for (size_t k = 0; done && k < n; k++)
		((struct drafted_reserve *)s.into)[k] = (struct drafted_reserve){ s.line[k].to, s.line[k].value };
	for (size_t k = 0; done && k < d->postings.n; k++)
		DRAFT_POSTING(d, k)->reserves = s.off[k];
	finish(&d->loose_reserves, &d->reserves, &s, done);
}

void
draft_gather(struct draft *d)
{
	if (d->flaw.code == NULL && d->loose_rankings.n > 0)
		gather_rankings(d);
	if (d->flaw.code == NULL && d->loose_choices.n > 0)
		gather_choices(d);
	if (d->flaw.code == NULL && d->loose_groups.n > 0)
		gather_groups(d);
	if (d->flaw.code == NULL && d->loose_reserves.n > 0)
		gather_reserves(d);
}
