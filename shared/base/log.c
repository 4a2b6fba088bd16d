/* SPDX-License-Identifier: Apache-2.0 */
/* Each line goes out in one write, so that lines of two programs on one terminal do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_text[] = { "error", "warn", "info", "debug" };
static char program_name[48] = "bassin";
static enum log_level shown = LOG_LEVEL_INFO;

void
log_open(const char *program, enum log_level at_most)
{
	(void)snprintf(program_name, sizeof program_name, "%s", program);
	shown = at_most;
}

int
log_level_from_text(const char *text, enum log_level *out)
{
	for (size_t i = 0; i < COUNT_OF(level_text); i++) {
		if (strcmp(text, level_text[i]) == 0) {
			*out = (enum log_level)i;
			return 0;
		}
	}
	return -1;
}

PRINTF_LIKE(2, 0) static void
line_write(enum log_level level, const char *fmt, va_list ap)
{
	char line[2048];
	struct timespec now;
	struct tm utc;

	if (level > shown)
		return;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &utc);
	size_t at = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
	at += (size_t)snprintf(line + at, sizeof line - at, ".%03ldZ %s %s ", now.tv_nsec / 1000000, level_text[level],
	                       program_name);
	size_t head = at;
	int size = vsnprintf(line + at, sizeof line - at - 1, fmt, ap);
	if (size < 0)
		return;
	at += (size_t)size < sizeof line - at - 1 ? (size_t)size : sizeof line - at - 2;
	for (size_t i = head; i < at; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[at++] = '\n';
	ssize_t ignored = write(STDERR_FILENO, line, at);   /* nowhere left to complain */
	(void)ignored;
}

#define LOG_FUNCTION(name, level)          \
	void name(const char *fmt, ...)    \
	{                                  \
		va_list ap;                \
		va_start(ap, fmt);         \
		line_write(level, fmt, ap); \
		va_end(ap);                \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

void
bug_found(const char *file, int line, const char *what)
{
	log_error("bug=%s:%d invariant=%s", file, line, what);
	abort();
}
