/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What will be sent of a feed file, decided before anything is: which columns, which rows are refused here (cells,
 * quotation marks, the same key twice, lists that are too long), and batches of at most 1,000 rows in which all rows of
 * one ranking stay together. No I/O.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "csv_file.h"
#include "kinds.h"

#define PLAN_COLUMNS_MAX 64 /* bus.proto, FeedRows */
#define PLAN_ROWS_MAX 1000 /* rows of a batch */
#define PLAN_BATCH_MAX (2 * MiB) /* bytes of a batch, but for a single list that is longer */
#define PLAN_LIST_MAX (3 * MiB) /* bytes of one list */

/* Something to say about a row. */
struct flaw {
	struct flaw *next;
	const char *code, *field, *found, *allowed; /* never NULL */
};

struct plan_row {
	const struct csv_record *record;
	Bassin__V1__RowOutcome outcome; /* ROW_REFUSED at once, else UNSPECIFIED until the answer is here */
	struct flaw *flaws, *notes;
};

struct plan_batch {
	size_t first, count; /* in plan.order */
	bool answered;
};

struct plan {
	const struct kind *kind;
	const struct csv_file *file;
	char *columns[PLAN_COLUMNS_MAX]; /* those sent, in lower case */
	size_t cells[PLAN_COLUMNS_MAX]; /* where they stand in the file */
	size_t column_count;
	const char **unknown;
	size_t unknown_count; /* columns that are ignored */
	const char **missing;
	size_t missing_count; /* required columns that are not there */
	struct plan_row *rows;
	size_t row_count; /* in the order of the file */
	size_t *order; /* rows in the order of sending */
	struct plan_batch *batches;
	size_t batch_count;
};

/* 0, or -1: no memory. With missing_count > 0 nothing but the columns is filled in. All lives in a;
 * file is borrowed. */
int plan_make(const struct kind *kind, const struct csv_file *file, struct arena *a, struct plan *out) MUST_CHECK;

/* The row's cell in a column that is sent, "" if there is none. */
const char *plan_cell(const struct plan *p, const struct plan_row *row, const char *column);
/* What names the row in a report: its external_id, else the key columns joined with a blank. Lives in a; never NULL. */
const char *plan_row_name(const struct plan *p, const struct plan_row *row, struct arena *a);
/* 0, or -1: no memory. Texts are borrowed. */
int plan_add_flaw(struct arena *a, struct flaw **list, const char *code, const char *field, const char *found,
                  const char *allowed) MUST_CHECK;

#endif
