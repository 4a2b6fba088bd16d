/* SPDX-License-Identifier: Apache-2.0 */
/* The index finds exactly what trying all pairs finds, each once, wherever on the globe. */
#include "sample_round.h"
#include "index.h"

enum { POSTINGS = 120, LEARNERS = 60, CODES = 4 };

struct pool {
	struct fit_posting postings[POSTINGS];
	struct fit_learner learners[LEARNERS];
	int32_t programmes[POSTINGS][CODES];
};

/* Clusters, the two poles, both sides of 180 degrees, cell borders, or anywhere. */
static struct geo_point
a_place(uint64_t *random)
{
	static const struct geo_point CENTRES[] = { { 454000000, -719000000 }, { 900000000, 0 },
		{ -900000000, 50000000 }, { 100000000, 1800000000 }, { -650000000, -1800000000 },
		{ 895000000, 1700000000 } };
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

static void
pool_fill(struct pool *pool, uint64_t *random)
{
	memset(pool, 0, sizeof *pool);
	for (int j = 0; j < POSTINGS; j++) {
		struct fit_posting *p = &pool->postings[j];

		for (int32_t code = 0; code < CODES; code++)
			if (dice_below(random, 2))
				pool->programmes[j][p->programmes.n++] = code;
		p->programmes.items = pool->programmes[j];
		p->type = 1u << dice_below(random, 3);
		p->hours = 3000 + dice_below(random, 200);
		p->remote = dice_below(random, 8) == 0;
		p->has_place = dice_below(random, 8) != 0;
		p->place = a_place(random);
	}
	for (int i = 0; i < LEARNERS; i++)
		pool->learners[i] = (struct fit_learner){ .programme = dice_below(random, CODES + 1),
			.consent = dice_below(random, 9),
			.types = (uint32_t)dice_below(random, 8),
			.hours = 3000 + dice_below(random, 400),
			.has_place = dice_below(random, 8) != 0,
			.place = a_place(random),
			.max_metres = a_limit(random) };
}

static int
mark_found(void *to, size_t posting, int32_t metres)
{
	int32_t *found = to;

	assert_int_equal(found[posting], -2);   /* each once */
	found[posting] = metres;
	return 0;
}

static void
the_index_finds_what_trying_all_pairs_finds(void **state)
{
	static struct pool pool;
	uint64_t random = dice_seed();
	int rounds = getenv("BASSIN_TEST_FULL") != NULL ? 20000 : 1000, eligible = 0;
	(void)state;

	for (int n = 0; n < rounds; n++) {
		struct index *x;

		pool_fill(&pool, &random);
		x = index_new(pool.postings, POSTINGS);
		assert_non_null(x);
		for (int i = 0; i < LEARNERS; i++) {
			const struct fit_learner *l = &pool.learners[i];
			int32_t found[POSTINGS];

			for (int j = 0; j < POSTINGS; j++)
				found[j] = -2;
			assert_int_equal(index_search(x, l, mark_found, found), 0);
			for (int j = 0; j < POSTINGS; j++) {
				int32_t metres = fit_metres(l, &pool.postings[j]);

				if (fit_reasons(l, &pool.postings[j], metres) != 0) {
					assert_int_equal(found[j], -2);
					continue;
				}
				assert_int_equal(found[j], metres);
				eligible++;
			}
		}
		index_destroy(&x);
	}
	assert_true(eligible > rounds * LEARNERS);
}

static int
stop_at_third(void *to, size_t posting, int32_t metres)
{
	int *calls = to;

	(void)posting;
	(void)metres;
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
	assert_int_equal(index_search(x, &l, stop_at_third, &calls), 42);
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
	assert_int_equal(index_search(x, &l, stop_at_third, &calls), 0);
	assert_int_equal(calls, 0);
	index_destroy(&x);
	index_destroy(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_finds_what_trying_all_pairs_finds),
		cmocka_unit_test(a_search_stops_when_it_is_told),
		cmocka_unit_test(an_empty_index_finds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
