/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a pool, all of it or some rows, from a snapshot or from the present view. Results: enum store_result. */
#ifndef MATCHING_STORE_POOL_H
#define MATCHING_STORE_POOL_H

#include "round.h"
#include "store/store.h"

/*
 * The whole pool of a round with its lists; round '': the present view. Six statements, whatever its size.
 *   *out     in a, which may be an arena of its own that goes to another thread; nothing of tx is kept
 *   scratch  for parameters
 *   today    days since 1970-01-01: of the present view, postings of an employer who is paused beyond it are not open
 */
int pool_load(struct tx *tx, struct arena *scratch, struct arena *a, const char *round, int32_t today,
    struct pool **out) MUST_CHECK;

/* Without lists: one posting, and the learners of its programmes who are in the pool (withdrawn ones left out). */
int pool_load_candidates(struct tx *tx, struct arena *a, const char *round, const char *posting,
    int32_t today, struct pool **out) MUST_CHECK;
/* Without lists: one learner and one posting, as far as they are there. */
int pool_load_pair(struct tx *tx, struct arena *a, const char *round, const char *learner, const char *posting,
    int32_t today, struct pool **out) MUST_CHECK;

#endif
