/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources are read from the strongest to the weakest, and a value once set stays: flags, environment, file. Flags come
 * first anyway, since --config and --home say which file it is. Every complaint is made, not only the first one.
 */
#include "service/settings.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "service/settings_priv.h"
#include "service/version.h"

#define NAME_ROOM 64

/* What was asked for besides settings. */
struct asked { const char *config; bool help, example, manual, completion, version, schema, check; };

void
settings_complain(struct settings *s, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "%s: ", s->program);
	va_start(ap, fmt);
	(void)vfprintf(stderr, _(fmt), ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	s->wrong = true;
}

struct value *
settings_find(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->values[i].def->name, name) == 0)
			return (struct value *)(uintptr_t)&s->values[i];
	}
	return NULL;
}

void
settings_set(struct settings *s, struct value *v, const char *text, const char *from)
{
	if (v->text != NULL)
		return;
	v->text = strdup(text);
	v->from = strdup(from);
	if (v->text == NULL || v->from == NULL)
		settings_complain(s, "out of memory");
}

static void
value_clear(struct value *v)
{
	if (v->text != NULL)
		explicit_bzero(v->text, strlen(v->text));
	free(v->text);
	free(v->from);
	v->text = v->from = NULL;
}

/* ---- flags and environment ------------------------------------------------------------------------------------------ */
/* `--smtp-wait-ms` -> `smtp_wait_ms`; false: too long for any name. */
static bool
name_of_flag(const char *flag, size_t size, char out[NAME_ROOM])
{
	if (size >= NAME_ROOM)
		return false;
	for (size_t i = 0; i < size; i++)
		out[i] = flag[i] == '-' ? '_' : flag[i];
	out[size] = '\0';
	return true;
}

static bool
plain_flag(const char *name, struct asked *asked)
{
	if (strcmp(name, "help") == 0)
		asked->help = true;
	else if (strcmp(name, "example") == 0)
		asked->example = true;
	else if (strcmp(name, "manual") == 0)
		asked->manual = true;
	else if (strcmp(name, "completion") == 0)
		asked->completion = true;
	else if (strcmp(name, "version") == 0)
		asked->version = true;
	else if (strcmp(name, "schema") == 0)
		asked->schema = true;
	else if (strcmp(name, "check") == 0)
		asked->check = true;
	else
		return false;
	return true;
}

static void
flags_read(struct settings *s, int argc, char **argv, struct asked *asked)
{
	char name[NAME_ROOM], from[NAME_ROOM + 16];

	for (int i = 1; i < argc; i++) {
		const char *flag = argv[i] + 2, *equals = strchr(argv[i], '=');
		size_t size = equals != NULL ? (size_t)(equals - flag) : strlen(argv[i]) - 2;

		if (strncmp(argv[i], "--", 2) != 0 || argv[i][2] == '\0') {
			settings_complain(s, "%s: not a flag; see --help", argv[i]);
			continue;
		}
		if (!name_of_flag(flag, size, name))
			name[0] = '\0';
		if (equals == NULL && plain_flag(name, asked))
			continue;
		struct value *v = settings_find(s, name);
		if (v == NULL && strcmp(name, "config") != 0) {
			settings_complain(s, "%.*s: unknown flag; see --help", (int)(size + 2), argv[i]);
			continue;
		}
		if (equals == NULL && i + 1 >= argc) {
			settings_complain(s, "%s: a value is missing", argv[i]);
			continue;
		}
		const char *text = equals != NULL ? equals + 1 : argv[++i];
		(void)snprintf(from, sizeof from, "flag --%.*s", (int)size, flag);
		if (v == NULL) {
			asked->config = text;
			continue;
		}
		value_clear(v);         /* of a flag given twice, the last one counts */
		settings_set(s, v, text, from);
	}
}

static void
environment_read(struct settings *s)
{
	char name[NAME_ROOM + 16], from[NAME_ROOM + 32];

	for (size_t i = 0; i < s->count; i++) {
		(void)snprintf(name, sizeof name, "BASSIN_%s", s->values[i].def->name);
		for (char *c = name; *c != '\0'; c++)
			*c = (char)toupper((unsigned char)*c);
		const char *text = getenv(name);
		(void)snprintf(from, sizeof from, "environment %s", name);
		if (text != NULL)
			settings_set(s, &s->values[i], text, from);
	}
}

/* ---- checks --------------------------------------------------------------------------------------------------------- */
static bool
choice_has(const char *choices, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = choices; at != NULL && *at != '\0';) {
		size_t here = strcspn(at, "|");

		if (here == size && strncmp(at, word, size) == 0)
			return true;
		at = at[here] == '|' ? at + here + 1 : NULL;
	}
	return false;
}

static bool
value_is_sound(const struct value *v)
{
	const struct setting *def = v->def;
	int64_t number;

	switch (def->kind) {
	case SETTING_KIND_INT:
		return text_to_int(v->text, def->min, def->max, &number);
	case SETTING_KIND_CHOICE:
		return choice_has(def->choices, v->text);
	case SETTING_KIND_TEXT:
	case SETTING_KIND_SECRET:
		break;
	}
	return strlen(v->text) >= (size_t)def->min && strlen(v->text) <= (size_t)def->max && text_is_printable(v->text, false);
}

static void
value_check(struct settings *s, struct value *v)
{
	char range[256];

	if (v->text == NULL && v->def->fallback != NULL)
		settings_set(s, v, v->def->fallback, "default");
	if (v->text == NULL) {
		settings_complain(s, "setting %s is required: a line `%s = ...` in the settings file, or a flag; see --help",
		                  v->def->name, v->def->name);
		return;
	}
	if (value_is_sound(v))
		return;
	settings_range_text(v->def, range, sizeof range);
	if (range[0] == '\0')
		(void)snprintf(range, sizeof range, _("text of %lld to %lld bytes without control characters"),
		               (long long)v->def->min, (long long)v->def->max);
	settings_complain(s, "setting %s is `%.200s` (%s); allowed: %s", v->def->name,
	                  v->def->kind == SETTING_KIND_SECRET ? "***" : v->text, v->from, range);
}

/* $home/keys/keyring -> /var/lib/bassin/keys/keyring */
static void
home_expand(struct settings *s, struct value *v, const char *home)
{
	char *whole;

	if (v->def->kind != SETTING_KIND_TEXT || v->text == NULL || strncmp(v->text, "$home/", 6) != 0)
		return;
	if (asprintf(&whole, "%s%s", home, v->text + 5) < 0) {
		settings_complain(s, "out of memory");
		return;
	}
	free(v->text);
	v->text = whole;
}

static void
values_finish(struct settings *s)
{
	for (size_t i = 0; i < s->count; i++)
		value_check(s, &s->values[i]);
	const struct value *home = settings_find(s, "home");
	for (size_t i = 0; i < s->count && home != NULL && home->text != NULL; i++)
		home_expand(s, &s->values[i], home->text);
}

/* ---- what callers see ----------------------------------------------------------------------------------------------- */
static void
tables_take(struct settings *s, const struct setting *const *tables)
{
	for (const struct setting *const *first = tables; *tables != NULL; tables++) {
		for (const struct setting *def = *tables; def->name != NULL; def++) {
			if (settings_find(s, def->name) != NULL)
				continue;       /* an earlier table may narrow a common setting */
			BUG_IF(s->count == SETTINGS_MAX || strlen(def->name) >= NAME_ROOM);
			s->values[s->count].is_common = tables != first && tables[1] == NULL;
			s->values[s->count++].def = def;
		}
	}
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* What was asked for instead of running; false: nothing. */
static bool
is_shown(const struct settings *s, const struct asked *asked, const char *about)
{
	if (asked->help)
		settings_show_help(s, about);
	else if (asked->example)
		settings_show_example(s, about);
	else if (asked->manual)
		settings_show_manual(s, about);
	else if (asked->completion)
		settings_show_completion(s);
	else if (asked->version)
		(void)printf("%s %s\n", s->program, BASSIN_VERSION);
	else
		return false;
	return true;
}

enum settings_result
settings_read(const char *program, const char *about, const struct setting *const *tables, int argc, char **argv,
              struct settings **out)
{
	struct settings *s = calloc(1, sizeof *s);
	struct asked asked = { .config = NULL };

	*out = NULL;
	if (s == NULL)
		return SETTINGS_WRONG;
	s->program = program;
	s->file = argc > 0 ? base_name(argv[0]) : program;
	tables_take(s, tables);
	language_start(BASSIN_DOMAIN, NULL);
	language_set(language_of_environment());
	flags_read(s, argc, argv, &asked);
	enum settings_result result = asked.schema ? SETTINGS_SCHEMA : SETTINGS_DONE;
	if (!is_shown(s, &asked, about) && !asked.schema) {
		environment_read(s);
		settings_file_read(s, asked.config, asked.check);
		values_finish(s);
		result = s->wrong ? SETTINGS_WRONG : asked.check ? SETTINGS_DONE : SETTINGS_OK;
	}
	language_stop();
	if (result == SETTINGS_OK)
		*out = s;
	else
		settings_destroy(&s);
	return result;
}

struct settings *
settings_of_service(const char *program, const char *home, const char *log_id, const struct setting *const *tables)
{
	struct settings *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->program = s->file = program;
	s->is_lenient = true;
	tables_take(s, tables);
	settings_set(s, settings_find(s, "home"), home, "argument");
	settings_set(s, settings_find(s, "log_id"), log_id, "argument");
	settings_file_read(s, NULL, false);
	values_finish(s);
	if (s->wrong)
		settings_destroy(&s);
	return s;
}

void
settings_destroy(struct settings **self)
{
	struct settings *s = *self;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		value_clear(&s->values[i]);
	free(s);
	*self = NULL;
}

const char *
settings_text(const struct settings *s, const char *name)
{
	const struct value *v = settings_find(s, name);

	BUG_IF(v == NULL);
	return v->text;
}

int64_t
settings_int(const struct settings *s, const char *name)
{
	const struct value *v = settings_find(s, name);
	int64_t number;

	BUG_IF(v == NULL || v->def->kind != SETTING_KIND_INT || !text_to_int(v->text, v->def->min, v->def->max, &number));
	return number;
}
