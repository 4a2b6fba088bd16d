/* SPDX-License-Identifier: Apache-2.0 */
/* Decides what a file is written in and converts it by ICU. */
#include "encoding.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>

#include "base/text.h"

static bool
begins(const char *bytes, size_t size, const char *mark, size_t mark_size)
{
	return size >= mark_size && memcmp(bytes, mark, mark_size) == 0;
}

static enum encoding
from_windows_1252(char **bytes, size_t *size)
{
	UErrorCode status = U_ZERO_ERROR;
	/* A byte of Windows-1252 becomes at most three of UTF-8. */
	size_t room = *size * 3 + 1;
	char *text = NULL;

	if (*size > INT32_MAX / 3 - 1 || (text = malloc(room)) == NULL)
		return ENCODING_NO_MEMORY;
	int32_t made = ucnv_convert("UTF-8", "windows-1252", text, (int32_t)room, *bytes, (int32_t)*size, &status);
	if (U_FAILURE(status) || made < 0 || (size_t)made >= room) {
		free(text);
		return ENCODING_NO_MEMORY;
	}
	free(*bytes);
	*bytes = text;
	*size = (size_t)made;
	return ENCODING_WINDOWS_1252;
}

enum encoding
encoding_to_utf8(char **bytes, size_t *size)
{
	if (begins(*bytes, *size, "\xff\xfe", 2) || begins(*bytes, *size, "\xfe\xff", 2))
		return ENCODING_UTF16;
	if (begins(*bytes, *size, "PK\x03\x04", 4) || begins(*bytes, *size, "\xd0\xcf\x11\xe0", 4))
		return ENCODING_SPREADSHEET;
	if (memchr(*bytes, '\0', *size) != NULL) {
		/* Latin text in UTF-16 has a NUL in every other byte, also where the mark is missing. */
		bool second = *size >= 4 && ((*bytes)[0] == '\0') != ((*bytes)[1] == '\0') &&
		              ((*bytes)[0] == '\0') == ((*bytes)[2] == '\0') &&
		              ((*bytes)[1] == '\0') == ((*bytes)[3] == '\0');
		return second ? ENCODING_UTF16 : ENCODING_BINARY;
	}
	if (begins(*bytes, *size, "\xef\xbb\xbf", 3)) {
		*size -= 3;
		memmove(*bytes, *bytes + 3, *size);
	}
	if (text_is_utf8(*bytes, *size))
		return ENCODING_UTF8;
	return from_windows_1252(bytes, size);
}
