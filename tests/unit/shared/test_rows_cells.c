/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of cell: what it takes, its canonical text, and each refusal with its code and what is allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "service/cells.h"

static struct arena *arena;

static const struct choice colours[] = { { "red", 3 }, { "green", 5 }, { NULL, 0 } };
static const struct column text = COLUMN_TEXT("text", 0, 5), lines = COLUMN_LINES("lines", 0, 9),
	id = COLUMN_ID("id", COLUMN_MUST), ref = COLUMN_REF("ref", 0), seats = COLUMN_INT("seats", 0, 1, 500, NULL),
	tier = COLUMN_INT("tier", 0, 0, 99, "0"), hours = COLUMN_SCALED("hours", 0, 2, 100, 6000),
	latitude = COLUMN_LATITUDE("latitude", 0), yes = COLUMN_BOOL("yes", 0, "yes"), day = COLUMN_DATE("day", 0),
	colour = COLUMN_CHOICE("colour", 0, colours, NULL), days = COLUMN_CHOICES("days", 0, choices_weekdays),
	types = COLUMN_CHOICES("types", 0, choices_wil_types), ids = COLUMN_IDS("ids", CELL_REQUIRED, 3),
	reserves = COLUMN_RESERVES("reserves", 0, 2), email = COLUMN_EMAIL("email", 0), postal = COLUMN_POSTAL("postal", 0),
	phone = COLUMN_PHONE("phone", 0), neq = COLUMN_DIGITS("neq", 0, 10, 10), naics = COLUMN_DIGITS("naics", 0, 2, 6);

static struct cell cell;
static struct flaw flaw;

static enum cell_result
parse(const struct column *c, const char *given)
{
	return cell_parse(c, "cegep-a", given, strlen(given), arena, &cell, &flaw);
}

static void
takes(const struct column *c, const char *given, const char *canonical, int64_t number)
{
	if (parse(c, given) != CELL_OK)
		fail_msg("%s \"%s\": %s(%s)", c->name, given, flaw.code, flaw.allowed);
	assert_string_equal(cell.text, canonical);
	assert_int_equal(cell.number, number);
	assert_int_equal(cell.state, CELL_GIVEN);
}

static void
refuses(const struct column *c, const char *given, const char *code, const char *allowed)
{
	if (parse(c, given) != CELL_FLAWED)
		fail_msg("%s \"%s\" was taken as \"%s\"", c->name, given, cell.text);
	assert_string_equal(flaw.code, code);
	assert_string_equal(flaw.field, c->name);
	assert_string_equal(flaw.allowed, allowed);
	assert_string_equal(cell.text, "");
}

static void
text_is_one_printable_line(void **state)
{
	(void)state;
	takes(&text, "  Été \t", "Été", 0);
	takes(&text, "éééé€", "éééé€", 0);              /* characters count, not bytes */
	refuses(&text, "sixsix", "too_long", "5");
	refuses(&text, "a\nb", "not_text", "UTF-8, one line");
	refuses(&text, "a\033b", "not_text", "UTF-8, one line");
	refuses(&text, "\xc3(", "not_text", "UTF-8");
	refuses(&text, "a\xe2\x80\xae" "b", "not_text", "UTF-8, one line");     /* turns the reading direction around */
	takes(&lines, "a\r\nb\rc", "a\nb\nc", 0);
	refuses(&lines, "1234567890", "too_long", "9");
	refuses(&lines, "a\vb", "not_text", "UTF-8");
}

static void
text_with_a_nul_is_no_text(void **state)
{
	(void)state;
	assert_int_equal(cell_parse(&text, "", "a\0b", 3, arena, &cell, &flaw), CELL_FLAWED);
	assert_string_equal(flaw.code, "not_text");
}

static void
a_cell_beyond_all_bounds_is_refused_before_it_is_read(void **state)
{
	static char huge[100000];

	(void)state;
	memset(huge, 'x', sizeof huge - 1);
	refuses(&text, huge, "too_long", "500");
	refuses(&lines, huge, "too_long", "5000");
}

static void
ids_and_references(void **state)
{
	char longest[130];

	(void)state;
	memset(longest, 'i', 128);
	longest[128] = '\0';
	takes(&id, longest, longest, 0);
	takes(&id, " P-1 ", "P-1", 0);
	memset(longest, 'i', 129);
	longest[129] = '\0';
	refuses(&id, longest, "bad_id", "1..128");
	refuses(&id, "a/b", "bad_id", "1..128");
	refuses(&id, "a|b", "bad_id", "1..128");
	refuses(&id, "", "required", "");
	refuses(&id, "  ", "required", "");
	takes(&ref, "P1", "cegep-a/P1", 0);
	takes(&ref, "cegep-b/P1", "cegep-b/P1", 0);
	refuses(&ref, "cegep-b/", "bad_id", "college/external_id");
	refuses(&ref, "a/b/c", "bad_id", "college/external_id");
	assert_int_equal(cell_parse(&ref, "", "P1", 2, arena, &cell, &flaw), CELL_FLAWED);      /* nobody's own */
}

static void
numbers_have_a_range_and_a_step(void **state)
{
	(void)state;
	takes(&seats, "007", "7", 7);
	refuses(&seats, "0", "out_of_range", "1..500");
	refuses(&seats, "501", "out_of_range", "1..500");
	refuses(&seats, "-3", "out_of_range", "1..500");
	refuses(&seats, "99999999999999999999999", "out_of_range", "1..500");
	refuses(&seats, "two", "not_a_number", "1..500");
	refuses(&seats, "2.0", "not_a_number", "1..500");
	refuses(&seats, "2-2", "not_a_number", "1..500");
	refuses(&seats, "-", "not_a_number", "1..500");
	takes(&hours, "37.5", "37.5", 3750);
	takes(&hours, "37,50", "37.5", 3750);
	takes(&hours, "35", "35", 3500);
	takes(&hours, "7.05", "7.05", 705);
	refuses(&hours, "37.505", "not_a_number", "1..60 0.01");
	refuses(&hours, "0.99", "out_of_range", "1..60 0.01");
	refuses(&hours, "60.01", "out_of_range", "1..60 0.01");
	takes(&latitude, "45.4035632", "45.4035632", 454035632);
	takes(&latitude, "-45,40356326", "-45.4035633", -454035633);    /* more decimals than we keep: rounded */
	takes(&latitude, "45.500", "45.5", 455000000);
	refuses(&latitude, "90.1", "out_of_range", "-90..90 0.0000001");
	refuses(&latitude, "N45", "not_a_number", "-90..90 0.0000001");
	refuses(&latitude, "45.12345678x", "not_a_number", "-90..90 0.0000001");
}

static void
an_empty_cell_clears_to_the_initial_value(void **state)
{
	(void)state;
	assert_int_equal(parse(&tier, ""), CELL_OK);
	assert_int_equal(cell.state, CELL_CLEARED);
	assert_string_equal(cell.text, "0");
	assert_int_equal(parse(&yes, " "), CELL_OK);
	assert_int_equal(cell.state, CELL_CLEARED);
	assert_true(cell_is_yes(&cell));
	assert_int_equal(parse(&seats, ""), CELL_OK);
	assert_int_equal(cell.state, CELL_CLEARED);
	assert_false(cell_has(&cell));
}

static void
yes_and_no_in_both_languages(void **state)
{
	(void)state;
	takes(&yes, "Oui", "yes", 1);
	takes(&yes, "1", "yes", 1);
	takes(&yes, "TRUE", "yes", 1);
	takes(&yes, "non", "no", 0);
	refuses(&yes, "maybe", "not_in_list", "yes|no|oui|non|true|false|1|0");
}

static void
dates_are_days_of_the_calendar(void **state)
{
	(void)state;
	takes(&day, "2027-01-11", "2027-01-11", 20829);
	refuses(&day, "2027-02-29", "not_a_date", "yyyy-mm-dd");
	refuses(&day, "11/01/2027", "not_a_date", "yyyy-mm-dd");
	refuses(&day, "2027-1-11", "not_a_date", "yyyy-mm-dd");
}

static void
choices_name_what_is_allowed(void **state)
{
	(void)state;
	takes(&colour, "GREEN", "green", 5);
	refuses(&colour, "blue", "not_in_list", "red|green");
	takes(&days, "we| mo |fr", "mo|we|fr", 21);
	assert_int_equal(cell.entry_count, 3);
	refuses(&days, "mo|mo", "duplicate", "");
	refuses(&days, "mo|lundi", "not_in_list", "mo|tu|we|th|fr|sa|su");
	takes(&types, "coop|competition", "coop|competition", 1 << 3 | 1 << 15);
	assert_int_equal(parse(&days, "| |"), CELL_OK);
	assert_int_equal(cell.state, CELL_CLEARED);
}

static void
lists_of_ids_and_reserves(void **state)
{
	(void)state;
	takes(&ids, "a| b||c|", "a|b|c", 0);
	assert_int_equal(cell.entry_count, 3);
	assert_string_equal(cell.entries[1], "b");
	refuses(&ids, "a|b|c|d", "too_long", "3");
	refuses(&ids, "a|b|a", "duplicate", "");
	refuses(&ids, "a|b/c", "bad_id", "1..128");
	refuses(&ids, "|", "required", "");
	refuses(&ids, "", "required", "");
	takes(&reserves, "g1:2 | g2:01", "g1:2|g2:1", 0);
	refuses(&reserves, "g1:2|g2: 1", "bad_format", "group:1..500");
	takes(&reserves, "g1:2|g2:1", "g1:2|g2:1", 0);
	assert_int_equal(reserve_seats(cell.entries[0]), 2);
	assert_int_equal(reserve_group_size(cell.entries[0]), 2);
	refuses(&reserves, "g1", "bad_format", "group:1..500");
	refuses(&reserves, "g1:0", "bad_format", "group:1..500");
	refuses(&reserves, ":3", "bad_format", "group:1..500");
	refuses(&reserves, "g1:1|g1:2", "duplicate", "");
	refuses(&reserves, "a:1|b:1|c:1", "too_long", "2");
}

static void
addresses_codes_and_telephones(void **state)
{
	(void)state;
	takes(&email, "ana.roy@ferme.example", "ana.roy@ferme.example", 0);
	refuses(&email, "ana@roy@ferme.example", "bad_address", "exactly one @");
	refuses(&email, "ana", "bad_address", "exactly one @");
	takes(&postal, "j1h4a7", "J1H 4A7", 0);
	takes(&postal, "J1H-4A7", "J1H 4A7", 0);
	refuses(&postal, "J1H 4AO", "bad_format", "A1A 1A1, no D F I O Q U, no W Z first");
	refuses(&postal, "D1H 4A7", "bad_format", "A1A 1A1, no D F I O Q U, no W Z first");
	refuses(&postal, "W1H 4A7", "bad_format", "A1A 1A1, no D F I O Q U, no W Z first");
	refuses(&postal, "90210", "bad_format", "A1A 1A1");
	refuses(&postal, "J1H 4A7 2", "bad_format", "A1A 1A1");
	takes(&phone, "+1 (819) 555-0134 poste 22", "+1 (819) 555-0134 poste 22", 0);
	takes(&phone, "819.555.0134 x7", "819.555.0134 x7", 0);
	refuses(&phone, "555", "bad_format", "7..20 digits, + - ( ) . # x");
	refuses(&phone, "call Ana 8195550134", "bad_format", "7..20 digits, + - ( ) . # x");
	takes(&neq, "1143920115", "1143920115", 0);
	refuses(&neq, "114392011", "bad_format", "10 digits");
	refuses(&naics, "1", "bad_format", "2..6 digits");
}

static void
memory_that_runs_out_is_weather_not_a_flaw(void **state)
{
	struct arena *small = arena_new(64);

	(void)state;
	assert_non_null(small);
	const char *long_list = "aaaaaaaaaaaaaaaaaaaaaaaaaaaa|bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb|ccccccccccccccccccc";
	assert_int_equal(cell_parse(&ids, "", long_list, strlen(long_list), small, &cell, &flaw), CELL_NO_MEMORY);
	arena_destroy(&small);
}

static int
open_arena(void **state)
{
	(void)state;
	arena = arena_new(16 * MiB);
	return arena == NULL ? -1 : 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_destroy(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_one_printable_line),
		cmocka_unit_test(text_with_a_nul_is_no_text),
		cmocka_unit_test(a_cell_beyond_all_bounds_is_refused_before_it_is_read),
		cmocka_unit_test(ids_and_references),
		cmocka_unit_test(numbers_have_a_range_and_a_step),
		cmocka_unit_test(an_empty_cell_clears_to_the_initial_value),
		cmocka_unit_test(yes_and_no_in_both_languages),
		cmocka_unit_test(dates_are_days_of_the_calendar),
		cmocka_unit_test(choices_name_what_is_allowed),
		cmocka_unit_test(lists_of_ids_and_reserves),
		cmocka_unit_test(addresses_codes_and_telephones),
		cmocka_unit_test(memory_that_runs_out_is_weather_not_a_flaw),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
