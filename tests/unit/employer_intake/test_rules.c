/* SPDX-License-Identifier: Apache-2.0 */
/* The pure part: states and moves of a posting, and lists of ranked learners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bassin/v1/employer.pb-c.h"
#include "rules.h"

static void
states_have_the_numbers_of_the_message_and_a_text_of_their_own(void **state)
{
	(void)state;
	assert_int_equal(STATE_DRAFT, BASSIN__V1__POSTING_STATE__POSTING_DRAFT);
	assert_int_equal(STATE_OPEN, BASSIN__V1__POSTING_STATE__POSTING_OPEN);
	assert_int_equal(STATE_PAUSED, BASSIN__V1__POSTING_STATE__POSTING_PAUSED);
	assert_int_equal(STATE_FILLED, BASSIN__V1__POSTING_STATE__POSTING_FILLED);
	assert_int_equal(STATE_CLOSED, BASSIN__V1__POSTING_STATE__POSTING_CLOSED);
	assert_int_equal(STATE_WITHDRAWN, BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN);
	for (int s = STATE_NONE + 1; s < STATE_COUNT; s++)
		assert_int_equal(posting_state_from_text(posting_state_to_text((enum posting_state)s)), s);
	assert_int_equal(posting_state_from_text(""), STATE_NONE);
	assert_string_equal(posting_state_to_text((enum posting_state)77), "");
	assert_false(posting_state_may_be_fed((enum posting_state)77));
}

static void
nothing_leaves_withdrawn_and_nothing_stays_where_it_is(void **state)
{
	(void)state;
	for (int s = STATE_NONE; s < STATE_COUNT; s++) {
		for (int who = MOVER_COLLEGE; who <= MOVER_SEATS; who++) {
			enum posting_state to = (enum posting_state)s;
			assert_false(posting_may_move(STATE_WITHDRAWN, to, (enum posting_mover)who));
			assert_false(posting_may_move(to, to, (enum posting_mover)who));
		}
	}
	assert_false(posting_may_move(STATE_OPEN, STATE_FILLED, MOVER_COLLEGE));
	assert_false(posting_may_move(STATE_PAUSED, STATE_FILLED, MOVER_SEATS));
}

static void
seats_move_only_between_open_and_filled(void **state)
{
	(void)state;
	assert_int_equal(posting_state_for_seats(STATE_OPEN, 2, 2), STATE_FILLED);
	assert_int_equal(posting_state_for_seats(STATE_OPEN, 2, 3), STATE_FILLED);
	assert_int_equal(posting_state_for_seats(STATE_OPEN, 2, 1), STATE_OPEN);
	assert_int_equal(posting_state_for_seats(STATE_FILLED, 2, 1), STATE_OPEN);
	assert_int_equal(posting_state_for_seats(STATE_FILLED, 2, 2), STATE_FILLED);
	assert_int_equal(posting_state_for_seats(STATE_PAUSED, 2, 2), STATE_PAUSED);
	assert_int_equal(posting_state_for_seats(STATE_CLOSED, 2, 0), STATE_CLOSED);
	assert_int_equal(posting_state_for_seats(STATE_WITHDRAWN, 2, 2), STATE_WITHDRAWN);
}

static void
what_may_move_is_told_from_the_same_table(void **state)
{
	struct arena *a = arena_new(4096), *none = arena_new(1);

	(void)state;
	assert_string_equal(posting_moves_to(STATE_OPEN, MOVER_COLLEGE, a), "draft|paused|closed");
	assert_string_equal(posting_moves_to(STATE_WITHDRAWN, MOVER_COLLEGE, a), "draft|open|paused|filled");
	assert_string_equal(posting_moves_to(STATE_DRAFT, MOVER_COLLEGE, a), "");
	assert_null(posting_moves_to(STATE_OPEN, MOVER_COLLEGE, none));
	arena_destroy(&a);
	arena_destroy(&none);
}

static void
lists_are_compared_by_what_they_say(void **state)
{
	struct ranked x[] = { { 2, "b" }, { 1, "z" }, { 2, "a" } }, y[] = { { 1, "z" }, { 2, "a" }, { 2, "b" } };
	struct ranking a = { "i", "p", x, 3, 1 }, b = { "i", "p", y, 3, 7 };

	(void)state;
	ranking_sort(&a);
	assert_true(ranking_equal(&a, &b));
	assert_true(ranking_remove(&a, "a"));
	assert_false(ranking_remove(&a, "a"));
	assert_false(ranking_equal(&a, &b));
	assert_int_equal(a.count, 2);
	assert_string_equal(a.entries[1].learner, "b");
	b.count = 2;
	assert_false(ranking_equal(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_have_the_numbers_of_the_message_and_a_text_of_their_own),
		cmocka_unit_test(nothing_leaves_withdrawn_and_nothing_stays_where_it_is),
		cmocka_unit_test(seats_move_only_between_open_and_filled),
		cmocka_unit_test(what_may_move_is_told_from_the_same_table),
		cmocka_unit_test(lists_are_compared_by_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
