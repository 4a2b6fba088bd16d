/* SPDX-License-Identifier: Apache-2.0 */
/* What was typed after a command: one set of options for all commands, each command's table says which it takes. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

/* Keys of argp; all options are long ones, but -o. */
enum option_key {
	OPTION_HELP = 0x100,
	OPTION_VERSION,
	OPTION_MANUAL,
	OPTION_COMPLETION,
	OPTION_JSON,
	OPTION_LANG,
	OPTION_AS,
	OPTION_HOME,
	OPTION_SERVICE,
	OPTION_ROLE,
	OPTION_INSTITUTION,
	OPTION_DRY_RUN,
	OPTION_REPORT,
	OPTION_COMPLETE,
	OPTION_YES,
	OPTION_CSV,
	OPTION_TITLE,
	OPTION_WEIGHTS,
	OPTION_OUTCOME,
	OPTION_INSTANCE,
	OPTION_NO_GUARANTEE,
	OPTION_LEARNER,
	OPTION_POSTING,
	OPTION_REASON,
	OPTION_METRICS,
	OPTION_ROUND,
	OPTION_DETAILS,
	OPTION_HISTORY,
	OPTION_UNTIL,
	OPTION_SINCE,
	OPTION_WHO,
	OPTION_COMMAND,
	OPTION_ID,
	OPTION_RESULT,
	OPTION_WAIT,
	OPTION_REGISTER,
	OPTION_ALL,
	OPTION_NOTE,
	OPTION_HTML,
	OPTION_SCOPE,
	OPTION_OUTPUT = 'o',
};

struct options {
	bool json, dry_run, complete, yes, csv, outcome, instance, no_guarantee, metrics, details, html, all, history;
	const char *as, *home, *service, *role, *institution, *report, *title, *weights, *learner, *posting, *reason,
	    *round, *register_from, *output, *note, *until, *scope, *since, *who, *command,
	    *id, *result;
	int wait_s; /* how long a pool that does not answer is waited for; 0: not said */
	char **args; /* what is no option, in order */
	int arg_count;
};

struct app;
struct cli_command {
	const char *name; /* "round open" */
	const char *args; /* shape of its arguments, for the help */
	const char *about; /* one line */
	const char *more; /* further help, may be NULL */
	const struct argp_option *options;
	int min_args, max_args;
	int (*run)(struct app *app); /* the exit status */
};

/* The options that every command takes. */
extern const struct argp_option options_of_all[];

enum options_result { OPTIONS_READ, OPTIONS_DONE /* help or version was shown */, OPTIONS_WRONG /* said on stderr */ };

/*
 * Finds the command in argv and reads its options. *command NULL with OPTIONS_READ never happens. commands is ended by
 * an entry without a name. out->args point into argv, which may be put in another order.
 */
enum options_result options_read(const struct cli_command *commands, int argc, char **argv, struct options *out,
                                 const struct cli_command **command);

#endif
