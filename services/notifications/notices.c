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
#include "digest.h"
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

/* What there is to say, without a message yet. */
static int
draft_judge(struct work *w, struct draft *d, struct planned *plan, struct composed *out)
{
	const char *kind, *id;

	*out = (struct composed){ .mail = d->mail, .needs = "", .message_id = "", .to = "", .urgent = d->turn.urgent };
	plan->state = readiness_judge(&d->readiness, &plan->why, &kind, &id);
	plan->due_ms = w->now_ms + (plan->state == QUEUE_WAITING ? AGAIN_MS : 0);
	if (plan->why == WHY_PAUSED)
		plan->due_ms = d->readiness.paused_until_ms;
	if (kind != NULL)
		out->needs = arena_printf(w->arena, "%s:%s", kind, id);
	return out->needs == NULL ? STORE_RETRY : STORE_OK;
}

static int
draft_compose(struct work *w, struct draft *d, struct composed *out)
{
	int result = message_make(w, d, out);

	if (out->state == QUEUE_WAITING && (out->why == WHY_BAD_ADDRESS || out->why == WHY_FACT_MISSING))
		out->needs = needs_of_flaw(d);
	if (out->state == QUEUE_WAITING)
		out->due_ms = w->now_ms + AGAIN_MS;
	return result;
}

/* ---- several in one message -------------------------------------------------------------------------------------- */
struct batch {
	struct draft *drafts;
	struct planned *plans;
	struct composed *all;
	size_t count;
	struct source *sources; /* of the messages that tell of several */
	size_t source_count;
};

static bool
is_of_group(const struct batch *b, size_t i, size_t group)
{
	return b->plans[i].state == QUEUE_QUEUED && b->plans[i].group == group;
}

/* The facts of all that are told together: *made, whose sources are those of its mails. */
static int
group_gather(struct work *w, const struct batch *b, size_t group, size_t count, struct draft *made)
{
	const struct draft *first = &b->drafts[group];
	struct mail_facts *sections = arena_zalloc(w->arena, count, sizeof *sections);
	int64_t number;
	size_t n = 0;

	int result = store_digest_number(w, &number);
	if (result != STORE_OK || sections == NULL)
		return STORE_RETRY;
	*made = (struct draft){ .mail = number, .facts = first->facts, .readiness = first->readiness, .colleague = first->colleague };
	made->facts.kind = made->readiness.kind = MAIL_DIGEST;
	made->facts.reference = arena_printf(w->arena, "%" PRId64, number);
	for (size_t i = group; i < b->count; i++) {
		if (is_of_group(b, i, group))
			sections[n++] = b->drafts[i].facts;
	}
	made->facts.sections = sections;
	made->facts.section_count = n;
	return made->facts.reference != NULL ? STORE_OK : STORE_RETRY;
}

/* Its message is made: they are in it. */
static int
group_fold(struct work *w, struct batch *b, size_t group, const struct draft *made, const struct composed *message)
{
	const struct digest digest = { made->mail,          made->readiness.recipient, made->colleague, made->readiness.institution,
		                       message->message_id, message->to,               message->body };
	int result = store_digest(w, &digest);

	for (size_t i = group; i < b->count; i++) {
		if (!is_of_group(b, i, group))
			continue;
		b->all[i].state = QUEUE_FOLDED;
		b->all[i].carrier = made->mail;
		for (size_t s = 0; s < b->drafts[i].source_count; s++)
			b->sources[b->source_count++] = (struct source){ made->mail, b->drafts[i].sources[s].source };
	}
	log_info("mail=%" PRId64 " kind=digest state=queued mails=%zu", made->mail, made->facts.section_count);
	return result;
}

/* What cannot be told together is told one by one, so that one flaw keeps nothing else back. */
static int
group_compose(struct work *w, struct batch *b, size_t group)
{
	struct composed message = { .message_id = "", .to = "" };
	struct draft made;
	size_t count = 0;
	int result = STORE_OK;

	for (size_t i = group; i < b->count; i++)
		count += is_of_group(b, i, group);
	if (count > 1) {
		result = group_gather(w, b, group, count, &made);
		if (result == STORE_OK)
			result = message_make(w, &made, &message);
		if (result == STORE_OK && message.body.data != NULL)
			return group_fold(w, b, group, &made, &message);
	}
	for (size_t i = group; i < b->count && result == STORE_OK; i++) {
		if (is_of_group(b, i, group))
			result = draft_compose(w, &b->drafts[i], &b->all[i]);
	}
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
drafts_keep(struct work *w, struct batch *b)
{
	size_t total = b->source_count, kept = 0;

	for (size_t i = 0; i < b->count; i++)
		total += b->drafts[i].source_count;
	struct source *sources = arena_zalloc(w->arena, total, sizeof *sources);
	struct composed *all = arena_zalloc(w->arena, b->count, sizeof *all);
	if (sources == NULL || all == NULL)
		return STORE_RETRY;
	size_t n = b->source_count;
	if (n > 0)
		memcpy(sources, b->sources, n * sizeof *sources);
	for (size_t i = 0; i < b->count; i++) {
		if (b->plans[i].left)
			continue;
		all[kept++] = b->all[i];
		if (b->all[i].body.data == NULL)
			continue;
		memcpy(sources + n, b->drafts[i].sources, b->drafts[i].source_count * sizeof *sources);
		n += b->drafts[i].source_count;
	}
	return kept == 0 ? STORE_OK : store_composed(w, all, kept, sources, n);
}

static void
composed_log(const struct draft *d, const struct composed *c)
{
	log_info("mail=%" PRId64 " kind=%s state=%s was=waiting why=%s", c->mail, kind_to_text(d->readiness.kind),
	         queue_state_to_text(c->state), queue_why_to_text(c->why));
}

static int
batch_allocate(struct work *w, struct batch *b)
{
	size_t sources = 0;

	for (size_t i = 0; i < b->count; i++)
		sources += b->drafts[i].source_count;
	b->plans = arena_zalloc(w->arena, b->count, sizeof *b->plans);
	b->all = arena_zalloc(w->arena, b->count, sizeof *b->all);
	b->sources = arena_zalloc(w->arena, sources, sizeof *b->sources);
	return b->plans != NULL && b->all != NULL && b->sources != NULL ? STORE_OK : STORE_RETRY;
}

/* What is there to say, whose turn is it, and the messages of those that go now. */
static int
batch_compose(struct work *w, struct batch *b)
{
	struct notifications *n = notifications_of(w);
	int result = batch_allocate(w, b);

	for (size_t i = 0; i < b->count && result == STORE_OK; i++)
		result = draft_judge(w, &b->drafts[i], &b->plans[i], &b->all[i]);
	if (result != STORE_OK)
		return result;
	turns_plan(&n->settings.timing, w->now_ms, b->drafts, b->plans, b->count);
	for (size_t i = 0; i < b->count; i++) {
		b->all[i].state = b->plans[i].state;
		b->all[i].why = b->plans[i].why;
		b->all[i].due_ms = b->plans[i].due_ms;
	}
	for (size_t i = 0; i < b->count && result == STORE_OK; i++) {
		if (is_of_group(b, i, i))
			result = group_compose(w, b, i);
	}
	return result == STORE_OK ? drafts_keep(w, b) : result;
}

int
compose_run(struct work *w)
{
	struct notifications *n = notifications_of(w);
	struct batch b = { .count = 0 };
	bool behind;

	int result = store_digests_unfold(w);
	if (result == STORE_OK)
		result = facts_load(w, COMPOSE_AT_ONCE, &b.drafts, &b.count, &behind);
	if (result != STORE_OK)
		return result;
	/* What is behind stays due: nothing else may be kept waiting for it once there is no more of that. */
	n->behind_until_ms = behind && b.count == 0 ? w->mono_ms + AGAIN_BEHIND_MS : 0;
	if (b.count > 0)
		result = batch_compose(w, &b);
	for (size_t i = 0; i < b.count && result == STORE_OK; i++) {
		n->composed_total += b.all[i].body.data != NULL;
		if (!b.plans[i].left)
			composed_log(&b.drafts[i], &b.all[i]);
	}
	CRASH_POINT("mail_composed");
	if (b.count > 0)
		tasks_soon(w);
	if (b.count > 0)
		count_soon(n, w->mono_ms);
	return result == STORE_OK ? plan_next(w) : result;
}

void
compose_after(void *service, bool committed)
{
	if (!committed)
		((struct notifications *)service)->compose_due_ms = 0;
}
