/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which commands have surely not been answered before, so that the store need not be asked: those whose id is greater than
 * all ids that were answered when this instance took over, and that are not among those answered since. Ids are compared
 * as bytes, which for UUIDv7 is the order in which they were made; whose clock made them does not matter.
 */
#ifndef BUS_SEEN_H
#define BUS_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include "base/ids.h"

#define SEEN_MAX 2048u          /* then the greatest of them is the new floor */

struct seen {
	struct id floor, greatest;
	struct id slots[2 * SEEN_MAX];      /* open addressing; zero: free */
	size_t count;
};

void seen_reset(struct seen *self, const struct id *floor);     /* floor: the greatest id that was answered; zero: none */
void seen_add(struct seen *self, const struct id *id);
bool seen_is_new(const struct seen *self, const struct id *id); /* false: it may have been answered */

#endif
