/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of a round. Without an id they mean the round that was opened last; those that move it towards publication, the
 * last one that is not published yet. */
#include "round.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "json.h"
#include "list.h"
#include "table.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define SLICE_ARENA_MAX (64 * MiB)
#define PATIENCE_MS 180000 /* a freeze alone waits for the logs for up to 30 s */

/* ---- which round ------------------------------------------------------------------------------------------------- */
struct latest {
	struct app *app;
	bool in_work; /* only rounds that are neither published nor over */
	const char *id;
};

static bool
is_in_work(const char *state)
{
	return strcmp(state, "open") == 0 || strcmp(state, "frozen") == 0 || strcmp(state, "solved") == 0;
}

/* Ids tell the time (UUIDv7). */
static int
take_latest(void *self, const Bassin__V1__Table *page)
{
	struct latest *l = self;
	size_t id = page_column(page, "round"), state = page_column(page, "state");

	for (size_t i = 0; i < page->n_rows; i++) {
		const char *found = page_cell(page, i, id);
		if ((l->in_work && !is_in_work(page_cell(page, i, state))) || (l->id != NULL && strcmp(found, l->id) < 0))
			continue;
		l->id = arena_strdup(l->app->arena, found);
		if (l->id == NULL)
			return app_no_memory();
	}
	return EXIT_DONE;
}

/* What moves a round on its way to publication means the one that is on its way, not an older one that is published. Closing
 * frees all of a round's places, so it is never guessed past a newer round. */
static bool
means_work(Bassin__V1__CommandType type)
{
	return type == TYPE(ROUND_FREEZE) || type == TYPE(ROUND_SOLVE) || type == TYPE(ROUND_PUBLISH);
}

/* The round that is meant, and matching's name. */
static int
find_round(struct app *app, Bassin__V1__CommandType type, const char **service, const char **id)
{
	struct latest latest = { .app = app, .in_work = means_work(type) };
	int status = app_service(app, "matching", service);

	if (app->options.wait_s == 0 && type != TYPE(ROUND_SHOW) && type != TYPE(ROUND_EXPORT))
		app->patience_ms = PATIENCE_MS;
	/* The key is chosen for what will be done, not for the list. */
	if (status == EXIT_DONE)
		status = app_connect(app, type);
	if (status != EXIT_DONE)
		return status;
	if (app->options.arg_count > 0) {
		*id = app->options.args[0];
		return EXIT_DONE;
	}
	status = list_pages(app, *service, TYPE(ROUND_LIST), NULL, 0, take_latest, &latest);
	if (status == EXIT_DONE && latest.id == NULL)
		return app_fail(EXIT_REFUSED, "%s",
		                latest.in_work ?
		                    _("no round is open, frozen or solved; 'bassin round open' opens one, and 'bassin round "
		                      "list' shows those that there were") :
		                    _("there is no round yet; 'bassin round open' opens one"));
	*id = latest.id;
	return status;
}

/* Two rounds at once are allowed, and rarely meant. */
struct others {
	struct app *app;
	const char *than;
};

static int
tell_others(void *self, const Bassin__V1__Table *page)
{
	const struct others *o = self;
	struct arena *a = o->app->arena;
	size_t id = page_column(page, "round"), title = page_column(page, "title"), state = page_column(page, "state");

	for (size_t i = 0; i < page->n_rows; i++) {
		const char *other = page_cell(page, i, id), *word = page_cell(page, i, state);
		if (is_in_work(word) && strcmp(other, o->than) != 0)
			fprintf(stderr,
			        _("Another round is not published yet: %s - %s (%s). If it is not wanted any more: bassin "
			          "round withdraw %s --yes --reason TEXT\n"),
			        terminal_safe_text(a, other), terminal_safe_text(a, page_cell(page, i, title)), state_word(word),
			        terminal_safe_text(a, other));
	}
	return EXIT_DONE;
}

/* ---- commands that answer with a report -------------------------------------------------------------------------- */
static int
ask_report(struct app *app, const char *service, Bassin__V1__CommandType type, const ProtobufCMessage *payload,
           const Bassin__V1__RoundReport **report)
{
	void *reply = NULL;
	int status = app_ask(app, service, type, payload, app->arena, &bassin__v1__round_report__descriptor, &reply);

	*report = reply;
	return status;
}

static int
show_report(struct app *app, const Bassin__V1__RoundReport *r, bool details)
{
	int rc = app->options.json ? json_write(stdout, json_of_message(&r->base)) :
	                             round_print(r, details, app->arena, stdout);

	return rc == 0 ? EXIT_DONE : app_not_written();
}

static int
show_same_person(struct app *app, const char *service, const Bassin__V1__RoundReport *frozen)
{
	Bassin__V1__RoundAsk ask = BASSIN__V1__ROUND_ASK__INIT;
	const Bassin__V1__RoundReport *r;

	ask.round = frozen->round;
	ask.language = (char *)(uintptr_t)language_code();
	int status = ask_report(app, service, TYPE(ROUND_SHOW), &ask.base, &r);
	if (status != EXIT_DONE)
		return status;
	return round_print_same_person(r, app->arena, stdout) == 0 ? EXIT_DONE : app_not_written();
}

static int
move_round(struct app *app, Bassin__V1__CommandType type, const char *done)
{
	Bassin__V1__RoundAsk ask = BASSIN__V1__ROUND_ASK__INIT;
	const Bassin__V1__RoundReport *r;
	const char *service = NULL, *id = NULL;
	int status = find_round(app, type, &service, &id);

	if (status != EXIT_DONE)
		return status;
	ask.round = (char *)(uintptr_t)id;
	ask.language = (char *)(uintptr_t)language_code();
	status = ask_report(app, service, type, &ask.base, &r);
	if (status != EXIT_DONE || app->options.json)
		return status == EXIT_DONE ? show_report(app, r, false) : status;
	if (printf(_("%s: %s\n"), terminal_safe_text(app->arena, r->round), done) < 0)
		return app_not_written();
	/* Replies are kept, and name nobody: who it is is asked for. */
	return type == TYPE(ROUND_FREEZE) && r->same_person_count > 0 ? show_same_person(app, service, r) : EXIT_DONE;
}

int
run_round_freeze(struct app *app)
{
	return move_round(app, TYPE(ROUND_FREEZE), _("frozen; what is fed from now on is for the next round"));
}

int
run_round_publish(struct app *app)
{
	return move_round(app, TYPE(ROUND_PUBLISH), _("published; the emails go out now"));
}

int
run_round_close(struct app *app)
{
	return move_round(app, TYPE(ROUND_CLOSE), _("closed"));
}

bool
weights_from_text(const char *text, uint32_t out[3])
{
	uint32_t sum = 0;

	for (int i = 0; i < 3; i++) {
		char part[8];
		int64_t weight;
		size_t size = strcspn(text, ",");
		if (size == 0 || size >= sizeof(part) || (text[size] == ',') != (i < 2))
			return false;
		memcpy(part, text, size);
		part[size] = '\0';
		if (!text_to_int(part, 0, 1000, &weight))
			return false;
		out[i] = (uint32_t)weight;
		sum += out[i];
		text += size + (i < 2 ? 1 : 0);
	}
	return sum > 0;
}

int
run_round_open(struct app *app)
{
	Bassin__V1__RoundOpen open = BASSIN__V1__ROUND_OPEN__INIT;
	const Bassin__V1__RoundReport *r;
	const char *service, *title = app->options.title;
	uint32_t weights[3] = { 5, 3, 2 };
	int status = app_service(app, "matching", &service);

	if (status != EXIT_DONE)
		return status;
	if (app->options.weights != NULL && !weights_from_text(app->options.weights, weights))
		return app_fail(EXIT_USE,
		                _("--weights takes three whole numbers, competencies,distance,hours, 0..1000 each: %s"),
		                terminal_safe_text(app->arena, app->options.weights));
	open.title = (char *)(uintptr_t)(title == NULL ? _("Round") : title);
	open.weight_competencies = weights[0];
	open.weight_distance = weights[1];
	open.weight_hours = weights[2];
	open.no_guarantee = app->options.no_guarantee;
	status = ask_report(app, service, TYPE(ROUND_OPEN), &open.base, &r);
	if (status != EXIT_DONE)
		return status;
	struct others others = { app, r->round };
	if (list_pages(app, service, TYPE(ROUND_LIST), NULL, 0, tell_others, &others) != EXIT_DONE)
		fprintf(stderr, "%s\n", _("whether another round is open could not be asked: bassin round list"));
	if (app->options.json)
		return show_report(app, r, false);
	fprintf(stderr, _("Opened. The seed of the lottery is drawn; its hash, so that nobody can change it: %s\n"),
	        terminal_safe_text(app->arena, r->seed_hash));
	/* Alone on standard output, for scripts. */
	return puts(terminal_safe_text(app->arena, r->round)) == EOF ? app_not_written() : EXIT_DONE;
}

int
run_round_solve(struct app *app)
{
	Bassin__V1__RoundSolve solve = BASSIN__V1__ROUND_SOLVE__INIT;
	const Bassin__V1__RoundReport *r;
	const char *service = NULL, *id = NULL;
	int status = find_round(app, TYPE(ROUND_SOLVE), &service, &id);

	if (status != EXIT_DONE)
		return status;
	solve.round = (char *)(uintptr_t)id;
	solve.dry_run = app->options.dry_run;
	status = ask_report(app, service, TYPE(ROUND_SOLVE), &solve.base, &r);
	return status == EXIT_DONE ? show_report(app, r, false) : status;
}

int
run_round_show(struct app *app)
{
	Bassin__V1__RoundAsk ask = BASSIN__V1__ROUND_ASK__INIT;
	const Bassin__V1__RoundReport *r = NULL;
	const char *service = NULL, *id = NULL;
	int status = find_round(app, TYPE(ROUND_SHOW), &service, &id);

	if (status != EXIT_DONE)
		return status;
	ask.round = (char *)(uintptr_t)id;
	ask.language = (char *)(uintptr_t)language_code();
	status = ask_report(app, service, TYPE(ROUND_SHOW), &ask.base, &r);
	if (status == EXIT_DONE && app->options.csv)
		return round_csv(r, app->arena, stdout) == 0 ? EXIT_DONE : app_not_written();
	if (status == EXIT_DONE)
		status = show_report(app, r, app->options.details);
	bool has_mail = r != NULL && (r->state == BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED ||
	                              r->state == BASSIN__V1__ROUND_STATE__ROUND_CLOSED);
	if (status == EXIT_DONE && has_mail && !app->options.json && round_mail_print(app, r->round, stdout) != 0)
		status = app_not_written();
	return status;
}

int
run_round_withdraw(struct app *app)
{
	Bassin__V1__RoundWithdraw withdraw = BASSIN__V1__ROUND_WITHDRAW__INIT;
	const Bassin__V1__RoundReport *r;
	const struct options *o = &app->options;
	const char *service;
	int status = app_service(app, "matching", &service);

	if (status != EXIT_DONE)
		return status;
	if (o->reason == NULL)
		return app_fail(EXIT_USE, "%s", _("a withdrawal needs its reason: --reason TEXT"));
	if (o->learner != NULL && o->posting != NULL)
		return app_fail(EXIT_USE, "%s", _("either --learner or --posting, or neither for the whole round"));
	if (o->learner == NULL && o->posting == NULL && !o->yes)
		return app_fail(EXIT_USE, "%s",
		                _("this withdraws the whole round: say --yes, or name --learner or --posting"));
	withdraw.round = o->args[0];
	if (o->learner != NULL)
		withdraw.learner = (char *)(uintptr_t)o->learner;
	if (o->posting != NULL)
		withdraw.posting = (char *)(uintptr_t)o->posting;
	withdraw.reason = (char *)(uintptr_t)o->reason;
	status = ask_report(app, service, TYPE(ROUND_WITHDRAW), &withdraw.base, &r);
	if (status != EXIT_DONE || o->json)
		return status == EXIT_DONE ? show_report(app, r, false) : status;
	return puts(_("withdrawn")) == EOF ? app_not_written() : EXIT_DONE;
}

/* ---- export ------------------------------------------------------------------------------------------------------ */
static int
write_slices(struct app *app, const char *service, const char *id, FILE *to)
{
	Bassin__V1__RoundExport ask = BASSIN__V1__ROUND_EXPORT__INIT;
	struct arena *a = arena_new(SLICE_ARENA_MAX);
	struct progress progress = { .on = false };
	int status = a == NULL ? app_no_memory() : EXIT_DONE;
	uint64_t total = 1;

	ask.round = (char *)(uintptr_t)id;
	ask.outcome = app->options.outcome;
	while (status == EXIT_DONE && ask.offset < total) {
		void *reply = NULL;
		arena_reset(a);
		status = app_ask(app, service, TYPE(ROUND_EXPORT), &ask.base, a, &bassin__v1__round_file__descriptor,
		                 &reply);
		if (status != EXIT_DONE)
			break;
		const Bassin__V1__RoundFile *file = reply;
		if (ask.offset == 0)
			progress_start(&progress, _("exporting"), file->total, to != stdout);
		total = file->total;
		if (file->data.len == 0 && ask.offset < total)
			status = app_fail(EXIT_AWAY, "%s", _("the export ended too early; try again"));
		else if (fwrite(file->data.data, 1, file->data.len, to) != file->data.len)
			status = app_not_written();
		ask.offset += file->data.len;
		progress_show(&progress, ask.offset);
	}
	progress_end(&progress);
	arena_destroy(&a);
	return status;
}

int
run_round_export(struct app *app)
{
	const char *service = NULL, *id = NULL, *path = app->options.output;
	int status = find_round(app, TYPE(ROUND_EXPORT), &service, &id);
	FILE *to = stdout;

	if (status != EXIT_DONE)
		return status;
	if (app->options.instance && app->options.outcome)
		return app_fail(EXIT_USE, "%s", _("either --instance or --outcome: a file holds one of them"));
	if (path != NULL && (to = fopen(path, "wb")) == NULL)
		return app_fail(EXIT_AWAY, _("%s cannot be written: %s"), terminal_safe_text(app->arena, path),
		                strerror(errno));
	status = write_slices(app, service, id, to);
	if ((to == stdout ? fflush(to) : fclose(to)) != 0 && status == EXIT_DONE)
		status = app_not_written();
	return status;
}
