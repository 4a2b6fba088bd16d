/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problems that are hard for one method or another: ties, wars over what all agree on, paths as long as the problem,
 * crowds, one posting with most of the seats. Each is solved and proven; one that ran away would not end.
 */
#include "assign_case.h"

enum { LEARNERS = 3000, DEGREE = 12 };

struct family {
	const char *name;
	int32_t postings, seats; /* seats of each, on average; then some are taken away */
	void (*edges)(struct assign_case *c, int32_t i, uint64_t *dice);
};

static int32_t
postings_of(const struct assign_case *c)
{
	return c->p.n_postings;
}

/* A window of postings, at random. */
static int32_t
window(const struct assign_case *c, uint64_t *dice)
{
	return dice_below(dice, postings_of(c) - DEGREE + 1);
}

static void
all_the_same_ties(struct assign_case *c, int32_t i, uint64_t *dice)
{
	(void)dice;
	for (int32_t j = 0; j < postings_of(c); j++)
		case_add(c, i, j, 500);
}

static void
all_the_same_postings(struct assign_case *c, int32_t i, uint64_t *dice)
{
	for (int32_t j = 0; j < postings_of(c); j++)
		case_add(c, i, j, dice_below(dice, 1001));
}

static void
all_agree(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t a = window(c, dice);

	for (int32_t k = 0; k < DEGREE; k++)
		case_add(c, i, a + k, (a + k) * 7919 % 1001);
}

static void
a_slope(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t a = (int32_t)((int64_t)i * (postings_of(c) - DEGREE) / LEARNERS);

	(void)dice;
	for (int32_t k = 0; k < DEGREE; k++)
		case_add(c, i, a + k, 1000 - (a + k) * 1000 / postings_of(c));
}

static void
a_product(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t a = window(c, dice);

	for (int32_t k = 0; k < DEGREE; k++)
		case_add(c, i, a + k, i % 1000 * ((a + k) % 1000) / 1000);
}

/* The learner's pairs as if she were number k. */
static void
link_of_chain(struct assign_case *c, int32_t i, int32_t k)
{
	int32_t a = k % postings_of(c);

	case_add(c, i, a, a % 2 * 1000);
	if (a + 1 < postings_of(c))
		case_add(c, i, a + 1, 1000 - a % 2 * 1000);
}

static void
a_chain(struct assign_case *c, int32_t i, uint64_t *dice)
{
	(void)dice;
	link_of_chain(c, i, i);
}

static void
a_chain_backwards(struct assign_case *c, int32_t i, uint64_t *dice)
{
	(void)dice;
	link_of_chain(c, i, LEARNERS - 1 - i);
}

static void
a_country_on_a_line(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t x = dice_below(dice, postings_of(c)), a;

	if (dice_below(dice, 2) == 0)
		x /= 10;
	a = x < DEGREE / 2 ? 0 : x - DEGREE / 2;
	a = a > postings_of(c) - DEGREE ? postings_of(c) - DEGREE : a;
	for (int32_t k = 0; k < DEGREE; k++)
		case_add(c, i, a + k, 1000 - abs(a + k - x) * 1000 / DEGREE);
}

static void
two_each(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t a = dice_below(dice, postings_of(c) - 1), b = a + 1 + dice_below(dice, postings_of(c) - a - 1);

	case_add(c, i, a, 7);
	case_add(c, i, b, 7);
}

static void
good_or_bad(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t part = postings_of(c) / DEGREE;

	for (int32_t k = 0; k < DEGREE; k++)
		case_add(c, i, k * part + dice_below(dice, part), dice_below(dice, 2));
}

/* Posting 0 gets most of the seats below. */
static void
one_giant(struct assign_case *c, int32_t i, uint64_t *dice)
{
	int32_t part = (postings_of(c) - 1) / DEGREE;

	case_add(c, i, 0, dice_below(dice, 1001));
	for (int32_t k = 0; k < DEGREE; k++)
		case_add(c, i, 1 + k * part + dice_below(dice, part), dice_below(dice, 1001));
}

/* Long corridors side by side, and late learners who can enter at their heads only. */
static void
a_broom(struct assign_case *c, int32_t i, uint64_t *dice)
{
	enum { WIDE = 50 };

	(void)dice;
	if (i < postings_of(c) - WIDE) {
		case_add(c, i, i, 3);
		case_add(c, i, i + WIDE, 5);
	} else {
		for (int32_t j = 0; j < WIDE; j++)
			case_add(c, i, j, j);
	}
}

static const struct family families[] = {
	{ "all the same, ties", 10, 300, all_the_same_ties },
	{ "all the same", 10, 300, all_the_same_postings },
	{ "all agree", 600, 5, all_agree },
	{ "all agree, single seats", 3000, 1, all_agree },
	{ "slope", 600, 5, a_slope },
	{ "slope, single seats", 3000, 1, a_slope },
	{ "product", 600, 5, a_product },
	{ "chain", 600, 5, a_chain },
	{ "chain, single seats", 3000, 1, a_chain },
	{ "chain backwards", 3000, 1, a_chain_backwards },
	{ "line", 600, 5, a_country_on_a_line },
	{ "line, single seats", 3000, 1, a_country_on_a_line },
	{ "two each", 3000, 1, two_each },
	{ "good or bad", 3000, 1, good_or_bad },
	{ "giant", 600, 1, one_giant },
	{ "broom", 3000, 1, a_broom },
};

/* Takes away that many seats in a hundred, at random; levels 1 .. levels. */
static struct assign_case *
case_of(const struct family *f, int32_t less, int32_t levels, uint64_t *dice)
{
	struct assign_case *c = case_new(LEARNERS, f->postings);

	for (int32_t j = 0; j < f->postings; j++)
		for (int32_t s = c->seats[j] = 0; s < f->seats; s++)
			c->seats[j] += dice_below(dice, 100) >= less;
	if (f->edges == one_giant)
		c->seats[0] = LEARNERS - f->postings / 2;
	for (int32_t i = 0; i < LEARNERS; i++) {
		c->level[i] = (uint8_t)(1 + dice_below(dice, levels));
		f->edges(c, i, dice);
	}
	case_close(c);
	return c;
}

static void
solve_all(int32_t less, int32_t levels, bool endowed)
{
	uint64_t dice = dice_seed();

	for (size_t k = 0; k < sizeof families / sizeof families[0]; k++) {
		struct assign_case *c = case_of(&families[k], less, levels, &dice);

		if (endowed)
			case_endow(c, &dice);
		case_solve(c);
		case_destroy(c);
	}
}

static void
hard_with_seats_enough(void **state)
{
	(void)state;
	solve_all(0, 1, false);
}

static void
hard_and_short(void **state)
{
	(void)state;
	solve_all(10, 3, false);
}

static void
hard_with_holders_and_every_need(void **state)
{
	(void)state;
	solve_all(20, ENGINE_NEEDS, true);
}

/* Without gap to spare: a chain of three levels whose fits add up along it. */
static void
prices_of_layers_never_cross(void **state)
{
	(void)state;
	for (int32_t n = 1; n < 60; n++) {
		struct assign_case *c = case_new(n, n);

		for (int32_t i = 0; i < n; i++) {
			c->level[i] = (uint8_t)(1 + i % 3);
			case_add(c, i, i, 0);
			if (i + 1 < n)
				case_add(c, i, i + 1, 1000);
		}
		case_close(c);
		for (int32_t shut = 0; shut < n; shut++) {
			c->seats[shut] = 0;
			case_solve(c);
			assert_true(case_placed(c) == n - 1);
			c->seats[shut] = 1;
		}
		case_destroy(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hard_with_seats_enough),
		cmocka_unit_test(hard_and_short),
		cmocka_unit_test(hard_with_holders_and_every_need),
		cmocka_unit_test(prices_of_layers_never_cross),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
