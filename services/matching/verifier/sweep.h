/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One posting's kinds of slot, gone through from the last that is filled to the first, always with the best of those
 * who would rather have a slot here than what they have: the holders of later slots, and learners elsewhere. A learner
 * prefers the slots of a posting in the order of filling, so in a stable outcome each slot has been kept from just those.
 */
#ifndef MATCHING_VERIFIER_SWEEP_H
#define MATCHING_VERIFIER_SWEEP_H

#include "verifier/judge.h"

/* Somebody as one kind of slot sees her: members of its group come first (on an open slot nobody is). */
struct claimant {
	slot_key key;                           /* KEY_NOBODY: there is none */
	int32_t  slot;                          /* hers here; ENGINE_NONE: she is elsewhere */
	bool     stranger;
};

struct best {
	slot_key key;
	int32_t  slot;
};

struct sweep {
	struct judge *v;
	struct run *r;
	int32_t  posting, n;                    /* how many kinds; in all arrays of them, by kind */
	int32_t *sizes;
	int32_t *from, *to;                     /* the slots of that kind that are filled */
	struct best best;                       /* of those later or elsewhere, whoever */
	struct best *member_best;               /* of them, members of that reserve's group */
	int32_t *kind_of_group;                 /* by group: the reserve of this posting, else ENGINE_NONE */
};

bool sweep_open(struct sweep *s, struct judge *v, struct run *r);       /* false: no memory, reported */

/* Stand at the end of posting j. false, reported: its slots are not listed in the order of filling */
bool sweep_posting(struct sweep *s, int32_t j);
void sweep_leave(struct sweep *s);                      /* after each posting */

struct claimant sweep_later(const struct sweep *s, int32_t kind);       /* the best that it must be kept from */
void sweep_pass(struct sweep *s, int32_t kind);         /* on to the kind that is filled before this one */

static inline bool
claimant_before(const struct claimant *a, const struct claimant *b)
{
	if (a->stranger == b->stranger)
		return a->key < b->key;
	return a->stranger ? b->key == KEY_NOBODY : a->key != KEY_NOBODY;
}

/* The holder of a slot on her merits. */
static inline struct claimant
sweep_holder(const struct sweep *s, int32_t kind, int32_t slot)
{
	struct claimant c = { s->r->keys[slot], slot, true };
	int32_t i;

	if (kind + 1 == s->n)
		return c;
	i = s->r->claim->slots[slot].learner;
	if ((s->r->role[i] & ROLE_GROUPED) != 0)
		c.stranger = !is_member(s->v, i,
		    s->v->e->reserves.entry[s->v->e->reserves.off[s->posting] + (size_t)kind].to);
	return c;
}

#endif
