/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a program that is the same in each. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
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

void
program_say(const struct program *p, const char *where, const char *what)
{
	(void)fprintf(stderr, "%s: %s: %s\n", p->name, where, what);
}

error_t
program_wrong(struct program *p, const char *where, const char *what)
{
	if (!p->wrong)
		program_say(p, where, what);
	p->wrong = true;
	return 0;
}

/* The words before --lang may be the wrong ones, and be refused in that language. */
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

int
program_start(const struct program *p, int argc, char **argv)
{
	language_start(BASSIN_DOMAIN, NULL);
	look_for_language(argc, argv);
	if (sodium_init() >= 0)
		return 0;
	program_say(p, "libsodium", _("it cannot be used on this machine"));
	return -1;
}

error_t
program_word(struct program *p, int key, const char *word, const struct argp_state *state)
{
	enum language language;

	switch (key) {
	case PROGRAM_OPTION_LANG:
		return language_from_text(word, &language) ? 0 : program_wrong(p, word, _("--lang takes fr or en"));
	case PROGRAM_OPTION_HELP: p->help = true; return 0;
	case PROGRAM_OPTION_VERSION: p->version = true; return 0;
	case PROGRAM_OPTION_MANUAL: p->manual = true; return 0;
	case PROGRAM_OPTION_COMPLETION: p->completion = true; return 0;
	case ARGP_KEY_ERROR:
		return program_wrong(p, state->next > 0 ? state->argv[state->next - 1] : "",
		                     _("unknown option, or its value is missing"));
	default: return ARGP_ERR_UNKNOWN;
	}
}

static void
show_what_is_asked(const struct program *p, const struct argp *argp, char *name)
{
	if (p->help) {
		(void)printf("%s %s %s\n\n", _("Usage:"), name, _(p->arguments));
		argp_help(argp, stdout, ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	} else if (p->version) {
		(void)printf("%s %s\n", name, BASSIN_VERSION);
	} else if (p->manual) {
		manual_of_argp(stdout, argp, name, _(p->summary), _(p->arguments));
	} else {
		completion_of_argp(stdout, argp, name);
	}
}

bool
program_words(struct program *p, const struct argp_option *options, argp_parser_t parser, void *input, int argc,
              char **argv)
{
	char doc[2048], name[32];
	struct argp argp = { options, parser, NULL, doc, NULL, NULL, BASSIN_DOMAIN };

	(void)snprintf(doc, sizeof doc, "%s\v%s", _(p->doc), _(p->tail));
	(void)snprintf(name, sizeof name, "%s", p->name);
	(void)setenv("ARGP_HELP_FMT", "no-dup-args-note,opt-doc-col=31,rmargin=100", 0);
	argv[0] = name;
	if (argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, input) != 0)
		p->wrong = true;
	if (p->wrong)
		return false;
	if (!p->help && !p->version && !p->manual && !p->completion)
		return true;
	show_what_is_asked(p, &argp, name);
	return false;
}

const char *
program_shown(const char *path)
{
	return strcmp(path, "-") == 0 ? _("standard input") : path;
}

int
program_open(const struct program *p, const char *path)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat is;

	if (fd >= 0 && (fstat(fd, &is) != 0 || !S_ISDIR(is.st_mode)))
		return fd;
	program_say(p, program_shown(path), out_file_trouble(fd < 0 ? errno : EISDIR));
	if (fd >= 0)
		program_close(fd);
	return -1;
}

void
program_close(int fd)
{
	if (fd != STDIN_FILENO)
		(void)close(fd);
}

struct instance *
program_read_instance(const struct program *p, const char *path, bool *no_memory)
{
	struct instance_flaw flaw = { .code = "" };
	struct instance *in = NULL;
	int fd = program_open(p, path);

	*no_memory = false;
	if (fd < 0)
		return NULL;
	if (instance_read_fd(fd, &in, &flaw) != 0) {
		program_say(p, program_shown(path), language_now() == LANGUAGE_FRENCH ? flaw.text_fr : flaw.text);
		*no_memory = strcmp(flaw.code, "no_memory") == 0;
	}
	program_close(fd);
	return in;
}
