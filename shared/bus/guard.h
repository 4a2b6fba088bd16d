/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that made the process abort. A handler of the fatal signals (SEGV, ABRT, BUS, FPE, ILL) appends a note of the
 * commands in hand to a file, and the default action follows; `kill -9` leaves no note. At the next start the notes tell
 * whom to suspect: noted once, or in a group: run it alone; noted twice when alone: refuse it.
 * Lines are `ms alone|group principal request-id`. Notes older than 30 days go, and at most 10,000 stay.
 * One guard per process; in_hand and suspicion by one thread, whose crash alone is blamed on commands.
 */
#ifndef BUS_GUARD_H
#define BUS_GUARD_H

#include "bus/core.h"

struct guard;

/* Reads the file (it need not be there), keeps it open for notes, and takes the signals. 0, or -1 after a log_error. */
int  guard_open(const char *path, int64_t now_ms, struct guard **out) MUST_CHECK;
void guard_close(struct guard **self);          /* NULL-safe; the signals get their default actions back */

/* For core_config: guard is a struct guard. */
int  guard_suspicion(void *guard, const struct principal *who, const struct id *request_id);
/* Adds to what is in hand; who NULL: nothing is in hand any more. */
void guard_in_hand(void *guard, const struct principal *who, const struct id *request_id, bool alone);

#endif
