/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells of feed files: what a column may hold, and how a cell's text becomes a value. One table per feed kind describes its
 * columns; nothing else parses cells. Pure: no I/O, no clock.
 *
 * Every value has one canonical text, the form of feeds.md ("37.5", "yes", "2027-01-11", "mo|tu", "J1H 4A7"). Stores keep
 * typed columns; statements cast from and to that text, so that a stored row is read with the same table.
 * Source: feeds.md (kinds, ranges, lengths); codes: base/refusal.h.
 */
#ifndef SERVICE_CELLS_H
#define SERVICE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

#define TEXT_MAX_CHARS 500
#define LINES_MAX_CHARS 5000
#define RANKING_MAX 1000            /* entries of one ranking */
#define RANKING_TIER_MAX 1000

/*      kind         what a cell holds                                         number               entries
 *      TEXT         one line, min..max characters                             -                    -
 *      LINES        several lines, at most max characters                     -                    -
 *      ID           text_is_id: 1..128 bytes, no '/' or '|'                   -                    -
 *      REF          `college/id`, or an id of the caller's own: made whole    -                    -
 *      INT          min..max                                                  the value            -
 *      SCALED       min..max * 10^-places                                     value * 10^places    -
 *      COORDINATE   degrees, min..max * 10^-7, rounded to 7 decimals          degrees * 10^7       -
 *      BOOL         yes no oui non true false 1 0                             0, 1                 -
 *      DATE         yyyy-mm-dd                                                days since 1970      -
 *      CHOICE       one of choices, any case                                  its value            -
 *      CHOICES      several of choices                                        OR of 1 << value     their texts
 *      IDS          ids joined by '|', none twice, at most max                -                    ids
 *      RESERVES     `group:seats` joined by '|', no group twice, at most max  -                    "group:seats"
 *      EMAIL        base/address.h                                            -                    -
 *      POSTAL       Canadian postal code, made "A1A 1A1"                      -                    -
 *      PHONE        7..20 digits with the usual signs, an extension           -                    -
 *      DIGITS       min..max digits                                           -                    -
 */
enum cell_kind {
	CELL_TEXT, CELL_LINES, CELL_ID, CELL_REF, CELL_INT, CELL_SCALED, CELL_COORDINATE, CELL_BOOL, CELL_DATE, CELL_CHOICE,
	CELL_CHOICES, CELL_IDS, CELL_RESERVES, CELL_EMAIL, CELL_POSTAL, CELL_PHONE, CELL_DIGITS,
};

struct choice { const char *text; int64_t value; };     /* lists end with text NULL; values of CHOICES: 0..31 */

enum column_flag {
	COLUMN_REQUIRED = 1,        /* a file without this column is refused whole */
	CELL_REQUIRED = 2,          /* and a row without a value in it is refused */
	COLUMN_MUST = COLUMN_REQUIRED | CELL_REQUIRED,
	COLUMN_PERSONAL = 4,        /* of a person: its values are not kept in the row's history */
};

struct column {
	const char *name;
	enum cell_kind kind;
	unsigned flags;             /* enum column_flag */
	int64_t min, max;
	unsigned places;            /* SCALED: 0..6 decimals */
	const struct choice *choices;
	const char *initial;        /* canonical text of a new row and after clearing; NULL: nothing */
};

#define COLUMN_TEXT(name_, flags_, max_)                  { name_, CELL_TEXT, flags_, 1, max_, 0, NULL, NULL }
#define COLUMN_LINES(name_, flags_, max_)                 { name_, CELL_LINES, flags_, 1, max_, 0, NULL, NULL }
#define COLUMN_ID(name_, flags_)                          { name_, CELL_ID, flags_, 1, 128, 0, NULL, NULL }
#define COLUMN_REF(name_, flags_)                         { name_, CELL_REF, flags_, 1, 257, 0, NULL, NULL }
#define COLUMN_INT(name_, flags_, min_, max_, initial_)   { name_, CELL_INT, flags_, min_, max_, 0, NULL, initial_ }
#define COLUMN_SCALED(name_, flags_, places_, min_, max_) { name_, CELL_SCALED, flags_, min_, max_, places_, NULL, NULL }
#define COLUMN_LATITUDE(name_, flags_)                    { name_, CELL_COORDINATE, flags_, -900000000, 900000000, 7, NULL, NULL }
#define COLUMN_LONGITUDE(name_, flags_)                   { name_, CELL_COORDINATE, flags_, -1800000000, 1800000000, 7, NULL, NULL }
#define COLUMN_BOOL(name_, flags_, initial_)              { name_, CELL_BOOL, flags_, 0, 1, 0, NULL, initial_ }
#define COLUMN_DATE(name_, flags_)                        { name_, CELL_DATE, flags_, 0, 0, 0, NULL, NULL }
#define COLUMN_CHOICE(name_, flags_, choices_, initial_)  { name_, CELL_CHOICE, flags_, 0, 0, 0, choices_, initial_ }
#define COLUMN_CHOICES(name_, flags_, choices_)           { name_, CELL_CHOICES, flags_, 0, 0, 0, choices_, NULL }
#define COLUMN_IDS(name_, flags_, max_)                   { name_, CELL_IDS, flags_, 1, max_, 0, NULL, NULL }
#define COLUMN_RESERVES(name_, flags_, max_)              { name_, CELL_RESERVES, flags_, 1, max_, 0, NULL, NULL }
#define COLUMN_EMAIL(name_, flags_)                       { name_, CELL_EMAIL, flags_, 0, 0, 0, NULL, NULL }
#define COLUMN_POSTAL(name_, flags_)                      { name_, CELL_POSTAL, flags_, 0, 0, 0, NULL, NULL }
#define COLUMN_PHONE(name_, flags_)                       { name_, CELL_PHONE, flags_, 0, 0, 0, NULL, NULL }
#define COLUMN_DIGITS(name_, flags_, min_, max_)          { name_, CELL_DIGITS, flags_, min_, max_, 0, NULL, NULL }

/* Lists that several feed kinds share. Values: bit 0 Monday; fr 0, en 1; enum WilType. */
extern const struct choice choices_weekdays[], choices_languages[], choices_wil_types[];

enum cell_state {
	CELL_ABSENT,                /* the file does not have the column: what stands is kept */
	CELL_CLEARED,               /* empty: holds column.initial, or nothing */
	CELL_GIVEN,
};

struct cell {
	enum cell_state state;
	const char *text;           /* canonical, never NULL; "": nothing */
	int64_t number;             /* 0 where there is none */
	const char *const *entries;
	size_t entry_count;
};

struct flaw { const char *code, *field, *allowed; };    /* static, the column's name, or in the arena */

enum cell_result { CELL_OK, CELL_FLAWED, CELL_NO_MEMORY };

/*
 * Parses the text of one cell: size bytes, any bytes. Blanks at both ends do not count; nothing left: CELL_CLEARED.
 *   institution  for REF: whose ids stand without a college
 *   CELL_FLAWED  *flaw says why (also for an empty cell that is CELL_REQUIRED); *out is cleared
 *   Owner        *out points into a
 */
enum cell_result cell_parse(const struct column *column, const char *institution, const char *text, size_t size,
                            struct arena *a, struct cell *out, struct flaw *flaw) MUST_CHECK;

static inline bool cell_has(const struct cell *c) { return c->text[0] != '\0'; }
static inline bool cell_is_yes(const struct cell *c) { return c->number != 0; }

/* "fr|en|both" of a list; NULL: no memory. */
const char *choices_to_text(const struct choice *choices, struct arena *a) MUST_CHECK;
/* Canonical text of a value of a list; "" when it has none. */
const char *choice_to_text(const struct choice *choices, int64_t value);

/* Parts of a sound RESERVES entry: bytes of the group's name, and its seats. */
size_t reserve_group_size(const char *entry);
int32_t reserve_seats(const char *entry);

/* Degrees as text ("-71.9", "45,4035632123") times 10^7, rounded half away from zero. */
bool coordinate_from_text(const char *text, int64_t min_e7, int64_t max_e7, int32_t *out_e7) MUST_CHECK;
/* "J1H4A7", "j1h 4a7", "J1H-4A7" become "J1H 4A7". */
bool postal_code_from_text(const char *text, char out[8]) MUST_CHECK;

#endif
