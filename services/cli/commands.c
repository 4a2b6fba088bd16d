/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands: how each is written, what it is for, which options it takes. */
#include "commands.h"

#include "base/language.h"
#include "feed.h"
#include "firm.h"
#include "learner.h"
#include "list.h"
#include "manage.h"
#include "round.h"
#include "task.h"

#define MANY 1000

/* Never runs: options_read answers it, as it does --help. */
static int
run_help(struct app *app)
{
	(void)app;
	return 0;
}

/* clang-format off */
#define CSV_OPTION     { "csv", OPTION_CSV, NULL, 0, N_("as CSV"), 0 }
#define DRY_RUN_OPTION { "dry-run", OPTION_DRY_RUN, NULL, 0, N_("report, and change nothing"), 0 }
#define REASON_OPTION  { "reason", OPTION_REASON, N_("TEXT"), 0, N_("why"), 0 }
#define YES_OPTION     { "yes", OPTION_YES, NULL, 0, N_("ask nothing"), 0 }
#define OUTPUT_OPTION  { "output", OPTION_OUTPUT, N_("FILE"), 0, N_("write to this file"), 0 }
/* clang-format on */

/* clang-format off */
static const struct argp_option no_options[] = { { 0 } };
static const struct argp_option csv_options[] = { CSV_OPTION, { 0 } };
static const struct argp_option reason_options[] = { REASON_OPTION, { 0 } };
static const struct argp_option yes_options[] = { YES_OPTION, { 0 } };
static const struct argp_option output_options[] = { OUTPUT_OPTION, { 0 } };
static const struct argp_option dry_run_options[] = { DRY_RUN_OPTION, { 0 } };

static const struct argp_option keys_make_options[] = {
	{ "role", OPTION_ROLE, N_("ROLE"), 0,
	  N_("college, intermediary, or a service: employer_intake, learner_intake, matching, notifications, console"),
	  0 },
	{ "institution", OPTION_INSTITUTION, N_("ID"), 0, N_("whose key it is; a college's key needs it"), 0 },
	{ 0 },
};
static const struct argp_option feed_options[] = {
	DRY_RUN_OPTION,
	{ "report", OPTION_REPORT, N_("FILE"), 0, N_("write what became of each row to this file, as CSV"), 0 },
	{ "complete", OPTION_COMPLETE, NULL, 0, N_("list what the pool holds and the file lacks, and withdraw it"), 0 },
	YES_OPTION, REASON_OPTION, { 0 },
};
static const struct argp_option show_options[] = {
	{ "history", OPTION_HISTORY, NULL, 0, N_("who changed what, when and why, instead"), 0 },
	CSV_OPTION, { 0 },
};
static const struct argp_option pause_options[] = {
	{ "until", OPTION_UNTIL, N_("DATE"), 0, N_("the first day on which it is asked again, yyyy-mm-dd"), 0 },
	REASON_OPTION, { 0 },
};
static const struct argp_option audit_options[] = {
	{ "since", OPTION_SINCE, N_("DATE"), 0, N_("from this day on"), 0 },
	{ "until", OPTION_UNTIL, N_("DATE"), 0, N_("up to this day, and on it"), 0 },
	{ "who", OPTION_WHO, N_("NAME"), 0, N_("what this key asked, or who was signed in by this name"), 0 },
	{ "command", OPTION_COMMAND, N_("NAME"), 0, N_("this command, as the list calls it: posting_move"), 0 },
	{ "id", OPTION_ID, N_("ID"), 0, N_("about this: college/id, or a pool number"), 0 },
	{ "result", OPTION_RESULT, N_("CODE"), 0, N_("with this result: ok, refused, dry_run, conflict"), 0 },
	CSV_OPTION, { 0 },
};
static const struct argp_option set_options[] = { DRY_RUN_OPTION, REASON_OPTION, { 0 } };
static const struct argp_option pair_options[] = {
	{ "round", OPTION_ROUND, N_("ID"), 0, N_("by this round's snapshot and weights"), 0 },
	{ 0 },
};
static const struct argp_option open_options[] = {
	{ "title", OPTION_TITLE, N_("TEXT"), 0, N_("the round's title"), 0 },
	{ "weights", OPTION_WEIGHTS, "C,D,H", 0, N_("weights of competencies, distance and hours in the fit (5,3,2)"),
	  0 },
	{ "no-guarantee", OPTION_NO_GUARANTEE, NULL, 0,
	  N_("learners may end worse than with their college alone; the report counts them"), 0 },
	{ 0 },
};
static const struct argp_option round_show_options[] = {
	{ "details", OPTION_DETAILS, NULL, 0, N_("each learner's line as well"), 0 },
	CSV_OPTION,
	{ 0 },
};
static const struct argp_option export_options[] = {
	{ "instance", OPTION_INSTANCE, NULL, 0, N_("the instance: what is solved (this is the default)"), 0 },
	{ "outcome", OPTION_OUTCOME, NULL, 0, N_("the outcome, with its certificate"), 0 },
	OUTPUT_OPTION, { 0 },
};
static const struct argp_option withdraw_options[] = {
	{ "learner", OPTION_LEARNER, N_("ID"), 0, N_("this learner leaves the round"), 0 },
	{ "posting", OPTION_POSTING, N_("ID"), 0, N_("this posting leaves the round"), 0 },
	REASON_OPTION, YES_OPTION, { 0 },
};
static const struct argp_option restore_options[] = {
	{ "register", OPTION_REGISTER, N_("DIR"), 0,
	  N_("a newer backup, whose register of the erased holds as well, where the living database is lost"), 0 },
	YES_OPTION, { 0 },
};
static const struct argp_option preview_options[] = {
	{ "html", OPTION_HTML, NULL, 0, N_("the page that mail programs show, instead of the plain text"), 0 },
	OUTPUT_OPTION, { 0 },
};
static const struct argp_option frequency_options[] = {
	{ "scope", OPTION_SCOPE, N_("SCOPE"), 0, N_("mine: what concerns her own records; firm: all records of her firm"), 0 },
	{ 0 },
};
static const struct argp_option status_options[] = {
	{ "metrics", OPTION_METRICS, NULL, 0, N_("all figures as Prometheus text"), 0 },
	{ "details", OPTION_DETAILS, NULL, 0, N_("all figures as a table"), 0 },
	{ 0 },
};
static const struct argp_option task_list_options[] = {
	{ "all", OPTION_ALL, NULL, 0, N_("also what is done"), 0 },
	CSV_OPTION, { 0 },
};
static const struct argp_option task_done_options[] = {
	{ "note", OPTION_NOTE, N_("TEXT"), 0, N_("what was done; no names of people"), 0 },
	{ 0 },
};

const struct cli_command cli_commands[] = {
	{ "keys make", N_("NAME"), N_("make a key, and enter it into the keyring"),
	  N_("Works on the files in the pool's folder. The same key asked for again changes nothing. A pool that runs is asked "
	     "whether it knows the institution; the key is made either way."),
	  keys_make_options, 1, 1, run_keys_make },
	{ "keys list", NULL, N_("list the keyring"), NULL, csv_options, 0, 0, run_keys_list },
	{ "keys revoke", N_("NAME"), N_("take a key out of the keyring"),
	  N_("Services refuse it from then on, also on connections that are open."), no_options, 1, 1,
	  run_keys_revoke },
	{ "feed", N_("KIND FILE"), N_("hand in a file"),
	  N_("KIND is institutions, programmes, competencies, employers, postings, learners, learner_rankings, "
	     "employer_rankings or direct_offers. The same file can be fed again: what is there already is unchanged. "
	     "Exit status 0 when every row was taken, 3 when some were refused, 2 when the file as a whole was, 1 when "
	     "the pool could not be reached (nothing is lost: run it again)."),
	  feed_options, 2, 2, run_feed },
	{ "list", N_("KIND [COLUMN=VALUE...]"), N_("list rows"),
	  N_("KIND is one of those that are fed, or waiting, candidates POSTING, placements [LEARNER], rounds, mail, "
	     "mail_frequencies, suppressions, audit, view KIND. Only rows with all these values are shown."),
	  csv_options, 1, MANY, run_list },
	{ "set", N_("ID FIELD=VALUE..."), N_("correct fields of one posting, employer, institution or learner"),
	  N_("The fields are the columns of its file, checked in the same way; an empty value clears one that may be empty. The "
	     "row must stand; a posting that is closed or withdrawn is opened first. --reason is needed: it is kept with who, "
	     "when, and what changed. The next file of your college decides again: correct it there too."),
	  set_options, 2, MANY, run_set },
	{ "show", N_("ID"), N_("show one posting, employer, institution, learner, programme or competency"),
	  N_("An id may say its kind where it is not clear: posting:P1, employer:E7, learner:L1. The last changes stand below. "
	     "Of names, addresses and the like the history holds that they were changed, never what they were (***)."),
	  show_options, 1, 1, run_show },
	{ "pair", N_("LEARNER POSTING"), N_("why the two fit, or every reason why not"), NULL, pair_options, 2, 2,
	  run_pair },
	{ "learner withdraw", N_("ID..."), N_("take learners out of the pool; their consent is withdrawn"),
	  N_("They stay at their college, and a consent of a later day brings them back. A round that is not published is "
	     "solved without them; the place that a published one gave is free again."),
	  reason_options, 1, MANY, run_learner_withdraw },
	{ "learner erase", N_("ID"), N_("erase everything held on a learner, everywhere, for ever"),
	  N_("Her row is refused from then on. What other people have received by email is out of the pool's reach."),
	  yes_options, 1, 1, run_learner_erase },
	{ "learner export", N_("ID"), N_("write all that the pool holds about a learner, in every service"),
	  N_("For her own college, by its own id or by her pool number; to be read, or with --json for a program. Whatever "
	     "names others as well is listed, not shown."),
	  output_options, 1, 1, run_learner_export },
	{ "posting pause", N_("ID"), N_("keep a posting out of rounds until it is opened again"),
	  N_("An open posting is paused. --reason is needed; it is shown to your college and kept in the posting's history."),
	  reason_options, 1, 1, run_posting_pause },
	{ "posting open", N_("ID"), N_("open a posting that is a draft, paused or closed"),
	  N_("Without a free seat it is filled at once. A reason may be given."), reason_options, 1, 1, run_posting_open },
	{ "posting close", N_("ID"), N_("close a posting: nobody more is placed there"),
	  N_("Who is placed there stays. A closed posting is not fed any more, but it can be opened again. --reason is needed."),
	  reason_options, 1, 1, run_posting_close },
	{ "posting withdraw", N_("ID"), N_("withdraw a posting for ever"),
	  N_("For what should never have been there, or is there no more; it cannot be opened again. --reason is needed."),
	  reason_options, 1, 1, run_posting_withdraw },
	{ "employer pause", N_("ID"), N_("ask nothing of an employer until a day"),
	  N_("Until then no request is sent to it, and its open postings enter no round; who is placed there stays. It ends by itself "
	     "on that day. It is your college's record that is paused, not another college's of the same firm."),
	  pause_options, 1, 1, run_employer_pause },
	{ "employer resume", N_("ID"), N_("end an employer's pause now"), NULL, reason_options, 1, 1, run_employer_resume },
	{ "firm suspects", N_("[COLUMN=VALUE...]"), N_("list records of several colleges that seem to be one employer"),
	  N_("Filters are state (suspected, proposed, merged, rejected) and reason: neq, name_address, name_street, or neq_other_name, "
	     "where the same NEQ stands under unlike names. Of another college's record only its id, name and municipality "
	     "are shown."),
	  csv_options, 0, MANY, run_firm_suspects },
	{ "firm propose", N_("ID ID"), N_("propose that two records are one firm; one of them is your college's"),
	  N_("Employers are written college/external_id; an id alone is your own college's."), reason_options, 2, 2,
	  run_firm_propose },
	{ "firm merge", N_("ID ID"), N_("make one firm of two records, as was proposed"),
	  N_("Records are linked, never changed: each college keeps its own, with its own contact."), reason_options, 2, 2,
	  run_firm_merge },
	{ "firm reject", N_("ID ID"), N_("say that two records that seem to be one firm are two"),
	  N_("Their tasks close, and nobody is asked again. A college says so of what is suspected of a record of its own, the "
	     "intermediary also of what was proposed. --reason is needed. 'firm unmerge' takes it back; so does a proposal."),
	  reason_options, 2, 2, run_firm_reject },
	{ "firm unmerge", N_("ID ID"), N_("take a merge, a proposal or a rejection back"),
	  N_("What it linked is as it was before; other links stay."), reason_options, 2, 2, run_firm_unmerge },
	{ "firm show", N_("ID"), N_("show the records that are one firm with this one"), NULL, csv_options, 1, 1,
	  run_firm_show },
	{ "firm history", N_("ID"), N_("show who linked what to this firm, when and why"), NULL, csv_options, 1, 1,
	  run_firm_history },
	{ "firm duplicates", NULL, N_("list open postings of one firm that two colleges have fed"),
	  N_("They have the same title, a programme in common and overlap in time. Nothing is merged: the colleges agree who "
	     "withdraws hers."),
	  csv_options, 0, 0, run_firm_duplicates },
	{ "round open", NULL, N_("open a round; its id alone is written to standard output"), NULL, open_options, 0, 0,
	  run_round_open },
	{ "round freeze", N_("[ID]"), N_("take the snapshot that will be solved"),
	  N_("Without an ID, freeze, solve and publish mean the last round that is not published yet; close, show and export the one "
	     "that was opened last."),
	  no_options, 0, 1, run_round_freeze },
	{ "round solve", N_("[ID]"), N_("match learners and postings"),
	  N_("Before the freeze only with --dry-run, which uses the seed `dry-run`."), dry_run_options, 0, 1,
	  run_round_solve },
	{ "round publish", N_("[ID]"), N_("make the outcome final and tell everybody"),
	  N_("The verifier has to accept the stored outcome first."), no_options, 0, 1, run_round_publish },
	{ "round close", N_("[ID]"), N_("close a published round"), NULL, no_options, 0, 1, run_round_close },
	{ "round show", N_("[ID]"), N_("what a round comes to"), NULL, round_show_options, 0, 1, run_round_show },
	{ "round export", N_("[ID]"), N_("write the instance, or the outcome, as JSON"),
	  N_("bassin-solve makes the same outcome of the instance, byte for byte; bassin-verify INSTANCE OUTCOME judges it."),
	  export_options, 0, 1,
	  run_round_export },
	{ "round withdraw", N_("ID"), N_("take a learner or a posting out of a round, or call the round off"),
	  N_("Out of a frozen or solved round, which is then solved anew without them. Of a published one: the place is given "
	     "up, and the next round may fill it."),
	  withdraw_options, 1, 1, run_round_withdraw },
	{ "round list", N_("[COLUMN=VALUE...]"), N_("list rounds"), NULL, csv_options, 0, MANY, run_round_list },
	{ "task list", N_("[COLUMN=VALUE...]"), N_("list what there is to do, the oldest first, and what to type"),
	  N_("A college sees its own tasks, the intermediary all. Filters are kind, institution (empty: the intermediary's own) "
	     "and state (open, done). A task closes itself when its matter is settled."),
	  task_list_options, 0, MANY, run_task_list },
	{ "task done", N_("ID"), N_("close a task by hand"),
	  N_("For what needs nothing more, such as two firms that are not one. It opens again only if the matter arises anew."),
	  task_done_options, 1, 1, run_task_done },
	{ "mail list", N_("[COLUMN=VALUE...]"), N_("list messages and their states"), NULL, csv_options, 0, MANY,
	  run_mail_list },
	{ "mail show", N_("ID"), N_("show a message as it was sent"), NULL, output_options, 1, 1, run_mail_show },
	{ "mail retry", N_("ID"), N_("try a message again now"), NULL, no_options, 1, 1, run_mail_retry },
	{ "mail suppress", N_("ID|ADDRESS"), N_("never send this message, or anything to this address"), NULL,
	  reason_options, 1, 1, run_mail_suppress },
	{ "mail frequency", N_("EMPLOYER|INSTITUTION|ADDRESS FREQUENCY"), N_("set how often a person is written to"),
	  N_("FREQUENCY is now, daily, weekly or never. The person is the contact of an employer, the coordinator of an "
	     "institution, or whoever of them has this address. Urgent messages (who is coming; a place given up shortly "
	     "before the start) come at once, but never with never. 'bassin list mail_frequencies' shows what was set."),
	  frequency_options, 2, 2, run_mail_frequency },
	{ "mail suppressions", N_("[COLUMN=VALUE...]"), N_("list addresses that nothing is sent to, and why"),
	  N_("Causes are asked (a person says so), bounced (a report says that nobody is there) and refused (the relay says so). They end when the "
	     "college feeds another address, by mail unsuppress, or, the latter two, by mail retry."),
	  csv_options, 0, MANY, run_mail_suppressions },
	{ "mail unsuppress", N_("ADDRESS"), N_("write to this address again"), NULL, no_options, 1, 1, run_mail_unsuppress },
	{ "mail preview", N_("[KIND]"), N_("show what a kind of message looks like, with sample data"),
	  N_("Without a KIND: the kinds that there are. It is composed as the real ones are, and sent to nobody. --lang chooses "
	     "the language."),
	  preview_options, 0, 1, run_mail_preview },
	{ "audit", NULL, N_("who asked what of the pool, when, and what came of it; newest first"),
	  N_("Of all services, by time; --service NAME asks one alone. A college sees its own lines. Days are those of UTC."),
	  audit_options, 0, 0, run_audit },
	{ "status", NULL, N_("are all services well?"),
	  N_("Exit status 0 when every service has an active instance, else 1."), status_options, 0, 0, run_status },
	{ "resync", N_("SERVICE LOG"), N_("make a service read a log from its beginning, after it has diverged"), NULL,
	  no_options, 2, 2, run_resync },
	{ "parked retry", N_("SERVICE LOG"), N_("apply the events again that a service has set aside"), NULL,
	  no_options, 2, 2, run_parked_retry },
	{ "help", N_("[COMMAND]"), N_("this help; how a command is used"),
	  N_("The order of work for a coordinator and for an operator, then all commands by who uses them."), no_options, 0, 2,
	  run_help },
	{ "backup", N_("DIR"), N_("copy the databases of this machine's services into a new folder"),
	  N_("Runs while the services do; each copy is of one moment. DIR appears when it is whole, and holds people's data: "
	     "encrypt it, and let it expire. Keys and settings are not in it. Works on the files in the pool's folder, and needs "
	     "pg_dump."),
	  no_options, 1, 1, run_backup },
	{ "restore", N_("DIR"), N_("put a backup back: all of it, or one --service NAME"),
	  N_("The services concerned must be stopped. Each database is replaced in one step, or stays as it was; who was erased "
	     "since the copy stays erased. Says what to type next. Works on the files in the pool's folder, and needs pg_restore "
	     "and psql."),
	  restore_options, 1, 1, run_restore },
	{ "doctor", NULL, N_("look at all that the pool on this machine needs, and say what to type"),
	  N_("Settings, keys and who may read them, directory, tables of places, databases, clock, disk, ports and mail relay. Each "
	     "line is ok, warn or FAIL; exit status 0 when none is FAIL, else 1. Changes nothing."),
	  no_options, 0, 0, run_doctor },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, NULL },
};
/* clang-format on */
