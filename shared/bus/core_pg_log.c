/* SPDX-License-Identifier: Apache-2.0 */
/* The store's own event log: epochs, numbering, reading, registered readers, compaction. */
#include "bus/core_pg_priv.h"

#include <stdio.h>
#include <string.h>

int
core_pg_epoch_begin(void *self, const struct id *epoch, int64_t now_ms, uint64_t *first_seq)
{
	struct core_pg *pg = self;
	struct rows *rows;

	if (!store_is_connected(pg->store))
		return STORE_RETRY;
	BUG_IF(!store_has_lease(pg->store));
	arena_reset(pg->scratch);
	struct params p = params_new(pg->scratch);
	param_id(&p, epoch);
	param_int(&p, now_ms);
	int rc = store_run(pg->store, &SQL_core_epoch_begin, &p, &rows);
	if (rc == STORE_OK && rows_count(rows) != 1)
		return STORE_BROKEN;           /* event_head has lost its row */
	if (rc == STORE_OK)
		*first_seq = (uint64_t)rows_int(rows, 0, 0);
	return rc;
}

int
core_pg_epochs_load(void *self, struct arena *a, struct epoch_start **out, size_t *count)
{
	struct core_pg *pg = self;
	struct rows *rows;

	*out = NULL;
	*count = 0;
	int rc = store_run(pg->store, &SQL_core_epochs_load, NULL, &rows);
	if (rc != STORE_OK)
		return rc;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		(void)rows_id(rows, i, 0, &(*out)[i].epoch);
		(*out)[i].first_seq = (uint64_t)rows_int(rows, i, 1);
	}
	*count = (size_t)rows_count(rows);
	return STORE_OK;
}

int
core_pg_readers_load(void *self, struct arena *a, struct registered_reader **out, size_t *count)
{
	struct core_pg *pg = self;
	struct rows *rows;

	*out = NULL;
	*count = 0;
	int rc = store_run(pg->store, &SQL_core_readers_load, NULL, &rows);
	if (rc != STORE_OK)
		return rc;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		struct registered_reader *r = &(*out)[i];
		(void)snprintf(r->name, sizeof r->name, "%s", rows_text(rows, i, 0));
		r->applied_seq = (uint64_t)rows_int(rows, i, 1);
		r->seen_ms = rows_int(rows, i, 2);
	}
	*count = (size_t)rows_count(rows);
	return STORE_OK;
}

int
core_pg_readers_keep(struct tx *tx, struct arena *a, const struct registered_reader *readers, size_t count)
{
	const char **names = arena_zalloc(a, count, sizeof *names);
	int64_t *applied = arena_zalloc(a, count, sizeof *applied), *seen = arena_zalloc(a, count, sizeof *seen);
	struct params p = params_new(a);

	if (names == NULL || applied == NULL || seen == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		names[i] = readers[i].name;
		applied[i] = as_bigint(readers[i].applied_seq);
		seen[i] = readers[i].seen_ms;
	}
	param_texts(&p, names, count);
	param_ints(&p, applied, count);
	param_ints(&p, seen, count);
	return count > 0 ? tx_queue(tx, &SQL_core_readers_keep, &p) : STORE_OK;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

struct event_columns {
	const char **topics, **keys;
	int64_t *seqs, *versions, *types, *times;
	struct bytes *bodies;
};

static bool
event_columns_make(struct arena *a, size_t n, struct event_columns *c)
{
	c->topics = arena_zalloc(a, n, sizeof *c->topics);
	c->keys = arena_zalloc(a, n, sizeof *c->keys);
	c->seqs = arena_zalloc(a, n, sizeof *c->seqs);
	c->versions = arena_zalloc(a, n, sizeof *c->versions);
	c->types = arena_zalloc(a, n, sizeof *c->types);
	c->times = arena_zalloc(a, n, sizeof *c->times);
	c->bodies = arena_zalloc(a, n, sizeof *c->bodies);
	return c->topics != NULL && c->keys != NULL && c->seqs != NULL && c->versions != NULL && c->types != NULL && c->times != NULL &&
	       c->bodies != NULL;
}

static int
events_copy(struct tx *tx, struct arena *a, const struct event_columns *c, size_t count)
{
	const struct copy_column columns[] = {
		{ .kind = COPY_INT8, .ints = c->seqs }, { .kind = COPY_TEXT, .texts = c->topics },
		{ .kind = COPY_TEXT, .texts = c->keys }, { .kind = COPY_INT8, .ints = c->versions },
		{ .kind = COPY_INT4, .ints = c->types }, { .kind = COPY_INT8, .ints = c->times },
		{ .kind = COPY_BYTES, .bytess = c->bodies },
	};

	return tx_copy(tx, a, &SQL_core_events_copy, columns, COUNT_OF(columns), count);
}

int
core_pg_events_append(struct tx *tx, struct arena *a, const struct id *epoch, const struct event *events, size_t count)
{
	struct event_columns c;
	struct params p = params_new(a);

	if (count == 0)
		return STORE_OK;
	if (!event_columns_make(a, count, &c))
		return STORE_RETRY;
	param_id(&p, epoch);
	param_int(&p, as_bigint(events[0].seq - 1));
	param_int(&p, (int64_t)count);
	for (size_t i = 0; i < count; i++) {
		if (events[i].version > INT64_MAX)
			return STORE_BROKEN;
		c.seqs[i] = as_bigint(events[i].seq);
		c.topics[i] = events[i].topic;
		c.keys[i] = events[i].key;
		c.versions[i] = as_bigint(events[i].version);
		c.types[i] = events[i].type;
		c.times[i] = events[i].at_ms;
		c.bodies[i] = (struct bytes){ events[i].size > 0 ? events[i].body : (const uint8_t *)"", events[i].size };
	}
	if (count >= TX_COPY_ROWS) {
		int rc = tx_queue(tx, &SQL_core_events_advance, &p);
		return rc == STORE_OK ? events_copy(tx, a, &c, count) : rc;
	}
	param_texts(&p, c.topics, count);
	param_texts(&p, c.keys, count);
	param_ints(&p, c.versions, count);
	param_ints(&p, c.types, count);
	param_ints(&p, c.times, count);
	param_bytess(&p, c.bodies, count);
	return tx_queue(tx, &SQL_core_events_append, &p);
}

int
core_pg_events_copy(const struct rows *rows, struct arena *a, struct event **out, size_t *count)
{
	*count = (size_t)rows_count(rows);
	*out = arena_zalloc(a, *count, sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		struct event *e = &(*out)[i];
		struct bytes body = rows_bytes(rows, i, 6);
		e->seq = (uint64_t)rows_int(rows, i, 0);
		e->topic = arena_strdup(a, rows_text(rows, i, 1));
		e->key = arena_strdup(a, rows_text(rows, i, 2));
		e->version = (uint64_t)rows_int(rows, i, 3);
		e->type = (int)rows_int(rows, i, 4);
		e->at_ms = rows_int(rows, i, 5);
		e->body = arena_memdup(a, body.data, body.size);
		e->size = body.size;
		if (e->topic == NULL || e->key == NULL || e->body == NULL)
			return STORE_RETRY;
	}
	return STORE_OK;
}

int
core_pg_events_read(void *self, struct arena *a, uint64_t after, uint64_t up_to, const char *const *topics,
                    size_t topic_count, size_t max_events, struct event **out, size_t *count)
{
	struct core_pg *pg = self;
	struct params p = params_new(a);
	struct rows *rows;

	*out = NULL;
	*count = 0;
	if (after >= INT64_MAX)
		return STORE_OK;               /* no event can lie there */
	param_int(&p, as_bigint(after));
	param_int(&p, up_to < INT64_MAX ? as_bigint(up_to) : INT64_MAX);
	param_texts(&p, topics, topic_count);
	param_int(&p, max_events < INT32_MAX ? (int64_t)max_events : INT32_MAX);
	int rc = store_run(pg->store, &SQL_core_events_read, &p, &rows);
	return rc == STORE_OK ? core_pg_events_copy(rows, a, out, count) : rc;
}

int
core_pg_events_blank(struct tx *tx, struct arena *a, const char *const *topics, const char *const *keys, size_t count)
{
	struct params p = params_new(a);

	param_texts(&p, topics, count);
	param_texts(&p, keys, count);
	return tx_run(tx, &SQL_core_events_blank, &p, NULL);
}

int
core_pg_events_last(struct tx *tx, struct arena *a, const char *const *topics, const char *const *keys, size_t count,
                    struct event **out, size_t *found)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = NULL;
	*found = 0;
	param_texts(&p, topics, count);
	param_texts(&p, keys, count);
	int rc = tx_run(tx, &SQL_core_events_last, &p, &rows);
	return rc == STORE_OK ? core_pg_events_copy(rows, a, out, found) : rc;
}

int
core_pg_tidy(struct tx *tx, struct arena *a, uint64_t applied, int64_t replies_before_ms)
{
	struct params up_to = params_new(a), before = params_new(a);

	param_int(&up_to, applied < INT64_MAX ? as_bigint(applied) : INT64_MAX);
	param_int(&before, replies_before_ms);
	int rc = tx_run(tx, &SQL_core_tidy_events, &up_to, NULL);
	return rc == STORE_OK ? tx_run(tx, &SQL_core_tidy_replies, &before, NULL) : rc;
}
