/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing learners from everything that matching holds. Gone are their rows of the view and of every snapshot, and
 * their places in employers' lists; what was published keeps its counts and seats, with `erased----` where a number
 * stood, also in the outcome files. A solved round that one of them was part of goes back to frozen: what was solved
 * is void. What our own log told of her is blanked, and told anew without her: the seat that she had is free, and whoever
 * reads the log forgets her.
 */
#ifndef MATCHING_ERASURE_H
#define MATCHING_ERASURE_H

#include "bus/core.h"

#define ERASED_LEARNER "erased----"     /* as long as a pool number */

/* Of those whom log_id told of, and those of whom nothing is known here: a learner of another log stays, with a warning.
 * learners is put in order. enum store_result. */
int erasure_do(struct work *w, const char *log_id, const char **learners, size_t n) MUST_CHECK;

#endif
