/* SPDX-License-Identifier: Apache-2.0 */
/* bassin(1) and its completion: each command of the table with its arguments, options and explanation. */
#include "manual_page.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "kinds.h"
#include "service/manual.h"

/* ---- man(1) ------------------------------------------------------------------------------------------------------ */
static void
show_command(const struct cli_command *c)
{
	char name[64];

	snprintf(name, sizeof(name), "bassin %s", c->name);
	manual_heading(stdout, name, c->args == NULL ? "" : _(c->args));
	manual_text(stdout, "", _(c->about));
	if (c->more != NULL)
		manual_text(stdout, "", _(c->more));
	manual_options(stdout, c->options, BASSIN_DOMAIN);
}

void
manual_page_show(const struct cli_command *commands)
{
	/* The head of --help: "bassin - what it is". */
	const char *head = _("bassin - the placement pool of several colleges"), *about = strstr(head, " - ");

	manual_begin(stdout, "bassin", 1, about == NULL ? head : about + 3);
	manual_part(stdout, MANUAL_SYNOPSIS);
	manual_text(stdout, "bassin", _("COMMAND [OPTION...] [ARGUMENT...]"));
	manual_part(stdout, MANUAL_COMMANDS);
	for (const struct cli_command *c = commands; c->name != NULL; c++)
		show_command(c);
	manual_part(stdout, MANUAL_OPTIONS);
	manual_options(stdout, options_of_all, BASSIN_DOMAIN);
	manual_part(stdout, MANUAL_NOTES);
	manual_text(
	    stdout, "",
	    _("Exit status: 0 done; 1 the pool could not be reached; 2 wrong use or a wrong file; 3 the pool said "
	      "no."));
	manual_end(stdout, "bassin");
}

/* ---- bash -------------------------------------------------------------------------------------------------------- */
/* The command's words as a pattern of `case`: "round open" where both were typed. */
static void
show_options_of(const struct cli_command *c)
{
	printf("\t'%s') options='", c->name);
	completion_options(stdout, c->options);
	printf("'");
	if (c->args != NULL && strncmp(c->args, "KIND", 4) == 0) {
		printf(" values='");
		for (size_t i = 0; kind_at(i) != NULL; i++)
			printf("%s ", kind_at(i)->name);
		printf("'");
	}
	printf(" ;;\n");
}

/* Words that follow `group` in the table (NULL: first words), each once. */
static void
show_words(const struct cli_command *commands, const char *group, size_t group_size)
{
	const char *last = "";
	size_t last_size = 0;

	for (const struct cli_command *c = commands; c->name != NULL; c++) {
		const char *word = c->name;
		if (group != NULL && (strncmp(word, group, group_size) != 0 || word[group_size] != ' '))
			continue;
		if (group != NULL)
			word += group_size + 1;
		size_t size = strcspn(word, " ");
		if (size != last_size || strncmp(word, last, size) != 0)
			printf("%.*s ", (int)size, word);
		last = word;
		last_size = size;
	}
}

static void
show_groups(const struct cli_command *commands)
{
	const char *last = "";

	for (const struct cli_command *c = commands; c->name != NULL; c++) {
		size_t size = strcspn(c->name, " ");
		if (c->name[size] == '\0' || (strncmp(last, c->name, size) == 0 && last[size] == ' '))
			continue;
		printf("\t'%.*s') values='", (int)size, c->name);
		show_words(commands, c->name, size);
		printf("' ;;\n");
		last = c->name;
	}
}

/* Finds the words of the command. It is one word or two; options may stand before it, and bash parts --name=VALUE. */
static void
show_finding(void)
{
	const char *between = "";

	printf("# SPDX-License-Identifier: Apache-2.0\n"
	       "# bash completion of bassin, made by it from its table of commands: do not edit.\n"
	       "_bassin()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} first= second= at=1 count=0 options= values=\n"
	       "\tCOMPREPLY=()\n"
	       "\tfor ((; at < COMP_CWORD; at++)); do\n"
	       "\t\tcase ${COMP_WORDS[at]} in\n\t\t");
	for (const struct argp_option *o = options_of_all; o->name != NULL || o->key != 0 || o->doc != NULL; o++)
		if (o->name != NULL && o->arg != NULL) {
			printf("%s--%s", between, o->name);
			between = " | ";
		}
	printf(
	    ") if [ \"${COMP_WORDS[at + 1]}\" = = ]; then ((at += 2)); else ((at++)); fi ;;\n\t\t-*) ;;\n"
	    "\t\t*)\n\t\t\tcase $((count++)) in 0) first=${COMP_WORDS[at]} ;; 1) second=${COMP_WORDS[at]} ;; esac ;;\n"
	    "\t\tesac\n\tdone\n");
}

void
completion_show(const struct cli_command *commands)
{
	show_finding();
	printf("\tcase $first in\n\t'') values='");
	show_words(commands, NULL, 0);
	printf("' ;;\n");
	show_groups(commands);
	printf("\tesac\n\tcase $first in\n");
	for (const struct cli_command *c = commands; c->name != NULL; c++)
		if (strchr(c->name, ' ') == NULL)
			show_options_of(c);
	printf("\tesac\n\t[ -z \"$second\" ] || values=\n\tcase \"$first $second\" in\n");
	for (const struct cli_command *c = commands; c->name != NULL; c++)
		if (strchr(c->name, ' ') != NULL)
			show_options_of(c);
	printf("\tesac\n\tif [[ $word == -* ]]; then values=\"$options ");
	completion_options(stdout, options_of_all);
	printf("\"; fi\n"
	       "\tif [ -n \"$values\" ]; then mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$word\"); fi\n"
	       "}\ncomplete -o default -F _bassin bassin\n");
}
