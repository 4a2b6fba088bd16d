/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists. A college sees its own rows, and the pool's open postings; the intermediary sees all rows without the employers'
 * contacts and without the learners of rankings, which are the college's record.
 */
#include <stdlib.h>
#include <string.h>

#include "base/refusal.h"
#include "intake.h"
#include "service/listing.h"
#include "wire.h"

#define LIST_COLUMNS_MAX 32

static bool
is_intermediary(const struct call *call)
{
	return call->who->role == ROLE_INTERMEDIARY;
}

/* "college/id" or "college/id/entry", as an earlier page gave it. */
static enum verdict
cursor_read(struct call *call, const struct list_ask *ask, struct list_scope *s)
{
	struct arena *a = call->work->arena;
	char *copy = arena_strdup(a, ask->after);

	if (copy == NULL)
		return VERDICT_RETRY;
	s->after_institution = copy;
	s->after_id = "";
	char *slash = strchr(copy, '/');
	if (slash == NULL)
		return VERDICT_OK;
	*slash = '\0';
	s->after_id = slash + 1;
	slash = strchr(slash + 1, '/');
	if (slash != NULL) {
		*slash = '\0';
		s->after_entry = strtoll(slash + 1, NULL, 10);
	}
	return VERDICT_OK;
}

/* Whose rows the caller may see. pool: everybody's, as far as the list shows what all may know. */
static enum verdict
scope_read(struct call *call, const struct list_ask *ask, bool pool, struct list_scope *out)
{
	const char *institution = list_filter(ask, "institution");
	bool own = !is_intermediary(call) && !pool;

	*out = (struct list_scope){ .institution = institution, .limit = (int64_t)ask->limit + 1 };
	if (own && institution != NULL && strcmp(institution, call->who->institution) != 0)
		return call_refuse(call, REFUSAL_NOT_YOURS, "institution", NULL);
	if (own)
		out->institution = call->who->institution;
	out->with_contacts = own;
	out->viewer = is_intermediary(call) ? "*" : call->who->institution;
	return cursor_read(call, ask, out);
}

/* One page of rows; its first column is the cursor. */
static enum verdict
page_answer(struct call *call, const struct list_ask *ask, const char *const *columns, const struct rows *rows)
{
	struct listing *l = listing_new(call->work->arena, columns, ask->limit);
	const char *cells[LIST_COLUMNS_MAX];
	size_t n = 0;

	if (l == NULL)
		return VERDICT_RETRY;
	for (; columns[n] != NULL; n++)
		BUG_IF(n >= LIST_COLUMNS_MAX);
	for (int row = 0; row < rows_count(rows); row++) {
		for (size_t c = 0; c < n; c++)
			cells[c] = rows_text(rows, row, (int)c);
		if (!listing_add(l, cells[0], cells))
			break;
	}
	return listing_answer(call, l);
}

enum verdict
on_institution_list(struct call *call)
{
	static const char *const columns[] = { "institution", "name_fr", "name_en", "language", "phone", "postal_address",
		                               "coordinator_name", "coordinator_email", NULL };
	struct list_ask *ask;
	struct list_scope scope;
	struct rows *rows;
	enum verdict v = list_ask_read(call, NULL, &ask);

	if (v == VERDICT_OK)
		v = scope_read(call, ask, false, &scope);
	if (v == VERDICT_OK)
		v = verdict_of(institutions_list(call->work->tx, call->work->arena, &scope, &rows));
	return v == VERDICT_OK ? page_answer(call, ask, columns, rows) : v;
}

enum verdict
on_employer_list(struct call *call)
{
	static const char *const filters[] = { "institution", "neq", NULL };
	static const char *const columns[] = { "employer", "institution", "external_id", "legal_name", "neq", "headcount",
		                               "naics", "language", "contact_name", "contact_email", "contact_phone",
		                               "address", "municipality", "postal_code", "postings",
		                               "paused_until", NULL };
	struct list_ask *ask;
	struct list_scope scope;
	struct rows *rows;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = scope_read(call, ask, false, &scope);
	if (v == VERDICT_OK)
		v = verdict_of(employers_list(call->work->tx, call->work->arena, &scope, list_filter(ask, "neq"), &rows));
	return v == VERDICT_OK ? page_answer(call, ask, columns, rows) : v;
}

/* scope=pool: every college's open postings. */
static enum verdict
posting_filters_read(struct call *call, const struct list_ask *ask, bool *pool, const char **state)
{
	const char *scope = list_filter(ask, "scope");

	*pool = scope != NULL && strcmp(scope, "pool") == 0;
	*state = list_filter(ask, "state");
	if (scope != NULL && !*pool && strcmp(scope, "own") != 0)
		return call_refuse(call, REFUSAL_NOT_IN_LIST, "scope", "own|pool");
	if (*state != NULL && posting_state_from_text(*state) == STATE_NONE)
		return call_refuse(call, REFUSAL_NOT_IN_LIST, "state", "draft|open|paused|filled|closed|withdrawn");
	if (*pool && *state != NULL && strcmp(*state, "open") != 0)
		return call_refuse(call, REFUSAL_NOT_IN_LIST, "state", "open");
	if (*pool)
		*state = "open";
	return VERDICT_OK;
}

enum verdict
on_posting_list(struct call *call)
{
	static const char *const filters[] = { "scope", "institution", "state", "employer", NULL };
	static const char *const columns[] = { "posting", "institution", "external_id", "state", "state_reason", "employer",
		                               "employer_name", "title", "wil_type", "programmes", "competencies", "noc",
		                               "seats", "seats_taken", "starts_on", "ends_on", "hours_per_week", "weekdays",
		                               "paid", "hourly_wage", "language", "place", "postal_code", "municipality",
		                               "answer_by", NULL };
	struct list_ask *ask;
	struct list_scope scope;
	struct rows *rows;
	const char *state;
	bool pool;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = posting_filters_read(call, ask, &pool, &state);
	if (v == VERDICT_OK)
		v = scope_read(call, ask, pool, &scope);
	if (v == VERDICT_OK)
		v = verdict_of(postings_list(call->work->tx, call->work->arena, &scope, state, list_filter(ask, "employer"),
		                             &rows));
	return v == VERDICT_OK ? page_answer(call, ask, columns, rows) : v;
}

enum verdict
on_waiting_list(struct call *call)
{
	static const char *const filters[] = { "kind", NULL };
	static const char *const columns[] = { "kind", "institution", "row", "refers_to", NULL };
	const char *own = call->who->role == ROLE_INTERMEDIARY ? NULL : call->who->institution;
	const char *cells[COUNT_OF(columns)];
	struct list_ask *ask;
	struct rows *rows;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "kind", WAITING_KINDS);
	if (v == VERDICT_OK)
		v = verdict_of(waiting_list(call->work->tx, call->work->arena, own, ask->after, (int64_t)ask->limit + 1,
		                            list_filter(ask, "kind"), &rows));
	if (v != VERDICT_OK)
		return v;
	struct listing *l = listing_new(call->work->arena, columns, ask->limit);
	if (l == NULL)
		return VERDICT_RETRY;
	for (int row = 0; row < rows_count(rows); row++) {
		for (size_t c = 0; columns[c] != NULL; c++)
			cells[c] = rows_text(rows, row, (int)c + 1);
		if (!listing_add(l, rows_text(rows, row, 0), cells))
			break;
	}
	return listing_answer(call, l);
}

enum verdict
on_ranking_list(struct call *call)
{
	static const char *const filters[] = { "institution", "posting", NULL };
	static const char *const columns[] = { "entry", "institution", "posting", "tier", "learner", NULL };
	struct list_ask *ask;
	struct list_scope scope;
	struct rows *rows;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = scope_read(call, ask, false, &scope);
	if (v == VERDICT_OK)
		v = verdict_of(rankings_list(call->work->tx, call->work->arena, &scope, list_filter(ask, "posting"), &rows));
	return v == VERDICT_OK ? page_answer(call, ask, columns, rows) : v;
}
