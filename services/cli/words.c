/* SPDX-License-Identifier: Apache-2.0 */
/* Units and bits: types.proto, learner.proto, and services/matching/schema. */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "table.h"

/* clang-format off */
static const struct { const char *word, *text; } weekdays[] = {
	{ "mo", N_("Monday") }, { "tu", N_("Tuesday") }, { "we", N_("Wednesday") }, { "th", N_("Thursday") },
	{ "fr", N_("Friday") }, { "sa", N_("Saturday") }, { "su", N_("Sunday") },
}, languages[] = { { "fr", N_("French") }, { "en", N_("English") } },
/* By their numbers in types.proto, from 1. */
wil_types[] = {
	{ "applied_research", N_("applied research project") }, { "apprenticeship", N_("apprenticeship") },
	{ "coop", N_("co-operative education") }, { "entrepreneurship", N_("entrepreneurship") },
	{ "field_placement", N_("field placement") }, { "internship", N_("internship") },
	{ "practicum", N_("mandatory practicum") }, { "service_learning", N_("service learning") },
	{ "work_experience", N_("work experience") }, { "consulting", N_("consulting engagement") },
	{ "micro_placement", N_("micro-placement") }, { "online_project", N_("online project") },
	{ "incubator", N_("incubator") }, { "industry_project", N_("industry project") },
	{ "competition", N_("hackathon or case competition") },
};
/* What a line of an export is about. */
static const struct { const char *word, *text; } subjects[] = {
	{ "left_out", N_("a wish left out") }, { "withdrawal", N_("she has left the round") },
	{ "same_person", N_("in the round twice") }, { "ranking", N_("her ranking") },
	{ "direct_offer", N_("her direct offer") }, { "standing", N_("where she stood") },
	{ "employer_ranking", N_("an employer's ranking") }, { "placement", N_("a placement") },
	{ "summary", N_("her college's summary") },
};

enum unit { DAY, HUNDREDTHS, DEGREES, METRES, WEEKDAYS, LANGUAGES, TYPE, TYPES };
static const struct { const char *name; enum unit unit; } units[] = {
	{ "starts_on", DAY }, { "ends_on", DAY }, { "available_from", DAY }, { "available_to", DAY }, { "paused_until", DAY },
	{ "hours_hundredths", HUNDREDTHS }, { "max_distance_m", METRES },
	{ "latitude_e7", DEGREES }, { "longitude_e7", DEGREES }, { "place_latitude_e7", DEGREES },
	{ "place_longitude_e7", DEGREES },
	{ "weekdays", WEEKDAYS }, { "languages", LANGUAGES }, { "wil_type", TYPE }, { "wil_types", TYPES },
};
/* clang-format on */
#define LARGEST_DAY 84371 /* 2200-12-31 */

static const char *
or_value(const char *text, const char *value)
{
	return text != NULL ? text : value;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */
static const char *
joined(struct arena *a, const char *out, const char *word)
{
	return out == NULL ? NULL : arena_printf(a, "%s%s%s", out, out[0] == '\0' ? "" : "|", word);
}

/* Words of the bits that are set, the first bit's word first; a bit without a word: NULL. */
#define OF_BITS(a, bits, table) of_bits(a, bits, &(table)[0].word, COUNT_OF(table), sizeof (table)[0])

static const char *
of_bits(struct arena *a, int64_t bits, const char *const *first, size_t count, size_t stride)
{
	const char *out = "";

	for (size_t i = 0; i < count; i++)
		if ((bits >> i & 1) != 0)
			out = joined(a, out, *(const char *const *)(const void *)((const char *)first + i * stride));
	return bits >> count != 0 ? NULL : out;
}

/* n / 10^places without trailing zeros. */
static const char *
decimal(struct arena *a, int64_t n, int places)
{
	int64_t one = 1;

	for (int i = 0; i < places; i++)
		one *= 10;
	int64_t fraction = llabs(n % one);
	for (; places > 0 && fraction % 10 == 0; places--)
		fraction /= 10;
	const char *sign = n < 0 ? "-" : "";
	return places == 0 ? arena_printf(a, "%s%lld", sign, (long long)llabs(n / one)) :
	                     arena_printf(a, "%s%lld.%0*lld", sign, (long long)llabs(n / one), places, (long long)fraction);
}

static const char *
of_day(struct arena *a, int64_t day)
{
	char text[11];

	if (day <= 0 || day > LARGEST_DAY) /* 0: none */
		return day == 0 ? "" : NULL;
	text_from_day((int32_t)day, text);
	return arena_strdup(a, text);
}

static const char *
of_unit(struct arena *a, enum unit unit, int64_t n)
{
	switch (unit) {
	case DAY: return of_day(a, n);
	case HUNDREDTHS: return decimal(a, n, 2);
	case DEGREES: return decimal(a, n, 7);
	case METRES: return decimal(a, n, 3);
	case WEEKDAYS: return n < 0 ? NULL : OF_BITS(a, n, weekdays);
	case LANGUAGES: return n < 0 ? NULL : OF_BITS(a, n, languages);
	case TYPES: return n < 0 ? NULL : OF_BITS(a, n >> 1, wil_types); /* bit n: type n */
	case TYPE: return n < 1 || n > (int64_t)COUNT_OF(wil_types) ? NULL : wil_types[n - 1].word;
	}
	return NULL;
}

bool
words_is_day(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (units[i].unit == DAY && strcmp(units[i].name, name) == 0)
			return true;
	return false;
}

const char *
words_of_number(struct arena *a, const char *name, const char *value)
{
	int64_t n;

	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strcmp(units[i].name, name) == 0 && text_to_int(value, INT32_MIN, INT32_MAX, &n))
			return or_value(of_unit(a, units[i].unit, n), value);
	return value;
}

/* ---- words to read ----------------------------------------------------------------------------------------------- */
#define LOOK_UP(table, word_) \
	for (size_t i = 0; i < COUNT_OF(table); i++) \
		if (strcmp((table)[i].word, (word_)) == 0) \
			return _((table)[i].text);

/* NULL: no word of these lists. */
static const char *
listed_word(const char *name, const char *word)
{
	if (strcmp(name, "weekdays") == 0)
		LOOK_UP(weekdays, word);
	if (strcmp(name, "languages") == 0 || strcmp(name, "language") == 0)
		LOOK_UP(languages, word);
	if (strcmp(name, "wil_types") == 0 || strcmp(name, "wil_type") == 0)
		LOOK_UP(wil_types, word);
	if (strcmp(name, "what") == 0)
		LOOK_UP(subjects, word);
	if (strcmp(name, "by") == 0)
		return outcome_word_text(word);
	return NULL;
}

const char *
words_to_read(struct arena *a, const char *name, const char *value)
{
	const char *list = words_of_number(a, name, value), *out = "";
	bool was_number = list != value;

	for (const char *part = list; out != NULL;) {
		size_t size = strcspn(part, "|");
		const char *word = arena_strndup(a, part, size), *read = word == NULL ? NULL : listed_word(name, word);
		if (read == NULL && word != NULL)
			read = was_number ? word : value_text(a, strcmp(name, "why") == 0 ? "reason" : name, word);
		out = read == NULL ? NULL : arena_printf(a, "%s%s%s", out, part == list ? "" : ", ", read);
		if (part[size] == '\0')
			break;
		part += size + 1;
	}
	return or_value(out, value);
}
