/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command in flight is a slot: where it went, when it is sent again, until when there is patience. Every turn sends
 * what is due, hears what came, and moves slots that are settled to the list of answers.
 */
#include "bus/client.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "bus/directory.h"
#include "bus/keyring_priv.h"
#include "bus/link.h"
#include "bus/socket.h"

#define TARGETS_MAX 16
#define BACKOFF_MS 50
#define BACKOFF_MAX_MS 2000
#define SILENCE_MS 5000             /* unanswered for so long: sent again; doubling */
#define SILENCE_MAX_MS 40000
#define TTL_MAX_MS 600000
#define LOOK_MS 200                 /* longest wait in one turn */

/* A service, and a link to each of its endpoints. */
struct target {
	const struct directory_entry *entry;
	struct link *links[DIRECTORY_ENDPOINTS_MAX];
	size_t count, active;           /* where commands go first */
	bool refused;                   /* our key is not welcome */
};

struct slot {
	bool used;
	struct target *target;
	struct id id;
	Bassin__V1__CommandType type;
	uint8_t *payload;
	size_t size;
	int64_t deadline_ms, send_ms;   /* send_ms: when it is sent (again) */
	int64_t backoff_ms, silence_ms;
	size_t sent_to;
	unsigned standbys;              /* bit n: endpoint n has just said that it is not the active one */
	bool sent;                      /* and not known to be lost */
	bool no_link;                   /* put off since nobody was connected */
	bool fixed;                     /* to sent_to and nobody else */
};

struct answer {
	struct answer *next;
	struct id id;
	enum client_result result;
	size_t size;
	uint8_t frame[];                /* a Downward */
};

struct client {
	struct key_pair key;
	struct keyring *keyring;
	struct directory *directory;
	int64_t patience_ms;
	size_t window, in_flight;
	struct target targets[TARGETS_MAX];
	size_t target_count;
	struct slot slots[BUS_WINDOW_MAX];
	struct answer *answers, **answers_end;
	struct arena *arena;            /* of the frame being looked at */
};

/* ---- life ----------------------------------------------------------------------------------------------------------- */
enum client_result
client_new(const struct client_settings *s, struct client **out, const char **why)
{
	static _Thread_local struct key_why told;
	struct client *c = calloc(1, sizeof *c);

	*out = NULL;
	*why = told.text;
	told.text[0] = '\0';
	if (c == NULL || (c->arena = arena_new(4 * BUS_DOWNWARD_MAX_BYTES)) == NULL)
		(void)key_why_set(&told, "out of memory");
	else if (key_pair_load(s->key_file, &c->key, &told) == 0 && keyring_open(s->keyring, &c->keyring, &told) == 0 &&
	         directory_load(s->directory, &c->directory, &told) == 0) {
		c->patience_ms = s->patience_ms;
		c->window = s->window < 1 ? 1 : s->window > BUS_WINDOW_MAX ? BUS_WINDOW_MAX : s->window;
		c->answers_end = &c->answers;
		*out = c;
		return CLIENT_OK;
	}
	client_destroy(&c);
	return CLIENT_SETTINGS;
}

void
client_destroy(struct client **self)
{
	struct client *c = *self;

	if (c == NULL)
		return;
	for (size_t i = 0; i < c->target_count; i++) {
		for (size_t j = 0; j < c->targets[i].count; j++)
			link_destroy(&c->targets[i].links[j]);
	}
	for (size_t i = 0; i < BUS_WINDOW_MAX; i++)
		free(c->slots[i].payload);
	while (c->answers != NULL) {
		struct answer *a = c->answers;

		c->answers = a->next;
		free(a);
	}
	keyring_close(&c->keyring);
	directory_destroy(&c->directory);
	arena_destroy(&c->arena);
	key_pair_clear(&c->key);
	free(c);
	*self = NULL;
}

/* NULL: not in the directory, not a service in the keyring, or no room. */
static struct target *
target_of(struct client *c, const char *service)
{
	struct key_entry server;

	for (size_t i = 0; i < c->target_count; i++) {
		if (strcmp(c->targets[i].entry->name, service) == 0)
			return &c->targets[i];
	}
	const struct directory_entry *e = directory_find(c->directory, service);
	if (e == NULL || c->target_count == TARGETS_MAX || !keyring_by_name(c->keyring, service, &server) ||
	    (server.who.role & ROLE_SERVICES) == 0)
		return NULL;
	struct target *t = &c->targets[c->target_count];
	*t = (struct target){ .entry = e };
	for (; t->count < e->endpoint_count; t->count++) {
		t->links[t->count] = link_new(e->endpoints[t->count], e->name, c->keyring, &c->key);
		if (t->links[t->count] == NULL)
			break;
	}
	c->target_count += t->count > 0 ? 1 : 0;
	return t->count > 0 ? t : NULL;
}

/* ---- sending -------------------------------------------------------------------------------------------------------- */
static bool
frame_send(struct client *c, const struct slot *s, struct link *link, int64_t mono_ms)
{
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	int64_t left = s->deadline_ms - mono_ms;
	struct id id = s->id;
	size_t size;

	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
	rq.type = s->type;
	rq.payload = (ProtobufCBinaryData){ s->size, s->payload };
	rq.ttl_ms = (uint32_t)(left < 1 ? 1 : left > TTL_MAX_MS ? TTL_MAX_MS : left);
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	arena_reset(c->arena);
	uint8_t *frame = arena_pack(c->arena, &up.base, &size);
	return frame != NULL && link_send(link, frame, size);
}

static void
put_off(struct slot *s, int64_t mono_ms)
{
	s->sent = false;
	s->standbys = 0;
	s->send_ms = mono_ms + s->backoff_ms;
	s->backoff_ms = s->backoff_ms * 2 < BACKOFF_MAX_MS ? s->backoff_ms * 2 : BACKOFF_MAX_MS;
}

/* To the active endpoint, or to the next one that is connected; after a silence, to another one first. */
static void
slot_send(struct client *c, struct slot *s, int64_t mono_ms)
{
	struct target *t = s->target;
	size_t first = s->sent ? s->sent_to + 1 : t->active;

	for (size_t i = 0; i < t->count; i++) {
		size_t at = (first + i) % t->count;

		if ((s->standbys & 1u << at) != 0 || (s->fixed && at != s->sent_to) || !frame_send(c, s, t->links[at], mono_ms))
			continue;
		s->sent = true;
		if (s->no_link)
			s->backoff_ms = BACKOFF_MS;
		s->no_link = false;
		s->sent_to = at;
		s->send_ms = mono_ms + s->silence_ms;
		s->silence_ms = s->silence_ms * 2 < SILENCE_MAX_MS ? s->silence_ms * 2 : SILENCE_MAX_MS;
		return;
	}
	put_off(s, mono_ms);
	s->no_link = true;          /* the link that comes up makes it due at once */
}

/* ---- settling ------------------------------------------------------------------------------------------------------- */
static int
settle(struct client *c, struct slot *s, enum client_result result, const uint8_t *frame, size_t size)
{
	struct answer *a = malloc(sizeof *a + size);

	if (a == NULL)
		return -1;
	*a = (struct answer){ .id = s->id, .result = result, .size = size };
	if (size > 0)
		memcpy(a->frame, frame, size);
	*c->answers_end = a;
	c->answers_end = &a->next;
	free(s->payload);
	*s = (struct slot){ .used = false };
	c->in_flight--;
	return 0;
}

static struct slot *
slot_of(struct client *c, const ProtobufCBinaryData *request_id)
{
	struct id id;

	if (!id_from_bytes(&id, request_id->data, request_id->len))
		return NULL;
	for (size_t i = 0; i < c->window; i++) {
		if (c->slots[i].used && id_equal(&c->slots[i].id, &id))
			return &c->slots[i];
	}
	return NULL;
}

/* The one asked is a standby: ask the others at once; after all of them have said so, wait a little. */
static void
not_active(struct slot *s, size_t from, int64_t mono_ms)
{
	struct target *t = s->target;

	if (t->active == from)
		t->active = (from + 1) % t->count;
	s->standbys |= 1u << from;
	s->sent = false;
	s->send_ms = mono_ms;
	if (s->standbys == (1u << t->count) - 1)
		put_off(s, mono_ms);
}

static void
frame_take(struct client *c, struct target *t, size_t from, const uint8_t *frame, size_t size, int64_t mono_ms)
{
	arena_reset(c->arena);
	ProtobufCAllocator allocator = arena_allocator(c->arena);
	const Bassin__V1__Downward *down = bassin__v1__downward__unpack(&allocator, size, frame);
	if (down == NULL || down->body_case != BASSIN__V1__DOWNWARD__BODY_REPLY)
		return;
	struct slot *s = slot_of(c, &down->reply->request_id);
	if (s == NULL || s->target != t)
		return;             /* the second answer to a command that was sent twice */
	switch (s->fixed ? BASSIN__V1__REPLY_CODE__OK : down->reply->code) {
	case BASSIN__V1__REPLY_CODE__UNAVAILABLE:
		if (t->active == from)          /* it may have lost its store, and another one have taken over */
			t->active = (from + 1) % t->count;
		put_off(s, mono_ms);
		break;
	case BASSIN__V1__REPLY_CODE__NOT_ACTIVE:
		not_active(s, from, mono_ms);
		break;
	default:
		t->active = s->fixed ? t->active : from;
		if (settle(c, s, CLIENT_OK, frame, size) != 0)
			put_off(s, mono_ms);
	}
}

/* ---- a turn --------------------------------------------------------------------------------------------------------- */
static void
target_tend(struct client *c, struct target *t, int64_t mono_ms)
{
	zmq_msg_t body;

	for (size_t j = 0; j < t->count; j++) {
		while (link_recv(t->links[j], &body)) {
			frame_take(c, t, j, zmq_msg_data(&body), zmq_msg_size(&body), mono_ms);
			(void)zmq_msg_close(&body);
		}
		unsigned heard = link_tend(t->links[j], mono_ms);
		if ((heard & LINK_WAS_REFUSED) != 0)
			t->refused = true;
		for (size_t i = 0; i < c->window; i++) {
			struct slot *s = &c->slots[i];

			if (!s->used || s->target != t)
				continue;
			if ((heard & LINK_CAME_UP) != 0 && s->no_link)
				s->send_ms = mono_ms;
			if ((heard & LINK_WENT_DOWN) != 0 && s->sent && s->sent_to == j)
				put_off(s, mono_ms);
		}
	}
}

static bool
target_is_up(const struct target *t)
{
	for (size_t j = 0; j < t->count; j++) {
		if (link_is_up(t->links[j]))
			return true;
	}
	return false;
}

static void
slots_step(struct client *c, int64_t mono_ms)
{
	for (size_t i = 0; i < c->window; i++) {
		struct slot *s = &c->slots[i];

		if (!s->used)
			continue;
		if (s->target->refused && !target_is_up(s->target))
			(void)settle(c, s, CLIENT_KEY_REFUSED, NULL, 0);
		else if (mono_ms >= s->deadline_ms)
			(void)settle(c, s, CLIENT_UNREACHABLE, NULL, 0);
		else if (mono_ms >= s->send_ms)
			slot_send(c, s, mono_ms);
	}
}

static int64_t
wait_of(const struct client *c, int64_t mono_ms)
{
	int64_t due = mono_ms + LOOK_MS;

	for (size_t i = 0; i < c->window; i++) {
		const struct slot *s = &c->slots[i];

		if (s->used && s->send_ms < due)
			due = s->send_ms;
		if (s->used && s->deadline_ms < due)
			due = s->deadline_ms;
	}
	return due > mono_ms ? due - mono_ms : 0;
}

static void
turn(struct client *c)
{
	zmq_pollitem_t items[2 * TARGETS_MAX * DIRECTORY_ENDPOINTS_MAX];
	int64_t now = clock_mono_ms();
	size_t count = 0, answered = c->in_flight;

	keyring_refresh(c->keyring, now, false);
	for (size_t i = 0; i < c->target_count; i++)
		target_tend(c, &c->targets[i], now);
	slots_step(c, now);
	if (c->in_flight < answered)
		return;
	for (size_t i = 0; i < c->target_count; i++) {
		for (size_t j = 0; j < c->targets[i].count; j++)
			count += link_poll_items(c->targets[i].links[j], false, items + count);
	}
	(void)zmq_poll(items, (int)count, (long)wait_of(c, now));
}

/* ---- what callers see ----------------------------------------------------------------------------------------------- */
bool
client_has_room(const struct client *c)
{
	return c->in_flight < c->window;
}

static struct slot *
slot_free(struct client *c)
{
	for (size_t i = 0; i < c->window; i++) {
		if (!c->slots[i].used)
			return &c->slots[i];
	}
	return NULL;
}

/* endpoint SIZE_MAX: the active one, wherever it is. */
static enum client_result
send_to(struct client *c, struct target *t, size_t endpoint, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
        struct id *id)
{
	size_t size = payload == NULL ? 0 : protobuf_c_message_get_packed_size(payload);
	uint8_t *bytes = NULL;

	if (t == NULL)
		return CLIENT_SETTINGS;
	if (size > 0) {
		bytes = malloc(size);
		if (bytes == NULL)
			return CLIENT_UNREACHABLE;
		size = protobuf_c_message_pack(payload, bytes);
	}
	while (!client_has_room(c))
		turn(c);
	struct slot *s = slot_free(c);
	BUG_IF(s == NULL);
	int64_t now = clock_mono_ms();
	*s = (struct slot){ .used = true, .target = t, .type = type, .payload = bytes, .size = size, .send_ms = now,
		            .deadline_ms = now + c->patience_ms, .backoff_ms = BACKOFF_MS, .silence_ms = SILENCE_MS };
	s->fixed = endpoint != SIZE_MAX;
	s->sent_to = s->fixed ? endpoint : 0;
	s->id = id_make(clock_wall_ms(), random_of_system, NULL);
	*id = s->id;
	c->in_flight++;
	t->refused = t->refused && !target_is_up(t);
	slots_step(c, now);
	return CLIENT_OK;
}

enum client_result
client_send(struct client *c, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
            struct id *id)
{
	return send_to(c, target_of(c, service), SIZE_MAX, type, payload, id);
}

static enum client_result
answer_read(struct arena *a, const struct answer *from, struct client_answer *out)
{
	ProtobufCAllocator allocator = arena_allocator(a);

	*out = (struct client_answer){ .id = from->id };
	if (from->result != CLIENT_OK)
		return from->result;
	const Bassin__V1__Downward *down = bassin__v1__downward__unpack(&allocator, from->size, from->frame);
	if (down == NULL || down->body_case != BASSIN__V1__DOWNWARD__BODY_REPLY)
		return CLIENT_UNREACHABLE;      /* the caller's arena is too small for it */
	out->code = down->reply->code;
	out->refusal = down->reply->code == BASSIN__V1__REPLY_CODE__REFUSED ? down->reply->refusal : NULL;
	out->payload = down->reply->payload.data;
	out->size = down->reply->payload.len;
	return CLIENT_OK;
}

enum client_result
client_next(struct client *c, struct arena *a, struct client_answer *out)
{
	BUG_IF(c->answers == NULL && c->in_flight == 0);
	while (c->answers == NULL)
		turn(c);
	struct answer *first = c->answers;
	enum client_result result = answer_read(a, first, out);
	c->answers = first->next;
	if (c->answers == NULL)
		c->answers_end = &c->answers;
	free(first);
	return result;
}

enum client_result
client_ask(struct client *c, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
           struct arena *a, struct client_answer *out)
{
	struct id id;

	BUG_IF(c->answers != NULL || c->in_flight > 0);
	*out = (struct client_answer){ .payload = NULL };
	enum client_result result = client_send(c, service, type, payload, &id);
	return result == CLIENT_OK ? client_next(c, a, out) : result;
}

enum client_result
client_ask_endpoint(struct client *c, const char *service, size_t endpoint, Bassin__V1__CommandType type,
                    const ProtobufCMessage *payload, struct arena *a, struct client_answer *out)
{
	struct target *t = target_of(c, service);
	struct id id;

	BUG_IF(c->answers != NULL || c->in_flight > 0);
	*out = (struct client_answer){ .payload = NULL };
	if (t != NULL && endpoint >= t->count)
		return CLIENT_SETTINGS;
	enum client_result result = send_to(c, t, endpoint, type, payload, &id);
	return result == CLIENT_OK ? client_next(c, a, out) : result;
}
