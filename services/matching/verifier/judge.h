/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the judges share: one run (the pool, or all solo runs together) looked at from the instance. Each judge is true,
 * or false with the report filled; they stand in the order in which they are called, since the later ones build on what
 * the earlier ones have settled.
 */
#ifndef MATCHING_VERIFIER_JUDGE_H
#define MATCHING_VERIFIER_JUDGE_H

#include "verifier/claim.h"
#include "verifier/memory.h"
#include "verifier/report.h"

/*
 * What a slot goes by, as one number: the learner's priority at the posting above her place in the lottery; the smaller
 * comes first, and no two learners have the same.
 */
typedef uint64_t slot_key;

#define KEY_OF(priority, place) ((slot_key)(priority) << 32 | (place))
#define KEY_NOBODY UINT64_MAX           /* also whoever is not acceptable there */

static inline uint32_t
key_priority(slot_key key)
{
	return (uint32_t)(key >> 32);
}

/* The reserves of all postings once more, those of a posting by group. */
struct by_group {
	int32_t group, kind;
};

/* Who has first claim on a slot. */
struct owner {
	int32_t learner, slot;                  /* slot: the one that she holds, wherever; ENGINE_NONE */
};

/* What a learner is in a run, as bits. */
enum {
	ROLE_RANKED = 1,        /* takes part in the ranked phase */
	ROLE_ON_SEAT = 2,       /* stands on an endowed seat that she did not rank */
	ROLE_MARKET = 4,        /* takes part in the assignment */
	ROLE_GROUPED = 8,       /* is a member of a group */
};

struct run {
	enum report_run name;
	bool solo;
	const struct claim_run *claim;
	int32_t *seats;                         /* by posting: its slots */
	int32_t *result;                        /* by learner: where she stands after the ranked phase; ENGINE_NONE */
	uint32_t *stop;                         /* by learner: her lines before that; all if she did not rank it */
	uint8_t *role;                          /* by learner */
	slot_key *keys;                         /* by slot: its holder's on her merits, or KEY_NOBODY */
	const int32_t *endowment;               /* by learner; NULL in the solo runs, where nobody is endowed */
	size_t *endowed_off;                    /* [n_postings + 1] */
	struct owner *endowed;                  /* who is endowed there, by number */
	slot_key *best;                         /* by posting: the first of those elsewhere who want it; or nobody */
	slot_key *member_best;                  /* at CLAIM_KIND: the first member of that reserve's group */
	int32_t *next;                          /* by slot: that of the best who would rather have it, or ENGINE_NONE */
	int64_t  fit;                           /* the sum over its assigned pairs, from prices.c */
	uint32_t *wanted;                       /* by posting: lines that name it, down to where their learners stand */
};

struct judge {
	const struct instance *in;
	const struct engine_instance *e;
	const struct claim *claim;
	struct verifier_report *report;
	struct memory *memory;
	int32_t *fixed_at, *held_at;            /* by learner */
	struct by_group *by_group;              /* at reserves.off */
	uint32_t *place;                        /* by learner: hers in the lottery */
	int32_t *drawn;                         /* by place: whose it is */
	struct run alone, pool;
};

void *judge_take(struct judge *v, size_t count, size_t size);   /* zeroed; NULL and reported: no memory */

static inline const char *
learner_id(const struct judge *v, int32_t i)
{
	return v->in->learner_ids[i];
}

static inline const char *
posting_id(const struct judge *v, int32_t j)
{
	return v->in->posting_ids[j];
}

static inline slot_key
key_of(const struct judge *v, int32_t learner, uint32_t priority)
{
	return priority == ENGINE_REFUSED ? KEY_NOBODY : KEY_OF(priority, v->place[learner]);
}

static inline int32_t
learner_of(const struct judge *v, slot_key key)
{
	return v->drawn[(uint32_t)key];
}

static inline int32_t
endowment_of(const struct run *r, int32_t learner)
{
	return r->endowment == NULL ? ENGINE_NONE : r->endowment[learner];
}

static inline size_t
line_count(const struct judge *v, int32_t i)
{
	return v->e->rankings.off[i + 1] - v->e->rankings.off[i];
}

static inline bool
in_one_run(const struct judge *v, const struct run *r, int32_t learner, int32_t posting)
{
	return !r->solo || v->e->learner_college[learner] == v->e->posting_college[posting];
}

/* facts.c: what the instance says about a pair */
bool     is_member(const struct judge *v, int32_t learner, int32_t group);
bool     fit_row(const struct judge *v, int32_t learner, int32_t posting, int32_t *fit);
uint32_t priority_of(const struct judge *v, int32_t learner, int32_t posting); /* of a pair that she did not rank */
/* The size of each kind of slot, where `seats` are left; returns how many kinds there are. */
int32_t  kind_sizes(const struct judge *v, int32_t posting, int32_t seats, int32_t *sizes);
/* The kind that is filled as number `step` of n. */
int32_t  kind_filled(const struct judge *v, int32_t posting, int32_t step, int32_t n);
/* The next reserve of the posting that is for a group of hers: start with *at = 0; ENGINE_NONE: no more. */
int32_t  kind_of_member(const struct judge *v, int32_t learner, int32_t posting, size_t *at);

/* judge.c: it is the outcome of this instance */
bool judge_digest(struct judge *v);
/* lottery.c: everybody's place in the lottery */
bool judge_draw(struct judge *v);
/* holders.c: everybody's place in the run has a form that it may have; finds result, stop, role, keys and best */
bool judge_holders(struct judge *v, struct run *r);
/* filling.c: slots and cut-offs are what the rule of filling gives, and nobody would be given a slot that she prefers; finds
 * next */
bool judge_filling(struct judge *v, struct run *r);
/* rings.c: no stable outcome is better for any learner */
bool judge_rings(struct judge *v, struct run *r);
/* prices.c: the assignment is feasible, and the prices prove it */
bool judge_prices(struct judge *v, struct run *r);

/* guarantee.c */
bool judge_endowments(struct judge *v);
bool judge_guarantee(struct judge *v);

/* told.c: reasons and where, then colleges and what the objective counts; ahead.c: counts of who was ahead */
bool judge_reasons(struct judge *v);
bool judge_counts(struct judge *v);
bool judge_ahead(struct judge *v);
/* told.c: the objective's sum of fit, once prices.c has it */
bool judge_fit(struct judge *v);

#endif
