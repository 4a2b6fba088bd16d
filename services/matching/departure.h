/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learners whose consent has ended. They leave every round that is frozen or solved: its snapshot forgets what they wished
 * and where they live, their leaving is listed for all like that of anybody who withdraws, and what was solved is void, so
 * that the round is solved anew without them: all else as frozen, the same seed, another digest. Places that a published
 * round has given them are given up and told free; what was published stays. Nobody has to type anything for it.
 */
#ifndef MATCHING_DEPARTURE_H
#define MATCHING_DEPARTURE_H

#include "bus/core.h"

/* Why they left, as the report of a round says it; the command has a sentence for it. */
#define DEPARTURE_REASON "consent_withdrawn"

/* Of these, those whom the view says to be out of the pool; who has left already is passed over. enum store_result. */
int departure_do(struct work *w, const char *const *learners, size_t n) MUST_CHECK;

#endif
