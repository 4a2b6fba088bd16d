/* SPDX-License-Identifier: Apache-2.0 */
/* The counts of a solved round. */
#include "round_report.h"
#include "sample_round.h"

static void
a_round_is_counted_per_college(void **state)
{
	struct instance *in = instance_of("{\"seed\": \"s\", \"guarantee\": false, \"learners\": ["
	    "{\"id\": \"l1\", \"college\": \"c1\", \"assignable\": false, \"ranking\": [[\"p1\"]]},"
	    "{\"id\": \"l2\", \"college\": \"c1\", \"assignable\": false, \"ranking\": [[\"p1\"], [\"p2\"]]},"
	    "{\"id\": \"l3\", \"college\": \"c1\", \"assignable\": false},"
	    "{\"id\": \"l4\", \"college\": \"c2\", \"assignable\": false, \"ranking\": [[\"p1\"]]},"
	    "{\"id\": \"l5\", \"assignable\": false}], \"postings\": ["
	    "{\"id\": \"p1\", \"college\": \"c1\", \"capacity\": 1, \"assignable\": false, \"ranking\": [[\"l1\"]]},"
	    "{\"id\": \"p2\", \"college\": \"c3\", \"capacity\": 3, \"assignable\": false},"
	    "{\"id\": \"p3\", \"capacity\": 4, \"assignable\": false}], \"fixed\": [[\"l5\", \"p2\"]]}");
	struct engine_outcome *out = outcome_of(in);
	struct arena *a = arena_new(64 * KiB);
	struct round_report *r;
	(void)state;

	assert_non_null(a);
	r = round_report_make(in, out, a);
	assert_non_null(r);
	assert_int_equal(r->colleges[0].learners, 3);
	assert_int_equal(r->colleges[0].placed_ranked, 2);
	assert_int_equal(r->colleges[0].nothing_ranked, 1);
	assert_int_equal(r->colleges[0].alone, 1);
	assert_int_equal(r->colleges[0].seats_filled, 1);
	assert_int_equal(r->colleges[1].outranked, 1);
	assert_int_equal(r->colleges[1].postings, 0);
	assert_int_equal(r->colleges[2].learners, 0);
	assert_int_equal(r->colleges[2].seats, 3);
	assert_int_equal(r->colleges[2].seats_filled, 2);
	assert_int_equal(r->nobody.placed_fixed, 1);
	assert_int_equal(r->nobody.seats, 4);
	assert_int_equal(r->all.learners, 5);
	assert_int_equal(r->all.seats, 8);
	assert_int_equal(r->all.seats_filled, 3);
	assert_int_equal(r->all.alone, 1);
	assert_int_equal(r->n_rank_counts, 2);
	assert_int_equal(r->rank_counts[0], 1);
	assert_int_equal(r->rank_counts[1], 1);
	arena_destroy(&a);
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

/* Whatever the round: every learner is counted once, and every placement fills a seat. */
static void
the_counts_add_up(void **state)
{
	uint64_t random = sample_seed();
	(void)state;

	for (int n = 0; n < 500; n++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s);
		struct engine_outcome *out = outcome_of(in);
		struct arena *a = arena_new(64 * KiB);
		struct round_report *r;
		int32_t placed, by_rank = 0, learners;

		assert_non_null(a);
		r = round_report_make(in, out, a);
		assert_non_null(r);
		learners = r->nobody.learners;
		for (int32_t c = 0; c < in->engine.n_colleges; c++)
			learners += r->colleges[c].learners;
		for (int32_t t = 0; t < r->n_rank_counts; t++)
			by_rank += r->rank_counts[t];
		placed = r->all.placed_fixed + r->all.placed_ranked + r->all.placed_assigned;
		assert_int_equal(learners, s.learners);
		assert_int_equal(placed, out->placed);
		assert_int_equal(placed, r->all.seats_filled);
		assert_int_equal(by_rank, r->all.placed_ranked);
		assert_int_equal(placed + r->all.nothing_ranked + r->all.not_eligible + r->all.outranked, s.learners);
		arena_destroy(&a);
		engine_outcome_destroy(&out);
		instance_destroy(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_is_counted_per_college),
		cmocka_unit_test(the_counts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
