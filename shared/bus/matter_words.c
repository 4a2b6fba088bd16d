/* SPDX-License-Identifier: Apache-2.0 */
/* What to type for a matter. */
#include "bus/matters.h"

#include <stdio.h>
#include <string.h>

/* As a shell takes it: in quotation marks where it has to be. NULL: no memory. */
static const char *
shell_word(struct arena *a, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@%+=,-";
	char *out, *at;

	if (strspn(text, plain) == strlen(text))
		return text;
	out = at = arena_alloc(a, 4 * strlen(text) + 3);
	if (out == NULL)
		return NULL;
	*at++ = '\'';
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			at = stpcpy(at, "'\\'");
		*at++ = *text;
	}
	(void)stpcpy(at, "'");
	return out;
}

static const char *
own_part(const char *subject)
{
	const char *slash = strchr(subject, '/');

	return slash == NULL ? subject : slash + 1;
}

struct place { const char *name, *value; };

/* The place that begins there; NULL: none does. */
static const struct place *
place_at(const char *text, const struct place places[3])
{
	for (size_t i = 0; i < 3; i++) {
		if (strncmp(text, places[i].name, strlen(places[i].name)) == 0)
			return &places[i];
	}
	return NULL;
}

/* From left to right, so that a value that looks like a place is none. */
static const char *
filled(struct arena *a, const char *pattern, const char *one, const char *two, const char *own)
{
	const struct place places[] = { { "{1}", one }, { "{2}", two }, { "{own}", own } };
	const char *out = "", *from = pattern;

	for (const char *at = pattern; *at != '\0' && out != NULL;) {
		const struct place *p = place_at(at, places);
		if (p == NULL) {
			at++;
			continue;
		}
		out = arena_printf(a, "%s%.*s%s", out, (int)(at - from), from, p->value);
		at += strlen(p->name);
		from = at;
	}
	return out == NULL ? NULL : arena_printf(a, "%s%s", out, from);
}

const char *
matter_filled(struct arena *a, const char *pattern, const char *subject, const char *other)
{
	return filled(a, pattern, subject, other, own_part(subject));
}

const char *
matter_command(struct arena *a, const char *kind, const char *subject, const char *other)
{
	static const struct {
		const char *kind, *command;
	} kinds[] = {
#define KIND_AS_ROW(kind_, command_) { #kind_, command_ },
		MATTER_KINDS(KIND_AS_ROW)
#undef KIND_AS_ROW
	};

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		const char *one = shell_word(a, subject), *two = shell_word(a, other),
			   *own = shell_word(a, own_part(subject));
		return one == NULL || two == NULL || own == NULL ? NULL : filled(a, kinds[i].command, one, two, own);
	}
	return "";
}
