/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages for man(1), in roff with the man macros, and lines for bash's completion, made from the same tables as --help, so
 * that they cannot say anything else. A page is written to `to` from its head to its end, in the language of
 * language_now(); texts come translated, but for those of argp's tables, which are looked up in the argp's own domain.
 * Errors of `to` show when it is flushed.
 */
#ifndef SERVICE_MANUAL_H
#define SERVICE_MANUAL_H

#include <argp.h>
#include <stdio.h>

enum manual_part {
	MANUAL_SYNOPSIS,
	MANUAL_DESCRIPTION,
	MANUAL_COMMANDS,
	MANUAL_SETTINGS,
	MANUAL_OPTIONS,
	MANUAL_NOTES,
	MANUAL_SEE_ALSO,
};

/* program as it is typed; section 1 or 8; about: what it is for, one line. Writes the head and the part NAME. Call it
 * first: from then on this module's own words are found as well. */
void manual_begin(FILE *to, const char *program, int section, const char *about);
/* SEE ALSO: the other programs' pages. */
void manual_end(FILE *to, const char *program);
void manual_part(FILE *to, enum manual_part part);
/* A smaller heading: bold, then arguments (may be ""). */
void manual_heading(FILE *to, const char *bold, const char *arguments);
/* A paragraph of its own, bold words before it (may be ""). */
void manual_text(FILE *to, const char *bold, const char *text);
/* One entry of a list: bold, its argument (may be ""), what it does. */
void manual_item(FILE *to, const char *bold, const char *argument, const char *text);
/* The options of a table that are not hidden, with their headings. */
void manual_options(FILE *to, const struct argp_option *options, const char *domain);
/* A whole page of a program with one table, whose doc is "what it does\vwhat else is to know". */
void manual_of_argp(FILE *to, const struct argp *argp, const char *program, const char *about, const char *usage);

/* `--a --b ` of the options that are not hidden. */
void completion_options(FILE *to, const struct argp_option *options);
/* The line of a program that takes options, and files. */
void completion_of_argp(FILE *to, const struct argp *argp, const char *program);

#endif
