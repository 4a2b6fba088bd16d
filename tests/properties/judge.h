/* SPDX-License-Identifier: Apache-2.0 */
/* Judging an outcome by the literal rules: reads it as JSON, says what is wrong with it. */
#ifndef TEST_JUDGE_H
#define TEST_JUDGE_H

#include <jansson.h>

#include "literal.h"

struct judged {
	char *complaint; /* NULL: the outcome is right; free with free */
	int placed, assigned, endowed, moved_up;
};

/*
 * Judge what `outcome` says of r. By everything that there is (`exhaustive`: for small rounds), or by proposals and
 * exchanges.
 */
struct judged judge(const struct round *r, const char *outcome, size_t size, bool exhaustive);

/* Small enough for an exhaustive search. */
bool is_small(const struct round *r);

/* Where two values differ first, in words, or NULL. The caller frees. */
char *first_difference(const json_t *expected, const json_t *found);

/* ---- parts of the expected outcome (judge_parts.c); the caller owns what is returned ----------------------------- */

/* The whole outcome. What the two runs give, and where they leave each learner; `alone` and the prices are taken. */
struct whole {
	const struct run *pool;
	const int *solo, *ranked, *result, *assigned, *final; /* by learner; see judge.c */
	int64_t fit;
	json_t *alone, *prices;
};
json_t *whole_json(const struct whole *w);

json_t *placements_json(const struct round *r, const int *fixed, const int *ranked, const int *assigned);
json_t *slots_json(const struct run *run, const int *result, bool with_college_only);
json_t *unplaced_json(const struct run *pool, const int *result, const int *final);
json_t *colleges_json(const struct round *r, const int *solo, const int *final);
json_t *objective_json(const struct round *r, const int *final, int64_t fit);

/* Prices prove the assignment, as engine.h says at ENGINE_REWARD. */
void check_prices(const struct run *run, const struct assignment *a, const int *assigned, const json_t *prices,
                  char **complaint);
/* Who takes part in no run has no price. */
void
check_strangers(const struct round *r, const bool *member, const bool *offered, const json_t *prices, char **complaint);
void check_price_lists(const struct round *r, const json_t *prices, char **complaint);

int find_learner(const struct round *r, const char *id); /* NONE: nobody */
int find_posting(const struct round *r, const char *id);

#endif
