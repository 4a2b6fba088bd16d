/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bassin-solve: solves a round from a file, as the matching service does, or tells what a change would make of it. Exit
 * status 0; 2 for an instance or words that cannot be used, with one line on stderr that says where, what, and what is
 * allowed; 1 when the outcome could not be made or written, and then nothing stands in its place that was not there.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/text.h"
#include "out_file.h"
#include "outcome.h"
#include "service/manual.h"
#include "service/version.h"
#include "whatif.h"

enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_WRONG = 2 };
enum { MAX_THREADS = 1024, MAX_SEAT_CHANGES = 1000, MOVES_LISTED = 20 };
enum {
	OPTION_THREADS = 256,
	OPTION_LANG,
	OPTION_COLLEGE,
	OPTION_GUARANTEE,
	OPTION_SEATS,
	OPTION_JSON,
	OPTION_LIST,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_MANUAL,
	OPTION_COMPLETION
};

struct options {
	const char *instance, *output;
	int64_t threads, listed;
	bool json, help, version, manual, completion, wrong;
	struct whatif_change change;
	struct whatif_seats seats[MAX_SEAT_CHANGES];
};

/* clang-format off */
static const struct argp_option argp_options[] = {
	{ "output", 'o', N_("FILE"), 0, N_("where the outcome goes (else to standard output)"), 1 },
	{ "threads", OPTION_THREADS, "N", 0, N_("how many colleges are solved side by side (else one per processor); the outcome is the same"), 1 },
	{ "lang", OPTION_LANG, "fr|en", 0, N_("language (else BASSIN_LANG, LANGUAGE or LANG decides)"), 1 },
	{ NULL, 0, NULL, 0, N_("What if (may be combined): the round is solved twice, and the difference takes the outcome's place:"), 2 },
	{ "without-college", OPTION_COLLEGE, "ID", 0, N_("its learners and postings stay out of the pool"), 2 },
	{ "without-guarantee", OPTION_GUARANTEE, NULL, 0, N_("nobody has first claim on the seat that she would have with her college alone"), 2 },
	{ "move-seats", OPTION_SEATS, N_("POSTING=N"), 0, N_("the posting has N seats; with a sign, N more (+2) or fewer (-1); may be repeated"), 2 },
	{ "list", OPTION_LIST, "N", 0, N_("list N learners who move (20)"), 2 },
	{ "json", OPTION_JSON, NULL, 0, N_("the difference in JSON, with everybody who moves"), 2 },
	{ "help", OPTION_HELP, NULL, 0, N_("this help"), 3 },
	{ "version", OPTION_VERSION, NULL, 0, N_("the version"), 3 },
	{ "manual", OPTION_MANUAL, NULL, OPTION_HIDDEN, NULL, 3 },
	{ "completion", OPTION_COMPLETION, NULL, OPTION_HIDDEN, NULL, 3 },
	{ 0 },
};
/* clang-format on */

/* ---- words ------------------------------------------------------------------------------------------------------- */
static void
say(const char *where, const char *what)
{
	(void)fprintf(stderr, "bassin-solve: %s: %s\n", where, what);
}

static error_t
wrong(struct options *o, const char *where, const char *what)
{
	if (!o->wrong)
		say(where, what);
	o->wrong = true;
	return 0;
}

/* POSTING=N, where the id itself may hold a '='. */
static error_t
read_seats(struct options *o, char *word)
{
	char *sign = strrchr(word, '=');
	struct whatif_seats *s = &o->seats[o->change.n_seats];

	if (o->change.n_seats == MAX_SEAT_CHANGES)
		return wrong(o, word, _("no more than 1000 changes of seats at a time"));
	if (sign == NULL || sign == word ||
	    !text_to_int(sign[1] == '+' ? sign + 2 : sign + 1, -INT32_MAX, INT32_MAX, &s->seats) ||
	    (sign[1] == '+' && sign[2] == '-'))
		return wrong(o, word,
		             _("--move-seats takes POSTING=N, N a whole number of seats, or +N or -N for a change"));
	s->relative = sign[1] == '+' || sign[1] == '-';
	*sign = '\0';
	s->posting = word;
	o->change.n_seats++;
	return 0;
}

static error_t
read_language(struct options *o, const char *word)
{
	enum language language;

	if (!language_from_text(word, &language))
		return wrong(o, word, _("--lang takes fr or en"));
	language_set(language);
	return 0;
}

static error_t
read_word(int key, char *word, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o': o->output = word; return 0;
	case OPTION_THREADS:
		return text_to_int(word, 1, MAX_THREADS, &o->threads) ? 0 :
		                                                        wrong(o, word, _("--threads takes 1 to 1024"));
	case OPTION_LIST:
		return text_to_int(word, 0, ENGINE_MAX_LEARNERS, &o->listed) ?
		           0 :
		           wrong(o, word, _("--list takes 0 to 10000000"));
	case OPTION_LANG: return read_language(o, word);
	case OPTION_COLLEGE: o->change.without_college = word; return 0;
	case OPTION_GUARANTEE: o->change.without_guarantee = true; return 0;
	case OPTION_SEATS: return read_seats(o, word);
	case OPTION_JSON: o->json = true; return 0;
	case OPTION_HELP: o->help = true; return 0;
	case OPTION_VERSION: o->version = true; return 0;
	case OPTION_MANUAL: o->manual = true; return 0;
	case OPTION_COMPLETION: o->completion = true; return 0;
	case ARGP_KEY_ARG:
		if (o->instance != NULL)
			return wrong(o, word, _("one instance at a time"));
		o->instance = word;
		return 0;
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
		const char *word = strncmp(argv[i], "--lang=", 7) == 0            ? argv[i] + 7 :
		                   strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? argv[i + 1] :
		                                                                    "";
		if (language_from_text(word, &language))
			language_set(language);
	}
}

static void
show_what_is_asked(const struct options *o, const struct argp *argp, char *name)
{
	if (o->help) {
		(void)printf("%s bassin-solve %s\n\n", _("Usage:"), _("[OPTION...] INSTANCE.json"));
		argp_help(argp, stdout, ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	} else if (o->version) {
		(void)printf("bassin-solve %s\n", BASSIN_VERSION);
	} else if (o->manual) {
		manual_of_argp(stdout, argp, name, _("solve a round of matching"), _("[OPTION...] INSTANCE.json"));
	} else {
		completion_of_argp(stdout, argp, name);
	}
}

/* false: the program ends with *status. */
static bool
read_words(struct options *o, int argc, char **argv, int *status)
{
	char doc[2048], name[] = "bassin-solve";
	struct argp argp = { argp_options, read_word, NULL, doc, NULL, NULL, BASSIN_DOMAIN };

	(void)snprintf(
	    doc, sizeof(doc), "%s\v%s",
	    _("Solves a round of matching: the instance in, the outcome with its certificate out, both JSON. "
	      "The same instance always gives the same bytes."),
	    _("\"-\" is standard input or output. Exit status: 0 done; 1 the outcome could not be written, and "
	      "nothing is left of it; 2 the instance or an option cannot be used."));
	(void)setenv("ARGP_HELP_FMT", "no-dup-args-note,opt-doc-col=31,rmargin=100", 0);
	argv[0] = name;
	o->change.seats = o->seats;
	*status = EXIT_WRONG;
	if (argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, o) != 0)
		o->wrong = true;
	if (o->wrong)
		return false;
	if (o->help || o->version || o->manual || o->completion) {
		*status = EXIT_DONE;
		show_what_is_asked(o, &argp, name);
		return false;
	}
	if (o->instance == NULL)
		say("INSTANCE.json", _("the file to solve is missing (\"-\" is standard input); --help tells more"));
	return o->instance != NULL;
}

/* ---- solving ----------------------------------------------------------------------------------------------------- */
static struct instance *
read_instance(const char *path, int *status)
{
	const char *where = strcmp(path, "-") == 0 ? _("standard input") : path;
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct instance_flaw flaw = { .code = "" };
	struct instance *in = NULL;
	struct stat is;

	*status = EXIT_WRONG;
	if (fd < 0 || (fstat(fd, &is) == 0 && S_ISDIR(is.st_mode))) {
		say(where, out_file_trouble(fd < 0 ? errno : EISDIR));
		return NULL;
	}
	if (instance_read_fd(fd, &in, &flaw) != 0) {
		say(where, language_now() == LANGUAGE_FRENCH ? flaw.text_fr : flaw.text);
		*status = strcmp(flaw.code, "no_memory") == 0 ? EXIT_NOT_DONE : EXIT_WRONG;
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return in;
}

static struct engine_outcome *
solve(const struct instance *in, const struct options *o)
{
	struct engine_outcome *out = NULL;
	enum engine_status status = engine_solve(&in->engine, (int)o->threads, &out);

	if (status != ENGINE_OK)
		say(o->instance, status == ENGINE_NO_MEMORY ? _("out of memory") : engine_status_to_text(status));
	return out;
}

static int
write_difference(const struct instance *in, const struct whatif *w, const struct options *o, struct out_file *f)
{
	char *text;

	if (o->json)
		return whatif_to_json(in, &o->change, w, out_file_put, f);
	if (whatif_to_text(in, &o->change, w, (size_t)o->listed, &text) != 0)
		return -1;
	int rc = out_file_put(f, text, strlen(text));
	free(text);
	return rc;
}

/* Solves the round with the change, too. */
static int
what_if(const struct instance *in, const struct engine_outcome *before, const struct options *o, struct out_file *f)
{
	struct instance_flaw flaw;
	struct instance *changed;

	if (whatif_instance(in, &o->change, &changed, &flaw) != 0) {
		say(o->instance, language_now() == LANGUAGE_FRENCH ? flaw.text_fr : flaw.text);
		return strcmp(flaw.code, "no_memory") == 0 ? EXIT_NOT_DONE : EXIT_WRONG;
	}
	int status = EXIT_NOT_DONE;
	struct engine_outcome *after = solve(changed, o);
	struct whatif *w = after == NULL ? NULL : whatif_compare(in, before, changed, after);
	if (w != NULL && write_difference(in, w, o, f) == 0)
		status = EXIT_DONE;
	else if (after != NULL)
		say(o->output, w == NULL ? _("out of memory") : out_file_trouble(errno));
	whatif_destroy(&w);
	engine_outcome_destroy(&after);
	instance_destroy(&changed);
	return status;
}

/* The digest takes as long as the solving of a large round, and neither waits for the other. */
struct digesting {
	const struct instance *in;
	char hex[2 * INSTANCE_DIGEST_SIZE + 1];
	pthread_t thread;
	bool beside; /* in that thread */
};

static void *
digest_beside(void *arg)
{
	struct digesting *d = arg;

	instance_digest(d->in, d->hex);
	return NULL;
}

static void
digest_start(struct digesting *d, const struct instance *in, const struct options *o)
{
	*d = (struct digesting){ .in = in };
	d->beside = o->threads > 1 && pthread_create(&d->thread, NULL, digest_beside, d) == 0;
}

static const char *
digest_end(struct digesting *d)
{
	if (d->beside)
		(void)pthread_join(d->thread, NULL);
	else
		instance_digest(d->in, d->hex);
	return d->hex;
}

static int
write_outcome(const struct instance *in, const struct engine_outcome *out, const char *digest, const struct options *o,
              struct out_file *f)
{
	if (outcome_write(in, out, digest, out_file_put, f) == 0)
		return EXIT_DONE;
	say(o->output, out_file_trouble(errno));
	return EXIT_NOT_DONE;
}

static bool
asks_what_if(const struct whatif_change *c)
{
	return c->without_college != NULL || c->without_guarantee || c->n_seats > 0;
}

static int
solve_into(const struct instance *in, const struct options *o)
{
	bool asked = asks_what_if(&o->change);
	struct digesting digest;
	struct out_file f;

	if (!asked)
		digest_start(&digest, in, o);
	struct engine_outcome *out = solve(in, o);
	const char *hex = asked ? NULL : digest_end(&digest);
	if (out == NULL)
		return EXIT_NOT_DONE;
	if (out_file_open(&f, o->output) != 0) {
		say(o->output, out_file_trouble(errno));
		engine_outcome_destroy(&out);
		return EXIT_NOT_DONE;
	}
	int status = asked ? what_if(in, out, o, &f) : write_outcome(in, out, hex, o, &f);
	if (out_file_end(&f, status == EXIT_DONE) != 0) {
		say(o->output, out_file_trouble(errno));
		status = EXIT_NOT_DONE;
	}
	engine_outcome_destroy(&out);
	return status;
}

static int64_t
processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : count;
}

int
main(int argc, char **argv)
{
	static struct options o = { .output = "-", .listed = MOVES_LISTED };
	int status;

	language_start(BASSIN_DOMAIN, NULL);
	look_for_language(argc, argv);
	o.threads = processors();
	/* A reader that has gone away, a file that may not grow: an outcome not written. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (!read_words(&o, argc, argv, &status))
		return fflush(stdout) == 0 ? status : EXIT_NOT_DONE;
	if (sodium_init() < 0)
		return EXIT_NOT_DONE;
	struct instance *in = read_instance(o.instance, &status);
	if (in == NULL)
		return status;
	status = solve_into(in, &o);
	instance_destroy(&in);
	return status;
}
