/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How we talk to the server: never blocking inside libpq, always waiting through the caller's waiter, always with a
 * deadline. Once connected we stay in pipeline mode: statements are sent one after the other, and one sync reads all of
 * their answers. An answer that is not the expected one means that we have lost count: the connection is closed.
 */
#include "store/store_priv.h"

#include <string.h>
#include "base/clock.h"
#include "base/crash.h"
#include "base/ids.h"
#include "base/log.h"

#define WRITE_SLICE_MS 20       /* while sending we read at least this often, or both sides could block */

void
talk_close(struct store *s)
{
	PQfinish(s->conn);          /* NULL-safe; it only tries to say goodbye */
	s->conn = NULL;
	s->copying = NULL;
	s->ready = s->lease = s->committing = false;
	s->plans = PLANS_UNKNOWN;
	s->pending_count = 0;
	if (s->tx.open)
		s->tx.failure = STORE_RETRY;
}

void
talk_lose(struct store *s, const char *what, const char *why)
{
	uint32_t jitter;

	if (s->failures % LOST_LOG_EVERY == 0)
		log_warn("store=postgresql lost=%s statement=%s failures=%u", why, what, s->failures + 1);
	talk_close(s);
	random_of_system(NULL, &jitter, sizeof jitter);
	s->due_ms = clock_mono_ms() + connect_backoff_ms(s->failures, jitter);
	if (s->failures < 1000000)
		s->failures++;
}

bool
talk_wait(struct store *s, bool for_writing, int64_t deadline_ms, int *ready)
{
	int64_t now = clock_mono_ms();
	int64_t until = for_writing && deadline_ms > now + WRITE_SLICE_MS ? now + WRITE_SLICE_MS : deadline_ms;

	if (now >= deadline_ms)
		return false;
	*ready = s->wait(s->wait_self, PQsocket(s->conn), for_writing, until);
	return true;
}

/* NULL, or why the connection is of no use any more. */
static const char *
flush_all(struct store *s, int64_t deadline_ms)
{
	int left, ready;

	while ((left = PQflush(s->conn)) > 0) {
		if (!talk_wait(s, true, deadline_ms, &ready))
			return "deadline";
		if (!PQconsumeInput(s->conn))
			return "connection";
	}
	return left < 0 ? "connection" : NULL;
}

static const char *
next_result(struct store *s, int64_t deadline_ms, PGresult **out)
{
	int ready;

	*out = NULL;
	while (PQisBusy(s->conn)) {
		if (!talk_wait(s, false, deadline_ms, &ready))
			return "deadline";
		if (!PQconsumeInput(s->conn))
			return "connection";
	}
	*out = PQgetResult(s->conn);
	return NULL;
}

static bool
is_good(const PGresult *r)
{
	return PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK;
}

static int
sent(struct store *s, const char *name, int ok)
{
	BUG_IF(s->pending_count == PENDING_MAX || s->copying != NULL);
	if (ok != 1) {
		talk_lose(s, name, "send");
		return STORE_RETRY;
	}
	s->pending[s->pending_count++] = name;
	return STORE_OK;
}

int
talk_send(struct store *s, const char *name, const struct params *p)
{
	if (p == NULL)
		return sent(s, name, PQsendQueryPrepared(s->conn, name, 0, NULL, NULL, NULL, 1));
	return sent(s, name, PQsendQueryPrepared(s->conn, name, p->count, p->values, p->lengths, p->formats, 1));
}

int
talk_send_planned(struct store *s, const struct sql *sql, const struct params *p)
{
	bool kept = strncmp(sql->text, SQL_PLAN_KEPT, strlen(SQL_PLAN_KEPT)) == 0;
	int rc = STORE_OK;

	if (s->plans != (kept ? PLANS_KEPT : PLANS_ANEW))
		rc = talk_send(s, kept ? plans_kept_sql.name : plans_anew_sql.name, NULL);
	s->plans = kept ? PLANS_KEPT : PLANS_ANEW;
	return rc == STORE_OK ? talk_send(s, sql->name, p) : rc;
}

int
talk_prepare(struct store *s, const struct sql *sql)
{
	return sent(s, sql->name, PQsendPrepare(s->conn, sql->name, sql->text, 0, NULL));
}

int
talk_flush(struct store *s)
{
	const char *why = flush_all(s, clock_mono_ms() + s->statement_ms + GRACE_MS);

	if (why == NULL)
		return STORE_OK;
	talk_lose(s, s->pending_count > 0 ? s->pending[s->pending_count - 1] : "flush", why);
	return STORE_RETRY;
}

/* The answer to one statement: a result, then the NULL that ends it. */
static const char *
answer_read(struct store *s, const char *name, int64_t deadline_ms, PGresult **last, int *verdict, bool *reconnect)
{
	PGresult *r, *end;
	const char *why = next_result(s, deadline_ms, &r);

	if (why != NULL)
		return why;
	if (r == NULL)
		return "protocol";
	if (is_good(r)) {
		PQclear(*last);
		*last = r;
	} else {
		/* What follows a failure is skipped by the server (PGRES_PIPELINE_ABORTED) and says nothing new. */
		if (*verdict == STORE_OK) {
			*verdict = error_judge(r, name);
			*reconnect = error_wants_reconnect(PQresultErrorField(r, PG_DIAG_SQLSTATE));
		}
		PQclear(r);
	}
	why = next_result(s, deadline_ms, &end);
	if (why == NULL && end != NULL) {
		PQclear(end);
		why = "protocol";
	}
	return why;
}

static const char *
answers_read(struct store *s, int64_t deadline_ms, const char **at, PGresult **last, int *verdict)
{
	const char *why;
	bool reconnect = false;
	PGresult *r;

	for (size_t i = 0; i < s->pending_count; i++) {
		*at = s->pending[i];
		why = answer_read(s, *at, deadline_ms, last, verdict, &reconnect);
		if (why != NULL)
			return why;
	}
	why = next_result(s, deadline_ms, &r);
	if (why == NULL && PQresultStatus(r) != PGRES_PIPELINE_SYNC)
		why = "protocol";
	PQclear(r);
	return why == NULL && reconnect ? "session" : why;
}

int
talk_sync(struct store *s, PGresult **last)
{
	int64_t deadline = clock_mono_ms() + s->statement_ms + GRACE_MS;
	int verdict = STORE_OK;
	const char *at = s->pending_count > 0 ? s->pending[0] : "sync";
	PGresult *kept = NULL;
	const char *why = PQpipelineSync(s->conn) == 1 ? flush_all(s, deadline) : "send";

	if (s->committing)
		CRASH_POINT("store_commit_sent");
	if (why == NULL)
		why = answers_read(s, deadline, &at, &kept, &verdict);
	s->pending_count = 0;
	if (why == NULL && PQstatus(s->conn) != CONNECTION_OK)
		why = "connection";
	if (why != NULL) {
		talk_lose(s, at, why);
		verdict = STORE_RETRY;
	}
	if (verdict == STORE_OK)
		s->failures = 0;
	else
		s->plans = PLANS_UNKNOWN;       /* a SET is undone with its transaction */
	if (verdict != STORE_OK || last == NULL) {
		PQclear(kept);
		kept = NULL;
	}
	if (last != NULL)
		*last = kept;
	return verdict;
}

/* ---- COPY: outside pipeline mode, which libpq wants for it ------------------------------------------------------------- */
#define COPY_PIECE (256 * KiB)

/* What the socket does not take at once goes when the end is waited for. */
static const char *
copy_put(struct store *s, const uint8_t *data, size_t size, int64_t deadline_ms)
{
	int ready, put = 1;

	for (size_t at = 0; at < size || put == 0;) {
		size_t piece = size - at < COPY_PIECE ? size - at : COPY_PIECE;
		put = PQputCopyData(s->conn, (const char *)data + at, (int)piece);
		if (put < 0)
			return "connection";
		at += put > 0 ? piece : 0;
		if (put == 0 && !talk_wait(s, true, deadline_ms, &ready))
			return "deadline";
	}
	while ((put = PQputCopyEnd(s->conn, NULL)) == 0) {
		if (!talk_wait(s, true, deadline_ms, &ready))
			return "deadline";
	}
	return put < 0 || PQflush(s->conn) < 0 ? "connection" : NULL;
}

/* Reads until the NULL that ends the statement. *copying: the server waits for the data. */
static const char *
copy_read(struct store *s, const char *name, int64_t deadline_ms, bool *copying, int *verdict)
{
	*copying = false;
	for (;;) {
		PGresult *r;
		const char *why = next_result(s, deadline_ms, &r);
		if (why != NULL || r == NULL)
			return why;
		*copying = PQresultStatus(r) == PGRES_COPY_IN;
		if (!*copying && !is_good(r) && *verdict == STORE_OK)
			*verdict = error_judge(r, name);
		PQclear(r);
		if (*copying)
			return NULL;
		if (PQstatus(s->conn) != CONNECTION_OK)
			return "connection";
	}
}

/* Back to pipeline mode; why: NULL, or what went wrong. */
static int
copy_close(struct store *s, const char *name, const char *why, int verdict)
{
	s->copying = NULL;
	if (why == NULL && PQenterPipelineMode(s->conn) != 1)
		why = "protocol";
	if (why != NULL) {
		talk_lose(s, name, why);
		verdict = STORE_RETRY;
	}
	if (verdict != STORE_OK)
		s->plans = PLANS_UNKNOWN;
	return verdict;
}

int
talk_copy(struct store *s, const char *name, const uint8_t *data, size_t size)
{
	int64_t deadline = clock_mono_ms() + s->statement_ms + GRACE_MS;
	int verdict = STORE_OK;
	bool copying = false;

	BUG_IF(s->pending_count > 0 || s->copying != NULL);
	const char *why = PQexitPipelineMode(s->conn) == 1 &&
	                  PQsendQueryPrepared(s->conn, name, 0, NULL, NULL, NULL, 0) == 1 ? flush_all(s, deadline) : "send";
	if (why == NULL)
		why = copy_read(s, name, deadline, &copying, &verdict);
	if (why == NULL && copying)
		why = copy_put(s, data, size, deadline);
	if (why != NULL || !copying)
		return copy_close(s, name, why, verdict);
	s->copying = name;
	return STORE_OK;
}

int
talk_copy_end(struct store *s)
{
	int64_t deadline = clock_mono_ms() + s->statement_ms + GRACE_MS;
	const char *name = s->copying;
	int verdict = STORE_OK;
	bool copying = false;

	if (name == NULL)
		return STORE_OK;
	const char *why = flush_all(s, deadline);
	if (why == NULL)
		why = copy_read(s, name, deadline, &copying, &verdict);
	return copy_close(s, name, why == NULL && copying ? "protocol" : why, verdict);
}

/* Reads until the NULL that ends the last statement of the text. */
static const char *
plain_read(struct store *s, const char *what, int64_t deadline_ms, PGresult **kept, int *verdict)
{
	for (;;) {
		PGresult *r;
		const char *why = next_result(s, deadline_ms, &r);
		if (why != NULL || r == NULL)
			return why;
		if (is_good(r)) {
			PQclear(*kept);
			*kept = r;
			continue;
		}
		ExecStatusType status = PQresultStatus(r);
		if (*verdict == STORE_OK)
			*verdict = error_judge(r, what);
		PQclear(r);
		if (status != PGRES_FATAL_ERROR) {
			*verdict = STORE_BROKEN;   /* COPY and the like: nothing that a migration may do */
			return "protocol";
		}
		if (PQstatus(s->conn) != CONNECTION_OK)
			return "connection";
	}
}

int
talk_plain(struct store *s, const char *what, const char *text, const struct params *p, int within_ms, PGresult **last)
{
	int64_t deadline = clock_mono_ms() + within_ms;
	int verdict = STORE_OK;
	PGresult *kept = NULL;
	int ok = p == NULL ? PQsendQuery(s->conn, text)
	                   : PQsendQueryParams(s->conn, text, p->count, NULL, p->values, p->lengths, p->formats, 1);
	const char *why = ok == 1 ? flush_all(s, deadline) : "send";

	if (why == NULL)
		why = plain_read(s, what, deadline, &kept, &verdict);
	if (why != NULL) {
		talk_lose(s, what, why);
		if (strcmp(why, "protocol") != 0)
			verdict = STORE_RETRY;
	}
	if (verdict != STORE_OK || last == NULL) {
		PQclear(kept);
		kept = NULL;
	}
	if (last != NULL)
		*last = kept;
	return verdict;
}

/* Notices are not shown, since they may quote rows. That there was a warning matters to a commit (tx.c). */
void
talk_notice(void *store, const PGresult *notice)
{
	struct store *s = store;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity != NULL && strcmp(severity, "WARNING") == 0)
		s->warned = true;
}
