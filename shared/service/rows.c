/* SPDX-License-Identifier: Apache-2.0 */
/* FeedRows in, FeedResults out; what lies between is the service's. */
#include "service/rows.h"

#include <stdlib.h>
#include <string.h>
#include "base/refusal.h"
#include "base/text.h"

#define REASON_MAX_BYTES 500
#define SET_ID_MAX 270                  /* bytes: college/id, with a kind in front */
#define MESSAGE_ALONE_BYTES (64 * MiB)  /* what one payload may become when it has an arena to itself */

/* ---- results of a row ------------------------------------------------------------------------------------------------ */
static void
flaw_append(struct feed *f, struct row_flaw **list, unsigned *count, const char *code, const char *field,
            const char *allowed)
{
	if (*count >= ROW_FLAWS_MAX)
		return;
	struct row_flaw *new = arena_alloc(f->arena, sizeof *new);
	if (new == NULL) {
		f->failed = true;
		return;
	}
	*new = (struct row_flaw){ { code, field == NULL ? "" : field, allowed == NULL ? "" : allowed }, NULL };
	while (*list != NULL)
		list = &(*list)->next;
	*list = new;
	(*count)++;
}

void
row_refuse(struct feed *f, struct row *r, const char *code, const char *field, const char *allowed)
{
	if (r->outcome == ROW_WAITING) {            /* what waits is not a flaw of a row that is not taken */
		r->flaws = NULL;
		r->flaw_count = 0;
	}
	r->outcome = ROW_REFUSED;
	flaw_append(f, &r->flaws, &r->flaw_count, code, field, allowed);
}

void
row_note(struct feed *f, struct row *r, const char *code, const char *field, const char *allowed)
{
	flaw_append(f, &r->notes, &r->note_count, code, field, allowed);
}

void
row_wait(struct feed *f, struct row *r, const char *field)
{
	if (r->outcome == ROW_REFUSED)
		return;
	r->outcome = ROW_WAITING;
	flaw_append(f, &r->flaws, &r->flaw_count, REFUSAL_UNKNOWN, field, NULL);
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */
enum verdict
message_read(struct call *call, const ProtobufCMessageDescriptor *type, const void **out)
{
	*out = call_message(call, type);
	if (*out != NULL)
		return VERDICT_OK;
	struct arena *alone = arena_new(MESSAGE_ALONE_BYTES);
	if (alone == NULL)
		return VERDICT_RETRY;
	ProtobufCAllocator allocator = arena_allocator(alone);
	bool sound = protobuf_c_message_unpack(type, &allocator, call->size, call->payload) != NULL;
	arena_destroy(&alone);
	return sound ? VERDICT_RETRY : call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
}

/* from[c]: where the message has column c of the table, SIZE_MAX: nowhere. */
struct header { size_t from[FEED_COLUMNS_MAX]; };

static size_t
column_find(const struct row_table *t, const char *name)
{
	for (size_t c = 0; c < t->count; c++) {
		if (strcmp(t->columns[c].name, name) == 0)
			return c;
	}
	return SIZE_MAX;
}

/* required false: columns may be missing. */
static enum verdict
header_read(struct call *call, const Bassin__V1__FeedRows *m, const struct row_table *t, bool required, struct header *h)
{
	for (size_t c = 0; c < COUNT_OF(h->from); c++)
		h->from[c] = SIZE_MAX;
	for (size_t i = 0; i < m->n_columns; i++) {
		size_t c = column_find(t, m->columns[i]);
		if (c == SIZE_MAX)
			continue;
		if (h->from[c] != SIZE_MAX)
			return call_refuse(call, REFUSAL_DUPLICATE, t->columns[c].name, NULL);
		h->from[c] = i;
	}
	for (size_t c = 0; c < t->count && required; c++) {
		if (h->from[c] == SIZE_MAX && (t->columns[c].flags & COLUMN_REQUIRED) != 0)
			return call_refuse(call, REFUSAL_REQUIRED, t->columns[c].name, NULL);
	}
	return VERDICT_OK;
}

static void
unknown_columns_note(struct feed *f, const Bassin__V1__FeedRows *m)
{
	for (size_t i = 0; i < m->n_columns; i++) {
		/* the name goes back in a report: only what could be a column's name */
		bool printable = strlen(m->columns[i]) <= 128;
		for (const char *s = m->columns[i]; printable && *s != '\0'; s++)
			printable = *s >= ' ' && *s <= '~';
		if (column_find(f->table, m->columns[i]) == SIZE_MAX)
			row_note(f, &f->rows[0], REFUSAL_UNKNOWN_COLUMN, printable ? m->columns[i] : "", NULL);
	}
}

static void
row_read(struct feed *f, const struct header *h, const Bassin__V1__FeedRow *from, size_t columns, struct row *r)
{
	r->cells = arena_zalloc(f->arena, f->table->count, sizeof *r->cells);
	if (r->cells == NULL) {
		f->failed = true;
		return;
	}
	for (size_t c = 0; c < f->table->count; c++)
		r->cells[c].text = "";
	if (from->n_cells != columns) {
		row_refuse(f, r, REFUSAL_BAD_FORMAT, NULL, arena_printf(f->arena, "%zu cells", columns));
		return;
	}
	for (size_t c = 0; c < f->table->count; c++) {
		struct flaw flaw;

		if (h->from[c] == SIZE_MAX)
			continue;
		const char *text = from->cells[h->from[c]];
		switch (cell_parse(&f->table->columns[c], f->institution, text, strlen(text), f->arena, &r->cells[c], &flaw)) {
		case CELL_OK:
			break;
		case CELL_FLAWED:
			row_refuse(f, r, flaw.code, flaw.field, flaw.allowed);
			break;
		case CELL_NO_MEMORY:
			f->failed = true;
			return;
		}
	}
}

static enum verdict
rows_read(struct call *call, const Bassin__V1__FeedRows *m, const struct row_table *t, bool is_set, struct feed **out)
{
	struct arena *a = call->work->arena;
	struct header h;

	BUG_IF(t->count > FEED_COLUMNS_MAX);
	if (m->n_columns == 0 || m->n_columns > FEED_COLUMNS_MAX)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "columns", "1..64");
	if (m->n_rows == 0 || m->n_rows > FEED_ROWS_MAX)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "rows", "1..1000");
	enum verdict v = header_read(call, m, t, !is_set, &h);
	if (v == VERDICT_OK)
		v = reason_check(call, m->reason, is_set);
	if (v != VERDICT_OK)
		return v;
	struct feed *f = arena_zalloc(a, 1, sizeof *f);
	if (f == NULL)
		return VERDICT_RETRY;
	*f = (struct feed){ .table = t, .arena = a, .institution = call->who->institution, .count = m->n_rows,
	                    .dry_run = m->dry_run, .reason = m->reason, .is_set = is_set };
	f->rows = arena_zalloc(a, f->count, sizeof *f->rows);
	if (f->rows == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < f->count && !f->failed; i++)
		row_read(f, &h, m->rows[i], m->n_columns, &f->rows[i]);
	unknown_columns_note(f, m);
	*out = f;
	return f->failed ? VERDICT_RETRY : VERDICT_OK;
}

enum verdict
feed_from_message(struct call *call, const Bassin__V1__FeedRows *m, const struct row_table *t, struct feed **out)
{
	return rows_read(call, m, t, false, out);
}

enum verdict
feed_read(struct call *call, const struct row_table *t, struct feed **out)
{
	const void *m;
	enum verdict v = message_read(call, &bassin__v1__feed_rows__descriptor, &m);

	return v == VERDICT_OK ? feed_from_message(call, m, t, out) : v;
}

enum verdict
reason_check(struct call *call, const char *reason, bool needed)
{
	size_t size = strlen(reason);

	if (size == 0 && needed)
		return call_refuse(call, REFUSAL_REQUIRED, "reason", NULL);
	if (size > REASON_MAX_BYTES)
		return call_refuse(call, REFUSAL_TOO_LONG, "reason", "500");
	if (!text_is_utf8(reason, size) || !text_is_printable(reason, false))
		return call_refuse(call, REFUSAL_NOT_TEXT, "reason", NULL);
	return VERDICT_OK;
}

/* ---- some columns of one row ------------------------------------------------------------------------------------------ */
enum verdict
set_read(struct call *call, struct row_set *out)
{
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__row_set__descriptor, &message);
	const Bassin__V1__RowSet *m = message;

	if (v != VERDICT_OK)
		return v;
	*out = (struct row_set){ m->id, m };
	if (m->id[0] == '\0' || strlen(m->id) > SET_ID_MAX || !text_is_utf8(m->id, strlen(m->id)) ||
	    !text_is_printable(m->id, false))
		return call_refuse(call, REFUSAL_BAD_ID, "id", "1..257");
	if (m->n_columns == 0 || m->n_columns >= FEED_COLUMNS_MAX || m->n_cells != m->n_columns)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "columns", "1..63");
	return reason_check(call, m->reason, true);
}

/* "title|seats|...": what may be set. NULL: no memory. */
static const char *
columns_to_text(const struct row_table *t, struct arena *a)
{
	const char *text = t->count > 1 ? t->columns[1].name : "";

	for (size_t c = 2; c < t->count && text != NULL; c++)
		text = arena_printf(a, "%s|%s", text, t->columns[c].name);
	return text;
}

enum verdict
set_feed(struct call *call, const struct row_set *s, const char *external_id, const struct row_table *t, struct feed **out)
{
	struct arena *a = call->work->arena;
	const Bassin__V1__RowSet *m = s->message;
	Bassin__V1__FeedRows rows = BASSIN__V1__FEED_ROWS__INIT;
	Bassin__V1__FeedRow row = BASSIN__V1__FEED_ROW__INIT, *only[] = { &row };

	for (size_t i = 0; i < m->n_columns; i++) {
		size_t c = column_find(t, m->columns[i]);
		if (c != SIZE_MAX && c != 0)
			continue;
		const char *allowed = columns_to_text(t, a);
		return allowed == NULL ? VERDICT_RETRY : call_refuse(call, REFUSAL_NOT_IN_LIST, "field", allowed);
	}
	rows.n_columns = row.n_cells = m->n_columns + 1;
	rows.columns = arena_alloc(a, rows.n_columns * sizeof *rows.columns);
	row.cells = arena_alloc(a, row.n_cells * sizeof *row.cells);
	if (rows.columns == NULL || row.cells == NULL)
		return VERDICT_RETRY;
	rows.columns[0] = (char *)(uintptr_t)t->columns[0].name;
	row.cells[0] = (char *)(uintptr_t)external_id;
	memcpy(rows.columns + 1, m->columns, m->n_columns * sizeof *rows.columns);
	memcpy(row.cells + 1, m->cells, m->n_cells * sizeof *row.cells);
	rows.rows = only;
	rows.n_rows = 1;
	rows.dry_run = m->dry_run;
	rows.reason = m->reason;
	return rows_read(call, &rows, t, true, out);
}

/* ---- keys ------------------------------------------------------------------------------------------------------------ */
static int
by_key_then_order(const void *a, const void *b, void *feed)
{
	const struct feed *f = feed;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int order = strcmp(f->rows[i].cells[f->key_column].text, f->rows[j].cells[f->key_column].text);

	return order != 0 ? order : (i > j) - (i < j);
}

void
feed_keys(struct feed *f, size_t column)
{
	size_t n = 0, kept = 0;

	BUG_IF(column >= f->table->count);
	f->key_column = column;
	f->key_count = 0;
	f->by_key = arena_alloc(f->arena, f->count * sizeof *f->by_key);
	if (f->by_key == NULL) {
		f->failed = true;
		return;
	}
	for (size_t i = 0; i < f->count; i++) {
		if (!row_is_refused(&f->rows[i]))
			f->by_key[n++] = i;
	}
	qsort_r(f->by_key, n, sizeof *f->by_key, by_key_then_order, f);
	for (size_t i = 0; i < n; i++) {
		struct row *r = &f->rows[f->by_key[i]];
		if (kept > 0 && strcmp(f->rows[f->by_key[kept - 1]].cells[column].text, r->cells[column].text) == 0)
			row_refuse(f, r, REFUSAL_DUPLICATE, f->table->columns[column].name, NULL);
		else
			f->by_key[kept++] = f->by_key[i];
	}
	f->key_count = kept;
}

size_t
feed_find(const struct feed *f, const char *key)
{
	size_t low = 0, high = f->key_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(key, f->rows[f->by_key[middle]].cells[f->key_column].text);
		if (order == 0)
			return f->by_key[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SIZE_MAX;
}

const char *const *
feed_key_texts(const struct feed *f)
{
	const char **texts = arena_alloc(f->arena, (f->key_count + 1) * sizeof *texts);

	if (texts == NULL)
		return NULL;
	for (size_t i = 0; i < f->key_count; i++)
		texts[i] = f->rows[f->by_key[i]].cells[f->key_column].text;
	return texts;
}

/* ---- answering ------------------------------------------------------------------------------------------------------- */
const char *
feed_summary(const struct feed *f)
{
	size_t n[ROW_REFUSED + 1] = { 0 };

	for (size_t i = 0; i < f->count; i++)
		n[f->rows[i].outcome]++;
	return arena_printf(f->arena, "rows=%zu created=%zu updated=%zu unchanged=%zu waiting=%zu refused=%zu%s", f->count,
	                    n[ROW_CREATED], n[ROW_UPDATED], n[ROW_UNCHANGED], n[ROW_WAITING], n[ROW_REFUSED],
	                    f->dry_run ? " dry_run=yes" : "");
}

static bool
flaws_pack(struct arena *a, const struct row_flaw *flaws, unsigned count, Bassin__V1__Refusal ***out, size_t *n)
{
	Bassin__V1__Refusal *all = arena_zalloc(a, count, sizeof *all);

	*out = arena_zalloc(a, count, sizeof **out);
	*n = 0;
	if (all == NULL || *out == NULL)
		return false;
	for (; flaws != NULL; flaws = flaws->next) {
		Bassin__V1__Refusal *to = &all[*n];
		bassin__v1__refusal__init(to);
		to->code = (char *)(uintptr_t)flaws->flaw.code;
		to->field = (char *)(uintptr_t)flaws->flaw.field;
		to->allowed = (char *)(uintptr_t)flaws->flaw.allowed;
		(*out)[(*n)++] = to;
	}
	return true;
}

/* For the audit trail: the answer of a dry run, or of rows that were all refused, is no deed. */
static void
deed_tell(struct call *call, const struct feed *f)
{
	size_t refused = 0;

	while (refused < f->count && row_is_refused(&f->rows[refused]))
		refused++;
	if (f->dry_run) {
		call->done = BASSIN__V1__REPLY_CODE__DRY_RUN;
	} else if (f->count > 0 && refused == f->count) {
		call->done = BASSIN__V1__REPLY_CODE__REFUSED;
		call->code = f->rows[0].flaws == NULL ? NULL : f->rows[0].flaws->flaw.code;
	}
}

enum verdict
feed_answer(struct call *call, const struct feed *f)
{
	struct arena *a = f->arena;
	Bassin__V1__FeedResults results = BASSIN__V1__FEED_RESULTS__INIT;
	Bassin__V1__FeedResult *all = arena_zalloc(a, f->count, sizeof *all);

	results.results = arena_zalloc(a, f->count, sizeof *results.results);
	if (f->failed || all == NULL || results.results == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < f->count; i++) {
		const struct row *r = &f->rows[i];

		BUG_IF(r->outcome == ROW_UNDECIDED);
		bassin__v1__feed_result__init(&all[i]);
		all[i].outcome = (Bassin__V1__RowOutcome)r->outcome;
		if (!flaws_pack(a, r->flaws, r->flaw_count, &all[i].refusals, &all[i].n_refusals) ||
		    !flaws_pack(a, r->notes, r->note_count, &all[i].notes, &all[i].n_notes))
			return VERDICT_RETRY;
		results.results[i] = &all[i];
	}
	results.n_results = f->count;
	deed_tell(call, f);
	return call_answer(call, &results.base);
}

/* ---- what stands ----------------------------------------------------------------------------------------------------- */

/* A stored or initial text, by the same parser. A stored text that the table no longer accepts is kept as it is. */
static bool
cell_from_text(const struct column *column, struct arena *a, const char *text, struct cell *out)
{
	struct flaw flaw;
	struct column lenient = *column;

	lenient.flags = 0;
	lenient.initial = NULL;
	enum cell_result r = cell_parse(&lenient, "", text, strlen(text), a, out, &flaw);
	if (r == CELL_FLAWED) {
		out->text = arena_strdup(a, text);
		return out->text != NULL;
	}
	return r == CELL_OK;
}

struct cell *
cells_from_rows(const struct row_table *t, struct arena *a, const struct rows *r, int row, int first_column)
{
	struct cell *cells = arena_zalloc(a, t->count, sizeof *cells);

	if (cells == NULL)
		return NULL;
	for (size_t c = 0; c < t->count; c++) {
		if (!cell_from_text(&t->columns[c], a, rows_text(r, row, first_column + (int)c), &cells[c]))
			return NULL;
	}
	return cells;
}

struct cell *
cells_merge(const struct row_table *t, struct arena *a, const struct cell *stored, const struct cell *fed)
{
	struct cell *cells = arena_zalloc(a, t->count, sizeof *cells);

	if (cells == NULL)
		return NULL;
	for (size_t c = 0; c < t->count; c++) {
		const char *initial = t->columns[c].initial;

		if (fed[c].state != CELL_ABSENT)
			cells[c] = fed[c];
		else if (stored != NULL)
			cells[c] = stored[c];
		else if (!cell_from_text(&t->columns[c], a, initial == NULL ? "" : initial, &cells[c]))
			return NULL;
	}
	return cells;
}

bool
cells_equal(const struct row_table *t, const struct cell *a, const struct cell *b)
{
	for (size_t c = 0; c < t->count; c++) {
		if (strcmp(a[c].text, b[c].text) != 0)
			return false;
	}
	return true;
}

void
param_cells(struct params *p, const struct row_table *t, const struct cell *const *rows, size_t n)
{
	const char **texts = arena_alloc(p->arena, (n + 1) * sizeof *texts);

	if (texts == NULL) {
		p->failed = true;
		return;
	}
	for (size_t c = 0; c < t->count; c++) {
		for (size_t i = 0; i < n; i++)
			texts[i] = cell_has(&rows[i][c]) ? rows[i][c].text : NULL;
		param_texts(p, texts, n);
	}
}

static enum copy_kind
copy_kind_of(enum cell_kind kind)
{
	switch (kind) {
	case CELL_INT:        return COPY_INT4;
	case CELL_SCALED:
	case CELL_COORDINATE: return COPY_NUMERIC;
	case CELL_BOOL:       return COPY_BOOL;
	case CELL_DATE:       return COPY_DATE;
	case CELL_CHOICES:
	case CELL_IDS:
	case CELL_RESERVES:   return COPY_TEXTS;
	case CELL_TEXT:
	case CELL_LINES:
	case CELL_ID:
	case CELL_REF:
	case CELL_CHOICE:
	case CELL_EMAIL:
	case CELL_POSTAL:
	case CELL_PHONE:
	case CELL_DIGITS:     break;
	}
	return COPY_TEXT;
}

/* A number that is not there is null; a text or a list is empty. */
static bool
copy_cells_of(struct arena *a, size_t c, const struct cell *const *rows, size_t n, struct copy_column *out)
{
	const char **texts = out->kind == COPY_TEXT ? arena_alloc(a, n * sizeof *texts) : NULL;
	struct text_list *lists = out->kind == COPY_TEXTS ? arena_alloc(a, n * sizeof *lists) : NULL;
	bool has_numbers = out->kind != COPY_TEXT && out->kind != COPY_TEXTS;
	int64_t *ints = has_numbers ? arena_alloc(a, n * sizeof *ints) : NULL;
	bool *given = has_numbers ? arena_alloc(a, n * sizeof *given) : NULL;

	if (texts == NULL && lists == NULL && (ints == NULL || given == NULL))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct cell *cell = &rows[i][c];
		if (texts != NULL) {
			texts[i] = cell->text;
		} else if (lists != NULL) {
			lists[i] = (struct text_list){ cell->entries, cell->entry_count };
		} else {
			ints[i] = cell->number;
			given[i] = cell_has(cell);
		}
	}
	out->texts = texts;
	out->lists = lists;
	out->ints = ints;
	out->given = given;
	return true;
}

bool
copy_cells(struct arena *a, const struct row_table *t, const struct cell *const *rows, size_t n, struct copy_column *out)
{
	for (size_t c = 0; c < t->count; c++) {
		const struct column *column = &t->columns[c];
		out[c] = (struct copy_column){ .kind = copy_kind_of(column->kind),
			                       .places = column->kind == CELL_COORDINATE ? 7 : column->places };
		if (!copy_cells_of(a, c, rows, n, &out[c]))
			return false;
	}
	return true;
}
