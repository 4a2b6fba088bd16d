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
	const char *name;               /* in histories */
	const struct row_table *table;
	bool of_institution;            /* rows belong to the caller's institution, which must be known */
	int latitude, longitude, postal_code;   /* columns; latitude -1: it has no place */
	int (*load)(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
	            struct records *out);
	/* May the row that stands be fed, and is the merged row sound? Flaws go to the row. May be NULL. */
	void (*judge)(struct feed *f, struct row *r, const struct record *stored, const struct cell *merged);
	/* After the rows are decided: which of them wait. May be NULL. */
	int (*settle)(struct batch *b);
	int (*write)(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made);
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
	const struct record **before;   /* what stood of each of them; NULL: new */
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
		out->reason = to == STATE_FILLED ? "seats_filled" : "";
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
	struct record now = { .institution = f->institution, .external_id = merged[0].text, .cells = merged, .reason = "",
		              .paused_reason = "" };
	if (!b->kind->of_institution)
		now.institution = now.external_id;
	now.version = stored == NULL ? 1 : stored->version + 1;
	if (stored != NULL) {       /* a file says nothing of a pause */
		now.paused_until = stored->paused_until;
		now.paused_reason = stored->paused_reason;
	}
	place_decide(b, merged, &now);
	state_decide(b, stored, &now);
	r->outcome = stored == NULL ? ROW_CREATED : is_same(b, stored, &now) ? ROW_UNCHANGED : ROW_UPDATED;
	if (r->outcome == ROW_UNCHANGED)
		return;
	b->before[b->changed.count] = stored;
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
	b->before = arena_zalloc(f->arena, f->count, sizeof *b->before);
	if (keys == NULL || b->stored == NULL || b->merged == NULL || b->changed.all == NULL || b->before == NULL)
		return STORE_RETRY;
	int result = b->kind->load(b->work->tx, f->arena, f->institution, keys, f->key_count, &found);
	for (size_t i = 0; result == STORE_OK && i < found.count; i++) {
		size_t row = feed_find(f, found.all[i].external_id);
		BUG_IF(row == SIZE_MAX);
		b->stored[row] = &found.all[i];
	}
	return result;
}

static const char *
place_text(struct arena *a, const struct record *r)
{
	return r->has_place ? arena_printf(a, "%.7f,%.7f", r->place.latitude_e7 / 1e7, r->place.longitude_e7 / 1e7) : "";
}

/* What the rows that stood have become. */
static int
batch_history(const struct batch *b, const struct call *call)
{
	struct arena *a = b->feed->arena;
	struct history *h = history_new(a);

	if (h == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->changed.count; i++) {
		const struct record *was = b->before[i], *now = &b->changed.all[i];
		const struct change c = { b->kind->name, now->institution, now->external_id, now->version, b->feed->reason };

		if (was == NULL)
			continue;
		history_add_cells(h, &c, b->kind->table, was->cells, now->cells);
		history_add(h, &c, "place_degrees", place_text(a, was), place_text(a, now));
		history_add(h, &c, "state", posting_state_to_text(was->state), posting_state_to_text(now->state));
	}
	return history_keep(h, b->work, call, NULL);
}

/* What a person has set by hand, and this file sets anew. */
static int
batch_undone(const struct batch *b)
{
	struct feed *f = b->feed;
	struct revised *all = arena_alloc(f->arena, (b->changed.count + 1) * sizeof *all);
	size_t n = 0;

	if (all == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < b->changed.count; i++) {
		const struct record *was = b->before[i], *now = &b->changed.all[i];
		if (was != NULL)
			all[n++] = (struct revised){ &f->rows[feed_find(f, now->external_id)], now->institution,
				                     now->external_id, was->cells, now->cells };
	}
	return history_note_undone(b->work, f, b->kind->name, BASSIN__V1__COMMAND_TYPE__EMPLOYER_INTAKE_SET, all, n);
}

static int
batch_keep(struct batch *b, const struct call *call)
{
	struct feed *f = b->feed;

	if (f->dry_run || f->failed || b->changed.count == 0)
		return STORE_OK;
	const struct creation made = { b->work->now_ms, history_who(f->arena, call->who) };
	int result = made.who == NULL ? STORE_RETRY : b->kind->write(b->work->tx, f->arena, &b->changed, &made);
	if (result == STORE_OK)
		result = batch_history(b, call);
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
batch_run(struct batch *b, const struct call *call)
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
		result = batch_undone(b);
	if (result == STORE_OK)
		result = batch_keep(b, call);
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
feed_decide(struct call *call, const struct kind *kind, struct feed *feed)
{
	struct batch b = { .kind = kind, .work = call->work, .feed = feed };

	feed_keys(feed, 0);
	enum verdict v = verdict_of(batch_run(&b, call));
	if (v != VERDICT_OK)
		return v;
	if (call->subject_ids == NULL)
		call->subject_ids = feed_summary(feed);
	return feed_answer(call, feed);
}

static enum verdict
feed_run(struct call *call, const struct kind *kind)
{
	struct feed *feed;
	enum verdict v = kind->of_institution ? institution_require(call) : VERDICT_OK;

	if (v == VERDICT_OK)
		v = feed_read(call, kind->table, &feed);
	return v == VERDICT_OK ? feed_decide(call, kind, feed) : v;
}

static const struct kind institution_kind = {
	.name = "institution", .table = &institution_table, .latitude = -1, .load = institutions_load,
	.write = institutions_write, .emit = institution_emit,
};
static const struct kind employer_kind = {
	.name = "employer", .table = &employer_table, .of_institution = true, .latitude = EMPLOYER_LATITUDE,
	.longitude = EMPLOYER_LONGITUDE, .postal_code = EMPLOYER_POSTAL_CODE, .load = employers_load,
	.judge = employer_feed_judge, .write = employers_write, .emit = employer_emit, .after = firms_suspect,
};
static const struct kind posting_kind = {
	.name = "posting", .table = &posting_table, .of_institution = true, .latitude = POSTING_LATITUDE,
	.longitude = POSTING_LONGITUDE, .postal_code = POSTING_POSTAL_CODE, .load = postings_load,
	.judge = posting_feed_judge, .settle = postings_settle, .write = postings_write, .emit = posting_emit,
};

enum verdict
on_feed_institutions(struct call *call)
{
	return feed_run(call, &institution_kind);
}

enum verdict
on_feed_employers(struct call *call)
{
	return feed_run(call, &employer_kind);
}

enum verdict
on_feed_postings(struct call *call)
{
	return feed_run(call, &posting_kind);
}

/* ---- some columns of one row ------------------------------------------------------------------------------------------ */

/* Rows are set by who feeds them: institutions by the intermediary, all others by their own college. */
enum verdict
on_set(struct call *call)
{
	static const struct kind *const kinds[] = { [ROW_POSTING] = &posting_kind, [ROW_EMPLOYER] = &employer_kind,
		                                    [ROW_INSTITUTION] = &institution_kind };
	struct row_found found;
	struct row_set set;
	struct feed *feed;
	enum verdict v = set_read(call, &set);

	if (v == VERDICT_OK)
		v = verdict_of(row_find(call, set.id, &found));
	if (v != VERDICT_OK)
		return v;
	if (found.kind == ROW_NONE)
		return call_refuse(call, REFUSAL_UNKNOWN, "id", NULL);
	const struct kind *kind = kinds[found.kind];
	if (kind->of_institution ? !found.own : call->who->role != ROLE_INTERMEDIARY)
		return call_refuse(call, REFUSAL_NOT_YOURS, "id", NULL);
	v = set_feed(call, &set, found.record.external_id, kind->table, &feed);
	if (v != VERDICT_OK)
		return v;
	call->subject_ids = found.name;
	return feed_decide(call, kind, feed);
}
