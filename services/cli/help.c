/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A newcomer reads the order of work first, then finds each command under who uses it, in the order of use. Commands
 * that no part names stand at the end, so that none can be forgotten.
 */
#include "help.h"

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/language.h"
#include "terminal.h"

#define NAME_BYTES 64
#define STEP_WIDTH 38 /* columns of the commands of the order of work */
#define PART_BYTES 4 /* of a name, to be told by them */

/* ---- the order of work ------------------------------------------------------------------------------------------- */
struct step {
	const char *command, *about;
};

/* clang-format off */
static const struct step coordinator_steps[] = {
	{ "bassin status", N_("does the pool answer?") },
	{ N_("bassin feed programmes FILE"), N_("then competencies, employers, postings, learners; --dry-run changes nothing") },
	{ "bassin list postings scope=pool", N_("every college's open postings, which learners may rank") },
	{ N_("bassin feed learner_rankings FILE"), N_("then employer_rankings and direct_offers") },
	{ "bassin list waiting", N_("rows that name one that is not known yet") },
	{ "bassin task list", N_("what there is to do, oldest first, and what to type") },
	{ N_("bassin set ID FIELD=VALUE"), N_("mends one row; or correct the file, and feed it again") },
	{ "bassin show ID --history", N_("who changed what, when, and why") },
	{ "bassin round show --details", N_("what came of a round for your learners, and why") },
	{ NULL, NULL },
};
static const struct step operator_steps[] = {
	{ N_("bassin keys make NAME"), N_("a key for each college: --role college --institution ID") },
	{ N_("bassin feed institutions FILE"), N_("each college with its coordinator; now the colleges can feed") },
	{ "bassin round open", N_("draws the lottery's seed; --title TEXT") },
	{ "bassin round solve --dry-run", N_("what it would come to now") },
	{ "bassin round freeze", N_("the snapshot; then bassin round solve") },
	{ "bassin round show", N_("the outcome, and what the verifier says of it") },
	{ "bassin round publish", N_("makes it final and sends the emails") },
	{ "bassin mail list state=failed", N_("who has not been reached") },
	{ NULL, NULL },
};
/* clang-format on */

static void
show_steps(const char *title, const struct step *steps, FILE *to)
{
	fprintf(to, "%s\n", title);
	for (; steps->command != NULL; steps++)
		fprintf(to, "    %s%*s%s\n", _(steps->command),
		        (int)(STEP_WIDTH - terminal_width(_(steps->command))), "", _(steps->about));
	fputc('\n', to);
}

/* ---- all commands ------------------------------------------------------------------------------------------------ */
/* A part names commands, or groups of them by their first word, in the order of use. */
/* clang-format off */
static const struct part {
	const char *title;
	const char *names[24];
} parts[] = {
	{ N_("A coordinator hands in and corrects:"),
	  { "feed", "set", "posting", "employer", "learner", "firm propose", "firm reject" } },
	{ N_("Everybody looks:"),
	  { "list", "show", "pair", "round show", "round list", "round export", "firm", "task", "mail", "audit", "status",
	    "help" } },
	{ N_("The operator runs rounds, and says which records are one firm:"),
	  { "round open", "round solve", "round freeze", "round publish", "round", "firm merge", "firm unmerge" } },
	{ N_("The operator and the administrator look after the pool:"),
	  { "keys", "resync", "parked", "backup", "restore", "doctor" } },
};
/* clang-format on */

/* How well a part's name fits a command: 2 its whole name, 1 its first word, 0 not at all. */
static int
fits(const char *name, const char *command)
{
	size_t size = strlen(name);

	if (strncmp(name, command, size) != 0)
		return 0;
	return command[size] == '\0' ? 2 : command[size] == ' ' ? 1 : 0;
}

/* The place that names this command best, as a number that grows along the table; -1: none does. */
static int
place_of(const char *command)
{
	int best = 0, place = -1;

	for (size_t p = 0; p < COUNT_OF(parts); p++)
		for (size_t n = 0; n < COUNT_OF(parts[p].names) && parts[p].names[n] != NULL; n++)
			if (fits(parts[p].names[n], command) > best) {
				best = fits(parts[p].names[n], command);
				place = (int)(p * COUNT_OF(parts[p].names) + n);
			}
	return place;
}

static bool
show_place(const struct cli_command *commands, int place, FILE *to)
{
	bool any = false;

	for (const struct cli_command *c = commands; c->name != NULL; c++)
		if (place_of(c->name) == place) {
			fprintf(to, "  %-18s%s\n", c->name, _(c->about));
			any = true;
		}
	return any;
}

static void
show_parts(const struct cli_command *commands, FILE *to)
{
	for (size_t p = 0; p < COUNT_OF(parts); p++) {
		fprintf(to, "%s\n", _(parts[p].title));
		for (size_t n = 0; n < COUNT_OF(parts[p].names) && parts[p].names[n] != NULL; n++)
			(void)show_place(commands, (int)(p * COUNT_OF(parts[p].names) + n), to);
		fputc('\n', to);
	}
	if (show_place(commands, -1, to))
		fputc('\n', to);
}

void
help_show(const struct cli_command *commands, const char *group, FILE *to)
{
	fprintf(to, "%s\n\n", _("bassin - the placement pool of several colleges"));
	fprintf(to, "%s bassin %s\n\n", _("Usage:"), _("COMMAND [OPTION...] [ARGUMENT...]"));
	if (group == NULL) {
		show_steps(_("A coordinator begins, in this order:"), coordinator_steps, to);
		show_steps(_("An operator begins, in this order:"), operator_steps, to);
		show_parts(commands, to);
	} else {
		for (const struct cli_command *c = commands; c->name != NULL; c++)
			if (fits(group, c->name) == 1)
				fprintf(to, "  %-18s%s\n", c->name, _(c->about));
		fputc('\n', to);
	}
	fprintf(to, "%s\n%s\n",
	        _("bassin help COMMAND tells more. Options with every command: --json, --lang fr|en, --as NAME, "
	          "--home DIR, --service NAME, --wait SECONDS, --help, --version."),
	        _("Exit status: 0 done; 1 the pool could not be reached; 2 wrong use or a wrong file; 3 the pool said "
	          "no."));
}

/* ---- what was meant ---------------------------------------------------------------------------------------------- */
static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters put in, left out, replaced or swapped with the next (optimal string alignment). Long texts are far from all. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[NAME_BYTES + 1][NAME_BYTES + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > NAME_BYTES || m > NAME_BYTES)
		return NAME_BYTES;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			if (i == 0 || j == 0) {
				rows[i][j] = (unsigned)(i + j);
				continue;
			}
			rows[i][j] = least(least(rows[i - 1][j], rows[i][j - 1]) + 1,
			                   rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	return rows[n][m];
}

static bool
is_near(const char *name, unsigned letters)
{
	return letters <= 1 + strlen(name) / 4 && letters < strlen(name);
}

/* Both orders of a name's words; a second word typed alone costs a letter. */
static unsigned
distance_to(const char *typed, const char *name, bool alone)
{
	const char *space = strchr(name, ' ');
	char turned[NAME_BYTES];
	unsigned d = distance(typed, name);

	if (space == NULL)
		return d;
	snprintf(turned, sizeof(turned), "%s %.*s", space + 1, (int)(space - name), name);
	d = least(d, distance(typed, turned));
	return alone ? least(d, distance(typed, space + 1) + 1) : d;
}

const char *
help_nearest(const struct cli_command *commands, const char *first, const char *second)
{
	const char *nearest = NULL;
	char typed[NAME_BYTES];
	unsigned best = NAME_BYTES;

	if (snprintf(typed, sizeof(typed), "%s%s%s", first, second == NULL ? "" : " ", second == NULL ? "" : second) >=
	    (int)sizeof(typed))
		return NULL;
	for (char *c = typed; *c != '\0'; c++)
		if (*c == '-' || *c == '_')
			*c = ' ';
	for (const struct cli_command *c = commands; c->name != NULL; c++) {
		/* An argument behind a command of one word is none of its letters. */
		unsigned d = strchr(c->name, ' ') == NULL ? distance(first, c->name) :
		                                            distance_to(typed, c->name, second == NULL);
		if (d < best) {
			best = d;
			nearest = c->name;
		}
	}
	return nearest != NULL && is_near(nearest, best) ? nearest : NULL;
}

const char *
help_meant(struct arena *a, const char *typed, const char *const *names)
{
	const char *nearest = NULL, *all = "";
	unsigned best = NAME_BYTES;

	for (size_t i = 0; names[i] != NULL; i++) {
		unsigned d = distance(typed, names[i]);
		if (d < best) {
			best = d;
			nearest = names[i];
		}
	}
	if (nearest != NULL && is_near(nearest, best))
		return nearest;
	for (size_t i = 0; names[i] != NULL && all != NULL; i++)
		if (strlen(typed) >= PART_BYTES && strstr(names[i], typed) != NULL)
			all = arena_printf(a, "%s%s%s", all, *all == '\0' ? "" : ", ", names[i]);
	return all == NULL ? "" : all;
}
