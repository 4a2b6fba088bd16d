/* SPDX-License-Identifier: Apache-2.0 */
/* Feeding institutions, employers and postings through the core into a real PostgreSQL. */
#include "intake_play.h"

#define E1 "E1;Ferme Joyeuse;fr;Luc Côté;luc@ferme.example;J1H 4A7"
#define P1 "P1;E1;Stage en gestion;coop;410.A0;2;2027-01-11;2027-04-30;35"

static void
an_institution_makes_two_events_and_the_contact_is_apart(void **state)
{
	const Bassin__V1__InstitutionRecorded *open = last_event("institution", "a", &bassin__v1__institution_recorded__descriptor);
	const Bassin__V1__InstitutionContactRecorded *contact =
	    last_event("contact", "institution:a", &bassin__v1__institution_contact_recorded__descriptor);

	(void)state;
	assert_string_equal(open->name_fr, "Cégep A");
	assert_string_equal(contact->coordinator_email, "ana@a.example");
	assert_string_equal(contact->language, "fr");
	assert_int_equal(events_of("institution"), 2);
	assert_string_equal(FEED("", FEED_INSTITUTIONS, INSTITUTIONS, "a" CEGEP_A), "unchanged");
	assert_int_equal(events_of("institution"), 2);
}

static void
only_the_intermediary_feeds_institutions_and_only_colleges_employers(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_INSTITUTIONS, INSTITUTIONS, "a" CEGEP_A), "code 6  ()");
	assert_string_equal(FEED("", FEED_EMPLOYERS, EMPLOYERS, E1), "code 6  ()");
}

static void
a_college_that_nobody_fed_is_refused(void **state)
{
	(void)state;
	assert_string_equal(FEED("c", FEED_EMPLOYERS, EMPLOYERS, E1), "code 2 unknown institution()");
	assert_string_equal(FEED("c", FEED_POSTINGS, POSTINGS, P1), "code 2 unknown institution()");
	assert_string_equal(FEED("c", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1"), "code 2 unknown institution()");
}

static void
an_employer_takes_its_place_from_the_postal_code(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";municipality;neq", E1 ";Sherbrooke;1143920115"), "created");
	const Bassin__V1__EmployerRecorded *e = last_event("employer", "a/E1", &bassin__v1__employer_recorded__descriptor);
	assert_string_equal(e->employer, "a/E1");
	assert_string_equal(e->legal_name, "Ferme Joyeuse");
	assert_string_equal(e->neq, "1143920115");
	assert_int_equal(e->place_opt_case, BASSIN__V1__EMPLOYER_RECORDED__PLACE_OPT_PLACE);
	assert_int_equal(e->place->latitude_e7, 454000000);
	const Bassin__V1__EmployerContactRecorded *c =
	    last_event("contact", "employer:a/E1", &bassin__v1__employer_contact_recorded__descriptor);
	assert_string_equal(c->contact_name, "Luc Côté");
	assert_string_equal(c->postal_code, "J1H 4A7");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";latitude;longitude", E1 ";46.1;-72.5"), "updated");
	e = last_event("employer", "a/E1", &bassin__v1__employer_recorded__descriptor);
	assert_int_equal(e->place->longitude_e7, -725000000);
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";latitude;longitude", E1 ";46.1;"),
	                    "refused longitude=required()");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";latitude", E1 ";"), "refused latitude=required()");
}

static void
the_same_file_twice_changes_nothing(void **state)
{
	static const char *const lines[] = { EMPLOYERS ";contact_phone;address;headcount", E1 ";819 555-0134;2 rang A;12",
		                             "E2;Été inc.;en;Eve;eve@ete.example;H2X1Y4;;;", NULL };

	(void)state;
	assert_string_equal(feed_as("a", COMMAND(FEED_EMPLOYERS), lines, false), "created\ncreated");
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "created");
	int64_t events = number_of("SELECT count(*) FROM event");
	assert_string_equal(feed_as("a", COMMAND(FEED_EMPLOYERS), lines, false), "unchanged\nunchanged");
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "unchanged");
	assert_int_equal(number_of("SELECT count(*) FROM event"), events);
	assert_int_equal(number_of("SELECT max(version) FROM employer"), 1);
}

static void
an_absent_column_keeps_and_an_empty_cell_clears(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";address;headcount", E1 ";2 rang A;12"), "created");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1), "unchanged");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";headcount", E1 ";"), "updated");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT concat(address, '/', headcount, '/', version) FROM employer"),
	                    "2 rang A//2");
}

static void
a_dry_run_reports_and_writes_nothing(void **state)
{
	(void)state;
	int64_t events = number_of("SELECT count(*) FROM event");
	assert_string_equal(FEED_DRY("a", FEED_EMPLOYERS, EMPLOYERS, E1, "E2;;fr;x;x@x.example;J1H4A7"),
	                    "created\nrefused legal_name=required()");
	assert_string_equal(FEED_DRY("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1"), "waiting posting=unknown()");
	assert_int_equal(number_of("SELECT count(*) FROM employer"), 0);
	assert_int_equal(number_of("SELECT count(*) FROM employer_ranking"), 0);
	assert_int_equal(number_of("SELECT count(*) FROM event"), events);
}

static void
one_bad_row_of_each_kind_has_its_precise_line_and_the_good_rows_are_kept(void **state)
{
	(void)state;
	assert_string_equal(
	    FEED("", FEED_INSTITUTIONS, INSTITUTIONS, "c" CEGEP_A, "d;;D;Dan;dan;555;1 rue;de"),
	    "created\n"
	    "refused name_fr=required() coordinator_email=bad_address(exactly one @) "
	    "phone=bad_format(7..20 digits, + - ( ) . # x) language=not_in_list(fr|en)");
	assert_string_equal(
	    FEED("a", FEED_EMPLOYERS, EMPLOYERS ";neq;headcount", E1 ";;", "E 2/3;Bon;fr;B;b@b.example;90210;12;many"),
	    "created\n"
	    "refused external_id=bad_id(1..128) neq=bad_format(10 digits) headcount=not_a_number(0..1000000) "
	    "postal_code=bad_format(A1A 1A1)");
	assert_string_equal(
	    FEED("a", FEED_POSTINGS, POSTINGS ";noc;weekdays;reserves", P1 ";12345;mo|tu;g:1",
	         "P2;E1;;job;a|a;0;2027-13-01;2027-04-30;61;1;monday;g", "P3;E1;T;coop;a;1;2027-04-30;2027-01-11;35;;;"),
	    "created\n"
	    "refused title=required() wil_type=not_in_list(applied_research|apprenticeship|coop|entrepreneurship|"
	    "field_placement|internship|practicum|service_learning|work_experience|consulting|micro_placement|online_project|"
	    "incubator|industry_project|competition) programmes=duplicate() noc=bad_format(5 digits) "
	    "seats=out_of_range(1..500) starts_on=not_a_date(yyyy-mm-dd) hours_per_week=out_of_range(1..60 0.01) "
	    "weekdays=not_in_list(mo|tu|we|th|fr|sa|su) reserves=bad_format(group:1..500)\n"
	    "refused ends_on=before(starts_on)");
	assert_string_equal(FEED("a", FEED_EMPLOYER_RANKINGS, RANKINGS, "P1;1;L1", "P1;first;L2", "P1;2;", "b/P9;1;L1"),
	                    "created\nrefused tier=not_a_number(1..1000)\nrefused learner=required()\nrefused posting=not_yours()");
	assert_int_equal(number_of("SELECT count(*) FROM institution"), 3);
	assert_int_equal(number_of("SELECT count(*) FROM employer"), 1);
	assert_int_equal(number_of("SELECT count(*) FROM posting"), 1);
	assert_int_equal(number_of("SELECT sum(cardinality(learners)) FROM employer_ranking"), 1);
}

static void
the_batch_as_a_whole_may_be_refused(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, "external_id;language", "E1;fr"), "code 2 required legal_name()");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";neq;neq", E1 ";;"), "code 2 duplicate neq()");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS), "code 2 out_of_range rows(1..1000)");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS ";colour", E1 ";red", "E2"),
	                    "created note:colour=unknown_column()\nrefused =bad_format(7 cells)");
}

static void
the_same_key_twice_is_refused_the_second_time(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1, "E1;Autre;fr;x;x@x.example;J1H4A7"),
	                    "created\nrefused external_id=duplicate()");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT legal_name FROM employer"), "Ferme Joyeuse");
}

static void
a_posting_waits_for_its_employer_but_is_told_at_once(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "waiting employer=unknown()");
	assert_int_equal(events_of("posting"), 1);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "waiting employer=unknown()");
	assert_int_equal(events_of("posting"), 1);
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1), "created");
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS, P1), "unchanged");
}

static void
a_posting_is_told_in_full(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1), "created");
	assert_string_equal(
	    FEED("a", FEED_POSTINGS,
	         POSTINGS ";description;competencies;noc;weekdays;paid;hourly_wage;language;place;postal_code;accepts_unranked;"
	                  "assignable;reserves;reserve_order;answer_by",
	         P1 ";Deux\nlignes;01AB|02CD;12345;mo|we;oui;21,5;both;hybrid;h2x1y4;non;0;g1:1;last;2026-12-15"),
	    "created");
	const Bassin__V1__PostingRecorded *p = last_event("posting", "a/P1", &bassin__v1__posting_recorded__descriptor);
	assert_string_equal(p->employer, "a/E1");
	assert_int_equal(p->state, BASSIN__V1__POSTING_STATE__POSTING_OPEN);
	assert_string_equal(p->description, "Deux\nlignes");
	assert_int_equal(p->wil_type, BASSIN__V1__WIL_TYPE__COOP);
	assert_int_equal(p->n_competencies, 2);
	assert_string_equal(p->competencies[1], "02CD");
	assert_int_equal(p->seats, 2);
	assert_int_equal(p->starts_on, 20829);
	assert_int_equal(p->hours_hundredths, 3500);
	assert_int_equal(p->weekdays, 5);
	assert_true(p->paid_opt_case == BASSIN__V1__POSTING_RECORDED__PAID_OPT_PAID && p->paid);
	assert_int_equal(p->hourly_wage_cents, 2150);
	assert_int_equal(p->languages, 3);
	assert_int_equal(p->place_kind, BASSIN__V1__PLACE_KIND__HYBRID);
	assert_int_equal(p->place->latitude_e7, 455000000);
	assert_false(p->accepts_unranked);
	assert_false(p->assignable);
	assert_int_equal(p->n_reserves, 1);
	assert_string_equal(p->reserves[0]->group, "g1");
	assert_true(p->reserves_last);
	assert_int_equal(p->answer_by, 20802);
	assert_string_equal(FEED("a", FEED_POSTINGS, POSTINGS ";paid;reserve_order;accepts_unranked;assignable;postal_code",
	                         P1 ";;;;;"), "updated");
	p = last_event("posting", "a/P1", &bassin__v1__posting_recorded__descriptor);
	assert_int_equal(p->paid_opt_case, BASSIN__V1__POSTING_RECORDED__PAID_OPT__NOT_SET);
	assert_int_equal(p->place_opt_case, BASSIN__V1__POSTING_RECORDED__PLACE_OPT__NOT_SET);
	assert_true(p->accepts_unranked && p->assignable && !p->reserves_last);
	assert_int_equal(p->hourly_wage_cents, 2150);
}

static void
two_colleges_with_the_same_ids_do_not_meet(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, E1), "created");
	assert_string_equal(FEED("b", FEED_EMPLOYERS, EMPLOYERS, "E1;Autre;en;x;x@x.example;J1H4A7"), "created");
	assert_string_equal(FEED("b", FEED_POSTINGS, POSTINGS, P1), "created");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT legal_name FROM employer WHERE institution = 'a'"),
	                    "Ferme Joyeuse");
	assert_int_equal(number_of("SELECT count(*) FROM posting WHERE institution = 'a'"), 0);
}

static void
a_thousand_rows_go_in_at_once(void **state)
{
	static char rows[1001][64];
	static const char *lines[1003] = { EMPLOYERS };

	(void)state;
	for (int i = 0; i < 1001; i++) {
		snprintf(rows[i], sizeof rows[i], "E%d;Firme %d;fr;C;c@c.example;J1H4A7", i, i);
		lines[i + 1] = rows[i];
	}
	assert_string_equal(feed_as("a", COMMAND(FEED_EMPLOYERS), lines, false), "code 2 out_of_range rows(1..1000)");
	lines[1001] = NULL;
	(void)feed_as("a", COMMAND(FEED_EMPLOYERS), lines, false);
	assert_int_equal(number_of("SELECT count(*) FROM employer"), 1000);
	assert_int_equal(events_of("employer"), 1000);
}

static void
hostile_text_stays_text(void **state)
{
	(void)state;
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;'|| (SELECT 1) --;fr;\"{a,b}\\,NULL;x@x.example;J1H4A7"),
	                    "created");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT legal_name || contact_name FROM employer"),
	                    "'|| (SELECT 1) --\"{a,b}\\,NULL");
	assert_string_equal(FEED("a", FEED_EMPLOYERS, EMPLOYERS, "E1;NULL;fr;x\r\nBcc: y;x@x.example\n;J1H4A7"),
	                    "refused contact_name=not_text(UTF-8, one line)");
}

int
main(void)
{
#define PLAY(f) cmocka_unit_test_setup(f, pool_empty)
	const struct CMUnitTest tests[] = {
		PLAY(an_institution_makes_two_events_and_the_contact_is_apart),
		PLAY(only_the_intermediary_feeds_institutions_and_only_colleges_employers),
		PLAY(a_college_that_nobody_fed_is_refused),
		PLAY(an_employer_takes_its_place_from_the_postal_code),
		PLAY(the_same_file_twice_changes_nothing),
		PLAY(an_absent_column_keeps_and_an_empty_cell_clears),
		PLAY(a_dry_run_reports_and_writes_nothing),
		PLAY(one_bad_row_of_each_kind_has_its_precise_line_and_the_good_rows_are_kept),
		PLAY(the_batch_as_a_whole_may_be_refused),
		PLAY(the_same_key_twice_is_refused_the_second_time),
		PLAY(a_posting_waits_for_its_employer_but_is_told_at_once),
		PLAY(a_posting_is_told_in_full),
		PLAY(two_colleges_with_the_same_ids_do_not_meet),
		PLAY(a_thousand_rows_go_in_at_once),
		PLAY(hostile_text_stays_text),
	};

	return cmocka_run_group_tests(tests, play_setup, play_teardown);
}
