/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messaging core of a small service on a real PostgreSQL, with a wire of memory: a test asks commands and Fetches as
 * somebody, one by one, and reads the answers. What happens in storms is the simulation's (tests/simulation).
 */
#ifndef TESTS_CORE_PLAY_H
#define TESTS_CORE_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/refusal.h"
#include "unit/shared/pg_cluster.h"
#include "base/clock.h"
#include "bus/core_pg.h"
#include "bus/policy.h"

enum {
	PUT = BASSIN__V1__COMMAND_TYPE__FEED_EMPLOYERS, LOOK = BASSIN__V1__COMMAND_TYPE__EMPLOYER_LIST,
	DAY_MS_TEST = 24 * 60 * 60 * 1000, FRAMES = 256
};

static struct stage {
	struct cluster cluster;
	struct store *store;
	struct core_pg *pg;
	struct core *core;
	struct arena *arena;
	int64_t now_ms, mono_ms;
	struct bytes answers[FRAMES];
	size_t answer_count;
	int runs;                       /* how often a handler ran */
	int suspicion;
	bool away;                      /* a 'w' command finds the weather bad */
	void (*meanwhile)(void);        /* once, while the store is asked for events: frames are read then too */
	void (*at_rollback)(void);      /* once, while a transaction is given up: the same */
	size_t queue_max_bytes;         /* of the next core_open; 0: the default */
} stage;

/* The payload's first byte says how the handler ends; the second is the key. */
static inline enum verdict
on_put(struct call *call)
{
	struct stage *s = call->work->service;
	Bassin__V1__StatusAsk empty = BASSIN__V1__STATUS_ASK__INIT;
	Bassin__V1__ShowAsk body = BASSIN__V1__SHOW_ASK__INIT;
	char key[2] = { (char)call->payload[1], '\0' };

	s->runs++;
	body.id = key;
	switch (call->payload[0]) {
	case 'e':
		if (work_emit(call->work, "posting", key, (uint64_t)s->runs, 1, &body.base) != 0)
			return VERDICT_RETRY;
		return call_refuse(call, REFUSAL_UNKNOWN, "key", "");
	case 'r': return call_refuse(call, REFUSAL_UNKNOWN, "key", "a..z");
	case 'b': return VERDICT_BROKEN;
	case 'w':
		if (s->away)
			return VERDICT_RETRY;
		break;
	case 'l': call->again_mono_ms = call->work->mono_ms + 50; return VERDICT_LATER;
	case 'm': (void)!arena_alloc(call->work->arena, SIZE_MAX / 2); return call_refuse(call, REFUSAL_UNDECODABLE, "", "");
	default: break;
	}
	if (work_emit(call->work, key[0] == 'c' ? "contact" : "posting", key, (uint64_t)s->runs, 1, &body.base) != 0)
		return VERDICT_RETRY;
	return call_answer(call, &empty.base);
}

static inline enum verdict
on_look(struct call *call)
{
	Bassin__V1__ShowAsk answer = BASSIN__V1__SHOW_ASK__INIT;
	char text[2 * NAME_MAX_BYTES + 64];

	(void)snprintf(text, sizeof text, "%s %s %s %s", role_to_text(call->who->role), role_to_text(call->who->acts),
	               call->who->institution, call->who->subject);
	answer.id = text;
	return call_answer(call, &answer.base);
}

static inline void
on_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	struct stage *s = self;

	(void)to;
	assert_true(s->answer_count < FRAMES);
	s->answers[s->answer_count++] = (struct bytes){ arena_memdup(s->arena, frame, size), size };
}

static inline int
suspicion(void *guard, const struct principal *who, const struct id *id)
{
	(void)who;
	(void)id;
	return ((struct stage *)guard)->suspicion;
}

static inline int
events_read(void *self, struct arena *a, uint64_t after, uint64_t up_to, const char *const *topics, size_t topic_count,
            size_t max_events, struct event **out, size_t *count)
{
	void (*meanwhile)(void) = stage.meanwhile;

	stage.meanwhile = NULL;
	if (meanwhile != NULL)
		meanwhile();
	return core_pg_store(stage.pg).events_read(self, a, after, up_to, topics, topic_count, max_events, out, count);
}

static inline void
rollback(void *self, struct tx **tx)
{
	void (*meanwhile)(void) = stage.at_rollback;

	core_pg_store(stage.pg).rollback(self, tx);
	stage.at_rollback = NULL;
	if (meanwhile != NULL)
		meanwhile();
}

static inline void
turn(void)
{
	stage.now_ms += 10;
	stage.mono_ms += 10;
	(void)core_step(stage.core, stage.now_ms, stage.mono_ms);
}

static inline void
core_open(void)
{
	static const struct command commands[] = {
		{ BASSIN__V1__COMMAND_TYPE__FEED_EMPLOYERS, on_put, false },
		{ BASSIN__V1__COMMAND_TYPE__EMPLOYER_LIST, on_look, true },
	};
	struct core_config config = {
		.log_id = "employer_intake", .service = &stage, .commands = commands, .command_count = COUNT_OF(commands),
		.store = core_pg_store(stage.pg), .random = random_of_system, .wire = { &stage, on_answer, NULL },
		.may_command = policy_may_command, .may_read = policy_may_read, .suspicion = suspicion, .guard = &stage,
		.tidy_every_ms = 1000, .queue_max_bytes = stage.queue_max_bytes,
	};
	struct core_status status = { .state = CORE_STARTING };

	config.store.events_read = events_read;
	config.store.rollback = rollback;
	stage.core = core_new(&config);
	assert_non_null(stage.core);
	for (int i = 0; i < 1000 && status.state != CORE_ACTIVE; i++) {
		turn();
		core_status(stage.core, &status);
	}
	assert_int_equal(status.state, CORE_ACTIVE);
}

static inline int
stage_open(void **state)
{
	static const struct store_series series[] = { { "core", core_migrations }, { 0 } };
	static const struct sql *const *const statements[] = { core_statements, NULL };

	(void)state;
	stage = (struct stage){ .now_ms = clock_wall_ms(), .mono_ms = clock_mono_ms() };
	cluster_start(&stage.cluster, NULL);
	struct store_settings settings = { .conninfo = stage.cluster.conninfo, .name = "employer_intake", .statement_ms = 10000,
		                           .series = series, .statements = statements };
	stage.arena = arena_new(256 * MiB);
	stage.store = store_new(&settings);
	assert_non_null(stage.store);
	stage.pg = core_pg_new(stage.store);
	core_open();
	return 0;
}

static inline int
stage_close(void **state)
{
	(void)state;
	core_destroy(&stage.core);
	core_pg_destroy(&stage.pg);
	store_destroy(&stage.store);
	arena_destroy(&stage.arena);
	cluster_stop(&stage.cluster);
	return 0;
}

/* ---- asking ------------------------------------------------------------------------------------------------------------ */
static inline struct principal
college(void)
{
	return (struct principal){ .name = "alpha", .institution = "alpha", .role = ROLE_COLLEGE };
}

static inline struct id
new_id(int64_t ago_ms)
{
	return id_make(stage.now_ms - ago_ms, random_of_system, NULL);
}

struct ask { const char *payload; struct id id; int type; uint32_t ttl_ms; Bassin__V1__ActingFor *acting_for; };

static inline void
send_as(struct principal who, const struct ask *a)
{
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	struct peer from = { { 7 }, 1 };
	struct id id = a->id;
	size_t size;

	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
	rq.type = (Bassin__V1__CommandType)(a->type != 0 ? a->type : PUT);
	rq.payload = (ProtobufCBinaryData){ strlen(a->payload), (uint8_t *)(uintptr_t)a->payload };
	rq.ttl_ms = a->ttl_ms != 0 ? a->ttl_ms : 60000;
	rq.acting_for = a->acting_for;
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	uint8_t *frame = arena_pack(stage.arena, &up.base, &size);
	assert_non_null(frame);
	core_receive(stage.core, &who, &from, frame, size, stage.now_ms, stage.mono_ms);
}

static inline const Bassin__V1__Downward *
answer_at(size_t i)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);

	assert_true(i < stage.answer_count);
	const Bassin__V1__Downward *down =
	    bassin__v1__downward__unpack(&allocator, stage.answers[i].size, stage.answers[i].data);
	assert_non_null(down);
	return down;
}

static inline void
turns_until(size_t answers)
{
	for (int i = 0; i < 500 && stage.answer_count < answers; i++)
		turn();
	assert_int_equal(stage.answer_count, answers);
}

/* The code of the one answer to this. */
static inline int
code_of(struct principal who, const struct ask *a)
{
	stage.answer_count = 0;
	send_as(who, a);
	turns_until(1);
	return (int)answer_at(0)->reply->code;
}

static inline int
raw_code(const void *frame, size_t size)
{
	struct principal who = college();
	struct peer from = { { 7 }, 1 };

	stage.answer_count = 0;
	core_receive(stage.core, &who, &from, frame, size, stage.now_ms, stage.mono_ms);
	turns_until(1);
	return (int)answer_at(0)->reply->code;
}

static inline uint64_t
head(void)
{
	struct core_status s;

	core_status(stage.core, &s);
	return s.head_seq;
}

#define CODE(name) BASSIN__V1__REPLY_CODE__##name

/* ---- the log ----------------------------------------------------------------------------------------------------------- */
struct fetch {
	const char *log, *topic;
	struct cursor after;
	uint32_t max_events, max_bytes, wait_ms;
	uint64_t applied, id;           /* id 0: 42 */
};

static inline void
fetch_send(enum role role, const struct fetch *f)
{
	struct principal who = { .role = role };
	struct peer from = { { 9 }, 1 };
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Fetch m = BASSIN__V1__FETCH__INIT;
	char *topics[] = { (char *)(uintptr_t)f->topic };
	struct cursor after = f->after;
	size_t size;

	(void)snprintf(who.name, sizeof who.name, "%s", role_to_text(role));
	m.log_id = (char *)(uintptr_t)(f->log != NULL ? f->log : "employer_intake");
	m.reader = who.name;
	m.topics = topics;
	m.n_topics = 1;
	m.epoch = (ProtobufCBinaryData){ after.seq > 0 ? ID_SIZE : 0, after.epoch.bytes };
	m.after_seq = after.seq;
	m.applied_seq = f->applied;
	m.max_events = f->max_events;
	m.max_bytes = f->max_bytes;
	m.wait_ms = f->wait_ms;
	m.fetch_id = f->id != 0 ? f->id : 42;
	up.body_case = BASSIN__V1__UPWARD__BODY_FETCH;
	up.fetch = &m;
	uint8_t *frame = arena_pack(stage.arena, &up.base, &size);
	core_receive(stage.core, &who, &from, frame, size, stage.now_ms, stage.mono_ms);
}

static inline const Bassin__V1__Batch *
fetch(enum role role, const struct fetch *f)
{
	stage.answer_count = 0;
	fetch_send(role, f);
	turns_until(1);
	assert_int_equal(answer_at(0)->body_case, BASSIN__V1__DOWNWARD__BODY_BATCH);
	assert_int_equal(answer_at(0)->batch->fetch_id, 42);
	return answer_at(0)->batch;
}

static inline void
put(const char *payload)
{
	assert_int_equal(code_of(college(), &(struct ask){ .payload = payload, .id = new_id(0) }), CODE(OK));
}

static inline struct cursor
cursor_of(const Bassin__V1__Batch *b)
{
	struct cursor c = { .seq = b->scanned_to };

	assert_true(id_from_bytes(&c.epoch, b->epoch.data, b->epoch.len));
	return c;
}

#endif
