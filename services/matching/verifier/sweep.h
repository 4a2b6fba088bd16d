/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One posting's kinds of slot, gone through from the last that is filled to the first, always with the best of those
 * who would rather have a slot here than what they have: the holders of later slots and, if wanted, learners elsewhere.
 * A learner prefers the slots of a posting in the order of filling, so each slot of a stable outcome must have been
 * kept from exactly those.
 */
#ifndef MATCHING_VERIFIER_SWEEP_H
#define MATCHING_VERIFIER_SWEEP_H

#include "verifier/judge.h"

/* Somebody as one kind of slot sees her: members of its group come first (on an open slot nobody is). */
struct claimant {
	bool stranger;
	struct key key;
};

struct sweep {
	struct judge *v;
	struct run *r;
	int32_t  posting, n;                    /* how many kinds; in all arrays of them, by kind */
	int32_t *sizes;
	int32_t *from, *to;                     /* the slots of that kind that are filled */
	struct key best;                        /* of those later, whoever: KEY_AFTER_ALL is nobody */
	struct key *member_best;                /* of those later, members of that reserve's group */
	int32_t *kind_of_group;                 /* by group: the reserve of this posting, else ENGINE_NONE */
};

bool sweep_open(struct sweep *s, struct judge *v, struct run *r);       /* false: no memory, reported */

/*
 * Stand at the end of posting j. elsewhere: those who would rather be here count too (stable.c has found the best).
 *   Returns  false, reported: its slots are not listed in the order of filling
 */
bool sweep_posting(struct sweep *s, int32_t j, bool elsewhere);
void sweep_leave(struct sweep *s);                      /* after each posting */

struct claimant sweep_later(const struct sweep *s, int32_t kind);               /* the best that a slot of it keeps out */
struct claimant sweep_holder(const struct sweep *s, int32_t kind, int32_t slot);        /* on her merits */
void sweep_pass(struct sweep *s, int32_t kind);         /* on to the kind that is filled before this one */

static inline bool
claimant_before(const struct claimant *a, const struct claimant *b)
{
	if (key_is_nobody(&a->key) || key_is_nobody(&b->key))
		return !key_is_nobody(&a->key);
	return a->stranger != b->stranger ? !a->stranger : key_before(&a->key, &b->key);
}

#endif
