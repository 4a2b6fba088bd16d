/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever makes the process abort is noted and run alone, and refused after the second time; a kill -9 leaves no note. */
#include "bus_play.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bus/guard.h"

#define NOW_MS INT64_C(1790000000000)

static struct play play;
static struct principal alice = { .name = "alice", .role = ROLE_COLLEGE }, bob = { .name = "bob", .role = ROLE_COLLEGE };
static struct id ids[3];

static int
open_play(void **state)
{
	const struct rlimit none = { 0, 0 };

	(void)state;
	(void)setrlimit(RLIMIT_CORE, &none);
	play_open(&play);
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		ids[i] = id_make(NOW_MS + (int64_t)i, random_of_system, NULL);
	return 0;
}

static int
close_play(void **state)
{
	(void)state;
	play_close(&play);
	return 0;
}

static const char *
notes(void)
{
	return play_path(&play, "service.aborts");
}

/* A child that has these commands in hand and dies by this signal. */
static void
die_with(const struct principal *const *who, const struct id *id, size_t count, int sig)
{
	pid_t child = fork();
	int ended;

	if (child == 0) {
		struct guard *g;

		if (guard_open(notes(), clock_wall_ms(), &g) != 0)
			_exit(1);
		for (size_t i = 0; i < count; i++)
			guard_in_hand(g, who[i], &id[i], count == 1);
		(void)raise(sig);
		_exit(0);
	}
	assert_true(waitpid(child, &ended, 0) == child);
	assert_true(WIFSIGNALED(ended));
	assert_int_equal(WTERMSIG(ended), sig);
}

static int
suspicion(const struct principal *who, const struct id *id)
{
	struct guard *g;

	assert_int_equal(guard_open(notes(), clock_wall_ms(), &g), 0);
	int level = guard_suspicion(g, who, id);
	guard_close(&g);
	return level;
}

static void
a_group_that_aborts_is_run_one_by_one(void **state)
{
	const struct principal *const who[] = { &alice, &bob };

	(void)state;
	(void)unlink(notes());
	assert_int_equal(suspicion(&alice, &ids[0]), 0);
	die_with(who, ids, 2, SIGABRT);
	assert_int_equal(suspicion(&alice, &ids[0]), 1);
	assert_int_equal(suspicion(&bob, &ids[1]), 1);
	assert_int_equal(suspicion(&alice, &ids[1]), 0);        /* bob's id, not hers */
	assert_int_equal(suspicion(&alice, &ids[2]), 0);
	die_with(who, ids, 2, SIGABRT);
	assert_int_equal(suspicion(&alice, &ids[0]), 1);        /* in a group never more than suspect */
}

static void
a_command_that_aborts_twice_alone_is_refused(void **state)
{
	static const int sigs[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
	const struct principal *const who[] = { &alice };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sigs); i++) {
		(void)unlink(notes());
		die_with(who, ids, 1, sigs[i]);
		assert_int_equal(suspicion(&alice, &ids[0]), 1);
		die_with(who, ids, 1, sigs[i]);
		assert_int_equal(suspicion(&alice, &ids[0]), 2);
		assert_int_equal(suspicion(&bob, &ids[0]), 0);
	}
}

static void
a_kill_leaves_no_note(void **state)
{
	const struct principal *const who[] = { &alice };

	(void)state;
	(void)unlink(notes());
	die_with(who, ids, 1, SIGKILL);
	die_with(who, ids, 1, SIGTERM);
	assert_int_equal(suspicion(&alice, &ids[0]), 0);
}

static void
what_is_done_is_not_in_hand(void **state)
{
	pid_t child = fork();
	int ended;

	(void)state;
	(void)unlink(notes());
	if (child == 0) {
		struct guard *g;

		if (guard_open(notes(), clock_wall_ms(), &g) != 0)
			_exit(1);
		guard_in_hand(g, &alice, &ids[0], true);
		guard_in_hand(g, NULL, NULL, false);
		abort();
	}
	assert_true(waitpid(child, &ended, 0) == child);
	assert_true(WIFSIGNALED(ended));
	assert_int_equal(suspicion(&alice, &ids[0]), 0);
}

/* The stack is what overflowed: the handler has one of its own. */
static volatile size_t depth;

static size_t __attribute__((noinline, noclone))
deeper(size_t n)
{
	volatile char room[4096];

	room[n % sizeof room] = (char)n;
	depth = n;
	return n == 0 ? 0 : deeper(n + 1) + (size_t)room[(n / 2) % sizeof room];
}

static void
a_stack_overflow_is_noted_too(void **state)
{
	pid_t child = fork();
	int ended;

	(void)state;
	(void)unlink(notes());
	if (child == 0) {
		struct guard *g;

		if (guard_open(notes(), clock_wall_ms(), &g) != 0)
			_exit(1);
		guard_in_hand(g, &alice, &ids[0], true);
		_exit(deeper(1) == 0 ? 3 : 4);
	}
	assert_true(waitpid(child, &ended, 0) == child);
	assert_true(WIFSIGNALED(ended));
	assert_int_equal(suspicion(&alice, &ids[0]), 1);
}

static void
old_and_damaged_notes_are_dropped(void **state)
{
	char text[1024], hex[ID_HEX_SIZE];
	struct guard *g;
	struct stat about;

	(void)state;
	id_to_hex(&ids[0], hex);
	const int64_t month_ms = INT64_C(30) * 24 * 3600 * 1000;
	(void)snprintf(text, sizeof text, "%lld alone alice %s\n%lld alone alice %s\nnonsense\n%lld alone bob %s",
	               (long long)(NOW_MS - month_ms - 1), hex, (long long)(NOW_MS - month_ms + 1), hex, (long long)NOW_MS,
	               "12ab");
	play_write(notes(), text);
	assert_int_equal(guard_open(notes(), NOW_MS, &g), 0);
	assert_int_equal(guard_suspicion(g, &alice, &ids[0]), 1);
	assert_int_equal(guard_suspicion(g, &bob, &ids[0]), 0);
	guard_close(&g);
	assert_int_equal(stat(notes(), &about), 0);
	assert_true(about.st_size < 80);                        /* one line stays */
}

static void
the_file_stays_bounded(void **state)
{
	char hex[ID_HEX_SIZE];
	struct guard *g;
	struct stat about;
	FILE *f = fopen(notes(), "we");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 12000; i++) {
		struct id id = id_make(NOW_MS + i, random_of_system, NULL);

		id_to_hex(&id, hex);
		assert_true(fprintf(f, "%lld group alice %s\n", (long long)NOW_MS + i, hex) > 0);
	}
	assert_int_equal(fclose(f), 0);
	assert_int_equal(guard_open(notes(), NOW_MS, &g), 0);
	guard_close(&g);
	assert_int_equal(stat(notes(), &about), 0);
	assert_true(about.st_size < 10000 * 80);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_that_aborts_is_run_one_by_one),
		cmocka_unit_test(a_command_that_aborts_twice_alone_is_refused),
		cmocka_unit_test(a_kill_leaves_no_note),
		cmocka_unit_test(what_is_done_is_not_in_hand),
		cmocka_unit_test(a_stack_overflow_is_noted_too),
		cmocka_unit_test(old_and_damaged_notes_are_dropped),
		cmocka_unit_test(the_file_stays_bounded),
	};

	return cmocka_run_group_tests(tests, open_play, close_play);
}
