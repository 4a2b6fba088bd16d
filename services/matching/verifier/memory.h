/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that comes zeroed and goes all at once, in large pages where the system has them: a judgement takes some dozens
 * of arrays, and lasts no longer than it takes to be given small ones.
 */
#ifndef MATCHING_VERIFIER_MEMORY_H
#define MATCHING_VERIFIER_MEMORY_H

#include <stddef.h>

#include "base/compiler.h"

struct memory;

struct memory *memory_new(void) MUST_CHECK;             /* NULL: none */
void           memory_destroy(struct memory **self);    /* NULL-safe */

/* Zeroed, aligned for any type; NULL: none. For one thread at a time. */
void *memory_take(struct memory *m, size_t count, size_t size) MUST_CHECK;

#endif
