/* SPDX-License-Identifier: Apache-2.0 */
/* All commands, ended by one without a name. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "options.h"

extern const struct cli_command cli_commands[];

#endif
