/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices become mails: what is due is composed from the facts of this moment, and gets its Message-ID, which is stored
 * with the message before anybody may send it. What cannot be composed waits, and says for what.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "base/log.h"
#include "facts.h"
#include "tasks.h"

#define COMPOSE_AT_ONCE 16 /* mails in one turn: a letter takes about a millisecond */
#define AGAIN_BEHIND_MS 250 /* cursors move without a word to us */
#define AGAIN_MS (5 * 60 * 1000) /* whatever is missing makes the mail due when it comes; this is for safety */
#define PLAN_FURTHEST_MS 60000 /* wall clocks may jump */

/* ---- planning ---------------------------------------------------------------------------------------------------- */
static int64_t
mono_of(const struct work *w, int64_t wall_ms)
{
	if (wall_ms == INT64_MAX)
		return INT64_MAX;
	int64_t wait = wall_ms - w->now_ms;
	return w->mono_ms + (wait < 0 ? 0 : wait > PLAN_FURTHEST_MS ? PLAN_FURTHEST_MS : wait);
}

int
plan_next(struct work *w)
{
	struct notifications *n = notifications_of(w);
	int64_t compose_ms, send_ms;
	int result = store_next(w->tx, &compose_ms, &send_ms);

	if (result == STORE_OK) {
		n->compose_due_ms = mono_of(w, compose_ms);
		if (n->compose_due_ms < n->behind_until_ms)
			n->compose_due_ms = n->behind_until_ms;
		n->send_due_ms = mono_of(w, send_ms);
	}
	return result;
}

/* ---- one mail ---------------------------------------------------------------------------------------------------- */
static enum queue_why
why_of_compose(enum compose_result r, enum queue_state *state)
{
	*state = QUEUE_WAITING;
	switch (r) {
	case COMPOSE_ADDRESS: return WHY_BAD_ADDRESS;
	case COMPOSE_FACT: return WHY_FACT_MISSING;
	default: *state = QUEUE_FAILED; return WHY_NOT_COMPOSED;
	}
}

static const char *
message_id_make(struct work *w, const char *domain)
{
	uint8_t bytes[16];
	char hex[2 * sizeof bytes + 1];

	w->random(w->random_self, bytes, sizeof bytes);
	hex_from_bytes(bytes, sizeof bytes, hex);
	return arena_printf(w->arena, "%s@%s", hex, domain);
}

/* The message in the arena; STORE_RETRY: no memory. */
static int
message_make(struct work *w, struct draft *d, struct composed *out)
{
	struct mail_message message;
	struct compose_flaw flaw;

	d->facts.message_id = out->message_id = message_id_make(w, notifications_of(w)->settings.message_id_domain);
	if (out->message_id == NULL)
		return STORE_RETRY;
	enum compose_result r = mail_compose(&d->facts, &message, &flaw);
	if (r == COMPOSE_NO_MEMORY)
		return STORE_RETRY;
	if (r != COMPOSE_OK) {
		out->why = why_of_compose(r, &out->state);
		out->message_id = "";
		log_warn("mail=%" PRId64 " composed=0 because=%s field=%s", d->mail, compose_result_to_text(r),
		         flaw.field);
		return STORE_OK;
	}
	out->body = (struct bytes){ arena_memdup(w->arena, message.bytes, message.len), message.len };
	out->to = d->facts.recipient_email;
	mail_message_clear(&message);
	return out->body.data != NULL ? STORE_OK : STORE_RETRY;
}

/* Where an address or a fact is not sound, new words of its owner make the mail due. */
static const char *
needs_of_flaw(const struct draft *d)
{
	return d->source_count > 0 ? d->sources[d->readiness.kind == MAIL_ROUND_SUMMARY ? 0 : 1].source : "";
}

static int
draft_compose(struct work *w, struct draft *d, struct composed *out)
{
	const char *kind, *id;
	int result = STORE_OK;

	*out = (struct composed){ .mail = d->mail, .needs = "", .message_id = "", .to = "" };
	out->state = readiness_judge(&d->readiness, &out->why, &kind, &id);
	if (kind != NULL)
		out->needs = arena_printf(w->arena, "%s:%s", kind, id);
	if (out->needs == NULL)
		return STORE_RETRY;
	if (out->state == QUEUE_QUEUED)
		result = message_make(w, d, out);
	if (out->state == QUEUE_WAITING && (out->why == WHY_BAD_ADDRESS || out->why == WHY_FACT_MISSING))
		out->needs = needs_of_flaw(d);
	out->due_ms = w->now_ms;
	if (out->state == QUEUE_WAITING)
		out->due_ms += AGAIN_MS;
	return result;
}

/* ---- the chore --------------------------------------------------------------------------------------------------- */
int64_t
compose_due(void *service)
{
	return ((struct notifications *)service)->compose_due_ms;
}

/* Sources of those that have a message; what others are made of matters when they are. */
static int
drafts_keep(struct work *w, const struct draft *drafts, const struct composed *all, size_t count)
{
	size_t total = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		total += drafts[i].source_count;
	struct source *sources = arena_zalloc(w->arena, total, sizeof *sources);
	if (sources == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (all[i].body.data == NULL)
			continue;
		memcpy(sources + n, drafts[i].sources, drafts[i].source_count * sizeof *sources);
		n += drafts[i].source_count;
	}
	return store_composed(w, all, count, sources, n);
}

static void
composed_log(const struct draft *d, const struct composed *c)
{
	log_info("mail=%" PRId64 " kind=%s state=%s was=waiting why=%s", c->mail, kind_to_text(d->readiness.kind),
	         queue_state_to_text(c->state), queue_why_to_text(c->why));
}

int
compose_run(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct draft *drafts;
	size_t count;
	bool behind;

	int result = facts_load(w, COMPOSE_AT_ONCE, &drafts, &count, &behind);
	if (result != STORE_OK)
		return result;
	/* What is behind stays due: nothing else may be kept waiting for it once there is no more of that. */
	n->behind_until_ms = behind && count == 0 ? w->mono_ms + AGAIN_BEHIND_MS : 0;
	struct composed *all = arena_zalloc(w->arena, count, sizeof *all);
	if (all == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		result = draft_compose(w, &drafts[i], &all[i]);
		n->composed_total += result == STORE_OK && all[i].body.data != NULL;
	}
	if (result == STORE_OK && count > 0)
		result = drafts_keep(w, drafts, all, count);
	for (size_t i = 0; i < count && result == STORE_OK; i++)
		composed_log(&drafts[i], &all[i]);
	CRASH_POINT("mail_composed");
	if (count > 0)
		tasks_soon(w);
	if (count > 0)
		count_soon(n, w->mono_ms);
	return result == STORE_OK ? plan_next(w) : result;
}

void
compose_after(void *service, bool committed)
{
	if (!committed)
		((struct notifications *)service)->compose_due_ms = 0;
}
