/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of this folder need: memory that is there, text that grows, and lines of TAP. */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory for count things; ends the program when there is none. Free with free. */
void *room(size_t count, size_t size);

/* A text that grows. {0} is empty; free bytes with free. */
struct text {
	char *bytes;
	size_t size, room;
};

void text_add(struct text *t, const char *bytes, size_t size);
void text_put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A complaint: the first is kept, later ones are dropped; NULL means that all is well. Free with free. */
void complain(char **complaint, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One test of TAP. `why` NULL: it passed; else it is printed as comment lines. */
void tap(const char *name, const char *why);
int tap_end(void); /* prints the plan; the status of the program */

/* How many of something: NAME in the environment, else `full` under BASSIN_TEST_FULL, else `usual`. */
int how_many(const char *name, int usual, int full);

/* True in a build with AddressSanitizer: some times slower, so that the tests do less. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLOW_BUILD = 1 };
#else
enum { SLOW_BUILD = 0 };
#endif

#endif
