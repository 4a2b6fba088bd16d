/* SPDX-License-Identifier: Apache-2.0 */
/* The table of ids: equal ids get equal numbers, others never do, and sorting is by bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "names.h"

enum { MANY = 20000 };

static const struct json_place HERE = { 1, 1 };

static int32_t
add(struct names *t, const char *id)
{
	return names_add(t, id, strlen(id), HERE);
}

/* Ids of every size, many of which share beginnings, ends, or all but a byte in the middle. */
static void
id_of(int k, char id[64])
{
	switch (k % 5) {
	case 0: snprintf(id, 64, "%d", k); break;
	case 1: snprintf(id, 64, "l%07d", k); break;
	case 2: snprintf(id, 64, "college-of-the-north/%d", k); break;
	case 3: snprintf(id, 64, "%d-of-the-same-college-for-all", k); break;
	case 4: snprintf(id, 64, "a-beginning-%08d-an-end", k); break;
	}
}

static void
each_id_gets_one_number(void **state)
{
	struct names t;
	char id[64];
	(void)state;

	names_init(&t, MANY);
	for (int round = 0; round < 2; round++)
		for (int k = 0; k < MANY; k++) {
			id_of(k, id);
			assert_int_equal(add(&t, id), k);
		}
	for (int k = 0; k < MANY; k++) {
		id_of(k, id);
		assert_string_equal(names_text(&t, k), id);
	}
	assert_int_equal(t.n, MANY);
	assert_int_equal(add(&t, "one more"), NAMES_FULL);
	id_of(77, id);
	assert_int_equal(add(&t, id), 77);
	names_clear(&t);
}

/* One byte more or less, or another one anywhere, makes another id. */
static void
ids_that_differ_in_a_byte_are_different(void **state)
{
	struct names t;
	char id[40];
	int32_t n = 0;
	(void)state;

	names_init(&t, 100000);
	for (size_t size = 0; size < sizeof id; size++) {
		memset(id, 'a', size);
		assert_int_equal(names_add(&t, id, size, HERE), n++);
		for (size_t k = 0; k < size; k++) {
			id[k] = 'b';
			assert_int_equal(names_add(&t, id, size, HERE), n++);
			assert_int_equal(names_add(&t, id, size, HERE), n - 1);
			id[k] = 'a';
		}
	}
	names_clear(&t);
}

static const struct names *sorted_names;

static int
by_text(const void *a, const void *b)
{
	return strcmp(names_text(sorted_names, *(const int32_t *)a), names_text(sorted_names, *(const int32_t *)b));
}

static void
expect_sorted(struct names *t, int32_t *numbers, size_t n)
{
	int32_t *expected = malloc(n * sizeof *expected);

	assert_non_null(expected);
	memcpy(expected, numbers, n * sizeof *expected);
	sorted_names = t;
	qsort(expected, n, sizeof *expected, by_text);
	assert_int_equal(names_sort(t, numbers, n), 0);
	assert_memory_equal(numbers, expected, n * sizeof *expected);
	free(expected);
}

static void
ids_are_sorted_by_their_bytes(void **state)
{
	struct names t;
	int32_t *numbers = malloc(MANY * sizeof *numbers);
	char id[600];
	(void)state;

	assert_non_null(numbers);
	names_init(&t, MANY);
	for (int k = 0; k < MANY; k++) {
		id_of((int)((unsigned)k * 7919u % MANY), id);
		if (k % 9 == 0) /* bytes above 127 come last; a long common beginning */
			snprintf(id, sizeof id, "%0*d\xc3\xa9%s%d", 500 * (k % 2), 0, k % 4 == 0 ? "\x01" : "", k);
		numbers[k] = add(&t, id);
		assert_int_equal(numbers[k], k);
	}
	for (size_t n = 0; n <= 40; n++)
		expect_sorted(&t, numbers, n);
	expect_sorted(&t, numbers, MANY);
	expect_sorted(&t, numbers, MANY); /* as they stand now */
	names_clear(&t);
	free(numbers);
}

static void
texts_can_be_taken_over(void **state)
{
	struct names t;
	const char *kept;
	char *texts;
	(void)state;

	names_init(&t, 10);
	assert_int_equal(add(&t, "first"), 0);
	assert_int_equal(add(&t, "second"), 1);
	kept = names_text(&t, 1);
	texts = names_take_texts(&t);
	assert_string_equal(kept, "second");
	free(texts);
	names_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_id_gets_one_number),
		cmocka_unit_test(ids_that_differ_in_a_byte_are_different),
		cmocka_unit_test(ids_are_sorted_by_their_bytes),
		cmocka_unit_test(texts_can_be_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
