/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory with one lifetime and one ceiling: everything that a message needs is taken from an arena and given back at once.
 * Owner: whoever made the arena; what comes out of it lives until arena_reset or arena_destroy. Not thread-safe.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <protobuf-c/protobuf-c.h>
#include "base/compiler.h"

struct arena;

/* NULL when there is no memory. max_bytes counts what was handed out since the last reset, in steps of 16 bytes. */
struct arena *arena_new(size_t max_bytes) MUST_CHECK;
void          arena_destroy(struct arena **self);   /* NULL-safe */
void          arena_reset(struct arena *a);         /* keeps its first block for the next use */
bool          arena_ran_out(const struct arena *a);   /* something was refused since the last reset */

/* Aligned to 16 bytes. NULL when the ceiling or the memory is reached; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size) MUST_CHECK;
void *arena_zalloc(struct arena *a, size_t count, size_t size) MUST_CHECK;   /* zeroed; overflow of count * size: NULL */
void *arena_memdup(struct arena *a, const void *from, size_t size) MUST_CHECK;
char *arena_strdup(struct arena *a, const char *s) MUST_CHECK;
char *arena_strndup(struct arena *a, const char *s, size_t size) MUST_CHECK;  /* exactly size bytes and a NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

/* For protobuf-c's unpack: what it makes lives in the arena, so there is nothing to free. */
ProtobufCAllocator arena_allocator(struct arena *a);

/* Packs message into the arena. NULL at the ceiling. */
uint8_t *arena_pack(struct arena *a, const ProtobufCMessage *message, size_t *size) MUST_CHECK;

#endif
