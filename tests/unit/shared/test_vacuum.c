/* SPDX-License-Identifier: Apache-2.0 */
/* What was deleted goes from the files: looked for each hour, once a day for each table, on a real PostgreSQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/vacuum.h"
#include "unit/shared/pg_cluster.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))

static struct cluster cluster;

/* Turns at this moment until it has looked once more, or the patience of a test is over. */
static bool
looks(struct vacuum *v, int64_t mono_ms)
{
	size_t before = vacuum_rounds(v);
	int64_t until = clock_mono_ms() + 30000;

	while (vacuum_rounds(v) == before && clock_mono_ms() < until)
		vacuum_turn(v, true, mono_ms);
	return vacuum_rounds(v) > before;
}

static void
what_was_deleted_is_gone_from_the_file_within_a_day(void **state)
{
	struct vacuum *v = vacuum_new(cluster.conninfo);
	size_t tables;

	(void)state;
	assert_non_null(v);
	cluster_sql(&cluster, "CREATE TABLE person (name text) WITH (autovacuum_enabled = off)");
	cluster_sql(&cluster, "INSERT INTO person SELECT 'Zenobie' FROM generate_series(1, 1000)");
	cluster_sql(&cluster, "DELETE FROM person");
	assert_string_not_equal(cluster_sql(&cluster, "SELECT pg_relation_size('person')"), "0");
	vacuum_turn(v, true, HOUR_MS);          /* it has just begun: nothing is due for an hour */
	vacuum_turn(v, true, 2 * HOUR_MS - 1);
	assert_int_equal(vacuum_rounds(v), 0);
	vacuum_turn(v, false, 2 * HOUR_MS);     /* another instance is active */
	assert_string_not_equal(cluster_sql(&cluster, "SELECT pg_relation_size('person')"), "0");

	assert_true(looks(v, 2 * HOUR_MS));
	assert_string_equal(cluster_sql(&cluster, "SELECT pg_relation_size('person')"), "0");
	tables = vacuum_tables(v);
	assert_true(tables >= 1);
	assert_true(looks(v, 3 * HOUR_MS));     /* within the day: not again */
	assert_int_equal(vacuum_tables(v), tables);
	vacuum_destroy(&v);
	assert_null(v);
}

static void
a_database_that_is_away_is_looked_for_again_later(void **state)
{
	struct vacuum *v = vacuum_new("host=127.0.0.1 port=1 dbname=nobody");

	(void)state;
	vacuum_turn(v, true, 1);
	for (int64_t at = 1 + HOUR_MS; at < 1 + HOUR_MS + 20000; at += 1000)
		vacuum_turn(v, true, at);
	assert_int_equal(vacuum_rounds(v), 0);
	vacuum_destroy(&v);
}

static int
up(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	cluster_start(&cluster, NULL);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	cluster_stop(&cluster);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_deleted_is_gone_from_the_file_within_a_day),
		cmocka_unit_test(a_database_that_is_away_is_looked_for_again_later),
	};

	return cmocka_run_group_tests(tests, up, down);
}
