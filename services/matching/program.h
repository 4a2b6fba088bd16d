/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bassin-solve and bassin-verify do alike: the options that every program has, what is said where, reading the
 * instance. One line on stderr says what is wrong, and only the first is said.
 */
#ifndef MATCHING_PROGRAM_H
#define MATCHING_PROGRAM_H

#include <argp.h>

#include "base/compiler.h"
#include "instance.h"

/* The words of the command line that every program knows, and whether all words were understood. */
struct program {
	const char *name;
	const char *summary;    /* N_: one line, for the manual */
	const char *arguments;  /* N_: as "[OPTION...] FILE" */
	const char *doc, *tail; /* N_: what stands before and after the options in --help */
	bool wrong, help, version, manual, completion;
};

enum {
	PROGRAM_OPTION_LANG = 1024,
	PROGRAM_OPTION_HELP,
	PROGRAM_OPTION_VERSION,
	PROGRAM_OPTION_MANUAL,
	PROGRAM_OPTION_COMPLETION
};

/* Rows of an argp table; group is where they stand in the help. */
#define PROGRAM_OPTIONS(group) \
	{ "lang", PROGRAM_OPTION_LANG, "fr|en", 0, N_("language (else BASSIN_LANG, LANGUAGE or LANG decides)"), 1 }, \
	{ "help", PROGRAM_OPTION_HELP, NULL, 0, N_("this help"), group }, \
	{ "version", PROGRAM_OPTION_VERSION, NULL, 0, N_("the version"), group }, \
	{ "manual", PROGRAM_OPTION_MANUAL, NULL, OPTION_HIDDEN, NULL, group }, \
	{ "completion", PROGRAM_OPTION_COMPLETION, NULL, OPTION_HIDDEN, NULL, group }

/* Languages, of which --lang counts wherever it stands, and libsodium. -1: there is none, and that is said. */
int program_start(const struct program *p, int argc, char **argv) MUST_CHECK;

void    program_say(const struct program *p, const char *where, const char *what);
error_t program_wrong(struct program *p, const char *where, const char *what);      /* says it once; returns 0 */

/* An argp parser's case for everything else: the options above, ARGP_KEY_ERROR; ARGP_ERR_UNKNOWN for the rest. */
error_t program_word(struct program *p, int key, const char *word, const struct argp_state *state);

/*
 * Parse all words; input is what the parser gets.
 *   Returns  true: go on. false: something was wrong and has been said (p->wrong), or help was asked for and shown
 */
bool program_words(struct program *p, const struct argp_option *options, argp_parser_t parser, void *input, int argc,
                   char **argv) MUST_CHECK;

const char *program_shown(const char *path);    /* "-" in words */
int         program_open(const struct program *p, const char *path) MUST_CHECK; /* -1: it cannot be read, and that is said */
void        program_close(int fd);

/* NULL: it cannot be used, and that is said; *no_memory: since memory ran out. Owner: the caller destroys it. */
struct instance *program_read_instance(const struct program *p, const char *path, bool *no_memory) MUST_CHECK;

#endif
