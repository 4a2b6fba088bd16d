/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: collected in an arena, then written in one of three ways. */
#include "table.h"

#include <csv.h>
#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "terminal.h"

struct table {
	struct arena *arena;
	struct column *columns;
	size_t column_count;
	const char **cells;
	size_t row_count, room;
};

struct table *
table_new(struct arena *a, const struct column *columns, size_t count)
{
	struct table *t = arena_zalloc(a, 1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->arena = a;
	t->columns = arena_memdup(a, columns, count * sizeof(*columns));
	t->column_count = count;
	return t->columns == NULL ? NULL : t;
}

int
table_add(struct table *t, const char *const *cells)
{
	if (t->row_count == t->room) {
		size_t room = t->room == 0 ? 32 : 2 * t->room;
		const char **grown = arena_zalloc(t->arena, room, t->column_count * sizeof(*grown));
		if (grown == NULL)
			return -1;
		if (t->row_count > 0)
			memcpy(grown, t->cells, t->row_count * t->column_count * sizeof(*grown));
		t->cells = grown;
		t->room = room;
	}
	for (size_t i = 0; i < t->column_count; i++)
		t->cells[t->row_count * t->column_count + i] = cells[i] == NULL ? "" : cells[i];
	t->row_count++;
	return 0;
}

size_t
table_rows(const struct table *t)
{
	return t->row_count;
}

static const char *
cell(const struct table *t, size_t row, size_t column)
{
	return t->cells[row * t->column_count + column];
}

/* ---- for people -------------------------------------------------------------------------------------------------- */
#define WRAP_MIN 16 /* columns of the terminal that a long column gets at least */

static size_t
natural_width(const struct table *t, size_t column)
{
	size_t widest = terminal_width(t->columns[column].title);

	for (size_t row = 0; row < t->row_count; row++) {
		size_t width = terminal_width(cell(t, row, column));
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* What is left of a line for each of the long columns that have to be wrapped; those that need less keep what they
 * need. */
static size_t
wrap_width(const struct table *t, size_t line)
{
	size_t used = 0, wide = 0;

	for (size_t i = 0; i < t->column_count; i++) {
		used += i > 0;
		if (t->columns[i].kind == COLUMN_LONG && natural_width(t, i) > WRAP_MIN)
			wide++;
		else
			used += natural_width(t, i);
	}
	size_t left = line > used ? line - used : 0, share = wide == 0 ? line : left / wide;
	for (size_t i = 0; i < t->column_count && wide > 1; i++)
		if (t->columns[i].kind == COLUMN_LONG && natural_width(t, i) > WRAP_MIN &&
		    natural_width(t, i) < share) {
			left -= natural_width(t, i);
			share = left / --wide;
		}
	return share < WRAP_MIN ? WRAP_MIN : share;
}

/* Wrapping is for a window; a pipe gets one line for each row. */
static int
fill(struct table *t, struct libscols_table *out, size_t wrap)
{
	for (size_t i = 0; i < t->column_count; i++) {
		bool wraps = wrap > 0 && t->columns[i].kind == COLUMN_LONG;
		int flags = t->columns[i].kind == COLUMN_NUMBER ? SCOLS_FL_RIGHT : wraps ? SCOLS_FL_WRAP : 0;
		struct libscols_column *column = scols_table_new_column(out, t->columns[i].title, 0, flags);
		if (column == NULL || (wraps && (scols_column_set_safechars(column, "\n") != 0 ||
		                                 scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
		                                                           scols_wrapnl_nextchunk, NULL) != 0)))
			return -1;
	}
	for (size_t row = 0; row < t->row_count; row++) {
		struct libscols_line *line = scols_table_new_line(out, NULL);
		if (line == NULL)
			return -1;
		for (size_t i = 0; i < t->column_count; i++) {
			const char *text = cell(t, row, i);
			if (t->columns[i].kind == COLUMN_LONG)
				text = terminal_wrap(t->arena, text, wrap);
			if (scols_line_set_data(line, i, text) != 0)
				return -1;
		}
	}
	return 0;
}

/* ---- a window that is too narrow ---------------------------------------------------------------------------------- */
#define CUT_WIDTH 20 /* of a cell, where a table does not fit */

struct narrowing {
	size_t *widths; /* of the columns that are left; 0: left out */
	size_t line, total; /* columns of the terminal, and those that the table takes */
};

static void
leave_out(struct narrowing *n, size_t column)
{
	n->total -= n->widths[column] == 0 ? 0 : n->widths[column] + 1;
	n->widths[column] = 0;
}

static bool
is_empty(const struct table *t, size_t column)
{
	for (size_t row = 0; row < t->row_count; row++)
		if (cell(t, row, column)[0] != '\0')
			return false;
	return true;
}

/* Names, sentences and addresses: what has a blank or an @ somewhere. All else may have to be typed, so it stays whole. */
static bool
is_prose(const struct table *t, size_t column)
{
	for (size_t row = 0; row < t->row_count; row++)
		if (strpbrk(cell(t, row, column), " @") != NULL)
			return true;
	return false;
}

static void
cut_cells(struct table *t, struct narrowing *n)
{
	for (size_t i = 0; i < t->column_count; i++) {
		if (n->widths[i] <= CUT_WIDTH || !is_prose(t, i))
			continue;
		for (size_t row = 0; row < t->row_count; row++) {
			const char **text = &t->cells[row * t->column_count + i];
			*text = terminal_cut(t->arena, *text, CUT_WIDTH);
		}
		size_t width = natural_width(t, i);
		n->total -= n->widths[i] - width;
		n->widths[i] = width;
	}
}

/* Those that are missed least are left out first, in this order; then the last ones. The first column is what its row is
 * called by, but for the service where there are several. */
static void
choose_columns(const struct table *t, struct narrowing *n)
{
	static const char *const minor[] = {
		"request_id", "message_id", "seed", "seed_hash", "instance_digest", "through", "subject", "log_id", "version",
		"external_id", "institution", "institution_a", "institution_b", "municipality_a", "municipality_b", "role",
		"id", "service", "state_reason", "employer", "round",
	};

	for (size_t m = 0; m < COUNT_OF(minor); m++)
		for (size_t i = 0; i < t->column_count && n->total > n->line; i++)
			if (strcmp(t->columns[i].name, minor[m]) == 0 && (i > 0 || strcmp(minor[m], "service") == 0))
				leave_out(n, i);
	for (size_t i = t->column_count - 1; i > 0 && n->total > n->line; i--)
		leave_out(n, i);
}

/* Takes the columns that are left out away; *left_out: their titles, of those that hold anything. */
static int
take_away(struct table *t, const struct narrowing *n, const char **left_out)
{
	size_t kept = 0, to = 0;

	for (size_t i = 0; i < t->column_count && *left_out != NULL; i++)
		if (n->widths[i] == 0 && !is_empty(t, i))
			*left_out = arena_printf(t->arena, "%s%s%s", *left_out, **left_out == '\0' ? "" : ", ",
			                         t->columns[i].title);
	for (size_t row = 0; row < t->row_count; row++)
		for (size_t i = 0; i < t->column_count; i++)
			if (n->widths[i] > 0)
				t->cells[to++] = cell(t, row, i);
	for (size_t i = 0; i < t->column_count; i++)
		if (n->widths[i] > 0)
			t->columns[kept++] = t->columns[i];
	t->column_count = kept;
	return *left_out == NULL ? -1 : 0;
}

int
table_narrow(struct table *t, size_t line, const char **left_out)
{
	struct narrowing n = { .widths = arena_zalloc(t->arena, t->column_count, sizeof(*n.widths)), .line = line };

	*left_out = "";
	if (n.widths == NULL)
		return -1;
	for (size_t i = 0; i < t->column_count; i++) {
		n.widths[i] = natural_width(t, i);
		n.total += n.widths[i] + (i > 0);
	}
	if (n.total <= line || t->row_count == 0)
		return 0;
	for (size_t i = 1; i < t->column_count; i++)
		if (is_empty(t, i))
			leave_out(&n, i);
	if (n.total > line)
		cut_cells(t, &n);
	choose_columns(t, &n);
	return take_away(t, &n, left_out);
}

static void
make_safe(struct table *t)
{
	for (size_t i = 0; i < t->row_count * t->column_count; i++)
		t->cells[i] = terminal_safe_text(t->arena, t->cells[i]);
}

int
table_print_narrow(struct table *t, FILE *to, const char **left_out)
{
	struct libscols_table *window = isatty(fileno(to)) ? scols_new_table() : NULL;
	int rc = 0;

	*left_out = "";
	make_safe(t);
	if (window != NULL) {
		scols_table_set_stream(window, to);
		rc = table_narrow(t, scols_table_get_termwidth(window), left_out);
	}
	scols_unref_table(window);
	return rc == 0 ? table_print(t, to) : -1;
}

int
table_print(struct table *t, FILE *to)
{
	struct libscols_table *out = scols_new_table();
	bool is_terminal = isatty(fileno(to));
	int rc = -1;

	if (out == NULL)
		return -1;
	make_safe(t);
	scols_table_set_stream(out, to);
	scols_table_enable_maxout(out, 0);
	if (!is_terminal)
		scols_table_set_termforce(out, SCOLS_TERMFORCE_NEVER);
	size_t wrap = is_terminal ? wrap_width(t, scols_table_get_termwidth(out)) : 0;
	if (fill(t, out, wrap) == 0 && (t->row_count == 0 || scols_print_table(out) == 0))
		rc = 0;
	scols_unref_table(out);
	return ferror(to) ? -1 : rc;
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */
static bool
is_plain_number(const char *text)
{
	if (*text == '-')
		text++;
	bool digits = isdigit((unsigned char)*text);
	while (isdigit((unsigned char)*text) || *text == '.' || *text == ',')
		text++;
	return digits && *text == '\0';
}

int
csv_out_cell(FILE *to, const char *text, bool is_first)
{
	char guarded[2] = { '\'', '\0' };

	if (!is_first && fputc(',', to) == EOF)
		return -1;
	/* A coordinate west of Greenwich begins with a minus and is no formula. */
	if (text[0] == '\0' || strchr("=+-@\t\r", text[0]) == NULL || is_plain_number(text))
		return csv_fwrite(to, text, strlen(text)) == 0 ? 0 : -1;
	if (fputc('"', to) == EOF || fputs(guarded, to) == EOF)
		return -1;
	for (const char *c = text; *c != '\0'; c++)
		if ((*c == '"' && fputc('"', to) == EOF) || fputc(*c, to) == EOF)
			return -1;
	return fputc('"', to) == EOF ? -1 : 0;
}

int
table_csv(const struct table *t, FILE *to, bool with_header)
{
	for (size_t i = 0; with_header && i < t->column_count; i++)
		if (csv_out_cell(to, t->columns[i].name, i == 0) != 0)
			return -1;
	if (with_header && fputc('\n', to) == EOF)
		return -1;
	for (size_t row = 0; row < t->row_count; row++) {
		for (size_t i = 0; i < t->column_count; i++)
			if (csv_out_cell(to, cell(t, row, i), i == 0) != 0)
				return -1;
		if (fputc('\n', to) == EOF)
			return -1;
	}
	return 0;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */
static json_t *
row_object(const struct table *t, size_t row)
{
	json_t *object = json_object();

	for (size_t i = 0; object != NULL && i < t->column_count; i++) {
		const char *text = cell(t, row, i);
		json_t *value = t->columns[i].kind == COLUMN_NUMBER && is_plain_number(text) ?
		                    json_loads(text, JSON_DECODE_ANY, NULL) :
		                    NULL;
		if (value == NULL)
			value = json_string(text);
		/* What is not UTF-8 cannot stand in JSON. */
		if (json_object_set_new(object, t->columns[i].name, value == NULL ? json_null() : value) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

int
table_json(const struct table *t, FILE *to, bool first)
{
	int rc = 0;

	for (size_t row = 0; row < t->row_count && rc == 0; row++) {
		json_t *object = row_object(t, row);
		if (object == NULL || (!first && fputs(",\n", to) == EOF) || json_dumpf(object, to, 0) != 0)
			rc = -1;
		json_decref(object);
		first = false;
	}
	return rc;
}
