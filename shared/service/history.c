/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of histories: gathered while a batch is decided, written by one statement, read page by page. */
#include "service/history.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/refusal.h"
#include "base/text.h"
#include "bus/core_pg.h"

struct line { struct change change; const char *field, *was, *now; };

struct history {
	struct arena *arena;
	struct line *lines;
	size_t count, room;
	bool failed;
};

/* ---- gathering ------------------------------------------------------------------------------------------------------- */
struct history *
history_new(struct arena *a)
{
	struct history *h = arena_zalloc(a, 1, sizeof *h);

	if (h != NULL)
		h->arena = a;
	return h;
}

/* The beginning of a long value, cut between characters. NULL: no memory. */
static const char *
value_cut(struct arena *a, const char *value)
{
	static const char ellipsis[] = "…";
	size_t size = strlen(value);

	if (size <= HISTORY_VALUE_MAX)
		return value;
	size = HISTORY_VALUE_MAX - (sizeof ellipsis - 1);
	while (size > 0 && ((unsigned char)value[size] & 0xC0) == 0x80)
		size--;
	return arena_printf(a, "%.*s%s", (int)size, value, ellipsis);
}

void
history_add(struct history *h, const struct change *c, const char *field, const char *was, const char *now)
{
	if (was != NULL && now != NULL && strcmp(was, now) == 0)
		return;
	if (h->count == h->room) {
		size_t room = h->room == 0 ? 64 : 2 * h->room;
		struct line *grown = arena_alloc(h->arena, room * sizeof *grown);
		if (grown == NULL) {
			h->failed = true;
			return;
		}
		if (h->count > 0)
			memcpy(grown, h->lines, h->count * sizeof *grown);
		h->lines = grown;
		h->room = room;
	}
	struct line *l = &h->lines[h->count++];
	*l = (struct line){ *c, field, NULL, NULL };
	if (was != NULL && now != NULL) {
		l->was = value_cut(h->arena, was);
		l->now = value_cut(h->arena, now);
		h->failed = h->failed || l->was == NULL || l->now == NULL;
	}
}

void
history_add_cells(struct history *h, const struct change *c, const struct row_table *t, const struct cell *was,
                  const struct cell *now)
{
	for (size_t i = 0; i < t->count; i++) {
		bool personal = (t->columns[i].flags & COLUMN_PERSONAL) != 0;

		if (strcmp(was[i].text, now[i].text) != 0)
			history_add(h, c, t->columns[i].name, personal ? NULL : was[i].text, personal ? NULL : now[i].text);
	}
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */
const char *
history_who(struct arena *a, const struct principal *who)
{
	return who->subject[0] == '\0' ? arena_strdup(a, who->name) : arena_printf(a, "%s/%s", who->name, who->subject);
}

/* One array for each text of a line, in the order of the statement's parameters. */
enum { TEXT_INSTITUTION, TEXT_EXTERNAL_ID, TEXT_KIND, TEXT_FIELD, TEXT_REASON, TEXT_WAS, TEXT_NOW, TEXT_COUNT };

static void
params_fill(struct params *p, const struct history *h)
{
	const char **texts[TEXT_COUNT];
	int64_t *versions = arena_alloc(h->arena, h->count * sizeof *versions);
	bool made = versions != NULL;

	for (size_t t = 0; t < TEXT_COUNT; t++) {
		texts[t] = arena_alloc(h->arena, h->count * sizeof(char *));
		made = made && texts[t] != NULL;
	}
	if (!made) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < h->count; i++) {
		const struct line *l = &h->lines[i];

		texts[TEXT_INSTITUTION][i] = l->change.institution;
		texts[TEXT_EXTERNAL_ID][i] = l->change.external_id;
		texts[TEXT_KIND][i] = l->change.kind;
		texts[TEXT_FIELD][i] = l->field;
		texts[TEXT_REASON][i] = l->change.reason;
		texts[TEXT_WAS][i] = l->was;
		texts[TEXT_NOW][i] = l->now;
		versions[i] = l->change.version;
	}
	for (size_t t = 0; t < TEXT_COUNT; t++) {
		param_texts(p, texts[t], h->count);
		if (t == TEXT_KIND)
			param_ints(p, versions, h->count);
	}
}

int
history_keep(const struct history *h, struct work *w, const struct call *call, const char *log_id)
{
	struct params p = params_new(w->arena);
	const char *who = call == NULL ? log_id : history_who(w->arena, call->who);

	if (h->failed || who == NULL)
		return STORE_RETRY;
	if (h->count == 0)
		return STORE_OK;
	param_int(&p, w->now_ms);
	param_text(&p, who);
	param_int(&p, call == NULL ? 0 : (int64_t)call->type);
	params_fill(&p, h);
	return tx_queue(w->tx, &SQL_core_history_keep, &p);
}

static size_t
kinds_count(const char *const *kinds)
{
	size_t n = 0;

	while (kinds[n] != NULL)
		n++;
	return n;
}

int
history_forget(struct work *w, const char *institution, const char *external_id, const char *const *kinds)
{
	struct params p = params_new(w->arena);

	param_text(&p, institution);
	param_text(&p, external_id);
	param_texts(&p, kinds, kinds_count(kinds));
	return tx_run(w->tx, &SQL_core_history_forget, &p, NULL);
}

/* ---- what a file undoes --------------------------------------------------------------------------------------------- */
static const struct revised *
revised_find(const struct revised *all, size_t count, const char *external_id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].external_id, external_id) == 0)
			return &all[i];
	}
	return NULL;
}

/* The field's name as the table has it; NULL: the file leaves it as it was. */
static const char *
changed_field(const struct row_table *t, const struct revised *r, const char *field)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->columns[i].name, field) == 0)
			return strcmp(r->was[i].text, r->now[i].text) != 0 ? t->columns[i].name : NULL;
	}
	return NULL;
}

int
history_note_undone(struct work *w, struct feed *f, const char *kind, int set, const struct revised *all, size_t count)
{
	struct params p = params_new(w->arena);
	const char **institutions = arena_alloc(w->arena, (count + 1) * sizeof *institutions);
	const char **ids = arena_alloc(w->arena, (count + 1) * sizeof *ids);
	struct rows *rows;

	if (count == 0 || f->is_set)
		return STORE_OK;
	if (institutions == NULL || ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		institutions[i] = all[i].institution;
		ids[i] = all[i].external_id;
	}
	param_texts(&p, institutions, count);
	param_texts(&p, ids, count);
	param_text(&p, kind);
	param_int(&p, set);
	int result = tx_run(w->tx, &SQL_core_history_last, &p, &rows);
	for (int i = 0; result == STORE_OK && i < rows_count(rows); i++) {
		const struct revised *r = revised_find(all, count, rows_text(rows, i, 0));
		const char *field = r == NULL ? NULL : changed_field(f->table, r, rows_text(rows, i, 1));
		if (field != NULL)
			row_note(f, r->row, REFUSAL_UNDOES_SET, field, NULL);
	}
	return result;
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */
static const char *const history_columns[] = { "at_ms", "who", "command", "kind", "version", "field", "was", "is", "reason",
	                                       NULL };

enum verdict
history_ask_read(struct call *call, struct history_ask *out)
{
	static const char *const names[] = { "id", NULL };
	struct list_ask *page;
	enum verdict v = list_ask_read(call, names, &page);

	if (v != VERDICT_OK)
		return v;
	*out = (struct history_ask){ list_filter(page, "id"), page };
	return out->id == NULL || out->id[0] == '\0' ? call_refuse(call, REFUSAL_REQUIRED, "id", NULL) : VERDICT_OK;
}

/* The last line that was shown: "at|kind|version|field". */
struct place { int64_t at_ms, version; const char *kind, *field; };

static bool
place_read(struct arena *a, const char *after, struct place *out)
{
	char *text = arena_strdup(a, after), *part[4];
	size_t n = 0;

	*out = (struct place){ INT64_MAX, INT64_MAX, "\x7f", "\x7f" };
	if (text == NULL || after[0] == '\0')
		return text != NULL;
	for (char *at = text; at != NULL && n < COUNT_OF(part);)
		part[n++] = strsep(&at, "|");
	if (n != COUNT_OF(part) || !text_to_int(part[0], 0, INT64_MAX, &out->at_ms) ||
	    !text_to_int(part[2], 0, INT64_MAX, &out->version))
		return false;
	out->kind = part[1];
	out->field = part[3];
	return true;
}

/* FEED_POSTINGS as feed_postings; "" for what an event told. NULL: no memory. */
static const char *
command_text(struct arena *a, int64_t type)
{
	const ProtobufCEnumValue *v =
	    type == 0 ? NULL : protobuf_c_enum_descriptor_get_value(&bassin__v1__command_type__descriptor, (int)type);
	char *text = arena_strdup(a, v == NULL ? "" : v->name);

	for (char *c = text; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

enum { AT_MS, AT_WHO, AT_COMMAND, AT_KIND, AT_VERSION, AT_FIELD, AT_WAS, AT_NOW, AT_REASON };

/* false: the page is full, or *failed: no memory. Personal values are no more than stars. */
static bool
line_show(struct arena *a, struct listing *page, const struct rows *r, int row, bool *failed)
{
	const char *at = arena_printf(a, "%" PRId64, rows_int(r, row, AT_MS));
	const char *version = arena_printf(a, "%" PRId64, rows_int(r, row, AT_VERSION));
	const char *cursor = arena_printf(a, "%s|%s|%s|%s", at, rows_text(r, row, AT_KIND), version,
	                                  rows_text(r, row, AT_FIELD));
	const char *command = command_text(a, rows_int(r, row, AT_COMMAND));
	const char *cells[] = {
		at, rows_text(r, row, AT_WHO), command, rows_text(r, row, AT_KIND), version, rows_text(r, row, AT_FIELD),
		rows_is_null(r, row, AT_WAS) ? "***" : rows_text(r, row, AT_WAS),
		rows_is_null(r, row, AT_NOW) ? "***" : rows_text(r, row, AT_NOW), rows_text(r, row, AT_REASON),
	};

	*failed = *failed || at == NULL || version == NULL || cursor == NULL || command == NULL;
	return !*failed && listing_add(page, cursor, cells);
}

/* When the table's lines end on this page, the row's creation is the last one. false: no memory. */
static bool
creation_show(struct arena *a, struct listing *page, const char *kind, const struct creation *made, bool *room)
{
	const char *at = arena_printf(a, "%" PRId64, made->at_ms);
	const char *cells[] = { at, made->who, "", kind, "1", "created", "", "", "" };

	*room = at != NULL && listing_add(page, "created", cells);
	return at != NULL;
}

enum verdict
history_answer(struct call *call, const struct history_ask *ask, const char *institution, const char *external_id,
               const char *const *kinds, const struct creation *made)
{
	struct arena *a = call->work->arena;
	struct listing *page = listing_new(a, history_columns, ask->page->limit);
	struct params p = params_new(a);
	struct place after;
	struct rows *rows;
	bool failed = false, room = true;

	if (!place_read(a, ask->page->after, &after))
		return call_refuse(call, REFUSAL_BAD_FORMAT, "after", NULL);
	param_text(&p, institution);
	param_text(&p, external_id);
	param_texts(&p, kinds, kinds_count(kinds));
	param_int(&p, after.at_ms);
	param_text(&p, after.kind);
	param_int(&p, after.version);
	param_text(&p, after.field);
	param_int(&p, (int64_t)ask->page->limit + 1);
	int result = tx_run(call->work->tx, &SQL_core_history_list, &p, &rows);
	if (result != STORE_OK || page == NULL)
		return result == STORE_BROKEN ? VERDICT_BROKEN : VERDICT_RETRY;
	for (int i = 0; i < rows_count(rows) && room; i++)
		room = line_show(a, page, rows, i, &failed);
	/* where it finds no room, the next page has nothing but it */
	if (room && made->who[0] != '\0')
		failed = !creation_show(a, page, kinds[0], made, &room);
	return failed ? VERDICT_RETRY : listing_answer(call, page);
}
