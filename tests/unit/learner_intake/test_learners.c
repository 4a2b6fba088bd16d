/* SPDX-License-Identifier: Apache-2.0 */
/* Programmes, competencies and learners, fed to the real core on a real PostgreSQL. */
#include "stage.h"

static void
a_learner_is_created_and_told_without_her_name(void **state)
{
	(void)state;
	feed_anne();
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	const Bassin__V1__LearnerContactRecorded *c = last_event("contact", &bassin__v1__learner_contact_recorded__descriptor);
	assert_true(pool_number_is_sound(p->learner));
	assert_string_equal(p->learner, ask_sql("SELECT pool_number FROM learner"));
	assert_string_equal(p->external_id, "e1");
	assert_true(p->in_pool);
	assert_string_equal(p->programme, "420.B0");
	assert_int_equal(p->place->latitude_e7, 454000000);
	assert_int_equal(p->place->longitude_e7, -719000000);
	assert_int_equal(p->max_distance_opt_case, BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT__NOT_SET);
	assert_int_equal(p->hours_hundredths, 3500);
	assert_int_equal(p->available_from, 20829);
	assert_int_equal(p->languages, 1);
	assert_true(p->assignable);
	assert_string_equal(c->given_name, "Anne");
	assert_string_equal(c->family_name, "Bélanger");
	assert_string_equal(c->email, "anne@eleves.example");
	assert_string_equal(ask_sql("SELECT key = 'learner:%s' FROM event WHERE topic = 'contact'", p->learner), "t");
	assert_int_equal(atoi(ask_sql("SELECT count(*) FROM event WHERE topic <> 'contact' AND "
	                              "position('anne'::bytea IN body) + position('Anne'::bytea IN body) + "
	                              "position('J1H'::bytea IN body) > 0")), 0);
}

static void
every_column_reaches_the_profile(void **state)
{
	(void)state;
	feed_programme();
	const Bassin__V1__FeedResults *r = feed(&memphre, FEED(LEARNERS), LEARNERS_REQUIRED
	    ";latitude;longitude;max_distance_km;weekdays;competencies;permanent_code;wil_types;languages;groups;assignable"
	    ";tier\n"
	    "e2;Zoé;Roy;zoe@eleves.example;en;420.B0;j1h4a7;2027-01-11;2027-05-28;37,5;2026-10-01"
	    ";45,123;-72.5;12.5;fr|mo;00Q2|00Q1;ABCD 1234 5678;coop|internship;en|fr;g1|g2;non;3\n");
	WAITING_ROW(r, 0, "competencies");
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_int_equal(p->place->latitude_e7, 451230000);
	assert_int_equal(p->place->longitude_e7, -725000000);
	assert_int_equal(p->max_distance_m, 12500);
	assert_int_equal(p->weekdays, 1 | 1 << 4);
	assert_int_equal(p->n_competencies, 2);
	assert_string_equal(p->competencies[0], "00Q2");
	assert_int_equal(p->wil_types, 1 << 3 | 1 << 6);
	assert_int_equal(p->languages, 3);
	assert_int_equal(p->n_groups, 2);
	assert_false(p->assignable);
	assert_int_equal(p->tier, 3);
	assert_int_equal(p->hours_hundredths, 3750);
	uint8_t hash[HASH_SIZE];
	hash_of_permanent_code(stage.intake.pool_key, "abcd12345678", hash);
	assert_int_equal(p->permanent_code_hash.len, HASH_SIZE);
	assert_memory_equal(p->permanent_code_hash.data, hash, HASH_SIZE);
	assert_false(table_says("event", "ABCD 1234 5678"));
	r = feed(&memphre, FEED(LEARNERS), LEARNERS
	         "e2;Zoé;Roy;zoe@eleves.example;en;420.B0;J1H 4A7;2027-01-11;2027-05-28;37.5;2026-10-01\n");
	WAITING_ROW(r, 0, "competencies");
	assert_int_equal(events_of("profile"), 1);
	assert_string_equal(ask_sql("SELECT version FROM learner"), "1");
}

static void
the_same_row_again_changes_nothing(void **state)
{
	(void)state;
	feed_anne();
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
	assert_int_equal(events_of("profile"), 1);
	assert_int_equal(events_of("contact"), 1);
	assert_string_equal(ask_sql("SELECT version FROM learner"), "1");
}

static void
only_what_changed_is_told(void **state)
{
	(void)state;
	feed_anne();
	UPDATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS
	            "e1;Anne;Bélanger;a.b@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01\n"), 0);
	assert_int_equal(events_of("profile"), 1);
	assert_int_equal(events_of("contact"), 2);
	UPDATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS
	            "e1;Anne;Bélanger;a.b@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;30;2026-10-01\n"), 0);
	assert_int_equal(events_of("profile"), 2);
	assert_int_equal(events_of("contact"), 2);
	assert_string_equal(ask_sql("SELECT version FROM event WHERE topic = 'profile' ORDER BY seq DESC LIMIT 1"), "3");
}

static void
an_absent_column_keeps_and_an_empty_cell_clears(void **state)
{
	static const char with[] = LEARNERS_REQUIRED ";max_distance_km;tier\n"
	    "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;20;5\n";
	static const char cleared[] = LEARNERS_REQUIRED ";max_distance_km;tier\n"
	    "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;;\n";

	(void)state;
	feed_programme();
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), with), 0);
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
	assert_string_equal(ask_sql("SELECT max_distance_km || ' ' || tier FROM learner"), "20.000 5");
	UPDATED_ROW(feed(&memphre, FEED(LEARNERS), cleared), 0);
	assert_string_equal(ask_sql("SELECT coalesce(max_distance_km::text, 'any') || ' ' || tier FROM learner"), "any 0");
}

static void
without_consent_she_stays_out_and_no_file_clears_it(void **state)
{
	(void)state;
	feed_programme();
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS
	            "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;\n"), 0);
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_false(p->in_pool);
	assert_int_equal(events_of("contact"), 0);
	UPDATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
	p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_true(p->in_pool);
	assert_int_equal(events_of("contact"), 1);
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS
	              "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;\n"), 0);
	assert_string_equal(ask_sql("SELECT consent_on FROM learner"), "2026-10-01");
}

static const Bassin__V1__FeedResults *
withdraw(const struct principal *who, const char *external_id)
{
	Bassin__V1__RowsWithdraw m = BASSIN__V1__ROWS_WITHDRAW__INIT;
	char *ids[] = { arena_strdup(stage.arena, external_id) }, reason[] = "à sa demande";

	m.n_external_ids = 1;
	m.external_ids = ids;
	m.reason = reason;
	return answer_of(ask(who, COMMAND_TYPE(LEARNER_WITHDRAW), &m.base), &bassin__v1__feed_results__descriptor);
}

static void
withdrawn_consent_takes_her_out_until_she_gives_it_anew(void **state)
{
	(void)state;
	feed_anne();
	UPDATED_ROW(withdraw(&memphre, "e1"), 0);
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	const Bassin__V1__LearnerContactRecorded *c = last_event("contact", &bassin__v1__learner_contact_recorded__descriptor);
	assert_false(p->in_pool);
	assert_false(c->in_pool);
	assert_string_equal(c->given_name, "");
	assert_string_equal(c->email, "");
	UNCHANGED_ROW(withdraw(&memphre, "e1"), 0);
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
	assert_int_equal(events_of("profile"), 2);
	UPDATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS
	            "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-11-22\n"), 0);
	c = last_event("contact", &bassin__v1__learner_contact_recorded__descriptor);
	assert_true(c->in_pool);
	assert_string_equal(c->given_name, "Anne");
	REFUSED_ROW(withdraw(&memphre, "nobody"), 0, REFUSAL_UNKNOWN, "external_id");
}

/* What others knew of her for matching goes with her consent, and comes back with it; her college keeps it all the while. */
static void
her_wishes_are_her_college_s_alone_while_she_is_out(void **state)
{
	static const char full[] = LEARNERS_REQUIRED ";max_distance_km;groups;permanent_code\n"
	    "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;%s;20;g1;ABCD12345678\n";
	const Bassin__V1__LearnerRankingRecorded *list;
	const Bassin__V1__DirectOfferRecorded *offer;

	(void)state;
	feed_programme();
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), arena_printf(stage.arena, full, "2026-10-01")), 0);
	CREATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0);
	CREATED_ROW(feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;p1\n"), 0);
	UPDATED_ROW(withdraw(&memphre, "e1"), 0);
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_string_equal(p->external_id, "e1");      /* lists that name her still mean her */
	assert_int_equal(p->place_opt_case, BASSIN__V1__PROFILE_RECORDED__PLACE_OPT__NOT_SET);
	assert_int_equal(p->max_distance_opt_case, BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT__NOT_SET);
	assert_int_equal(p->n_groups, 0);
	assert_int_equal(p->permanent_code_hash.len, 0);
	list = last_event("learner_ranking", &bassin__v1__learner_ranking_recorded__descriptor);
	offer = last_event("direct_offer", &bassin__v1__direct_offer_recorded__descriptor);
	assert_int_equal(list->n_entries, 0);
	assert_string_equal(offer->posting, "");
	/* Fed while she is out: kept, and told to nobody. */
	UPDATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\ne1;2;p2\n"), 0);
	assert_int_equal(events_of("learner_ranking"), 2);

	UPDATED_ROW(feed(&memphre, FEED(LEARNERS), arena_printf(stage.arena, full, "2026-11-22")), 0);
	p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_true(p->in_pool);
	assert_int_equal(p->n_groups, 1);
	list = last_event("learner_ranking", &bassin__v1__learner_ranking_recorded__descriptor);
	offer = last_event("direct_offer", &bassin__v1__direct_offer_recorded__descriptor);
	assert_int_equal(list->n_entries, 2);
	assert_string_equal(offer->posting, "memphre/p1");
	assert_string_equal(ask_sql("SELECT string_agg(version::text, ' ' ORDER BY seq) FROM event "
	                            "WHERE topic = 'learner_ranking'"), "1 2 4");
}

/* Nobody has asked her yet: what matching gets says why she fits nowhere, and nothing that she declared of herself. */
static void
without_consent_her_groups_and_permanent_code_stay_at_home(void **state)
{
	(void)state;
	feed_programme();
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS_REQUIRED ";groups;permanent_code\n"
	                 "e1;Anne;B;a@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;;g1;ABCD12345678\n"), 0);
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_int_equal(p->n_groups, 0);
	assert_int_equal(p->permanent_code_hash.len, 0);
	assert_int_equal(p->place_opt_case, BASSIN__V1__PROFILE_RECORDED__PLACE_OPT_PLACE);
}

static void
a_consent_that_she_cannot_have_given_yet_is_refused(void **state)
{
	static const char row[] =
	    LEARNERS "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;%s\n";

	(void)state;
	feed_programme();
	const Bassin__V1__FeedResults *r = feed(&memphre, FEED(LEARNERS), arena_printf(stage.arena, row, "2026-11-23"));
	REFUSED_ROW(r, 0, REFUSAL_OUT_OF_RANGE, "consent_on");
	assert_string_equal(r->results[0]->refusals[0]->allowed, "<= 2026-11-22");
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), arena_printf(stage.arena, row, "2026-11-22")), 0);
}

static void
a_bad_row_is_refused_and_the_others_are_kept(void **state)
{
	(void)state;
	feed_programme();
	const Bassin__V1__FeedResults *r = feed(&memphre, FEED(LEARNERS), LEARNERS_REQUIRED ";latitude;longitude\n"
	    "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;;\n"
	    "e2;Luc;Roy;luc@eleves.example;fr;420.B0;J1H 4A7;2027-06-11;2027-05-28;35;2026-10-01;;\n"
	    "e3;Luc;Roy;luc@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;45.1;\n"
	    "e4;Luc;Roy;luc at home;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;61;2026-10-01;;\n"
	    "e1;Luc;Roy;luc@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;;\n"
	    "e5;Luc;Roy;luc@eleves.example;fr;999.ZZ;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;;\n"
	    "e6;;Roy;luc@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;;\n");
	CREATED_ROW(r, 0);
	REFUSED_ROW(r, 1, REFUSAL_BEFORE, "available_to");
	REFUSED_ROW(r, 2, REFUSAL_REQUIRED, "longitude");
	REFUSED_ROW(r, 3, REFUSAL_BAD_ADDRESS, "email");
	assert_int_equal(r->results[3]->n_refusals, 2);
	REFUSED_ROW(r, 4, REFUSAL_DUPLICATE, "external_id");
	WAITING_ROW(r, 5, "programme");
	REFUSED_ROW(r, 6, REFUSAL_REQUIRED, "given_name");
	assert_string_equal(ask_sql("SELECT string_agg(external_id, ' ' ORDER BY external_id) FROM learner"), "e1 e5");
	assert_int_equal(events_of("profile"), 2);
}

static void
a_dry_run_writes_nothing(void **state)
{
	(void)state;
	feed_programme();
	const Bassin__V1__FeedResults *r =
	    answer_of(ask(&memphre, FEED(LEARNERS), &rows_of(LEARNERS "e1" ANNE, true)->base),
	              &bassin__v1__feed_results__descriptor);
	CREATED_ROW(r, 0);
	r = answer_of(ask(&memphre, FEED(LEARNER_RANKINGS), &rows_of(RANKINGS "e1;1;p1\n", true)->base),
	              &bassin__v1__feed_results__descriptor);
	WAITING_ROW(r, 0, "learner");
	r = answer_of(ask(&memphre, FEED(DIRECT_OFFERS), &rows_of(OFFERS "e1;p1\n", true)->base),
	              &bassin__v1__feed_results__descriptor);
	WAITING_ROW(r, 0, "learner");
	assert_string_equal(ask_sql("SELECT (SELECT count(*) FROM learner) + (SELECT count(*) FROM learner_ranking) + "
	                            "(SELECT count(*) FROM direct_offer)"), "0");
	assert_int_equal(events_of("profile"), 0);
}

static void
a_place_is_her_own_or_of_her_postal_code_or_unknown(void **state)
{
	(void)state;
	feed_programme();
	feed(&memphre, FEED(LEARNERS), LEARNERS
	     "e1;A;B;a@eleves.example;fr;420.B0;J1H 9Z9;2027-01-11;2027-05-28;35;2026-10-01\n"
	     "e2;A;B;a@eleves.example;fr;420.B0;X0A 0H0;2027-01-11;2027-05-28;35;2026-10-01\n");
	assert_string_equal(ask_sql("SELECT place_latitude_e7 || ' ' || place_longitude_e7 FROM learner "
	                            "WHERE external_id = 'e1'"), "455000000 -718000000");
	assert_string_equal(ask_sql("SELECT place_latitude_e7 IS NULL FROM learner WHERE external_id = 'e2'"), "t");
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_int_equal(p->place_opt_case, BASSIN__V1__PROFILE_RECORDED__PLACE_OPT__NOT_SET);
}

static void
a_pool_number_that_somebody_has_is_drawn_again(void **state)
{
	(void)state;
	feed_programme();
	stage.same_numbers = 1;
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
	assert_string_equal(ask_sql("SELECT pool_number FROM learner"), "0000000000");
	stage.same_numbers = 2;
	const Bassin__V1__FeedResults *r = feed(&orford, FEED(LEARNERS), LEARNERS "e1" ANNE "e2" ANNE);
	CREATED_ROW(r, 0);
	CREATED_ROW(r, 1);
	assert_string_equal(ask_sql("SELECT count(DISTINCT pool_number) FROM learner"), "3");
}

static void
the_first_title_given_stands_and_another_one_is_noted(void **state)
{
	(void)state;
	CREATED_ROW(feed(&memphre, FEED(PROGRAMMES), PROGRAMMES "420.B0;Informatique;;dec;2000\n"), 0);
	assert_int_equal(events_of("programme"), 1);
	const Bassin__V1__FeedResults *r =
	    feed(&orford, FEED(PROGRAMMES), PROGRAMMES "420.B0;Info;Computer science;aec;\n");
	UPDATED_ROW(r, 0);
	assert_int_equal(r->results[0]->n_notes, 2);
	assert_string_equal(r->results[0]->notes[0]->code, REFUSAL_OTHER_TITLE);
	assert_string_equal(r->results[0]->notes[0]->field, "title_fr");
	assert_string_equal(r->results[0]->notes[0]->allowed, "Informatique");
	assert_string_equal(r->results[0]->notes[1]->field, "level");
	assert_string_equal(ask_sql("SELECT concat_ws('|', title_fr, title_en, level, hours, version) FROM programme"),
	                    "Informatique|Computer science|dec|2000|2");
	const Bassin__V1__ProgrammeRecorded *p = last_event("programme", &bassin__v1__programme_recorded__descriptor);
	assert_string_equal(p->title_en, "Computer science");
	assert_int_equal(p->hours, 2000);
	UPDATED_ROW(feed(&memphre, FEED(PROGRAMMES), PROGRAMMES "420.B0;Informatique;;dec;2100\n"), 0);
	UNCHANGED_ROW(feed(&orford, FEED(PROGRAMMES), PROGRAMMES "420.B0;Informatique;Computer science;dec;\n"), 0);
}

static void
a_competency_waits_for_its_programme(void **state)
{
	(void)state;
	WAITING_ROW(feed(&memphre, FEED(COMPETENCIES), COMPETENCIES "00Q2;420.B0;Programmer;;60\n"), 0, "programme");
	feed_programme();
	const Bassin__V1__FeedResults *r = feed(&memphre, FEED(COMPETENCIES), COMPETENCIES
	                                        "00Q2;420.B0;Programmer;;60\n00Q3;420.B0;Autre;;x\n00Q2;420.B0;Encore;;\n");
	UNCHANGED_ROW(r, 0);
	REFUSED_ROW(r, 1, REFUSAL_NOT_A_NUMBER, "hours");
	REFUSED_ROW(r, 2, REFUSAL_DUPLICATE, "external_id");
}

static void
a_thousand_learners_go_in_as_one_batch(void **state)
{
	size_t size = 300 * 1000, at;
	char *text = arena_alloc(stage.arena, size);

	(void)state;
	feed_programme();
	at = (size_t)snprintf(text, size, "%s", LEARNERS);
	for (int i = 0; i < 1000; i++)
		at += (size_t)snprintf(text + at, size - at, "n%d%s", i, ANNE);
	const Bassin__V1__FeedResults *r = feed(&memphre, FEED(LEARNERS), text);
	assert_int_equal(r->n_results, 1000);
	for (size_t i = 0; i < 1000; i++)
		CREATED_ROW(r, i);
	assert_int_equal(events_of("profile"), 1000);
	assert_string_equal(ask_sql("SELECT count(DISTINCT pool_number) FROM learner"), "1000");
	r = feed(&memphre, FEED(LEARNERS), text);
	UNCHANGED_ROW(r, 999);
	assert_int_equal(events_of("contact"), 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define PLAY(f) cmocka_unit_test_setup(f, stage_clear)
		PLAY(a_learner_is_created_and_told_without_her_name),
		PLAY(every_column_reaches_the_profile),
		PLAY(the_same_row_again_changes_nothing),
		PLAY(only_what_changed_is_told),
		PLAY(an_absent_column_keeps_and_an_empty_cell_clears),
		PLAY(without_consent_she_stays_out_and_no_file_clears_it),
		PLAY(withdrawn_consent_takes_her_out_until_she_gives_it_anew),
		PLAY(her_wishes_are_her_college_s_alone_while_she_is_out),
		PLAY(without_consent_her_groups_and_permanent_code_stay_at_home),
		PLAY(a_consent_that_she_cannot_have_given_yet_is_refused),
		PLAY(a_bad_row_is_refused_and_the_others_are_kept),
		PLAY(a_dry_run_writes_nothing),
		PLAY(a_place_is_her_own_or_of_her_postal_code_or_unknown),
		PLAY(a_pool_number_that_somebody_has_is_drawn_again),
		PLAY(the_first_title_given_stands_and_another_one_is_noted),
		PLAY(a_competency_waits_for_its_programme),
		PLAY(a_thousand_learners_go_in_as_one_batch),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
