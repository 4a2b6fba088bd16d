/* SPDX-License-Identifier: Apache-2.0 */
/* Making a round that fails small enough to think about. */
#ifndef TEST_SHRINK_H
#define TEST_SHRINK_H

#include "round.h"

/* What is wrong with r, or NULL; the caller frees. */
typedef char *round_test(const struct round *r, void *with);

/*
 * Take away learners, postings, rows, seats and features as long as something is still wrong. Returns what is left to
 * say of it, with the instance; takes *complaint, the first one. The caller frees.
 */
char *shrunk_complaint(const struct round *r, round_test *test, void *with, char **complaint);

#endif
