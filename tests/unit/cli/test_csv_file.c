/* SPDX-License-Identifier: Apache-2.0 */
/* Feed files: encodings, delimiters, quotation marks, physical lines, and files that are refused. */
#include "cli_play.h"

#include <unistd.h>

#include "csv_file.h"

static struct csv_file file;

static enum csv_result
read_bytes(const void *bytes, size_t size)
{
	char *copy = malloc(size + 1); /* csv_read frees it */

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return csv_read(copy, size, arena, &file);
}

static enum csv_result
read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* Cells joined with `|`, a record after the other with `/`, each with its line in front. */
static const char *
all(void)
{
	const char *out = "";

	for (size_t i = 0; i < file.record_count; i++) {
		out = arena_printf(arena, "%s%s%u:", out, i == 0 ? "" : "/", file.records[i].line);
		if (file.records[i].cell_count == 0)
			out = arena_printf(arena, "%sBAD", out);
		for (size_t j = 0; j < file.records[i].cell_count; j++)
			out = arena_printf(arena, "%s%s%s", out, j == 0 ? "" : "|", file.records[i].cells[j]);
		assert_non_null(out);
	}
	return out;
}

static void
a_file_has_columns_and_records(void **state)
{
	(void)state;
	assert_int_equal(read_text("external_id,name\nE1,Ann\nE2,\"B, C\"\n"), CSV_READ);
	assert_int_equal(file.column_count, 2);
	assert_string_equal(file.columns[1], "name");
	assert_string_equal(all(), "2:E1|Ann/3:E2|B, C");
}

static void
the_delimiter_is_the_more_frequent_one_outside_quotation_marks(void **state)
{
	(void)state;
	assert_int_equal(read_text("a;b;c\n1,5;2;3\n"), CSV_READ);
	assert_string_equal(all(), "2:1,5|2|3");
	assert_int_equal(read_text("\"a;;;;b\",c,d\n1,2,3\n"), CSV_READ);
	assert_int_equal(file.delimiter, ',');
	assert_int_equal(read_text("a;b,c\n1,2\n"), CSV_READ); /* a tie */
	assert_int_equal(file.delimiter, ',');
	assert_int_equal(read_text("a\n1\n"), CSV_READ);
	assert_int_equal(file.delimiter, ',');
}

static void
a_byte_order_mark_is_no_part_of_the_first_column(void **state)
{
	(void)state;
	assert_int_equal(read_text("\xef\xbb\xbf"
	                           "a,b\n1,2\n"),
	                 CSV_READ);
	assert_string_equal(file.columns[0], "a");
	assert_false(file.was_windows_1252);
}

static void
what_is_not_utf8_is_windows_1252(void **state)
{
	(void)state;
	assert_int_equal(read_text("nom,prix\nL\xe9"
	                           "a C\x9cur,5 \x80\n"),
	                 CSV_READ);
	assert_true(file.was_windows_1252);
	assert_string_equal(all(), "2:L\xc3\xa9"
	                           "a C\xc5\x93ur|5 \xe2\x82\xac");
}

static void
utf16_workbooks_and_nul_bytes_are_refused(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("\xff\xfe"
	                            "a\0,\0b\0",
	                            8),
	                 CSV_UTF16);
	assert_int_equal(read_bytes("\xfe\xff\0a\0,\0b", 8), CSV_UTF16);
	assert_int_equal(read_bytes("a\0,\0b\0\n\0", 8), CSV_UTF16);
	assert_int_equal(read_bytes("a,b\n1,\0\n", 8), CSV_BINARY);
	assert_int_equal(read_bytes("PK\x03\x04zzzz", 8), CSV_SPREADSHEET);
}

static void
a_line_is_the_physical_one_where_the_record_starts(void **state)
{
	(void)state;
	assert_int_equal(read_text("a,b\r\n\r\n1,\"x\r\ny\"\r\n   \r\n2,z\r\n"), CSV_READ);
	assert_string_equal(all(), "3:1|x\r\ny/6:2|z");
	assert_int_equal(read_text("a,b\n1,\"x\n\n\ny\"\n2,z"), CSV_READ);
	assert_string_equal(all(), "2:1|x\n\n\ny/6:2|z");
	assert_int_equal(read_text("a,b\r1,2\r3,4\r"), CSV_READ);
	assert_string_equal(all(), "2:1|2/3:3|4");
}

static void
the_header_need_not_be_the_first_line(void **state)
{
	(void)state;
	assert_int_equal(read_text("\n\na;b\n1;2\n"), CSV_READ);
	assert_int_equal(file.delimiter, ';');
	assert_string_equal(all(), "4:1|2");
}

static void
blanks_around_a_cell_go_and_quoted_ones_stay(void **state)
{
	(void)state;
	assert_int_equal(read_text("a,b\n 1 ,\" 2 \"\n"), CSV_READ);
	assert_string_equal(all(), "2:1| 2 ");
}

static void
a_record_may_have_too_few_or_too_many_cells(void **state)
{
	(void)state;
	assert_int_equal(read_text("a,b\n1\n1,2,3\n,\n"), CSV_READ);
	assert_string_equal(all(), "2:1/3:1|2|3/4:|");
}

static void
wrong_quotation_marks_cost_one_record(void **state)
{
	(void)state;
	assert_int_equal(read_text("a,b\n1,5\" pipe\n2,x\n"), CSV_READ);
	assert_string_equal(all(), "2:BAD/3:2|x");
	assert_int_equal(read_text("a,b\n1,\"x\" y\n2,x\n"), CSV_READ);
	assert_string_equal(all(), "2:BAD/3:2|x");
	/* One that never closes would swallow the rest: reading goes on behind its first line. */
	assert_int_equal(read_text("a,b\n1,\"open\n2,x\n3,\"y\"\n4,z\n"), CSV_READ);
	assert_string_equal(all(), "2:BAD/3:2|x/4:3|y/5:4|z");
	assert_int_equal(read_text("a,b\n1,x\n2,\"open"), CSV_READ);
	assert_string_equal(all(), "2:1|x/3:BAD");
}

static void
a_record_of_more_than_a_megabyte_is_bad(void **state)
{
	(void)state;
	size_t size = 2 * CSV_RECORD_MAX, at = 0;
	char *text = malloc(size);

	assert_non_null(text);
	at += (size_t)sprintf(text, "a,b\n1,\"");
	memset(text + at, 'x', size - at);
	for (size_t i = at + 100; i < size; i += 100)
		text[i] = '\n';
	memcpy(text + size - 8, "\n9,last\n", 8);
	assert_int_equal(csv_read(text, size, arena, &file), CSV_READ);
	assert_int_equal(file.records[0].cell_count, 0);
	assert_int_equal(file.records[0].line, 2);
	assert_string_equal(file.records[file.record_count - 1].cells[1], "last");
}

static void
too_many_bad_records_refuse_the_file(void **state)
{
	(void)state;
	char *text = malloc(64 * 1024), *at = text;

	assert_non_null(text);
	at += sprintf(at, "a,b\n");
	for (int i = 0; i <= CSV_BAD_MAX; i++)
		at += sprintf(at, "x\"y,%d\n", i);
	assert_int_equal(csv_read(text, (size_t)(at - text), arena, &file), CSV_TOO_BAD);
}

static void
the_header_is_checked(void **state)
{
	(void)state;
	char wide[2 * CSV_COLUMNS_MAX + 4];

	assert_int_equal(read_text(""), CSV_EMPTY);
	assert_int_equal(read_text("\n \r\n"), CSV_EMPTY);
	assert_int_equal(read_text("a,B,b\n1,2,3\n"), CSV_COLUMN_TWICE);
	assert_string_equal(file.twice, "b");
	assert_int_equal(read_text("a,,\n1,,\n"), CSV_READ); /* a spreadsheet's empty columns */
	assert_int_equal(read_text("a\"b,c\n1,2\n"), CSV_BAD_HEADER);
	memset(wide, ',', sizeof(wide));
	wide[sizeof(wide) - 1] = '\0';
	assert_int_equal(read_text(wide), CSV_BAD_HEADER);
}

static void
a_file_that_is_not_there_is_unreadable(void **state)
{
	(void)state;
	assert_int_equal(csv_load("/nonexistent/x.csv", arena, &file), CSV_UNREADABLE);
	assert_int_equal(csv_load("/", arena, &file), CSV_UNREADABLE);
}

static void
a_file_is_read_wholly(void **state)
{
	(void)state;
	char path[] = "/tmp/bassin-csv-XXXXXX";
	int fd = mkstemp(path);
	FILE *out = fdopen(fd, "w");

	assert_non_null(out);
	fprintf(out, "external_id,name\n");
	for (int i = 0; i < 30000; i++)
		fprintf(out, "E%d,\"Some, one\"\n", i);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(csv_load(path, arena, &file), CSV_READ);
	unlink(path);
	assert_int_equal(file.record_count, 30000);
	assert_int_equal(file.records[29999].line, 30001);
	assert_string_equal(file.records[29999].cells[0], "E29999");
}

static void
without_memory_reading_says_so(void **state)
{
	(void)state;
	struct arena *small = arena_new(256);
	char *copy = strdup("a,b\n1,2\n3,4\n5,6\n");

	assert_non_null(small);
	assert_int_equal(csv_read(copy, strlen(copy), small, &file), CSV_NO_MEMORY);
	arena_destroy(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_has_columns_and_records),
		TEST(the_delimiter_is_the_more_frequent_one_outside_quotation_marks),
		TEST(a_byte_order_mark_is_no_part_of_the_first_column),
		TEST(what_is_not_utf8_is_windows_1252),
		TEST(utf16_workbooks_and_nul_bytes_are_refused),
		TEST(a_line_is_the_physical_one_where_the_record_starts),
		TEST(the_header_need_not_be_the_first_line),
		TEST(blanks_around_a_cell_go_and_quoted_ones_stay),
		TEST(a_record_may_have_too_few_or_too_many_cells),
		TEST(wrong_quotation_marks_cost_one_record),
		TEST(a_record_of_more_than_a_megabyte_is_bad),
		TEST(too_many_bad_records_refuse_the_file),
		TEST(the_header_is_checked),
		TEST(a_file_that_is_not_there_is_unreadable),
		TEST(a_file_is_read_wholly),
		TEST(without_memory_reading_says_so),
	};

	return cmocka_run_group_tests_name("cli csv_file", tests, NULL, NULL);
}
