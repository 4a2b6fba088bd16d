/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts come in and replace what stood; what they mean for people becomes a notice:
 *	a posting that is open for the first time that we see it     its employer is told that it was received
 *	a placement that names somebody, of a published round        its employer is told who is coming
 *	a college's summary of a published round                     its coordinator is told
 * Once each: a later version of the same fact changes what is composed of it, and tells nothing anew.
 */
#include <string.h>

#include "base/log.h"
#include "notifications.h"
#include "tasks.h"

/* Keys of facts, as they stand in mail_source (facts.c puts them there) and in mail.needs. */
struct sources {
	struct arena *arena;
	const char **all;
	size_t count;
	bool failed;
};

static void
source_add(struct sources *s, const char *kind, const char *id)
{
	const char *text = arena_printf(s->arena, "%s:%s", kind, id);

	s->failed = s->failed || text == NULL;
	if (!s->failed)
		s->all[s->count++] = text;
}

static void
source_add_pair(struct sources *s, const char *kind, const char *round, const char *id)
{
	const char *both = arena_printf(s->arena, "%s/%s", round, id);

	s->failed = s->failed || both == NULL;
	if (!s->failed)
		source_add(s, kind, both);
}

static bool
sources_allocate(struct arena *a, size_t count, struct sources *out)
{
	*out = (struct sources){ .arena = a, .all = arena_zalloc(a, count, sizeof *out->all) };
	return out->all != NULL;
}

/* What is composed of any of these is out of date. */
static int
facts_touch(struct work *w, const struct told *t)
{
	struct sources s;

	if (!sources_allocate(w->arena,
	                      t->institution_count + t->coordinator_count + t->employer_count + t->posting_count +
	                          t->learner_count + t->erased_count + t->round_count + 2 * t->placement_count + t->summary_count,
	                      &s))
		return STORE_RETRY;
	for (size_t i = 0; i < t->institution_count; i++)
		source_add(&s, "institution", t->institutions[i].institution);
	for (size_t i = 0; i < t->coordinator_count; i++)
		source_add(&s, "institution", t->coordinators[i].institution);
	for (size_t i = 0; i < t->employer_count; i++)
		source_add(&s, "employer", t->employers[i].employer);
	for (size_t i = 0; i < t->posting_count; i++)
		source_add(&s, "posting", t->postings[i].posting);
	for (size_t i = 0; i < t->learner_count; i++)
		source_add(&s, "learner", t->learners[i].learner);
	for (size_t i = 0; i < t->erased_count; i++)
		source_add(&s, "learner", t->erased[i]);        /* a mail that waits for her name waits in vain */
	for (size_t i = 0; i < t->round_count; i++)
		source_add(&s, "round", t->rounds[i].round);
	for (size_t i = 0; i < t->placement_count; i++) {
		source_add(&s, "placement", t->placements[i].posting);
		source_add_pair(&s, "placed", t->placements[i].round, t->placements[i].employer);
	}
	for (size_t i = 0; i < t->summary_count; i++)
		source_add_pair(&s, "summary", t->summaries[i].round, t->summaries[i].institution);
	return s.failed ? STORE_RETRY : store_touch(w, s.all, s.count);
}

/* Who was erased, or has left the pool, stands in no message from now on. */
static int
learners_forget(struct work *w, const struct told *t)
{
	struct sources s;

	if (!sources_allocate(w->arena, t->erased_count + t->learner_count, &s))
		return STORE_RETRY;
	for (size_t i = 0; i < t->erased_count; i++)
		source_add(&s, "learner", t->erased[i]);
	for (size_t i = 0; i < t->learner_count; i++) {
		if (!t->learners[i].in_pool)
			source_add(&s, "learner", t->learners[i].learner);
	}
	return s.failed ? STORE_RETRY : store_forget(w, s.all, s.count);
}

/* What happened long ago is news no more: a service that starts on an old pool writes to nobody about it. */
static enum queue_why
age_judge(const struct work *w, int64_t at_ms)
{
	return at_ms > 0 && w->now_ms - at_ms > notifications_of(w)->settings.stale_ms ? WHY_STALE : WHY_NOTHING;
}

static int
notices_make(struct work *w, const struct told *t)
{
	struct notice *all =
	    arena_zalloc(w->arena, t->posting_count + t->placement_count + t->summary_count, sizeof *all);
	size_t n = 0;
	bool failed = all == NULL;

	for (size_t i = 0; i < t->posting_count && !failed; i++) {
		const struct told_posting *p = &t->postings[i];
		if (strcmp(p->state, "open") == 0)
			all[n++] = (struct notice){ MAIL_POSTINGS_RECEIVED, p->posting, p->employer,
				                    p->institution,         "",         age_judge(w, p->at_ms) };
	}
	for (size_t i = 0; i < t->placement_count && !failed; i++) {
		const struct told_placement *p = &t->placements[i];
		const char *ids = arena_printf(w->arena, "%s/%s", p->round, p->employer);
		if (p->learners > 0)
			all[n++] = (struct notice){ MAIL_CANDIDATES, ids,      p->employer,
				                    p->institution,  p->round, age_judge(w, p->at_ms) };
		failed = ids == NULL;
	}
	for (size_t i = 0; i < t->summary_count && !failed; i++) {
		const struct told_summary *s = &t->summaries[i];
		const char *ids = arena_printf(w->arena, "%s/%s", s->round, s->institution);
		all[n++] = (struct notice){ MAIL_ROUND_SUMMARY, ids,      s->institution,
			                    s->institution,     s->round, age_judge(w, s->at_ms) };
		failed = ids == NULL;
	}
	if (failed)
		return STORE_RETRY;
	return n > 0 || t->posting_count > 0 ? store_notices(w, all, n, notifications_of(w)->settings.waits) : STORE_OK;
}

static int
postings_stray(struct work *w, const struct told *t)
{
	const char **ids = arena_zalloc(w->arena, t->posting_count, sizeof *ids);

	if (t->posting_count == 0)
		return STORE_OK;
	if (ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < t->posting_count; i++)
		ids[i] = t->postings[i].posting;
	return store_notices_stray(w, ids, t->posting_count);
}

static uint64_t
head_of(const struct work *w, const char *log_id)
{
	struct core_status status;

	core_status(w->core, &status);
	for (size_t i = 0; i < status.follow_count; i++) {
		if (strcmp(status.follows[i].log_id, log_id) == 0)
			return status.follows[i].head_seq;
	}
	return 0;
}

static int
on_told(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	struct notifications *n = notifications_of(w);
	struct told t;

	int result = told_read(w->arena, events, count, &t);
	if (result == STORE_OK)
		result = store_own_only(w, &t, f->log_id);
	if (result == STORE_OK)
		result = store_corrected(w, &t);
	if (result == STORE_OK)
		result = store_told(w, &t, f->log_id, head_of(w, f->log_id));
	if (result == STORE_OK)
		result = facts_touch(w, &t);
	if (result == STORE_OK)
		result = learners_forget(w, &t);
	if (result == STORE_OK)
		result = postings_stray(w, &t);
	if (result == STORE_OK)
		result = notices_make(w, &t);
	if (result == STORE_OK)
		result = tasks_told(w, f->log_id, events, count);
	if (result == STORE_OK)
		result = tasks_forget(w, t.erased, t.erased_count);
	tasks_soon(w);
	n->compose_due_ms = n->bounces_due_ms = 0;
	count_soon(n, w->mono_ms);
	return result;
}

static int
on_gone(struct work *w, const struct follow *f, const char *topic, const char *key)
{
	const char *source = strcmp(topic, "contact") == 0 ? key : arena_printf(w->arena, "%s:%s", topic, key);

	if (source == NULL)
		return STORE_RETRY;
	tasks_soon(w);
	if (strcmp(topic, "task") == 0)
		return tasks_gone(w, f->log_id, key);
	bool dropped;
	int result = store_drop(w, f->log_id, topic, key, &dropped);
	if (result != STORE_OK || !dropped)
		return result;
	result = store_touch(w, &source, 1);
	if (result == STORE_OK && strncmp(source, "learner:", 8) == 0)
		result = store_forget(w, &source, 1);
	notifications_of(w)->compose_due_ms = 0;
	return result;
}

static const char *const employer_topics[] = { "institution", "posting", "contact", "firm", "task", NULL };
static const char *const learner_topics[] = { "programme", "contact", "erasure", NULL };
static const char *const matching_topics[] = { "round", "placement", "summary", "task", NULL };

const struct follow notifications_follows[] = {
	{ "employer_intake", employer_topics, on_told, on_gone },
	{ "learner_intake", learner_topics, on_told, on_gone },
	{ "matching", matching_topics, on_told, on_gone },
};
const size_t notifications_follow_count = COUNT_OF(notifications_follows);
