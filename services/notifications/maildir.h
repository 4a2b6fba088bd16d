/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Maildir that the mail system delivers into and we read: files of new/ are read, and moved to cur/ when they have been handled,
 * flagged S (seen) or F (a person should look). Whatever stands there is bounded and never followed: no symbolic link, no pipe, no
 * more of a file than MAILDIR_FILE_MAX. Names of files are the mail system's words and stay out of logs.
 */
#ifndef NOTIFICATIONS_MAILDIR_H
#define NOTIFICATIONS_MAILDIR_H

#include "base/arena.h"
#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	MAILDIR_FILE_MAX = 512 * KiB,   /* what lies behind is not read: a report says what matters before what it returns */
	MAILDIR_NAME_MAX = 255,
};

struct maildir_file {
	char name[MAILDIR_NAME_MAX + 1];
	const char *bytes;              /* NULL: it cannot be read; in the arena */
	size_t size;
};

/* At most most files of new/, in no order. *more: there are others. Returns how many, or -1: the Maildir cannot be read, or no
 * memory. */
int maildir_read(const char *path, struct arena *a, struct maildir_file *out, int most, bool *more) MUST_CHECK;

/* From new/ to cur/, flag 'S' or 'F'; it may be gone already. 0, or -1. */
int maildir_keep(const char *path, const char *name, char flag) MUST_CHECK;
/* From new/ to nowhere; it may be gone already. 0, or -1. */
int maildir_remove(const char *path, const char *name) MUST_CHECK;

/* Deletes files of cur/ that were last changed before, wall clock, at most most. *more: there may be others. 0, or -1. */
int maildir_sweep(const char *path, int64_t before_ms, int most, bool *more) MUST_CHECK;

#endif
