/* SPDX-License-Identifier: Apache-2.0 */
/* What man(1) and bash are told of `bassin`, made from the table of commands. */
#ifndef CLI_MANUAL_PAGE_H
#define CLI_MANUAL_PAGE_H

#include "options.h"

/* Writes bassin(1) to standard output, in the language of language_now(). */
void manual_page_show(const struct cli_command *commands);
/* Writes what bash sources to complete commands, kinds and options; files where neither is wanted. */
void completion_show(const struct cli_command *commands);

#endif
