/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a service's PostgreSQL store, and the transaction on it. SQL goes by name and with parameters only.
 *
 * Results     STORE_OK; STORE_RETRY: weather (connection, deadlock, timeout, disk full, shutting down): roll back and try
 *             the whole again later; STORE_BROKEN: the statement or its data is wrong (constraint, type, missing table):
 *             trying again changes nothing. SQLSTATE classes become these in one place (error.c).
 * Waiting     no call blocks for longer than statement_ms; while it waits, the waiter given at opening is called, so that
 *             a service answers `status` even when the database hangs.
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

enum store_result { STORE_OK = 0, STORE_RETRY = -1, STORE_BROKEN = -2 };

struct store;
struct tx;

/* Waits until fd is readable (or writable where for_writing) or deadline_mono_ms has come; 1 ready, 0 deadline. */
typedef int (*store_wait_fn)(void *self, int fd, bool for_writing, int64_t deadline_mono_ms);

struct store_settings {
	const char *conninfo;       /* any libpq string, several hosts too */
	int statement_ms;           /* 100..600,000 */
	int idle_session_ms;        /* the server ends a session that is silent for longer (a paused instance); 0: never */
	store_wait_fn wait;         /* NULL: poll(2) */
	void *wait_self;
	const struct sql *const *const *statements;   /* lists, NULL-terminated: prepared at connecting */
};

/* Allocates only; store_connect does the rest. NULL: no memory. The settings' strings are copied. */
struct store *store_new(const struct store_settings *settings) MUST_CHECK;
void          store_destroy(struct store **self);

/*
 * Connects if it is not connected: session settings, all statements prepared, refusing a server with fsync,
 * full_page_writes or synchronous_commit off (STORE_BROKEN). Between failed attempts it keeps its own back-off
 * (50 ms doubling to 5 s, jittered): called too early it returns STORE_RETRY at once.
 */
int  store_connect(struct store *s, int64_t now_mono_ms) MUST_CHECK;
bool store_is_connected(const struct store *s);
void store_disconnect(struct store *s);     /* also ends a transaction: rolled back by the server */
int64_t store_connect_due_ms(const struct store *s);   /* when the next attempt is worth while, mono */

/*
 * Brings the schema up to the last of migrations, under an advisory lock, each in its own transaction.
 * STORE_BROKEN: the store is newer than this program, or a migration fails. series: "core" or the service's name.
 */
int store_migrate(struct store *s, const char *series, const struct migration *migrations, int *version) MUST_CHECK;

/* The session-level advisory lock that makes this instance the active one; held by this very connection. */
int store_lease_try(struct store *s, bool *held) MUST_CHECK;

int  tx_begin(struct store *s, struct tx **out) MUST_CHECK;     /* READ COMMITTED; one at a time */
/* STORE_RETRY: not committed, or its outcome is unknown and the connection is closed. *tx is NULL afterwards. */
int  tx_commit(struct tx **tx) MUST_CHECK;
void tx_rollback(struct tx **tx);           /* NULL-safe */

/* ---- parameters, in the order of $1, $2 ... -------------------------------------------------------------------------
 * int: bigint; text: text, NULL pointer is SQL NULL; bytes: bytea. Arrays are one-dimensional, of n elements; a NULL
 * element is SQL NULL (texts, bytess). Write the casts in SQL: $1::bigint, $2::text[], $3::bytea[], $4::boolean[],
 * $5::double precision[]. Values are borrowed until tx_run returns. A params that ran out of memory or room makes
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

/* ---- results ---------------------------------------------------------------------------------------------------------
 * Columns by number from 0; row and column are checked (BUG_IF). Numbers: smallint, integer, bigint and boolean columns.
 * Text and bytes point into the result. */
struct rows;

/* out may be NULL where nothing is read. *affected (may be NULL): rows inserted, updated or deleted. */
int tx_run(struct tx *tx, const struct sql *sql, const struct params *p, struct rows **out) MUST_CHECK;
int tx_affected(const struct tx *tx);           /* of the last tx_run */

int         rows_count(const struct rows *r);
bool        rows_is_null(const struct rows *r, int row, int column);
int64_t     rows_int(const struct rows *r, int row, int column);       /* NULL: 0 */
bool        rows_bool(const struct rows *r, int row, int column);      /* NULL: false */
const char *rows_text(const struct rows *r, int row, int column);      /* NULL: "" */
struct bytes rows_bytes(const struct rows *r, int row, int column);    /* NULL: data NULL, size 0 */
/* text[] into an arena array, *n elements; NULL column: *n 0. false: no memory. */
bool rows_texts(const struct rows *r, int row, int column, struct arena *a, const char *const **out, size_t *n) MUST_CHECK;

#endif
