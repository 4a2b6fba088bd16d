/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of feed rows without a store: columns, keys, merging, answers; and memory that runs out at every possible place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/rows.h"

static const struct column columns[] = {
	COLUMN_ID("external_id", COLUMN_MUST), COLUMN_TEXT("name", COLUMN_REQUIRED, 20), COLUMN_INT("tier", 0, 0, 99, "7"),
	COLUMN_IDS("codes", 0, 10),
};
static const struct row_table table = { columns, COUNT_OF(columns) };

static const struct principal college = { .name = "college-a", .institution = "a", .role = ROLE_COLLEGE };

struct stage { struct work work; struct call call; };

static void
stage_open(struct stage *s, size_t memory)
{
	*s = (struct stage){ .work = { .arena = arena_new(memory) } };
	assert_non_null(s->work.arena);
	s->call = (struct call){ .work = &s->work, .who = &college };
}

/* A packed FeedRows; free it. */
static uint8_t *
packed(const char *const *names, size_t name_count, const char *const *cells, size_t row_count, size_t *size)
{
	Bassin__V1__FeedRows m = BASSIN__V1__FEED_ROWS__INIT;
	Bassin__V1__FeedRow rows[8], *pointers[8];

	assert_true(row_count <= 8);
	m.columns = (char **)(uintptr_t)names;
	m.n_columns = name_count;
	m.rows = pointers;
	m.n_rows = row_count;
	for (size_t i = 0; i < row_count; i++) {
		bassin__v1__feed_row__init(&rows[i]);
		rows[i].cells = (char **)(uintptr_t)(cells + i * name_count);
		rows[i].n_cells = name_count;
		pointers[i] = &rows[i];
	}
	uint8_t *bytes = malloc(bassin__v1__feed_rows__get_packed_size(&m) + 1);
	assert_non_null(bytes);
	*size = bassin__v1__feed_rows__pack(&m, bytes);
	return bytes;
}

static const char *const names[] = { "codes", "external_id", "colour", "name" };
static const char *const cells[] = {
	"a|b", "R1", "red", "One",
	"",    "R2", "",    "",
	"a|a", "",   "",    "Three",
	"c",   "R1", "",    "Four",
};

static enum verdict
whole_feed(struct stage *s, struct feed **out)
{
	enum verdict v = feed_read(&s->call, &table, out);

	if (v != VERDICT_OK)
		return v;
	feed_keys(*out, 0);
	const char *const *keys = feed_key_texts(*out);
	if (keys == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < (*out)->count; i++) {
		struct row *r = &(*out)->rows[i];
		if (row_is_refused(r))
			continue;
		struct cell *merged = cells_merge(&table, s->work.arena, NULL, r->cells);
		if (merged == NULL)
			return VERDICT_RETRY;
		r->outcome = ROW_CREATED;
	}
	return feed_answer(&s->call, *out);
}

static void
columns_are_found_by_name_and_unknown_ones_noted_once(void **state)
{
	struct stage s;
	struct feed *f;
	size_t size;
	uint8_t *bytes = packed(names, 4, cells, 4, &size);

	(void)state;
	stage_open(&s, MiB);
	s.call.payload = bytes;
	s.call.size = size;
	assert_int_equal(whole_feed(&s, &f), VERDICT_OK);
	assert_string_equal(f->rows[0].cells[0].text, "R1");
	assert_string_equal(f->rows[0].cells[3].entries[1], "b");
	assert_int_equal(f->rows[0].cells[2].state, CELL_ABSENT);
	assert_int_equal(f->rows[1].cells[1].state, CELL_CLEARED);
	assert_int_equal(f->rows[0].note_count, 1);
	assert_string_equal(f->rows[0].notes->flaw.field, "colour");
	assert_int_equal(f->rows[1].note_count, 0);
	assert_int_equal(f->rows[2].flaw_count, 2);
	assert_string_equal(f->rows[3].flaws->flaw.code, "duplicate");
	assert_int_equal(f->key_count, 2);
	assert_int_equal(feed_find(f, "R2"), 1);
	assert_int_equal(feed_find(f, "R3"), SIZE_MAX);
	assert_string_equal(feed_summary(f), "rows=4 created=2 updated=0 unchanged=0 waiting=0 refused=2");
	arena_destroy(&s.work.arena);
	free(bytes);
}

static void
merging_keeps_what_is_absent_and_clears_what_is_empty(void **state)
{
	struct arena *a = arena_new(64 * KiB);
	const struct cell stored[] = { { .text = "R1" }, { .text = "Old" }, { .text = "12", .number = 12 }, { .text = "x" } };
	struct cell fed[] = { { .state = CELL_GIVEN, .text = "R1" }, { .state = CELL_CLEARED, .text = "" },
		              { .state = CELL_ABSENT, .text = "" }, { .state = CELL_ABSENT, .text = "" } };

	(void)state;
	struct cell *now = cells_merge(&table, a, stored, fed);
	assert_string_equal(now[1].text, "");
	assert_int_equal(now[2].number, 12);
	assert_false(cells_equal(&table, stored, now));
	fed[1] = (struct cell){ .state = CELL_GIVEN, .text = "Old" };
	assert_true(cells_equal(&table, stored, cells_merge(&table, a, stored, fed)));
	now = cells_merge(&table, a, NULL, fed);
	assert_string_equal(now[2].text, "7");          /* a new row begins with what the table says */
	assert_int_equal(now[2].number, 7);
	arena_destroy(&a);
}

static void
a_row_that_waits_and_is_refused_is_refused(void **state)
{
	struct stage s;
	struct feed *f;
	size_t size;
	uint8_t *bytes = packed(names, 4, cells, 1, &size);

	(void)state;
	stage_open(&s, MiB);
	s.call.payload = bytes;
	s.call.size = size;
	assert_int_equal(feed_read(&s.call, &table, &f), VERDICT_OK);
	row_wait(f, &f->rows[0], "name");
	row_refuse(f, &f->rows[0], "before", "name", "tier");
	row_wait(f, &f->rows[0], "name");
	assert_int_equal(f->rows[0].outcome, ROW_REFUSED);
	assert_int_equal(f->rows[0].flaw_count, 1);
	for (int i = 0; i < 100; i++)
		row_refuse(f, &f->rows[0], "before", "name", "tier");
	assert_int_equal(f->rows[0].flaw_count, ROW_FLAWS_MAX);
	arena_destroy(&s.work.arena);
	free(bytes);
}

static void
what_is_no_feed_is_refused(void **state)
{
	static const uint8_t garbage[] = { 0x0a, 0xff, 0x01 };
	struct stage s;
	struct feed *f;

	(void)state;
	stage_open(&s, MiB);
	s.call.payload = garbage;
	s.call.size = sizeof garbage;
	assert_int_equal(feed_read(&s.call, &table, &f), VERDICT_REFUSED);
	assert_string_equal(s.call.code, "undecodable");
	s.call.size = 0;
	assert_int_equal(feed_read(&s.call, &table, &f), VERDICT_REFUSED);
	assert_string_equal(s.call.field, "columns");
	arena_destroy(&s.work.arena);
}

/* With every amount of memory, from none to enough, a feed is either done or weather: never a wrong answer. */
static void
memory_may_run_out_anywhere(void **state)
{
	size_t size, done = 0;
	uint8_t *bytes = packed(names, 4, cells, 4, &size);

	(void)state;
	for (size_t memory = 16; memory < 16 * KiB; memory += 16) {
		struct stage s;
		struct feed *f;

		stage_open(&s, memory);
		s.call.payload = bytes;
		s.call.size = size;
		enum verdict v = whole_feed(&s, &f);
		if (v == VERDICT_OK)
			done++;
		else
			assert_int_equal(v, VERDICT_RETRY);
		arena_destroy(&s.work.arena);
	}
	assert_true(done > 0);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_found_by_name_and_unknown_ones_noted_once),
		cmocka_unit_test(merging_keeps_what_is_absent_and_clears_what_is_empty),
		cmocka_unit_test(a_row_that_waits_and_is_refused_is_refused),
		cmocka_unit_test(what_is_no_feed_is_refused),
		cmocka_unit_test(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
