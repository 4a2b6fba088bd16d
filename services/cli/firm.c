/* SPDX-License-Identifier: Apache-2.0 */
/* Firms: what is suspected, and linking and unlinking two records. */
#include "firm.h"

#include <stdio.h>

#include "base/language.h"
#include "bassin/v1/employer.pb-c.h"
#include "list.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

/* ---- lists ------------------------------------------------------------------------------------------------------- */
static int
show(struct app *app, Bassin__V1__CommandType type, const char *const *filters, size_t count)
{
	const char *service;
	int status = app_service(app, "employer_intake", &service);

	return status == EXIT_DONE ? list_show(app, service, type, filters, count) : status;
}

static int
show_of_employer(struct app *app, Bassin__V1__CommandType type)
{
	const char *filter = arena_printf(app->arena, "employer=%s", app->options.args[0]);

	return filter == NULL ? app_no_memory() : show(app, type, &filter, 1);
}

int
run_firm_suspects(struct app *app)
{
	return show(app, TYPE(FIRM_SUSPECTS), (const char *const *)app->options.args, (size_t)app->options.arg_count);
}

int
run_firm_duplicates(struct app *app)
{
	return show(app, TYPE(FIRM_DUPLICATES), NULL, 0);
}

int
run_firm_show(struct app *app)
{
	return show_of_employer(app, TYPE(FIRM_LIST));
}

int
run_firm_history(struct app *app)
{
	return show_of_employer(app, TYPE(FIRM_HISTORY));
}

/* ---- links ------------------------------------------------------------------------------------------------------- */
static int
act(struct app *app, Bassin__V1__CommandType type, const char *done)
{
	Bassin__V1__FirmPair pair = BASSIN__V1__FIRM_PAIR__INIT;
	const char *service;
	int status = app_service(app, "employer_intake", &service);

	pair.one = app->options.args[0];
	pair.other = app->options.args[1];
	if (app->options.reason != NULL)
		pair.reason = (char *)(uintptr_t)app->options.reason;
	if (status == EXIT_DONE)
		status = app_ask(app, service, type, &pair.base, app->arena, NULL, NULL);
	if (status != EXIT_DONE)
		return status;
	return puts(app->options.json ? "{}" : done) == EOF ? app_not_written() : EXIT_DONE;
}

int
run_firm_propose(struct app *app)
{
	return act(app, TYPE(FIRM_PROPOSE), _("proposed; the intermediary decides, and finds it among the tasks in a moment"));
}

int
run_firm_merge(struct app *app)
{
	return act(app, TYPE(FIRM_MERGE), _("the two records are one firm; 'bassin firm unmerge' undoes it"));
}

static int
act_with_reason(struct app *app, Bassin__V1__CommandType type, const char *done)
{
	return app->options.reason != NULL ? act(app, type, done) :
	                                     app_fail(EXIT_USE, "%s", _("this needs its reason: --reason TEXT"));
}

int
run_firm_unmerge(struct app *app)
{
	return act_with_reason(app, TYPE(FIRM_UNMERGE),
	                       _("the two records are no longer linked; nothing else has changed"));
}

int
run_firm_reject(struct app *app)
{
	return act_with_reason(app, TYPE(FIRM_REJECT),
	                       _("rejected: the two are not one firm, and nobody is asked again"));
}
