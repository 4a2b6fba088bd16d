/* SPDX-License-Identifier: Apache-2.0 */
/* One posting at a time, and an operator's two ways to start work over. */
#include "manage.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/language.h"
#include "base/text.h"
#include "bassin/v1/employer.pb-c.h"

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

int
manage_say(struct app *app, int status, const char *text)
{
	if (status != EXIT_DONE)
		return status;
	return puts(app->options.json ? "{}" : text) == EOF ? app_not_written() : EXIT_DONE;
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
	return manage_say(app, status, done);
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

/* ---- employers --------------------------------------------------------------------------------------------------- */
int
run_employer_pause(struct app *app)
{
	Bassin__V1__EmployerPause pause = BASSIN__V1__EMPLOYER_PAUSE__INIT;
	const char *service, *until = app->options.until;

	if (until == NULL || !text_to_day(until, &pause.until))
		return app_fail(EXIT_USE, _("this needs the first day on which it is asked again: --until %s"),
		                until == NULL ? _("DATE") : _("yyyy-mm-dd"));
	pause.employer = app->options.args[0];
	pause.reason = app->options.reason == NULL ? pause.reason : (char *)(uintptr_t)app->options.reason;
	int status = app_service(app, "employer_intake", &service);
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(EMPLOYER_PAUSE), &pause.base, app->arena, NULL, NULL);
	return manage_say(app, status, _("paused: until that day nothing is asked of it, and no round takes its postings"));
}

int
run_employer_resume(struct app *app)
{
	Bassin__V1__EmployerPause resume = BASSIN__V1__EMPLOYER_PAUSE__INIT;
	const char *service;

	resume.employer = app->options.args[0];
	resume.reason = app->options.reason == NULL ? resume.reason : (char *)(uintptr_t)app->options.reason;
	int status = app_service(app, "employer_intake", &service);
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(EMPLOYER_RESUME), &resume.base, app->arena, NULL, NULL);
	return manage_say(app, status, _("not paused any more"));
}

/* ---- an operator's ----------------------------------------------------------------------------------------------- */
int
run_resync(struct app *app)
{
	Bassin__V1__ResyncAsk ask = BASSIN__V1__RESYNC_ASK__INIT;

	ask.log_id = app->options.args[1];
	int status = app_ask(app, app->options.args[0], TYPE(RESYNC), &ask.base, app->arena, NULL, NULL);
	return manage_say(app, status, _("reading this log again from its beginning"));
}

int
run_parked_retry(struct app *app)
{
	Bassin__V1__ParkedAsk ask = BASSIN__V1__PARKED_ASK__INIT;

	ask.log_id = app->options.args[1];
	int status = app_ask(app, app->options.args[0], TYPE(PARKED_RETRY), &ask.base, app->arena, NULL, NULL);
	return manage_say(app, status,
	           _("the events that were set aside were applied again; 'bassin status' shows what is left"));
}
