/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and cards: pages, filters, and who may see what. */
#include "intake_play.h"

static const char *
list(const char *institution, int type, const char *filter)
{
	return play_list(&play, institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE, institution, type, filter, 1000, "");
}
#define LIST(institution, type, filter) list(institution, COMMAND(type), filter)

static const char *
show(const char *institution, const char *id)
{
	Bassin__V1__ShowAsk ask = BASSIN__V1__SHOW_ASK__INIT;

	ask.id = (char *)(uintptr_t)id;
	struct play_answer a = play_ask(&play, institution[0] == '\0' ? ROLE_INTERMEDIARY : ROLE_COLLEGE, institution,
	                                COMMAND(EMPLOYER_INTAKE_SHOW), &ask.base);
	return play_table(&play, &a);
}

static int
a_small_pool(void **state)
{
	if (pool_empty(state) != 0)
		return -1;
	(void)FEED("a", FEED_EMPLOYERS, EMPLOYERS ";contact_phone;municipality",
	           "E1;Ferme Joyeuse;fr;Luc;luc@ferme.example;J1H4A7;8195550134;Sherbrooke",
	           "E2;Usine Dupont;fr;Eve;eve@usine.example;H2X1Y4;;");
	(void)FEED("b", FEED_EMPLOYERS, EMPLOYERS, "E1;Atelier B;en;Bob;bob@b.example;J1H4A7");
	(void)FEED("a", FEED_POSTINGS, POSTINGS, "P1;E1;Un;coop;410.A0;2;2027-01-11;2027-04-30;37,5",
	           "P2;E2;Deux;coop;410.A0;1;2027-01-11;2027-04-30;35");
	(void)FEED("b", FEED_POSTINGS, POSTINGS, "P1;E1;Trois;internship;420.B0;1;2027-01-11;2027-04-30;35");
	(void)FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1", "P1;2;L2", "P2;1;L3");
	return move_as("a", "P2", STATE_PAUSED, "en négociation").code == BASSIN__V1__REPLY_CODE__OK ? 0 : -1;
}

static void
employers_are_their_own_colleges(void **state)
{
	(void)state;
	assert_string_equal(
	    LIST("a", EMPLOYER_LIST, NULL),
	    "a/E1;a;E1;Ferme Joyeuse;;;;fr;Luc;luc@ferme.example;8195550134;;Sherbrooke;J1H 4A7;1;\n"
	    "a/E2;a;E2;Usine Dupont;;;;fr;Eve;eve@usine.example;;;;H2X 1Y4;1;");
	assert_string_equal(LIST("b", EMPLOYER_LIST, "institution=a"), "code 2 not_yours institution()");
	assert_null(strstr(LIST("b", EMPLOYER_LIST, NULL), "a/"));
	const char *all = LIST("", EMPLOYER_LIST, NULL);
	assert_non_null(strstr(all, "a/E1;a;E1;Ferme Joyeuse"));
	assert_non_null(strstr(all, "b/E1;b;E1;Atelier B"));
	assert_null(strstr(all, "@"));
	assert_null(strstr(all, "Luc"));
	assert_null(strstr(all, "8195550134"));
	assert_null(strstr(LIST("", EMPLOYER_LIST, "institution=b"), "a/E1"));
}

static void
open_postings_are_the_pools_and_all_others_their_colleges(void **state)
{
	(void)state;
	const char *own = LIST("a", POSTING_LIST, NULL);
	assert_non_null(strstr(own, "a/P1;a;P1;open;;E1;Ferme Joyeuse;Un;coop;410.A0;;;2;0;2027-01-11;2027-04-30;37.5;"));
	assert_non_null(strstr(own, "a/P2;a;P2;paused;en négociation;"));
	assert_null(strstr(own, "b/P1"));
	const char *pool = LIST("b", POSTING_LIST, "scope=pool");
	assert_non_null(strstr(pool, "a/P1"));
	assert_non_null(strstr(pool, "b/P1"));
	assert_null(strstr(pool, "a/P2"));
	assert_null(strstr(pool, "@"));
	assert_non_null(strstr(LIST("a", POSTING_LIST, "state=paused"), "a/P2"));
	assert_null(strstr(LIST("a", POSTING_LIST, "state=paused"), "a/P1"));
	assert_string_equal(LIST("a", POSTING_LIST, "state=sleeping"),
	                    "code 2 not_in_list state(draft|open|paused|filled|closed|withdrawn)");
	assert_string_equal(LIST("a", POSTING_LIST, "scope=all"), "code 2 not_in_list scope(own|pool)");
	assert_string_equal(LIST("a", POSTING_LIST, "colour=red"),
	                    "code 2 no_filter colour(scope|institution|state|employer)");
	assert_non_null(strstr(LIST("", POSTING_LIST, NULL), "en négociation"));
}

static void
pages_follow_each_other_without_gap_or_repeat(void **state)
{
	(void)state;
	const char *first = play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(POSTING_LIST), NULL, 2, "");
	assert_non_null(strstr(first, "a/P1"));
	assert_non_null(strstr(first, "\nnext=a/P2"));
	const char *second = play_list(&play, ROLE_INTERMEDIARY, "", COMMAND(POSTING_LIST), NULL, 2, "a/P2");
	assert_non_null(strstr(second, "b/P1"));
	assert_null(strstr(second, "next="));
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_RANKING_LIST), NULL, 2, ""),
	                    "a/P1/1;a;P1;1;L1\na/P1/2;a;P1;2;L2\nnext=a/P1/2");
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "a", COMMAND(EMPLOYER_RANKING_LIST), NULL, 2, "a/P1/2"),
	                    "a/P2/1;a;P2;1;L3");
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "a", COMMAND(POSTING_LIST), NULL, 0, ""),
	                    "code 2 out_of_range limit(1..1000)");
	assert_string_equal(play_list(&play, ROLE_COLLEGE, "a", COMMAND(INSTITUTION_LIST), NULL, 1, "b"), "");
}

static void
a_ranking_is_its_colleges_own(void **state)
{
	(void)state;
	assert_string_equal(LIST("b", EMPLOYER_RANKING_LIST, NULL), "");
	assert_string_equal(LIST("", EMPLOYER_RANKING_LIST, "posting=P1"), "a/P1/1;a;P1;1;\na/P1/2;a;P1;2;");
}

static void
a_coordinator_is_shown_to_her_college_and_to_the_intermediary(void **state)
{
	(void)state;
	assert_string_equal(LIST("a", INSTITUTION_LIST, NULL),
	                    "a;Cégep A;A College;fr;819 555-0101;1 rue A, Ville;Ana Roy;ana@a.example\n"
	                    "b;Cégep A;A College;fr;819 555-0101;1 rue A, Ville;;");
	assert_non_null(strstr(LIST("", INSTITUTION_LIST, NULL), "b;Cégep A;A College;fr;819 555-0101;1 rue A, Ville;Ana Roy"));
}

static void
a_card_shows_what_one_may_see(void **state)
{
	(void)state;
	assert_non_null(strstr(show("a", "P2"), "state_reason;en négociation"));
	assert_non_null(strstr(show("a", "P1"), "hours_per_week;37.5"));
	assert_non_null(strstr(show("a", "employer:E1"), "contact_email;luc@ferme.example"));
	assert_non_null(strstr(show("a", "E1"), "place_latitude;45.4000000"));
	assert_non_null(strstr(show("b", "a/P1"), "title;Un"));
	assert_string_equal(show("b", "a/P2"), "code 2 unknown id()");
	assert_string_equal(show("b", "a/E1"), "code 2 unknown id()");
	assert_non_null(strstr(show("", "a/E1"), "legal_name;Ferme Joyeuse"));
	assert_null(strstr(show("", "a/E1"), "luc@"));
	assert_non_null(strstr(show("b", "institution:a"), "name_en;A College"));
	assert_null(strstr(show("b", "institution:a"), "ana@"));
	assert_non_null(strstr(show("a", "a"), "coordinator_email;ana@a.example"));
	assert_string_equal(show("a", "nothing"), "code 2 unknown id()");
	assert_string_equal(show("a", ""), "code 2 bad_id id(1..257)");
}

static void
the_audit_trail_has_counts_and_ids_but_no_person(void **state)
{
	(void)state;
	assert_int_equal(number_of("SELECT count(*) FROM audit WHERE subject_ids LIKE '%@%' OR subject_ids LIKE '%Luc%'"), 0);
	assert_true(number_of("SELECT count(*) FROM audit WHERE subject_ids LIKE 'rows=2 created=2%'") > 0);
}

int
main(void)
{
#define SCENE(f) cmocka_unit_test_setup(f, a_small_pool)
	const struct CMUnitTest tests[] = {
		SCENE(employers_are_their_own_colleges),
		SCENE(open_postings_are_the_pools_and_all_others_their_colleges),
		SCENE(pages_follow_each_other_without_gap_or_repeat),
		SCENE(a_ranking_is_its_colleges_own),
		SCENE(a_coordinator_is_shown_to_her_college_and_to_the_intermediary),
		SCENE(a_card_shows_what_one_may_see),
		SCENE(the_audit_trail_has_counts_and_ids_but_no_person),
	};

	return cmocka_run_group_tests(tests, play_setup, play_teardown);
}
