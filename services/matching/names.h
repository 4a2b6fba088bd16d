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

enum { NAMES_NO_MEMORY = -1, NAMES_FULL = -2 };

struct name {
	uint64_t at;                    /* its text in bytes, NUL-terminated */
	struct json_place where;        /* of its definition, else of its first mention; line 0: not from a file */
	int32_t object;                 /* what defines it; -1: nothing yet. The caller's */
};

struct names {
	uint64_t secret[3];
	uint64_t *slots;                /* where its entry begins in bytes, and above that 24 bits of the hash; 0: free */
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
uint64_t names_hash(const struct names *t, const char *text, size_t size);
void     names_announce(const struct names *t, uint64_t hash);
int32_t  names_add_hashed(struct names *t, const char *text, size_t size, uint64_t hash, struct json_place where) MUST_CHECK;

/* Until the next id is added. */
const char *names_text(const struct names *t, int32_t number);

/*
 * Sort numbers[0..n) by their texts, bytewise. Costs nothing but a look where they stand in that order already; else
 * time in proportion to their bytes. -1: no memory.
 */
int names_sort(const struct names *t, int32_t *numbers, size_t n) MUST_CHECK;

/* Hands over the texts alone, and clears the rest. Owner: the caller frees them. */
char *names_take_texts(struct names *t);

#endif
