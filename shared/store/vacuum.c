/* SPDX-License-Identifier: Apache-2.0 */
/* A state machine over one libpq connection: connect, ask which tables are due, vacuum one after the other, hang up. */
#include "store/vacuum.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include "base/log.h"

#define EVERY_MS (60 * 60 * INT64_C(1000))
#define CONNECT_MS (10 * INT64_C(1000))

/* Statements as the server quotes the names; catalogues are autovacuum's. */
static const char due_tables[] =
    "SELECT format('VACUUM %I.%I', schemaname, relname) FROM pg_stat_user_tables "
    "WHERE coalesce(greatest(last_vacuum, last_autovacuum), '-infinity') < now() - interval '20 hours' ORDER BY 1";

enum stage { IDLE, CONNECTING, ASKING, VACUUMING };

struct vacuum {
	const char *conninfo;
	enum stage stage;
	int64_t due_ms;                 /* IDLE: when to look; CONNECTING: when to give up; 0: not set yet */
	PGconn *conn;
	PGresult *tables;
	int next;                       /* of tables */
	size_t rounds, vacuumed;
};

struct vacuum *
vacuum_new(const char *conninfo)
{
	struct vacuum *v = calloc(1, sizeof *v);

	if (v != NULL)
		v->conninfo = conninfo;
	return v;
}

static void
hang_up(struct vacuum *v, int64_t mono_ms)
{
	PQclear(v->tables);
	PQfinish(v->conn);
	v->tables = NULL;
	v->conn = NULL;
	v->stage = IDLE;
	v->due_ms = mono_ms + EVERY_MS;
}

void
vacuum_destroy(struct vacuum **self)
{
	if (*self != NULL)
		hang_up(*self, 0);
	free(*self);
	*self = NULL;
}

size_t
vacuum_rounds(const struct vacuum *v)
{
	return v->rounds;
}

size_t
vacuum_tables(const struct vacuum *v)
{
	return v->vacuumed;
}

/* The server's words may quote rows, so only the state is logged. */
static void
give_up(struct vacuum *v, const char *at, const PGresult *r, int64_t mono_ms)
{
	const char *state = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_SQLSTATE);

	log_warn("vacuum=%s failed=1 sqlstate=%s", at, state == NULL ? "none" : state);
	hang_up(v, mono_ms);
}

static bool
send(struct vacuum *v, const char *statement, enum stage stage, int64_t mono_ms)
{
	if (PQsendQuery(v->conn, statement) == 0) {
		give_up(v, "send", NULL, mono_ms);
		return false;
	}
	v->stage = stage;
	return true;
}

static void
connect_on(struct vacuum *v, int64_t mono_ms)
{
	struct pollfd ready = { .fd = PQsocket(v->conn), .events = POLLIN | POLLOUT };

	if (PQstatus(v->conn) == CONNECTION_BAD || mono_ms >= v->due_ms) {
		give_up(v, "connect", NULL, mono_ms);
		return;
	}
	if (poll(&ready, 1, 0) <= 0)
		return;
	PostgresPollingStatusType state = PQconnectPoll(v->conn);
	if (state == PGRES_POLLING_FAILED)
		give_up(v, "connect", NULL, mono_ms);
	else if (state == PGRES_POLLING_OK)
		(void)send(v, due_tables, ASKING, mono_ms);
}

/* The next table, or the end. */
static void
go_on(struct vacuum *v, int64_t mono_ms)
{
	if (v->next < PQntuples(v->tables)) {
		(void)send(v, PQgetvalue(v->tables, v->next++, 0), VACUUMING, mono_ms);
		return;
	}
	if (v->next > 0)
		log_info("vacuumed=%d", v->next);
	v->rounds++;
	hang_up(v, mono_ms);
}

static void
answer_take(struct vacuum *v, int64_t mono_ms)
{
	if (PQconsumeInput(v->conn) == 0) {
		give_up(v, "connection", NULL, mono_ms);
		return;
	}
	if (PQisBusy(v->conn))
		return;
	PGresult *r = PQgetResult(v->conn);
	if (r == NULL) {                        /* the statement before is over */
		go_on(v, mono_ms);
		return;
	}
	ExecStatusType status = PQresultStatus(r);
	if (v->stage == ASKING && status == PGRES_TUPLES_OK) {
		v->tables = r;
		v->next = 0;
		return;
	}
	if (v->stage != VACUUMING || status != PGRES_COMMAND_OK)
		give_up(v, v->stage == ASKING ? "list" : "table", r, mono_ms);
	else
		v->vacuumed++;
	PQclear(r);
}

void
vacuum_turn(struct vacuum *v, bool wanted, int64_t mono_ms)
{
	switch (v->stage) {
	case IDLE:
		if (v->due_ms == 0)
			v->due_ms = mono_ms + EVERY_MS;
		if (!wanted || mono_ms < v->due_ms)
			return;
		v->conn = PQconnectStart(v->conninfo);
		if (v->conn == NULL)
			return;
		v->stage = CONNECTING;
		v->due_ms = mono_ms + CONNECT_MS;
		return;
	case CONNECTING:
		connect_on(v, mono_ms);
		return;
	case ASKING:
	case VACUUMING:
		answer_take(v, mono_ms);
		return;
	}
}
