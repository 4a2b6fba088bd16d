/* SPDX-License-Identifier: Apache-2.0 */
/* Pure decisions on fed and stored rows. */
#include "rules.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/refusal.h"
#include "base/text.h"

#define DAY_MS (24 * 60 * 60 * INT64_C(1000))

/* ---- learners -------------------------------------------------------------------------------------------------- */
bool
consent_holds(const struct cell *consent_on, bool is_withdrawn, int32_t withdrawn_on)
{
	return cell_has(consent_on) && (!is_withdrawn || consent_on->number > withdrawn_on);
}

bool
learner_has_withdrawn(const struct learner *l)
{
	return l->version > 0 && l->is_withdrawn && !l->in_pool;
}

static void
learner_judge(struct feed *f, struct row *r, const struct cell *cells)
{
	const struct cell *latitude = &cells[LEARNER_LATITUDE], *longitude = &cells[LEARNER_LONGITUDE];

	if (cells[LEARNER_AVAILABLE_TO].number < cells[LEARNER_AVAILABLE_FROM].number)
		row_refuse(f, r, REFUSAL_BEFORE, "available_to", "available_from");
	if (cell_has(latitude) != cell_has(longitude))
		row_refuse(f, r, REFUSAL_REQUIRED, cell_has(latitude) ? "longitude" : "latitude", NULL);
}

static void
consent_judge(struct feed *f, struct row *r, int32_t latest)
{
	const struct cell *consent = &r->cells[LEARNER_CONSENT_ON];
	char day[11];

	if (!cell_has(consent) || consent->number <= latest)
		return;
	text_from_day(latest, day);
	const char *allowed = arena_printf(f->arena, "<= %s", day);
	f->failed |= allowed == NULL;
	row_refuse(f, r, REFUSAL_OUT_OF_RANGE, "consent_on", allowed);
}

static bool
place_equal(const struct learner *a, const struct learner *b)
{
	return a->has_place == b->has_place &&
	       (!a->has_place ||
	        (a->place.latitude_e7 == b->place.latitude_e7 && a->place.longitude_e7 == b->place.longitude_e7));
}

bool
learner_settle(struct feed *f, struct row *r, const struct learner *stored, const struct places *places,
               int64_t now_ms, struct learner *now)
{
	bool stands = stored->version > 0;

	/* A file never clears consent: an empty cell keeps what stands. Who sets her consent alone is told so. */
	if (r->cells[LEARNER_CONSENT_ON].state == CELL_CLEARED && f->is_set)
		row_refuse(f, r, REFUSAL_REQUIRED, "consent_on", NULL);
	if (r->cells[LEARNER_CONSENT_ON].state == CELL_CLEARED)
		r->cells[LEARNER_CONSENT_ON].state = CELL_ABSENT;
	const struct cell *cells = cells_merge(f->table, f->arena, stands ? stored->cells : NULL, r->cells);
	if (cells == NULL) {
		f->failed = true;
		return false;
	}
	*now = *stored;
	now->cells = cells;
	now->version = stored->version + 1;
	if (!stands)
		now->withdrawn_reason = "";
	learner_judge(f, r, cells);
	consent_judge(f, r, (int32_t)(now_ms / DAY_MS) + 1);
	if (row_is_refused(r))
		return false;
	now->has_place = place_of_cells(places, &cells[LEARNER_LATITUDE], &cells[LEARNER_LONGITUDE],
	                                &cells[LEARNER_POSTAL_CODE], &now->place);
	now->in_pool = consent_holds(&cells[LEARNER_CONSENT_ON], now->is_withdrawn, now->withdrawn_on);
	if (!now->in_pool && !f->is_set)
		row_note(f, r, REFUSAL_NO_CONSENT, "consent_on", NULL);
	now->contact_told = stored->contact_told || now->in_pool;
	bool changed = !stands || !cells_equal(f->table, stored->cells, cells) || !place_equal(stored, now);
	r->outcome = !stands ? ROW_CREATED : changed ? ROW_UPDATED : ROW_UNCHANGED;
	return changed;
}

bool
learner_withdraw(const struct learner *stored, int64_t now_ms, const char *reason, struct learner *now)
{
	const struct cell *consent = &stored->cells[LEARNER_CONSENT_ON];
	int64_t today = now_ms / DAY_MS;

	*now = *stored;
	if (stored->is_withdrawn && !stored->in_pool)
		return false;
	now->version = stored->version + 1;
	now->is_withdrawn = true;
	/* a consent dated ahead is withdrawn with the rest */
	now->withdrawn_on = (int32_t)(cell_has(consent) && consent->number > today ? consent->number : today);
	now->withdrawn_reason = reason;
	now->in_pool = false;
	return true;
}

/* ---- the ministry's codes -------------------------------------------------------------------------------------- */
bool
code_settle(struct feed *f, struct row *r, const struct code *stored, uint32_t titles, struct code *now)
{
	bool stands = stored->version > 0;
	bool is_giver = !stands || strcmp(stored->given_by, f->institution) == 0;
	struct cell *fed = r->cells;

	for (size_t i = 1; stands && i < f->table->count; i++) {
		const struct cell *old = &stored->cells[i];
		bool is_title = (titles & (UINT32_C(1) << i)) != 0;
		if (fed[i].state == CELL_ABSENT || !cell_has(old) || (is_giver && !is_title))
			continue;
		if (cell_has(&fed[i]) && strcmp(fed[i].text, old->text) != 0)
			row_note(f, r, REFUSAL_OTHER_TITLE, f->table->columns[i].name, old->text);
		fed[i].state = CELL_ABSENT;
	}
	*now = (struct code){ .version = stored->version + 1, .given_by = stands ? stored->given_by : f->institution };
	now->cells = cells_merge(f->table, f->arena, stands ? stored->cells : NULL, fed);
	if (now->cells == NULL) {
		f->failed = true;
		return false;
	}
	bool changed = !stands || !cells_equal(f->table, stored->cells, now->cells);
	r->outcome = !stands ? ROW_CREATED : changed ? ROW_UPDATED : ROW_UNCHANGED;
	return changed;
}

/* ---- rankings -------------------------------------------------------------------------------------------------- */
static int
row_by_learner(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	int order = strcmp(x->cells[RANKING_LEARNER].text, y->cells[RANKING_LEARNER].text);

	return order != 0 ? order : (x > y) - (x < y);      /* rows of a batch stand in one array, in order */
}

static int
row_by_posting(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	int order = strcmp(x->cells[RANKING_POSTING].text, y->cells[RANKING_POSTING].text);

	return order != 0 ? order : (x > y) - (x < y);
}

static int
row_by_tier(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	int64_t tx = x->cells[RANKING_TIER].number, ty = y->cells[RANKING_TIER].number;

	return tx != ty ? (tx > ty) - (tx < ty) : strcmp(x->cells[RANKING_POSTING].text, y->cells[RANKING_POSTING].text);
}

/* Leaves in rows those that are not refused; refuses the later one of two that name the same posting. */
static void
list_judge(struct feed *f, struct ranking *list)
{
	const char *last = "";
	size_t kept = 0;

	qsort(list->rows, list->row_count, sizeof(struct row *), row_by_posting);
	for (size_t i = 0; i < list->row_count; i++) {
		struct row *r = list->rows[i];
		const char *posting = r->cells[RANKING_POSTING].text;
		if (posting[0] != '\0' && strcmp(posting, last) == 0) {
			row_refuse(f, r, REFUSAL_DUPLICATE, "posting", NULL);
			continue;
		}
		last = posting;
		list->rows[kept++] = r;
	}
	list->row_count = kept;
}

static int
list_fill(struct feed *f, struct ranking *list)
{
	list_judge(f, list);
	list->tiers = arena_zalloc(f->arena, list->row_count, sizeof(char *));
	list->postings = arena_zalloc(f->arena, list->row_count, sizeof(char *));
	if (list->tiers == NULL || list->postings == NULL)
		return -1;
	qsort(list->rows, list->row_count, sizeof(struct row *), row_by_tier);
	for (size_t i = 0; i < list->row_count; i++) {
		const struct cell *cells = list->rows[i]->cells;
		if (!cell_has(&cells[RANKING_POSTING]))
			continue;
		list->tiers[list->count] = cells[RANKING_TIER].text;
		list->postings[list->count++] = cells[RANKING_POSTING].text;
	}
	return 0;
}

int
rankings_gather(struct feed *f, struct ranking **out, size_t *count)
{
	struct row **rows = arena_zalloc(f->arena, f->count, sizeof(struct row *));
	struct ranking *lists = arena_zalloc(f->arena, f->count, sizeof *lists);
	size_t n = 0;

	*out = lists;
	*count = 0;
	if (rows == NULL || lists == NULL)
		return -1;
	for (size_t i = 0; i < f->count; i++) {
		struct row *r = &f->rows[i];
		if (!row_is_refused(r) && cell_has(&r->cells[RANKING_POSTING]) && !cell_has(&r->cells[RANKING_TIER]))
			row_refuse(f, r, REFUSAL_REQUIRED, "tier", NULL);
		if (!row_is_refused(r))
			rows[n++] = r;
	}
	qsort(rows, n, sizeof(struct row *), row_by_learner);
	for (size_t i = 0, end; i < n; i = end) {
		struct ranking *list = &lists[*count];
		list->learner = rows[i]->cells[RANKING_LEARNER].text;
		for (end = i; end < n && strcmp(rows[end]->cells[RANKING_LEARNER].text, list->learner) == 0;)
			end++;
		list->rows = rows + i;
		list->row_count = end - i;
		if (list_fill(f, list) != 0)
			return -1;
		*count += 1;
	}
	return 0;
}

bool
ranking_equal(const struct ranking *a, const struct ranking *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->tiers[i], b->tiers[i]) != 0 || strcmp(a->postings[i], b->postings[i]) != 0)
			return false;
	}
	return true;
}

/* ---- hashes ---------------------------------------------------------------------------------------------------- */
void
hash_of_permanent_code(const uint8_t key[POOL_KEY_SIZE], const char *code, uint8_t out[HASH_SIZE])
{
	char bytes[sizeof "permanent_code|" + TEXT_MAX_CHARS * 4] = "permanent_code|";
	size_t size = strlen(bytes);

	for (; *code != '\0' && size < sizeof bytes; code++) {
		if (!isspace((unsigned char)*code))
			bytes[size++] = (char)toupper((unsigned char)*code);
	}
	digest_256(bytes, size, key, POOL_KEY_SIZE, out);
}

/* ---- sets of texts --------------------------------------------------------------------------------------------- */
static int
text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
texts_sort(struct texts *t)
{
	size_t kept = 0;

	if (t->count == 0)
		return;
	qsort(t->items, t->count, sizeof *t->items, text_order);
	for (size_t i = 0; i < t->count; i++) {
		if (kept == 0 || strcmp(t->items[i], t->items[kept - 1]) != 0)
			t->items[kept++] = t->items[i];
	}
	t->count = kept;
}

bool
texts_has(const struct texts *t, const char *text)
{
	return t->count > 0 && bsearch(&text, t->items, t->count, sizeof *t->items, text_order) != NULL;
}
