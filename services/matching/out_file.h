/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that appears whole or not at all: written without a name (or under a passing one, where the file system knows
 * no other way), made durable, then put in the place of what stood there. "-" is standard output; what is no plain file
 * (a device, a pipe) is written straight.
 */
#ifndef MATCHING_OUT_FILE_H
#define MATCHING_OUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct out_file {
	int   fd;
	char *target, *passing; /* passing: its name for now, NULL while it has none; target NULL: written straight */
};

/* 0, or -1 with errno: nothing is open. Standard output is never closed. */
int out_file_open(struct out_file *f, const char *path) MUST_CHECK;

/* A json_sink; to is a struct out_file. -1 with errno: not everything could be written. */
int out_file_put(void *to, const char *bytes, size_t size);

/* Ends it in every case. keep: durable and in its place afterwards; else nothing has changed. -1 with errno: it could
 * not be kept, and nothing has changed. */
int out_file_end(struct out_file *f, bool keep) MUST_CHECK;

/* What went wrong with a file, in the language that is set; error is an errno. */
const char *out_file_trouble(int error);

#endif
