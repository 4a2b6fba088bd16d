/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin learner ...`: what the law gives a learner. Withdrawing her consent, erasing her, telling her what is held. */
#include "learner.h"

#include <stdio.h>

#include "base/language.h"
#include "bassin/v1/learner.pb-c.h"
#include "manage.h"
#include "refusals.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

int
run_learner_erase(struct app *app)
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
	return manage_say(app, status, _("erased; her row is refused from now on"));
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
learner_withdraw(struct app *app, const char *service, char **external_ids, size_t count, const char *reason,
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
run_learner_withdraw(struct app *app)
{
	const char *service;
	size_t refused = 0;
	int status = app_service(app, "learner_intake", &service);

	if (status == EXIT_DONE && app->options.reason == NULL)
		return app_fail(EXIT_USE, "%s", _("a withdrawal needs its reason: --reason TEXT"));
	if (status == EXIT_DONE)
		status = learner_withdraw(app, service, app->options.args, (size_t)app->options.arg_count,
		                         app->options.reason, &refused);
	if (status == EXIT_DONE && refused > 0) {
		/* What was done must not be lost behind what was not. */
		if (refused < (size_t)app->options.arg_count && !app->options.json &&
		    puts(_("the others are withdrawn from the pool")) == EOF)
			return app_not_written();
		return EXIT_REFUSED;
	}
	return manage_say(app, status, _("withdrawn from the pool"));
}
