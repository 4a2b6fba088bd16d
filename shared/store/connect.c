/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From nothing to a connection on which every statement is prepared. libpq's connect_timeout does not count when the
 * caller does the waiting, so a dead first host would eat all of the time: hosts are tried one by one, each for a
 * while.
 */
#include "store/store_priv.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

#define BACKOFF_FIRST_MS 50
#define BACKOFF_MAX_MS 5000
#define OLDEST_SERVER 140000    /* idle_session_timeout, client_connection_check_interval, pipelines */
#define OPTIONS_MAX 96

static const struct sql begin_sql = { "store_begin", "BEGIN" };
static const struct sql commit_sql = { "store_commit", "COMMIT" };
static const struct sql rollback_sql = { "store_rollback", "ROLLBACK" };
const struct sql plans_anew_sql = { "store_plans_anew",
	"SELECT set_config('plan_cache_mode', 'force_custom_plan', false), set_config('enable_seqscan', 'on', false),"
	" set_config('enable_bitmapscan', 'on', false), set_config('enable_hashjoin', 'on', false),"
	" set_config('enable_mergejoin', 'on', false), set_config('enable_sort', 'on', false)" };
/* A plan that is kept was made when a table was empty, as likely as not: by index and in its order is what it must be. */
const struct sql plans_kept_sql = { "store_plans_kept",
	"SELECT set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false),"
	" set_config('enable_bitmapscan', 'off', false), set_config('enable_hashjoin', 'off', false),"
	" set_config('enable_mergejoin', 'off', false), set_config('enable_sort', 'off', false)" };
static const struct sql *const own_statements[] = { &begin_sql, &commit_sql, &rollback_sql, &plans_anew_sql, &plans_kept_sql,
	&lease_sql, NULL };

static int
wait_by_poll(void *unused, int fd, bool for_writing, int64_t deadline_mono_ms)
{
	struct pollfd p = { .fd = fd, .events = for_writing ? POLLIN | POLLOUT : POLLIN };
	int64_t left = deadline_mono_ms - clock_mono_ms();

	(void)unused;
	return poll(&p, 1, left < 0 ? 0 : left > 60000 ? 60000 : (int)left) > 0;
}

struct store *
store_new(const struct store_settings *settings)
{
	struct store *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->magic = STORE_MAGIC;
	s->statement_ms = settings->statement_ms;
	s->idle_session_ms = settings->idle_session_ms;
	s->wait = settings->wait != NULL ? settings->wait : wait_by_poll;
	s->wait_self = settings->wait_self;
	s->series = settings->series;
	s->statements = settings->statements;
	s->tx.store = s;
	s->conninfo = strdup(settings->conninfo);
	s->name = strdup(settings->name != NULL ? settings->name : "bassin");
	if (s->conninfo == NULL || s->name == NULL)
		store_destroy(&s);
	return s;
}

void
store_destroy(struct store **self)
{
	struct store *s = *self;

	if (s == NULL)
		return;
	BUG_IF(s->magic != STORE_MAGIC);
	store_disconnect(s);
	free(s->conninfo);
	free(s->name);
	s->magic = 0;
	free(s);
	*self = NULL;
}

void
store_disconnect(struct store *s)
{
	tx_void(&s->tx);
	rows_free(&s->loose);
	talk_close(s);
}

bool
store_is_connected(const struct store *s)
{
	return s->ready && PQstatus(s->conn) == CONNECTION_OK;
}

int64_t
store_connect_due_ms(const struct store *s)
{
	return s->due_ms;
}

int64_t
connect_backoff_ms(unsigned failures, uint32_t jitter)
{
	int64_t ms = failures < 7 ? (int64_t)BACKOFF_FIRST_MS << failures : BACKOFF_MAX_MS;

	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	return ms - ms / 4 + jitter % (uint32_t)(ms / 4 + 1);
}

/* ---- where to ---------------------------------------------------------------------------------------------------- */

/* The n-th of a list with commas; a list of one entry holds for all (ports). NULL: not given, or no memory. */
static char *
nth_of_list(const char *list, size_t n)
{
	if (list == NULL)
		return NULL;
	if (strchr(list, ',') == NULL)
		return strdup(list);
	for (; n > 0; n--) {
		list = strchr(list, ',');
		if (list == NULL)
			return NULL;
		list++;
	}
	return strndup(list, strcspn(list, ","));
}

static size_t
list_length(const char *list)
{
	size_t n = list != NULL;

	for (; list != NULL && *list != '\0'; list++)
		n += *list == ',';
	return n;
}

static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++) {
		if (strcmp(options->keyword, keyword) == 0)
			return options->val;
	}
	return NULL;
}

/* Drives libpq until it is connected or has failed. */
static bool
connect_poll(struct store *s, int64_t deadline_ms)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;
	int ready = 0;

	while (PQstatus(s->conn) != CONNECTION_BAD && state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		if (!talk_wait(s, state == PGRES_POLLING_WRITING, deadline_ms, &ready))
			return false;
		if (ready)
			state = PQconnectPoll(s->conn);
	}
	return state == PGRES_POLLING_OK;
}

static bool
connect_host(struct store *s, const PQconninfoOption *options, const char *host, const char *hostaddr, const char *port,
             int64_t deadline_ms)
{
	const char *keywords[OPTIONS_MAX], *values[OPTIONS_MAX];
	size_t n = 0;

	for (const PQconninfoOption *o = options; o->keyword != NULL && n < OPTIONS_MAX - 4; o++) {
		const char *value = strcmp(o->keyword, "host") == 0       ? host
		                    : strcmp(o->keyword, "hostaddr") == 0 ? hostaddr
		                    : strcmp(o->keyword, "port") == 0     ? port
		                                                          : o->val;
		if (value != NULL && strcmp(o->keyword, "client_encoding") != 0) {
			keywords[n] = o->keyword;
			values[n++] = value;
		}
	}
	keywords[n] = "client_encoding";
	values[n++] = "UTF8";
	keywords[n] = "fallback_application_name";
	values[n++] = s->name;
	keywords[n] = values[n] = NULL;
	PQfinish(s->conn);
	s->conn = PQconnectStartParams(keywords, values, 0);
	if (s->conn == NULL)
		return false;
	PQsetNoticeReceiver(s->conn, talk_notice, s);
	return connect_poll(s, deadline_ms);
}

/* All hosts of the connection string, one after the other, CONNECT_MS in all. */
static int
connect_any(struct store *s, const PQconninfoOption *options)
{
	const char *host = option_value(options, "host"), *hostaddr = option_value(options, "hostaddr");
	const char *port = option_value(options, "port"), *timeout = option_value(options, "connect_timeout");
	size_t hosts = list_length(hostaddr) > list_length(host) ? list_length(hostaddr) : list_length(host);
	int64_t end = clock_mono_ms() + CONNECT_MS;
	int64_t each = timeout != NULL && atoi(timeout) > 0 ? atoi(timeout) * INT64_C(1000) : HOST_MS;
	bool up = false;

	if (hosts <= 1)
		each = CONNECT_MS;
	for (size_t i = 0; !up && i < (hosts > 0 ? hosts : 1) && clock_mono_ms() < end; i++) {
		char *h = nth_of_list(host, i), *a = nth_of_list(hostaddr, i), *p = nth_of_list(port, i);
		int64_t until = clock_mono_ms() + each;
		up = connect_host(s, options, h, a, p, until < end ? until : end);
		free(h);
		free(a);
		free(p);
	}
	/* This early the server has no rows to quote: its words name hosts, users and databases, and are what helps. */
	if (!up && s->conn != NULL && s->failures % LOST_LOG_EVERY == 0) {
		const char *text = PQerrorMessage(s->conn);
		log_warn("store=postgresql connect=failed why=%.*s", (int)strcspn(text, "\n"), text);
	}
	return up ? STORE_OK : STORE_RETRY;
}

static int
connect_server(struct store *s)
{
	PQconninfoOption *options = PQconninfoParse(s->conninfo, NULL);

	if (options == NULL) {
		log_error("store=postgresql conninfo=unreadable");   /* its text may hold a password */
		return STORE_BROKEN;
	}
	int rc = connect_any(s, options);
	PQconninfoFree(options);
	if (rc == STORE_OK && PQsetnonblocking(s->conn, 1) != 0)
		rc = STORE_RETRY;
	if (rc == STORE_OK && PQserverVersion(s->conn) < OLDEST_SERVER) {
		log_error("store=postgresql server_version=%d oldest=%d", PQserverVersion(s->conn), OLDEST_SERVER);
		rc = STORE_BROKEN;
	}
	return rc;
}

/* ---- how it behaves ---------------------------------------------------------------------------------------------- */

/* Commits wait for the flush whatever the server's default is; what waits for a standby as well is left alone. Nothing of ours
 * runs so long that compiling it would pay. */
static const char session_text[] =
	"SELECT current_setting('fsync'), current_setting('full_page_writes'),"
	" set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),"
	" set_config('idle_session_timeout', $3, false), set_config('idle_in_transaction_session_timeout', $3, false),"
	" set_config('client_connection_check_interval', '1000', false),"
	" set_config('jit', 'off', false), set_config('plan_cache_mode', 'force_custom_plan', false),"
	" set_config('default_transaction_isolation', 'read committed', false),"
	" set_config('default_transaction_read_only', 'off', false),"
	" set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'"
	" ELSE current_setting('synchronous_commit') END, false)";

static int
session_set(struct store *s)
{
	char statement_ms[16], lock_ms[16], idle_ms[16];
	struct params p = params_new(NULL);
	PGresult *r;

	(void)snprintf(statement_ms, sizeof statement_ms, "%d", s->statement_ms);
	(void)snprintf(lock_ms, sizeof lock_ms, "%d", s->statement_ms - s->statement_ms / 4);
	(void)snprintf(idle_ms, sizeof idle_ms, "%d", s->idle_session_ms);
	param_text(&p, statement_ms);
	param_text(&p, lock_ms);
	param_text(&p, idle_ms);
	int rc = talk_plain(s, "store_session", session_text, &p, s->statement_ms + GRACE_MS, &r);
	if (rc == STORE_OK && (strcmp(PQgetvalue(r, 0, 0), "on") != 0 || strcmp(PQgetvalue(r, 0, 1), "on") != 0)) {
		log_error("store=postgresql fsync=%s full_page_writes=%s unsafe=refused", PQgetvalue(r, 0, 0),
		    PQgetvalue(r, 0, 1));
		rc = STORE_BROKEN;
	}
	if (rc == STORE_OK)
		s->plans = PLANS_ANEW;
	PQclear(r);
	return rc;
}

static int
prepare_list(struct store *s, const struct sql *const *list)
{
	int rc = STORE_OK;

	for (; *list != NULL && rc == STORE_OK; list++) {
		if (s->pending_count == PENDING_MAX)
			rc = talk_sync(s, NULL);
		if (rc == STORE_OK)
			rc = talk_prepare(s, *list);
	}
	return rc;
}

static int
prepare_all(struct store *s)
{
	if (PQenterPipelineMode(s->conn) != 1)
		return STORE_RETRY;
	int rc = prepare_list(s, own_statements);
	const struct sql *const *const *lists = s->statements;
	for (; rc == STORE_OK && lists != NULL && *lists != NULL; lists++)
		rc = prepare_list(s, *lists);
	return rc == STORE_OK ? talk_sync(s, NULL) : rc;
}

int
store_connect(struct store *s, int64_t now_mono_ms)
{
	unsigned failures = s->failures;

	if (store_is_connected(s))
		return STORE_OK;
	if (s->conn != NULL)
		talk_lose(s, "none", "connection");
	if (now_mono_ms < s->due_ms)
		return STORE_RETRY;
	int rc = connect_server(s);
	if (rc == STORE_OK)
		rc = session_set(s);
	if (rc == STORE_OK)
		rc = migrate_all(s);
	if (rc == STORE_OK)
		rc = prepare_all(s);
	if (rc != STORE_OK) {
		/* What was answered on the way does not make this a success. */
		s->failures = failures;
		talk_lose(s, "none", "connect");
		return rc;
	}
	s->ready = true;
	if (failures > 0)
		log_info("store=postgresql state=connected failures=%u", failures);
	return STORE_OK;
}
