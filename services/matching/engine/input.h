/* SPDX-License-Identifier: Apache-2.0 */
/* The check of what the caller hands in. */
#ifndef BASSIN_MATCHING_INPUT_H
#define BASSIN_MATCHING_INPUT_H

#include "engine/engine.h"

/*
 * Is the instance of the shape that engine.h describes? Nothing else in the engine looks again.
 *   Returns  ENGINE_OK, ENGINE_BAD_INPUT or ENGINE_NO_MEMORY
 *   Costs    one pass over the lists
 * The order of a learner's lines and their priorities are the caller's: whatever they say, the engine stays in its
 * arrays.
 */
enum engine_status input_check(const struct engine_instance *in);

#endif
