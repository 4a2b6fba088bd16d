/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bassin-verify: accepts the outcome of a round, or names the first condition of matching.md that it breaks; or puts one
 * learner's line into words. Shares no code with the solver. Exit status 0: accepted, or her line holds; 1: not so, with
 * one line on stderr; 2: words, an instance or a learner that cannot be used, with one line too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "out_file.h"
#include "program.h"
#include "verifier/verifier.h"
#include "verifier/words.h"

enum { EXIT_ACCEPTED = 0, EXIT_VIOLATION = 1, EXIT_WRONG = 2 };
enum { OPTION_LEARNER = 256 };

struct options {
	struct program program;
	const char *instance, *outcome, *learner;
};

/* clang-format off */
static const struct argp_option argp_options[] = {
	{ "learner", OPTION_LEARNER, "ID", 0, N_("put this learner's line into words, checked by the cut-offs "
	    "alone"), 1 },
	PROGRAM_OPTIONS(2),
	{ 0 },
};
/* clang-format on */

/* ---- words ------------------------------------------------------------------------------------------------------- */
static error_t
read_file_name(struct options *o, const char *word)
{
	if (o->outcome != NULL)
		return program_wrong(&o->program, word, _("one instance and one outcome at a time"));
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

	switch (key) {
	case OPTION_LEARNER: o->learner = word; return 0;
	case ARGP_KEY_ARG: return read_file_name(o, word);
	default: return program_word(&o->program, key, word, state);
	}
}

static bool
files_are_named(const struct options *o)
{
	if (o->outcome == NULL) {
		program_say(&o->program, "INSTANCE.json OUTCOME.json",
		    _("the instance and its outcome are wanted (\"-\" is standard input for one of them); --help "
		        "tells more"));
		return false;
	}
	if (strcmp(o->instance, "-") == 0 && strcmp(o->outcome, "-") == 0) {
		program_say(&o->program, "- -", _("standard input can be one of the two files only"));
		return false;
	}
	return true;
}

/* ---- judging ----------------------------------------------------------------------------------------------------- */
static int
say_report(const struct options *o, const struct verifier_report *r)
{
	const char *text = language_now() == LANGUAGE_FRENCH ? r->text_fr : r->text;

	if (r->verdict == VERIFIER_ACCEPTED)
		return EXIT_ACCEPTED;
	(void)fprintf(stderr, "%s: %s: %s: %s\n", o->program.name, program_shown(o->outcome), r->condition, text);
	return r->verdict == VERIFIER_VIOLATION ? EXIT_VIOLATION : EXIT_WRONG;
}

static int
verify(const struct instance *in, const struct claim *claim, const struct options *o)
{
	struct verifier_report report;

	verifier_judge(in, claim, &report);
	if (report.verdict == VERIFIER_ACCEPTED)
		(void)printf(_("accepted: %s (learners: %d, postings: %d, colleges: %d)\n"), program_shown(o->outcome),
		             in->engine.n_learners, in->engine.n_postings, in->engine.n_colleges);
	return say_report(o, &report);
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
		program_say(&o->program, o->learner, _("the instance knows no learner of that id"));
		return EXIT_WRONG;
	}
	if (words_of_learner(in, claim, (int32_t)(found - in->learner_ids), language_now() == LANGUAGE_FRENCH, &text,
	                     &report) != 0) {
		program_say(&o->program, o->outcome, _("out of memory"));
		return EXIT_WRONG;
	}
	(void)fputs(text, stdout);
	free(text);
	return say_report(o, &report);
}

static int
judge(const struct instance *in, const struct options *o)
{
	struct verifier_report report;
	struct claim *claim;
	int fd = program_open(&o->program, o->outcome), status;

	if (fd < 0)
		return EXIT_WRONG;
	if (claim_read_fd(in, fd, &claim, &report) != 0) {
		status = say_report(o, &report);
	} else {
		status = o->learner != NULL ? explain(in, claim, o) : verify(in, claim, o);
		claim_destroy(&claim);
	}
	program_close(fd);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = {
		.program = {
			.name = "bassin-verify",
			.summary = N_("judge the outcome of a round of matching"),
			.arguments = N_("[OPTION...] INSTANCE.json OUTCOME.json"),
			.doc = N_("Judges the outcome of a round from the instance alone: feasible, stable, best for learners, optimal, "
			          "nobody worse off than with her college alone, and told right."),
			.tail = N_("\"-\" is standard input, for one of the two. Exit status: 0 accepted, or the line holds; 1 the first "
			           "condition that is broken stands on stderr; 2 the instance, an option or the learner cannot be used."),
		},
	};
	struct instance *in;
	bool no_memory;
	int status = EXIT_ACCEPTED;

	if (program_start(&o.program, argc, argv) != 0)
		return EXIT_WRONG;
	if (program_words(&o.program, argp_options, read_word, &o, argc, argv)) {
		in = files_are_named(&o) ? program_read_instance(&o.program, o.instance, &no_memory) : NULL;
		status = in == NULL ? EXIT_WRONG : judge(in, &o);
		instance_destroy(&in);
	} else if (o.program.wrong) {
		status = EXIT_WRONG;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		program_say(&o.program, _("standard output"), out_file_trouble(errno));
		return EXIT_WRONG;
	}
	return status;
}
