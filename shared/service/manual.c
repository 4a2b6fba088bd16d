/* SPDX-License-Identifier: Apache-2.0 */
/* Writes roff for people's man(1): every text is escaped, so that no word of a table is taken for a request. */
#include "service/manual.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/language.h"
#include "service/version.h"

/* clang-format off */
static const char *const parts[] = {
	[MANUAL_SYNOPSIS]    = N_("SYNOPSIS"),
	[MANUAL_DESCRIPTION] = N_("DESCRIPTION"),
	[MANUAL_COMMANDS]    = N_("COMMANDS"),
	[MANUAL_SETTINGS]    = N_("SETTINGS"),
	[MANUAL_OPTIONS]     = N_("OPTIONS"),
	[MANUAL_NOTES]       = N_("NOTES"),
	[MANUAL_SEE_ALSO]    = N_("SEE ALSO"),
};

static const struct page { const char *program; int section; } pages[] = {
	{ "bassin", 1 }, { "bassin-solve", 1 }, { "bassin-verify", 1 }, { "bassin-employer-intake", 8 },
	{ "bassin-learner-intake", 8 }, { "bassin-matching", 8 }, { "bassin-notifications", 8 },
};

/* What roff would not print as it stands. The narrow space of French is a plain unbreakable one there. */
static const struct escape { const char *from, *to; } escapes[] = {
	{ "\\", "\\e" }, { "-", "\\-" }, { "'", "\\(aq" }, { "`", "\\(ga" }, { "^", "\\(ha" }, { "~", "\\(ti" },
	{ "\"", "\\(dq" }, { "\n", " " }, { "\xe2\x80\xaf", "\\~" }, { "\xc2\xa0", "\\~" },
};
/* clang-format on */

static void
put(FILE *to, const char *text)
{
	if (text[0] == '.')
		(void)fputs("\\&", to);
	while (*text != '\0') {
		const struct escape *e = escapes, *end = escapes + COUNT_OF(escapes);

		while (e < end && strncmp(text, e->from, strlen(e->from)) != 0)
			e++;
		if (e < end)
			(void)fputs(e->to, to);
		else
			(void)fputc(*text, to);
		text += e < end ? strlen(e->from) : 1;
	}
}

/* Bold, then in italics, each where there is any; ends the line. */
static void
put_head(FILE *to, const char *bold, const char *between, const char *italic)
{
	(void)fputs("\\fB", to);
	put(to, bold);
	(void)fputs("\\fR", to);
	if (italic[0] != '\0') {
		(void)fprintf(to, "%s\\fI", between);
		put(to, italic);
		(void)fputs("\\fR", to);
	}
	(void)fputc('\n', to);
}

void
manual_begin(FILE *to, const char *program, int section, const char *about)
{
	language_add(BASSIN_DOMAIN, NULL);
	(void)fputs("'\\\" -*- coding: utf-8 -*-\n.\\\" SPDX-License-Identifier: Apache-2.0\n", to);
	(void)fputs(".\\\" Made by the program itself from its tables: do not edit.\n.TH \"", to);
	for (const char *c = program; *c != '\0'; c++)
		(void)fputc(toupper((unsigned char)*c), to);
	(void)fprintf(to, "\" \"%d\" \"\" \"Bassin %s\" \"Bassin\"\n", section, BASSIN_VERSION);
	/* Lines run ragged and words stay whole: ids and options are not to be torn apart. */
	(void)fprintf(to, ".ad l\n.nh\n.SH %s\n", _("NAME"));
	put(to, program);
	(void)fputs(" \\- ", to);
	put(to, about);
	(void)fputc('\n', to);
}

void
manual_part(FILE *to, enum manual_part part)
{
	(void)fprintf(to, ".SH \"%s\"\n", _(parts[part]));
}

void
manual_heading(FILE *to, const char *bold, const char *arguments)
{
	(void)fputs(".SS\n", to);
	put_head(to, bold, " ", arguments);
}

void
manual_text(FILE *to, const char *bold, const char *text)
{
	(void)fputs(".PP\n", to);
	if (bold[0] != '\0') {
		put_head(to, bold, "", "");
	}
	put(to, text);
	(void)fputc('\n', to);
}

void
manual_item(FILE *to, const char *bold, const char *argument, const char *text)
{
	(void)fputs(".TP\n", to);
	put_head(to, bold, strncmp(bold, "--", 2) == 0 || strstr(bold, ", --") != NULL ? "=" : " ", argument);
	put(to, text);
	(void)fputc('\n', to);
}

static bool
is_shown(const struct argp_option *o)
{
	return o->name != NULL && (o->flags & OPTION_HIDDEN) == 0;
}

static bool
is_end(const struct argp_option *o)
{
	return o->name == NULL && o->key == 0 && o->doc == NULL && o->group == 0;
}

void
manual_options(FILE *to, const struct argp_option *options, const char *domain)
{
	char flag[128];

	for (const struct argp_option *o = options; !is_end(o); o++) {
		if (o->name == NULL && o->doc != NULL) {
			manual_text(to, "", dgettext(domain, o->doc));
			continue;
		}
		if (!is_shown(o))
			continue;
		if (o->key > ' ' && o->key < 0x7f)
			(void)snprintf(flag, sizeof flag, "-%c, --%s", o->key, o->name);
		else
			(void)snprintf(flag, sizeof flag, "--%s", o->name);
		manual_item(to, flag, o->arg == NULL ? "" : dgettext(domain, o->arg),
		            o->doc == NULL ? "" : dgettext(domain, o->doc));
	}
}

void
manual_end(FILE *to, const char *program)
{
	const char *between = "";

	manual_part(to, MANUAL_SEE_ALSO);
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		if (strcmp(pages[i].program, program) == 0)
			continue;
		(void)fprintf(to, "%s\\fB", between);
		put(to, pages[i].program);
		(void)fprintf(to, "\\fR(%d)", pages[i].section);
		between = ",\n";
	}
	(void)fputc('\n', to);
}

void
manual_of_argp(FILE *to, const struct argp *argp, const char *program, const char *about, const char *usage)
{
	char before[4096];
	const char *after = strchr(argp->doc, '\v');
	size_t size = after == NULL ? strlen(argp->doc) : (size_t)(after - argp->doc);

	manual_begin(to, program, 1, about);
	manual_part(to, MANUAL_SYNOPSIS);
	put_head(to, program, " ", usage);
	(void)snprintf(before, sizeof before, "%.*s", (int)size, argp->doc);
	manual_part(to, MANUAL_DESCRIPTION);
	manual_text(to, "", before);
	manual_part(to, MANUAL_OPTIONS);
	manual_options(to, argp->options, argp->argp_domain);
	if (after != NULL) {
		manual_part(to, MANUAL_NOTES);
		manual_text(to, "", after + 1);
	}
	manual_end(to, program);
}

/* ---- completion ------------------------------------------------------------------------------------------------- */
void
completion_options(FILE *to, const struct argp_option *options)
{
	for (const struct argp_option *o = options; !is_end(o); o++)
		if (is_shown(o))
			(void)fprintf(to, "--%s ", o->name);
}

void
completion_of_argp(FILE *to, const struct argp *argp, const char *program)
{
	(void)fputs("# SPDX-License-Identifier: Apache-2.0\ncomplete -o default -W '", to);
	completion_options(to, argp->options);
	(void)fprintf(to, "' %s\n", program);
}
