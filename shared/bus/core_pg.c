/* SPDX-License-Identifier: Apache-2.0 */
/* The core's store on PostgreSQL: connection, fence, stored replies, audit trail. */
#include "bus/core_pg.h"

#include <stdlib.h>
#include <string.h>
#include "bus/core_pg_priv.h"
#include "bus/policy.h"

#define SCRATCH_MAX (1u * MiB)

struct core_pg *
core_pg_new(struct store *s)
{
	struct core_pg *pg = calloc(1, sizeof *pg);

	if (pg == NULL)
		return NULL;
	pg->store = s;
	pg->scratch = arena_new(SCRATCH_MAX);
	if (pg->scratch == NULL)
		core_pg_destroy(&pg);
	return pg;
}

void
core_pg_destroy(struct core_pg **self)
{
	if (*self == NULL)
		return;
	arena_destroy(&(*self)->scratch);
	free(*self);
	*self = NULL;
}

static int
pg_connect(void *self, int64_t now_mono_ms)
{
	struct core_pg *pg = self;

	return store_connect(pg->store, now_mono_ms);
}

static int
pg_lease_try(void *self, bool *held)
{
	struct core_pg *pg = self;

	return store_lease_try(pg->store, held);
}

static bool
pg_is_connected(void *self)
{
	struct core_pg *pg = self;

	return store_is_connected(pg->store);
}

static int
pg_ping(void *self)
{
	struct core_pg *pg = self;

	return store_run(pg->store, &SQL_core_ping, NULL, NULL);
}

static void
pg_rollback(void *self, struct tx **tx)
{
	(void)self;
	tx_rollback(tx);
}

static int
begin(struct core_pg *pg, const struct id *epoch, bool waiting, struct tx **out)
{
	int rc = tx_begin(pg->store, out);

	if (rc != STORE_OK)
		return rc;
	arena_reset(pg->scratch);
	struct params p = params_new(pg->scratch);
	param_id(&p, epoch);
	rc = waiting ? tx_run(*out, &SQL_core_fence, &p, NULL) : tx_queue(*out, &SQL_core_fence, &p);
	if (rc != STORE_OK)
		tx_rollback(out);
	return rc;
}

static int
pg_begin(void *self, const struct id *epoch, struct tx **out)
{
	return begin(self, epoch, true, out);
}

static int
pg_open(void *self, const struct id *epoch, struct tx **out)
{
	return begin(self, epoch, false, out);
}

static int
pg_commit(void *self, struct tx **tx)
{
	(void)self;
	return tx_commit(tx);
}

/* ---- stored replies ---------------------------------------------------------------------------------------------- */

static int
reply_take(const struct rows *rows, int row, struct arena *a, struct stored_reply *out)
{
	struct bytes digest = rows_bytes(rows, row, 1), reply = rows_bytes(rows, row, 3);

	if (digest.size != sizeof out->found_digest)
		return STORE_BROKEN;
	memcpy(out->found_digest, digest.data, digest.size);
	out->code = (int)rows_int(rows, row, 2);
	out->reply = arena_memdup(a, reply.data, reply.size);
	out->size = reply.size;
	out->found = true;
	return out->reply != NULL ? STORE_OK : STORE_RETRY;
}

static int
pg_replies_newest(void *self, struct id *out)
{
	struct core_pg *pg = self;
	struct rows *rows;

	*out = (struct id){ { 0 } };
	int rc = store_run(pg->store, &SQL_core_replies_newest, NULL, &rows);
	if (rc == STORE_OK && rows_count(rows) > 0)
		(void)rows_id(rows, 0, 0, out);
	return rc;
}

static int
pg_replies_find(struct tx *tx, struct arena *a, struct stored_reply *replies, size_t count)
{
	const char **principals = arena_zalloc(a, count, sizeof *principals);
	struct id *ids = arena_zalloc(a, count, sizeof *ids);
	struct params p = params_new(a);
	struct rows *rows;

	if (principals == NULL || ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		replies[i].found = false;
		principals[i] = replies[i].principal;
		ids[i] = replies[i].request_id;
	}
	param_texts(&p, principals, count);
	param_ids(&p, ids, count);
	int rc = count > 0 ? tx_run(tx, &SQL_core_replies_find, &p, &rows) : STORE_OK;
	for (int i = 0; rc == STORE_OK && count > 0 && i < rows_count(rows); i++) {
		size_t n = (size_t)rows_int(rows, i, 0);
		BUG_IF(n < 1 || n > count);
		rc = reply_take(rows, i, a, &replies[n - 1]);
	}
	return rc;
}

/* A bytea that may be empty but is never NULL. */
static struct bytes
bytes_of(const void *data, size_t size)
{
	return (struct bytes){ data != NULL ? data : "", size };
}

static int
pg_replies_keep(struct tx *tx, struct arena *a, const struct stored_reply *replies, size_t count, int64_t now_ms)
{
	const char **principals = arena_zalloc(a, count, sizeof *principals);
	struct id *ids = arena_zalloc(a, count, sizeof *ids);
	struct bytes *digests = arena_zalloc(a, count, sizeof *digests), *texts = arena_zalloc(a, count, sizeof *texts);
	int64_t *codes = arena_zalloc(a, count, sizeof *codes);
	struct params p = params_new(a);

	if (principals == NULL || ids == NULL || digests == NULL || texts == NULL || codes == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		principals[i] = replies[i].principal;
		ids[i] = replies[i].request_id;
		digests[i] = bytes_of(replies[i].digest, sizeof replies[i].digest);
		codes[i] = replies[i].code;
		texts[i] = bytes_of(replies[i].reply, replies[i].size);
	}
	param_int(&p, now_ms);
	param_texts(&p, principals, count);
	param_ids(&p, ids, count);
	param_bytess(&p, digests, count);
	param_ints(&p, codes, count);
	param_bytess(&p, texts, count);
	return count > 0 ? tx_queue(tx, &SQL_core_replies_keep, &p) : STORE_OK;
}

/* ---- audit trail ------------------------------------------------------------------------------------------------- */

/* One array for each column of a line. */
struct audit_columns {
	const char **principals, **roles, **institutions, **acts, **subjects, **refusals, **subject_ids;
	int64_t *types, *codes;
	struct id *request_ids;
};

static bool
audit_columns_make(struct arena *a, size_t n, struct audit_columns *c)
{
	const char ***texts[] = { &c->principals, &c->roles, &c->institutions, &c->acts, &c->subjects, &c->refusals,
		&c->subject_ids };
	bool made = true;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		*texts[i] = arena_zalloc(a, n, sizeof(const char *));
		made = made && *texts[i] != NULL;
	}
	c->types = arena_zalloc(a, n, sizeof *c->types);
	c->codes = arena_zalloc(a, n, sizeof *c->codes);
	c->request_ids = arena_zalloc(a, n, sizeof *c->request_ids);
	return made && c->types != NULL && c->codes != NULL && c->request_ids != NULL;
}

static int
pg_audit_keep(struct tx *tx, struct arena *a, const struct audit_line *lines, size_t count, int64_t now_ms)
{
	struct audit_columns c;
	struct params p = params_new(a);

	if (!audit_columns_make(a, count, &c))
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		const struct principal *who = lines[i].who;
		c.principals[i] = who->name;
		c.roles[i] = role_to_text(who->role);
		c.institutions[i] = who->institution;
		c.acts[i] = who->acts != ROLE_NONE ? role_to_text(who->acts) : "";
		c.subjects[i] = who->subject;
		c.refusals[i] = lines[i].refusal;
		c.subject_ids[i] = lines[i].subject_ids;
		c.types[i] = lines[i].type;
		c.codes[i] = lines[i].code;
		c.request_ids[i] = lines[i].request_id;
	}
	param_int(&p, now_ms);
	param_texts(&p, c.principals, count);
	param_texts(&p, c.roles, count);
	param_texts(&p, c.institutions, count);
	param_texts(&p, c.acts, count);
	param_texts(&p, c.subjects, count);
	param_ints(&p, c.types, count);
	param_ids(&p, c.request_ids, count);
	param_ints(&p, c.codes, count);
	param_texts(&p, c.refusals, count);
	param_texts(&p, c.subject_ids, count);
	return count > 0 ? tx_queue(tx, &SQL_core_audit_keep, &p) : STORE_OK;
}

static bool
audit_row_take(const struct rows *rows, int i, struct arena *a, struct audit_row *out)
{
	const char **texts[] = { &out->principal, &out->role, &out->institution, &out->acts, &out->subject, &out->refusal,
		&out->subject_ids };
	static const int columns[] = { 2, 3, 4, 5, 6, 10, 11 };
	bool copied = true;

	out->id = rows_int(rows, i, 0);
	out->at_ms = rows_int(rows, i, 1);
	out->type = (int)rows_int(rows, i, 7);
	(void)rows_id(rows, i, 8, &out->request_id);
	out->code = (int)rows_int(rows, i, 9);
	for (size_t k = 0; k < COUNT_OF(texts); k++) {
		*texts[k] = arena_strdup(a, rows_text(rows, i, columns[k]));
		copied = copied && *texts[k] != NULL;
	}
	return copied;
}

int
core_pg_audit_list(struct tx *tx, struct arena *a, int64_t before_id, const struct audit_filter *f, size_t max,
                   struct audit_row **out, size_t *count)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = NULL;
	*count = 0;
	param_int(&p, before_id);
	param_text(&p, f->institution);
	param_int(&p, max < INT32_MAX ? (int64_t)max : INT32_MAX);
	param_int_or_null(&p, f->since_ms, f->since_ms != INT64_MIN);
	param_int_or_null(&p, f->before_ms, f->before_ms != INT64_MAX);
	param_text(&p, f->who);
	param_int_or_null(&p, f->type, f->type != 0);
	param_int_or_null(&p, f->code, f->code != 0);
	param_text(&p, f->id);
	int rc = tx_run(tx, &SQL_core_audit_list, &p, &rows);
	if (rc != STORE_OK)
		return rc;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		if (!audit_row_take(rows, i, a, &(*out)[i]))
			return STORE_RETRY;
	}
	*count = (size_t)rows_count(rows);
	return STORE_OK;
}

struct core_store
core_pg_store(struct core_pg *pg)
{
	return (struct core_store){
		.self = pg,
		.connect = pg_connect,
		.lease_try = pg_lease_try,
		.is_connected = pg_is_connected,
		.ping = pg_ping,
		.begin = pg_begin,
		.open = pg_open,
		.commit = pg_commit,
		.rollback = pg_rollback,
		.replies_newest = pg_replies_newest,
		.replies_find = pg_replies_find,
		.replies_keep = pg_replies_keep,
		.audit_keep = pg_audit_keep,
		.epoch_begin = core_pg_epoch_begin,                 /* core_pg_log.c */
		.epochs_load = core_pg_epochs_load,
		.readers_load = core_pg_readers_load,
		.readers_keep = core_pg_readers_keep,
		.events_append = core_pg_events_append,
		.events_read = core_pg_events_read,
		.tidy = core_pg_tidy,
		.reader_state_load = core_pg_reader_state_load,     /* core_pg_reader.c */
		.reader_state_keep = core_pg_reader_state_keep,
		.keys_admit = core_pg_keys_admit,
		.keys_sweep = core_pg_keys_sweep,
		.park = core_pg_park,
		.unpark = core_pg_unpark,
		.parked_load = core_pg_parked_load,
		.parked_count = core_pg_parked_count,
	};
}
