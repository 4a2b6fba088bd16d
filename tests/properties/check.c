/* SPDX-License-Identifier: Apache-2.0 */
/* See check.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

void *
room(size_t count, size_t size)
{
	void *memory = calloc(count == 0 ? 1 : count, size);

	if (memory == NULL) {
		fputs("no memory\n", stderr);
		exit(3);
	}
	return memory;
}

void
text_add(struct text *t, const char *bytes, size_t size)
{
	if (t->size + size + 1 > t->room) {
		size_t larger = 2 * (t->size + size + 1);
		char *grown = realloc(t->bytes, larger);

		if (grown == NULL) {
			fputs("no memory\n", stderr);
			exit(3);
		}
		t->bytes = grown;
		t->room = larger;
	}
	memcpy(t->bytes + t->size, bytes, size);
	t->size += size;
	t->bytes[t->size] = '\0';
}

static char *
printed(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0) {
		fputs("no memory\n", stderr);
		exit(3);
	}
	return text;
}

void
text_put(struct text *t, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = printed(format, args);
	va_end(args);
	text_add(t, text, strlen(text));
	free(text);
}

void
complain(char **complaint, const char *format, ...)
{
	va_list args;

	if (*complaint != NULL)
		return;
	va_start(args, format);
	*complaint = printed(format, args);
	va_end(args);
}

static int tests, failures;

void
tap(const char *name, const char *why)
{
	printf("%sok %d - %s\n", why == NULL ? "" : "not ", ++tests, name);
	if (why != NULL) {
		char *copy = strdup(why), *rest = copy, *line;

		failures++;
		while (copy != NULL && (line = strsep(&rest, "\n")) != NULL)
			printf("#   %s\n", line);
		free(copy);
	}
	fflush(stdout);
}

int
tap_end(void)
{
	printf("1..%d\n", tests);
	return failures > 0;
}

int
how_many(const char *name, int usual, int full)
{
	const char *given = getenv(name);

	if (given != NULL)
		return atoi(given);
	return getenv("BASSIN_TEST_FULL") != NULL ? full : usual;
}
