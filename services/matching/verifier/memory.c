/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks of mapped memory, which the system hands out zeroed. Under a sanitizer each array is one of its own, so that
 * nobody reads beyond it unseen.
 */
#include "verifier/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(__has_feature)
#define HAS_FEATURE(f) __has_feature(f)
#else
#define HAS_FEATURE(f) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
enum { ALL_APART = true };
#else
enum { ALL_APART = false };
#endif

enum { LARGE_PAGE = 2 << 20, CHUNK = 8 << 20, FIRST_CHUNK = 64 << 10, ALIGNMENT = 64 };

struct chunk {
	struct chunk *next;
	size_t size, used;
};

struct memory {
	struct chunk *chunks;
};

struct memory *
memory_new(void)
{
	return calloc(1, sizeof(struct memory));
}

static void
give_back(struct chunk *c)
{
	if (ALL_APART)
		free(c);
	else
		(void)munmap(c, c->size);
}

void
memory_destroy(struct memory **self)
{
	if (*self == NULL)
		return;
	for (struct chunk *c = (*self)->chunks, *next; c != NULL; c = next) {
		next = c->next;
		give_back(c);
	}
	free(*self);
	*self = NULL;
}

/* Mapped from the beginning of a large page on, which a system may then use; NULL: no memory. */
static struct chunk *
map_chunk(size_t size)
{
	unsigned char *p = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p & (LARGE_PAGE - 1);
	if (before > 0)
		(void)munmap(p, before);
	if (before < LARGE_PAGE)
		(void)munmap(p + before + size, LARGE_PAGE - before);
#ifdef MADV_HUGEPAGE
	(void)madvise(p + before, size, MADV_HUGEPAGE); /* a wish: whatever the answer, the memory is good */
#endif
	return (struct chunk *)(void *)(p + before);
}

static struct chunk *
new_chunk(struct memory *m, size_t bytes)
{
	size_t want = bytes + ALIGNMENT, size = m->chunks == NULL ? FIRST_CHUNK : CHUNK;
	struct chunk *c;

	if (size < want)
		size = (want + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
	c = ALL_APART ? calloc(1, want) : map_chunk(size);
	if (c == NULL)
		return NULL;
	*c = (struct chunk){ m->chunks, ALL_APART ? want : size, ALIGNMENT };
	m->chunks = c;
	return c;
}

void *
memory_take(struct memory *m, size_t count, size_t size)
{
	struct chunk *c = m->chunks;
	size_t bytes;
	void *p;

	if (size != 0 && count > (SIZE_MAX / 4) / size)
		return NULL;
	bytes = (count * size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (ALL_APART)
		bytes = count * size;
	if (c == NULL || c->size - c->used < bytes)
		c = new_chunk(m, bytes);
	if (c == NULL)
		return NULL;
	p = (unsigned char *)c + c->used;
	c->used = ALL_APART ? c->size : c->used + bytes;
	return p;
}
