/* SPDX-License-Identifier: Apache-2.0 */
/* Random rounds. Each has moods of its own, so that some are nearly all ties, some nearly all held, and so on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dice.h"
#include "round.h"

bool
one_in(uint64_t *state, int n)
{
	return dice_below(state, n) == 0;
}

static bool
percent(uint64_t *random, int p)
{
	return dice_below(random, 100) < p;
}

/* What one round is like: percentages, and sizes of choices. */
struct mood {
	int wish, choice, fit, tiers, employer_tiers, fits, needs, assignable, unranked, fixed, held, in_group,
	    capacity;
	bool many_groups; /* and postings with a reserve for nearly each of them */
};

static int
one_of(uint64_t *random, const int *values, size_t count)
{
	return values[dice_below(random, (int)count)];
}
#define ONE_OF(random, ...) one_of(random, (const int[]){ __VA_ARGS__ }, sizeof((int[]){ __VA_ARGS__ }) / sizeof(int))

static struct mood
mood_new(uint64_t *random)
{
	return (struct mood){
		.wish = ONE_OF(random, 5, 20, 45, 70, 95),
		.choice = ONE_OF(random, 0, 30, 60, 90),
		.fit = ONE_OF(random, 10, 40, 70, 95, 100),
		.tiers = ONE_OF(random, 1, 2, 4),
		.employer_tiers = ONE_OF(random, 1, 2, 4),
		.fits = ONE_OF(random, 1, 2, 3, 1001),
		.needs = ONE_OF(random, 1, 2, 3, 100),
		.assignable = ONE_OF(random, 30, 80, 100),
		.unranked = ONE_OF(random, 20, 60, 100),
		.fixed = ONE_OF(random, 0, 0, 10, 25),
		.held = ONE_OF(random, 0, 0, 15, 50),
		.in_group = ONE_OF(random, 10, 40, 70),
		.capacity = ONE_OF(random, 2, 3, 4),
		.many_groups = one_in(random, 6),
	};
}

/* Ids whose bytewise order is easily got wrong: prefixes, bytes above 127, control characters, quotes, long ones. */
static const char *const ODD_IDS[] = { "b",
	                               "a",
	                               "a\x01",
	                               "ab",
	                               "\xc3\xa9",
	                               "Z",
	                               "\"q\"",
	                               "\\",
	                               "\x1f"
	                               "c",
	                               " ",
	                               "\xf0\x9f\x8c\xb2",
	                               "\xef\xbf\xbd",
	                               "a/b",
	                               "10",
	                               "9",
	                               "\x7f",
	                               "\xc2\x80",
	                               "a b",
	                               "\n",
	                               "0123456789abcdef0123456789abcde" };
enum { ODD = sizeof ODD_IDS / sizeof *ODD_IDS };

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* count different ids in order. */
static void
name(char (*ids)[ID_BYTES], int count, const char *prefix, bool odd, uint64_t *random)
{
	int start = dice_below(random, ODD);

	for (int k = 0; k < count; k++)
		if (odd && k < ODD)
			snprintf(ids[k], ID_BYTES, "%s", ODD_IDS[(start + k) % ODD]);
		else
			snprintf(ids[k], ID_BYTES, "%s%d", prefix, k);
	qsort(ids, (size_t)count, ID_BYTES, by_bytes);
}

static void
name_all(struct round *r, uint64_t *random)
{
	static const char *const seeds[] = { "estrie-2027", "\xc3\xa9", "s", "\"",
		                             "0123456789012345678901234567890123456789012345678901234567890123" };
	bool odd = one_in(random, 4);
	char(*ids)[ID_BYTES] = room((size_t)(r->n > r->m ? r->n : r->m), ID_BYTES);

	if (one_in(random, 3))
		snprintf(r->seed, sizeof r->seed, "%s", seeds[dice_below(random, 5)]);
	else
		snprintf(r->seed, sizeof r->seed, "%llu", (unsigned long long)dice_roll(random));
	name(ids, r->n, "l", odd, random);
	for (int l = 0; l < r->n; l++)
		memcpy(r->learner[l].id, ids[l], ID_BYTES);
	name(ids, r->m, odd ? "l" : "p", odd, random);
	for (int p = 0; p < r->m; p++)
		memcpy(r->posting[p].id, ids[p], ID_BYTES);
	name(r->college, r->n_colleges, "c", odd, random);
	name(r->group, r->n_groups, "g", odd, random);
	free(ids);
}

static void
reserve(struct round_posting *p, int n_groups, int most, uint64_t *random)
{
	int group[MAX_GROUPS], left = n_groups, want = dice_below(random, n_groups + 1);

	for (int g = 0; g < n_groups; g++)
		group[g] = g;
	for (int k = 0; k < want && k < MAX_RESERVES; k++) {
		int pick = dice_below(random, left);

		p->reserve[p->n_reserves++] =
		    (struct round_reserve){ .group = group[pick], .seats = dice_below(random, most) };
		group[pick] = group[--left];
	}
}

/* As many reserves as a posting may have, of few seats each, so that one newcomer may move somebody in each of them. */
static void
reserve_many(struct round_posting *p, int n_groups, uint64_t *random)
{
	p->capacity = dice_below(random, 2 * MAX_RESERVES);
	for (int tries = 0; tries < 3 && p->n_reserves < MAX_RESERVES / 2; tries++) {
		p->n_reserves = 0;
		reserve(p, n_groups, 3, random);
	}
}

static int
some_college(const struct round *r, uint64_t *random)
{
	return r->n_colleges == 0 || one_in(random, 8) ? NONE : dice_below(random, r->n_colleges);
}

static int
some_fit(int kinds, uint64_t *random)
{
	static const int fits[] = { 500, 0, 1000 };

	return kinds > 3 ? dice_below(random, kinds) : fits[dice_below(random, kinds)];
}

/* Pairs agreed beforehand, within the seats; they need no row of fit and no ranking. */
static void
pair(struct round *r, const struct mood *mood, uint64_t *random)
{
	int *left = room((size_t)r->m, sizeof *left);

	for (int p = 0; p < r->m; p++)
		left[p] = r->posting[p].capacity;
	for (int l = 0; l < r->n && r->m > 0; l++) {
		int p = dice_below(random, r->m);
		bool fixed = percent(random, mood->fixed), held = percent(random, mood->held);

		if (left[p] == 0 || (!fixed && !held))
			continue;
		left[p]--;
		*(fixed ? &r->learner[l].fixed : &r->learner[l].held) = p;
	}
	free(left);
}

static void
fill_tables(struct round *r, const struct mood *mood, uint64_t *random)
{
	for (int l = 0; l < r->n; l++) {
		struct round_learner *who = &r->learner[l];

		who->college = some_college(r, random);
		who->need = dice_below(random, mood->needs);
		who->assignable = percent(random, mood->assignable);
		for (int g = 0; g < r->n_groups; g++)
			who->groups |= (uint32_t)percent(random, mood->in_group) << g;
		for (int p = 0; p < r->m; p++) {
			if (percent(random, mood->wish))
				r->wish[cell(r, l, p)] = (int16_t)dice_below(random, mood->tiers);
			if (percent(random, mood->choice))
				r->choice[cell(r, l, p)] = (int16_t)dice_below(random, mood->employer_tiers);
			if (percent(random, mood->fit))
				r->fit[cell(r, l, p)] = (int16_t)some_fit(mood->fits, random);
		}
	}
}

struct round *
round_small(uint64_t *random)
{
	struct mood mood = mood_new(random);
	int n = one_in(random, 30) ? dice_below(random, 2) : 2 + dice_below(random, 7),
	    m = one_in(random, 30) ? 0 : 1 + dice_below(random, 5);
	struct round *r = round_new(n, m, dice_below(random, 4), mood.many_groups ? MAX_GROUPS : dice_below(random, 4));

	name_all(r, random);
	r->guarantee = !one_in(random, 6);
	fill_tables(r, &mood, random);
	for (int p = 0; p < m; p++) {
		struct round_posting *it = &r->posting[p];

		it->college = some_college(r, random);
		it->capacity = one_in(random, 40) ? 1000000 : dice_below(random, mood.capacity);
		it->accepts_unranked = percent(random, mood.unranked);
		it->assignable = percent(random, mood.assignable);
		it->reserve_last = one_in(random, 2);
		if (mood.many_groups)
			reserve_many(it, r->n_groups, random);
		else
			reserve(it, r->n_groups, one_in(random, 20) ? 1000000 : 3, random);
	}
	pair(r, &mood, random);
	round_settle(r);
	return r;
}

/* Number k of count, the small ones far more often: as postings are wished for. */
static int
popular(int count, uint64_t *random)
{
	double u = (double)(dice_roll(random) >> 11) / 9007199254740992.0;

	return (int)((double)count * u * u * u);
}

static void
wish_and_choose(struct round *r, const struct mood *mood, uint64_t *random)
{
	int lists = 1 + dice_below(random, 12), rows = 1 + dice_below(random, 20);

	for (int l = 0; l < r->n && r->m > 0; l++) {
		struct round_learner *who = &r->learner[l];

		who->college = some_college(r, random);
		who->need = dice_below(random, mood->needs);
		who->assignable = percent(random, mood->assignable);
		for (int g = 0; g < r->n_groups; g++)
			who->groups |= (uint32_t)percent(random, mood->in_group) << g;
		for (int k = 0; k < lists && mood->wish > 5 && percent(random, mood->wish + 20); k++) {
			int p = popular(r->m, random);

			r->wish[cell(r, l, p)] = (int16_t)dice_below(random, mood->tiers * 3);
			if (percent(random, mood->choice))
				r->choice[cell(r, l, p)] = (int16_t)dice_below(random, mood->employer_tiers * 4);
		}
		for (int k = 0; k < rows && !percent(random, 100 - mood->fit); k++) {
			int p = one_in(random, 2) ? popular(r->m, random) : dice_below(random, r->m);

			r->fit[cell(r, l, p)] = (int16_t)some_fit(mood->fits, random);
		}
	}
}

struct round *
round_large(uint64_t *random, int max)
{
	struct mood mood = mood_new(random);
	int n = 1 + (int)exp(log(max) * (1 + dice_below(random, 1000)) / 1000.0), m, seats;
	struct round *r;

	n = n > max ? max : n;
	m = 1 + dice_below(random, n / (1 + dice_below(random, 8)) + 1);
	m = m > 700 ? 700 : m;
	r = round_new(n, m, dice_below(random, 7), mood.many_groups ? MAX_GROUPS : dice_below(random, 5));
	name_all(r, random);
	r->guarantee = !one_in(random, 6);
	wish_and_choose(r, &mood, random);
	seats = 1 + 2 * n / m;
	for (int p = 0; p < m; p++) {
		struct round_posting *it = &r->posting[p];

		it->college = some_college(r, random);
		it->capacity = dice_below(random, seats + 1);
		it->accepts_unranked = percent(random, mood.unranked);
		it->assignable = percent(random, mood.assignable);
		it->reserve_last = one_in(random, 2);
		if (mood.many_groups && one_in(random, 3))
			reserve_many(it, r->n_groups, random);
		else
			reserve(it, r->n_groups, 1 + seats / 2, random);
	}
	pair(r, &mood, random);
	round_settle(r);
	return r;
}
