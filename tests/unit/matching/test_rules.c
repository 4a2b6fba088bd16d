/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a round and the small decisions, without anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules.h"

static void
a_round_goes_its_way_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(round_after(ROUND_OPENED, ROUND_EVENT_FREEZE), ROUND_FROZEN);
	assert_int_equal(round_after(ROUND_FROZEN, ROUND_EVENT_SOLVE), ROUND_SOLVED);
	assert_int_equal(round_after(ROUND_SOLVED, ROUND_EVENT_PUBLISH), ROUND_PUBLISHED);
	assert_int_equal(round_after(ROUND_PUBLISHED, ROUND_EVENT_CLOSE), ROUND_CLOSED);
	assert_int_equal(round_after(ROUND_FROZEN, ROUND_EVENT_PUBLISH), ROUND_UNKNOWN);
	assert_int_equal(round_after(ROUND_OPENED, ROUND_EVENT_SOLVE), ROUND_UNKNOWN);
	assert_int_equal(round_after(ROUND_PUBLISHED, ROUND_EVENT_SOLVE), ROUND_UNKNOWN);
}

static void
nothing_leaves_a_closed_or_withdrawn_round(void **state)
{
	(void)state;
	for (int e = ROUND_EVENT_FREEZE; e <= ROUND_EVENT_CALL_OFF; e++) {
		assert_int_equal(round_after(ROUND_CLOSED, (enum round_event)e), ROUND_UNKNOWN);
		assert_int_equal(round_after(ROUND_WITHDRAWN, (enum round_event)e), ROUND_UNKNOWN);
	}
}

static void
who_leaves_makes_a_solution_void(void **state)
{
	(void)state;
	assert_int_equal(round_after(ROUND_SOLVED, ROUND_EVENT_LEAVE), ROUND_FROZEN);
	assert_int_equal(round_after(ROUND_FROZEN, ROUND_EVENT_LEAVE), ROUND_FROZEN);
	assert_int_equal(round_after(ROUND_OPENED, ROUND_EVENT_LEAVE), ROUND_UNKNOWN);
	assert_int_equal(round_after(ROUND_PUBLISHED, ROUND_EVENT_LEAVE), ROUND_PUBLISHED);
}

/* What a refusal says is allowed is what the table allows. */
static void
states_in_words_are_those_of_the_table(void **state)
{
	(void)state;
	for (int e = ROUND_EVENT_FREEZE; e <= ROUND_EVENT_CALL_OFF; e++) {
		char words[100] = "";
		for (int s = ROUND_OPENED; s <= ROUND_WITHDRAWN; s++) {
			if (round_after((enum round_state)s, (enum round_event)e) == ROUND_UNKNOWN)
				continue;
			strcat(words, words[0] == '\0' ? "" : "|");
			strcat(words, round_state_to_text((enum round_state)s));
		}
		assert_string_equal(words, round_states_for((enum round_event)e));
	}
}

static void
a_state_is_read_back_from_its_word(void **state)
{
	(void)state;
	for (int s = ROUND_OPENED; s <= ROUND_WITHDRAWN; s++)
		assert_int_equal(round_state_from_text(round_state_to_text((enum round_state)s)), s);
	assert_int_equal(round_state_from_text("unknown"), ROUND_UNKNOWN);
	assert_int_equal(round_state_from_text(""), ROUND_UNKNOWN);
}

static void
weights_are_whole_and_not_all_nothing(void **state)
{
	struct fit_weights w;

	(void)state;
	assert_true(round_weights(0, 0, 0, &w));
	assert_int_equal(w.competencies, 5);
	assert_int_equal(w.distance, 3);
	assert_int_equal(w.hours, 2);
	assert_true(round_weights(0, 1000, 0, &w));
	assert_int_equal(w.distance, 1000);
	assert_false(round_weights(0, 1001, 0, &w));
	assert_false(round_weights(UINT32_MAX, 1, 1, &w));
}

static void
who_needs_a_place_most_comes_first_then_the_lottery(void **state)
{
	struct offer offers[] = {
		{ 1, 0, "A", 0, 1 }, { 0, 1, "B", 1, 1 }, { 0, 2, "C", 0, 9 }, { 0, 3, "D", 0, 2 }, { 0, 4, "E", 0, 9 },
	};
	const char expected[] = "DCEBA";

	(void)state;
	offers_sort(offers, COUNT_OF(offers));
	for (size_t i = 0; i < COUNT_OF(offers); i++)
		assert_int_equal(offers[i].learner[0], expected[i]);
}

static void
a_reference_is_a_college_and_an_id(void **state)
{
	(void)state;
	assert_true(reference_is_sound("cegep-x/p1"));
	assert_false(reference_is_sound("p1"));
	assert_false(reference_is_sound("/p1"));
	assert_false(reference_is_sound("a/"));
	assert_false(reference_is_sound("a/b/c"));
	assert_false(reference_is_sound("a|b/c"));
	assert_false(reference_is_sound(""));
	assert_true(reference_is_of("cegep/p1", "cegep"));
	assert_false(reference_is_of("cegep-x/p1", "cegep"));
	assert_false(reference_is_of("cegep", "cegep"));
}

static void
each_reason_has_its_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LEFT_OUT_BITS; i++)
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(left_out_to_text(1u << i), left_out_to_text(1u << k));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_goes_its_way_and_no_other),
		cmocka_unit_test(nothing_leaves_a_closed_or_withdrawn_round),
		cmocka_unit_test(who_leaves_makes_a_solution_void),
		cmocka_unit_test(states_in_words_are_those_of_the_table),
		cmocka_unit_test(a_state_is_read_back_from_its_word),
		cmocka_unit_test(weights_are_whole_and_not_all_nothing),
		cmocka_unit_test(who_needs_a_place_most_comes_first_then_the_lottery),
		cmocka_unit_test(a_reference_is_a_college_and_an_id),
		cmocka_unit_test(each_reason_has_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
