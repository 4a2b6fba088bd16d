/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of programmes, competencies and learners; lists and erasure: store_lists.c. */
#include "store.h"

#include <string.h>
#include "learner_intake/sql.h"

/* ---- codes ----------------------------------------------------------------------------------------------------- */
int
store_codes_load(struct tx *tx, const struct feed *f, const struct code_kind *kind, struct code *out)
{
	const char *const *codes = feed_key_texts(f);
	struct params p = params_new(f->arena);
	struct rows *rows;

	memset(out, 0, f->count * sizeof *out);
	if (codes == NULL)
		return STORE_RETRY;
	param_texts(&p, codes, f->key_count);
	int result = tx_run(tx, kind->load, &p, &rows);
	for (int i = 0; result == STORE_OK && i < rows_count(rows); i++) {
		size_t at = feed_find(f, rows_text(rows, i, 2));
		if (at == SIZE_MAX)
			continue;
		out[at].given_by = arena_strdup(f->arena, rows_text(rows, i, 0));
		out[at].version = rows_int(rows, i, 1);
		out[at].cells = cells_from_rows(kind->table, f->arena, rows, i, 2);
		if (out[at].given_by == NULL || out[at].cells == NULL)
			result = STORE_RETRY;
	}
	return result;
}

int
store_codes_write(struct tx *tx, struct arena *a, const struct code_kind *kind, const struct code *codes, size_t count)
{
	const char **given_by = arena_zalloc(a, count, sizeof *given_by);
	int64_t *versions = arena_zalloc(a, count, sizeof *versions);
	const struct cell **cells = arena_zalloc(a, count, sizeof *cells);
	struct params p = params_new(a);

	if (given_by == NULL || versions == NULL || cells == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		given_by[i] = codes[i].given_by;
		versions[i] = codes[i].version;
		cells[i] = codes[i].cells;
	}
	param_texts(&p, given_by, count);
	param_ints(&p, versions, count);
	param_cells(&p, kind->table, cells, count);
	return tx_run(tx, kind->write, &p, NULL);
}

int
store_codes_known(struct tx *tx, struct arena *a, const struct texts *programmes, const struct texts *competencies,
                  struct texts *known_programmes, struct texts *known_competencies)
{
	struct params p = params_new(a);
	struct rows *rows;

	known_programmes->items = arena_zalloc(a, programmes->count, sizeof(char *));
	known_competencies->items = arena_zalloc(a, competencies->count, sizeof(char *));
	known_programmes->count = known_competencies->count = 0;
	if (known_programmes->items == NULL || known_competencies->items == NULL)
		return STORE_RETRY;
	param_texts(&p, programmes->items, programmes->count);
	param_texts(&p, competencies->items, competencies->count);
	int result = tx_run(tx, &SQL_codes_known, &p, &rows);
	for (int i = 0; result == STORE_OK && i < rows_count(rows); i++) {
		struct texts *to = rows_bool(rows, i, 0) ? known_programmes : known_competencies;
		const char *code = arena_strdup(a, rows_text(rows, i, 1));
		if (code == NULL)
			return STORE_RETRY;
		to->items[to->count++] = code;
	}
	texts_sort(known_programmes);
	texts_sort(known_competencies);
	return result;
}

/* ---- learners -------------------------------------------------------------------------------------------------- */
enum { AT_POOL_NUMBER, AT_VERSION, AT_LATITUDE, AT_LONGITUDE, AT_WITHDRAWN_ON, AT_WITHDRAWN_REASON, AT_IN_POOL,
	AT_CONTACT_TOLD, AT_CELLS };

static int
learner_read(struct arena *a, const struct rows *r, int row, struct learner *out)
{
	*out = (struct learner){
		.cells = cells_from_rows(&learner_table, a, r, row, AT_CELLS),
		.pool_number = arena_strdup(a, rows_text(r, row, AT_POOL_NUMBER)),
		.version = rows_int(r, row, AT_VERSION),
		.has_place = !rows_is_null(r, row, AT_LATITUDE),
		.place = { (int32_t)rows_int(r, row, AT_LATITUDE), (int32_t)rows_int(r, row, AT_LONGITUDE) },
		.is_withdrawn = !rows_is_null(r, row, AT_WITHDRAWN_ON),
		.withdrawn_on = (int32_t)rows_int(r, row, AT_WITHDRAWN_ON),
		.withdrawn_reason = arena_strdup(a, rows_text(r, row, AT_WITHDRAWN_REASON)),
		.in_pool = rows_bool(r, row, AT_IN_POOL),
		.contact_told = rows_bool(r, row, AT_CONTACT_TOLD),
	};
	return out->cells != NULL && out->pool_number != NULL && out->withdrawn_reason != NULL ? STORE_OK : STORE_RETRY;
}

int
store_learners_load(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t count,
                    struct learner **out, size_t *found)
{
	struct params p = params_new(a);
	struct rows *rows;

	*found = 0;
	param_text(&p, institution);
	param_texts(&p, ids, count);
	int result = tx_run(tx, &SQL_learner_load, &p, &rows);
	if (result != STORE_OK)
		return result;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; result == STORE_OK && i < rows_count(rows); i++)
		result = learner_read(a, rows, i, &(*out)[(*found)++]);
	return result;
}

/* Columns of a batch that the intake adds to the cells; one array each. */
struct added {
	size_t count;
	const char **pool_numbers, **reasons;
	struct bytes *hashes;
	int64_t *versions, *latitudes, *longitudes, *withdrawn_on, *in_pool_bits, *contact_told_bits;
	bool *has_place, *is_withdrawn, *in_pool, *contact_told;
	const struct cell **cells;
};

static bool
added_new(struct arena *a, size_t n, struct added *out)
{
	*out = (struct added){
		.pool_numbers = arena_zalloc(a, n, sizeof(char *)), .reasons = arena_zalloc(a, n, sizeof(char *)),
		.hashes = arena_zalloc(a, n, sizeof(struct bytes)), .versions = arena_zalloc(a, n, sizeof(int64_t)),
		.latitudes = arena_zalloc(a, n, sizeof(int64_t)), .longitudes = arena_zalloc(a, n, sizeof(int64_t)),
		.withdrawn_on = arena_zalloc(a, n, sizeof(int64_t)), .in_pool_bits = arena_zalloc(a, n, sizeof(int64_t)),
		.contact_told_bits = arena_zalloc(a, n, sizeof(int64_t)), .has_place = arena_zalloc(a, n, sizeof(bool)),
		.is_withdrawn = arena_zalloc(a, n, sizeof(bool)), .in_pool = arena_zalloc(a, n, sizeof(bool)),
		.contact_told = arena_zalloc(a, n, sizeof(bool)), .cells = arena_zalloc(a, n, sizeof(struct cell *)),
	};
	return out->pool_numbers != NULL && out->reasons != NULL && out->hashes != NULL && out->versions != NULL &&
	       out->latitudes != NULL && out->longitudes != NULL && out->withdrawn_on != NULL && out->in_pool_bits != NULL &&
	       out->contact_told_bits != NULL && out->has_place != NULL && out->is_withdrawn != NULL && out->in_pool != NULL &&
	       out->contact_told != NULL && out->cells != NULL;
}

static void
added_fill(struct added *to, const struct learner *l)
{
	size_t i = to->count++;

	to->pool_numbers[i] = l->pool_number;
	to->reasons[i] = l->withdrawn_reason;
	to->versions[i] = l->version;
	to->latitudes[i] = l->place.latitude_e7;
	to->longitudes[i] = l->place.longitude_e7;
	to->has_place[i] = l->has_place;
	to->withdrawn_on[i] = l->withdrawn_on;
	to->is_withdrawn[i] = l->is_withdrawn;
	to->in_pool_bits[i] = to->in_pool[i] = l->in_pool;
	to->contact_told_bits[i] = to->contact_told[i] = l->contact_told;
	to->cells[i] = l->cells;
}

static bool
hashes_make(const struct added *of, struct arena *a, const char *institution, const uint8_t *pool_key)
{
	uint8_t *hashes = arena_zalloc(a, of->count, HASH_SIZE);

	for (size_t i = 0; hashes != NULL && i < of->count; i++) {
		hash_of_person(pool_key, institution, of->cells[i][LEARNER_EXTERNAL_ID].text, hashes + i * HASH_SIZE);
		of->hashes[i] = (struct bytes){ hashes + i * HASH_SIZE, HASH_SIZE };
	}
	return hashes != NULL;
}

enum { ADDED_COLUMNS = 12, COPIED_COLUMNS = ADDED_COLUMNS + LEARNER_COLUMNS };

static int
learners_insert(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key, const struct added *added,
                const struct creation *made)
{
	struct copy_column columns[COPIED_COLUMNS] = {
		{ .kind = COPY_TEXT, .texts = &institution, .same = true }, { .kind = COPY_TEXT, .texts = added->pool_numbers },
		{ .kind = COPY_BYTES, .bytess = added->hashes }, { .kind = COPY_INT8, .ints = added->versions },
		{ .kind = COPY_INT4, .ints = added->latitudes, .given = added->has_place },
		{ .kind = COPY_INT4, .ints = added->longitudes, .given = added->has_place },
		{ .kind = COPY_DATE, .ints = added->withdrawn_on, .given = added->is_withdrawn },
		{ .kind = COPY_TEXT, .texts = added->reasons }, { .kind = COPY_BOOL, .ints = added->in_pool_bits },
		{ .kind = COPY_BOOL, .ints = added->contact_told_bits }, { .kind = COPY_INT8, .ints = &made->at_ms, .same = true },
		{ .kind = COPY_TEXT, .texts = &made->who, .same = true },
	};

	if (added->count == 0)
		return STORE_OK;
	if (!hashes_make(added, a, institution, pool_key) ||
	    !copy_cells(a, &learner_table, added->cells, added->count, columns + ADDED_COLUMNS))
		return STORE_RETRY;
	columns[ADDED_COLUMNS + LEARNER_TIER].kind = COPY_INT2;
	return tx_copy(tx, a, &SQL_learner_insert, columns, COPIED_COLUMNS, added->count);
}

static int
learners_update(struct tx *tx, struct arena *a, const char *institution, const struct added *added)
{
	struct params p = params_new(a);
	size_t n = added->count;

	if (n == 0)
		return STORE_OK;
	param_text(&p, institution);
	param_ints(&p, added->versions, n);
	param_ints_or_null(&p, added->latitudes, added->has_place, n);
	param_ints_or_null(&p, added->longitudes, added->has_place, n);
	param_ints_or_null(&p, added->withdrawn_on, added->is_withdrawn, n);
	param_texts(&p, added->reasons, n);
	param_bools(&p, added->in_pool, n);
	param_bools(&p, added->contact_told, n);
	param_cells(&p, &learner_table, added->cells, n);
	return tx_queue(tx, &SQL_learner_update, &p);
}

int
store_learners_write(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key,
                     const struct learner *learners, size_t count, const struct creation *made)
{
	struct added fresh, changed;

	if (!added_new(a, count, &fresh) || !added_new(a, count, &changed))
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++)
		added_fill(learners[i].version == 1 ? &fresh : &changed, &learners[i]);
	int result = learners_update(tx, a, institution, &changed);
	/* Last, since the server goes on with it while events are made and the next batch is read. */
	return result == STORE_OK ? learners_insert(tx, a, institution, pool_key, &fresh, made) : result;
}

int
store_learner_creation(struct tx *tx, struct arena *a, const char *institution, const char *external_id,
                       struct creation *out)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = (struct creation){ 0, "" };
	param_text(&p, institution);
	param_text(&p, external_id);
	int result = tx_run(tx, &SQL_learner_created, &p, &rows);
	if (result == STORE_OK && rows_count(rows) > 0)
		*out = (struct creation){ rows_int(rows, 0, 0), arena_strdup(a, rows_text(rows, 0, 1)) };
	return result == STORE_OK && out->who == NULL ? STORE_RETRY : result;
}

int
store_learner_of_number(struct tx *tx, struct arena *a, const char *institution, const char *number,
                        const char **external_id)
{
	struct params p = params_new(a);
	struct rows *rows;

	*external_id = "";
	param_text(&p, institution);
	param_text(&p, number);
	int result = tx_run(tx, &SQL_learner_of_number, &p, &rows);
	if (result == STORE_OK && rows_count(rows) == 1) {
		*external_id = arena_strdup(a, rows_text(rows, 0, 0));
		result = *external_id != NULL ? STORE_OK : STORE_RETRY;
	}
	return result;
}
