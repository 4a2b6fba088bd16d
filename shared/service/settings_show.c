/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings as people read it: --help, --example, --manual, and what bash completes. */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "service/manual.h"
#include "service/settings_priv.h"

#define FLAG_WIDTH 34

/* clang-format off */
/* Flags that are no settings. */
static const struct flag { const char *name, *argument, *help; } flags[] = {
	{ "config", N_("FILE"), N_("settings file (default: $home/etc/bassin.conf where it is there)") },
	{ "check", "", N_("say what is wrong with the settings, exit with 2, or 0") },
	{ "example", "", N_("print a settings file with all defaults") },
	{ "manual", "", N_("print a page for man(1)") },
	{ "completion", "", N_("print a line for bash, which then completes flags") },
	{ "schema", "", N_("print which stores it knows: each series of tables and its newest version") },
	{ "version", "", N_("print the version") },
	{ "help", "", N_("this text") },
};
static const char *const arguments[] = { N_("TEXT"), N_("NUMBER"), N_("WORD"), N_("TEXT") };
/* clang-format on */

static const char *
sources(void)
{
	return _(
	    "Settings come from, the later wins: default, file (NAME = VALUE for every service; after [SERVICE] for that one "
	    "alone; include = FILE; # comment), "
	    "environment (BASSIN_NAME), flag. A text that begins with $home/ lies in the pool's folder. BASSIN_LANG, "
	    "LANGUAGE or LANG say whether people are spoken to in French or in English.");
}

/* gettext answers the empty text with its catalogue's head. */
static const char *
in_words(const char *text)
{
	return text[0] == '\0' ? "" : _(text);
}

void
settings_range_text(const struct setting *def, char *out, size_t size)
{
	out[0] = '\0';
	if (def->kind == SETTING_KIND_INT)
		(void)snprintf(out, size, "%lld..%lld", (long long)def->min, (long long)def->max);
	else if (def->kind == SETTING_KIND_CHOICE)
		(void)snprintf(out, size, "%s", def->choices);
}

/* smtp_wait_ms -> smtp-wait-ms */
static void
flag_of_name(const char *name, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", name);
	for (char *c = out; *c != '\0'; c++)
		*c = *c == '_' ? '-' : *c;
}

/* "a log's wait, ms (100..600000; default: 30000)" */
static void
setting_explain(const struct setting *def, char *out, size_t size)
{
	char range[256], fallback[512];
	bool secret = def->kind == SETTING_KIND_SECRET;

	settings_range_text(def, range, sizeof range);
	if (def->fallback == NULL)
		(void)snprintf(fallback, sizeof fallback, "%s", _("required"));
	else
		(void)snprintf(fallback, sizeof fallback, _("default: %s"),
		               def->fallback[0] == '\0' ? _("none") :
		               secret                   ? "***" :
		                                          def->fallback);
	(void)snprintf(out, size, "%s (%s%s%s)", in_words(def->help), range, range[0] != '\0' ? _("; ") : "", fallback);
}

static void
flag_show(const char *name, const char *argument, const char *help)
{
	char flag[FLAG_WIDTH + 64];

	(void)snprintf(flag, sizeof flag, "  --%s%s%s", name, argument[0] != '\0' ? " " : "", argument);
	if (strlen(flag) < FLAG_WIDTH)
		(void)printf("%-*s%s\n", FLAG_WIDTH, flag, help);
	else
		(void)printf("%s\n%*s%s\n", flag, FLAG_WIDTH, "", help);
}

void
settings_show_help(const struct settings *s, const char *about)
{
	char name[64], help[1024];

	(void)printf("%s - %s\n\n%s %s %s\n\n%s\n\n", s->program, in_words(about), _("Usage:"), s->file,
	             _("[--config FILE] [--SETTING VALUE]..."), sources());
	for (size_t i = 0; i < s->count; i++) {
		const struct setting *def = s->values[i].def;

		flag_of_name(def->name, name, sizeof name);
		setting_explain(def, help, sizeof help);
		flag_show(name, in_words(arguments[def->kind]), help);
	}
	(void)printf("\n");
	for (size_t i = 0; i < COUNT_OF(flags); i++)
		flag_show(flags[i].name, in_words(flags[i].argument), in_words(flags[i].help));
}

/* A comment that explains it, and a line that sets it, or would. */
static void
example_line(const struct setting *def)
{
	char help[1024];
	const char *value = def->example != NULL ? def->example : def->kind == SETTING_KIND_SECRET ? "" : def->fallback;

	setting_explain(def, help, sizeof help);
	(void)printf("\n# %s\n", help);
	if (value == NULL)
		value = "";
	(void)printf("%s%s =%s%s\n", def->example != NULL || def->fallback == NULL ? "" : "# ", def->name,
	             value[0] == '\0' ? "" : " ", value);
}

/* The head down to the first section is the same for every service, so that a pool's file is one head and all sections. */
void
settings_show_example(const struct settings *s, const char *about)
{
	(void)printf("# %s\n# %s\n# %s\n# %s\n",
	             _("The settings of a whole pool. What stands before the first [section] is for every service."),
	             _("A line without # sets something; a line with # shows what holds without it."),
	             _("A section may `include = FILE` what only its own service may read, such as a password."),
	             _("Check it with `bassin doctor`; a service reads it again when it is started again."));
	for (size_t i = 0; i < s->count; i++) {
		if (s->values[i].is_common)
			example_line(s->values[i].def);
	}
	(void)printf("\n[%s]\n# %s\n", s->program, in_words(about));
	for (size_t i = 0; i < s->count; i++) {
		if (!s->values[i].is_common)
			example_line(s->values[i].def);
	}
}

void
settings_show_manual(const struct settings *s, const char *about)
{
	char flag[64], help[1024];

	manual_begin(stdout, s->file, 8, in_words(about));
	manual_part(stdout, MANUAL_SYNOPSIS);
	manual_text(stdout, s->file, _("[--config FILE] [--SETTING VALUE]..."));
	manual_part(stdout, MANUAL_DESCRIPTION);
	manual_text(stdout, "", sources());
	manual_part(stdout, MANUAL_SETTINGS);
	for (size_t i = 0; i < s->count; i++) {
		setting_explain(s->values[i].def, help, sizeof help);
		manual_item(stdout, s->values[i].def->name, "", help);
	}
	manual_part(stdout, MANUAL_OPTIONS);
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		(void)snprintf(flag, sizeof flag, "--%s", flags[i].name);
		manual_item(stdout, flag, in_words(flags[i].argument), in_words(flags[i].help));
	}
	manual_end(stdout, s->file);
}

void
settings_show_completion(const struct settings *s)
{
	char name[64];

	(void)printf("# SPDX-License-Identifier: Apache-2.0\ncomplete -o default -W '");
	for (size_t i = 0; i < s->count; i++) {
		flag_of_name(s->values[i].def->name, name, sizeof name);
		(void)printf("--%s ", name);
	}
	for (size_t i = 0; i < COUNT_OF(flags); i++)
		(void)printf("--%s ", flags[i].name);
	(void)printf("' %s\n", s->file);
}
