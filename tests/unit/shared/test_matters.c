/* SPDX-License-Identifier: Apache-2.0 */
/* Matters: told once when they have stood long enough, told over once when they end, never twice, a thousand at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bus/matters.h"
#include "core/sql.h"
#include "unit/shared/service_play.h"

static struct play play;

static int
open_all(void **state)
{
	static const struct store_series series[] = { { "core", core_migrations }, { NULL, NULL } };
	static const struct sql *const *const statements[] = { core_statements, NULL };

	(void)state;
	play_open(&play, "matching", series, statements, NULL, 0, NULL, 0, NULL);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	play_close(&play);
	return 0;
}

static int
nothing_stands(void **state)
{
	(void)state;
	(void)cluster_sql(&play.cluster, "TRUNCATE matter");
	arena_reset(play.arena);
	for (size_t i = 0; i < play.log_count; i++)
		play.logs[i].asked = NULL;
	return 0;
}

/* Looks at a moment; what is told, "+kind owner subjects" or "-kind owner subjects", in the order of since and subject. */
static const char *
look(int64_t now_ms, const struct matter *all, size_t count)
{
	struct tx *tx;
	struct matters now = { NULL, 0 };
	struct matters_told told;
	char *text = arena_strdup(play.arena, "");

	assert_int_equal(tx_begin(play.store, &tx), STORE_OK);
	struct work w = { .tx = tx, .arena = play.arena, .now_ms = now_ms };
	for (size_t i = 0; i < count; i++)
		assert_true(matters_add(w.arena, &all[i], &now));
	assert_int_equal(matters_sweep(&w, &now, &told), STORE_OK);
	for (size_t i = 0; i < told.count; i++) {
		const struct matter_told *t = &told.all[i];
		text = arena_printf(play.arena, "%s%s%s %s %s%s%s", text, t->open ? "+" : "-", t->kind, t->owner, t->subjects[0],
		                    t->subject_count > 1 ? "," : "", t->subject_count > 1 ? t->subjects[1] : "");
	}
	assert_int_equal(tx_commit(&tx), STORE_OK);
	return text;
}
#define LOOK(now, ...) \
	look(now, (const struct matter[]){ __VA_ARGS__ }, sizeof((const struct matter[]){ __VA_ARGS__ }) / sizeof(struct matter))

static const struct matter firm = { "firm_suspected", "a", "a/E1", "b/E1", 0 };
static const struct matter silent = { "employer_silent", "a", "a/E2", "", 1000 };

static void
what_stands_is_told_once_and_its_end_once(void **state)
{
	(void)state;
	assert_string_equal(LOOK(10, firm), "+firm_suspected a a/E1,b/E1");
	assert_string_equal(LOOK(20, firm), "");
	assert_string_equal(look(30, NULL, 0), "-firm_suspected a a/E1,b/E1");
	assert_string_equal(look(40, NULL, 0), "");
	assert_string_equal(LOOK(50, firm), "+firm_suspected a a/E1,b/E1");
}

static void
what_needs_patience_is_told_when_that_is_over(void **state)
{
	(void)state;
	assert_string_equal(LOOK(10, silent), "");
	assert_string_equal(LOOK(1009, silent), "");
	assert_string_equal(LOOK(1010, silent), "+employer_silent a a/E2");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT since_ms FROM matter"), "10");
}

static void
what_ends_before_its_time_was_never_there(void **state)
{
	(void)state;
	assert_string_equal(LOOK(10, silent), "");
	assert_string_equal(look(500, NULL, 0), "");
	assert_string_equal(cluster_sql(&play.cluster, "SELECT count(*) FROM matter"), "0");
	assert_string_equal(LOOK(1500, silent), "");
}

static void
patience_may_end_earlier_than_it_was_to(void **state)
{
	struct matter asked = silent;

	(void)state;
	assert_string_equal(LOOK(10, silent), "");
	asked.patience_ms = 0;
	assert_string_equal(LOOK(20, asked), "+employer_silent a a/E2");
	assert_string_equal(LOOK(30, silent), "");
}

static void
the_same_matter_twice_is_one_and_owners_are_told_apart(void **state)
{
	struct matter other = firm;

	(void)state;
	other.owner = "b";
	assert_string_equal(LOOK(10, firm, firm), "+firm_suspected a a/E1,b/E1");
	assert_string_equal(LOOK(20, firm, other), "+firm_suspected b a/E1,b/E1");
}

/* More than a thousand at once are told in parts, the oldest first, and none is forgotten. */
static void
thousands_are_told_a_thousand_at_a_time(void **state)
{
	static struct matter many[2500];
	struct matters now = { NULL, 0 };
	struct matters_told told = { .more = true };
	size_t total = 0, looks = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(many); i++) {
		many[i] = firm;
		many[i].subject = arena_printf(play.arena, "a/E%zu", i);
		assert_true(matters_add(play.arena, &many[i], &now));
	}
	for (; told.more && looks < 10; looks++) {
		struct tx *tx;
		assert_int_equal(tx_begin(play.store, &tx), STORE_OK);
		struct work w = { .tx = tx, .arena = play.arena, .now_ms = 10 };
		assert_int_equal(matters_sweep(&w, &now, &told), STORE_OK);
		assert_true(told.count <= 1000);
		total += told.count;
		assert_int_equal(tx_commit(&tx), STORE_OK);
	}
	assert_int_equal(total, COUNT_OF(many));
	assert_int_equal(looks, 3);
}

static void
there_is_a_ceiling(void **state)
{
	struct matters now = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < MATTERS_MAX + 5; i++)
		assert_true(matters_add(play.arena, &firm, &now));
	assert_int_equal(now.count, MATTERS_MAX);
}

static void
many_changes_give_one_look(void **state)
{
	struct matter_watch m = { .due_ms = INT64_MAX, .wait_ms = 100 };

	(void)state;
	matters_changed(&m, 1000);
	matters_changed(&m, 1050);
	assert_int_equal(m.due_ms, 1100);
	matters_looked(&m, 1100, true);
	assert_int_equal(m.due_ms, 1200);
	matters_looked(&m, 1200, false);
	assert_true(m.due_ms > 1200 + 60000);
	matters_changed(&m, 1300);
	assert_int_equal(m.due_ms, 1400);
}

/* A subject may stand more than once, and may look like a place itself. */
static void
every_place_of_a_sentence_is_filled(void **state)
{
	(void)state;
	assert_string_equal(matter_filled(play.arena, "{1} and {2} are two: reject {1} {2}", "a/e1", "b/{1}"),
	                    "a/e1 and b/{1} are two: reject a/e1 b/{1}");
	assert_string_equal(matter_filled(play.arena, "set {own}, {3} {", "a/e1", ""), "set e1, {3} {");
	assert_string_equal(matter_command(play.arena, "firm_suspected", "a/e 1", "b/e'2"),
	                    "bassin firm propose 'a/e 1' 'b/e'\\''2'");
	assert_string_equal(matter_command(play.arena, "nothing_known", "a/e1", ""), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_stands_is_told_once_and_its_end_once, nothing_stands),
		cmocka_unit_test_setup(what_needs_patience_is_told_when_that_is_over, nothing_stands),
		cmocka_unit_test_setup(what_ends_before_its_time_was_never_there, nothing_stands),
		cmocka_unit_test_setup(patience_may_end_earlier_than_it_was_to, nothing_stands),
		cmocka_unit_test_setup(the_same_matter_twice_is_one_and_owners_are_told_apart, nothing_stands),
		cmocka_unit_test_setup(thousands_are_told_a_thousand_at_a_time, nothing_stands),
		cmocka_unit_test_setup(there_is_a_ceiling, nothing_stands),
		cmocka_unit_test(every_place_of_a_sentence_is_filled),
		cmocka_unit_test(many_changes_give_one_look),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
