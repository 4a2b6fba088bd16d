/* SPDX-License-Identifier: Apache-2.0 */
/* One learner or posting at a time, and an operator's two ways to start work over. */
#include "manage.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/language.h"
#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "refusals.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

bool
manage_confirm(struct app *app, const char *question)
{
	char answer[16];

	if (app->options.yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "%s %s ", question, _("[y/N]"));
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return false;
	answer[strcspn(answer, "\r\n")] = '\0';
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0 || strcasecmp(answer, "o") == 0 ||
	       strcasecmp(answer, "oui") == 0;
}

static int
say(struct app *app, int status, const char *text)
{
	if (status != EXIT_DONE)
		return status;
	return puts(app->options.json ? "{}" : text) == EOF ? app_not_written() : EXIT_DONE;
}

/* ---- learners ---------------------------------------------------------------------------------------------------- */
int
run_erase_learner(struct app *app)
{
	Bassin__V1__LearnerErase erase = BASSIN__V1__LEARNER_ERASE__INIT;
	const char *service;
	int status = app_service(app, "learner_intake", &service);

	erase.external_id = app->options.args[0];
	if (status == EXIT_DONE &&
	    !manage_confirm(app, _("Everything held on this learner is erased everywhere, for ever. Erase?")))
		return app_fail(EXIT_USE, "%s", _("not erased: nobody said yes (--yes)"));
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(LEARNER_ERASE), &erase.base, app->arena, NULL, NULL);
	return say(app, status, _("erased; her row is refused from now on"));
}

static int
tell_refused(struct app *app, const char *id, const Bassin__V1__FeedResult *result)
{
	const Bassin__V1__Refusal *r = result->n_refusals == 0 ? NULL : result->refusals[0];
	const char *why = r == NULL ? _("refused") : refusal_sentence(app->arena, r->code, r->allowed);

	return app_fail(EXIT_REFUSED, "%s: %s", terminal_safe_text(app->arena, id),
	                terminal_safe_text(app->arena, why));
}

int
manage_withdraw(struct app *app, const char *service, char **external_ids, size_t count, const char *reason,
                size_t *refused)
{
	Bassin__V1__RowsWithdraw withdraw = BASSIN__V1__ROWS_WITHDRAW__INIT;
	void *reply = NULL;

	withdraw.external_ids = external_ids;
	withdraw.n_external_ids = count;
	withdraw.reason = (char *)(uintptr_t)reason;
	int status = app_ask(app, service, TYPE(LEARNER_WITHDRAW), &withdraw.base, app->arena,
	                     &bassin__v1__feed_results__descriptor, &reply);
	const Bassin__V1__FeedResults *results = reply;
	for (size_t i = 0; status == EXIT_DONE && i < results->n_results && i < count; i++)
		if (results->results[i]->outcome == BASSIN__V1__ROW_OUTCOME__ROW_REFUSED) {
			(void)tell_refused(app, external_ids[i], results->results[i]);
			++*refused;
		}
	return status;
}

int
run_withdraw_learner(struct app *app)
{
	const char *service;
	size_t refused = 0;
	int status = app_service(app, "learner_intake", &service);

	if (status == EXIT_DONE && app->options.reason == NULL)
		return app_fail(EXIT_USE, "%s", _("a withdrawal needs its reason: --reason TEXT"));
	if (status == EXIT_DONE)
		status = manage_withdraw(app, service, app->options.args, (size_t)app->options.arg_count,
		                         app->options.reason, &refused);
	if (status == EXIT_DONE && refused > 0)
		return EXIT_REFUSED;
	return say(app, status, _("withdrawn from the pool"));
}

/* ---- postings ---------------------------------------------------------------------------------------------------- */
int
manage_move_posting(struct app *app, const char *service, const char *posting, int state, const char *reason)
{
	Bassin__V1__PostingMove move = BASSIN__V1__POSTING_MOVE__INIT;

	move.posting = (char *)(uintptr_t)posting;
	move.to = (Bassin__V1__PostingState)state;
	move.reason = (char *)(uintptr_t)reason;
	return app_ask(app, service, TYPE(POSTING_MOVE), &move.base, app->arena, NULL, NULL);
}

static int
move(struct app *app, Bassin__V1__PostingState state, const char *done)
{
	const char *service, *reason = app->options.reason == NULL ? "" : app->options.reason;
	int status = app_service(app, "employer_intake", &service);

	if (status == EXIT_DONE && reason[0] == '\0' && state != BASSIN__V1__POSTING_STATE__POSTING_OPEN)
		return app_fail(EXIT_USE, "%s", _("this needs its reason: --reason TEXT"));
	if (status == EXIT_DONE)
		status = manage_move_posting(app, service, app->options.args[0], (int)state, reason);
	return say(app, status, done);
}

int
run_posting_pause(struct app *app)
{
	return move(app, BASSIN__V1__POSTING_STATE__POSTING_PAUSED, _("the posting is paused"));
}

int
run_posting_open(struct app *app)
{
	return move(app, BASSIN__V1__POSTING_STATE__POSTING_OPEN, _("the posting is open"));
}

int
run_posting_close(struct app *app)
{
	return move(app, BASSIN__V1__POSTING_STATE__POSTING_CLOSED, _("the posting is closed"));
}

int
run_posting_withdraw(struct app *app)
{
	return move(app, BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN, _("the posting is withdrawn"));
}

/* ---- an operator's ----------------------------------------------------------------------------------------------- */
int
run_resync(struct app *app)
{
	Bassin__V1__ResyncAsk ask = BASSIN__V1__RESYNC_ASK__INIT;

	ask.log_id = app->options.args[1];
	int status = app_ask(app, app->options.args[0], TYPE(RESYNC), &ask.base, app->arena, NULL, NULL);
	return say(app, status, _("reading this log again from its beginning"));
}

int
run_parked_retry(struct app *app)
{
	Bassin__V1__ParkedAsk ask = BASSIN__V1__PARKED_ASK__INIT;

	ask.log_id = app->options.args[1];
	int status = app_ask(app, app->options.args[0], TYPE(PARKED_RETRY), &ask.base, app->arena, NULL, NULL);
	return say(app, status,
	           _("the events that were set aside were applied again; 'bassin status' shows what is left"));
}
