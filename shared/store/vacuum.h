/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was deleted goes from the data files, too, within a day: every table that has not been vacuumed for 20 hours is, looked
 * for each hour. PostgreSQL's autovacuum waits until a fifth of a table is dead, which an erased person never is. On a
 * connection of its own, which exists only while there is something to do and never makes the caller wait. Space that was
 * freed is used again; that PostgreSQL overwrites it at once is not promised.
 * Source: architecture.md, "Erasure".
 */
#ifndef STORE_VACUUM_H
#define STORE_VACUUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"

struct vacuum;

/* conninfo is borrowed. NULL: no memory. */
struct vacuum *vacuum_new(const char *conninfo) MUST_CHECK;
void           vacuum_destroy(struct vacuum **self);    /* NULL-safe; what is under way is left to the server */
/* Does what can be done now; to be called at least each second. wanted false (not the active instance): begins nothing. */
void           vacuum_turn(struct vacuum *v, bool wanted, int64_t mono_ms);
/* How often it has looked and come to the end; how many tables it has vacuumed. */
size_t         vacuum_rounds(const struct vacuum *v);
size_t         vacuum_tables(const struct vacuum *v);

#endif
