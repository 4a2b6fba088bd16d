/* SPDX-License-Identifier: Apache-2.0 */
/* Damaging an outcome in one place. */
#ifndef TEST_DAMAGE_H
#define TEST_DAMAGE_H

#include <jansson.h>
#include <stdint.h>

#include "round.h"

/*
 * A copy of root with one change at random, never equal to it; *what says what was done (200 bytes). The caller frees.
 */
json_t *damaged(const json_t *root, const struct round *r, uint64_t *random, char *what);

#endif
