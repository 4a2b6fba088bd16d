/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of text that came from outside, and days of the calendar (proleptic Gregorian, ISO 8601). */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"

/* Valid UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL. */
bool text_is_utf8(const char *bytes, size_t size);
/* No control characters; newline and tab only where several_lines. bidi overrides and isolates count as controls. */
bool text_is_printable(const char *utf8, bool several_lines);
/* 1..128 bytes, printable, no blank at either end, no '/' and no '|': they join ids in references and lists. */
bool text_is_id(const char *utf8);

bool text_to_int(const char *text, int64_t min, int64_t max, int64_t *out) MUST_CHECK;     /* whole, decimal, no blanks */
/* A decimal number with at most `places` decimals, scaled: "37,5" with 2 places gives 3750. Comma or point. */
bool text_to_scaled(const char *text, unsigned places, int64_t min, int64_t max, int64_t *out) MUST_CHECK;
bool text_to_bool(const char *text, bool *out) MUST_CHECK;                  /* yes no oui non true false 1 0, any case */
bool text_to_day(const char *text, int32_t *days) MUST_CHECK;               /* yyyy-mm-dd, 1970 to 2200 */
void text_from_day(int32_t days, char out[11]);
/* Days since 1970-01-01, of a date that exists, and back. */
struct civil_day { int year, month, day; };
int32_t day_from_civil(int year, int month, int day);
struct civil_day day_to_civil(int32_t days);

#endif
