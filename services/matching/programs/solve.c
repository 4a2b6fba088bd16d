/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bassin-solve: solves a round from a file, as the matching service does, or tells what a change would make of it. Exit
 * status 0; 2 for an instance or words that cannot be used, with one line on stderr that says where, what, and what is
 * allowed; 1 when the outcome could not be made or written, and then nothing stands in its place that was not there.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/text.h"
#include "out_file.h"
#include "outcome.h"
#include "program.h"
#include "whatif.h"

enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_WRONG = 2 };
enum { MAX_THREADS = 1024, MAX_SEAT_CHANGES = 1000, MOVES_LISTED = 20 };
enum { OPTION_THREADS = 256, OPTION_COLLEGE, OPTION_GUARANTEE, OPTION_SEATS, OPTION_JSON, OPTION_LIST };

struct options {
	struct program program;
	const char *instance, *output;
	int64_t threads, listed;
	bool json;
	struct whatif_change change;
	struct whatif_seats seats[MAX_SEAT_CHANGES];
};

/* clang-format off */
static const struct argp_option argp_options[] = {
	{ "output", 'o', N_("FILE"), 0, N_("where the outcome goes (else to standard output)"), 1 },
	{ "threads", OPTION_THREADS, "N", 0, N_("how many colleges are solved side by side (else one per processor); the outcome is the same"), 1 },
	{ NULL, 0, NULL, 0, N_("What if (may be combined): the round is solved twice, and the difference takes the outcome's place:"), 2 },
	{ "without-college", OPTION_COLLEGE, "ID", 0, N_("its learners and postings stay out of the pool"), 2 },
	{ "without-guarantee", OPTION_GUARANTEE, NULL, 0, N_("nobody has first claim on the seat that she would have with her college alone"), 2 },
	{ "move-seats", OPTION_SEATS, N_("POSTING=N"), 0, N_("the posting has N seats; with a sign, N more (+2) or fewer (-1); may be repeated"), 2 },
	{ "list", OPTION_LIST, "N", 0, N_("list N learners who move (20)"), 2 },
	{ "json", OPTION_JSON, NULL, 0, N_("the difference in JSON, with everybody who moves"), 2 },
	PROGRAM_OPTIONS(3),
	{ 0 },
};
/* clang-format on */

/* ---- words ------------------------------------------------------------------------------------------------------- */
/* POSTING=N, where the id itself may hold a '='. */
static error_t
read_seats(struct options *o, char *word)
{
	char *sign = strrchr(word, '=');
	struct whatif_seats *s = &o->seats[o->change.n_seats];

	if (o->change.n_seats == MAX_SEAT_CHANGES)
		return program_wrong(&o->program, word, _("no more than 1000 changes of seats at a time"));
	if (sign == NULL || sign == word ||
	    !text_to_int(sign[1] == '+' ? sign + 2 : sign + 1, -INT32_MAX, INT32_MAX, &s->seats) ||
	    (sign[1] == '+' && sign[2] == '-'))
		return program_wrong(&o->program, word,
		             _("--move-seats takes POSTING=N, N a whole number of seats, or +N or -N for a change"));
	s->relative = sign[1] == '+' || sign[1] == '-';
	*sign = '\0';
	s->posting = word;
	o->change.n_seats++;
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
		                                                        program_wrong(&o->program, word, _("--threads takes 1 to 1024"));
	case OPTION_LIST:
		return text_to_int(word, 0, ENGINE_MAX_LEARNERS, &o->listed) ?
		           0 :
		           program_wrong(&o->program, word, _("--list takes 0 to 10000000"));
	case OPTION_COLLEGE: o->change.without_college = word; return 0;
	case OPTION_GUARANTEE: o->change.without_guarantee = true; return 0;
	case OPTION_SEATS: return read_seats(o, word);
	case OPTION_JSON: o->json = true; return 0;
	case ARGP_KEY_ARG:
		if (o->instance != NULL)
			return program_wrong(&o->program, word, _("one instance at a time"));
		o->instance = word;
		return 0;
	default: return program_word(&o->program, key, word, state);
	}
}

/* ---- solving ----------------------------------------------------------------------------------------------------- */
static struct engine_outcome *
solve(const struct instance *in, const struct options *o)
{
	struct engine_outcome *out = NULL;
	enum engine_status status = engine_solve(&in->engine, (int)o->threads, &out);

	if (status != ENGINE_OK)
		program_say(&o->program, o->instance, status == ENGINE_NO_MEMORY ? _("out of memory") : engine_status_to_text(status));
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
		program_say(&o->program, o->instance, language_now() == LANGUAGE_FRENCH ? flaw.text_fr : flaw.text);
		return strcmp(flaw.code, "no_memory") == 0 ? EXIT_NOT_DONE : EXIT_WRONG;
	}
	int status = EXIT_NOT_DONE;
	struct engine_outcome *after = solve(changed, o);
	struct whatif *w = after == NULL ? NULL : whatif_compare(in, before, changed, after);
	if (w != NULL && write_difference(in, w, o, f) == 0)
		status = EXIT_DONE;
	else if (after != NULL)
		program_say(&o->program, o->output, w == NULL ? _("out of memory") : out_file_trouble(errno));
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
	program_say(&o->program, o->output, out_file_trouble(errno));
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
		program_say(&o->program, o->output, out_file_trouble(errno));
		engine_outcome_destroy(&out);
		return EXIT_NOT_DONE;
	}
	int status = asked ? what_if(in, out, o, &f) : write_outcome(in, out, hex, o, &f);
	if (out_file_end(&f, status == EXIT_DONE) != 0) {
		program_say(&o->program, o->output, out_file_trouble(errno));
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
	static struct options o = {
		.program = {
			.name = "bassin-solve",
			.summary = N_("solve a round of matching"),
			.arguments = N_("[OPTION...] INSTANCE.json"),
			.doc = N_("Solves a round of matching: the instance in, the outcome with its certificate out, both JSON. "
			          "The same instance always gives the same bytes."),
			.tail = N_("\"-\" is standard input or output. Exit status: 0 done; 1 the outcome could not be written, and "
			           "nothing is left of it; 2 the instance or an option cannot be used."),
		},
		.output = "-", .listed = MOVES_LISTED,
	};
	bool no_memory;

	if (program_start(&o.program, argc, argv) != 0)
		return EXIT_NOT_DONE;
	o.threads = processors();
	o.change.seats = o.seats;
	/* A reader that has gone away, a file that may not grow: an outcome not written. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (!program_words(&o.program, argp_options, read_word, &o, argc, argv))
		return o.program.wrong ? EXIT_WRONG : fflush(stdout) == 0 ? EXIT_DONE : EXIT_NOT_DONE;
	if (o.instance == NULL) {
		program_say(&o.program, "INSTANCE.json",
		            _("the file to solve is missing (\"-\" is standard input); --help tells more"));
		return EXIT_WRONG;
	}
	struct instance *in = program_read_instance(&o.program, o.instance, &no_memory);
	if (in == NULL)
		return no_memory ? EXIT_NOT_DONE : EXIT_WRONG;
	int status = solve_into(in, &o);
	instance_destroy(&in);
	return status;
}
