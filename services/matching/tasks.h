/* SPDX-License-Identifier: Apache-2.0 */
/* What matching asks people to do (bus/matters.h). */
#ifndef MATCHING_TASKS_H
#define MATCHING_TASKS_H

#include "bus/matters.h"

extern const struct chore matching_chores[];
extern const size_t matching_chore_count;

int tasks_on_active(struct work *w);
/* The view has changed: what waited may be there, and what was there gone. */
void tasks_soon(struct work *w);
/* All that waits. enum store_result. */
int tasks_find(struct work *w, struct matters *out) MUST_CHECK;

#endif
