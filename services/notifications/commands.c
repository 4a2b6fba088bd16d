/* SPDX-License-Identifier: Apache-2.0 */
/* The command table, and what people do with mails. Who may send each, and how large: shared/bus/policy.c. */
#include "notifications.h"

#include <inttypes.h>
#include "base/log.h"
#include "base/refusal.h"
#include "tasks.h"

/* Mails of the caller's own college; the intermediary's: all. */
static const char *
institution_of(const struct call *call)
{
	return call->who->role == ROLE_INTERMEDIARY ? NULL : call->who->institution;
}

/* The mail, if it is there for this caller and e can happen to it. */
static enum verdict
mail_require(struct call *call, int64_t mail, enum queue_event e, struct found *out)
{
	bool there;
	int result = store_find(call->work, mail, institution_of(call), &there, out);

	if (result != STORE_OK)
		return verdict_of(result);
	if (!there)
		return call_refuse(call, REFUSAL_UNKNOWN, "mail", NULL);
	if (queue_state_after(out->state, e) == QUEUE_NONE) {
		const char *allowed = queue_states_before(e, call->work->arena);
		return allowed == NULL ? VERDICT_RETRY :
		                         call_refuse_state(call, "mail", queue_state_to_text(out->state), allowed);
	}
	return VERDICT_OK;
}

/* What a command changed is looked at in this very turn. */
static void
all_due(struct work *w)
{
	struct notifications *n = notifications_of(w);

	n->compose_due_ms = n->send_due_ms = 0;
	tasks_soon(w);
	count_soon(n, w->mono_ms);
}

static enum verdict
mail_done(struct call *call, int64_t mail, int result, const char *state)
{
	if (result != STORE_OK)
		return verdict_of(result);
	call->subject_ids = arena_printf(call->work->arena, "mail=%" PRId64, mail);
	log_info("mail=%" PRId64 " state=%s why=by_hand", mail, state);
	all_due(call->work);
	return VERDICT_OK;
}

static enum verdict
on_mail_retry(struct call *call)
{
	struct found found;
	int64_t mail;
	enum verdict v = mail_ask_read(call, &mail);

	if (v == VERDICT_OK)
		v = mail_require(call, mail, ON_RETRIED, &found);
	if (v != VERDICT_OK)
		return v;
	int result = store_retry_lifts(call->work, mail);
	if (result == STORE_OK)
		result = store_again(call->work, mail);
	return mail_done(call, mail, result, found.body.data == NULL ? "waiting" : "queued");
}

static enum verdict
on_mail_suppress(struct call *call)
{
	struct suppress_ask ask;
	struct found found;
	enum verdict v = suppress_ask_read(call, &ask);

	if (v != VERDICT_OK)
		return v;
	if (ask.address != NULL) {
		const char *institution = institution_of(call);
		int result =
		    store_suppress(call->work, ask.address, institution == NULL ? "" : institution, ask.reason);
		call->subject_ids = "address";
		all_due(call->work);
		return verdict_of(result);
	}
	v = mail_require(call, ask.mail, ON_SUPPRESSED, &found);
	if (v != VERDICT_OK)
		return v;
	const struct ending end = { ask.mail, WHY_BY_HAND };
	return mail_done(call, ask.mail, store_end(call->work, &end, 1, ask.reason), "suppressed");
}

/* What a person has asked for is lifted like what a report has shown: her college knows. */
static enum verdict
on_mail_unsuppress(struct call *call)
{
	const char *address, *institution = institution_of(call);
	bool there;
	enum verdict v = unsuppress_ask_read(call, &address);

	if (v != VERDICT_OK)
		return v;
	int result = store_unsuppress(call->work, address, institution == NULL ? "" : institution, &there);
	if (result != STORE_OK)
		return verdict_of(result);
	if (!there)
		return call_refuse(call, REFUSAL_UNKNOWN, "address", NULL);
	call->subject_ids = "address";
	return VERDICT_OK;
}

/* clang-format off */
#define COMMAND(type, handler, reads) { BASSIN__V1__COMMAND_TYPE__##type, handler, reads }

const struct command notifications_commands[] = {
	/*      command         handler           only looks */
	COMMAND(MAIL_LIST,      on_mail_list,     true),
	COMMAND(MAIL_SHOW,      on_mail_show,     true),
	COMMAND(MAIL_RETRY,     on_mail_retry,    false),
	COMMAND(MAIL_SUPPRESS,  on_mail_suppress, false),
	COMMAND(MAIL_FREQUENCY, on_mail_frequency, false),
	COMMAND(MAIL_FREQUENCY_LIST, on_mail_frequency_list, true),
	COMMAND(TASK_LIST,      on_task_list,     true),
	COMMAND(TASK_DONE,      on_task_done,     false),
	COMMAND(MAIL_PREVIEW,   on_mail_preview,  true),
	COMMAND(MAIL_UNSUPPRESS, on_mail_unsuppress, false),
	COMMAND(SUPPRESSION_LIST, on_suppression_list, true),
	COMMAND(LEARNER_HELD,   on_learner_held,  true),
};
/* clang-format on */
const size_t notifications_command_count = COUNT_OF(notifications_commands);
