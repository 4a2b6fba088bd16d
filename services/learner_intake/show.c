/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, and the card of one thing. Rows of people: of the caller's own college only, whatever is asked for. */
#include "intake.h"

#include <stdlib.h>
#include <string.h>
#include "base/refusal.h"
#include "base/text.h"
#include "learner_intake/sql.h"
#include "service/listing.h"
#include "store.h"

#define COLUMNS_MAX 16
#define CARD_ENTRIES_MAX 200        /* of her ranking; LEARNER_RANKING_LIST has all */

struct list {
	const struct sql *sql;
	const char *const *columns, *const *filters;    /* NULL-terminated */
	int cursor, first;                              /* column of the cursor, and of the first cell */
};

static enum verdict
list_answer(struct call *call, const struct list *list, const struct list_ask *ask, const struct params *p)
{
	const char *cells[COLUMNS_MAX];
	struct rows *rows;

	int result = tx_run(call->work->tx, list->sql, p, &rows);
	if (result != STORE_OK)
		return verdict_of_store(result);
	struct listing *l = listing_new(call->work->arena, list->columns, ask->limit);
	if (l == NULL)
		return VERDICT_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		for (int c = 0; list->columns[c] != NULL; c++)
			cells[c] = rows_text(rows, i, list->first + c);
		if (!listing_add(l, rows_text(rows, i, list->cursor), cells))
			break;
	}
	return listing_answer(call, l);
}

/* The usual parameters: institution (where rows belong to one), after, rows, then the filters in their order. */
static enum verdict
list_run(struct call *call, const struct list *list, bool of_institution)
{
	struct params p = params_new(call->work->arena);
	struct list_ask *ask;

	enum verdict v = of_institution ? institution_check(call) : VERDICT_OK;
	if (v == VERDICT_OK)
		v = list_ask_read(call, list->filters, &ask);
	if (v == VERDICT_OK) /* of learners */
		v = list_filter_check(call, ask, "in_pool", "yes|no");
	if (v == VERDICT_OK) /* of what waits */
		v = list_filter_check(call, ask, "kind", WAITING_KINDS);
	if (v != VERDICT_OK)
		return v;
	if (of_institution)
		param_text(&p, call->who->institution);
	param_text(&p, ask->after);
	param_int(&p, (int64_t)ask->limit + 1);
	for (size_t i = 0; list->filters[i] != NULL; i++)
		param_text(&p, ask->values[i]);
	return list_answer(call, list, ask, &p);
}

enum verdict
on_learner_list(struct call *call)
{
	static const char *const columns[] = { "external_id", "pool_number", "family_name", "given_name", "email", "language",
		                               "programme", "available_from", "available_to", "hours_per_week", "tier",
		                               "consent_on", "in_pool", NULL };
	static const char *const filters[] = { "external_id", "pool_number", "programme", "language", "in_pool", NULL };
	static const struct list list = { &SQL_learner_list, columns, filters, 0, 0 };

	return list_run(call, &list, true);
}

enum verdict
on_programme_list(struct call *call)
{
	static const char *const columns[] = { "external_id", "title_fr", "title_en", "level", "hours", NULL };
	static const char *const filters[] = { "external_id", "level", NULL };
	static const struct list list = { &SQL_programme_list, columns, filters, 0, 0 };

	return list_run(call, &list, false);
}

enum verdict
on_competency_list(struct call *call)
{
	static const char *const columns[] = { "external_id", "programme", "title_fr", "title_en", "hours", NULL };
	static const char *const filters[] = { "external_id", "programme", NULL };
	static const struct list list = { &SQL_competency_list, columns, filters, 0, 0 };

	return list_run(call, &list, false);
}

enum verdict
on_direct_offer_list(struct call *call)
{
	static const char *const columns[] = { "learner", "pool_number", "posting", NULL };
	static const char *const filters[] = { "learner", "posting", NULL };
	static const struct list list = { &SQL_offer_list, columns, filters, 0, 0 };

	return list_run(call, &list, true);
}

/* A page may end within one learner's list: its cursor is learner/place. */
enum verdict
on_learner_ranking_list(struct call *call)
{
	static const char *const columns[] = { "learner", "pool_number", "tier", "posting", NULL };
	static const char *const filters[] = { "learner", "posting", NULL };
	static const struct list list = { &SQL_ranking_list, columns, filters, 0, 1 };
	struct params p = params_new(call->work->arena);
	struct list_ask *ask;
	int64_t place = 0;

	enum verdict v = institution_check(call);
	if (v == VERDICT_OK)
		v = list_ask_read(call, filters, &ask);
	if (v != VERDICT_OK)
		return v;
	const char *slash = strchr(ask->after, '/');
	if (ask->after[0] != '\0' && (slash == NULL || !text_to_int(slash + 1, 0, RANKING_MAX, &place)))
		return call_refuse(call, REFUSAL_BAD_FORMAT, "after", NULL);
	const char *learner = slash == NULL ? "" : arena_strndup(call->work->arena, ask->after, (size_t)(slash - ask->after));
	if (learner == NULL)
		return VERDICT_RETRY;
	param_text(&p, call->who->institution);
	param_text(&p, learner);
	param_int(&p, place);
	param_int(&p, (int64_t)ask->limit + 1);
	param_text(&p, list_filter(ask, "learner"));
	param_text(&p, list_filter(ask, "posting"));
	return list_answer(call, &list, ask, &p);
}

enum verdict
on_waiting_list(struct call *call)
{
	static const char *const columns[] = { "kind", "institution", "row", "refers_to", NULL };
	static const char *const filters[] = { "kind", NULL };
	static const struct list list = { &SQL_waiting_list, columns, filters, 0, 1 };

	return list_run(call, &list, true);
}

/* ---- the card of one thing ------------------------------------------------------------------------------------- */
struct card {
	struct call *call;
	struct listing *rows;
	bool failed;
};

static void
card_put(struct card *c, const char *field, const char *value)
{
	const char *const cells[] = { field, value };

	if (value == NULL || !listing_add(c->rows, field, cells))
		c->failed = true;
}

static int
card_new(struct card *c, struct call *call)
{
	static const char *const columns[] = { "field", "value", NULL };

	*c = (struct card){ .call = call, .rows = listing_new(call->work->arena, columns, LISTING_MAX_ROWS) };
	return c->rows == NULL ? STORE_RETRY : STORE_OK;
}

static void
card_put_learner(struct card *c, const struct learner *l)
{
	struct arena *a = c->call->work->arena;
	char day[11];

	card_put(c, "pool_number", l->pool_number);
	for (size_t i = 0; i < LEARNER_COLUMNS; i++) {
		const char *value = l->cells[i].text;
		/* kept for one purpose only: it is not shown, even to those who fed it */
		if (i == LEARNER_PERMANENT_CODE)
			value = cell_has(&l->cells[i]) ? "yes" : "no";
		card_put(c, learner_table.columns[i].name, value);
	}
	if (l->is_withdrawn) {
		text_from_day(l->withdrawn_on, day);
		card_put(c, "withdrawn_on", arena_strdup(a, day));
		card_put(c, "withdrawn_reason", l->withdrawn_reason);
	}
	card_put(c, "in_pool", l->in_pool ? "yes" : "no");
	card_put(c, "coordinates", !l->has_place ? "unknown" : cell_has(&l->cells[LEARNER_LATITUDE]) ? "own" : "postal_code");
}

static int
card_put_lists(struct card *c, const char *const *id)
{
	struct work *w = c->call->work;
	const char *institution = c->call->who->institution;
	struct ranking *list = NULL;
	struct offer *offer = NULL;
	size_t lists, offers = 0;

	int result = store_rankings_load(w->tx, w->arena, institution, id, 1, &list, &lists);
	if (result == STORE_OK)
		result = store_offers_load(w->tx, w->arena, institution, id, 1, &offer, &offers);
	if (result != STORE_OK)
		return result;
	if (offers == 1 && offer[0].posting[0] != '\0')
		card_put(c, "direct_offer", offer[0].posting);
	for (size_t i = 0; lists == 1 && i < list[0].count && i < CARD_ENTRIES_MAX; i++)
		card_put(c, "ranking", arena_printf(w->arena, "%s %s", list[0].tiers[i], list[0].postings[i]));
	return STORE_OK;
}

/* Her own college's learner by external_id. *shown false: no such one. */
static int
learner_show(struct card *c, const char *external_id, bool *shown)
{
	struct work *w = c->call->work;
	struct learner *found = NULL;
	size_t count;

	*shown = false;
	int result = store_learners_load(w->tx, w->arena, c->call->who->institution, &external_id, 1, &found, &count);
	if (result != STORE_OK || count == 0)
		return result;
	*shown = true;
	c->call->subject_ids = found[0].pool_number;
	card_put_learner(c, &found[0]);
	return card_put_lists(c, &external_id);
}

int
learner_find(struct call *call, const char *id, const char **external_id)
{
	struct work *w = call->work;
	const char *own = call->who->institution, *institution, *asked;
	struct learner *found = NULL;
	size_t count = 0;

	*external_id = "";
	if (own[0] == '\0')
		return STORE_OK;
	int result = STORE_OK;
	bool is_own = reference_split(w->arena, id, own, &institution, &asked) && strcmp(institution, own) == 0;
	if (is_own)
		result = store_learners_load(w->tx, w->arena, own, &asked, 1, &found, &count);
	if (result == STORE_OK && count > 0)
		*external_id = asked;
	if (result != STORE_OK || count > 0 || !pool_number_is_sound(id))
		return result;
	return store_learner_of_number(w->tx, w->arena, own, id, external_id);
}

static int
person_show(struct card *c, const char *id, bool *shown)
{
	const char *external_id;
	int result = learner_find(c->call, id, &external_id);

	*shown = false;
	return result == STORE_OK && external_id[0] != '\0' ? learner_show(c, external_id, shown) : result;
}

static int
code_show(struct card *c, const struct row_table *table, const struct sql *load, const char *code, bool *shown)
{
	struct work *w = c->call->work;
	struct params p = params_new(w->arena);
	struct rows *rows;

	*shown = false;
	param_texts(&p, &code, 1);
	int result = tx_run(w->tx, load, &p, &rows);
	if (result != STORE_OK || rows_count(rows) == 0)
		return result;
	*shown = true;
	for (size_t i = 0; i < table->count; i++)
		card_put(c, table->columns[i].name, rows_text(rows, 0, 2 + (int)i));
	return STORE_OK;
}

/* A learner of the caller's college, a programme or a competency, in this order. */
enum verdict
on_show(struct call *call)
{
	const char *id, *language;
	struct card card;
	bool shown;

	enum verdict v = show_ask_read(call, &id, &language);
	if (v != VERDICT_OK)
		return v;
	int result = card_new(&card, call);
	if (result == STORE_OK)
		result = person_show(&card, id, &shown);
	if (result == STORE_OK && !shown)
		result = code_show(&card, &programme_table, &SQL_programme_load, id, &shown);
	if (result == STORE_OK && !shown)
		result = code_show(&card, &competency_table, &SQL_competency_load, id, &shown);
	if (result != STORE_OK)
		return verdict_of_store(result);
	if (!shown)
		return call_refuse(call, REFUSAL_UNKNOWN, "id", NULL);
	return card.failed ? VERDICT_RETRY : listing_answer(call, card.rows);
}

/* ---- who changed what ------------------------------------------------------------------------------------------ */
const char *const learner_histories[] = { "learner", "learner_ranking", "direct_offer", NULL };

/* The history of a code, which belongs to nobody; it was given by an institution. *known false: no such code. */
static enum verdict
code_history(struct call *call, const struct history_ask *ask, const char *kind, const struct sql *load, bool *known)
{
	const char *const kinds[] = { kind, NULL };
	struct params p = params_new(call->work->arena);
	struct rows *rows;

	*known = false;
	param_texts(&p, &ask->id, 1);
	int result = tx_run(call->work->tx, load, &p, &rows);
	if (result != STORE_OK)
		return verdict_of_store(result);
	if (rows_count(rows) == 0)
		return VERDICT_OK;
	*known = true;
	const struct creation made = { 0, arena_strdup(call->work->arena, rows_text(rows, 0, 0)) };
	return made.who == NULL ? VERDICT_RETRY : history_answer(call, ask, "", ask->id, kinds, &made);
}

/* Of a learner of the caller's own college, a programme or a competency, as in on_show. */
enum verdict
on_history(struct call *call)
{
	struct work *w = call->work;
	const char *external_id = "", *institution = call->who->institution;
	struct history_ask ask;
	struct creation made;
	bool known;

	enum verdict v = history_ask_read(call, &ask);
	if (v != VERDICT_OK)
		return v;
	int result = learner_find(call, ask.id, &external_id);
	if (result == STORE_OK && external_id[0] != '\0')
		result = store_learner_creation(w->tx, w->arena, institution, external_id, &made);
	if (result != STORE_OK)
		return verdict_of_store(result);
	if (external_id[0] != '\0')
		return history_answer(call, &ask, institution, external_id, learner_histories, &made);
	v = code_history(call, &ask, "programme", &SQL_programme_load, &known);
	if (v == VERDICT_OK && !known)
		v = code_history(call, &ask, "competency", &SQL_competency_load, &known);
	return v == VERDICT_OK && !known ? call_refuse(call, REFUSAL_UNKNOWN, "id", NULL) : v;
}
