/* SPDX-License-Identifier: Apache-2.0 */
/* Random small rounds of every feature: what the engine tells is what matching.md says, for any number of threads. */
#include "engine/ranked.h"
#include "engine_plain.h"

enum { CASES = 3000 };

static void
same_bytes(const void *a, const void *b, size_t count, size_t size)
{
	if (count * size > 0)
		assert_memory_equal(a, b, count * size);
}

static void
same_run(const struct flat_case *c, const struct engine_run *a, const struct engine_run *b)
{
	size_t nl = (size_t)c->nl, np = (size_t)c->np;

	same_bytes(a->posting, b->posting, nl, sizeof *a->posting);
	same_bytes(a->by, b->by, nl, sizeof *a->by);
	same_bytes(a->slot_off, b->slot_off, np + 1, sizeof *a->slot_off);
	same_bytes(a->cutoff_off, b->cutoff_off, np + 1, sizeof *a->cutoff_off);
	same_bytes(a->cutoffs, b->cutoffs, a->cutoff_off[np], sizeof *a->cutoffs);
	same_bytes(a->learner_price, b->learner_price, nl, sizeof *a->learner_price);
	same_bytes(a->posting_price, b->posting_price, np, sizeof *a->posting_price);
	for (size_t k = 0; k < a->slot_off[np]; k++) {
		assert_int_equal(a->slots[k].learner, b->slots[k].learner);
		assert_int_equal(a->slots[k].reserve, b->slots[k].reserve);
		assert_int_equal(a->slots[k].endowed, b->slots[k].endowed);
	}
}

static void
any_round_is_solved_to_the_letter_on_any_number_of_threads(void **state)
{
	uint64_t seed = dice_seed();
	static struct flat_case c;
	(void)state;

	for (int k = 0; k < CASES; k++) {
		struct engine_outcome *one, *many;

		case_new(&c, &seed);
		assert_string_equal(engine_status_to_text(engine_solve(&c.in, 1, &one)), "solved");
		plain_judge(&c, one);
		assert_int_equal(engine_solve(&c.in, 2 + dice_below(&seed, 7), &many), ENGINE_OK);
		same_run(&c, &one->pool, &many->pool);
		same_run(&c, &one->alone, &many->alone);
		engine_outcome_destroy(&one);
		engine_outcome_destroy(&many);
	}
}

static void
the_ranked_phase_by_itself_is_that_of_a_pool_without_guarantee(void **state)
{
	uint64_t seed = dice_seed();
	static struct flat_case c;
	(void)state;

	for (int k = 0; k < CASES / 3; k++) {
		int32_t endowment[CASE_LEARNERS];
		struct engine_outcome *out;
		uint64_t proposals, asked = 0;
		struct plain p;

		case_new(&c, &seed);
		for (int32_t i = 0; i < c.nl; i++)
			endowment[i] = CASE_NO;
		for (size_t h = 0; h < c.in.n_held; h++)
			endowment[c.held[h].learner] = c.held[h].posting;
		p = plain_new(&c, CASE_NO, endowment);
		plain_run(&p);
		assert_int_equal(engine_ranked_alone(&c.in, &out, &proposals), ENGINE_OK);
		for (int32_t j = 0; j < c.np; j++)
			plain_compare_posting(&p, &out->pool, j);
		for (int32_t i = 0; i < c.nl; i++) {
			if (p.plays[i])
				assert_int_equal(out->pool.posting[i], p.posting[i]);
			for (int32_t j = 0; j < c.np; j++)
				asked += p.asked[i][j];
		}
		assert_true(proposals >= asked); /* it counts the lines of those refused too */
		engine_outcome_destroy(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_round_is_solved_to_the_letter_on_any_number_of_threads),
		cmocka_unit_test(the_ranked_phase_by_itself_is_that_of_a_pool_without_guarantee),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
