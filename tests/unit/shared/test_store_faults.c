/* SPDX-License-Identifier: Apache-2.0 */
/* The store when the database hangs, dies, or leaves us in the dark about a commit. reliability.md: R3, R5, R15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>

#include "base/clock.h"
#include "store/store_priv.h"
#include "unit/shared/pg_cluster.h"

static struct cluster cluster;

static const struct sql s_pid = { "s_pid", "SELECT pg_backend_pid()" };
static const struct sql s_sleep = { "s_sleep", "SELECT pg_sleep(60)" };
static const struct sql s_add = { "s_add", "INSERT INTO thing DEFAULT VALUES" };
static const struct sql s_lock = { "s_lock", "LOCK TABLE thing" };
static const struct sql s_copy = { "s_copy", "COPY copied (id, body) FROM STDIN (FORMAT binary)" };
static const struct sql *const statements[] = { &s_pid, &s_sleep, &s_add, &s_lock, &s_copy, NULL };
static const struct sql *const *const lists[] = { statements, NULL };
static const struct migration migrations[] = {
	{ 1, "0001_thing", "CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY);"
	                   "CREATE TABLE copied (id bigint PRIMARY KEY, body bytea NOT NULL)" }, { 0, NULL, NULL } };
static const struct store_series series[] = { { "test", migrations }, { NULL, NULL } };

/* A waiter that counts, and that may do something to the server while the store waits for it. */
struct waiter {
	unsigned calls;
	pid_t backend;
	void (*during)(struct waiter *w);
};

static int
wait_and_count(void *self, int fd, bool for_writing, int64_t deadline_mono_ms)
{
	struct waiter *w = self;
	struct pollfd p = { .fd = fd, .events = for_writing ? POLLIN | POLLOUT : POLLIN };
	int64_t left = deadline_mono_ms - clock_mono_ms();

	w->calls++;
	if (w->during != NULL)
		w->during(w);
	/* Short turns, as those of a loop that has other things to do. */
	return poll(&p, 1, left < 0 ? 0 : left > 10 ? 10 : (int)left) > 0;
}

static struct store_settings
settings_of(struct waiter *w)
{
	return (struct store_settings){ .conninfo = cluster.conninfo, .name = "faults", .statement_ms = 300, .series = series,
		.statements = lists, .wait = wait_and_count, .wait_self = w };
}

static void
connect_until_up(struct store *s)
{
	while (store_connect(s, clock_mono_ms()) != STORE_OK)
		continue;
}

static void
waiter_join(struct waiter *w, struct store *s)
{
	struct rows *rows;

	connect_until_up(s);
	assert_int_equal(store_run(s, &s_pid, NULL, &rows), STORE_OK);
	w->backend = (pid_t)rows_int(rows, 0, 0);
}

static struct store *
store_up_within(struct waiter *w, int statement_ms)
{
	struct store_settings settings = settings_of(w);

	settings.statement_ms = statement_ms;
	struct store *s = store_new(&settings);
	assert_non_null(s);
	waiter_join(w, s);
	return s;
}

static struct store *
store_up(struct waiter *w)
{
	return store_up_within(w, 300);
}

static int
count_things(void)
{
	return atoi(cluster_sql(&cluster, "SELECT count(*) FROM thing"));
}

static void
await_end_of(pid_t backend)
{
	while (strcmp(cluster_sql(&cluster, "SELECT count(*) FROM pg_stat_activity WHERE pid = %d", backend), "0") != 0)
		continue;
}

static void
a_hanging_server_costs_the_connection_and_the_loop_goes_on(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_pid, NULL, NULL), STORE_OK);
	assert_int_equal(kill(w.backend, SIGSTOP), 0);
	w.calls = 0;
	int64_t start = clock_mono_ms();
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_RETRY);
	int64_t took = clock_mono_ms() - start;
	assert_true(took >= 1200 && took < 3000);
	assert_true(w.calls > 20);
	assert_false(store_is_connected(s));
	assert_int_equal(tx_commit(&tx), STORE_RETRY);
	assert_int_equal(kill(w.backend, SIGCONT), 0);
	await_end_of(w.backend);
	assert_int_equal(count_things(), 0);
	store_destroy(&s);
}

static void
a_slow_statement_is_ended_by_the_server_and_the_connection_stays(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_sleep, NULL, NULL), STORE_RETRY);
	tx_rollback(&tx);
	assert_true(store_is_connected(s));
	assert_int_equal(store_run(s, &s_pid, NULL, NULL), STORE_OK);
	store_destroy(&s);
}

static void
a_lock_that_somebody_holds_is_weather(void **state)
{
	struct waiter w = { 0 }, w2 = { 0 };
	struct store *s = store_up(&w), *other = store_up(&w2);
	struct tx *tx, *tx2;

	(void)state;
	assert_int_equal(tx_begin(other, &tx2), STORE_OK);
	assert_int_equal(tx_run(tx2, &s_lock, NULL, NULL), STORE_OK);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_RETRY);
	tx_rollback(&tx);
	assert_true(store_is_connected(s));
	tx_rollback(&tx2);
	store_destroy(&s);
	store_destroy(&other);
}

static void
terminate(struct waiter *w)
{
	w->during = NULL;
	(void)cluster_sql(&cluster, "SELECT pg_terminate_backend(%d)", w->backend);
}

static void
a_connection_that_dies_in_the_middle_is_made_again(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_OK);
	w.during = terminate;
	assert_int_equal(tx_run(tx, &s_sleep, NULL, NULL), STORE_RETRY);
	assert_null(w.during);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_RETRY);
	tx_rollback(&tx);
	assert_false(store_is_connected(s));
	assert_int_equal(tx_begin(s, &tx), STORE_RETRY);
	assert_int_equal(store_connect(s, store_connect_due_ms(s) - 1), STORE_RETRY);
	assert_false(store_is_connected(s));
	assert_true(store_connect_due_ms(s) <= clock_mono_ms() + 50);
	connect_until_up(s);
	assert_int_equal(store_run(s, &s_add, NULL, NULL), STORE_OK);
	assert_int_equal(count_things(), 1);
	store_destroy(&s);
}

/* ---- COPY -------------------------------------------------------------------------------------------------------- */
#define COPY_ROWS 256
#define COPY_STATEMENT_MS 60000 /* nothing that is tested here ends by it */

/* Four megabytes, more than sockets take at once; row n has the number first + n. */
static int
copy_rows(struct tx *tx, int64_t first)
{
	static uint8_t body[16 * KiB];
	static const struct bytes same = { body, sizeof body };
	int64_t ids[COPY_ROWS];
	const struct copy_column columns[] = { { .kind = COPY_INT8, .ints = ids }, { .kind = COPY_BYTES, .same = true, .bytess = &same } };
	struct arena *arena = arena_new(16 * MiB);

	assert_non_null(arena);
	for (int i = 0; i < COPY_ROWS; i++)
		ids[i] = first + i;
	int result = tx_copy(tx, arena, &s_copy, columns, COUNT_OF(columns), COPY_ROWS);
	arena_destroy(&arena);
	return result;
}

static int
count_copied(void)
{
	return atoi(cluster_sql(&cluster, "SELECT count(*) FROM copied"));
}

/* At the n-th wait from here on. */
static unsigned cut_at;

static void
terminate_in_time(struct waiter *w)
{
	if (w->calls == cut_at)
		terminate(w);
}

static void
hang_in_time(struct waiter *w)
{
	if (w->calls != cut_at)
		return;
	w->during = NULL;
	assert_int_equal(kill(w->backend, SIGSTOP), 0);
}

/* The first waits are for the statement before, and for the server to be ready for the rows; the last ones, by the statement
 * that comes next, for its answer. */
static void
wherever_a_copy_is_cut_nothing_of_it_stays_and_the_next_one_is_whole(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up_within(&w, COPY_STATEMENT_MS);
	unsigned cuts = 0;
	struct tx *tx;

	(void)state;
	for (cut_at = 1;; cut_at += 1 + cut_at / 4) {
		assert_int_equal(tx_begin(s, &tx), STORE_OK);
		w.calls = 0;
		w.during = terminate_in_time;
		int copied = copy_rows(tx, 0), added = tx_run(tx, &s_add, NULL, NULL);
		if (w.during != NULL)
			break;          /* it was whole before its turn came */
		cuts++;
		assert_true(copied == STORE_RETRY || copied == STORE_OK);
		assert_true(added == STORE_RETRY || added == STORE_OK);         /* the last of its answer was on its way */
		assert_int_equal(tx_commit(&tx), STORE_RETRY);
		assert_false(store_is_connected(s));
		await_end_of(w.backend);
		assert_int_equal(count_copied() + count_things(), 0);
		waiter_join(&w, s);
	}
	w.during = NULL;
	assert_true(cuts > 3);
	assert_int_equal(tx_commit(&tx), STORE_OK);
	assert_int_equal(count_copied(), COPY_ROWS);
	assert_int_equal(count_things(), 1);
	store_destroy(&s);
}

static void
a_server_that_hangs_in_the_midst_of_a_copy_costs_the_connection(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	w.calls = 0;
	cut_at = 3;
	w.during = hang_in_time;
	int copied = copy_rows(tx, 0);
	assert_true(copied == STORE_RETRY || copied == STORE_OK);       /* its end is waited for by the next */
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_RETRY);
	assert_null(w.during);
	assert_false(store_is_connected(s));
	assert_int_equal(tx_commit(&tx), STORE_RETRY);
	assert_int_equal(kill(w.backend, SIGCONT), 0);
	await_end_of(w.backend);
	assert_int_equal(count_copied(), 0);
	store_destroy(&s);
}

static void
a_copy_of_what_is_there_already_is_refused_and_the_connection_stays(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up_within(&w, COPY_STATEMENT_MS);
	struct tx *tx;

	(void)state;
	(void)cluster_sql(&cluster, "INSERT INTO copied VALUES (%d, '')", COPY_ROWS / 2);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(copy_rows(tx, 0), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_BROKEN);         /* the COPY's end */
	tx_rollback(&tx);
	assert_true(store_is_connected(s));
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(copy_rows(tx, COPY_ROWS), STORE_OK);
	assert_int_equal(tx_commit(&tx), STORE_OK);
	assert_int_equal(count_copied(), COPY_ROWS + 1);
	assert_int_equal(count_things(), 0);
	store_destroy(&s);
}

static void
disconnecting_ends_the_transaction(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	int before = count_things();
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_OK);
	store_disconnect(s);
	tx_rollback(&tx);
	await_end_of(w.backend);
	assert_int_equal(count_things(), before);
	connect_until_up(s);
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	tx_rollback(&tx);
	store_destroy(&s);
}

static void
a_commit_without_an_answer_is_unknown(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_OK);
	kill(w.backend, SIGSTOP);                 /* COMMIT is sent, and nobody reads it */
	assert_int_equal(tx_commit(&tx), STORE_RETRY);
	assert_null(tx);
	assert_false(store_is_connected(s));
	kill(w.backend, SIGCONT);
	await_end_of(w.backend);
	store_destroy(&s);
}

static void
cancel_the_wait_for_the_standby(struct waiter *w)
{
	if (strcmp(cluster_sql(&cluster, "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event = 'SyncRep'",
	        w->backend), "1") == 0)
		(void)cluster_sql(&cluster, "SELECT pg_cancel_backend(%d)", w->backend);
}

/* The server then says COMMIT, with a warning that the standby may not have it. */
static void
a_commit_that_did_not_wait_for_its_standby_is_unknown(void **state)
{
	struct waiter w = { 0 };
	struct store *s = store_up(&w);
	struct tx *tx;

	(void)state;
	int before = count_things();
	(void)cluster_sql(&cluster, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	(void)cluster_sql(&cluster, "SELECT pg_reload_conf()");
	while (strcmp(cluster_sql(&cluster, "SHOW synchronous_standby_names"), "nobody") != 0)
		continue;
	assert_int_equal(tx_begin(s, &tx), STORE_OK);
	assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_OK);
	w.during = cancel_the_wait_for_the_standby;
	assert_int_equal(tx_commit(&tx), STORE_RETRY);
	assert_false(store_is_connected(s));
	assert_int_equal(count_things(), before + 1);
	/* This one ends by our own deadline. */
	w.during = NULL;
	connect_until_up(s);
	assert_int_equal(store_run(s, &s_add, NULL, NULL), STORE_RETRY);
	(void)cluster_sql(&cluster, "ALTER SYSTEM RESET synchronous_standby_names");
	(void)cluster_sql(&cluster, "SELECT pg_reload_conf()");
	store_destroy(&s);
}

static void
a_session_that_is_silent_for_too_long_loses_its_lease(void **state)
{
	struct waiter w = { 0 }, w2 = { 0 };
	struct store_settings settings = settings_of(&w);
	bool held = false, in_tx[] = { false, true };

	(void)state;
	settings.idle_session_ms = 100;
	struct store *other = store_up(&w2);
	for (size_t i = 0; i < COUNT_OF(in_tx); i++) {
		struct store *paused = store_new(&settings);
		struct tx *tx = NULL;
		connect_until_up(paused);
		for (held = false; !held;)
			assert_int_equal(store_lease_try(paused, &held), STORE_OK);
		if (in_tx[i]) {
			assert_int_equal(tx_begin(paused, &tx), STORE_OK);
			assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_OK);
		}
		for (held = false; !held;)
			assert_int_equal(store_lease_try(other, &held), STORE_OK);
		if (!in_tx[i] && tx_begin(paused, &tx) != STORE_OK)
			fail();
		assert_int_equal(tx_run(tx, &s_add, NULL, NULL), STORE_RETRY);
		assert_int_equal(tx_commit(&tx), STORE_RETRY);
		assert_false(store_has_lease(paused) || store_is_connected(paused));
		store_destroy(&paused);
		store_disconnect(other);
		connect_until_up(other);
	}
	store_destroy(&other);
}

static void
a_store_that_is_away_is_asked_ever_less_often(void **state)
{
	struct waiter w = { 0 };
	struct store_settings settings = settings_of(&w);
	int64_t least = 0, most = 0;    /* of the last pause: it began while we were inside, which may take long (valgrind) */

	(void)state;
	settings.conninfo = "host=/nowhere/at/all";
	struct store *s = store_new(&settings);
	for (int attempt = 0; attempt < 12; attempt++) {
		int64_t before = clock_mono_ms();
		assert_int_equal(store_connect(s, store_connect_due_ms(s)), STORE_RETRY);
		most = store_connect_due_ms(s) - before;
		assert_true(attempt > 6 || most > least);
		least = store_connect_due_ms(s) - clock_mono_ms();
		assert_true(least <= 5000);
		assert_int_equal(store_connect(s, store_connect_due_ms(s) - 1), STORE_RETRY);
	}
	assert_true(most >= 3750);
	store_destroy(&s);
}

static void
a_server_that_does_not_answer_the_door_is_left_in_time(void **state)
{
	struct waiter w = { 0 };
	struct store_settings settings = settings_of(&w);
	char conninfo[512];
	struct store *s;

	(void)state;
	snprintf(conninfo, sizeof conninfo, "host=%s,%s user=postgres connect_timeout=1", cluster.dir, cluster.dir);
	settings.conninfo = conninfo;
	s = store_new(&settings);
	kill(cluster.server, SIGSTOP);
	int64_t start = clock_mono_ms();
	assert_int_equal(store_connect(s, start), STORE_RETRY);
	int64_t took = clock_mono_ms() - start;
	kill(cluster.server, SIGCONT);
	assert_true(took >= 1900 && took < 4500);
	assert_true(w.calls > 50);
	store_destroy(&s);
}

static int
setup(void **state)
{
	(void)state;
	(void)cluster_sql(&cluster, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	return 0;
}

#define PLAY(name) cmocka_unit_test_setup_teardown(name, setup, NULL)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLAY(a_hanging_server_costs_the_connection_and_the_loop_goes_on),
		PLAY(a_slow_statement_is_ended_by_the_server_and_the_connection_stays),
		PLAY(a_lock_that_somebody_holds_is_weather),
		PLAY(a_connection_that_dies_in_the_middle_is_made_again),
		PLAY(wherever_a_copy_is_cut_nothing_of_it_stays_and_the_next_one_is_whole),
		PLAY(a_server_that_hangs_in_the_midst_of_a_copy_costs_the_connection),
		PLAY(a_copy_of_what_is_there_already_is_refused_and_the_connection_stays),
		PLAY(disconnecting_ends_the_transaction),
		PLAY(a_commit_without_an_answer_is_unknown),
		PLAY(a_commit_that_did_not_wait_for_its_standby_is_unknown),
		PLAY(a_session_that_is_silent_for_too_long_loses_its_lease),
		PLAY(a_store_that_is_away_is_asked_ever_less_often),
		PLAY(a_server_that_does_not_answer_the_door_is_left_in_time),
	};

	cluster_start(&cluster, NULL);
	int failed = cmocka_run_group_tests_name("store faults", tests, NULL, NULL);
	cluster_stop(&cluster);
	return failed;
}
