/* SPDX-License-Identifier: Apache-2.0 */
/* Holidays against known dates; hours, days and months with the clock as an argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "timing.h"

static struct timing office = { .opens = 8 * 60, .closes = 18 * 60, .caps = { 2, 6, 8 } };
static struct zone *toronto;

static int
zone_up(void **state)
{
	(void)state;
	toronto = zone_open("America/Toronto");
	office.zone = toronto;
	return toronto == NULL;
}

static int
zone_down(void **state)
{
	(void)state;
	zone_close(&toronto);
	return 0;
}

static int32_t
day(const char *text)
{
	int32_t d;

	assert_true(text_to_day(text, &d));
	return d;
}

/* "2026-11-20 17:59", local. */
static int64_t
at(const char *text)
{
	char date[11] = { 0 };
	int64_t hour, minute;
	char part[3] = { 0 };

	memcpy(date, text, 10);
	memcpy(part, text + 11, 2);
	assert_true(text_to_int(part, 0, 24, &hour));
	memcpy(part, text + 14, 2);
	assert_true(text_to_int(part, 0, 59, &minute));
	return zone_moment(toronto, day(date), (int)(hour * 60 + minute));
}

/* What a moment is there, as at() takes it. */
static const char *
local(int64_t ms)
{
	static char text[32];
	struct local_time t = zone_local(toronto, ms);
	char date[11];

	text_from_day(t.day, date);
	snprintf(text, sizeof text, "%s %02d:%02d", date, t.minute / 60, t.minute % 60);
	return text;
}

static const char *
open_from(const char *text)
{
	return local(timing_open_from(&office, at(text)));
}

/* ---- holidays ---------------------------------------------------------------------------------------------------- */
static void
easter_is_where_the_almanac_has_it(void **state)
{
	static const char *const sundays[] = { "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20",
		                               "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sundays); i++)
		assert_int_equal(easter_of(day_to_civil(day(sundays[i])).year), day(sundays[i]));
}

static void
the_holidays_of_a_year_are_those_that_quebec_publishes(void **state)
{
	/* Good Friday and Easter Monday both; 2 July in 2029, where the 1st is a Sunday */
	static const char *const years[][9] = {
		{ "2024-01-01", "2024-03-29", "2024-04-01", "2024-05-20", "2024-06-24", "2024-07-01", "2024-09-02", "2024-10-14",
		  "2024-12-25" },
		{ "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-19", "2025-06-24", "2025-07-01", "2025-09-01", "2025-10-13",
		  "2025-12-25" },
		{ "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-18", "2026-06-24", "2026-07-01", "2026-09-07", "2026-10-12",
		  "2026-12-25" },
		{ "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-24", "2027-06-24", "2027-07-01", "2027-09-06", "2027-10-11",
		  "2027-12-25" },
		{ "2029-01-01", "2029-03-30", "2029-04-02", "2029-05-21", "2029-06-24", "2029-07-02", "2029-09-03", "2029-10-08",
		  "2029-12-25" },
	};

	(void)state;
	for (size_t y = 0; y < COUNT_OF(years); y++) {
		int32_t first = day_from_civil(day_to_civil(day(years[y][0])).year, 1, 1), next = 0;
		for (int32_t d = first; d < first + 365; d++) {
			bool is_one = next < 9 && day(years[y][next]) == d;
			if (day_is_holiday(d) != is_one)
				fail_msg("%s: day %d", years[y][0], (int)(d - first + 1));
			next += is_one;
		}
		assert_int_equal(next, 9);
	}
}

static void
weekends_are_saturday_and_sunday(void **state)
{
	(void)state;
	assert_true(day_is_weekend(day("2026-11-21")));
	assert_true(day_is_weekend(day("2026-11-22")));
	assert_false(day_is_weekend(day("2026-11-23")));
	assert_false(day_is_weekend(day("2024-02-29")));
	assert_false(day_is_weekend(day("1970-01-01")));
	assert_true(day_is_weekend(day("1970-01-03")));
}

/* ---- zones ------------------------------------------------------------------------------------------------------- */
static void
a_zone_that_nobody_knows_is_refused(void **state)
{
	struct zone *utc = zone_open("UTC");

	(void)state;
	assert_non_null(utc);
	assert_int_equal(zone_moment(utc, 1, 90), (1440 + 90) * INT64_C(60000));
	zone_close(&utc);
	assert_null(zone_open("America/Bassin"));
	assert_null(zone_open(""));
	assert_null(zone_open("a name that is much longer than the name of any time zone can be, so that it is refused"));
}

/* 2026: forward on 8 March, 2:00 to 3:00; back on 1 November, 2:00 to 1:00. */
static void
days_on_which_the_clock_is_set_have_23_and_25_hours(void **state)
{
	(void)state;
	assert_int_equal(at("2026-03-09 00:00") - at("2026-03-08 00:00"), 23 * INT64_C(3600000));
	assert_int_equal(at("2026-11-02 00:00") - at("2026-11-01 00:00"), 25 * INT64_C(3600000));
	assert_int_equal(at("2026-03-08 24:00"), at("2026-03-09 00:00"));
	assert_string_equal(local(at("2026-03-08 02:30")), "2026-03-08 03:00"); /* skipped */
	assert_int_equal(at("2026-11-01 03:00") - at("2026-11-01 01:30"), 5 * INT64_C(1800000)); /* the first 1:30 */
	assert_int_equal(at("2026-07-01 08:00") % INT64_C(86400000), 12 * INT64_C(3600000));
	assert_int_equal(at("2026-12-01 08:00") % INT64_C(86400000), 13 * INT64_C(3600000));
}

/* ---- hours ------------------------------------------------------------------------------------------------------- */
static void
mail_goes_within_the_hours_of_workdays(void **state)
{
	(void)state;
	assert_string_equal(open_from("2026-11-20 17:59"), "2026-11-20 17:59"); /* a Friday */
	assert_string_equal(open_from("2026-11-20 18:00"), "2026-11-23 08:00");
	assert_string_equal(open_from("2026-11-21 12:00"), "2026-11-23 08:00");
	assert_string_equal(open_from("2026-11-23 07:59"), "2026-11-23 08:00");
	assert_string_equal(open_from("2026-11-23 08:00"), "2026-11-23 08:00");
	assert_string_equal(open_from("2024-02-28 23:00"), "2024-02-29 08:00");
	assert_string_equal(open_from("2024-02-29 18:30"), "2024-03-01 08:00");
	/* summer time begins and ends on a Sunday */
	assert_string_equal(open_from("2026-03-06 19:00"), "2026-03-09 08:00");
	assert_string_equal(open_from("2026-10-30 19:00"), "2026-11-02 08:00");
}

static void
holidays_in_a_row_are_waited_out(void **state)
{
	(void)state;
	assert_string_equal(open_from("2026-04-02 18:00"), "2026-04-07 08:00"); /* Thursday, Good Friday, Easter Monday */
	assert_string_equal(open_from("2026-12-24 18:00"), "2026-12-28 08:00"); /* Christmas is a Friday */
	assert_string_equal(open_from("2026-12-31 20:00"), "2027-01-04 08:00");
	assert_string_equal(open_from("2029-06-29 18:00"), "2029-07-03 08:00"); /* 1 July is a Sunday: Monday, too */
	assert_string_equal(open_from("2026-06-24 10:00"), "2026-06-25 08:00");
}

static void
settings_open_all_days_and_hours(void **state)
{
	const struct timing always = { .zone = toronto, .closes = MINUTES_OF_DAY, .weekends = true, .holidays = true };
	const int64_t christmas = at("2027-12-25 23:59"), sunday = at("2026-03-08 03:00");

	(void)state;
	assert_int_equal(timing_open_from(&always, christmas), christmas);
	assert_int_equal(timing_open_from(&always, sunday), sunday);
	assert_int_equal(timing_cap(&always, 0), INT64_MAX);
}

static void
months_begin_and_end_at_local_midnight(void **state)
{
	(void)state;
	assert_string_equal(local(timing_month_begins(&office, at("2026-11-30 23:59"))), "2026-11-01 00:00");
	assert_string_equal(local(timing_month_ends(&office, at("2026-11-30 23:59"))), "2026-12-01 00:00");
	assert_string_equal(local(timing_month_ends(&office, at("2024-02-29 12:00"))), "2024-03-01 00:00");
	assert_string_equal(local(timing_month_ends(&office, at("2026-12-31 23:59"))), "2027-01-01 00:00");
	assert_string_equal(local(timing_month_begins(&office, at("2026-12-01 00:00"))), "2026-12-01 00:00");
}

/* ---- people ------------------------------------------------------------------------------------------------------ */
/* "why due" of a person whose last message was made then; "" is never. */
static const char *
judged(enum frequency f, bool urgent, const char *last, const char *now)
{
	const struct turn turn = { urgent, f, last[0] == '\0' ? 0 : at(last) };
	static char text[64];
	int64_t due_ms;
	enum queue_why why = timing_judge(&office, at(now), &turn, &due_ms);

	snprintf(text, sizeof text, "%s %s", queue_why_to_text(why), local(due_ms));
	return text;
}

static void
a_person_gets_one_message_a_day_or_a_week(void **state)
{
	(void)state;
	assert_string_equal(judged(FREQUENCY_DAILY, false, "", "2026-11-20 10:00"), " 2026-11-20 10:00");
	assert_string_equal(judged(FREQUENCY_DAILY, false, "2026-11-19 17:59", "2026-11-20 08:00"), " 2026-11-20 08:00");
	assert_string_equal(judged(FREQUENCY_DAILY, false, "2026-11-19 08:00", "2026-11-19 17:00"), "next_digest 2026-11-20 08:00");
	assert_string_equal(judged(FREQUENCY_DAILY, false, "2026-11-20 08:00", "2026-11-20 17:00"), "next_digest 2026-11-23 08:00");
	assert_string_equal(judged(FREQUENCY_DAILY, false, "", "2026-11-20 18:00"), "quiet_hours 2026-11-23 08:00");
	assert_string_equal(judged(FREQUENCY_WEEKLY, false, "2026-11-20 17:59", "2026-11-26 10:00"),
	                    "next_digest 2026-11-27 08:00");
	assert_string_equal(judged(FREQUENCY_WEEKLY, false, "2026-11-20 17:59", "2026-11-27 08:00"), " 2026-11-27 08:00");
	assert_string_equal(judged(FREQUENCY_WEEKLY, false, "2026-03-30 09:00", "2026-04-01 09:00"),
	                    "next_digest 2026-04-07 08:00"); /* Easter Monday */
	assert_string_equal(judged(FREQUENCY_NOW, false, "2026-11-20 10:00", "2026-11-20 10:01"), " 2026-11-20 10:01");
	assert_string_equal(judged(FREQUENCY_NOW, false, "2026-11-20 10:00", "2026-11-20 19:00"),
	                    "quiet_hours 2026-11-23 08:00");
}

static void
urgent_mail_goes_at_any_hour_but_never_is_never(void **state)
{
	(void)state;
	assert_string_equal(judged(FREQUENCY_WEEKLY, true, "2026-12-24 10:00", "2026-12-25 03:00"), " 2026-12-25 03:00");
	assert_string_equal(judged(FREQUENCY_NEVER, true, "", "2026-11-20 10:00"), "never 2026-11-20 10:00");
	assert_string_equal(judged(FREQUENCY_NEVER, false, "", "2026-11-20 10:00"), "never 2026-11-20 10:00");
	assert_true(timing_is_near(&office, at("2026-12-28 10:00"), day("2027-01-11")));
	assert_false(timing_is_near(&office, at("2026-12-27 23:59"), day("2027-01-11")));
	assert_true(timing_is_near(&office, at("2027-01-12 10:00"), day("2027-01-11")));
}

static void
a_firm_is_asked_so_often_a_month(void **state)
{
	int64_t due_ms;

	(void)state;
	assert_int_equal(timing_cap(&office, 0), 2);
	assert_int_equal(timing_cap(&office, 9), 2);
	assert_int_equal(timing_cap(&office, 10), 6);
	assert_int_equal(timing_cap(&office, 49), 6);
	assert_int_equal(timing_cap(&office, 50), 8);
	assert_int_equal(timing_cap(&office, 1000000), 8);
	assert_int_equal(timing_cap_judge(&office, at("2026-12-10 10:00"), 0, 1, &due_ms), WHY_NOTHING);
	assert_int_equal(timing_cap_judge(&office, at("2026-12-10 10:00"), 0, 2, &due_ms), WHY_CAPPED);
	assert_string_equal(local(due_ms), "2027-01-04 08:00"); /* New Year's Day is a Friday */
	assert_int_equal(timing_cap_judge(&office, at("2026-12-10 10:00"), 12, 5, &due_ms), WHY_NOTHING);
}

static void
words_are_found_and_no_others(void **state)
{
	enum frequency f;
	enum scope s;

	(void)state;
	assert_true(frequency_from_text("weekly", &f) && f == FREQUENCY_WEEKLY);
	assert_string_equal(frequency_to_text(FREQUENCY_NEVER), "never");
	assert_false(frequency_from_text("hourly", &f));
	assert_false(frequency_from_text("", &f));
	assert_true(scope_from_text("firm", &s) && s == SCOPE_FIRM);
	assert_false(scope_from_text("all", &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(easter_is_where_the_almanac_has_it),
		cmocka_unit_test(the_holidays_of_a_year_are_those_that_quebec_publishes),
		cmocka_unit_test(weekends_are_saturday_and_sunday),
		cmocka_unit_test(a_zone_that_nobody_knows_is_refused),
		cmocka_unit_test(days_on_which_the_clock_is_set_have_23_and_25_hours),
		cmocka_unit_test(mail_goes_within_the_hours_of_workdays),
		cmocka_unit_test(holidays_in_a_row_are_waited_out),
		cmocka_unit_test(settings_open_all_days_and_hours),
		cmocka_unit_test(months_begin_and_end_at_local_midnight),
		cmocka_unit_test(a_person_gets_one_message_a_day_or_a_week),
		cmocka_unit_test(urgent_mail_goes_at_any_hour_but_never_is_never),
		cmocka_unit_test(a_firm_is_asked_so_often_a_month),
		cmocka_unit_test(words_are_found_and_no_others),
	};

	return cmocka_run_group_tests(tests, zone_up, zone_down);
}
