/* SPDX-License-Identifier: Apache-2.0 */
/* What the checker's two halves share: keys found by the checker itself, and the judgement of one ranked phase. */
#ifndef MATCHING_CHECKER_PRIV_H
#define MATCHING_CHECKER_PRIV_H

#include "base/arena.h"
#include "checker.h"

/* Who wants a posting: ranks it at or above her result and is acceptable there. The smaller key comes first. */
struct wanting {
	int32_t  tier, fit, learner;    /* tier is the employer's */
	uint64_t lottery;
};

struct check {
	const struct instance *in;
	const struct engine_outcome *out;
	struct checker_report *report;
	struct arena *arena;

	uint64_t *lottery;      /* by learner, computed here */
	int32_t  *seats;        /* by posting, without the fixed pairs */
	bool     *fixed;        /* by learner */
	size_t   *chosen_off;   /* by learner: who ranked her, in order of posting, and in which tier */
	int32_t  *chosen_by, *chosen_tier;
	size_t   *entry_hint;   /* by posting: where the ranking in hand names it, if it does */
	int32_t  *last_tier;    /* by posting: the tier of the unranked, or ENGINE_NONE */
};

/* One ranked phase to be judged. */
struct run {
	const char *name;                       /* for messages */
	const int32_t *result;                  /* by learner: posting or ENGINE_NONE; ENGINE_NONE for the fixed */
	const struct engine_certificate *certificate;
	bool solo;
	size_t *want_off;                       /* by posting */
	struct wanting *wants;                  /* best first */
};

/* Set the report, the first violation only; always returns false, for `return violation(...)`. */
bool violation(struct check *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
void *check_take(struct check *c, size_t count, size_t size);   /* zeroed; NULL: report set */

int32_t check_fit(const struct check *c, int32_t learner, int32_t posting);             /* 0 without a row */
int32_t check_tier(const struct check *c, int32_t posting, int32_t learner); /* ENGINE_NONE: not acceptable */

/* Judge r and fill its wants. False: a violation is reported. */
bool run_judge(struct check *c, struct run *r);

/* Better-keyed learners who want the posting too. */
int32_t run_ahead(const struct check *c, const struct run *r, int32_t learner, int32_t posting);

#endif
