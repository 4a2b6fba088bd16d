/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people see of mails. A college sees its own, whole. The intermediary sees all of them, but no address, no reason in
 * somebody's words, no relay's answer (it may quote the address), and of a message only headers that name no person: names
 * and addresses leave this store to their own college alone. So of a message that tells its firm of another college's
 * learners, the college that wrote to the firm sees these headers only, too.
 */
#include "base/refusal.h"
#include "base/text.h"
#include "notifications.h"
#include "notifications/sql.h"
#include "service/listing.h"

static const char *const list_columns[] = {
	"mail",    "kind",     "state",    "why",       "needs",  "to",         "recipient", "institution", "round",
	"created", "next_try", "attempts", "last_code", "answer", "message_id", "reason",    NULL,
};
enum { CELL_TO = 5, CELL_ANSWER = 13, CELL_REASON = 15, CELLS = COUNT_OF(list_columns) - 1 };

static bool
is_own(const struct call *call)
{
	return call->who->role != ROLE_INTERMEDIARY;
}

/* A page of a list that goes by number, newest first: p has what this statement wants before the caller's institution (none:
 * all), the number before which the page begins, the rows wanted, and the filters. */
static enum verdict
newest_find(struct call *call, const struct sql *statement, const char *const *filters, struct params *p,
            struct rows **out, uint32_t *limit)
{
	struct list_ask *ask;
	int64_t before = INT64_MAX;

	enum verdict v = list_ask_read(call, filters, &ask);
	if (v == VERDICT_OK) /* of mails */
		v = list_filter_check(call, ask, "state", "waiting|queued|sending|sent|deferred|failed|suppressed|folded");
	if (v == VERDICT_OK) /* of suppressions */
		v = list_filter_check(call, ask, "cause", "asked|bounced|refused");
	if (v != VERDICT_OK)
		return v;
	if (ask->after[0] != '\0' && !mail_id_read(ask->after, &before))
		return call_refuse(call, REFUSAL_BAD_FORMAT, "after", NULL);
	*limit = ask->limit;
	param_text(p, is_own(call) ? call->who->institution : NULL);
	param_int(p, before);
	param_int(p, (int64_t)ask->limit + 1);
	for (size_t i = 0; filters[i] != NULL; i++)
		param_text(p, ask->values[i]);
	return verdict_of(tx_run(call->work->tx, statement, p, out));
}

static enum verdict
mails_answer(struct call *call, const struct rows *r, uint32_t limit)
{
	struct listing *l = listing_new(call->work->arena, list_columns, limit);
	const char *cells[CELLS];
	bool added = true;

	if (l == NULL)
		return VERDICT_RETRY;
	for (int i = 0; i < rows_count(r) && added; i++) {
		char masked[MASKED_MAX];
		for (int c = 0; c < CELLS; c++)
			cells[c] = rows_text(r, i, c);
		if (!is_own(call)) {
			address_mask(cells[CELL_TO], masked);
			cells[CELL_TO] = arena_strdup(call->work->arena, masked);
			cells[CELL_ANSWER] = cells[CELL_REASON] = "";
		}
		if (cells[CELL_TO] == NULL)
			return VERDICT_RETRY;
		added = listing_add(l, cells[0], cells);
	}
	return listing_answer(call, l);
}

enum verdict
on_mail_list(struct call *call)
{
	static const char *const filters[] = { "state", "kind", "institution", "recipient", "round", "why", NULL };
	struct params p = params_new(call->work->arena);
	struct rows *r = NULL;
	uint32_t limit = 0;

	param_bool(&p, notifications_of(call->work)->settings.mode == MODE_HOLD);
	enum verdict v = newest_find(call, &SQL_mail_list, filters, &p, &r, &limit);
	return v == VERDICT_OK ? mails_answer(call, r, limit) : v;
}

static const char *const suppression_columns[] = {
	"address", "institution", "cause", "status", "mail", "reason", "at_ms", NULL,
};
enum { SUPPRESSION_CELLS = COUNT_OF(suppression_columns) - 1 };

/* The intermediary sees her own words and addresses, those that hold for all colleges; of a college's no more than that. */
static enum verdict
suppressions_answer(struct call *call, const struct rows *r, uint32_t limit)
{
	struct listing *l = listing_new(call->work->arena, suppression_columns, limit);
	const char *cells[SUPPRESSION_CELLS];
	bool added = true;

	if (l == NULL)
		return VERDICT_RETRY;
	for (int i = 0; i < rows_count(r) && added; i++) {
		char masked[MASKED_MAX];
		for (int c = 0; c < SUPPRESSION_CELLS; c++)
			cells[c] = rows_text(r, i, c + 1);
		if (!is_own(call) && cells[1][0] != '\0') {
			address_mask(cells[0], masked);
			cells[0] = arena_strdup(call->work->arena, masked);
			cells[5] = "";
		}
		if (cells[0] == NULL)
			return VERDICT_RETRY;
		added = listing_add(l, rows_text(r, i, 0), cells);
	}
	return listing_answer(call, l);
}

enum verdict
on_suppression_list(struct call *call)
{
	static const char *const filters[] = { "cause", "institution", NULL };
	struct params p = params_new(call->work->arena);
	struct rows *r = NULL;
	uint32_t limit = 0;

	enum verdict v = newest_find(call, &SQL_suppression_list, filters, &p, &r, &limit);
	return v == VERDICT_OK ? suppressions_answer(call, r, limit) : v;
}

enum verdict
on_mail_show(struct call *call)
{
	const char *id, *language, *message;
	struct found found;
	int64_t mail;
	size_t size;
	bool there = false;

	enum verdict v = show_ask_read(call, &id, &language);
	if (v != VERDICT_OK)
		return v;
	if (!mail_id_read(id, &mail))
		return call_refuse(call, REFUSAL_UNKNOWN, "mail", NULL);
	int result = store_find(call->work, mail, is_own(call) ? call->who->institution : NULL, &there, &found);
	if (result != STORE_OK)
		return verdict_of(result);
	if (!there)
		return call_refuse(call, REFUSAL_UNKNOWN, "mail", NULL);
	if (found.body.data == NULL) /* not composed yet, or no longer kept */
		return call_refuse_state(call, "mail", queue_state_to_text(found.state), "queued|sending|sent|deferred|failed|suppressed");
	message = (const char *)found.body.data;
	size = found.body.size;
	if (!is_own(call) || found.names_others)
		message = message_header_public(call->work->arena, message, size, &size);
	return message == NULL ? VERDICT_RETRY :
	                         mail_file_answer(call, message, size, queue_state_to_text(found.state));
}
