/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A feed file, read wholly and parsed before anything is sent (feeds.md). RFC 4180 with a header line; the delimiter is
 * the more frequent one of comma and semicolon outside quotation marks in the header (tie: comma); lines end in LF, CR
 * or CRLF; empty lines are skipped; blanks around a cell without quotation marks are dropped. A record whose quotation
 * marks are wrong is one bad record: reading goes on at the line after the one where it begins, so one slip costs one
 * row.
 */
#ifndef CLI_CSV_FILE_H
#define CLI_CSV_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

#define CSV_FILE_MAX (256 * MiB) /* bytes of a file */
#define CSV_COLUMNS_MAX 256 /* cells of a record */
#define CSV_RECORD_MAX (1 * MiB) /* bytes of a record: longer means a quotation mark that never closes */
#define CSV_BAD_MAX 1000 /* bad records: more mean that this is no CSV file */

enum csv_result {
	CSV_READ,
	CSV_UNREADABLE, /* errno says why */
	CSV_TOO_LARGE,
	CSV_UTF16,
	CSV_SPREADSHEET,
	CSV_BINARY,
	CSV_EMPTY, /* no header */
	CSV_BAD_HEADER, /* quotation marks, or more than CSV_COLUMNS_MAX columns */
	CSV_COLUMN_TWICE, /* csv_file.twice */
	CSV_TOO_BAD, /* more than CSV_BAD_MAX records with wrong quotation marks */
	CSV_NO_MEMORY,
};

struct csv_record {
	uint32_t line; /* physical line where it starts, from 1 */
	uint32_t cell_count; /* as found; 0: its quotation marks are wrong */
	char **cells; /* UTF-8, NUL-terminated */
};

struct csv_file {
	char delimiter;
	bool was_windows_1252;
	char **columns; /* as written, without blanks around */
	size_t column_count;
	struct csv_record *records;
	size_t record_count;
	const char *twice; /* the column that stands twice in the header */
};

/* All of *out lives in a. Columns are compared without regard to case; an empty name may stand several times. */
enum csv_result csv_load(const char *path, struct arena *a, struct csv_file *out) MUST_CHECK;
/* The same of bytes already read, taken over from malloc. */
enum csv_result csv_read(char *bytes, size_t size, struct arena *a, struct csv_file *out) MUST_CHECK;

#endif
