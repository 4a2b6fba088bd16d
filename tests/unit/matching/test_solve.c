/* SPDX-License-Identifier: Apache-2.0 */
/* From a pool to a solution, without store or core: small random pools, and counts that must add up for each of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "intern.h"
#include "round_solve.h"
#include "sample_round.h"

enum { LEARNERS = 14, POSTINGS = 7, COLLEGES = 3 };

static const char *const COLLEGE_NAMES[COLLEGES] = { "a", "b", "c" };
static const char *const GROUP_NAMES[] = { "g1", "g2" };
static const int32_t CODES[] = { 0, 1, 2 };

/* Some stand already, also at postings that are closed or have left, some of them filled. Only as many as there are seats, but
 * for a posting that had more before. */
static void
random_standing(struct pool *p, uint64_t *seed, struct arena *a)
{
	for (int i = 0; i < LEARNERS; i++) {
		int32_t j = dice_below(seed, POSTINGS + 1) - 1;
		bool known = dice_below(seed, 12) > 0;
		if (dice_below(seed, 3) > 0)
			continue;
		if (j >= 0 && p->postings[j].held + p->postings[j].taken >= p->postings[j].seats && dice_below(seed, 5) > 0)
			continue;
		pool_stand(p, known ? i : ROUND_NONE, j, j < 0 ? "gone" : arena_printf(a, "p%02d", j), "r1");
	}
}

/* A pool of random people: some without consent, some who left, postings that are not open, rankings with unknown
 * ends. */
static struct pool *
random_pool(uint64_t *seed, struct arena *a)
{
	struct pool *p = arena_zalloc(a, 1, sizeof *p);

	p->seed = "s";
	p->weights = FIT_USUAL_WEIGHTS;
	p->guarantee = dice_below(seed, 3) > 0;
	p->n_learners = LEARNERS;
	p->n_postings = POSTINGS;
	p->learners = arena_zalloc(a, LEARNERS, sizeof *p->learners);
	p->postings = arena_zalloc(a, POSTINGS, sizeof *p->postings);
	for (int j = 0; j < POSTINGS; j++) {
		struct pool_posting *q = &p->postings[j];
		q->institution = COLLEGE_NAMES[dice_below(seed, COLLEGES)];
		q->id = arena_printf(a, "p%02d", j);
		q->employer = "e";
		q->seats = 1 + dice_below(seed, 3);
		q->open = dice_below(seed, 5) > 0;
		q->filled = !q->open && dice_below(seed, 2) == 0;
		q->withdrawn = dice_below(seed, 8) == 0;
		q->accepts_unranked = dice_below(seed, 2) == 0;
		q->assignable = dice_below(seed, 3) > 0;
		q->reserves_last = dice_below(seed, 2) == 0;
		q->reserves = arena_zalloc(a, 2, sizeof *q->reserves);
		for (q->n_reserves = 0; q->n_reserves < 2 && dice_below(seed, 3) == 0; q->n_reserves++)
			q->reserves[q->n_reserves] =
			    (struct pool_reserve){ GROUP_NAMES[q->n_reserves], dice_below(seed, 3) };
		q->fit = (struct fit_posting){ .programmes = { CODES, 1 + (size_t)dice_below(seed, 2) }, .type = 2, .remote = true,
			.starts_on = 10, .ends_on = 20, .hours = 3000 };
		q->choices.n = (size_t)dice_below(seed, 6);
		q->choices.entries = arena_zalloc(a, 6, sizeof *q->choices.entries);
		for (size_t k = 0; k < q->choices.n; k++)
			q->choices.entries[k] = (struct pool_entry){ dice_below(seed, LEARNERS + 1) - 1, (int32_t)k / 2 + 1 };
	}
	for (int i = 0; i < LEARNERS; i++) {
		struct pool_learner *l = &p->learners[i];
		l->institution = COLLEGE_NAMES[dice_below(seed, COLLEGES)];
		l->id = arena_printf(a, "l%02d", i);
		l->programme = "x";
		l->withdrawn = dice_below(seed, 8) == 0;
		l->tier = dice_below(seed, 3);
		l->assignable = dice_below(seed, 2) == 0;
		l->groups = arena_zalloc(a, 2, sizeof *l->groups);
		if (dice_below(seed, 2) == 0)
			l->groups[l->n_groups++] = GROUP_NAMES[dice_below(seed, 2)];
		l->fit = (struct fit_learner){ .programme = dice_below(seed, 3), .available_from = 0, .available_to = 30,
			.hours = 3500, .languages = FIT_FRENCH, .max_metres = FIT_NO_LIMIT, .consent = dice_below(seed, 6) > 0 };
		l->offer = dice_below(seed, 4) > 0 ? NULL : arena_printf(a, "p%02d", dice_below(seed, POSTINGS + 1));
		l->ranking.n = (size_t)dice_below(seed, 5);
		l->ranking.entries = arena_zalloc(a, 5, sizeof *l->ranking.entries);
		l->ranking.refs = arena_zalloc(a, 5, sizeof *l->ranking.refs);
		for (size_t k = 0; k < l->ranking.n; k++)       /* the same posting twice is taken once */
			l->ranking.entries[k] = (struct pool_entry){ dice_below(seed, POSTINGS + 1) - 1, (int32_t)k / 2 + 1 };
	}
	random_standing(p, seed, a);
	return p;
}

/* She ranked; each posting of her list is unknown, or left out with a reason. */
static void
check_nothing_of_hers_entered(const struct pool *p, size_t i, const struct solution *s)
{
	const struct pool_list *list = &p->learners[i].ranking;

	assert_true(list->n > 0);
	for (size_t k = 0; k < list->n; k++) {
		bool told = list->entries[k].to == ROUND_NONE;
		for (size_t o = 0; o < s->n_left_out && !told; o++)
			told = strcmp(s->left_out[o].learner, p->learners[i].id) == 0 && s->left_out[o].reasons != 0 &&
			    strcmp(s->left_out[o].posting, p->postings[list->entries[k].to].id) == 0;
		assert_true(told);
	}
}

static int32_t
tier_of(const struct pool *p, size_t i, const char *posting)
{
	const struct pool_list *list = &p->learners[i].ranking;

	for (size_t k = 0; k < list->n; k++)
		if (list->entries[k].to != ROUND_NONE && strcmp(p->postings[list->entries[k].to].id, posting) == 0)
			return list->entries[k].tier;
	return INT32_MAX;
}

/* Who stood before stands where she stood, or at a posting that she ranks strictly higher or has agreed on. */
static void
check_standing(const struct pool *p, size_t i, const struct round_line *l)
{
	const struct pool_learner *who = &p->learners[i];

	if (who->standing == NULL) {
		assert_string_equal(l->from_posting, "");
		return;
	}
	assert_string_not_equal(l->posting, "");
	assert_string_equal(l->from_round, "r1");
	if (strcmp(l->by, "standing") == 0) {
		assert_string_equal(l->posting, who->standing);
		assert_string_equal(l->from_posting, "");
		return;
	}
	assert_true(who->holds);
	assert_string_equal(l->from_posting, who->standing);
	assert_string_not_equal(l->posting, who->standing);
	if (strcmp(l->by, "fixed") == 0)
		assert_string_equal(l->posting, who->offer);
	else
		assert_true(tier_of(p, i, l->posting) < tier_of(p, i, who->standing));
}

static void
check_seats(const struct pool *p, const struct solution *s)
{
	for (size_t j = 0; j < p->n_postings; j++) {
		const struct pool_posting *q = &p->postings[j];
		int32_t here = 0, newcomers = 0, before = q->held + q->taken;
		for (size_t i = 0; i < s->n_lines; i++) {
			bool is_here = strcmp(s->lines[i].posting, q->id) == 0;
			here += is_here;
			newcomers += is_here && strcmp(s->lines[i].by, "standing") != 0;
		}
		assert_true(newcomers == 0 || pool_posting_is_open(q));
		assert_true(here <= (q->seats > before ? q->seats : before));
	}
}

static int32_t
strangers_at(const struct pool *p, size_t j)
{
	int32_t known = 0;

	for (size_t i = 0; i < p->n_learners; i++)
		known += p->learners[i].standing != NULL && strcmp(p->learners[i].standing, p->postings[j].id) == 0;
	return p->postings[j].held + p->postings[j].taken - known;
}

static void
check_counts(const struct pool *p, const struct solution *s)
{
	int32_t learners = 0, placed = 0, filled = 0;

	assert_int_equal(s->n_lines, p->n_learners);
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct round_line *l = &s->lines[i];
		assert_true((l->posting[0] == '\0') == (l->reason[0] != '\0'));
		assert_true((l->posting[0] == '\0') == (l->by[0] == '\0'));
		int32_t at = pool_find_posting(p, l->posting);
		placed += at != ROUND_NONE && (pool_posting_is_open(&p->postings[at]) || p->postings[at].held > 0);
		check_standing(p, i, l);
		if ((!p->learners[i].fit.consent || p->learners[i].withdrawn) && p->learners[i].standing == NULL)
			assert_string_equal(l->posting, "");
		if (strcmp(l->reason, "nothing_ranked") == 0)
			assert_int_equal(p->learners[i].ranking.n, 0);
		if (strcmp(l->reason, "none_fits") == 0)
			check_nothing_of_hers_entered(p, i, s);
	}
	for (size_t j = 0; j < p->n_postings; j++)     /* seats of people who are not in the pool, or stand twice */
		if (pool_posting_is_open(&p->postings[j]) || p->postings[j].held > 0)
			placed += strangers_at(p, j);
	for (size_t c = 0; c < s->n_colleges; c++) {
		const struct college_row *r = &s->colleges[c];
		learners += r->learners;
		filled += r->seats_filled;
		assert_int_equal(r->learners, r->placed_direct + r->placed_ranked + r->placed_assigned + r->placed_before +
		    r->no_consent + r->not_eligible + r->nothing_ranked + r->none_fits + r->outranked + r->no_seat + r->withdrawn);
		assert_true(r->placed_direct + r->placed_ranked + r->placed_assigned <= r->eligible);
		assert_true(r->seats_filled <= r->seats);
		assert_true(!p->guarantee || (r->pool >= r->alone && r->better_alone == 0));
		assert_true(r->pool <= r->placed_direct + r->placed_ranked + r->placed_assigned + r->placed_before);
	}
	assert_int_equal(learners, p->n_learners);
	assert_int_equal(filled, placed);
	check_seats(p, s);
}

static void
placed_and_unplaced_are_all(void **state)
{
	uint64_t seed = dice_seed();
	struct solution s;

	(void)state;
	for (int n = 0; n < 500; n++) {
		struct arena *a = arena_new(16 * MiB);
		const struct pool *p = random_pool(&seed, a);
		enum solve_status status = solution_make(p, 2, a, &s);
		if (status != SOLVE_OK)
			print_error("%s\n", s.why);
		assert_int_equal(status, SOLVE_OK);
		check_counts(p, &s);
		solution_clear(&s);
		arena_destroy(&a);
	}
}

static void
the_same_pool_gives_the_same_bytes(void **state)
{
	uint64_t seed = dice_seed();
	struct arena *a = arena_new(16 * MiB);
	const struct pool *p = random_pool(&seed, a);
	struct solution first, second;

	(void)state;
	assert_int_equal(solution_make(p, 2, a, &first), SOLVE_OK);
	assert_int_equal(solution_make(p, 2, a, &second), SOLVE_OK);
	assert_int_equal(first.outcome.used, second.outcome.used);
	assert_memory_equal(first.outcome.bytes, second.outcome.bytes, first.outcome.used);
	assert_string_equal(first.outcome_digest, second.outcome_digest);
	/* What was made is what the verifier accepts, and nothing else. */
	struct solution judged;
	assert_int_equal(solution_verify(p, first.outcome.bytes, first.outcome.used, a, &judged), SOLVE_OK);
	assert_string_equal(judged.outcome_digest, first.outcome_digest);
	assert_string_equal(judged.instance_digest, first.instance_digest);
	first.outcome.bytes[first.outcome.used / 2] ^= 1;
	assert_int_equal(solution_verify(p, first.outcome.bytes, first.outcome.used, a, &judged), SOLVE_REFUSED);
	assert_string_not_equal(judged.condition, "");
	solution_clear(&first);
	solution_clear(&second);
	arena_destroy(&a);
}

static void
a_pool_of_nobody_is_solved_too(void **state)
{
	struct arena *a = arena_new(1 * MiB);
	const struct pool p = { .seed = "s", .weights = FIT_USUAL_WEIGHTS };
	struct solution s;

	(void)state;
	assert_int_equal(solution_make(&p, 1, a, &s), SOLVE_OK);
	assert_int_equal(s.n_colleges, 0);
	assert_string_equal(s.rank_counts, "");
	solution_clear(&s);
	arena_destroy(&a);
}

static void
memory_that_runs_out_is_told_and_nothing_leaks(void **state)
{
	uint64_t seed = dice_seed();
	struct arena *data = arena_new(16 * MiB);
	const struct pool *p = random_pool(&seed, data);
	struct solution s;

	(void)state;
	for (size_t bytes = 64; bytes < 64 * KiB; bytes *= 2) {
		struct arena *a = arena_new(bytes);
		if (solution_make(p, 2, a, &s) == SOLVE_OK)
			solution_clear(&s);
		arena_destroy(&a);
	}
	arena_destroy(&data);
}

static void
equal_codes_get_equal_numbers(void **state)
{
	struct arena *a = arena_new(16 * MiB);
	struct intern *t = intern_new(a);
	char code[16];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			int size = snprintf(code, sizeof code, "c%d", i);
			assert_int_equal(intern_add(t, code, (size_t)size), i);
		}
	}
	assert_string_equal(intern_text(t, 999), "c999");
	assert_int_equal(intern_add(t, "c12345", 3), 12);       /* so many bytes, not up to the NUL */
	assert_int_equal(intern_add(t, "", 0), 1000);
	arena_destroy(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placed_and_unplaced_are_all),
		cmocka_unit_test(the_same_pool_gives_the_same_bytes),
		cmocka_unit_test(a_pool_of_nobody_is_solved_too),
		cmocka_unit_test(memory_that_runs_out_is_told_and_nothing_leaks),
		cmocka_unit_test(equal_codes_get_equal_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
