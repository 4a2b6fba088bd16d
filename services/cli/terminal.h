/* SPDX-License-Identifier: Apache-2.0 */
/* What may be written to a terminal: text without control characters, and a progress bar that a pipe never sees. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

/*
 * A stranger's text made harmless: control characters (C0, DEL, C1), direction overrides and bytes that are no UTF-8
 * become U+FFFD; line breaks and tabs become blanks, unless lines: then LF and tab stay and CR before LF goes. Lives in
 * a, or is text itself where nothing had to change; "" without memory.
 */
const char *terminal_safe(struct arena *a, const char *text, size_t size, bool lines);
const char *terminal_safe_text(struct arena *a, const char *text); /* one line, NUL-terminated; NULL: "" */

/* Columns that a UTF-8 text takes on a terminal; one for each character that is not combining. */
size_t terminal_width(const char *text);

/* The beginning of text and an ellipsis, width columns at most; text itself where it fits, or width is 0. Lives in a. */
const char *terminal_cut(struct arena *a, const char *text, size_t width);

/* text with line breaks between words, so that no line is wider than width; longer words are cut. Lives in a, or is
 * text itself. */
const char *terminal_wrap(struct arena *a, const char *text, size_t width);

struct progress {
	const char *what; /* shown before the bar, in the user's language */
	uint64_t total, shown; /* shown: the last permille drawn, plus one */
	bool on;
};
/* Draws on stderr when that is a terminal and wanted. */
void progress_start(struct progress *p, const char *what, uint64_t total, bool wanted);
void progress_show(struct progress *p, uint64_t done);
void progress_end(struct progress *p); /* wipes the line */

#endif
