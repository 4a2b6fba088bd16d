/* SPDX-License-Identifier: Apache-2.0 */
/* What `bassin doctor` says of databases. It speaks libpq itself, since shared/store refuses what is to be explained here. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "cli/sql.h"
#include "doctor.h"

#define OLDEST_SERVER 140000 /* as shared/store/connect.c */
#define TESTED_SERVER 150000
#define MAJOR 10000
#define FEW_CONNECTIONS 10
#define SKEW_WARN_MS 2000
#define SKEW_FAIL_MS 60000
#define CONNECT_S "5"

struct server {
	struct doctor *d;
	const struct local *local;
	const PGresult *r;
};

static const char *
value(const struct server *s, const char *column)
{
	int at = PQfnumber(s->r, column);

	return at < 0 || PQgetisnull(s->r, 0, at) ? "" : PQgetvalue(s->r, 0, at);
}

static void
say(const struct server *s, enum health health, const char *text, const char *mend)
{
	doctor_say(s->d, health, "database", doctor_text(s->d, "%s: %s", s->local->name, text), mend);
}

/* A setting of the server without which a commit may be lost. */
static void
safety_check(const struct server *s, const char *name, enum health health)
{
	if (strcmp(value(s, name), "off") == 0)
		say(s, health, doctor_text(s->d, _("%s is off"), name),
		    doctor_text(s->d, "psql -c 'ALTER SYSTEM SET %s = on' -c 'SELECT pg_reload_conf()'", name));
}

static void
kind_check(const struct server *s)
{
	const char *create =
	    doctor_text(s->d, "CREATE DATABASE %s OWNER %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
	                s->local->service, s->local->service);

	if (strcmp(value(s, "encoding"), "UTF8") != 0)
		say(s, HEALTH_FAIL, doctor_text(s->d, _("its encoding is %s, not UTF8"), value(s, "encoding")), create);
	if (strcmp(value(s, "collation"), "C") != 0)
		say(s, HEALTH_WARN,
		    doctor_text(s->d, _("its locale is %s, not C: slower, and sorted as the system's library does"),
		                value(s, "collation")),
		    create);
	if (strcmp(value(s, "may_create"), "true") != 0)
		say(s, HEALTH_FAIL, _("the service may not make tables in it"),
		    doctor_text(s->d, "psql -c 'ALTER DATABASE %s OWNER TO %s' -c 'GRANT ALL ON SCHEMA public TO %s'",
		                s->local->service, s->local->service, s->local->service));
	if (strcmp(value(s, "standby"), "true") == 0)
		say(s, HEALTH_FAIL, _("this server is a standby and takes no writes"),
		    _("name all hosts in `store`, with target_session_attrs=read-write"));
}

static void
version_check(const struct server *s)
{
	int version = atoi(value(s, "version"));

	if (version < TESTED_SERVER)
		say(s, version < OLDEST_SERVER ? HEALTH_FAIL : HEALTH_WARN,
		    doctor_text(s->d, _("PostgreSQL %d is older than 15"), version / MAJOR),
		    "apt-get install postgresql-15");
	if (strcmp(value(s, "data_checksums"), "off") == 0)
		say(s, HEALTH_WARN, _("data checksums are off: a flipped bit on the disk is not noticed"),
		    _("pg_checksums --enable, while PostgreSQL is stopped"));
}

static void
clock_compare(const struct server *s)
{
	int64_t skew = strtoll(value(s, "now_ms"), NULL, 10) - clock_wall_ms();

	skew = skew < 0 ? -skew : skew;
	if (skew > SKEW_WARN_MS)
		doctor_say(s->d, skew > SKEW_FAIL_MS ? HEALTH_FAIL : HEALTH_WARN, "clock",
		           doctor_text(s->d, _("the database of %s has another time, %lld s apart"), s->local->name,
		                       (long long)(skew / 1000)),
		           "timedatectl set-ntp true");
}

static void
server_check(const struct server *s)
{
	int left = atoi(value(s, "connections_left"));

	version_check(s);
	safety_check(s, "fsync", HEALTH_FAIL);
	safety_check(s, "full_page_writes", HEALTH_FAIL);
	safety_check(s, "synchronous_commit", HEALTH_WARN);
	kind_check(s);
	if (left < FEW_CONNECTIONS)
		say(s, HEALTH_WARN, doctor_text(s->d, _("%d connections are left"), left),
		    "psql -c 'ALTER SYSTEM SET max_connections = 100'; systemctl restart postgresql");
	clock_compare(s);
	say(s, HEALTH_OK, doctor_text(s->d, _("PostgreSQL %d answers"), atoi(value(s, "version")) / MAJOR), "");
}

static PGconn *
connect_to(const struct local *p)
{
	/* What the connection string says wins over what stands before it. */
	const char *const keywords[] = { "connect_timeout", "dbname", NULL }, *const values[] = { CONNECT_S,
		                                                                                  p->conninfo, NULL };

	return PQconnectdbParams(keywords, values, 1);
}

static void
database_check(struct doctor *d, const struct local *p, const char **folder)
{
	PGconn *conn = connect_to(p);
	PGresult *r = PQstatus(conn) == CONNECTION_OK ? PQexec(conn, SQL_doctor_server.text) : NULL;
	struct server s = { d, p, r };

	if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1) {
		server_check(&s);
		if (value(&s, "data_directory")[0] != '\0' && *folder == NULL)
			*folder = doctor_text(d, "%s", value(&s, "data_directory"));
	} else {
		const char *why = PQerrorMessage(conn);
		say(&s, HEALTH_FAIL, doctor_text(d, "%.*s", (int)strcspn(why, "\n"), why),
		    doctor_text(
			d, _("systemctl status postgresql; is `store` in [%s] right? (deploy/README.md, Databases)"),
			p->name));
	}
	PQclear(r);
	PQfinish(conn);
}

static void
programs_check(struct doctor *d)
{
	static const char *const names[] = { "pg_dump", "pg_restore", "psql" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *const look[] = { "sh", "-c", "command -v \"$0\"", names[i], NULL };
		pid_t pid;
		if (program_start(d->app, NULL, look, -1, -1, &pid) == EXIT_DONE && program_wait(pid) == 0)
			continue;
		doctor_say(d, HEALTH_WARN, "backup",
		           doctor_text(d, _("%s is not here: no backup and no restore without it"), names[i]),
		           "apt-get install postgresql-client");
		return;
	}
}

void
doctor_databases(struct doctor *d)
{
	const char *folder = NULL;

	for (size_t i = 0; i < d->locals.count; i++)
		if (d->locals.at[i].conninfo[0] != '\0')
			database_check(d, &d->locals.at[i], &folder);
	if (folder != NULL)
		doctor_disk(d, _("PostgreSQL's data"), folder);
	programs_check(d);
}
