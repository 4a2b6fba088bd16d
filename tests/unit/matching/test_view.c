/* SPDX-License-Identifier: Apache-2.0 */
/* What the intakes tell, and what the view holds afterwards. */
#include "stage.h"

#define ANNA "ANNA000000"
#define BEA  "BEA0000000"

static const char *
sql(const char *query)
{
	return cluster_sql(&stage.cluster, "%s", query);
}

static void
a_posting_stands_in_the_view_as_it_was_told(void **state)
{
	Bassin__V1__PostingRecorded m = a_posting("memphre/p1");
	char *competencies[] = { text("c1"), text("c2") };
	Bassin__V1__Place place = BASSIN__V1__PLACE__INIT;
	Bassin__V1__Reserve reserve = BASSIN__V1__RESERVE__INIT, *reserves[] = { &reserve };

	(void)state;
	place.latitude_e7 = 454000000;
	place.longitude_e7 = -719000000;
	reserve.group = text("adultes");
	reserve.seats = 1;
	m.competencies = competencies;
	m.n_competencies = 2;
	m.reserves = reserves;
	m.n_reserves = 1;
	m.place_opt_case = BASSIN__V1__POSTING_RECORDED__PLACE_OPT_PLACE;
	m.place = &place;
	m.seats = 3;
	m.weekdays = 0x1f;
	tell_posting(&m);
	stage_read();
	assert_string_equal(sql("SELECT concat_ws(' ', posting, log_id, institution, employer, state, wil_type, programmes, "
	                        "competencies, seats, starts_on, ends_on, hours_hundredths, weekdays, languages, place_kind, "
	                        "latitude_e7, longitude_e7, accepts_unranked, assignable, reserves, reserves_last) "
	                        "FROM view_posting"),
	    "memphre/p1 employer_intake memphre memphre/e1 open 3 {420.B0} {c1,c2} 3 20834 20900 3000 31 0 3 454000000 "
	    "-719000000 "
	    "t t {adultes:1} f");
}

static void
a_profile_stands_in_the_view_as_it_was_told(void **state)
{
	Bassin__V1__ProfileRecorded m = a_learner("memphre", ANNA);
	char *groups[] = { text("adultes") };

	(void)state;
	m.max_distance_opt_case = BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT_MAX_DISTANCE_M;
	m.max_distance_m = 25500;
	m.groups = groups;
	m.n_groups = 1;
	m.wil_types = 1u << BASSIN__V1__WIL_TYPE__COOP;
	m.tier = 2;
	m.assignable = true;
	m.permanent_code_hash = (ProtobufCBinaryData){ 32, (uint8_t *)text("0123456789abcdef0123456789abcdef") };
	tell_learner(&m);
	stage_read();
	assert_string_equal(sql("SELECT concat_ws(' ', learner, log_id, institution, external_id, in_pool, programme, "
	                        "coalesce(latitude_e7, -1), max_distance_m, available_from, available_to, hours_hundredths, "
	                        "weekdays, languages, wil_types, competencies, groups, assignable, tier, "
	                        "convert_from(permanent_code_hash, 'UTF8')) "
	                        "FROM view_learner"),
	    "ANNA000000 learner_intake memphre x-ANNA000000 t 420.B0 -1 25500 20800 21000 3500 0 1 8 {} {adultes} t 2 "
	    "0123456789abcdef0123456789abcdef");
}

static void
rankings_and_offers_stand_as_written(void **state)
{
	(void)state;
	tell_learner_ranking("memphre", ANNA, "orford/p9 memphre/p1=memphre/p2");
	tell_employer_ranking("orford/p9", "x-7 " ANNA);
	tell_offer("memphre", ANNA, "orford/p9");
	tell_offer("memphre", BEA, "");
	stage_read();
	assert_string_equal(sql("SELECT tiers::text || postings::text FROM view_learner_ranking"),
	    "{1,2,2}{orford/p9,memphre/p1,memphre/p2}");
	assert_string_equal(sql("SELECT tiers::text || learners::text FROM view_employer_ranking"), "{1,2}{x-7,ANNA000000}");
	assert_string_equal(sql("SELECT string_agg(learner || ':' || posting, ' ' ORDER BY learner) FROM view_direct_offer"),
	    "ANNA000000:orford/p9 BEA0000000:");
	tell_learner_ranking("memphre", ANNA, "");
	stage_read();
	assert_string_equal(sql("SELECT tiers::text || postings::text FROM view_learner_ranking"), "{}{}");
}

static void
institutions_employers_and_programmes_are_kept_too(void **state)
{
	Bassin__V1__InstitutionRecorded i = BASSIN__V1__INSTITUTION_RECORDED__INIT;
	Bassin__V1__EmployerRecorded e = BASSIN__V1__EMPLOYER_RECORDED__INIT;
	Bassin__V1__ProgrammeRecorded p = BASSIN__V1__PROGRAMME_RECORDED__INIT;
	Bassin__V1__Place place = BASSIN__V1__PLACE__INIT;
	Bassin__V1__PostingRecorded posting = a_posting("memphre/p1");

	(void)state;
	i.institution = text("memphre");
	i.name_fr = text("Cégep Memphré");
	i.name_en = text("Memphre College");
	tell(EMPLOYER_INTAKE, EVENT_TYPE(INSTITUTION_RECORDED), "institution", "memphre", &i.base);
	place.latitude_e7 = 1;
	place.longitude_e7 = -2;
	e.employer = text("memphre/e1");
	e.institution = text("memphre");
	e.legal_name = text("Acier Orford inc.");
	e.place_opt_case = BASSIN__V1__EMPLOYER_RECORDED__PLACE_OPT_PLACE;
	e.place = &place;
	tell(EMPLOYER_INTAKE, EVENT_TYPE(EMPLOYER_RECORDED), "employer", "memphre/e1", &e.base);
	p.programme = text("420.B0");
	p.title_fr = text("Informatique");
	p.level = text("dec");
	tell(LEARNER_INTAKE, EVENT_TYPE(PROGRAMME_RECORDED), "programme", "420.B0", &p.base);
	tell_posting(&posting);
	stage_read();
	assert_string_equal(sql("SELECT name_fr || '|' || name_en FROM view_institution"), "Cégep Memphré|Memphre College");
	assert_string_equal(sql("SELECT title_fr || hours FROM view_programme"), "Informatique0");
	/* Nothing of a firm but where it is; a posting without a place of its own lies there. */
	assert_string_equal(sql("SELECT latitude_e7 || ',' || longitude_e7 FROM pool_posting WHERE round = ''"), "1,-2");
	assert_string_equal(sql("SELECT count(*) FROM information_schema.columns WHERE table_name LIKE 'view_%' "
	                        "AND column_name ~ "
	                        "'postal|email|phone|given|family|legal|contact'"), "0");
}

static void
the_newest_version_counts_whatever_the_batch(void **state)
{
	Bassin__V1__PostingRecorded m = a_posting("memphre/p1");

	(void)state;
	for (int seats = 1; seats <= 5; seats++) {
		m.seats = seats;
		tell_posting(&m);
		if (seats == 3)
			stage_read();
	}
	stage_read();
	assert_string_equal(sql("SELECT seats FROM view_posting"), "5");
	stage.logs[EMPLOYER_INTAKE].events[stage.logs[EMPLOYER_INTAKE].count++] =
	    stage.logs[EMPLOYER_INTAKE].events[0];  /* an older version, told late */
	stage_read();
	assert_string_equal(sql("SELECT seats FROM view_posting"), "5");
}

/* An event that is not sound is set aside; the others of its batch flow. */
static void
what_is_not_sound_is_set_aside_alone(void **state)
{
	Bassin__V1__PostingRecorded good = a_posting("memphre/good"), bad = a_posting("memphre/bad");
	struct core_status status;

	(void)state;
	bad.seats = 501;
	tell_posting(&bad);
	bad = a_posting("memphre/also");
	bad.posting = text("orford/also");      /* another institution's than its key says */
	tell(EMPLOYER_INTAKE, EVENT_TYPE(POSTING_RECORDED), "posting", "memphre/also", &bad.base);
	tell_posting(&good);
	stage_read();
	core_status(stage.core, &status);
	assert_int_equal(status.follows[EMPLOYER_INTAKE].parked, 2);
	assert_string_equal(sql("SELECT string_agg(posting, ' ') FROM view_posting"), "memphre/good");
}

static void
a_key_that_a_resync_does_not_bring_is_dropped(void **state)
{
	Bassin__V1__PostingRecorded a = a_posting("memphre/a"), b = a_posting("memphre/b");
	struct tx *tx = NULL;

	(void)state;
	tell_posting(&a);
	tell_posting(&b);
	stage_read();
	assert_int_equal(tx_begin(stage.store, &tx), STORE_OK);
	struct work w = { .tx = tx, .arena = stage.arena, .core = stage.core, .service = &stage.matching };
	assert_int_equal(view_drop(&w, &matching_follows[0], "posting", "memphre/a"), STORE_OK);
	struct follow other = matching_follows[0];
	other.log_id = "employer_intake_north";
	assert_int_equal(view_drop(&w, &other, "posting", "memphre/b"), STORE_OK);      /* not that log's */
	assert_int_equal(view_drop(&w, &matching_follows[1], "erasure", ANNA), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);
	assert_string_equal(sql("SELECT string_agg(posting, ' ') FROM view_posting"), "memphre/b");
}

static void
nothing_of_an_erased_learner_stays_in_the_view(void **state)
{
	Bassin__V1__ProfileRecorded anna = a_learner("memphre", ANNA), bea = a_learner("memphre", BEA);

	(void)state;
	tell_learner(&anna);
	tell_learner(&bea);
	tell_learner_ranking("memphre", ANNA, "memphre/p1");
	tell_offer("memphre", ANNA, "memphre/p1");
	tell_employer_ranking("memphre/p1", BEA " x-" ANNA "=x-" BEA);
	tell_employer_ranking("orford/p2", ANNA " x-" ANNA);    /* there x-... is somebody else */
	stage_read();
	tell_erased(ANNA);
	stage_read();
	assert_string_equal(sql("SELECT string_agg(learner, ' ') FROM view_learner"), BEA);
	assert_string_equal(sql("SELECT count(*) FROM view_learner_ranking"), "0");
	assert_string_equal(sql("SELECT count(*) FROM view_direct_offer"), "0");
	assert_string_equal(sql("SELECT string_agg(tiers::text || learners::text, ' ' ORDER BY posting) "
	                        "FROM view_employer_ranking"),
	    "{1,2}{BEA0000000,x-BEA0000000} {2}{x-ANNA000000}");
}

/* An event of another log than those on stage, applied and committed. */
static void
told_by(const char *log_id, size_t like, int type, const char *topic, const char *key, const ProtobufCMessage *body)
{
	struct follow other = matching_follows[like];
	struct event e = { .topic = topic, .key = key, .version = ++stage.version, .type = type };
	struct tx *tx = NULL;

	other.log_id = log_id;
	e.body = arena_pack(stage.arena, body, &e.size);
	assert_int_equal(tx_begin(stage.store, &tx), STORE_OK);
	struct work w = { .tx = tx, .arena = stage.arena, .core = stage.core, .service = &stage.matching };
	assert_int_equal(view_apply(&w, &other, &e, 1), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);
}

/* Each college may run an intake of its own; none may speak for another's people. */
static void
a_row_belongs_to_the_log_that_told_of_it_first(void **state)
{
	Bassin__V1__ProfileRecorded anna = a_learner("memphre", ANNA), bea = a_learner("orford", BEA);
	Bassin__V1__PostingRecorded p = a_posting("memphre/p1");
	Bassin__V1__LearnerRankingRecorded list = BASSIN__V1__LEARNER_RANKING_RECORDED__INIT;
	Bassin__V1__DirectOfferRecorded offer = BASSIN__V1__DIRECT_OFFER_RECORDED__INIT;
	Bassin__V1__EmployerRankingRecorded choice = BASSIN__V1__EMPLOYER_RANKING_RECORDED__INIT;
	Bassin__V1__LearnerErased erased = BASSIN__V1__LEARNER_ERASED__INIT;
	const char *north = "learner_intake_north";

	(void)state;
	tell_learner(&anna);
	tell_posting(&p);
	tell_employer_ranking("memphre/p1", ANNA);
	stage_read();
	told_by(north, LEARNER_INTAKE, EVENT_TYPE(PROFILE_RECORDED), "profile", BEA, &bea.base);
	anna.in_pool = false;
	told_by(north, LEARNER_INTAKE, EVENT_TYPE(PROFILE_RECORDED), "profile", ANNA, &anna.base);
	list.learner = offer.learner = erased.learner = text(ANNA);
	list.institution = offer.institution = text("memphre");
	offer.posting = text("memphre/p1");
	told_by(north, LEARNER_INTAKE, EVENT_TYPE(LEARNER_RANKING_RECORDED), "learner_ranking", ANNA, &list.base);
	told_by(north, LEARNER_INTAKE, EVENT_TYPE(DIRECT_OFFER_RECORDED), "direct_offer", ANNA, &offer.base);
	told_by(north, LEARNER_INTAKE, EVENT_TYPE(LEARNER_ERASED), "erasure", ANNA, &erased.base);
	p.seats = 9;
	told_by("employer_intake_north", EMPLOYER_INTAKE, EVENT_TYPE(POSTING_RECORDED), "posting", "memphre/p1", &p.base);
	choice.posting = text("memphre/p1");
	choice.institution = text("memphre");
	told_by("employer_intake_north", EMPLOYER_INTAKE, EVENT_TYPE(EMPLOYER_RANKING_RECORDED), "employer_ranking",
	    "memphre/p1", &choice.base);
	assert_string_equal(sql("SELECT string_agg(learner || ' ' || log_id || ' ' || in_pool, ', ' ORDER BY learner) "
	                        "FROM view_learner"),
	    "ANNA000000 learner_intake true, BEA0000000 learner_intake_north true");
	assert_string_equal(sql("SELECT count(*) FROM view_learner_ranking"), "0");
	assert_string_equal(sql("SELECT count(*) FROM view_direct_offer"), "0");
	assert_string_equal(sql("SELECT seats FROM view_posting"), "1");
	assert_string_equal(sql("SELECT learners FROM view_employer_ranking"), "{ANNA000000}");
	/* Also where only a snapshot knows her. */
	const char *round = open_round();
	(void)report_of(ask_round(&operator_, COMMAND_TYPE(ROUND_FREEZE), round));
	(void)sql("DELETE FROM view_learner");
	told_by(north, LEARNER_INTAKE, EVENT_TYPE(LEARNER_ERASED), "erasure", ANNA, &erased.base);
	assert_string_equal(sql("SELECT string_agg(learner, ' ' ORDER BY learner) FROM snapshot_learner"), ANNA " " BEA);
	/* What is her own log's is its to say. */
	tell_erased(ANNA);
	stage_read();
	assert_string_equal(sql("SELECT string_agg(learner, ' ') FROM snapshot_learner"), BEA);
}

static void
what_waits_is_listed_but_no_number_is_told_to_exist(void **state)
{
	Bassin__V1__ProfileRecorded anna = a_learner("memphre", ANNA);
	Bassin__V1__PostingRecorded p = a_posting("orford/p1");

	(void)state;
	tell_learner(&anna);
	tell_posting(&p);
	tell_learner_ranking("memphre", ANNA, "orford/p1 orford/later");
	tell_employer_ranking("orford/p1", ANNA " 7K3M9QX2AB someone");
	stage_read();
	const Bassin__V1__Table *all = list_of(&operator_, COMMAND_TYPE(WAITING_LIST), NULL);
	assert_int_equal(all->n_rows, 3);
	const Bassin__V1__Table *his = list_of(&orford, COMMAND_TYPE(WAITING_LIST), NULL);
	assert_int_equal(his->n_rows, 1);
	assert_string_equal(cell(his, 0, "refers_to"), "someone");
	const Bassin__V1__Table *hers = list_of(&memphre, COMMAND_TYPE(WAITING_LIST), NULL);
	assert_int_equal(hers->n_rows, 1);
	assert_string_equal(cell(hers, 0, "row"), "x-" ANNA);
	assert_string_equal(cell(hers, 0, "refers_to"), "orford/later");
	assert_int_equal(list_of(&operator_, COMMAND_TYPE(WAITING_LIST), "kind=direct_offer")->n_rows, 0);
}

/* Two colleges, one person: the intermediary is told, the colleges are not. */
static void
the_same_person_at_two_colleges_is_listed(void **state)
{
	Bassin__V1__ProfileRecorded a = a_learner("memphre", ANNA), b = a_learner("orford", BEA), c = a_learner("orford",
	    "C000000000");

	(void)state;
	a.permanent_code_hash = b.permanent_code_hash = (ProtobufCBinaryData){ 32,
	    (uint8_t *)text("0123456789abcdef0123456789abcdef") };
	tell_learner(&a);
	tell_learner(&b);
	tell_learner(&c);
	stage_read();
	const Bassin__V1__Table *t = list_of(&operator_, COMMAND_TYPE(WAITING_LIST), "kind=same_person");
	assert_int_equal(t->n_rows, 1);
	assert_string_equal(cell(t, 0, "row"), ANNA);
	assert_string_equal(cell(t, 0, "refers_to"), BEA);
	assert_int_equal(list_of(&memphre, COMMAND_TYPE(WAITING_LIST), NULL)->n_rows, 0);
}

static void
every_kind_of_row_can_be_listed_page_by_page(void **state)
{
	static const char *const KINDS[] = { "institution", "employer", "posting", "employer_ranking", "programme", "learner",
		"learner_ranking", "direct_offer" };
	const char *const filters[] = { "kind=posting", NULL };
	const char *after = "";

	(void)state;
	for (int i = 0; i < 5; i++) {
		Bassin__V1__PostingRecorded m = a_posting(arena_printf(stage.arena, "memphre/p%d", i));
		tell_posting(&m);
	}
	stage_read();
	for (int i = 0; i < 5; i += 2) {
		const Bassin__V1__Table *t =
		    answer_of(ask_list(&operator_, COMMAND_TYPE(VIEW_LIST), filters, after, 2), &bassin__v1__table__descriptor);
		assert_int_equal(t->n_rows, i == 4 ? 1 : 2);
		assert_string_equal(cell(t, 0, "posting"), arena_printf(stage.arena, "memphre/p%d", i));
		after = t->next;
	}
	assert_string_equal(after, "");
	for (size_t k = 0; k < COUNT_OF(KINDS); k++)
		(void)list_of(&operator_, COMMAND_TYPE(VIEW_LIST), arena_printf(stage.arena, "kind=%s", KINDS[k]));
	check_refused(ask_list(&operator_, COMMAND_TYPE(VIEW_LIST), NULL, "", 10), REFUSAL_REQUIRED, "kind");
	assert_int_equal(ask_list(&memphre, COMMAND_TYPE(VIEW_LIST), filters, "", 10)->code,
	    BASSIN__V1__REPLY_CODE__FORBIDDEN);
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(a_posting_stands_in_the_view_as_it_was_told),
		PLAY(a_profile_stands_in_the_view_as_it_was_told),
		PLAY(rankings_and_offers_stand_as_written),
		PLAY(institutions_employers_and_programmes_are_kept_too),
		PLAY(the_newest_version_counts_whatever_the_batch),
		PLAY(what_is_not_sound_is_set_aside_alone),
		PLAY(a_key_that_a_resync_does_not_bring_is_dropped),
		PLAY(nothing_of_an_erased_learner_stays_in_the_view),
		PLAY(a_row_belongs_to_the_log_that_told_of_it_first),
		PLAY(what_waits_is_listed_but_no_number_is_told_to_exist),
		PLAY(the_same_person_at_two_colleges_is_listed),
		PLAY(every_kind_of_row_can_be_listed_page_by_page),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
