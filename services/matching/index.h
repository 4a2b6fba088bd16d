/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds every eligible pair without trying them all: postings lie by programme, then by place in a grid of cells, so
 * that a learner meets only postings of her programme within her reach. The rest of the rules is judged pair by pair.
 */
#ifndef MATCHING_INDEX_H
#define MATCHING_INDEX_H

#include "base/compiler.h"
#include "fit.h"

struct index;

/*
 * An index over the n postings.
 *   Returns  NULL: no memory
 *   Owner    the caller destroys it; postings and their sets are borrowed until then
 */
struct index *index_new(const struct fit_posting *postings, size_t n) MUST_CHECK;
void          index_destroy(struct index **self);   /* NULL-safe, leaves NULL behind */

/* Is told of one eligible posting, by its place in postings, with its distance; anything but 0 stops the search. */
typedef int index_found(void *to, size_t posting, int32_t metres);

/* Tell of each posting that the learner is eligible for, once, in no order to rely on. Returns what found returned
 * last, or 0. */
int index_search(const struct index *x, const struct fit_learner *l, index_found *found, void *to);

#endif
