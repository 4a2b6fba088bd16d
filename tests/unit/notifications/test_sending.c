/* SPDX-License-Identifier: Apache-2.0 */
/* From the queue to a real SMTP server: modes, attempts, what a crash leaves, and that nobody is written to twice. */
#include "mail_play.h"

static void
opened(enum mail_mode mode, const char *const *allowlist_and_rules)
{
	(void)pool_empty(NULL);
	inbox_start(allowlist_and_rules + 1);
	rise(mode, allowlist_and_rules[0]);
	say_institution("a", "fr");
}
#define OPENED(mode, ...) opened(mode, (const char *const[]){ __VA_ARGS__, NULL })

/* A posting of a firm of its own; its mail is due when `later` has passed ten minutes. */
static void
one_more_firm(int n)
{
	const char *employer = arena_printf(play.arena, "a/E%d", n), *posting = arena_printf(play.arena, "a/P%d", n);

	say_employer(employer, arena_printf(play.arena, "owner%d@firm.example", n), "fr");
	say_posting(posting, employer, "Aide", OPEN);
}

static const char *
message_id(int mail)
{
	return arena_strdup(play.arena,
	                    cluster_sql(&play.cluster, "SELECT message_id FROM mail WHERE mail = %d", mail));
}

/* How often a mail came to this address with this Message-ID. */
static size_t
came(const char *mails, int firm, const char *id)
{
	const char *line = arena_printf(play.arena, "owner%d@firm.example <%s>\n", firm, id);
	size_t n = 0;

	for (const char *at = mails; (at = strstr(at, line)) != NULL; at += strlen(line))
		n++;
	return n;
}

#define COUNT_OF_STATE(state) "SELECT count(*) FROM mail WHERE state = '" state "'"

static void
mails_arrive_once_each(void **state)
{
	(void)state;
	OPENED(MODE_SEND, "");
	for (int i = 0; i < 12; i++)
		one_more_firm(i);
	later(11 * MINUTE);
	until(COUNT_OF_STATE("sent"), "12");
	const char *mails = inbox_ask("mails");
	assert_int_equal(lines_of(mails), 12);
	for (int i = 0; i < 12; i++)
		assert_int_equal(
		    came(mails, i,
		         cluster_sql(&play.cluster, "SELECT message_id FROM mail WHERE recipient = 'a/E%d'", i)),
		    1);
	assert_non_null(strstr(inbox_ask("text 0"), "ana@a.example"));
	resync("employer_intake", EMPLOYERS);
	later(61 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail"), "12");
	assert_string_equal(mail_ask(ROLE_COLLEGE, "a", COMMAND(MAIL_RETRY), "1").refused, "bad_state");
	pool_close(NULL);
}

static void
held_mail_goes_out_when_the_mode_is_send(void **state)
{
	(void)state;
	OPENED(MODE_HOLD, "");
	one_more_firm(1);
	later(11 * MINUTE);
	assert_string_equal(states(), "queued");
	const char *id = message_id(1);
	crash();
	rise(MODE_SEND, "");
	until(COUNT_OF_STATE("sent"), "1");
	assert_int_equal(came(inbox_ask("mails"), 1, id), 1);
	pool_close(NULL);
}

static void
only_the_allowlist_is_written_to(void **state)
{
	(void)state;
	OPENED(MODE_ALLOWLIST, "x@y.example, OWNER2@firm.example");
	one_more_firm(1);
	one_more_firm(2);
	later(11 * MINUTE);
	until(STATES, "suppressed not_allowlisted,sent");
	assert_int_equal(lines_of(inbox_ask("mails")), 1);
	pool_close(NULL);
}

static void
weather_is_tried_again_by_the_schedule_and_a_no_is_final(void **state)
{
	(void)state;
	OPENED(MODE_SEND, "", "rcpt", "451 4.3.0 busy", "1");
	one_more_firm(1);
	later(11 * MINUTE);
	until(STATES, "deferred smtp");
	const char *id = message_id(1);
	later(4 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT concat(attempts, ' ', last_code) FROM mail"), "1 451");
	later(2 * MINUTE);
	until(STATES, "sent");
	assert_int_equal(came(inbox_ask("mails"), 1, id), 1);
	pool_close(NULL);
	OPENED(MODE_SEND, "", "rcpt", "550 5.1.1 no such mailbox", "1");
	one_more_firm(1);
	later(11 * MINUTE);
	until(STATES, "failed smtp");
	assert_non_null(strstr(mails_as(ROLE_COLLEGE, "a", "state=failed"), "no such mailbox"));
	assert_null(strstr(mails_as(ROLE_INTERMEDIARY, "", "state=failed"), "no such mailbox"));
	assert_int_equal(mail_ask(ROLE_COLLEGE, "a", COMMAND(MAIL_RETRY), "1").code, OK_CODE);
	until(COUNT_OF_STATE("sent"), "1");
	pool_close(NULL);
}

static void
a_no_that_is_not_about_the_address_asks_for_a_person_until_the_mail_is_sent_again(void **state)
{
	(void)state;
	OPENED(MODE_SEND, "", "rcpt", "554 5.7.1 not from here", "1");
	one_more_firm(1);
	later(11 * MINUTE);
	until(STATES, "failed smtp");
	until("SELECT string_agg(concat_ws(' ', kind, institution, subjects[1], state), ',') FROM task", "mail_failed a a/E1 open");
	assert_int_equal(mail_ask(ROLE_COLLEGE, "a", COMMAND(MAIL_RETRY), "1").code, OK_CODE);
	until(COUNT_OF_STATE("sent"), "1");
	until("SELECT state FROM task", "done");
	pool_close(NULL);
}

/* The relay is silent, so what is claimed stays on its way: one mail on each of two connections, and the next for each. */
static void
what_was_on_its_way_at_a_crash_goes_out_with_the_same_id(void **state)
{
	(void)state;
	OPENED(MODE_SEND, "", "rcpt", "stall");
	for (int i = 0; i < 5; i++)
		one_more_firm(i);
	later(11 * MINUTE);
	(void)inbox_ask("wait rcpt");
	assert_string_equal(cluster_sql(&play.cluster, COUNT_OF_STATE("sending")), "4");
	const char *id = message_id(1);
	crash();
	(void)inbox_ask("calm");
	rise(MODE_SEND, "");
	until(COUNT_OF_STATE("sent"), "5");
	const char *mails = inbox_ask("mails");
	assert_int_equal(lines_of(mails), 5);
	assert_int_equal(came(mails, 0, id), 1);
	assert_string_equal(
	    cluster_sql(&play.cluster, "SELECT string_agg(attempts::text, ',' ORDER BY mail) FROM mail"), "2,2,2,2,1");
	pool_close(NULL);
}

/* Four are with the silent relay's two connections, the others have been read ahead. What becomes of them meanwhile counts. */
static void
what_was_read_ahead_goes_as_it_stands_when_its_turn_comes(void **state)
{
	(void)state;
	OPENED(MODE_SEND, "", "rcpt", "stall");
	for (int i = 0; i < 8; i++)
		one_more_firm(i);
	later(11 * MINUTE);
	(void)inbox_ask("wait rcpt");
	assert_int_equal(office->ahead_count, 4);
	assert_int_equal(suppress_as(ROLE_COLLEGE, "a", NULL, "owner5@firm.example").code, OK_CODE);
	say_posting("a/P6", "a/E6", "Soudage", OPEN);
	say_posting("a/P7", "a/E7", "Aide", WITHDRAWN);
	turns(1);
	(void)inbox_ask("calm");
	until("SELECT count(*) FROM mail WHERE state IN ('queued', 'sending')", "0");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT string_agg(concat(state, ' ', why), ',' ORDER BY mail) FROM mail"
	                                               " WHERE mail > 4"),
	                    "sent ,suppressed address_suppressed,sent ,suppressed cause_gone");
	const char *mails = inbox_ask("mails");
	size_t at = 0;
	while (strncmp(mails, "owner6@", 7) != 0) {
		mails = strchr(mails, '\n') + 1;
		at++;
	}
	assert_non_null(strstr(inbox_ask(arena_printf(play.arena, "text %zu", at)), "Soudage"));
	pool_close(NULL);
}

/* The relay has kept it and its answer is lost: RFC 1047's window. */
static void
a_mail_whose_answer_was_lost_comes_again_with_the_same_id(void **state)
{
	(void)state;
	OPENED(MODE_SEND, "", "kept", "drop", "1");
	one_more_firm(1);
	later(11 * MINUTE);
	until(STATES, "deferred smtp");
	const char *id = message_id(1);
	later(6 * MINUTE);
	until(STATES, "sent");
	const char *mails = inbox_ask("mails");
	assert_int_equal(lines_of(mails), 2);
	assert_int_equal(came(mails, 1, id), 2);
	pool_close(NULL);
}

/* Crashes at whatever moment: between claim and result, the relay has it or not; nobody gets more than one each time. */
static void
a_storm_of_crashes_loses_nothing_and_repeats_few(void **state)
{
	enum { FIRMS = 20, CRASHES = 8, CONNECTIONS = 2 };

	(void)state;
	OPENED(MODE_SEND, "");
	for (int i = 0; i < FIRMS / 2; i++)
		one_more_firm(i);
	later(11 * MINUTE);
	for (int n = 0; n < CRASHES; n++) {
		turns(n % 4);
		crash();
		rise(MODE_SEND, "");
		if (n == CRASHES / 2) {
			for (int i = FIRMS / 2; i < FIRMS / 2 + 4; i++)
				one_more_firm(i);
			later(11 * MINUTE);
		}
	}
	until("SELECT count(*) FROM mail WHERE state <> 'sent'", "0");
	const char *mails = inbox_ask("mails");
	size_t total = lines_of(mails);
	for (int i = 0; i < FIRMS / 2 + 4; i++) {
		const char *id = cluster_sql(&play.cluster, "SELECT message_id FROM mail WHERE recipient = 'a/E%d'", i);
		assert_true(came(mails, i, id) >= 1);
	}
	assert_true(total <= FIRMS / 2 + 4 + CRASHES * CONNECTIONS);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(DISTINCT message_id) FROM mail"), "14");
	pool_close(NULL);
}

#ifdef BASSIN_CRASH_POINTS
/* A process of its own goes on with the store until it is killed at a point; what it was sending goes out again here. */
static void
killed_at(const char *point)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		setenv("CRASH_AT", point, 1);
		rise(MODE_SEND, "");
		until("SELECT count(*) FROM mail WHERE state <> 'sent'", "0");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
whatever_the_moment_of_a_kill_nobody_gets_more_than_one_copy(void **state)
{
	/* copies: most of them that the relay may have, with two connections. The second claim is made in the commit that records
	 * what the first one came to, so a kill there finds one mail that has ended on each. */
	static const struct {
		const char *point;
		size_t copies;
	} kills[] = {
		{ "mail_composed:1", 0 },        { "before_chore:3", 0 }, { "mail_claimed:1", 0 },
		{ "mail_claimed:2", 2 },         { "smtp_data:1", 1 },    { "smtp_final_dot:1", 2 },
		{ "smtp_250_read:1", 2 },        { "smtp_result:1", 2 },  { "mail_result_taken:1", 2 },
		{ "mail_result_recorded:1", 2 },
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(kills); k++) {
		OPENED(MODE_SEND, "");
		for (int i = 0; i < 6; i++)
			one_more_firm(i);
		crash();
		play.now_ms += 11 * MINUTE;
		play.mono_ms += 11 * MINUTE;
		killed_at(kills[k].point);
		rise(MODE_SEND, "");
		until("SELECT count(*) FROM mail WHERE state <> 'sent'", "0");
		const char *mails = inbox_ask("mails");
		if (lines_of(mails) > 6 + kills[k].copies)
			fail_msg("%s: %zu mails of 6 came", kills[k].point, lines_of(mails));
		for (int i = 0; i < 6; i++) {
			const char *id =
			    cluster_sql(&play.cluster, "SELECT message_id FROM mail WHERE recipient = 'a/E%d'", i);
			size_t n = came(mails, i, id);
			assert_true(n == 1 || n == 2);
		}
		assert_int_equal(came(mails, 0, "another"), 0);
		pool_close(NULL);
	}
}
#endif

static void
a_mail_on_its_way_that_names_an_erased_learner_is_not_repeated(void **state)
{
	struct positions at;

	(void)state;
	OPENED(MODE_SEND, "", "rcpt", "stall");
	say_employer("a/E1", "owner1@firm.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", PAUSED);
	say_learner(L1, "a", "Zoé", "Tremblay", true);
	positions_fill(&at, play.logs[EMPLOYERS].count, play.logs[LEARNERS].count);
	say_round(PUBLISHED, &at);
	say_placed("a/P1", "a/E1", L1, &at);
	later(2 * MINUTE);
	(void)inbox_ask("wait rcpt");
	say_erased(L1);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT concat(state, body IS NULL) FROM mail"), "sendingt");
	crash();
	(void)inbox_ask("calm");
	rise(MODE_SEND, "");
	turns(4);
	/* Whether the relay took it before the crash nobody knows, so that the employer is told that the place is free again. */
	assert_string_equal(states(), "suppressed cause_gone,waiting collecting");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT kind FROM mail WHERE state = 'waiting'"), "place_freed");
	assert_string_equal(inbox_ask("mails"), "");
	pool_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mails_arrive_once_each),
		cmocka_unit_test(held_mail_goes_out_when_the_mode_is_send),
		cmocka_unit_test(only_the_allowlist_is_written_to),
		cmocka_unit_test(weather_is_tried_again_by_the_schedule_and_a_no_is_final),
		cmocka_unit_test(a_no_that_is_not_about_the_address_asks_for_a_person_until_the_mail_is_sent_again),
		cmocka_unit_test(what_was_on_its_way_at_a_crash_goes_out_with_the_same_id),
		cmocka_unit_test(what_was_read_ahead_goes_as_it_stands_when_its_turn_comes),
		cmocka_unit_test(a_mail_whose_answer_was_lost_comes_again_with_the_same_id),
		cmocka_unit_test(a_storm_of_crashes_loses_nothing_and_repeats_few),
#ifdef BASSIN_CRASH_POINTS
		cmocka_unit_test(whatever_the_moment_of_a_kill_nobody_gets_more_than_one_copy),
#endif
		cmocka_unit_test(a_mail_on_its_way_that_names_an_erased_learner_is_not_repeated),
	};

	return cmocka_run_group_tests_name("sending", tests, stage_up, stage_down);
}
