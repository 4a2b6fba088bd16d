/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for people (libsmartcols), as CSV and as JSON. All texts are borrowed until the table is printed. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stdio.h>
#include "base/arena.h"

enum column_kind { COLUMN_TEXT, COLUMN_NUMBER /* right-aligned, a number in JSON */, COLUMN_LONG /* wrapped */ };

struct column {
	const char *name; /* stable: of CSV and JSON */
	const char *title; /* for people, in their language */
	enum column_kind kind;
};

struct table;

/* NULL: no memory. columns are copied. */
struct table *table_new(struct arena *a, const struct column *columns, size_t count) MUST_CHECK;
/* cells: as many as columns, NULL is empty; copied as pointers. 0, or -1: no memory. */
int table_add(struct table *t, const char *const *cells) MUST_CHECK;
size_t table_rows(const struct table *t);

/* Each returns 0, or -1: not everything could be written. table_print makes the cells safe for a terminal, also for
 * later. */
int table_print(struct table *t, FILE *to) MUST_CHECK;
/* The same of a list that may be wide: on a terminal that is too narrow for it table_narrow comes first. */
int table_print_narrow(struct table *t, FILE *to, const char **left_out) MUST_CHECK;
/* Makes the table fit a line, as far as it can: empty columns go, cells are cut, then columns go. *left_out: the titles of those
 * that held anything, "a, b". */
int table_narrow(struct table *t, size_t line, const char **left_out) MUST_CHECK;
int table_csv(const struct table *t, FILE *to, bool with_header) MUST_CHECK;
/* Rows as objects, one a line. first: nothing stands in the list yet; the caller writes the brackets. */
int table_json(const struct table *t, FILE *to, bool first) MUST_CHECK;

/* One cell of a CSV file, always in quotation marks; what a spreadsheet would take for a formula gets a ' in front. */
int csv_out_cell(FILE *to, const char *text, bool is_first) MUST_CHECK;

/* What people read instead of a cell: a time for `..._ms`, a sentence for a reason, a state, yes and no in their
 * language. Lives in a, or is value itself. */
const char *value_text(struct arena *a, const char *name, const char *value);

/* A state of anything, in the user's language; the word itself where we have none. */
const char *state_word(const char *word);
/* Words of a round's outcome (ranked, outranked ...) for people; others as they are. */
const char *outcome_word_text(const char *word);

/* Milliseconds since 1970 as "2027-01-11 09:30 UTC"; "" for none. Lives in a. */
const char *time_text(struct arena *a, int64_t ms);

/* The title of a column as services name it, in the user's language; the name itself where we have none. */
const char *column_title(const char *name);

#endif
