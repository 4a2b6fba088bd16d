/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row as a card of fields and values, named as in the feed files. An id may say its kind ("employer:E7"); without one
 * a posting is looked for first, then an employer, then an institution. A college sees its own rows whole and of others
 * the open postings; the intermediary sees all but contacts. What one may not see is unknown.
 */
#include <inttypes.h>
#include <string.h>

#include "base/refusal.h"
#include "base/text.h"
#include "intake.h"
#include "service/listing.h"
#include "wire.h"

struct card {
	struct call *call;
	struct listing *out;
	bool own, intermediary;
};

static const char *const card_columns[] = { "field", "value", NULL };

static void
card_add(struct card *c, const char *field, const char *value)
{
	/* a card is never longer than a page, and what runs out of memory is remembered by the listing */
	if (value != NULL && !listing_add(c->out, field, (const char *const[]){ field, value }))
		return;
}

static void
card_add_cells(struct card *c, const struct row_table *t, const struct record *r, bool (*is_hidden)(size_t column))
{
	for (size_t i = 0; i < t->count; i++) {
		if (c->own || is_hidden == NULL || !is_hidden(i))
			card_add(c, t->columns[i].name, r->cells[i].text);
	}
}

static void
card_add_place(struct card *c, const struct record *r)
{
	struct arena *a = c->call->work->arena;

	if (!r->has_place)
		return;
	card_add(c, "place_latitude", arena_printf(a, "%.7f", r->place.latitude_e7 / 1e7));
	card_add(c, "place_longitude", arena_printf(a, "%.7f", r->place.longitude_e7 / 1e7));
}

static bool
employer_is_hidden(size_t column)
{
	return column == EMPLOYER_CONTACT_NAME || column == EMPLOYER_CONTACT_EMAIL || column == EMPLOYER_CONTACT_PHONE;
}

static bool
institution_is_hidden(size_t column)
{
	return column == INSTITUTION_COORDINATOR_NAME || column == INSTITUTION_COORDINATOR_EMAIL;
}

static bool
posting_card(struct card *c, const struct record *p)
{
	struct arena *a = c->call->work->arena;

	if (!c->own && !c->intermediary && p->state != STATE_OPEN)
		return false;
	card_add(c, "posting", arena_printf(a, "%s/%s", p->institution, p->external_id));
	card_add(c, "state", posting_state_to_text(p->state));
	if (c->own || c->intermediary)
		card_add(c, "state_reason", p->reason);
	card_add_cells(c, &posting_table, p, NULL);
	card_add(c, "seats_taken", arena_printf(a, "%" PRId64, p->seats_taken));
	card_add_place(c, p);
	card_add(c, "version", arena_printf(a, "%" PRId64, p->version));
	return true;
}

static bool
employer_card(struct card *c, const struct record *e)
{
	struct arena *a = c->call->work->arena;
	char until[11];

	if (!c->own && !c->intermediary)
		return false;
	card_add(c, "employer", arena_printf(a, "%s/%s", e->institution, e->external_id));
	card_add_cells(c, &employer_table, e, employer_is_hidden);
	if (e->paused_until != 0) {
		text_from_day(e->paused_until, until);
		card_add(c, "paused_until", arena_strdup(a, until));
		card_add(c, "paused_reason", e->paused_reason);
	}
	card_add_place(c, e);
	card_add(c, "version", arena_printf(a, "%" PRId64, e->version));
	return true;
}

static bool
institution_card(struct card *c, const struct record *i)
{
	card_add(c, "institution", i->external_id);
	card_add_cells(c, &institution_table, i, c->intermediary ? NULL : institution_is_hidden);
	card_add(c, "version", arena_printf(c->call->work->arena, "%" PRId64, i->version));
	return true;
}

static const struct {
	const char *prefix;
	int (*load)(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
	            struct records *out);
	bool (*card)(struct card *c, const struct record *r);
} kinds[] = {
	[ROW_POSTING] = { "posting:", postings_load, posting_card },
	[ROW_EMPLOYER] = { "employer:", employers_load, employer_card },
	[ROW_INSTITUTION] = { "institution:", institutions_load, institution_card },
};

/* The kind that an id names itself; COUNT_OF(kinds): none. */
static size_t
kind_named(const char *id)
{
	size_t i = 0;

	while (i < COUNT_OF(kinds) && strncmp(id, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
		i++;
	return i;
}

/* An institution's id stands alone; all others belong to one. */
static bool
id_read(struct call *call, const char *id, size_t kind, struct card *c, const char **institution, const char **external_id)
{
	bool alone = kinds[kind].load == institutions_load;

	if (alone && strchr(id, '/') != NULL)
		return false;
	if (!reference_split(call->work->arena, id, alone ? id : call->who->institution, institution, external_id))
		return false;
	c->own = !c->intermediary && strcmp(*institution, call->who->institution) == 0;
	return true;
}

/* Loads the row that the id means if it is of this kind. *found empty: there is none. enum store_result. */
static int
row_load(struct call *call, const char *id, size_t kind, struct card *c, struct records *found)
{
	const size_t named = kind_named(id);
	const char *institution, *external_id;

	*found = (struct records){ NULL, 0 };
	if (named < COUNT_OF(kinds) && named != kind)
		return STORE_OK;
	if (!id_read(call, named == kind ? id + strlen(kinds[kind].prefix) : id, kind, c, &institution, &external_id))
		return STORE_OK;
	return kinds[kind].load(call->work->tx, call->work->arena, institution, &external_id, 1, found);
}

int
row_find(struct call *call, const char *id, struct row_found *out)
{
	struct card card = { .call = call, .intermediary = call->who->role == ROLE_INTERMEDIARY };
	struct records found;

	*out = (struct row_found){ .kind = ROW_NONE };
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		int result = row_load(call, id, i, &card, &found);
		if (result != STORE_OK)
			return result;
		if (found.count == 0 || (!card.own && !card.intermediary))
			continue;
		*out = (struct row_found){ .kind = (enum row_kind)i, .record = found.all[0], .own = card.own };
		out->name = i == ROW_INSTITUTION ? out->record.external_id
		                                 : arena_printf(call->work->arena, "%s/%s", out->record.institution,
		                                                out->record.external_id);
		return out->name == NULL ? STORE_RETRY : STORE_OK;
	}
	return STORE_OK;
}

enum verdict
on_show(struct call *call)
{
	struct card card = { .call = call, .intermediary = call->who->role == ROLE_INTERMEDIARY };
	const char *id, *language;
	struct records found;
	enum verdict v = show_ask_read(call, &id, &language);

	if (v != VERDICT_OK)
		return v;
	card.out = listing_new(call->work->arena, card_columns, 100);
	if (card.out == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		int result = row_load(call, id, i, &card, &found);
		if (result != STORE_OK)
			return verdict_of(result);
		if (found.count > 0 && kinds[i].card(&card, &found.all[0]))
			return listing_answer(call, card.out);
	}
	return call_refuse(call, REFUSAL_UNKNOWN, "id", NULL);
}

enum verdict
on_history(struct call *call)
{
	static const char *const histories[][3] = {
		[ROW_POSTING] = { "posting", "employer_ranking", NULL }, [ROW_EMPLOYER] = { "employer", NULL },
		[ROW_INSTITUTION] = { "institution", NULL },
	};
	struct work *w = call->work;
	struct history_ask ask;
	struct row_found found;
	struct creation made;
	enum verdict v = history_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = verdict_of(row_find(call, ask.id, &found));
	if (v != VERDICT_OK)
		return v;
	if (found.kind == ROW_NONE)
		return call_refuse(call, REFUSAL_UNKNOWN, "id", NULL);
	const char *const *of = histories[found.kind];
	const struct record *r = &found.record;
	v = verdict_of(row_creation(w->tx, w->arena, of[0], r->institution, r->external_id, &made));
	return v == VERDICT_OK ? history_answer(call, &ask, r->institution, r->external_id, of, &made) : v;
}
