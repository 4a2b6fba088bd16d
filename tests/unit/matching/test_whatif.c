/* SPDX-License-Identifier: Apache-2.0 */
/* What if: nothing changed is the same round, and the difference agrees with the outcomes that it compares. */
#include "sample_round.h"

#include <sodium.h>

#include "base/compiler.h"
#include "whatif.h"

enum { RANDOM_ROUNDS = 300 };

/* Everything that an instance can hold, with a pair across colleges and somebody without one. */
static const char full[] =
    "{\"seed\": \"what if\", \"learners\": ["
    "{\"id\": \"a1\", \"college\": \"c1\", \"ranking\": [[\"p1\"], [\"q1\", \"q2\"]], \"groups\": [\"g1\", \"g2\"], \"tier\": 3},"
    "{\"id\": \"a2\", \"college\": \"c1\", \"ranking\": [[\"p1\"]], \"assignable\": false},"
    "{\"id\": \"a3\", \"college\": \"c1\", \"ranking\": [[\"q1\"], [\"p2\"]]},"
    "{\"id\": \"b1\", \"college\": \"c2\", \"ranking\": [[\"q1\"]], \"groups\": [\"g2\"]},"
    "{\"id\": \"b2\", \"college\": \"c2\"}, {\"id\": \"b3\", \"college\": \"c2\"},"
    "{\"id\": \"n1\", \"ranking\": [[\"q2\"], [\"p1\"]]}],"
    "\"postings\": ["
    "{\"id\": \"p1\", \"college\": \"c1\", \"capacity\": 2, \"ranking\": [[\"a2\"], [\"a1\", \"n1\"]],"
    " \"reserves\": [{\"group\": \"g2\", \"seats\": 1}, {\"group\": \"g1\", \"seats\": 0}], \"reserve_order\": \"last\"},"
    "{\"id\": \"p2\", \"college\": \"c1\", \"capacity\": 1, \"accepts_unranked\": false, \"ranking\": [[\"a3\"]]},"
    "{\"id\": \"q1\", \"college\": \"c2\", \"capacity\": 2, \"assignable\": false},"
    "{\"id\": \"q2\", \"college\": \"c2\", \"capacity\": 1}, {\"id\": \"r1\", \"capacity\": 1}],"
    "\"fit\": [[\"b2\", \"r1\", 700], [\"b2\", \"p1\", 3], [\"a2\", \"p1\", 1000], [\"n1\", \"q2\", 0]],"
    "\"fixed\": [[\"b3\", \"p1\"]], \"held\": [[\"a3\", \"q1\"]]}";

static struct instance *
change(const struct instance *in, const struct whatif_change *c)
{
	struct instance_flaw flaw = { .code = NULL };
	struct instance *out;

	if (whatif_instance(in, c, &out, &flaw) != 0)
		fail_msg("%s", flaw.text);
	return out;
}

static void
assert_same_after(const struct instance *in, const struct whatif_change *none)
{
	struct instance *out = change(in, none);
	char *before = text_of_instance(in), *after = text_of_instance(out);

	assert_string_equal(before, after);
	free(before);
	free(after);
	instance_destroy(&out);
}

static void
no_change_is_the_same_instance(void **state)
{
	const struct whatif_seats same[] = {
		{ "p1", true, 0 }, { "q2", false, 1 }, { "r1", true, 2 }, { "r1", true, -2 }
	};
	const struct whatif_change none = { .seats = same, .n_seats = COUNT_OF(same) }, nothing = { .n_seats = 0 };
	struct instance *in = instance_of(full);
	uint64_t random = dice_seed();

	(void)state;
	assert_same_after(in, &none);
	instance_destroy(&in);
	for (int k = 0; k < RANDOM_ROUNDS; k++) {
		struct sample s = sample_new(&random);
		in = sample_instance(&s);
		assert_same_after(in, &nothing);
		instance_destroy(&in);
	}
}

static void
compare(const struct instance *in, const struct whatif_change *c)
{
	struct instance *changed = change(in, c);
	struct engine_outcome *before = outcome_of(in), *after = outcome_of(changed);
	struct whatif *w = whatif_compare(in, before, changed, after);
	int32_t placed = 0;

	assert_non_null(w);
	assert_string_equal(complaint_about(changed, after), "");
	assert_int_equal(w->all.learners, in->engine.n_learners);
	assert_int_equal(w->all.before, before->placed);
	for (size_t k = 0; k < w->n_rows; k++) {
		const struct whatif_row *row = &w->rows[k];
		placed += row->after;
		assert_int_equal(row->after - row->before, row->of_kind[WHATIF_GAINS] - row->of_kind[WHATIF_LOSES]);
		if (row->college == ENGINE_NONE)
			continue;
		assert_int_equal(row->learners, before->college_learners[row->college]);
		assert_int_equal(row->alone, before->college_alone[row->college]);
		assert_int_equal(row->before, before->college_pool[row->college]);
		if (c->without_college != NULL && strcmp(in->college_ids[row->college], c->without_college) == 0)
			assert_int_equal(row->after, row->alone);
	}
	assert_int_equal(placed, w->all.after);
	if (c->without_college == NULL)
		assert_int_equal(placed, after->placed);
	whatif_destroy(&w);
	engine_outcome_destroy(&before);
	engine_outcome_destroy(&after);
	instance_destroy(&changed);
}

static void
the_difference_agrees_with_both_outcomes(void **state)
{
	const struct whatif_seats fewer[] = { { "p1", false, 1 }, { "q1", true, -1 } };
	const struct whatif_change changes[] = {
		{ .without_college = "c1" },
		{ .without_college = "c2" },
		{ .without_guarantee = true },
		{ .seats = fewer, .n_seats = COUNT_OF(fewer) },
		{ .without_college = "c2", .without_guarantee = true, .seats = fewer, .n_seats = 1 },
	};
	struct instance *in = instance_of(full);

	(void)state;
	for (size_t k = 0; k < COUNT_OF(changes); k++)
		compare(in, &changes[k]);
	instance_destroy(&in);
}

static void
the_difference_agrees_on_random_rounds(void **state)
{
	uint64_t random = dice_seed();

	(void)state;
	for (int k = 0; k < RANDOM_ROUNDS; k++) {
		struct sample s = sample_new(&random);
		struct instance *in = sample_instance(&s);
		struct whatif_seats more = { in->engine.n_postings > 0 ? in->posting_ids[0] : "", true, 1 };
		struct whatif_change c = { .without_guarantee = dice_below(&random, 2) };
		c.seats = &more;
		c.n_seats = in->engine.n_postings > 0 && dice_below(&random, 2);
		if (in->engine.n_colleges > 0 && c.n_seats == 0)
			c.without_college = in->college_ids[dice_below(&random, in->engine.n_colleges)];
		compare(in, &c);
		instance_destroy(&in);
	}
}

static void
pairs_across_the_border_take_their_seats_along(void **state)
{
	const struct whatif_change change_1 = { .without_college = "c1" }, change_2 = { .without_college = "c2" };
	struct instance *in = instance_of(full), *without_1 = change(in, &change_1), *without_2 = change(in, &change_2);

	(void)state;
	/* a3 of c1 holds a seat at q1 of c2; b3 of c2 is fixed at p1 of c1. */
	assert_int_equal(without_1->engine.n_learners, 3); /* b1, b2, n1 */
	assert_int_equal(without_1->engine.capacity[0], 1);
	assert_int_equal(without_2->engine.n_learners, 3); /* a1, a2, n1 */
	assert_int_equal(without_2->engine.capacity[0], 1);
	assert_int_equal(without_1->engine.n_fixed + without_1->engine.n_held + without_2->engine.n_fixed, 0);
	instance_destroy(&in);
	instance_destroy(&without_1);
	instance_destroy(&without_2);
}

static void
what_cannot_be_changed_is_refused_in_both_languages(void **state)
{
	static const struct {
		struct whatif_seats seats;
		const char *college, *code, *named;
	} refused[] = {
		{ { "p1", false, 1 }, "c9", "unknown_id", "c9" },
		{ { "p9", false, 1 }, NULL, "unknown_id", "p9" },
		{ { "p1", false, 3 }, "c1", "unknown_id", "p1" },
		{ { "p1", false, 0 }, NULL, "out_of_range", "p1" },
		{ { "p1", true, -2 }, NULL, "out_of_range", "p1" },
		{ { "p1", true, INT64_MIN }, NULL, "out_of_range", "p1" },
		{ { "p1", true, INT32_MAX }, NULL, "out_of_range", "p1" },
		{ { "p1", false, INT64_MAX }, NULL, "out_of_range", "p1" },
	};
	struct instance *in = instance_of(full), *out;

	(void)state;
	for (size_t k = 0; k < COUNT_OF(refused); k++) {
		struct whatif_change c = { .without_college = refused[k].college,
			                   .seats = &refused[k].seats,
			                   .n_seats = 1 };
		struct instance_flaw flaw = { .code = NULL };
		assert_int_equal(whatif_instance(in, &c, &out, &flaw), -1);
		assert_null(out);
		assert_string_equal(flaw.code, refused[k].code);
		assert_non_null(strstr(flaw.text, refused[k].named));
		assert_non_null(strstr(flaw.text_fr, refused[k].named));
	}
	instance_destroy(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_change_is_the_same_instance),
		cmocka_unit_test(the_difference_agrees_with_both_outcomes),
		cmocka_unit_test(the_difference_agrees_on_random_rounds),
		cmocka_unit_test(pairs_across_the_border_take_their_seats_along),
		cmocka_unit_test(what_cannot_be_changed_is_refused_in_both_languages),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("matching what if", tests, NULL, NULL);
}
