/* SPDX-License-Identifier: Apache-2.0 */
/* How often a person is written to, and of what: as she has asked her college, or the intermediary, to set it. */
#include <string.h>

#include "base/refusal.h"
#include "notifications.h"
#include "notifications/sql.h"
#include "service/listing.h"

static const char *
institution_of(const struct call *call)
{
	return call->who->role == ROLE_INTERMEDIARY ? NULL : call->who->institution;
}

/* Her address, if she is there for this caller. */
static enum verdict
person_find(struct call *call, const struct frequency_ask *ask, const char **address)
{
	struct params p = params_new(call->work->arena);
	struct rows *r;

	param_text(&p, ask->address);
	param_text(&p, ask->recipient);
	param_text(&p, institution_of(call));
	int result = tx_run(call->work->tx, &SQL_preference_find, &p, &r);
	if (result != STORE_OK)
		return verdict_of(result);
	if (rows_count(r) == 0)
		return call_refuse(call, REFUSAL_UNKNOWN, "person", NULL);
	if (strcmp(ask->scope, "firm") == 0 && !rows_bool(r, 0, 1)) /* a coordinator has no firm */
		return call_refuse(call, REFUSAL_NOT_IN_LIST, "scope", "mine");
	*address = arena_strdup(call->work->arena, rows_text(r, 0, 0));
	return *address == NULL ? VERDICT_RETRY : VERDICT_OK;
}

static int
preference_write(struct work *w, const struct frequency_ask *ask, const char *address)
{
	struct params put = params_new(w->arena), apply = params_new(w->arena);

	param_int(&put, w->now_ms);
	param_text(&put, address);
	param_text(&put, ask->frequency);
	param_text(&put, ask->scope);
	int result = tx_run(w->tx, &SQL_preference_put, &put, NULL);
	if (result != STORE_OK)
		return result;
	param_int(&apply, w->now_ms);
	param_text(&apply, address);
	return tx_run(w->tx, &SQL_preference_apply, &apply, NULL);
}

enum verdict
on_mail_frequency(struct call *call)
{
	struct frequency_ask ask;
	const char *address = NULL;
	enum verdict v = frequency_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = person_find(call, &ask, &address);
	if (v == VERDICT_OK)
		v = verdict_of(preference_write(call->work, &ask, address));
	if (v != VERDICT_OK)
		return v;
	call->subject_ids = ask.recipient != NULL ? ask.recipient : "address";
	notifications_of(call->work)->compose_due_ms = 0;
	return VERDICT_OK;
}

enum verdict
on_mail_frequency_list(struct call *call)
{
	static const char *const filters[] = { "frequency", "scope", "institution", "recipient", NULL };
	static const char *const columns[] = { "recipient", "institution", "to", "frequency", "scope", "since_ms", NULL };
	enum { CELL_TO = 2, CELLS = COUNT_OF(columns) - 1 };
	const struct timing *t = &notifications_of(call->work)->settings.timing;
	struct params p = params_new(call->work->arena);
	const char *cells[CELLS];
	char masked[MASKED_MAX];
	struct list_ask *ask;
	struct rows *r;
	enum verdict v = list_ask_read(call, filters, &ask);

	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "frequency", "now|daily|weekly|never");
	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "scope", "mine|firm");
	if (v != VERDICT_OK)
		return v;
	param_text(&p, institution_of(call));
	param_text(&p, ask->after);
	param_int(&p, (int64_t)ask->limit + 1);
	param_text(&p, frequency_to_text(t->employers));
	param_text(&p, frequency_to_text(t->coordinators));
	for (size_t i = 0; filters[i] != NULL; i++)
		param_text(&p, ask->values[i]);
	struct listing *l = listing_new(call->work->arena, columns, ask->limit);
	int result = l == NULL ? STORE_RETRY : tx_run(call->work->tx, &SQL_preference_list, &p, &r);
	if (result != STORE_OK)
		return verdict_of(result);
	for (int row = 0; row < rows_count(r); row++) {
		for (int c = 0; c < CELLS; c++)
			cells[c] = rows_text(r, row, c);
		if (institution_of(call) == NULL) {
			address_mask(cells[CELL_TO], masked);
			cells[CELL_TO] = arena_strdup(call->work->arena, masked);
		}
		if (cells[CELL_TO] == NULL)
			return VERDICT_RETRY;
		if (!listing_add(l, cells[0], cells))
			break;
	}
	return listing_answer(call, l);
}
