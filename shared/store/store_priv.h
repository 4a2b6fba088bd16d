/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of shared/store: the connection, and the one way to talk to the server. */
#ifndef STORE_STORE_PRIV_H
#define STORE_STORE_PRIV_H

#include <libpq-fe.h>
#include "store/store.h"

#define PENDING_MAX 300         /* statements on their way before answers are read: more than a group has commands */
#define GRACE_MS 1000           /* the server's own timeout speaks first, so that the connection survives it */
#define CONNECT_MS 5000
#define HOST_MS 2000
#define MIGRATION_MS 600000
#define LOST_LOG_EVERY 12       /* a store that is away for long is told of once, then about once a minute */

/* Two-part advisory lock keys: ours ("BASN"), and what for. */
#define LOCK_OURS    "1111577422"
#define LOCK_LEASE   "1"
#define LOCK_MIGRATE "2"

struct rows {
	struct rows *next;
	PGresult *result;
};

struct tx {
	struct store *store;
	bool open;
	bool begun;                 /* BEGIN was sent */
	int failure;                /* what every later statement returns */
	int affected;
	struct rows *rows;          /* live until the end of the transaction */
};

#define STORE_MAGIC 0x53544f52u
struct store {
	unsigned magic;
	char *conninfo, *name;
	int statement_ms, idle_session_ms;
	store_wait_fn wait;
	void *wait_self;
	const struct store_series *series;
	const struct sql *const *const *statements;

	PGconn *conn;               /* NULL: not connected */
	bool ready;                 /* connected, migrated, prepared; in pipeline mode */
	bool migrated;              /* the schema has been seen at our version */
	bool lease;
	bool warned;                /* the server sent a warning since this was cleared */
	bool committing;
	enum { PLANS_UNKNOWN, PLANS_ANEW, PLANS_KEPT } plans;   /* what the session does now (sql.h) */
	unsigned failures;          /* attempts in a row that came to nothing; 0 once a statement succeeded */
	int64_t due_ms;             /* mono: no attempt before */

	const char *copying;        /* name of the COPY whose end was not waited for; NULL: none */
	size_t pending_count;
	const char *pending[PENDING_MAX];           /* names of what was sent and not yet answered */
	struct tx tx;
	struct rows *loose;         /* of store_run */
};

/* ---- talk.c: send, wait, read. Everything ends with an enum store_result; a lost connection is closed there. ----- */
void talk_lose(struct store *s, const char *what, const char *why);        /* closes, logs, plans the next attempt */
void talk_close(struct store *s);
/* Waits for the socket; the caller looks again whatever the reason was. false: the deadline has passed. */
bool talk_wait(struct store *s, bool for_writing, int64_t deadline_ms, int *ready);
/* Pipeline mode: sends a prepared statement, or prepares one; then reads all answers, *last is the last one's. */
int  talk_send(struct store *s, const char *name, const struct params *p) MUST_CHECK;
/* The same, with the plan that the statement wants: two places of PENDING_MAX at most. */
int  talk_send_planned(struct store *s, const struct sql *sql, const struct params *p) MUST_CHECK;
int  talk_prepare(struct store *s, const struct sql *sql) MUST_CHECK;
/* Nothing may be pending. A prepared COPY FROM STDIN with all of its data; then nothing is sent before its end is waited for. */
int  talk_copy(struct store *s, const char *name, const uint8_t *data, size_t size) MUST_CHECK;
int  talk_copy_end(struct store *s) MUST_CHECK;         /* STORE_OK also where there is none */
int  talk_flush(struct store *s) MUST_CHECK;    /* what was sent has left us */
int  talk_sync(struct store *s, PGresult **last) MUST_CHECK;
/* Outside pipeline mode: several statements (p NULL) or one with parameters. what: for the log. */
int  talk_plain(struct store *s, const char *what, const char *text, const struct params *p, int within_ms,
                PGresult **last) MUST_CHECK;
void talk_notice(void *store, const PGresult *notice);

/* ---- error.c ----------------------------------------------------------------------------------------------------- */
int  error_of_sqlstate(const char *sqlstate);                               /* NULL: STORE_RETRY */
bool error_wants_reconnect(const char *sqlstate);
int  error_judge(const PGresult *r, const char *statement);                 /* logs once; never what the server said */

extern const struct sql plans_anew_sql, plans_kept_sql;                     /* connect.c */
extern const struct sql lease_sql;                                          /* lease.c */

/* ---- connect.c, migrate.c, tx.c, rows.c -------------------------------------------------------------------------- */
int64_t connect_backoff_ms(unsigned failures, uint32_t jitter);
int  migrate_all(struct store *s) MUST_CHECK;
int  tx_settle(struct tx *tx) MUST_CHECK;                                   /* begun, and all that was sent is answered */
void tx_void(struct tx *tx);                                                /* forgets it without talking */
struct rows *rows_keep(struct rows **list, PGresult *r) MUST_CHECK;         /* takes r, even when NULL (no memory) */
void rows_free(struct rows **list);

#endif
