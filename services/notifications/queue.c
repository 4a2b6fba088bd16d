/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue: a mail is claimed (queued or deferred -> sending, with the number of the attempt) and handed to the worker once
 * that is durable; its result is recorded by a later transaction, which claims the next. So after a crash at any moment
 * everything that may have been handed over stands in `sending`: two mails for each connection, of which only one may have
 * reached the relay, since the final dot of the second waits until a result is recorded for good.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/crash.h"
#include "base/log.h"
#include "bounce.h"
#include "notifications.h"
#include "tasks.h"

#define LOOK_AT 8 /* mails looked at for each one that there is room for: some may end here */

/* ---- starting ---------------------------------------------------------------------------------------------------- */
int
notifications_on_active(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct rows *again;

	n->compose_due_ms = n->send_due_ms = n->count_due_ms = n->prune_due_ms = n->bounces_due_ms = 0;
	n->tasks.due_ms = INT64_MAX;
	tasks_soon(w);
	int result = store_interrupted(w, n->in_hand, n->in_hand_count, &again);
	for (int i = 0; result == STORE_OK && i < rows_count(again); i++)
		log_warn("mail=%" PRId64 " state=%s was=sending why=interrupted", rows_int(again, i, 0),
		         rows_text(again, i, 1));
	return result;
}

/* For how many there is room. */
static size_t
in_hand_most(const struct notifications *n)
{
	return 2 * (size_t)n->settings.connections;
}

/* ---- claiming ---------------------------------------------------------------------------------------------------- */
int64_t
send_due(void *service)
{
	const struct notifications *n = service;

	if (n->worker == NULL || n->in_hand_count >= in_hand_most(n))
		return INT64_MAX;
	return n->send_due_ms;
}

static void
claimed_free(struct notifications *n)
{
	for (size_t i = 0; i < n->claimed_count; i++)
		free(n->claimed[i]);
	n->claimed_count = 0;
}

/* Which of those that are due go, and which end here. *looked: how many there were. */
static int
due_judge(struct work *w, size_t room, int64_t *mails, size_t *count, struct ending *ends, size_t *end_count,
          bool *more)
{
	const struct post_settings *s = &notifications_of(w)->settings;
	int64_t most = (int64_t)(room * LOOK_AT);
	struct rows *r;
	int result = store_claimable(w, most, &r);

	*count = *end_count = 0;
	*more = result == STORE_OK && rows_count(r) == most;
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++) {
		bool stale = rows_int(r, i, 4) == 0 && w->now_ms - rows_int(r, i, 3) > s->stale_ms;
		enum queue_why why;
		enum queue_state to =
		    claim_judge(s->mode, s->allowlist, rows_text(r, i, 2), rows_bool(r, i, 5), stale, &why);
		if (to == QUEUE_SUPPRESSED)
			ends[(*end_count)++] = (struct ending){ rows_int(r, i, 0), why };
		else if (*count < room)
			mails[(*count)++] = rows_int(r, i, 0);
		else
			*more = true;
	}
	return result;
}

static int
mails_claim(struct work *w, const int64_t *mails, size_t count)
{
	struct notifications *n = notifications_of(w);
	struct rows *r;

	if (count == 0)
		return STORE_OK;
	int result = store_claim(w, mails, count, &r);
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++) {
		struct bytes body = rows_bytes(r, i, 3);
		struct outgoing *o =
		    outgoing_new(rows_int(r, i, 0), rows_int(r, i, 1), rows_text(r, i, 2), body.data, body.size);
		if (o == NULL)
			return STORE_RETRY;
		n->claimed[n->claimed_count++] = o;
	}
	return result;
}

/* So many of the next ones. */
static int
claim_next(struct work *w, size_t room)
{
	struct notifications *n = notifications_of(w);
	size_t count, end_count;
	int64_t mails[IN_HAND_MAX];
	struct ending ends[IN_HAND_MAX * LOOK_AT];
	bool more;

	int result = due_judge(w, room, mails, &count, ends, &end_count, &more);
	if (result == STORE_OK)
		result = store_end(w, ends, end_count, "");
	for (size_t i = 0; result == STORE_OK && i < end_count; i++)
		log_info("mail=%" PRId64 " state=suppressed why=%s", ends[i].mail, queue_why_to_text(ends[i].why));
	if (result == STORE_OK)
		result = mails_claim(w, mails, count);
	if (more)
		n->send_due_ms = 0;
	else if (result == STORE_OK)
		result = plan_next(w);
	if (count + end_count > 0)
		count_soon(n, w->mono_ms);
	return result;
}

int
send_run(struct work *w)
{
	const struct notifications *n = notifications_of(w);

	return claim_next(w, in_hand_most(n) - n->in_hand_count);
}

void
send_after(void *service, bool committed)
{
	struct notifications *n = service;

	if (!committed) {
		claimed_free(n);
		n->send_due_ms = 0;
		return;
	}
	for (size_t i = 0; i < n->claimed_count; i++) {
		struct outgoing *o = n->claimed[i];
		CRASH_POINT("mail_claimed");
		n->in_hand[n->in_hand_count++] = (struct attempt){ o->mail, o->attempt };
		n->attempts_total++;
		log_debug("mail=%" PRId64 " state=sending attempt=%" PRId64, o->mail, o->attempt);
		worker_submit(n->worker, &o);
	}
	n->claimed_count = 0;
}

/* ---- recording --------------------------------------------------------------------------------------------------- */
int64_t
record_due(void *service)
{
	struct notifications *n = service;

	if (n->result_count > 0)
		return 0;
	return n->worker != NULL ? worker_results_due(n->worker) : INT64_MAX;
}

/* first_try_ms 0: it was blanked meanwhile, so that there is nothing to try again. */
static void
result_judge(struct work *w, const struct delivered *d, int64_t first_try_ms, bool blanked, struct result *out)
{
	const struct post_settings *s = &notifications_of(w)->settings;
	uint32_t jitter;

	*out = (struct result){ { d->mail, d->attempt }, QUEUE_SENT, WHY_NOTHING, w->now_ms, d->code, d->words };
	if (d->outcome == MAIL_OUTCOME_SENT)
		return;
	out->why = WHY_SMTP;
	out->state = QUEUE_FAILED;
	if (d->outcome == MAIL_OUTCOME_FAILED)
		return;
	if (blanked) {
		out->state = QUEUE_WAITING;
		out->why = WHY_CHANGED;
		return;
	}
	w->random(w->random_self, &jitter, sizeof jitter);
	int64_t again_ms =
	    mail_retry_at(w->now_ms, first_try_ms, (unsigned)d->attempt, (uint32_t)s->retry_unit_ms, jitter);
	if (again_ms < 0) {
		out->why = WHY_EXPIRED;
		return;
	}
	out->state = QUEUE_DEFERRED;
	out->due_ms = again_ms;
}

static void
result_log(const struct result *r)
{
	log_info("mail=%" PRId64 " state=%s was=sending why=%s attempt=%" PRId64 " code=%" PRId64, r->attempt.mail,
	         queue_state_to_text(r->state), queue_why_to_text(r->why), r->attempt.number, r->code);
}

static const struct delivered *
result_of(const struct notifications *n, int64_t mail, int64_t attempt)
{
	for (size_t i = 0; i < n->result_count; i++) {
		if (n->results[i].mail == mail && n->results[i].attempt == attempt)
			return &n->results[i];
	}
	return NULL;
}

/* A relay that says that nobody is there is believed, as a report is. */
static int
refusal_heed(struct work *w, const struct delivered *d, const struct result *r)
{
	char status[BOUNCE_STATUS_MAX];

	if (r->state != QUEUE_FAILED || d->outcome != MAIL_OUTCOME_FAILED ||
	    refusal_judge(d->stage, d->code, d->words, status) != BOUNCE_ADDRESS)
		return STORE_OK;
	return store_address_dead(w, d->mail, "refused", status);
}

static bool
all_sent(const struct notifications *n)
{
	for (size_t i = 0; i < n->result_count; i++) {
		if (n->results[i].outcome != MAIL_OUTCOME_SENT)
			return false;
	}
	return true;
}

/* What is sent needs nothing of what stands; of an attempt that another instance has made anew nothing is recorded. */
static int
sent_record(struct work *w)
{
	const struct notifications *n = notifications_of(w);
	struct result all[IN_HAND_MAX];

	for (size_t i = 0; i < n->result_count; i++) {
		result_judge(w, &n->results[i], 0, false, &all[i]);
		result_log(&all[i]);
	}
	return store_record(w, all, n->result_count);
}

static int
results_record(struct work *w)
{
	const struct notifications *n = notifications_of(w);
	const struct delivered *heard[IN_HAND_MAX];
	struct result all[IN_HAND_MAX];
	int64_t mails[IN_HAND_MAX];
	struct rows *flying;
	size_t count = 0;

	if (all_sent(n))
		return sent_record(w);
	for (size_t i = 0; i < n->result_count; i++)
		mails[i] = n->results[i].mail;
	int result = store_flying(w, mails, n->result_count, &flying);
	if (result != STORE_OK)
		return result;
	for (int i = 0; i < rows_count(flying); i++) {
		const struct delivered *d = result_of(n, rows_int(flying, i, 0), rows_int(flying, i, 1));
		if (d == NULL) /* another instance has claimed it since: its attempt counts */
			continue;
		result_judge(w, d, rows_int(flying, i, 2), rows_bool(flying, i, 3), &all[count]);
		heard[count] = d;
		result_log(&all[count++]);
	}
	result = count > 0 ? store_record(w, all, count) : STORE_OK;
	for (size_t i = 0; i < count && result == STORE_OK; i++)
		result = refusal_heed(w, heard[i], &all[i]);
	return result;
}

int
record_run(struct work *w)
{
	struct notifications *n = notifications_of(w);

	if (n->worker != NULL)
		n->result_count +=
		    worker_take(n->worker, n->results + n->result_count, IN_HAND_MAX - n->result_count);
	CRASH_POINT("mail_result_taken");
	int result = results_record(w);
	count_soon(n, w->mono_ms);
	if (result != STORE_OK || n->worker == NULL || n->send_due_ms > w->mono_ms)
		return result == STORE_OK ? plan_next(w) : result;
	/* Whose connections come free now: one commit for what has ended on them and what begins. */
	return claim_next(w, in_hand_most(n) - n->in_hand_count + n->result_count);
}

/* Recorded: the connections are free. Else the results are kept and recorded when the store is back. */
void
record_after(void *service, bool committed)
{
	struct notifications *n = service;
	size_t kept = 0;
	unsigned dotted = 0;

	if (!committed) {
		send_after(service, false);
		return;
	}
	CRASH_POINT("mail_result_recorded");
	for (size_t i = 0; i < n->in_hand_count; i++) {
		if (result_of(n, n->in_hand[i].mail, n->in_hand[i].number) == NULL)
			n->in_hand[kept++] = n->in_hand[i];
	}
	for (size_t i = 0; i < n->result_count; i++)
		dotted += n->results[i].dotted;
	if (n->worker != NULL)
		worker_allow(n->worker, dotted);
	n->in_hand_count = kept;
	n->result_count = 0;
	send_after(service, true);
}
