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

#define DRAWS_MAX 8                 /* of pool numbers: 2^50 exist, so the second draw is news already */

struct batch {
	struct work *work;
	struct intake *in;
	const char *institution, *reason;
	struct feed *feed;
	struct learner *stored;         /* of each row; version 0: none */
	struct learner *now;            /* what changed, close together */
	struct learner **before;        /* what stood of each that changed */
	size_t changed;
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
static bool
wanted_gather(const struct feed *f, const struct learner *now, struct texts *programmes, struct texts *competencies)
{
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
		programmes->items[programmes->count++] = now[i].cells[LEARNER_PROGRAMME].text;
		for (size_t c = 0; c < needed->entry_count; c++)
			competencies->items[competencies->count++] = needed->entries[c];
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
/* Draws a number for each newcomer without one that counts; those of `taken` are drawn again. */
static size_t
numbers_draw(struct batch *b, const struct texts *taken, bool first, const char **drawn)
{
	size_t n = 0;

	for (size_t i = 0; i < b->changed; i++) {
		struct learner *l = &b->now[i];
		if (b->before[i]->version > 0 || (!first && !texts_has(taken, l->pool_number)))
			continue;
		char *number = arena_alloc(b->work->arena, POOL_NUMBER_SIZE);
		if (number == NULL) {
			b->feed->failed = true;
			return 0;
		}
		pool_number_make(b->work->random, b->work->random_self, number);
		l->pool_number = number;
		drawn[n++] = number;
	}
	return n;
}

/* Two of one batch with the same number are as likely as one that stands has it: such a draw counts as taken. */
static bool
twins_add(struct texts *taken, const char *const *drawn, size_t n, struct arena *a)
{
	struct texts seen = { arena_zalloc(a, n, sizeof(char *)), n };
	const char **more = arena_zalloc(a, taken->count + n, sizeof *more);

	if (seen.items == NULL || more == NULL)
		return false;
	memcpy(seen.items, drawn, n * sizeof *drawn);
	texts_sort(&seen);
	if (seen.count == n)
		return true;
	if (taken->count > 0)
		memcpy(more, taken->items, taken->count * sizeof *more);
	memcpy(more + taken->count, drawn, n * sizeof *drawn);
	*taken = (struct texts){ more, taken->count + n };
	texts_sort(taken);
	return true;
}

static int
batch_number(struct batch *b)
{
	struct arena *a = b->work->arena;
	const char **drawn = arena_zalloc(a, b->changed, sizeof *drawn);
	struct texts taken = { NULL, 0 };

	if (drawn == NULL)
		return STORE_RETRY;
	for (int draw = 0; draw < DRAWS_MAX; draw++) {
		size_t n = numbers_draw(b, &taken, draw == 0, drawn);
		if (b->feed->failed)
			return STORE_RETRY;
		if (n == 0)
			return STORE_OK;
		int result = store_pool_numbers_taken(b->work->tx, a, drawn, n, &taken);
		if (result != STORE_OK)
			return result;
		if (!twins_add(&taken, drawn, n, a))
			return STORE_RETRY;
		if (taken.count == 0)
			return STORE_OK;
	}
	return STORE_BROKEN;
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

/* A list or an offer that was fed before she was, or that was kept here while her consent was withdrawn, is told; who has
 * withdrawn has no wishes any more for others, and keeps them at her college. */
static int
wishes_tell(struct batch *b, const char *const *ids, size_t count)
{
	struct arena *a = b->work->arena;
	struct ranking *lists = NULL;
	struct offer *offers = NULL;
	size_t list_count, offer_count = 0;

	int result = store_rankings_next(b->work->tx, a, b->institution, ids, count, &lists, &list_count);
	if (result == STORE_OK)
		result = store_offers_next(b->work->tx, a, b->institution, ids, count, &offers, &offer_count);
	for (size_t i = 0; result == STORE_OK && i < list_count; i++) {
		const struct learner *l = mover(b, lists[i].learner);
		if (l == NULL)
			continue;
		struct person p = person_of(b, l);
		if (learner_has_withdrawn(l))
			lists[i].count = 0;
		result = wire_ranking(b->work, &p, &lists[i]);
	}
	for (size_t i = 0; result == STORE_OK && i < offer_count; i++) {
		const struct learner *l = mover(b, offers[i].learner);
		if (l == NULL)
			continue;
		struct person p = person_of(b, l);
		result = wire_offer(b->work, &p, offers[i].version, learner_has_withdrawn(l) ? "" : offers[i].posting);
	}
	return result;
}

static int
batch_tell(struct batch *b)
{
	const char **movers = arena_zalloc(b->work->arena, b->changed, sizeof *movers);
	size_t n = 0;
	int result = movers == NULL ? STORE_RETRY : STORE_OK;

	for (size_t i = 0; result == STORE_OK && i < b->changed; i++) {
		struct person p = person_of(b, &b->now[i]);
		if (wishes_move(b->before[i], &b->now[i]))
			movers[n++] = p.external_id;
		result = wire_learner(b->work, &p, b->before[i], &b->now[i]);
	}
	return result == STORE_OK && n > 0 ? wishes_tell(b, movers, n) : result;
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
		result = store_learners_write(b->work->tx, b->work->arena, b->institution, b->in->pool_key, b->now, b->changed,
		                              &made);
	if (result == STORE_OK)
		result = batch_history(b, call);
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
