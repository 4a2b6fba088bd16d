/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told what now. A person's mails are planned together, at the first of them that is due. */
#include "digest.h"

#include <string.h>

struct planning {
	const struct timing *timing;
	int64_t now_ms;
	struct draft *drafts;
	struct planned *plans;
	size_t count;
};

static void
wait_until(struct planned *plan, const struct draft *d, enum queue_why why, int64_t due_ms)
{
	plan->left = !d->is_due;
	plan->state = QUEUE_WAITING;
	plan->why = why;
	plan->due_ms = due_ms;
}

static enum queue_why
cap_judge(const struct planning *p, const struct draft *d, int64_t *due_ms)
{
	*due_ms = p->now_ms;
	return !kind_is_request(d->facts.kind) ?
	           WHY_NOTHING :
	           timing_cap_judge(p->timing, p->now_ms, d->headcount, d->asked, due_ms);
}

/* A message goes that asks this firm for something. */
static void
asked_note(struct planning *p, const struct draft *d)
{
	if (!kind_is_request(d->facts.kind) || d->firm == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		if (p->drafts[i].firm != NULL && strcmp(p->drafts[i].firm, d->firm) == 0)
			p->drafts[i].asked++;
	}
}

/* Can it go with others to its reader? */
static bool
may_fold(const struct planning *p, size_t i, const struct draft *first)
{
	const struct draft *d = &p->drafts[i];

	return !p->plans[i].decided && p->plans[i].state == QUEUE_QUEUED && !d->turn.urgent && !d->by_hand && d->address != NULL &&
	       strcmp(d->address, first->address) == 0;
}

static bool
firm_is_in(const struct planning *p, const size_t *members, size_t count, const char *firm)
{
	for (size_t i = 0; i < count; i++) {
		const struct draft *d = &p->drafts[members[i]];
		if (kind_is_request(d->facts.kind) && strcmp(d->firm, firm) == 0)
			return true;
	}
	return false;
}

/* All that there is for her. What is over the cap goes along with what is not, and does not go alone. */
static void
person_plan(struct planning *p, size_t first)
{
	size_t members[DIGEST_MAILS_MAX], count = 0;
	bool goes = false;
	int64_t due_ms;

	for (size_t i = first; i < p->count && count < DIGEST_MAILS_MAX; i++) {
		if (!may_fold(p, i, &p->drafts[first]))
			continue;
		members[count++] = i;
		goes = goes || cap_judge(p, &p->drafts[i], &due_ms) == WHY_NOTHING;
	}
	for (size_t m = 0; m < count; m++) {
		size_t i = members[m];
		p->plans[i].decided = true;
		p->plans[i].group = first;
		if (!goes)
			wait_until(&p->plans[i], &p->drafts[i], cap_judge(p, &p->drafts[i], &due_ms), due_ms);
		else if (!firm_is_in(p, members, m, p->drafts[i].firm))
			asked_note(p, &p->drafts[i]);
	}
	for (size_t i = first; goes && i < p->count; i++) { /* more than one message holds */
		if (may_fold(p, i, &p->drafts[first]))
			p->drafts[i].turn.last_ms = p->now_ms;
	}
}

/* d is due. */
static void
draft_plan(struct planning *p, size_t i)
{
	struct draft *d = &p->drafts[i];
	struct planned *plan = &p->plans[i];
	bool alone = d->turn.urgent || d->turn.frequency == FREQUENCY_NOW;
	int64_t due_ms;
	enum queue_why why = timing_judge(p->timing, p->now_ms, &d->turn, &due_ms);

	if (!alone && why == WHY_NOTHING) {
		person_plan(p, i);
		return;
	}
	plan->decided = true;
	if (why == WHY_NOTHING)
		why = cap_judge(p, d, &due_ms);
	if (why == WHY_NEVER) {
		plan->state = QUEUE_SUPPRESSED;
		plan->why = why;
	} else if (why != WHY_NOTHING) {
		wait_until(plan, d, why, due_ms);
	} else {
		asked_note(p, d);
	}
}

void
turns_plan(const struct timing *t, int64_t now_ms, struct draft *drafts, struct planned *plans, size_t count)
{
	struct planning p = { t, now_ms, drafts, plans, count };

	for (size_t i = 0; i < count; i++) {
		bool is_ready = plans[i].state == QUEUE_QUEUED;
		plans[i].group = i;
		plans[i].left = plans[i].state == QUEUE_WAITING && !drafts[i].is_due;
		plans[i].decided = !is_ready || drafts[i].by_hand || drafts[i].address == NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (!plans[i].decided && drafts[i].is_due)
			draft_plan(&p, i);
	}
	for (size_t i = 0; i < count; i++)
		plans[i].left = plans[i].left || !plans[i].decided;
}
