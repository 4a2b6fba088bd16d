/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: what may be asked, where a page ends, references in two parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/listing.h"

static struct work work;
static struct call call;
static const struct principal who = { .institution = "a", .role = ROLE_COLLEGE };
static const char *const filters[] = { "state", "employer", NULL };

static enum verdict
ask(const char *after, uint32_t limit, const char *language, char **wanted, size_t n, struct list_ask **out)
{
	Bassin__V1__ListAsk m = BASSIN__V1__LIST_ASK__INIT;
	size_t size;

	m.after = (char *)(uintptr_t)after;
	m.limit = limit;
	m.language = (char *)(uintptr_t)language;
	m.filters = wanted;
	m.n_filters = n;
	call = (struct call){ .work = &work, .who = &who, .payload = arena_pack(work.arena, &m.base, &size) };
	assert_non_null(call.payload);
	call.size = size;
	return list_ask_read(&call, filters, out);
}

static void
a_sound_question_is_read(void **state)
{
	char one[] = "employer=E=1", *wanted[] = { one };
	struct list_ask *a;

	(void)state;
	assert_int_equal(ask("a/P1", 10, "en", wanted, 1, &a), VERDICT_OK);
	assert_string_equal(a->after, "a/P1");
	assert_string_equal(a->language, "en");
	assert_int_equal(a->limit, 10);
	assert_string_equal(list_filter(a, "employer"), "E=1");
	assert_null(list_filter(a, "state"));
	assert_int_equal(ask("", 1000, "de", NULL, 0, &a), VERDICT_OK);
	assert_string_equal(a->language, "fr");
}

static void
an_unsound_question_is_refused(void **state)
{
	char unknown[] = "colour=red", state1[] = "state=open", control[] = "state=\x01", *wanted[17];
	struct list_ask *a;

	(void)state;
	assert_int_equal(ask("", 0, "", NULL, 0, &a), VERDICT_REFUSED);
	assert_string_equal(call.allowed, "1..1000");
	assert_int_equal(ask("", 1001, "", NULL, 0, &a), VERDICT_REFUSED);
	assert_int_equal(ask("a\nb", 1, "", NULL, 0, &a), VERDICT_REFUSED);
	assert_string_equal(call.field, "after");
	wanted[0] = unknown;
	assert_int_equal(ask("", 1, "", wanted, 1, &a), VERDICT_REFUSED);
	assert_string_equal(call.code, "no_filter");
	assert_string_equal(call.field, "colour");
	assert_string_equal(call.allowed, "state|employer");
	wanted[0] = control;
	assert_int_equal(ask("", 1, "", wanted, 1, &a), VERDICT_REFUSED);
	assert_string_equal(call.code, "not_text");
	wanted[0] = wanted[1] = state1;
	assert_int_equal(ask("", 1, "", wanted, 2, &a), VERDICT_REFUSED);
	assert_string_equal(call.code, "duplicate");
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		wanted[i] = state1;
	assert_int_equal(ask("", 1, "", wanted, COUNT_OF(wanted), &a), VERDICT_REFUSED);
	assert_string_equal(call.code, "too_long");
}

static void
a_filter_of_few_values_takes_no_other(void **state)
{
	char open[] = "state=open", part[] = "state=ope", longer[] = "state=opened", empty[] = "state=", *wanted[] = { open };
	struct list_ask *a;

	(void)state;
	assert_int_equal(ask("", 1, "", wanted, 1, &a), VERDICT_OK);
	assert_int_equal(list_filter_check(&call, a, "state", "open|closed"), VERDICT_OK);
	assert_int_equal(list_filter_check(&call, a, "state", "closed|open"), VERDICT_OK);
	assert_int_equal(list_filter_check(&call, a, "employer", "E1"), VERDICT_OK);
	for (char *const *w = (char *const[]){ part, longer, empty, NULL }; *w != NULL; w++) {
		wanted[0] = *w;
		assert_int_equal(ask("", 1, "", wanted, 1, &a), VERDICT_OK);
		assert_int_equal(list_filter_check(&call, a, "state", "closed|open"), VERDICT_REFUSED);
		assert_string_equal(call.field, "state");
		assert_string_equal(call.allowed, "closed|open");
	}
}

static const Bassin__V1__Table *
answered(struct listing *l)
{
	ProtobufCAllocator allocator = arena_allocator(work.arena);

	assert_int_equal(listing_answer(&call, l), VERDICT_OK);
	const Bassin__V1__Table *t = bassin__v1__table__unpack(&allocator, call.reply_size, call.reply);
	assert_non_null(t);
	return t;
}

static void
a_page_ends_at_its_limit_and_says_where(void **state)
{
	static const char *const columns[] = { "id", "value", NULL };
	const char *row[] = { "P1", "x" };

	(void)state;
	struct listing *l = listing_new(work.arena, columns, 2);
	assert_true(listing_add(l, "1", row));
	assert_true(listing_add(l, "2", row));
	assert_string_equal(answered(l)->next, "");
	assert_false(listing_add(l, "3", row));
	const Bassin__V1__Table *t = answered(l);
	assert_string_equal(t->next, "2");
	assert_int_equal(t->n_rows, 2);
	assert_int_equal(t->n_columns, 2);
	assert_string_equal(t->rows[1]->cells[1], "x");
}

static void
a_page_ends_before_it_is_too_large_for_a_frame(void **state)
{
	static const char *const columns[] = { "text", NULL };
	static char large[256 * KiB];
	const char *row[] = { large };
	char cursor[16];
	int n = 0;

	(void)state;
	memset(large, 'x', sizeof large - 1);
	struct listing *l = listing_new(work.arena, columns, 1000);
	do
		snprintf(cursor, sizeof cursor, "%d", ++n);
	while (listing_add(l, cursor, row));
	const Bassin__V1__Table *t = answered(l);
	assert_true(t->n_rows > 10 && t->n_rows < 20);
	assert_int_equal(atoi(t->next), (int)t->n_rows);
	assert_true(call.reply_size < 5 * MiB);
}

static void
a_reference_has_two_sound_parts(void **state)
{
	const char *institution, *id;

	(void)state;
	assert_true(reference_split(work.arena, "b/P1", "a", &institution, &id));
	assert_string_equal(institution, "b");
	assert_string_equal(id, "P1");
	assert_true(reference_split(work.arena, "P1", "a", &institution, &id));
	assert_string_equal(institution, "a");
	assert_false(reference_split(work.arena, "P1", "", &institution, &id));
	assert_false(reference_split(work.arena, "b/", "a", &institution, &id));
	assert_false(reference_split(work.arena, "/P1", "a", &institution, &id));
	assert_false(reference_split(work.arena, "b/P1/2", "a", &institution, &id));
	assert_false(reference_split(work.arena, "b/\xff", "a", &institution, &id));
}

static int
setup(void **state)
{
	(void)state;
	work.arena = arena_new(64 * MiB);
	return work.arena == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_destroy(&work.arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_question_is_read),
		cmocka_unit_test(an_unsound_question_is_refused), cmocka_unit_test(a_filter_of_few_values_takes_no_other),
		cmocka_unit_test(a_page_ends_at_its_limit_and_says_where),
		cmocka_unit_test(a_page_ends_before_it_is_too_large_for_a_frame),
		cmocka_unit_test(a_reference_has_two_sound_parts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
