/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists about firms. A college sees what concerns a record of its own, and of others' records no more than their id,
 * legal name and municipality: a contact is in none of these lists. The intermediary sees all of it.
 */
#include <string.h>

#include "base/refusal.h"
#include "firm_store.h"
#include "intake.h"
#include "service/listing.h"

#define CELLS_MAX 16

/* Whose rows: NULL for the intermediary. */
static const char *
whose(const struct call *call)
{
	return call->who->role == ROLE_INTERMEDIARY ? NULL : call->who->institution;
}

/* "a/1|b/2", as an earlier page gave it, into its four ids; whatever is missing is "". false: no memory. */
static bool
after_read(struct arena *a, const char *cursor, const char *after[4])
{
	static const char separators[] = "/|/";
	char *text = arena_strdup(a, cursor);

	for (size_t i = 0; i < 4; i++) {
		after[i] = text == NULL ? "" : text;
		char *end = text == NULL || i == 3 ? NULL : strchr(text, separators[i]);
		if (end != NULL)
			*end = '\0';
		text = end == NULL ? NULL : end + 1;
	}
	return after[0][0] != '\0' || cursor[0] == '\0';
}

/* Cells of a row without its cursor, which comes first. false: the page is full. */
static bool
row_add(struct listing *l, const struct rows *rows, int row, size_t columns)
{
	const char *cells[CELLS_MAX];

	BUG_IF(columns > CELLS_MAX);
	for (size_t c = 0; c < columns; c++)
		cells[c] = rows_text(rows, row, (int)c + 1);
	return listing_add(l, rows_text(rows, row, 0), cells);
}

enum verdict
on_firm_suspects(struct call *call)
{
	static const char *const filters[] = { "state", "reason", NULL };
	static const char *const columns[] = { "employer_a",   "institution_a",
		                               "legal_name_a", "municipality_a",
		                               "employer_b",   "institution_b",
		                               "legal_name_b", "municipality_b",
		                               "why",          "score",
		                               "state",        "proposed_by",
		                               "found_ms",     NULL };
	struct arena *a = call->work->arena;
	const char *after[4];
	struct list_ask *ask;
	struct rows *rows;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "state", "suspected|proposed|merged|rejected");
	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "reason", "neq|neq_other_name|name_address|name_street");
	if (v != VERDICT_OK)
		return v;
	struct listing *l = listing_new(a, columns, ask->limit);
	if (l == NULL || !after_read(a, ask->after, after))
		return VERDICT_RETRY;
	v = verdict_of(firm_suspects_list(call->work->tx, a, whose(call), after, (int64_t)ask->limit + 1,
	                                  list_filter(ask, "state"), list_filter(ask, "reason"), &rows));
	for (int row = 0; v == VERDICT_OK && row < rows_count(rows); row++) {
		if (!row_add(l, rows, row, COUNT_OF(columns) - 1))
			break;
	}
	return v == VERDICT_OK ? listing_answer(call, l) : v;
}

/* ---- one firm -------------------------------------------------------------------------------------------------------- */

/* The records of the firm of the employer that is asked for. A college is shown a firm with a record of its own; any other
 * one is unknown to it. */
static enum verdict
members_read(struct call *call, struct list_ask **ask, struct rows **out)
{
	static const char *const filters[] = { "employer", NULL };
	struct arena *a = call->work->arena;
	const char *institution, *external_id, *own = whose(call);
	enum verdict v = list_ask_read(call, filters, ask);
	bool may = own == NULL;

	if (v != VERDICT_OK)
		return v;
	const char *employer = list_filter(*ask, "employer");
	if (employer == NULL)
		return call_refuse(call, REFUSAL_REQUIRED, "employer", NULL);
	if (!reference_split(a, employer, call->who->institution, &institution, &external_id))
		return call_refuse(call, REFUSAL_BAD_ID, "employer", "college/external_id");
	v = verdict_of(firm_members(call->work->tx, a, institution, external_id, out));
	for (int row = 0; v == VERDICT_OK && !may && row < rows_count(*out); row++)
		may = strcmp(rows_text(*out, row, 1), own) == 0;
	if (v == VERDICT_OK && (!may || rows_count(*out) == 0))
		return call_refuse(call, REFUSAL_UNKNOWN, "employer", NULL);
	return v;
}

enum verdict
on_firm_list(struct call *call)
{
	static const char *const columns[] = { "employer", "institution", "legal_name", "municipality", "firm", NULL };
	struct list_ask *ask;
	struct rows *rows;
	enum verdict v = members_read(call, &ask, &rows);

	if (v != VERDICT_OK)
		return v;
	/* a firm is one page: each of its records came by a person's hand */
	struct listing *l = listing_new(call->work->arena, columns, LISTING_MAX_ROWS);
	if (l == NULL)
		return VERDICT_RETRY;
	for (int row = 0; row < rows_count(rows) && row < LISTING_MAX_ROWS; row++) {
		const char *cells[] = { rows_text(rows, row, 0), rows_text(rows, row, 1), rows_text(rows, row, 2),
			                rows_text(rows, row, 3), rows_text(rows, row, 4) };
		if (!listing_add(l, cells[0], cells))
			break;
	}
	return listing_answer(call, l);
}

/* The records' institutions and ids, out of "institution/external_id". */
static bool
members_split(struct arena *a, const struct rows *rows, const char **institutions, const char **ids)
{
	for (int row = 0; row < rows_count(rows); row++) {
		const char *reference = arena_strdup(a, rows_text(rows, row, 0));
		if (reference == NULL || !reference_split(a, reference, "", &institutions[row], &ids[row]))
			return false;
	}
	return true;
}

enum verdict
on_firm_history(struct call *call)
{
	static const char *const columns[] = { "at_ms", "command", "employers", "who", "reason", NULL };
	struct arena *a = call->work->arena;
	struct list_ask *ask = NULL;
	struct rows *rows = NULL;
	enum verdict v = members_read(call, &ask, &rows);

	if (v != VERDICT_OK)
		return v;
	size_t n = (size_t)rows_count(rows);
	const char **institutions = arena_alloc(a, (n + 1) * sizeof *institutions);
	const char **ids = arena_alloc(a, (n + 1) * sizeof *ids);
	struct listing *l = listing_new(a, columns, LISTING_MAX_ROWS);
	if (institutions == NULL || ids == NULL || l == NULL || !members_split(a, rows, institutions, ids))
		return VERDICT_RETRY;
	v = verdict_of(firm_history_list(call->work->tx, a, institutions, ids, n, whose(call), &rows));
	for (int row = 0; v == VERDICT_OK && row < rows_count(rows); row++) {
		const char *at = arena_printf(a, "%lld", (long long)rows_int(rows, row, 1));
		const char *cells[] = { at, rows_text(rows, row, 2), rows_text(rows, row, 3), rows_text(rows, row, 4),
			                rows_text(rows, row, 5) };
		if (at == NULL || !listing_add(l, "", cells))
			return VERDICT_RETRY;
	}
	return v == VERDICT_OK ? listing_answer(call, l) : v;
}

/* ---- postings that seem to be the same ------------------------------------------------------------------------------- */
/* Adds the pairs of a page of the store whose titles say the same. *more: the list's own page has room yet. */
static bool
doubles_add(struct arena *a, struct listing *l, const struct rows *rows, size_t columns, bool *more)
{
	for (int row = 0; row < rows_count(rows) && *more; row++) {
		bool same;
		if (!firm_double_is_same(a, rows, row, &same))
			return false;
		if (same)
			*more = row_add(l, rows, row, columns);
	}
	return true;
}

enum verdict
on_firm_duplicates(struct call *call)
{
	static const char *const columns[] = { "posting_a",   "institution_a", "title_a",       "starts_on_a",
		                               "ends_on_a",   "posting_b",     "institution_b", "title_b",
		                               "starts_on_b", "ends_on_b",     "firm",          NULL };
	struct arena *a = call->work->arena;
	const char *after[4];
	struct list_ask *ask;
	struct rows *rows;
	bool more = true;
	enum verdict v = list_ask_read(call, NULL, &ask);

	if (v != VERDICT_OK)
		return v;
	struct listing *l = listing_new(a, columns, ask->limit);
	if (l == NULL || !after_read(a, ask->after, after))
		return VERDICT_RETRY;
	while (v == VERDICT_OK && more) {
		v = verdict_of(firm_doubles_list(call->work->tx, a, whose(call), after, LISTING_MAX_ROWS, &rows));
		if (v != VERDICT_OK)
			break;
		int n = rows_count(rows);
		if (!doubles_add(a, l, rows, COUNT_OF(columns) - 1, &more) ||
		    (n > 0 && !after_read(a, rows_text(rows, n - 1, 0), after)))
			return VERDICT_RETRY;
		more = more && n == LISTING_MAX_ROWS;
	}
	return v == VERDICT_OK ? listing_answer(call, l) : v;
}
