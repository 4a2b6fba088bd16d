/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two colleges share one intake: neither sees or changes the other's learners by any command of the policy table, and
 * names stand nowhere but in the learner's own row and on the contact topic.
 */
#include "stage.h"

static const char victim_id[] = "victim-77", victim_code[] = "VICA12345678";
static const char victim_row[] =
    ";Anne-Victime;Bélanger-Secret;anne.secret@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01";
static const char *const secrets[] = { "Victime", "Secret", "anne.secret", "J1H 4A7", "VICA12345678" };
static char victim_number[POOL_NUMBER_SIZE];

static void
feed_victim(void)
{
	char text[1024];

	feed_programme();
	snprintf(text, sizeof text, LEARNERS_REQUIRED ";permanent_code\n%s%s;%s\n", victim_id, victim_row, victim_code);
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), text), 0);
	snprintf(text, sizeof text, RANKINGS "%s;1;p1\n", victim_id);
	CREATED_ROW(feed(&memphre, FEED(LEARNER_RANKINGS), text), 0);
	snprintf(text, sizeof text, OFFERS "%s;p1\n", victim_id);
	CREATED_ROW(feed(&memphre, FEED(DIRECT_OFFERS), text), 0);
	snprintf(victim_number, sizeof victim_number, "%s", ask_sql("SELECT pool_number FROM learner"));
}

/* All that the store has on memphre's people, as one digest. */
static const char *
memphre_digest(char out[33])
{
	snprintf(out, 33, "%s", ask_sql("SELECT md5("
	         "(SELECT string_agg(t::text, '') FROM learner t WHERE institution = 'memphre') || "
	         "(SELECT string_agg(t::text, '') FROM learner_ranking t WHERE institution = 'memphre') || "
	         "(SELECT string_agg(t::text, '') FROM direct_offer t WHERE institution = 'memphre') || "
	         "(SELECT string_agg(t::text, '' ORDER BY seq) FROM event t WHERE key LIKE '%%%s'))", victim_number));
	return out;
}

/* ---- what an inquisitive college may send for each command; %1 is the name that it tries ----------------------- */
static const ProtobufCMessage *
rows_message(const char *text, const char *name)
{
	char filled[2048];
	const char *at = strstr(text, "%1");

	snprintf(filled, sizeof filled, "%.*s%s%s", (int)(at - text), text, name, at + 2);
	return &rows_of(filled, false)->base;
}

static const ProtobufCMessage *
list_message(const char *filter, const char *name)
{
	Bassin__V1__ListAsk *m = arena_zalloc(stage.arena, 1, sizeof *m);
	char **filters = arena_zalloc(stage.arena, 1, sizeof *filters);

	bassin__v1__list_ask__init(m);
	m->limit = 1000;
	m->after = arena_strdup(stage.arena, "");
	m->filters = filters;
	m->n_filters = name[0] == '\0' ? 0 : 1;
	filters[0] = arena_printf(stage.arena, "%s=%s", filter, name);
	return &m->base;
}

static const ProtobufCMessage *
attack(int type, const char *name)
{
	Bassin__V1__RowsWithdraw *w;
	Bassin__V1__LearnerErase *e;
	Bassin__V1__ShowAsk *s;
	Bassin__V1__HeldAsk *h;
	Bassin__V1__RowSet *set;

	switch (type) {
	case FEED(PROGRAMMES):
		return rows_message(PROGRAMMES "%1;Autre;;dec;\n", "420.B0");
	case FEED(COMPETENCIES):
		return rows_message(COMPETENCIES "%1;420.B0;Autre;;\n", "00Q2");
	case FEED(LEARNERS):
		return rows_message(LEARNERS "%1;Luc;Roy;luc@eleves.example;en;420.B0;G1A 1A1;2027-01-11;2027-05-28;20;\n", name);
	case FEED(LEARNER_RANKINGS):
		return rows_message(RANKINGS "%1;1;x9\n", name);
	case FEED(DIRECT_OFFERS):
		return rows_message(OFFERS "%1;x9\n", name);
	case COMMAND_TYPE(LEARNER_WITHDRAW):
		w = arena_zalloc(stage.arena, 1, sizeof *w);
		bassin__v1__rows_withdraw__init(w);
		w->n_external_ids = 1;
		w->external_ids = arena_zalloc(stage.arena, 1, sizeof(char *));
		w->external_ids[0] = arena_strdup(stage.arena, name);
		return &w->base;
	case COMMAND_TYPE(LEARNER_ERASE):
		e = arena_zalloc(stage.arena, 1, sizeof *e);
		bassin__v1__learner_erase__init(e);
		e->external_id = arena_strdup(stage.arena, name);
		return &e->base;
	case COMMAND_TYPE(LEARNER_INTAKE_SHOW):
		s = arena_zalloc(stage.arena, 1, sizeof *s);
		bassin__v1__show_ask__init(s);
		s->id = arena_strdup(stage.arena, name[0] == '\0' ? "x" : name);
		return &s->base;
	case COMMAND_TYPE(LEARNER_HELD):
		h = arena_zalloc(stage.arena, 1, sizeof *h);
		bassin__v1__held_ask__init(h);
		h->learner = arena_strdup(stage.arena, name);
		return &h->base;
	case COMMAND_TYPE(LEARNER_INTAKE_SET):
		set = arena_zalloc(stage.arena, 1, sizeof *set);
		bassin__v1__row_set__init(set);
		set->id = arena_strdup(stage.arena, name[0] == '\0' ? "x" : name);
		set->reason = arena_strdup(stage.arena, "curiosity");
		set->n_columns = set->n_cells = 1;
		set->columns = arena_zalloc(stage.arena, 1, sizeof(char *));
		set->cells = arena_zalloc(stage.arena, 1, sizeof(char *));
		set->columns[0] = arena_strdup(stage.arena, "tier");
		set->cells[0] = arena_strdup(stage.arena, "7");
		return &set->base;
	case COMMAND_TYPE(LEARNER_INTAKE_HISTORY):
		return list_message("id", name[0] == '\0' ? "x" : name);
	case COMMAND_TYPE(LEARNER_INTAKE_WAITING):
		return list_message("kind", name[0] == '\0' ? "" : "learner");
	case COMMAND_TYPE(LEARNER_LIST):
		return list_message(strcmp(name, victim_number) == 0 ? "pool_number" : "external_id", name);
	case COMMAND_TYPE(PROGRAMME_LIST):
	case COMMAND_TYPE(COMPETENCY_LIST):
		return list_message("external_id", name);
	case COMMAND_TYPE(LEARNER_RANKING_LIST):
	case COMMAND_TYPE(DIRECT_OFFER_LIST):
		return list_message("learner", name);
	default:
		fail_msg("command %d has no attack in this test", type);
	}
	return NULL;
}

static bool
reply_says(const Bassin__V1__Reply *reply, const char *text)
{
	return reply->payload.len > 0 && memmem(reply->payload.data, reply->payload.len, text, strlen(text)) != NULL;
}

static void
a_college_neither_sees_nor_changes_anothers_learners_by_any_command(void **state)
{
	char before[33], after[33], whole[64];
	size_t commands = 0;

	(void)state;
	feed_victim();
	snprintf(whole, sizeof whole, "memphre/%s", victim_id);
	const char *const names[] = { victim_id, victim_number, whole, "" };
	memphre_digest(before);
	for (size_t i = 0; i < learner_intake_command_count; i++) {
		const struct command_policy *p = policy_of_command((int)learner_intake_commands[i].type);
		assert_true((p->may & ROLE_COLLEGE) != 0);
		commands++;
		for (size_t n = 0; n < COUNT_OF(names); n++) {
			const Bassin__V1__Reply *reply = ask(&orford, p->type, attack((int)p->type, names[n]));
			assert_true(reply->code == BASSIN__V1__REPLY_CODE__OK || reply->code == BASSIN__V1__REPLY_CODE__REFUSED);
			for (size_t s = 0; s < COUNT_OF(secrets); s++)
				assert_false(reply_says(reply, secrets[s]));
			assert_false(reply_says(reply, victim_number));
			stage_turn();
			assert_string_equal(memphre_digest(after), before);
			/* what orford fed under these names is its own, and no longer in the way */
			ask_sql("DELETE FROM learner WHERE institution = 'orford'");
			ask_sql("DELETE FROM learner_ranking WHERE institution = 'orford'");
			ask_sql("DELETE FROM direct_offer WHERE institution = 'orford'");
		}
	}
	assert_int_equal(commands, learner_intake_command_count);
	assert_string_equal(ask_sql("SELECT count(*) FROM learner WHERE institution = 'memphre'"), "1");
}

static void
a_learner_of_the_same_external_id_elsewhere_is_another_person(void **state)
{
	char before[33], after[33], text[1024];

	(void)state;
	feed_victim();
	memphre_digest(before);
	snprintf(text, sizeof text, LEARNERS "%s;Luc;Roy;luc@eleves.example;en;420.B0;G1A 1A1;2027-01-11;2027-05-28;20;"
	         "2026-10-01\n", victim_id);
	CREATED_ROW(feed(&orford, FEED(LEARNERS), text), 0);
	const Bassin__V1__Reply *card = ask(&orford, COMMAND_TYPE(LEARNER_INTAKE_SHOW),
	                                    attack(COMMAND_TYPE(LEARNER_INTAKE_SHOW), victim_id));
	assert_true(reply_says(card, "Luc"));
	assert_false(reply_says(card, "memphre/p1"));
	snprintf(text, sizeof text, RANKINGS "%s;1;p1\n", victim_id);
	CREATED_ROW(feed(&orford, FEED(LEARNER_RANKINGS), text), 0);
	snprintf(text, sizeof text, OFFERS "%s;p1\n", victim_id);
	CREATED_ROW(feed(&orford, FEED(DIRECT_OFFERS), text), 0);
	ask(&orford, COMMAND_TYPE(LEARNER_WITHDRAW), attack(COMMAND_TYPE(LEARNER_WITHDRAW), victim_id));
	assert_string_equal(ask_sql("SELECT in_pool FROM learner WHERE institution = 'orford'"), "f");
	ask(&orford, COMMAND_TYPE(LEARNER_ERASE), attack(COMMAND_TYPE(LEARNER_ERASE), victim_id));
	stage_turn();
	assert_string_equal(ask_sql("SELECT count(*) FROM learner WHERE institution = 'orford'"), "0");
	assert_string_equal(memphre_digest(after), before);
	snprintf(text, sizeof text, LEARNERS_REQUIRED ";permanent_code\n%s%s;%s\n", victim_id, victim_row, victim_code);
	UNCHANGED_ROW(feed(&memphre, FEED(LEARNERS), text), 0);
}

static void
the_same_words_do_reach_her_own_college(void **state)
{
	(void)state;
	feed_victim();
	const Bassin__V1__Reply *reply =
	    ask(&memphre, COMMAND_TYPE(LEARNER_LIST), attack(COMMAND_TYPE(LEARNER_LIST), victim_number));
	assert_true(reply_says(reply, "anne.secret"));
	assert_true(reply_says(reply, victim_number));
	/* Asked for all that is held, by her id as by her number: all of it, the code as well. */
	const char *const names[] = { victim_id, victim_number };
	for (size_t n = 0; n < COUNT_OF(names); n++) {
		reply = ask(&memphre, COMMAND_TYPE(LEARNER_HELD), attack(COMMAND_TYPE(LEARNER_HELD), names[n]));
		for (size_t s = 0; s < COUNT_OF(secrets); s++)
			assert_true(reply_says(reply, secrets[s]));
		assert_true(reply_says(reply, "memphre/p1"));
		const Bassin__V1__Held *held = answer_of(reply, &bassin__v1__held__descriptor);
		assert_string_equal(held->external_id, victim_id);
		assert_string_equal(held->pool_number, victim_number);
		assert_int_equal(held->n_events, 4);   /* profile, contact, ranking, offer */
	}
}

static void
the_intermediary_gets_no_learner(void **state)
{
	static const struct principal intermediary = { .name = "chamber", .role = ROLE_INTERMEDIARY };
	static const struct principal nobody = { .name = "nobody", .role = ROLE_COLLEGE };

	(void)state;
	feed_victim();
	for (size_t i = 0; i < learner_intake_command_count; i++) {
		const struct command *c = &learner_intake_commands[i];
		bool codes = c->type == COMMAND_TYPE(PROGRAMME_LIST) || c->type == COMMAND_TYPE(COMPETENCY_LIST);
		const Bassin__V1__Reply *reply = ask(&intermediary, c->type, attack((int)c->type, victim_id));
		if (codes)
			assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__OK);
		else
			assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__FORBIDDEN);
		/* a college's key without a college, which the keyring refuses to hold, gets nothing either */
		reply = ask(&nobody, c->type, attack((int)c->type, victim_id));
		if (!codes)
			assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__REFUSED);
		for (size_t s = 0; s < COUNT_OF(secrets); s++)
			assert_false(reply_says(reply, secrets[s]));
	}
}

static void
every_command_has_its_policy_and_every_policy_its_handler(void **state)
{
	(void)state;
	for (size_t i = 0; i < learner_intake_command_count; i++) {
		const struct command_policy *p = policy_of_command((int)learner_intake_commands[i].type);
		assert_non_null(p);
		assert_true((p->owner & ROLE_LEARNER_INTAKE) != 0);
	}
}

/* ---- what is written down -------------------------------------------------------------------------------------- */
static void
names_stand_in_her_row_and_on_topic_contact_only(void **state)
{
	static const char *const silent[] = { "learner_ranking", "direct_offer", "erased", "command_reply", "audit",
		"(SELECT * FROM event WHERE topic <> 'contact')" };

	(void)state;
	feed_victim();
	ask(&memphre, COMMAND_TYPE(LEARNER_LIST), list_message("", ""));
	ask(&memphre, COMMAND_TYPE(LEARNER_WITHDRAW), attack(COMMAND_TYPE(LEARNER_WITHDRAW), victim_id));
	for (size_t t = 0; t < COUNT_OF(silent); t++) {
		for (size_t s = 0; s < COUNT_OF(secrets); s++)
			assert_false(table_says(silent[t], secrets[s]));
	}
	assert_false(table_says("audit", victim_id));
	assert_false(table_says("command_reply", victim_id));
	assert_true(table_says("audit", victim_number));
	assert_true(table_says("(SELECT * FROM event WHERE topic = 'contact')", "anne.secret"));
	assert_false(table_says("(SELECT * FROM event WHERE topic = 'contact')", "J1H 4A7"));
}

static void
log_lines_name_nobody(void **state)
{
	char path[160], *text = arena_zalloc(stage.arena, 1, 64 * 1024);
	int kept = dup(2);

	(void)state;
	snprintf(path, sizeof path, "%s/log-lines", stage.cluster.dir);
	FILE *f = fopen(path, "w+");
	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), 2);
	log_open("test", LOG_LEVEL_DEBUG);
	feed_victim();
	ask(&memphre, FEED(LEARNERS), &rows_of(LEARNERS "bad;Victime;Secret;not an address;;;;;;;\n", false)->base);
	ask(&memphre, COMMAND_TYPE(LEARNER_ERASE), attack(COMMAND_TYPE(LEARNER_ERASE), victim_id));
	stage_turn();
	fflush(stderr);
	dup2(kept, 2);
	close(kept);
	log_open("test", LOG_LEVEL_ERROR);
	rewind(f);
	assert_true(fread(text, 1, 64 * 1024 - 1, f) > 0);
	fclose(f);
	assert_non_null(strstr(text, "feed=learners"));
	assert_null(strstr(text, victim_id));
	for (size_t s = 0; s < COUNT_OF(secrets); s++)
		assert_null(strstr(text, secrets[s]));
}

static void
the_store_holds_only_what_the_plan_allows(void **state)
{
	(void)state;
	assert_string_equal(ask_sql("SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM information_schema.tables "
	                            "WHERE table_schema = 'public' AND table_name NOT IN ('event', 'event_head', "
	                            "'event_epoch', 'command_reply', 'audit', 'reader', 'log_cursor', 'log_key', "
	                            "'parked_event', 'history', 'schema_version', 'matter')"),
	                    "competency direct_offer erased erasure_pending learner learner_ranking programme");
}

static void
the_same_permanent_code_gives_the_same_hash_at_two_colleges(void **state)
{
	static const char row[] = LEARNERS_REQUIRED ";permanent_code\n"
	    "z;Zoé;Roy;zoe@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01;ROYZ 5555 0101\n";
	uint8_t first[HASH_SIZE];

	(void)state;
	feed_programme();
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), row), 0);
	const Bassin__V1__ProfileRecorded *p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_int_equal(p->permanent_code_hash.len, HASH_SIZE);
	memcpy(first, p->permanent_code_hash.data, HASH_SIZE);
	CREATED_ROW(feed(&orford, FEED(LEARNERS), row), 0);
	p = last_event("profile", &bassin__v1__profile_recorded__descriptor);
	assert_string_equal(p->institution, "orford");
	assert_memory_equal(p->permanent_code_hash.data, first, HASH_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define PLAY(f) cmocka_unit_test_setup(f, stage_clear)
		PLAY(a_college_neither_sees_nor_changes_anothers_learners_by_any_command),
		PLAY(a_learner_of_the_same_external_id_elsewhere_is_another_person),
		PLAY(the_same_words_do_reach_her_own_college),
		PLAY(the_intermediary_gets_no_learner),
		PLAY(every_command_has_its_policy_and_every_policy_its_handler),
		PLAY(names_stand_in_her_row_and_on_topic_contact_only),
		PLAY(log_lines_name_nobody),
		PLAY(the_store_holds_only_what_the_plan_allows),
		PLAY(the_same_permanent_code_gives_the_same_hash_at_two_colleges),
	};

	return cmocka_run_group_tests(tests, stage_up, stage_down);
}
