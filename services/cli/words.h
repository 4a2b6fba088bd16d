/* SPDX-License-Identifier: Apache-2.0 */
/* What services keep as numbers (days, bits, hundredths, metres, degrees * 10^7), as people write it. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "base/arena.h"

/*
 * A value in the words of the feed files, by its column's name: "20829" of available_from is "2027-01-11", "14" of weekdays
 * "tu|we|th". Whatever is not such a number is value itself. Lives in a.
 */
const char *words_of_number(struct arena *a, const char *name, const char *value);

/* For somebody who has never seen a feed file, in her language: "Tuesday, Wednesday, Thursday". Lives in a, or is static. */
const char *words_to_read(struct arena *a, const char *name, const char *value);

/* Is a number in this column a day, counted since 1970-01-01? */
bool words_is_day(const char *name);

#endif
