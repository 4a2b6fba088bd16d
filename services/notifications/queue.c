/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue: a mail is claimed (queued or deferred -> sending, with the number of the attempt) and handed to the worker once
 * that is durable; its result is recorded by a later transaction, which claims the next. So after a crash at any moment
 * everything that may have been handed over stands in `sending`: two mails for each connection, of which only one may have
 * reached the relay, since the final dot of the second waits until a result is recorded for good.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/log.h"
#include "bounce.h"
#include "notifications.h"
#include "tasks.h"

#define AHEAD_TURNS 2 /* so many times what there is room for is read at once */
#define AHEAD_MS 1000 /* what was read before is read again: something more urgent may have come */

/* ---- starting ---------------------------------------------------------------------------------------------------- */
int
notifications_on_active(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct rows *again;

	n->compose_due_ms = n->send_due_ms = n->count_due_ms = n->prune_due_ms = n->bounces_due_ms = 0;
	n->tasks.due_ms = INT64_MAX;
	tasks_soon(w);
	queue_close(n);
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

static bool
rows_have(const struct rows *r, int64_t mail)
{
	for (int i = 0; i < rows_count(r); i++) {
		if (rows_int(r, i, 0) == mail)
			return true;
	}
	return false;
}

static void
messages_free(struct outgoing **messages, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		free(messages[i]);
	*count = 0;
}

void
queue_close(struct notifications *n)
{
	messages_free(n->claimed, &n->claimed_count);
	messages_free(n->ahead, &n->ahead_count);
}

/* Of a transaction that was not committed nothing counts that it has read. */
static void
claimed_forget(struct notifications *n)
{
	queue_close(n);
	n->send_due_ms = 0;
}

/* Row i of store_claimable, ready to go. */
static int
ahead_add(struct notifications *n, const struct rows *r, int i)
{
	struct bytes body = rows_bytes(r, i, 7);
	struct outgoing *o = outgoing_new(rows_int(r, i, 0), rows_int(r, i, 4) + 1, rows_text(r, i, 2), body.data, body.size);

	if (o == NULL)
		return STORE_RETRY;
	o->version = rows_int(r, i, 6);
	n->ahead[n->ahead_count++] = o;
	return STORE_OK;
}

/* Which of those that are due go, behind those that were read before, and which end here. */
static int
ahead_read(struct work *w, struct ending *ends, size_t *end_count)
{
	struct notifications *n = notifications_of(w);
	const struct post_settings *s = &n->settings;
	size_t most = AHEAD_TURNS * in_hand_most(n);
	struct rows *r;
	int result = store_claimable(w, (int64_t)most, &n->ahead_last, &r);

	n->ahead_more = result == STORE_OK && rows_count(r) == (int)most;
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++) {
		bool stale = rows_int(r, i, 4) == 0 && w->now_ms - rows_int(r, i, 3) > s->stale_ms;
		enum queue_why why;
		enum queue_state to =
		    claim_judge(s->mode, s->allowlist, rows_text(r, i, 2), rows_bool(r, i, 5), stale, &why);
		if (to == QUEUE_SUPPRESSED)
			ends[(*end_count)++] = (struct ending){ rows_int(r, i, 0), why };
		else
			result = ahead_add(n, r, i);
	}
	return result;
}

static int
ahead_fill(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct ending ends[AHEAD_TURNS * IN_HAND_MAX];
	size_t end_count = 0;

	int result = ahead_read(w, ends, &end_count);
	if (result == STORE_OK)
		result = store_end(w, ends, end_count, "");
	for (size_t i = 0; result == STORE_OK && i < end_count; i++)
		log_info("mail=%" PRId64 " state=suppressed why=%s", ends[i].mail, queue_why_to_text(ends[i].why));
	if (end_count > 0)
		count_soon(n, w->mono_ms);
	return result;
}

/* From the beginning of the queue. */
static int
ahead_renew(struct work *w)
{
	struct notifications *n = notifications_of(w);

	messages_free(n->ahead, &n->ahead_count);
	n->ahead_last = (struct queue_place){ 0, 0 };
	n->ahead_ms = w->mono_ms;
	return ahead_fill(w);
}

int64_t
ahead_due(void *service)
{
	const struct notifications *n = service;
	bool is_low = n->ahead_more && n->ahead_count < in_hand_most(n);

	return is_low && n->in_hand_count > 0 ? 0 : INT64_MAX;
}

int
ahead_run(struct work *w)
{
	return ahead_fill(w);
}

void
ahead_after(void *service, bool committed)
{
	if (!committed)
		claimed_forget(service);
}

/* Those of the first `count` that come back are claimed; whoever was written since it was read is read again. */
static int
ahead_claim(struct work *w, size_t count)
{
	struct notifications *n = notifications_of(w);
	int64_t mails[IN_HAND_MAX] = { 0 }, versions[IN_HAND_MAX] = { 0 };
	struct rows *r;

	for (size_t i = 0; i < count; i++) {
		mails[i] = n->ahead[i]->mail;
		versions[i] = n->ahead[i]->version;
	}
	int result = store_claim(w, mails, versions, count, &r);
	if (result != STORE_OK)
		return result;
	for (size_t i = 0; i < count; i++) {
		if (rows_have(r, n->ahead[i]->mail))
			n->claimed[n->claimed_count++] = n->ahead[i];
		else
			free(n->ahead[i]);
	}
	if (n->claimed_count < count)
		n->ahead_ms = 0;
	n->ahead_count -= count;
	memmove(n->ahead, n->ahead + count, n->ahead_count * sizeof(struct outgoing *));
	return STORE_OK;
}

/* So many of the next ones. */
static int
claim_next(struct work *w, size_t room)
{
	struct notifications *n = notifications_of(w);
	bool short_of = n->ahead_count < room && (n->ahead_count == 0 || n->ahead_more);
	int result = STORE_OK;

	if (short_of || w->mono_ms - n->ahead_ms > AHEAD_MS)
		result = ahead_renew(w);
	if (result == STORE_OK && n->ahead_count > 0) {
		count_soon(n, w->mono_ms);
		result = ahead_claim(w, n->ahead_count < room ? n->ahead_count : room);
	}
	n->send_due_ms = 0;
	return result != STORE_OK || n->ahead_count > 0 || n->ahead_more ? result : plan_next(w);
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
		claimed_forget(n);
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
