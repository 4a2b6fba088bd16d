/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the catalogue beside the program and switches between French and English. */
#include "language.h"

#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern int _nl_msg_cat_cntr; /* GNU gettext's own: a change makes it look at LANGUAGE again */

static enum language current = LANGUAGE_ENGLISH;

/* The folder of the catalogues: build/locale beside build/bin, or PREFIX/share/locale beside PREFIX/bin. */
static bool
find_folder(char out[PATH_MAX])
{
	static const char *const places[] = { "../locale", "../share/locale" };
	char program[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (size <= 0)
		return false;
	program[size] = '\0';
	const char *folder = dirname(program);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int length = snprintf(out, PATH_MAX, "%s/%s", folder, places[i]);
		if (length > 0 && length < PATH_MAX && access(out, R_OK | X_OK) == 0)
			return true;
	}
	return false;
}

void
language_add(const char *domain, const char *folder)
{
	char found[PATH_MAX];

	if (folder == NULL && find_folder(found))
		folder = found;
	if (folder != NULL)
		bindtextdomain(domain, folder);
	bind_textdomain_codeset(domain, "UTF-8");
}

void
language_start(const char *domain, const char *folder)
{
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		setlocale(LC_ALL, "C");
	language_add(domain, folder);
	textdomain(domain); /* argp's help looks there */
}

void
language_stop(void)
{
	setlocale(LC_ALL, "C");
	current = LANGUAGE_ENGLISH;
}

void
language_set(enum language language)
{
	current = language;
	setenv("LANGUAGE", language == LANGUAGE_FRENCH ? "fr" : "en", 1);
	++_nl_msg_cat_cntr;
}

enum language
language_now(void)
{
	return current;
}

bool
language_from_text(const char *text, enum language *out)
{
	if (strncmp(text, "fr", 2) == 0)
		*out = LANGUAGE_FRENCH;
	else if (strncmp(text, "en", 2) == 0)
		*out = LANGUAGE_ENGLISH;
	else
		return false;
	return text[2] == '\0' || text[2] == '_' || text[2] == '-' || text[2] == '.' || text[2] == ':';
}

enum language
language_of_environment(void)
{
	static const char *const names[] = { "BASSIN_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
	enum language language = LANGUAGE_ENGLISH;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && value[0] != '\0')
			return language_from_text(value, &language) ? language : LANGUAGE_ENGLISH;
	}
	return LANGUAGE_ENGLISH;
}

const char *
language_code(void)
{
	return current == LANGUAGE_FRENCH ? "fr" : "en";
}
