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

/* Two colleges: alone c2 places l3 at its own p2, in the pool c1's l1 is preferred there, and there is no guarantee. l2 keeps a
 * seat that she holds, l4 is assigned. */
static void
alone_and_pool_and_who_was_better_off_are_counted(void **state)
{
	static const char *const TEXT = "{\"seed\": \"s\", \"guarantee\": %s, \"learners\": ["
	    "{\"id\": \"l1\", \"college\": \"c1\", \"assignable\": false, \"ranking\": [[\"p2\"]]},"
	    "{\"id\": \"l2\", \"college\": \"c1\", \"assignable\": false, \"ranking\": [[\"p1\"]]},"
	    "{\"id\": \"l3\", \"college\": \"c2\", \"assignable\": false, \"ranking\": [[\"p2\"]]},"
	    "{\"id\": \"l4\", \"college\": \"c2\", \"tier\": 3}], \"postings\": ["
	    "{\"id\": \"p1\", \"college\": \"c1\", \"capacity\": 2},"
	    "{\"id\": \"p2\", \"college\": \"c2\", \"capacity\": 1, \"ranking\": [[\"l1\"]]}],"
	    "\"fit\": [[\"l4\", \"p1\", 500]], \"held\": [[\"l2\", \"p1\"]]}";
	char json[1024];

	(void)state;
	for (int guarantee = 0; guarantee < 2; guarantee++) {
		struct arena *a = arena_new(64 * KiB);
		snprintf(json, sizeof json, TEXT, guarantee ? "true" : "false");
		struct instance *in = instance_of(json);
		struct engine_outcome *out = outcome_of(in);
		const struct round_report *r = round_report_make(in, out, a);
		assert_non_null(r);
		assert_int_equal(r->colleges[0].kept, 1);
		assert_int_equal(r->colleges[0].placed_ranked, guarantee ? 0 : 1);
		assert_int_equal(r->colleges[0].alone, 1);
		assert_int_equal(r->colleges[0].pool, guarantee ? 1 : 2);
		assert_int_equal(r->colleges[0].better_alone, 0);
		assert_int_equal(r->colleges[1].placed_assigned, 1);
		assert_int_equal(r->colleges[1].placed_ranked, guarantee ? 1 : 0);
		assert_int_equal(r->colleges[1].alone, 1);
		assert_int_equal(r->colleges[1].pool, guarantee ? 2 : 1);
		assert_int_equal(r->colleges[1].better_alone, guarantee ? 0 : 1);
		assert_int_equal(r->all.pool, 3);
		assert_int_equal(r->n_rank_counts, 1);
		assert_int_equal(r->rank_counts[0], 1);
		assert_string_equal(complaint_about(in, out), "");
		engine_outcome_destroy(&out);
		instance_destroy(&in);
		arena_destroy(&a);
	}
}

/* Whatever the round: every learner is counted once, and every placement fills a seat. */
static void
the_counts_add_up(void **state)
{
	uint64_t random = dice_seed();
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
		for (int32_t c = 0; c < in->engine.n_colleges; c++) {
			learners += r->colleges[c].learners;
			assert_true(!s.guarantee || r->colleges[c].pool >= r->colleges[c].alone);
		}
		assert_true(!s.guarantee || r->all.better_alone == 0);
		for (int32_t t = 0; t < r->n_rank_counts; t++)
			by_rank += r->rank_counts[t];
		placed = r->all.placed_fixed + r->all.placed_ranked + r->all.placed_assigned + r->all.kept;
		assert_int_equal(learners, s.learners);
		assert_int_equal(placed, out->placed);
		assert_int_equal(placed, r->all.seats_filled);
		assert_int_equal(by_rank, r->all.placed_ranked);
		assert_int_equal(placed + r->all.nothing_ranked + r->all.not_eligible + r->all.outranked + r->all.no_seat,
		    s.learners);
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
		cmocka_unit_test(alone_and_pool_and_who_was_better_off_are_counted),
		cmocka_unit_test(the_counts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
