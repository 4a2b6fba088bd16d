/* SPDX-License-Identifier: Apache-2.0 */
/* What is written: safe text, CSV without formulas, tables, and messages as JSON by their descriptors. */
#include "cli_play.h"

#include <jansson.h>
#include <locale.h>
#include <math.h>

#include "bassin/v1/bus.pb-c.h"
#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "json.h"
#include "table.h"
#include "terminal.h"

static char *written;
static size_t written_size;

static FILE *
start_writing(void)
{
	FILE *to = open_memstream(&written, &written_size);

	assert_non_null(to);
	return to;
}

static const char *
end_writing(FILE *to)
{
	assert_int_equal(fclose(to), 0);
	const char *copy = arena_strdup(arena, written);
	free(written);
	assert_non_null(copy);
	return copy;
}

static void
long_texts_break_between_words(void **state)
{
	(void)state;
	assert_string_equal(terminal_wrap(arena, "must be given", 20), "must be given");
	assert_string_equal(terminal_wrap(arena, "must be one of: fr, en", 12), "must be one\nof: fr, en");
	assert_string_equal(terminal_wrap(arena, "prénoms élégants à répéter", 8), "prénoms\nélégants\nà\nrépéter");
	assert_string_equal(terminal_wrap(arena, "abcdefghij", 4), "abcd\nefgh\nij");
	assert_string_equal(terminal_wrap(arena, "ééééé", 2), "éé\néé\né");
	assert_string_equal(terminal_wrap(arena, "", 1), "");
	assert_string_equal(terminal_wrap(arena, "any", 0), "any");
}

static void
a_list_is_made_to_fit_the_window(void **state)
{
	static const struct column columns[] = {
		{ "posting", "posting", COLUMN_TEXT }, { "external_id", "id", COLUMN_TEXT }, { "state", "state", COLUMN_TEXT },
		{ "title", "title", COLUMN_TEXT },     { "noc", "NOC", COLUMN_TEXT },
	};
	static const char *const cells[] = { "college/p-1", "p-1", "open", "Élagage et entretien des érables à sucre", "" };
	const char *left_out;

	(void)state;
	for (size_t line = 0; line <= 100; line++) {
		struct table *t = table_new(arena, columns, COUNT_OF(columns));
		assert_non_null(t);
		assert_int_equal(table_add(t, cells), 0);
		assert_int_equal(table_narrow(t, line, &left_out), 0);
		FILE *to = start_writing();
		assert_int_equal(table_csv(t, to, false), 0);
		const char *row = end_writing(to);
		if (line >= 67)
			assert_string_equal(row, "\"college/p-1\",\"p-1\",\"open\",\"Élagage et entretien des érables à sucre\",\"\"\n");
		else if (line == 50)
			assert_string_equal(row, "\"college/p-1\",\"p-1\",\"open\",\"Élagage et entretie…\"\n");
		else if (line == 40)
			assert_string_equal(row, "\"college/p-1\",\"open\",\"Élagage et entretie…\"\n");
		else if (line == 0)
			assert_string_equal(row, "\"college/p-1\"\n");
		assert_string_equal(left_out, line >= 42 ? "" : line >= 38 ? "id" : line >= 17 ? "id, title" : "id, state, title");
	}
}

static const char *
csv_of(const char *text)
{
	FILE *to = start_writing();

	assert_int_equal(csv_out_cell(to, text, true), 0);
	return end_writing(to);
}

static void
control_characters_never_reach_the_terminal(void **state)
{
	(void)state;
	assert_string_equal(terminal_safe_text(arena, "a\x1b[31mb\a\x7f"), "a\uFFFD[31mb\uFFFD\uFFFD");
	assert_string_equal(terminal_safe_text(arena, "a\xc2\x9b"
	                                              "b"),
	                    "a\uFFFDb"); /* C1 */
	assert_string_equal(terminal_safe_text(arena, "a\u202eb\u2066c\u200ed"), "a\uFFFDb\uFFFDc\uFFFDd");
	assert_string_equal(terminal_safe_text(arena, "bad \xff\xc3"), "bad \uFFFD\uFFFD");
	assert_string_equal(terminal_safe_text(arena, "a\r\nb\tc"), "a  b c");
	assert_string_equal(terminal_safe(arena, "a\r\nb\tc\x1b", 7, true), "a\nb\tc\uFFFD");
	assert_string_equal(terminal_safe_text(arena, "Élève, 10 €"), "Élève, 10 €");
	assert_string_equal(terminal_safe_text(arena, NULL), "");
	assert_string_equal(terminal_safe(arena, "a\0b", 3, false), "a\uFFFDb");
}

static void
widths_count_characters(void **state)
{
	(void)state;
	assert_int_equal(terminal_width("Élève"), 5);
	assert_int_equal(terminal_width("e\u0301"), 1);
}

static void
formulas_are_disarmed_and_numbers_are_not(void **state)
{
	(void)state;
	assert_string_equal(csv_of("plain"), "\"plain\"");
	assert_string_equal(csv_of("say \"hi\""), "\"say \"\"hi\"\"\"");
	assert_string_equal(csv_of("=1+1"), "\"'=1+1\"");
	assert_string_equal(csv_of("+1 819 555"), "\"'+1 819 555\"");
	assert_string_equal(csv_of("-cmd|'/c x'!A1"), "\"'-cmd|'/c x'!A1\"");
	assert_string_equal(csv_of("@SUM(\"x\")"), "\"'@SUM(\"\"x\"\")\"");
	assert_string_equal(csv_of("\tx"), "\"'\tx\"");
	assert_string_equal(csv_of("\rx"), "\"'\rx\"");
	assert_string_equal(csv_of("-71.9"), "\"-71.9\"");
	assert_string_equal(csv_of(""), "\"\"");
}

static struct table *
a_table(void)
{
	const struct column columns[] = { { "name", "Name", COLUMN_TEXT }, { "seats", "Seats", COLUMN_NUMBER } };
	struct table *t = table_new(arena, columns, 2);
	const char *first[] = { "Léa\x1b", "2" }, *second[] = { "=x", NULL };

	assert_non_null(t);
	assert_int_equal(table_add(t, first), 0);
	assert_int_equal(table_add(t, second), 0);
	return t;
}

static void
a_table_is_written_in_three_ways(void **state)
{
	struct table *t = a_table();
	FILE *to = start_writing();

	(void)state;
	assert_int_equal(table_csv(t, to, true), 0);
	assert_string_equal(end_writing(to), "\"name\",\"seats\"\n\"Léa\x1b\",\"2\"\n\"'=x\",\"\"\n");
	to = start_writing();
	assert_int_equal(table_json(t, to, true), 0);
	json_t *row = json_loads(strtok((char *)(uintptr_t)end_writing(to), "\n"), JSON_DISABLE_EOF_CHECK, NULL);
	assert_int_equal(json_integer_value(json_object_get(row, "seats")), 2);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "Léa\x1b");
	json_decref(row);
	FILE *file = tmpfile();
	char text[200] = "";
	assert_non_null(file);
	assert_int_equal(table_print(t, file), 0);
	rewind(file);
	size_t size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "Léa\uFFFD"));
	assert_null(strchr(text, '\x1b'));
}

static void
a_message_becomes_json_by_its_descriptor(void **state)
{
	Bassin__V1__Batch batch = BASSIN__V1__BATCH__INIT;
	Bassin__V1__Event event = BASSIN__V1__EVENT__INIT, *events[] = { &event };
	uint8_t bytes[] = { 0x00, 0xab, 0xff };

	(void)state;
	batch.log_id = (char *)(uintptr_t) "matching";
	batch.state = BASSIN__V1__BATCH_STATE__DIVERGED;
	batch.head_seq = UINT64_C(9007199254740993);
	batch.epoch = (ProtobufCBinaryData){ sizeof(bytes), bytes };
	batch.events = events;
	batch.n_events = 1;
	event.key = (char *)(uintptr_t) "clé";
	event.type = (Bassin__V1__EventType)999;
	event.at_ms = -5;
	json_t *o = json_of_message(&batch.base);
	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "log_id")), "matching");
	assert_string_equal(json_string_value(json_object_get(o, "state")), "DIVERGED");
	assert_true(json_integer_value(json_object_get(o, "head_seq")) == INT64_C(9007199254740993));
	assert_string_equal(json_string_value(json_object_get(o, "epoch")), "00abff");
	assert_string_equal(json_string_value(json_object_get(o, "after_epoch")), "");
	const json_t *e = json_array_get(json_object_get(o, "events"), 0);
	assert_string_equal(json_string_value(json_object_get(e, "key")), "clé");
	assert_int_equal(json_integer_value(json_object_get(e, "type")), 999); /* unknown to this version */
	assert_int_equal(json_integer_value(json_object_get(e, "at_ms")), -5);
	json_decref(o);
}

static void
of_a_oneof_only_what_is_set_is_written(void **state)
{
	Bassin__V1__EmployerRecorded e = BASSIN__V1__EMPLOYER_RECORDED__INIT;
	Bassin__V1__Place place = BASSIN__V1__PLACE__INIT;

	(void)state;
	json_t *without = json_of_message(&e.base);
	assert_null(json_object_get(without, "place"));
	e.place_opt_case = BASSIN__V1__EMPLOYER_RECORDED__PLACE_OPT_PLACE;
	e.place = &place;
	place.longitude_e7 = -719000000;
	json_t *with = json_of_message(&e.base);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(with, "place"), "longitude_e7")),
	                 -719000000);
	json_decref(without);
	json_decref(with);
}

static void
numbers_lists_and_text_that_is_not_utf8(void **state)
{
	Bassin__V1__RoundReport r = BASSIN__V1__ROUND_REPORT__INIT;
	Bassin__V1__Figure figure = BASSIN__V1__FIGURE__INIT;
	int32_t counts[] = { 3, 0, 1 };

	(void)state;
	r.rank_counts = counts;
	r.n_rank_counts = 3;
	r.dry_run = true;
	r.title = (char *)(uintptr_t) "\xff";
	json_t *o = json_of_message(&r.base);
	assert_int_equal(json_array_size(json_object_get(o, "rank_counts")), 3);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(o, "rank_counts"), 0)), 3);
	assert_true(json_is_true(json_object_get(o, "dry_run")));
	assert_true(json_is_null(json_object_get(o, "title")));
	json_decref(o);
	figure.value = 0.5;
	o = json_of_message(&figure.base);
	assert_true(json_real_value(json_object_get(o, "value")) == 0.5);
	json_decref(o);
	figure.value = (double)INFINITY;
	o = json_of_message(&figure.base);
	assert_true(json_is_null(json_object_get(o, "value")));
	json_decref(o);
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8"); /* libsmartcols asks it what is printable */
	const struct CMUnitTest tests[] = {
		TEST(control_characters_never_reach_the_terminal),
		TEST(widths_count_characters),
		TEST(long_texts_break_between_words), TEST(a_list_is_made_to_fit_the_window),
		TEST(formulas_are_disarmed_and_numbers_are_not),
		TEST(a_table_is_written_in_three_ways),
		TEST(a_message_becomes_json_by_its_descriptor),
		TEST(of_a_oneof_only_what_is_set_is_written),
		TEST(numbers_lists_and_text_that_is_not_utf8),
	};

	return cmocka_run_group_tests_name("cli output", tests, NULL, NULL);
}
