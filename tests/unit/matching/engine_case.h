/* SPDX-License-Identifier: Apache-2.0 */
/* Small random rounds in the engine's own flat form, from one printed seed; nothing of the instance's reader is in them. */
#ifndef TEST_ENGINE_CASE_H
#define TEST_ENGINE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "dice.h"
#include "engine/engine.h"

enum { CASE_LEARNERS = 14, CASE_POSTINGS = 5, CASE_GROUPS = 14, CASE_COLLEGES = 3, CASE_NO = -1 };

/* A round as tables, and the same flat. */
struct flat_case {
	int32_t nl, np, ng, nc;
	int32_t tier[CASE_LEARNERS][CASE_POSTINGS]; /* the employer's; CASE_NO: not ranked */
	int32_t fit[CASE_LEARNERS][CASE_POSTINGS]; /* CASE_NO: no row */
	bool member[CASE_LEARNERS][CASE_GROUPS];

	struct engine_instance in;
	int32_t learner_college[CASE_LEARNERS], posting_college[CASE_POSTINGS], capacity[CASE_POSTINGS];
	int32_t posting_tiers[CASE_POSTINGS];
	uint8_t need[CASE_LEARNERS];
	bool learner_assignable[CASE_LEARNERS], posting_assignable[CASE_POSTINGS];
	bool accepts_unranked[CASE_POSTINGS], reserve_last[CASE_POSTINGS];
	uint64_t lottery[CASE_LEARNERS];
	size_t ranking_off[CASE_LEARNERS + 1], choice_off[CASE_LEARNERS + 1], group_off[CASE_LEARNERS + 1];
	size_t fit_off[CASE_LEARNERS + 1], reserve_off[CASE_POSTINGS + 1];
	struct engine_line line[CASE_LEARNERS * CASE_POSTINGS];
	struct engine_entry choice[CASE_LEARNERS * CASE_POSTINGS], fits[CASE_LEARNERS * CASE_POSTINGS];
	struct engine_entry group[CASE_LEARNERS * CASE_GROUPS], reserve[CASE_POSTINGS * CASE_GROUPS];
	struct engine_pair fixed[CASE_LEARNERS], held[CASE_LEARNERS];
};

static inline uint32_t
case_priority(const struct flat_case *c, int32_t i, int32_t j)
{
	int32_t fit = c->fit[i][j] == CASE_NO ? 0 : c->fit[i][j];

	if (c->tier[i][j] != CASE_NO)
		return ENGINE_PRIORITY(c->tier[i][j], fit);
	return c->accepts_unranked[j] ? ENGINE_PRIORITY(c->posting_tiers[j], fit) : ENGINE_REFUSED;
}

static inline void
case_postings(struct flat_case *c, uint64_t *s)
{
	size_t n = 0;

	for (int32_t j = 0; j < c->np; j++) {
		int32_t start = dice_below(s, CASE_GROUPS);
		int32_t reserves = dice_below(s, 2) ? 0 :
		                   dice_below(s, 3) ? dice_below(s, 4) :
		                                      c->ng - dice_below(s, 3);

		c->posting_college[j] = dice_below(s, c->nc + 1) - 1;
		c->capacity[j] = dice_below(s, 3) ? dice_below(s, 6) : dice_below(s, 20);
		c->posting_tiers[j] = 1 + dice_below(s, 3);
		c->accepts_unranked[j] = dice_below(s, 3) > 0;
		c->posting_assignable[j] = dice_below(s, 4) > 0;
		c->reserve_last[j] = dice_below(s, 2);
		for (int32_t k = 0; k < reserves && k < c->ng; k++)
			c->reserve[n++] = (struct engine_entry){ (start + k * 3) % c->ng, dice_below(s, 3) };
		/* Steps of three meet a group twice only where their number is a multiple of three. */
		if (c->ng % 3 == 0)
			n = c->reserve_off[j];
		c->reserve_off[j + 1] = n;
	}
}

static inline void
case_learners(struct flat_case *c, uint64_t *s)
{
	int32_t lots = dice_below(s, 2) ? INT32_MAX : 4, crowded = 1 + dice_below(s, 4);

	for (int32_t i = 0; i < c->nl; i++) {
		c->learner_college[i] = dice_below(s, c->nc + 1) - 1;
		c->need[i] = (uint8_t)dice_below(s, 3);
		c->learner_assignable[i] = dice_below(s, 2);
		c->lottery[i] = (uint64_t)dice_below(s, lots) << (dice_below(s, 2) ? 33 : 0);
		for (int32_t j = 0; j < c->np; j++) {
			c->tier[i][j] = dice_below(s, 3) ? dice_below(s, c->posting_tiers[j]) : CASE_NO;
			c->fit[i][j] = dice_below(s, 2) ? dice_below(s, 3) * 500 : CASE_NO;
		}
		for (int32_t g = 0; g < c->ng; g++)
			c->member[i][g] = dice_below(s, 5) < crowded;
	}
}

/* Her list in any order: the engine takes it as it stands. */
static inline size_t
case_ranking(struct flat_case *c, uint64_t *s, int32_t i, size_t n)
{
	size_t from = n;

	for (int32_t j = 0; j < c->np; j++)
		if (dice_below(s, 3) > 0)
			c->line[n++] = (struct engine_line){ j, case_priority(c, i, j) };
	for (size_t k = n; k > from + 1; k--) {
		size_t other = from + (size_t)dice_below(s, (int32_t)(k - from));
		struct engine_line line = c->line[k - 1];

		c->line[k - 1] = c->line[other];
		c->line[other] = line;
	}
	return n;
}

static inline void
case_lists(struct flat_case *c, uint64_t *s)
{
	size_t lines = 0, choices = 0, fits = 0, groups = 0;

	for (int32_t i = 0; i < c->nl; i++) {
		lines = case_ranking(c, s, i, lines);
		for (int32_t j = 0; j < c->np; j++) {
			if (c->tier[i][j] != CASE_NO)
				c->choice[choices++] = (struct engine_entry){ j, c->tier[i][j] };
			if (c->fit[i][j] != CASE_NO)
				c->fits[fits++] = (struct engine_entry){ j, c->fit[i][j] };
		}
		for (int32_t g = 0; g < c->ng; g++)
			if (c->member[i][g])
				c->group[groups++] = (struct engine_entry){ g, 0 };
		c->ranking_off[i + 1] = lines;
		c->choice_off[i + 1] = choices;
		c->fit_off[i + 1] = fits;
		c->group_off[i + 1] = groups;
	}
}

static inline void
case_pairs(struct flat_case *c, uint64_t *s)
{
	int32_t left[CASE_POSTINGS], often = 3 + dice_below(s, 20);

	memcpy(left, c->capacity, sizeof left);
	for (int32_t i = 0; i < c->nl && c->np > 0; i++) {
		int32_t j = dice_below(s, c->np);

		if (left[j] == 0 || dice_below(s, often) > 1)
			continue;
		left[j]--;
		if (dice_below(s, 2))
			c->fixed[c->in.n_fixed++] = (struct engine_pair){ i, j };
		else
			c->held[c->in.n_held++] = (struct engine_pair){ i, j };
	}
}

static inline void
case_new(struct flat_case *c, uint64_t *s)
{
	memset(c, 0, sizeof *c);
	c->nl = dice_below(s, CASE_LEARNERS + 1);
	c->np = dice_below(s, CASE_POSTINGS + 1);
	c->ng = dice_below(s, CASE_GROUPS + 1);
	c->nc = dice_below(s, CASE_COLLEGES + 1);
	case_postings(c, s);
	case_learners(c, s);
	case_lists(c, s);
	case_pairs(c, s);
	c->in = (struct engine_instance){
		.guarantee = dice_below(s, 3) > 0,
		.n_learners = c->nl,
		.n_postings = c->np,
		.n_colleges = c->nc,
		.n_groups = c->ng,
		.learner_college = c->learner_college,
		.learner_need = c->need,
		.learner_assignable = c->learner_assignable,
		.lottery = c->lottery,
		.rankings = { c->ranking_off, c->line },
		.choices = { c->choice_off, c->choice },
		.groups = { c->group_off, c->group },
		.fit = { c->fit_off, c->fits },
		.posting_college = c->posting_college,
		.capacity = c->capacity,
		.posting_tiers = c->posting_tiers,
		.accepts_unranked = c->accepts_unranked,
		.posting_assignable = c->posting_assignable,
		.reserve_last = c->reserve_last,
		.reserves = { c->reserve_off, c->reserve },
		.n_fixed = c->in.n_fixed,
		.n_held = c->in.n_held,
		.fixed = c->fixed,
		.held = c->held,
	};
}

#endif
