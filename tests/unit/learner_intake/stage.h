/* SPDX-License-Identifier: Apache-2.0 */
/* The stage of the handlers' plays: the real core on a real PostgreSQL, with a wire that remembers the last answer. */
#ifndef TESTS_LEARNER_INTAKE_STAGE_H
#define TESTS_LEARNER_INTAKE_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/refusal.h"
#include "bassin/v1/learner.pb-c.h"
#include "bus/core_pg.h"
#include "bus/policy.h"
#include "intake.h"
#include "learner_intake/sql.h"
#include "store.h"
#include "unit/shared/pg_cluster.h"

#define TODAY_MS INT64_C(1795219200000)         /* 2026-11-21 */
#define NOW_MS (TODAY_MS + 12 * 3600 * INT64_C(1000))

static struct stage {
	struct cluster cluster;
	struct store *store;
	struct core_pg *pg;
	struct core *core;
	struct intake intake;
	struct arena *arena;                    /* of one test: everything that was answered */
	const Bassin__V1__Reply *last;
	int64_t now_ms, mono_ms;
	unsigned same_numbers;                  /* so many batches are given 0000000000 as pool numbers */
} stage;

static const struct principal memphre = { .name = "memphre", .institution = "memphre", .role = ROLE_COLLEGE,
	.acts = ROLE_NONE };
static const struct principal orford = { .name = "orford", .institution = "orford", .role = ROLE_COLLEGE,
	.acts = ROLE_NONE };

static void
stage_random(void *self, void *out, size_t size)
{
	(void)self;
	random_of_system(NULL, out, size);
	if (stage.same_numbers > 0 && size % POOL_NUMBER_SIZE == 0) {
		stage.same_numbers--;
		memset(out, 0, size);
	}
}

static void
stage_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);
	Bassin__V1__Downward *d = bassin__v1__downward__unpack(&allocator, size, frame);

	(void)self;
	(void)to;
	assert_non_null(d);
	assert_int_equal(d->body_case, BASSIN__V1__DOWNWARD__BODY_REPLY);
	stage.last = d->reply;
}

static void
stage_fetch(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size)
{
	(void)self;
	(void)which;
	(void)attempt;
	(void)frame;
	(void)size;
}

static inline void
stage_turn(void)
{
	(void)core_step(stage.core, stage.now_ms, stage.mono_ms);
}

static inline void
core_up(void)
{
	struct core_config config = {
		.log_id = "learner_intake", .service = &stage.intake,
		.commands = learner_intake_commands, .command_count = learner_intake_command_count,
		.chores = learner_intake_chores, .chore_count = learner_intake_chore_count,
		.store = core_pg_store(stage.pg), .wire = { .answer = stage_answer, .fetch = stage_fetch },
		.random = stage_random, .may_command = policy_may_command, .may_read = policy_may_read,
		.on_active = intake_on_active,
	};
	struct core_status status;

	stage.core = core_new(&config);
	assert_non_null(stage.core);
	stage.mono_ms = clock_mono_ms();
	stage_turn();
	core_status(stage.core, &status);
	assert_int_equal(status.state, CORE_ACTIVE);
}

static inline int
stage_up(void **state)
{
	static const struct store_series series[] = {
		{ "core", core_migrations }, { "learner_intake", learner_intake_migrations }, { NULL, NULL } };
	static const struct sql *const *const lists[] = { core_statements, learner_intake_statements, NULL };
	char path[160];

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	cluster_start(&stage.cluster, NULL);
	stage.arena = arena_new(256 * MiB);
	stage.now_ms = NOW_MS;
	memset(stage.intake.pool_key, 7, POOL_KEY_SIZE);
	snprintf(path, sizeof path, "%s/places.csv", stage.cluster.dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("J1H 4A7;45.4;-71.9\nJ1H 4A9;45.6;-71.7\n", f);
	fclose(f);
	assert_int_equal(places_load(path, &stage.intake.places), PLACES_OK);
	const struct store_settings settings = { .conninfo = stage.cluster.conninfo, .statement_ms = 20000,
		.series = series, .statements = lists };
	stage.store = store_new(&settings);
	assert_non_null(stage.store);
	stage.pg = core_pg_new(stage.store);
	assert_non_null(stage.pg);
	core_up();
	return 0;
}

static inline int
stage_down(void **state)
{
	(void)state;
	core_destroy(&stage.core);
	core_pg_destroy(&stage.pg);
	store_destroy(&stage.store);
	places_destroy(&stage.intake.places);
	arena_destroy(&stage.arena);
	cluster_stop(&stage.cluster);
	return 0;
}

/* Before each test: nobody has fed anything yet. */
static inline int
stage_clear(void **state)
{
	(void)state;
	cluster_sql(&stage.cluster, "TRUNCATE programme, competency, learner, learner_ranking, direct_offer, erased, "
	                            "erasure_pending, event, command_reply, audit, history");
	arena_reset(stage.arena);
	stage.last = NULL;
	stage.now_ms = NOW_MS;
	stage.same_numbers = 0;
	return 0;
}

/* Sends only; the answer comes with stage_turn. */
static inline void
send_command(const struct principal *who, Bassin__V1__CommandType type, const ProtobufCMessage *message)
{
	static const struct peer peer = { { 1 }, 1 };
	struct id id = id_make(stage.now_ms, random_of_system, NULL);
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	size_t size;

	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
	rq.type = type;
	rq.ttl_ms = 60000;
	rq.payload.data = arena_pack(stage.arena, message, &rq.payload.len);
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	const uint8_t *frame = arena_pack(stage.arena, &up.base, &size);
	assert_non_null(frame);
	stage.last = NULL;
	core_receive(stage.core, who, &peer, frame, size, stage.now_ms, stage.mono_ms);
}

static inline const Bassin__V1__Reply *
ask(const struct principal *who, Bassin__V1__CommandType type, const ProtobufCMessage *message)
{
	send_command(who, type, message);
	stage_turn();
	for (int i = 0; i < 20 && stage.last == NULL; i++) {
		stage.mono_ms += 50;    /* the store met weather: the group is tried again after a pause */
		stage_turn();
	}
	assert_non_null(stage.last);
	return stage.last;
}

static inline void *
answer_of(const Bassin__V1__Reply *reply, const ProtobufCMessageDescriptor *type)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);

	assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__OK);
	void *m = protobuf_c_message_unpack(type, &allocator, reply->payload.len, reply->payload.data);
	assert_non_null(m);
	return m;
}

/* Cells of one line, separated by ';'. */
static inline size_t
split_cells(char *line, char ***out)
{
	size_t n = 0;

	*out = arena_zalloc(stage.arena, 64, sizeof(char *));
	assert_non_null(*out);
	for (char *at = line; at != NULL; n++)
		(*out)[n] = strsep(&at, ";");
	return n;
}

/* text: a header line and rows, as in a file, cells separated by ';'. */
static inline Bassin__V1__FeedRows *
rows_of(const char *text, bool dry_run)
{
	char *lines = arena_strdup(stage.arena, text), *header = strsep(&lines, "\n");
	Bassin__V1__FeedRows *m = arena_zalloc(stage.arena, 1, sizeof *m);
	Bassin__V1__FeedRow **rows = arena_zalloc(stage.arena, 1100, sizeof *rows);

	bassin__v1__feed_rows__init(m);
	m->n_columns = split_cells(header, &m->columns);
	m->rows = rows;
	m->dry_run = dry_run;
	for (char *line; (line = strsep(&lines, "\n")) != NULL && line[0] != '\0'; m->n_rows++) {
		rows[m->n_rows] = arena_zalloc(stage.arena, 1, sizeof **rows);
		bassin__v1__feed_row__init(rows[m->n_rows]);
		rows[m->n_rows]->n_cells = split_cells(line, &rows[m->n_rows]->cells);
	}
	return m;
}

static inline const Bassin__V1__FeedResults *
feed(const struct principal *who, Bassin__V1__CommandType type, const char *text)
{
	return answer_of(ask(who, type, &rows_of(text, false)->base), &bassin__v1__feed_results__descriptor);
}

#define FEED(kind) BASSIN__V1__COMMAND_TYPE__FEED_##kind
#define COMMAND_TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

static inline void
check_outcome(const Bassin__V1__FeedResults *results, size_t row, Bassin__V1__RowOutcome outcome, const char *code,
              const char *field)
{
	assert_true(row < results->n_results);
	const Bassin__V1__FeedResult *r = results->results[row];
	if (r->outcome != outcome && r->n_refusals > 0)
		print_error("row %zu: %s %s (%s)\n", row, r->refusals[0]->field, r->refusals[0]->code, r->refusals[0]->allowed);
	assert_int_equal(r->outcome, outcome);
	if (code != NULL) {
		assert_true(r->n_refusals >= 1);
		assert_string_equal(r->refusals[0]->code, code);
		assert_string_equal(r->refusals[0]->field, field);
	}
}
#define CREATED_ROW(r, i)         check_outcome(r, i, BASSIN__V1__ROW_OUTCOME__CREATED, NULL, NULL)
#define UPDATED_ROW(r, i)         check_outcome(r, i, BASSIN__V1__ROW_OUTCOME__UPDATED, NULL, NULL)
#define UNCHANGED_ROW(r, i)       check_outcome(r, i, BASSIN__V1__ROW_OUTCOME__UNCHANGED, NULL, NULL)
#define WAITING_ROW(r, i, f)      check_outcome(r, i, BASSIN__V1__ROW_OUTCOME__WAITING, REFUSAL_UNKNOWN, f)
#define REFUSED_ROW(r, i, c, f)   check_outcome(r, i, BASSIN__V1__ROW_OUTCOME__ROW_REFUSED, c, f)

#define ask_sql(...) cluster_sql(&stage.cluster, __VA_ARGS__)

static inline int
events_of(const char *topic)
{
	return atoi(ask_sql("SELECT count(*) FROM event WHERE topic = '%s'", topic));
}

/* The last event of a topic, decoded. */
static inline void *
last_event(const char *topic, const ProtobufCMessageDescriptor *type)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);
	const char *hex = ask_sql("SELECT encode(body, 'hex') FROM event WHERE topic = '%s' ORDER BY seq DESC LIMIT 1", topic);
	size_t size = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(stage.arena, size);

	assert_true(hex_to_bytes(hex, bytes, size));
	void *m = protobuf_c_message_unpack(type, &allocator, size, bytes);
	assert_non_null(m);
	return m;
}

/* Is this text anywhere in the stored texts and bytes of a table's rows? */
static inline bool
table_says(const char *table, const char *text)
{
	return atoi(ask_sql("SELECT count(*) FROM %s t WHERE t::text LIKE '%%%s%%' OR t::text LIKE '%%' || "
	                    "encode(convert_to('%s', 'UTF8'), 'hex') || '%%'", table, text, text)) > 0;
}

#define PROGRAMMES "external_id;title_fr;title_en;level;hours\n"
#define COMPETENCIES "external_id;programme;title_fr;title_en;hours\n"
#define LEARNERS_REQUIRED "external_id;given_name;family_name;email;language;programme;postal_code;available_from;" \
	"available_to;hours_per_week;consent_on"
#define LEARNERS LEARNERS_REQUIRED "\n"
#define ANNE ";Anne;Bélanger;anne@eleves.example;fr;420.B0;J1H 4A7;2027-01-11;2027-05-28;35;2026-10-01\n"
#define RANKINGS "learner;tier;posting\n"
#define OFFERS "learner;posting\n"

static inline void
feed_programme(void)
{
	CREATED_ROW(feed(&memphre, FEED(PROGRAMMES), PROGRAMMES "420.B0;Techniques de l'informatique;;dec;\n"), 0);
}

/* Programme known, learner e1 of memphre in the pool. */
static inline void
feed_anne(void)
{
	feed_programme();
	CREATED_ROW(feed(&memphre, FEED(LEARNERS), LEARNERS "e1" ANNE), 0);
}

#endif
