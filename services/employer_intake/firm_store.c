/* SPDX-License-Identifier: Apache-2.0 */
/* Firms in PostgreSQL. */
#include "firm_store.h"

#include <string.h>
#include "employer_intake/sql.h"

#define LOOKED_AT_PER_KEY 100

/* ---- keys and candidates --------------------------------------------------------------------------------------------- */

/* Name, NEQ, address, municipality and postal code from column `at` on. */
static bool
facts_read(struct arena *a, const struct rows *rows, int row, int at, struct firm_facts *out)
{
	const char *neq = arena_strdup(a, rows_text(rows, row, at + 1));
	const char *postal_code = arena_strdup(a, rows_text(rows, row, at + 4));

	return neq != NULL && postal_code != NULL &&
	       firm_facts_read(a, rows_text(rows, row, at), neq, rows_text(rows, row, at + 2),
	                       rows_text(rows, row, at + 3), postal_code, out);
}

int
firms_unkeyed(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
              struct firm_records *out)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = (struct firm_records){ NULL, 0 };
	param_text(&p, institution);
	param_texts(&p, ids, n);
	param_int(&p, FIRM_RULES_VERSION);
	int result = tx_run(tx, &SQL_firm_unkeyed, &p, &rows);
	if (result != STORE_OK)
		return result;
	out->all = arena_zalloc(a, (size_t)rows_count(rows), sizeof *out->all);
	if (out->all == NULL)
		return STORE_RETRY;
	for (int row = 0; row < rows_count(rows); row++) {
		struct firm_record *r = &out->all[out->count++];
		r->institution = institution;
		r->external_id = arena_strdup(a, rows_text(rows, row, 0));
		r->version = rows_int(rows, row, 1);
		if (r->external_id == NULL || !facts_read(a, rows, row, 2, &r->facts))
			return STORE_RETRY;
	}
	return STORE_OK;
}

static int
blocks_write(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r)
{
	struct bytes *keys = arena_alloc(a, (r->count + 1) * FIRM_KEYS_MAX * sizeof *keys);
	const char **ids = arena_alloc(a, (r->count + 1) * FIRM_KEYS_MAX * sizeof *ids);
	struct params p = params_new(a);
	size_t n = 0;

	if (keys == NULL || ids == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < r->count; i++) {
		const char *made[FIRM_KEYS_MAX];
		size_t count;
		if (!firm_keys(a, &r->all[i].facts, made, &count))
			return STORE_RETRY;
		for (size_t k = 0; k < count; k++, n++) {
			keys[n] = (struct bytes){ (const uint8_t *)made[k], strlen(made[k]) };
			ids[n] = r->all[i].external_id;
		}
	}
	param_text(&p, institution);
	param_bytess(&p, keys, n);
	param_texts(&p, ids, n);
	return tx_run(tx, &SQL_firm_blocks_write, &p, NULL);
}

/* Their ids; NULL: no memory. */
static const char **
ids_of(struct arena *a, const struct firm_records *r)
{
	const char **ids = arena_alloc(a, (r->count + 1) * sizeof *ids);

	for (size_t i = 0; ids != NULL && i < r->count; i++)
		ids[i] = r->all[i].external_id;
	return ids;
}

int
firms_keys_write(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r)
{
	const char **ids = ids_of(a, r);
	int64_t *versions = arena_alloc(a, (r->count + 1) * sizeof *versions);
	struct params forget = params_new(a), keyed = params_new(a);

	if (ids == NULL || versions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < r->count; i++)
		versions[i] = r->all[i].version;
	param_text(&forget, institution);
	param_texts(&forget, ids, r->count);
	int result = tx_run(tx, &SQL_firm_forget, &forget, NULL);
	if (result == STORE_OK)
		result = blocks_write(tx, a, institution, r);
	if (result != STORE_OK)
		return result;
	param_text(&keyed, institution);
	param_texts(&keyed, ids, r->count);
	param_ints(&keyed, versions, r->count);
	param_int(&keyed, FIRM_RULES_VERSION);
	return tx_run(tx, &SQL_firm_keyed_write, &keyed, NULL);
}

int
firms_candidates(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r,
                 struct firm_candidates *out)
{
	const char **ids = ids_of(a, r);
	struct params p = params_new(a);
	struct rows *rows;

	*out = (struct firm_candidates){ NULL, 0 };
	if (ids == NULL)
		return STORE_RETRY;
	param_text(&p, institution);
	param_texts(&p, ids, r->count);
	param_int(&p, LOOKED_AT_PER_KEY);
	int result = tx_run(tx, &SQL_firm_candidates, &p, &rows);
	if (result != STORE_OK)
		return result;
	out->all = arena_zalloc(a, (size_t)rows_count(rows), sizeof *out->all);
	if (out->all == NULL)
		return STORE_RETRY;
	for (int row = 0; row < rows_count(rows); row++) {
		struct firm_candidate *c = &out->all[out->count++];
		c->mine = arena_strdup(a, rows_text(rows, row, 0));
		c->other.institution = arena_strdup(a, rows_text(rows, row, 1));
		c->other.external_id = arena_strdup(a, rows_text(rows, row, 2));
		if (c->mine == NULL || c->other.institution == NULL || c->other.external_id == NULL ||
		    !facts_read(a, rows, row, 3, &c->other.facts))
			return STORE_RETRY;
	}
	return STORE_OK;
}

int
firms_suspicions_write(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r,
                       const struct firm_suspicions *s, int64_t now_ms)
{
	const char **ids = ids_of(a, r);
	struct params drop = params_new(a), write = params_new(a);

	if (ids == NULL)
		return STORE_RETRY;
	param_text(&drop, institution);
	param_texts(&drop, ids, r->count);
	param_texts(&drop, s->mine, s->count);
	param_texts(&drop, s->institutions, s->count);
	param_texts(&drop, s->external_ids, s->count);
	int result = tx_run(tx, &SQL_firm_suspicions_drop, &drop, NULL);
	if (result != STORE_OK || s->count == 0)
		return result;
	param_text(&write, institution);
	param_texts(&write, s->mine, s->count);
	param_texts(&write, s->institutions, s->count);
	param_texts(&write, s->external_ids, s->count);
	param_texts(&write, s->reasons, s->count);
	param_ints(&write, s->scores, s->count);
	param_int(&write, now_ms);
	return tx_run(tx, &SQL_firm_suspicions_write, &write, NULL);
}

/* ---- links ----------------------------------------------------------------------------------------------------------- */
static void
param_pair(struct params *p, const struct firm_pair *pair)
{
	param_text(p, pair->institution_a);
	param_text(p, pair->external_id_a);
	param_text(p, pair->institution_b);
	param_text(p, pair->external_id_b);
}

int
firm_pair_load(struct tx *tx, struct arena *a, const struct firm_pair *pair, struct firm_pair_state *out)
{
	struct params p = params_new(a);
	struct rows *rows;

	*out = (struct firm_pair_state){ .link = "" };
	param_pair(&p, pair);
	int result = tx_run(tx, &SQL_firm_pair_load, &p, &rows);
	if (result != STORE_OK || rows_count(rows) == 0)
		return result;
	out->known = true;
	out->suspected = rows_bool(rows, 0, 0);
	out->link = arena_strdup(a, rows_text(rows, 0, 1));
	out->open_a = rows_bool(rows, 0, 2);
	out->open_b = rows_bool(rows, 0, 3);
	return out->link == NULL ? STORE_RETRY : STORE_OK;
}

int
firm_link_write(struct tx *tx, struct arena *a, const struct firm_pair *pair, const char *state, const char *by)
{
	struct params p = params_new(a);

	param_pair(&p, pair);
	param_text(&p, state);
	param_text(&p, by);
	param_text(&p, pair->reason);
	return tx_run(tx, &SQL_firm_link_write, &p, NULL);
}

int
firm_link_drop(struct tx *tx, struct arena *a, const struct firm_pair *pair)
{
	struct params p = params_new(a);

	param_pair(&p, pair);
	return tx_run(tx, &SQL_firm_link_drop, &p, NULL);
}

int
firm_history_write(struct tx *tx, struct arena *a, const struct firm_pair *pair, const char *act, const char *by,
                   int64_t now_ms, int64_t *number)
{
	struct params p = params_new(a);
	struct rows *rows;

	param_int(&p, now_ms);
	param_pair(&p, pair);
	param_text(&p, act);
	param_text(&p, by);
	param_text(&p, pair->reason);
	int result = tx_run(tx, &SQL_firm_history_write, &p, &rows);
	if (result == STORE_OK)
		*number = rows_int(rows, 0, 0);
	return result;
}

int
firm_touched(struct tx *tx, struct arena *a, const struct firm_pair *pair, struct rows **out)
{
	struct params p = params_new(a);

	param_pair(&p, pair);
	return tx_run(tx, &SQL_firm_touched, &p, out);
}

/* ---- pages ----------------------------------------------------------------------------------------------------------- */
int
firm_suspects_list(struct tx *tx, struct arena *a, const char *institution, const char *const after[4], int64_t limit,
                   const char *state, const char *reason, struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, institution);
	for (size_t i = 0; i < 4; i++)
		param_text(&p, after[i]);
	param_int(&p, limit);
	param_text(&p, state);
	param_text(&p, reason);
	return tx_run(tx, &SQL_firm_suspects, &p, out);
}

int
firm_doubles_list(struct tx *tx, struct arena *a, const char *institution, const char *const after[4], int64_t limit,
                  struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, institution);
	for (size_t i = 0; i < 4; i++)
		param_text(&p, after[i]);
	param_int(&p, limit);
	return tx_run(tx, &SQL_firm_doubles, &p, out);
}

bool
firm_double_is_same(struct arena *a, const struct rows *rows, int row, bool *same)
{
	const char *x = firm_fold(a, rows_text(rows, row, DOUBLE_TITLE_A)),
		   *y = firm_fold(a, rows_text(rows, row, DOUBLE_TITLE_B));

	*same = x != NULL && y != NULL && strcmp(x, y) == 0;
	return x != NULL && y != NULL;
}

int
firm_members(struct tx *tx, struct arena *a, const char *institution, const char *external_id, struct rows **out)
{
	struct params p = params_new(a);

	param_text(&p, institution);
	param_text(&p, external_id);
	return tx_run(tx, &SQL_firm_members, &p, out);
}

int
firm_history_list(struct tx *tx, struct arena *a, const char *const *institutions, const char *const *ids, size_t n,
                  const char *viewer, struct rows **out)
{
	struct params p = params_new(a);

	param_texts(&p, institutions, n);
	param_texts(&p, ids, n);
	param_text(&p, viewer);
	return tx_run(tx, &SQL_firm_history_list, &p, out);
}
