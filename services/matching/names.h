/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ids of one kind: each gets a number, from 0 in the order of its first mention. Made for a million ids that a
 * stranger sends: 10 million mentions take a second at most, whatever the ids are (the hash is seeded at random). Ids
 * are kept in one piece of memory, one behind another. What is looked up soon may be announced, so that memory is on
 * its way when it is needed.
 */
#ifndef MATCHING_NAMES_H
#define MATCHING_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "json_in.h"

enum { NAMES_NO_MEMORY = -1, NAMES_FULL = -2, NAMES_OFFSET_BITS = 40 };

struct name {
	uint64_t at;                    /* its text in bytes, NUL-terminated */
	struct json_place where;        /* of its definition, else of its first mention; line 0: not from a file */
	int32_t object;                 /* what defines it; -1: nothing yet. The caller's */
};

struct names {
	uint64_t secret[3];
	uint64_t *slots;                /* where an entry begins in bytes; above it 24 bits of the hash; 0: free */
	size_t n_slots;                 /* a power of two, at least twice n */
	char *bytes;
	size_t used, room;
	struct name *name;              /* by number */
	size_t name_room;
	int32_t n, max;
};

void names_init(struct names *t, int32_t max);
void names_clear(struct names *t);

/* The number of an id of at most 65,535 bytes without NUL, or NAMES_NO_MEMORY, or NAMES_FULL: max are there already. */
int32_t names_add(struct names *t, const char *text, size_t size, struct json_place where) MUST_CHECK;

/* The same in three steps, for many ids at a time: first hash all, then announce all, then add all. */
static inline uint64_t names_hash(const struct names *t, const char *text, size_t size);
static inline void     names_announce(const struct names *t, uint64_t hash);
int32_t names_add_hashed(
    struct names *t, const char *text, size_t size, uint64_t hash, struct json_place where) MUST_CHECK;

/* Until the next id is added. */
const char *names_text(const struct names *t, int32_t number);

/*
 * Sort numbers[0..n) by their texts, bytewise. Costs nothing but a look where they stand in that order already; else
 * time in proportion to their bytes. -1: no memory.
 */
int names_sort(const struct names *t, int32_t *numbers, size_t n) MUST_CHECK;

/* Hands over the texts alone, and clears the rest. Owner: the caller frees them. */
char *names_take_texts(struct names *t);

/* ---- what the reader needs for each id --------------------------------------------------------------------------- */
static inline uint64_t
names_load8(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return w;
}

static inline uint64_t
names_load4(const char *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof w);
	return w;
}

/* 1 to 7 bytes as one number, another one for other bytes of the same size. */
static inline uint64_t
names_load_few(const char *p, size_t size)
{
	if (size >= 4)
		return names_load4(p) << 32 | names_load4(p + size - 4);
	return (uint64_t)(uint8_t)p[0] << 16 | (uint64_t)(uint8_t)p[size / 2] << 8 | (uint8_t)p[size - 1];
}

__extension__ typedef unsigned __int128 names_wide;

static inline uint64_t
names_mix(uint64_t a, uint64_t b)
{
	names_wide product = (names_wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
names_hash(const struct names *t, const char *text, size_t size)
{
	uint64_t h = t->secret[0] ^ size;

	if (size < 8)
		return names_mix(h ^ (size == 0 ? 0 : names_load_few(text, size) << 8), t->secret[1]);
	for (size_t k = 0; k + 8 < size; k += 8)
		h = names_mix(h ^ names_load8(text + k), t->secret[1]);
	return names_mix(h ^ names_load8(text + size - 8), t->secret[2]);
}

static inline void
names_announce(const struct names *t, uint64_t hash)
{
	uint64_t slot = t->n_slots == 0 ? 0 : t->slots[hash & (t->n_slots - 1)];

	if (slot != 0)
		__builtin_prefetch(t->bytes + (slot & ((UINT64_C(1) << NAMES_OFFSET_BITS) - 1)));
}

#endif
