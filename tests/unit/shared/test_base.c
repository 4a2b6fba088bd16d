/* SPDX-License-Identifier: Apache-2.0 */
/* The ground floor: arenas and their ceiling, text from outside, numbers, days, ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/ids.h"
#include "base/text.h"

/* ---- arenas ---------------------------------------------------------------------------------------------------------- */
static size_t
taken_until_full(struct arena *a, size_t size)
{
	size_t count = 0;

	while (arena_alloc(a, size) != NULL)
		count++;
	return count;
}

static void
an_arena_ends_at_its_ceiling_whatever_the_pieces_are(void **state)
{
	struct arena *a = arena_new(1 * MiB);

	(void)state;
	assert_non_null(a);
	assert_int_equal(taken_until_full(a, 1 * KiB), 1024);
	assert_true(arena_ran_out(a));
	arena_reset(a);
	assert_false(arena_ran_out(a));
	/* A byte costs sixteen: a stranger's million small texts must not be sixteen times what was allowed. */
	assert_int_equal(taken_until_full(a, 1), 65536);
	arena_reset(a);
	assert_non_null(arena_alloc(a, 1 * MiB));
	assert_null(arena_alloc(a, 1));
	arena_destroy(&a);
	assert_null(a);
	arena_destroy(&a);
}

static void
an_arena_of_an_odd_size_gives_all_of_it(void **state)
{
	struct arena *a = arena_new(100);

	(void)state;
	assert_non_null(arena_alloc(a, 100));
	assert_null(arena_alloc(a, 1));
	assert_non_null(arena_alloc(a, 0));
	arena_destroy(&a);
}

static void
sizes_that_overflow_are_refused(void **state)
{
	struct arena *a = arena_new(1 * MiB);

	(void)state;
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_alloc(a, SIZE_MAX - 8));
	arena_reset(a);
	assert_null(arena_zalloc(a, SIZE_MAX / 2, 4));
	assert_true(arena_ran_out(a));
	assert_null(arena_strndup(a, "", SIZE_MAX));
	arena_destroy(&a);
}

static void
what_an_arena_gives_is_aligned_and_apart(void **state)
{
	struct arena *a = arena_new(1 * MiB);
	uint8_t *last = NULL;

	(void)state;
	for (size_t size = 1; size < 1000; size++) {
		uint8_t *p = arena_alloc(a, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, (int)size, size);
		assert_true(last == NULL || *last == (uint8_t)(size - 1));
		last = p + size - 1;
	}
	assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	arena_destroy(&a);
}

/* ---- text ------------------------------------------------------------------------------------------------------------ */
static void
only_sound_utf8_is_text(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
		"\xff", "\xc3", "\xe2\x82", "a\xf0\x9f\x98", "\xc3(",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(text_is_utf8(bad[i], strlen(bad[i])));
		assert_false(text_is_printable(bad[i], true));
	}
	assert_true(text_is_utf8("é ÿ € 😀", strlen("é ÿ € 😀")));
	assert_true(text_is_utf8("", 0));
	assert_false(text_is_utf8("a\0b", 3));
}

static void
controls_are_not_printable(void **state)
{
	static const char *const bad[] = { "\x1b[2J", "a\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\xa8", "\x01" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(text_is_printable(bad[i], false));
		assert_false(text_is_printable(bad[i], true));
	}
	assert_false(text_is_printable("a\nb", false));
	assert_true(text_is_printable("a\r\n\tb", true));
	assert_false(text_is_id("a/b") || text_is_id("a|b") || text_is_id(" a") || text_is_id("a ") || text_is_id(""));
	assert_true(text_is_id("É-12 b"));
}

static void
numbers_are_whole_or_scaled_and_within_range(void **state)
{
	int64_t v = 77;

	(void)state;
	assert_true(text_to_int("-0", -5, 5, &v) && v == 0);
	assert_true(text_to_int("9223372036854775807", 0, INT64_MAX, &v) && v == INT64_MAX);
	assert_false(text_to_int("9223372036854775808", 0, INT64_MAX, &v));
	assert_false(text_to_int("1.0", 0, 5, &v) || text_to_int("", 0, 5, &v) || text_to_int("-", -5, 5, &v));
	assert_false(text_to_int(" 1", 0, 5, &v) || text_to_int("+1", 0, 5, &v) || text_to_int("6", 0, 5, &v));
	assert_true(text_to_scaled("37,5", 2, 0, 10000, &v) && v == 3750);
	assert_true(text_to_scaled(".5", 1, 0, 10, &v) && v == 5);
	assert_false(text_to_scaled("1.234", 2, 0, 10000, &v) || text_to_scaled("1.", 2, 0, 10000, &v) ||
	             text_to_scaled("1.2.3", 6, 0, INT64_MAX, &v) || text_to_scaled("92233720368547758", 6, 0, INT64_MAX, &v));
}

static void
each_day_is_itself_again(void **state)
{
	char text[11];
	int32_t days;

	(void)state;
	for (int32_t day = 0; day <= 84370; day++) {
		text_from_day(day, text);
		assert_true(text_to_day(text, &days));
		assert_int_equal(days, day);
	}
	assert_string_equal(text, "2200-12-31");
	assert_true(text_to_day("2028-02-29", &days));
	assert_false(text_to_day("2027-02-29", &days) || text_to_day("2027-13-01", &days) || text_to_day("2027-1-01", &days) ||
	             text_to_day("2027-01-011", &days) || text_to_day("1969-12-31", &days) || text_to_day("2027-00-10", &days) ||
	             text_to_day("20-7-01-01", &days));
}

/* ---- ids ------------------------------------------------------------------------------------------------------------- */
static void
an_id_keeps_its_time_and_its_text(void **state)
{
	char hex[ID_HEX_SIZE], number[POOL_NUMBER_SIZE];
	struct id id = id_make(INT64_C(1795000000123), random_of_system, NULL), again;

	(void)state;
	assert_true(id_is_uuid7(&id));
	assert_int_equal(id_time_ms(&id), INT64_C(1795000000123));
	id_to_hex(&id, hex);
	assert_true(id_from_hex(&again, hex) && id_equal(&id, &again));
	assert_false(id_from_hex(&again, "12") || id_from_hex(&again, "zz000000000000000000000000000000"));
	hex[31] = '\0';
	assert_false(id_from_hex(&again, hex));
	pool_numbers_make(random_of_system, NULL, &number, 1);
	assert_true(pool_number_is_sound(number));
	assert_false(pool_number_is_sound("7K3M9QX2A") || pool_number_is_sound("7K3M9QX2AI") || pool_number_is_sound("7k3m9qx2ab"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_ends_at_its_ceiling_whatever_the_pieces_are),
		cmocka_unit_test(an_arena_of_an_odd_size_gives_all_of_it),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(what_an_arena_gives_is_aligned_and_apart),
		cmocka_unit_test(only_sound_utf8_is_text),
		cmocka_unit_test(controls_are_not_printable),
		cmocka_unit_test(numbers_are_whole_or_scaled_and_within_range),
		cmocka_unit_test(each_day_is_itself_again),
		cmocka_unit_test(an_id_keeps_its_time_and_its_text),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
