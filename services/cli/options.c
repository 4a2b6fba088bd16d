/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options by argp. Global ones may stand before or after the command's name; help and errors are our own texts, since
 * the C library's catalogues are not there on a bare system.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/language.h"
#include "base/text.h"
#include "help.h"
#include "manual_page.h"
#include "service/version.h"

#define ARGS_MAX 1024

/* clang-format off */
const struct argp_option options_of_all[] = {
	{ NULL, 0, NULL, 0, N_("With every command:"), 90 },
	{ "json", OPTION_JSON, NULL, 0, N_("answer in JSON"), 90 },
	{ "lang", OPTION_LANG, "fr|en", 0, N_("language (else BASSIN_LANG, LANGUAGE or LANG decides)"), 90 },
	{ "as", OPTION_AS, N_("NAME"), 0, N_("whose key is used (else BASSIN_AS, else the only one that fits)"), 90 },
	{ "home", OPTION_HOME, N_("DIR"), 0, N_("the pool's folder (else BASSIN_HOME, else ./var)"), 90 },
	{ "service", OPTION_SERVICE, N_("NAME"), 0, N_("ask this service, where several of a kind stand"), 90 },
	{ "wait", OPTION_WAIT, N_("SECONDS"), 0, N_("how long to wait for a pool that does not answer (30)"), 90 },
	{ "help", OPTION_HELP, NULL, 0, N_("this help"), 90 },
	{ "version", OPTION_VERSION, NULL, 0, N_("the version"), 90 },
	{ "manual", OPTION_MANUAL, NULL, OPTION_HIDDEN, NULL, 90 },
	{ "completion", OPTION_COMPLETION, NULL, OPTION_HIDDEN, NULL, 90 },
	{ 0 },
};
/* clang-format on */

/* Where argp's callbacks put what they find. */
struct reading {
	struct options *out;
	const struct cli_command *commands; /* all of them */
	const struct cli_command *command; /* NULL: before its name is known */
	const char *help; /* usage without a command */
	int start; /* where the command's name stands */
	bool done, wrong, wants_help;
};

static int
wrong(struct reading *r, const char *what, const char *found)
{
	if (!r->wrong)
		fprintf(stderr, "bassin: %s: %s\n", what, found);
	r->wrong = true;
	return EINVAL;
}

static int
read_wait(struct reading *r, const char *arg)
{
	int64_t seconds;

	if (!text_to_int(arg, 1, 3600, &seconds))
		return wrong(r, _("--wait takes a whole number of seconds, 1..3600"), arg);
	r->out->wait_s = (int)seconds;
	return 0;
}

static int
read_language(struct reading *r, const char *arg)
{
	enum language language;

	if (!language_from_text(arg, &language))
		return wrong(r, _("--lang takes fr or en"), arg);
	language_set(language);
	return 0;
}

static error_t
parse_global(int key, char *arg, struct argp_state *state)
{
	struct reading *r = state->input;
	struct options *o = r->out;

	switch (key) {
	case OPTION_JSON: o->json = true; return 0;
	case OPTION_LANG: return read_language(r, arg);
	case OPTION_AS: o->as = arg; return 0;
	case OPTION_HOME: o->home = arg; return 0;
	case OPTION_SERVICE: o->service = arg; return 0;
	case OPTION_WAIT: return read_wait(r, arg);
	case OPTION_HELP: r->wants_help = true; return 0;
	case OPTION_VERSION:
		printf("bassin %s\n", BASSIN_VERSION);
		r->done = true;
		return EINVAL;
	case OPTION_MANUAL:
		manual_page_show(r->commands);
		r->done = true;
		return EINVAL;
	case OPTION_COMPLETION:
		completion_show(r->commands);
		r->done = true;
		return EINVAL;
	case ARGP_KEY_ERROR:
		if (!r->done && !r->wrong)
			wrong(r, _("unknown option, or its value is missing"),
			      state->next > 0 ? state->argv[state->next - 1] : "");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp global_argp = { .options = options_of_all,
	                                 .parser = parse_global,
	                                 .argp_domain = BASSIN_DOMAIN };
static const struct argp_child children[] = { { &global_argp, 0, NULL, 0 }, { 0 } };

/* Before the command: stops at the first thing that is no option. */
static error_t
parse_before(int key, char *arg, struct argp_state *state)
{
	struct reading *r = state->input;

	(void)arg;
	if (key == ARGP_KEY_INIT) {
		state->child_inputs[0] = r;
		return 0;
	}
	if (key == ARGP_KEY_ARG) {
		r->start = state->next - 1;
		state->next = state->argc;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t
parse_command(int key, char *arg, struct argp_state *state)
{
	struct reading *r = state->input;
	struct options *o = r->out;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = r; return 0;
	case OPTION_ROLE: o->role = arg; return 0;
	case OPTION_INSTITUTION: o->institution = arg; return 0;
	case OPTION_DRY_RUN: o->dry_run = true; return 0;
	case OPTION_REPORT: o->report = arg; return 0;
	case OPTION_COMPLETE: o->complete = true; return 0;
	case OPTION_YES: o->yes = true; return 0;
	case OPTION_CSV: o->csv = true; return 0;
	case OPTION_TITLE: o->title = arg; return 0;
	case OPTION_WEIGHTS: o->weights = arg; return 0;
	case OPTION_OUTCOME: o->outcome = true; return 0;
	case OPTION_INSTANCE: o->instance = true; return 0;
	case OPTION_NO_GUARANTEE: o->no_guarantee = true; return 0;
	case OPTION_LEARNER: o->learner = arg; return 0;
	case OPTION_POSTING: o->posting = arg; return 0;
	case OPTION_REASON: o->reason = arg; return 0;
	case OPTION_ALL: o->all = true; return 0;
	case OPTION_NOTE: o->note = arg; return 0;
	case OPTION_SCOPE: o->scope = arg; return 0;
	case OPTION_METRICS: o->metrics = true; return 0;
	case OPTION_ROUND: o->round = arg; return 0;
	case OPTION_DETAILS: o->details = true; return 0;
	case OPTION_UNTIL: o->until = arg; return 0;
	case OPTION_SINCE: o->since = arg; return 0;
	case OPTION_WHO: o->who = arg; return 0;
	case OPTION_COMMAND: o->command = arg; return 0;
	case OPTION_ID: o->id = arg; return 0;
	case OPTION_RESULT: o->result = arg; return 0;
	case OPTION_REGISTER: o->register_from = arg; return 0;
	case OPTION_HISTORY: o->history = true; return 0;
	case OPTION_HTML: o->html = true; return 0;
	case OPTION_OUTPUT: o->output = arg; return 0;
	case ARGP_KEY_ARG:
		if (o->arg_count == ARGS_MAX)
			return wrong(r, _("too many arguments"), arg);
		o->args[o->arg_count++] = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* The longest name that the words from start on spell; *words is how many they are. */
static const struct cli_command *
find_command(const struct cli_command *commands, int argc, char **argv, int start, int *words)
{
	for (const struct cli_command *c = commands; c->name != NULL; c++) {
		const char *space = strchr(c->name, ' ');
		size_t first = space == NULL ? strlen(c->name) : (size_t)(space - c->name);
		if (strncmp(argv[start], c->name, first) != 0 || argv[start][first] != '\0')
			continue;
		if (space == NULL || (start + 1 < argc && strcmp(argv[start + 1], space + 1) == 0)) {
			*words = space == NULL ? 1 : 2;
			return c;
		}
	}
	return NULL;
}

static bool
is_group(const struct cli_command *commands, const char *word)
{
	size_t size = strlen(word);

	for (const struct cli_command *c = commands; c->name != NULL; c++)
		if (strncmp(c->name, word, size) == 0 && c->name[size] == ' ')
			return true;
	return false;
}

/* Reads what stands behind the command's name. */
static enum options_result
read_command(struct reading *r, int argc, char **argv)
{
	static char doc[8192], name[64];
	enum language language;
	const struct cli_command *c = r->command;
	/* glibc's help keeps what it has made of a table without entries. */
	bool has_own = c->options[0].name != NULL || c->options[0].doc != NULL;
	struct argp argp = { .options = has_own ? c->options : NULL,
		             .parser = parse_command,
		             .args_doc = c->args,
		             .children = children,
		             .argp_domain = BASSIN_DOMAIN };

	snprintf(name, sizeof(name), "bassin %s", c->name);
	argv[0] = name;
	/* Texts of the help are put together in the language that --lang, wherever it stands, has asked for. */
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--lang") == 0 && language_from_text(argv[i + 1], &language))
			language_set(language);
	snprintf(doc, sizeof(doc), "%s\v%s", _(c->about), c->more == NULL ? "" : _(c->more));
	argp.doc = doc;
	r->wrong = false;
	error_t error = argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, r);
	if (r->done)
		return OPTIONS_DONE;
	if (error == 0 && r->wants_help) {
		argp_help(&argp, stdout, ARGP_HELP_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
		return OPTIONS_DONE;
	}
	if (error != 0 || r->wrong) {
		fprintf(stderr, _("Try 'bassin %s --help'.\n"), c->name);
		return OPTIONS_WRONG;
	}
	if (r->out->arg_count < c->min_args || r->out->arg_count > c->max_args) {
		fprintf(stderr, "bassin: %s: bassin %s %s\n",
		        r->out->arg_count < c->min_args ? _("an argument is missing") : _("too many arguments"),
		        c->name, c->args == NULL ? "" : _(c->args));
		return OPTIONS_WRONG;
	}
	return OPTIONS_READ;
}

/* Was this word typed behind the command's name? */
static bool
is_typed(const char *word, int argc, char **argv, int start)
{
	for (int i = start + 1; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

static enum options_result
unknown_command(const struct cli_command *commands, int argc, char **argv, int start)
{
	const char *second = start + 1 < argc && argv[start + 1][0] != '-' ? argv[start + 1] : NULL;
	const char *nearest = help_nearest(commands, argv[start], second);

	fprintf(stderr, "bassin: %s: %s%s%s\n", _("unknown command; 'bassin help' lists them"), argv[start],
	        second == NULL ? "" : " ", second == NULL ? "" : second);
	if (nearest != NULL)
		fprintf(stderr, _("Did you mean 'bassin %s'?\n"), nearest);
	return OPTIONS_WRONG;
}

/* Options before the command; r->start is where its name stands, 0: nowhere. */
static bool
read_before(struct reading *r, int argc, char **argv)
{
	const struct argp before = { .parser = parse_before, .children = children, .argp_domain = BASSIN_DOMAIN };

	r->start = 0;
	return argp_parse(&before, argc, argv, ARGP_IN_ORDER | ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, r) ==
	           0 &&
	       !r->done;
}

enum options_result
options_read(const struct cli_command *commands, int argc, char **argv, struct options *out,
             const struct cli_command **command)
{
	static char *args[ARGS_MAX];
	struct reading r = { .out = out, .commands = commands };
	int words = 0;

	*out = (struct options){ .args = args };
	setenv("ARGP_HELP_FMT", "no-dup-args-note,opt-doc-col=26,rmargin=100", 0);
	bool sound = read_before(&r, argc, argv);
	/* `help feed` is `feed --help`; help on help itself is in the table */
	if (sound && r.start > 0 && strcmp(argv[r.start], "help") == 0 && !r.wants_help &&
	    !is_typed("--help", argc, argv, r.start)) {
		memmove(&argv[r.start], &argv[r.start + 1], (size_t)(argc - r.start) * sizeof(*argv));
		argc--;
		r.wants_help = true;
		sound = read_before(&r, argc, argv);
	}
	if (!sound)
		return r.done ? OPTIONS_DONE : OPTIONS_WRONG;
	if (r.start == 0) {
		help_show(commands, NULL, r.wants_help ? stdout : stderr);
		return r.wants_help ? OPTIONS_DONE : OPTIONS_WRONG;
	}
	r.command = find_command(commands, argc, argv, r.start, &words);
	*command = r.command;
	if (r.command != NULL)
		return read_command(&r, argc - (r.start + words - 1), argv + (r.start + words - 1));
	bool alone = r.start + 1 == argc || argv[r.start + 1][0] == '-';
	if (!is_group(commands, argv[r.start]) || !alone)
		return unknown_command(commands, argc, argv, r.start);
	r.wants_help = r.wants_help || is_typed("--help", argc, argv, r.start);
	help_show(commands, argv[r.start], r.wants_help ? stdout : stderr);
	return r.wants_help ? OPTIONS_DONE : OPTIONS_WRONG;
}
