/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a round: making, copying, shrinking, and the order of learners at a posting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "round.h"

struct round *
round_new(int n, int m, int n_colleges, int n_groups)
{
	size_t cells = (size_t)n * (size_t)m;
	struct round *r = room(1, sizeof *r);

	r->guarantee = true;
	r->n = n;
	r->m = m;
	r->n_colleges = n_colleges;
	r->n_groups = n_groups;
	r->learner = room((size_t)n, sizeof *r->learner);
	r->posting = room((size_t)m, sizeof *r->posting);
	r->college = room((size_t)n_colleges, sizeof *r->college);
	r->group = room((size_t)n_groups, sizeof *r->group);
	r->wish = room(cells, sizeof *r->wish);
	r->choice = room(cells, sizeof *r->choice);
	r->fit = room(cells, sizeof *r->fit);
	memset(r->wish, 0xff, cells * sizeof *r->wish);
	memset(r->choice, 0xff, cells * sizeof *r->choice);
	memset(r->fit, 0xff, cells * sizeof *r->fit);
	for (int l = 0; l < n; l++)
		r->learner[l] = (struct round_learner){ .college = NONE, .fixed = NONE, .held = NONE };
	for (int p = 0; p < m; p++)
		r->posting[p] = (struct round_posting){ .college = NONE };
	return r;
}

void
round_destroy(struct round **self)
{
	struct round *r = *self;

	*self = NULL;
	if (r == NULL)
		return;
	free(r->learner);
	free(r->posting);
	free(r->college);
	free(r->group);
	free(r->wish);
	free(r->choice);
	free(r->fit);
	free(r);
}

static int
renumbered(int p, int without)
{
	return p == without ? NONE : without != NONE && p > without ? p - 1 : p;
}

struct round *
round_without(const struct round *r, int l_out, int p_out)
{
	struct round *s = round_new(r->n - (l_out != NONE), r->m - (p_out != NONE), r->n_colleges, r->n_groups);

	memcpy(s->seed, r->seed, sizeof s->seed);
	s->guarantee = r->guarantee;
	memcpy(s->college, r->college, (size_t)r->n_colleges * sizeof *r->college);
	memcpy(s->group, r->group, (size_t)r->n_groups * sizeof *r->group);
	for (int p = 0; p < r->m; p++)
		if (p != p_out)
			s->posting[renumbered(p, p_out)] = r->posting[p];
	for (int l = 0; l < r->n; l++) {
		int to = renumbered(l, l_out);

		if (to == NONE)
			continue;
		s->learner[to] = r->learner[l];
		s->learner[to].fixed = renumbered(r->learner[l].fixed, p_out);
		s->learner[to].held = renumbered(r->learner[l].held, p_out);
		for (int p = 0; p < r->m; p++)
			if (p != p_out) {
				size_t cell_to = cell(s, to, renumbered(p, p_out)), from = cell(r, l, p);

				s->wish[cell_to] = r->wish[from];
				s->choice[cell_to] = r->choice[from];
				s->fit[cell_to] = r->fit[from];
			}
	}
	round_settle(s);
	return s;
}

struct round *
round_copy(const struct round *r)
{
	return round_without(r, NONE, NONE);
}

/* Close the gaps in one list of tiers: `count` of them, `step` apart. Returns how many tiers there are. */
static int
close_gaps(int16_t *tier, int count, size_t step)
{
	int tiers = 0;

	for (;;) {
		int least = INT16_MAX;

		for (int k = 0; k < count; k++)
			if (tier[step * (size_t)k] >= tiers && tier[step * (size_t)k] < least)
				least = tier[step * (size_t)k];
		if (least == INT16_MAX)
			return tiers;
		for (int k = 0; k < count; k++)
			if (tier[step * (size_t)k] == least)
				tier[step * (size_t)k] = (int16_t)tiers;
		tiers++;
	}
}

static uint64_t
draw(const char *seed, const char *id)
{
	uint8_t bytes[8];
	uint64_t number = 0;

	blake2b(bytes, sizeof bytes, seed, strlen(seed), id, strlen(id));
	for (size_t k = 0; k < sizeof bytes; k++)
		number = number << 8 | bytes[k];
	return number;
}

void
round_settle(struct round *r)
{
	for (int l = 0; l < r->n; l++) {
		r->learner[l].lottery = draw(r->seed, r->learner[l].id);
		close_gaps(r->wish + cell(r, l, 0), r->m, 1);
	}
	for (int p = 0; p < r->m; p++)
		r->posting[p].n_tiers = close_gaps(r->choice + p, r->n, (size_t)r->m);
}

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int
key_compare(const struct round *r, int p, int a, int b)
{
	const struct round_learner *one = &r->learner[a], *other = &r->learner[b];
	int c = compare(employer_tier(r, a, p), employer_tier(r, b, p));

	if (c == 0)
		c = compare(fit_of(r, b, p), fit_of(r, a, p));
	if (c == 0)
		c = (one->lottery > other->lottery) - (one->lottery < other->lottery);
	return c != 0 ? c : strcmp(one->id, other->id);
}
