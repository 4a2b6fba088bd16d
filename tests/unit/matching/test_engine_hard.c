/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rounds that make careless solvers slow, of moderate size and with answers that are easily known: one posting that
 * everybody wants, everybody in one tier, equal lottery numbers, a hundred reserves and many groups, seats without end.
 */
#include "engine_case.h"

struct wide {
	struct engine_instance in;
	int32_t n, postings;
	int32_t *college, *seats, *tiers;
	uint8_t *need;
	bool *yes, *no;
	uint64_t *lottery;
	size_t *off, *group_off, *reserve_off, *none;
	struct engine_line *line;
	struct engine_entry *group, *reserve;
	struct engine_pair *held;
};

static void *
room(size_t count, size_t size)
{
	void *p = calloc(count + 1, size);

	assert_non_null(p);
	return p;
}

/* n learners who all rank posting 0 of one, with distinct tiers, the last first; everybody fits everywhere. */
static struct wide
wide_new(int32_t n, int32_t seats)
{
	size_t most = (size_t)n + 1;
	struct wide w = { .n = n,
		          .postings = 1,
		          .college = room(most, 4),
		          .seats = room(2, 4),
		          .tiers = room(2, 4),
		          .need = room(most, 1),
		          .yes = room(most, 1),
		          .no = room(most, 1),
		          .lottery = room(most, 8),
		          .off = room(most, sizeof(size_t)),
		          .group_off = room(most, sizeof(size_t)),
		          .reserve_off = room(2, sizeof(size_t)),
		          .none = room(most, sizeof(size_t)),
		          .line = room(most, sizeof(struct engine_line)),
		          .group = room(16 * most, sizeof(struct engine_entry)),
		          .reserve = room(most, sizeof(struct engine_entry)),
		          .held = room(most, sizeof(struct engine_pair)) };

	memset(w.yes, true, (size_t)n);
	for (int32_t i = 0; i < n; i++) {
		w.college[i] = ENGINE_NONE;
		w.off[i + 1] = (size_t)i + 1;
		w.line[i] = (struct engine_line){ 0, ENGINE_PRIORITY(n - i, 0) };
		w.lottery[i] = (uint64_t)i * 0x9e3779b97f4a7c15;
	}
	w.seats[0] = seats;
	w.tiers[0] = n + 1;
	return w;
}

static struct engine_outcome *
wide_solve(struct wide *w)
{
	struct engine_outcome *out;

	w->in = (struct engine_instance){
		.n_learners = w->n,
		.n_postings = w->postings,
		.n_groups = w->n,
		.learner_college = w->college,
		.learner_need = w->need,
		.learner_assignable = w->no,
		.lottery = w->lottery,
		.rankings = { w->off, w->line },
		.choices = { w->none, w->group },
		.groups = { w->group_off, w->group },
		.fit = { w->none, w->group },
		.posting_college = w->college,
		.capacity = w->seats,
		.posting_tiers = w->tiers,
		.accepts_unranked = w->yes,
		.posting_assignable = w->no,
		.reserve_last = w->no,
		.reserves = { w->reserve_off, w->reserve },
		.held = w->held,
		.n_held = w->in.n_held,
	};
	assert_string_equal(engine_status_to_text(engine_solve(&w->in, 1, &out)), "solved");
	return out;
}

static void
wide_free(struct wide *w)
{
	void *all[] = { w->college,   w->seats,       w->tiers, w->need, w->yes,   w->no,      w->lottery, w->off,
		        w->group_off, w->reserve_off, w->none,  w->line, w->group, w->reserve, w->held };

	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
		free(all[k]);
}

static void
one_posting_that_everybody_wants_takes_the_best(void **state)
{
	enum { N = 50000, SEATS = 5000 };
	struct wide w = wide_new(N, SEATS);
	struct engine_outcome *out = wide_solve(&w);
	(void)state;

	for (int32_t i = 0; i < N; i++) {
		bool placed = i >= N - SEATS;

		assert_int_equal(out->pool.posting[i], placed ? 0 : ENGINE_NONE);
		if (!placed)
			assert_int_equal(out->at[out->at_off[i]].ahead, N - 1 - i);
	}
	for (int32_t k = 0; k < SEATS; k++)
		assert_int_equal(out->pool.slots[k].learner, N - 1 - k);
	assert_int_equal(out->pool.cutoffs[0].learner, N - SEATS);
	engine_outcome_destroy(&out);
	wide_free(&w);
}

static int
by_lottery(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
in_one_tier_the_lottery_decides(void **state)
{
	enum { N = 30000, SEATS = 3000 };
	struct wide w = wide_new(N, SEATS);
	struct engine_outcome *out;
	uint64_t *sorted = room(N, 8);
	(void)state;

	for (int32_t i = 0; i < N; i++)
		w.line[i].priority = ENGINE_PRIORITY(0, 7);
	memcpy(sorted, w.lottery, N * sizeof *sorted);
	qsort(sorted, N, sizeof *sorted, by_lottery);
	out = wide_solve(&w);
	for (int32_t i = 0; i < N; i++)
		assert_int_equal(out->pool.by[i] == ENGINE_RANKED, w.lottery[i] <= sorted[SEATS - 1]);
	for (int32_t k = 0; k < SEATS; k++)
		assert_true(w.lottery[out->pool.slots[k].learner] == sorted[k]);
	free(sorted);
	engine_outcome_destroy(&out);
	wide_free(&w);
}

static void
with_equal_lottery_numbers_the_smaller_id_comes_first(void **state)
{
	enum { N = 3000, SEATS = 300 };
	struct wide w = wide_new(N, SEATS);
	struct engine_outcome *out;
	(void)state;

	for (int32_t i = 0; i < N; i++) {
		w.line[i].priority = ENGINE_PRIORITY(0, 7);
		w.lottery[i] = i % 2 == 0 ? 5 : UINT64_MAX;
	}
	out = wide_solve(&w);
	for (int32_t k = 0; k < SEATS; k++)
		assert_int_equal(out->pool.slots[k].learner, 2 * k);
	engine_outcome_destroy(&out);
	wide_free(&w);
}

/* Learner i in groups i / 8 .. of `each`; reserves of two seats for every third group, last group first. */
static void
give_reserves(struct wide *w, int32_t reserves, int32_t each)
{
	size_t groups = 0;

	for (int32_t i = 0; i < w->n; i++) {
		for (int32_t g = 0; g < each; g++)
			w->group[groups++] = (struct engine_entry){ i / 8 + g, 0 };
		w->group_off[i + 1] = groups;
	}
	for (int32_t k = 0; k < reserves; k++)
		w->reserve[k] = (struct engine_entry){ 3 * (reserves - 1 - k), 2 };
	w->reserve_off[1] = (size_t)reserves;
}

/* To the letter: each slot takes the best left, members of its group first; learners n - 1, n - 2 ... are the best. */
static void
fill_plainly(const struct wide *w, int32_t each, int32_t *holder)
{
	bool *taken = room((size_t)w->n, 1);
	size_t slot = 0;

	for (size_t k = 0; k <= w->reserve_off[1]; k++) {
		bool open = k == w->reserve_off[1];
		int32_t seats = open ? w->seats[0] - (int32_t)slot : w->reserve[k].value;

		for (; seats > 0 && slot < (size_t)w->seats[0]; seats--) {
			int32_t best = ENGINE_NONE, other = ENGINE_NONE;

			for (int32_t i = w->n - 1; i >= 0 && best == ENGINE_NONE; i--) {
				int32_t from = i / 8;

				if (taken[i])
					continue;
				if (other == ENGINE_NONE)
					other = i;
				if (open || (w->reserve[k].to >= from && w->reserve[k].to < from + each))
					best = i;
			}
			holder[slot] = best != ENGINE_NONE ? best : other;
			taken[holder[slot++]] = true;
		}
	}
	free(taken);
}

static void
expect_reserves(int32_t reserves, int32_t each)
{
	enum { N = 2000, SEATS = 300 };
	struct wide w = wide_new(N, SEATS);
	struct engine_outcome *out;
	int32_t *holder = room(SEATS, 4);

	give_reserves(&w, reserves, each);
	fill_plainly(&w, each, holder);
	out = wide_solve(&w);
	assert_int_equal(out->pool.slot_off[1], SEATS);
	for (int32_t k = 0; k < SEATS; k++) {
		assert_int_equal(out->pool.slots[k].learner, holder[k]);
		assert_int_equal(out->pool.slots[k].reserve, k / 2 < reserves ? k / 2 : ENGINE_OPEN_SLOT);
	}
	free(holder);
	engine_outcome_destroy(&out);
	wide_free(&w);
}

static void
a_hundred_reserves_are_filled_in_their_order(void **state)
{
	(void)state;
	expect_reserves(100, 9);
}

static void
learners_in_more_groups_than_there_are_reserves_are_found(void **state)
{
	(void)state;
	expect_reserves(10, 15);
}

static void
whoever_stands_there_stays_among_a_hundred_reserves(void **state)
{
	enum { N = 2000, SEATS = 300, HELD = 150, EACH = 9 };
	struct wide w = wide_new(N, SEATS);
	struct engine_outcome *out;
	(void)state;

	give_reserves(&w, 100, EACH);
	for (int32_t k = 0; k < HELD; k++) /* the last in the employer's eyes */
		w.held[k] = (struct engine_pair){ k, 0 };
	w.in.n_held = HELD;
	out = wide_solve(&w);
	for (int32_t k = 0; k < HELD; k++)
		assert_int_equal(out->pool.by[k], ENGINE_RANKED);
	assert_int_equal(out->pool.slot_off[1], SEATS);
	assert_int_equal(out->placed, SEATS);
	engine_outcome_destroy(&out);
	wide_free(&w);
}

static void
seats_without_end_take_no_memory(void **state)
{
	struct wide w = wide_new(100, INT32_MAX);
	struct engine_outcome *out;
	(void)state;

	give_reserves(&w, 30, 2);
	for (size_t k = 0; k < 30; k++)
		w.reserve[k].value = INT32_MAX / 2;
	out = wide_solve(&w);
	assert_int_equal(out->placed, 100);
	assert_int_equal(out->pool.cutoffs[0].state, ENGINE_SEAT_FREE);
	assert_int_equal(out->pool.cutoffs[2].state, ENGINE_SEAT_FREE); /* INT32_MAX is odd: one is left */
	assert_int_equal(out->pool.cutoffs[3].state, ENGINE_SEATS_CLOSED); /* these have fallen away */
	assert_int_equal(out->pool.cutoffs[30].state, ENGINE_SEATS_CLOSED);
	engine_outcome_destroy(&out);
	wide_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_posting_that_everybody_wants_takes_the_best),
		cmocka_unit_test(in_one_tier_the_lottery_decides),
		cmocka_unit_test(with_equal_lottery_numbers_the_smaller_id_comes_first),
		cmocka_unit_test(a_hundred_reserves_are_filled_in_their_order),
		cmocka_unit_test(learners_in_more_groups_than_there_are_reserves_are_found),
		cmocka_unit_test(whoever_stands_there_stays_among_a_hundred_reserves),
		cmocka_unit_test(seats_without_end_take_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
