/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the ranked phase share: keys, blocks, seats. */
#ifndef BASSIN_MATCHING_RANKED_PRIV_H
#define BASSIN_MATCHING_RANKED_PRIV_H

#include "engine/ranked.h"

/*
 * A key orders the learners at one block in one comparison: class, priority, place in the lottery; the smaller comes
 * first. The lot alone tells who she is.
 */
enum key_class {
	KEY_ENDOWED, /* on her endowed slot; such keys bear priority 0 */
	KEY_FIRST, /* member of the group, or any learner on an open slot */
	KEY_OTHER, /* on a slot reserved for others */
	KEY_NEVER, /* unacceptable, so on her endowed slot only */
};

enum { KEY_LOT_BITS = 24, KEY_PRIORITY_BITS = 32 }; /* 10,000,000 learners need 24 bits */
#define KEY_NONE UINT64_MAX

static inline uint64_t
key_of(enum key_class class, uint32_t priority, uint32_t lot)
{
	return (uint64_t) class << (KEY_LOT_BITS + KEY_PRIORITY_BITS) | (uint64_t)priority << KEY_LOT_BITS | lot;
}

static inline enum key_class
key_class(uint64_t key)
{
	return (enum key_class)(key >> (KEY_LOT_BITS + KEY_PRIORITY_BITS));
}

static inline uint32_t
key_priority(uint64_t key)
{
	return (uint32_t)(key >> KEY_LOT_BITS);
}

static inline uint32_t
key_lot(uint64_t key)
{
	return (uint32_t)key & ((UINT32_C(1) << KEY_LOT_BITS) - 1);
}

/*
 * A block's seats in the table: a head, then the keys of its holders. Full, they are a heap with the worst key first.
 * Room is the block's slots, or as many as can ever ask if those are fewer.
 */
#define HEAD(room, filled) ((uint64_t)(room) << 32 | (uint64_t)(filled))
#define HEAD_ROOM(head) ((uint32_t)((head) >> 32))
#define HEAD_FILLED(head) ((uint32_t)(head))
#define HEAD_CHAIN UINT64_MAX /* not a block: the posting has several; then HEAD(how many wait, 1 + the first's lot) */

struct block {
	size_t at; /* its head in the table of seats */
	int32_t slots;
	int32_t group; /* ENGINE_NONE: open slots */
	int32_t endowed; /* how many of its slots are endowed; those come first in it */
};

/* A learner's way down her list. */
struct walker {
	uint32_t next; /* the line that she tries next; WALKED_OUT: she has no place and none left */
	uint32_t end; /* where her list ends, or where her endowed posting stands in it */
};

#define WALKED_OUT UINT32_MAX

/* What an endowed learner's seat is to her. */
struct own_seat {
	uint32_t block; /* one slot of it is hers */
	uint32_t priority; /* hers there on her merits, if it is listed */
	bool listed; /* she ranked the posting: her list ends before it */
};

/* Who is to propose next. */
struct asker {
	int32_t learner;
	uint32_t lot;
};

/* A proposal that waits at a posting of many blocks. */
struct waiting {
	uint32_t next; /* 1 + the lot of the one who waits behind her; 0: nobody */
	uint32_t priority;
};

enum { FEW_BLOCKS = 8 }; /* up to here, proposals at a posting with reserves are answered at once */
#define NO_BLOCK UINT32_MAX

struct ranked {
	const struct ranked_problem *p;
	struct walker *walker; /* by learner */
	uint32_t *cut; /* by posting: only lines of a smaller priority need to ask */
	uint32_t *at; /* by posting: its head in the table of seats */
	uint64_t *seats;
	uint32_t *first_block; /* [n_postings + 1] */
	struct block *blocks; /* in the order of filling */
	struct own_seat *own; /* by learner; only of those endowed, NULL without endowments */
	uint32_t *endowed_off; /* [blocks + 1], NULL without endowments */
	int32_t *endowed; /* by block, in order of number: the learner of each endowed slot */
	uint32_t *free; /* lots of those who must go on */
	size_t n_free;
	uint64_t proposals;
	/* of postings of many blocks; NULL where there is none */
	uint32_t *by_group; /* by posting, blocks in the order of their groups */
	struct waiting *waiting; /* by lot */
	int32_t *crowd; /* postings at which somebody waits */
	size_t n_crowd;
	uint32_t *place; /* by lot: scratch, all 0 */
};

static inline int32_t
learner_in_instance(const struct ranked_problem *p, int32_t i)
{
	return p->learner == NULL ? i : p->learner[i];
}

static inline int32_t
posting_in_instance(const struct ranked_problem *p, int32_t j)
{
	return p->posting == NULL ? j : p->posting[j];
}

static inline bool
is_endowed(const struct ranked_problem *p, int32_t learner)
{
	return p->endowment != NULL && p->endowment[learner] != ENGINE_NONE;
}

/* She has no seat any more. */
static inline void
set_free(struct ranked *r, uint32_t lot)
{
	r->free[r->n_free++] = lot;
	__builtin_prefetch(&r->p->by_lot[lot]);
}

static inline bool
is_crowded(const struct ranked *r, int32_t posting)
{
	return r->first_block[posting + 1] - r->first_block[posting] > FEW_BLOCKS;
}

/* Blocks, table of seats and endowed slots, all empty. */
enum engine_status ranked_lay_out(struct ranked *r);

/* Is the learner of that group? */
bool ranked_is_member(const struct ranked_problem *p, int32_t learner, int32_t group);

/* The class that she has at a block on her merits. */
enum key_class ranked_class(const struct ranked *r, const struct block *b, int32_t learner, uint32_t priority);

/* Her priority at her endowed posting, on her merits. */
uint32_t ranked_endowed_priority(const struct ranked *r, int32_t learner);

/* Offer a key to the block whose head this is. Returns whose key has no seat now: KEY_NONE, this one or another. */
uint64_t block_offer(uint64_t *head, uint64_t key);

/* Offer a learner to a posting of several blocks. Returns whose key has no seat now, or KEY_NONE. */
uint64_t chain_offer(struct ranked *r, int32_t posting, uint32_t lot, uint32_t priority);

/* What postings of many blocks need, after the blocks are laid out. */
enum engine_status crowd_lay_out(struct ranked *r);

/* The block of a posting of many that is reserved for a group, or NO_BLOCK. */
uint32_t crowd_find(const struct ranked *r, int32_t posting, int32_t group);

/* A learner asks at a posting of many blocks, and waits. */
void crowd_wait(struct ranked *r, int32_t posting, uint32_t lot, uint32_t priority);

/* Answer all who wait at one such posting; there is one. */
enum engine_status crowd_settle(struct ranked *r);

/* Sort ascending: few by insertion, many by digits. Scratch holds as many. */
void keys_sort(uint64_t *key, size_t n, uint64_t *scratch);

#endif
