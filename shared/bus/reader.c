/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following another service's log: the next Fetch goes out before the batch in hand is applied; a batch is applied and
 * the cursor moved in one transaction, so a crash anywhere means that it is fetched again from the cursor.
 */
#include "bus/core_priv.h"

#include <stdlib.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"

#define BATCH_ARENA_BYTES (64 * MiB)
#define HEAD_ASK_BIT      (UINT64_C(1) << 63)
#define HEAD_UNKNOWN      UINT64_MAX
#define SWEEP_PAGE        1000u
#define PARKED_PAGE       1000u

int
reader_open(struct core *c, size_t which)
{
	struct reader *r = &c->follows[which];

	r->follow = &c->config.follows[which];
	r->which = which;
	r->arena = arena_new(BATCH_ARENA_BYTES);
	return r->arena == NULL ? -1 : 0;
}

static void
frames_drop(struct reader *r)
{
	while (r->frame_count > 0)
		free((void *)(uintptr_t)r->frames[--r->frame_count].data);
}

void
reader_close(struct reader *r)
{
	frames_drop(r);
	arena_destroy(&r->arena);
}

int
reader_load(struct core *c, struct reader *r)
{
	const struct core_store *s = &c->config.store;

	r->status = (struct follow_status){ .log_id = r->follow->log_id };
	int result = s->reader_state_load(s->self, r->follow->log_id, &r->state);
	if (result == STORE_OK)
		result = s->parked_count(s->self, r->follow->log_id, &r->status.parked);
	r->diverged = false;
	r->reload = result != STORE_OK;
	r->next_fetch_mono_ms = c->mono_ms;
	r->attempt = r->apply_failures = 0;
	return result;
}

void
reader_stop(struct reader *r)
{
	frames_drop(r);
	r->batch = NULL;
	r->in_flight = false;
}

static struct cursor
cursor_of_batch(const Bassin__V1__Batch *b)
{
	struct cursor cursor = { .seq = b->scanned_to };

	if (!id_from_bytes(&cursor.epoch, b->epoch.data, b->epoch.len))
		cursor.epoch = (struct id){ { 0 } };
	return cursor;
}

static bool
cursor_equal(const struct cursor *a, const struct cursor *b)
{
	return a->seq == b->seq && (a->seq == 0 || id_equal(&a->epoch, &b->epoch));
}

/* ---- asking ------------------------------------------------------------------------------------------------------------ */
static uint64_t
fetch_id_make(struct core *c)
{
	uint64_t id;

	c->config.random(c->config.random_self, &id, sizeof id);
	return id & ~HEAD_ASK_BIT;
}

static void
fetch_send(struct core *c, struct reader *r, const struct cursor *after, uint64_t fetch_id, uint32_t max_events)
{
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Fetch f = BASSIN__V1__FETCH__INIT;
	uint8_t frame[1024];
	size_t topics = 0;

	while (r->follow->topics[topics] != NULL)
		topics++;
	f.log_id = (char *)(uintptr_t)r->follow->log_id;
	f.reader = (char *)(uintptr_t)c->config.log_id;
	f.n_topics = topics;
	f.topics = (char **)(uintptr_t)r->follow->topics;
	f.epoch = (ProtobufCBinaryData){ after->seq == 0 ? 0 : ID_SIZE, (uint8_t *)(uintptr_t)after->epoch.bytes };
	f.after_seq = after->seq;
	f.applied_seq = r->state.cursor.seq;
	f.max_events = max_events;
	f.max_bytes = c->config.fetch_max_bytes;
	f.wait_ms = max_events == 0 ? 0 : (uint32_t)c->config.fetch_wait_ms;
	f.fetch_id = fetch_id;
	up.body_case = BASSIN__V1__UPWARD__BODY_FETCH;
	up.fetch = &f;
	BUG_IF(bassin__v1__upward__get_packed_size(&up) > sizeof frame);
	size_t size = bassin__v1__upward__pack(&up, frame);
	CRASH_POINT("before_fetch");
	c->config.wire.fetch(c->config.wire.self, r->which, r->attempt, frame, size);
	CRASH_POINT("after_fetch");
}

static void
reader_ask(struct core *c, struct reader *r)
{
	if (r->in_flight && r->frame_count == 0 && c->mono_ms >= r->answer_due_mono_ms) {
		r->in_flight = false;   /* lost on the way, or the owner is gone */
		r->attempt++;
	}
	if (r->in_flight || c->mono_ms < r->next_fetch_mono_ms)
		return;
	r->asked = r->batch != NULL ? cursor_of_batch(r->batch) : r->state.cursor;
	r->fetch_id = fetch_id_make(c);
	r->in_flight = true;
	/* Half as long again as the owner may keep it: what is lost on the way costs no more staleness than that. */
	r->answer_due_mono_ms = c->mono_ms + c->config.fetch_wait_ms + c->config.fetch_wait_ms / 2;
	fetch_send(c, r, &r->asked, r->fetch_id, c->config.fetch_max_events);
}

/* ---- hearing ----------------------------------------------------------------------------------------------------------- */
void
core_receive_batch(struct core *c, size_t which, const uint8_t *frame, size_t size, int64_t mono_ms)
{
	struct reader *r = &c->follows[which];

	BUG_IF(which >= c->config.follow_count);
	if ((c->state != CORE_ACTIVE && c->state != CORE_DRAINING) || size == 0 ||
	    size > DOWNWARD_MAX_BYTES || r->frame_count == COUNT_OF(r->frames))
		return;   /* nobody waits for it, or too many came: it will be asked for again */
	uint8_t *copy = malloc(size);
	if (copy == NULL)
		return;
	memcpy(copy, frame, size);
	r->frames[r->frame_count++] = (struct bytes){ copy, size };
	r->status.heard_mono_ms = mono_ms;
	CRASH_POINT("batch_received");
}

static void
head_heard(struct reader *r, const Bassin__V1__Batch *b)
{
	r->status.head_seq = b->head_seq;
	r->status.heard = true;
}

/* The owner is passive, forbids, or has lost what we saw: none of it is worth hurry. */
static void
reader_refused(struct core *c, struct reader *r, int state)
{
	r->attempt++;
	r->next_fetch_mono_ms = c->mono_ms + (r->attempt < 5 ? 100 : 1000);
	if (state == BASSIN__V1__BATCH_STATE__DIVERGED) {
		if (!r->diverged)
			log_error("log=%s diverged=1 an event that was seen is gone; see README, resync", r->follow->log_id);
		r->diverged = true;
		r->next_fetch_mono_ms = c->mono_ms + 5000;
	} else if (state == BASSIN__V1__BATCH_STATE__BATCH_FORBIDDEN) {
		log_error("log=%s forbidden=1", r->follow->log_id);
		r->next_fetch_mono_ms = c->mono_ms + 5000;
	}
}

/* Looks at the frame that came: *out is the answer to our Fetch in flight, in the arena; else NULL. */
static Bassin__V1__Batch *
frame_open(struct core *c, struct reader *r)
{
	ProtobufCAllocator allocator = arena_allocator(r->arena);

	arena_reset(r->arena);
	Bassin__V1__Downward *down = bassin__v1__downward__unpack(&allocator, r->frames[0].size, r->frames[0].data);
	free((void *)(uintptr_t)r->frames[0].data);
	memmove(r->frames, r->frames + 1, --r->frame_count * sizeof r->frames[0]);
	if (down == NULL || down->body_case != BASSIN__V1__DOWNWARD__BODY_BATCH ||
	    strcmp(down->batch->log_id, r->follow->log_id) != 0)
		return NULL;
	Bassin__V1__Batch *b = down->batch;
	c->counters[CORE_BATCHES_IN]++;
	if ((b->fetch_id & HEAD_ASK_BIT) != 0) {
		if (b->fetch_id == r->head_ask_id && b->state == BASSIN__V1__BATCH_STATE__BATCH_OK) {
			head_heard(r, b);
			r->head_answered_seq = b->head_seq;
			r->head_answered_for_mono_ms = r->head_asked_mono_ms;
		}
		return NULL;
	}
	struct cursor after = { .seq = b->after_seq };
	if (!id_from_bytes(&after.epoch, b->after_epoch.data, b->after_epoch.len))
		after.epoch = (struct id){ { 0 } };
	if (!r->in_flight || b->fetch_id != r->fetch_id || !cursor_equal(&after, &r->asked)) {
		c->counters[CORE_BATCHES_STALE]++;   /* late or twice: what it says may not follow our cursor */
		return NULL;
	}
	return b;
}

/* A batch whose events are not in order, or beyond what it claims to cover, is not a batch. */
static bool
batch_is_sound(const Bassin__V1__Batch *b)
{
	uint64_t last = b->after_seq;

	for (size_t i = 0; i < b->n_events; i++) {
		const Bassin__V1__Event *e = b->events[i];
		if (e->seq <= last || e->seq > b->scanned_to || strlen(e->topic) > TOPIC_MAX || strlen(e->key) > KEY_MAX)
			return false;
		last = e->seq;
	}
	return b->scanned_to >= b->after_seq && (b->scanned_to == 0 || b->epoch.len == ID_SIZE);
}

static void
reader_hear(struct core *c, struct reader *r)
{
	Bassin__V1__Batch *b = frame_open(c, r);

	if (b == NULL)
		return;
	r->in_flight = false;
	if (b->state != BASSIN__V1__BATCH_STATE__BATCH_OK || !batch_is_sound(b)) {
		reader_refused(c, r, (int)b->state);
		return;
	}
	head_heard(r, b);
	r->diverged = false;
	r->attempt = 0;
	r->batch = b;
}

/* ---- applying ---------------------------------------------------------------------------------------------------------- */
/* Of each (topic, key) the last: facts carry the full state, and a log may be compacted to just that. Open addressing
 * over the batch, from its end. */
static size_t
last_of_each_key(struct arena *a, const struct event *events, size_t count, struct event *out)
{
	size_t slots = 64, kept = 0;

	while (slots < count * 2)
		slots *= 2;
	uint32_t *table = arena_zalloc(a, slots, sizeof *table);
	bool *last = arena_zalloc(a, count, sizeof *last);
	if (table == NULL || last == NULL)
		return SIZE_MAX;
	for (size_t i = count; i-- > 0;) {
		uint64_t hash = UINT64_C(14695981039346656037);
		for (const char *p = events[i].topic; *p != '\0'; p++)
			hash = (hash ^ (uint8_t)*p) * UINT64_C(1099511628211);
		for (const char *p = events[i].key; *p != '\0'; p++)
			hash = (hash ^ (uint8_t)*p) * UINT64_C(1099511628211);
		size_t at = (size_t)(hash ^ hash >> 32) & (slots - 1);
		while (table[at] != 0 && (strcmp(events[table[at] - 1].key, events[i].key) != 0 ||
		                          strcmp(events[table[at] - 1].topic, events[i].topic) != 0))
			at = (at + 1) & (slots - 1);
		last[i] = table[at] == 0;
		if (last[i])
			table[at] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < count; i++) {
		if (last[i])
			out[kept++] = events[i];
	}
	return kept;
}

static int
range_admit(struct core *c, struct reader *r, struct work *w, const struct event *events, size_t count, struct event *fresh,
            size_t *fresh_count)
{
	const struct core_store *s = &c->config.store;
	enum admission *admitted = arena_zalloc(c->arena, count, sizeof *admitted);
	size_t kept = 0;

	if (admitted == NULL)
		return STORE_RETRY;
	int result = s->keys_admit(w->tx, c->arena, r->follow->log_id, r->state.generation, events, count, admitted);
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		if (admitted[i] == ADMISSION_OLD)
			continue;
		fresh[kept] = events[i];
		fresh[kept++].first = admitted[i] == ADMISSION_FIRST;
	}
	*fresh_count = kept;
	if (result == STORE_OK && kept > 0 && r->status.parked > 0)
		result = s->unpark(w->tx, c->arena, r->follow->log_id, fresh, kept);
	return result;
}

static int
range_apply(struct core *c, struct reader *r, struct work *w, const struct event *events, size_t count)
{
	struct event *fresh = arena_zalloc(c->arena, count, sizeof *fresh);
	size_t fresh_count = 0, full = 0;

	if (fresh == NULL)
		return STORE_RETRY;
	int result = count == 0 ? STORE_OK : range_admit(c, r, w, events, count, fresh, &fresh_count);
	for (size_t i = 0; i < fresh_count; i++) {
		if (fresh[i].size > 0)
			fresh[full++] = fresh[i];
	}
	if (result == STORE_OK && full > 0)
		result = r->follow->apply(w, r->follow, fresh, full);
	CRASH_POINT("after_apply");
	if (result == STORE_OK)
		c->counters[CORE_EVENTS_IN] += full;
	return result;
}

/* After a resync: what did not come again is gone at the owner. */
static int
resync_finish(struct core *c, struct reader *r, struct work *w, struct reader_state *state)
{
	const struct core_store *s = &c->config.store;
	struct event *gone;
	size_t count;

	for (;;) {
		int result = s->keys_sweep(w->tx, c->arena, r->follow->log_id, state->generation, SWEEP_PAGE, &gone, &count);
		if (result != STORE_OK)
			return result;
		if (count == 0)
			break;
		for (size_t i = 0; i < count; i++) {
			result = r->follow->drop(w, r->follow, gone[i].topic, gone[i].key);
			if (result != STORE_OK)
				return result;
		}
	}
	state->resync_to = 0;
	log_info("log=%s resync=done", r->follow->log_id);
	return STORE_OK;
}

static int
cursor_move(struct core *c, struct reader *r, struct work *w, struct reader_state *state)
{
	const struct core_store *s = &c->config.store;
	int result = STORE_OK;

	state->cursor = cursor_of_batch(r->batch);
	if (state->resync_to == HEAD_UNKNOWN)
		state->resync_to = r->batch->head_seq;
	/* At the head all has come, even if a restore has put the head before where it was when the resync began. */
	bool all_came = state->cursor.seq >= state->resync_to || state->cursor.seq == r->batch->head_seq;
	if (r->state.resync_to != 0 && all_came)
		result = resync_finish(c, r, w, state);
	if (result == STORE_OK)
		result = s->reader_state_keep(w->tx, c->arena, r->follow->log_id, state);
	CRASH_POINT("after_cursor");
	return result;
}

/* The one event that cannot be applied is set aside with its reason; its key heals with its next version. In a resync
 * what stands under its key is of a history that is gone. */
static int
event_park(struct core *c, struct reader *r, struct work *w, const struct event *event)
{
	const struct core_store *s = &c->config.store;
	struct parked_event parked = { r->follow->log_id, *event, "apply failed" };
	enum admission admitted;

	int result = s->keys_admit(w->tx, c->arena, r->follow->log_id, r->state.generation, event, 1, &admitted);
	if (result != STORE_OK || admitted == ADMISSION_OLD)
		return result;
	if (r->state.resync_to != 0)
		result = r->follow->drop(w, r->follow, event->topic, event->key);
	if (result == STORE_OK)
		result = s->park(w->tx, c->arena, &parked, c->now_ms);
	return result;
}

/* What is tried: the first `count` events of a batch but those found guilty. */
struct trial {
	const struct event *events;
	size_t count, whole;        /* whole: of the batch */
	bool *guilty;
	size_t guilty_count;
};

static int
trial_apply(struct core *c, struct reader *r, struct work *w, const struct trial *t)
{
	struct event *sound = arena_zalloc(c->arena, t->count, sizeof *sound);
	size_t count = 0;

	if (sound == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < t->count; i++) {
		if (!t->guilty[i])
			sound[count++] = t->events[i];
	}
	return range_apply(c, r, w, sound, count);
}

/* The whole batch, its cursor and what is set aside, in one transaction: an effect whose event lies beyond the cursor
 * could not be told from another history's after a restore. */
static int
batch_commit(struct core *c, struct reader *r, const struct trial *t)
{
	struct reader_state state = r->state;
	struct work w;

	arena_reset(c->arena);
	int result = core_open(c, &w);
	if (result != STORE_OK)
		return result;
	result = trial_apply(c, r, &w, t);
	for (size_t i = 0; i < t->whole && result == STORE_OK; i++) {
		if (t->guilty[i])
			result = event_park(c, r, &w, &t->events[i]);
	}
	if (result == STORE_OK)
		result = cursor_move(c, r, &w, &state);
	if (result == STORE_OK)
		result = core_commit(c, &w);
	else
		core_rollback(c, &w);
	if (result == STORE_OK)
		r->state = state;
	if (result == STORE_OK && (r->status.parked > 0 || t->guilty_count > 0))   /* some may have healed */
		result = c->config.store.parked_count(c->config.store.self, r->follow->log_id, &r->status.parked);
	return result;
}

static int
prefix_try(struct core *c, struct reader *r, const struct trial *t, size_t count)
{
	struct trial prefix = *t;
	struct work w;

	prefix.count = count;
	arena_reset(c->arena);
	int result = core_begin(c, &w);
	if (result != STORE_OK)
		return result;
	result = trial_apply(c, r, &w, &prefix);
	core_rollback(c, &w);
	return result;
}

/* Bisects for the shortest prefix that fails: its last event is guilty. Nothing of it is kept. STORE_BROKEN: no event
 * is, what fails is our own doing. */
static int
guilty_find(struct core *c, struct reader *r, struct trial *t)
{
	size_t sound = 0, broken = t->whole;
	int result = prefix_try(c, r, t, broken);

	if (result == STORE_OK)
		return STORE_BROKEN;
	while (result != STORE_RETRY && result != CORE_FENCED && broken - sound > 1) {
		size_t middle = sound + (broken - sound) / 2;
		result = prefix_try(c, r, t, middle);
		if (result == STORE_OK)
			sound = middle;
		else
			broken = middle;
	}
	if (result == STORE_RETRY || result == CORE_FENCED)
		return result;
	const struct event *e = &t->events[broken - 1];
	log_error("log=%s event=%llu parked=1 topic=%s", r->follow->log_id, (unsigned long long)e->seq, e->topic);
	t->guilty[broken - 1] = true;
	t->guilty_count++;
	c->counters[CORE_EVENTS_PARKED]++;
	return STORE_OK;
}

static struct event *
events_of_batch(struct reader *r, size_t *count)
{
	const Bassin__V1__Batch *b = r->batch;
	struct event *all = arena_zalloc(r->arena, b->n_events, sizeof *all);
	struct event *kept = arena_zalloc(r->arena, b->n_events, sizeof *kept);

	if (all == NULL || kept == NULL)
		return NULL;
	for (size_t i = 0; i < b->n_events; i++) {
		const Bassin__V1__Event *e = b->events[i];
		all[i] = (struct event){ .seq = e->seq, .topic = e->topic, .key = e->key, .version = e->version,
			                 .type = (int)e->type, .at_ms = e->at_ms, .body = e->body.data, .size = e->body.len };
	}
	*count = last_of_each_key(r->arena, all, b->n_events, kept);
	return *count == SIZE_MAX ? NULL : kept;
}

static void
batch_apply(struct core *c, struct reader *r)
{
	size_t count = 0;
	struct cursor to = cursor_of_batch(r->batch);

	if (r->batch->n_events == 0 && cursor_equal(&to, &r->state.cursor) && r->state.resync_to == 0) {
		r->batch = NULL;
		return;
	}
	struct event *events = events_of_batch(r, &count);
	struct trial t = { .events = events, .count = count, .whole = count };
	t.guilty = arena_zalloc(r->arena, count, sizeof *t.guilty);
	int result = events == NULL || t.guilty == NULL ? STORE_RETRY : batch_commit(c, r, &t);
	while (result == STORE_BROKEN && t.guilty_count < count) {
		result = guilty_find(c, r, &t);
		if (result != STORE_OK)
			break;
		result = batch_commit(c, r, &t);
	}
	if (result == STORE_OK) {
		r->batch = NULL;
		r->apply_failures = 0;
		return;
	}
	/* Weather, or a bug of ours: it is fetched again from the cursor, later each time. */
	if (result == STORE_BROKEN)
		log_error("log=%s apply=broken", r->follow->log_id);
	reader_stop(r);
	r->apply_failures++;
	r->next_fetch_mono_ms = c->mono_ms + (r->apply_failures < 6 ? 50 << r->apply_failures : 3000);
	core_failed(c, result);
}

/* The frame that came while a batch is in hand waits: its arena is still in use. */
void
reader_step(struct core *c, struct reader *r)
{
	int result = r->reload ? reader_load(c, r) : STORE_OK;

	if (result != STORE_OK) {
		core_failed(c, result);
		return;
	}
	while (r->frame_count > 0 && r->batch == NULL)
		reader_hear(c, r);
	reader_ask(c, r);
	if (r->batch != NULL)
		batch_apply(c, r);
}

int64_t
reader_due(const struct core *c, const struct reader *r)
{
	if (r->frame_count > 0 || r->reload)
		return c->mono_ms;
	return r->in_flight ? r->answer_due_mono_ms : r->next_fetch_mono_ms;
}

/* ---- what services ask ------------------------------------------------------------------------------------------------- */
void
core_head_ask(struct core *c, size_t which, int64_t mono_ms)
{
	struct reader *r = &c->follows[which];

	BUG_IF(which >= c->config.follow_count);
	r->head_ask_id = fetch_id_make(c) | HEAD_ASK_BIT;
	r->head_asked_mono_ms = mono_ms;
	fetch_send(c, r, &r->state.cursor, r->head_ask_id, 0);
}

bool
core_head_heard(const struct core *c, size_t which, int64_t asked_mono_ms, uint64_t *head_seq)
{
	const struct reader *r = &c->follows[which];

	BUG_IF(which >= c->config.follow_count);
	*head_seq = r->head_answered_seq;
	return r->head_answered_for_mono_ms >= asked_mono_ms && r->head_answered_for_mono_ms > 0;
}

static struct reader *
reader_find(struct core *c, const char *log_id)
{
	for (size_t i = 0; i < c->config.follow_count; i++) {
		if (strcmp(c->follows[i].follow->log_id, log_id) == 0)
			return &c->follows[i];
	}
	return NULL;
}

/* The batch in hand follows the old cursor: it is dropped. What the reader then goes by is read from the store, so that
 * a commit that fails leaves it where it was. */
int
core_resync(struct work *w, const char *log_id)
{
	struct core *c = w->core;
	struct reader *r = reader_find(c, log_id);

	if (r == NULL)
		return -1;
	struct reader_state state = { .generation = r->state.generation + 1, .resync_to = HEAD_UNKNOWN };
	int result = c->config.store.reader_state_keep(w->tx, c->arena, log_id, &state);
	if (result != STORE_OK)
		return result;
	reader_stop(r);
	r->reload = true;
	log_warn("log=%s resync=begun", log_id);
	return STORE_OK;
}

int
core_parked_retry(struct work *w, const char *log_id)
{
	struct core *c = w->core;
	const struct core_store *s = &c->config.store;
	struct reader *r = reader_find(c, log_id);
	struct event *events;
	size_t count;

	if (r == NULL)
		return -1;
	int result = s->parked_load(w->tx, c->arena, log_id, PARKED_PAGE, &events, &count);
	if (result == STORE_OK && count > 0)
		result = r->follow->apply(w, r->follow, events, count);
	if (result == STORE_OK && count > 0)
		result = s->unpark(w->tx, c->arena, log_id, events, count);
	if (result == STORE_OK)
		r->status.parked = r->status.parked > count ? r->status.parked - (uint32_t)count : 0;
	return result;
}
