/* SPDX-License-Identifier: Apache-2.0 */
/* From a file's bytes to UTF-8: byte-order mark, UTF-8, else Windows-1252; UTF-16 and binary files are not text. */
#ifndef CLI_ENCODING_H
#define CLI_ENCODING_H

#include <stddef.h>
#include "base/compiler.h"

enum encoding {
	ENCODING_UTF8,
	ENCODING_WINDOWS_1252,
	ENCODING_UTF16, /* refused: save as UTF-8 */
	ENCODING_SPREADSHEET, /* refused: a workbook, not a CSV file */
	ENCODING_BINARY, /* refused: NUL bytes */
	ENCODING_NO_MEMORY,
};

/*
 * Takes over *bytes (from malloc), *size: for the first two results they are UTF-8 without a mark afterwards (perhaps
 * in other memory); for the others they are as they were. The caller frees *bytes in any case.
 */
enum encoding encoding_to_utf8(char **bytes, size_t *size) MUST_CHECK;

#endif
