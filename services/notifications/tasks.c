/* SPDX-License-Identifier: Apache-2.0 */
#include "tasks.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "bassin/v1/notification.pb-c.h"
#include "notifications/sql.h"

#define OWN_LOG "notifications" /* of tasks that are found here */
#define SUBJECT_BYTES_MAX 257 /* institution/external_id */
#define PRUNE_AT_ONCE 1000

/* Tasks as columns of task_open.sql and task_over.sql. */
struct task_columns {
	const char **keys, **kinds, **owners, **subjects, **others, **over_keys;
	int64_t *versions, *since, *over_versions;
	size_t open_count, over_count;
};

static bool
columns_make(struct arena *a, size_t count, struct task_columns *c)
{
	const char ***const texts[] = { &c->keys, &c->kinds, &c->owners, &c->subjects, &c->others, &c->over_keys };
	int64_t **const numbers[] = { &c->versions, &c->since, &c->over_versions };

	c->open_count = c->over_count = 0;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if ((*texts[i] = arena_zalloc(a, count + 1, sizeof **texts[i])) == NULL)
			return false;
	}
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		if ((*numbers[i] = arena_zalloc(a, count + 1, sizeof **numbers[i])) == NULL)
			return false;
	}
	return true;
}

static void
column_add(struct task_columns *c, const struct matter_told *t)
{
	if (!t->open) {
		c->over_keys[c->over_count] = t->key;
		c->over_versions[c->over_count++] = (int64_t)t->version;
		return;
	}
	c->keys[c->open_count] = t->key;
	c->kinds[c->open_count] = t->kind;
	c->owners[c->open_count] = t->owner;
	c->subjects[c->open_count] = t->subjects[0];
	c->others[c->open_count] = t->subject_count > 1 ? t->subjects[1] : "";
	c->versions[c->open_count] = (int64_t)t->version;
	c->since[c->open_count++] = t->since_ms;
}

static int
columns_write(struct work *w, const char *log_id, const struct task_columns *c)
{
	struct params open = params_new(w->arena), over = params_new(w->arena);
	int result = STORE_OK;

	param_text(&open, log_id);
	param_texts(&open, c->keys, c->open_count);
	param_ints(&open, c->versions, c->open_count);
	param_texts(&open, c->kinds, c->open_count);
	param_texts(&open, c->owners, c->open_count);
	param_texts(&open, c->subjects, c->open_count);
	param_texts(&open, c->others, c->open_count);
	param_ints(&open, c->since, c->open_count);
	param_int(&over, w->now_ms);
	param_text(&over, log_id);
	param_texts(&over, c->over_keys, c->over_count);
	param_ints(&over, c->over_versions, c->over_count);
	if (c->open_count > 0)
		result = tx_run(w->tx, &SQL_task_open, &open, NULL);
	if (result == STORE_OK && c->over_count > 0)
		result = tx_run(w->tx, &SQL_task_over, &over, NULL);
	if (c->open_count + c->over_count > 0)
		count_soon(notifications_of(w), w->mono_ms);
	return result;
}

/* ---- told by others ---------------------------------------------------------------------------------------------- */
static bool
subject_is_sound(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= SUBJECT_BYTES_MAX && text_is_utf8(text, size) && text_is_printable(text, false);
}

static bool
event_read(struct arena *a, const struct event *e, struct matter_told *out)
{
	ProtobufCAllocator allocator = arena_allocator(a);
	const Bassin__V1__TaskRecorded *m = bassin__v1__task_recorded__unpack(&allocator, e->size, e->body);

	if (m == NULL || e->version > INT64_MAX || !text_is_id(m->kind) || m->since_ms < 0 ||
	    (m->institution[0] != '\0' && !text_is_id(m->institution)))
		return false;
	if (m->open && (m->n_subjects < 1 || m->n_subjects > 2))
		return false;
	for (size_t i = 0; i < m->n_subjects; i++) {
		if (!subject_is_sound(m->subjects[i]))
			return false;
	}
	*out = (struct matter_told){ .key = e->key,
		                     .kind = m->kind,
		                     .owner = m->institution,
		                     .subjects = (const char *const *)m->subjects,
		                     .subject_count = m->n_subjects,
		                     .version = e->version,
		                     .since_ms = m->since_ms,
		                     .open = m->open };
	return true;
}

int
tasks_told(struct work *w, const char *log_id, const struct event *events, size_t count)
{
	struct task_columns c;
	struct matter_told told;

	if (!columns_make(w->arena, count, &c))
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (events[i].type != BASSIN__V1__EVENT_TYPE__TASK_RECORDED)
			continue;
		if (!event_read(w->arena, &events[i], &told))
			return STORE_BROKEN;
		column_add(&c, &told);
	}
	return columns_write(w, log_id, &c);
}

int
tasks_gone(struct work *w, const char *log_id, const char *key)
{
	const struct matter_told over = { .key = key, .open = false };
	struct task_columns c;

	if (!columns_make(w->arena, 1, &c))
		return STORE_RETRY;
	column_add(&c, &over);
	return columns_write(w, log_id, &c);
}

int
tasks_forget(struct work *w, const char *const *learners, size_t count)
{
	struct params p = params_new(w->arena);

	if (count == 0)
		return STORE_OK;
	param_texts(&p, learners, count);
	return tx_run(w->tx, &SQL_task_forget, &p, NULL);
}

/* ---- found here -------------------------------------------------------------------------------------------------- */
int
tasks_find(struct work *w, struct matters *out)
{
	struct params p = params_new(w->arena);
	struct rows *rows;

	*out = (struct matters){ NULL, 0 };
	param_int(&p, MATTERS_MAX);
	int result = tx_run(w->tx, &SQL_matters, &p, &rows);
	return result == STORE_OK && !matters_add_rows(w->arena, rows, out) ? STORE_RETRY : result;
}

int64_t
tasks_due(void *service)
{
	return ((const struct notifications *)service)->tasks.due_ms;
}

int
tasks_run(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct matters now;
	struct matters_told told = { .more = false };
	struct task_columns c;
	int result = tasks_find(w, &now);

	if (result == STORE_OK)
		result = matters_sweep(w, &now, &told);
	if (result == STORE_OK && !columns_make(w->arena, told.count, &c))
		result = STORE_RETRY;
	for (size_t i = 0; result == STORE_OK && i < told.count; i++)
		column_add(&c, &told.all[i]);
	if (result == STORE_OK)
		result = columns_write(w, OWN_LOG, &c);
	if (result == STORE_OK)
		matters_looked(&n->tasks, w->mono_ms, told.more);
	return result;
}

void
tasks_soon(struct work *w)
{
	matters_changed(&notifications_of(w)->tasks, w->mono_ms);
}

/* ---- upkeep ------------------------------------------------------------------------------------------------------ */
int
tasks_count(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct params p = params_new(w->arena);
	struct rows *rows;

	param_int(&p, TASK_OWNERS_MAX);
	int result = tx_run(w->tx, &SQL_task_counts, &p, &rows);
	if (result != STORE_OK)
		return result;
	n->task_owner_count = (size_t)rows_count(rows);
	for (int row = 0; row < rows_count(rows); row++) {
		struct task_owner *o = &n->task_owners[row];
		(void)snprintf(o->institution, sizeof o->institution, "%s", rows_text(rows, row, 0));
		o->open = rows_int(rows, row, 1);
		o->since_ms = rows_int(rows, row, 2);
	}
	return STORE_OK;
}

int
tasks_prune(struct work *w, int64_t closed_before_ms, bool *more)
{
	struct params p = params_new(w->arena);

	param_int(&p, closed_before_ms);
	param_int(&p, PRUNE_AT_ONCE);
	int result = tx_run(w->tx, &SQL_prune_tasks, &p, NULL);
	*more = *more || (result == STORE_OK && tx_affected(w->tx) == PRUNE_AT_ONCE);
	return result;
}
