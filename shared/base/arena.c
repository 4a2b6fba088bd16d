/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks in a chain; the first is kept across resets so that a quiet loop allocates nothing. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK (64u * KiB)
#define ALIGNMENT 16u

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
	struct block *blocks;       /* newest first; the last one is the first block */
	size_t max_bytes, used;
	bool ran_out;
};

static struct block *
block_new(size_t size)
{
	struct block *b = malloc(sizeof *b + size);

	if (b != NULL) {
		b->next = NULL;
		b->size = size;
		b->used = 0;
	}
	return b;
}

struct arena *
arena_new(size_t max_bytes)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a == NULL)
		return NULL;
	a->max_bytes = max_bytes;
	a->blocks = block_new(max_bytes < FIRST_BLOCK ? max_bytes + ALIGNMENT : FIRST_BLOCK);
	if (a->blocks == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

static void
blocks_free_until_last(struct arena *a)
{
	while (a->blocks->next != NULL) {
		struct block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
}

void
arena_destroy(struct arena **self)
{
	if (*self == NULL)
		return;
	blocks_free_until_last(*self);
	free((*self)->blocks);
	free(*self);
	*self = NULL;
}

void
arena_reset(struct arena *a)
{
	blocks_free_until_last(a);
	a->blocks->used = 0;
	a->used = 0;
	a->ran_out = false;
}

static struct block *
block_with_room(struct arena *a, size_t size)
{
	struct block *b = a->blocks;

	if (b->size - b->used >= size)
		return b;
	/* Doubling keeps the chain short; a large request gets a block of its own size. */
	size_t next = b->size > a->max_bytes / 2 ? a->max_bytes : b->size * 2;
	b = block_new(next < size ? size : next);
	if (b != NULL) {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

bool
arena_ran_out(const struct arena *a)
{
	return a->ran_out;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	struct block *b = size > a->max_bytes - a->used ? NULL : block_with_room(a, rounded);
	if (b == NULL) {
		a->ran_out = true;
		return NULL;
	}
	void *p = b->bytes + b->used;
	b->used += rounded;
	/* What it costs: a million texts of one byte are 16 MB. */
	a->used = rounded < a->max_bytes - a->used ? a->used + rounded : a->max_bytes;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		a->ran_out = true;
		return NULL;
	}
	void *p = arena_alloc(a, bytes);
	if (p != NULL)
		memset(p, 0, bytes);
	return p;
}

void *
arena_memdup(struct arena *a, const void *from, size_t size)
{
	void *p = arena_alloc(a, size);

	if (p != NULL && size > 0)
		memcpy(p, from, size);
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t size)
{
	char *p = size == SIZE_MAX ? NULL : arena_alloc(a, size + 1);

	if (p != NULL) {
		if (size > 0)
			memcpy(p, s, size);
		p[size] = '\0';
	}
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int size = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = size < 0 ? NULL : arena_alloc(a, (size_t)size + 1);
	if (p != NULL)
		(void)vsnprintf(p, (size_t)size + 1, fmt, again);
	va_end(again);
	return p;
}

static void *
proto_alloc(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void
proto_free(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer;
}

ProtobufCAllocator
arena_allocator(struct arena *a)
{
	return (ProtobufCAllocator){ .alloc = proto_alloc, .free = proto_free, .allocator_data = a };
}

uint8_t *
arena_pack(struct arena *a, const ProtobufCMessage *message, size_t *size)
{
	*size = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = arena_alloc(a, *size);

	if (bytes != NULL)
		(void)protobuf_c_message_pack(message, bytes);
	return bytes;
}
