/* SPDX-License-Identifier: Apache-2.0 */
/* Every condition, broken where nothing else is; and whatever bytes come, an answer. */
#include "dice.h"
#include "verifier_play.h"

struct spoilt {
	const char *condition;
	struct {
		const char *path, *value;
	} change[6]; /* mostly one; more where one alone would break something else first */
};

static const char *
condition_of(const struct instance *in, const char *outcome, const struct spoilt *s)
{
	json_t *root = json_loads(outcome, 0, NULL);
	const char *condition;
	char *text;

	assert_non_null(root);
	for (size_t k = 0; k < COUNT_OF(s->change) && s->change[k].path != NULL; k++)
		play_spoil(root, s->change[k].path, s->change[k].value);
	text = json_dumps(root, JSON_COMPACT);
	assert_non_null(text);
	condition = play_judge(in, text, strlen(text));
	free(text);
	json_decref(root);
	return condition;
}

static void
check_all(const char *instance, const struct spoilt *spoilt, size_t n)
{
	struct instance *in = play_instance(instance);
	char *outcome = play_outcome(in);

	assert_string_equal(play_judge(in, outcome, strlen(outcome)), "");
	for (size_t k = 0; k < n; k++) {
		const char *condition = condition_of(in, outcome, &spoilt[k]);

		if (strcmp(condition, spoilt[k].condition) != 0)
			fail_msg("%s = %s breaks \"%s\", not \"%s\"", spoilt[k].change[0].path,
			         spoilt[k].change[0].value == NULL ? "(removed)" : spoilt[k].change[0].value, condition,
			         spoilt[k].condition);
	}
	free(outcome);
	instance_destroy(&in);
}

#define CHECK_ALL(instance, spoilt) check_all(instance, spoilt, COUNT_OF(spoilt))

static void
what_is_not_of_the_shape_is_refused(void **state)
{
	static const struct spoilt ALL[] = {
		{ "shape", { { "objective", NULL } } },
		{ "shape", { { "more", "1" } } },
		{ "shape", { { "objective.placed", "-8" } } },
		{ "shape", { { "objective.placed", "8.0" } } },
		{ "shape", { { "objective.placed", "\"8\"" } } },
		{ "shape", { { "placements[0].by", "\"chosen\"" } } },
		{ "shape", { { "unplaced[0].reason", "\"bad luck\"" } } },
		{ "shape", { { "instance_digest", "\"545fd4b9\"" } } },
		{ "shape", { { "certificate.pool.postings[0].slots[0].endowed", "1" } } },
		{ "shape", { { "certificate.pool.postings[0].cutoffs[1].cutoff", "\"open\"" } } },
		{ "shape", { { "certificate.pool.postings[0].cutoffs[1].cutoff.lottery", "\"5437FF9F2E272915\"" } } },
		{ "shape", { { "certificate.pool.postings[0].cutoffs[1].cutoff.fit", "1001" } } },
		{ "shape", { { "certificate.pool.prices.learners[0][2]", "+1" } } },
		{ "unknown_id", { { "placements[0].learner", "\"zoe\"" } } },
		{ "unknown_id", { { "placements[0].posting", "\"p9\"" } } },
		{ "unknown_id", { { "colleges[0].college", "\"west\"" } } },
		{ "unknown_id", { { "certificate.pool.postings[0].slots[0].reserve", "\"h\"" } } },
		{ "twice", { { "placements[1].learner", "\"ana\"" } } },
		{ "order", { { "placements[0].learner", "\"dee\"" } } },
		{ "price_zero", { { "certificate.pool.prices.learners[0][1]", "0" } } },
		{ "two_slots", { { "certificate.pool.postings[0].slots[2].learner", "\"ana\"" } } },
		{ "kinds", { { "certificate.pool.postings[1].slots[0].reserve", "\"g\"" } } },
		{ "kinds", { { "certificate.pool.postings[0].cutoffs[0]", NULL } } },
		{ "postings", { { "certificate.pool.postings[2]", NULL } } },
		{ "postings", { { "certificate.alone.postings[3].posting", "\"p4\"" } } },
		{ "postings", { { "certificate.alone.postings[3]", NULL } } },
	};

	(void)state;
	CHECK_ALL(PLAY, ALL);
}

static void
an_infeasible_outcome_is_refused(void **state)
{
	static const struct spoilt ALL[] = {
		{ "digest",
		  { { "instance_digest", "\"0000000000000000000000000000000000000000000000000000000000000000\"" } } },
		{ "fixed_pair", { { "placements[7].posting", "\"p5\"" } } },
		{ "fixed_pair", { { "placements[7].by", "\"ranked\"" } } },
		{ "fixed_pair", { { "placements[4].by", "\"fixed\"" } } },
		{ "not_in_run",
		  { { "certificate.alone.placements[0]",
		      "+{\"by\":\"assigned\",\"learner\":\"ana\",\"posting\":\"p3\"}" },
		    { "certificate.alone.placements[1]", NULL } } },
		{ "not_in_run",
		  { { "certificate.alone.placements[2]",
		      "+{\"by\":\"assigned\",\"learner\":\"cho\",\"posting\":\"p3\"}" } } },
		{ "not_in_run", { { "certificate.alone.postings[0].slots[1].learner", "\"dee\"" } } },
		{ "not_in_run",
		  { { "certificate.pool.postings[4].slots[0]",
		      "+{\"endowed\":false,\"learner\":\"hal\",\"reserve\":null}" } } },
		{ "seats",
		  { { "certificate.pool.postings[1].slots[0]",
		      "+{\"endowed\":false,\"learner\":\"jon\",\"reserve\":null}" } } },
		{ "unacceptable",
		  { { "certificate.pool.postings[4].slots[0]",
		      "+{\"endowed\":false,\"learner\":\"kim\",\"reserve\":null}" },
		    { "placements[8]", "+{\"by\":\"ranked\",\"learner\":\"kim\",\"posting\":\"p5\"}" } } },
		{ "unacceptable",
		  { { "certificate.pool.postings[4].slots[0]",
		      "+{\"endowed\":false,\"learner\":\"ida\",\"reserve\":null}" } } },
		{ "placement", { { "placements[3].posting", "\"p2\"" } } },
		{ "placement", { { "placements[3].by", "\"assigned\"" } } },
		{ "placement", { { "placements[4].by", "\"ranked\"" } } },
		{ "placed_once", { { "placements[5]", NULL } } },
		{ "placed_once", { { "unplaced[0]", NULL } } },
		{ "placed_once", { { "unplaced[0]", "+{\"learner\":\"gil\",\"reason\":\"no_seat\"}" } } },
	};

	(void)state;
	CHECK_ALL(PLAY, ALL);
}

static void
slots_and_cutoffs_must_be_those_of_the_rule_of_filling(void **state)
{
	static const struct spoilt ALL[] = {
		{ "filling", { { "certificate.pool.postings[0].slots[1].endowed", "false" } } },
		{ "filling", { { "certificate.pool.postings[0].slots[2].endowed", "true" } } },
		{ "filling", { { "certificate.pool.postings[0].slots[0].reserve", "null" } } },
		{ "blocking_pair", { { "certificate.pool.postings[0].slots[1].reserve", "\"g\"" } } },
		{ "filling",
		  { { "certificate.alone.postings[0].slots[0].learner", "\"bea\"" },
		    { "certificate.alone.postings[0].slots[1].learner", "\"ana\"" } } },
		{ "filling",
		  { { "certificate.pool.postings[0].slots[1].learner", "\"dee\"" },
		    { "certificate.pool.postings[0].slots[2].learner", "\"bea\"" } } },
		{ "cutoff", { { "certificate.pool.postings[0].cutoffs[0].cutoff", "null" } } },
		{ "cutoff", { { "certificate.pool.postings[0].cutoffs[1].cutoff", "\"closed\"" } } },
		{ "cutoff", { { "certificate.pool.postings[0].cutoffs[1].cutoff.learner", "\"bea\"" } } },
		{ "cutoff", { { "certificate.pool.postings[0].cutoffs[1].cutoff.tier", "2" } } },
		{ "cutoff", { { "certificate.pool.postings[0].cutoffs[1].cutoff.fit", "899" } } },
		{ "cutoff", { { "certificate.pool.postings[0].cutoffs[1].cutoff.lottery", "\"5437ff9f2e272914\"" } } },
		{ "cutoff", { { "certificate.pool.postings[2].cutoffs[0].cutoff", "\"closed\"" } } },
		{ "cutoff", { { "certificate.alone.postings[0].cutoffs[1].cutoff.fit", "0" } } },
	};

	(void)state;
	CHECK_ALL(PLAY, ALL);
}

static void
a_learner_passed_over_blocks(void **state)
{
	static const struct spoilt ALL[] = {
		/* dee's open seat is given to jon, whom she outranks; he is placed in her stead */
		{ "blocking_pair",
		  { { "certificate.pool.postings[0].slots[2].learner", "\"jon\"" },
		    { "placements[3]", NULL },
		    { "placements[7]", "+{\"by\":\"ranked\",\"learner\":\"jon\",\"posting\":\"p1\"}" },
		    { "unplaced[1]", NULL },
		    { "unplaced[0]",
		      "+{\"learner\":\"dee\",\"reason\":\"outranked\",\"at\":[{\"posting\":\"p1\",\"ahead\":0}]}" } } },
		/* cho is not given the seat that she held, but one that she ranked lower than nothing */
		{ "endowment_lost", { { "certificate.pool.postings[1].slots[0]", NULL }, { "placements[2]", NULL } } },
		{ "endowment_lost", { { "certificate.pool.postings[2].slots[0]", NULL } } },
	};

	(void)state;
	CHECK_ALL(PLAY, ALL);
}

static void
prices_must_prove_the_assignment(void **state)
{
	static const struct spoilt ALL[] = {
		{ "price_exact", { { "certificate.pool.prices.learners[0][1]", "12692" } } },
		{ "price_cover", { { "certificate.pool.prices.learners[0][1]", "12690" } } },
		{ "price_exact", { { "certificate.pool.prices.postings[1][1]", "1200111" } } },
		{ "price_cover", { { "certificate.pool.prices.postings[1][1]", "1200109" } } },
		{ "price_cover", { { "certificate.pool.prices.postings[0][1]", "1199479" } } },
		{ "price_seatless", { { "certificate.pool.prices.postings[0][1]", "1199481" } } },
		{ "price_seatless", { { "certificate.pool.prices.postings[1]", "+[\"p2\",5]" } } },
		{ "price_free_seat",
		  { { "certificate.alone.prices.postings[1]", "+[\"p3\",5]" },
		    { "certificate.alone.prices.learners[0][1]", "1176793" } } },
		{ "price_unplaced", { { "certificate.pool.prices.learners[0]", "+[\"ana\",5]" } } },
		{ "price_unplaced", { { "certificate.pool.prices.learners[3]", "+[\"leo\",1]" } } },
		{ "not_open", { { "placements[4].posting", "\"p5\"" } } },
		{ "not_open", { { "placements[4].posting", "\"p1\"" } } },
		{ "not_open",
		  { { "unplaced[0]", NULL },
		    { "placements[8]", "+{\"by\":\"assigned\",\"learner\":\"ida\",\"posting\":\"p5\"}" } } },
	};

	(void)state;
	CHECK_ALL(PLAY, ALL);
}

static void
endowments_and_what_is_told_must_be_right(void **state)
{
	static const struct spoilt ALL[] = {
		{ "endowments", { { "endowments[0]", NULL } } },
		{ "endowments", { { "endowments[0][1]", "\"p2\"" } } },
		{ "endowments", { { "endowments[4]", "+[\"fay\",\"p5\"]" } } },
		{ "reason", { { "unplaced[0].reason", "\"not_eligible\"" } } },
		{ "reason", { { "unplaced[2].reason", "\"nothing_ranked\"" } } },
		{ "reason", { { "unplaced[3].reason", "\"not_eligible\"" } } },
		{ "at", { { "unplaced[1].reason", "\"no_seat\"" } } },
		{ "at", { { "unplaced[1].at", NULL } } },
		{ "at", { { "unplaced[1].at[0]", NULL } } },
		{ "at", { { "unplaced[1].at[0].posting", "\"p2\"" } } },
		{ "at", { { "unplaced[1].at[1]", "+{\"posting\":\"p2\",\"ahead\":0}" } } },
		{ "ahead", { { "unplaced[1].at[0].ahead", "2" } } },
		{ "ahead", { { "unplaced[1].at[0].ahead", "4" } } },
		{ "colleges", { { "colleges[0].alone", "3" } } },
		{ "colleges", { { "colleges[0].pool", "5" } } },
		{ "colleges", { { "colleges[1].learners", "4" } } },
		{ "colleges", { { "colleges[1]", NULL } } },
		{ "objective", { { "objective.placed", "7" } } },
		{ "objective", { { "objective.fit", "1451" } } },
		{ "objective", { { "objective.tiers[0]", "5" } } },
		{ "objective", { { "objective.tiers[3]", "+0" } } },
		{ "objective", { { "objective.tiers[2]", NULL } } },
	};

	(void)state;
	CHECK_ALL(PLAY, ALL);
}

/* Two learners want each other's seat, and each posting prefers its own: stable either way, but only one is theirs. */
static void
a_stable_outcome_that_is_not_the_learners_best_is_refused(void **state)
{
	static const char TWO[] =
	    "{\"seed\":\"s\",\"guarantee\":false,\"learners\":[{\"id\":\"l1\",\"ranking\":[[\"p1\"],[\"p2\"]]},"
	    "{\"id\":\"l2\",\"ranking\":[[\"p2\"],[\"p1\"]]}],\"postings\":[{\"id\":\"p1\",\"capacity\":1,"
	    "\"ranking\":[[\"l2\"],[\"l1\"]]},{\"id\":\"p2\",\"capacity\":1,\"ranking\":[[\"l1\"],[\"l2\"]]}]}";
	struct instance *in = play_instance(TWO);
	char *outcome = play_outcome(in), lottery[2][17];
	json_t *root = json_loads(outcome, 0, NULL);
	char *text;

	(void)state;
	assert_string_equal(play_judge(in, outcome, strlen(outcome)), "");
	for (int k = 0; k < 2; k++)
		snprintf(lottery[k], sizeof lottery[k], "%016llx", (unsigned long long)in->engine.lottery[k]);
	for (int k = 0; k < 2; k++) {
		json_t *posting = json_array_get(
		    json_object_get(json_object_get(json_object_get(root, "certificate"), "pool"), "postings"),
		    (size_t)k);
		json_t *slot = json_array_get(json_object_get(posting, "slots"), 0);
		json_t *cut = json_object_get(json_array_get(json_object_get(posting, "cutoffs"), 0), "cutoff");
		json_t *placement = json_array_get(json_object_get(root, "placements"), (size_t)k);

		json_object_set_new(slot, "learner", json_string(k == 0 ? "l2" : "l1"));
		json_object_set_new(cut, "learner", json_string(k == 0 ? "l2" : "l1"));
		json_object_set_new(cut, "lottery", json_string(lottery[1 - k]));
		json_object_set_new(cut, "tier", json_integer(0));
		json_object_set_new(placement, "posting", json_string(k == 0 ? "p2" : "p1"));
	}
	text = json_dumps(root, JSON_COMPACT);
	assert_string_equal(play_judge(in, text, strlen(text)), "not_best_for_learners");
	free(text);
	json_decref(root);
	free(outcome);
	instance_destroy(&in);
}

static void
blanks_and_the_order_of_keys_are_free(void **state)
{
	struct instance *in = play_instance(PLAY);
	char *outcome = play_outcome(in), *text;
	json_t *root = json_loads(outcome, 0, NULL), *turned = json_object(), *value;
	static const char *const KEYS[] = { "unplaced",   "placements", "objective",  "instance_digest",
		                            "endowments", "colleges",   "certificate" };

	(void)state;
	for (size_t k = 0; k < COUNT_OF(KEYS); k++) {
		value = json_object_get(root, KEYS[k]);
		assert_int_equal(json_object_set(turned, KEYS[k], value), 0);
	}
	text = json_dumps(turned, JSON_INDENT(3) | JSON_ENSURE_ASCII);
	assert_string_equal(play_judge(in, text, strlen(text)), "");
	free(text);
	json_decref(turned);
	json_decref(root);
	free(outcome);
	instance_destroy(&in);
}

/* Bytes overwritten, cut off or doubled anywhere: always an answer, and never yes unless nothing is said otherwise. */
static void
any_bytes_get_an_answer(void **state)
{
	struct instance *in = play_instance(PLAY);
	char *outcome = play_outcome(in);
	size_t size = strlen(outcome);
	char *text = malloc(2 * size);
	uint64_t random = 20261121;

	(void)state;
	assert_non_null(text);
	for (size_t n = 0; n < size; n++)
		assert_string_not_equal(play_judge(in, outcome, n), "");
	for (int n = 0; n < 5000; n++) {
		size_t at = dice_roll(&random) % size, many = 1 + dice_roll(&random) % 8;
		char byte = outcome[dice_roll(&random) % size];

		memcpy(text, outcome, size);
		memset(text + at, byte, many < size - at ? many : size - at);
		if (memcmp(text, outcome, size) != 0)
			assert_string_not_equal(play_judge(in, text, size), "");
	}
	for (int n = 0; n < 2000; n++) {
		size_t at = dice_roll(&random) % size;

		memcpy(text, outcome, at);
		memcpy(text + at, outcome + size / 2, size - size / 2);
		if (at != size / 2)
			assert_string_not_equal(play_judge(in, text, at + size - size / 2), "");
	}
	free(text);
	free(outcome);
	instance_destroy(&in);
}

/* A megabyte of one thing, deep or long, ends soon. */
static void
large_nonsense_is_refused(void **state)
{
	static const char *const PIECES[] = { "[",
		                              "{\"placements\":",
		                              "{\"placements\":[",
		                              "\"",
		                              "1",
		                              " ",
		                              "\\",
		                              "[[],",
		                              "{\"unplaced\":[{\"learner\":\"ana\",\"reason\":\"no_seat\"}," };
	struct instance *in = play_instance(PLAY);
	char *text = malloc(MiB + 64);

	(void)state;
	assert_non_null(text);
	for (size_t k = 0; k < COUNT_OF(PIECES); k++) {
		size_t n = 0, size = strlen(PIECES[k]);

		while (n + size <= MiB) {
			memcpy(text + n, PIECES[k], size);
			n += size;
		}
		assert_string_not_equal(play_judge(in, text, n), "");
	}
	free(text);
	instance_destroy(&in);
}

static void
an_empty_round_is_judged_too(void **state)
{
	static const char EMPTY[] = "{\"seed\":\"s\",\"learners\":[],\"postings\":[]}";
	static const struct spoilt ALL[] = { { "objective", { { "objective.tiers[0]", "+0" } } },
		                             { "unknown_id", { { "endowments[0]", "+[\"a\",\"b\"]" } } } };

	(void)state;
	CHECK_ALL(EMPTY, ALL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_of_the_shape_is_refused),
		cmocka_unit_test(an_infeasible_outcome_is_refused),
		cmocka_unit_test(slots_and_cutoffs_must_be_those_of_the_rule_of_filling),
		cmocka_unit_test(a_learner_passed_over_blocks),
		cmocka_unit_test(prices_must_prove_the_assignment),
		cmocka_unit_test(endowments_and_what_is_told_must_be_right),
		cmocka_unit_test(a_stable_outcome_that_is_not_the_learners_best_is_refused),
		cmocka_unit_test(blanks_and_the_order_of_keys_are_free),
		cmocka_unit_test(any_bytes_get_an_answer),
		cmocka_unit_test(large_nonsense_is_refused),
		cmocka_unit_test(an_empty_round_is_judged_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
