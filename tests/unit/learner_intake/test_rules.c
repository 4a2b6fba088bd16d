/* SPDX-License-Identifier: Apache-2.0 */
/* Pure decisions: consent, withdrawal, lists out of rows, titles, hashes, the pool's key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include "base/refusal.h"
#include "intake.h"

#define DAY 20778                   /* 2026-11-21 */
#define DAY_MS (24 * 60 * 60 * INT64_C(1000))

static struct arena *arena;

static int
arena_up(void **state)
{
	(void)state;
	arena = arena_new(16 * MiB);
	return arena == NULL;
}

static int
arena_down(void **state)
{
	(void)state;
	arena_destroy(&arena);
	return 0;
}

/* text: a header line and rows, cells separated by ';'. */
static struct feed *
feed_of(const struct row_table *table, const char *institution, const char *text)
{
	struct work *w = arena_zalloc(arena, 1, sizeof *w);
	struct principal *who = arena_zalloc(arena, 1, sizeof *who);
	struct call *call = arena_zalloc(arena, 1, sizeof *call);
	Bassin__V1__FeedRows m = BASSIN__V1__FEED_ROWS__INIT;
	char *lines = arena_strdup(arena, text), *line;
	struct feed *f = NULL;

	w->arena = arena;
	strcpy(who->institution, institution);
	call->work = w;
	call->who = who;
	m.rows = arena_zalloc(arena, 64, sizeof(Bassin__V1__FeedRow *));
	for (size_t n = 0; (line = strsep(&lines, "\n")) != NULL && line[0] != '\0'; n++) {
		char **cells = arena_zalloc(arena, 32, sizeof(char *));
		size_t count = 0;
		while (line != NULL)
			cells[count++] = strsep(&line, ";");
		if (n == 0) {
			m.columns = cells;
			m.n_columns = count;
			continue;
		}
		Bassin__V1__FeedRow *row = arena_zalloc(arena, 1, sizeof *row);
		bassin__v1__feed_row__init(row);
		row->cells = cells;
		row->n_cells = count;
		m.rows[m.n_rows++] = row;
	}
	assert_int_equal(feed_from_message(call, &m, table, &f), VERDICT_OK);
	return f;
}

static struct learner
learner_with_consent(int32_t day)
{
	struct cell *cells = arena_zalloc(arena, LEARNER_COLUMNS, sizeof *cells);

	for (size_t i = 0; i < LEARNER_COLUMNS; i++)
		cells[i].text = "";
	if (day != 0)
		cells[LEARNER_CONSENT_ON] = (struct cell){ CELL_GIVEN, "a day", day, NULL, 0 };
	return (struct learner){ .cells = cells, .version = 4, .in_pool = day != 0, .withdrawn_reason = "" };
}

static void
consent_holds_from_its_day_until_it_is_withdrawn(void **state)
{
	const struct learner l = learner_with_consent(DAY), none = learner_with_consent(0);
	const struct cell *consent = &l.cells[LEARNER_CONSENT_ON];

	(void)state;
	assert_true(consent_holds(consent, false, 0));
	assert_false(consent_holds(&none.cells[LEARNER_CONSENT_ON], false, 0));
	assert_false(consent_holds(consent, true, DAY));
	assert_false(consent_holds(consent, true, DAY + 1));
	assert_true(consent_holds(consent, true, DAY - 1));
}

static void
a_withdrawal_also_ends_a_consent_dated_ahead(void **state)
{
	const struct learner l = learner_with_consent(DAY + 30);
	struct learner now, again;

	(void)state;
	assert_true(learner_withdraw(&l, DAY * DAY_MS, "moved away", &now));
	assert_int_equal(now.withdrawn_on, DAY + 30);
	assert_false(now.in_pool);
	assert_int_equal(now.version, 5);
	assert_false(consent_holds(&now.cells[LEARNER_CONSENT_ON], now.is_withdrawn, now.withdrawn_on));
	assert_false(learner_withdraw(&now, (DAY + 1) * DAY_MS, "again", &again));
	assert_int_equal(again.version, 5);
}

static void
a_withdrawal_before_any_consent_is_kept(void **state)
{
	const struct learner l = learner_with_consent(0);
	struct learner now;

	(void)state;
	assert_true(learner_withdraw(&l, DAY * DAY_MS, "", &now));
	assert_int_equal(now.withdrawn_on, DAY);
}

static void
rows_become_one_list_a_learner_best_first(void **state)
{
	struct ranking *lists;
	size_t count;
	struct feed *f = feed_of(&ranking_table, "c", "learner;tier;posting\nb;2;p1\na;10;p1\na;9;z\nb;1;d/p1\na;9;c/b\n"
	                                              "a;9;b\na;;\nx;;p1\n");

	(void)state;
	assert_int_equal(rankings_gather(f, &lists, &count), 0);
	assert_int_equal(count, 2);
	assert_string_equal(lists[0].learner, "a");
	assert_int_equal(lists[0].count, 3);
	assert_string_equal(lists[0].postings[0], "c/b");
	assert_string_equal(lists[0].postings[1], "c/z");
	assert_string_equal(lists[0].tiers[2], "10");
	assert_int_equal(lists[0].row_count, 4);
	assert_string_equal(lists[1].postings[0], "d/p1");
	assert_string_equal(lists[1].postings[1], "c/p1");
	assert_true(row_is_refused(&f->rows[5]));
	assert_string_equal(f->rows[5].flaws->flaw.code, REFUSAL_DUPLICATE);
	assert_true(row_is_refused(&f->rows[7]));
	assert_string_equal(f->rows[7].flaws->flaw.field, "tier");
	assert_true(ranking_equal(&lists[0], &lists[0]));
	assert_false(ranking_equal(&lists[0], &lists[1]));
}

static void
what_is_missing_of_a_code_may_be_filled_in_by_anybody(void **state)
{
	static const char first[] = "external_id;title_fr;title_en;level;hours\n1;Un;;dec;\n";
	static const char second[] = "external_id;title_fr;title_en;level;hours\n1;Uns;One;dep;600\n";
	struct code none = { 0 }, stands, now;
	const uint32_t titles = 1u << PROGRAMME_TITLE_FR | 1u << PROGRAMME_TITLE_EN;
	struct feed *f = feed_of(&programme_table, "a", first), *g = feed_of(&programme_table, "b", second);
	struct feed *h = feed_of(&programme_table, "a", second);

	(void)state;
	assert_true(code_settle(f, &f->rows[0], &none, titles, &stands));
	assert_string_equal(stands.given_by, "a");
	assert_int_equal(stands.version, 1);
	assert_true(code_settle(g, &g->rows[0], &stands, titles, &now));
	assert_string_equal(now.given_by, "a");
	assert_string_equal(now.cells[PROGRAMME_TITLE_FR].text, "Un");
	assert_string_equal(now.cells[PROGRAMME_TITLE_EN].text, "One");
	assert_string_equal(now.cells[PROGRAMME_LEVEL].text, "dec");
	assert_int_equal(now.cells[PROGRAMME_HOURS].number, 600);
	assert_int_equal(g->rows[0].note_count, 2);
	assert_true(code_settle(h, &h->rows[0], &stands, titles, &now));
	assert_string_equal(now.cells[PROGRAMME_TITLE_FR].text, "Un");
	assert_string_equal(now.cells[PROGRAMME_LEVEL].text, "dep");
	assert_int_equal(h->rows[0].note_count, 1);
}

static void
hashes_depend_on_key_use_and_content(void **state)
{
	static const uint8_t key[POOL_KEY_SIZE] = { 1 }, other[POOL_KEY_SIZE] = { 2 };
	uint8_t a[HASH_SIZE], b[HASH_SIZE];

	(void)state;
	hash_of_permanent_code(key, "ROYZ 0101 5555", a);
	hash_of_permanent_code(key, "royz01015555", b);
	assert_memory_equal(a, b, HASH_SIZE);
	hash_of_permanent_code(other, "royz01015555", b);
	assert_memory_not_equal(a, b, HASH_SIZE);
	hash_of_person(key, "a", "b", a);
	hash_of_person(key, "a", "c", b);
	assert_memory_not_equal(a, b, HASH_SIZE);
	hash_of_permanent_code(key, "a/b", b);
	assert_memory_not_equal(a, b, HASH_SIZE);
}

static void
texts_are_sorted_and_each_is_there_once(void **state)
{
	const char *items[] = { "b", "a", "b", "c", "a" };
	struct texts t = { items, COUNT_OF(items) }, none = { NULL, 0 };

	(void)state;
	texts_sort(&t);
	texts_sort(&none);
	assert_int_equal(t.count, 3);
	assert_true(texts_has(&t, "c"));
	assert_false(texts_has(&t, "d"));
	assert_false(texts_has(&none, "a"));
}

static void
the_pool_key_is_64_hex_digits_and_nothing_else(void **state)
{
	static const char sound[] = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
	char text[128];
	uint8_t key[POOL_KEY_SIZE];

	(void)state;
	snprintf(text, sizeof text, "  %s\n", sound);
	assert_true(pool_key_from_text(text, key));
	assert_int_equal(key[1], 0x11);
	assert_int_equal(key[31], 0xff);
	assert_false(pool_key_from_text("", key));
	assert_false(pool_key_from_text(sound + 1, key));
	snprintf(text, sizeof text, "%s0", sound);
	assert_false(pool_key_from_text(text, key));
	snprintf(text, sizeof text, "%s more", sound);
	assert_false(pool_key_from_text(text, key));
	snprintf(text, sizeof text, "g%s", sound + 1);
	assert_false(pool_key_from_text(text, key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define PLAY(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)
		PLAY(consent_holds_from_its_day_until_it_is_withdrawn),
		PLAY(a_withdrawal_also_ends_a_consent_dated_ahead),
		PLAY(a_withdrawal_before_any_consent_is_kept),
		PLAY(rows_become_one_list_a_learner_best_first),
		PLAY(what_is_missing_of_a_code_may_be_filled_in_by_anybody),
		PLAY(hashes_depend_on_key_use_and_content),
		PLAY(texts_are_sorted_and_each_is_there_once),
		PLAY(the_pool_key_is_64_hex_digits_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
