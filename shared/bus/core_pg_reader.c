/* SPDX-License-Identifier: Apache-2.0 */
/* What this store knows of the logs that it follows: cursor, versions seen, events set aside. */
#include "bus/core_pg_priv.h"

#include <string.h>

int
core_pg_reader_state_load(void *self, const char *log_id, struct reader_state *out)
{
	struct core_pg *pg = self;
	struct rows *rows;
	struct params p = params_new(pg->scratch);

	*out = (struct reader_state){ 0 };
	param_text(&p, log_id);
	int rc = store_run(pg->store, &SQL_core_reader_state_load, &p, &rows);
	if (rc != STORE_OK || rows_count(rows) == 0)
		return rc;
	(void)rows_id(rows, 0, 0, &out->cursor.epoch);
	out->cursor.seq = (uint64_t)rows_int(rows, 0, 1);
	out->generation = (uint32_t)rows_int(rows, 0, 2);
	out->resync_to = (uint64_t)rows_int(rows, 0, 3);
	return STORE_OK;
}

int
core_pg_reader_state_keep(struct tx *tx, struct arena *a, const char *log_id, const struct reader_state *state)
{
	struct params p = params_new(a);

	param_text(&p, log_id);
	param_id(&p, &state->cursor.epoch);
	param_int(&p, as_bigint(state->cursor.seq));
	param_int(&p, state->generation);
	param_int(&p, as_bigint(state->resync_to));
	return tx_queue(tx, &SQL_core_reader_state_keep, &p);
}

/* Topics and keys of events as two parameters. */
static bool
params_of_keys(struct params *p, struct arena *a, const struct event *events, size_t count)
{
	const char **topics = arena_zalloc(a, count, sizeof *topics), **keys = arena_zalloc(a, count, sizeof *keys);

	if (topics == NULL || keys == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		topics[i] = events[i].topic;
		keys[i] = events[i].key;
	}
	param_texts(p, topics, count);
	param_texts(p, keys, count);
	return true;
}

/* Rows come in the order of events as a rule, so the search goes on where the last one ended. */
static void
admitted_mark(const struct rows *rows, const struct event *events, size_t count, enum admission *admitted)
{
	size_t at = 0;

	for (int i = 0; i < rows_count(rows); i++) {
		const char *topic = rows_text(rows, i, 0), *key = rows_text(rows, i, 1);
		size_t tries = 0;
		while (strcmp(events[at].key, key) != 0 || strcmp(events[at].topic, topic) != 0) {
			at = (at + 1) % count;
			BUG_IF(++tries > count);
		}
		admitted[at] = rows_bool(rows, i, 2) ? ADMISSION_FIRST : ADMISSION_NEWER;
	}
}

static int
keys_upsert(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, const struct event *events, size_t count,
            enum admission *admitted)
{
	int64_t *versions = arena_zalloc(a, count, sizeof *versions);
	struct params p = params_new(a);
	struct rows *rows;

	if (versions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++)
		versions[i] = as_bigint(events[i].version);
	param_text(&p, log_id);
	param_int(&p, generation);
	if (!params_of_keys(&p, a, events, count))
		return STORE_RETRY;
	param_ints(&p, versions, count);
	int rc = tx_run(tx, &SQL_core_keys_admit, &p, &rows);
	if (rc == STORE_OK)
		admitted_mark(rows, events, count, admitted);
	return rc;
}

/* The keys that nobody has seen go in by COPY. */
static int
keys_copy(struct tx *tx, struct arena *a, const char *log_id, int64_t generation, const struct event *events, size_t count)
{
	const char **topics = arena_zalloc(a, count, sizeof *topics), **keys = arena_zalloc(a, count, sizeof *keys);
	int64_t *versions = arena_zalloc(a, count, sizeof *versions);

	if (topics == NULL || keys == NULL || versions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		topics[i] = events[i].topic;
		keys[i] = events[i].key;
		versions[i] = as_bigint(events[i].version);
	}
	const struct copy_column columns[] = {
		{ .kind = COPY_TEXT, .texts = &log_id, .same = true }, { .kind = COPY_TEXT, .texts = topics },
		{ .kind = COPY_TEXT, .texts = keys }, { .kind = COPY_INT8, .ints = versions },
		{ .kind = COPY_INT8, .ints = &generation, .same = true },
	};
	return tx_copy(tx, a, &SQL_core_keys_copy, columns, COUNT_OF(columns), count);
}

static void
known_mark(const struct rows *rows, uint32_t generation, const struct event *events, size_t count, enum admission *admitted)
{
	for (size_t i = 0; i < count; i++)
		admitted[i] = ADMISSION_FIRST;
	for (int i = 0; i < rows_count(rows); i++) {
		size_t n = (size_t)rows_int(rows, i, 0);
		BUG_IF(n < 1 || n > count);
		int64_t version = rows_int(rows, i, 1), seen_in = rows_int(rows, i, 2);
		bool newer = seen_in < generation || (seen_in == generation && version < as_bigint(events[n - 1].version));
		admitted[n - 1] = newer ? ADMISSION_NEWER : ADMISSION_OLD;
	}
}

/* Looks first, then writes: half of the server's time where most keys are new. Nobody else writes meanwhile. */
static int
keys_admit_many(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, const struct event *events,
                size_t count, enum admission *admitted)
{
	struct event *first = arena_zalloc(a, count, sizeof *first), *newer = arena_zalloc(a, count, sizeof *newer);
	enum admission *again = arena_zalloc(a, count, sizeof *again);
	size_t first_count = 0, newer_count = 0;
	struct params p = params_new(a);
	struct rows *rows;

	param_text(&p, log_id);
	if (first == NULL || newer == NULL || again == NULL || !params_of_keys(&p, a, events, count))
		return STORE_RETRY;
	int rc = tx_run(tx, &SQL_core_keys_known, &p, &rows);
	if (rc != STORE_OK)
		return rc;
	known_mark(rows, generation, events, count, admitted);
	for (size_t i = 0; i < count; i++) {
		if (admitted[i] == ADMISSION_FIRST)
			first[first_count++] = events[i];
		else if (admitted[i] == ADMISSION_NEWER)
			newer[newer_count++] = events[i];
	}
	if (newer_count > 0)
		rc = keys_upsert(tx, a, log_id, generation, newer, newer_count, again);
	return rc == STORE_OK ? keys_copy(tx, a, log_id, generation, first, first_count) : rc;
}

int
core_pg_keys_admit(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, const struct event *events,
                   size_t count, enum admission *admitted)
{
	for (size_t i = 0; i < count; i++) {
		admitted[i] = ADMISSION_OLD;
		if (events[i].version > INT64_MAX)
			return STORE_BROKEN;   /* nobody of ours counts that far */
	}
	if (count == 0)
		return STORE_OK;
	return (count < TX_COPY_ROWS ? keys_upsert : keys_admit_many)(tx, a, log_id, generation, events, count, admitted);
}

int
core_pg_keys_sweep(struct tx *tx, struct arena *a, const char *log_id, uint32_t generation, size_t max,
                   struct event **out, size_t *count)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = NULL;
	*count = 0;
	param_text(&p, log_id);
	param_int(&p, generation);
	param_int(&p, max < INT32_MAX ? (int64_t)max : INT32_MAX);
	int rc = tx_run(tx, &SQL_core_keys_sweep, &p, &rows);
	if (rc != STORE_OK)
		return rc;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		struct event *e = &(*out)[i];
		e->topic = arena_strdup(a, rows_text(rows, i, 0));
		e->key = arena_strdup(a, rows_text(rows, i, 1));
		e->version = (uint64_t)rows_int(rows, i, 2);
		if (e->topic == NULL || e->key == NULL)
			return STORE_RETRY;
	}
	*count = (size_t)rows_count(rows);
	return STORE_OK;
}

/* ---- events set aside -------------------------------------------------------------------------------------------- */

int
core_pg_park(struct tx *tx, struct arena *a, const struct parked_event *parked, int64_t now_ms)
{
	const struct event *e = &parked->event;
	struct params p = params_new(a);

	param_text(&p, parked->log_id);
	param_text(&p, e->topic);
	param_text(&p, e->key);
	param_int(&p, as_bigint(e->seq));
	param_int(&p, as_bigint(e->version));
	param_int(&p, e->type);
	param_int(&p, e->at_ms);
	param_int(&p, now_ms);
	param_text(&p, parked->reason != NULL ? parked->reason : "");
	param_bytes(&p, e->size > 0 ? e->body : (const uint8_t *)"", e->size);
	return tx_run(tx, &SQL_core_park, &p, NULL);
}

int
core_pg_unpark(struct tx *tx, struct arena *a, const char *log_id, const struct event *events, size_t count)
{
	struct params p = params_new(a);

	param_text(&p, log_id);
	if (!params_of_keys(&p, a, events, count))
		return STORE_RETRY;
	return count > 0 ? tx_queue(tx, &SQL_core_unpark, &p) : STORE_OK;
}

int
core_pg_parked_load(struct tx *tx, struct arena *a, const char *log_id, size_t max, struct event **out, size_t *count)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = NULL;
	*count = 0;
	param_text(&p, log_id);
	param_int(&p, max < INT32_MAX ? (int64_t)max : INT32_MAX);
	int rc = tx_run(tx, &SQL_core_parked_load, &p, &rows);
	return rc == STORE_OK ? core_pg_events_copy(rows, a, out, count) : rc;
}

int
core_pg_parked_count(void *self, const char *log_id, uint32_t *count)
{
	struct core_pg *pg = self;
	struct rows *rows;
	struct params p = params_new(pg->scratch);

	*count = 0;
	param_text(&p, log_id);
	int rc = store_run(pg->store, &SQL_core_parked_count, &p, &rows);
	if (rc == STORE_OK)
		*count = (uint32_t)rows_int(rows, 0, 0);
	return rc;
}
