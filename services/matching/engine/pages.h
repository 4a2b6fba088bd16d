/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for large arrays, with the sizes checked. Arrays of megabytes ask for huge pages, where the system has them. */
#ifndef BASSIN_MATCHING_PAGES_H
#define BASSIN_MATCHING_PAGES_H

#include <stddef.h>

/*
 * Room for count elements of size bytes.
 *   Returns  never NULL for count 0; NULL: no memory, or more bytes than a size_t counts
 *   Owner    the caller frees it by free()
 */
void *pages_take(size_t count, size_t size); /* holds anything */
void *pages_zero(size_t count, size_t size); /* all bytes 0 */

/* Ask for the first lines of cache of a row that will soon be read, where no pattern tells the machine so itself. */
static inline void
row_prefetch(const void *from, const void *to)
{
	enum { LINE = 64, LINES = 4 };
	const char *line = from;

	for (int k = 0; k < LINES && line < (const char *)to; k++, line += LINE)
		__builtin_prefetch(line);
}

#endif
