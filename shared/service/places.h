/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a postal code lies: the table that the setting `places` names. A row without coordinates takes those of its postal
 * code, else the mean of all codes with the same first three characters, else its place is unknown (feeds.md).
 */
#ifndef SERVICE_PLACES_H
#define SERVICE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"
#include "service/cells.h"

#define PLACES_MAX 2000000          /* codes; Canada has some 900,000 */
#define PLACES_FILE_MAX (256u * MiB)

struct place { int32_t latitude_e7, longitude_e7; };

struct places;

enum places_result {
	PLACES_OK, PLACES_UNREADABLE /* errno tells */, PLACES_TOO_LARGE, PLACES_EMPTY /* no sound line */, PLACES_NO_MEMORY,
};

/*
 * Reads `code;latitude;longitude` (or commas; more columns are ignored; a header needs none). Lines that are not sound are
 * counted and left out; a code that comes twice keeps its first place. path "": an empty table.
 */
enum places_result places_load(const char *path, struct places **out) MUST_CHECK;
void places_destroy(struct places **self);      /* NULL-safe */
const char *places_result_to_text(enum places_result r);
size_t places_count(const struct places *p);
size_t places_left_out(const struct places *p);

/* By the whole code, else the mean of its first three characters. Any case, with or without blank. false: unknown. */
bool places_find(const struct places *p, const char *postal_code, struct place *out);

/* A row's place: its own coordinates (both given), else its postal code's. p may be NULL. false: unknown. */
bool place_of_cells(const struct places *p, const struct cell *latitude, const struct cell *longitude,
                    const struct cell *postal_code, struct place *out);

#endif
