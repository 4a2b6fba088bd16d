/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbered migrations, forward only. Two instances may start at once, so each migration runs under an advisory lock
 * that ends with its transaction; whoever comes second finds it recorded.
 */
#include "store/store_priv.h"

#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

static const char table_text[] =
	"BEGIN; SELECT pg_advisory_xact_lock(" LOCK_OURS ", " LOCK_MIGRATE ");"
	" CREATE TABLE IF NOT EXISTS schema_version (series text, version integer, name text NOT NULL,"
	" digest bytea NOT NULL, applied_ms bigint NOT NULL, PRIMARY KEY (series, version)); COMMIT";
static const char begin_text[] =
	"BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(" LOCK_OURS ", " LOCK_MIGRATE ")";

static int
plain(struct store *s, const char *what, const char *text)
{
	return talk_plain(s, what, text, NULL, MIGRATION_MS, NULL);
}

static void
digest_of(const struct migration *m, uint8_t out[32])
{
	digest_256(m->text, strlen(m->text), NULL, 0, out);
}

static int
known_count(const struct migration *m)
{
	int n = 0;

	for (; m[n].version != 0; n++)
		BUG_IF(m[n].version != n + 1);
	return n;
}

/* *count: versions 1..*count are in the store, and their texts are ours. */
static int
applied_compare(const struct store_series *series, const struct rows *rows, int *count)
{
	int known = known_count(series->migrations);
	uint8_t digest[32];

	*count = rows_count(rows);
	for (int i = 0; i < *count; i++) {
		int version = (int)rows_int(rows, i, 0);
		if (version > known) {
			log_error("store=postgresql series=%s version=%d known=%d newer=refused", series->name, version,
			    known);
			return STORE_BROKEN;
		}
		struct bytes stored = rows_bytes(rows, i, 1);
		digest_of(&series->migrations[i], digest);
		if (version != i + 1 || stored.size != sizeof digest || memcmp(stored.data, digest, sizeof digest) != 0) {
			log_error("store=postgresql series=%s version=%d changed=refused", series->name, version);
			return STORE_BROKEN;
		}
	}
	return STORE_OK;
}

static int
applied_load(struct store *s, const struct store_series *series, int *count)
{
	struct params p = params_new(NULL);
	struct rows rows = { 0 };

	param_text(&p, series->name);
	int rc = talk_plain(s, "schema_version",
	    "SELECT version, digest FROM schema_version WHERE series = $1 ORDER BY version", &p, s->statement_ms + GRACE_MS,
	    &rows.result);
	if (rc == STORE_OK)
		rc = applied_compare(series, &rows, count);
	PQclear(rows.result);
	return rc;
}

static int
migration_record(struct store *s, const char *series, const struct migration *m)
{
	char version[16], applied_ms[24];
	uint8_t digest[32];
	struct params p = params_new(NULL);

	digest_of(m, digest);
	(void)snprintf(version, sizeof version, "%d", m->version);
	(void)snprintf(applied_ms, sizeof applied_ms, "%lld", (long long)clock_wall_ms());
	param_text(&p, series);
	param_text(&p, version);
	param_text(&p, m->name);
	param_bytes(&p, digest, sizeof digest);
	param_text(&p, applied_ms);
	return talk_plain(s, m->name, "INSERT INTO schema_version (series, version, name, digest, applied_ms)"
	    " VALUES ($1, $2, $3, $4, $5)", &p, s->statement_ms + GRACE_MS, NULL);
}

/* Runs the next migration, unless somebody else did so while we waited for the lock. */
static int
migration_apply(struct store *s, const struct store_series *series, int have)
{
	const struct migration *m = &series->migrations[have];
	int now = 0;
	int rc = plain(s, m->name, begin_text);

	if (rc == STORE_OK)
		rc = applied_load(s, series, &now);
	if (rc == STORE_OK && now != have)
		return plain(s, m->name, "ROLLBACK");
	if (rc == STORE_OK)
		rc = plain(s, m->name, m->text);
	if (rc == STORE_OK && PQtransactionStatus(s->conn) != PQTRANS_INTRANS) {
		log_error("store=postgresql series=%s migration=%s ended=transaction", series->name, m->name);
		rc = STORE_BROKEN;
	}
	if (rc == STORE_OK)
		rc = migration_record(s, series->name, m);
	if (rc == STORE_OK)
		rc = plain(s, m->name, "COMMIT");
	if (rc == STORE_OK)
		log_info("store=postgresql series=%s migration=%s state=applied", series->name, m->name);
	return rc;   /* a failure: store_connect closes the connection, and the server rolls back */
}

static int
table_make(struct store *s)
{
	PGresult *r;
	struct params none = params_new(NULL);
	int rc = talk_plain(s, "schema_version", "SELECT to_regclass('schema_version') IS NULL", &none,
	    s->statement_ms + GRACE_MS, &r);
	bool missing = rc == STORE_OK && PQgetvalue(r, 0, 0)[0] != 0;

	PQclear(r);
	return missing ? plain(s, "schema_version", table_text) : rc;
}

static int
series_migrate(struct store *s, const struct store_series *series)
{
	int now = 0;
	int known = known_count(series->migrations);
	int rc = applied_load(s, series, &now);

	while (rc == STORE_OK && now < known) {
		rc = migration_apply(s, series, now);
		if (rc == STORE_OK)
			rc = applied_load(s, series, &now);
	}
	return rc;
}

int
migrate_all(struct store *s)
{
	int rc = s->series != NULL && s->series->name != NULL ? table_make(s) : STORE_OK;

	const struct store_series *series = s->series;
	for (; rc == STORE_OK && series != NULL && series->name != NULL; series++)
		rc = series_migrate(s, series);
	s->migrated = s->migrated || rc == STORE_OK;
	return rc;
}

int
store_schema_version(const struct store *s, const char *series)
{
	for (const struct store_series *one = s->series; s->migrated && one != NULL && one->name != NULL; one++) {
		if (strcmp(one->name, series) == 0)
			return known_count(one->migrations);
	}
	return 0;
}
