/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON tokenizer: strict, exact, and the same whatever pieces its source gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "json_in.h"

/* A source that gives at most `step` bytes at a time. */
struct drip {
	struct json_bytes bytes;
	size_t step;
};

static ssize_t
drip(void *from, void *bytes, size_t size)
{
	struct drip *d = from;

	return json_from_bytes(&d->bytes, bytes, size < d->step ? size : d->step);
}

static ssize_t
no_source(void *from, void *bytes, size_t size)
{
	(void)from;
	(void)bytes;
	(void)size;
	return -1;
}

/* Everything in a value, as one line of words; what breaks it as its fault and place. */
static void
tell(json_source *source, void *from, char *out, size_t room)
{
	struct json_in j;
	size_t used = 0, size;
	const char *text;
	struct json_number n;
	bool b, done = false;

#define SAY(...) (used += used < room ? (size_t)snprintf(out + used, room - used, __VA_ARGS__) : 0)
	json_in_open(&j, source, from, NULL, NULL);
	while (!done && !json_in_broken(&j)) {
		bool value = true;

		if (j.depth > 0 && (j.lists & 1) != 0)
			value = json_in_more(&j);
		else if (j.depth > 0 && (value = json_in_key(&j, &text, &size)))
			SAY("%.*s:", (int)size, text);
		if (!value)
			SAY("%s", json_in_broken(&j) ? "" : ") ");
		else
			switch (json_in_kind(&j)) {
			case JSON_OBJECT:
				if (json_in_enter(&j, JSON_OBJECT))
					SAY("o( ");
				break;
			case JSON_LIST:
				if (json_in_enter(&j, JSON_LIST))
					SAY("l( ");
				break;
			case JSON_TEXT:
				if (json_in_text(&j, &text, &size))
					SAY("'%.*s' ", (int)size, text);
				break;
			case JSON_NUMBER:
				if (json_in_number(&j, &n))
					n.whole ? SAY("%lld ", (long long)n.value) : SAY("(%s) ", n.written);
				break;
			case JSON_TRUE:
			case JSON_FALSE:
				if (json_in_bool(&j, &b))
					SAY("%s ", b ? "yes" : "no");
				break;
			case JSON_NULL:
				if (json_in_null(&j))
					SAY("null ");
				break;
			case JSON_END: assert_true(json_in_broken(&j)); break;
			}
		done = j.depth == 0;
	}
	if (!json_in_broken(&j) && json_in_end(&j))
		SAY("end");
	if (json_in_broken(&j))
		SAY("fault %d at %u:%u", (int)j.fault, (unsigned)j.fault_at.line, (unsigned)j.fault_at.column);
#undef SAY
	json_in_close(&j);
	json_in_close(&j);
}

static void
expect(const char *json, size_t size, const char *told)
{
	static const size_t STEPS[] = { SIZE_MAX, 1, 2, 7, 8191 };
	char out[4096];

	for (size_t k = 0; k < sizeof STEPS / sizeof *STEPS; k++) {
		struct drip d = { { json, size }, STEPS[k] };

		out[0] = '\0';
		tell(drip, &d, out, sizeof out);
		if (strcmp(out, told) != 0)
			fail_msg("%.200s: %s, not %s", json, out, told);
	}
}

#define EXPECT(json, told) expect(json, sizeof(json) - 1, told)
#define FAULT(fault, place) "fault " #fault " at " place

static void
values_are_read(void **state)
{
	(void)state;
	EXPECT("{}", "o( ) end");
	EXPECT(" [ ] \r\n\t", "l( ) end");
	EXPECT("[true,false , null]", "l( yes no null ) end");
	EXPECT("{\"a\" : [ { \"b\":1 } ], \"c\":\"\"}", "o( a:l( o( b:1 ) ) c:'' ) end");
	EXPECT("\"plain and longer than eight bytes\"", "'plain and longer than eight bytes' end");
}

static void
texts_are_decoded(void **state)
{
	(void)state;
	EXPECT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t|\"", "'\"\\/\b\f\n\r\t|' end");
	EXPECT("\"\\u00e9\\u20AC\\uD83C\\udf32\\u007f\"", "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\xb2\x7f' end");
	EXPECT("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\xb2 and plain again\"",
	       "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\xb2 and plain again' end");
	EXPECT("{\"cl\\u00e9\":\"\"}", "o( cl\xc3\xa9:'' ) end");
}

static void
numbers_are_exact(void **state)
{
	(void)state;
	EXPECT("[0,-0,0.0,0e9,0E-9,-0.000e+5]", "l( 0 0 0 0 0 0 ) end");
	EXPECT("[870,870.0,8.7e2,87e1,8700e-1,0.0870E+4,-5,-5.0]", "l( 870 870 870 870 870 870 -5 -5 ) end");
	EXPECT("[9007199254740992,-9007199254740992,900719925474099.2e1]",
	       "l( 9007199254740992 -9007199254740992 9007199254740992 ) end");
	EXPECT("[9007199254740993,1e16,1e400,1e-400,5.5,0.1,123456789012345678901234567890,1e99999999999999999999]",
	       "l( (9007199254740993) (1e16) (1e400) (1e-400) (5.5) (0.1) (123456789012345678901234567890)"
	       " (1e99999999999999999999) ) end");
	EXPECT("1000000000000000000000000000000e-30", "1 end");
	EXPECT("0.0000000000000000000000000000001e31", "1 end");
	EXPECT("0000000000000000000000000000000000000000000000000000000000000000000", FAULT(14, "1:1"));
	EXPECT("11111111111111111111111111111111111111111111111111111111111111111", FAULT(15, "1:1"));
	EXPECT("[01]", "l( " FAULT(14, "1:2"));
	EXPECT("[1.]", "l( " FAULT(14, "1:2"));
	EXPECT("[.5]", "l( " FAULT(1, "1:2"));
	EXPECT("[-]", "l( " FAULT(14, "1:2"));
	EXPECT("[1e]", "l( " FAULT(14, "1:2"));
	EXPECT("[+1]", "l( " FAULT(1, "1:2"));
	EXPECT("[1 2]", "l( 1 " FAULT(2, "1:4"));
	EXPECT("[0x1]", "l( 0 " FAULT(2, "1:3"));
	EXPECT("NaN", FAULT(1, "1:1"));
	EXPECT("-Infinity", FAULT(14, "1:1"));
}

static void
broken_syntax_is_told_where_it_stands(void **state)
{
	(void)state;
	EXPECT("", FAULT(1, "1:1"));
	EXPECT(" \n ", FAULT(1, "2:2"));
	EXPECT("[1,]", "l( 1 " FAULT(1, "1:4"));
	EXPECT("[,1]", "l( " FAULT(1, "1:2"));
	EXPECT("[1", "l( 1 " FAULT(2, "1:3"));
	EXPECT("[1}", "l( 1 " FAULT(2, "1:3"));
	EXPECT("{\"a\":1,}", "o( a:1 " FAULT(4, "1:8"));
	EXPECT("{\"a\":1 \"b\"}", "o( a:1 " FAULT(3, "1:8"));
	EXPECT("{,}", "o( " FAULT(4, "1:2"));
	EXPECT("{a:1}", "o( " FAULT(4, "1:2"));
	EXPECT("{\"a\" 1}", "o( " FAULT(5, "1:6"));
	EXPECT("{\"a\"\n\n", "o( " FAULT(5, "3:1"));
	EXPECT("{\"a\":}", "o( a:" FAULT(1, "1:6"));
	EXPECT("tru", FAULT(1, "1:1"));
	EXPECT("truE", FAULT(1, "1:1"));
	EXPECT("[truex]", "l( yes " FAULT(2, "1:6"));
	EXPECT("{} x", "o( ) " FAULT(6, "1:4"));
	EXPECT("{}{}", "o( ) " FAULT(6, "1:3"));
	EXPECT("{}\0", "o( ) " FAULT(6, "1:3"));
	EXPECT("// no\n{}", FAULT(1, "1:1"));
	EXPECT("\xef\xbb\xbf{}", FAULT(17, "1:1"));
	EXPECT("\x0c[]", FAULT(1, "1:1"));
}

static void
broken_texts_are_told_where_they_break(void **state)
{
	(void)state;
	EXPECT("\"abc", FAULT(7, "1:5"));
	EXPECT("\"a\nb\"", FAULT(8, "1:3"));
	EXPECT("\"a\0b\"", FAULT(8, "1:3"));
	EXPECT("\"abcdefghijk\x1f\"", FAULT(8, "1:13"));
	EXPECT("\"\\x\"", FAULT(10, "1:2"));
	EXPECT("\"\\", FAULT(10, "1:2"));
	EXPECT("\"\\u12G4\"", FAULT(10, "1:2"));
	EXPECT("\"\\u12", FAULT(10, "1:2"));
	EXPECT("\"ab\\u0000\"", FAULT(12, "1:4"));
	EXPECT("\"\\ud800\"", FAULT(11, "1:2"));
	EXPECT("\"\\ud800\\u0041\"", FAULT(11, "1:2"));
	EXPECT("\"\\udc00\\ud800\"", FAULT(11, "1:2"));
	EXPECT("\"\\ud83c", FAULT(11, "1:2"));
}

static void
what_is_not_utf8_is_refused(void **state)
{
	static const char *const BAD[] = { "\x80",
		                           "\xbf",
		                           "\xc0\x80",
		                           "\xc1\xbf",
		                           "\xc3",
		                           "\xc3(",
		                           "\xe0\x9f\xbf",
		                           "\xe2\x82",
		                           "\xe2\x82(",
		                           "\xed\xa0\x80",
		                           "\xf0\x8f\xbf\xbf",
		                           "\xf0\x9f\x8c",
		                           "\xf4\x90\x80\x80",
		                           "\xf5\x80\x80\x80",
		                           "\xff",
		                           "\xfe" };
	char json[32];
	(void)state;

	for (size_t k = 0; k < sizeof BAD / sizeof *BAD; k++) {
		int size = snprintf(json, sizeof json, "\"ab%s\"", BAD[k]);

		expect(json, (size_t)size, FAULT(9, "1:4"));
	}
	EXPECT("\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"",
	       "'\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf' end");
}

static void
a_text_has_1024_bytes_at_most(void **state)
{
	char json[8000], told[1100];
	size_t at;
	(void)state;

	memset(json, 'a', sizeof json);
	json[0] = json[1025] = '"';
	snprintf(told, sizeof told, "'%.*s' end", JSON_MAX_TEXT, json + 1);
	expect(json, 1026, told);
	json[1025] = 'a';
	json[1026] = '"';
	expect(json, 1027, FAULT(13, "1:1"));
	expect(json, 5000, FAULT(13, "1:1"));
	/* The longest way to write one that fits, and one more. */
	for (at = 1; at < 1 + 6 * JSON_MAX_TEXT; at += 6)
		memcpy(json + at, "\\u0061", 6);
	json[at] = '"';
	expect(json, at + 1, told);
	memcpy(json + at, "\\u0061\"", 7);
	expect(json, at + 7, FAULT(13, "1:1"));
}

static void
nesting_has_a_ceiling(void **state)
{
	char json[200], told[400] = "";
	(void)state;

	for (int k = 0; k < JSON_MAX_DEPTH; k++)
		strcat(told, "l( ");
	memset(json, '[', 100);
	strcat(told, FAULT(16, "1:61"));
	expect(json, 100, told);
}

/* Tokens and blanks that lie across every edge of the window: 256 KiB. */
static void
edges_of_the_window_do_not_show(void **state)
{
	enum { SIZE = 600 * 1024 };
	char *json = malloc(SIZE);
	static const char VALUE[] = "{\"k\\u0065y\"  :  \"\\u00e9t\xc3\xa9 and more than eight\",\"n\":-12.5e1}";
	(void)state;

	assert_non_null(json);
	for (size_t blanks = 256 * 1024 - 80; blanks < 256 * 1024 + 20; blanks++) {
		char out[200] = "";
		struct json_bytes bytes = { json, blanks + sizeof VALUE - 1 };

		memset(json, ' ', blanks);
		memcpy(json + blanks, VALUE, sizeof VALUE - 1);
		tell(json_from_bytes, &bytes, out, sizeof out);
		assert_string_equal(out, "o( key:'\xc3\xa9t\xc3\xa9 and more than eight' n:-125 ) end");
	}
	free(json);
}

static void
moved(void *to)
{
	(*(int *)to)++;
}

/* Half a million tokens between which the window moves; the column goes on, and lines are counted. */
static void
a_long_stream_is_read_in_a_fixed_window(void **state)
{
	enum { N = 100000 };
	char *json = malloc(N * 16 + 16);
	size_t size = 0, length, n = 0;
	const char *text;
	struct json_in j;
	int moves = 0;
	(void)state;

	assert_non_null(json);
	json[size++] = '[';
	for (int k = 0; k < N; k++)
		size += (size_t)sprintf(json + size, "%s\"t%06d\"%s", k > 0 ? "," : "", k, k % 1000 == 999 ? "\n" : "");
	json[size++] = '?';
	struct json_bytes bytes = { json, size };
	json_in_open(&j, json_from_bytes, &bytes, moved, &moves);
	assert_true(json_in_enter(&j, JSON_LIST));
	while (json_in_more(&j)) {
		char expected[16];

		assert_true(json_in_text(&j, &text, &length));
		snprintf(expected, sizeof expected, "t%06d", (int)n++);
		assert_int_equal(length, strlen(expected));
		assert_memory_equal(text, expected, length);
	}
	assert_int_equal(n, N);
	assert_int_equal(j.fault, JSON_WANTS_COMMA_IN_LIST);
	assert_int_equal(j.fault_at.line, N / 1000 + 1);
	assert_int_equal(j.fault_at.column, 1);
	assert_true(moves >= 3);
	json_in_close(&j);
	free(json);
}

static void
another_kind_is_not_consumed(void **state)
{
	static const char JSON[] = "[5, \"x\", {\"a\": [1, {}, \"]\"]}, 7]";
	struct json_bytes bytes = { JSON, sizeof JSON - 1 };
	struct json_in j;
	struct json_number n;
	const char *text;
	size_t size;
	bool b;
	(void)state;

	json_in_open(&j, json_from_bytes, &bytes, NULL, NULL);
	assert_false(json_in_enter(&j, JSON_OBJECT));
	assert_true(json_in_enter(&j, JSON_LIST) && json_in_more(&j));
	assert_false(json_in_text(&j, &text, &size));
	assert_false(json_in_bool(&j, &b) || json_in_null(&j) || json_in_enter(&j, JSON_LIST));
	assert_int_equal(json_in_kind(&j), JSON_NUMBER);
	assert_true(json_in_number(&j, &n) && n.value == 5 && json_in_more(&j));
	assert_false(json_in_number(&j, &n));
	assert_int_equal(json_in_place(&j).column, 5);
	assert_true(json_in_skip(&j) && json_in_more(&j));
	assert_true(json_in_skip(&j) && json_in_more(&j));
	assert_true(json_in_number(&j, &n) && n.value == 7);
	assert_false(json_in_more(&j));
	assert_true(json_in_end(&j));
	json_in_close(&j);
}

static void
the_rest_of_what_is_deep_can_be_passed_over(void **state)
{
	static const char WHOLE[] = "{\"a\":[[{\"b\":[1,2]}],3],\"c\":4}";
	struct json_bytes bytes = { WHOLE, 15 }, rest = { WHOLE, sizeof WHOLE - 1 };
	struct json_in j;
	const char *text;
	size_t size;
	(void)state;

	json_in_open(&j, json_from_bytes, &rest, NULL, NULL);
	assert_true(json_in_enter(&j, JSON_OBJECT) && json_in_key(&j, &text, &size) && json_in_enter(&j, JSON_LIST));
	assert_true(json_in_more(&j) && json_in_enter(&j, JSON_LIST) && json_in_more(&j));
	assert_true(json_in_climb(&j, 1));
	assert_true(json_in_key(&j, &text, &size));
	assert_memory_equal(text, "c", 1);
	json_in_close(&j);
	json_in_open(&j, json_from_bytes, &bytes, NULL, NULL);
	assert_true(json_in_enter(&j, JSON_OBJECT) && json_in_key(&j, &text, &size));
	assert_false(json_in_skip(&j));
	assert_true(json_in_broken(&j));
	json_in_close(&j);
}

static void
a_source_that_fails_is_told(void **state)
{
	int closed[2], fd;
	char out[100] = "";
	(void)state;

	tell(no_source, NULL, out, sizeof out);
	assert_string_equal(out, FAULT(18, "1:1"));
	assert_int_equal(pipe(closed), 0);
	assert_int_equal(write(closed[1], "[1,", 3), 3);
	close(closed[1]);
	fd = closed[0];
	tell(json_from_fd, &fd, out, sizeof out);
	assert_string_equal(out, "l( 1 " FAULT(1, "1:4"));
	close(fd);
	tell(json_from_fd, &fd, out, sizeof out);
	assert_string_equal(out, FAULT(18, "1:1"));
}

static void
every_fault_has_words_in_two_languages(void **state)
{
	(void)state;
	for (enum json_fault f = JSON_WANTS_VALUE; f <= JSON_NO_MEMORY; f++)
		for (int byte = 0; byte < 256; byte++) {
			struct json_in j = { .fault = f, .fault_byte = (unsigned char)byte };
			char what[16];
			struct json_words w = json_in_words(&j, what);

			assert_true(w.found_en[0] != '\0' && w.found_fr[0] != '\0' && w.allowed_en[0] != '\0' &&
			            w.allowed_fr[0] != '\0');
			assert_null(strchr(w.found_en, '\n'));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(numbers_are_exact),
		cmocka_unit_test(broken_syntax_is_told_where_it_stands),
		cmocka_unit_test(broken_texts_are_told_where_they_break),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(a_text_has_1024_bytes_at_most),
		cmocka_unit_test(nesting_has_a_ceiling),
		cmocka_unit_test(edges_of_the_window_do_not_show),
		cmocka_unit_test(a_long_stream_is_read_in_a_fixed_window),
		cmocka_unit_test(another_kind_is_not_consumed),
		cmocka_unit_test(the_rest_of_what_is_deep_can_be_passed_over),
		cmocka_unit_test(a_source_that_fails_is_told),
		cmocka_unit_test(every_fault_has_words_in_two_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
