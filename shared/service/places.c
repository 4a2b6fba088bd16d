/* SPDX-License-Identifier: Apache-2.0 */
/* Codes packed into a number (base 36), sorted once; lookup is a binary search. libcsv reads the file. */
#include "service/places.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK (64u * KiB)
#define FIELD_MAX 64u
#define AREA (36u * 36u * 36u)          /* codes with the same first three characters */

struct entry { uint32_t code, order; struct place place; };

struct places {
	struct entry *codes, *areas;    /* sorted by code; an area's code is that of its codes / AREA */
	size_t count, area_count, room, left_out;
};

/* ---- reading --------------------------------------------------------------------------------------------------------- */
struct reading {
	struct places *places;
	char fields[3][FIELD_MAX];
	size_t field_count;
	bool first, too_large, no_memory;
};

static bool
code_pack(const char *text, uint32_t *out)
{
	char code[8];

	if (!postal_code_from_text(text, code))
		return false;
	*out = 0;
	for (const char *c = code; *c != '\0'; c++) {
		if (*c != ' ')
			*out = *out * 36 + (uint32_t)(*c <= '9' ? *c - '0' : *c - 'A' + 10);
	}
	return true;
}

static void
on_field(void *bytes, size_t size, void *self)
{
	struct reading *r = self;

	if (r->field_count < COUNT_OF(r->fields)) {
		char *to = r->fields[r->field_count];
		bool fits = size < FIELD_MAX && memchr(bytes, '\0', size) == NULL;
		if (fits && size > 0)
			memcpy(to, bytes, size);
		to[fits ? size : 0] = '\0';     /* what is too long is no code and no number */
	}
	r->field_count++;
}

static bool
room_for_one(struct places *p)
{
	if (p->count < p->room)
		return true;
	size_t room = p->room == 0 ? 4096 : p->room * 2;
	struct entry *codes = realloc(p->codes, room * sizeof *codes);
	if (codes == NULL)
		return false;
	p->codes = codes;
	p->room = room;
	return true;
}

static void
on_line(int end, void *self)
{
	struct reading *r = self;
	struct places *p = r->places;
	struct entry e = { .order = (uint32_t)p->count };
	bool sound = r->field_count >= 3 && code_pack(r->fields[0], &e.code) &&
	             coordinate_from_text(r->fields[1], -900000000, 900000000, &e.place.latitude_e7) &&
	             coordinate_from_text(r->fields[2], -1800000000, 1800000000, &e.place.longitude_e7);

	(void)end;
	if (!sound)
		p->left_out += !r->first;       /* the first one may be a header */
	else if (p->count >= PLACES_MAX)
		r->too_large = true;
	else if (!room_for_one(p))
		r->no_memory = true;
	else
		p->codes[p->count++] = e;
	r->first = false;
	r->field_count = 0;
}

/* The first field is a code, or its heading: the first of ; and , ends it, even where decimal commas follow. */
static unsigned char
delimiter_of(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == ';' || bytes[i] == ',')
			return (unsigned char)bytes[i];
	}
	return ',';
}

static enum places_result
read_file(FILE *file, struct csv_parser *csv, struct reading *r)
{
	static const char bom[] = "\xef\xbb\xbf";
	char chunk[CHUNK];
	size_t size, total = 0;

	while ((size = fread(chunk, 1, sizeof chunk, file)) > 0) {
		size_t skip = 0;
		if (total == 0) {
			csv_set_delim(csv, delimiter_of(chunk, size));
			skip = size >= 3 && memcmp(chunk, bom, 3) == 0 ? 3 : 0;
		}
		total += size;
		if (total > PLACES_FILE_MAX || r->too_large)
			return PLACES_TOO_LARGE;
		if (csv_parse(csv, chunk + skip, size - skip, on_field, on_line, r) != size - skip || r->no_memory)
			return csv_error(csv) == CSV_EINVALID ? PLACES_UNREADABLE : PLACES_NO_MEMORY;
	}
	if (ferror(file) != 0)
		return PLACES_UNREADABLE;
	if (csv_fini(csv, on_field, on_line, r) != 0 || r->no_memory)
		return PLACES_NO_MEMORY;
	return r->too_large ? PLACES_TOO_LARGE : PLACES_OK;
}

/* ---- ordering -------------------------------------------------------------------------------------------------------- */
static int
by_code_then_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int32_t
mean(int64_t sum, int64_t n)
{
	return (int32_t)((sum + (sum < 0 ? -n : n) / 2) / n);    /* half away from zero */
}

/* Sorts, drops codes that came before, and makes the areas. */
static enum places_result
arrange(struct places *p)
{
	size_t kept = 0;
	int64_t latitudes = 0, longitudes = 0, n = 0;

	if (p->count == 0)
		return PLACES_EMPTY;
	qsort(p->codes, p->count, sizeof *p->codes, by_code_then_order);
	for (size_t i = 0; i < p->count; i++) {
		if (kept == 0 || p->codes[kept - 1].code != p->codes[i].code)
			p->codes[kept++] = p->codes[i];
	}
	p->left_out += p->count - kept;
	p->count = kept;
	p->areas = calloc(kept, sizeof *p->areas);
	if (p->areas == NULL)
		return PLACES_NO_MEMORY;
	for (size_t i = 0; i < kept; i++) {
		latitudes += p->codes[i].place.latitude_e7;
		longitudes += p->codes[i].place.longitude_e7;
		n++;
		if (i + 1 < kept && p->codes[i + 1].code / AREA == p->codes[i].code / AREA)
			continue;
		p->areas[p->area_count++] = (struct entry){ .code = p->codes[i].code / AREA,
		                                            .place = { mean(latitudes, n), mean(longitudes, n) } };
		latitudes = longitudes = n = 0;
	}
	return PLACES_OK;
}

/* ---- what the header promises ---------------------------------------------------------------------------------------- */
static enum places_result
load_from(FILE *file, struct places *p)
{
	struct csv_parser csv;
	struct reading r = { .places = p, .first = true };

	if (csv_init(&csv, 0) != 0)
		return PLACES_NO_MEMORY;
	enum places_result result = read_file(file, &csv, &r);
	csv_free(&csv);
	return result == PLACES_OK ? arrange(p) : result;
}

enum places_result
places_load(const char *path, struct places **out)
{
	struct places *p = calloc(1, sizeof *p);
	enum places_result result = PLACES_OK;

	*out = NULL;
	if (p == NULL)
		return PLACES_NO_MEMORY;
	if (path[0] != '\0') {
		FILE *file = fopen(path, "rbe");
		result = file == NULL ? PLACES_UNREADABLE : load_from(file, p);
		int why = errno;
		if (file != NULL)
			(void)fclose(file);
		errno = why;
	}
	if (result == PLACES_OK)
		*out = p;
	else
		places_destroy(&p);
	return result;
}

void
places_destroy(struct places **self)
{
	if (*self == NULL)
		return;
	free((*self)->codes);
	free((*self)->areas);
	free(*self);
	*self = NULL;
}

const char *
places_result_to_text(enum places_result r)
{
	static const char *const texts[] = {
		[PLACES_OK] = "ok", [PLACES_UNREADABLE] = "cannot be read", [PLACES_TOO_LARGE] = "too large",
		[PLACES_EMPTY] = "no line `code;latitude;longitude`", [PLACES_NO_MEMORY] = "no memory",
	};

	return (size_t)r < COUNT_OF(texts) ? texts[r] : "?";
}

size_t places_count(const struct places *p) { return p->count; }
size_t places_left_out(const struct places *p) { return p->left_out; }

static bool
find_in(const struct entry *entries, size_t count, uint32_t code, struct place *out)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (entries[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || entries[low].code != code)
		return false;
	*out = entries[low].place;
	return true;
}

bool
places_find(const struct places *p, const char *postal_code, struct place *out)
{
	uint32_t code;

	return code_pack(postal_code, &code) &&
	       (find_in(p->codes, p->count, code, out) || find_in(p->areas, p->area_count, code / AREA, out));
}

bool
place_of_cells(const struct places *p, const struct cell *latitude, const struct cell *longitude,
               const struct cell *postal_code, struct place *out)
{
	if (cell_has(latitude) && cell_has(longitude)) {
		*out = (struct place){ (int32_t)latitude->number, (int32_t)longitude->number };
		return true;
	}
	return p != NULL && places_find(p, postal_code->text, out);
}
