/* SPDX-License-Identifier: Apache-2.0 */
/* The table of postal codes: both delimiters, headers, the mean of an area, what is left out, and files that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "service/places.h"

static struct places *
load(const char *content, enum places_result expected)
{
	char path[] = "/tmp/bassin-places-XXXXXX";
	struct places *p = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	assert_int_equal(close(fd), 0);
	assert_int_equal(places_load(path, &p), expected);
	assert_int_equal(unlink(path), 0);
	return p;
}

static void
finds(const struct places *p, const char *code, int32_t latitude, int32_t longitude)
{
	struct place at;

	assert_true(places_find(p, code, &at));
	assert_int_equal(at.latitude_e7, latitude);
	assert_int_equal(at.longitude_e7, longitude);
}

static void
a_code_is_found_whole_and_else_by_its_area(void **state)
{
	struct places *p = load("Postal Code;Latitude;Longitude;Sample\r\nJ1H 4A7;45.4000001;-71.9;\"a;b\"\r\n"
	                        "j1h4a8;45.4000004;-71.7\r\nH2X1Y4;45.5;-73.6\r\n", PLACES_OK);
	struct place at;

	(void)state;
	assert_int_equal(places_count(p), 3);
	assert_int_equal(places_left_out(p), 0);
	finds(p, "J1H 4A7", 454000001, -719000000);
	finds(p, "J1H9Z9", 454000003, -718000000);      /* 2.5 rounds away from zero */
	finds(p, "H2X 1Y4", 455000000, -736000000);
	assert_false(places_find(p, "G1R 2B5", &at));
	assert_false(places_find(p, "", &at));
	assert_false(places_find(p, "nonsense", &at));
	places_destroy(&p);
	assert_null(p);
	places_destroy(&p);
}

static void
commas_a_mark_and_no_header_do_as_well(void **state)
{
	struct places *p = load("\xef\xbb\xbfJ1H4A7,45.4,-71.9\nJ1H4A7,10,10\nJ1X1A1,91,0\nnot a code,1,2\n\n", PLACES_OK);

	(void)state;
	assert_int_equal(places_count(p), 1);
	assert_int_equal(places_left_out(p), 3);        /* again, out of range, no code */
	finds(p, "J1H 4A7", 454000000, -719000000);     /* the first stands */
	places_destroy(&p);
}

static void
decimal_commas_go_with_semicolons(void **state)
{
	struct places *p = load("J1H4A7;45,4;-71,9", PLACES_OK);

	(void)state;
	finds(p, "J1H 4A7", 454000000, -719000000);
	places_destroy(&p);
}

static void
a_file_that_is_none_is_said_to_be_so(void **state)
{
	struct places *p = NULL;

	(void)state;
	assert_null(load("code;latitude;longitude\n", PLACES_EMPTY));
	assert_null(load("", PLACES_EMPTY));
	assert_int_equal(places_load("/nowhere/places.csv", &p), PLACES_UNREADABLE);
	assert_int_equal(places_load("/tmp", &p), PLACES_UNREADABLE);
	assert_null(p);
	assert_int_equal(places_load("", &p), PLACES_OK);
	assert_int_equal(places_count(p), 0);
	places_destroy(&p);
}

static void
own_coordinates_come_before_the_code(void **state)
{
	struct places *p = load("J1H4A7;45.4;-71.9\n", PLACES_OK);
	struct cell none = { .text = "" }, lat = { .text = "46", .number = 460000000 },
	            lon = { .text = "-72", .number = -720000000 }, code = { .text = "J1H 4A7" };
	struct place at;

	(void)state;
	assert_true(place_of_cells(p, &lat, &lon, &code, &at));
	assert_int_equal(at.latitude_e7, 460000000);
	assert_true(place_of_cells(p, &none, &none, &code, &at));
	assert_int_equal(at.latitude_e7, 454000000);
	assert_false(place_of_cells(p, &none, &none, &none, &at));
	assert_false(place_of_cells(NULL, &none, &none, &code, &at));
	places_destroy(&p);
}

static void
many_codes_make_one_table(void **state)
{
	static char content[40 * 8000];
	size_t at = 0;

	(void)state;
	for (int i = 0; i < 8000; i++)
		at += (size_t)snprintf(content + at, sizeof content - at, "J%dH%dA%d;45.%04d;-71.9\n", i / 100 % 10, i / 10 % 10,
		                       i % 10, i);
	struct places *p = load(content, PLACES_OK);
	assert_int_equal(places_count(p), 1000);
	finds(p, "J0H 0A0", 450000000, -719000000);
	finds(p, "J9H 9A9", 450999000, -719000000);
	places_destroy(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_found_whole_and_else_by_its_area),
		cmocka_unit_test(commas_a_mark_and_no_header_do_as_well),
		cmocka_unit_test(decimal_commas_go_with_semicolons),
		cmocka_unit_test(a_file_that_is_none_is_said_to_be_so),
		cmocka_unit_test(own_coordinates_come_before_the_code),
		cmocka_unit_test(many_codes_make_one_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
