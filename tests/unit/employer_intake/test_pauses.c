/* SPDX-License-Identifier: Apache-2.0 */
/* An employer who asks for a pause: what is kept and told, and what a file does to it. */
#include "intake_play.h"

#define OK_CODE BASSIN__V1__REPLY_CODE__OK
#define E1 "E1;Ferme Joyeuse;fr;Luc;luc@ferme.example;J1H4A7"

static int
scene(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	return strcmp(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1), "created") == 0 ? 0 : -1;
}

static struct play_answer
pause_as(const char *institution, const char *employer, int until, const char *reason)
{
	Bassin__V1__EmployerPause m = BASSIN__V1__EMPLOYER_PAUSE__INIT;

	m.employer = (char *)(uintptr_t)employer;
	m.until = until;
	m.reason = (char *)(uintptr_t)reason;
	return play_ask(&play, ROLE_COLLEGE, institution, until == 0 ? COMMAND(EMPLOYER_RESUME) : COMMAND(EMPLOYER_PAUSE), &m.base);
}

static int
today(void)
{
	return (int)(play.now_ms / DAY_MS);
}

static int
told_until(void)
{
	const Bassin__V1__EmployerRecorded *e = last_event("employer", "a/E1", &bassin__v1__employer_recorded__descriptor);
	const Bassin__V1__EmployerContactRecorded *c =
	    last_event("contact", "employer:a/E1", &bassin__v1__employer_contact_recorded__descriptor);

	assert_int_equal(e->paused_until, c->paused_until);
	assert_string_equal(c->contact_email, "luc@ferme.example");
	return e->paused_until;
}

static void
a_pause_is_kept_told_and_taken_back(void **state)
{
	(void)state;
	assert_int_equal(told_until(), 0);
	assert_int_equal(pause_as("a", "E1", today() + 30, "travaux").code, OK_CODE);
	assert_int_equal(told_until(), today() + 30);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT paused_reason || version FROM employer"), "travaux2");
	assert_int_equal(pause_as("a", "a/E1", today() + 30, "encore").code, OK_CODE);
	assert_int_equal(number_of("SELECT version FROM employer"), 2);
	assert_int_equal(pause_as("a", "E1", 0, "").code, OK_CODE);
	assert_int_equal(told_until(), 0);
	assert_int_equal(number_of("SELECT version FROM employer WHERE paused_until IS NULL AND paused_reason = ''"), 3);
	assert_int_equal(number_of("SELECT count(*) FROM history WHERE field = 'paused_until' AND kind = 'employer'"), 2);
}

static void
a_file_says_nothing_of_a_pause(void **state)
{
	(void)state;
	assert_int_equal(pause_as("a", "E1", today() + 30, "travaux").code, OK_CODE);
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1), "unchanged");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";neq", E1 ";1140000000"), "updated");
	assert_int_equal(told_until(), today() + 30);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT paused_reason FROM employer WHERE paused_until IS NOT NULL"), "travaux");
}

static void
a_pause_ends_on_a_day_to_come(void **state)
{
	(void)state;
	assert_string_equal(pause_as("a", "E1", today(), "x").refused, "out_of_range");
	assert_string_equal(pause_as("a", "E1", today() + 732, "x").refused, "out_of_range");
	assert_string_equal(pause_as("a", "E1", -1, "x").refused, "out_of_range");
	assert_string_equal(pause_as("a", "E1", today() + 1, "a\nb").refused, "not_text");
	assert_string_equal(pause_as("a", "E9", today() + 1, "x").refused, "unknown");
	assert_string_equal(pause_as("b", "a/E1", today() + 1, "x").refused, "not_yours");
	assert_string_equal(pause_as("a", "", today() + 1, "x").refused, "bad_id");
	assert_int_equal(number_of("SELECT version FROM employer"), 1);
	assert_int_equal(pause_as("a", "E1", today() + 731, "").code, OK_CODE);
}

#define SCENE(name) cmocka_unit_test_setup(name, scene)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_pause_is_kept_told_and_taken_back),
		SCENE(a_file_says_nothing_of_a_pause),
		SCENE(a_pause_ends_on_a_day_to_come),
	};

	return cmocka_run_group_tests_name("employer intake pauses", tests, play_setup, play_teardown);
}
