/* SPDX-License-Identifier: Apache-2.0 */
/* One parser for each kind of cell, in a table. A parser gets trimmed, printable, non-empty text in the arena, its own. */
#include "service/cells.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include "base/address.h"
#include "base/refusal.h"
#include "base/text.h"

#define CELL_MAX_BYTES (64u * KiB)
#define BLANKS " \t\r\n"

const struct choice choices_weekdays[] = {
	{ "mo", 0 }, { "tu", 1 }, { "we", 2 }, { "th", 3 }, { "fr", 4 }, { "sa", 5 }, { "su", 6 }, { NULL, 0 },
};
const struct choice choices_languages[] = { { "fr", 0 }, { "en", 1 }, { NULL, 0 } };
const struct choice choices_wil_types[] = {     /* types.proto, WilType */
	{ "applied_research", 1 }, { "apprenticeship", 2 }, { "coop", 3 }, { "entrepreneurship", 4 },
	{ "field_placement", 5 }, { "internship", 6 }, { "practicum", 7 }, { "service_learning", 8 },
	{ "work_experience", 9 }, { "consulting", 10 }, { "micro_placement", 11 }, { "online_project", 12 },
	{ "incubator", 13 }, { "industry_project", 14 }, { "competition", 15 }, { NULL, 0 },
};

struct parse {
	const struct column *column;
	const char *institution;
	struct arena *arena;
	char *text;                 /* trimmed, may be changed in place */
	struct cell *out;
	struct flaw *flaw;
};

static enum cell_result
flawed(const struct parse *p, const char *code, const char *allowed)
{
	if (allowed == NULL)
		return CELL_NO_MEMORY;
	*p->flaw = (struct flaw){ code, p->column->name, allowed };
	return CELL_FLAWED;
}

static enum cell_result
taken(const struct parse *p, const char *text)
{
	if (text == NULL)
		return CELL_NO_MEMORY;
	p->out->text = text;
	return CELL_OK;
}

static const char *
number_text(struct arena *a, int64_t value)
{
	return arena_printf(a, "%" PRId64, value);
}

/* 3750 with 2 places: "37.5". */
static const char *
scaled_text(struct arena *a, int64_t value, unsigned places)
{
	int64_t unit = 1;

	for (unsigned i = 0; i < places; i++)
		unit *= 10;
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint64_t whole = size / (uint64_t)unit, part = size % (uint64_t)unit;
	if (part == 0)
		return arena_printf(a, "%s%" PRIu64, value < 0 ? "-" : "", whole);
	for (; part % 10 == 0; places--)
		part /= 10;
	return arena_printf(a, "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "", whole, (int)places, part);
}

/* ---- texts ----------------------------------------------------------------------------------------------------------- */
static int64_t
characters(const char *utf8)
{
	int64_t n = 0;

	for (; *utf8 != '\0'; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

static enum cell_result
parse_text(const struct parse *p)
{
	if (characters(p->text) > p->column->max)
		return flawed(p, REFUSAL_TOO_LONG, number_text(p->arena, p->column->max));
	return taken(p, p->text);
}

/* Line ends of every system become a newline, so that the same text from another spreadsheet is unchanged. */
static enum cell_result
parse_lines(const struct parse *p)
{
	char *to = p->text;

	for (const char *from = p->text; *from != '\0'; from++) {
		if (*from == '\r' && from[1] == '\n')
			continue;
		*to++ = *from == '\r' ? '\n' : *from;
	}
	*to = '\0';
	return parse_text(p);
}

static enum cell_result
parse_id(const struct parse *p)
{
	if (!text_is_id(p->text))
		return flawed(p, REFUSAL_BAD_ID, "1..128");
	return taken(p, p->text);
}

static enum cell_result
parse_ref(const struct parse *p)
{
	char *slash = strchr(p->text, '/');

	if (slash == NULL) {
		if (!text_is_id(p->text) || p->institution[0] == '\0')
			return flawed(p, REFUSAL_BAD_ID, "1..128");
		return taken(p, arena_printf(p->arena, "%s/%s", p->institution, p->text));
	}
	*slash = '\0';
	bool sound = text_is_id(p->text) && text_is_id(slash + 1);
	*slash = '/';
	return sound ? taken(p, p->text) : flawed(p, REFUSAL_BAD_ID, "college/external_id");
}

static enum cell_result
parse_email(const struct parse *p)
{
	enum address_flaw why = address_check(p->text, strlen(p->text));

	if (why != ADDRESS_NONE)
		return flawed(p, REFUSAL_BAD_ADDRESS, address_flaw_to_allowed(why));
	return taken(p, p->text);
}

#define POSTAL_LETTERS "A1A 1A1, no D F I O Q U, no W Z first"

static enum cell_result
parse_postal(const struct parse *p)
{
	char code[8];

	if (!postal_code_from_text(p->text, code)) {
		bool letters = strpbrk(p->text, "DFIOQUdfioqu") != NULL || strchr("WZwz", p->text[0]) != NULL;
		return flawed(p, REFUSAL_BAD_FORMAT, letters ? POSTAL_LETTERS : "A1A 1A1");
	}
	return taken(p, arena_strdup(p->arena, code));
}

/* Bytes of the word for an extension that stands here. */
static size_t
extension_word(const char *s)
{
	static const char *const words[] = { "poste", "post", "ext", "x" };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strncasecmp(s, words[i], strlen(words[i])) == 0)
			return strlen(words[i]);
	}
	return 0;
}

static enum cell_result
parse_phone(const struct parse *p)
{
	size_t digits = 0, step;
	bool sound = strlen(p->text) <= 60;

	for (const char *s = p->text; sound && *s != '\0'; s += step) {
		step = extension_word(s);
		if (step == 0) {
			digits += *s >= '0' && *s <= '9';
			sound = strchr("0123456789 +-().,/#:", *s) != NULL;
			step = 1;
		}
	}
	if (!sound || digits < 7 || digits > 20)
		return flawed(p, REFUSAL_BAD_FORMAT, "7..20 digits, + - ( ) . # x");
	return taken(p, p->text);
}

static enum cell_result
parse_digits(const struct parse *p)
{
	int64_t size = (int64_t)strlen(p->text), min = p->column->min, max = p->column->max;

	if (size >= min && size <= max && (size_t)size == strspn(p->text, "0123456789"))
		return taken(p, p->text);
	if (min == max)
		return flawed(p, REFUSAL_BAD_FORMAT, arena_printf(p->arena, "%" PRId64 " digits", min));
	return flawed(p, REFUSAL_BAD_FORMAT, arena_printf(p->arena, "%" PRId64 "..%" PRId64 " digits", min, max));
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

/* "1..60 0.01": the range and, where there are decimals, the step. */
static const char *
range_text(struct arena *a, const struct column *c)
{
	const char *min = scaled_text(a, c->min, c->places), *max = scaled_text(a, c->max, c->places);
	const char *step = scaled_text(a, 1, c->places);

	if (min == NULL || max == NULL || step == NULL)
		return NULL;
	return arena_printf(a, "%s..%s%s%s", min, max, c->places > 0 ? " " : "", c->places > 0 ? step : "");
}

static enum cell_result
parse_scaled(const struct parse *p)
{
	const struct column *c = p->column;
	int64_t value;
	const char *unsign = p->text + (p->text[0] == '-');
	bool whole = unsign[0] != '\0' && unsign[strspn(unsign, "0123456789")] == '\0';
	bool number = c->places == 0 ? text_to_int(p->text, INT64_MIN + 1, INT64_MAX, &value)
	                             : text_to_scaled(p->text, c->places, INT64_MIN + 1, INT64_MAX, &value);

	if (!number && !whole)      /* a whole number that is none is too long for the machine: out of range */
		return flawed(p, REFUSAL_NOT_A_NUMBER, range_text(p->arena, c));
	if (!number || value < c->min || value > c->max)
		return flawed(p, REFUSAL_OUT_OF_RANGE, range_text(p->arena, c));
	p->out->number = value;
	return taken(p, scaled_text(p->arena, value, c->places));
}

static enum cell_result
parse_coordinate(const struct parse *p)
{
	const struct column *c = p->column;
	int32_t value;

	if (!coordinate_from_text(p->text, INT32_MIN, INT32_MAX, &value))
		return flawed(p, REFUSAL_NOT_A_NUMBER, range_text(p->arena, c));
	if (value < c->min || value > c->max)
		return flawed(p, REFUSAL_OUT_OF_RANGE, range_text(p->arena, c));
	p->out->number = value;
	return taken(p, scaled_text(p->arena, value, 7));
}

static enum cell_result
parse_bool(const struct parse *p)
{
	bool yes;

	if (!text_to_bool(p->text, &yes))
		return flawed(p, REFUSAL_NOT_IN_LIST, "yes|no|oui|non|true|false|1|0");
	p->out->number = yes;
	return taken(p, yes ? "yes" : "no");
}

static enum cell_result
parse_date(const struct parse *p)
{
	int32_t days;

	if (!text_to_day(p->text, &days))
		return flawed(p, REFUSAL_NOT_A_DATE, "yyyy-mm-dd");
	p->out->number = days;
	return taken(p, p->text);
}

/* ---- lists ----------------------------------------------------------------------------------------------------------- */
static const struct choice *
choice_find(const struct choice *choices, const char *text)
{
	for (; choices->text != NULL; choices++) {
		if (strcasecmp(choices->text, text) == 0)
			return choices;
	}
	return NULL;
}

static enum cell_result
parse_choice(const struct parse *p)
{
	const struct choice *c = choice_find(p->column->choices, p->text);

	if (c == NULL)
		return flawed(p, REFUSAL_NOT_IN_LIST, choices_to_text(p->column->choices, p->arena));
	p->out->number = c->value;
	return taken(p, c->text);
}

/* Splits p->text at '|' in place; entries are trimmed, empty ones left out. false: no memory. */
static bool
split(const struct parse *p, const char ***out, size_t *count)
{
	size_t n = 1;

	for (const char *s = p->text; *s != '\0'; s++)
		n += *s == '|';
	*out = arena_alloc(p->arena, n * sizeof **out);
	if (*out == NULL)
		return false;
	*count = 0;
	for (char *s = p->text, *bar; s != NULL; s = bar) {
		bar = strchr(s, '|');
		if (bar != NULL)
			*bar++ = '\0';
		s += strspn(s, BLANKS);
		size_t size = strlen(s);
		while (size > 0 && strchr(BLANKS, s[size - 1]) != NULL)
			s[--size] = '\0';
		if (size > 0)
			(*out)[(*count)++] = s;
	}
	return true;
}

static const char *
join(struct arena *a, const char *const *entries, size_t count)
{
	size_t size = 1;

	for (size_t i = 0; i < count; i++)
		size += strlen(entries[i]) + 1;
	char *text = arena_alloc(a, size), *to = text;
	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(entries[i]);
		if (i > 0)
			*to++ = '|';
		memcpy(to, entries[i], n);
		to += n;
	}
	*to = '\0';
	return text;
}

/* The entries become the cell, joined again. A list of bars alone holds nothing: that is an empty cell. */
static enum cell_result
taken_list(const struct parse *p, const char *const *entries, size_t count)
{
	p->out->entries = entries;
	p->out->entry_count = count;
	if (count == 0 && (p->column->flags & CELL_REQUIRED) != 0)
		return flawed(p, REFUSAL_REQUIRED, "");
	return taken(p, join(p->arena, entries, count));
}

static enum cell_result
parse_choices(const struct parse *p)
{
	const char **entries;
	size_t count, n = 0;

	if (!split(p, &entries, &count))
		return CELL_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct choice *c = choice_find(p->column->choices, entries[i]);
		if (c == NULL)
			return flawed(p, REFUSAL_NOT_IN_LIST, choices_to_text(p->column->choices, p->arena));
		if ((p->out->number & (INT64_C(1) << c->value)) != 0)
			return flawed(p, REFUSAL_DUPLICATE, "");
		p->out->number |= INT64_C(1) << c->value;
	}
	/* in the order of the table, whatever order the file has: none twice, so there is room */
	for (const struct choice *c = p->column->choices; c->text != NULL; c++) {
		if ((p->out->number & (INT64_C(1) << c->value)) != 0)
			entries[n++] = c->text;
	}
	return taken_list(p, entries, n);
}

/* Refuses more than max entries and an entry whose first `size(entry)` bytes came before. */
static enum cell_result
entries_check(const struct parse *p, const char *const *entries, size_t count, size_t (*size)(const char *))
{
	if (count > (size_t)p->column->max)
		return flawed(p, REFUSAL_TOO_LONG, number_text(p->arena, p->column->max));
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (size(entries[i]) == size(entries[j]) && memcmp(entries[i], entries[j], size(entries[i])) == 0)
				return flawed(p, REFUSAL_DUPLICATE, "");
		}
	}
	return CELL_OK;
}

static enum cell_result
parse_ids(const struct parse *p)
{
	const char **entries;
	size_t count;

	if (!split(p, &entries, &count))
		return CELL_NO_MEMORY;
	enum cell_result r = entries_check(p, entries, count, strlen);
	if (r != CELL_OK)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (!text_is_id(entries[i]))
			return flawed(p, REFUSAL_BAD_ID, "1..128");
	}
	return taken_list(p, entries, count);
}

static enum cell_result
parse_reserves(const struct parse *p)
{
	const char **entries;
	size_t count;

	if (!split(p, &entries, &count))
		return CELL_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const char *colon = strrchr(entries[i], ':');
		const char *group = colon == NULL ? "" : arena_strndup(p->arena, entries[i], (size_t)(colon - entries[i]));
		int64_t seats;

		if (group == NULL)
			return CELL_NO_MEMORY;
		if (!text_is_id(group) || strchr(group, ':') != NULL || !text_to_int(colon + 1, 1, 500, &seats))
			return flawed(p, REFUSAL_BAD_FORMAT, "group:1..500");
		entries[i] = arena_printf(p->arena, "%s:%" PRId64, group, seats);
		if (entries[i] == NULL)
			return CELL_NO_MEMORY;
	}
	enum cell_result r = entries_check(p, entries, count, reserve_group_size);
	return r != CELL_OK ? r : taken_list(p, entries, count);
}

/* ---- the table ------------------------------------------------------------------------------------------------------- */
static enum cell_result (*const parsers[])(const struct parse *) = {
	[CELL_TEXT] = parse_text, [CELL_LINES] = parse_lines, [CELL_ID] = parse_id, [CELL_REF] = parse_ref,
	[CELL_INT] = parse_scaled, [CELL_SCALED] = parse_scaled, [CELL_COORDINATE] = parse_coordinate,
	[CELL_BOOL] = parse_bool, [CELL_DATE] = parse_date, [CELL_CHOICE] = parse_choice, [CELL_CHOICES] = parse_choices,
	[CELL_IDS] = parse_ids, [CELL_RESERVES] = parse_reserves, [CELL_EMAIL] = parse_email,
	[CELL_POSTAL] = parse_postal, [CELL_PHONE] = parse_phone, [CELL_DIGITS] = parse_digits,
};

static enum cell_result
parse_given(const struct parse *p)
{
	enum cell_result r;

	if (!text_is_printable(p->text, p->column->kind == CELL_LINES))
		r = flawed(p, REFUSAL_NOT_TEXT, p->column->kind == CELL_LINES ? "UTF-8" : "UTF-8, one line");
	else
		r = parsers[p->column->kind](p);
	if (r != CELL_OK)
		*p->out = (struct cell){ .state = CELL_CLEARED, .text = "" };
	return r;
}

enum cell_result
cell_parse(const struct column *column, const char *institution, const char *text, size_t size, struct arena *a,
           struct cell *out, struct flaw *flaw)
{
	struct parse p = { column, institution, a, NULL, out, flaw };

	*out = (struct cell){ .state = CELL_CLEARED, .text = "" };
	while (size > 0 && memchr(BLANKS, text[0], sizeof BLANKS - 1) != NULL) {
		text++;
		size--;
	}
	while (size > 0 && memchr(BLANKS, text[size - 1], sizeof BLANKS - 1) != NULL)
		size--;
	if (size > CELL_MAX_BYTES)
		return flawed(&p, REFUSAL_TOO_LONG, number_text(a, column->kind == CELL_LINES ? LINES_MAX_CHARS : TEXT_MAX_CHARS));
	if (!text_is_utf8(text, size))
		return flawed(&p, REFUSAL_NOT_TEXT, "UTF-8");
	if (size == 0 && (column->flags & CELL_REQUIRED) != 0)
		return flawed(&p, REFUSAL_REQUIRED, "");
	if (size == 0 && column->initial == NULL)
		return CELL_OK;
	bool given = size > 0;
	p.text = given ? arena_strndup(a, text, size) : arena_strdup(a, column->initial);
	if (p.text == NULL)
		return CELL_NO_MEMORY;
	enum cell_result r = parse_given(&p);
	if (r == CELL_OK && given && out->text[0] != '\0')
		out->state = CELL_GIVEN;
	return r;
}

const char *
choices_to_text(const struct choice *choices, struct arena *a)
{
	const char *texts[64];
	size_t n = 0;

	for (; choices->text != NULL && n < COUNT_OF(texts); choices++)
		texts[n++] = choices->text;
	return join(a, texts, n);
}

const char *
choice_to_text(const struct choice *choices, int64_t value)
{
	for (; choices->text != NULL; choices++) {
		if (choices->value == value)
			return choices->text;
	}
	return "";
}

size_t
reserve_group_size(const char *entry)
{
	const char *colon = strrchr(entry, ':');

	return colon == NULL ? strlen(entry) : (size_t)(colon - entry);
}

int32_t
reserve_seats(const char *entry)
{
	int64_t seats;

	return text_to_int(entry + reserve_group_size(entry) + 1, 1, 500, &seats) ? (int32_t)seats : 0;
}

bool
coordinate_from_text(const char *text, int64_t min_e7, int64_t max_e7, int32_t *out_e7)
{
	const size_t kept = 7;
	char cut[32];
	size_t size = strlen(text), point = strcspn(text, ".,");
	bool up = false;
	int64_t value;

	if (size > point + 1 + kept) {              /* more decimals than are kept: the eighth rounds */
		const char *rest = text + point + 1 + kept;
		if (strspn(rest, "0123456789") != strlen(rest))
			return false;
		up = rest[0] >= '5';
		size = point + 1 + kept;
	}
	if (size >= sizeof cut)
		return false;
	memcpy(cut, text, size);
	cut[size] = '\0';
	if (!text_to_scaled(cut, (unsigned)kept, INT32_MIN, INT32_MAX, &value))
		return false;
	if (up)
		value += cut[0] == '-' ? -1 : 1;
	if (value < min_e7 || value > max_e7 || value < INT32_MIN || value > INT32_MAX)
		return false;
	*out_e7 = (int32_t)value;
	return true;
}

/* Canada Post: letter digit letter, digit letter digit; never D F I O Q U, and neither W nor Z at the start. */
bool
postal_code_from_text(const char *text, char out[8])
{
	char code[6];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if ((*text == ' ' || *text == '-') && n == 3)
			continue;
		if (n == sizeof code)
			return false;
		code[n] = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
		if (strchr(n % 2 == 1 ? "0123456789" : n == 0 ? "ABCEGHJKLMNPRSTVXY" : "ABCEGHJKLMNPRSTVWXYZ", code[n]) == NULL)
			return false;
		n++;
	}
	if (n != sizeof code)
		return false;
	memcpy(out, code, 3);
	out[3] = ' ';
	memcpy(out + 4, code + 3, 3);
	out[7] = '\0';
	return true;
}
