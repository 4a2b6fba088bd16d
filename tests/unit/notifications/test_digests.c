/* SPDX-License-Identifier: Apache-2.0 */
/* How often people are written to: one message a day, the hours of workdays, the cap of a firm. Mail is held. */
#include "mail_play.h"
#include "base/text.h"

static struct zone *zone;

/* 2026-11-20 is a Friday; every scene begins there. */
static int64_t
at(const char *date, int hour, int minute)
{
	int32_t day;

	play_check(text_to_day(date, &day), "no date");
	return zone_moment(zone, day, hour * 60 + minute);
}

static void
until_it_is(const char *date, int hour, int minute)
{
	later(at(date, hour, minute) - play.now_ms);
}

static void
office_hours(void)
{
	struct timing *t = &office->settings.timing;

	t->opens = 8 * 60;
	t->closes = 18 * 60;
	t->weekends = t->holidays = false;
	t->caps[0] = 2;
	t->caps[1] = 6;
	t->caps[2] = 8;
	t->employers = t->coordinators = FREQUENCY_DAILY;
}

static int
friday_morning(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	play.now_ms = at("2026-11-20", 9, 0);
	rise(MODE_HOLD, "");
	office_hours();
	say_institution("a", "fr");
	say_institution("b", "en");
	say_employer("a/E1", "luc@ferme.example", "fr");
	return 0;
}

/* "kind state why;..." in the order of their numbers. */
static const char *
mails(void)
{
	return cluster_sql(&play.cluster, "SELECT coalesce(string_agg(kind || ' ' || state || CASE why WHEN '' THEN '' ELSE ' ' || why "
	                                  "END, ', ' ORDER BY mail), '') FROM mail");
}

static const char *
due(const char *why)
{
	return cluster_sql(&play.cluster, "SELECT to_char(to_timestamp(min(due_ms) / 1000) AT TIME ZONE 'America/Toronto', "
	                                  "'YYYY-MM-DD HH24:MI') FROM mail WHERE why = '%s'", why);
}

static bool
says(const char *kind, const char *text)
{
	return cluster_sql(&play.cluster, "SELECT count(*) FROM mail WHERE kind = '%s' AND position('%s' in convert_from(body, 'UTF8')) > 0",
	                   kind, text)[0] != '0';
}

static void
a_posting(const char *posting, const char *employer)
{
	say_posting(posting, employer, arena_printf(play.arena, "Titre %s", posting), OPEN);
}

/* ---- one message a day ------------------------------------------------------------------------------------------- */
static void
the_first_message_goes_after_ten_minutes_and_the_next_one_on_another_workday(void **state)
{
	(void)state;
	a_posting("a/P1", "a/E1");
	later(9 * MINUTE);
	assert_string_equal(mails(), "postings_received waiting collecting");
	later(MINUTE);
	assert_string_equal(mails(), "postings_received queued");
	a_posting("a/P2", "a/E1");
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received queued, postings_received waiting next_digest");
	assert_string_equal(due("next_digest"), "2026-11-23 08:00");
	a_posting("a/P3", "a/E1"); /* joins what waits */
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received queued, postings_received waiting next_digest");
	until_it_is("2026-11-22", 23, 0);
	assert_string_equal(mails(), "postings_received queued, postings_received waiting next_digest");
	until_it_is("2026-11-23", 8, 0);
	assert_string_equal(mails(), "postings_received queued, postings_received queued");
	assert_true(says("postings_received", "Titre a/P3"));
}

static void
what_comes_in_the_evening_goes_in_the_morning(void **state)
{
	(void)state;
	until_it_is("2026-11-20", 17, 55);
	a_posting("a/P1", "a/E1");
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received waiting quiet_hours");
	assert_string_equal(due("quiet_hours"), "2026-11-23 08:00");
}

/* Two colleges have a record of one firm with the same person, who coordinates at a third one; she is one person. */
static void
several_mails_to_one_person_are_one_message(void **state)
{
	(void)state;
	say_employer("b/E7", "LUC@ferme.example", "en");
	a_posting("a/P1", "a/E1");
	later(5 * MINUTE);
	a_posting("b/P1", "b/E7");
	later(6 * MINUTE);
	assert_string_equal(mails(), "postings_received folded, postings_received folded, digest queued");
	assert_true(says("digest", "Titre a/P1"));
	assert_true(says("digest", "Titre b/P1"));
	assert_true(says("digest", "To: "));
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail WHERE carrier = 3"), "2");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(DISTINCT source) FROM mail_source WHERE mail = 3 AND source LIKE 'posting:%%'"),
	                    "2");
	/* each college sees its own mail, and of a message that is not only its own the header alone */
	assert_non_null(strstr(mails_as(ROLE_COLLEGE, "b", NULL), "mail:3"));
	assert_null(strstr(shown_to(ROLE_COLLEGE, "b", "2"), "Titre"));
	assert_null(strstr(shown_to(ROLE_COLLEGE, "a", "3"), "Titre"));
	assert_non_null(strstr(shown_to(ROLE_COLLEGE, "a", "3"), "Subject: "));
}

static void
a_fact_that_changes_takes_a_message_apart_and_makes_it_anew(void **state)
{
	(void)state;
	say_employer("b/E7", "luc@ferme.example", "fr");
	a_posting("a/P1", "a/E1");
	a_posting("b/P1", "b/E7");
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received folded, postings_received folded, digest queued");
	say_posting("b/P1", "b/E7", "Autre titre", OPEN);
	turns(4);
	assert_string_equal(mails(), "postings_received folded, postings_received folded, digest queued");
	assert_true(says("digest", "Autre titre"));
	say_posting("b/P1", "b/E7", "Autre titre", WITHDRAWN);
	turns(4);
	assert_string_equal(mails(), "postings_received queued, postings_received suppressed cause_gone");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail_source WHERE mail > 2"), "0");
}

static void
who_wants_no_mail_of_one_college_gets_the_others_without_it(void **state)
{
	(void)state;
	say_employer("b/E7", "luc@ferme.example", "fr");
	a_posting("a/P1", "a/E1");
	a_posting("b/P1", "b/E7");
	later(11 * MINUTE);
	assert_int_equal(suppress_as(ROLE_COLLEGE, "b", NULL, "luc@ferme.example").code, OK_CODE);
	turns(4);
	assert_string_equal(mails(), "postings_received queued, postings_received suppressed address_suppressed");
}

static void
what_is_retried_by_hand_goes_at_any_hour(void **state)
{
	(void)state;
	until_it_is("2026-11-21", 3, 0);
	a_posting("a/P1", "a/E1");
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received waiting quiet_hours");
	assert_int_equal(mail_ask(ROLE_COLLEGE, "a", COMMAND(MAIL_RETRY), "1").code, OK_CODE);
	turns(4);
	assert_string_equal(mails(), "postings_received queued");
}

/* ---- the cap of a firm ------------------------------------------------------------------------------------------- */
static void
on_the_day(const char *date, const char *posting)
{
	until_it_is(date, 9, 0);
	a_posting(posting, "a/E1");
	later(11 * MINUTE);
}

static void
a_small_firm_is_asked_twice_a_month_and_nothing_is_lost(void **state)
{
	(void)state;
	on_the_day("2026-11-20", "a/P1");
	on_the_day("2026-11-23", "a/P2");
	on_the_day("2026-11-24", "a/P3");
	assert_string_equal(mails(), "postings_received queued, postings_received queued, postings_received waiting capped");
	assert_string_equal(due("capped"), "2026-12-01 08:00");
	assert_non_null(strstr(mails_as(ROLE_COLLEGE, "a", "why=capped"), "waiting;capped"));
	assert_string_equal(mails_as(ROLE_COLLEGE, "a", "why=never"), "");
	on_the_day("2026-11-25", "a/P4");
	until_it_is("2026-12-01", 8, 0);
	assert_string_equal(mails(), "postings_received queued, postings_received queued, postings_received queued");
	assert_true(says("postings_received", "Titre a/P4"));
}

static void
a_firm_is_all_its_records_and_grows_and_shrinks_with_them(void **state)
{
	(void)state;
	say_employer("b/E7", "zoe@ferme.example", "fr");
	on_the_day("2026-11-20", "a/P1");
	on_the_day("2026-11-23", "a/P2");
	say_firm("a/E1", "a/E1");
	say_firm("b/E7", "a/E1");
	a_posting("b/P1", "b/E7");
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received queued, postings_received queued, postings_received waiting capped");
	say_employer_of("b/E7", "zoe@ferme.example", "fr", 12);
	turns(4);
	assert_string_equal(mails(), "postings_received queued, postings_received queued, postings_received queued");
	say_employer_of("b/E7", "zoe@ferme.example", "fr", 9);
	on_the_day("2026-11-24", "a/P3");
	assert_string_equal(due("capped"), "2026-12-01 08:00");
	say_firm("a/E1", "");
	say_firm("b/E7", "");
	turns(4);
	assert_string_equal(due("capped"), "2026-12-01 08:00"); /* a/E1 alone was asked twice */
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM firm_member"), "0");
}

static void
what_waits_for_its_month_is_never_stale(void **state)
{
	(void)state;
	until_it_is("2026-12-01", 9, 0);
	on_the_day("2026-12-01", "a/P1");
	on_the_day("2026-12-02", "a/P2");
	on_the_day("2026-12-03", "a/P3");
	assert_string_equal(due("capped"), "2027-01-04 08:00");
	until_it_is("2027-01-04", 8, 0);
	assert_true(says("postings_received", "Titre a/P3"));
}

/* ---- places given up --------------------------------------------------------------------------------------------- */
static void
two_are_coming(struct positions *at)
{
	say_learner(L1, "a", "Zoé", "Tremblay", true);
	say_learner(L2, "a", "Léo", "Gagnon", true);
	a_posting("a/P1", "a/E1"); /* from 2027-01-16 on */
	positions_fill(at, 0, 0);
	say_round(PUBLISHED, at);
	say_placed("a/P1", "a/E1", L1 " " L2, at);
	later(11 * MINUTE);
	assert_non_null(strstr(mails(), ", candidates queued"));
	(void)cluster_sql(&play.cluster, "UPDATE mail SET state = 'sent', attempts = 1");
}

static void
an_employer_is_told_once_that_a_place_is_free_and_not_by_whom(void **state)
{
	struct positions at;

	(void)state;
	two_are_coming(&at);
	say_learner(L1, "a", "", "", false);
	say_placed("a/P1", "a/E1", L2, &at);
	say_placed("a/P1", "a/E1", L2, &at);
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received sent, candidates sent, place_freed waiting next_digest");
	resync("matching", MATCHING);
	until_it_is("2026-11-23", 8, 0);
	assert_string_equal(mails(), "postings_received sent, candidates sent, place_freed queued");
	assert_true(says("place_freed", L2));
	assert_false(says("place_freed", L1));
	assert_false(says("place_freed", "Tremblay"));
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM notice WHERE kind = 'place_freed'"), "1");
	assert_true(says("place_freed", "method=CANCEL"));
	assert_false(says("place_freed", "method=PUBLISH"));
}

static void
the_stay_of_an_erased_learner_leaves_the_calendar_and_nothing_of_her_is_kept_for_it(void **state)
{
	struct positions at;

	(void)state;
	two_are_coming(&at);
	say_erased(L1);
	until_it_is("2026-11-23", 8, 0);
	assert_string_equal(mails(), "postings_received sent, candidates sent, place_freed queued");
	assert_true(says("place_freed", "method=CANCEL"));
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM notice n WHERE n.stay <> '' AND position('%s' in n::text) = 0", L1), "1");
}

static void
a_stay_that_somebody_has_again_stays_in_the_calendar(void **state)
{
	struct positions at;

	(void)state;
	two_are_coming(&at);
	say_placed("a/P1", "a/E1", L2, &at);
	say_placed("a/P1", "a/E1", L1 " " L2, &at);
	until_it_is("2026-11-23", 8, 0);
	assert_string_equal(mails(), "postings_received sent, candidates sent, place_freed queued");
	assert_false(says("place_freed", "method=CANCEL"));
}

static void
a_place_given_up_shortly_before_the_start_is_told_at_any_hour(void **state)
{
	struct positions at;

	(void)state;
	until_it_is("2026-12-30", 9, 0);
	two_are_coming(&at);
	until_it_is("2027-01-02", 22, 0); /* a Saturday; the stay begins on the 16th */
	say_placed("a/P1", "a/E1", "", &at);
	later(2 * MINUTE);
	assert_string_equal(mails(), "postings_received sent, candidates sent, place_freed queued");
}

static void
a_round_that_is_called_off_frees_no_place(void **state)
{
	struct positions at;

	(void)state;
	two_are_coming(&at);
	say_round(CALLED_OFF, &at);
	say_placed("a/P1", "a/E1", "", &at);
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received sent, candidates sent, place_freed suppressed round_withdrawn");
}

/* ---- what people ask for ----------------------------------------------------------------------------------------- */
static struct play_answer
asks(enum role role, const char *institution, const char *person, const char *frequency, const char *scope)
{
	Bassin__V1__MailFrequency m = BASSIN__V1__MAIL_FREQUENCY__INIT;

	m.person = TEXT(person);
	m.frequency = TEXT(frequency);
	m.scope = TEXT(scope);
	return play_ask(&play, role, institution, COMMAND(MAIL_FREQUENCY), &m.base);
}

static const char *
wishes(enum role role, const char *institution, const char *filter)
{
	return play_list(&play, role, institution, COMMAND(MAIL_FREQUENCY_LIST), filter, 100, "");
}

static void
a_person_is_written_to_as_she_asked(void **state)
{
	(void)state;
	assert_int_equal(asks(ROLE_COLLEGE, "a", "E1", "never", "").code, OK_CODE);
	a_posting("a/P1", "a/E1");
	later(11 * MINUTE);
	assert_string_equal(mails(), "postings_received suppressed never");
	assert_int_equal(asks(ROLE_COLLEGE, "a", "Luc@Ferme.example", "weekly", "").code, OK_CODE);
	a_posting("a/P2", "a/E1");
	later(11 * MINUTE);
	a_posting("a/P3", "a/E1");
	until_it_is("2026-11-24", 9, 0);
	assert_string_equal(due("next_digest"), "2026-11-27 08:00");
	assert_int_equal(asks(ROLE_INTERMEDIARY, "", "a/E1", "now", "").code, OK_CODE);
	turns(4);
	assert_string_equal(mails(), "postings_received suppressed never, postings_received queued, postings_received queued");
}

static void
a_college_sets_and_sees_its_own_people_only(void **state)
{
	(void)state;
	say_employer("b/E7", "zoe@autre.example", "fr");
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "a/E1", "never", "").code, OK_CODE);
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "luc@ferme.example", "never", "").code, OK_CODE);
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "a", "never", "").code, OK_CODE);
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "E9", "never", "").code, OK_CODE);
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "E7", "hourly", "").code, OK_CODE);
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "E7", "", "").code, OK_CODE);
	assert_int_not_equal(asks(ROLE_COLLEGE, "b", "b", "", "firm").code, OK_CODE); /* a coordinator has no firm */
	assert_int_equal(asks(ROLE_COLLEGE, "b", "b", "weekly", "").code, OK_CODE);
	assert_int_equal(asks(ROLE_COLLEGE, "a", "E1", "", "firm").code, OK_CODE);
	const char *own = wishes(ROLE_COLLEGE, "b", NULL);
	assert_non_null(strstr(own, "b;b;ana@b.example;weekly;mine;"));
	assert_null(strstr(own, "a/E1"));
	const char *all = wishes(ROLE_INTERMEDIARY, "", NULL);
	assert_non_null(strstr(all, "a/E1;a;l***@ferme.example;daily;firm;"));
	assert_null(strstr(all, "luc@"));
	assert_null(strstr(wishes(ROLE_INTERMEDIARY, "", "frequency=weekly"), "a/E1"));
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM audit WHERE subject_ids LIKE '%%@%%'"), "0");
	later(500 * DAY_MS);
	turns(4);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM preference"), "1"); /* the firm's contact is gone */
}

static void
who_asks_for_all_of_her_firm_s_mail_gets_it_as_well(void **state)
{
	(void)state;
	office->settings.timing.employers = FREQUENCY_NOW;
	say_employer("b/E7", "zoe@ferme.example", "fr");
	say_firm("a/E1", "a/E1");
	say_firm("b/E7", "a/E1");
	assert_int_equal(asks(ROLE_COLLEGE, "b", "E7", "", "firm").code, OK_CODE);
	a_posting("a/P1", "a/E1");
	later(11 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT string_agg(to_address || ' ' || state, ', ' ORDER BY to_address) FROM mail"),
	                    "luc@ferme.example queued, zoe@ferme.example queued");
	assert_null(strstr(mails_as(ROLE_COLLEGE, "a", NULL), "zoe@")); /* another college's contact */
	resync("employer_intake", EMPLOYERS);
	later(11 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM mail"), "2");
	/* what has not left is not told to who is of the firm no more */
	a_posting("a/P2", "a/E1");
	later(5 * MINUTE);
	say_firm("a/E1", "");
	say_firm("b/E7", "");
	later(6 * MINUTE);
	assert_string_equal(cluster_sql(&play.cluster, "SELECT string_agg(colleague || ' ' || state || ' ' || why, ', ' ORDER BY mail) FROM mail WHERE mail > 2"),
	                    " queued , b/E7 suppressed cause_gone");
}

static int
zone_up(void **state)
{
	zone = zone_open("America/Toronto");
	return zone == NULL ? -1 : stage_up(state);
}

static int
zone_down(void **state)
{
	zone_close(&zone);
	return stage_down(state);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, friday_morning, pool_close)
int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(the_first_message_goes_after_ten_minutes_and_the_next_one_on_another_workday),
		SCENE(what_comes_in_the_evening_goes_in_the_morning),
		SCENE(several_mails_to_one_person_are_one_message),
		SCENE(a_fact_that_changes_takes_a_message_apart_and_makes_it_anew),
		SCENE(who_wants_no_mail_of_one_college_gets_the_others_without_it),
		SCENE(what_is_retried_by_hand_goes_at_any_hour),
		SCENE(a_small_firm_is_asked_twice_a_month_and_nothing_is_lost),
		SCENE(a_firm_is_all_its_records_and_grows_and_shrinks_with_them),
		SCENE(what_waits_for_its_month_is_never_stale),
		SCENE(an_employer_is_told_once_that_a_place_is_free_and_not_by_whom),
		SCENE(the_stay_of_an_erased_learner_leaves_the_calendar_and_nothing_of_her_is_kept_for_it),
		SCENE(a_stay_that_somebody_has_again_stays_in_the_calendar),
		SCENE(a_place_given_up_shortly_before_the_start_is_told_at_any_hour),
		SCENE(a_round_that_is_called_off_frees_no_place),
		SCENE(a_person_is_written_to_as_she_asked),
		SCENE(a_college_sets_and_sees_its_own_people_only),
		SCENE(who_asks_for_all_of_her_firm_s_mail_gets_it_as_well),
	};

	return cmocka_run_group_tests(tests, zone_up, zone_down);
}
