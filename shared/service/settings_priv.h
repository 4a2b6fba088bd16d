/* SPDX-License-Identifier: Apache-2.0 */
/* Between settings.c (sources and checks), settings_file.c (files) and settings_show.c (help and example). */
#ifndef SERVICE_SETTINGS_PRIV_H
#define SERVICE_SETTINGS_PRIV_H

#include "service/settings.h"

#define SETTINGS_MAX 128

struct value {
	const struct setting *def;
	char *text;                 /* NULL: not given */
	char *from;                 /* where it came from, for messages; NULL: default */
	bool is_common;             /* every service knows it */
};

struct settings {
	struct value values[SETTINGS_MAX];
	size_t count;
	const char *program;
	const char *file;           /* what it was called as, without folders */
	bool wrong;                 /* something was said on stderr */
	bool is_lenient;            /* what is not in the tables is another program's to judge */
};

/* Says `program: ...` on stderr, in the reader's language, and remembers it. fmt is translated here. */
void settings_complain(struct settings *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* NULL: the tables have no such name. */
struct value *settings_find(const struct settings *s, const char *name);
/* The first source to speak wins. */
void settings_set(struct settings *s, struct value *v, const char *text, const char *from);
/* The file that was asked for, which must be there, or the default one (NULL), which need not. strict: all complaints. */
void settings_file_read(struct settings *s, const char *config, bool strict);

void settings_show_help(const struct settings *s, const char *about);
void settings_show_example(const struct settings *s, const char *about);
void settings_show_manual(const struct settings *s, const char *about);
void settings_show_completion(const struct settings *s);
/* What is allowed, in words: "100..60000", "hold|allowlist|send", "" for text. */
void settings_range_text(const struct setting *def, char *out, size_t size);

#endif
