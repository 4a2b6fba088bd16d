/* SPDX-License-Identifier: Apache-2.0 */
/* Files that nobody in the project wrote, each with what it means as JSON: BASSIN_TEST_DATA/csv-edge. */
#include "cli_play.h"

#include <dirent.h>
#include <jansson.h>
#include <limits.h>

#include "csv_file.h"

static char folder[PATH_MAX];

static int
is_csv(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return size > 4 && strcmp(entry->d_name + size - 4, ".csv") == 0;
}

/* Some copies of the collection have lost the CRs of the files that are there for them; they get them back. */
static enum csv_result
load(const char *path, bool crlf, struct csv_file *out)
{
	FILE *in = fopen(path, "rb");
	char *bytes = malloc(64 * 1024);
	size_t size = 0;

	assert_non_null(in);
	assert_non_null(bytes);
	for (int c, last = 0; (c = getc(in)) != EOF; last = c) {
		assert_true(size + 2 < 64 * 1024);
		if (c == '\n' && crlf && last != '\r')
			bytes[size++] = '\r';
		bytes[size++] = (char)c;
	}
	fclose(in);
	return csv_read(bytes, size, arena, out);
}

static void
compare(const char *name)
{
	char path[PATH_MAX + 300];
	struct csv_file file;
	json_error_t error;
	int stem = (int)strlen(name) - 4;

	snprintf(path, sizeof(path), "%s/csvs/%s", folder, name);
	assert_int_equal(load(path, strstr(name, "_crlf") != NULL, &file), CSV_READ);
	snprintf(path, sizeof(path), "%s/json/%.*s.json", folder, stem, name);
	json_t *expected = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (expected == NULL)
		fail_msg("%s: %s", path, error.text);
	if (json_array_size(expected) != file.record_count)
		fail_msg("%s: %zu records, expected %zu", name, file.record_count, json_array_size(expected));
	for (size_t i = 0; i < file.record_count; i++) {
		const json_t *row = json_array_get(expected, i);
		assert_int_equal(json_object_size(row), file.column_count);
		assert_int_equal(file.records[i].cell_count, file.column_count);
		for (size_t c = 0; c < file.column_count; c++)
			assert_string_equal(file.records[i].cells[c],
			                    json_string_value(json_object_get(row, file.columns[c])));
	}
	json_decref(expected);
}

static void
every_edge_case_parses_as_expected(void **state)
{
	struct dirent **entries;
	char path[PATH_MAX + 8];

	(void)state;
	snprintf(path, sizeof(path), "%s/csvs", folder);
	int count = scandir(path, &entries, is_csv, alphasort);
	if (count < 0)
		skip();
	assert_true(count >= 10);
	for (int i = 0; i < count; i++) {
		compare(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

int
main(void)
{
	struct CMUnitTest tests[] = { TEST(every_edge_case_parses_as_expected) };
	const char *data = getenv("BASSIN_TEST_DATA");
	DIR *there;

	snprintf(folder, sizeof(folder), "%s/csv-edge", data == NULL ? "../shared/data" : data);
	/* The runner reads the reason of a skip from the test's name. */
	if ((there = opendir(folder)) == NULL)
		tests[0].name = "no third-party data";
	else
		closedir(there);
	return cmocka_run_group_tests_name("cli csv edge", tests, NULL, NULL);
}
