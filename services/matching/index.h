/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds every eligible pair, and its fit, without trying them all: postings lie by programme, then by latitude, as small
 * cards that are judged without a branch; a learner meets only cards of her programme in the band of her reach, and only
 * for who passes is a distance worked out. fit.h is the rule; this finds the same.
 */
#ifndef MATCHING_INDEX_H
#define MATCHING_INDEX_H

#include "base/compiler.h"
#include "fit.h"

struct index;

/*
 * An index over the n postings, fewer than 2^31.
 *   Returns  NULL: no memory
 *   Owner    the caller destroys it; postings and their sets are borrowed until then
 */
struct index *index_new(const struct fit_posting *postings, size_t n) MUST_CHECK;
void          index_destroy(struct index **self);   /* NULL-safe, leaves NULL behind */

/* Is told of one eligible posting, by its place in postings, with distance and fit as fit.h has them; anything but 0
 * stops the search. */
typedef int index_found(void *to, size_t posting, const struct fit *fit);

/* Tell of each posting that the learner is eligible for, once, in no order to rely on. w must be sound. Returns what found
 * returned last, or 0. */
int index_search(const struct index *x, const struct fit_learner *l, const struct fit_weights *w, index_found *found,
    void *to);

#endif
