/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fact, one line on standard error: time, level, program, then `subject=... key=value`. Ids only: never names,
 * addresses, keys or message bodies. Control bytes are replaced, so that nobody writes a line of their own.
 * error: a person must act; warn: a person may wish to look; info: the business moved; debug: for us.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/compiler.h"

enum log_level { LOG_LEVEL_NONE = -1, LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_open(const char *program, enum log_level at_most);   /* program is copied */
int  log_level_from_text(const char *text, enum log_level *out) MUST_CHECK;   /* 0, or -1 */

void log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
