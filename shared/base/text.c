/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Bytes of the sequence that starts at b, its code point in *cp; 0 when it is not sound. */
static size_t
utf8_next(const unsigned char *b, size_t left, uint32_t *cp)
{
	size_t size = b[0] < 0x80 ? 1 : (b[0] & 0xe0) == 0xc0 ? 2 : (b[0] & 0xf0) == 0xe0 ? 3 : (b[0] & 0xf8) == 0xf0 ? 4 : 0;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (size == 0 || size > left)
		return 0;
	*cp = size == 1 ? b[0] : b[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (b[i] & 0x3f);
	}
	return *cp < least[size] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff) ? 0 : size;
}

bool
text_is_utf8(const char *bytes, size_t size)
{
	const unsigned char *b = (const unsigned char *)bytes;
	uint32_t cp;

	for (size_t at = 0, step; at < size; at += step) {
		step = utf8_next(b + at, size - at, &cp);
		if (step == 0 || cp == 0)
			return false;
	}
	return true;
}

static bool
is_control(uint32_t cp, bool several_lines)
{
	if (several_lines && (cp == '\n' || cp == '\r' || cp == '\t'))
		return false;
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

bool
text_is_printable(const char *utf8, bool several_lines)
{
	size_t size = strlen(utf8);
	uint32_t cp;

	for (size_t at = 0, step; at < size; at += step) {
		step = utf8_next((const unsigned char *)utf8 + at, size - at, &cp);
		if (step == 0 || is_control(cp, several_lines))
			return false;
	}
	return true;
}

bool
text_is_id(const char *utf8)
{
	size_t size = strlen(utf8);

	return size >= 1 && size <= 128 && text_is_printable(utf8, false) && strpbrk(utf8, "/|") == NULL && utf8[0] != ' ' &&
	       utf8[size - 1] != ' ';
}

bool
text_to_int(const char *text, int64_t min, int64_t max, int64_t *out)
{
	return strpbrk(text, ".,") == NULL && text_to_scaled(text, 0, min, max, out);
}

bool
text_to_scaled(const char *text, unsigned places, int64_t min, int64_t max, int64_t *out)
{
	const char *p = text;
	bool negative = *p == '-';
	int64_t value = 0;
	unsigned decimals = 0;
	bool point = false, digits = false;

	for (p += negative; *p != '\0'; p++) {
		if ((*p == '.' || *p == ',') && !point) {
			point = true;
			continue;
		}
		if (!isdigit((unsigned char)*p) || (point && ++decimals > places))
			return false;
		digits = true;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value))
			return false;
	}
	if (!digits || (point && decimals == 0))
		return false;
	for (; decimals < places; decimals++) {
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	}
	if (negative)
		value = -value;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool
text_to_bool(const char *text, bool *out)
{
	static const char *const yes[] = { "yes", "oui", "true", "1" }, *const no[] = { "no", "non", "false", "0" };

	for (size_t i = 0; i < COUNT_OF(yes); i++) {
		if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
			*out = strcasecmp(text, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

/* Days from civil date and back: the usual era arithmetic, March as the first month (Gregorian, 400-year eras). */
int32_t
day_from_civil(int year, int month, int day)
{
	int y = year - (month <= 2);
	int era = y / 400, yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

bool
text_to_day(const char *text, int32_t *days)
{
	char again[11];

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || strspn(text, "0123456789-") != 10)
		return false;
	int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	int month = (text[5] - '0') * 10 + (text[6] - '0'), day = (text[8] - '0') * 10 + (text[9] - '0');
	if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*days = day_from_civil(year, month, day);
	text_from_day(*days, again);
	return memcmp(again, text, 10) == 0;   /* the 30th of February comes back as another day */
}

struct civil_day
day_to_civil(int32_t days)
{
	int64_t z = (int64_t)days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int day = (int)(doy - (153 * mp + 2) / 5 + 1), month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil_day){ (int)(yoe + era * 400 + (month <= 2)), month, day };
}

void
text_from_day(int32_t days, char out[11])
{
	struct civil_day d = day_to_civil(days);
	char text[32];

	(void)snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)d.year % 10000, (unsigned)d.month % 100, (unsigned)d.day % 100);
	memcpy(out, text, 11);
	out[10] = '\0';
}
