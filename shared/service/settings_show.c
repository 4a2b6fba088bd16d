/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings as people read it: --help and --example. */
#include <stdio.h>
#include <string.h>

#include "service/settings_priv.h"

#define FLAG_WIDTH 34

void
settings_range_text(const struct setting *def, char *out, size_t size)
{
	out[0] = '\0';
	if (def->kind == SETTING_KIND_INT)
		(void)snprintf(out, size, "%lld..%lld", (long long)def->min, (long long)def->max);
	else if (def->kind == SETTING_KIND_CHOICE)
		(void)snprintf(out, size, "%s", def->choices);
}

static void
flag_show(const char *name, const char *argument, const char *help)
{
	char flag[FLAG_WIDTH + 64];

	(void)snprintf(flag, sizeof flag, "  --%s%s%s", name, argument[0] != '\0' ? " " : "", argument);
	for (char *c = flag + 4; *c != '\0' && *c != ' '; c++)
		*c = *c == '_' ? '-' : *c;
	if (strlen(flag) < FLAG_WIDTH)
		(void)printf("%-*s%s", FLAG_WIDTH, flag, help);
	else
		(void)printf("%s\n%*s%s", flag, FLAG_WIDTH, "", help);
}

static void
setting_show(const struct setting *def)
{
	static const char *const arguments[] = { "TEXT", "NUMBER", "WORD", "TEXT" };
	char range[256];

	flag_show(def->name, arguments[def->kind], def->help);
	settings_range_text(def, range, sizeof range);
	(void)printf(" (%s%s", range, range[0] != '\0' ? "; " : "");
	if (def->fallback == NULL)
		(void)printf("required)\n");
	else if (def->kind == SETTING_KIND_SECRET)
		(void)printf("%s)\n", def->fallback[0] == '\0' ? "default: none" : "default: ***");
	else
		(void)printf("default: %s)\n", def->fallback[0] == '\0' ? "none" : def->fallback);
}

static void
plain_flag_show(const char *name, const char *argument, const char *help)
{
	flag_show(name, argument, help);
	(void)printf("\n");
}

void
settings_show_help(const struct settings *s, const char *about)
{
	(void)printf("%s - %s\n\nUsage: %s [--config FILE] [--SETTING VALUE]...\n\n", s->program, about, s->file);
	(void)printf("Settings come from, the later wins: default, file (NAME = VALUE, include = FILE, # comment),\n"
	             "environment (BASSIN_NAME), flag. A text that begins with $home/ lies in the pool's folder.\n\n");
	for (size_t i = 0; i < s->count; i++)
		setting_show(s->values[i].def);
	(void)printf("\n");
	plain_flag_show("config", "FILE", "settings file (default: $home/etc/NAME.conf where it is there)");
	plain_flag_show("check", "", "say what is wrong with the settings, exit with 2, or 0");
	plain_flag_show("example", "", "print a settings file with all defaults");
	plain_flag_show("version", "", "print the version");
	plain_flag_show("help", "", "this text");
}

void
settings_show_example(const struct settings *s, const char *about)
{
	char range[256];

	(void)printf("# %s: %s\n", s->program, about);
	for (size_t i = 0; i < s->count; i++) {
		const struct setting *def = s->values[i].def;

		settings_range_text(def, range, sizeof range);
		(void)printf("\n# %s%s%s\n", def->help, range[0] != '\0' ? ": " : "", range);
		if (def->fallback == NULL)
			(void)printf("%s =\n", def->name);
		else
			(void)printf("# %s = %s\n", def->name, def->kind == SETTING_KIND_SECRET ? "" : def->fallback);
	}
}
