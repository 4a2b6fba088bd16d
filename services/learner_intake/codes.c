/* SPDX-License-Identifier: Apache-2.0 */
/* Programmes and competencies: the ministry's codes, the same at every college. One handler for both. */
#include "intake.h"

#include "learner_intake/sql.h"
#include "store.h"
#include "wire.h"

static const struct code_kind programmes = {
	.name = "programme", .table = &programme_table, .load = &SQL_programme_load, .write = &SQL_programme_write, .is_programme = true,
	.titles = 1u << PROGRAMME_TITLE_FR | 1u << PROGRAMME_TITLE_EN,
};
static const struct code_kind competencies = {
	.name = "competency", .table = &competency_table, .load = &SQL_competency_load, .write = &SQL_competency_write,
	.titles = 1u << COMPETENCY_TITLE_FR | 1u << COMPETENCY_TITLE_EN, .programme = COMPETENCY_PROGRAMME,
};

/* A competency whose programme is not known yet is taken, and waits. */
static int
programmes_await(struct tx *tx, struct feed *f, const struct code_kind *kind, const struct code *now)
{
	struct texts wanted = { arena_zalloc(f->arena, f->count, sizeof(char *)), 0 }, none = { NULL, 0 }, known, no_others;

	if (wanted.items == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < f->count; i++) {
		if (!row_is_refused(&f->rows[i]))
			wanted.items[wanted.count++] = now[i].cells[kind->programme].text;
	}
	int result = store_codes_known(tx, f->arena, &wanted, &none, &known, &no_others);
	for (size_t i = 0; result == STORE_OK && i < f->count; i++) {
		struct row *r = &f->rows[i];
		if (!row_is_refused(r) && !texts_has(&known, now[i].cells[kind->programme].text))
			row_wait(f, r, f->table->columns[kind->programme].name);
	}
	return result;
}

/* before: what stood of each, version 0 where nothing did. A code is nobody's, so its history has no institution. */
static int
codes_history(const struct call *call, const struct feed *f, const struct code_kind *kind, const struct code *changed,
              const struct code *const *before, size_t count)
{
	struct history *h = history_new(f->arena);

	if (h == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		const struct change c = { kind->name, "", changed[i].cells[0].text, changed[i].version, f->reason };

		if (before[i]->version > 0)
			history_add_cells(h, &c, kind->table, before[i]->cells, changed[i].cells);
	}
	return history_keep(h, call->work, call, NULL);
}

/* Writes what changed, and tells of programmes. */
static int
codes_record(struct call *call, struct feed *f, const struct code_kind *kind, struct code *changed,
             const struct code *const *before, size_t count)
{
	if (f->dry_run || count == 0)
		return STORE_OK;
	int result = store_codes_write(call->work->tx, f->arena, kind, changed, count);
	if (result == STORE_OK)
		result = codes_history(call, f, kind, changed, before, count);
	for (size_t i = 0; result == STORE_OK && kind->is_programme && i < count; i++)
		result = wire_programme(call->work, &changed[i]);
	return result;
}

static enum verdict
feed_codes(struct call *call, const struct code_kind *kind, const char *what)
{
	struct feed *f;
	size_t count = 0;

	enum verdict v = institution_check(call);
	if (v == VERDICT_OK)
		v = feed_read(call, kind->table, &f);
	if (v != VERDICT_OK)
		return v;
	feed_keys(f, 0);
	struct code *stored = arena_zalloc(f->arena, f->count, sizeof *stored);
	struct code *now = arena_zalloc(f->arena, f->count, sizeof *now);
	struct code *changed = arena_zalloc(f->arena, f->count, sizeof *changed);
	const struct code **before = arena_zalloc(f->arena, f->count, sizeof *before);
	if (stored == NULL || now == NULL || changed == NULL || before == NULL)
		return VERDICT_RETRY;
	int result = store_codes_load(call->work->tx, f, kind, stored);
	for (size_t i = 0; result == STORE_OK && i < f->count; i++) {
		if (row_is_refused(&f->rows[i]) || !code_settle(f, &f->rows[i], &stored[i], kind->titles, &now[i]))
			continue;
		before[count] = &stored[i];
		changed[count++] = now[i];
	}
	if (result == STORE_OK && f->failed)
		result = STORE_RETRY;
	if (result == STORE_OK && kind->programme != 0)
		result = programmes_await(call->work->tx, f, kind, now);
	if (result == STORE_OK)
		result = codes_record(call, f, kind, changed, before, count);
	return result == STORE_OK ? feed_finish(call, f, what, NULL) : verdict_of_store(result);
}

enum verdict
on_feed_programmes(struct call *call)
{
	return feed_codes(call, &programmes, "programmes");
}

enum verdict
on_feed_competencies(struct call *call)
{
	return feed_codes(call, &competencies, "competencies");
}
