/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the judges share: one run (the pool, or all solo runs together) looked at from the instance. Each judge is true,
 * or false with the report filled; they stand in the order in which they are called, since the later ones build on what
 * the earlier ones have settled.
 */
#ifndef MATCHING_VERIFIER_JUDGE_H
#define MATCHING_VERIFIER_JUDGE_H

#include "base/arena.h"
#include "verifier/claim.h"
#include "verifier/report.h"

/* What a slot goes by: the smaller comes first. */
struct key {
	uint32_t priority;
	int32_t  learner;
	uint64_t lottery;
};

#define KEY_BEFORE_ALL ((struct key){ 0, -1, 0 })
#define KEY_AFTER_ALL ((struct key){ ENGINE_REFUSED, INT32_MAX, UINT64_MAX })   /* nobody: no key is that late */

static inline bool
key_before(const struct key *a, const struct key *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->lottery != b->lottery ? a->lottery < b->lottery : a->learner < b->learner;
}

static inline bool
key_is_nobody(const struct key *k)
{
	return k->priority == ENGINE_REFUSED;
}

/* Of one posting, for whoever passes by it. */
struct gate {
	struct key bar;         /* who comes before it would have been given a slot, member of a group or not */
	struct key best;        /* the first of those who would rather be here, member or not; else nobody */
};

/* The reserves of all postings once more, those of a posting by group. */
struct by_group {
	int32_t group, kind;
};

struct run {
	enum report_run name;
	bool solo;
	const struct claim_run *claim;
	int32_t *seats;                         /* by posting: its slots */
	int32_t *result;                        /* by learner: where she stands at the end of the ranked phase; ENGINE_NONE */
	uint32_t *stop;                         /* by learner: how many of her lines come before that; all if she did not rank it */
	uint32_t *merit;                        /* by learner: her priority there; ENGINE_REFUSED: on her endowment only */
	const int32_t *endowment;               /* by learner; all ENGINE_NONE in the solo runs */
	size_t *endowed_off;                    /* [n_postings + 1] */
	int32_t *endowed;                       /* who is endowed there, by number */
	struct gate *gates;                     /* by posting */
	struct key *member_bars, *member_best;  /* at CLAIM_KIND: the same for a member of that reserve's group */
};

struct judge {
	const struct instance *in;
	const struct engine_instance *e;
	const struct claim *claim;
	struct verifier_report *report;
	struct arena *arena;
	int32_t *fixed_at, *held_at;            /* by learner */
	int32_t *nobody_endowed;                /* by learner: ENGINE_NONE */
	struct by_group *by_group;              /* at reserves.off */
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

static inline struct key
key_of(const struct judge *v, int32_t learner, uint32_t priority)
{
	return (struct key){ priority, learner, v->e->lottery[learner] };
}

static inline size_t
line_count(const struct judge *v, int32_t i)
{
	return v->e->rankings.off[i + 1] - v->e->rankings.off[i];
}

/* Who stands on an endowed seat that she did not rank: she takes part in the assignment. */
static inline bool
stands_unranked(const struct judge *v, const struct run *r, int32_t i)
{
	return r->result[i] != ENGINE_NONE && r->stop[i] == line_count(v, i);
}

/* facts.c: what the instance says about a pair */
bool     takes_part(const struct judge *v, const struct run *r, int32_t learner);
bool     in_one_run(const struct judge *v, const struct run *r, int32_t learner, int32_t posting);
bool     is_member(const struct judge *v, int32_t learner, int32_t group);
bool     fit_row(const struct judge *v, int32_t learner, int32_t posting, int32_t *fit);
uint32_t priority_of(const struct judge *v, int32_t learner, int32_t posting);  /* for a pair that is in no ranking of hers */
/* The size of each kind of slot, where `seats` are left; returns how many kinds there are. */
int32_t  kind_sizes(const struct judge *v, int32_t posting, int32_t seats, int32_t *sizes);
/* The kind that is filled as number `step` of n. */
int32_t  kind_filled(const struct judge *v, int32_t posting, int32_t step, int32_t n);
/* The next reserve of the posting that is for a group of hers: start with *at = 0; ENGINE_NONE: no more. */
int32_t  kind_of_member(const struct judge *v, int32_t learner, int32_t posting, size_t *at);

/* judge.c: it is the outcome of this instance */
bool judge_digest(struct judge *v);
/* holders.c: everybody's place in the run has one of the forms that it may have */
bool judge_holders(struct judge *v, struct run *r);
/* filling.c: slots and cut-offs are what the rule of filling makes of the holders; finds bars */
bool judge_filling(struct judge *v, struct run *r);
/* stable.c: nobody prefers a slot that she would have been given; finds best */
bool judge_stable(struct judge *v, struct run *r);
/* rings.c: no stable outcome is better for any learner */
bool judge_rings(struct judge *v, struct run *r);
/* prices.c: the assignment is feasible, and the prices prove it */
bool judge_prices(struct judge *v, struct run *r);

/* guarantee.c */
bool judge_endowments(struct judge *v);
bool judge_guarantee(struct judge *v);

/* told.c and ahead.c: reasons, counts of who is ahead, colleges, objective */
bool judge_told(struct judge *v);
bool judge_ahead(struct judge *v);

#endif
