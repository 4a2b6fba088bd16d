/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learners' rankings and direct offers. Both may be fed before the learner whom they name: they stand by her
 * external_id, their rows are waiting, and learners.c tells of them when she comes.
 */
#include "intake.h"

#include <stdlib.h>
#include <string.h>
#include "base/refusal.h"
#include "store.h"
#include "wire.h"

/* What a batch says of one learner, and what stands; only a ranking has several rows. */
struct said {
	struct subject subject;
	struct ranking list;            /* rankings; list.version: the next one */
	struct offer offer;             /* direct offers */
	struct row **rows;
	size_t row_count;
	int64_t stored_version;
	const char *before;             /* what the history says stood: entries of the list, or the offer's posting */
	bool changed;
};

struct batch {
	struct work *work;
	struct intake *in;
	const char *institution;
	struct feed *feed;
	struct said *said;              /* in order of external_id */
	size_t count;
};

static int
said_order(const void *a, const void *b)
{
	return strcmp(((const struct said *)a)->subject.external_id, ((const struct said *)b)->subject.external_id);
}

static struct said *
said_find(const struct batch *b, const char *external_id)
{
	const struct said key = { .subject.external_id = external_id };

	return b->count == 0 ? NULL : bsearch(&key, b->said, b->count, sizeof *b->said, said_order);
}

static void
said_refuse(struct batch *b, const struct said *s, const char *code)
{
	for (size_t i = 0; i < s->row_count; i++)
		row_refuse(b->feed, s->rows[i], code, "learner", NULL);
}

/* Numbers, and the register's word: a list of somebody erased is refused like her row. */
static int
subjects_load(struct batch *b)
{
	struct subject *subjects = arena_zalloc(b->work->arena, b->count, sizeof *subjects);
	size_t kept = 0;

	if (subjects == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->count; i++)
		subjects[i].external_id = b->said[i].subject.external_id;
	int result = store_subjects_load(b->work->tx, b->work->arena, b->institution, b->in->pool_key, subjects, b->count);
	for (size_t i = 0; result == STORE_OK && i < b->count; i++) {
		b->said[i].subject = subjects[i];
		if (subjects[i].is_erased)
			said_refuse(b, &b->said[i], REFUSAL_ERASED);
		else
			b->said[kept++] = b->said[i];
	}
	if (result == STORE_OK)
		b->count = kept;
	return result;
}

static const char **
learner_ids(const struct batch *b)
{
	const char **ids = arena_zalloc(b->work->arena, b->count, sizeof *ids);

	for (size_t i = 0; ids != NULL && i < b->count; i++)
		ids[i] = b->said[i].subject.external_id;
	return ids;
}

/* empty: it says that there is nothing. What never stood and is cleared stays unwritten. */
static void
said_settle(struct batch *b, struct said *s, bool equal, bool empty)
{
	enum row_outcome outcome = ROW_UNCHANGED;

	s->changed = s->stored_version == 0 ? !empty : !equal;
	if (s->changed)
		outcome = s->stored_version == 0 ? ROW_CREATED : ROW_UPDATED;
	for (size_t i = 0; i < s->row_count; i++) {
		s->rows[i]->outcome = outcome;
		if (s->subject.pool_number == NULL)
			row_wait(b->feed, s->rows[i], "learner");
	}
}

/* Only what changed stays. */
static void
unchanged_drop(struct batch *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (b->said[i].changed)
			b->said[kept++] = b->said[i];
	}
	b->count = kept;
}

/* Others are told of the wishes of somebody who is known to them, and has not withdrawn. */
static bool
said_is_told(const struct said *s)
{
	return s->subject.pool_number != NULL && !s->subject.has_withdrawn;
}

static struct person
person_of(const struct batch *b, const struct said *s)
{
	return (struct person){ b->institution, s->subject.external_id, s->subject.pool_number, b->in->pool_key };
}

static const char *
count_text(struct arena *a, size_t count)
{
	return arena_printf(a, "%zu", count);
}

/* Which postings she ranks is not kept, how many are; NULL both for a list that is another one of the same length. */
static int
batch_history(const struct batch *b, const struct call *call, bool is_ranking)
{
	struct arena *a = b->work->arena;
	struct history *h = history_new(a);

	if (h == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->count; i++) {
		const struct said *s = &b->said[i];
		const struct change c = { is_ranking ? "learner_ranking" : "direct_offer", b->institution,
			                  s->subject.external_id, s->stored_version + 1, b->feed->reason };
		const char *now = is_ranking ? count_text(a, s->list.count) : s->offer.posting;

		if (s->stored_version == 0)
			continue;
		if (now == NULL || s->before == NULL)
			return STORE_RETRY;
		bool told = strcmp(s->before, now) != 0;
		history_add(h, &c, is_ranking ? "entries" : "posting", told ? s->before : NULL, told ? now : NULL);
	}
	return history_keep(h, b->work, call, NULL);
}

static enum verdict
batch_finish(struct batch *b, struct call *call, const char *what)
{
	const char **numbers = arena_zalloc(b->work->arena, b->count, sizeof *numbers);
	size_t n = 0;

	if (numbers == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < b->count && !b->feed->dry_run; i++) {
		if (b->said[i].subject.pool_number != NULL)
			numbers[n++] = b->said[i].subject.pool_number;
	}
	const char *subjects = words_join(b->work->arena, numbers, n);
	return subjects == NULL ? VERDICT_RETRY : feed_finish(call, b->feed, what, subjects);
}

static enum verdict
batch_read(struct call *call, const struct row_table *table, struct batch *b)
{
	*b = (struct batch){ .work = call->work, .in = intake_of(call->work), .institution = call->who->institution };
	enum verdict v = institution_check(call);
	return v == VERDICT_OK ? feed_read(call, table, &b->feed) : v;
}

/* ---- rankings -------------------------------------------------------------------------------------------------- */
static int
rankings_said(struct batch *b)
{
	struct ranking *lists;

	if (rankings_gather(b->feed, &lists, &b->count) != 0)
		return STORE_RETRY;
	b->said = arena_zalloc(b->work->arena, b->count, sizeof *b->said);
	if (b->said == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->count; i++) {
		b->said[i].subject.external_id = lists[i].learner;
		b->said[i].list = lists[i];
		b->said[i].rows = lists[i].rows;
		b->said[i].row_count = lists[i].row_count;
	}
	return STORE_OK;
}

static int
rankings_decide(struct batch *b)
{
	const char **ids = learner_ids(b);
	struct ranking *found = NULL;
	size_t count;

	const struct ranking **stands = arena_zalloc(b->work->arena, b->count, sizeof *stands);
	if (ids == NULL || stands == NULL)
		return STORE_RETRY;
	int result = store_rankings_load(b->work->tx, b->work->arena, b->institution, ids, b->count, &found, &count);
	if (result != STORE_OK)
		return result;
	for (size_t i = 0; i < count; i++) {
		struct said *s = said_find(b, found[i].learner);
		if (s != NULL)
			stands[s - b->said] = &found[i];
	}
	for (size_t i = 0; i < b->count; i++) {
		struct said *s = &b->said[i];
		s->stored_version = stands[i] == NULL ? 0 : stands[i]->version;
		s->list.version = s->stored_version + 1;
		s->before = stands[i] == NULL ? "" : count_text(b->work->arena, stands[i]->count);
		said_settle(b, s, stands[i] != NULL && ranking_equal(stands[i], &s->list), s->list.count == 0);
	}
	return STORE_OK;
}

static int
rankings_record(struct batch *b, const struct call *call)
{
	struct arena *a = b->work->arena;

	unchanged_drop(b);
	if (b->feed->dry_run || b->count == 0)
		return STORE_OK;
	struct ranking *lists = arena_zalloc(a, b->count, sizeof *lists);
	struct subject *subjects = arena_zalloc(a, b->count, sizeof *subjects);
	if (lists == NULL || subjects == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->count; i++) {
		lists[i] = b->said[i].list;
		subjects[i] = b->said[i].subject;
	}
	int result = store_rankings_write(b->work->tx, a, b->institution, lists, subjects, b->count);
	if (result == STORE_OK)
		result = batch_history(b, call, true);
	for (size_t i = 0; result == STORE_OK && i < b->count; i++) {
		struct person p = person_of(b, &b->said[i]);
		if (said_is_told(&b->said[i]))
			result = wire_ranking(b->work, &p, &b->said[i].list);
	}
	return result;
}

enum verdict
on_feed_learner_rankings(struct call *call)
{
	struct batch b;

	enum verdict v = batch_read(call, &ranking_table, &b);
	if (v != VERDICT_OK)
		return v;
	int result = rankings_said(&b);
	if (result == STORE_OK)
		result = subjects_load(&b);
	if (result == STORE_OK)
		result = rankings_decide(&b);
	if (result == STORE_OK)
		result = rankings_record(&b, call);
	return result == STORE_OK ? batch_finish(&b, call, "learner_rankings") : verdict_of_store(result);
}

/* ---- direct offers --------------------------------------------------------------------------------------------- */
static int
offers_said(struct batch *b)
{
	struct feed *f = b->feed;
	struct row **rows = arena_zalloc(f->arena, f->count, sizeof(struct row *));

	b->said = arena_zalloc(f->arena, f->count, sizeof *b->said);
	if (rows == NULL || b->said == NULL)
		return STORE_RETRY;
	feed_keys(f, OFFER_LEARNER);
	for (size_t i = 0; i < f->count; i++) {
		struct row *r = &f->rows[i];
		if (row_is_refused(r))
			continue;
		struct said *s = &b->said[b->count];
		rows[b->count] = r;
		s->rows = &rows[b->count++];
		s->row_count = 1;
		s->subject.external_id = r->cells[OFFER_LEARNER].text;
		s->offer = (struct offer){ s->subject.external_id, 1, r->cells[OFFER_POSTING].text };
	}
	qsort(b->said, b->count, sizeof *b->said, said_order);
	return STORE_OK;
}

static int
offers_decide(struct batch *b)
{
	const char **ids = learner_ids(b);
	struct offer *found = NULL;
	size_t count;

	const struct offer **stands = arena_zalloc(b->work->arena, b->count, sizeof *stands);
	if (ids == NULL || stands == NULL)
		return STORE_RETRY;
	int result = store_offers_load(b->work->tx, b->work->arena, b->institution, ids, b->count, &found, &count);
	if (result != STORE_OK)
		return result;
	for (size_t i = 0; i < count; i++) {
		struct said *s = said_find(b, found[i].learner);
		if (s != NULL)
			stands[s - b->said] = &found[i];
	}
	for (size_t i = 0; i < b->count; i++) {
		struct said *s = &b->said[i];
		s->stored_version = stands[i] == NULL ? 0 : stands[i]->version;
		s->offer.version = s->stored_version + 1;
		s->before = stands[i] == NULL ? "" : stands[i]->posting;
		said_settle(b, s, stands[i] != NULL && strcmp(stands[i]->posting, s->offer.posting) == 0,
		            s->offer.posting[0] == '\0');
	}
	return STORE_OK;
}

static int
offers_record(struct batch *b, const struct call *call)
{
	struct arena *a = b->work->arena;

	unchanged_drop(b);
	if (b->feed->dry_run || b->count == 0)
		return STORE_OK;
	struct offer *offers = arena_zalloc(a, b->count, sizeof *offers);
	struct subject *subjects = arena_zalloc(a, b->count, sizeof *subjects);
	if (offers == NULL || subjects == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->count; i++) {
		offers[i] = b->said[i].offer;
		subjects[i] = b->said[i].subject;
	}
	int result = store_offers_write(b->work->tx, a, b->institution, offers, subjects, b->count);
	if (result == STORE_OK)
		result = batch_history(b, call, false);
	for (size_t i = 0; result == STORE_OK && i < b->count; i++) {
		struct person p = person_of(b, &b->said[i]);
		if (said_is_told(&b->said[i]))
			result = wire_offer(b->work, &p, offers[i].version, offers[i].posting);
	}
	return result;
}

enum verdict
on_feed_direct_offers(struct call *call)
{
	struct batch b;

	enum verdict v = batch_read(call, &offer_table, &b);
	if (v != VERDICT_OK)
		return v;
	int result = offers_said(&b);
	if (result == STORE_OK)
		result = subjects_load(&b);
	if (result == STORE_OK)
		result = offers_decide(&b);
	if (result == STORE_OK)
		result = offers_record(&b, call);
	return result == STORE_OK ? batch_finish(&b, call, "direct_offers") : verdict_of_store(result);
}
