/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to the pool of a round; codes and institutions are numbered once, lists split in place. */
#include "store_pool.h"

#include <stdlib.h>
#include <string.h>

#include "bassin/v1/types.pb-c.h"
#include "intern.h"
#include "matching/sql.h"

struct loading {
	struct tx *tx;
	struct arena *scratch, *a;
	const char *round;
	struct intern *codes, *names;           /* programmes and competencies; institutions */
	struct pool *pool;
};

/* ---- pieces ------------------------------------------------------------------------------------------------------ */
static size_t
pieces_of(const char *joined, char mark)
{
	size_t n = joined[0] != '\0';

	for (; *joined != '\0'; joined++)
		n += *joined == mark;
	return n;
}

/* The piece at *at, whose size is returned; *at goes to the next one. */
static size_t
piece_next(const char **at, char mark)
{
	size_t size = strcspn(*at, (const char[]){ mark, '\0' });

	*at += size + ((*at)[size] != '\0');
	return size;
}

static int
by_number(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return x < y ? -1 : x > y;
}

static bool
set_read(struct loading *l, const char *joined, struct fit_set *out)
{
	size_t n = pieces_of(joined, '|'), kept = 0;
	int32_t *items = arena_alloc(l->a, n * sizeof *items);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *piece = joined;
		items[i] = intern_add(l->codes, piece, piece_next(&joined, '|'));
		if (items[i] < 0)
			return false;
	}
	if (n > 1)
		qsort(items, n, sizeof *items, by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || items[i] != items[i - 1])
			items[kept++] = items[i];
	*out = (struct fit_set){ items, kept };
	return true;
}

static const char *
name_read(struct loading *l, const char *name)
{
	int32_t number = intern_add(l->names, name, strlen(name));

	return number < 0 ? NULL : intern_text(l->names, number);
}

static bool
groups_read(struct loading *l, const char *joined, struct pool_learner *out)
{
	size_t n = pieces_of(joined, '|');

	out->groups = arena_zalloc(l->a, n, sizeof *out->groups);
	if (out->groups == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *piece = joined;
		int32_t number = intern_add(l->names, piece, piece_next(&joined, '|'));
		if (number < 0)
			return false;
		const char *group = intern_text(l->names, number);
		bool twice = false;
		for (size_t k = 0; k < out->n_groups; k++)
			twice = twice || out->groups[k] == group;
		if (!twice)
			out->groups[out->n_groups++] = group;
	}
	return true;
}

/* "group:seats" joined by '|'; a group may hold a colon. A group that stands twice counts once, with all its seats. */
static bool
reserves_read(struct loading *l, const char *joined, struct pool_posting *out)
{
	size_t n = pieces_of(joined, '|');

	out->reserves = arena_zalloc(l->a, n, sizeof *out->reserves);
	if (out->reserves == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *piece = joined;
		size_t size = piece_next(&joined, '|');
		const char *colon = memrchr(piece, ':', size);
		BUG_IF(colon == NULL);          /* wire_events.c has put it there */
		int32_t number = intern_add(l->names, piece, (size_t)(colon - piece));
		if (number < 0)
			return false;
		const char *group = intern_text(l->names, number);
		size_t k = 0;
		while (k < out->n_reserves && out->reserves[k].group != group)
			k++;
		out->n_reserves += k == out->n_reserves;
		out->reserves[k].group = group;
		out->reserves[k].seats += (int32_t)strtol(colon + 1, NULL, 10);
	}
	return true;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */
static bool
posting_read(struct loading *l, const struct rows *r, int i, struct pool_posting *p)
{
	p->id = arena_strdup(l->a, rows_text(r, i, 0));
	p->institution = name_read(l, rows_text(r, i, 1));
	p->employer = arena_strdup(l->a, rows_text(r, i, 2));
	p->open = strcmp(rows_text(r, i, 3), "open") == 0;
	p->filled = strcmp(rows_text(r, i, 3), "filled") == 0;
	p->seats = (int32_t)rows_int(r, i, 7);
	p->accepts_unranked = rows_bool(r, i, 16);
	p->assignable = rows_bool(r, i, 17);
	p->reserves_last = rows_bool(r, i, 19);
	p->withdrawn = rows_bool(r, i, 20);
	p->fit = (struct fit_posting){
		.type = UINT32_C(1) << rows_int(r, i, 4), .starts_on = (int32_t)rows_int(r, i, 8),
		.ends_on = (int32_t)rows_int(r, i, 9), .hours = (int32_t)rows_int(r, i, 10),
		.weekdays = (uint8_t)rows_int(r, i, 11), .languages = (uint8_t)rows_int(r, i, 12),
		.remote = rows_int(r, i, 13) == BASSIN__V1__PLACE_KIND__REMOTE, .has_place = !rows_is_null(r, i, 14),
		.place = { (int32_t)rows_int(r, i, 14), (int32_t)rows_int(r, i, 15) },
	};
	return p->id != NULL && p->institution != NULL && p->employer != NULL &&
	    set_read(l, rows_text(r, i, 5), &p->fit.programmes) && set_read(l, rows_text(r, i, 6), &p->fit.competencies) &&
	    reserves_read(l, rows_text(r, i, 18), p);
}

static bool
learner_read(struct loading *l, const struct rows *r, int i, struct pool_learner *p)
{
	const char *programme = rows_text(r, i, 3);
	int32_t code = intern_add(l->codes, programme, strlen(programme));

	if (code < 0)
		return false;
	p->id = arena_strdup(l->a, rows_text(r, i, 0));
	p->institution = name_read(l, rows_text(r, i, 1));
	p->programme = intern_text(l->codes, code);
	p->tier = (int32_t)rows_int(r, i, 15);
	p->assignable = rows_bool(r, i, 16);
	p->withdrawn = rows_bool(r, i, 17);
	p->fit = (struct fit_learner){
		.programme = code, .consent = rows_bool(r, i, 2), .has_place = !rows_is_null(r, i, 4),
		.place = { (int32_t)rows_int(r, i, 4), (int32_t)rows_int(r, i, 5) },
		.max_metres = rows_is_null(r, i, 6) ? FIT_NO_LIMIT : (int32_t)rows_int(r, i, 6),
		.available_from = (int32_t)rows_int(r, i, 7), .available_to = (int32_t)rows_int(r, i, 8),
		.hours = (int32_t)rows_int(r, i, 9), .weekdays = (uint8_t)rows_int(r, i, 10),
		.languages = (uint8_t)rows_int(r, i, 11), .types = (uint32_t)rows_int(r, i, 12),
	};
	return p->id != NULL && p->institution != NULL && set_read(l, rows_text(r, i, 13), &p->fit.competencies) &&
	    groups_read(l, rows_text(r, i, 14), p);
}

static int
postings_load(struct loading *l, const char *posting, int32_t today)
{
	struct params p = params_new(l->scratch);
	struct rows *r = NULL;

	param_text(&p, l->round);
	param_text(&p, posting);
	param_int(&p, today);
	int result = tx_run(l->tx, &SQL_pool_postings, &p, &r);
	if (result != STORE_OK)
		return result;
	l->pool->n_postings = (size_t)rows_count(r);
	l->pool->postings = arena_zalloc(l->a, l->pool->n_postings, sizeof *l->pool->postings);
	for (int i = 0; i < rows_count(r) && l->pool->postings != NULL; i++)
		if (!posting_read(l, r, i, &l->pool->postings[i]))
			return STORE_RETRY;
	return l->pool->postings != NULL ? STORE_OK : STORE_RETRY;
}

/* programmes: those of the first posting only. */
static int
learners_load(struct loading *l, const char *learner, bool of_programmes)
{
	struct params p = params_new(l->scratch);
	struct rows *r = NULL;

	param_text(&p, l->round);
	param_text(&p, learner);
	if (of_programmes) {
		const struct fit_set *set = &l->pool->postings[0].fit.programmes;
		const char **texts = arena_zalloc(l->scratch, set->n, sizeof *texts);
		if (texts == NULL)
			return STORE_RETRY;
		for (size_t k = 0; k < set->n; k++)
			texts[k] = intern_text(l->codes, set->items[k]);
		param_texts(&p, texts, set->n);
	} else {
		param_text(&p, NULL);
	}
	int result = tx_run(l->tx, &SQL_pool_learners, &p, &r);
	if (result != STORE_OK)
		return result;
	l->pool->n_learners = (size_t)rows_count(r);
	l->pool->learners = arena_zalloc(l->a, l->pool->n_learners, sizeof *l->pool->learners);
	for (int i = 0; i < rows_count(r) && l->pool->learners != NULL; i++)
		if (!learner_read(l, r, i, &l->pool->learners[i]))
			return STORE_RETRY;
	return l->pool->learners != NULL ? STORE_OK : STORE_RETRY;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */
typedef int32_t find_fn(const struct pool *p, const char *id);

/* Tiers and references side by side; what is not in the pool keeps its text only. */
static bool
list_read(struct loading *l, const char *tiers, const char *refs, find_fn *find, struct pool_list *out)
{
	size_t n = pieces_of(refs, '|');

	out->entries = arena_zalloc(l->a, n, sizeof *out->entries);
	out->refs = arena_zalloc(l->a, n, sizeof *out->refs);
	if (out->entries == NULL || out->refs == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *ref = refs;
		char *text = arena_strndup(l->scratch, ref, piece_next(&refs, '|'));
		if (text == NULL)
			return false;
		int32_t to = find(l->pool, text);
		out->refs[i] = to == ROUND_NONE ? arena_strdup(l->a, text) : NULL;
		if (to == ROUND_NONE && out->refs[i] == NULL)
			return false;
		out->entries[i] = (struct pool_entry){ to, (int32_t)strtol(tiers, NULL, 10) };
		(void)piece_next(&tiers, ',');
	}
	out->n = n;
	return true;
}

static int
lists_load(struct loading *l, const struct sql *sql, find_fn *owner, find_fn *find, bool of_learners)
{
	struct params p = params_new(l->scratch);
	struct arena *pieces = arena_new(64 * MiB), *scratch = l->scratch;
	struct rows *r = NULL;

	if (pieces == NULL)
		return STORE_RETRY;
	param_text(&p, l->round);
	int result = tx_run(l->tx, sql, &p, &r);
	l->scratch = pieces;
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++) {
		int32_t k = owner(l->pool, rows_text(r, i, 0));
		arena_reset(pieces);
		if (k == ROUND_NONE)
			continue;
		struct pool_list *to = of_learners ? &l->pool->learners[k].ranking : &l->pool->postings[k].choices;
		if (!list_read(l, rows_text(r, i, 1), rows_text(r, i, 2), find, to))
			result = STORE_RETRY;
	}
	l->scratch = scratch;
	arena_destroy(&pieces);
	return result;
}

static int
offers_load(struct loading *l)
{
	struct params p = params_new(l->scratch);
	struct rows *r = NULL;

	param_text(&p, l->round);
	int result = tx_run(l->tx, &SQL_pool_offers, &p, &r);
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++) {
		int32_t k = pool_find_learner(l->pool, rows_text(r, i, 0));
		if (k == ROUND_NONE)
			continue;
		l->pool->learners[k].offer = arena_strdup(l->a, rows_text(r, i, 1));
		if (l->pool->learners[k].offer == NULL)
			result = STORE_RETRY;
	}
	return result;
}

/* What other rounds have placed. A learner who is not in the pool still has her seat. */
static int
standing_load(struct loading *l)
{
	struct params p = params_new(l->scratch);
	struct rows *r = NULL;

	param_text(&p, l->round);
	int result = tx_run(l->tx, &SQL_pool_standing, &p, &r);
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++) {
		const char *posting = arena_strdup(l->a, rows_text(r, i, 1));
		const char *by_round = rows_text(r, i, 2), *round;
		int32_t number = intern_add(l->names, by_round, strlen(by_round));
		round = number < 0 ? NULL : intern_text(l->names, number);
		if (posting == NULL || round == NULL)
			return STORE_RETRY;
		pool_stand(l->pool, pool_find_learner(l->pool, rows_text(r, i, 0)), pool_find_posting(l->pool, posting), posting,
		    round);
	}
	return result;
}

/* ---- */
static bool
loading_init(struct loading *l, struct tx *tx, struct arena *scratch, struct arena *a, const char *round)
{
	*l = (struct loading){ .tx = tx, .scratch = scratch, .a = a, .round = round };
	l->codes = intern_new(a);
	l->names = intern_new(a);
	l->pool = arena_zalloc(a, 1, sizeof *l->pool);
	return l->codes != NULL && l->names != NULL && l->pool != NULL;
}

int
pool_load(struct tx *tx, struct arena *scratch, struct arena *a, const char *round, int32_t today, struct pool **out)
{
	struct loading l;
	int result = loading_init(&l, tx, scratch, a, round) ? STORE_OK : STORE_RETRY;

	if (result == STORE_OK)
		result = postings_load(&l, NULL, today);
	if (result == STORE_OK)
		result = learners_load(&l, NULL, false);
	if (result == STORE_OK)
		result = lists_load(&l, &SQL_pool_rankings, pool_find_learner, pool_find_posting, true);
	if (result == STORE_OK)
		result = lists_load(&l, &SQL_pool_choices, pool_find_posting, pool_find_learner, false);
	if (result == STORE_OK)
		result = offers_load(&l);
	if (result == STORE_OK)
		result = standing_load(&l);
	*out = l.pool;
	return result;
}

int
pool_load_candidates(struct tx *tx, struct arena *a, const char *round, const char *posting,
    int32_t today, struct pool **out)
{
	struct loading l;
	int result = loading_init(&l, tx, a, a, round) ? STORE_OK : STORE_RETRY;

	if (result == STORE_OK)
		result = postings_load(&l, posting, today);
	if (result == STORE_OK && l.pool->n_postings == 1)
		result = learners_load(&l, NULL, true);
	*out = l.pool;
	return result;
}

int
pool_load_pair(struct tx *tx, struct arena *a, const char *round, const char *learner, const char *posting,
    int32_t today, struct pool **out)
{
	struct loading l;
	int result = loading_init(&l, tx, a, a, round) ? STORE_OK : STORE_RETRY;

	if (result == STORE_OK)
		result = postings_load(&l, posting, today);
	if (result == STORE_OK)
		result = learners_load(&l, learner, false);
	*out = l.pool;
	return result;
}
