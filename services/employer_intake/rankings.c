/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The feed of employers' rankings: rows are entries, what is kept and told is one list per posting. A file replaces the
 * whole list of each posting that it names; the command sends all rows of a posting in one batch.
 */
#include <stdlib.h>
#include <string.h>

#include "base/refusal.h"
#include "intake.h"
#include "wire.h"

struct list_group { size_t first, count, entries_before; struct ranking now; bool is_new, changed; };
struct ranking_batch {
	struct feed *feed;
	size_t *order;                  /* rows that are not refused, by posting, learner and place in the batch */
	struct list_group *groups;
	size_t row_count, group_count;
};

static int
by_posting_then_learner(const void *a, const void *b, void *feed)
{
	const struct feed *f = feed;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct cell *x = f->rows[i].cells, *y = f->rows[j].cells;
	int order = strcmp(x[RANKING_POSTING].text, y[RANKING_POSTING].text);

	if (order == 0)
		order = strcmp(x[RANKING_LEARNER].text, y[RANKING_LEARNER].text);
	return order != 0 ? order : (i > j) - (i < j);
}

static const char *
posting_of(const struct ranking_batch *b, size_t at)
{
	return strchr(b->feed->rows[b->order[at]].cells[RANKING_POSTING].text, '/') + 1;
}

/* A learner twice is refused, and so is an empty entry beside others: it would clear what they say. */
static void
group_read(struct ranking_batch *b, struct list_group *g)
{
	struct feed *f = b->feed;
	const char *before = NULL;
	bool any = f->rows[b->order[g->first + g->count - 1]].cells[RANKING_LEARNER].text[0] != '\0';

	for (size_t i = 0; i < g->count; i++) {
		struct row *r = &f->rows[b->order[g->first + i]];
		const struct cell *tier = &r->cells[RANKING_TIER], *learner = &r->cells[RANKING_LEARNER];

		if (any && !cell_has(learner))
			row_refuse(f, r, REFUSAL_REQUIRED, "learner", NULL);
		else if (before != NULL && strcmp(before, learner->text) == 0)
			row_refuse(f, r, REFUSAL_DUPLICATE, cell_has(learner) ? "learner" : "posting", NULL);
		else if (cell_has(learner))
			g->now.entries[g->now.count++] = (struct ranked){ tier->number, learner->text };
		before = learner->text;
	}
	ranking_sort(&g->now);
}

static bool
groups_read(struct ranking_batch *b)
{
	struct feed *f = b->feed;

	b->order = arena_alloc(f->arena, (f->count + 1) * sizeof *b->order);
	b->groups = arena_zalloc(f->arena, f->count, sizeof *b->groups);
	if (b->order == NULL || b->groups == NULL)
		return false;
	for (size_t i = 0; i < f->count; i++) {
		ranking_judge(f, &f->rows[i]);
		if (!row_is_refused(&f->rows[i]))
			b->order[b->row_count++] = i;
	}
	qsort_r(b->order, b->row_count, sizeof *b->order, by_posting_then_learner, f);
	for (size_t at = 0; at < b->row_count;) {
		struct list_group *g = &b->groups[b->group_count++];

		g->first = at;
		g->now = (struct ranking){ .institution = f->institution, .posting = posting_of(b, at), .version = 1 };
		g->is_new = true;
		while (at < b->row_count && strcmp(posting_of(b, at), g->now.posting) == 0)
			at++;
		g->count = at - g->first;
		g->now.entries = arena_alloc(f->arena, g->count * sizeof *g->now.entries);
		if (g->now.entries == NULL)
			return false;
		group_read(b, g);
	}
	return true;
}

/* Groups are sorted by posting, so that a list that stands finds its group. */
static struct list_group *
group_find(const struct ranking_batch *b, const char *posting)
{
	size_t low = 0, high = b->group_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(posting, b->groups[middle].now.posting);
		if (order == 0)
			return &b->groups[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void
group_outcome(struct ranking_batch *b, struct list_group *g, bool posting_known)
{
	for (size_t i = 0; i < g->count; i++) {
		struct row *r = &b->feed->rows[b->order[g->first + i]];

		if (row_is_refused(r))
			continue;
		r->outcome = !g->changed ? ROW_UNCHANGED : g->is_new ? ROW_CREATED : ROW_UPDATED;
		if (!posting_known)
			row_wait(b->feed, r, "posting");
	}
}

static int
groups_decide(struct ranking_batch *b, struct work *w)
{
	struct feed *f = b->feed;
	const char **postings = arena_alloc(f->arena, (b->group_count + 1) * sizeof *postings);
	struct rankings stored;
	struct known known;

	if (postings == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->group_count; i++) {
		postings[i] = b->groups[i].now.posting;
		b->groups[i].changed = true;
	}
	int result = rankings_load(w->tx, f->arena, f->institution, postings, b->group_count, &stored);
	if (result == STORE_OK)
		result = postings_known(w->tx, f->arena, f->institution, postings, b->group_count, &known);
	if (result != STORE_OK)
		return result;
	for (size_t i = 0; i < stored.count; i++) {
		struct list_group *g = group_find(b, stored.all[i].posting);
		BUG_IF(g == NULL);
		g->is_new = false;
		g->now.version = stored.all[i].version + 1;
		g->entries_before = stored.all[i].count;
		ranking_sort(&stored.all[i]);
		g->changed = !ranking_equal(&stored.all[i], &g->now);
	}
	for (size_t i = 0; i < b->group_count; i++)
		group_outcome(b, &b->groups[i], known_has(&known, b->groups[i].now.posting));
	return STORE_OK;
}

/* How many entries a list has: who is in it is not for the history to keep. */
static int
groups_history(const struct ranking_batch *b, struct call *call)
{
	struct arena *a = b->feed->arena;
	struct history *h = history_new(a);

	if (h == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->group_count; i++) {
		const struct list_group *g = &b->groups[i];
		const struct change c = { "employer_ranking", g->now.institution, g->now.posting, g->now.version,
			                  b->feed->reason };
		if (!g->changed || g->is_new)
			continue;
		const char *was = arena_printf(a, "%zu", g->entries_before), *now = arena_printf(a, "%zu", g->now.count);
		if (was == NULL || now == NULL)
			return STORE_RETRY;
		bool same = g->entries_before == g->now.count;
		history_add(h, &c, "entries", same ? NULL : was, same ? NULL : now);
	}
	return history_keep(h, call->work, call, NULL);
}

static int
groups_keep(struct ranking_batch *b, struct call *call)
{
	struct work *w = call->work;
	struct rankings changed = { arena_alloc(b->feed->arena, (b->group_count + 1) * sizeof(struct ranking)), 0 };

	if (changed.all == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->group_count; i++) {
		if (b->groups[i].changed)
			changed.all[changed.count++] = b->groups[i].now;
	}
	if (changed.count == 0 || b->feed->dry_run)
		return STORE_OK;
	int result = rankings_write(w->tx, b->feed->arena, &changed);
	if (result == STORE_OK)
		result = groups_history(b, call);
	tasks_soon(w);
	for (size_t i = 0; result == STORE_OK && i < changed.count; i++) {
		if (ranking_emit(w, &changed.all[i]) != 0)
			result = STORE_RETRY;
	}
	return result;
}

enum verdict
on_feed_rankings(struct call *call)
{
	struct ranking_batch b = { 0 };
	enum verdict v = institution_require(call);

	if (v == VERDICT_OK)
		v = feed_read(call, &ranking_table, &b.feed);
	if (v != VERDICT_OK)
		return v;
	if (!groups_read(&b) || b.feed->failed)
		return VERDICT_RETRY;
	int result = groups_decide(&b, call->work);
	if (result == STORE_OK)
		result = groups_keep(&b, call);
	if (result != STORE_OK)
		return verdict_of(result);
	call->subject_ids = feed_summary(b.feed);
	return feed_answer(call, b.feed);
}
