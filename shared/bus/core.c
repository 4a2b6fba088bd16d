/* SPDX-License-Identifier: Apache-2.0 */
/* The step function itself: lease and epoch, the order of a turn, chores, and what a transaction of ours is. */
#include "bus/core_priv.h"

#include <stdlib.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"

#define GROUP_ARENA_BYTES (192 * MiB)
#define RX_ARENA_BYTES    (4 * UPWARD_MAX_BYTES)

static void
defaults_fill(struct core_config *g)
{
	if (g->group_max == 0)
		g->group_max = 256;
	if (g->queue_max_bytes == 0)
		g->queue_max_bytes = 64 * MiB;
	if (g->parked_max == 0)
		g->parked_max = 1024;
	if (g->ring_max_bytes == 0)
		g->ring_max_bytes = 16 * MiB;
	if (g->fetch_wait_ms == 0)
		g->fetch_wait_ms = 2000;
	if (g->lease_every_ms == 0)
		g->lease_every_ms = 500;
	if (g->tidy_every_ms == 0)
		g->tidy_every_ms = 10000;
	if (g->fetch_max_events == 0)
		g->fetch_max_events = 8000;    /* one flush for so many, when there is much */
	if (g->fetch_max_bytes == 0)
		g->fetch_max_bytes = 4 * MiB;
}

struct core *
core_new(const struct core_config *config)
{
	struct core *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	BUG_IF(config->follow_count > FOLLOWS_MAX || config->chore_count > FOLLOWS_MAX);
	c->config = *config;
	defaults_fill(&c->config);
	c->queue_end = &c->queue;
	c->arena = arena_new(GROUP_ARENA_BYTES);
	c->rx = arena_new(RX_ARENA_BYTES);
	bool failed = c->arena == NULL || c->rx == NULL;
	for (size_t i = 0; i < config->follow_count && !failed; i++)
		failed = reader_open(c, i) != 0;
	if (failed)
		core_destroy(&c);
	return c;
}

void
core_destroy(struct core **self)
{
	struct core *c = *self;

	if (c == NULL)
		return;
	/* Whoever waits learns nothing here: its own timeout makes it ask again. */
	while (c->queue != NULL) {
		struct queued *q = c->queue;
		c->queue = q->next;
		free(q);
	}
	while (c->parked != NULL) {
		struct parked *p = c->parked;
		c->parked = p->next;
		free(p);
	}
	log_clear(c);
	for (size_t i = 0; i < c->config.follow_count; i++)
		reader_close(&c->follows[i]);
	free(c->ring.slots);
	free(c->epochs);
	free(c->readers);
	arena_destroy(&c->arena);
	arena_destroy(&c->rx);
	free(c);
	*self = NULL;
}

/* ---- a transaction of ours ------------------------------------------------------------------------------------------- */
static int
work_begin(struct core *c, struct work *w, int (*begin)(void *self, const struct id *epoch, struct tx **out))
{
	*w = (struct work){ .service = c->config.service, .arena = c->arena, .now_ms = c->now_ms, .mono_ms = c->mono_ms,
		            .random = c->config.random, .random_self = c->config.random_self, .core = c };
	c->emitted = NULL;
	c->emitted_count = c->emitted_capacity = c->appended_count = 0;
	c->store_used_mono_ms = c->mono_ms;
	CRASH_POINT("before_begin");
	int result = begin(c->config.store.self, &c->epoch, &w->tx);
	CRASH_POINT("after_begin");
	return result;
}

int
core_begin(struct core *c, struct work *w)
{
	return work_begin(c, w, c->config.store.begin);
}

int
core_open(struct core *c, struct work *w)
{
	return work_begin(c, w, c->config.store.open);
}

int
core_append(struct core *c, struct work *w)
{
	size_t from = c->appended_count;

	for (size_t i = from; i < c->emitted_count; i++)
		c->emitted[i].seq = c->head_seq + 1 + i;
	c->appended_count = c->emitted_count;
	if (from == c->emitted_count)
		return STORE_OK;
	return c->config.store.events_append(w->tx, c->arena, &c->epoch, c->emitted + from, c->emitted_count - from);
}

int
core_commit(struct core *c, struct work *w)
{
	const struct core_store *s = &c->config.store;
	int result = core_append(c, w);

	CRASH_POINT("after_append");
	if (result == STORE_OK) {
		CRASH_POINT("before_commit");
		result = s->commit(s->self, &w->tx);
		CRASH_POINT("after_commit");
	} else {
		core_rollback(c, w);
	}
	if (result == STORE_OK)
		log_took(c, c->emitted, c->emitted_count);
	c->emitted_count = 0;
	return result;
}

void
core_rollback(struct core *c, struct work *w)
{
	c->config.store.rollback(c->config.store.self, &w->tx);
}

void
core_failed(struct core *c, int result)
{
	if (result == CORE_FENCED) {
		c->counters[CORE_FENCES]++;
		log_error("log=%s fenced=1 another instance has taken over", c->config.log_id);
		core_passive(c);
	} else if (!c->config.store.is_connected(c->config.store.self)) {
		core_passive(c);
		c->state = CORE_STORE_AWAY;
	}
}

int
work_emit(struct work *w, const char *topic, const char *key, uint64_t version, int type, const ProtobufCMessage *body)
{
	struct core *c = w->core;

	BUG_IF(strlen(topic) > TOPIC_MAX || strlen(key) > KEY_MAX);
	if (c->emitted_count == c->emitted_capacity) {
		size_t capacity = c->emitted_capacity == 0 ? 64 : c->emitted_capacity * 2;
		struct event *more = arena_zalloc(c->arena, capacity, sizeof *more);
		if (more == NULL)
			return -1;
		if (c->emitted_count > 0)
			memcpy(more, c->emitted, c->emitted_count * sizeof *more);
		c->emitted = more;
		c->emitted_capacity = capacity;
	}
	struct event *e = &c->emitted[c->emitted_count];
	*e = (struct event){ .topic = arena_strdup(c->arena, topic), .key = arena_strdup(c->arena, key), .version = version,
		             .type = type, .at_ms = c->now_ms };
	e->body = body != NULL ? arena_pack(c->arena, body, &e->size) : (const uint8_t *)"";
	if (e->topic == NULL || e->key == NULL || e->body == NULL)
		return -1;
	c->emitted_count++;
	return 0;
}

/* ---- lease and epoch --------------------------------------------------------------------------------------------------- */
void
core_passive(struct core *c)
{
	bool was_active = c->state == CORE_ACTIVE || c->state == CORE_DRAINING;

	c->state = CORE_STANDBY;
	c->lease_next_mono_ms = c->mono_ms;
	if (!was_active)
		return;
	log_warn("log=%s state=standby", c->config.log_id);
	commands_drop_all(c, BASSIN__V1__REPLY_CODE__UNAVAILABLE);
	log_drop_all(c);
	log_clear(c);
	for (size_t i = 0; i < c->config.follow_count; i++)
		reader_stop(&c->follows[i]);
	if (c->config.on_passive != NULL)
		c->config.on_passive(c->config.service);
}

static int
service_load(struct core *c)
{
	struct work w;

	if (c->config.on_active == NULL)
		return STORE_OK;
	int result = core_begin(c, &w);
	if (result == STORE_OK)
		result = c->config.on_active(&w);
	if (result == STORE_OK)
		result = core_commit(c, &w);
	else
		core_rollback(c, &w);
	return result;
}

/* Nothing is served before the new epoch is durable: a reader that saw an event of ours can always tell whose it was. */
static int
take_over(struct core *c)
{
	const struct core_store *s = &c->config.store;
	uint64_t first_seq = 0;

	c->epoch = id_make(c->now_ms, c->config.random, c->config.random_self);
	CRASH_POINT("before_epoch");
	int result = s->epoch_begin(s->self, &c->epoch, c->now_ms, &first_seq);
	CRASH_POINT("after_epoch");
	arena_reset(c->arena);
	if (result == STORE_OK)
		result = log_take_over(c, first_seq);
	if (result == STORE_OK)
		result = commands_take_over(c);
	for (size_t i = 0; i < c->config.follow_count && result == STORE_OK; i++)
		result = reader_load(c, &c->follows[i]);
	if (result == STORE_OK)
		result = service_load(c);
	if (result == STORE_OK) {
		c->state = c->draining ? CORE_DRAINING : CORE_ACTIVE;
		c->counters[CORE_TAKEOVERS]++;
		log_info("log=%s state=active head=%llu", c->config.log_id, (unsigned long long)c->head_seq);
	}
	return result;
}

static void
lease_step(struct core *c)
{
	const struct core_store *s = &c->config.store;
	bool held = false;

	if (c->mono_ms < c->lease_next_mono_ms)
		return;
	c->lease_next_mono_ms = c->mono_ms + c->config.lease_every_ms;
	int result = s->connect(s->self, c->mono_ms);
	if (result == STORE_BROKEN) {
		c->state = CORE_STORE_REFUSED;
		return;
	}
	if (result == STORE_OK)
		result = s->lease_try(s->self, &held);
	if (result == STORE_OK && held)
		result = take_over(c);
	else if (result == STORE_OK)
		c->state = CORE_STANDBY;
	if (result != STORE_OK) {
		log_clear(c);
		c->state = s->is_connected(s->self) ? CORE_STANDBY : CORE_STORE_AWAY;
	}
}

/* The server ends a silent session, so that an instance that was stopped does not keep the lease. */
static void
lease_keep(struct core *c)
{
	const struct core_store *s = &c->config.store;

	if (c->mono_ms - c->store_used_mono_ms >= c->config.lease_every_ms) {
		c->store_used_mono_ms = c->mono_ms;
		if (s->ping(s->self) != STORE_OK)
			core_failed(c, STORE_RETRY);
	}
	if (!s->is_connected(s->self))
		core_failed(c, STORE_RETRY);
}

/* ---- chores ------------------------------------------------------------------------------------------------------------ */
static void
chore_run(struct core *c, size_t i)
{
	const struct chore *chore = &c->config.chores[i];
	struct work w;

	arena_reset(c->arena);
	CRASH_POINT("before_chore");
	int result = core_open(c, &w);
	bool begun = result == STORE_OK;
	if (begun)
		result = chore->run(&w);
	if (result == STORE_OK)
		result = core_commit(c, &w);
	else if (begun)
		core_rollback(c, &w);
	CRASH_POINT("after_chore");
	c->chore_retry_mono_ms[i] = 0;
	if (result != STORE_OK) {
		/* Our own statement is wrong: nobody is waiting, so try seldom and say it each time. */
		if (result == STORE_BROKEN)
			log_error("chore=%s failed=1", chore->name);
		c->chore_retry_mono_ms[i] = c->mono_ms + (result == STORE_BROKEN ? 5000 : 200);
		core_failed(c, result);
	}
	if (chore->after != NULL)
		chore->after(c->config.service, result == STORE_OK);
}

static bool
is_serving(const struct core *c)
{
	return c->state == CORE_ACTIVE || c->state == CORE_DRAINING;
}

static int64_t
chore_due(const struct core *c, size_t i)
{
	int64_t due = c->config.chores[i].due_mono_ms(c->config.service);

	return due > c->chore_retry_mono_ms[i] ? due : c->chore_retry_mono_ms[i];
}

/* ---- the turn ---------------------------------------------------------------------------------------------------------- */
void
core_receive(struct core *c, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size,
             int64_t now_ms, int64_t mono_ms)
{
	static const ProtobufCBinaryData nobody = { 0, NULL };

	c->now_ms = now_ms;
	c->mono_ms = mono_ms;
	if (size > UPWARD_MAX_BYTES) {
		commands_answer_code(c, from, &nobody, BASSIN__V1__REPLY_CODE__TOO_LARGE);
		return;
	}
	arena_reset(c->rx);
	ProtobufCAllocator allocator = arena_allocator(c->rx);
	Bassin__V1__Upward *up = bassin__v1__upward__unpack(&allocator, size, frame);
	if (up != NULL && up->body_case == BASSIN__V1__UPWARD__BODY_REQUEST)
		commands_receive(c, who, from, up->request);
	else if (up != NULL && up->body_case == BASSIN__V1__UPWARD__BODY_FETCH)
		log_receive(c, who, from, up->fetch);
	else
		commands_answer_code(c, from, &nobody, BASSIN__V1__REPLY_CODE__UNDECODABLE);
}

static int64_t
next_turn(const struct core *c)
{
	int64_t next = c->mono_ms + c->config.lease_every_ms;

	if (!is_serving(c))
		return c->lease_next_mono_ms < next ? c->lease_next_mono_ms : next;
#define EARLIER(t) next = (t) < next ? (t) : next
	EARLIER(commands_due(c));
	EARLIER(log_due(c));
	for (size_t i = 0; i < c->config.follow_count; i++)
		EARLIER(reader_due(c, &c->follows[i]));
	for (size_t i = 0; i < c->config.chore_count; i++)
		EARLIER(chore_due(c, i));
#undef EARLIER
	return next < c->mono_ms ? c->mono_ms : next;
}

int64_t
core_step(struct core *c, int64_t now_ms, int64_t mono_ms)
{
	c->now_ms = now_ms;
	c->mono_ms = mono_ms;
	if (!is_serving(c))
		lease_step(c);
	if (is_serving(c))
		lease_keep(c);
	if (is_serving(c))
		commands_run(c);
	/* Events go out before our own reading starts: readers work while we do. */
	if (is_serving(c))
		log_serve(c);
	for (size_t i = 0; i < c->config.follow_count && is_serving(c); i++)
		reader_step(c, &c->follows[i]);
	for (size_t i = 0; i < c->config.chore_count && is_serving(c); i++) {
		if (chore_due(c, i) <= c->mono_ms)
			chore_run(c, i);
	}
	if (is_serving(c))
		log_tidy(c);
	if (is_serving(c))
		log_serve(c);
	return next_turn(c);
}

void
core_drain(struct core *c)
{
	c->draining = true;
	if (c->state == CORE_ACTIVE)
		c->state = CORE_DRAINING;
}

bool
core_is_idle(const struct core *c)
{
	return c->queue == NULL;
}

void
core_status(const struct core *c, struct core_status *out)
{
	struct core *writable = (struct core *)(uintptr_t)c;   /* the views are a cache of what the readers know */

	for (size_t i = 0; i < c->config.follow_count; i++) {
		const struct reader *r = &c->follows[i];
		struct follow_status *v = &writable->follow_views[i];
		*v = r->status;
		v->log_id = r->follow->log_id;
		v->cursor = r->state.cursor;
		v->diverged = r->diverged;
		v->resyncing = r->state.resync_to != 0;
	}
	*out = (struct core_status){ .state = c->state, .epoch = c->epoch, .head_seq = c->head_seq, .queue_count = c->queue_count,
		                     .queue_bytes = c->queue_bytes, .parked_fetches = c->parked_count,
		                     .follow_count = c->config.follow_count, .reader_count = c->reader_count,
		                     .follows = c->follow_views, .readers = c->readers };
	memcpy(out->counters, c->counters, sizeof out->counters);
}
