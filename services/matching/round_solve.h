/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the pool of a round to its instance and its solution: no store, no clock, so that a worker thread may do it and
 * a test needs nothing. Source: matching.md; feeds.md, "Who fits where".
 */
#ifndef MATCHING_ROUND_SOLVE_H
#define MATCHING_ROUND_SOLVE_H

#include "instance.h"
#include "round.h"

/* A pool made into an instance. A learner's or posting's number in it is drafted[]; ROUND_NONE: takes no part. */
struct drafted {
	struct instance *instance;              /* owned: drafted_clear */
	int32_t *learners, *postings;           /* by number in the pool */
	bool *eligible;                         /* by learner: fits an open posting, or holds a direct offer */
	struct round_left_out *left_out;
	size_t n_left_out;
};

enum solve_status {
	SOLVE_OK,
	SOLVE_NO_MEMORY,
	SOLVE_REFUSED,                          /* by the verifier, or by the instance's own rules: see condition and why */
};

/* Everything but the instance lives in a. why: SOLVE_WHY_SIZE bytes. */
enum { SOLVE_WHY_SIZE = 512 };
enum solve_status pool_draft(const struct pool *p, struct arena *a, struct drafted *out, char *why) MUST_CHECK;
void drafted_clear(struct drafted *d);          /* NULL-safe members */

/* What the worker hands back; all of it lives in the arena but outcome.bytes, which solution_clear frees. */
struct solution {
	const char *condition;                  /* static word: what was refused; NULL: nothing was */
	char why[SOLVE_WHY_SIZE];               /* the same in a sentence, which may name ids */
	char instance_digest[ROUND_DIGEST_HEX], outcome_digest[ROUND_DIGEST_HEX];
	struct json_text_buffer outcome;        /* JSON, canonical */
	struct college_row *colleges;   size_t n_colleges;      /* by institution, bytewise */
	struct round_line *lines;       size_t n_lines;         /* every learner of the pool, by pool number */
	struct round_left_out *left_out; size_t n_left_out;
	const char *rank_counts;
};

/*
 * Drafts, solves on so many threads, writes the outcome, and lets the verifier judge what was written: SOLVE_OK means that
 * it has accepted exactly outcome.bytes.
 */
enum solve_status solution_make(const struct pool *p, int threads, struct arena *a, struct solution *out) MUST_CHECK;
/* Drafts, and lets the verifier judge an outcome that was made before. *out has condition, why and the digests only. */
enum solve_status solution_verify(const struct pool *p, const char *bytes, size_t size, struct arena *a,
    struct solution *out) MUST_CHECK;
void solution_clear(struct solution *s);

#endif
