/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of PostgreSQL to records and back; struct rows stops here, but for pages, which are copied as they come. */
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "employer_intake/sql.h"

/* ---- reading records ------------------------------------------------------------------------------------------------- */

/* Where a kind's statement has what is not a cell; -1: it has not. */
struct layout { const struct row_table *table; int version, place, state, institution, pause; };

static const struct layout institution_layout = { &institution_table, INSTITUTION_COLUMN_COUNT, -1, -1, -1, -1 };
static const struct layout employer_layout = { &employer_table, EMPLOYER_COLUMN_COUNT, EMPLOYER_COLUMN_COUNT + 1, -1, -1,
	                                       EMPLOYER_COLUMN_COUNT + 3 };
static const struct layout posting_layout = { &posting_table, POSTING_COLUMN_COUNT, POSTING_COLUMN_COUNT + 1,
	                                      POSTING_COLUMN_COUNT + 3, POSTING_COLUMN_COUNT + 6, -1 };

static bool
record_read(const struct layout *l, struct arena *a, const struct rows *rows, int row, const char *institution,
            struct record *out)
{
	const struct cell *cells = cells_from_rows(l->table, a, rows, row, 0);

	if (cells == NULL)
		return false;
	*out = (struct record){ .institution = institution, .external_id = cells[0].text, .cells = cells, .reason = "",
		                .paused_reason = "" };
	out->version = rows_int(rows, row, l->version);
	if (l->place >= 0 && !rows_is_null(rows, row, l->place)) {
		out->has_place = true;
		out->place = (struct place){ (int32_t)rows_int(rows, row, l->place), (int32_t)rows_int(rows, row, l->place + 1) };
	}
	if (l->state >= 0) {
		out->state = posting_state_from_text(rows_text(rows, row, l->state));
		out->reason = arena_strdup(a, rows_text(rows, row, l->state + 1));
		out->seats_taken = rows_int(rows, row, l->state + 2);
	}
	if (l->pause >= 0) {
		out->paused_until = (int32_t)rows_int(rows, row, l->pause);
		out->paused_reason = arena_strdup(a, rows_text(rows, row, l->pause + 1));
	}
	if (l->institution >= 0)
		out->institution = arena_strdup(a, rows_text(rows, row, l->institution));
	else if (institution == NULL)
		out->institution = out->external_id;
	return out->reason != NULL && out->paused_reason != NULL && out->institution != NULL;
}

static int
records_read(struct tx *tx, struct arena *a, const struct sql *sql, const struct params *p, const struct layout *l,
             const char *institution, struct records *out)
{
	struct rows *rows;
	int result = tx_run(tx, sql, p, &rows);

	*out = (struct records){ NULL, 0 };
	if (result != STORE_OK)
		return result;
	size_t n = (size_t)rows_count(rows);
	out->all = arena_zalloc(a, n, sizeof *out->all);
	if (out->all == NULL)
		return STORE_RETRY;
	for (; out->count < n; out->count++) {
		if (!record_read(l, a, rows, (int)out->count, institution, &out->all[out->count]))
			return STORE_RETRY;
	}
	return STORE_OK;
}

int
institution_is_known(struct tx *tx, struct arena *a, const char *institution, bool *known)
{
	struct params p = params_new(a);
	struct rows *rows;

	param_text(&p, institution);
	int result = tx_run(tx, &SQL_institution_known, &p, &rows);
	*known = result == STORE_OK && rows_count(rows) > 0;
	return result;
}

int
institutions_load(struct tx *tx, struct arena *a, const char *unused, const char *const *ids, size_t n,
                  struct records *out)
{
	struct params p = params_new(a);

	(void)unused;
	param_texts(&p, ids, n);
	return records_read(tx, a, &SQL_institution_load, &p, &institution_layout, NULL, out);
}

int
employers_load(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
               struct records *out)
{
	struct params p = params_new(a);

	param_text(&p, institution);
	param_texts(&p, ids, n);
	return records_read(tx, a, &SQL_employer_load, &p, &employer_layout, institution, out);
}

int
postings_load_pairs(struct tx *tx, struct arena *a, const char *const *institutions, const char *const *ids, size_t n,
                    struct records *out)
{
	struct params p = params_new(a);

	param_texts(&p, institutions, n);
	param_texts(&p, ids, n);
	return records_read(tx, a, &SQL_posting_load, &p, &posting_layout, NULL, out);
}

int
postings_load(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
              struct records *out)
{
	const char **institutions = arena_alloc(a, (n + 1) * sizeof *institutions);

	if (institutions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++)
		institutions[i] = institution;
	return postings_load_pairs(tx, a, institutions, ids, n, out);
}

/* ---- writing records ------------------------------------------------------------------------------------------------- */
static void
params_cells(struct params *p, const struct row_table *t, const struct records *r)
{
	const struct cell **cells = arena_alloc(p->arena, (r->count + 1) * sizeof *cells);

	if (cells == NULL) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < r->count; i++)
		cells[i] = r->all[i].cells;
	param_cells(p, t, cells, r->count);
}

enum record_int { RECORD_VERSION, RECORD_LATITUDE, RECORD_LONGITUDE, RECORD_SEATS_TAKEN };

static void
params_ints(struct params *p, const struct records *r, enum record_int which)
{
	int64_t *v = arena_alloc(p->arena, (r->count + 1) * sizeof *v);
	bool *given = arena_alloc(p->arena, r->count + 1);

	if (v == NULL || given == NULL) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct record *one = &r->all[i];
		v[i] = which == RECORD_VERSION       ? one->version
		       : which == RECORD_SEATS_TAKEN ? one->seats_taken
		       : which == RECORD_LATITUDE    ? one->place.latitude_e7
		                                     : one->place.longitude_e7;
		given[i] = which == RECORD_VERSION || which == RECORD_SEATS_TAKEN || one->has_place;
	}
	param_ints_or_null(p, v, given, r->count);
}

enum record_text { RECORD_INSTITUTION, RECORD_EXTERNAL_ID, RECORD_STATE, RECORD_REASON };

static void
params_texts(struct params *p, const struct records *r, enum record_text which)
{
	const char **v = arena_alloc(p->arena, (r->count + 1) * sizeof *v);

	if (v == NULL) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct record *one = &r->all[i];
		v[i] = which == RECORD_INSTITUTION   ? one->institution
		       : which == RECORD_EXTERNAL_ID ? one->external_id
		       : which == RECORD_STATE       ? posting_state_to_text(one->state)
		                                     : one->reason;
	}
	param_texts(p, v, r->count);
}

static void
params_creation(struct params *p, const struct creation *made)
{
	param_int(p, made->at_ms);
	param_text(p, made->who);
}

int
institutions_write(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made)
{
	struct params p = params_new(a);

	params_cells(&p, &institution_table, r);
	params_ints(&p, r, RECORD_VERSION);
	params_creation(&p, made);
	return tx_run(tx, &SQL_institution_write, &p, NULL);
}

int
employers_write(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made)
{
	struct params p = params_new(a);

	param_text(&p, r->all[0].institution);
	params_cells(&p, &employer_table, r);
	params_ints(&p, r, RECORD_VERSION);
	params_ints(&p, r, RECORD_LATITUDE);
	params_ints(&p, r, RECORD_LONGITUDE);
	params_creation(&p, made);
	return tx_run(tx, &SQL_employer_write, &p, NULL);
}

int
postings_write(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made)
{
	struct params p = params_new(a);

	param_text(&p, r->all[0].institution);
	params_cells(&p, &posting_table, r);
	params_ints(&p, r, RECORD_VERSION);
	params_ints(&p, r, RECORD_LATITUDE);
	params_ints(&p, r, RECORD_LONGITUDE);
	params_texts(&p, r, RECORD_STATE);
	params_texts(&p, r, RECORD_REASON);
	params_creation(&p, made);
	return tx_run(tx, &SQL_posting_write, &p, NULL);
}

int
postings_state_write(struct tx *tx, struct arena *a, const struct records *r)
{
	struct params p = params_new(a);

	params_texts(&p, r, RECORD_INSTITUTION);
	params_texts(&p, r, RECORD_EXTERNAL_ID);
	params_ints(&p, r, RECORD_VERSION);
	params_texts(&p, r, RECORD_STATE);
	params_texts(&p, r, RECORD_REASON);
	params_ints(&p, r, RECORD_SEATS_TAKEN);
	return tx_run(tx, &SQL_posting_state_write, &p, NULL);
}

int
employer_pause_write(struct tx *tx, struct arena *a, const struct record *e)
{
	struct params p = params_new(a);

	param_text(&p, e->institution);
	param_text(&p, e->external_id);
	param_int(&p, e->version);
	param_int_or_null(&p, e->paused_until, e->paused_until != 0);
	param_text(&p, e->paused_reason);
	return tx_run(tx, &SQL_employer_pause_write, &p, NULL);
}

int
row_creation(struct tx *tx, struct arena *a, const char *kind, const char *institution, const char *external_id,
             struct creation *out)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = (struct creation){ 0, "" };
	param_text(&p, kind);
	param_text(&p, institution);
	param_text(&p, external_id);
	int result = tx_run(tx, &SQL_row_created, &p, &rows);
	if (result == STORE_OK && rows_count(rows) > 0)
		*out = (struct creation){ rows_int(rows, 0, 0), arena_strdup(a, rows_text(rows, 0, 1)) };
	return result == STORE_OK && out->who == NULL ? STORE_RETRY : result;
}

/* ---- what is known --------------------------------------------------------------------------------------------------- */
static int
compare_ids(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
known_read(struct tx *tx, struct arena *a, const struct sql *sql, const char *institution, const char *const *ids, size_t n,
           struct known *out)
{
	struct params p = params_new(a);
	struct rows *rows;

	param_text(&p, institution);
	param_texts(&p, ids, n);
	int result = tx_run(tx, sql, &p, &rows);
	if (result != STORE_OK)
		return result;
	out->count = (size_t)rows_count(rows);
	out->ids = arena_alloc(a, (out->count + 1) * sizeof *out->ids);
	if (out->ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < out->count; i++) {
		out->ids[i] = arena_strdup(a, rows_text(rows, (int)i, 0));
		if (out->ids[i] == NULL)
			return STORE_RETRY;
	}
	qsort(out->ids, out->count, sizeof *out->ids, compare_ids);
	return STORE_OK;
}

int
employers_known(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
                struct known *out)
{
	return known_read(tx, a, &SQL_employer_known, institution, ids, n, out);
}

int
postings_known(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
               struct known *out)
{
	return known_read(tx, a, &SQL_posting_known, institution, ids, n, out);
}

bool
known_has(const struct known *k, const char *id)
{
	return k->count > 0 && bsearch(&id, k->ids, k->count, sizeof *k->ids, compare_ids) != NULL;
}

/* ---- rankings -------------------------------------------------------------------------------------------------------- */

/* The entry at *tiers and *learners ('|' after each but the last) becomes out; both move on. false: no memory. */
static bool
entry_read(struct arena *a, const char **tiers, const char **learners, struct ranked *out)
{
	size_t size = strcspn(*learners, "|");

	out->tier = strtoll(*tiers, NULL, 10);
	out->learner = arena_strndup(a, *learners, size);
	*learners += size + ((*learners)[size] == '|');
	*tiers += strcspn(*tiers, "|");
	*tiers += **tiers == '|';
	return out->learner != NULL;
}

static bool
ranking_read(struct arena *a, const char *tiers, const char *learners, struct ranking *out)
{
	size_t n = tiers[0] != '\0';

	for (const char *s = tiers; *s != '\0'; s++)
		n += *s == '|';
	out->entries = arena_alloc(a, (n + 1) * sizeof *out->entries);
	for (out->count = 0; out->entries != NULL && out->count < n; out->count++) {
		if (!entry_read(a, &tiers, &learners, &out->entries[out->count]))
			return false;
	}
	return out->entries != NULL;
}

/* Columns: where the institution is (-1: given), then posting, tiers, learners, version. */
static int
rankings_read(struct tx *tx, struct arena *a, const struct sql *sql, const struct params *p, const char *institution,
              struct rankings *out)
{
	struct rows *rows;
	int result = tx_run(tx, sql, p, &rows), at = institution == NULL;

	*out = (struct rankings){ NULL, 0 };
	if (result != STORE_OK)
		return result;
	size_t n = (size_t)rows_count(rows);
	out->all = arena_zalloc(a, n, sizeof *out->all);
	if (out->all == NULL)
		return STORE_RETRY;
	for (; out->count < n; out->count++) {
		struct ranking *r = &out->all[out->count];
		int row = (int)out->count;

		r->institution = institution != NULL ? institution : arena_strdup(a, rows_text(rows, row, 0));
		r->posting = arena_strdup(a, rows_text(rows, row, at));
		r->version = rows_int(rows, row, at + 3);
		if (r->institution == NULL || r->posting == NULL ||
		    !ranking_read(a, rows_text(rows, row, at + 1), rows_text(rows, row, at + 2), r))
			return STORE_RETRY;
	}
	return STORE_OK;
}

int
rankings_load(struct tx *tx, struct arena *a, const char *institution, const char *const *postings, size_t n,
              struct rankings *out)
{
	struct params p = params_new(a);

	param_text(&p, institution);
	param_texts(&p, postings, n);
	return rankings_read(tx, a, &SQL_ranking_load, &p, institution, out);
}

int
rankings_names(struct tx *tx, struct arena *a, const char *const *institutions, size_t n, struct own_ids *out)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = (struct own_ids){ 0 };
	param_texts(&p, institutions, n);
	int result = tx_run(tx, &SQL_ranking_names, &p, &rows);
	if (result != STORE_OK)
		return result;
	size_t found = (size_t)rows_count(rows);
	out->institutions = arena_alloc(a, (found + 1) * sizeof *out->institutions);
	out->external_ids = arena_alloc(a, (found + 1) * sizeof *out->external_ids);
	if (out->institutions == NULL || out->external_ids == NULL)
		return STORE_RETRY;
	for (; out->count < found; out->count++) {
		out->institutions[out->count] = arena_strdup(a, rows_text(rows, (int)out->count, 0));
		out->external_ids[out->count] = arena_strdup(a, rows_text(rows, (int)out->count, 1));
		if (out->institutions[out->count] == NULL || out->external_ids[out->count] == NULL)
			return STORE_RETRY;
	}
	return STORE_OK;
}

int
rankings_naming(struct tx *tx, struct arena *a, const char *const *learners, size_t n, const struct own_ids *own,
                struct rankings *out)
{
	struct params p = params_new(a);

	param_texts(&p, learners, n);
	param_texts(&p, own->institutions, own->count);
	param_texts(&p, own->external_ids, own->count);
	return rankings_read(tx, a, &SQL_ranking_naming, &p, NULL, out);
}

/* Tiers, or learners, joined by '|'. NULL: no memory. */
static const char *
ranking_join(struct arena *a, const struct ranking *r, bool learners)
{
	size_t size = 1;

	for (size_t i = 0; i < r->count; i++)
		size += (learners ? strlen(r->entries[i].learner) : 20) + 1;
	char *text = arena_alloc(a, size), *to = text;
	if (text == NULL)
		return NULL;
	*to = '\0';
	for (size_t i = 0; i < r->count; i++) {
		size_t left = size - (size_t)(to - text);
		const char *bar = i > 0 ? "|" : "";
		int written = learners ? snprintf(to, left, "%s%s", bar, r->entries[i].learner)
		                       : snprintf(to, left, "%s%" PRId64, bar, r->entries[i].tier);
		BUG_IF(written < 0 || (size_t)written >= left);
		to += written;
	}
	return text;
}

int
rankings_write(struct tx *tx, struct arena *a, const struct rankings *r)
{
	struct params p = params_new(a);
	const char **institutions = arena_alloc(a, (r->count + 1) * sizeof *institutions);
	const char **postings = arena_alloc(a, (r->count + 1) * sizeof *postings);
	const char **tiers = arena_alloc(a, (r->count + 1) * sizeof *tiers);
	const char **learners = arena_alloc(a, (r->count + 1) * sizeof *learners);
	int64_t *versions = arena_alloc(a, (r->count + 1) * sizeof *versions);

	if (institutions == NULL || postings == NULL || tiers == NULL || learners == NULL || versions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < r->count; i++) {
		institutions[i] = r->all[i].institution;
		postings[i] = r->all[i].posting;
		tiers[i] = ranking_join(a, &r->all[i], false);
		learners[i] = ranking_join(a, &r->all[i], true);
		versions[i] = r->all[i].version;
		if (tiers[i] == NULL || learners[i] == NULL)
			return STORE_RETRY;
	}
	param_texts(&p, institutions, r->count);
	param_texts(&p, postings, r->count);
	param_texts(&p, tiers, r->count);
	param_texts(&p, learners, r->count);
	param_ints(&p, versions, r->count);
	return tx_run(tx, &SQL_ranking_write, &p, NULL);
}

/* ---- pages ----------------------------------------------------------------------------------------------------------- */
int
institutions_list(struct tx *tx, struct arena *a, const struct list_scope *s, struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, s->after_institution);
	param_int(&p, s->limit);
	param_text(&p, s->viewer);
	return tx_run(tx, &SQL_institution_list, &p, out);
}

int
employers_list(struct tx *tx, struct arena *a, const struct list_scope *s, const char *neq, struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, s->institution);
	param_text(&p, s->after_institution);
	param_text(&p, s->after_id);
	param_int(&p, s->limit);
	param_bool(&p, s->with_contacts);
	param_text(&p, neq);
	return tx_run(tx, &SQL_employer_list, &p, out);
}

int
postings_list(struct tx *tx, struct arena *a, const struct list_scope *s, const char *state, const char *employer,
              struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, s->institution);
	param_text(&p, s->after_institution);
	param_text(&p, s->after_id);
	param_int(&p, s->limit);
	param_text(&p, state);
	param_text(&p, employer);
	param_text(&p, s->viewer);
	return tx_run(tx, &SQL_posting_list, &p, out);
}

int
waiting_list(struct tx *tx, struct arena *a, const char *institution, const char *after, int64_t limit, const char *kind,
             struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, institution);
	param_text(&p, after);
	param_int(&p, limit);
	param_text(&p, kind);
	return tx_run(tx, &SQL_waiting_list, &p, out);
}

int
rankings_list(struct tx *tx, struct arena *a, const struct list_scope *s, const char *posting, struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, s->institution);
	param_text(&p, s->after_institution);
	param_text(&p, s->after_id);
	param_int(&p, s->after_entry);
	param_int(&p, s->limit);
	param_bool(&p, s->with_contacts);
	param_text(&p, posting);
	return tx_run(tx, &SQL_ranking_list, &p, out);
}
