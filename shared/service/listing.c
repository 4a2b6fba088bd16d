/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for and building pages. Cells are pointers until the answer is packed. */
#include "service/listing.h"

#include <string.h>
#include "base/refusal.h"
#include "base/text.h"
#include "service/rows.h"

#define FILTER_NAME_MAX 64u      /* bytes */

struct listing {
	struct arena *arena;
	const char *const *columns;
	size_t column_count, row_count, limit, bytes;
	Bassin__V1__FeedRow **rows;
	const char *last, *next;        /* cursors: of the last row; of the answer */
	bool failed;
};

/* ---- asking ---------------------------------------------------------------------------------------------------------- */
static bool
text_is_sound(const char *s, size_t max)
{
	size_t size = strnlen(s, max + 1);

	return size <= max && text_is_utf8(s, size) && text_is_printable(s, false);
}

static const char *
language_of(const char *asked)
{
	return strcmp(asked, "en") == 0 ? "en" : "fr";
}

static const char *
names_join(struct arena *a, const char *const *names)
{
	const char *text = arena_strdup(a, "");

	for (; text != NULL && names != NULL && *names != NULL; names++)
		text = arena_printf(a, "%s%s%s", text, text[0] == '\0' ? "" : "|", *names);
	return text;
}

/* "name=value": its name's place in names, and the value. */
static bool
filter_find(const char *filter, const char *const *names, size_t count, size_t *which, const char **value)
{
	for (*which = 0; *which < count; (*which)++) {
		size_t size = strlen(names[*which]);
		if (strncmp(filter, names[*which], size) == 0 && filter[size] == '=') {
			*value = filter + size + 1;
			return true;
		}
	}
	return false;
}

/* What was typed before the `=` stands in the refusal where it can be a column's name; it may be anything. */
static enum verdict
filter_refuse(struct call *call, const char *filter, const char *const *names)
{
	size_t size = strcspn(filter, "=");
	const char *known = names_join(call->work->arena, names);
	const char *field = size <= FILTER_NAME_MAX ? arena_strndup(call->work->arena, filter, size) : "filters";

	return known == NULL || field == NULL ? VERDICT_RETRY : call_refuse(call, REFUSAL_NO_FILTER, field, known);
}

static enum verdict
filters_read(struct call *call, const Bassin__V1__ListAsk *m, struct list_ask *ask)
{
	size_t count = 0, which;
	const char *value;

	for (; ask->names != NULL && ask->names[count] != NULL; count++)
		continue;
	ask->values = arena_zalloc(call->work->arena, count + 1, sizeof *ask->values);
	if (ask->values == NULL)
		return VERDICT_RETRY;
	if (m->n_filters > 16)
		return call_refuse(call, REFUSAL_TOO_LONG, "filters", "16");
	for (size_t i = 0; i < m->n_filters; i++) {
		if (!text_is_sound(m->filters[i], 600))
			return call_refuse(call, REFUSAL_NOT_TEXT, "filters", NULL);
		if (!filter_find(m->filters[i], ask->names, count, &which, &value))
			return filter_refuse(call, m->filters[i], ask->names);
		if (ask->values[which] != NULL)
			return call_refuse(call, REFUSAL_DUPLICATE, ask->names[which], NULL);
		ask->values[which] = value;
	}
	return VERDICT_OK;
}

enum verdict
list_ask_read(struct call *call, const char *const *names, struct list_ask **out)
{
	struct list_ask *ask = arena_zalloc(call->work->arena, 1, sizeof *ask);
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__list_ask__descriptor, &message);
	const Bassin__V1__ListAsk *m = message;

	if (v != VERDICT_OK)
		return v;
	if (ask == NULL)
		return VERDICT_RETRY;
	if (m->limit < 1 || m->limit > LISTING_MAX_ROWS)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "limit", "1..1000");
	if (!text_is_sound(m->after, 600))
		return call_refuse(call, REFUSAL_NOT_TEXT, "after", NULL);
	*ask = (struct list_ask){ m->after, language_of(m->language), m->limit, names, NULL };
	*out = ask;
	return filters_read(call, m, ask);
}

const char *
list_filter(const struct list_ask *ask, const char *name)
{
	for (size_t i = 0; ask->names != NULL && ask->names[i] != NULL; i++) {
		if (strcmp(ask->names[i], name) == 0)
			return ask->values[i];
	}
	return NULL;
}

enum verdict
list_filter_check(struct call *call, const struct list_ask *ask, const char *name, const char *allowed)
{
	const char *value = list_filter(ask, name);
	size_t size = value == NULL ? 0 : strlen(value);

	for (const char *at = allowed; value != NULL; at++) {
		size_t word = strcspn(at, "|");
		if (word == size && memcmp(at, value, size) == 0)
			return VERDICT_OK;
		at += word;
		if (*at == '\0')
			return call_refuse(call, REFUSAL_NOT_IN_LIST, name, allowed);
	}
	return VERDICT_OK;
}

enum verdict
show_ask_read(struct call *call, const char **id, const char **language)
{
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__show_ask__descriptor, &message);
	const Bassin__V1__ShowAsk *m = message;

	if (v != VERDICT_OK)
		return v;
	if (m->id[0] == '\0' || !text_is_sound(m->id, 257))
		return call_refuse(call, REFUSAL_BAD_ID, "id", "1..257");
	*id = m->id;
	*language = language_of(m->language);
	return VERDICT_OK;
}

bool
reference_split(struct arena *a, const char *reference, const char *own_institution, const char **institution,
                const char **external_id)
{
	const char *slash = strchr(reference, '/');

	*institution = slash == NULL ? own_institution : arena_strndup(a, reference, (size_t)(slash - reference));
	*external_id = slash == NULL ? reference : slash + 1;
	return *institution != NULL && text_is_utf8(reference, strlen(reference)) && text_is_id(*institution) &&
	       text_is_id(*external_id);
}

/* ---- answering ------------------------------------------------------------------------------------------------------- */
struct listing *
listing_new(struct arena *a, const char *const *columns, uint32_t limit)
{
	struct listing *l = arena_zalloc(a, 1, sizeof *l);

	BUG_IF(limit > LISTING_MAX_ROWS);
	if (l == NULL)
		return NULL;
	*l = (struct listing){ .arena = a, .columns = columns, .limit = limit };
	while (columns[l->column_count] != NULL)
		l->column_count++;
	l->rows = arena_alloc(a, limit * sizeof *l->rows);
	return l->rows == NULL ? NULL : l;
}

bool
listing_add(struct listing *l, const char *cursor, const char *const *cells)
{
	if (l->next != NULL || l->failed)
		return false;
	if (l->row_count == l->limit || l->bytes > LISTING_MAX_BYTES) {
		l->next = l->last;
		return false;
	}
	Bassin__V1__FeedRow *row = arena_alloc(l->arena, sizeof *row);
	char **copies = arena_alloc(l->arena, (l->column_count + 1) * sizeof *copies);
	l->last = arena_strdup(l->arena, cursor);
	if (row == NULL || copies == NULL || l->last == NULL) {
		l->failed = true;
		return false;
	}
	bassin__v1__feed_row__init(row);
	for (size_t i = 0; i < l->column_count; i++) {
		copies[i] = (char *)(uintptr_t)cells[i];
		l->bytes += strlen(cells[i]) + 8;
	}
	row->cells = copies;
	row->n_cells = l->column_count;
	l->rows[l->row_count++] = row;
	return true;
}

enum verdict
listing_answer(struct call *call, struct listing *l)
{
	Bassin__V1__Table table = BASSIN__V1__TABLE__INIT;

	if (l->failed)
		return VERDICT_RETRY;
	table.columns = (char **)(uintptr_t)l->columns;
	table.n_columns = l->column_count;
	table.rows = l->rows;
	table.n_rows = l->row_count;
	table.next = (char *)(uintptr_t)(l->next == NULL ? "" : l->next);
	return call_answer(call, &table.base);
}
