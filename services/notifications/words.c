/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, numbers, weekdays and foreign text as they may stand in a mail: ICU formats, GLib knows the characters. */
#include "words.h"

#include <glib.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

enum { UNITS = 128, DAYS = 7, A_MONDAY = 4 };   /* 1970-01-05 */

struct words {
	enum mail_language language;
	UDateFormat *date, *weekday;
	UNumberFormat *number;
};

static UDateFormat *date_format(const char *locale, const char *pattern)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar utc[8], wide[32];
	UDateFormat *f;

	u_uastrcpy(utc, "UTC");
	u_uastrcpy(wide, pattern);
	f = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, -1, wide, -1, &status);
	return U_SUCCESS(status) ? f : NULL;
}

struct words *words_new(enum mail_language language)
{
	bool french = language == MAIL_FRENCH;
	const char *locale = french ? "fr_CA" : "en_CA";
	UErrorCode status = U_ZERO_ERROR;
	struct words *w = g_new0(struct words, 1);

	w->language = language;
	w->date = date_format(locale, french ? "d MMMM y" : "MMMM d, y");
	w->weekday = date_format(locale, "EEEE");
	w->number = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, &status);
	if (w->date == NULL || w->weekday == NULL || U_FAILURE(status))
		words_destroy(&w);
	return w;
}

void words_destroy(struct words **self)
{
	struct words *w = *self;

	if (w == NULL)
		return;
	if (w->date != NULL)
		udat_close(w->date);
	if (w->weekday != NULL)
		udat_close(w->weekday);
	if (w->number != NULL)
		unum_close(w->number);
	g_free(w);
	*self = NULL;
}

static char *narrow(const UChar *wide, int32_t len, UErrorCode status)
{
	return U_SUCCESS(status) && len < UNITS ? g_utf16_to_utf8((const gunichar2 *)wide, len, NULL, NULL, NULL) : NULL;
}

static char *format_day(const UDateFormat *f, int32_t day)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar wide[UNITS];
	int32_t len = udat_format(f, (UDate)day * 86400e3, wide, UNITS, NULL, &status);

	return narrow(wide, len, status);
}

char *words_date(const struct words *w, int32_t day)
{
	char *plain = format_day(w->date, day), *first;

	/* French says 1er, which ICU's data does not. */
	if (plain == NULL || w->language != MAIL_FRENCH || !g_str_has_prefix(plain, "1 "))
		return plain;
	first = g_strconcat("1er", plain + 1, NULL);
	g_free(plain);
	return first;
}

char *words_number(const struct words *w, int64_t hundredths)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar wide[UNITS];
	int32_t len = unum_formatDouble(w->number, (double)hundredths / 100, wide, UNITS, NULL, &status);

	return narrow(wide, len, status);
}

/* Three days or more in a row read better as a span. */
static bool is_a_span(uint32_t weekdays, int *first, int *last)
{
	*first = __builtin_ctz(weekdays);
	*last = 31 - __builtin_clz(weekdays);
	return *last - *first >= 2 && weekdays >> *first == (1u << (*last - *first + 1)) - 1;
}

static char *list_of_days(const char *names[DAYS], uint32_t weekdays, int last, bool french)
{
	GString *out = g_string_new(NULL);

	for (int d = 0; d < DAYS; d++) {
		if ((weekdays >> d & 1) == 0)
			continue;
		if (out->len > 0)
			g_string_append(out, d < last ? ", " : french ? " et " : " and ");
		g_string_append(out, names[d]);
	}
	return g_string_free(out, FALSE);
}

char *words_weekdays(const struct words *w, uint32_t weekdays)
{
	bool french = w->language == MAIL_FRENCH;
	char *names[DAYS] = { NULL }, *out = NULL;
	int first, last, known = 0;

	weekdays &= (1u << DAYS) - 1;
	if (weekdays == 0)
		return g_strdup("");
	for (int d = 0; d < DAYS; d++)
		known += (names[d] = format_day(w->weekday, A_MONDAY + d)) != NULL;
	if (known == DAYS) {
		if (is_a_span(weekdays, &first, &last))
			out = g_strdup_printf(french ? "du %s au %s" : "%s to %s", names[first], names[last]);
		else
			out = list_of_days((const char **)names, weekdays, last, french);
	}
	for (int d = 0; d < DAYS; d++)
		g_free(names[d]);
	return out;
}

enum fate { KEEP, DROP, SPACE };

static enum fate fate_of(gunichar c)
{
	if (c == 0x200c || c == 0x200d)   /* joiners: part of the spelling of Persian and Indic names */
		return KEEP;
	if (c == '\t' || c == '\n' || c == '\r' || c == 0x85)
		return SPACE;
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_SURROGATE:
		return DROP;
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return SPACE;
	default:
		return c == ' ' ? SPACE : KEEP;
	}
}

static void append_clean(GString *out, const char *valid, size_t max_bytes)
{
	bool space = false;

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		enum fate fate = fate_of(c);

		if (fate == SPACE)
			space = true;
		if (fate != KEEP)
			continue;
		if (out->len + (size_t)(g_utf8_next_char(p) - p) + 1 > max_bytes)
			return;
		if (space && out->len > 0)
			g_string_append_c(out, ' ');
		space = false;
		g_string_append_unichar(out, c);
	}
}

char *words_clean(const char *text, size_t max_bytes)
{
	GString *out = g_string_new(NULL);
	char *valid, *composed;

	if (text == NULL)
		return g_string_free(out, FALSE);
	/* Four times the room: what is dropped does not count, but no stranger's text is worked on without a bound. */
	valid = g_utf8_make_valid(text, (gssize)strnlen(text, 4 * max_bytes));
	composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
	append_clean(out, composed != NULL ? composed : valid, max_bytes);
	g_free(composed);
	g_free(valid);
	return g_string_free(out, FALSE);
}
