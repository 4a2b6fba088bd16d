/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a service's PostgreSQL store, and the transaction on it. SQL goes by name and with parameters only.
 *
 * Results     STORE_OK; STORE_RETRY: weather (connection, deadlock, timeout, disk full, shutting down): roll back and
 *             try the whole again later; STORE_BROKEN: the statement or its data is wrong (constraint, type, missing
 *             table): trying again changes nothing, but where a UNIQUE constraint is called ..._drawn: its values are drawn at
 *             random, so that the next time others are; STORE_FENCED: a statement has found that this instance is no longer
 *             the one that may write (no null fits the type event_seq). SQLSTATE classes become these in one place (error.c).
 * Waiting     no call blocks for longer than statement_ms + 1 s (connecting: 5 s, a migration: 10 min); while it waits,
 *             the waiter given at opening is called, so that a service answers `status` even when the database hangs.
 *             The waiter must not call the store. When the time is over the connection is closed: STORE_RETRY.
 * Owner       rows belong to the transaction, and die with it; parameters are read before the call returns.
 * Privacy     server messages may quote rows, so only SQLSTATE, statement and constraint names are logged.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/ids.h"
#include "store/sql.h"

enum store_result { STORE_OK = 0, STORE_RETRY = -1, STORE_BROKEN = -2, STORE_FENCED = -4 };

struct store;
struct tx;

/* Waits until fd is readable (where for_writing: or writable) or deadline_mono_ms has come: 1 ready, 0 not. It may come
 * back early as often as it likes. */
typedef int (*store_wait_fn)(void *self, int fd, bool for_writing, int64_t deadline_mono_ms);

/* Numbered migrations of one component; version 0 ends the list. */
struct store_series {
	const char *name;           /* "core" or the service's name; NULL ends the array */
	const struct migration *migrations;
};

struct store_settings {
	const char *conninfo;       /* any libpq string, several hosts too: tried in turn, 2 s each (or connect_timeout) */
	const char *name;           /* application_name, for pg_stat_activity; NULL: bassin */
	int statement_ms;           /* 100..600,000 */
	int idle_session_ms;        /* the server ends a session that is silent for longer (a paused instance); 0: never */
	store_wait_fn wait;         /* NULL: poll(2) */
	void *wait_self;
	const struct store_series *series;            /* brought up to date at connecting, in this order; NULL: none */
	const struct sql *const *const *statements;   /* lists, NULL-terminated: prepared at connecting; NULL: none */
};

/* Allocates only; store_connect does the rest. NULL: no memory. conninfo and name are copied, the rest is borrowed. */
struct store *store_new(const struct store_settings *settings) MUST_CHECK;
void          store_destroy(struct store **self);   /* NULL-safe */

/*
 * Connects if it is not connected: session settings (synchronous_commit is switched on), migrations, then all
 * statements prepared. Between failed attempts it keeps its own back-off (50 ms doubling to 5 s, jittered): called too early it
 * returns STORE_RETRY at once. Each migration runs in a transaction of its own under an advisory lock and is recorded
 * in schema_version.
 *   STORE_BROKEN  after a log_error: the server is older than PostgreSQL 14 or has fsync or full_page_writes off; the
 *                 store is newer than this program; an applied migration's text has changed; a migration or a statement
 *                 is wrong; the connection string is unreadable
 */
int  store_connect(struct store *s, int64_t now_mono_ms) MUST_CHECK;
bool store_is_connected(const struct store *s);
void store_disconnect(struct store *s);     /* also ends a transaction: rolled back by the server; its tx is void */
int64_t store_connect_due_ms(const struct store *s);   /* when the next attempt is worth while, mono */
/* The last migration applied of a series; 0: none, or never connected. */
int  store_schema_version(const struct store *s, const char *series);

/* The session-level advisory lock that makes this instance the active one; held by this very connection. */
int store_lease_try(struct store *s, bool *held) MUST_CHECK;
bool store_has_lease(const struct store *s);   /* as far as is known here: the server may have ended the session */

/* READ COMMITTED; one at a time. Costs nothing: BEGIN travels with the first statement. */
int  tx_begin(struct store *s, struct tx **out) MUST_CHECK;
/* STORE_RETRY: not committed, or its outcome is unknown and the connection is closed. STORE_BROKEN: not committed: a
 * queued statement or a deferred constraint failed. After a failed statement it rolls back. *tx is NULL afterwards. */
int  tx_commit(struct tx **tx) MUST_CHECK;
void tx_rollback(struct tx **tx);           /* NULL-safe */

/* ---- parameters, in the order of $1, $2 ... ----------------------------------------------------------------------
 * int: bigint; text: text, NULL pointer is SQL NULL; bytes: bytea. Arrays are one-dimensional, of n elements; a NULL
 * element is SQL NULL (texts, bytess). Write the casts in SQL: $1::bigint, $2::text[], $3::bytea[], $4::boolean[],
 * $5::uuid[]. Values are borrowed until tx_run or tx_queue returns. A params that ran out of memory or room makes
 * tx_run return STORE_RETRY, so builders need no check each. */
#define PARAMS_MAX 64
struct params {
	struct arena *arena;
	int count;
	bool failed;
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX], formats[PARAMS_MAX];
};

struct bytes { const uint8_t *data; size_t size; };    /* data NULL: SQL NULL */

struct params params_new(struct arena *a);      /* arrays and numbers are built in a */
void param_int(struct params *p, int64_t v);
void param_int_or_null(struct params *p, int64_t v, bool given);
void param_bool(struct params *p, bool v);
void param_text(struct params *p, const char *v);
void param_bytes(struct params *p, const void *data, size_t size);
void param_ints(struct params *p, const int64_t *v, size_t n);
void param_ints_or_null(struct params *p, const int64_t *v, const bool *given, size_t n);
void param_bools(struct params *p, const bool *v, size_t n);
void param_texts(struct params *p, const char *const *v, size_t n);
void param_bytess(struct params *p, const struct bytes *v, size_t n);
void param_id(struct params *p, const struct id *v);            /* uuid; NULL pointer is SQL NULL */
void param_ids(struct params *p, const struct id *v, size_t n);

/* ---- results -----------------------------------------------------------------------------------------------------
 * Columns by number from 0; row and column are checked (BUG_IF). Numbers: smallint, integer, bigint, boolean columns.
 * Text and bytes point into the result. */
struct rows;

/* out may be NULL where nothing is read; p NULL: no parameters. After a failure every later call gives the same. */
int tx_run(struct tx *tx, const struct sql *sql, const struct params *p, struct rows **out) MUST_CHECK;
int tx_affected(const struct tx *tx);           /* of the last tx_run: rows inserted, updated or deleted */
/* Sends it without waiting: one round trip less. What becomes of it is told by the next tx_run or tx_commit. */
int tx_queue(struct tx *tx, const struct sql *sql, const struct params *p) MUST_CHECK;
/* The same, and the server begins with it at once, while the caller goes on: for a statement that takes it long. */
int tx_start(struct tx *tx, const struct sql *sql, const struct params *p) MUST_CHECK;

/* Many rows at once: sql is `COPY table (columns) FROM STDIN (FORMAT binary)`, a column's type in the table its kind here. Worth
 * its two round trips from TX_COPY_ROWS rows on. It takes no conflict: a row that is there already is STORE_BROKEN. The server
 * goes on with it while the caller does; what became of it is told by the next call. */
#define TX_COPY_ROWS 256
struct text_list { const char *const *items; size_t count; };
struct copy_column {
	enum copy_kind {
		COPY_INT8, COPY_INT4, COPY_INT2, COPY_BOOL,
		COPY_DATE,              /* ints: days since 1970 */
		COPY_NUMERIC,           /* ints: value * 10^places */
		COPY_TEXT, COPY_BYTES,
		COPY_TEXTS,             /* text[] */
	} kind;
	bool same;                  /* one value for all rows */
	unsigned places;            /* NUMERIC: 0..7 */
	const int64_t *ints;
	const char *const *texts;   /* never NULL */
	const struct bytes *bytess;
	const struct text_list *lists;
	const bool *given;          /* false: SQL NULL; NULL: all are given */
};
int tx_copy(struct tx *tx, struct arena *a, const struct sql *sql, const struct copy_column *columns, size_t column_count,
            size_t rows) MUST_CHECK;
/* One statement that is a transaction by itself; no other may be open. *out lives until the next call on this store. */
int store_run(struct store *s, const struct sql *sql, const struct params *p, struct rows **out) MUST_CHECK;

int         rows_count(const struct rows *r);
bool        rows_is_null(const struct rows *r, int row, int column);
int64_t     rows_int(const struct rows *r, int row, int column);       /* NULL: 0 */
bool        rows_bool(const struct rows *r, int row, int column);      /* NULL: false */
const char *rows_text(const struct rows *r, int row, int column);      /* NULL: "" */
struct bytes rows_bytes(const struct rows *r, int row, int column);    /* NULL: data NULL, size 0 */
bool rows_id(const struct rows *r, int row, int column, struct id *out);   /* uuid; NULL: zero and false */
/* text[] into an arena array, *n elements; NULL column: *n 0; NULL element: NULL. false: no memory. */
bool rows_texts(const struct rows *r, int row, int column, struct arena *a, const char *const **out,
                size_t *n) MUST_CHECK;

#endif
