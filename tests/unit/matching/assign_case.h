/* SPDX-License-Identifier: Apache-2.0 */
/* Assignment problems for tests: built edge by edge or at random, solved, and judged by the conditions of the proof. */
#ifndef TESTS_ASSIGN_CASE_H
#define TESTS_ASSIGN_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "dice.h"
#include "engine/assign.h"

struct assign_case {
	struct assign_problem p;
	size_t *off;
	struct engine_entry *edge;
	size_t n_edges, max_edges;
	uint8_t *level;
	int32_t *start, *seats;
	int32_t *posting; /* the answer */
	int64_t *u, *v;
};

static inline void *
case_memory(size_t count, size_t size)
{
	void *m = calloc(count + 1, size);

	assert_non_null(m);
	return m;
}

/* n learners of level 1 without edges, m postings of one seat. */
static inline struct assign_case *
case_new(int32_t n, int32_t m)
{
	struct assign_case *c = case_memory(1, sizeof *c);

	c->max_edges = 16;
	c->off = case_memory((size_t)n + 1, sizeof c->off[0]);
	c->edge = case_memory(c->max_edges, sizeof c->edge[0]);
	c->level = case_memory((size_t)n, sizeof c->level[0]);
	c->start = case_memory((size_t)n, sizeof c->start[0]);
	c->seats = case_memory((size_t)m, sizeof c->seats[0]);
	c->posting = case_memory((size_t)n, sizeof c->posting[0]);
	c->u = case_memory((size_t)n, sizeof c->u[0]);
	c->v = case_memory((size_t)m, sizeof c->v[0]);
	memset(c->level, 1, (size_t)n);
	for (int32_t i = 0; i < n; i++)
		c->start[i] = ENGINE_NONE;
	for (int32_t j = 0; j < m; j++)
		c->seats[j] = 1;
	c->p = (struct assign_problem){ .n_learners = n,
		                        .n_postings = m,
		                        .off = c->off,
		                        .level = c->level,
		                        .start = c->start,
		                        .seats = c->seats,
		                        .gap = ENGINE_GAP(n) };
	return c;
}

static inline void
case_destroy(struct assign_case *c)
{
	void *parts[] = { c->off, c->edge, c->level, c->start, c->seats, c->posting, c->u, c->v };

	for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
		free(parts[k]);
	free(c);
}

/* Edges come learner by learner, by posting. */
static inline void
case_add(struct assign_case *c, int32_t i, int32_t j, int32_t fit)
{
	if (c->n_edges == c->max_edges) {
		c->max_edges *= 2;
		c->edge = realloc(c->edge, c->max_edges * sizeof c->edge[0]);
		assert_non_null(c->edge);
	}
	c->edge[c->n_edges++] = (struct engine_entry){ .to = j, .value = fit };
	c->off[i + 1] = c->n_edges;
}

/* Call once when all edges are in. */
static inline void
case_close(struct assign_case *c)
{
	for (int32_t i = 0; i < c->p.n_learners; i++)
		if (c->off[i + 1] < c->off[i])
			c->off[i + 1] = c->off[i];
	c->p.edge = c->edge;
}

/* What the prices claim, condition by condition; level 0 keeps a place. Returns the sum of fit. */
static inline int64_t
case_prove(const struct assign_case *c)
{
	const struct assign_problem *p = &c->p;
	int32_t *taken = case_memory((size_t)p->n_postings, sizeof taken[0]);
	int64_t fit = 0;

	for (int32_t i = 0; i < p->n_learners; i++) {
		bool found = c->posting[i] == ENGINE_NONE;

		assert_true(c->u[i] >= 0);
		if (found) {
			assert_true(c->u[i] == 0);
			assert_int_not_equal(p->level[i], 0);
		}
		for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
			int32_t j = p->edge[e].to;
			int64_t worth = ENGINE_REWARD(p->level[i], p->gap) + p->edge[e].value;

			assert_true(c->u[i] + c->v[j] >= worth);
			if (j != c->posting[i])
				continue;
			assert_true(c->u[i] + c->v[j] == worth);
			taken[j]++;
			fit += p->edge[e].value;
			found = true;
		}
		assert_true(found);
	}
	for (int32_t j = 0; j < p->n_postings; j++) {
		assert_true(c->v[j] >= 0);
		assert_true(taken[j] <= p->seats[j]);
		if (taken[j] < p->seats[j])
			assert_true(c->v[j] == 0);
	}
	free(taken);
	return fit;
}

static inline int64_t
case_solve(struct assign_case *c)
{
	assert_int_equal(assign_solve(&c->p, c->posting, c->u, c->v), ENGINE_OK);
	return case_prove(c);
}

static inline int32_t
case_placed(const struct assign_case *c)
{
	int32_t n = 0;

	for (int32_t i = 0; i < c->p.n_learners; i++)
		n += c->posting[i] != ENGINE_NONE;
	return n;
}

/* What a random problem looks like. */
struct assign_shape {
	int32_t max_learners, max_postings, max_degree, max_seats, levels, max_fit;
	bool endowed; /* some learners stand on seats, and have level 0 */
};

/* Some learners take a seat of theirs before anybody else does. */
static inline void
case_endow(struct assign_case *c, uint64_t *dice)
{
	int32_t *left = case_memory((size_t)c->p.n_postings, sizeof left[0]);

	memcpy(left, c->seats, (size_t)c->p.n_postings * sizeof left[0]);
	for (int32_t i = 0; i < c->p.n_learners; i++) {
		size_t n = c->off[i + 1] - c->off[i];
		int32_t j;

		if (n == 0 || dice_below(dice, 2) == 0)
			continue;
		j = c->edge[c->off[i] + (size_t)dice_below(dice, (int32_t)n)].to;
		if (left[j] == 0)
			continue;
		left[j]--;
		c->level[i] = 0;
		c->start[i] = j;
	}
	free(left);
}

static inline struct assign_case *
case_random(const struct assign_shape *s, uint64_t *dice)
{
	int32_t n = dice_below(dice, s->max_learners + 1), m = 1 + dice_below(dice, s->max_postings);
	struct assign_case *c = case_new(n, m);

	for (int32_t j = 0; j < m; j++)
		c->seats[j] = dice_below(dice, s->max_seats + 1);
	for (int32_t i = 0; i < n; i++) {
		int32_t want = dice_below(dice, s->max_degree + 1);

		c->level[i] = (uint8_t)(1 + dice_below(dice, s->levels));
		for (int32_t j = 0; j < m && want > 0; j++)
			if (dice_below(dice, m - j) < want) {
				case_add(c, i, j, dice_below(dice, s->max_fit + 1));
				want--;
			}
	}
	case_close(c);
	if (s->endowed)
		case_endow(c, dice);
	c->p.gap += 1000 * dice_below(dice, 3);
	return c;
}

#endif
