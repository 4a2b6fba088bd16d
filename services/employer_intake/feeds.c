/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds of institutions, employers and postings. One flow for all, over a table of what differs: read, load what stands in
 * one statement, decide row by row in memory, write what changed in one statement, append the events.
 */
#include <string.h>

#include "base/refusal.h"
#include "intake.h"
#include "wire.h"

struct batch;

struct kind {
	const struct row_table *table;
	bool of_institution;            /* rows belong to the caller's institution, which must be known */
	int latitude, longitude, postal_code;   /* columns; latitude -1: it has no place */
	int (*load)(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
	            struct records *out);
	/* May the row that stands be fed, and is the merged row sound? Flaws go to the row. May be NULL. */
	void (*judge)(struct feed *f, struct row *r, const struct record *stored, const struct cell *merged);
	/* After the rows are decided: which of them wait. May be NULL. */
	int (*settle)(struct batch *b);
	int (*write)(struct tx *tx, struct arena *a, const struct records *r);
	int (*emit)(struct work *w, const struct record *r);
	/* After all is written: what else follows for these rows, changed or not. May be NULL. */
	int (*after)(struct work *w, const char *institution, const char *const *ids, size_t n);
};

struct batch {
	const struct kind *kind;
	struct work *work;
	struct feed *feed;
	const struct record **stored;   /* by row; NULL: new */
	const struct cell **merged;     /* by row; NULL: refused */
	struct records changed;         /* in the order of the rows */
};

/* ---- deciding -------------------------------------------------------------------------------------------------------- */
static void
posting_feed_judge(struct feed *f, struct row *r, const struct record *stored, const struct cell *merged)
{
	if (stored != NULL && !posting_state_may_be_fed(stored->state))
		row_refuse(f, r, REFUSAL_WITHDRAWN, "external_id", NULL);
	else
		posting_judge(f, r, merged);
}

static void
employer_feed_judge(struct feed *f, struct row *r, const struct record *stored, const struct cell *merged)
{
	(void)stored;
	employer_judge(f, r, merged);
}

/* Postings whose employer has not been fed yet wait for it; they are stored and told nevertheless. */
static int
postings_settle(struct batch *b)
{
	struct feed *f = b->feed;
	const char **employers = arena_alloc(f->arena, (f->count + 1) * sizeof *employers);
	struct known known;
	size_t n = 0;

	if (employers == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < f->count; i++) {
		if (b->merged[i] != NULL)
			employers[n++] = b->merged[i][POSTING_EMPLOYER].text;
	}
	int result = employers_known(b->work->tx, f->arena, f->institution, employers, n, &known);
	for (size_t i = 0; result == STORE_OK && i < f->count; i++) {
		if (b->merged[i] != NULL && !known_has(&known, b->merged[i][POSTING_EMPLOYER].text))
			row_wait(f, &f->rows[i], "employer");
	}
	return result;
}

static void
place_decide(const struct batch *b, const struct cell *merged, struct record *out)
{
	const struct kind *k = b->kind;
	const struct intake *in = b->work->service;

	if (k->latitude >= 0)
		out->has_place = place_of_cells(in->places, &merged[k->latitude], &merged[k->longitude],
		                                &merged[k->postal_code], &out->place);
}

/* A new posting is open; one that stands follows its seats, since a feed may change how many there are. */
static void
state_decide(const struct batch *b, const struct record *stored, struct record *out)
{
	if (b->kind->table != &posting_table)
		return;
	out->state = stored == NULL ? STATE_OPEN : stored->state;
	out->reason = stored == NULL ? "" : stored->reason;
	out->seats_taken = stored == NULL ? 0 : stored->seats_taken;
	enum posting_state to = posting_state_for_seats(out->state, out->cells[POSTING_SEATS].number, out->seats_taken);
	if (to != out->state)
		out->reason = to == STATE_FILLED ? "seats" : "";
	out->state = to;
}

static bool
is_same(const struct batch *b, const struct record *stored, const struct record *now)
{
	return cells_equal(b->kind->table, stored->cells, now->cells) && stored->has_place == now->has_place &&
	       (!now->has_place || (stored->place.latitude_e7 == now->place.latitude_e7 &&
	                            stored->place.longitude_e7 == now->place.longitude_e7)) &&
	       stored->state == now->state;
}

static void
row_decide(struct batch *b, size_t i)
{
	struct feed *f = b->feed;
	struct row *r = &f->rows[i];
	const struct record *stored = b->stored[i];
	const struct cell *merged = cells_merge(b->kind->table, f->arena, stored == NULL ? NULL : stored->cells, r->cells);

	if (merged == NULL) {
		f->failed = true;
		return;
	}
	if (b->kind->judge != NULL)
		b->kind->judge(f, r, stored, merged);
	if (row_is_refused(r))
		return;
	b->merged[i] = merged;
	struct record now = { .institution = f->institution, .external_id = merged[0].text, .cells = merged, .reason = "" };
	if (!b->kind->of_institution)
		now.institution = now.external_id;
	now.version = stored == NULL ? 1 : stored->version + 1;
	place_decide(b, merged, &now);
	state_decide(b, stored, &now);
	r->outcome = stored == NULL ? ROW_CREATED : is_same(b, stored, &now) ? ROW_UNCHANGED : ROW_UPDATED;
	if (r->outcome != ROW_UNCHANGED)
		b->changed.all[b->changed.count++] = now;
}

/* ---- the flow -------------------------------------------------------------------------------------------------------- */
static int
batch_load(struct batch *b)
{
	struct feed *f = b->feed;
	const char *const *keys = feed_key_texts(f);
	struct records found;

	b->stored = arena_zalloc(f->arena, f->count, sizeof *b->stored);
	b->merged = arena_zalloc(f->arena, f->count, sizeof *b->merged);
	b->changed.all = arena_zalloc(f->arena, f->count, sizeof *b->changed.all);
	if (keys == NULL || b->stored == NULL || b->merged == NULL || b->changed.all == NULL)
		return STORE_RETRY;
	int result = b->kind->load(b->work->tx, f->arena, f->institution, keys, f->key_count, &found);
	for (size_t i = 0; result == STORE_OK && i < found.count; i++) {
		size_t row = feed_find(f, found.all[i].external_id);
		BUG_IF(row == SIZE_MAX);
		b->stored[row] = &found.all[i];
	}
	return result;
}

static int
batch_keep(struct batch *b)
{
	struct feed *f = b->feed;

	if (f->dry_run || f->failed || b->changed.count == 0)
		return STORE_OK;
	int result = b->kind->write(b->work->tx, f->arena, &b->changed);
	for (size_t i = 0; result == STORE_OK && i < b->changed.count; i++) {
		if (b->kind->emit(b->work, &b->changed.all[i]) != 0)
			result = STORE_RETRY;
	}
	return result;
}

/* Rows that were taken; unchanged ones too, since what follows of a row may have been missed or be due anew. */
static int
batch_after(struct batch *b)
{
	struct feed *f = b->feed;
	size_t n = 0;

	if (b->kind->after == NULL || f->dry_run)
		return STORE_OK;
	const char **ids = arena_alloc(f->arena, (f->count + 1) * sizeof *ids);
	if (ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < f->count; i++) {
		if (b->merged[i] != NULL)
			ids[n++] = b->merged[i][0].text;
	}
	return n == 0 ? STORE_OK : b->kind->after(b->work, f->institution, ids, n);
}

static int
batch_run(struct batch *b)
{
	int result = batch_load(b);

	if (result != STORE_OK)
		return result;
	for (size_t i = 0; i < b->feed->count && !b->feed->failed; i++) {
		if (!row_is_refused(&b->feed->rows[i]))
			row_decide(b, i);
	}
	if (b->feed->failed)
		return STORE_RETRY;
	if (b->kind->settle != NULL)
		result = b->kind->settle(b);
	if (result == STORE_OK)
		result = batch_keep(b);
	tasks_soon(b->work);
	return result == STORE_OK ? batch_after(b) : result;
}

enum verdict
institution_require(struct call *call)
{
	bool known;
	int result = institution_is_known(call->work->tx, call->work->arena, call->who->institution, &known);

	if (result != STORE_OK)
		return verdict_of(result);
	return known ? VERDICT_OK : call_refuse(call, REFUSAL_UNKNOWN, "institution", NULL);
}

static enum verdict
feed_run(struct call *call, const struct kind *kind)
{
	struct batch b = { .kind = kind, .work = call->work };
	enum verdict v = kind->of_institution ? institution_require(call) : VERDICT_OK;

	if (v == VERDICT_OK)
		v = feed_read(call, kind->table, &b.feed);
	if (v != VERDICT_OK)
		return v;
	feed_keys(b.feed, 0);
	v = verdict_of(batch_run(&b));
	if (v != VERDICT_OK)
		return v;
	call->subject_ids = feed_summary(b.feed);
	return feed_answer(call, b.feed);
}

enum verdict
on_feed_institutions(struct call *call)
{
	static const struct kind kind = {
		.table = &institution_table, .latitude = -1, .load = institutions_load, .write = institutions_write,
		.emit = institution_emit,
	};

	return feed_run(call, &kind);
}

enum verdict
on_feed_employers(struct call *call)
{
	static const struct kind kind = {
		.table = &employer_table, .of_institution = true, .latitude = EMPLOYER_LATITUDE,
		.longitude = EMPLOYER_LONGITUDE, .postal_code = EMPLOYER_POSTAL_CODE, .load = employers_load,
		.judge = employer_feed_judge, .write = employers_write, .emit = employer_emit, .after = firms_suspect,
	};

	return feed_run(call, &kind);
}

enum verdict
on_feed_postings(struct call *call)
{
	static const struct kind kind = {
		.table = &posting_table, .of_institution = true, .latitude = POSTING_LATITUDE,
		.longitude = POSTING_LONGITUDE, .postal_code = POSTING_POSTAL_CODE, .load = postings_load,
		.judge = posting_feed_judge, .settle = postings_settle, .write = postings_write, .emit = posting_emit,
	};

	return feed_run(call, &kind);
}
