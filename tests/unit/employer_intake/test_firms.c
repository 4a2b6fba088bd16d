/* SPDX-License-Identifier: Apache-2.0 */
/* Firms on stage: suspicions come with a feed, links are proposed, made and undone, and each sees no more than it may. */
#include "intake_play.h"

#define FIRM_COLUMNS EMPLOYERS ";neq;municipality"

static const char *
list_as(const char *institution, int type, const char *filter)
{
	return play_list(&play, institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE, institution, type, filter,
	                 1000, "");
}
#define LIST(institution, type, filter) list_as(institution, COMMAND(type), filter)

static int
act_as(const char *institution, int type, const char *one, const char *other, const char *reason)
{
	Bassin__V1__FirmPair m = BASSIN__V1__FIRM_PAIR__INIT;

	m.one = (char *)(uintptr_t)one;
	m.other = (char *)(uintptr_t)other;
	m.reason = (char *)(uintptr_t)reason;
	return (int)play_ask(&play, institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE, institution, type,
	                     &m.base)
	    .code;
}
#define ACT(institution, type, one, other) act_as(institution, COMMAND(type), one, other, "parce que")
#define DONE BASSIN__V1__REPLY_CODE__OK
#define NO BASSIN__V1__REPLY_CODE__REFUSED
#define FORBIDDEN BASSIN__V1__REPLY_CODE__FORBIDDEN

/* Three colleges; E1 of each is one firm, E2 of a and b share a NEQ under two names, E3 is nobody else's. */
static int
three_colleges(void **state)
{
	if (pool_empty(state) != 0 || strcmp(FEED("", FEED_INSTITUTIONS, INSTITUTIONS, "c" CEGEP_A), "created") != 0)
		return -1;
	(void)FEED("a", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;Usine Bellerive inc.;fr;Luc;luc@a.example;J1H4A7;;Sherbrooke",
	           "E2;Garage Gauvin;fr;Luc;luc@a.example;J1H4A7;1140000001;",
	           "E3;Seule;fr;Luc;luc@a.example;J1H4A7;;");
	(void)FEED("b", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;USINE BELERIVE LTEE;fr;Bob;bob@b.example;J1H4A7;;",
	           "E2;Traiteur Fortin;fr;Bob;bob@b.example;H2X1Y4;1140000001;");
	(void)FEED("c", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;Usine Bellerive;en;Zoe;zoe@c.example;J1H 4A7;;");
	return 0;
}

static void
a_feed_finds_who_is_the_same_and_why(void **state)
{
	(void)state;
	const char *all = LIST("", FIRM_SUSPECTS, NULL);
	assert_non_null(
	    strstr(all, "a/E1;a;Usine Bellerive inc.;Sherbrooke;b/E1;b;USINE BELERIVE LTEE;;name_address;"));
	assert_non_null(
	    strstr(all, "a/E1;a;Usine Bellerive inc.;Sherbrooke;c/E1;c;Usine Bellerive;;name_address;990;suspected;;"));
	assert_non_null(strstr(all, "a/E2;a;Garage Gauvin;;b/E2;b;Traiteur Fortin;;neq_other_name;500;suspected;;"));
	assert_non_null(strstr(all, "b/E1;b;USINE BELERIVE LTEE;;c/E1;"));
	assert_null(strstr(all, "E3"));
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion"), 4);
	assert_non_null(strstr(LIST("", FIRM_SUSPECTS, "reason=neq_other_name"), "a/E2"));
	assert_null(strstr(LIST("", FIRM_SUSPECTS, "reason=neq_other_name"), "E1"));
}

static void
a_suspicion_follows_the_records_and_a_dry_run_finds_nothing(void **state)
{
	(void)state;
	(void)FEED("c", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;Autre chose;en;Zoe;zoe@c.example;J1H 4A7;;");
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion WHERE institution_b = 'c'"), 0);
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion"), 2);
	(void)FEED_DRY("c", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;Usine Bellerive;en;Zoe;zoe@c.example;J1H 4A7;;");
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion"), 2);
	(void)FEED("c", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;Usine Bellerive;en;Zoe;zoe@c.example;J1H 4A7;;");
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion"), 4);
}

/* Records that were there before there were firms are compared when their file is fed again, unchanged. */
static void
a_record_that_was_never_compared_is_compared_at_the_next_feed(void **state)
{
	(void)state;
	(void)cluster_sql(&play.cluster,
	                  "DELETE FROM employer_key; DELETE FROM employer_block; DELETE FROM firm_suspicion");
	assert_string_equal(
	    FEED("b", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;USINE BELERIVE LTEE;fr;Bob;bob@b.example;J1H4A7;;"),
	    "unchanged");
	assert_string_equal(
	    FEED("a", FEED_EMPLOYERS, FIRM_COLUMNS, "E1;Usine Bellerive inc.;fr;Luc;luc@a.example;J1H4A7;;Sherbrooke"),
	    "unchanged");
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion"), 1);
	assert_int_equal(number_of("SELECT count(*) FROM employer WHERE version > 1"), 0);
}

static void
a_college_sees_its_own_pairs_and_no_contact(void **state)
{
	(void)state;
	const char *own = LIST("c", FIRM_SUSPECTS, NULL);
	assert_non_null(strstr(own, "a/E1;a;Usine Bellerive inc.;Sherbrooke;c/E1"));
	assert_null(strstr(own, "E2"));
	assert_null(strstr(own, "a/E1;a;Usine Bellerive inc.;Sherbrooke;b/E1"));
	assert_null(strstr(LIST("", FIRM_SUSPECTS, NULL), "@"));
	assert_null(strstr(own, "@"));
	assert_null(strstr(own, "Luc"));
	assert_string_equal(LIST("c", FIRM_LIST, "employer=a/E1"), "code 2 unknown employer()");
	assert_string_equal(LIST("c", FIRM_LIST, "employer=E1"), "c/E1;c;Usine Bellerive;;c/E1");
	assert_string_equal(LIST("c", FIRM_HISTORY, "employer=a/E1"), "code 2 unknown employer()");
	assert_string_equal(LIST("c", FIRM_LIST, NULL), "code 2 required employer()");
}

static void
who_says_no_is_asked_no_more_and_may_say_otherwise_later(void **state)
{
	(void)state;
	assert_int_equal(act_as("a", COMMAND(FIRM_REJECT), "E1", "b/E1", ""), NO);
	assert_int_equal(ACT("c", FIRM_REJECT, "a/E1", "b/E1"), NO);
	assert_int_equal(ACT("a", FIRM_REJECT, "E3", "b/E1"), NO);
	assert_int_equal(ACT("b", FIRM_REJECT, "E1", "a/E1"), DONE);
	assert_int_equal(ACT("a", FIRM_REJECT, "E1", "b/E1"), NO);
	assert_non_null(strstr(LIST("a", FIRM_SUSPECTS, "state=rejected"), "b/E1"));
	assert_string_equal(LIST("a", FIRM_LIST, "employer=E1"), "a/E1;a;Usine Bellerive inc.;Sherbrooke;a/E1");
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "b/E1"), NO);
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_non_null(strstr(LIST("b", FIRM_SUSPECTS, "state=proposed"), ";proposed;a;"));
	assert_int_equal(ACT("b", FIRM_REJECT, "E1", "a/E1"), NO);
	assert_int_equal(ACT("", FIRM_REJECT, "a/E1", "b/E1"), DONE);
	assert_int_equal(ACT("", FIRM_UNMERGE, "a/E1", "b/E1"), DONE);
	assert_null(strstr(LIST("a", FIRM_SUSPECTS, "state=rejected"), "b/E1"));
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "b/E1"), DONE);
	assert_int_equal(ACT("", FIRM_REJECT, "a/E1", "b/E1"), NO);
}

static void
a_coordinator_proposes_and_the_intermediary_merges(void **state)
{
	(void)state;
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "b/E1"), NO);
	assert_int_equal(ACT("", FIRM_PROPOSE, "a/E1", "b/E1"), FORBIDDEN);
	assert_int_equal(ACT("c", FIRM_PROPOSE, "a/E1", "b/E1"), NO);
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(ACT("b", FIRM_PROPOSE, "E1", "a/E1"), NO);
	assert_int_equal(ACT("a", FIRM_MERGE, "a/E1", "b/E1"), FORBIDDEN);
	assert_int_equal(ACT("a", FIRM_UNMERGE, "a/E1", "b/E1"), FORBIDDEN);
	assert_string_equal(LIST("a", FIRM_LIST, "employer=E1"), "a/E1;a;Usine Bellerive inc.;Sherbrooke;a/E1");
	assert_int_equal(ACT("", FIRM_MERGE, "b/E1", "a/E1"), DONE);
	assert_int_equal(ACT("", FIRM_MERGE, "b/E1", "a/E1"), NO);
	const char *firm = "a/E1;a;Usine Bellerive inc.;Sherbrooke;a/E1\nb/E1;b;USINE BELERIVE LTEE;;a/E1";
	assert_string_equal(LIST("a", FIRM_LIST, "employer=E1"), firm);
	assert_string_equal(LIST("b", FIRM_LIST, "employer=a/E1"), firm);
	assert_string_equal(LIST("", FIRM_LIST, "employer=b/E1"), firm);
	assert_non_null(strstr(LIST("a", FIRM_SUSPECTS, "state=merged"), "b/E1"));
	const char *history = LIST("b", FIRM_HISTORY, "employer=E1");
	assert_non_null(strstr(history, ";propose;a/E1 b/E1;"));
	assert_non_null(strstr(history, ";merge;a/E1 b/E1;"));
	assert_int_equal(number_of("SELECT count(*) FROM audit WHERE subject_ids = 'a/E1 b/E1'"), 2);
	/* a merge changes no record */
	assert_int_equal(number_of("SELECT count(*) FROM employer WHERE version > 1"), 0);
}

/* What a college may not know of is unknown to it, whether it is there or not. */
static void
nobody_learns_by_proposing_what_others_have(void **state)
{
	(void)state;
	assert_string_equal(LIST("c", FIRM_SUSPECTS, "state=proposed"), "");
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "a/E3"), NO);
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "a/E99"), NO);
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "c/E1"), NO);
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "a|b"), NO);
	assert_int_equal(number_of("SELECT count(*) FROM firm_link"), 0);
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P1;E3;Un;coop;410.A0;2;2027-01-11;2027-04-30;37,5");
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "a/E3"), DONE);
	assert_non_null(
	    strstr(LIST("a", FIRM_SUSPECTS, "state=proposed"), "a/E3;a;Seule;;c/E1;c;Usine Bellerive;;;;proposed;c;"));
}

static void
undoing_leaves_what_was_there_in_any_order(void **state)
{
	static const char firms[] = "SELECT coalesce(string_agg(m::text, ' ' ORDER BY m::text), '') FROM firm_member m";

	(void)state;
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "c/E1"), DONE);
	assert_int_equal(ACT("", FIRM_MERGE, "b/E1", "c/E1"), DONE);
	const char *two = arena_strdup(play.arena, cluster_sql(&play.cluster, "%s", firms));
	assert_string_equal(two, "(b,E1,b,E1) (c,E1,b,E1)");
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "b/E1"), DONE);
	const char *three = arena_strdup(play.arena, cluster_sql(&play.cluster, "%s", firms));
	assert_string_equal(three, "(a,E1,a,E1) (b,E1,a,E1) (c,E1,a,E1)");
	/* a third link between the same three adds nothing, and takes nothing away */
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "c/E1"), DONE);
	assert_string_equal(cluster_sql(&play.cluster, "%s", firms), three);
	assert_int_equal(ACT("", FIRM_UNMERGE, "a/E1", "c/E1"), DONE);
	assert_string_equal(cluster_sql(&play.cluster, "%s", firms), three);
	assert_int_equal(ACT("", FIRM_UNMERGE, "a/E1", "b/E1"), DONE);
	assert_string_equal(cluster_sql(&play.cluster, "%s", firms), two);
	assert_int_equal(ACT("", FIRM_UNMERGE, "a/E1", "b/E1"), NO);
	assert_int_equal(act_as("", COMMAND(FIRM_UNMERGE), "b/E1", "c/E1", ""), NO);
	assert_int_equal(ACT("", FIRM_UNMERGE, "c/E1", "b/E1"), DONE);
	assert_string_equal(cluster_sql(&play.cluster, "%s", firms), "");
	assert_int_equal(number_of("SELECT count(*) FROM firm_link"), 0);
	assert_int_equal(number_of("SELECT count(*) FROM firm_suspicion"), 4);
	assert_int_equal(number_of("SELECT count(*) FROM firm_history"), 9);
}

static const char *
firm_told(const char *employer)
{
	const Bassin__V1__FirmRecorded *m = last_event("firm", employer, &bassin__v1__firm_recorded__descriptor);

	assert_string_equal(m->employer, employer);
	return m->firm;
}

static void
every_record_of_a_firm_that_changes_is_told_of(void **state)
{
	(void)state;
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(ACT("c", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(events_of("firm"), 0);
	assert_int_equal(ACT("", FIRM_MERGE, "b/E1", "c/E1"), DONE);
	assert_string_equal(firm_told("b/E1"), "b/E1");
	assert_string_equal(firm_told("c/E1"), "b/E1");
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "b/E1"), DONE);
	assert_string_equal(firm_told("a/E1"), "a/E1");
	assert_string_equal(firm_told("b/E1"), "a/E1");
	assert_string_equal(firm_told("c/E1"), "a/E1");
	assert_int_equal(ACT("", FIRM_UNMERGE, "a/E1", "b/E1"), DONE);
	assert_string_equal(firm_told("a/E1"), "");
	assert_string_equal(firm_told("b/E1"), "b/E1");
	assert_string_equal(firm_told("c/E1"), "b/E1");
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	int64_t told = events_of("firm");
	assert_int_equal(ACT("", FIRM_UNMERGE, "a/E1", "b/E1"), DONE);
	assert_int_equal(events_of("firm"), told);
}

static void
postings_that_say_the_same_are_shown_to_both_colleges_and_stay(void **state)
{
	(void)state;
	(void)FEED("a", FEED_POSTINGS, POSTINGS,
	           "P1;E1;Technicien, génie civil;coop;410.A0|221.B0;2;2027-01-11;2027-04-30;37,5",
	           "P2;E1;Commis;coop;410.A0;1;2027-01-11;2027-04-30;35",
	           "P3;E3;Commis;coop;410.A0;1;2027-01-11;2027-04-30;35");
	(void)FEED("b", FEED_POSTINGS, POSTINGS,
	           "P1;E1;TECHNICIEN GENIE CIVIL;internship;221.B0;1;2027-04-30;2027-06-30;35",
	           "P2;E1;Commis;coop;420.B0;1;2027-01-11;2027-04-30;35",
	           "P3;E1;Commis;coop;410.A0;1;2027-05-01;2027-06-30;35");
	assert_string_equal(LIST("", FIRM_DUPLICATES, NULL), "");
	assert_int_equal(ACT("a", FIRM_PROPOSE, "E1", "b/E1"), DONE);
	assert_int_equal(ACT("", FIRM_MERGE, "a/E1", "b/E1"), DONE);
	const char *pair =
	    "a/P1;a;Technicien, génie civil;2027-01-11;2027-04-30;b/P1;b;TECHNICIEN GENIE CIVIL;2027-04-30;2027-06-30;a/E1";
	assert_string_equal(LIST("a", FIRM_DUPLICATES, NULL), pair);
	assert_string_equal(LIST("b", FIRM_DUPLICATES, NULL), pair);
	assert_string_equal(LIST("", FIRM_DUPLICATES, NULL), pair);
	assert_string_equal(LIST("c", FIRM_DUPLICATES, NULL), "");
	assert_int_equal(number_of("SELECT count(*) FROM posting"), 6);
	assert_int_equal((int)move_as("b", "P1", STATE_PAUSED, "en négociation").code, DONE);
	assert_string_equal(LIST("a", FIRM_DUPLICATES, NULL), "");
}

static void
pages_of_suspicions_follow_each_other(void **state)
{
	(void)state;
	const char *first = play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(FIRM_SUSPECTS), NULL, 2, "");
	assert_non_null(strstr(first, "\nnext=a/E1|c/E1"));
	const char *second = play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(FIRM_SUSPECTS), NULL, 2, "a/E1|c/E1");
	assert_true(strncmp(second, "a/E2;", 5) == 0);
	assert_non_null(strstr(second, "\nb/E1;"));
	assert_null(strstr(second, "next="));
	assert_string_equal(play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(FIRM_SUSPECTS), NULL, 2, "zz"), "");
}

int
main(void)
{
#define SCENE(f) cmocka_unit_test_setup(f, three_colleges)
	const struct CMUnitTest tests[] = {
		SCENE(a_feed_finds_who_is_the_same_and_why),
		SCENE(a_suspicion_follows_the_records_and_a_dry_run_finds_nothing),
		SCENE(a_record_that_was_never_compared_is_compared_at_the_next_feed),
		SCENE(a_college_sees_its_own_pairs_and_no_contact),
		SCENE(a_coordinator_proposes_and_the_intermediary_merges),
		SCENE(nobody_learns_by_proposing_what_others_have),
		SCENE(undoing_leaves_what_was_there_in_any_order),
		SCENE(every_record_of_a_firm_that_changes_is_told_of),
		SCENE(postings_that_say_the_same_are_shown_to_both_colleges_and_stay),
		SCENE(pages_of_suspicions_follow_each_other),
		SCENE(who_says_no_is_asked_no_more_and_may_say_otherwise_later),
	};

	return cmocka_run_group_tests(tests, play_setup, play_teardown);
}
