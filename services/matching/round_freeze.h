/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for the logs before a freeze. Source: architecture.md, "A freeze". */
#ifndef MATCHING_ROUND_FREEZE_H
#define MATCHING_ROUND_FREEZE_H

#include "matching.h"

enum freeze_result { FREEZE_READY, FREEZE_WAITS, FREEZE_LATE, FREEZE_NO_MEMORY };

/*
 * One look at the logs for the freeze that call asks for: the first asks every intake for its head.
 *   READY  every cursor has reached its head as heard: *out, in the arena, are the cursors
 *   LATE   freeze_wait_ms have passed: *log is the first that is behind, *missing the events it lacks ("" when its
 *          owner has not been heard)
 */
enum freeze_result freeze_look(struct matching *m, struct call *call, struct round_position **out, size_t *n,
    const char **log, const char **missing) MUST_CHECK;

#endif
