/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes that let the compiler check what a header promises, and a few small macros. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define MUST_CHECK         __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a)  __attribute__((format(printf, f, a)))
#define NORETURN           __attribute__((noreturn))

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define KiB 1024u
#define MiB (1024u * 1024u)

/* A bug of ours: stops here in every build. Never used on what a stranger sent. */
#define BUG_IF(condition)                                                          \
	do {                                                                       \
		if (condition)                                                     \
			bug_found(__FILE__, __LINE__, #condition);                 \
	} while (0)
void bug_found(const char *file, int line, const char *what) NORETURN;   /* log.c */

#endif
