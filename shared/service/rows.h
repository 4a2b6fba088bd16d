/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch of feed rows: from the command FeedRows to cells, from what stands in the store and what was fed to what will
 * stand, and back to FeedResults. All flaws of a row are reported, good rows are kept. The caller's handler is then:
 *
 *   feed_read        the table of columns (cells.h) parses all rows
 *   feed_keys        the same key twice: the second row is refused
 *   store            loads what stands for these keys; cells_from_rows reads each stored row, feed_find names its row
 *   cells_merge      absent keeps, empty clears; the handler judges the merged row with its cross-field rules
 *   cells_equal      nothing changed: ROW_UNCHANGED, nothing is written, no event
 *   param_cells      all changed rows as one text[] per column, for one INSERT ... SELECT FROM unnest
 *   feed_answer
 * Source: feeds.md.
 */
#ifndef SERVICE_ROWS_H
#define SERVICE_ROWS_H

#include "bus/core.h"
#include "service/cells.h"
#include "store/store.h"

#define FEED_ROWS_MAX 1000
#define FEED_COLUMNS_MAX 64
#define ROW_FLAWS_MAX 16

struct row_table {
	const struct column *columns;   /* the key first where there is one */
	size_t count;                   /* at most FEED_COLUMNS_MAX */
};

enum row_outcome {                      /* RowOutcome of bus.proto */
	ROW_UNDECIDED = 0, ROW_CREATED = 1, ROW_UPDATED = 2, ROW_UNCHANGED = 3, ROW_WAITING = 4, ROW_REFUSED = 5,
};

struct row_flaw { struct flaw flaw; struct row_flaw *next; };

struct row {
	struct cell *cells;             /* one for each column of the table */
	enum row_outcome outcome;
	struct row_flaw *flaws, *notes; /* in the order of their finding */
	unsigned flaw_count, note_count;
};

struct feed {
	const struct row_table *table;
	struct arena *arena;
	const char *institution;        /* of the caller; "" for the intermediary */
	struct row *rows;
	size_t count;
	const char *reason;             /* why, for the rows' history; "": not given */
	bool dry_run;
	bool is_set;                    /* one row that must stand, and only some of its columns (RowSet) */
	bool failed;                    /* memory has run out: feed_answer gives VERDICT_RETRY */
	size_t *by_key;                 /* rows that may be found, sorted by key (feed_keys) */
	size_t key_count, key_column;
};

/* As call_message, but a payload that is none (VERDICT_REFUSED, undecodable) is told from memory that ran out because the
 * commands of a group share one arena (VERDICT_RETRY): a refusal is final, so it must not depend on the company. */
enum verdict message_read(struct call *call, const ProtobufCMessageDescriptor *type, const void **out) MUST_CHECK;

/*
 * Decodes call's FeedRows and parses every row. VERDICT_OK: *out in the call's arena; VERDICT_REFUSED: undecodable, too
 * many or no rows, a required column missing, a column twice (call has the refusal); VERDICT_RETRY: no memory.
 * Rows with flaws have outcome ROW_REFUSED. Unknown columns are notes of the first row.
 */
enum verdict feed_read(struct call *call, const struct row_table *table, struct feed **out) MUST_CHECK;
/* RowSet: some columns of one row that stands. It becomes a feed of one row by set_feed once it is known which row that is;
 * a column that the table does not have, or its first one, the key, refuses it. */
struct row_set { const char *id; const Bassin__V1__RowSet *message; };
enum verdict set_read(struct call *call, struct row_set *out) MUST_CHECK;
enum verdict set_feed(struct call *call, const struct row_set *s, const char *external_id, const struct row_table *table,
                      struct feed **out) MUST_CHECK;

/* A reason as people give it: printable text of at most 500 bytes; needed: not empty. VERDICT_OK or a refusal. */
enum verdict reason_check(struct call *call, const char *reason, bool needed) MUST_CHECK;

/* As feed_read, from a decoded message: for tests and for feeds inside other messages. */
enum verdict feed_from_message(struct call *call, const Bassin__V1__FeedRows *message, const struct row_table *table,
                               struct feed **out) MUST_CHECK;

/* Rows that are not refused, by the text of one column: of equal keys only the first stays, the others are refused. */
void feed_keys(struct feed *f, size_t column);
/* Index of the row with this key among those of feed_keys; SIZE_MAX: none. */
size_t feed_find(const struct feed *f, const char *key);
/* The keys of all rows that feed_keys kept, into the arena; count is f->key_count. NULL: no memory. */
const char *const *feed_key_texts(const struct feed *f) MUST_CHECK;

static inline bool row_is_refused(const struct row *r) { return r->outcome == ROW_REFUSED; }
/* Refuses the row; texts are static or in the arena; field and allowed may be NULL. At most ROW_FLAWS_MAX are kept. */
void row_refuse(struct feed *f, struct row *r, const char *code, const char *field, const char *allowed);
/* Taken, but worth saying. */
void row_note(struct feed *f, struct row *r, const char *code, const char *field, const char *allowed);
/* Taken, but it refers to a row of this service that is not known yet: outcome ROW_WAITING, named in the refusals. */
void row_wait(struct feed *f, struct row *r, const char *field);

/* Counts by outcome, for a log line and the audit trail: "rows=12 created=3 ...". In the arena; NULL: no memory. */
const char *feed_summary(const struct feed *f);
enum verdict feed_answer(struct call *call, const struct feed *f) MUST_CHECK;

/* ---- what stands ----------------------------------------------------------------------------------------------------- */

/* Cells of a stored row, whose columns from first_column on are the table's, as canonical text, NULL where nothing is.
 * NULL: no memory. A text that the table does not accept is a cell without number or entries. */
struct cell *cells_from_rows(const struct row_table *t, struct arena *a, const struct rows *r, int row,
                             int first_column) MUST_CHECK;
/* What the row holds afterwards; stored NULL: a new row (absent columns take their initial value). NULL: no memory. */
struct cell *cells_merge(const struct row_table *t, struct arena *a, const struct cell *stored,
                         const struct cell *fed) MUST_CHECK;
bool cells_equal(const struct row_table *t, const struct cell *a, const struct cell *b);
/* One text[] for each column of the table, n rows; "" becomes NULL. In SQL: unnest($2::text[], ...), then a cast each:
 * x::integer, x::date, x::boolean, x::numeric, string_to_array(x, '|'), coalesce(x, ''). */
void param_cells(struct params *p, const struct row_table *t, const struct cell *const *rows, size_t n);
/* The same rows for tx_copy: out gets one column for each of the table's, in its arena; an INT is an integer. false: no memory. */
bool copy_cells(struct arena *a, const struct row_table *t, const struct cell *const *rows, size_t n,
                struct copy_column *out) MUST_CHECK;

#endif
