/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/matters.h"

#include <stdlib.h>
#include <string.h>

#include "bassin/v1/notification.pb-c.h"
#include "bus/core_pg.h"

#define TOLD_AT_ONCE 1000
#define LOOK_EVERY_MS (10 * 60 * 1000)      /* patience ends and days pass without a word to us */
#define HASH_BYTES 16

/* ---- all that holds -------------------------------------------------------------------------------------------------- */
bool
matters_add(struct arena *a, const struct matter *m, struct matters *to)
{
	if (to->count == MATTERS_MAX)
		return true;
	if ((to->count & (to->count - 1)) == 0) {       /* room is the next power of two */
		struct matter *more = arena_zalloc(a, to->count == 0 ? 1 : 2 * to->count, sizeof *more);
		if (more == NULL)
			return false;
		if (to->count > 0)
			memcpy(more, to->all, to->count * sizeof *more);
		to->all = more;
	}
	to->all[to->count++] = *m;
	return true;
}

bool
matters_add_rows(struct arena *a, const struct rows *rows, struct matters *to)
{
	for (int row = 0; row < rows_count(rows); row++) {
		const struct matter m = { rows_text(rows, row, 0), rows_text(rows, row, 1), rows_text(rows, row, 2),
			                  rows_text(rows, row, 3), rows_int(rows, row, 4) };
		if (!matters_add(a, &m, to))
			return false;
	}
	return true;
}

/* One key for one matter, of a length that does not depend on its ids. NULL: no memory. */
static const char *
key_of(struct arena *a, const struct matter *m)
{
	const char *whole = arena_printf(a, "%s\n%s\n%s", m->owner, m->subject, m->other);
	char hex[2 * HASH_BYTES + 1];
	uint8_t hash[32];

	if (whole == NULL)
		return NULL;
	digest_256(whole, strlen(whole), NULL, 0, hash);
	hex_from_bytes(hash, HASH_BYTES, hex);
	return arena_printf(a, "%s:%s", m->kind, hex);
}

struct columns { const char **keys, **kinds, **owners, **subjects, **others; int64_t *patiences; size_t count; };

static bool
columns_make(struct arena *a, const struct matters *now, struct columns *c)
{
	size_t n = now->count + 1;

	*c = (struct columns){ .count = now->count };
	c->keys = arena_zalloc(a, n, sizeof *c->keys);
	c->kinds = arena_zalloc(a, n, sizeof *c->kinds);
	c->owners = arena_zalloc(a, n, sizeof *c->owners);
	c->subjects = arena_zalloc(a, n, sizeof *c->subjects);
	c->others = arena_zalloc(a, n, sizeof *c->others);
	c->patiences = arena_zalloc(a, n, sizeof *c->patiences);
	if (c->keys == NULL || c->kinds == NULL || c->owners == NULL || c->subjects == NULL || c->others == NULL ||
	    c->patiences == NULL)
		return false;
	for (size_t i = 0; i < now->count; i++) {
		const struct matter *m = &now->all[i];
		c->keys[i] = key_of(a, m);
		if (c->keys[i] == NULL)
			return false;
		c->kinds[i] = m->kind;
		c->owners[i] = m->owner;
		c->subjects[i] = m->subject;
		c->others[i] = m->other;
		c->patiences[i] = m->patience_ms;
	}
	return true;
}

static int
note(struct work *w, const struct matters *now)
{
	struct params p = params_new(w->arena);
	struct columns c;

	if (!columns_make(w->arena, now, &c))
		return STORE_RETRY;
	param_int(&p, w->now_ms);
	param_texts(&p, c.keys, c.count);
	param_texts(&p, c.kinds, c.count);
	param_texts(&p, c.owners, c.count);
	param_texts(&p, c.subjects, c.count);
	param_texts(&p, c.others, c.count);
	param_ints(&p, c.patiences, c.count);
	return tx_run(w->tx, &SQL_core_matters_note, &p, NULL);
}

/* ---- what is told ---------------------------------------------------------------------------------------------------- */
int
matters_sweep(struct work *w, const struct matters *now, struct matters_told *out)
{
	struct params p = params_new(w->arena);
	struct rows *rows = NULL;
	int result = note(w, now);

	*out = (struct matters_told){ .count = 0 };
	param_int(&p, w->now_ms);
	param_int(&p, TOLD_AT_ONCE);
	if (result == STORE_OK)
		result = tx_run(w->tx, &SQL_core_matters_tell, &p, &rows);
	if (result != STORE_OK)
		return result;
	int n = rows_count(rows);
	out->more = n == TOLD_AT_ONCE;
	out->all = arena_zalloc(w->arena, (size_t)n, sizeof *out->all);
	if (out->all == NULL)
		return STORE_RETRY;
	for (int row = 0; row < n; row++) {
		struct matter_told *t = &out->all[out->count];
		if (!rows_bool(rows, row, 7))           /* over before its time: nobody was told */
			continue;
		*t = (struct matter_told){ .key = rows_text(rows, row, 0),
			                   .kind = rows_text(rows, row, 2),
			                   .owner = rows_text(rows, row, 3),
			                   .version = (uint64_t)rows_int(rows, row, 1),
			                   .since_ms = rows_int(rows, row, 5),
			                   .open = rows_bool(rows, row, 6) };
		if (!rows_texts(rows, row, 4, w->arena, &t->subjects, &t->subject_count))
			return STORE_RETRY;
		out->count++;
	}
	return STORE_OK;
}

static int
told_emit(struct work *w, const struct matters_told *told)
{
	for (size_t i = 0; i < told->count; i++) {
		const struct matter_told *t = &told->all[i];
		Bassin__V1__TaskRecorded m = BASSIN__V1__TASK_RECORDED__INIT;

		m.kind = (char *)(uintptr_t)t->kind;
		m.institution = (char *)(uintptr_t)t->owner;
		m.since_ms = t->since_ms;
		m.open = t->open;
		if (t->open) {
			m.subjects = (char **)(uintptr_t)t->subjects;
			m.n_subjects = t->subject_count;
		}
		if (work_emit(w, "task", t->key, t->version, BASSIN__V1__EVENT_TYPE__TASK_RECORDED, &m.base) != 0)
			return STORE_RETRY;
	}
	return STORE_OK;
}

/* ---- when ------------------------------------------------------------------------------------------------------------ */
void
matters_watch(struct matter_watch *m, int64_t mono_ms)
{
	m->due_ms = INT64_MAX;
	matters_changed(m, mono_ms);
}

void
matters_changed(struct matter_watch *m, int64_t mono_ms)
{
	if (m->due_ms > mono_ms + m->wait_ms)
		m->due_ms = mono_ms + m->wait_ms;
}

void
matters_looked(struct matter_watch *m, int64_t mono_ms, bool more)
{
	m->due_ms = mono_ms + (more ? m->wait_ms : LOOK_EVERY_MS);
}

int
matters_tell(struct work *w, struct matter_watch *m, int (*find)(struct work *w, struct matters *out))
{
	struct matters now = { NULL, 0 };
	struct matters_told told = { .more = false };
	int result = find(w, &now);

	if (result == STORE_OK)
		result = matters_sweep(w, &now, &told);
	if (result == STORE_OK)
		result = told_emit(w, &told);
	if (result == STORE_OK)
		matters_looked(m, w->mono_ms, told.more);
	return result;
}
