/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing learners from everything that matching holds. Gone are their rows of the view and of every snapshot, and
 * their places in employers' lists; what was published keeps its counts and seats, with `erased----` where a number
 * stood, also in the outcome files. A solved round that one of them was part of goes back to frozen: what was solved
 * is void. Facts already told on our log keep the pool number, which leads to nobody once the intake has erased her
 * row.
 */
#ifndef MATCHING_ERASURE_H
#define MATCHING_ERASURE_H

#include "bus/core.h"

#define ERASED_LEARNER "erased----"     /* as long as a pool number */

/* enum store_result. */
int erasure_do(struct work *w, const char *const *learners, size_t n) MUST_CHECK;

#endif
