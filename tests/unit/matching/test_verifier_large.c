/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds so large that the verifier goes side by side, sorts, and has many ties; and what no other test can break. */
#include "dice.h"
#include "verifier/judge.h"
#include "verifier_play.h"

enum { LEARNERS = 3000, POSTINGS = 40 };

/* Everybody ranks some of a few postings, most of them the first; half of the learners are not assignable. */
static struct instance *
crowd(void)
{
	static const char *const COLLEGES[] = { "c1", "c2", "c3" };
	struct draft *d = draft_new("crowd", true);
	struct instance_flaw flaw;
	struct instance *in;
	uint64_t random = 7;
	char id[16];

	assert_true(sodium_init() >= 0);
	assert_non_null(d);
	for (int i = 0; i < LEARNERS; i++) {
		snprintf(id, sizeof id, "l%04d", i);
		assert_int_equal(draft_learner(d, id, COLLEGES[i % 3], i % 4, i % 2 == 0), i);
		if (i % 5 == 0)
			draft_group(d, i, "g");
	}
	for (int j = 0; j < POSTINGS; j++) {
		snprintf(id, sizeof id, "p%02d", j);
		assert_int_equal(draft_posting(d, id, COLLEGES[j % 3], j == 0 ? 300 : 20, true, j % 3 != 0, j % 4 == 0),
		                 j);
		if (j % 2 == 0)
			draft_reserve(d, j, "g", 5);
	}
	for (int i = 0; i < LEARNERS; i++) {
		int tier = 0;

		for (int j = 0; j < POSTINGS; j++) {
			if (j > 0 && dice_roll(&random) % 8 != 0)
				continue;
			draft_ranking(d, i, tier++, j);
			if (dice_roll(&random) % 2 == 0)
				draft_fit(d, i, j, (int64_t)(dice_roll(&random) % 4) * 250);
		}
	}
	if (draft_seal(&d, &in, &flaw) != 0)
		fail_msg("%s: %s", flaw.code, flaw.text);
	return in;
}

static void
check_crowd(const struct instance *in)
{
	char *outcome = play_outcome(in), *text;
	json_t *root = json_loads(outcome, 0, NULL);
	size_t n = json_array_size(json_object_get(root, "unplaced")), outranked = 0;

	assert_string_equal(play_judge(in, outcome, strlen(outcome)), "");
	for (size_t k = 0; k < n; k++) {
		json_t *row = json_array_get(json_object_get(root, "unplaced"), k);
		json_t *at = json_array_get(json_object_get(row, "at"), 0), *ahead = json_object_get(at, "ahead");

		if (ahead == NULL || outranked++ % 64 != 0)
			continue;
		json_integer_set(ahead, json_integer_value(ahead) + 1);
		text = json_dumps(root, JSON_COMPACT);
		assert_string_equal(play_judge(in, text, strlen(text)), "ahead");
		free(text);
		json_integer_set(ahead, json_integer_value(ahead) - 1);
	}
	assert_true(outranked > 300);
	json_decref(root);
	free(outcome);
}

static void
a_crowd_is_counted_rightly(void **state)
{
	struct instance *in = crowd();

	(void)state;
	check_crowd(in);
	instance_destroy(&in);
}

/* Equal lottery numbers are as good as impossible, but not quite: ids decide then, and the lower half before them. */
static void
ties_in_the_lottery_are_broken_by_id(void **state)
{
	struct instance *in = crowd();
	uint64_t *lottery = (uint64_t *)(uintptr_t)in->engine.lottery;

	(void)state;
	for (int i = 0; i < LEARNERS; i++)
		lottery[i] = (lottery[i] >> 61 << 32) | (lottery[i] & 15);
	check_crowd(in);
	instance_destroy(&in);
}

/* What is told first does not depend on which thread was faster: the solo runs before the pool before the rest. */
static void
the_first_violation_is_always_the_same(void **state)
{
	struct instance *in = crowd();
	char *outcome = play_outcome(in), *text;
	json_t *root = json_loads(outcome, 0, NULL);

	(void)state;
	for (int wrong = 0; wrong < 3; wrong++) {
		static const char *const FIRST[] = { "objective", "price_unplaced", "cutoff" };

		if (wrong == 0)
			play_spoil(root, "objective.placed", "1");
		else if (wrong == 1)
			play_spoil(root, "certificate.pool.prices.learners[0]", "+[\"l0001\",1]");
		else
			play_spoil(root, "certificate.alone.postings[0].cutoffs[0].cutoff", "null");
		text = json_dumps(root, JSON_COMPACT);
		for (int n = 0; n < 10; n++)
			assert_string_equal(play_judge(in, text, strlen(text)), FIRST[wrong]);
		free(text);
	}
	json_decref(root);
	free(outcome);
	instance_destroy(&in);
}

/* The guarantee follows from what is judged before it, so only its own judge can see it broken. */
static void
the_guarantee_is_judged_by_itself(void **state)
{
	struct instance *in = play_instance(PLAY);
	char *outcome = play_outcome(in);
	struct verifier_report report;
	struct claim *claim;
	struct judge v = { .in = in, .e = &in->engine, .report = &report };

	(void)state;
	assert_int_equal(claim_read(in, outcome, strlen(outcome), &claim, &report), 0);
	v.claim = claim;
	assert_true(judge_guarantee(&v));
	claim->colleges[0].pool = 1;
	assert_false(judge_guarantee(&v));
	assert_string_equal(report.condition, "college_worse");
	report.verdict = VERIFIER_ACCEPTED;
	claim->pool.by[0] = CLAIM_NOWHERE;
	claim->pool.posting[0] = ENGINE_NONE;
	assert_false(judge_guarantee(&v));
	assert_string_equal(report.condition, "worse_than_alone");
	claim_destroy(&claim);
	free(outcome);
	instance_destroy(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowd_is_counted_rightly),
		cmocka_unit_test(ties_in_the_lottery_are_broken_by_id),
		cmocka_unit_test(the_first_violation_is_always_the_same),
		cmocka_unit_test(the_guarantee_is_judged_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
