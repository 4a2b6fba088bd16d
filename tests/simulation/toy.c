/* SPDX-License-Identifier: Apache-2.0 */
/* The two toy services: as small as can be, with every way in which a handler or an apply function may end. */
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include "base/refusal.h"

enum { ADD = BASSIN__V1__COMMAND_TYPE__FEED_EMPLOYERS, LOOK = BASSIN__V1__COMMAND_TYPE__EMPLOYER_LIST,
       RESYNC = BASSIN__V1__COMMAND_TYPE__RESYNC };

const char *
toy_topic(int topic)
{
	return topic == TOPIC_ROW ? "row" : "echo";
}

int
toy_key_number(const char *key)
{
	return atoi(key + 1);
}

int
toy_key_of(int token)
{
	return token % KEYS;
}

bool
toy_refuses(int token)
{
	return token % 17 == 5 || token >= TOKENS;   /* TOKENS: the other content of an id that was used already */
}

/* A statement of its handler is wrong: alone it is answered BROKEN, and harms nobody in its group. */
bool
toy_breaks(int token)
{
	return token % 23 == 7;
}

/* An event that view cannot apply: set aside until the next version of its key. */
bool
toy_is_poison(int key, uint64_t version)
{
	return key == 3 && version % 3 == 1;
}

static bool
row_has(const struct row *r, int token)
{
	return (r->tokens[token / 8] >> (token % 8) & 1) != 0;
}

static int
row_emit(struct work *w, int topic, int key, uint64_t version, const struct row *row)
{
	Bassin__V1__Reply body = BASSIN__V1__REPLY__INIT;
	char name[16];

	name[0] = 'k';
	name[1] = (char)(key < 10 ? '0' + key : '1');
	name[2] = (char)(key < 10 ? '\0' : '0' + key - 10);
	name[3] = '\0';
	body.payload = (ProtobufCBinaryData){ sizeof *row, (uint8_t *)(uintptr_t)row };
	return work_emit(w, toy_topic(topic), name, version, 1, &body.base);
}

/* Adds a token to its key's row. What it reads and writes goes through the transaction, never around it. */
static enum verdict
on_add(struct call *call)
{
	struct data *d = &call->work->tx->data;
	int token = call->payload[0];

	if (toy_refuses(token))
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "token", "");
	if (token % 11 == 2 && world_chance(call->work->service, 0.5)) {
		call->again_mono_ms = call->work->mono_ms + 20;
		return VERDICT_LATER;
	}
	struct row *row = &d->rows[toy_key_of(token)];
	row->version++;
	row->tokens[token / 8] |= (uint8_t)(1 << (token % 8));
	d->applied[token]++;
	if (toy_breaks(token))
		return VERDICT_BROKEN;   /* after it wrote: the rollback must undo that */
	if (row_emit(call->work, TOPIC_ROW, toy_key_of(token), row->version, row) != 0)
		return VERDICT_RETRY;
	Bassin__V1__FeedResult answer = BASSIN__V1__FEED_RESULT__INIT;
	answer.outcome = BASSIN__V1__ROW_OUTCOME__CREATED;
	return call_answer(call, &answer.base);
}

static enum verdict
on_look(struct call *call)
{
	Bassin__V1__FeedResult answer = BASSIN__V1__FEED_RESULT__INIT;

	answer.outcome = row_has(&call->work->tx->data.rows[toy_key_of(call->payload[0])], call->payload[0])
	                     ? BASSIN__V1__ROW_OUTCOME__CREATED
	                     : BASSIN__V1__ROW_OUTCOME__UNCHANGED;
	return call_answer(call, &answer.base);
}

static enum verdict
on_resync(struct call *call)
{
	Bassin__V1__FeedResult answer = BASSIN__V1__FEED_RESULT__INIT;

	if (core_resync(call->work, call->who->role == ROLE_INTERMEDIARY ? (const char *)call->payload : "") != STORE_OK)
		return VERDICT_RETRY;
	return call_answer(call, &answer.base);
}

static int
toy_apply(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	struct world *world = w->service;
	struct data *d = &w->tx->data;
	bool is_view = strcmp(f->log_id, "intake") == 0;

	for (size_t e = 0; e < count; e++) {
		Bassin__V1__Reply *body = bassin__v1__reply__unpack(NULL, events[e].size, events[e].body);
		struct row row;
		BUG_IF(body == NULL || body->payload.len != sizeof row);
		memcpy(&row, body->payload.data, sizeof row);
		bassin__v1__reply__free_unpacked(body, NULL);
		int key = toy_key_number(events[e].key);
		struct row *mine = is_view ? &d->rows[key] : &d->echoes[key];
		if (is_view && toy_is_poison(key, row.version))
			return STORE_BROKEN;
		if (is_view && row.version != events[e].version)
			world_fail(world, "ghost: key %d carries version %u under %llu", key, row.version,
			           (unsigned long long)events[e].version);
		if (d->reader.resync_to == 0 && events[e].version <= d->last_applied[key])
			world_fail(world, "order: key %d goes from version %llu to %llu", key,
			           (unsigned long long)d->last_applied[key], (unsigned long long)events[e].version);
		d->last_applied[key] = events[e].version;
		*mine = row;
		/* Versions of an echo are view's own: those of the row go back when intake is restored. */
		if (is_view && row_emit(w, TOPIC_ECHO, key, ++d->echo_version[key], &row) != 0)
			return STORE_RETRY;
	}
	return STORE_OK;
}

static int
toy_drop(struct work *w, const struct follow *f, const char *topic, const char *key)
{
	struct data *d = &w->tx->data;

	(void)topic;
	int k = toy_key_number(key);
	bool is_view = strcmp(f->log_id, "intake") == 0;
	struct row *mine = is_view ? &d->rows[k] : &d->echoes[k];
	memset(mine, 0, sizeof *mine);
	d->last_applied[k] = 0;
	if (is_view && row_emit(w, TOPIC_ECHO, k, ++d->echo_version[k], mine) != 0)
		return STORE_RETRY;
	return STORE_OK;
}

static bool
may_command(const struct principal *who, int type, size_t payload_size, int *code)
{
	(void)type;
	*code = BASSIN__V1__REPLY_CODE__FORBIDDEN;
	return who->role == ROLE_INTERMEDIARY && payload_size <= 64;
}

static bool
may_read(const struct principal *who, const char *log_id, const char *topic)
{
	(void)log_id;
	(void)topic;
	return who->role == ROLE_MATCHING;
}

static void
random_of_world(void *self, void *out, size_t size)
{
	uint8_t *bytes = out;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)world_random(self);
}

static void
wire_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	struct instance *i = self;
	struct world *w = i->world;

	if (i->doomed)
		return;
	/* A peer's id is what sent: 'd' or 'c' and a token, or 'r', an instance and its life. */
	if (to->bytes[0] == 'd' || to->bytes[0] == 'c')
		world_send(w, to->bytes[0] == 'd' ? TO_DRIVER : TO_DRIVER_CONFLICT, to->bytes[1], 0, NULL, frame, size);
	else if (to->bytes[0] == 'r')
		world_send(w, TO_READER, to->bytes[1], to->bytes[2], NULL, frame, size);
}

static void
wire_fetch(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size)
{
	struct instance *i = self;
	int other = i->service == INTAKE ? 2 : 0;
	struct peer me = { .bytes = { 'r', (uint8_t)i->number, (uint8_t)i->life }, .size = 3 };

	(void)which;
	if (i->doomed)
		return;
	other += (int)((attempt + (unsigned)i->number) % 2);
	world_send(i->world, TO_CORE, other, i->world->instances[other].life, &me, frame, size);
}

struct core *
toy_core_new(struct instance *i)
{
	static const char *const row_topics[] = { "row", NULL }, *const echo_topics[] = { "echo", NULL };
	static const struct command commands[] = {
		{ BASSIN__V1__COMMAND_TYPE__FEED_EMPLOYERS, on_add, false },
		{ BASSIN__V1__COMMAND_TYPE__EMPLOYER_LIST, on_look, true },
		{ BASSIN__V1__COMMAND_TYPE__RESYNC, on_resync, false },
	};
	static const struct follow follows[SERVICES] = {
		[INTAKE] = { "view", echo_topics, toy_apply, toy_drop },
		[VIEW] = { "intake", row_topics, toy_apply, toy_drop },
	};
	struct core_config g = {
		.log_id = i->service == INTAKE ? "intake" : "view", .service = i->world, .commands = commands,
		.command_count = COUNT_OF(commands), .follows = &follows[i->service], .follow_count = 1,
		.store = sim_store_of(i), .wire = { i, wire_answer, wire_fetch }, .random = random_of_world,
		.random_self = i->world, .may_command = may_command, .may_read = may_read, .group_max = 8,
		.tidy_every_ms = 3000, .fetch_wait_ms = 500, .lease_every_ms = 300,
		.ring_max_bytes = i->world->seed % 3 == 0 ? 600 : 1 * MiB,
		.fetch_max_events = i->world->seed % 5 == 0 ? 2 : 50,
	};

	return core_new(&g);
}
