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
void *pages_take(size_t count, size_t size);     /* holds anything */
void *pages_zero(size_t count, size_t size);     /* all bytes 0 */

#endif
