/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event log's owner: parked Fetches, the recent events in memory, the history of epochs that tells a reader whether
 * what it saw still stands, registered readers and compaction.
 */
#include "bus/core_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"
#include "base/text.h"

#define READERS_MAX        256u
#define REPLY_AGE_MAX_MS   (30 * DAY_MS)
/* A reader whose topics are quiet while others are not hears of it this soon, so that its cursor follows the head. */
#define QUIET_ANSWER_MS    100
#define STORE_PAGE_EVENTS  2000u
/* One statement looks at so many numbers at most: whoever wants a rare topic of a long log holds up nobody meanwhile. */
#define STORE_SPAN_EVENTS  UINT64_C(200000)

enum { BATCH_OK_STATE = BASSIN__V1__BATCH_STATE__BATCH_OK };

/* ---- the ring of recent events ------------------------------------------------------------------------------------------ */
static struct event *
ring_at(const struct ring *r, size_t i)
{
	return r->slots[(r->first + i) & (r->capacity - 1)];    /* NOLINT(clang-analyzer-unix.Malloc): count is above i */
}

static size_t
event_bytes(const struct event *e)
{
	return sizeof *e + e->size + strlen(e->topic) + strlen(e->key) + 2;
}

static void
ring_drop_first(struct ring *r)
{
	BUG_IF(r->count == 0);
	struct event *e = ring_at(r, 0);

	r->after = e->seq;
	r->bytes -= event_bytes(e);
	r->first = (r->first + 1) & (r->capacity - 1);
	r->count--;
	free(e);
}

static void
ring_clear(struct ring *r, uint64_t after)
{
	while (r->count > 0)
		ring_drop_first(r);
	r->after = after;
}

static bool
ring_grow(struct ring *r)
{
	size_t capacity = r->capacity == 0 ? 1024 : r->capacity * 2;
	struct event **slots = calloc(capacity, sizeof(struct event *));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < r->count; i++)
		slots[i] = ring_at(r, i);
	free(r->slots);
	r->slots = slots;
	r->capacity = capacity;
	r->first = 0;
	return true;
}

static struct event *
event_copy(const struct event *e)
{
	size_t topic = strlen(e->topic) + 1, key = strlen(e->key) + 1;
	struct event *copy = malloc(sizeof *copy + topic + key + e->size);

	if (copy == NULL)
		return NULL;
	char *at = (char *)(copy + 1);
	*copy = *e;
	copy->topic = memcpy(at, e->topic, topic);
	copy->key = memcpy(at + topic, e->key, key);
	copy->body = (uint8_t *)at + topic + key;
	if (e->size > 0)
		memcpy(at + topic + key, e->body, e->size);
	return copy;
}

/* Without memory the ring starts anew after this event: readers are served from the store then. */
static void
ring_push(struct core *c, const struct event *e)
{
	struct ring *r = &c->ring;
	struct event *copy = r->count < r->capacity || ring_grow(r) ? event_copy(e) : NULL;

	if (copy == NULL) {
		ring_clear(r, e->seq);
		return;
	}
	r->slots[(r->first + r->count) & (r->capacity - 1)] = copy;
	r->count++;
	r->bytes += event_bytes(copy);
	while (r->bytes > c->config.ring_max_bytes)
		ring_drop_first(r);
}

void
log_took(struct core *c, const struct event *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		BUG_IF(events[i].seq != c->head_seq + 1);
		c->head_seq = events[i].seq;
		ring_push(c, &events[i]);
	}
	c->counters[CORE_EVENTS_OUT] += count;
}

void
core_log_forget(struct work *w)
{
	ring_clear(&w->core->ring, w->core->head_seq);
}

/* ---- epochs ------------------------------------------------------------------------------------------------------------ */
static uint64_t
epoch_end(const struct core *c, size_t i)
{
	return i + 1 < c->epoch_count ? c->epochs[i + 1].first_seq - 1 : c->head_seq;
}

static struct cursor
cursor_at(const struct core *c, uint64_t seq)
{
	struct cursor cursor = { .seq = seq };

	for (size_t i = c->epoch_count; i-- > 0 && seq > 0;) {
		if (c->epochs[i].first_seq <= seq) {
			cursor.epoch = c->epochs[i].epoch;
			break;
		}
	}
	return cursor;
}

/* An event that the reader saw is gone when its epoch is not in our history, or ended before that event. */
static bool
cursor_is_ours(const struct core *c, const struct cursor *cursor)
{
	if (cursor->seq == 0)
		return true;
	for (size_t i = c->epoch_count; i-- > 0;) {
		if (id_equal(&c->epochs[i].epoch, &cursor->epoch))
			return cursor->seq >= c->epochs[i].first_seq && cursor->seq <= epoch_end(c, i);
	}
	return false;
}

/* ---- takeover and its mirror ------------------------------------------------------------------------------------------- */
static int
history_load(struct core *c)
{
	struct epoch_start *epochs;
	size_t count;

	int result = c->config.store.epochs_load(c->config.store.self, c->arena, &epochs, &count);
	if (result != STORE_OK)
		return result;
	struct epoch_start *kept = count == 0 ? NULL : malloc(count * sizeof *kept);
	if (kept == NULL)
		return STORE_RETRY;
	memcpy(kept, epochs, count * sizeof *kept);
	free(c->epochs);
	c->epochs = kept;
	c->epoch_count = count;
	return STORE_OK;
}

static int
readers_load(struct core *c)
{
	struct registered_reader *readers;
	size_t count;

	int result = c->config.store.readers_load(c->config.store.self, c->arena, &readers, &count);
	if (result != STORE_OK)
		return result;
	count = count > READERS_MAX ? READERS_MAX : count;
	struct registered_reader *kept = calloc(READERS_MAX, sizeof *kept);
	if (kept == NULL)
		return STORE_RETRY;
	if (count > 0)
		memcpy(kept, readers, count * sizeof *kept);
	free(c->readers);
	c->readers = kept;
	c->reader_count = count;
	c->reader_capacity = READERS_MAX;
	return STORE_OK;
}

int
log_take_over(struct core *c, uint64_t first_seq)
{
	c->head_seq = first_seq - 1;
	ring_clear(&c->ring, c->head_seq);
	c->tidy_next_mono_ms = c->mono_ms + c->config.tidy_every_ms;
	int result = history_load(c);
	return result == STORE_OK ? readers_load(c) : result;
}

void
log_clear(struct core *c)
{
	ring_clear(&c->ring, 0);
	c->reader_count = 0;
	c->readers_dirty = false;
}

/* ---- answering a Fetch ------------------------------------------------------------------------------------------------- */
struct answer {
	const struct event **events;
	size_t count, bytes;
	uint64_t scanned_to;
};

static void
batch_send(struct core *c, const struct peer *to, Bassin__V1__Batch *batch)
{
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	size_t size;

	down.body_case = BASSIN__V1__DOWNWARD__BODY_BATCH;
	down.batch = batch;
	uint8_t *frame = arena_pack(c->arena, &down.base, &size);
	if (frame == NULL)
		return;   /* the reader asks again */
	CRASH_POINT("before_batch");
	c->config.wire.answer(c->config.wire.self, to, frame, size);
	CRASH_POINT("after_batch");
}

static ProtobufCBinaryData
epoch_binary(const struct cursor *cursor)
{
	return (ProtobufCBinaryData){ cursor->seq == 0 ? 0 : ID_SIZE, (uint8_t *)(uintptr_t)cursor->epoch.bytes };
}

static void
state_send(struct core *c, const struct peer *to, const struct cursor *after, uint64_t fetch_id, int state)
{
	Bassin__V1__Batch batch = BASSIN__V1__BATCH__INIT;

	batch.log_id = (char *)(uintptr_t)c->config.log_id;
	batch.state = (Bassin__V1__BatchState)state;
	batch.after_epoch = epoch_binary(after);
	batch.after_seq = after->seq;
	batch.epoch = epoch_binary(after);
	batch.scanned_to = after->seq;
	batch.fetch_id = fetch_id;
	batch.head_seq = state == BATCH_OK_STATE ? c->head_seq : 0;
	batch_send(c, to, &batch);
}

static void
answer_send(struct core *c, const struct parked *p, const struct answer *a)
{
	Bassin__V1__Batch batch = BASSIN__V1__BATCH__INIT;
	struct cursor to = cursor_at(c, a->scanned_to);
	Bassin__V1__Event *events = arena_zalloc(c->arena, a->count, sizeof *events);
	Bassin__V1__Event **list = arena_zalloc(c->arena, a->count, sizeof(Bassin__V1__Event *));

	if (events == NULL || list == NULL)
		return;
	for (size_t i = 0; i < a->count; i++) {
		const struct event *e = a->events[i];
		bassin__v1__event__init(&events[i]);
		events[i].seq = e->seq;
		events[i].topic = (char *)(uintptr_t)e->topic;
		events[i].key = (char *)(uintptr_t)e->key;
		events[i].version = e->version;
		events[i].type = (Bassin__V1__EventType)e->type;
		events[i].body = (ProtobufCBinaryData){ e->size, (uint8_t *)(uintptr_t)e->body };
		events[i].at_ms = e->at_ms;
		list[i] = &events[i];
	}
	batch.log_id = (char *)(uintptr_t)c->config.log_id;
	batch.state = BASSIN__V1__BATCH_STATE__BATCH_OK;
	batch.after_epoch = epoch_binary(&p->after);
	batch.after_seq = p->after.seq;
	batch.epoch = epoch_binary(&to);
	batch.scanned_to = a->scanned_to;
	batch.head_seq = c->head_seq;
	batch.fetch_id = p->fetch_id;
	batch.n_events = a->count;
	batch.events = list;
	batch_send(c, &p->from, &batch);
}

static bool
wants(const struct parked *p, const struct event *e)
{
	for (size_t i = 0; i < p->topic_count; i++) {
		if (strcmp(p->topics[i], e->topic) == 0)
			return true;
	}
	return false;
}

/* false: full, the event is left for the next Fetch. One event always fits. */
static bool
answer_add(struct answer *a, const struct parked *p, const struct event *e)
{
	if (a->count == p->max_events || (a->count > 0 && a->bytes + event_bytes(e) > p->max_bytes))
		return false;
	a->events[a->count++] = e;
	a->bytes += event_bytes(e);
	return true;
}

static void
collect_from_ring(const struct core *c, const struct parked *p, struct answer *a)
{
	for (size_t i = (size_t)(a->scanned_to - c->ring.after); i < c->ring.count; i++) {
		const struct event *e = ring_at(&c->ring, i);
		if (wants(p, e) && !answer_add(a, p, e))
			return;
		a->scanned_to = e->seq;
	}
}

static int
collect_from_store(struct core *c, const struct parked *p, struct answer *a)
{
	const char *topics[FETCH_TOPICS_MAX];
	struct event *events;
	size_t count, max = p->max_events < STORE_PAGE_EVENTS ? p->max_events : STORE_PAGE_EVENTS;
	uint64_t up_to = c->head_seq;

	if (up_to - a->scanned_to > STORE_SPAN_EVENTS)
		up_to = a->scanned_to + STORE_SPAN_EVENTS;
	for (size_t i = 0; i < p->topic_count; i++)
		topics[i] = p->topics[i];
	int result = c->config.store.events_read(c->config.store.self, c->arena, a->scanned_to, up_to, topics, p->topic_count,
	                                         max, &events, &count);
	/* Large bodies: as many as the arena holds, one always. */
	while (result != STORE_OK && arena_ran_out(c->arena) && max > 1) {
		max /= 4;
		max = max == 0 ? 1 : max;
		arena_reset(c->arena);
		a->events = arena_zalloc(c->arena, p->max_events, sizeof(struct event *));
		if (a->events == NULL)
			return STORE_RETRY;
		result = c->config.store.events_read(c->config.store.self, c->arena, a->scanned_to, up_to, topics, p->topic_count,
		                                     max, &events, &count);
	}
	if (result != STORE_OK)
		return result;
	for (size_t i = 0; i < count; i++) {
		if (!answer_add(a, p, &events[i]))
			return STORE_OK;
		a->scanned_to = events[i].seq;
	}
	if (count < max)
		a->scanned_to = up_to;
	return STORE_OK;
}

/* An instance that was paused and has been superseded knows less than a reader may have seen since. So only who has just
 * proved that it is still the active one says where the head is (a freeze goes by it), or that a cursor is not of this
 * log. */
static bool
state_serve(struct core *c, const struct parked *p, int state)
{
	uint64_t serial = p->serial;
	struct work w;

	int result = core_begin(c, &w);
	if (result != STORE_OK) {
		core_failed(c, result);
		return false;
	}
	core_rollback(c, &w);
	if (p->serial != serial)
		return false;
	state_send(c, &p->from, &p->after, p->fetch_id, state);
	return true;
}

/* true: the Fetch was answered, or cannot be. While the store is waited for, the same reader may ask anew: what was found
 * is no answer to that. */
static bool
parked_serve(struct core *c, struct parked *p)
{
	struct answer a = { .scanned_to = p->scanned_to };
	const struct parked asked = *p;

	arena_reset(c->arena);
	if (p->max_events == 0)
		return state_serve(c, p, BATCH_OK_STATE);
	if (!cursor_is_ours(c, &p->after))
		return state_serve(c, p, BASSIN__V1__BATCH_STATE__DIVERGED);
	a.events = arena_zalloc(c->arena, p->max_events, sizeof(struct event *));
	if (a.events == NULL)
		return true;
	if (a.scanned_to < c->head_seq && a.scanned_to >= c->ring.after) {
		collect_from_ring(c, p, &a);
	} else if (a.scanned_to < c->head_seq) {
		int result = collect_from_store(c, &asked, &a);
		if (result != STORE_OK) {
			core_failed(c, result);
			return false;
		}
		if (p->serial != asked.serial)
			return false;
	}
	p->scanned_to = a.scanned_to;
	bool moved = a.scanned_to > p->after.seq && c->mono_ms - p->since_mono_ms >= QUIET_ANSWER_MS;
	if (a.count == 0 && !moved && c->mono_ms < p->deadline_mono_ms)
		return false;
	answer_send(c, p, &a);
	return true;
}

static void
parked_remove(struct core *c, struct parked **at)
{
	struct parked *p = *at;

	*at = p->next;
	c->parked_count--;
	free(p);
}

void
log_serve(struct core *c)
{
	struct parked **at = &c->parked;

	while (*at != NULL) {
		struct parked *p = *at;
		bool due = p->max_events == 0 || p->scanned_to < c->head_seq || p->scanned_to > p->after.seq || c->mono_ms >= p->deadline_mono_ms ||
		           !cursor_is_ours(c, &p->after);
		bool served = due && parked_serve(c, p);
		/* A store that went away has answered and emptied the whole list. */
		if (c->state != CORE_ACTIVE && c->state != CORE_DRAINING)
			return;
		if (served)
			parked_remove(c, at);
		else
			at = &p->next;
	}
}

void
log_drop_all(struct core *c)
{
	while (c->parked != NULL) {
		arena_reset(c->arena);
		state_send(c, &c->parked->from, &c->parked->after, c->parked->fetch_id,
		           BASSIN__V1__BATCH_STATE__BATCH_NOT_ACTIVE);
		parked_remove(c, &c->parked);
	}
}

int64_t
log_due(const struct core *c)
{
	int64_t due = INT64_MAX;

	for (const struct parked *p = c->parked; p != NULL; p = p->next) {
		int64_t at = p->deadline_mono_ms;
		if (p->scanned_to > p->after.seq && p->since_mono_ms + QUIET_ANSWER_MS < at)
			at = p->since_mono_ms + QUIET_ANSWER_MS;
		if (p->max_events == 0 || p->scanned_to < c->head_seq || !cursor_is_ours(c, &p->after))
			at = c->mono_ms;
		due = at < due ? at : due;
	}
	if ((c->readers_dirty || c->note_count > 0) && c->readers_next_mono_ms < due)
		due = c->readers_next_mono_ms;
	return c->tidy_next_mono_ms < due ? c->tidy_next_mono_ms : due;
}

/* ---- receiving a Fetch ------------------------------------------------------------------------------------------------- */
/* Remembers how far this reader is. A Fetch may come late: what is durable at the reader does not go back, unless it
 * starts over, which shows in after_seq. */
static bool
reader_note(struct core *c, const char *name, const Bassin__V1__Fetch *f)
{
	size_t i = 0;

	while (i < c->reader_count && strcmp(c->readers[i].name, name) != 0)
		i++;
	if (i == c->reader_capacity)
		return false;
	struct registered_reader *r = &c->readers[i];
	if (i == c->reader_count) {
		(void)snprintf(r->name, sizeof r->name, "%s", name);
		c->reader_count++;
		c->readers_dirty = true;
		c->readers_next_mono_ms = c->mono_ms;
		r->applied_seq = f->applied_seq;
	}
	if (f->applied_seq <= f->after_seq && (f->applied_seq > r->applied_seq || f->after_seq < r->applied_seq))
		r->applied_seq = f->applied_seq;
	r->seen_ms = c->now_ms;
	return true;
}

static int
fetch_judge(const struct core *c, const struct principal *who, const Bassin__V1__Fetch *f, struct cursor *after)
{
	if (strcmp(f->log_id, c->config.log_id) != 0 || f->n_topics > FETCH_TOPICS_MAX || f->reader[0] == '\0' ||
	    strlen(f->reader) > NAME_MAX_BYTES || !text_is_printable(f->reader, false) || f->wait_ms > 30000)
		return BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN;
	for (size_t i = 0; i < f->n_topics; i++) {
		if (strlen(f->topics[i]) > TOPIC_MAX || !c->config.may_read(who, c->config.log_id, f->topics[i]))
			return BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN;
	}
	if (f->n_topics == 0)
		return BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN;
	if (c->state != CORE_ACTIVE && c->state != CORE_DRAINING)
		return BASSIN__V1__BATCH_STATE__BATCH_NOT_ACTIVE;
	*after = (struct cursor){ .seq = f->after_seq };
	if (f->after_seq > 0 && !id_from_bytes(&after->epoch, f->epoch.data, f->epoch.len))
		return BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN;
	return BATCH_OK_STATE;
}

/* A reader has one Fetch in hand, and one for the head: a newer one takes the place of the older. Others join at the end,
 * since the list may be walked meanwhile (log_serve waits for the store). */
static struct parked *
parked_place(struct core *c, const char *reader, const struct peer *from, bool for_head)
{
	struct parked **end = &c->parked;

	for (; *end != NULL; end = &(*end)->next) {
		struct parked *p = *end;
		if (strcmp(p->reader, reader) == 0 && p->from.size == from->size && (p->max_events == 0) == for_head &&
		    memcmp(p->from.bytes, from->bytes, from->size) == 0)
			return p;
	}
	if (c->parked_count == c->config.parked_max)
		return NULL;
	*end = calloc(1, sizeof **end);
	c->parked_count += *end != NULL;
	return *end;
}

void
log_receive(struct core *c, const struct principal *who, const struct peer *from, const Bassin__V1__Fetch *f)
{
	struct cursor after = { .seq = 0 };
	char reader[sizeof ((struct parked *)0)->reader];

	CRASH_POINT("fetch_received");
	c->counters[CORE_FETCHES]++;
	int state = fetch_judge(c, who, f, &after);
	if (state != BATCH_OK_STATE) {
		struct cursor asked = { .seq = f->after_seq };
		if (!id_from_bytes(&asked.epoch, f->epoch.data, f->epoch.len))
			asked.epoch = (struct id){ { 0 } };
		/* core_receive may run while a group waits for the store: its arena is not ours to use. */
		struct arena *group = c->arena;
		c->arena = c->rx;
		state_send(c, from, &asked, f->fetch_id, state);
		c->arena = group;
		return;
	}
	(void)snprintf(reader, sizeof reader, "%s/%s", who->name, f->reader);
	bool for_head = f->max_events == 0;
	struct parked *p = for_head || reader_note(c, reader, f) ? parked_place(c, reader, from, for_head) : NULL;
	if (p == NULL)
		return;   /* too many: its own timeout makes it ask again */
	memcpy(p->reader, reader, sizeof reader);
	p->from = *from;
	p->topic_count = f->n_topics;
	for (size_t i = 0; i < f->n_topics; i++)
		(void)snprintf(p->topics[i], sizeof p->topics[i], "%s", f->topics[i]);
	p->after = after;
	p->scanned_to = after.seq;
	p->fetch_id = f->fetch_id;
	p->serial = ++c->fetch_serial;
	p->max_events = f->max_events > 10000 ? 10000 : f->max_events;
	p->max_bytes = f->max_bytes > 4 * MiB ? 4 * MiB : f->max_bytes;
	p->since_mono_ms = c->mono_ms;
	p->deadline_mono_ms = c->mono_ms + f->wait_ms;
}

/* ---- compaction -------------------------------------------------------------------------------------------------------- */
static uint64_t
applied_by_all(const struct core *c)
{
	uint64_t least = c->head_seq;

	for (size_t i = 0; i < c->reader_count; i++)
		least = c->readers[i].applied_seq < least ? c->readers[i].applied_seq : least;
	return least;
}

void
log_tidy(struct core *c)
{
	const struct core_store *s = &c->config.store;
	bool tidy = c->mono_ms >= c->tidy_next_mono_ms;
	size_t notes = 0;
	struct work w;

	if (!tidy && !((c->readers_dirty || c->note_count > 0) && c->mono_ms >= c->readers_next_mono_ms))
		return;
	arena_reset(c->arena);
	c->readers_dirty = false;       /* one that comes while the store is waited for is for the next time */
	int result = core_open(c, &w);
	bool begun = result == STORE_OK;
	if (begun)
		result = s->readers_keep(w.tx, c->arena, c->readers, c->reader_count);
	if (result == STORE_OK)
		result = commands_notes_keep(c, &w, &notes);
	/* Only what the store knows of the readers counts: it is what the next instance will go by. */
	if (result == STORE_OK && tidy)
		result = s->tidy(w.tx, c->arena, applied_by_all(c), c->now_ms - REPLY_AGE_MAX_MS);
	if (result == STORE_OK)
		result = core_commit(c, &w);
	else if (begun)
		core_rollback(c, &w);
	if (result == STORE_OK)
		commands_notes_kept(c, notes);
	c->readers_dirty = c->readers_dirty || result != STORE_OK;
	c->readers_next_mono_ms = c->mono_ms + 1000;
	if (tidy)
		c->tidy_next_mono_ms = c->mono_ms + c->config.tidy_every_ms;
	if (result != STORE_OK)
		core_failed(c, result);
}
