/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of rankings and direct offers, of whom they speak, and of erasure. */
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include "bus/core_pg.h"
#include "learner_intake/sql.h"

/* ---- whom a list speaks of ------------------------------------------------------------------------------------- */
static int
hash_order(const void *a, const void *b)
{
	return memcmp(a, b, HASH_SIZE);
}

int
store_erased_mark(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key,
                  struct subject *subjects, size_t count)
{
	struct bytes *hashes = arena_zalloc(a, count, sizeof *hashes);
	struct params p = params_new(a);
	struct rows *rows;

	if (hashes == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		hash_of_person(pool_key, institution, subjects[i].external_id, subjects[i].hash);
		hashes[i] = (struct bytes){ subjects[i].hash, HASH_SIZE };
	}
	param_bytess(&p, hashes, count);
	int result = tx_run(tx, &SQL_erased_find, &p, &rows);
	if (result != STORE_OK || rows_count(rows) == 0)
		return result;
	size_t n = (size_t)rows_count(rows);
	uint8_t *erased = arena_zalloc(a, n, HASH_SIZE);
	if (erased == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++) {
		struct bytes hash = rows_bytes(rows, (int)i, 0);
		if (hash.size != HASH_SIZE)
			return STORE_BROKEN;
		memcpy(erased + i * HASH_SIZE, hash.data, HASH_SIZE);
	}
	qsort(erased, n, HASH_SIZE, hash_order);
	for (size_t i = 0; i < count; i++)
		subjects[i].is_erased = bsearch(subjects[i].hash, erased, n, HASH_SIZE, hash_order) != NULL;
	return STORE_OK;
}

struct numbered { const char *external_id, *pool_number; bool has_withdrawn; };

static int
numbered_order(const void *a, const void *b)
{
	return strcmp(((const struct numbered *)a)->external_id, ((const struct numbered *)b)->external_id);
}

static int
numbers_fill(struct arena *a, const struct rows *rows, struct subject *subjects, size_t count)
{
	size_t n = (size_t)rows_count(rows);
	struct numbered *known = arena_zalloc(a, n, sizeof *known);

	if (known == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++) {
		known[i].external_id = arena_strdup(a, rows_text(rows, (int)i, 0));
		known[i].pool_number = arena_strdup(a, rows_text(rows, (int)i, 1));
		known[i].has_withdrawn = rows_bool(rows, (int)i, 2);
		if (known[i].external_id == NULL || known[i].pool_number == NULL)
			return STORE_RETRY;
	}
	qsort(known, n, sizeof *known, numbered_order);
	for (size_t i = 0; i < count; i++) {
		const struct numbered key = { .external_id = subjects[i].external_id };
		const struct numbered *k = n == 0 ? NULL : bsearch(&key, known, n, sizeof *known, numbered_order);
		subjects[i].pool_number = k == NULL ? NULL : k->pool_number;
		subjects[i].has_withdrawn = k != NULL && k->has_withdrawn;
	}
	return STORE_OK;
}

int
store_subjects_load(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key,
                    struct subject *subjects, size_t count)
{
	const char **ids = arena_zalloc(a, count, sizeof *ids);
	struct params p = params_new(a);
	struct rows *rows;

	if (ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++)
		ids[i] = subjects[i].external_id;
	int result = store_erased_mark(tx, a, institution, pool_key, subjects, count);
	if (result != STORE_OK)
		return result;
	param_text(&p, institution);
	param_texts(&p, ids, count);
	result = tx_run(tx, &SQL_learner_numbers, &p, &rows);
	return result == STORE_OK ? numbers_fill(a, rows, subjects, count) : result;
}

/* ---- rankings -------------------------------------------------------------------------------------------------- */
static int
ranking_read(struct arena *a, const struct rows *r, int row, struct ranking *out)
{
	const char *const *tiers, *const *postings;
	size_t tier_count;

	out->learner = arena_strdup(a, rows_text(r, row, 0));
	out->version = rows_int(r, row, 1);
	if (out->learner == NULL || !rows_texts(r, row, 2, a, &tiers, &tier_count) ||
	    !rows_texts(r, row, 3, a, &postings, &out->count))
		return STORE_RETRY;
	out->tiers = (const char **)(uintptr_t)tiers;
	out->postings = (const char **)(uintptr_t)postings;
	return tier_count == out->count ? STORE_OK : STORE_BROKEN;
}

static int
rankings_run(struct tx *tx, struct arena *a, const struct sql *sql, const char *institution, const char *const *learners,
             size_t count, struct ranking **out, size_t *found)
{
	struct params p = params_new(a);
	struct rows *rows;

	*found = 0;
	param_text(&p, institution);
	param_texts(&p, learners, count);
	int result = tx_run(tx, sql, &p, &rows);
	if (result != STORE_OK)
		return result;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; result == STORE_OK && i < rows_count(rows); i++)
		result = ranking_read(a, rows, i, &(*out)[(*found)++]);
	return result;
}

int
store_rankings_load(struct tx *tx, struct arena *a, const char *institution, const char *const *learners, size_t count,
                    struct ranking **out, size_t *found)
{
	return rankings_run(tx, a, &SQL_ranking_load, institution, learners, count, out, found);
}

int
store_rankings_next(struct tx *tx, struct arena *a, const char *institution, const char *const *learners, size_t count,
                    struct ranking **out, size_t *found)
{
	return rankings_run(tx, a, &SQL_rankings_next, institution, learners, count, out, found);
}

static const char *
joined(struct arena *a, const char *const *items, size_t count)
{
	size_t size = 1;

	for (size_t i = 0; i < count; i++)
		size += strlen(items[i]) + 1;
	char *text = arena_alloc(a, size), *to = text;
	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*to++ = '|';
		to = stpcpy(to, items[i]);
	}
	*to = '\0';
	return text;
}

int
store_rankings_write(struct tx *tx, struct arena *a, const char *institution, const struct ranking *lists,
                     const struct subject *subjects, size_t count)
{
	const char **learners = arena_zalloc(a, count, sizeof *learners), **tiers = arena_zalloc(a, count, sizeof *tiers);
	const char **postings = arena_zalloc(a, count, sizeof *postings);
	struct bytes *hashes = arena_zalloc(a, count, sizeof *hashes);
	int64_t *versions = arena_zalloc(a, count, sizeof *versions);
	struct params p = params_new(a);

	if (learners == NULL || tiers == NULL || postings == NULL || hashes == NULL || versions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		learners[i] = lists[i].learner;
		hashes[i] = (struct bytes){ subjects[i].hash, HASH_SIZE };
		versions[i] = lists[i].version;
		tiers[i] = joined(a, lists[i].tiers, lists[i].count);
		postings[i] = joined(a, lists[i].postings, lists[i].count);
		if (tiers[i] == NULL || postings[i] == NULL)
			return STORE_RETRY;
	}
	param_text(&p, institution);
	param_texts(&p, learners, count);
	param_bytess(&p, hashes, count);
	param_ints(&p, versions, count);
	param_texts(&p, tiers, count);
	param_texts(&p, postings, count);
	return tx_run(tx, &SQL_ranking_write, &p, NULL);
}

/* ---- direct offers --------------------------------------------------------------------------------------------- */
static int
offers_run(struct tx *tx, struct arena *a, const struct sql *sql, const char *institution, const char *const *learners,
           size_t count, struct offer **out, size_t *found)
{
	struct params p = params_new(a);
	struct rows *rows;

	*found = 0;
	param_text(&p, institution);
	param_texts(&p, learners, count);
	int result = tx_run(tx, sql, &p, &rows);
	if (result != STORE_OK)
		return result;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		struct offer *o = &(*out)[(*found)++];
		*o = (struct offer){ arena_strdup(a, rows_text(rows, i, 0)), rows_int(rows, i, 1),
			             arena_strdup(a, rows_text(rows, i, 2)) };
		if (o->learner == NULL || o->posting == NULL)
			return STORE_RETRY;
	}
	return STORE_OK;
}

int
store_offers_load(struct tx *tx, struct arena *a, const char *institution, const char *const *learners, size_t count,
                  struct offer **out, size_t *found)
{
	return offers_run(tx, a, &SQL_offer_load, institution, learners, count, out, found);
}

int
store_offers_next(struct tx *tx, struct arena *a, const char *institution, const char *const *learners, size_t count,
                  struct offer **out, size_t *found)
{
	return offers_run(tx, a, &SQL_offers_next, institution, learners, count, out, found);
}

int
store_offers_write(struct tx *tx, struct arena *a, const char *institution, const struct offer *offers,
                   const struct subject *subjects, size_t count)
{
	const char **learners = arena_zalloc(a, count, sizeof *learners);
	const char **postings = arena_zalloc(a, count, sizeof *postings);
	struct bytes *hashes = arena_zalloc(a, count, sizeof *hashes);
	int64_t *versions = arena_zalloc(a, count, sizeof *versions);
	struct params p = params_new(a);

	if (learners == NULL || postings == NULL || hashes == NULL || versions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		learners[i] = offers[i].learner;
		postings[i] = offers[i].posting;
		hashes[i] = (struct bytes){ subjects[i].hash, HASH_SIZE };
		versions[i] = offers[i].version;
	}
	param_text(&p, institution);
	param_texts(&p, learners, count);
	param_bytess(&p, hashes, count);
	param_ints(&p, versions, count);
	param_texts(&p, postings, count);
	return tx_run(tx, &SQL_offer_write, &p, NULL);
}

/* ---- erasure --------------------------------------------------------------------------------------------------- */
int
store_learner_delete(struct tx *tx, struct arena *a, const char *institution, const char *external_id, int64_t *count,
                     const char **pool_number)
{
	struct params p = params_new(a);
	struct rows *rows;

	param_text(&p, institution);
	param_text(&p, external_id);
	int result = tx_run(tx, &SQL_learner_delete, &p, &rows);
	if (result != STORE_OK)
		return result;
	*count = rows_int(rows, 0, 0);
	*pool_number = arena_strdup(a, rows_text(rows, 0, 1));
	return *pool_number != NULL ? STORE_OK : STORE_RETRY;
}

int
store_erased_add(struct tx *tx, struct arena *a, const uint8_t hash[HASH_SIZE], int32_t day)
{
	struct params p = params_new(a);

	param_bytes(&p, hash, HASH_SIZE);
	param_int(&p, day);
	return tx_run(tx, &SQL_erased_add, &p, NULL);
}

int
store_events_blank(struct tx *tx, struct arena *a, const char *pool_number)
{
	const char *contact = arena_printf(a, "learner:%s", pool_number);
	const char *const topics[] = { "profile", "learner_ranking", "direct_offer", "contact" };
	const char *const keys[] = { pool_number, pool_number, pool_number, contact };

	return contact == NULL ? STORE_RETRY : core_pg_events_blank(tx, a, topics, keys, COUNT_OF(topics));
}

int
store_erasure_pending_add(struct tx *tx, struct arena *a, const char *pool_number)
{
	struct params p = params_new(a);

	param_text(&p, pool_number);
	return tx_run(tx, &SQL_erasure_pending_add, &p, NULL);
}

int
store_erasure_pending_take(struct tx *tx, struct arena *a, struct texts *pool_numbers)
{
	struct params p = params_new(a);
	struct rows *rows;

	pool_numbers->count = 0;
	int result = tx_run(tx, &SQL_erasure_pending_take, &p, &rows);
	if (result != STORE_OK)
		return result;
	pool_numbers->items = arena_zalloc(a, (size_t)rows_count(rows), sizeof(char *));
	if (pool_numbers->items == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		pool_numbers->items[i] = arena_strdup(a, rows_text(rows, i, 0));
		if (pool_numbers->items[i] == NULL)
			return STORE_RETRY;
		pool_numbers->count++;
	}
	return STORE_OK;
}

int
store_erased_present(struct tx *tx, struct arena *a, struct erased_row **out, size_t *count)
{
	struct params p = params_new(a);
	struct rows *rows;

	*count = 0;
	int result = tx_run(tx, &SQL_erased_present, &p, &rows);
	if (result != STORE_OK)
		return result;
	*out = arena_zalloc(a, (size_t)rows_count(rows), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(rows); i++) {
		struct erased_row *e = &(*out)[(*count)++];
		*e = (struct erased_row){ arena_strdup(a, rows_text(rows, i, 0)), arena_strdup(a, rows_text(rows, i, 1)) };
		if (e->institution == NULL || e->external_id == NULL)
			return STORE_RETRY;
	}
	return STORE_OK;
}
