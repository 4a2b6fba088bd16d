/* SPDX-License-Identifier: Apache-2.0 */
/* A posting's states: moves by its college, seats that matching fills and frees, feeds that must not reopen it. */
#include "intake_play.h"

#define P1 "P1;E1;Stage en gestion;coop;410.A0;2;2027-01-11;2027-04-30;35"
#define OK_CODE BASSIN__V1__REPLY_CODE__OK

static const char *
state_of(const char *posting)
{
	return cluster_sql(&play.cluster, "SELECT concat(state, ' ', state_reason, ' ', seats_taken, ' v', version) FROM posting "
	                                  "WHERE institution || '/' || external_id = '%s'", posting);
}

static int
one_posting(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;Ferme Joyeuse;fr;Luc;luc@ferme.example;J1H4A7");
	return strcmp(FEED("a", FEED_POSTINGS, POSTINGS, P1), "created") == 0 ? 0 : -1;
}

static void
placed(const char *posting, int learners)
{
	static uint64_t version;
	Bassin__V1__PostingPlaced m = BASSIN__V1__POSTING_PLACED__INIT;
	Bassin__V1__PlacedLearner one = BASSIN__V1__PLACED_LEARNER__INIT, *all[] = { &one, &one, &one };

	m.posting = (char *)(uintptr_t)posting;
	m.learners = all;
	m.n_learners = (size_t)learners;
	play_say(&play, 0, "placement", posting, ++version, BASSIN__V1__EVENT_TYPE__POSTING_PLACED, &m.base);
}

static void
a_college_pauses_reopens_closes_and_reopens(void **state)
{
	(void)state;
	assert_int_equal(move_as("a", "P1", STATE_PAUSED, "vacances").code, OK_CODE);
	assert_string_equal(state_of("a/P1"), "paused vacances 0 v2");
	assert_int_equal(move_as("a", "a/P1", STATE_OPEN, "").code, OK_CODE);
	assert_string_equal(state_of("a/P1"), "open  0 v3");
	assert_int_equal(move_as("a", "P1", STATE_CLOSED, "pourvu ailleurs").code, OK_CODE);
	assert_int_equal(move_as("a", "P1", STATE_OPEN, "").code, OK_CODE);
	const Bassin__V1__PostingRecorded *p = last_event("posting", "a/P1", &bassin__v1__posting_recorded__descriptor);
	assert_int_equal(p->state, BASSIN__V1__POSTING_STATE__POSTING_OPEN);
	assert_string_equal(p->title, "Stage en gestion");
	assert_string_equal(p->programmes[0], "410.A0");
	assert_int_equal(number_of("SELECT max(version) FROM event WHERE topic = 'posting'"), 5);
}

static void
moves_that_are_not_in_the_table_are_refused(void **state)
{
	(void)state;
	assert_int_equal(move_as("a", "P1", STATE_WITHDRAWN, "firme fermée").code, OK_CODE);
	struct play_answer a = move_as("a", "P1", STATE_OPEN, "");
	assert_string_equal(a.refused, "bad_state");
	assert_string_equal(a.allowed, "draft|paused|closed");
	assert_string_equal(a.state, "withdrawn");
	assert_string_equal(move_as("a", "P1", STATE_PAUSED, "x").allowed, "open");
	assert_string_equal(move_as("a", "P1", STATE_FILLED, "x").refused, "not_in_list");
	assert_string_equal(move_as("a", "P1", 99, "x").allowed, "open|paused|closed|withdrawn");
	assert_string_equal(move_as("a", "P1", STATE_PAUSED, "").refused, "required");
	assert_string_equal(move_as("a", "P1", STATE_PAUSED, "a\nb").refused, "not_text");
	assert_string_equal(move_as("a", "P9", STATE_PAUSED, "x").refused, "unknown");
	assert_string_equal(move_as("a", "", STATE_PAUSED, "x").refused, "bad_id");
	assert_string_equal(state_of("a/P1"), "withdrawn firme fermée 0 v2");
}

static void
another_college_moves_nothing(void **state)
{
	(void)state;
	assert_string_equal(move_as("b", "a/P1", STATE_CLOSED, "x").refused, "not_yours");
	assert_string_equal(move_as("b", "P1", STATE_CLOSED, "x").refused, "unknown");
	assert_string_equal(state_of("a/P1"), "open  0 v1");
}

static void
a_feed_does_not_reopen_what_is_closed_or_withdrawn(void **state)
{
	(void)state;
	assert_int_equal(move_as("a", "P1", STATE_CLOSED, "x").code, OK_CODE);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "refused external_id=withdrawn()");
	assert_int_equal(move_as("a", "P1", STATE_OPEN, "").code, OK_CODE);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "unchanged");
	assert_int_equal(move_as("a", "P1", STATE_WITHDRAWN, "x").code, OK_CODE);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "refused external_id=withdrawn()");
}

static void
a_paused_posting_is_fed_and_stays_paused(void **state)
{
	(void)state;
	assert_int_equal(move_as("a", "P1", STATE_PAUSED, "été").code, OK_CODE);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS ";noc", P1 ";12345"), "updated");
	assert_string_equal(state_of("a/P1"), "paused été 0 v3");
}

static void
a_posting_is_filled_by_the_round_and_free_again(void **state)
{
	(void)state;
	placed("a/P1", 1);
	assert_string_equal(state_of("a/P1"), "open  1 v1");
	placed("a/P1", 2);
	assert_string_equal(state_of("a/P1"), "filled seats_filled 2 v2");
	const Bassin__V1__PostingRecorded *p = last_event("posting", "a/P1", &bassin__v1__posting_recorded__descriptor);
	assert_int_equal(p->state, BASSIN__V1__POSTING_STATE__POSTING_FILLED);
	placed("a/P1", 2);
	assert_string_equal(state_of("a/P1"), "filled seats_filled 2 v2");
	placed("a/P1", 0);
	assert_string_equal(state_of("a/P1"), "open  0 v3");
	assert_int_equal(events_of("posting"), 3);
}

static void
seats_fed_later_follow_what_is_taken(void **state)
{
	(void)state;
	placed("a/P1", 2);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;Stage en gestion;coop;410.A0;3;2027-01-11;2027-04-30;35"),
	                    "updated");
	assert_string_equal(state_of("a/P1"), "open  2 v3");
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "updated");
	assert_string_equal(state_of("a/P1"), "filled seats_filled 2 v4");
	assert_int_equal(move_as("a", "P1", STATE_CLOSED, "x").code, OK_CODE);
	assert_int_equal(move_as("a", "P1", STATE_OPEN, "").code, OK_CODE);
	assert_string_equal(state_of("a/P1"), "filled seats_filled 2 v6");     /* reopened, but there is no seat */
}

static void
a_paused_posting_keeps_count_and_its_state(void **state)
{
	(void)state;
	assert_int_equal(move_as("a", "P1", STATE_PAUSED, "x").code, OK_CODE);
	placed("a/P1", 2);
	assert_string_equal(state_of("a/P1"), "paused x 2 v2");
	placed("c/P1", 2);                                      /* of a college of another intake */
}

int
main(void)
{
#define SCENE(f) cmocka_unit_test_setup(f, one_posting)
	const struct CMUnitTest tests[] = {
		SCENE(a_college_pauses_reopens_closes_and_reopens),
		SCENE(moves_that_are_not_in_the_table_are_refused),
		SCENE(another_college_moves_nothing),
		SCENE(a_feed_does_not_reopen_what_is_closed_or_withdrawn),
		SCENE(a_paused_posting_is_fed_and_stays_paused),
		SCENE(a_posting_is_filled_by_the_round_and_free_again),
		SCENE(seats_fed_later_follow_what_is_taken),
		SCENE(a_paused_posting_keeps_count_and_its_state),
	};

	return cmocka_run_group_tests(tests, play_setup, play_teardown);
}
