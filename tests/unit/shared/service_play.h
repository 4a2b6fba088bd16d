/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service's handlers behind the real messaging core on a real PostgreSQL, with a wire of memory: a test asks commands
 * as somebody, lets followed logs say things, and looks at the store. No threads, no sockets, no waiting.
 */
#ifndef TESTS_SERVICE_PLAY_H
#define TESTS_SERVICE_PLAY_H

#include "base/clock.h"
#include "bus/core_pg.h"
#include "bus/policy.h"
#include "unit/shared/pg_cluster.h"

struct play_answer { int code; const char *refused, *field, *allowed, *state; const uint8_t *payload; size_t size; };

struct play {
	struct cluster cluster;
	struct store *store;
	struct core_pg *pg;
	struct core *core;
	struct arena *arena;                /* answers live here, until play_forget */
	int64_t now_ms, mono_ms;
	const Bassin__V1__Reply *reply;
	struct play_log {                   /* of each followed log: what it says next, and the question that waits */
		const Bassin__V1__Fetch *asked;
		struct event said[32];
		size_t count, told;
		struct id epoch;
	} logs[4];
	size_t log_count;
};

static inline void
play_check(bool sound, const char *what)
{
	if (!sound)
		cluster_die(what);
}

static inline void
play_on_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	struct play *p = self;
	ProtobufCAllocator allocator = arena_allocator(p->arena);
	Bassin__V1__Downward *down = bassin__v1__downward__unpack(&allocator, size, frame);

	(void)to;
	play_check(down != NULL && down->body_case == BASSIN__V1__DOWNWARD__BODY_REPLY, "an answer that is none");
	p->reply = down->reply;
}

static inline void
play_on_fetch(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size)
{
	struct play *p = self;
	ProtobufCAllocator allocator = arena_allocator(p->arena);
	Bassin__V1__Upward *up = bassin__v1__upward__unpack(&allocator, size, frame);

	(void)attempt;
	play_check(up != NULL && up->body_case == BASSIN__V1__UPWARD__BODY_FETCH, "a fetch that is none");
	p->logs[which].asked = up->fetch;
}

static inline void
play_batch(struct play *p, size_t which)
{
	struct play_log *l = &p->logs[which];
	const Bassin__V1__Fetch *f = l->asked;
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Batch b = BASSIN__V1__BATCH__INIT;
	Bassin__V1__Event events[32], *pointers[32];

	if (f == NULL || f->max_events == 0 || f->after_seq >= l->count)
		return;
	b.log_id = f->log_id;
	b.state = BASSIN__V1__BATCH_STATE__BATCH_OK;
	b.after_epoch = f->epoch;
	b.after_seq = f->after_seq;
	b.fetch_id = f->fetch_id;
	b.epoch = (ProtobufCBinaryData){ ID_SIZE, l->epoch.bytes };
	b.head_seq = b.scanned_to = l->count;
	b.events = pointers;
	for (size_t i = f->after_seq; i < l->count; i++) {
		Bassin__V1__Event *e = &events[b.n_events];
		bassin__v1__event__init(e);
		e->seq = i + 1;
		e->topic = (char *)(uintptr_t)l->said[i].topic;
		e->key = (char *)(uintptr_t)l->said[i].key;
		e->version = l->said[i].version;
		e->type = (Bassin__V1__EventType)l->said[i].type;
		e->body = (ProtobufCBinaryData){ l->said[i].size, (uint8_t *)(uintptr_t)l->said[i].body };
		pointers[b.n_events++] = e;
	}
	down.body_case = BASSIN__V1__DOWNWARD__BODY_BATCH;
	down.batch = &b;
	size_t size;
	uint8_t *frame = arena_pack(p->arena, &down.base, &size);
	play_check(frame != NULL, "no memory");
	l->asked = NULL;
	core_receive_batch(p->core, which, frame, size, p->mono_ms);
}

static inline void
play_turn(struct play *p)
{
	p->now_ms += 10;
	p->mono_ms += 10;
	for (size_t i = 0; i < p->log_count; i++)
		play_batch(p, i);
	(void)core_step(p->core, p->now_ms, p->mono_ms);
}

static inline bool
play_is_active(const struct play *p)
{
	struct core_status s;

	core_status(p->core, &s);
	return s.state == CORE_ACTIVE;
}

/* name: of the service; series and statements as for the store; state: work->service. */
static inline void
play_open(struct play *p, const char *name, const struct store_series *series, const struct sql *const *const *statements,
          const struct command *commands, size_t command_count, const struct follow *follows, size_t follow_count,
          void *state)
{
	*p = (struct play){ .now_ms = clock_wall_ms(), .mono_ms = clock_mono_ms(), .log_count = follow_count };
	cluster_start(&p->cluster, NULL);
	struct store_settings settings = { .conninfo = p->cluster.conninfo, .name = name, .statement_ms = 10000,
		                           .series = series, .statements = statements };
	p->arena = arena_new(512 * MiB);
	p->store = store_new(&settings);
	play_check(p->arena != NULL && p->store != NULL, "no memory");
	p->pg = core_pg_new(p->store);
	play_check(p->pg != NULL, "no memory");
	struct core_config config = {
		.log_id = name, .service = state, .commands = commands, .command_count = command_count, .follows = follows,
		.follow_count = follow_count, .store = core_pg_store(p->pg), .random = random_of_system,
		.wire = { p, play_on_answer, play_on_fetch }, .may_command = policy_may_command, .may_read = policy_may_read,
	};
	p->core = core_new(&config);
	play_check(p->core != NULL, "no memory");
	for (size_t i = 0; i < follow_count; i++)
		p->logs[i].epoch = id_make(p->now_ms, random_of_system, NULL);
	for (int i = 0; i < 1000 && !play_is_active(p); i++)
		play_turn(p);
	play_check(play_is_active(p), "the service does not become active");
}

static inline void
play_close(struct play *p)
{
	core_destroy(&p->core);
	core_pg_destroy(&p->pg);
	store_destroy(&p->store);
	arena_destroy(&p->arena);
	cluster_stop(&p->cluster);
}

static inline struct principal
play_person(enum role role, const char *institution)
{
	struct principal who = { .role = role };

	snprintf(who.name, sizeof who.name, "%s-%s", role_to_text(role), institution);
	snprintf(who.institution, sizeof who.institution, "%s", institution);
	return who;
}

/* Sends a command and turns until it is answered. */
static inline struct play_answer
play_ask(struct play *p, enum role role, const char *institution, int type, const ProtobufCMessage *message)
{
	struct principal who = play_person(role, institution);
	struct peer from = { { 1 }, 1 };
	struct id id = id_make(p->now_ms, random_of_system, NULL);
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	size_t size;

	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
	rq.type = (Bassin__V1__CommandType)type;
	rq.payload.data = arena_pack(p->arena, message, &rq.payload.len);
	rq.ttl_ms = 60000;
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	uint8_t *frame = arena_pack(p->arena, &up.base, &size);
	play_check(rq.payload.data != NULL && frame != NULL, "no memory");
	p->reply = NULL;
	core_receive(p->core, &who, &from, frame, size, p->now_ms, p->mono_ms);
	for (int i = 0; i < 1000 && p->reply == NULL; i++)
		play_turn(p);
	play_check(p->reply != NULL, "no answer");
	struct play_answer a = { .code = (int)p->reply->code, .payload = p->reply->payload.data, .size = p->reply->payload.len };
	a.refused = p->reply->refusal != NULL ? p->reply->refusal->code : "";
	a.field = p->reply->refusal != NULL ? p->reply->refusal->field : "";
	a.allowed = p->reply->refusal != NULL ? p->reply->refusal->allowed : "";
	a.state = p->reply->refusal != NULL ? p->reply->refusal->state : "";
	return a;
}

/* A followed log says something; turns until the service has applied it (its cursor is there). */
static inline void
play_say(struct play *p, size_t which, const char *topic, const char *key, uint64_t version, int type,
         const ProtobufCMessage *body)
{
	struct play_log *l = &p->logs[which];
	struct core_status s;
	size_t size;

	play_check(l->count < 32, "too many events");
	uint8_t *bytes = arena_pack(p->arena, body, &size);
	play_check(bytes != NULL, "no memory");
	l->said[l->count++] = (struct event){ .topic = topic, .key = key, .version = version, .type = type, .body = bytes,
		                              .size = size };
	for (int i = 0; i < 2000; i++) {
		play_turn(p);
		core_status(p->core, &s);
		if (s.follows[which].cursor.seq == l->count)
			return;
	}
	cluster_die("an event was not applied");
}

/* FeedRows from lines of cells separated by ';' ("\t;" is not needed: no test has one in a cell). The first has the columns. */
static inline const ProtobufCMessage *
play_feed(struct play *p, const char *const *lines, bool dry_run)
{
	Bassin__V1__FeedRows *m = arena_alloc(p->arena, sizeof *m);
	size_t n = 0;

	play_check(m != NULL, "no memory");
	bassin__v1__feed_rows__init(m);
	while (lines[n] != NULL)
		n++;
	m->rows = arena_alloc(p->arena, n * sizeof *m->rows);
	m->dry_run = dry_run;
	for (size_t i = 0; i < n; i++) {
		char *copy = arena_strdup(p->arena, lines[i]), **cells = arena_alloc(p->arena, 64 * sizeof *cells), *at;
		size_t count = 0;
		play_check(copy != NULL && cells != NULL && m->rows != NULL, "no memory");
		while ((at = strsep(&copy, ";")) != NULL && count < 64)
			cells[count++] = at;
		if (i == 0) {
			m->columns = cells;
			m->n_columns = count;
			continue;
		}
		Bassin__V1__FeedRow *row = arena_alloc(p->arena, sizeof *row);
		play_check(row != NULL, "no memory");
		bassin__v1__feed_row__init(row);
		row->cells = cells;
		row->n_cells = count;
		m->rows[m->n_rows++] = row;
	}
	return &m->base;
}

/* "created", "refused ends_on=before(starts_on) seats=out_of_range(1..500)", one line per row. */
static inline const char *
play_results(struct play *p, const struct play_answer *a)
{
	static const char *const outcomes[] = { "?", "created", "updated", "unchanged", "waiting", "refused" };
	ProtobufCAllocator allocator = arena_allocator(p->arena);
	char *text = arena_strdup(p->arena, "");

	if (a->code != BASSIN__V1__REPLY_CODE__OK)
		return arena_printf(p->arena, "code %d %s %s(%s)", a->code, a->refused, a->field, a->allowed);
	Bassin__V1__FeedResults *m = bassin__v1__feed_results__unpack(&allocator, a->size, a->payload);
	play_check(m != NULL, "results that are none");
	for (size_t i = 0; i < m->n_results; i++) {
		const Bassin__V1__FeedResult *r = m->results[i];
		text = arena_printf(p->arena, "%s%s%s", text, i > 0 ? "\n" : "", outcomes[r->outcome <= 5 ? r->outcome : 0]);
		for (size_t j = 0; j < r->n_refusals; j++)
			text = arena_printf(p->arena, "%s %s=%s(%s)", text, r->refusals[j]->field, r->refusals[j]->code,
			                    r->refusals[j]->allowed);
		for (size_t j = 0; j < r->n_notes; j++)
			text = arena_printf(p->arena, "%s note:%s=%s(%s)", text, r->notes[j]->field, r->notes[j]->code,
			                    r->notes[j]->allowed);
		play_check(text != NULL, "no memory");
	}
	return text;
}

/* A Table as text: cells joined by ';', one line per row, the columns left out, then "next=..." unless it was the last. */
static inline const char *
play_table(struct play *p, const struct play_answer *a)
{
	ProtobufCAllocator allocator = arena_allocator(p->arena);
	char *text = arena_strdup(p->arena, "");

	if (a->code != BASSIN__V1__REPLY_CODE__OK)
		return arena_printf(p->arena, "code %d %s %s(%s)", a->code, a->refused, a->field, a->allowed);
	Bassin__V1__Table *m = bassin__v1__table__unpack(&allocator, a->size, a->payload);
	play_check(m != NULL, "a table that is none");
	for (size_t i = 0; i < m->n_rows; i++) {
		for (size_t j = 0; j < m->rows[i]->n_cells; j++)
			text = arena_printf(p->arena, "%s%s%s", text, j > 0 ? ";" : i > 0 ? "\n" : "", m->rows[i]->cells[j]);
	}
	if (m->next[0] != '\0')
		text = arena_printf(p->arena, "%s\nnext=%s", text, m->next);
	play_check(text != NULL, "no memory");
	return text;
}

static inline const char *
play_list(struct play *p, enum role role, const char *institution, int type, const char *filter, uint32_t limit,
          const char *after)
{
	Bassin__V1__ListAsk ask = BASSIN__V1__LIST_ASK__INIT;
	char *filters[] = { (char *)(uintptr_t)filter };

	ask.limit = limit;
	ask.after = (char *)(uintptr_t)after;
	ask.filters = filters;
	ask.n_filters = filter != NULL;
	struct play_answer a = play_ask(p, role, institution, type, &ask.base);
	return play_table(p, &a);
}

#endif
