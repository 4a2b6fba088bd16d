/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invented rounds to measure with, the same on any machine. Which postings are wanted follows Zipf's law: posting number
 * k (from 0) is drawn in proportion to 1 / (k + 1). One learner in a hundred has no posting open to her at all. Whatever
 * goes wrong ends the program; nothing is freed before its end.
 */
#ifndef BENCH_MADE_H
#define BENCH_MADE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lists in compressed rows: learner i's are to[off[i]] .. to[off[i + 1] - 1], each posting once. */
struct made_lists {
	int32_t learners, postings;
	size_t *off;
	int32_t *to;
};

/* `each` postings for everybody but one in a hundred; in the order of drawing, or ascending. */
struct made_lists made_lists_new(int32_t learners, int32_t postings, int32_t each, int ascending);

/* Seats by posting, 1 to 9 each, then evened out to this sum. */
int32_t *made_seats(int32_t postings, int64_t sum);

uint64_t made_draw(uint64_t below); /* xorshift64*: the same numbers each time */
void *made_room(size_t count, size_t size); /* zeroed */

double made_now_s(void); /* a clock that only goes forward */
int64_t made_peak_kib(void); /* the most memory that was resident since made_peak_reset */
void made_peak_reset(void);
void made_die(const char *what) __attribute__((noreturn)); /* says so on stderr; status 2 */

/*
 * An assignment: a fifth as many postings as learners, `eligible` open to each, seats in percent of the learners. The
 * fields are those of struct assign_problem, whose header C++ does not read.
 */
struct made_edge {
	int32_t posting, fit;
};

struct made_problem {
	int32_t n_learners, n_postings;
	size_t *off;
	struct made_edge *edge;
	uint8_t *level; /* 0: stands on an endowed seat, one in fifty; else 1 + need, need 0 .. 3 */
	int32_t *start, *seats;
	int64_t gap;
};

struct made_problem made_problem_new(int32_t learners, int32_t eligible, int32_t seats_percent);

/* What is compared between solvers: the placed by level, the sum of fit; posting by learner, -1 nowhere. Checks seats
 * and edges on the way. */
void made_print_result(const struct made_problem *p, const int32_t *posting);

/*
 * A whole round as in life, as JSON, a line for each learner and posting. Of a hundred learners 5 have a direct offer, 55
 * rank 5 to 12 postings and half of these may be assigned too, 40 rank nothing and may be assigned; 20 postings are
 * open to who may be assigned, half of them of her own college; needs 0 to 4. One posting in three has an employer's
 * ranking, in tiers, of those who rank it, one in twenty a reserve; seats are 5 % short.
 */
void made_write(FILE *to, int32_t learners, int32_t postings, int32_t colleges);

#ifdef __cplusplus
}
#endif
#endif
