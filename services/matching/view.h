/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching's own view of the pool: follows the intakes' logs and writes each batch with one statement for each kind of
 * row. The core has guarded versions already and hands over the last event of each key only. Topics: architecture.md.
 *
 * A row belongs to the log that told of it first, since every college may run an intake of its own: what another log says
 * of it, or that it be erased, is left out with a warning that names the log and the key. It is not set aside: one intake
 * that is wrong about everything would then hold up the others, whose batches wait while the guilty are looked for. Once
 * the row is gone, a resync of the other log brings what was left out.
 */
#ifndef MATCHING_VIEW_H
#define MATCHING_VIEW_H

#include "bus/core.h"
#include "wire.h"

extern const struct follow matching_follows[];
extern const size_t matching_follow_count;

/* For struct follow; enum store_result. An erasure in the batch is done last: nothing comes back after it. */
int view_apply(struct work *w, const struct follow *f, const struct event *events, size_t count);
int view_drop(struct work *w, const struct follow *f, const char *topic, const char *key);

/* "posting", "learner_ranking" ... as a filter names it; false: no such kind. */
bool view_kind_from_text(const char *text, enum view_kind *out);
const char *view_kinds(void);                   /* joined by '|', static */

#endif
