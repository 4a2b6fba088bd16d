/* SPDX-License-Identifier: Apache-2.0 */
/* The solver and the verifier as these tests use them: texts in, texts out. */
#ifndef TEST_SOLVER_H
#define TEST_SOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "round.h"

struct instance;

struct solved {
	struct instance *instance; /* NULL when it was refused */
	char *text; /* the outcome; NULL when there is none */
	size_t size;
};

/* Read, solve, write; *complaint when any of these fails. */
struct solved solve_text(const char *json, int threads, char **complaint);

/* The same through the draft, piece by piece in some order. */
struct solved solve_drafted(const struct round *r, int threads, uint64_t *random, char **complaint);

/* Read and write in canonical form; NULL when refused, and *why in the reader's words. The caller frees both. */
char *canonical_text(const char *json, char **why);

/* The verifier accepts; if not, *complaint. */
void check_accepted(const struct solved *s, char **complaint);
void solved_clear(struct solved *s);

/* The verifier's answer: NULL when it accepts, else its condition (static). *text: its sentence, 480 bytes. */
const char *refused_because(const struct instance *in, const char *outcome, size_t size, char *text);

#endif
