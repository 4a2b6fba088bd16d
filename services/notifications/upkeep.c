/* SPDX-License-Identifier: Apache-2.0 */
/* What status shows, and what is kept no longer than it is needed. */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "notifications.h"
#include "tasks.h"

#define COUNT_SOON_MS 500
#define COUNT_EVERY_MS 30000
#define PRUNE_EVERY_MS (60 * 60 * 1000)
#define PRUNE_FILES 500 /* in one turn */

/* ---- counting ---------------------------------------------------------------------------------------------------- */
int64_t
count_due(void *service)
{
	return ((struct notifications *)service)->count_due_ms;
}

void
count_soon(struct notifications *n, int64_t mono_ms)
{
	if (n->count_due_ms > mono_ms + COUNT_SOON_MS)
		n->count_due_ms = mono_ms + COUNT_SOON_MS;
}

int
count_run(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct rows *r;
	int result = store_counts(w->tx, &r);

	if (result != STORE_OK)
		return result;
	for (int s = 0; s < QUEUE_COUNT; s++)
		n->counts[s].count = n->counts[s].made_ms = 0;
	for (int i = 0; i < rows_count(r); i++) {
		enum queue_state s = queue_state_from_text(rows_text(r, i, 0));
		n->counts[s].count = rows_int(r, i, 1);
		n->counts[s].made_ms = rows_int(r, i, 2);
	}
	n->counted_ms = w->now_ms;
	n->count_due_ms = w->mono_ms + COUNT_EVERY_MS;
	return tasks_count(w);
}

/* ---- status ------------------------------------------------------------------------------------------------------ */
static double
age_s(const struct notifications *n, enum queue_state s)
{
	return n->counts[s].made_ms == 0 ? 0 : (double)(n->counted_ms - n->counts[s].made_ms) / 1000;
}

static void
alarms_tell(const struct notifications *n, struct status_out *out)
{
	static const enum queue_state unsent[] = { QUEUE_WAITING, QUEUE_DEFERRED, QUEUE_QUEUED };

	if (n->counts[QUEUE_FAILED].count > 0)
		status_alarm(out, "mails_failed count=%" PRId64, n->counts[QUEUE_FAILED].count);
	for (size_t i = 0; i < COUNT_OF(unsent); i++) {
		enum queue_state s = unsent[i];
		if (age_s(n, s) > (double)DAY_MS / 1000 && (s != QUEUE_QUEUED || n->settings.mode != MODE_HOLD))
			status_alarm(out, "mails_%s_longer_than_a_day count=%" PRId64 " oldest_hours=%.0f",
			             queue_state_to_text(s), n->counts[s].count, age_s(n, s) / 3600);
	}
	if (n->maildir_trouble || n->move_failed)
		status_alarm(out, "bounce_maildir cannot_be_read_or_written");
	if (!n->settings.sender_is_complete && n->counts[QUEUE_WAITING].count > 0)
		status_alarm(out, "sender_settings_missing mails_waiting=%" PRId64, n->counts[QUEUE_WAITING].count);
}

static void
tasks_tell(const struct notifications *n, struct status_out *out)
{
	for (size_t i = 0; i < n->task_owner_count; i++) {
		const struct task_owner *o = &n->task_owners[i];
		const char *label = status_label(out, "institution", o->institution);
		status_figure(out, "bassin_tasks_open", label, (double)o->open, false);
		status_figure(out, "bassin_tasks_oldest_seconds", label, (double)(n->counted_ms - o->since_ms) / 1000, false);
	}
}

void
notifications_on_status(void *state, struct status_out *out)
{
	static const char *const modes[] = { "hold", "allowlist", "send" };
	const struct notifications *n = state;
	char label[64];

	for (int s = QUEUE_NONE + 1; s < QUEUE_COUNT; s++) {
		(void)snprintf(label, sizeof label, "state=\"%s\"", queue_state_to_text((enum queue_state)s));
		status_figure(out, "bassin_mails", label, (double)n->counts[s].count, false);
	}
	for (int m = 0; m < (int)COUNT_OF(modes); m++) {
		(void)snprintf(label, sizeof label, "mode=\"%s\"", modes[m]);
		status_figure(out, "bassin_mail_mode", label, (int)n->settings.mode == m, false);
	}
	status_figure(out, "bassin_mail_oldest_waiting_seconds", NULL, age_s(n, QUEUE_WAITING), false);
	status_figure(out, "bassin_mail_oldest_queued_seconds", NULL, age_s(n, QUEUE_QUEUED), false);
	status_figure(out, "bassin_mail_oldest_deferred_seconds", NULL, age_s(n, QUEUE_DEFERRED), false);
	status_figure(out, "bassin_mails_in_flight", NULL, (double)n->in_hand_count, false);
	status_figure(out, "bassin_mail_connections", NULL, n->settings.connections, false);
	status_figure(out, "bassin_mails_composed_total", NULL, (double)n->composed_total, true);
	status_figure(out, "bassin_delivery_reports_total", NULL, (double)n->reports_total, true);
	status_figure(out, "bassin_mail_attempts_total", NULL, (double)n->attempts_total, true);
	tasks_tell(n, out);
	alarms_tell(n, out);
}

/* ---- pruning ----------------------------------------------------------------------------------------------------- */
int64_t
prune_due(void *service)
{
	return ((struct notifications *)service)->prune_due_ms;
}

/* Files that were handled long ago. */
static void
aside_prune(struct work *w, bool *more)
{
	struct notifications *n = notifications_of(w);
	bool more_files = false;

	if (n->settings.bounce_maildir[0] != '\0' &&
	    maildir_sweep(n->settings.bounce_maildir, w->now_ms - n->settings.keep_ms, PRUNE_FILES, &more_files) != 0)
		n->maildir_trouble = true;
	*more = *more || more_files;
}

int
prune_run(struct work *w)
{
	struct notifications *n = notifications_of(w);
	bool more;
	int result = store_prune(w, w->now_ms - n->settings.keep_ms, w->now_ms - n->settings.contact_keep_ms, &more);

	if (result == STORE_OK)
		aside_prune(w, &more);
	if (result == STORE_OK)
		result = tasks_prune(w, w->now_ms - n->settings.keep_ms, &more);
	if (result == STORE_OK)
		n->prune_due_ms = w->mono_ms + (more ? COUNT_SOON_MS : PRUNE_EVERY_MS);
	return result;
}

/* Results first: they free connections. */
const struct chore notifications_chores[] = {
	{ "record", record_due, record_run, record_after },
	{ "bounces", bounces_due, bounces_run, bounces_after },
	{ "compose", compose_due, compose_run, compose_after },
	{ "send", send_due, send_run, send_after },
	{ "ahead", ahead_due, ahead_run, ahead_after },
	{ "tasks", tasks_due, tasks_run, NULL },
	{ "count", count_due, count_run, NULL },
	{ "prune", prune_due, prune_run, NULL },
};
const size_t notifications_chore_count = COUNT_OF(notifications_chores);
