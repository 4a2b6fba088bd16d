/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings out of files. A later line wins over an earlier one and a section over what stands before it, while in `settings`
 * the first to speak wins: so lines are taken from the last to the first, once it is known which section each is in.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "bus/policy.h"
#include "bus/textfile.h"
#include "service/settings_priv.h"

#define FILE_MAX_BYTES (1 * MiB)
#define INCLUDES_MAX 8

enum part { PART_COMMON, PART_MINE, PART_OTHER };

struct file {
	const char *path;
	unsigned depth;                 /* of includes */
	bool strict;                    /* an unknown name is refused */
	bool told;                      /* else: it is said nevertheless */
	char *text, **lines;
	enum part *parts;
	size_t count;
};

static void file_take(struct settings *s, const char *path, unsigned depth, bool strict, bool told);

/* The section that is ours: the log's name where one was given by flag or environment. */
static const char *
section_name(const struct settings *s)
{
	const struct value *id = settings_find(s, "log_id");

	return id != NULL && id->text != NULL && id->text[0] != '\0' ? id->text : s->program;
}

/* A service's name, or one followed by _ and what tells several apart. */
static bool
section_is_sound(const char *name)
{
	char begin[64];

	for (size_t i = 1; i < sizeof begin && name[i - 1] != '\0'; i++) {
		if (name[i] != '\0' && name[i] != '_')
			continue;
		(void)snprintf(begin, sizeof begin, "%.*s", (int)i, name);
		enum role role = role_from_text(begin);
		if (role != ROLE_NONE && role != ROLE_COLLEGE && role != ROLE_INTERMEDIARY)
			return true;
	}
	return false;
}

/* `[name]` -> name, in place. */
static bool
section_of_line(char *line, const char **name)
{
	size_t size = strlen(line);

	if (size < 3 || line[0] != '[' || line[size - 1] != ']')
		return false;
	line[size - 1] = '\0';
	*name = line + 1;
	return true;
}

/* Takes in the next line, in the part that *now says; a section's own line changes that, and becomes empty. */
static void
line_add(struct settings *s, struct file *f, char *line, enum part *now)
{
	const char *name;
	size_t number = f->count + 1;

	if (section_of_line(line, &name)) {
		if (!section_is_sound(name))
			settings_complain(s, "%s:%zu: no service is called [%.100s]", f->path, number, name);
		*now = strcmp(name, section_name(s)) == 0 ? PART_MINE : PART_OTHER;
		line[0] = '\0';
	}
	f->parts[f->count] = *now;
	f->lines[f->count++] = line;
}

/* include = FILE: relative to the folder of the file that says so. What that file sets, it sets at this place. */
static void
include_take(struct settings *s, const struct file *f, size_t number, const char *name, bool strict)
{
	char whole[PATH_MAX];
	const char *slash = strrchr(f->path, '/');
	int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - f->path) + 1;
	int length = snprintf(whole, sizeof whole, "%.*s%s", folder, f->path, name);

	if (f->depth >= INCLUDES_MAX || length < 0 || (size_t)length >= sizeof whole)
		settings_complain(s, "%s:%zu: includes are nested too deeply, or the name is too long", f->path, number);
	else
		file_take(s, whole, f->depth + 1, strict, f->told);
}

static void
unknown_tell(struct settings *s, const struct file *f, const char *from, const char *name, bool strict)
{
	if (strict && !s->is_lenient)
		settings_complain(s, "%s: setting %.100s is not known here", from, name);
	else if (f->told)
		(void)fprintf(stderr, _("%s: %s: setting %s is not known here\n"), s->program, from, name);
}

static void
line_take(struct settings *s, const struct file *f, size_t at)
{
	char from[PATH_MAX + 32], *line = f->lines[at], *equals = strchr(line, '=');
	bool strict = f->strict || f->parts[at] == PART_MINE;

	if (line[0] == '\0' || line[0] == '#' || f->parts[at] == PART_OTHER)
		return;
	(void)snprintf(from, sizeof from, "%s:%zu", f->path, at + 1);
	if (equals == NULL) {
		settings_complain(s, "%s: not `name = value`", from);
		return;
	}
	*equals = '\0';
	const char *value = equals + 1 + strspn(equals + 1, " \t");
	for (char *end = equals; end > line && (end[-1] == ' ' || end[-1] == '\t');)
		*--end = '\0';
	if (strcmp(line, "include") == 0) {
		/* In a section it is for this service alone; else it may hold the settings of several. */
		include_take(s, f, at + 1, value, f->parts[at] == PART_MINE);
		return;
	}
	struct value *v = settings_find(s, line);
	if (v != NULL)
		settings_set(s, v, value, from);
	else
		unknown_tell(s, f, from, line, strict);
}

static void
lines_take(struct settings *s, struct file *f)
{
	enum part now = PART_COMMON;

	for (char *at = f->text, *line; (line = textfile_line(&at)) != NULL;)
		line_add(s, f, line, &now);
	for (size_t i = f->count; i-- > 0;)
		line_take(s, f, i);
}

static void
file_take(struct settings *s, const char *path, unsigned depth, bool strict, bool told)
{
	struct file f = { .path = path, .depth = depth, .strict = strict, .told = told };
	size_t size;

	if (textfile_read(path, FILE_MAX_BYTES, &f.text, &size, NULL) != 0) {
		settings_complain(s, "%s: %s", path, strerror(errno));
		return;
	}
	f.lines = calloc(size + 1, sizeof *f.lines);
	f.parts = calloc(size + 1, sizeof *f.parts);
	if (f.lines != NULL && f.parts != NULL)
		lines_take(s, &f);
	else
		settings_complain(s, "out of memory");
	explicit_bzero(f.text, size);
	free(f.lines);
	free(f.parts);
	free(f.text);
}

void
settings_file_read(struct settings *s, const char *config, bool strict)
{
	const char *const names[] = { section_name(s), "bassin" };
	const struct value *home = settings_find(s, "home");
	char path[PATH_MAX];
	struct stat there;

	if (config != NULL) {
		file_take(s, config, 0, true, strict);
		return;
	}
	if (home == NULL || (home->text == NULL && home->def->fallback == NULL))
		return;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		int length = snprintf(path, sizeof path, "%s/etc/%s.conf",
		                      home->text != NULL ? home->text : home->def->fallback, names[i]);
		if (length > 0 && (size_t)length < sizeof path && stat(path, &there) == 0) {
			file_take(s, path, 0, true, strict);
			return;
		}
	}
}
