/* SPDX-License-Identifier: Apache-2.0 */
/* Small files that people edit: read at once under a ceiling, taken apart line by line, written anew as a whole. */
#ifndef BUS_TEXTFILE_H
#define BUS_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include "base/compiler.h"

/*
 * Reads a regular file into *out (NUL-terminated, malloc: the caller frees it). *about (may be NULL) is what fstat says of
 * the very file that was read. 0; -1 with errno (EFBIG: more than max_bytes; EILSEQ: not UTF-8, or a NUL inside).
 */
int textfile_read(const char *path, size_t max_bytes, char **out, size_t *size, struct stat *about) MUST_CHECK;

/* Cuts the next line off *at (no line ending, blanks trimmed); NULL at the end. */
char *textfile_line(char **at);
/* Cuts the next word off *at, between blanks; NULL when none is left. */
char *textfile_word(char **at);

/* The file is there whole or not at all: written beside, flushed, renamed, folder flushed. 0, or -1 with errno. */
int textfile_replace(const char *path, mode_t mode, const char *text, size_t size) MUST_CHECK;
/* Makes a file that was not there (EEXIST otherwise), flushed as well. */
int textfile_create(const char *path, mode_t mode, const char *text, size_t size) MUST_CHECK;

#endif
