/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One transaction at a time. BEGIN waits for the first statement and COMMIT goes out together with what was queued, so
 * that a transaction of n statements costs at most n + 1 round trips. After a failure nothing is sent but ROLLBACK.
 */
#include "store/store_priv.h"

#include <stdlib.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"

int
tx_begin(struct store *s, struct tx **out)
{
	BUG_IF(s->magic != STORE_MAGIC || s->tx.open);
	*out = NULL;
	if (!store_is_connected(s))
		return STORE_RETRY;
	rows_free(&s->loose);
	s->tx = (struct tx){ .store = s, .open = true };
	*out = &s->tx;
	CRASH_POINT("store_begin");
	return STORE_OK;
}

void
tx_void(struct tx *tx)
{
	rows_free(&tx->rows);
	tx->open = tx->begun = false;
	tx->failure = STORE_OK;
}

/* Sends BEGIN when it is due. */
static void
begin_send(struct tx *tx)
{
	BUG_IF(!tx->open);
	if (tx->failure == STORE_OK && !store_is_connected(tx->store))
		tx->failure = STORE_RETRY;
	if (tx->failure == STORE_OK)
		tx->failure = talk_copy_end(tx->store);
	if (tx->failure == STORE_OK && !tx->begun) {
		tx->failure = talk_send(tx->store, "store_begin", NULL);
		tx->begun = true;
	}
}

int
tx_settle(struct tx *tx)
{
	begin_send(tx);
	if (tx->failure == STORE_OK && tx->store->pending_count > 0)
		tx->failure = talk_sync(tx->store, NULL);
	return tx->failure;
}

static int
tx_send(struct tx *tx, const struct sql *sql, const struct params *p)
{
	struct store *s = tx->store;

	if (tx->failure == STORE_OK && p != NULL && p->failed)
		tx->failure = STORE_RETRY;
	begin_send(tx);
	/* One place stays free for COMMIT or ROLLBACK. */
	if (tx->failure == STORE_OK && s->pending_count + 2 >= PENDING_MAX)
		tx->failure = talk_sync(s, NULL);
	if (tx->failure == STORE_OK)
		tx->failure = talk_send_planned(s, sql, p);
	return tx->failure;
}

int
tx_queue(struct tx *tx, const struct sql *sql, const struct params *p)
{
	return tx_send(tx, sql, p);
}

int
tx_start(struct tx *tx, const struct sql *sql, const struct params *p)
{
	if (tx_send(tx, sql, p) == STORE_OK)
		tx->failure = talk_flush(tx->store);
	return tx->failure;
}

static int
affected_of(PGresult *r)
{
	return (int)strtol(PQcmdTuples(r), NULL, 10);
}

int
tx_run(struct tx *tx, const struct sql *sql, const struct params *p, struct rows **out)
{
	PGresult *r;

	if (out != NULL)
		*out = NULL;
	if (tx_send(tx, sql, p) != STORE_OK)
		return tx->failure;
	tx->failure = talk_sync(tx->store, &r);
	CRASH_POINT("store_statement");
	if (tx->failure != STORE_OK)
		return tx->failure;
	tx->affected = affected_of(r);
	if (out == NULL) {
		PQclear(r);
		return STORE_OK;
	}
	*out = rows_keep(&tx->rows, r);
	if (*out == NULL)
		tx->failure = STORE_RETRY;
	return tx->failure;
}

int
tx_affected(const struct tx *tx)
{
	return tx->affected;
}

void
tx_rollback(struct tx **self)
{
	struct tx *tx = *self;

	*self = NULL;
	if (tx == NULL || !tx->open)
		return;
	struct store *s = tx->store;
	if (talk_copy_end(s) != STORE_OK)
		log_debug("store=postgresql copy=failed rolled_back=1");
	s->plans = tx->begun ? PLANS_UNKNOWN : s->plans;
	/* Queued statements still run before our ROLLBACK; if one fails, the server skips it, so that a second is needed. */
	for (int i = 0; i < 2 && tx->begun && store_is_connected(s); i++) {
		if (s->pending_count == 0 && PQtransactionStatus(s->conn) == PQTRANS_IDLE)
			break;
		if (talk_send(s, "store_rollback", NULL) != STORE_OK || talk_sync(s, NULL) == STORE_OK)
			break;
	}
	if (store_is_connected(s) && PQtransactionStatus(s->conn) != PQTRANS_IDLE)
		talk_lose(s, "store_rollback", "session");
	tx_void(tx);
}

/*
 * COMMIT is sent: what does its answer say? A failed transaction answers ROLLBACK. A warning means that the wait for
 * the synchronous standby was broken off: committed here, perhaps not there, so the outcome is unknown.
 */
static int
commit_judge(struct store *s, PGresult *r)
{
	bool done = strcmp(PQcmdStatus(r), "COMMIT") == 0;

	PQclear(r);
	if (done && !s->warned)
		return STORE_OK;
	talk_lose(s, "store_commit", s->warned ? "warning" : "rolled_back");
	return STORE_RETRY;
}

int
tx_commit(struct tx **self)
{
	struct tx *tx = *self;
	struct store *s = tx->store;
	PGresult *r;

	BUG_IF(!tx->open);
	if (tx->failure == STORE_OK && tx->begun) {
		s->warned = false;
		s->committing = true;
		tx->failure = store_is_connected(s) ? talk_copy_end(s) : STORE_RETRY;
		if (tx->failure == STORE_OK)
			tx->failure = talk_send(s, "store_commit", NULL);
		if (tx->failure == STORE_OK)
			tx->failure = talk_sync(s, &r);
		s->committing = false;
		if (tx->failure == STORE_OK)
			tx->failure = commit_judge(s, r);
		CRASH_POINT("store_commit_returned");
		if (tx->failure == STORE_OK)
			tx->begun = false;   /* nothing left to roll back */
	}
	int rc = tx->failure;
	tx_rollback(self);
	return rc;
}

int
store_run(struct store *s, const struct sql *sql, const struct params *p, struct rows **out)
{
	PGresult *r;

	BUG_IF(s->magic != STORE_MAGIC || s->tx.open);
	rows_free(&s->loose);
	if (out != NULL)
		*out = NULL;
	if ((p != NULL && p->failed) || !store_is_connected(s))
		return STORE_RETRY;
	s->warned = false;
	int rc = talk_send_planned(s, sql, p);
	if (rc == STORE_OK)
		rc = talk_sync(s, &r);
	if (rc != STORE_OK)
		return rc;
	struct rows *rows = rows_keep(&s->loose, r);
	if (s->warned)   /* as in commit_judge: it may have been written */
		talk_lose(s, sql->name, "warning");
	if (rows == NULL || !store_is_connected(s))
		return STORE_RETRY;
	if (out != NULL)
		*out = rows;
	return STORE_OK;
}
