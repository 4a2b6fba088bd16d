/* SPDX-License-Identifier: Apache-2.0 */
/* Rankings, direct offers, erasure, lists and cards, on a real PostgreSQL. */
#include "stage.h"

static const Bassin__V1__LearnerRankingRecorded *
last_ranking(void)
{
	return last_event("learner_ranking", &bassin__v1__learner_ranking_recorded__descriptor);
}

static void
a_ranking_file_replaces_the_whole_list(void **state)
{
	(void)state;
	feed_anne();
	const Bassin__V1__FeedResults *r =
	    feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;2;p2\ne1;1;orford/p9\ne1;2;p1\n");
	for (size_t i = 0; i < 3; i++)
		CREATED_ROW(r, i);
	const Bassin__V1__LearnerRankingRecorded *list = last_ranking();
	assert_string_equal(list->learner, ask_sql("SELECT pool_number FROM learner"));
	assert_int_equal(list->n_entries, 3);
	assert_string_equal(list->entries[0]->ref, "orford/p9");
	assert_int_equal(list->entries[0]->tier, 1);
	assert_string_equal(list->entries[1]->ref, "memphre/p1");
	assert_string_equal(list->entries[2]->ref, "memphre/p2");
	r = feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;orford/p9\ne1;2;p1\ne1;2;memphre/p2\n");
	UNCHANGED_ROW(r, 2);
	assert_int_equal(events_of("learner_ranking"), 1);
	UPDATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0);
	assert_int_equal(last_ranking()->n_entries, 1);
	assert_string_equal(ask_sql("SELECT max(version) FROM event WHERE topic = 'learner_ranking'"), "2");
}

static void
an_empty_entry_clears_a_list(void **state)
{
	(void)state;
	feed_anne();
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;;\n"), 0);
	CREATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0);
	UPDATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;;\n"), 0);
	assert_int_equal(last_ranking()->n_entries, 0);
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;;\n"), 0);
	UPDATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0);
	assert_int_equal(events_of("learner_ranking"), 3);
}

static void
a_bad_entry_is_refused_and_a_list_of_bad_entries_is_kept_as_it_stood(void **state)
{
	(void)state;
	feed_anne();
	const Bassin__V1__FeedResults *r =
	    feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\ne1;2;memphre/p1\ne1;;p2\ne1;0;p3\ne1;3;p4\n");
	CREATED_ROW(r, 0);
	REFUSED_ROW(r, 1, REFUSAL_DUPLICATE, "posting");
	REFUSED_ROW(r, 2, REFUSAL_REQUIRED, "tier");
	REFUSED_ROW(r, 3, REFUSAL_OUT_OF_RANGE, "tier");
	CREATED_ROW(r, 4);
	assert_string_equal(ask_sql("SELECT postings::text FROM learner_ranking"), "{memphre/p1,memphre/p4}");
	r = feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;x;p7\n");
	REFUSED_ROW(r, 0, REFUSAL_NOT_A_NUMBER, "tier");
	assert_string_equal(ask_sql("SELECT postings::text FROM learner_ranking"), "{memphre/p1,memphre/p4}");
}

static void
what_names_a_learner_who_is_not_known_waits_for_her(void **state)
{
	(void)state;
	WAITING_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0, "learner");
	WAITING_ROW(feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;p5\n"), 0, "learner");
	WAITING_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0, "learner");
	assert_int_equal(events_of("learner_ranking") + events_of("direct_offer"), 0);
	feed_anne();
	assert_int_equal(last_ranking()->n_entries, 1);
	const Bassin__V1__DirectOfferRecorded *o = last_event("direct_offer", &bassin__v1__direct_offer_recorded__descriptor);
	assert_string_equal(o->posting, "memphre/p5");
	assert_string_equal(o->learner, last_ranking()->learner);
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0);
	UPDATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p2\n"), 0);
	assert_int_equal(events_of("learner_ranking"), 2);
}

static void
a_learner_has_one_direct_offer(void **state)
{
	(void)state;
	feed_anne();
	const Bassin__V1__FeedResults *r = feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;p1\ne1;p2\n");
	CREATED_ROW(r, 0);
	REFUSED_ROW(r, 1, REFUSAL_DUPLICATE, "learner");
	UNCHANGED_ROW(feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;memphre/p1\n"), 0);
	UPDATED_ROW(feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;orford/p2\n"), 0);
	UPDATED_ROW(feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;\n"), 0);
	const Bassin__V1__DirectOfferRecorded *o = last_event("direct_offer", &bassin__v1__direct_offer_recorded__descriptor);
	assert_string_equal(o->posting, "");
	assert_string_equal(o->institution, "memphre");
	assert_string_equal(ask_sql("SELECT max(version) FROM event WHERE topic = 'direct_offer'"), "3");
}

/* ---- erasure --------------------------------------------------------------------------------------------------- */
static Bassin__V1__LearnerErase *
erase_of(const char *external_id)
{
	Bassin__V1__LearnerErase *m = arena_zalloc(stage.arena, 1, sizeof *m);

	bassin__v1__learner_erase__init(m);
	m->external_id = arena_strdup(stage.arena, external_id);
	return m;
}

static void
check_gone(const char *pool_number)
{
	assert_string_equal(ask_sql("SELECT (SELECT count(*) FROM learner) + (SELECT count(*) FROM learner_ranking) + "
	                            "(SELECT count(*) FROM direct_offer) + (SELECT count(*) FROM erasure_pending)"), "0");
	assert_string_equal(ask_sql("SELECT count(*) FROM event WHERE key LIKE '%%%s' AND topic <> 'erasure' AND body <> ''",
	                            pool_number), "0");
	/* and the last word on each key of hers is empty, for readers that have set an event of hers aside */
	assert_string_equal(ask_sql("SELECT string_agg(topic || ' ' || key, ', ' ORDER BY topic) FROM event e WHERE key LIKE '%%%s' "
	                            "AND body = '' AND version = 9223372036854775807 AND NOT EXISTS (SELECT 1 FROM event l "
	                            "WHERE l.topic = e.topic AND l.key = e.key AND l.seq > e.seq)", pool_number),
	                    arena_printf(stage.arena, "contact learner:%s, direct_offer %s, learner_ranking %s, profile %s",
	                                 pool_number, pool_number, pool_number, pool_number));
	const Bassin__V1__LearnerErased *e = last_event("erasure", &bassin__v1__learner_erased__descriptor);
	uint8_t hash[HASH_SIZE];
	hash_of_person(stage.intake.pool_key, "memphre", "e1", hash);
	assert_string_equal(e->institution, "memphre");
	assert_int_equal(e->person_hash.len, sizeof hash);
	assert_memory_equal(e->person_hash.data, hash, sizeof hash);
	assert_string_equal(e->learner, pool_number);
	assert_string_equal(ask_sql("SELECT count(*) FROM erased"), "1");
}

static void
an_erased_learner_is_gone_and_does_not_come_back(void **state)
{
	char number[POOL_NUMBER_SIZE];

	(void)state;
	feed_anne();
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n");
	feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;p1\n");
	snprintf(number, sizeof number, "%s", ask_sql("SELECT pool_number FROM learner"));
	const Bassin__V1__Reply *reply = ask(&memphre, COMMAND_TYPE(LEARNER_ERASE), &erase_of("e1")->base);
	assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__OK);
	stage_turn();
	check_gone(number);
	assert_false(table_says("event", "Anne"));
	assert_false(table_says("event", "anne@eleves.example"));
	REFUSED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0, REFUSAL_ERASED, "external_id");
	REFUSED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n"), 0, REFUSAL_ERASED, "learner");
	REFUSED_ROW(feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e1;p1\n"), 0, REFUSAL_ERASED, "learner");
	check_gone(number);
	CREATED_ROW(feed(&orford, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
	assert_int_equal(ask(&memphre, COMMAND_TYPE(LEARNER_ERASE), &erase_of("e1")->base)->code, BASSIN__V1__REPLY_CODE__OK);
	assert_string_equal(ask(&memphre, COMMAND_TYPE(LEARNER_ERASE), &erase_of("e2")->base)->refusal->code, REFUSAL_UNKNOWN);
}

static void
an_event_of_the_erasure_s_own_group_is_blanked_too(void **state)
{
	char number[POOL_NUMBER_SIZE];

	(void)state;
	feed_anne();
	snprintf(number, sizeof number, "%s", ask_sql("SELECT pool_number FROM learner"));
	send_command(&memphre, FEED(LEARNERS), &rows_of(LEARNERS
	             "e1;Annette;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;20;2026-10-01\n",
	             false)->base);
	send_command(&memphre, COMMAND_TYPE(LEARNER_ERASE), &erase_of("e1")->base);
	stage_turn();
	stage_turn();
	assert_int_equal(events_of("profile"), 3);
	check_gone(number);
}

static void
a_store_restored_from_an_older_copy_forgets_the_erased_again(void **state)
{
	char number[POOL_NUMBER_SIZE], hash[2 * HASH_SIZE + 1];

	(void)state;
	feed_anne();
	snprintf(number, sizeof number, "%s", ask_sql("SELECT pool_number FROM learner"));
	snprintf(hash, sizeof hash, "%s", ask_sql("SELECT encode(register_hash, 'hex') FROM learner"));
	core_destroy(&stage.core);
	store_disconnect(stage.store);
	ask_sql("INSERT INTO erased VALUES (decode('%s', 'hex'), '2026-11-20')", hash);
	core_up();
	stage_turn();
	check_gone(number);
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */
static const Bassin__V1__Table *
list(const struct principal *who, Bassin__V1__CommandType type, const char *after, uint32_t limit, const char *filter)
{
	Bassin__V1__ListAsk m = BASSIN__V1__LIST_ASK__INIT;
	char *filters[] = { arena_strdup(stage.arena, filter) };

	m.after = arena_strdup(stage.arena, after);
	m.limit = limit;
	m.filters = filters;
	m.n_filters = filter[0] != '\0';
	return answer_of(ask(who, type, &m.base), &bassin__v1__table__descriptor);
}

static void
lists_come_in_pages_and_with_filters(void **state)
{
	(void)state;
	feed_programme();
	feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE "e2" ANNE "e3" ANNE);
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\ne1;2;p2\ne2;1;p1\n");
	feed(&memphre, FEED(DIRECT_OFFERS), OFFERS "e3;p1\n");
	feed(&memphre, FEED(COMPETENCIES), COMPETENCIES "00Q2;420.B0;Programmer;;60\n");
	const Bassin__V1__Table *t = list(&memphre, COMMAND_TYPE(LEARNER_LIST), "", 2, "");
	assert_int_equal(t->n_rows, 2);
	assert_string_equal(t->next, "e2");
	assert_string_equal(t->rows[0]->cells[3], "Anne");
	t = list(&memphre, COMMAND_TYPE(LEARNER_LIST), t->next, 2, "in_pool=yes");
	assert_int_equal(t->n_rows, 1);
	assert_string_equal(t->next, "");
	assert_int_equal(list(&memphre, COMMAND_TYPE(LEARNER_LIST), "", 9, "in_pool=no")->n_rows, 0);
	t = list(&memphre, COMMAND_TYPE(LEARNER_RANKING_LIST), "", 1, "");
	assert_string_equal(t->next, "e1/1");
	t = list(&memphre, COMMAND_TYPE(LEARNER_RANKING_LIST), t->next, 2, "");
	assert_int_equal(t->n_rows, 2);
	assert_string_equal(t->rows[0]->cells[3], "memphre/p2");
	assert_string_equal(t->rows[1]->cells[0], "e2");
	assert_int_equal(list(&memphre, COMMAND_TYPE(LEARNER_RANKING_LIST), "", 9, "posting=memphre/p1")->n_rows, 2);
	assert_int_equal(list(&memphre, COMMAND_TYPE(DIRECT_OFFER_LIST), "", 9, "learner=e3")->n_rows, 1);
	assert_int_equal(list(&memphre, COMMAND_TYPE(PROGRAMME_LIST), "", 9, "level=dec")->n_rows, 1);
	t = list(&orford, COMMAND_TYPE(COMPETENCY_LIST), "", 9, "programme=420.B0");
	assert_int_equal(t->n_rows, 1);
	assert_string_equal(t->rows[0]->cells[0], "00Q2");
	assert_int_equal(t->n_columns, 5);
}

static const Bassin__V1__Reply *
show(const struct principal *who, const char *id)
{
	Bassin__V1__ShowAsk m = BASSIN__V1__SHOW_ASK__INIT;

	m.id = arena_strdup(stage.arena, id);
	return ask(who, COMMAND_TYPE(LEARNER_INTAKE_SHOW), &m.base);
}

static const char *
card_value(const Bassin__V1__Reply *reply, const char *field)
{
	const Bassin__V1__Table *t = answer_of(reply, &bassin__v1__table__descriptor);

	for (size_t i = 0; i < t->n_rows; i++) {
		if (strcmp(t->rows[i]->cells[0], field) == 0)
			return t->rows[i]->cells[1];
	}
	return "";
}

static void
a_card_is_found_by_id_by_number_and_by_code(void **state)
{
	(void)state;
	feed_programme();
	feed(&memphre, FEED(LEARNERS), LEARNERS_REQUIRED ";permanent_code\n"
	     "e1;Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;BELA12345678\n");
	feed(&memphre, FEED(LEARNER_RANKINGS), RANKINGS "e1;1;p1\n");
	assert_string_equal(card_value(show(&memphre, "e1"), "given_name"), "Anne");
	assert_string_equal(card_value(show(&memphre, "memphre/e1"), "in_pool"), "yes");
	assert_string_equal(card_value(show(&memphre, "e1"), "permanent_code"), "yes");
	const Bassin__V1__Reply *r = show(&memphre, ask_sql("SELECT pool_number FROM learner"));
	assert_string_equal(card_value(r, "ranking"), "1 memphre/p1");
	assert_string_equal(card_value(show(&orford, "420.B0"), "title_fr"), "Techniques de l'informatique");
	assert_string_equal(show(&orford, "e1")->refusal->code, REFUSAL_UNKNOWN);
	assert_string_equal(show(&orford, "memphre/e1")->refusal->code, REFUSAL_UNKNOWN);
	assert_string_equal(show(&orford, ask_sql("SELECT pool_number FROM learner"))->refusal->code, REFUSAL_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define PLAY(f) cmocka_unit_test_setup(f, stage_clear)
		PLAY(a_ranking_file_replaces_the_whole_list),
		PLAY(an_empty_entry_clears_a_list),
		PLAY(a_bad_entry_is_refused_and_a_list_of_bad_entries_is_kept_as_it_stood),
		PLAY(what_names_a_learner_who_is_not_known_waits_for_her),
		PLAY(a_learner_has_one_direct_offer),
		PLAY(an_erased_learner_is_gone_and_does_not_come_back),
		PLAY(an_event_of_the_erasure_s_own_group_is_blanked_too),
		PLAY(a_store_restored_from_an_older_copy_forgets_the_erased_again),
		PLAY(lists_come_in_pages_and_with_filters),
		PLAY(a_card_is_found_by_id_by_number_and_by_code),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
