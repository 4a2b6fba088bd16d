/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each answer of the command server and of the event log, one by one, on a real PostgreSQL with a wire of memory. What
 * happens in storms is the simulation's (tests/simulation); here it is the plain rules of bus.proto and core.h.
 */
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
} stage;

/* The payload's first byte says how the handler ends; the second is the key. */
static enum verdict
on_put(struct call *call)
{
	struct stage *s = call->work->service;
	Bassin__V1__StatusAsk empty = BASSIN__V1__STATUS_ASK__INIT;
	Bassin__V1__ShowAsk body = BASSIN__V1__SHOW_ASK__INIT;
	char key[2] = { (char)call->payload[1], '\0' };

	s->runs++;
	body.id = key;
	switch (call->payload[0]) {
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

static enum verdict
on_look(struct call *call)
{
	Bassin__V1__ShowAsk answer = BASSIN__V1__SHOW_ASK__INIT;
	char text[2 * NAME_MAX_BYTES + 64];

	(void)snprintf(text, sizeof text, "%s %s %s %s", role_to_text(call->who->role), role_to_text(call->who->acts),
	               call->who->institution, call->who->subject);
	answer.id = text;
	return call_answer(call, &answer.base);
}

static void
on_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	struct stage *s = self;

	(void)to;
	assert_true(s->answer_count < FRAMES);
	s->answers[s->answer_count++] = (struct bytes){ arena_memdup(s->arena, frame, size), size };
}

static int
suspicion(void *guard, const struct principal *who, const struct id *id)
{
	(void)who;
	(void)id;
	return ((struct stage *)guard)->suspicion;
}

static int
events_read(void *self, struct arena *a, uint64_t after, uint64_t up_to, const char *const *topics, size_t topic_count,
            size_t max_events, struct event **out, size_t *count)
{
	void (*meanwhile)(void) = stage.meanwhile;

	stage.meanwhile = NULL;
	if (meanwhile != NULL)
		meanwhile();
	return core_pg_store(stage.pg).events_read(self, a, after, up_to, topics, topic_count, max_events, out, count);
}

static void
turn(void)
{
	stage.now_ms += 10;
	stage.mono_ms += 10;
	(void)core_step(stage.core, stage.now_ms, stage.mono_ms);
}

static void
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
		.tidy_every_ms = 1000,
	};
	struct core_status status = { .state = CORE_STARTING };

	config.store.events_read = events_read;
	stage.core = core_new(&config);
	assert_non_null(stage.core);
	for (int i = 0; i < 1000 && status.state != CORE_ACTIVE; i++) {
		turn();
		core_status(stage.core, &status);
	}
	assert_int_equal(status.state, CORE_ACTIVE);
}

static int
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

static int
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
static struct principal
college(void)
{
	return (struct principal){ .name = "alpha", .institution = "alpha", .role = ROLE_COLLEGE };
}

static struct id
new_id(int64_t ago_ms)
{
	return id_make(stage.now_ms - ago_ms, random_of_system, NULL);
}

struct ask { const char *payload; struct id id; int type; uint32_t ttl_ms; Bassin__V1__ActingFor *acting_for; };

static void
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

static const Bassin__V1__Downward *
answer_at(size_t i)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);

	assert_true(i < stage.answer_count);
	const Bassin__V1__Downward *down =
	    bassin__v1__downward__unpack(&allocator, stage.answers[i].size, stage.answers[i].data);
	assert_non_null(down);
	return down;
}

static void
turns_until(size_t answers)
{
	for (int i = 0; i < 500 && stage.answer_count < answers; i++)
		turn();
	assert_int_equal(stage.answer_count, answers);
}

/* The code of the one answer to this. */
static int
code_of(struct principal who, const struct ask *a)
{
	stage.answer_count = 0;
	send_as(who, a);
	turns_until(1);
	return (int)answer_at(0)->reply->code;
}

static int
raw_code(const void *frame, size_t size)
{
	struct principal who = college();
	struct peer from = { { 7 }, 1 };

	stage.answer_count = 0;
	core_receive(stage.core, &who, &from, frame, size, stage.now_ms, stage.mono_ms);
	turns_until(1);
	return (int)answer_at(0)->reply->code;
}

static uint64_t
head(void)
{
	struct core_status s;

	core_status(stage.core, &s);
	return s.head_seq;
}

#define CODE(name) BASSIN__V1__REPLY_CODE__##name

/* ---- commands ---------------------------------------------------------------------------------------------------------- */
static void
each_wrong_request_has_its_own_refusal(void **state)
{
	struct principal who = college(), intermediary = { .name = "ccr", .role = ROLE_INTERMEDIARY };
	Bassin__V1__ActingFor beta = BASSIN__V1__ACTING_FOR__INIT;
	char *big = arena_alloc(stage.arena, 5 * MiB);
	uint64_t before = head();

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 5 * MiB);
	big[5 * MiB - 1] = '\0';
	beta.role = (char *)(uintptr_t)"college";
	beta.institution = (char *)(uintptr_t)"beta";
	assert_int_equal(raw_code("garbage", 7), CODE(UNDECODABLE));
	assert_int_equal(raw_code("", 0), CODE(UNDECODABLE));
	assert_int_equal(raw_code(big, 5 * MiB), CODE(TOO_LARGE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .ttl_ms = 600001 }), CODE(UNDECODABLE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .type = PUT }), CODE(UNDECODABLE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .type = 9999 }), CODE(UNKNOWN_TYPE));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .type = BASSIN__V1__COMMAND_TYPE__FEED_POSTINGS }),
	                 CODE(UNKNOWN_TYPE));
	assert_int_equal(code_of(intermediary, &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(FORBIDDEN));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(0), .acting_for = &beta }), CODE(FORBIDDEN));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(INT64_C(30) * DAY_MS_TEST) }), CODE(STALE_ID));
	assert_int_equal(code_of(who, &(struct ask){ .payload = "pa", .id = new_id(-INT64_C(2) * DAY_MS_TEST) }), CODE(STALE_ID));
	big[3 * MiB] = '\0';
	assert_int_equal(code_of(who, &(struct ask){ .payload = big, .id = new_id(0), .type = LOOK }), CODE(TOO_LARGE));
	assert_int_equal(head(), before);
}

static void
what_was_not_begun_in_time_expires(void **state)
{
	int runs = stage.runs;

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "pa", .id = new_id(0), .ttl_ms = 5 });
	turns_until(1);
	assert_int_equal(answer_at(0)->reply->code, CODE(EXPIRED));
	assert_int_equal(stage.runs, runs);
}

static void
a_repeated_command_takes_effect_once_and_has_the_same_answer(void **state)
{
	struct ask a = { .payload = "pb", .id = new_id(0) };
	uint64_t before = head();

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &a);
	send_as(college(), &a);         /* twice in one group */
	turns_until(2);
	send_as(college(), &a);
	turns_until(3);
	assert_int_equal(head(), before + 1);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(stage.answers[i].size, stage.answers[0].size);
		assert_memory_equal(stage.answers[i].data, stage.answers[0].data, stage.answers[0].size);
	}
	assert_int_equal(answer_at(0)->reply->code, CODE(OK));
}

static void
a_refusal_is_final_and_names_the_field(void **state)
{
	struct ask a = { .payload = "ra", .id = new_id(0) };
	int runs = stage.runs;

	(void)state;
	assert_int_equal(code_of(college(), &a), CODE(REFUSED));
	assert_string_equal(answer_at(0)->reply->refusal->code, REFUSAL_UNKNOWN);
	assert_string_equal(answer_at(0)->reply->refusal->field, "key");
	assert_string_equal(answer_at(0)->reply->refusal->allowed, "a..z");
	assert_int_equal(code_of(college(), &a), CODE(REFUSED));
	assert_int_equal(stage.runs, runs + 1);
}

static void
an_id_used_again_for_something_else_is_a_conflict(void **state)
{
	struct id id = new_id(0);
	struct principal other = { .name = "beta", .institution = "beta", .role = ROLE_COLLEGE };

	(void)state;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = id }), CODE(OK));
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pz", .id = id }), CODE(CONFLICT));
	/* Somebody else's id is another command, whatever its number. */
	assert_int_equal(code_of(other, &(struct ask){ .payload = "pz", .id = id }), CODE(OK));
}

static void
only_the_guilty_of_a_group_is_answered_broken(void **state)
{
	uint64_t before = head();

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "pa", .id = new_id(0) });
	send_as(college(), &(struct ask){ .payload = "bx", .id = new_id(0) });
	send_as(college(), &(struct ask){ .payload = "pb", .id = new_id(0) });
	turns_until(3);
	int broken = 0, ok = 0;
	for (size_t i = 0; i < 3; i++) {
		broken += answer_at(i)->reply->code == CODE(BROKEN);
		ok += answer_at(i)->reply->code == CODE(OK);
	}
	assert_int_equal(broken, 1);
	assert_int_equal(ok, 2);
	assert_int_equal(head(), before + 2);
}

static void
memory_that_ran_out_is_not_a_final_answer(void **state)
{
	struct id id = new_id(0);
	int runs = stage.runs;

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "mx", .id = id });
	send_as(college(), &(struct ask){ .payload = "pa", .id = new_id(0) });
	turns_until(2);
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "mx", .id = id }), CODE(BROKEN));
	assert_true(stage.runs > runs + 2);     /* nothing was stored: it ran again */
}

static void
a_command_that_always_meets_weather_keeps_nobody_else_waiting(void **state)
{
	(void)state;
	stage.away = true;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "wv", .id = new_id(0), .ttl_ms = 60000 });
	for (int i = 0; i < 50; i++)
		turn();
	assert_int_equal(stage.answer_count, 0);
	/* Others come while it is tried again and again. */
	for (size_t i = 1; i <= 3; i++) {
		send_as(college(), &(struct ask){ .payload = "pv", .id = new_id(0) });
		turns_until(i);
		assert_int_equal(answer_at(i - 1)->reply->code, CODE(OK));
	}
	stage.away = false;
	turns_until(4);
	assert_int_equal(answer_at(3)->reply->code, CODE(OK));
}

static void
a_command_that_is_put_off_runs_again_until_its_time_is_up(void **state)
{
	int runs = stage.runs;

	(void)state;
	stage.answer_count = 0;
	send_as(college(), &(struct ask){ .payload = "lx", .id = new_id(0), .ttl_ms = 300 });
	turns_until(1);
	assert_int_equal(answer_at(0)->reply->code, CODE(EXPIRED));
	assert_in_range(stage.runs - runs, 4, 8);
}

static void
a_command_that_aborted_the_process_twice_is_refused(void **state)
{
	int runs = stage.runs;

	(void)state;
	stage.suspicion = 2;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(BROKEN));
	stage.suspicion = 1;
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(OK));
	stage.suspicion = 0;
	assert_int_equal(stage.runs, runs + 1);
}

static void
the_console_gets_the_rights_of_the_person_and_no_more(void **state)
{
	struct principal console = { .name = "console", .role = ROLE_CONSOLE };
	Bassin__V1__ActingFor person = BASSIN__V1__ACTING_FOR__INIT;
	ProtobufCAllocator allocator = arena_allocator(stage.arena);

	(void)state;
	person.role = (char *)(uintptr_t)"college";
	person.institution = (char *)(uintptr_t)"beta";
	person.subject = (char *)(uintptr_t)"u-17";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "", .id = new_id(0), .type = LOOK, .acting_for = &person }), CODE(OK));
	const Bassin__V1__Reply *reply = answer_at(0)->reply;
	Bassin__V1__ShowAsk *seen = bassin__v1__show_ask__unpack(&allocator, reply->payload.len, reply->payload.data);
	assert_string_equal(seen->id, "college console beta u-17");
	person.role = (char *)(uintptr_t)"intermediary";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "pa", .id = new_id(0), .acting_for = &person }), CODE(FORBIDDEN));
	person.role = (char *)(uintptr_t)"matching";
	assert_int_equal(code_of(console, &(struct ask){ .payload = "", .id = new_id(0), .type = LOOK, .acting_for = &person }), CODE(FORBIDDEN));
}

static void
a_draining_service_takes_nothing_more(void **state)
{
	(void)state;
	core_drain(stage.core);
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(UNAVAILABLE));
	core_destroy(&stage.core);
	core_open();
	assert_int_equal(code_of(college(), &(struct ask){ .payload = "pa", .id = new_id(0) }), CODE(OK));
}

/* ---- the log ----------------------------------------------------------------------------------------------------------- */
struct fetch {
	const char *log, *topic;
	struct cursor after;
	uint32_t max_events, max_bytes, wait_ms;
	uint64_t applied, id;           /* id 0: 42 */
};

static void
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

static const Bassin__V1__Batch *
fetch(enum role role, const struct fetch *f)
{
	stage.answer_count = 0;
	fetch_send(role, f);
	turns_until(1);
	assert_int_equal(answer_at(0)->body_case, BASSIN__V1__DOWNWARD__BODY_BATCH);
	assert_int_equal(answer_at(0)->batch->fetch_id, 42);
	return answer_at(0)->batch;
}

static void
put(const char *payload)
{
	assert_int_equal(code_of(college(), &(struct ask){ .payload = payload, .id = new_id(0) }), CODE(OK));
}

static struct cursor
cursor_of(const Bassin__V1__Batch *b)
{
	struct cursor c = { .seq = b->scanned_to };

	assert_true(id_from_bytes(&c.epoch, b->epoch.data, b->epoch.len));
	return c;
}

static void
a_topic_is_read_only_by_whom_the_table_names(void **state)
{
	(void)state;
	assert_int_equal(fetch(ROLE_MATCHING, &(struct fetch){ .topic = "contact", .max_events = 10, .max_bytes = 1000 })->state,
	                 BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN);
	assert_int_equal(fetch(ROLE_COLLEGE, &(struct fetch){ .topic = "posting", .max_events = 10, .max_bytes = 1000 })->state,
	                 BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN);
	assert_int_equal(
	    fetch(ROLE_MATCHING, &(struct fetch){ .log = "other", .topic = "posting", .max_events = 10, .max_bytes = 1000 })->state,
	    BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN);
}

static void
a_fetch_gets_its_topics_in_order_within_its_limits(void **state)
{
	put("pd");
	put("pc");      /* contact */
	put("pe");
	put("pf");
	uint64_t end = head();
	struct fetch f = { .topic = "posting", .max_events = 2, .max_bytes = 1 * MiB };
	struct cursor cursor = { .seq = 0 };
	uint64_t last = 0;
	size_t seen = 0;

	(void)state;
	while (cursor.seq < end) {
		f.after = cursor;
		const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &f);
		assert_int_equal(b->state, BASSIN__V1__BATCH_STATE__BATCH_OK);
		assert_true(b->n_events <= 2 && b->head_seq == end);
		for (size_t i = 0; i < b->n_events; i++) {
			assert_true(b->events[i]->seq > last && b->events[i]->seq <= b->scanned_to);
			assert_string_equal(b->events[i]->topic, "posting");
			last = b->events[i]->seq;
			seen++;
		}
		cursor = cursor_of(b);
	}
	assert_true(seen >= 3);
	f.after = (struct cursor){ .seq = 0 };
	f.max_events = 100;
	f.max_bytes = 1;        /* one event always fits */
	assert_int_equal(fetch(ROLE_MATCHING, &f)->n_events, 1);
}

static void
a_fetch_that_finds_nothing_waits_for_the_next_commit(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 1000, .max_bytes = 1 * MiB });
	struct fetch f = { .topic = "posting", .after = cursor_of(b), .max_events = 10, .max_bytes = 1000, .wait_ms = 30000 };

	(void)state;
	f.after = cursor_of(b);
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &f);
	for (int i = 0; i < 50; i++)
		turn();
	assert_int_equal(stage.answer_count, 0);
	send_as(college(), &(struct ask){ .payload = "pg", .id = new_id(0) });
	turns_until(2);
	const Bassin__V1__Batch *woken = answer_at(0)->body_case == BASSIN__V1__DOWNWARD__BODY_BATCH ? answer_at(0)->batch
	                                                                                          : answer_at(1)->batch;
	assert_int_equal(woken->n_events, 1);
	assert_string_equal(woken->events[0]->key, "g");
	f.after = cursor_of(woken);
	f.wait_ms = 100;
	assert_int_equal(fetch(ROLE_MATCHING, &f)->n_events, 0);        /* at wait_ms, with nothing */
}

static void
a_cursor_of_another_history_is_told_so(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 1000, .max_bytes = 1 * MiB });
	struct fetch f = { .topic = "posting", .max_events = 10, .max_bytes = 1000, .wait_ms = 10 };
	struct cursor good = cursor_of(b);

	(void)state;
	f.after = (struct cursor){ good.epoch, good.seq + 1 };
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
	f.after = (struct cursor){ new_id(0), 1 };
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
	/* After a takeover the old epoch's cursor still stands. */
	core_destroy(&stage.core);
	core_open();
	f.after = good;
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__BATCH_OK);
	put("ph");
	f.after = (struct cursor){ good.epoch, good.seq + 1 };
	assert_int_equal(fetch(ROLE_MATCHING, &f)->state, BASSIN__V1__BATCH_STATE__DIVERGED);
}

/* Whoever waits for the store reads frames meanwhile: Fetches of others, and of the very reader that is being served. */
static void
another_asks(void)
{
	fetch_send(ROLE_NOTIFICATIONS, &(struct fetch){ .topic = "posting", .max_events = 5, .max_bytes = 1 * MiB, .wait_ms = 30000,
	                                                .id = 7 });
}

static void
a_fetch_that_comes_while_another_is_read_from_the_store_is_answered_too(void **state)
{
	int mine = 0, others = 0;

	(void)state;
	put("pi");
	core_destroy(&stage.core);      /* so that the events come from the store, not from memory */
	core_open();
	stage.meanwhile = another_asks;
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5, .max_bytes = 1 * MiB, .wait_ms = 30000 });
	for (int i = 0; i < 20; i++)
		turn();
	for (size_t i = 0; i < stage.answer_count; i++) {
		mine += answer_at(i)->batch->fetch_id == 42;
		others += answer_at(i)->batch->fetch_id == 7;
	}
	assert_int_equal(mine, 1);
	assert_int_equal(others, 1);
}

static void
it_starts_over(void)
{
	fetch_send(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5000, .max_bytes = 1 * MiB, .wait_ms = 30000,
	                                           .id = 7 });
}

static void
a_reader_that_starts_over_while_it_is_served_gets_all_from_its_new_cursor(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5000, .max_bytes = 1 * MiB });
	struct fetch late = { .topic = "posting", .after = cursor_of(b), .max_events = 5000, .max_bytes = 1 * MiB, .wait_ms = 30000 };
	size_t all = b->n_events + 1;

	(void)state;
	put("pj");
	core_destroy(&stage.core);
	core_open();
	stage.meanwhile = it_starts_over;
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &late);
	turns_until(1);
	assert_int_equal(answer_at(0)->batch->fetch_id, 7);
	assert_int_equal(answer_at(0)->batch->after_seq, 0);
	assert_int_equal(answer_at(0)->batch->n_events, all);
}

static size_t
events_of_key(const char *key)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting", .max_events = 5000, .max_bytes = 4 * MiB });
	size_t count = 0;

	for (size_t i = 0; i < b->n_events; i++)
		count += strcmp(b->events[i]->key, key) == 0;
	return count;
}

/* Names come as in the log; only what every reader has applied goes, and the last of each key stays. */
static void
compaction_waits_for_every_reader_and_keeps_the_last(void **state)
{
	struct fetch at_head = { .topic = "posting", .max_events = 5000, .max_bytes = 4 * MiB, .wait_ms = 10 };

	(void)state;
	for (int i = 0; i < 3; i++)
		put("py");
	core_destroy(&stage.core);      /* so that the events come from the store, not from memory */
	core_open();
	(void)fetch(ROLE_NOTIFICATIONS, &at_head);
	for (int i = 0; i < 400; i++)
		turn();
	assert_int_equal(events_of_key("y"), 3);        /* neither reader has said that it is durable */
	at_head.after = cursor_of(answer_at(0)->batch);
	at_head.applied = at_head.after.seq;
	(void)fetch(ROLE_NOTIFICATIONS, &at_head);
	(void)fetch(ROLE_MATCHING, &at_head);
	core_destroy(&stage.core);
	core_open();                                    /* applied_seq is remembered by the store, or not at all */
	(void)fetch(ROLE_NOTIFICATIONS, &at_head);
	(void)fetch(ROLE_MATCHING, &at_head);
	for (int i = 0; i < 400; i++)
		turn();
	core_destroy(&stage.core);
	core_open();
	assert_int_equal(events_of_key("y"), 1);
}

static void
the_head_is_told_without_events(void **state)
{
	const Bassin__V1__Batch *b = fetch(ROLE_MATCHING, &(struct fetch){ .topic = "posting" });

	(void)state;
	assert_int_equal(b->n_events, 0);
	assert_int_equal(b->head_seq, head());
}

/* A freeze goes by what heads are told: an instance that was paused while another one took over must tell none. */
static void
a_superseded_instance_tells_no_head(void **state)
{
	struct fetch ask = { .topic = "posting" };

	(void)state;
	cluster_sql(&stage.cluster, "UPDATE event_head SET epoch = gen_random_uuid(), seq = seq + 1");
	stage.answer_count = 0;
	fetch_send(ROLE_MATCHING, &ask);
	turns_until(1);
	assert_int_equal(answer_at(0)->batch->state, BASSIN__V1__BATCH_STATE__BATCH_NOT_ACTIVE);
	assert_int_equal(answer_at(0)->batch->head_seq, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wrong_request_has_its_own_refusal),
		cmocka_unit_test(what_was_not_begun_in_time_expires),
		cmocka_unit_test(a_repeated_command_takes_effect_once_and_has_the_same_answer),
		cmocka_unit_test(a_refusal_is_final_and_names_the_field),
		cmocka_unit_test(an_id_used_again_for_something_else_is_a_conflict),
		cmocka_unit_test(only_the_guilty_of_a_group_is_answered_broken),
		cmocka_unit_test(memory_that_ran_out_is_not_a_final_answer),
		cmocka_unit_test(a_command_that_always_meets_weather_keeps_nobody_else_waiting),
		cmocka_unit_test(a_command_that_is_put_off_runs_again_until_its_time_is_up),
		cmocka_unit_test(a_command_that_aborted_the_process_twice_is_refused),
		cmocka_unit_test(the_console_gets_the_rights_of_the_person_and_no_more),
		cmocka_unit_test(a_draining_service_takes_nothing_more),
		cmocka_unit_test(a_topic_is_read_only_by_whom_the_table_names),
		cmocka_unit_test(a_fetch_gets_its_topics_in_order_within_its_limits),
		cmocka_unit_test(a_fetch_that_finds_nothing_waits_for_the_next_commit),
		cmocka_unit_test(a_cursor_of_another_history_is_told_so),
		cmocka_unit_test(a_fetch_that_comes_while_another_is_read_from_the_store_is_answered_too),
		cmocka_unit_test(a_reader_that_starts_over_while_it_is_served_gets_all_from_its_new_cursor),
		cmocka_unit_test(compaction_waits_for_every_reader_and_keeps_the_last),
		cmocka_unit_test(the_head_is_told_without_events),
		cmocka_unit_test(a_superseded_instance_tells_no_head),
	};

	log_open("test_core", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, stage_open, stage_close);
}
