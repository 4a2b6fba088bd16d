/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers codes: equal texts get equal numbers, from 0 in the order of their first coming. Texts are copied once. */
#ifndef MATCHING_INTERN_H
#define MATCHING_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct intern;

struct intern *intern_new(struct arena *a) MUST_CHECK;          /* lives in a; NULL: no memory */
/* The number of these bytes, or -1: no memory. */
int32_t intern_add(struct intern *t, const char *text, size_t size) MUST_CHECK;
const char *intern_text(const struct intern *t, int32_t number);

#endif
