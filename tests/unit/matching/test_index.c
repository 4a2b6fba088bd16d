/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index finds exactly what trying all pairs finds, each once, with the same distance and fit, wherever on the globe:
 * by the rules of fit.c, and by those of fit_plain.h, which were written a second time.
 */
#include "sample_round.h"
#include "fit_plain.h"
#include "index.h"

enum { POSTINGS = 120, LEARNERS = 60, CODES = 4, COMPETENCIES = 200, MOST_NEEDED = 12 };

struct pool {
	struct fit_posting postings[POSTINGS];
	struct fit_learner learners[LEARNERS];
	int32_t programmes[POSTINGS][CODES];
	int32_t offered[POSTINGS][COMPETENCIES], needed[LEARNERS][MOST_NEEDED];
	struct fit_weights weights;
};

/* Clusters, the two poles, both sides of 180 degrees, cell borders, or anywhere. */
static struct geo_point
a_place(uint64_t *random)
{
	static const struct geo_point CENTRES[] = { { 454000000, -719000000 },   { 900000000, 0 },
		                                    { -900000000, 50000000 },    { 100000000, 1800000000 },
		                                    { -650000000, -1800000000 }, { 895000000, 1700000000 } };
	int kind = dice_below(random, 9);
	struct geo_point p;

	if (kind >= 7)
		return (struct geo_point){ dice_below(random, 1800000001) - 900000000,
			                   (int32_t)((int64_t)(dice_roll(random) % 3600000001) - 1800000000) };
	if (kind == 6)
		return (struct geo_point){ (dice_below(random, 721) - 360) * 2500000,
			                   (dice_below(random, 1441) - 720) * 2500000 };
	p = CENTRES[kind];
	p.latitude_e7 += dice_below(random, 30000000) - 15000000;
	if (p.latitude_e7 > 900000000 || p.latitude_e7 < -900000000)
		p.latitude_e7 = CENTRES[kind].latitude_e7;
	if (p.longitude_e7 > 1780000000)
		p.longitude_e7 -= dice_below(random, 30000000);
	else
		p.longitude_e7 += dice_below(random, 30000000);
	return p;
}

static int32_t
a_limit(uint64_t *random)
{
	static const int32_t LIMITS[] = { FIT_NO_LIMIT, 0, 5000, 50000, 300000, 3000000, 9000000, 11000000, 20000000 };

	return LIMITS[dice_below(random, (int)COUNT_OF(LIMITS))];
}

/* Ascending codes, up to `most` of the first `codes`. */
static struct fit_set
some_codes(uint64_t *random, int32_t *items, size_t most, int codes)
{
	struct fit_set s = { items, 0 };
	int share = 1 + dice_below(random, codes);

	for (int32_t code = 0; code < codes && s.n < most; code++)
		if (dice_below(random, codes) < share)
			items[s.n++] = code;
	return s;
}

static struct fit_posting
a_posting(struct pool *pool, int j, int codes, uint64_t *random)
{
	return (struct fit_posting){ .programmes = some_codes(random, pool->programmes[j], CODES, CODES),
		                     .competencies = some_codes(random, pool->offered[j], COMPETENCIES, codes),
		                     .type = dice_below(random, 20) ? 1u << dice_below(random, 3) : 0,
		                     .starts_on = dice_below(random, 4),
		                     .ends_on = 100 + dice_below(random, 4),
		                     .hours = dice_below(random, 20) ? 3000 + dice_below(random, 200) : 0,
		                     .weekdays = (uint8_t)(dice_below(random, 2) ? 0 : 1 + dice_below(random, 7)),
		                     .languages = (uint8_t)dice_below(random, 4),
		                     .remote = dice_below(random, 8) == 0,
		                     .has_place = dice_below(random, 8) != 0,
		                     .place = a_place(random) };
}

static struct fit_learner
a_learner(struct pool *pool, int i, int codes, uint64_t *random)
{
	return (struct fit_learner){ .programme = dice_below(random, CODES + 1),
		                     .competencies = some_codes(random, pool->needed[i], MOST_NEEDED, codes),
		                     .consent = dice_below(random, 9),
		                     .types = (uint32_t)dice_below(random, 8),
		                     .available_from = dice_below(random, 3),
		                     .available_to = 101 + dice_below(random, 4),
		                     .hours = dice_below(random, 20) ? 3000 + dice_below(random, 400) : 0,
		                     .weekdays = (uint8_t)(dice_below(random, 2) ? 0 : 1 + dice_below(random, 127)),
		                     .languages = (uint8_t)dice_below(random, 8),
		                     .own_language = (uint8_t)(1u << dice_below(random, 3)),
		                     .has_place = dice_below(random, 8) != 0,
		                     .place = a_place(random),
		                     .max_metres = a_limit(random) };
}

static void
pool_fill(struct pool *pool, uint64_t *random)
{
	int codes = dice_below(random, 2) ? COMPETENCIES : 20; /* more than a shelf has bits for, and fewer */

	memset(pool, 0, sizeof *pool);
	for (int j = 0; j < POSTINGS; j++)
		pool->postings[j] = a_posting(pool, j, codes, random);
	for (int i = 0; i < LEARNERS; i++) {
		const struct fit_posting *p = &pool->postings[dice_below(random, POSTINGS)];
		struct fit_learner *l = &pool->learners[i];
		*l = a_learner(pool, i, codes, random);
		if (dice_below(random, 4) == 0) { /* a posting lies at her limit, or a metre beyond */
			l->place.latitude_e7 =
			    p->place.latitude_e7 - dice_below(random, 5000000) * (p->place.latitude_e7 > 0 ? 1 : -1);
			l->place.longitude_e7 = p->place.longitude_e7;
			l->max_metres = geo_metres(l->place, p->place) - dice_below(random, 2);
			l->max_metres = l->max_metres < 0 ? 0 : l->max_metres;
		}
	}
	pool->weights =
	    (struct fit_weights){ 1 + dice_below(random, 1000), dice_below(random, 1001), dice_below(random, 4) };
}

static int
mark_found(void *to, size_t posting, const struct fit *fit)
{
	struct fit *found = to;

	assert_int_equal(found[posting].total, -1); /* each once */
	found[posting] = *fit;
	return 0;
}

/* One pair: found, or rightly not. */
static int
check_pair(const struct fit_learner *l, const struct fit_posting *p, const struct fit_weights *w,
           const struct fit *found)
{
	int32_t metres = fit_metres(l, p), plain_metres = -1;
	bool eligible = fit_reasons(l, p, metres) == 0;

	assert_int_equal(eligible, plain_has(&p->programmes, l->programme) && plain_is_eligible(l, p, &plain_metres));
	assert_int_equal(found->total >= 0, eligible);
	if (!eligible)
		return 0;
	struct fit fit = fit_of(l, p, metres, w);
	assert_memory_equal(found, &fit, sizeof fit);
	assert_int_equal(fit.metres, plain_metres);
	assert_int_equal(fit.total, plain_fit(l, p, metres, w));
	return 1;
}

static void
the_index_finds_what_trying_all_pairs_finds(void **state)
{
	static struct pool pool;
	uint64_t random = dice_seed();
	int rounds = getenv("BASSIN_TEST_FULL") != NULL ? 20000 : 700, eligible = 0;
	(void)state;

	for (int n = 0; n < rounds; n++) {
		struct index *x;

		pool_fill(&pool, &random);
		x = index_new(pool.postings, POSTINGS);
		assert_non_null(x);
		for (int i = 0; i < LEARNERS; i++) {
			struct fit found[POSTINGS];

			for (int j = 0; j < POSTINGS; j++)
				found[j].total = -1;
			assert_int_equal(index_search(x, &pool.learners[i], &pool.weights, mark_found, found), 0);
			for (int j = 0; j < POSTINGS; j++)
				eligible += check_pair(&pool.learners[i], &pool.postings[j], &pool.weights, &found[j]);
		}
		index_destroy(&x);
	}
	assert_true(eligible > rounds * LEARNERS);
}

/* From a metre to the other side of the globe; where the chord leaves no doubt it gives the formula's own metres. */
static void
metres_by_the_chord_are_those_of_the_formula(void **state)
{
	uint64_t random = dice_seed();
	int told = 0, rounds = getenv("BASSIN_TEST_FULL") != NULL ? 20000000 : 500000;
	(void)state;

	for (int n = 0; n < rounds; n++) {
		struct geo_point a = a_place(&random), b = a;
		int reach = 1 << dice_below(&random, 28);

		b.latitude_e7 += dice_below(&random, 2 * reach) - reach;
		b.longitude_e7 += dice_below(&random, 2 * reach) - reach;
		if (b.latitude_e7 > 900000000 || b.latitude_e7 < -900000000 || b.longitude_e7 > 1800000000 ||
		    b.longitude_e7 < -1800000000)
			continue;
		struct geo_vector u = geo_vector_of(a), v = geo_vector_of(b);
		int32_t metres = geo_metres(a, b), by_chord = geo_metres_by_chord(geo_chord2(&u, &v));
		if (by_chord != GEO_DOUBT)
			assert_int_equal(by_chord, metres);
		told += by_chord != GEO_DOUBT;
		assert_true(geo_chord2(&u, &v) <= geo_chord2_limit(metres));
		assert_true(llabs((long long)a.latitude_e7 - b.latitude_e7) <= geo_latitude_limit_e7(metres));
	}
	assert_true(told > rounds / 2);
}

static int
stop_at_third(void *to, size_t posting, const struct fit *fit)
{
	int *calls = to;

	(void)posting;
	(void)fit;
	return ++*calls == 3 ? 42 : 0;
}

static void
a_search_stops_when_it_is_told(void **state)
{
	const int32_t programme = 1;
	struct fit_posting postings[5];
	struct fit_learner l = { .programme = 1, .consent = true, .max_metres = FIT_NO_LIMIT };
	struct index *x;
	int calls = 0;
	(void)state;

	for (size_t j = 0; j < COUNT_OF(postings); j++)
		postings[j] = (struct fit_posting){ .programmes = { &programme, 1 }, .type = 1, .remote = j % 2 };
	x = index_new(postings, COUNT_OF(postings));
	assert_non_null(x);
	assert_int_equal(index_search(x, &l, &FIT_USUAL_WEIGHTS, stop_at_third, &calls), 42);
	assert_int_equal(calls, 3);
	index_destroy(&x);
	assert_null(x);
}

static void
an_empty_index_finds_nothing(void **state)
{
	struct fit_learner l = { .consent = true, .max_metres = 5, .has_place = true };
	struct index *x = index_new(NULL, 0);
	int calls = 0;
	(void)state;

	assert_non_null(x);
	assert_int_equal(index_search(x, &l, &FIT_USUAL_WEIGHTS, stop_at_third, &calls), 0);
	assert_int_equal(calls, 0);
	index_destroy(&x);
	index_destroy(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_finds_what_trying_all_pairs_finds),
		cmocka_unit_test(metres_by_the_chord_are_those_of_the_formula),
		cmocka_unit_test(a_search_stops_when_it_is_told),
		cmocka_unit_test(an_empty_index_finds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
