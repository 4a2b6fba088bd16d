/* SPDX-License-Identifier: Apache-2.0 */
/* A real PostgreSQL for a test program (pg_cluster.sh), and a second connection to look and to disturb with. */
#ifndef TESTS_PG_CLUSTER_H
#define TESTS_PG_CLUSTER_H

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct cluster {
	char dir[128], conninfo[256];
	pid_t keeper, server;
	int hold;               /* the keeper lives until this is closed */
};

static inline void
cluster_die(const char *what)
{
	fprintf(stderr, "cluster: %s\n", what);
	exit(1);
}

/* settings: as for postgres, "-c" and "name=value", NULL-terminated; NULL: none. */
static inline void
cluster_start(struct cluster *c, const char *const *settings)
{
	int to[2], from[2];
	const char *argv[16] = { "tests/unit/shared/pg_cluster.sh" }, *root = getenv("BASSIN_ROOT");
	char line[256], script[512];
	int n = 1, server = 0;

	snprintf(script, sizeof script, "%s/%s", root != NULL ? root : ".", argv[0]);
	while (settings != NULL && settings[n - 1] != NULL && n < 15) {
		argv[n] = settings[n - 1];
		n++;
	}
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		cluster_die("pipe");
	c->keeper = fork();
	if (c->keeper == 0) {
		setsid();       /* whoever kills the test's process group must not kill the one who cleans up */
		dup2(to[0], 0);
		dup2(from[1], 1);
		execv(script, (char *const *)(void *)argv);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	c->hold = to[1];
	FILE *f = fdopen(from[0], "r");
	if (f == NULL || fgets(line, sizeof line, f) == NULL || sscanf(line, "%127s %d", c->dir, &server) != 2)
		cluster_die("did not start");
	fclose(f);
	c->server = server;
	snprintf(c->conninfo, sizeof c->conninfo, "host=%s user=postgres dbname=postgres", c->dir);
}

static inline void
cluster_stop(struct cluster *c)
{
	close(c->hold);
	waitpid(c->keeper, NULL, 0);
}

static inline void
cluster_notice_ignore(void *unused, const char *message)
{
	(void)unused;
	(void)message;
}

/* The first column of the first row as text, in a static buffer; "" when there is none. An error ends the program. */
static inline const char *__attribute__((format(printf, 2, 3)))
cluster_sql(const struct cluster *c, const char *fmt, ...)
{
	static char value[4096];
	char sql[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	PGconn *conn = PQconnectdb(c->conninfo);
	PQsetNoticeProcessor(conn, cluster_notice_ignore, NULL);
	PGresult *r = PQexec(conn, sql);
	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
		cluster_die(PQresultErrorMessage(r)[0] != '\0' ? PQresultErrorMessage(r) : PQerrorMessage(conn));
	snprintf(value, sizeof value, "%s", PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	PQfinish(conn);
	return value;
}

#endif
