/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learners: fed in batches, and their consent withdrawn. A batch loads what stands with one statement, decides row by
 * row in memory, writes what changed with one statement, and tells of what changed.
 */
#include "intake.h"

#include <string.h>
#include "base/refusal.h"
#include "store.h"
#include "wire.h"

struct batch {
	struct work *work;
	struct intake *in;
	const char *institution, *reason;
	struct feed *feed;
	struct learner *stored;         /* of each row; version 0: none */
	struct learner *now;            /* what changed, close together */
	struct learner **before;        /* what stood of each that changed */
	size_t changed;
	struct ranking *lists;          /* that are told now, since she is new or back, or has withdrawn */
	struct offer *offers;
	size_t list_count, offer_count;
};

static int
batch_open(struct batch *b, struct call *call, struct feed *f)
{
	*b = (struct batch){ .work = call->work, .in = intake_of(call->work), .feed = f, .reason = f->reason };
	b->institution = call->who->institution;
	b->stored = arena_zalloc(f->arena, f->count, sizeof *b->stored);
	b->now = arena_zalloc(f->arena, f->count, sizeof *b->now);
	b->before = arena_zalloc(f->arena, f->count, sizeof(struct learner *));
	return b->stored != NULL && b->now != NULL && b->before != NULL ? STORE_OK : STORE_RETRY;
}

static int
batch_load(struct batch *b)
{
	struct feed *f = b->feed;
	const char *const *ids = feed_key_texts(f);
	struct learner *found = NULL;
	size_t count;

	if (ids == NULL)
		return STORE_RETRY;
	int result = store_learners_load(b->work->tx, f->arena, b->institution, ids, f->key_count, &found, &count);
	for (size_t i = 0; result == STORE_OK && i < count; i++) {
		size_t at = feed_find(f, found[i].cells[LEARNER_EXTERNAL_ID].text);
		if (at != SIZE_MAX)
			b->stored[at] = found[i];
	}
	return result;
}

/* Who was erased may not come back by next week's file. */
static int
erased_refuse(struct batch *b)
{
	struct feed *f = b->feed;
	struct subject *subjects = arena_zalloc(f->arena, f->count, sizeof *subjects);
	struct row **rows = arena_zalloc(f->arena, f->count, sizeof(struct row *));
	size_t n = 0;

	if (subjects == NULL || rows == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < f->count; i++) {
		if (row_is_refused(&f->rows[i]))
			continue;
		subjects[n].external_id = f->rows[i].cells[LEARNER_EXTERNAL_ID].text;
		rows[n++] = &f->rows[i];
	}
	int result = store_erased_mark(b->work->tx, f->arena, b->institution, b->in->pool_key, subjects, n);
	for (size_t i = 0; result == STORE_OK && i < n; i++) {
		if (subjects[i].is_erased)
			row_refuse(f, rows[i], REFUSAL_ERASED, "external_id", NULL);
	}
	return result;
}

/* ---- references to codes that are not known yet ---------------------------------------------------------------- */
#define SLOTS 256                   /* few codes are named by many learners: most repetitions end here, before they are sorted */

static void
wanted_add(struct texts *to, const char *slots[SLOTS], const char *code)
{
	unsigned hash = 5381;

	for (const char *c = code; *c != '\0'; c++)
		hash = hash * 33 + (unsigned char)*c;
	const char **slot = &slots[hash % SLOTS];
	if (*slot != NULL && strcmp(*slot, code) == 0)
		return;
	*slot = to->items[to->count++] = code;
}

static bool
wanted_gather(const struct feed *f, const struct learner *now, struct texts *programmes, struct texts *competencies)
{
	const char *seen_programmes[SLOTS] = { NULL }, *seen_competencies[SLOTS] = { NULL };
	size_t entries = 0;

	for (size_t i = 0; i < f->count; i++)
		entries += row_is_refused(&f->rows[i]) ? 0 : now[i].cells[LEARNER_COMPETENCIES].entry_count;
	*programmes = (struct texts){ arena_zalloc(f->arena, f->count, sizeof(char *)), 0 };
	*competencies = (struct texts){ arena_zalloc(f->arena, entries, sizeof(char *)), 0 };
	if (programmes->items == NULL || competencies->items == NULL)
		return false;
	for (size_t i = 0; i < f->count; i++) {
		if (row_is_refused(&f->rows[i]))
			continue;
		const struct cell *needed = &now[i].cells[LEARNER_COMPETENCIES];
		wanted_add(programmes, seen_programmes, now[i].cells[LEARNER_PROGRAMME].text);
		for (size_t c = 0; c < needed->entry_count; c++)
			wanted_add(competencies, seen_competencies, needed->entries[c]);
	}
	texts_sort(programmes);
	texts_sort(competencies);
	return true;
}

static bool
all_known(const struct texts *known, const struct cell *codes)
{
	for (size_t i = 0; i < codes->entry_count; i++) {
		if (!texts_has(known, codes->entries[i]))
			return false;
	}
	return true;
}

static int
codes_await(struct batch *b, const struct learner *now)
{
	struct feed *f = b->feed;
	struct texts programmes, competencies, known_programmes, known_competencies;

	if (!wanted_gather(f, now, &programmes, &competencies))
		return STORE_RETRY;
	int result = store_codes_known(b->work->tx, f->arena, &programmes, &competencies, &known_programmes,
	                               &known_competencies);
	for (size_t i = 0; result == STORE_OK && i < f->count; i++) {
		struct row *r = &f->rows[i];
		if (row_is_refused(r))
			continue;
		if (!texts_has(&known_programmes, now[i].cells[LEARNER_PROGRAMME].text))
			row_wait(f, r, "programme");
		if (!all_known(&known_competencies, &now[i].cells[LEARNER_COMPETENCIES]))
			row_wait(f, r, "competencies");
	}
	return result;
}

/* ---- decide ---------------------------------------------------------------------------------------------------- */
static int
batch_decide(struct batch *b)
{
	struct feed *f = b->feed;
	struct learner *now = arena_zalloc(f->arena, f->count, sizeof *now);

	if (now == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < f->count; i++) {
		if (row_is_refused(&f->rows[i]) ||
		    !learner_settle(f, &f->rows[i], &b->stored[i], b->in->places, b->work->now_ms, &now[i]))
			continue;
		b->before[b->changed] = &b->stored[i];
		b->now[b->changed++] = now[i];
	}
	return f->failed ? STORE_RETRY : codes_await(b, now);
}

/* ---- pool numbers ---------------------------------------------------------------------------------------------- */
/* Of 2^50 numbers; one that somebody has already the store refuses, and the batch is tried again with others. */
static int
batch_number(struct batch *b)
{
	char (*numbers)[POOL_NUMBER_SIZE] = arena_alloc(b->work->arena, b->changed * sizeof *numbers);
	size_t drawn = 0;

	if (numbers == NULL)
		return STORE_RETRY;
	pool_numbers_make(b->work->random, b->work->random_self, numbers, b->changed);
	for (size_t i = 0; i < b->changed; i++) {
		if (b->before[i]->version == 0)
			b->now[i].pool_number = numbers[drawn++];
	}
	return STORE_OK;
}

/* ---- record ---------------------------------------------------------------------------------------------------- */
static struct person
person_of(const struct batch *b, const struct learner *l)
{
	return (struct person){ b->institution, l->cells[LEARNER_EXTERNAL_ID].text, l->pool_number, b->in->pool_key };
}

/* Whose wishes are told now: she has a number since this batch, or is back in the pool; or are told as none from now on. */
static bool
wishes_move(const struct learner *before, const struct learner *now)
{
	return before->version == 0 || learner_has_withdrawn(before) != learner_has_withdrawn(now);
}

static const struct learner *
mover(const struct batch *b, const char *external_id)
{
	size_t at = feed_find(b->feed, external_id);

	for (size_t i = 0; at != SIZE_MAX && i < b->changed; i++) {
		if (b->before[i] == &b->stored[at])
			return &b->now[i];
	}
	return NULL;
}

/* A list or an offer that was fed before she was, or that was kept here while her consent was withdrawn, is told. */
static int
wishes_load(struct batch *b)
{
	struct arena *a = b->work->arena;
	const char **movers = arena_zalloc(a, b->changed, sizeof *movers);
	size_t n = 0;

	if (movers == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->changed; i++) {
		if (wishes_move(b->before[i], &b->now[i]))
			movers[n++] = b->now[i].cells[LEARNER_EXTERNAL_ID].text;
	}
	if (n == 0)
		return STORE_OK;
	int result = store_rankings_next(b->work->tx, a, b->institution, movers, n, &b->lists, &b->list_count);
	return result == STORE_OK ? store_offers_next(b->work->tx, a, b->institution, movers, n, &b->offers, &b->offer_count)
	                          : result;
}

/* Who has withdrawn has no wishes any more for others, and keeps them at her college. */
static int
wishes_tell(struct batch *b)
{
	int result = STORE_OK;

	for (size_t i = 0; result == STORE_OK && i < b->list_count; i++) {
		const struct learner *l = mover(b, b->lists[i].learner);
		if (l == NULL)
			continue;
		struct person p = person_of(b, l);
		if (learner_has_withdrawn(l))
			b->lists[i].count = 0;
		result = wire_ranking(b->work, &p, &b->lists[i]);
	}
	for (size_t i = 0; result == STORE_OK && i < b->offer_count; i++) {
		const struct offer *o = &b->offers[i];
		const struct learner *l = mover(b, o->learner);
		if (l == NULL)
			continue;
		struct person p = person_of(b, l);
		result = wire_offer(b->work, &p, o->version, learner_has_withdrawn(l) ? "" : o->posting);
	}
	return result;
}

static int
batch_tell(struct batch *b)
{
	int result = STORE_OK;

	for (size_t i = 0; result == STORE_OK && i < b->changed; i++) {
		struct person p = person_of(b, &b->now[i]);
		result = wire_learner(b->work, &p, b->before[i], &b->now[i]);
	}
	return result == STORE_OK ? wishes_tell(b) : result;
}

static const char *
yes_no(bool is)
{
	return is ? "yes" : "no";
}

static void
learner_history(struct history *h, const struct change *c, const struct learner *was, const struct learner *now)
{
	bool moved = was->has_place != now->has_place || was->place.latitude_e7 != now->place.latitude_e7 ||
	             was->place.longitude_e7 != now->place.longitude_e7;

	history_add_cells(h, c, &learner_table, was->cells, now->cells);
	history_add(h, c, "in_pool", yes_no(was->in_pool), yes_no(now->in_pool));
	history_add(h, c, "withdrawn", yes_no(was->is_withdrawn), yes_no(now->is_withdrawn));
	if (moved)
		history_add(h, c, "place_degrees", NULL, NULL);
}

/* What those who stood have become. */
static int
batch_history(struct batch *b, const struct call *call)
{
	struct history *h = history_new(b->work->arena);

	if (h == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->changed; i++) {
		const struct learner *was = b->before[i], *now = &b->now[i];
		const struct change c = { "learner", b->institution, now->cells[LEARNER_EXTERNAL_ID].text, now->version,
			                  b->reason };

		if (was->version > 0)
			learner_history(h, &c, was, now);
	}
	return history_keep(h, b->work, call, NULL);
}

static int
batch_record(struct batch *b, const struct call *call)
{
	if (b->feed->dry_run || b->changed == 0)
		return STORE_OK;
	const struct creation made = { b->work->now_ms, history_who(b->work->arena, call->who) };
	int result = made.who == NULL ? STORE_RETRY : batch_number(b);
	if (result == STORE_OK)
		result = wishes_load(b);
	if (result == STORE_OK)
		result = batch_history(b, call);
	if (result == STORE_OK)         /* the last that the server is asked: it works while we go on */
		result = store_learners_write(b->work->tx, b->work->arena, b->institution, b->in->pool_key, b->now, b->changed,
		                              &made);
	return result == STORE_OK ? batch_tell(b) : result;
}

/* What was set by hand, and this file sets anew. */
static int
batch_undone(const struct batch *b)
{
	struct feed *f = b->feed;
	struct revised *all = arena_alloc(f->arena, (b->changed + 1) * sizeof *all);
	size_t n = 0;

	if (all == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->changed; i++) {
		if (b->before[i]->version > 0)
			all[n++] = (struct revised){ &f->rows[b->before[i] - b->stored], b->institution,
				                     b->now[i].cells[LEARNER_EXTERNAL_ID].text,
				                     b->before[i]->cells, b->now[i].cells };
	}
	return history_note_undone(b->work, f, "learner", BASSIN__V1__COMMAND_TYPE__LEARNER_INTAKE_SET, all, n);
}

/* The audit trail names people by their pool numbers. */
static enum verdict
batch_finish(struct batch *b, struct call *call, const char *what)
{
	const char **numbers = arena_zalloc(b->work->arena, b->changed, sizeof *numbers);
	size_t n = b->feed->dry_run ? 0 : b->changed;

	if (numbers == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < n; i++)
		numbers[i] = b->now[i].pool_number;
	const char *subjects = words_join(b->work->arena, numbers, n);
	return subjects == NULL ? VERDICT_RETRY : feed_finish(call, b->feed, what, subjects);
}

static enum verdict
learners_feed(struct call *call, struct feed *f, const char *what)
{
	struct batch b;

	feed_keys(f, LEARNER_EXTERNAL_ID);
	int result = batch_open(&b, call, f);
	if (result == STORE_OK)
		result = batch_load(&b);
	if (result == STORE_OK)
		result = erased_refuse(&b);
	if (result == STORE_OK)
		result = batch_decide(&b);
	if (result == STORE_OK)
		result = batch_undone(&b);
	if (result == STORE_OK)
		result = batch_record(&b, call);
	return result == STORE_OK ? batch_finish(&b, call, what) : verdict_of_store(result);
}

enum verdict
on_feed_learners(struct call *call)
{
	struct feed *f;

	enum verdict v = institution_check(call);
	if (v == VERDICT_OK)
		v = feed_read(call, &learner_table, &f);
	return v == VERDICT_OK ? learners_feed(call, f, "learners") : v;
}

enum verdict
on_set(struct call *call)
{
	const char *external_id;
	struct row_set set;
	struct feed *f;

	enum verdict v = institution_check(call);
	if (v == VERDICT_OK)
		v = set_read(call, &set);
	if (v != VERDICT_OK)
		return v;
	int result = learner_find(call, set.id, &external_id);
	if (result != STORE_OK)
		return verdict_of_store(result);
	if (external_id[0] == '\0')
		return call_refuse(call, REFUSAL_UNKNOWN, "id", NULL);
	v = set_feed(call, &set, external_id, &learner_table, &f);
	return v == VERDICT_OK ? learners_feed(call, f, "set") : v;
}

/* ---- consent withdrawn ----------------------------------------------------------------------------------------- */
static void
withdraw_decide(struct batch *b, const char *reason)
{
	struct feed *f = b->feed;

	for (size_t i = 0; i < f->count; i++) {
		struct row *r = &f->rows[i];
		if (row_is_refused(r))
			continue;
		if (b->stored[i].version == 0) {
			row_refuse(f, r, REFUSAL_UNKNOWN, "external_id", NULL);
			continue;
		}
		r->outcome = ROW_UNCHANGED;
		if (learner_withdraw(&b->stored[i], b->work->now_ms, reason, &b->now[b->changed])) {
			r->outcome = ROW_UPDATED;
			b->before[b->changed++] = &b->stored[i];
		}
	}
}

enum verdict
on_learner_withdraw(struct call *call)
{
	struct batch b;
	struct feed *f;
	const char *reason;

	enum verdict v = institution_check(call);
	if (v == VERDICT_OK)
		v = wire_read_withdraw(call, &f, &reason);
	if (v != VERDICT_OK)
		return v;
	feed_keys(f, 0);
	int result = batch_open(&b, call, f);
	if (result == STORE_OK)
		result = batch_load(&b);
	if (result == STORE_OK) {
		b.reason = reason;
		withdraw_decide(&b, reason);
		result = batch_record(&b, call);
	}
	return result == STORE_OK ? batch_finish(&b, call, "withdrawals") : verdict_of_store(result);
}
