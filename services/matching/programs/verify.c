/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bassin-verify: accepts the outcome of a round, or names the first condition of matching.md that it breaks; or puts one
 * learner's line into words. Shares no code with the solver. Exit status 0: accepted, or her line holds; 1: not so, with
 * one line on stderr; 2: words, an instance or a learner that cannot be used, with one line too.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "out_file.h"
#include "service/manual.h"
#include "service/version.h"
#include "verifier/verifier.h"
#include "verifier/words.h"

enum { EXIT_ACCEPTED = 0, EXIT_VIOLATION = 1, EXIT_WRONG = 2 };
enum { OPTION_LEARNER = 256, OPTION_LANG, OPTION_HELP, OPTION_VERSION, OPTION_MANUAL, OPTION_COMPLETION };

struct options {
	const char *instance, *outcome, *learner;
	bool help, version, manual, completion, wrong;
};

/* clang-format off */
static const struct argp_option argp_options[] = {
	{ "learner", OPTION_LEARNER, "ID", 0, N_("put this learner's line into words, checked by the cut-offs "
	    "alone"), 1 },
	{ "lang", OPTION_LANG, "fr|en", 0, N_("language (else BASSIN_LANG, LANGUAGE or LANG decides)"), 1 },
	{ "help", OPTION_HELP, NULL, 0, N_("this help"), 2 },
	{ "version", OPTION_VERSION, NULL, 0, N_("the version"), 2 },
	{ "manual", OPTION_MANUAL, NULL, OPTION_HIDDEN, NULL, 2 },
	{ "completion", OPTION_COMPLETION, NULL, OPTION_HIDDEN, NULL, 2 },
	{ 0 },
};
/* clang-format on */

/* ---- words ------------------------------------------------------------------------------------------------------- */
static void
say(const char *where, const char *what)
{
	(void)fprintf(stderr, "bassin-verify: %s: %s\n", where, what);
}

static error_t
wrong(struct options *o, const char *where, const char *what)
{
	if (!o->wrong)
		say(where, what);
	o->wrong = true;
	return 0;
}

static error_t
read_file_name(struct options *o, const char *word)
{
	if (o->outcome != NULL)
		return wrong(o, word, _("one instance and one outcome at a time"));
	if (o->instance == NULL)
		o->instance = word;
	else
		o->outcome = word;
	return 0;
}

static error_t
read_word(int key, char *word, struct argp_state *state)
{
	struct options *o = state->input;
	enum language language;

	switch (key) {
	case OPTION_LEARNER: o->learner = word; return 0;
	case OPTION_LANG: return language_from_text(word, &language) ? 0 : wrong(o, word, _("--lang takes fr or en"));
	case OPTION_HELP: o->help = true; return 0;
	case OPTION_VERSION: o->version = true; return 0;
	case OPTION_MANUAL: o->manual = true; return 0;
	case OPTION_COMPLETION: o->completion = true; return 0;
	case ARGP_KEY_ARG: return read_file_name(o, word);
	case ARGP_KEY_ERROR:
		return wrong(o, state->next > 0 ? state->argv[state->next - 1] : "",
		             _("unknown option, or its value is missing"));
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* --lang counts wherever it stands, for errors and help too. */
static void
look_for_language(int argc, char **argv)
{
	enum language language;

	language_set(language_of_environment());
	for (int i = 1; i < argc; i++) {
		const char *word = "";

		if (strncmp(argv[i], "--lang=", 7) == 0)
			word = argv[i] + 7;
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			word = argv[i + 1];
		if (language_from_text(word, &language))
			language_set(language);
	}
}

static bool
files_are_named(const struct options *o)
{
	if (o->outcome == NULL) {
		say("INSTANCE.json OUTCOME.json",
		    _("the instance and its outcome are wanted (\"-\" is standard input for one of them); --help "
		        "tells more"));
		return false;
	}
	if (strcmp(o->instance, "-") == 0 && strcmp(o->outcome, "-") == 0) {
		say("- -", _("standard input can be one of the two files only"));
		return false;
	}
	return true;
}

static void
show_what_is_asked(const struct options *o, const struct argp *argp, char *name)
{
	if (o->help)
		argp_help(argp, stdout, ARGP_HELP_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	else if (o->version)
		(void)printf("bassin-verify %s\n", BASSIN_VERSION);
	else if (o->manual)
		manual_of_argp(stdout, argp, name, _("judge the outcome of a round of matching"),
		               _("[OPTION...] INSTANCE.json OUTCOME.json"));
	else
		completion_of_argp(stdout, argp, name);
}

/* false: the program ends with *status. */
static bool
read_words(struct options *o, int argc, char **argv, int *status)
{
	char doc[2048], name[] = "bassin-verify";
	struct argp argp = {
		argp_options, read_word, N_("INSTANCE.json OUTCOME.json"), doc, NULL, NULL, BASSIN_DOMAIN
	};

	(void)snprintf(
	    doc, sizeof doc, "%s\v%s",
	    _("Judges the outcome of a round from the instance alone: feasible, stable, best for learners, optimal, "
	        "nobody "
	      "worse off than with her college alone, and told right."),
	    _("\"-\" is standard input, for one of the two. Exit status: 0 accepted, or the line holds; 1 the first "
	        "condition "
	      "that is broken stands on stderr; 2 the instance, an option or the learner cannot be used."));
	(void)setenv("ARGP_HELP_FMT", "no-dup-args-note,opt-doc-col=26,rmargin=100", 0);
	argv[0] = name;
	*status = EXIT_WRONG;
	if (argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, o) != 0)
		o->wrong = true;
	if (o->wrong)
		return false;
	if (o->help || o->version || o->manual || o->completion) {
		*status = EXIT_ACCEPTED;
		show_what_is_asked(o, &argp, name);
		return false;
	}
	return files_are_named(o);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */
static const char *
shown(const char *path)
{
	return strcmp(path, "-") == 0 ? _("standard input") : path;
}

/* -1: it cannot be read, and that is said. */
static int
open_file(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat is;

	if (fd < 0 || (fstat(fd, &is) == 0 && S_ISDIR(is.st_mode))) {
		say(shown(path), out_file_trouble(fd < 0 ? errno : EISDIR));
		return -1;
	}
	return fd;
}

static struct instance *
read_instance(const char *path)
{
	struct instance_flaw flaw = { .code = "" };
	struct instance *in = NULL;
	int fd = open_file(path);

	if (fd < 0)
		return NULL;
	if (instance_read_fd(fd, &in, &flaw) != 0)
		say(shown(path), language_now() == LANGUAGE_FRENCH ? flaw.text_fr : flaw.text);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return in;
}

/* ---- judging ----------------------------------------------------------------------------------------------------- */
static int
say_report(const char *path, const struct verifier_report *r)
{
	const char *text = language_now() == LANGUAGE_FRENCH ? r->text_fr : r->text;

	if (r->verdict == VERIFIER_ACCEPTED)
		return EXIT_ACCEPTED;
	(void)fprintf(stderr, "bassin-verify: %s: %s: %s\n", shown(path), r->condition, text);
	return r->verdict == VERIFIER_VIOLATION ? EXIT_VIOLATION : EXIT_WRONG;
}

static int
verify(const struct instance *in, const struct claim *claim, const char *path)
{
	struct verifier_report report;

	verifier_judge(in, claim, &report);
	if (report.verdict == VERIFIER_ACCEPTED)
		(void)printf(_("accepted: %s: %d learners, %d postings, %d colleges\n"), shown(path),
		             in->engine.n_learners, in->engine.n_postings, in->engine.n_colleges);
	return say_report(path, &report);
}

static int
by_id(const void *id, const void *entry)
{
	return strcmp(id, *(const char *const *)entry);
}

static int
explain(const struct instance *in, const struct claim *claim, const struct options *o)
{
	const char **found =
	    in->engine.n_learners == 0 ?
		NULL :
		bsearch(o->learner, in->learner_ids, (size_t)in->engine.n_learners, sizeof *in->learner_ids, by_id);
	struct verifier_report report;
	char *text;

	if (found == NULL) {
		say(o->learner, _("the instance knows no learner of that id"));
		return EXIT_WRONG;
	}
	if (words_of_learner(in, claim, (int32_t)(found - in->learner_ids), language_now() == LANGUAGE_FRENCH, &text,
	                     &report) != 0) {
		say(o->outcome, _("out of memory"));
		return EXIT_WRONG;
	}
	(void)fputs(text, stdout);
	free(text);
	return say_report(o->outcome, &report);
}

static int
judge(const struct instance *in, const struct options *o)
{
	struct verifier_report report;
	struct claim *claim;
	int fd = open_file(o->outcome), status;

	if (fd < 0)
		return EXIT_WRONG;
	if (claim_read_fd(in, fd, &claim, &report) != 0) {
		status = say_report(o->outcome, &report);
	} else {
		status = o->learner != NULL ? explain(in, claim, o) : verify(in, claim, o->outcome);
		claim_destroy(&claim);
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct instance *in;
	int status;

	language_start(BASSIN_DOMAIN, NULL);
	look_for_language(argc, argv);
	if (!read_words(&o, argc, argv, &status))
		return status;
	if (sodium_init() < 0) {
		say("libsodium", _("out of memory"));
		return EXIT_WRONG;
	}
	in = read_instance(o.instance);
	if (in == NULL)
		return EXIT_WRONG;
	status = judge(in, &o);
	instance_destroy(&in);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		say(_("standard output"), out_file_trouble(errno));
		return EXIT_WRONG;
	}
	return status;
}
