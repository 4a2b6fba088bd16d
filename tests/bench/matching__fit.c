/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eligibility and fit of a region, as a freeze computes them, and by the plain loop of fit_plain.h over the pairs of one
 * programme:  matching__fit LEARNERS POSTINGS ROUNDS
 * Prints per round "ours SECONDS" and "plain SECONDS", in turns, then the numbers of pairs; fails when the two differ in
 * one pair or its fit. The region is Quebec-like: towns by population, one term for most, limits of some tens of km.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dice.h"
#include "index.h"
#include "unit/matching/fit_plain.h"

enum { PROGRAMMES = 120, CODES_EACH = 24, MOST_NAMED = 3, MOST_CODES = 12 };
enum { DAY_0 = 20820 }; /* early January 2027 */

struct pair {
	int32_t learner, posting, fit;
};

struct region {
	struct fit_learner *learners;
	struct fit_posting *postings;
	size_t n_learners, n_postings;
	int32_t *codes; /* room that the sets point into */
	size_t n_codes;
	uint64_t random;
};

static void *
room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	return p;
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Some programmes have many times the learners of others. */
static int32_t
a_programme(struct region *r)
{
	int32_t a = dice_below(&r->random, PROGRAMMES), b = dice_below(&r->random, PROGRAMMES);

	return a < b ? a : b;
}

static struct geo_point
a_place(struct region *r)
{
	/* Montreal, Quebec, Gatineau, Sherbrooke, Saguenay, Trois-Rivieres, Saint-Jerome, Rimouski, Rouyn-Noranda */
	static const struct {
		int share;
		int32_t latitude, longitude, spread;
	} TOWNS[] = { { 52, 455200000, -736400000, 4000000 }, { 15, 468100000, -712300000, 3000000 },
		      { 7, 454600000, -757100000, 2500000 },  { 7, 454000000, -718900000, 3000000 },
		      { 4, 484200000, -710700000, 2500000 },  { 5, 463500000, -725500000, 2500000 },
		      { 5, 457800000, -740000000, 3000000 },  { 3, 484500000, -685200000, 4000000 },
		      { 2, 482400000, -790200000, 5000000 } };
	int at = dice_below(&r->random, 100), k = 0;
	int64_t up = 0, along = 0;

	while (at >= TOWNS[k].share)
		at -= TOWNS[k++].share;
	for (int n = 0; n < 3; n++) { /* denser in the middle */
		up += (int64_t)dice_below(&r->random, TOWNS[k].spread) - TOWNS[k].spread / 2;
		along += (int64_t)dice_below(&r->random, TOWNS[k].spread) - TOWNS[k].spread / 2;
	}
	return (struct geo_point){ TOWNS[k].latitude + (int32_t)(up * 2 / 3), TOWNS[k].longitude + (int32_t)along };
}

/* n of the programme's competencies, ascending. */
static struct fit_set
some_codes(struct region *r, int32_t programme, int32_t n)
{
	struct fit_set s = { r->codes + r->n_codes, 0 };

	for (int32_t k = 0; k < CODES_EACH; k++)
		if (dice_below(&r->random, CODES_EACH - k) < n) {
			r->codes[r->n_codes++] = programme * CODES_EACH + k;
			s.n++;
			n--;
		}
	return s;
}

static struct fit_set
some_programmes(struct region *r, int32_t first)
{
	int32_t *named = r->codes + r->n_codes;
	size_t n = 1;

	named[0] = first;
	for (int32_t next = first + 1; next < PROGRAMMES && n < MOST_NAMED && dice_below(&r->random, 100) < 40; next++)
		named[n++] = next;
	r->n_codes += n;
	return (struct fit_set){ named, n };
}

static void
posting_fill(struct region *r, struct fit_posting *p)
{
	static const int32_t HOURS[] = { 2100, 2800, 3000, 3500, 3500, 3500, 3750, 4000 };
	static const uint8_t LANGUAGES[] = { 1, 1, 1, 1, 1, 1, 3, 3, 2, 0 };
	int32_t first = a_programme(r), term = dice_below(&r->random, 100) < 80 ? 0 : 120;

	p->programmes = some_programmes(r, first);
	p->competencies = some_codes(r, first, 4 + dice_below(&r->random, MOST_CODES - 3));
	p->type = 1u << (dice_below(&r->random, 10) < 7 ? 5 : dice_below(&r->random, 8));
	p->starts_on = DAY_0 + term + dice_below(&r->random, 21);
	p->ends_on = p->starts_on + 60 + dice_below(&r->random, 50);
	p->hours = HOURS[dice_below(&r->random, 8)];
	p->weekdays = (uint8_t)(dice_below(&r->random, 2)      ? 0 :
	                        dice_below(&r->random, 10) < 7 ? 0x1f :
	                                                         dice_below(&r->random, 128));
	p->languages = LANGUAGES[dice_below(&r->random, 10)];
	p->remote = dice_below(&r->random, 100) < 8;
	p->has_place = dice_below(&r->random, 100) >= 3;
	p->place = a_place(r);
}

static void
learner_fill(struct region *r, struct fit_learner *l)
{
	static const int32_t LIMITS[] = { 10000, 20000, 25000, 30000, 50000, 50000, 100000, FIT_NO_LIMIT };
	static const uint8_t LANGUAGES[] = { 1, 1, 1, 3, 3, 3, 3, 0, 0, 2 };

	l->programme = a_programme(r);
	l->competencies = some_codes(r, l->programme, dice_below(&r->random, MOST_CODES));
	l->types = dice_below(&r->random, 10) < 6 ? 0 : 1u << 5 | dice_below(&r->random, 256);
	l->available_from = DAY_0 + (dice_below(&r->random, 100) < 85 ? dice_below(&r->random, 10) : 110);
	l->available_to = l->available_from + 110 + dice_below(&r->random, 40);
	l->hours = dice_below(&r->random, 10) < 7 ? 4000 : 2000 + 500 * dice_below(&r->random, 5);
	l->weekdays = (uint8_t)(dice_below(&r->random, 10) < 7 ? 0 : 0x1f | dice_below(&r->random, 128));
	l->languages = LANGUAGES[dice_below(&r->random, 10)];
	l->own_language = dice_below(&r->random, 10) < 9 ? FIT_FRENCH : FIT_ENGLISH;
	l->has_place = dice_below(&r->random, 100) >= 2;
	l->consent = dice_below(&r->random, 100) >= 5;
	l->place = a_place(r);
	l->max_metres = LIMITS[dice_below(&r->random, 8)];
}

static void
region_make(struct region *r, size_t learners, size_t postings)
{
	*r = (struct region){ .n_learners = learners, .n_postings = postings, .random = 1867 };
	r->learners = room(learners, sizeof *r->learners);
	r->postings = room(postings, sizeof *r->postings);
	r->codes = room((learners + postings) * (MOST_CODES + MOST_NAMED), sizeof *r->codes);
	for (size_t j = 0; j < postings; j++)
		posting_fill(r, &r->postings[j]);
	for (size_t i = 0; i < learners; i++)
		learner_fill(r, &r->learners[i]);
}

/* ---- the plain loop ---------------------------------------------------------------------------------------------- */
/* The postings of each programme, one after the other: from[programme] .. from[programme + 1]. */
struct plain {
	size_t from[PROGRAMMES + 1], tested;
	int32_t *postings;
};

static void
plain_begin(struct plain *p, const struct region *r)
{
	size_t n = 0;

	p->tested = 0;
	p->postings = room(r->n_postings * MOST_NAMED, sizeof *p->postings);
	for (int32_t programme = 0; programme < PROGRAMMES; programme++) {
		p->from[programme] = n;
		for (size_t j = 0; j < r->n_postings; j++)
			if (plain_has(&r->postings[j].programmes, programme))
				p->postings[n++] = (int32_t)j;
	}
	p->from[PROGRAMMES] = n;
}

/* How many pairs are eligible; out may be NULL, to count alone. */
static size_t
plain_all(const struct region *r, struct plain *p, struct pair *out)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_learners; i++) {
		const struct fit_learner *l = &r->learners[i];
		for (size_t k = p->from[l->programme]; k < p->from[l->programme + 1]; k++) {
			const struct fit_posting *to = &r->postings[p->postings[k]];
			int32_t metres;
			p->tested++;
			if (!plain_is_eligible(l, to, &metres))
				continue;
			if (out != NULL)
				out[n] = (struct pair){ (int32_t)i, p->postings[k],
					                plain_fit(l, to, metres, &FIT_USUAL_WEIGHTS) };
			n++;
		}
	}
	return n;
}

/* ---- ours -------------------------------------------------------------------------------------------------------- */
struct found {
	struct pair *out;
	size_t n;
	int32_t learner;
};

static int
keep(void *to, size_t posting, const struct fit *fit)
{
	struct found *f = to;

	f->out[f->n++] = (struct pair){ f->learner, (int32_t)posting, fit->total };
	return 0;
}

static size_t
ours_all(const struct region *r, struct pair *out)
{
	struct index *x = index_new(r->postings, r->n_postings);
	struct found f = { out, 0, 0 };

	if (x == NULL)
		exit(1);
	for (; f.learner < (int32_t)r->n_learners; f.learner++)
		(void)index_search(x, &r->learners[f.learner], &FIT_USUAL_WEIGHTS, keep, &f);
	index_destroy(&x);
	return f.n;
}

/* ---- both -------------------------------------------------------------------------------------------------------- */
static int
by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return x->learner != y->learner ? x->learner - y->learner : x->posting - y->posting;
}

int
main(int argc, char **argv)
{
	struct region r;
	struct plain p;
	size_t n_ours = 0, n_plain = 0;

	if (argc != 4) {
		fputs("usage: matching__fit LEARNERS POSTINGS ROUNDS\n", stderr);
		return 2;
	}
	region_make(&r, strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
	plain_begin(&p, &r);
	size_t most = plain_all(&r, &p, NULL);
	struct pair *ours = room(most, sizeof *ours), *plain = room(most, sizeof *plain);
	for (unsigned long k = strtoul(argv[3], NULL, 10); k > 0; k--) {
		double since = now_s();
		n_ours = ours_all(&r, ours);
		printf("ours %.6f\n", now_s() - since);
		p.tested = 0;
		since = now_s();
		n_plain = plain_all(&r, &p, plain);
		printf("plain %.6f\n", now_s() - since);
	}
	printf("tested %zu eligible %zu\n", p.tested, n_plain);
	qsort(ours, n_ours, sizeof *ours, by_pair);
	qsort(plain, n_plain, sizeof *plain, by_pair);
	if (n_ours != n_plain || memcmp(ours, plain, n_ours * sizeof *ours) != 0) {
		fputs("the two differ\n", stderr);
		return 1;
	}
	return 0;
}
