/* SPDX-License-Identifier: Apache-2.0 */
/* What `bassin help` says: the order of work, then all commands by who uses them; and which command was meant. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>
#include "base/arena.h"
#include "options.h"

/* group NULL: everything; else only the commands of that group ("round"). */
void help_show(const struct cli_command *commands, const char *group, FILE *to);

/*
 * The command whose name is nearest to what was typed: letters wrong, missing or swapped, words in the other order or
 * joined by a dash, or the second word alone. second may be NULL. Static, NULL: none is near.
 */
const char *help_nearest(const struct cli_command *commands, const char *first, const char *second);

/* Of these names, NULL-terminated, the one that was meant, or those that contain what was typed: "a, b"; "" for none.
 * Lives in a. */
const char *help_meant(struct arena *a, const char *typed, const char *const *names);

#endif
