/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of matching.md that the engine solves today, one by one, and its refusals. */
#include "sample_round.h"

#define PLAIN "\"seed\": \"s\", \"guarantee\": false"

/* "l1-p1 l2- ..." in order of learner id. */
static const char *
placements(const struct instance *in, const struct engine_outcome *out)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (int32_t i = 0; i < in->engine.n_learners; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s-%s", i == 0 ? "" : " ",
		    in->learner_ids[i],
		    out->posting[i] == ENGINE_NONE ? "" : in->posting_ids[out->posting[i]]);
	return text;
}

/* Solves, has it checked, and compares the placements. The caller destroys *out. */
static struct instance *
expect(const char *json, const char *expected, struct engine_outcome **out)
{
	struct instance *in = instance_of(json);

	*out = outcome_of(in);
	assert_string_equal(complaint_about(in, *out), "");
	assert_string_equal(placements(in, *out), expected);
	return in;
}

static void
expect_only(const char *json, const char *expected)
{
	struct engine_outcome *out;
	struct instance *in = expect(json, expected, &out);

	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

#define L(id, ranking, more) "{\"id\": \"" id "\", \"assignable\": false, \"ranking\": " ranking more "}"
#define P(id, seats, ranking, more) \
	"{\"id\": \"" id "\", \"assignable\": false, \"capacity\": " seats ", \"ranking\": " ranking more "}"
#define STRICT ", \"accepts_unranked\": false"

static void
the_example_of_domain_md_is_stable_and_not_the_lowest_sum_of_ranks(void **state)
{
	(void)state;
	expect_only("{" PLAIN ", \"learners\": ["
	    L("a", "[[\"X\"],[\"Y\"],[\"Z\"],[\"W\"]]", "") "," L("b", "[[\"Z\"],[\"X\"],[\"Y\"],[\"W\"]]", "") ","
	    L("c", "[[\"W\"],[\"X\"],[\"Y\"],[\"Z\"]]", "") "," L("d", "[[\"X\"],[\"Y\"],[\"Z\"],[\"W\"]]", "") "],"
	    "\"postings\": ["
	    P("X", "1", "[[\"b\"],[\"c\"],[\"a\"],[\"d\"]]", "") ","
	    P("Y", "1", "[[\"a\"],[\"b\"],[\"c\"],[\"d\"]]", "") ","
	    P("Z", "1", "[[\"b\"],[\"a\"],[\"c\"],[\"d\"]]", "") ","
	    P("W", "1", "[[\"c\"],[\"a\"],[\"b\"],[\"d\"]]", "") "]}",
	    "a-X b-Z c-W d-Y");
}

static void
a_learner_prefers_tier_then_higher_fit_then_the_smaller_id(void **state)
{
	(void)state;
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[[\"p9\"],[\"p1\",\"p2\"]]", "") "],"
	    "\"postings\": [" P("p1", "1", "[]", "") "," P("p2", "1", "[]", "") "," P("p9", "1", "[]", "") "],"
	    "\"fit\": [[\"l\",\"p1\",900]]}", "l-p9");
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[[\"p1\",\"p2\"]]", "") "],"
	    "\"postings\": [" P("p1", "1", "[]", "") "," P("p2", "1", "[]", "") "],"
	    "\"fit\": [[\"l\",\"p1\",899],[\"l\",\"p2\",900]]}", "l-p2");
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[[\"p2\",\"p10\"]]", "") "],"
	    "\"postings\": [" P("p2", "1", "[]", "") "," P("p10", "1", "[]", "") "]}", "l-p10");
}

static void
an_employer_prefers_tier_then_higher_fit_then_the_lottery(void **state)
{
	bool l2_first = lottery_number("s", "l2") < lottery_number("s", "l1");
	(void)state;

	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[[\"l2\"],[\"l1\"]]", "") "], \"fit\": [[\"l1\",\"p\",1000]]}", "l1- l2-p");
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[]", "") "], \"fit\": [[\"l1\",\"p\",1],[\"l2\",\"p\",2]]}", "l1- l2-p");
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[]", "") "]}", l2_first ? "l1- l2-p" : "l1-p l2-");
}

static void
the_unranked_come_last_where_they_are_accepted_and_never_elsewhere(void **state)
{
	(void)state;
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "2", "[[\"l2\"]]", STRICT) "], \"fit\": [[\"l1\",\"p\",1000]]}", "l1- l2-p");
	expect_only("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[[\"l2\"]]", "") "], \"fit\": [[\"l1\",\"p\",1000]]}", "l1- l2-p");
}

static void
a_fixed_pair_takes_its_seat_first_and_cannot_be_claimed(void **state)
{
	struct engine_outcome *out;
	struct instance *in = expect("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"]]", "") ","
	    L("l2", "[[\"q\"],[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[[\"l1\"],[\"l2\"]]", "") "," P("q", "1", "[]", "") "],"
	    "\"fixed\": [[\"l2\",\"p\"]]}", "l1- l2-p", &out);
	(void)state;

	assert_int_equal(out->by[1], ENGINE_FIXED);
	assert_int_equal(out->reason[0], ENGINE_OUTRANKED);
	assert_int_equal(out->at_off[1], 1);
	assert_int_equal(out->at[0].ahead, 0);  /* a fixed pair is nobody's rival in the ranked phase */
	assert_int_equal(out->pool.cutoffs[0].state, ENGINE_SEATS_CLOSED);
	assert_int_equal(out->pool.cutoffs[1].state, ENGINE_SEAT_FREE);
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

static void
whoever_is_not_placed_is_told_why(void **state)
{
	struct engine_outcome *out;
	struct instance *in = expect("{" PLAIN ", \"learners\": ["
	    L("l1", "[[\"p\"],[\"q\"]]", "") "," L("l2", "[[\"p\"]]", "") "," L("l3", "[]", "") ","
	    L("l4", "[[\"r\"]]", "") "," L("l5", "[[\"r\",\"q\"],[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[[\"l2\"],[\"l1\"],[\"l5\"]]", "") ","
	    P("q", "1", "[[\"l1\"],[\"l5\"]]", "") ","
	    P("r", "1", "[]", STRICT) "]}", "l1-q l2-p l3- l4- l5-", &out);
	(void)state;

	assert_int_equal(out->reason[0], ENGINE_PLACED);
	assert_int_equal(out->reason[2], ENGINE_NOTHING_RANKED);
	assert_int_equal(out->reason[3], ENGINE_NOT_ELIGIBLE);
	assert_int_equal(out->reason[4], ENGINE_OUTRANKED);
	/* Only what would have taken her, in her order; l1 ranks p above q, which she got. */
	assert_int_equal(out->at_off[5] - out->at_off[4], 2);
	assert_string_equal(in->posting_ids[out->at[out->at_off[4]].posting], "q");
	assert_int_equal(out->at[out->at_off[4]].ahead, 1);
	assert_string_equal(in->posting_ids[out->at[out->at_off[4] + 1].posting], "p");
	assert_int_equal(out->at[out->at_off[4] + 1].ahead, 2);
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

static void
alone_counts_a_colleges_own_learners_at_its_own_postings(void **state)
{
	struct engine_outcome *out;
	struct instance *in = expect("{" PLAIN ", \"learners\": ["
	    L("l1", "[[\"p\"],[\"q\"]]", ", \"college\": \"c1\"") ","
	    L("l2", "[[\"p\"]]", ", \"college\": \"c2\", \"tier\": 2") ","
	    L("l3", "[[\"q\"]]", ", \"college\": \"c2\"") "," L("l4", "[[\"r\"]]", "") ","
	    L("l5", "[]", ", \"college\": \"c2\"") "],"
	    "\"postings\": [" P("p", "1", "[[\"l2\"],[\"l1\"]]", ", \"college\": \"c1\"") ","
	    P("q", "1", "[]", ", \"college\": \"c2\"") "," P("r", "2", "[]", "") ","
	    P("s", "1", "[]", ", \"college\": \"c3\"") "],"
	    "\"fit\": [[\"l1\",\"q\",5]], \"fixed\": [[\"l5\",\"s\"]]}", "l1-q l2-p l3- l4-r l5-s", &out);
	(void)state;

	assert_int_equal(in->engine.n_colleges, 3);
	assert_int_equal(out->college_alone[0], 1);     /* l1 at p */
	assert_int_equal(out->college_pool[0], 1);
	assert_int_equal(out->college_learners[1], 3);
	assert_int_equal(out->college_alone[1], 2);     /* l3 at q, and the fixed l5 although s is another's */
	assert_int_equal(out->college_pool[1], 2);
	assert_int_equal(out->college_learners[2], 0);
	assert_int_equal(out->placed, 4);
	assert_int_equal(out->n_needs, 3);
	assert_int_equal(out->needs[0], 3);
	assert_int_equal(out->needs[1], 0);
	assert_int_equal(out->needs[2], 1);
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

static void
the_certificate_names_holders_best_first_and_the_worst_key(void **state)
{
	struct engine_outcome *out;
	struct instance *in = expect("{" PLAIN ", \"learners\": ["
	    L("l1", "[[\"p\"]]", "") "," L("l2", "[[\"p\"]]", "") "," L("l3", "[[\"p\"]]", "") "],"
	    "\"postings\": [" P("p", "2", "[[\"l3\"],[\"l1\"]]", "") "], \"fit\": [[\"l1\",\"p\",7]]}",
	    "l1-p l2- l3-p", &out);
	(void)state;

	assert_int_equal(out->pool.slot_off[1], 2);
	assert_int_equal(out->pool.slots[0].learner, 2);
	assert_int_equal(out->pool.slots[1].learner, 0);
	assert_int_equal(out->pool.slots[1].reserve, ENGINE_OPEN_SLOT);
	assert_false(out->pool.slots[1].endowed);
	assert_int_equal(out->pool.cutoffs[0].state, ENGINE_CUT);
	assert_int_equal(out->pool.cutoffs[0].learner, 0);
	assert_int_equal(out->pool.cutoffs[0].tier, 1);
	assert_int_equal(out->pool.cutoffs[0].fit, 7);
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

static void
an_empty_round_is_a_round(void **state)
{
	(void)state;
	expect_only("{" PLAIN "}", "");
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[]", "") "]}", "l-");
	expect_only("{" PLAIN ", \"learners\": [" L("l", "[[\"p\"]]", "") "], \"postings\": ["
	    P("p", "0", "[]", "") "]}", "l-");
}

static void
what_is_not_solved_yet_is_refused_and_never_answered_wrongly(void **state)
{
	static const char *const ASKING[] = {
		"{\"seed\": \"s\"}",
		"{" PLAIN ", \"learners\": [{\"id\": \"l\"}]}",
		"{" PLAIN ", \"postings\": [{\"id\": \"p\", \"capacity\": 1}]}",
		"{" PLAIN ", \"postings\": ["
		    P("p", "1", "[]", ", \"reserves\": [{\"group\": \"g\", \"seats\": 1}]") "]}",
		"{" PLAIN ", \"learners\": [" L("l", "[]", "") "], \"postings\": [" P("p", "1", "[]", "") "],"
		    "\"held\": [[\"l\",\"p\"]]}",
	};
	(void)state;

	for (size_t k = 0; k < COUNT_OF(ASKING); k++) {
		struct instance *in = instance_of(ASKING[k]);
		struct engine_outcome *out = (struct engine_outcome *)&out;
		struct checker_report report;

		assert_int_equal(engine_solve(&in->engine, &out), ENGINE_UNSUPPORTED);
		assert_null(out);
		checker_judge(in, NULL, &report);
		assert_int_equal(report.verdict, CHECKER_UNSUPPORTED);
		instance_destroy(&in);
	}
}

/* Breaks one thing in a sound instance; the engine must notice each. */
static void
expect_bad_input(struct engine_instance broken)
{
	struct engine_outcome *out;

	assert_int_equal(engine_solve(&broken, &out), ENGINE_BAD_INPUT);
	assert_null(out);
}

static void
a_caller_that_breaks_the_shape_is_told(void **state)
{
	struct instance *in = instance_of("{" PLAIN ", \"learners\": [" L("l1", "[[\"p\"],[\"q\"]]", "") "],"
	    "\"postings\": [" P("p", "1", "[[\"l1\"]]", "") ","
	    P("q", "1", "[]", "") "], \"fixed\": [[\"l1\",\"p\"]]}");
	struct engine_instance e;
	const int32_t twice[] = { 0, 0 }, outside[] = { 0, 2 }, negative[] = { -1, 0 }, no_seat[] = { 0, 1 };
	const struct engine_pair pairs[] = { { 0, 1 }, { 0, 1 } };
	const size_t falling[] = { 2, 0 };
	(void)state;

	e = in->engine;
	e.rankings.to = twice;
	expect_bad_input(e);
	e = in->engine;
	e.rankings.to = outside;
	expect_bad_input(e);
	e = in->engine;
	e.rankings.value = negative;
	expect_bad_input(e);
	e = in->engine;
	e.rankings.off = falling;
	expect_bad_input(e);
	e = in->engine;
	e.capacity = negative;
	expect_bad_input(e);
	e = in->engine;
	e.capacity = no_seat;
	expect_bad_input(e);
	e = in->engine;
	e.fixed = pairs;
	e.n_fixed = 2;
	expect_bad_input(e);
	e = in->engine;
	e.n_learners = -1;
	expect_bad_input(e);
	e = in->engine;
	e.learner_college = twice;       /* there is no college 0 */
	expect_bad_input(e);
	instance_destroy(&in);
}

static void
a_large_round_is_solved_and_accepted(void **state)
{
	enum { LEARNERS = 20000, POSTINGS = 4000, RANKED = 10 };
	uint64_t random = sample_seed();
	struct draft *d = draft_new("large", false);
	struct instance *in;
	struct instance_flaw flaw;
	struct engine_outcome *out;
	char id[16], college[8];
	(void)state;

	for (int i = 0; i < LEARNERS; i++) {
		snprintf(id, sizeof id, "l%d", i);
		snprintf(college, sizeof college, "c%d", i % 30);
		draft_learner(d, id, college, i % 3, false);
	}
	for (int j = 0; j < POSTINGS; j++) {
		snprintf(id, sizeof id, "p%d", j);
		snprintf(college, sizeof college, "c%d", j % 30);
		draft_posting(d, id, college, sample_below(&random, 8), sample_below(&random, 2), false, false);
	}
	for (int i = 0; i < LEARNERS; i++) {
		int start = sample_below(&random, POSTINGS), step = 1 + sample_below(&random, POSTINGS / RANKED - 1);

		for (int k = 0; k < RANKED; k++) {
			int j = (start + k * step) % POSTINGS;

			draft_ranking(d, i, sample_below(&random, 9), j);
			draft_fit(d, i, j, sample_below(&random, 1001));
			if (sample_below(&random, 2))
				draft_choice(d, j, sample_below(&random, 50), i);
		}
	}
	assert_int_equal(draft_seal(&d, &in, &flaw), 0);
	out = outcome_of(in);
	assert_string_equal(complaint_about(in, out), "");
	engine_outcome_destroy(&out);
	instance_destroy(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_domain_md_is_stable_and_not_the_lowest_sum_of_ranks),
		cmocka_unit_test(a_learner_prefers_tier_then_higher_fit_then_the_smaller_id),
		cmocka_unit_test(an_employer_prefers_tier_then_higher_fit_then_the_lottery),
		cmocka_unit_test(the_unranked_come_last_where_they_are_accepted_and_never_elsewhere),
		cmocka_unit_test(a_fixed_pair_takes_its_seat_first_and_cannot_be_claimed),
		cmocka_unit_test(whoever_is_not_placed_is_told_why),
		cmocka_unit_test(alone_counts_a_colleges_own_learners_at_its_own_postings),
		cmocka_unit_test(the_certificate_names_holders_best_first_and_the_worst_key),
		cmocka_unit_test(an_empty_round_is_a_round),
		cmocka_unit_test(what_is_not_solved_yet_is_refused_and_never_answered_wrongly),
		cmocka_unit_test(a_caller_that_breaks_the_shape_is_told),
		cmocka_unit_test(a_large_round_is_solved_and_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
