/* SPDX-License-Identifier: Apache-2.0 */
/* The store against a real PostgreSQL: connecting, migrations, parameters and results, transactions, the lease. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/ids.h"
#include "store/store_priv.h"
#include "unit/shared/pg_cluster.h"

static struct cluster cluster;
static struct arena *arena;

static const struct sql s_int = { "s_int", "SELECT $1::bigint, $1::bigint IS NULL" };
static const struct sql s_widths = { "s_widths", "SELECT (-2)::smallint, (-3)::integer, (-4)::bigint, true" };
static const struct sql s_bool = { "s_bool", "SELECT $1::boolean" };
static const struct sql s_text = { "s_text", "SELECT $1::text, $1::text IS NULL, length($1::text)" };
static const struct sql s_bytes = { "s_bytes", "SELECT $1::bytea, octet_length($1::bytea)" };
static const struct sql s_id = { "s_id", "SELECT $1::uuid, $1::uuid::text" };
static const struct sql s_ints = { 
	"s_ints", "SELECT v FROM unnest($1::bigint[]) WITH ORDINALITY AS u (v, n) ORDER BY n" };
static const struct sql s_bools = { 
	"s_bools", "SELECT v FROM unnest($1::boolean[]) WITH ORDINALITY AS u (v, n) ORDER BY n" };
static const struct sql s_ids = { "s_ids", "SELECT v FROM unnest($1::uuid[]) WITH ORDINALITY AS u (v, n) ORDER BY n" };
static const struct sql s_texts = { "s_texts", "SELECT $1::text[], cardinality($1::text[])" };
static const struct sql s_bytess = {
	"s_bytess", "SELECT v FROM unnest($1::bytea[]) WITH ORDINALITY AS u (v, n) ORDER BY n" };
static const struct sql s_add = { "s_add", "INSERT INTO thing (id, name) VALUES ($1::bigint, $2::text)" };
static const struct sql s_add_many = { 
	"s_add_many", "INSERT INTO thing (id, name) SELECT n, 'x' FROM generate_series(1, $1::bigint) n" };
static const struct sql s_count = { "s_count", "SELECT count(*) FROM thing" };
static const struct sql s_divide = { "s_divide", "SELECT 1 / $1::bigint" };
static const struct sql s_settings = {
	"s_settings", "SELECT current_setting($1::text)" };
static const struct sql s_deferred = { "s_deferred", "INSERT INTO promise (thing) VALUES ($1::bigint)" };
static const struct sql s_big = { "s_big", "SELECT repeat('x', $1::integer) FROM generate_series(1, 20)" };
static const struct sql s_copy = { "s_copy", "COPY kinds FROM STDIN (FORMAT binary)" };
static const struct sql s_copy_things = { "s_copy_things", "COPY thing (id, name) FROM STDIN (FORMAT binary)" };
static const struct sql s_copy_drawn = { "s_copy_drawn", "COPY lot FROM STDIN (FORMAT binary)" };
static const struct sql s_kinds = { "s_kinds",
	"SELECT concat_ws(';', i8, i4, i2, yes, day, n0, n3, n7, t, encode(b, 'hex'), list) FROM kinds ORDER BY i8" };
static const struct sql *const statements[] = { &s_copy, &s_copy_things, &s_copy_drawn, &s_kinds, &s_int, &s_widths, &s_bool, &s_text, &s_bytes, &s_id, &s_ints, &s_bools,
	&s_ids, &s_texts, &s_bytess, &s_add, &s_add_many, &s_count, &s_divide, &s_settings, &s_deferred, &s_big, NULL };
static const struct sql *const *const lists[] = { statements, NULL };

static const struct migration migrations[] = {
	{ 1, "0001_thing", "CREATE TABLE thing (id bigint PRIMARY KEY, name text NOT NULL);\n-- two statements\n"
	                   "CREATE INDEX thing_by_name ON thing (name);" },
	{ 2, "0002_promise", "CREATE TABLE promise (thing bigint REFERENCES thing DEFERRABLE INITIALLY DEFERRED);"
	                     "CREATE TABLE kinds (i8 bigint, i4 integer, i2 smallint, yes boolean, day date, n0 numeric,"
	                     " n3 numeric, n7 numeric(10, 7), t text, b bytea, list text[]);"
	                     "CREATE TABLE lot (number text CONSTRAINT lot_number_drawn UNIQUE);" },
	{ 0, NULL, NULL } };
static const struct store_series series[] = { { "test", migrations }, { NULL, NULL } };

static struct store_settings
settings_of(void)
{
	return (struct store_settings){ .conninfo = cluster.conninfo, .name = "store-test", .statement_ms = 5000,
		.idle_session_ms = 60000, .series = series, .statements = lists };
}

static struct store *
store_up(const struct store_settings *settings)
{
	struct store *s = store_new(settings);

	assert_non_null(s);
	assert_int_equal(store_connect(s, clock_mono_ms()), STORE_OK);
	return s;
}

static int
setup(void **state)
{
	struct store_settings settings = settings_of();

	arena = arena_new(64 * MiB);
	if (arena == NULL)
		return -1;
	(void)cluster_sql(&cluster, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	*state = store_up(&settings);
	return 0;
}

static int
teardown(void **state)
{
	struct store *s = *state;

	store_destroy(&s);
	arena_destroy(&arena);
	return 0;
}

/* One statement in a transaction that stays open. */
static struct rows *
ask(struct store *s, struct tx **tx, const struct sql *sql, const struct params *p)
{
	struct rows *rows;

	if (*tx == NULL)
		assert_int_equal(tx_begin(s, tx), STORE_OK);
	assert_int_equal(tx_run(*tx, sql, p, &rows), STORE_OK);
	return rows;
}

static void
an_int_of_any_size_comes_back(void **state)
{
	const int64_t values[] = { 0, 1, -1, INT64_MAX, INT64_MIN, 4294967296 };
	struct tx *tx = NULL;

	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct params p = params_new(arena);
		param_int(&p, values[i]);
		struct rows *r = ask(*state, &tx, &s_int, &p);
		assert_true(rows_int(r, 0, 0) == values[i]);
		assert_false(rows_bool(r, 0, 1));
	}
	struct params p = params_new(arena);
	param_int_or_null(&p, 7, false);
	struct rows *r = ask(*state, &tx, &s_int, &p);
	assert_true(rows_is_null(r, 0, 0));
	assert_int_equal(rows_int(r, 0, 0), 0);
	r = ask(*state, &tx, &s_widths, NULL);
	assert_int_equal(rows_int(r, 0, 0), -2);
	assert_int_equal(rows_int(r, 0, 1), -3);
	assert_int_equal(rows_int(r, 0, 2), -4);
	assert_true(rows_bool(r, 0, 3));
	tx_rollback(&tx);
}

static void
booleans_come_back(void **state)
{
	struct tx *tx = NULL;

	for (int v = 0; v < 2; v++) {
		struct params p = params_new(arena);
		param_bool(&p, v != 0);
		assert_int_equal(rows_bool(ask(*state, &tx, &s_bool, &p), 0, 0), v);
	}
	tx_rollback(&tx);
}

static void
text_comes_back_in_utf8(void **state)
{
	static const char *const values[] = {
		"", "Lévis \xe2\x80\x93 \xf0\x9f\x8e\x93", "'; DROP TABLE thing; --", "{a,\"b\"}" };
	struct tx *tx = NULL;

	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct params p = params_new(arena);
		param_text(&p, values[i]);
		struct rows *r = ask(*state, &tx, &s_text, &p);
		assert_string_equal(rows_text(r, 0, 0), values[i]);
		assert_false(rows_is_null(r, 0, 0));
	}
	struct params p = params_new(arena);
	param_text(&p, NULL);
	struct rows *r = ask(*state, &tx, &s_text, &p);
	assert_true(rows_bool(r, 0, 1));
	assert_string_equal(rows_text(r, 0, 0), "");
	tx_rollback(&tx);
}

static void
bytes_come_back(void **state)
{
	uint8_t all[256];
	struct tx *tx = NULL;

	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	struct params p = params_new(arena);
	param_bytes(&p, all, sizeof all);
	struct bytes b = rows_bytes(ask(*state, &tx, &s_bytes, &p), 0, 0);
	assert_int_equal(b.size, sizeof all);
	assert_memory_equal(b.data, all, sizeof all);

	p = params_new(arena);
	param_bytes(&p, "", 0);
	b = rows_bytes(ask(*state, &tx, &s_bytes, &p), 0, 0);
	assert_non_null(b.data);
	assert_int_equal(b.size, 0);

	p = params_new(arena);
	param_bytes(&p, NULL, 0);
	b = rows_bytes(ask(*state, &tx, &s_bytes, &p), 0, 0);
	assert_null(b.data);
	tx_rollback(&tx);
}

static void
ids_come_back(void **state)
{
	struct tx *tx = NULL;
	struct id ids[2] = { id_make(1790000000000, random_of_system, NULL), { { 0 } } }, back;
	struct params p = params_new(arena), none = params_new(arena), many = params_new(arena);

	param_id(&p, &ids[0]);
	assert_true(rows_id(ask(*state, &tx, &s_id, &p), 0, 0, &back));
	assert_true(id_equal(&back, &ids[0]));
	param_id(&none, NULL);
	assert_false(rows_id(ask(*state, &tx, &s_id, &none), 0, 0, &back));
	assert_true(id_is_zero(&back));
	param_ids(&many, ids, 2);
	struct rows *r = ask(*state, &tx, &s_ids, &many);
	assert_int_equal(rows_count(r), 2);
	for (int i = 0; i < 2; i++) {
		assert_true(rows_id(r, i, 0, &back));
		assert_true(id_equal(&back, &ids[i]));
	}
	tx_rollback(&tx);
}

static void
arrays_of_numbers_come_back(void **state)
{
	const int64_t ints[] = { INT64_MIN, 0, INT64_MAX };
	const bool given[] = { true, false, true }, bools[] = { true, false, true };
	struct tx *tx = NULL;
	struct params p = params_new(arena), n = params_new(arena), e = params_new(arena), b = params_new(arena);

	param_ints(&p, ints, 3);
	struct rows *r = ask(*state, &tx, &s_ints, &p);
	assert_int_equal(rows_count(r), 3);
	for (int i = 0; i < 3; i++)
		assert_true(rows_int(r, i, 0) == ints[i]);
	param_ints_or_null(&n, ints, given, 3);
	r = ask(*state, &tx, &s_ints, &n);
	assert_true(rows_is_null(r, 1, 0));
	assert_true(rows_int(r, 2, 0) == INT64_MAX);
	param_ints(&e, NULL, 0);
	assert_int_equal(rows_count(ask(*state, &tx, &s_ints, &e)), 0);
	param_bools(&b, bools, 3);
	r = ask(*state, &tx, &s_bools, &b);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rows_bool(r, i, 0), bools[i]);
	tx_rollback(&tx);
}

static void
arrays_of_text_and_bytes_come_back(void **state)
{
	static const char *const texts[] = { "é", NULL, "", "a,b\"}" };
	const struct bytes bytess[] = { { (const uint8_t *)"\0\1", 2 }, { NULL, 0 }, { (const uint8_t *)"", 0 } };
	const char *const *back;
	size_t count;
	struct tx *tx = NULL;
	struct params p = params_new(arena), e = params_new(arena), b = params_new(arena);

	param_texts(&p, texts, 4);
	struct rows *r = ask(*state, &tx, &s_texts, &p);
	assert_true(rows_texts(r, 0, 0, arena, &back, &count));
	assert_int_equal(count, 4);
	for (size_t i = 0; i < 4; i++) {
		if (texts[i] == NULL)
			assert_null(back[i]);
		else
			assert_string_equal(back[i], texts[i]);
	}
	param_texts(&e, NULL, 0);
	r = ask(*state, &tx, &s_texts, &e);
	assert_int_equal(rows_int(r, 0, 1), 0);
	assert_true(rows_texts(r, 0, 0, arena, &back, &count));
	assert_int_equal(count, 0);
	param_bytess(&b, bytess, 3);
	r = ask(*state, &tx, &s_bytess, &b);
	assert_int_equal(rows_bytes(r, 0, 0).size, 2);
	assert_true(rows_is_null(r, 1, 0));
	assert_false(rows_is_null(r, 2, 0));
	tx_rollback(&tx);
}

static void
parameters_without_memory_make_weather(void **state)
{
	struct arena *small = arena_new(64);
	const int64_t ints[64] = { 0 };
	struct tx *tx;
	struct params p = params_new(small), full = params_new(arena);

	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	param_ints(&p, ints, 64);
	assert_int_equal(tx_run(tx, &s_ints, &p, NULL), STORE_RETRY);
	assert_int_equal(tx_commit(&tx), STORE_RETRY);
	for (int i = 0; i <= PARAMS_MAX; i++)
		param_int(&full, i);
	assert_true(full.failed);
	arena_destroy(&small);
	assert_true(store_is_connected(*state));
}

static int
add(struct tx *tx, int64_t id, const char *name)
{
	struct params p = params_new(arena);

	param_int(&p, id);
	param_text(&p, name);
	return tx_run(tx, &s_add, &p, NULL);
}

static void
a_commit_keeps_and_a_rollback_forgets(void **state)
{
	struct tx *tx;

	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(add(tx, 1, "kept"), STORE_OK);
	assert_int_equal(tx_affected(tx), 1);
	assert_int_equal(tx_commit(&tx), STORE_OK);
	assert_null(tx);
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(add(tx, 2, "forgotten"), STORE_OK);
	tx_rollback(&tx);
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);        /* nothing was sent, nothing is committed */
	assert_string_equal(cluster_sql(&cluster, "SELECT string_agg(name, ',') FROM thing"), "kept");
	struct params p = params_new(arena);
	param_int(&p, 5);
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add_many, &p, NULL), STORE_BROKEN);
	tx_rollback(&tx);
	tx_rollback(&tx);
}

static void
after_a_failure_nothing_is_kept_and_the_next_transaction_works(void **state)
{
	struct tx *tx;

	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(add(tx, 1, "a"), STORE_OK);
	assert_int_equal(add(tx, 1, "again"), STORE_BROKEN);
	assert_int_equal(add(tx, 2, "b"), STORE_BROKEN);
	assert_int_equal(tx_commit(&tx), STORE_BROKEN);
	assert_true(store_is_connected(*state));
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM thing"), "0");
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(add(tx, 2, "b"), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);
}

static void
what_is_queued_is_told_by_the_commit(void **state)
{
	struct tx *tx;
	struct params p[40];

	/* More than fit on the way at once. */
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	for (int i = 0; i < 40; i++) {
		p[i] = params_new(arena);
		param_int(&p[i], i);
		param_text(&p[i], "queued");
		assert_int_equal(tx_queue(tx, &s_add, &p[i]), STORE_OK);
	}
	assert_int_equal(tx_commit(&tx), STORE_OK);
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM thing"), "40");

	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(add(tx, 100, "lost"), STORE_OK);
	assert_int_equal(tx_queue(tx, &s_add, &p[0]), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_BROKEN);
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM thing"), "40");

	/* A rollback right behind a queued or started failure, and behind a success. */
	for (int i = 0; i < 4; i++) {
		struct params q = params_new(arena);
		param_int(&q, i % 2 == 0 ? 0 : 200);
		param_text(&q, "queued");
		assert_int_equal(tx_begin(*state, &tx), STORE_OK);
		assert_int_equal(i < 2 ? tx_queue(tx, &s_add, &q) : tx_start(tx, &s_add, &q), STORE_OK);
		tx_rollback(&tx);
		assert_true(store_is_connected(*state));
	}
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(add(tx, 300, "next"), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);

	/* The server is at it while we go on: the next statement has its answer, and its failure. */
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(tx_start(tx, &s_add, &p[0]), STORE_OK);
	assert_int_equal(add(tx, 400, "never"), STORE_BROKEN);
	assert_int_equal(tx_commit(&tx), STORE_BROKEN);
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM thing"), "41");
}

static void
a_deferred_constraint_breaks_the_commit(void **state)
{
	struct tx *tx;
	struct params p = params_new(arena);

	param_int(&p, 12345);
	assert_int_equal(tx_begin(*state, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_deferred, &p, NULL), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_BROKEN);
	assert_true(store_is_connected(*state));
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM promise"), "0");
}

static void
one_statement_alone_is_a_transaction(void **state)
{
	struct params p = params_new(arena), zero = params_new(arena);
	struct rows *rows;

	param_int(&p, 3);
	assert_int_equal(store_run(*state, &s_add_many, &p, NULL), STORE_OK);
	assert_int_equal(store_run(*state, &s_count, NULL, &rows), STORE_OK);
	assert_int_equal(rows_int(rows, 0, 0), 3);
	param_int(&zero, 0);
	assert_int_equal(store_run(*state, &s_divide, &zero, &rows), STORE_BROKEN);
	assert_null(rows);
	assert_int_equal(store_run(*state, &s_count, NULL, &rows), STORE_OK);
}

static void
large_values_go_both_ways(void **state)
{
	size_t size = 8 * MiB;
	struct store_settings settings = settings_of();
	struct tx *tx = NULL;
	char *big = arena_alloc(arena, size + 1);
	struct params p = params_new(arena);

	memset(big, 'x', size);
	big[size] = '\0';
	param_text(&p, big);
	(void)state;
	settings.statement_ms = 60000;  /* libpq moves the rest after each piece: minutes' work where each move is watched */
	struct store *s = store_up(&settings);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	for (int i = 0; i < 3; i++)                   /* answers come while we are still sending */
		assert_int_equal(tx_queue(tx, &s_text, &p), STORE_OK);
	assert_int_equal(strlen(rows_text(ask(s, &tx, &s_text, &p), 0, 0)), size);
	tx_rollback(&tx);
	store_destroy(&s);
}

static void
the_session_is_set_as_promised(void **state)
{
	static const char *const expected[][2] = {
		{ "synchronous_commit", "on" }, { "statement_timeout", "5s" }, { "idle_session_timeout", "1min" },
		{ "idle_in_transaction_session_timeout", "1min" }, { "client_connection_check_interval", "1s" },
		{ "application_name", "store-test" }, { "client_encoding", "UTF8" }, { "lock_timeout", "3750ms" } };
	struct tx *tx = NULL;

	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		struct params p = params_new(arena);
		param_text(&p, expected[i][0]);
		assert_string_equal(rows_text(ask(*state, &tx, &s_settings, &p), 0, 0), expected[i][1]);
	}
	tx_rollback(&tx);
}

static void
a_store_that_may_forget_is_made_to_flush(void **state)
{
	struct store_settings settings = settings_of();
	char conninfo[512];
	struct tx *tx = NULL;
	struct params p = params_new(arena);

	(void)state;
	snprintf(conninfo, sizeof conninfo, "%s options='-c synchronous_commit=off'", cluster.conninfo);
	settings.conninfo = conninfo;
	struct store *s = store_up(&settings);
	param_text(&p, "synchronous_commit");
	assert_string_equal(rows_text(ask(s, &tx, &s_settings, &p), 0, 0), "on");
	tx_rollback(&tx);
	store_destroy(&s);
}

static void
an_unsafe_server_is_refused(void **state)
{
	struct store_settings settings = settings_of();

	(void)state;
	(void)cluster_sql(&cluster, "ALTER SYSTEM SET full_page_writes = off");
	(void)cluster_sql(&cluster, "SELECT pg_reload_conf()");
	while (strcmp(cluster_sql(&cluster, "SHOW full_page_writes"), "off") != 0)
		continue;
	struct store *s = store_new(&settings);
	assert_int_equal(store_connect(s, clock_mono_ms()), STORE_BROKEN);
	assert_false(store_is_connected(s));
	store_destroy(&s);
	(void)cluster_sql(&cluster, "ALTER SYSTEM RESET full_page_writes");
	(void)cluster_sql(&cluster, "SELECT pg_reload_conf()");
	while (strcmp(cluster_sql(&cluster, "SHOW full_page_writes"), "on") != 0)
		continue;
}

/* ---- migrations -------------------------------------------------------------------------------------------------- */

static int
connect_with(const struct migration *list)
{
	const struct store_series one[] = { { "test", list }, { NULL, NULL } };
	struct store_settings settings = settings_of();

	settings.series = one;
	settings.statements = NULL;
	struct store *s = store_new(&settings);
	int rc = store_connect(s, clock_mono_ms());
	assert_int_equal(store_schema_version(s, "test") > 0, rc == STORE_OK);
	store_destroy(&s);
	return rc;
}

static void
migrations_are_applied_once(void **state)
{
	assert_int_equal(store_schema_version(*state, "test"), 2);
	assert_int_equal(store_schema_version(*state, "other"), 0);
	assert_int_equal(connect_with(migrations), STORE_OK);
	assert_string_equal(cluster_sql(&cluster, "SELECT string_agg(series || version || name, ' ' ORDER BY version)"
	    " FROM schema_version"), "test10001_thing test20002_promise");
}

static void
a_newer_store_is_refused(void **state)
{
	const struct migration older[] = { migrations[0], { 0, NULL, NULL } };

	(void)state;
	assert_int_equal(connect_with(older), STORE_BROKEN);
}

static void
a_changed_migration_is_refused(void **state)
{
	const struct migration changed[] = { { 1, "0001_thing", "SELECT 1" }, migrations[1], { 0, NULL, NULL } };

	(void)state;
	assert_int_equal(connect_with(changed), STORE_BROKEN);
}

static void
a_failing_migration_leaves_nothing(void **state)
{
	static const char *const texts[] = {
		"CREATE TABLE half (id bigint); SELECT 1 / 0;", "CREATE TABLE half (id bigint); COMMIT;",
		"CREATE TABLE half (id bigint); COPY half TO STDOUT;", "CREATE TABLE half (id bigint); ROLLBACK;" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct migration failing[] = {
			migrations[0], migrations[1], { 3, "0003_half", texts[i] }, { 0, NULL, NULL } };
		assert_int_equal(connect_with(failing), STORE_BROKEN);
		assert_string_equal(cluster_sql(&cluster, "SELECT max(version) FROM schema_version"), "2");
		if (i != 1)           /* whoever writes COMMIT into a migration keeps what was before it, and is told */
			assert_string_equal(cluster_sql(&cluster, "SELECT to_regclass('half') IS NULL"), "t");
		(void)cluster_sql(&cluster, "DROP TABLE IF EXISTS half");
	}
}

static void
two_instances_migrate_one_after_the_other(void **state)
{
	static const struct migration slow[] = {
		{ 1, "0001_slow", "CREATE TABLE slow (id bigint); SELECT pg_sleep(0.3);" }, { 0, NULL, NULL } };
	const struct store_series one[] = { { "slow", slow }, { NULL, NULL } };
	struct store_settings settings = settings_of();
	int status;

	(void)state;
	settings.series = one;
	settings.statements = NULL;
	pid_t other = fork();
	if (other == 0) {
		struct store *s = store_new(&settings);
		int rc = store_connect(s, clock_mono_ms());
		store_destroy(&s);
		_exit(rc == STORE_OK ? 0 : 1);
	}
	struct store *s = store_up(&settings);
	store_destroy(&s);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(status, 0);
	assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM schema_version WHERE series = 'slow'"), "1");
}

/* ---- the lease, errors ------------------------------------------------------------------------------------------- */

static void
one_instance_holds_the_lease_until_it_dies(void **state)
{
	struct store_settings settings = settings_of();
	struct store *second = store_up(&settings);
	bool held;

	assert_int_equal(store_lease_try(*state, &held), STORE_OK);
	assert_true(held && store_has_lease(*state));
	assert_int_equal(store_lease_try(*state, &held), STORE_OK);
	assert_true(held);
	assert_int_equal(store_lease_try(second, &held), STORE_OK);
	assert_false(held || store_has_lease(second));
	(void)cluster_sql(&cluster, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");
	for (held = false; !held;)
		assert_int_equal(store_lease_try(second, &held), STORE_OK);
	struct tx *tx;
	if (tx_begin(*state, &tx) == STORE_OK)
		assert_int_equal(tx_run(tx, &s_count, NULL, NULL), STORE_RETRY);
	tx_rollback(&tx);
	assert_false(store_has_lease(*state));
	store_destroy(&second);
}

static void
sqlstates_become_ours(void **state)
{
	static const struct { const char *sqlstate; int result; } table[] = {
		{ "08006", STORE_RETRY }, { "08P01", STORE_BROKEN }, { "0A000", STORE_RETRY }, { "22021", STORE_BROKEN },
		{ "23505", STORE_BROKEN }, { "25006", STORE_RETRY }, { "25P02", STORE_BROKEN }, { "25P03", STORE_RETRY },
		{ "40001", STORE_RETRY }, { "40P01", STORE_RETRY }, { "42P01", STORE_BROKEN }, { "53100", STORE_RETRY },
		{ "54000", STORE_BROKEN }, { "55P03", STORE_RETRY }, { "57014", STORE_RETRY }, { "57P01", STORE_RETRY },
		{ "58030", STORE_RETRY }, { "XX001", STORE_RETRY }, { NULL, STORE_RETRY } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(error_of_sqlstate(table[i].sqlstate), table[i].result);
}

static void
back_off_doubles_to_five_seconds(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 100; n++) {
		int64_t most = n < 7 ? 50 << n : 5000;
		for (uint32_t jitter = 0; jitter < 10000; jitter += 977) {
			int64_t ms = connect_backoff_ms(n, jitter);
			assert_true(ms <= most && ms >= most - most / 4);
		}
	}
}

static void
a_wrong_connection_string_is_refused(void **state)
{
	struct store_settings settings = settings_of();

	(void)state;
	settings.conninfo = "this is = not 'one";
	struct store *s = store_new(&settings);
	assert_int_equal(store_connect(s, clock_mono_ms()), STORE_BROKEN);
	store_destroy(&s);
}

static void
the_second_host_is_tried_when_the_first_is_dead(void **state)
{
	struct store_settings settings = settings_of();
	char conninfo[512];

	(void)state;
	snprintf(conninfo, sizeof conninfo, "host=/nowhere,%s user=postgres dbname=postgres target_session_attrs=read-write",
	    cluster.dir);
	settings.conninfo = conninfo;
	struct store *s = store_up(&settings);
	store_destroy(&s);
}

#define PLAY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* ---- COPY ------------------------------------------------------------------------------------------------------------ */
static void
every_kind_of_column_is_copied_as_it_is(void **state)
{
	struct store *s = *state;
	struct tx *tx;
	struct rows *rows;
	const int64_t i8[] = { INT64_MIN, 0, INT64_MAX }, i4[] = { INT32_MIN, 0, INT32_MAX }, i2[] = { -32768, 0, 32767 };
	const int64_t yes[] = { 1, 0, 1 }, day[] = { -1, 0, 20834 }, n0[] = { 0, -10000, INT64_MAX };
	const int64_t n3[] = { 1, 20000000, -123456789 }, n7[] = { -719000001, 0, 1800000000 };
	const char *const t[] = { "", "é'\\\n", "x" }, *const entries[] = { "mo", "a,\"b\"", "" };
	const struct bytes b[] = { { (const uint8_t *)"", 0 }, { (const uint8_t *)"\0\1", 2 }, { (const uint8_t *)"z", 1 } };
	const struct text_list days[] = { { NULL, 0 }, { entries, 3 }, { entries, 1 } };
	const struct copy_column columns[] = {
		{ .kind = COPY_INT8, .ints = i8 }, { .kind = COPY_INT4, .ints = i4 }, { .kind = COPY_INT2, .ints = i2 },
		{ .kind = COPY_BOOL, .ints = yes }, { .kind = COPY_DATE, .ints = day }, { .kind = COPY_NUMERIC, .ints = n0 },
		{ .kind = COPY_NUMERIC, .ints = n3, .places = 3 }, { .kind = COPY_NUMERIC, .ints = n7, .places = 7 },
		{ .kind = COPY_TEXT, .texts = t }, { .kind = COPY_BYTES, .bytess = b }, { .kind = COPY_TEXTS, .lists = days },
	};

	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_copy(tx, arena, &s_copy, columns, COUNT_OF(columns), 3), STORE_OK);
	assert_int_equal(tx_run(tx, &s_kinds, NULL, &rows), STORE_OK);
	assert_string_equal(rows_text(rows, 0, 0), "-9223372036854775808;-2147483648;-32768;t;1969-12-31;0;0.001;-71.9000001;;;{}");
	assert_string_equal(rows_text(rows, 1, 0), "0;0;0;f;1970-01-01;-10000;20000.000;0.0000000;é'\\\n;0001;{mo,\"a,\\\"b\\\"\",\"\"}");
	assert_string_equal(rows_text(rows, 2, 0), "9223372036854775807;2147483647;32767;t;2027-01-16;9223372036854775807;"
	                                           "-123456.789;180.0000000;x;7a;{mo}");
	assert_int_equal(tx_commit(&tx), STORE_OK);
}

static void
a_number_of_any_size_and_places_is_copied_exactly(void **state)
{
	enum { ROWS = 2000 };
	static int64_t values[ROWS];
	struct store *s = *state;
	struct tx *tx;

	for (unsigned places = 0; places <= 7; places++) {
		for (size_t i = 0; i < ROWS; i++) {
			random_of_system(NULL, &values[i], sizeof values[i]);
			values[i] >>= i % 63;
		}
		const struct copy_column columns[] = { { .kind = COPY_INT8, .ints = values },
			                               { .kind = COPY_NUMERIC, .ints = values, .places = places } };
		(void)cluster_sql(&cluster, "DROP TABLE IF EXISTS thing, promise; CREATE TABLE thing (id bigint, name numeric)");
		assert_int_equal(tx_begin(s, &tx), STORE_OK);
		assert_int_equal(tx_copy(tx, arena, &s_copy_things, columns, 2, ROWS), STORE_OK);
		assert_int_equal(tx_commit(&tx), STORE_OK);
		assert_string_equal(cluster_sql(&cluster, "SELECT count(*) FROM thing WHERE id = name * 10::numeric ^ %u", places), "2000");
	}
}

static void
what_is_not_given_is_copied_as_null(void **state)
{
	struct store *s = *state;
	struct tx *tx;
	const int64_t ids[] = { 1, 2 };
	const char *const name = "x";
	const bool given[] = { true, false };
	const struct copy_column columns[] = { { .kind = COPY_INT8, .ints = ids, .given = given },
		                               { .kind = COPY_TEXT, .texts = &name, .same = true } };

	(void)cluster_sql(&cluster, "ALTER TABLE thing DROP CONSTRAINT thing_pkey CASCADE, ALTER COLUMN id DROP NOT NULL");
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_copy(tx, arena, &s_copy_things, columns, 2, 2), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);
	assert_string_equal(cluster_sql(&cluster, "SELECT string_agg(concat(id, name), ',' ORDER BY id) FROM thing"), "1x,x");
}

/* The end of a COPY is not waited for: whoever comes next hears of it, and nothing of the transaction stands. */
static void
a_copy_that_fails_is_told_by_the_next_call(void **state)
{
	struct store *s = *state;
	struct tx *tx;
	struct rows *rows;
	const int64_t ids[] = { 7, 7 };
	const char *const name = "x";
	const struct copy_column columns[] = { { .kind = COPY_INT8, .ints = ids }, { .kind = COPY_TEXT, .texts = &name, .same = true } };

	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_copy(tx, arena, &s_copy_things, columns, 2, 2), STORE_OK);
	assert_int_equal(tx_run(tx, &s_count, NULL, &rows), STORE_BROKEN);
	assert_int_equal(tx_commit(&tx), STORE_BROKEN);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_copy(tx, arena, &s_copy_things, columns, 2, 2), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_BROKEN);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_copy(tx, arena, &s_copy_things, columns, 2, 2), STORE_OK);
	tx_rollback(&tx);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_count, NULL, &rows), STORE_OK);
	assert_int_equal(rows_int(rows, 0, 0), 0);
	assert_int_equal(tx_commit(&tx), STORE_OK);
}

static void
a_lot_drawn_twice_is_weather(void **state)
{
	struct store *s = *state;
	struct tx *tx;
	const char *const number = "A";
	const struct copy_column column = { .kind = COPY_TEXT, .texts = &number, .same = true };

	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_copy(tx, arena, &s_copy_drawn, &column, 1, 2), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_RETRY);
	assert_true(store_is_connected(s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(an_int_of_any_size_comes_back),
		PLAY(booleans_come_back),
		PLAY(text_comes_back_in_utf8),
		PLAY(bytes_come_back),
		PLAY(ids_come_back),
		PLAY(arrays_of_numbers_come_back),
		PLAY(arrays_of_text_and_bytes_come_back),
		PLAY(parameters_without_memory_make_weather),
		PLAY(a_commit_keeps_and_a_rollback_forgets),
		PLAY(after_a_failure_nothing_is_kept_and_the_next_transaction_works),
		PLAY(what_is_queued_is_told_by_the_commit),
		PLAY(a_deferred_constraint_breaks_the_commit),
		PLAY(one_statement_alone_is_a_transaction),
		PLAY(large_values_go_both_ways),
		PLAY(the_session_is_set_as_promised),
		PLAY(a_store_that_may_forget_is_made_to_flush),
		PLAY(an_unsafe_server_is_refused),
		PLAY(migrations_are_applied_once),
		PLAY(a_newer_store_is_refused),
		PLAY(a_changed_migration_is_refused),
		PLAY(a_failing_migration_leaves_nothing),
		PLAY(two_instances_migrate_one_after_the_other),
		PLAY(one_instance_holds_the_lease_until_it_dies),
		cmocka_unit_test(sqlstates_become_ours),
		cmocka_unit_test(back_off_doubles_to_five_seconds),
		PLAY(a_wrong_connection_string_is_refused),
		PLAY(the_second_host_is_tried_when_the_first_is_dead),
		PLAY(every_kind_of_column_is_copied_as_it_is),
		PLAY(a_number_of_any_size_and_places_is_copied_exactly),
		PLAY(what_is_not_given_is_copied_as_null),
		PLAY(a_copy_that_fails_is_told_by_the_next_call),
		PLAY(a_lot_drawn_twice_is_weather),
	};

	cluster_start(&cluster, NULL);
	int failed = cmocka_run_group_tests_name("store", tests, NULL, NULL);
	cluster_stop(&cluster);
	return failed;
}
