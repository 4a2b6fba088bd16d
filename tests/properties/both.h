/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier and the judge of this folder, asked about the same text. */
#ifndef TEST_BOTH_H
#define TEST_BOTH_H

#include "round.h"
#include "solver.h"

/*
 * Ask both about a text that claims to be the outcome of r, which is what `in` holds. Where they do not agree, *complaint,
 * which begins with `what`.
 *   Returns  the verifier's condition when it refuses, else NULL
 */
const char *both_say(const struct round *r, const struct instance *in, const char *text, size_t size, const char *what,
                     char **complaint);

#endif
