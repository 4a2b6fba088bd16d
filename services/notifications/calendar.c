/* SPDX-License-Identifier: Apache-2.0 */
/* Holidays by rule; wall times by ICU. */
#include "calendar.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/crash.h"
#include "base/text.h"

#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define ZONE_NAME_MAX 64

/* ---- days -------------------------------------------------------------------------------------------------------- */
/* Monday 0 .. Sunday 6; 1970-01-01 was a Thursday. */
static int
weekday_of(int32_t days)
{
	return ((days + 3) % 7 + 7) % 7;
}

bool
day_is_weekend(int32_t days)
{
	return weekday_of(days) >= 5;
}

int32_t
easter_of(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451, month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;

	return day_from_civil(year, month, day);
}

/* The Monday on or before a day. */
static int32_t
monday_until(int32_t days)
{
	return days - weekday_of(days);
}

bool
day_is_holiday(int32_t days)
{
	int year = day_to_civil(days).year;
	int32_t easter = easter_of(year), canada_day = day_from_civil(year, 7, 1);
	const int32_t all[] = {
		day_from_civil(year, 1, 1),
		easter - 2, /* Good Friday */
		easter + 1,
		monday_until(day_from_civil(year, 5, 24)), /* National Patriots' Day: precedes the 25th */
		day_from_civil(year, 6, 24),
		weekday_of(canada_day) == 6 ? canada_day + 1 : canada_day,
		monday_until(day_from_civil(year, 9, 7)), /* Labour Day: the first one */
		monday_until(day_from_civil(year, 10, 14)), /* Thanksgiving: the second one */
		day_from_civil(year, 12, 25),
	};

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		if (all[i] == days)
			return true;
	}
	return false;
}

/* ---- zones ------------------------------------------------------------------------------------------------------- */
struct zone {
	UCalendar *calendar;
};

/* ICU takes an unknown name for Greenwich's time without a word, so it is asked first whether it knows it. */
static UCalendar *
calendar_open(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar wide[ZONE_NAME_MAX], canonical[ZONE_NAME_MAX];
	UBool is_known = false;

	if (strlen(name) >= ZONE_NAME_MAX)
		return NULL;
	u_uastrcpy(wide, name);
	(void)ucal_getCanonicalTimeZoneID(wide, -1, canonical, ZONE_NAME_MAX, &is_known, &status);
	if (U_FAILURE(status) || !is_known)
		return NULL;
	UCalendar *c = ucal_open(wide, -1, "en_CA", UCAL_GREGORIAN, &status);
	if (U_FAILURE(status))
		return NULL;
	ucal_setAttribute(c, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
	ucal_setAttribute(c, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
	return c;
}

struct zone *
zone_open(const char *name)
{
	struct zone *z = calloc(1, sizeof *z);

	if (z != NULL && (z->calendar = calendar_open(name)) == NULL)
		zone_close(&z);
	return z;
}

void
zone_close(struct zone **self)
{
	if (*self == NULL)
		return;
	if ((*self)->calendar != NULL)
		ucal_close((*self)->calendar);
	free(*self);
	*self = NULL;
}

struct local_time
zone_local(const struct zone *z, int64_t at_ms)
{
	UErrorCode status = U_ZERO_ERROR;

	ucal_setMillis(z->calendar, (UDate)at_ms, &status);
	int64_t local_ms = at_ms + ucal_get(z->calendar, UCAL_ZONE_OFFSET, &status) + ucal_get(z->calendar, UCAL_DST_OFFSET, &status);
	BUG_IF(U_FAILURE(status) || local_ms < 0); /* the clock stands before 1970 */
	return (struct local_time){ (int32_t)(local_ms / DAY_MS), (int)(local_ms % DAY_MS / MINUTE_MS) };
}

int64_t
zone_moment(const struct zone *z, int32_t day, int minute)
{
	struct civil_day d = day_to_civil(day + minute / MINUTES_OF_DAY);
	UErrorCode status = U_ZERO_ERROR;

	minute %= MINUTES_OF_DAY;
	ucal_clear(z->calendar);
	ucal_setDateTime(z->calendar, d.year, d.month - 1, d.day, minute / 60, minute % 60, 0, &status);
	UDate at = ucal_getMillis(z->calendar, &status);
	BUG_IF(U_FAILURE(status));
	return (int64_t)at;
}
