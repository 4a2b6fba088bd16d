/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store in memory with PostgreSQL's promises and its weather: transactions see a copy, the counter row has one writer,
 * a commit is there or not, a connection may go at any moment, and the process may die before or after any call.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

static struct sim_store *
store_of(const struct instance *i)
{
	return &i->world->stores[i->service];
}

void
sim_disconnect(struct instance *i)
{
	struct sim_store *s = store_of(i);

	i->connected = false;
	i->tx.open = false;
	if (s->lease == i)
		s->lease = NULL;
	if (s->writer == i)
		s->writer = NULL;
}

/* Before and after each call something may happen: death, a cut connection, or a pause while the others go on. */
static int
weather(struct instance *i)
{
	struct world *w = i->world;

	if (i->doomed)
		return STORE_RETRY;
	if (!w->calm && world_chance(w, w->chances.crash)) {
		w->faults++;
		world_trace(w, "instance %d dies", i->number);
		i->doomed = true;
		sim_disconnect(i);
		return STORE_RETRY;
	}
	if (!w->calm && world_chance(w, w->chances.cut)) {
		w->faults++;
		sim_disconnect(i);
	}
	if (!w->calm && w->depth == 0 && world_chance(w, w->chances.pause)) {
		int64_t until = w->now + 1 + (int64_t)world_below(w, 6000);
		w->faults++;
		w->depth++;
		i->silent_since = w->now;
		i->paused_until = until;
		world_trace(w, "instance %d pauses in a turn until %lld", i->number, (long long)until);
		world_turn_until(w, until);
		i->paused_until = 0;
		i->silent_since = 0;
		w->depth--;
	}
	return i->connected && w->now >= store_of(i)->away_until ? STORE_OK : STORE_RETRY;
}

static int
fails(struct instance *i)
{
	int result = weather(i);

	if (result != STORE_OK)
		sim_disconnect(i);
	return result;
}

static int
sim_connect(void *self, int64_t now_mono_ms)
{
	struct instance *i = self;

	(void)now_mono_ms;
	if (i->doomed || i->world->now < store_of(i)->away_until)
		return STORE_RETRY;
	i->connected = true;
	return STORE_OK;
}

static bool
sim_is_connected(void *self)
{
	return ((struct instance *)self)->connected;
}

static int
sim_ping(void *self)
{
	return fails(self);
}

/* A holder that has been silent for longer than the session may be loses it, as the server would see to. */
static void
holder_expire(struct instance *holder)
{
	struct world *w = holder->world;

	if (holder->silent_since > 0 && w->now - holder->silent_since > 2000)
		sim_disconnect(holder);
}

static int
sim_lease_try(void *self, bool *held)
{
	struct instance *i = self;
	struct sim_store *s = store_of(i);
	int result = fails(i);

	if (result != STORE_OK)
		return result;
	if (s->lease != NULL && s->lease != i)
		holder_expire(s->lease);
	if (s->lease == NULL)
		s->lease = i;
	*held = s->lease == i;
	return STORE_OK;
}

static int
sim_epoch_begin(void *self, const struct id *epoch, int64_t now_ms, uint64_t *first_seq)
{
	struct instance *i = self;
	struct data *d = &store_of(i)->data;
	int result = fails(i);

	(void)now_ms;
	if (result != STORE_OK)
		return result;
	if (store_of(i)->writer != NULL && store_of(i)->writer != i)
		return STORE_RETRY;
	if (d->epoch_count == EPOCHS_MAX) {
		world_fail(i->world, "too many epochs");
		return STORE_RETRY;
	}
	d->epoch = *epoch;
	d->epochs[d->epoch_count++] = (struct epoch_start){ *epoch, d->seq + 1 };
	*first_seq = d->seq + 1;
	return fails(i);
}

static int
sim_epochs_load(void *self, struct arena *a, struct epoch_start **out, size_t *count)
{
	struct instance *i = self;
	struct data *d = &store_of(i)->data;
	int result = fails(i);

	*count = d->epoch_count;
	*out = arena_memdup(a, d->epochs, d->epoch_count * sizeof d->epochs[0]);
	return result == STORE_OK && *out == NULL ? STORE_RETRY : result;
}

static int
sim_readers_load(void *self, struct arena *a, struct registered_reader **out, size_t *count)
{
	struct instance *i = self;
	struct data *d = &store_of(i)->data;
	int result = fails(i);

	*count = d->registered_count;
	*out = arena_memdup(a, d->registered, d->registered_count * sizeof d->registered[0]);
	return result == STORE_OK && *out == NULL ? STORE_RETRY : result;
}

static int
sim_reader_state_load(void *self, const char *log_id, struct reader_state *out)
{
	struct instance *i = self;

	(void)log_id;
	*out = store_of(i)->data.reader;
	return fails(i);
}

static int
sim_begin(void *self, const struct id *epoch, struct tx **out)
{
	struct instance *i = self;
	struct sim_store *s = store_of(i);

	*out = NULL;
	int result = fails(i);
	if (result != STORE_OK)
		return result;
	if (s->writer != NULL && s->writer != i)
		holder_expire(s->writer);
	if (s->writer != NULL && s->writer != i)
		return STORE_RETRY;   /* lock timeout */
	if (!id_equal(&s->data.epoch, epoch))
		return CORE_FENCED;
	s->writer = i;
	i->tx.of = i;
	i->tx.open = true;
	memcpy(&i->tx.data, &s->data, sizeof s->data);
	*out = &i->tx;
	return fails(i);
}

static void
tx_end(struct instance *i)
{
	i->tx.open = false;
	if (store_of(i)->writer == i)
		store_of(i)->writer = NULL;
}

static int
sim_commit(void *self, struct tx **tx)
{
	struct instance *i = self;
	struct sim_store *s = store_of(i);
	struct world *w = i->world;
	int result = fails(i);

	*tx = NULL;
	if (result == STORE_OK && (!i->tx.open || s->writer != i))
		result = STORE_RETRY;
	if (result == STORE_OK && (w->now < s->full_until || (!w->calm && world_chance(w, w->chances.deadlock)))) {
		w->faults++;
		tx_end(i);
		return STORE_RETRY;   /* rolled back for sure, and still connected */
	}
	if (result == STORE_OK)
		memcpy(&s->data, &i->tx.data, sizeof s->data);
	tx_end(i);
	if (result == STORE_OK && !w->calm && world_chance(w, w->chances.unknown)) {
		w->faults++;
		sim_disconnect(i);    /* done, but nobody tells */
		return STORE_RETRY;
	}
	return result == STORE_OK ? fails(i) : result;
}

static void
sim_rollback(void *self, struct tx **tx)
{
	*tx = NULL;
	tx_end(self);
}

/* A call inside the transaction: the connection must still be there, and the transaction with it. */
static int
inside(struct tx *tx)
{
	int result = fails(tx->of);

	return result == STORE_OK && !tx->open ? STORE_RETRY : result;
}

static int
sim_replies_find(struct tx *tx, struct arena *a, struct stored_reply *replies, size_t count)
{
	for (size_t r = 0; r < count; r++) {
		for (size_t k = 0; k < tx->data.reply_count; k++) {
			const struct sim_reply *kept = &tx->data.replies[k];
			if (!id_equal(&kept->id, &replies[r].request_id) || kept->principal != (uint8_t)replies[r].principal[0])
				continue;
			replies[r].found = true;
			memcpy(replies[r].found_digest, kept->digest, 32);
			replies[r].code = kept->code;
			replies[r].reply = arena_memdup(a, kept->frame, kept->size);
			replies[r].size = kept->size;
			if (replies[r].reply == NULL)
				return STORE_RETRY;
		}
	}
	return inside(tx);
}

static int
sim_replies_keep(struct tx *tx, struct arena *a, const struct stored_reply *replies, size_t count, int64_t now_ms)
{
	(void)a;
	(void)now_ms;
	for (size_t r = 0; r < count; r++) {
		BUG_IF(tx->data.reply_count == REPLIES_MAX || replies[r].size > REPLY_BYTES);
		struct sim_reply *kept = &tx->data.replies[tx->data.reply_count++];
		*kept = (struct sim_reply){ .principal = (uint8_t)replies[r].principal[0], .id = replies[r].request_id,
			                    .code = replies[r].code, .size = replies[r].size };
		memcpy(kept->digest, replies[r].digest, 32);
		memcpy(kept->frame, replies[r].reply, replies[r].size);
	}
	return inside(tx);
}

static int
sim_audit_keep(struct tx *tx, struct arena *a, const struct audit_line *lines, size_t count, int64_t now_ms)
{
	(void)a;
	(void)lines;
	(void)count;
	(void)now_ms;
	return inside(tx);
}

static int
sim_events_append(struct tx *tx, struct arena *a, const struct id *epoch, const struct event *events, size_t count)
{
	(void)a;
	if (!id_equal(&tx->data.epoch, epoch) || (count > 0 && events[0].seq != tx->data.seq + 1))
		return CORE_FENCED;
	for (size_t e = 0; e < count; e++) {
		if (tx->data.event_count == EVENTS_MAX) {
			world_fail(tx->of->world, "too many events");
			return STORE_RETRY;
		}
		struct sim_event *kept = &tx->data.events[tx->data.event_count++];
		*kept = (struct sim_event){ .seq = ++tx->data.seq, .version = events[e].version,
			                    .topic = strcmp(events[e].topic, toy_topic(TOPIC_ECHO)) == 0,
			                    .key = (uint8_t)toy_key_number(events[e].key) };
		Bassin__V1__Reply *body = bassin__v1__reply__unpack(NULL, events[e].size, events[e].body);
		BUG_IF(body == NULL || body->payload.len != sizeof kept->row);
		memcpy(&kept->row, body->payload.data, sizeof kept->row);
		bassin__v1__reply__free_unpacked(body, NULL);
	}
	return inside(tx);
}

/* The body on the wire is a Reply with the row as its payload: any message will do, and this one is at hand. */
static bool
event_fill(struct arena *a, const struct sim_event *from, struct event *out)
{
	static const char *const names[KEYS] = { "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11" };
	Bassin__V1__Reply body = BASSIN__V1__REPLY__INIT;

	body.payload = (ProtobufCBinaryData){ sizeof from->row, (uint8_t *)(uintptr_t)&from->row };
	*out = (struct event){ .seq = from->seq, .topic = toy_topic(from->topic), .key = names[from->key],
		               .version = from->version, .type = 1 };
	out->body = arena_pack(a, &body.base, &out->size);
	return out->body != NULL;
}

static int
sim_events_read(void *self, struct arena *a, uint64_t after, uint64_t up_to, const char *const *topics, size_t topic_count,
                size_t max_events, struct event **out, size_t *count)
{
	struct instance *i = self;
	const struct data *d = &store_of(i)->data;

	*count = 0;
	*out = arena_zalloc(a, max_events, sizeof **out);
	for (size_t e = 0; e < d->event_count && *count < max_events && *out != NULL; e++) {
		const struct sim_event *event = &d->events[e];
		bool wanted = false;
		for (size_t t = 0; t < topic_count; t++)
			wanted = wanted || strcmp(topics[t], toy_topic(event->topic)) == 0;
		if (event->seq > after && event->seq <= up_to && wanted && !event_fill(a, event, &(*out)[(*count)++]))
			return STORE_RETRY;
	}
	return *out == NULL ? STORE_RETRY : fails(i);
}

static int
sim_reader_state_keep(struct tx *tx, struct arena *a, const char *log_id, const struct reader_state *state)
{
	(void)a;
	(void)log_id;
	tx->data.reader = *state;
	return inside(tx);
}

static int
sim_keys_admit(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, const struct event *events,
               size_t count, enum admission *admitted)
{
	(void)a;
	(void)log_id;
	for (size_t e = 0; e < count; e++) {
		struct sim_key *k = &tx->data.keys[toy_key_number(events[e].key)];
		bool newer = !k->seen || k->generation != generation || events[e].version > k->version;
		admitted[e] = !newer ? ADMISSION_OLD : k->seen ? ADMISSION_NEWER : ADMISSION_FIRST;
		if (newer) {
			k->seen = true;
			k->version = events[e].version;
			k->generation = generation;
		}
	}
	return inside(tx);
}

static int
sim_keys_sweep(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, size_t max, struct event **out,
               size_t *count)
{
	struct sim_event gone = { .topic = tx->of->service == VIEW ? TOPIC_ROW : TOPIC_ECHO };

	(void)log_id;
	*count = 0;
	*out = arena_zalloc(a, KEYS, sizeof **out);
	for (int k = 0; k < KEYS && *count < max && *out != NULL; k++) {
		struct sim_key *key = &tx->data.keys[k];
		if (!key->seen || key->generation == generation)
			continue;
		gone.key = (uint8_t)k;
		if (!event_fill(a, &gone, &(*out)[(*count)++]))
			return STORE_RETRY;
		*key = (struct sim_key){ .seen = false };
	}
	return *out == NULL ? STORE_RETRY : inside(tx);
}

static int
sim_park(struct tx *tx, struct arena *a, const struct parked_event *parked, int64_t now_ms)
{
	(void)a;
	(void)now_ms;
	tx->data.keys[toy_key_number(parked->event.key)].parked = true;
	return inside(tx);
}

static int
sim_unpark(struct tx *tx, struct arena *a, const char *log_id, const struct event *events, size_t count)
{
	(void)a;
	(void)log_id;
	for (size_t e = 0; e < count; e++)
		tx->data.keys[toy_key_number(events[e].key)].parked = false;
	return inside(tx);
}

static int
sim_parked_load(struct tx *tx, struct arena *a, const char *log_id, size_t max, struct event **out, size_t *count)
{
	(void)a;
	(void)log_id;
	(void)max;
	*out = NULL;
	*count = 0;
	return inside(tx);
}

static int
sim_parked_count(void *self, const char *log_id, uint32_t *count)
{
	struct instance *i = self;

	(void)log_id;
	*count = 0;
	for (int k = 0; k < KEYS; k++)
		*count += store_of(i)->data.keys[k].parked;
	return fails(i);
}

static int
sim_readers_keep(struct tx *tx, struct arena *a, const struct registered_reader *readers, size_t count)
{
	(void)a;
	BUG_IF(count > 4);
	memcpy(tx->data.registered, readers, count * sizeof *readers);
	tx->data.registered_count = count;
	return inside(tx);
}

static int
sim_tidy(struct tx *tx, struct arena *a, uint64_t applied, int64_t replies_before_ms)
{
	struct data *d = &tx->data;
	size_t kept = 0;

	(void)a;
	(void)replies_before_ms;
	for (size_t e = 0; e < d->event_count; e++) {
		bool superseded = false;
		for (size_t later = e + 1; later < d->event_count; later++)
			superseded = superseded || (d->events[later].topic == d->events[e].topic &&
			                            d->events[later].key == d->events[e].key);
		if (!superseded || d->events[e].seq > applied)
			d->events[kept++] = d->events[e];
	}
	d->event_count = kept;
	return inside(tx);
}

/* An older copy takes the place of the store: what was acknowledged since is gone, and every connection with it. */
void
sim_store_restore(struct world *w, int service)
{
	struct sim_store *s = &w->stores[service];
	int which = (int)world_below(w, SNAPSHOTS);

	if (!s->has_snapshot[which])
		return;
	w->faults++;
	world_trace(w, "store %d is restored: head %llu -> %llu", service, (unsigned long long)s->data.seq,
	            (unsigned long long)s->snapshots[which].seq);
	for (int i = 0; i < INSTANCES; i++) {
		if (w->instances[i].service == service)
			sim_disconnect(&w->instances[i]);
	}
	w->restored[service] = true;   /* stored answers may be gone as well */
	for (int t = 0; t < TOKENS && service == INTAKE; t++) {
		if (s->snapshots[which].applied[t] == 0 && s->data.applied[t] > 0)
			w->commands[t].excused = true;
	}
	memcpy(&s->data, &s->snapshots[which], sizeof s->data);
	for (int k = 0; k < SNAPSHOTS; k++)   /* those taken since are of a history that did not happen */
		s->has_snapshot[k] = s->has_snapshot[k] && s->snapshots[k].seq <= s->data.seq;
}

struct core_store
sim_store_of(struct instance *i)
{
	return (struct core_store){ .self = i, .connect = sim_connect, .lease_try = sim_lease_try,
		.is_connected = sim_is_connected, .ping = sim_ping, .epoch_begin = sim_epoch_begin,
		.epochs_load = sim_epochs_load, .readers_load = sim_readers_load, .reader_state_load = sim_reader_state_load,
		.begin = sim_begin, .open = sim_begin, .commit = sim_commit, .rollback = sim_rollback, .replies_find = sim_replies_find,
		.replies_keep = sim_replies_keep, .audit_keep = sim_audit_keep, .events_append = sim_events_append,
		.events_read = sim_events_read, .reader_state_keep = sim_reader_state_keep, .keys_admit = sim_keys_admit,
		.keys_sweep = sim_keys_sweep, .park = sim_park, .unpark = sim_unpark, .parked_load = sim_parked_load,
		.parked_count = sim_parked_count, .readers_keep = sim_readers_keep, .tidy = sim_tidy };
}
