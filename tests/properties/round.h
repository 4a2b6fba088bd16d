/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A round as plain tables, for judging the solver from outside: small enough to be read at a glance, far too slow for a
 * region. Nothing here is shared with services/matching; the source of every rule is matching.md alone.
 */
#ifndef TEST_ROUND_H
#define TEST_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NONE = -1, MAX_GROUPS = 32, MAX_RESERVES = 24, ID_BYTES = 32, SEED_BYTES = 65, MAX_NEEDS = 100 };

struct round_learner {
	char id[ID_BYTES];
	int college, need; /* college NONE: of no college */
	int fixed, held; /* posting, or NONE */
	bool assignable;
	uint32_t groups; /* bit per group */
	uint64_t lottery;
};

struct round_reserve {
	int group, seats;
};

struct round_posting {
	char id[ID_BYTES];
	int college, capacity, n_tiers, n_reserves;
	bool accepts_unranked, assignable, reserve_last;
	struct round_reserve reserve[MAX_RESERVES];
};

/* Learners, postings, colleges and groups stand in the bytewise order of their ids. */
struct round {
	char seed[SEED_BYTES];
	bool guarantee;
	int n, m, n_colleges, n_groups;
	struct round_learner *learner;
	struct round_posting *posting;
	char (*college)[ID_BYTES], (*group)[ID_BYTES];
	int16_t *wish; /* [n * m] the learner's tier, NONE: not ranked */
	int16_t *choice; /* [n * m] the employer's tier, NONE: not ranked */
	int16_t *fit; /* [n * m] NONE: no row */
};

struct round *round_new(int n, int m, int n_colleges, int n_groups); /* everything NONE, 0 or false; ids empty */
struct round *round_copy(const struct round *r);
void round_destroy(struct round **self);

/* The same round without learner number l, posting number p (NONE: none of them). */
struct round *round_without(const struct round *r, int l, int p);

/* Tiers without gaps, n_tiers counted, lottery drawn: after each change, before anything else. */
void round_settle(struct round *r);

static inline size_t
cell(const struct round *r, int l, int p)
{
	return (size_t)l * (size_t)r->m + (size_t)p;
}

/* fit as an order sees it: no row is 0. */
static inline int
fit_of(const struct round *r, int l, int p)
{
	int fit = r->fit[cell(r, l, p)];

	return fit == NONE ? 0 : fit;
}

static inline bool
is_acceptable(const struct round *r, int l, int p)
{
	return r->choice[cell(r, l, p)] != NONE || r->posting[p].accepts_unranked;
}

static inline int
employer_tier(const struct round *r, int l, int p)
{
	int tier = r->choice[cell(r, l, p)];

	return tier == NONE ? r->posting[p].n_tiers : tier;
}

/* Below 0: a has the better key at p. Employer's tier, higher fit, lottery, id. */
int key_compare(const struct round *r, int p, int a, int b);

/* BLAKE2b (RFC 7693), written here once more so that lottery and digest do not rest on one library. */
void blake2b(uint8_t *out, size_t out_size, const void *key, size_t key_size, const void *in, size_t size);

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* The canonical form; the caller frees. */
char *round_canonical(const struct round *r);
void round_digest(const struct round *r, char hex[65]);

/* The same round otherwise: any order, defaults left out or not, blanks and escapes at random. The caller frees. */
char *round_shuffled(const struct round *r, uint64_t *random);

/* Read an instance (of the vectors, or a printed one); NULL when it is too large for these tables or no instance. */
struct round *round_read(const char *json);

/* ---- chance ------------------------------------------------------------------------------------------------------ */

bool one_in(uint64_t *state, int n);

/* Every feature, few learners: what an exhaustive search can go through. */
struct round *round_small(uint64_t *random);

/* Up to max learners, lists as in life: popular postings, several colleges, tiers, reserves, held pairs. */
struct round *round_large(uint64_t *random, int max);

#endif
