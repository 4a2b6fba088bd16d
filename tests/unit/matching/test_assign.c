/* SPDX-License-Identifier: Apache-2.0 */
/* The assignment: its order of aims against every assignment of tiny problems, its proof on random ones, its edges. */
#include "assign_case.h"

enum { LEVELS = ENGINE_NEEDS + 1, AIMS = LEVELS + 2 };

/* The aims of matching.md, first the most important: level 0 placed, all placed, each need, the sum of fit. */
struct aims {
	int64_t v[AIMS];
};

static void
aims_count(struct aims *a, uint8_t level, int64_t by)
{
	a->v[1] += by;
	a->v[level == 0 ? 0 : level + 1] += by;
}

static int
aims_compare(const struct aims *a, const struct aims *b)
{
	for (int k = 0; k < AIMS; k++)
		if (a->v[k] != b->v[k])
			return a->v[k] < b->v[k] ? -1 : 1;
	return 0;
}

/* Try everything for learners i and after. */
static void
try_all(const struct assign_case *c, int32_t i, int32_t *left, struct aims *now, struct aims *best)
{
	if (i == c->p.n_learners) {
		if (aims_compare(now, best) > 0)
			*best = *now;
		return;
	}
	try_all(c, i + 1, left, now, best);
	for (size_t e = c->off[i]; e < c->off[i + 1]; e++) {
		int32_t j = c->edge[e].to;

		if (left[j] == 0)
			continue;
		left[j]--;
		aims_count(now, c->level[i], 1);
		now->v[AIMS - 1] += c->edge[e].value;
		try_all(c, i + 1, left, now, best);
		now->v[AIMS - 1] -= c->edge[e].value;
		aims_count(now, c->level[i], -1);
		left[j]++;
	}
}

static void
expect_best(struct assign_case *c)
{
	struct aims now = { { 0 } }, best = { { 0 } }, got = { { 0 } };
	int32_t left[8];

	memcpy(left, c->seats, (size_t)c->p.n_postings * sizeof left[0]);
	try_all(c, 0, left, &now, &best);
	got.v[AIMS - 1] = case_solve(c);
	for (int32_t i = 0; i < c->p.n_learners; i++)
		if (c->posting[i] != ENGINE_NONE)
			aims_count(&got, c->level[i], 1);
	assert_int_equal(aims_compare(&got, &best), 0);
}

static void
tiny_problems_get_the_best_of_all_assignments(void **state)
{
	static const struct assign_shape shapes[] = {
		{ 6, 4, 4, 2, 1, 3, false },  { 6, 4, 3, 2, 3, 1000, true },  { 7, 3, 3, 3, 2, 1, true },
		{ 6, 5, 2, 1, 100, 2, true }, { 5, 6, 6, 1, 2, 1000, false }, { 7, 4, 4, 1, 4, 0, true },
	};
	uint64_t dice = dice_seed();

	(void)state;
	for (int round = 0; round < 30000; round++) {
		struct assign_case *c = case_random(&shapes[round % 6], &dice);

		expect_best(c);
		case_destroy(c);
	}
}

static void
random_problems_of_every_shape_are_proven(void **state)
{
	static const struct assign_shape shapes[] = {
		{ 60, 30, 5, 3, 1, 1000, false }, /* about enough seats */
		{ 60, 12, 5, 3, 4, 1000, true }, /* short */
		{ 40, 80, 20, 2, 3, 1000, true }, /* plenty */
		{ 200, 3, 3, 60, 100, 10, true }, /* few large postings */
		{ 80, 80, 2, 1, 5, 1, false }, /* long paths, many ties */
		{ 80, 30, 30, 4, 2, 0, true }, /* nothing but ties */
		{ 120, 40, 4, 3, 100, 1000, true }, /* every need its own */
	};
	uint64_t dice = dice_seed();

	(void)state;
	for (int round = 0; round < 7000; round++) {
		struct assign_case *c = case_random(&shapes[round % 7], &dice);

		case_solve(c);
		case_destroy(c);
	}
}

/* What the assignment is worth, by its prices. */
static int64_t
worth(struct assign_case *c)
{
	int64_t sum = 0;

	case_solve(c);
	for (int32_t i = 0; i < c->p.n_learners; i++)
		sum += c->u[i];
	for (int32_t j = 0; j < c->p.n_postings; j++)
		sum += c->v[j] * c->seats[j];
	return sum;
}

static void
the_price_of_a_posting_is_what_one_more_seat_is_worth(void **state)
{
	static const struct assign_shape shape = { 12, 6, 4, 2, 3, 5, true };
	uint64_t dice = dice_seed();

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct assign_case *c = case_random(&shape, &dice);
		int64_t before = worth(c);

		for (int32_t j = 0; j < c->p.n_postings; j++) {
			int64_t price, more;

			case_solve(c);
			price = c->v[j];
			c->seats[j]++;
			more = worth(c) - before;
			c->seats[j]--;
			assert_true(price == more);
		}
		case_destroy(c);
	}
}

static void
who_stands_nowhere_has_no_level_0(void **state)
{
	struct assign_case *c = case_new(2, 1);

	(void)state;
	case_add(c, 0, 0, 1);
	case_add(c, 1, 0, 1);
	case_close(c);
	c->level[0] = c->level[1] = 0;
	assert_int_equal(assign_solve(&c->p, c->posting, c->u, c->v), ENGINE_BAD_INPUT);
	c->start[0] = c->start[1] = 0;
	assert_int_equal(assign_solve(&c->p, c->posting, c->u, c->v), ENGINE_BAD_INPUT);
	case_destroy(c);
}

static void
nothing_to_assign_is_no_error(void **state)
{
	struct assign_case *c;

	(void)state;
	for (int32_t n = 0; n < 2; n++)
		for (int32_t m = 0; m < 2; m++) {
			c = case_new(n, m);
			case_close(c);
			assert_int_equal(case_solve(c), 0);
			case_destroy(c);
		}
	c = case_new(2, 1);
	case_add(c, 0, 0, 1000);
	case_add(c, 1, 0, 0);
	case_close(c);
	c->seats[0] = 0;
	assert_int_equal(case_solve(c), 0);
	assert_int_equal(case_placed(c), 0);
	case_destroy(c);
}

static void
more_seats_than_learners_could_take_cost_nothing(void **state)
{
	struct assign_case *c = case_new(3, 1);

	(void)state;
	for (int32_t i = 0; i < 3; i++)
		case_add(c, i, 0, 500);
	case_close(c);
	c->seats[0] = INT32_MAX;
	assert_int_equal(case_solve(c), 1500);
	case_destroy(c);
}

static void
one_more_place_outweighs_any_fit(void **state)
{
	struct assign_case *c = case_new(2, 2);

	(void)state;
	case_add(c, 0, 0, 1000);
	case_add(c, 0, 1, 0);
	case_add(c, 1, 0, 0);
	case_close(c);
	assert_int_equal(case_solve(c), 0);
	assert_int_equal(case_placed(c), 2);
	case_destroy(c);
}

static void
need_outweighs_fit_and_is_outweighed_by_a_place(void **state)
{
	struct assign_case *c = case_new(2, 1);

	(void)state;
	case_add(c, 0, 0, 1000);
	case_add(c, 1, 0, 0);
	case_close(c);
	c->level[0] = 2;
	assert_int_equal(case_solve(c), 0);
	assert_int_equal(c->posting[1], 0);
	case_destroy(c);
}

static void
who_stands_on_a_seat_moves_but_never_loses_a_place(void **state)
{
	struct assign_case *c = case_new(2, 2);

	(void)state;
	case_add(c, 0, 0, 1000);
	case_add(c, 0, 1, 0);
	case_add(c, 1, 0, 0);
	case_close(c);
	c->level[0] = 0;
	c->start[0] = 0;
	assert_int_equal(case_solve(c), 0);
	assert_int_equal(c->posting[0], 1);
	c->seats[1] = 0;
	assert_int_equal(case_solve(c), 1000);
	assert_int_equal(c->posting[0], 0);
	case_destroy(c);
}

static void
the_same_problem_has_the_same_answer(void **state)
{
	static const struct assign_shape shape = { 80, 30, 6, 3, 3, 3, true };
	uint64_t dice = dice_seed();

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct assign_case *c = case_random(&shape, &dice);
		size_t bytes = (size_t)c->p.n_learners * sizeof c->posting[0];
		int32_t *first = case_memory((size_t)c->p.n_learners, sizeof first[0]);

		case_solve(c);
		memcpy(first, c->posting, bytes);
		memset(c->posting, 7, bytes);
		memset(c->u, 7, (size_t)c->p.n_learners * sizeof c->u[0]);
		memset(c->v, 7, (size_t)c->p.n_postings * sizeof c->v[0]);
		case_solve(c);
		assert_memory_equal(first, c->posting, bytes);
		free(first);
		case_destroy(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiny_problems_get_the_best_of_all_assignments),
		cmocka_unit_test(random_problems_of_every_shape_are_proven),
		cmocka_unit_test(the_price_of_a_posting_is_what_one_more_seat_is_worth),
		cmocka_unit_test(who_stands_nowhere_has_no_level_0),
		cmocka_unit_test(nothing_to_assign_is_no_error),
		cmocka_unit_test(more_seats_than_learners_could_take_cost_nothing),
		cmocka_unit_test(one_more_place_outweighs_any_fit),
		cmocka_unit_test(need_outweighs_fit_and_is_outweighed_by_a_place),
		cmocka_unit_test(who_stands_on_a_seat_moves_but_never_loses_a_place),
		cmocka_unit_test(the_same_problem_has_the_same_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
