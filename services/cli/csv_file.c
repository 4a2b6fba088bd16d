/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a feed file: libcsv splits it into cells, fed one physical line at a time, which is how we know the line where
 * a record starts and can go back there when its quotation marks turn out wrong.
 */
#include "csv_file.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "encoding.h"

/* libcsv's own names are csv_*, too; it has no csv_load, csv_read, csv_file or csv_record. */

struct reader {
	struct csv_parser parser;
	struct arena *arena;
	struct csv_file *out;
	const char *bytes;
	size_t size;
	char *cells[CSV_COLUMNS_MAX];
	size_t cell_count; /* of the record in hand; may pass CSV_COLUMNS_MAX */
	uint32_t line; /* where it starts */
	size_t room; /* of out->records */
	size_t bad_count;
	bool ended; /* a record ended in the bytes given last */
	bool has_header, failed;
};

static void
on_cell(void *text, size_t size, void *self)
{
	struct reader *r = self;

	if (r->cell_count < CSV_COLUMNS_MAX &&
	    (r->cells[r->cell_count] = arena_strndup(r->arena, text == NULL ? "" : text, size)) == NULL)
		r->failed = true;
	r->cell_count++;
}

static struct csv_record *
add_record(struct reader *r)
{
	if (r->out->record_count == r->room) {
		size_t room = r->room == 0 ? 1024 : 2 * r->room;
		struct csv_record *grown = arena_alloc(r->arena, room * sizeof(*grown));
		if (grown == NULL) {
			r->failed = true;
			return NULL;
		}
		if (r->room != 0)
			memcpy(grown, r->out->records, r->room * sizeof(*grown));
		r->out->records = grown;
		r->room = room;
	}
	return &r->out->records[r->out->record_count++];
}

static void
on_record(int unused, void *self)
{
	struct reader *r = self;
	size_t kept = r->cell_count < CSV_COLUMNS_MAX ? r->cell_count : CSV_COLUMNS_MAX;
	char **cells = r->failed ? NULL : arena_memdup(r->arena, r->cells, kept * sizeof(*cells));

	(void)unused;
	r->ended = true;
	if (cells == NULL) {
		r->failed = true;
	} else if (!r->has_header) {
		r->has_header = true;
		r->out->columns = cells;
		r->out->column_count = r->cell_count;
	} else {
		struct csv_record *record = add_record(r);
		if (record != NULL)
			*record = (struct csv_record){ .line = r->line,
				                       .cell_count = (uint32_t)r->cell_count,
				                       .cells = cells };
	}
	r->cell_count = 0;
}

/* The end of the physical line that begins at `from`: behind its LF, CR or CRLF. */
static size_t
line_end(const struct reader *r, size_t from)
{
	size_t at = from;

	while (at < r->size && r->bytes[at] != '\n' && r->bytes[at] != '\r')
		at++;
	if (at < r->size && r->bytes[at] == '\r' && at + 1 < r->size && r->bytes[at + 1] == '\n')
		at++;
	return at < r->size ? at + 1 : at;
}

static bool
is_blank(const struct reader *r, size_t from, size_t to)
{
	while (from < to && strchr(" \t\r\n", r->bytes[from]) != NULL)
		from++;
	return from == to;
}

static bool
start_parser(struct reader *r)
{
	if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
		return false;
	csv_set_delim(&r->parser, (unsigned char)r->out->delimiter);
	r->cell_count = 0;
	return true;
}

/* The record in hand is bad: it is noted, and libcsv begins anew. */
static enum csv_result
give_up_record(struct reader *r)
{
	csv_free(&r->parser);
	if (!start_parser(r))
		return CSV_NO_MEMORY;
	if (!r->has_header)
		return CSV_BAD_HEADER;
	if (++r->bad_count > CSV_BAD_MAX)
		return CSV_TOO_BAD;
	struct csv_record *record = add_record(r);
	if (record == NULL)
		return CSV_NO_MEMORY;
	*record = (struct csv_record){ .line = r->line };
	return CSV_READ;
}

/* Splits everything. next is where the line after the one that begins the record in hand starts. */
static enum csv_result
split(struct reader *r)
{
	size_t at = 0, started_at = 0, next = 0;
	uint32_t line = 0;
	bool inside = false;

	while (at < r->size || inside) {
		size_t end = line_end(r, at);
		bool good;

		if (!inside) {
			r->line = line + 1;
			started_at = at;
			next = end;
		}
		r->ended = false;
		if (at < r->size) {
			good = csv_parse(&r->parser, r->bytes + at, end - at, on_cell, on_record, r) == end - at &&
			       end - started_at <= CSV_RECORD_MAX;
			inside = !r->ended && (inside || !is_blank(r, at, end));
			at = end;
			line++;
		} else {
			good = csv_fini(&r->parser, on_cell, on_record, r) == 0;
			inside = false;
		}
		if (r->failed)
			return CSV_NO_MEMORY;
		if (good)
			continue;
		enum csv_result result = give_up_record(r);
		if (result != CSV_READ)
			return result;
		at = next;
		line = r->line;
		inside = false;
	}
	return CSV_READ;
}

static char
find_delimiter(const char *bytes, size_t size)
{
	size_t commas = 0, semicolons = 0;
	bool quoted = false;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '"')
			quoted = !quoted;
		else if (!quoted && (bytes[i] == '\n' || bytes[i] == '\r') && commas + semicolons > 0)
			break;
		else if (!quoted)
			commas += bytes[i] == ',', semicolons += bytes[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

static enum csv_result
check_columns(struct csv_file *f)
{
	if (f->column_count > CSV_COLUMNS_MAX)
		return CSV_BAD_HEADER;
	for (size_t i = 0; i < f->column_count; i++)
		for (size_t j = 0; j < i; j++)
			if (f->columns[i][0] != '\0' && strcasecmp(f->columns[i], f->columns[j]) == 0) {
				f->twice = f->columns[i];
				return CSV_COLUMN_TWICE;
			}
	return CSV_READ;
}

enum csv_result
csv_read(char *bytes, size_t size, struct arena *a, struct csv_file *out)
{
	struct reader r = { .arena = a, .out = out };
	enum csv_result result;

	*out = (struct csv_file){ .delimiter = ',' };
	switch (encoding_to_utf8(&bytes, &size)) {
	case ENCODING_UTF8: result = CSV_READ; break;
	case ENCODING_WINDOWS_1252:
		result = CSV_READ;
		out->was_windows_1252 = true;
		break;
	case ENCODING_UTF16: result = CSV_UTF16; break;
	case ENCODING_SPREADSHEET: result = CSV_SPREADSHEET; break;
	case ENCODING_BINARY: result = CSV_BINARY; break;
	default: result = CSV_NO_MEMORY; break;
	}
	r.bytes = bytes;
	r.size = size;
	out->delimiter = find_delimiter(bytes, size);
	if (result == CSV_READ && !start_parser(&r))
		result = CSV_NO_MEMORY;
	if (result == CSV_READ) {
		result = split(&r);
		csv_free(&r.parser);
	}
	free(bytes);
	if (result == CSV_READ)
		result = r.has_header ? check_columns(out) : CSV_EMPTY;
	return result;
}

enum csv_result
csv_load(const char *path, struct arena *a, struct csv_file *out)
{
	FILE *file = fopen(path, "rb");
	size_t size = 0, room = 64 * KiB;
	char *bytes = NULL;
	enum csv_result result = CSV_READ;

	*out = (struct csv_file){ .delimiter = ',' };
	if (file == NULL)
		return CSV_UNREADABLE;
	/* Read and grow, since a pipe does not know its size. */
	for (;;) {
		char *grown = realloc(bytes, room);
		if (grown == NULL) {
			result = CSV_NO_MEMORY;
			break;
		}
		bytes = grown;
		size += fread(bytes + size, 1, room - size, file);
		if (size < room)
			break;
		room *= 2;
		if (size >= CSV_FILE_MAX) {
			result = CSV_TOO_LARGE;
			break;
		}
	}
	int error = ferror(file) ? errno : 0;
	fclose(file);
	if (error != 0) {
		errno = error;
		result = CSV_UNREADABLE;
	}
	if (result == CSV_READ)
		return csv_read(bytes, size, a, out);
	free(bytes);
	return result;
}
