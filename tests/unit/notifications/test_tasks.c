/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks on stage: others tell of theirs, some are found here; done by hand, over by themselves, never told twice by a resync. */
#include "mail_play.h"
#include "tasks.h"

static int
held(void **state)
{
	(void)pool_empty(state);
	rise(MODE_HOLD, "");
	say_institution("a", "fr");
	say_institution("b", "en");
	return 0;
}

static void
say_task(const char *key, const char *kind, const char *owner, const char *subject, bool open)
{
	Bassin__V1__TaskRecorded m = BASSIN__V1__TASK_RECORDED__INIT;
	char *subjects[] = { TEXT(subject) };

	m.kind = TEXT(kind);
	m.institution = TEXT(owner);
	m.since_ms = 1000;
	m.open = open;
	m.subjects = subjects;
	m.n_subjects = open;
	say(EMPLOYERS, "task", key, EVENT(TASK_RECORDED), &m.base);
}

static const char *
tasks_as(enum role role, const char *institution, const char *filter)
{
	return play_list(&play, role, institution, COMMAND(TASK_LIST), filter, 1000, "");
}

static struct play_answer
done_as(enum role role, const char *institution, const char *task, const char *note)
{
	Bassin__V1__TaskDone m = BASSIN__V1__TASK_DONE__INIT;

	m.task = TEXT(task);
	m.note = TEXT(note);
	return play_ask(&play, role, institution, COMMAND(TASK_DONE), &m.base);
}

static const char *
kept(void)
{
	return cluster_sql(&play.cluster, "SELECT coalesce(string_agg(concat_ws(' ', kind, subjects[1], state, "
	                                  "nullif(closed_by, ''), nullif(note, '')), ',' ORDER BY task), '') FROM task");
}

static void
each_sees_its_own_and_the_intermediary_all(void **state)
{
	(void)state;
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	say_task("k:2", "firm_suspected", "b", "b/E1", true);
	say_task("k:3", "firm_proposed", "", "a/E1", true);
	assert_string_equal(tasks_as(ROLE_COLLEGE, "a", NULL), "1;firm_suspected;a;a/E1;;1000;open;;;");
	assert_string_equal(tasks_as(ROLE_COLLEGE, "b", "state=open"), "2;firm_suspected;b;b/E1;;1000;open;;;");
	assert_int_equal(lines_of(tasks_as(ROLE_INTERMEDIARY, "", NULL)), 2);
	assert_string_equal(tasks_as(ROLE_INTERMEDIARY, "", "institution="), "3;firm_proposed;;a/E1;;1000;open;;;");
	assert_non_null(strstr(tasks_as(ROLE_INTERMEDIARY, "", "colour=red"), "no_filter"));
	const char *first = play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(TASK_LIST), NULL, 1, "");
	assert_non_null(strstr(first, "next=1000/1"));
	assert_non_null(strstr(play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(TASK_LIST), NULL, 1, "1000/1"), "2;firm_suspected"));
	assert_non_null(strstr(play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(TASK_LIST), NULL, 1, "junk"), "bad_format"));
}

static void
a_task_is_done_by_who_may_and_stays_so(void **state)
{
	(void)state;
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	assert_string_equal(done_as(ROLE_COLLEGE, "b", "1", "").refused, "unknown");
	assert_string_equal(done_as(ROLE_COLLEGE, "a", "99", "").refused, "unknown");
	assert_string_equal(done_as(ROLE_COLLEGE, "a", "x", "").refused, "unknown");
	assert_string_equal(done_as(ROLE_COLLEGE, "a", "1", "two\nlines").field, "note");
	assert_int_equal(done_as(ROLE_COLLEGE, "a", "1", "two firms").code, OK_CODE);
	assert_int_equal(done_as(ROLE_INTERMEDIARY, "", "1", "again").code, OK_CODE);
	assert_string_equal(kept(), "firm_suspected a/E1 done college-a two firms");
	resync("employer_intake", EMPLOYERS);
	assert_string_equal(kept(), "firm_suspected a/E1 done college-a two firms");
	say_task("k:1", "firm_suspected", "a", "", false);
	assert_string_equal(kept(), "firm_suspected a/E1 done college-a two firms");
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	assert_string_equal(kept(), "firm_suspected a/E1 open");
}

static void
a_task_whose_matter_is_settled_closes_itself(void **state)
{
	(void)state;
	say_task("k:1", "employer_silent", "a", "a/E1", true);
	say_task("k:1", "employer_silent", "a", "", false);
	assert_string_equal(kept(), "employer_silent a/E1 done");
	assert_int_equal(done_as(ROLE_COLLEGE, "a", "1", "late").code, OK_CODE);
	assert_string_equal(kept(), "employer_silent a/E1 done");
	say_task("k:2", "employer_silent", "a", "", false);
	assert_string_equal(kept(), "employer_silent a/E1 done");
}

static void
what_a_log_no_longer_has_is_over(void **state)
{
	(void)state;
	say_task("k:1", "employer_silent", "a", "a/E1", true);
	say_task("k:2", "employer_silent", "a", "a/E2", true);
	play.logs[EMPLOYERS].said[play.logs[EMPLOYERS].count - 2].topic = "posting_forgotten";
	resync("employer_intake", EMPLOYERS);
	until("SELECT string_agg(state, ',' ORDER BY task) FROM task", "done,open");
}

static void
an_event_that_is_not_sound_is_set_aside(void **state)
{
	(void)state;
	say_task("k:1", "employer_silent", "a", "", true);
	say_task("k:2", "employer silent|x", "a", "a/E1", true);
	say_task("k:3", "employer_silent", "a", "a/E3", true);
	assert_string_equal(kept(), "employer_silent a/E3 open");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM parked_event"), "2");
}

static void
a_mail_that_waits_for_its_contact_asks_for_it(void **state)
{
	(void)state;
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	later(1000);
	assert_string_equal(kept(), "contact_missing a/E1 open");
	say_employer("a/E1", "luc@ferme.example\r\nBcc: x@y.example", "fr");
	later(1000);
	assert_string_equal(kept(), "contact_missing a/E1 open");
	say_employer("a/E1", "luc@ferme.example", "fr");
	later(1000);
	assert_string_equal(kept(), "contact_missing a/E1 done");
}

/* What a report or a relay has shown (store_bounces.c): each college by its own mails. */
static void
refuse(const char *institution, const char *address)
{
	(void)cluster_sql(&play.cluster, "INSERT INTO suppression (address, institution, reason, at_ms, cause) "
	                  "VALUES ('%s', '%s', '', 1, 'refused') ON CONFLICT DO NOTHING", address, institution);
}

static void
an_address_that_refuses_mail_is_asked_of_each_college_that_has_it(void **state)
{
	(void)state;
	say_employer("a/E1", "Luc@ferme.example", "fr");
	say_employer("b/E7", "luc@ferme.example", "fr");
	say_employer("b/E8", "zoe@ferme.example", "fr");
	refuse("a", "luc@ferme.example");
	refuse("b", "luc@ferme.example");
	refuse("b", "ana@b.example");
	refuse("a", "zoe@ferme.example"); /* not a's contact, so nobody's task */
	say_employer("b/E9", "eve@ferme.example", "fr");
	later(1000);
	assert_string_equal(kept(), "address_refused a/E1 open,address_refused b/E7 open,coordinator_refused b open");
	assert_non_null(strstr(tasks_as(ROLE_COLLEGE, "a", NULL), "address_refused;a;a/E1"));
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	until("SELECT state || ' ' || why FROM mail WHERE kind = 'postings_received'", "suppressed address_suppressed");
	say_employer("a/E1", "luc.cote@ferme.example", "fr");
	later(1000);
	assert_string_equal(kept(), "address_refused a/E1 done,address_refused b/E7 open,coordinator_refused b open");
}

static void
an_address_suppressed_by_hand_asks_for_nobody(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	assert_int_equal(suppress_as(ROLE_COLLEGE, "a", "", "luc@ferme.example").code, OK_CODE);
	later(1000);
	assert_string_equal(kept(), "");
}

/* What has failed as the relay, or four days of trying, would have it. */
static void
fail_mails(const char *kind, const char *why)
{
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'failed', why = '%s', ended_ms = %lld, attempts = 1 WHERE kind = '%s'",
	                  why, (long long)play.now_ms, kind);
	later(11 * MINUTE);
}

static void
a_mail_that_failed_asks_for_a_person_until_it_is_given_up_or_no_longer_kept(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_employer("a/E2", "zoe@usine.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	say_posting("a/P2", "a/E2", "Aide", OPEN);
	later(11 * MINUTE);
	fail_mails("postings_received", "expired");
	assert_string_equal(kept(), "mail_failed a/E1 open,mail_failed a/E2 open");
	assert_non_null(strstr(tasks_as(ROLE_COLLEGE, "a", NULL), "mail_failed;a;a/E1"));
	assert_string_equal(tasks_as(ROLE_COLLEGE, "b", NULL), "");
	assert_int_equal(suppress_as(ROLE_COLLEGE, "a", "1", "").code, OK_CODE);
	later(1000);
	assert_string_equal(kept(), "mail_failed a/E1 done,mail_failed a/E2 open");
	refuse("a", "zoe@usine.example");       /* nobody is there: that is the task */
	later(11 * MINUTE);
	assert_string_equal(kept(), "mail_failed a/E1 done,mail_failed a/E2 done,address_refused a/E2 open");
}

static void
a_mail_that_failed_long_ago_asks_for_nobody(void **state)
{
	(void)state;
	say_employer("a/E1", "luc@ferme.example", "fr");
	say_posting("a/P1", "a/E1", "Aide", OPEN);
	later(11 * MINUTE);
	fail_mails("postings_received", "smtp");
	assert_string_equal(kept(), "mail_failed a/E1 open");
	later(91 * DAY_MS);
	until("SELECT count(*) FROM mail WHERE kind = 'postings_received' AND to_address <> ''", "0");
	later(11 * MINUTE);
	until("SELECT string_agg(state, ',') FROM task WHERE kind = 'mail_failed'", "done");
}

static void
what_failed_for_a_coordinator_is_the_intermediarys_until_a_later_one_has_come(void **state)
{
	(void)state;
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	later(10);
	later(2 * MINUTE);
	fail_mails("tasks", "smtp");
	assert_non_null(strstr(tasks_as(ROLE_INTERMEDIARY, "", "institution="), "mail_failed;;a;"));
	assert_null(strstr(tasks_as(ROLE_COLLEGE, "a", NULL), "mail_failed"));
	later(DAY_MS);
	later(2 * MINUTE);
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'sent' WHERE state = 'queued'");
	later(11 * MINUTE);
	assert_string_equal(kept(), "firm_suspected a/E1 open,mail_failed a done");
}

static void
an_erased_learners_number_goes_out_of_notes(void **state)
{
	(void)state;
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	say_task("k:2", "firm_suspected", "a", "a/E2", true);
	assert_int_equal(done_as(ROLE_COLLEGE, "a", "1", "asked by " L1 " herself").code, OK_CODE);
	assert_int_equal(done_as(ROLE_COLLEGE, "a", "2", "as before").code, OK_CODE);
	say_learner(L1, "a", "Lea", "Roy", true);
	say_erased(L1);
	assert_string_equal(kept(), "firm_suspected a/E1 done college-a,firm_suspected a/E2 done college-a as before");
}

static void
what_is_over_is_kept_for_a_while(void **state)
{
	(void)state;
	say_task("k:1", "employer_silent", "a", "a/E1", true);
	say_task("k:1", "employer_silent", "a", "", false);
	say_task("k:2", "employer_silent", "a", "a/E2", true);
	assert_int_equal(done_as(ROLE_COLLEGE, "a", "2", "").code, OK_CODE);
	later(91 * DAY_MS);
	until("SELECT string_agg(subjects[1], ',' ORDER BY task) FROM task", "a/E2");
}

/* ---- the day's mail ---------------------------------------------------------------------------------------------- */
#define TASK_MAILS "SELECT coalesce(string_agg(concat_ws(' ', institution, state, nullif(why, '')), ',' ORDER BY mail), '') " \
                   "FROM mail WHERE kind = 'tasks'"

static void
a_coordinator_is_told_once_a_day_while_there_is_something_to_do(void **state)
{
	(void)state;
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	say_task("k:2", "firm_proposed", "", "a/E9", true);
	later(10);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a waiting collecting");
	later(2 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a queued");
	const char *message = shown_to(ROLE_COLLEGE, "a", "1");
	assert_non_null(strstr(message, "ana@a.example"));
	assert_non_null(strstr(message, "a/E1"));
	assert_null(strstr(message, "a/E9"));
	say_task("k:3", "employer_silent", "a", "a/E2", true);
	later(20 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a queued"); /* held: composed anew of both */
	assert_non_null(strstr(shown_to(ROLE_COLLEGE, "a", "1"), "a/E2"));
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'sent'");
	later(20 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a sent");
	later(DAY_MS);
	later(2 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a sent,a queued");
}

static void
nothing_to_do_any_more_is_not_mailed(void **state)
{
	(void)state;
	say_task("k:1", "firm_suspected", "a", "a/E1", true);
	later(10);
	assert_int_equal(done_as(ROLE_COLLEGE, "a", "1", "").code, OK_CODE);
	later(2 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a suppressed cause_gone");
	later(DAY_MS);
	later(2 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "a suppressed cause_gone");
}

static void
many_tasks_are_one_mail_with_the_oldest_twenty(void **state)
{
	(void)state;
	for (int i = 0; i < 23; i++)
		say_task(arena_printf(play.arena, "k:%d", i), "employer_silent", "b", arena_printf(play.arena, "b/E%02d", i), true);
	later(10);
	later(2 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, TASK_MAILS), "b queued");
	const char *message = shown_to(ROLE_COLLEGE, "b", "1");
	assert_non_null(strstr(message, "b/E19"));
	assert_null(strstr(message, "b/E20"));
	assert_non_null(strstr(message, "3 more: bassin task list"));
	assert_non_null(strstr(message, "23 tasks"));
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, held, pool_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(each_sees_its_own_and_the_intermediary_all),
		PLAY(a_task_is_done_by_who_may_and_stays_so),
		PLAY(a_task_whose_matter_is_settled_closes_itself),
		PLAY(what_a_log_no_longer_has_is_over),
		PLAY(an_event_that_is_not_sound_is_set_aside),
		PLAY(a_mail_that_waits_for_its_contact_asks_for_it),
		PLAY(an_address_that_refuses_mail_is_asked_of_each_college_that_has_it),
		PLAY(an_address_suppressed_by_hand_asks_for_nobody),
		PLAY(a_mail_that_failed_asks_for_a_person_until_it_is_given_up_or_no_longer_kept),
		PLAY(a_mail_that_failed_long_ago_asks_for_nobody),
		PLAY(what_failed_for_a_coordinator_is_the_intermediarys_until_a_later_one_has_come),
		PLAY(an_erased_learners_number_goes_out_of_notes),
		PLAY(what_is_over_is_kept_for_a_while),
		PLAY(a_coordinator_is_told_once_a_day_while_there_is_something_to_do),
		PLAY(nothing_to_do_any_more_is_not_mailed),
		PLAY(many_tasks_are_one_mail_with_the_oldest_twenty),
	};

	return cmocka_run_group_tests_name("tasks", tests, stage_up, stage_down);
}
