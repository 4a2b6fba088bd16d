/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks as people ask for them: a college its own, the intermediary all. What each says and what to type is the reader's. */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/refusal.h"
#include "base/text.h"
#include "bassin/v1/notification.pb-c.h"
#include "notifications/sql.h"
#include "service/listing.h"
#include "tasks.h"

#define NOTE_BYTES_MAX 500

static const char *
whose(const struct call *call)
{
	return call->who->role == ROLE_INTERMEDIARY ? NULL : call->who->institution;
}

/* "since/number", as an earlier page gave it. */
static bool
after_read(struct arena *a, const char *cursor, int64_t *since_ms, int64_t *task)
{
	char *copy = arena_strdup(a, cursor), *slash = copy == NULL ? NULL : strchr(copy, '/');

	*since_ms = -1;
	*task = 0;
	if (cursor[0] == '\0')
		return true;
	if (slash == NULL)
		return false;
	*slash = '\0';
	return text_to_int(copy, 0, INT64_MAX, since_ms) && text_to_int(slash + 1, 1, INT64_MAX, task);
}

enum verdict
on_task_list(struct call *call)
{
	static const char *const filters[] = { "state", "kind", "institution", NULL };
	static const char *const columns[] = { "task",  "kind",      "institution", "subject", "other", "since_ms",
		                               "state", "closed_by", "closed_ms",   "note",    NULL };
	enum { CELLS = COUNT_OF(columns) - 1 };
	struct params p = params_new(call->work->arena);
	const char *cells[CELLS];
	struct list_ask *ask;
	struct rows *rows;
	int64_t since_ms, task;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "state", "open|done");
	if (v != VERDICT_OK)
		return v;
	if (!after_read(call->work->arena, ask->after, &since_ms, &task))
		return call_refuse(call, REFUSAL_BAD_FORMAT, "after", NULL);
	param_text(&p, whose(call));
	param_int(&p, since_ms);
	param_int(&p, task);
	param_int(&p, (int64_t)ask->limit + 1);
	for (size_t i = 0; filters[i] != NULL; i++)
		param_text(&p, ask->values[i]);
	struct listing *l = listing_new(call->work->arena, columns, ask->limit);
	int result = l == NULL ? STORE_RETRY : tx_run(call->work->tx, &SQL_task_list, &p, &rows);
	if (result != STORE_OK)
		return verdict_of(result);
	for (int row = 0; row < rows_count(rows); row++) {
		for (int c = 0; c < CELLS; c++)
			cells[c] = rows_text(rows, row, c + 1);
		if (!listing_add(l, rows_text(rows, row, 0), cells))
			break;
	}
	return listing_answer(call, l);
}

static enum verdict
done_read(struct call *call, int64_t *task, const char **note)
{
	const Bassin__V1__TaskDone *m = call_message(call, &bassin__v1__task_done__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (!text_to_int(m->task, 1, INT64_MAX, task))
		return call_refuse(call, REFUSAL_UNKNOWN, "task", NULL);
	size_t size = strlen(m->note);
	if (size > NOTE_BYTES_MAX)
		return call_refuse(call, REFUSAL_TOO_LONG, "note", "500");
	if (!text_is_utf8(m->note, size) || !text_is_printable(m->note, false))
		return call_refuse(call, REFUSAL_NOT_TEXT, "note", NULL);
	*note = m->note;
	return VERDICT_OK;
}

enum verdict
on_task_done(struct call *call)
{
	struct params find = params_new(call->work->arena), done = params_new(call->work->arena);
	const char *note = "";
	struct rows *rows = NULL;
	int64_t task = 0;
	enum verdict v = done_read(call, &task, &note);

	if (v != VERDICT_OK)
		return v;
	param_int(&find, task);
	param_text(&find, whose(call));
	int result = tx_run(call->work->tx, &SQL_task_find, &find, &rows);
	if (result == STORE_OK && rows_count(rows) == 0)
		return call_refuse(call, REFUSAL_UNKNOWN, "task", NULL);
	param_int(&done, call->work->now_ms);
	param_int(&done, task);
	param_text(&done, call->who->name);
	param_text(&done, note);
	if (result == STORE_OK)
		result = tx_run(call->work->tx, &SQL_task_done, &done, &rows);
	if (result == STORE_OK)
		result = tasks_touch(call->work, rows);
	if (result != STORE_OK)
		return verdict_of(result);
	call->subject_ids = arena_printf(call->work->arena, "task=%" PRId64, task);
	log_info("task=%" PRId64 " state=done why=by_hand", task);
	return VERDICT_OK;
}
