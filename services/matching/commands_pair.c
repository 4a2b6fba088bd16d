/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who fits where. A college sees the candidates of its own postings, and pairs of which one side is its own; of another
 * college's learner it sees only what the list of candidates shows. Whatever else it asks for gets the answer that an
 * unknown pool number gets, so nobody learns which numbers exist.
 */
#include <stdlib.h>
#include <string.h>

#include "base/refusal.h"
#include "commands.h"
#include "service/listing.h"
#include "store.h"
#include "store_pool.h"
#include "wire.h"

/* The weights and the pool that are meant: those of a frozen round, or the usual ones and the present view. */
static enum verdict
pool_meant(struct call *call, const char *round, struct fit_weights *weights)
{
	struct round *r = NULL;

	*weights = FIT_USUAL_WEIGHTS;
	if (round[0] == '\0')
		return VERDICT_OK;
	enum verdict v = round_of_call(call, round, &r);
	if (v != VERDICT_OK)
		return v;
	*weights = r->weights;
	return round_has_snapshot(r->state) ? VERDICT_OK :
	    call_refuse_state(call, "round", round_state_to_text(r->state), "frozen|solved|published|closed");
}

static const char *
number_text(struct arena *a, int64_t n)
{
	const char *text = arena_printf(a, "%lld", (long long)n);

	return text != NULL ? text : "";
}

/* The part of the distance. Where a place is unknown it counts 0, and is not told as if they were far from each other. */
#define UNKNOWN "unknown"

static const char *
distance_text(struct arena *a, const struct fit_posting *p, const struct fit *fit)
{
	return !p->remote && fit->metres < 0 ? UNKNOWN : number_text(a, fit->distance);
}

/* ---- candidates -------------------------------------------------------------------------------------------------- */
struct candidate { const struct pool_learner *learner; struct fit fit; };

static int
best_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->fit.total != y->fit.total)
		return x->fit.total > y->fit.total ? -1 : 1;
	return strcmp(x->learner->id, y->learner->id);
}

static enum verdict
candidates_answer(struct call *call, const struct list_ask *ask, const struct fit_posting *p, const struct candidate *c,
    size_t n)
{
	static const char *const COLUMNS[] = { "learner", "institution", "fit", "competencies", "distance", "hours", NULL };
	struct arena *a = call->work->arena;
	struct listing *l = listing_new(a, COLUMNS, ask->limit);

	if (l == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < n; i++) {
		const char *cursor = arena_printf(a, "%04d/%s", FIT_MAX - c[i].fit.total, c[i].learner->id);
		if (cursor == NULL)
			return VERDICT_RETRY;
		if (strcmp(cursor, ask->after) <= 0)
			continue;
		const char *const cells[] = { c[i].learner->id, c[i].learner->institution, number_text(a, c[i].fit.total),
			number_text(a, c[i].fit.competencies), distance_text(a, p, &c[i].fit),
			number_text(a, c[i].fit.hours) };
		if (!listing_add(l, cursor, cells))
			break;
	}
	return listing_answer(call, l);
}

static enum verdict
candidates_of(struct call *call, const struct list_ask *ask, const struct pool *pool, const struct fit_weights *weights)
{
	struct candidate *c = arena_zalloc(call->work->arena, pool->n_learners, sizeof *c);
	const struct fit_posting *p = &pool->postings[0].fit;
	size_t n = 0;

	if (c == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < pool->n_learners; i++) {
		const struct pool_learner *l = &pool->learners[i];
		int32_t metres = fit_metres(&l->fit, p);
		if (!l->withdrawn && fit_reasons(&l->fit, p, metres) == 0)
			c[n++] = (struct candidate){ l, fit_of(&l->fit, p, metres, weights) };
	}
	if (n > 1)
		qsort(c, n, sizeof *c, best_first);
	return candidates_answer(call, ask, p, c, n);
}

enum verdict
on_candidate_list(struct call *call)
{
	static const char *const NAMES[] = { "posting", "round", NULL };
	struct arena *a = call->work->arena;
	struct list_ask *ask = NULL;
	struct fit_weights weights;
	struct pool *pool = NULL;
	enum verdict v = list_ask_read(call, NAMES, &ask);

	if (v != VERDICT_OK)
		return v;
	const char *posting = list_filter(ask, "posting"), *round = list_filter(ask, "round"), *asker = asker_of(call);
	if (posting == NULL)
		return call_refuse(call, REFUSAL_REQUIRED, "posting", NULL);
	if (strchr(posting, '/') == NULL && asker != NULL)
		posting = arena_printf(a, "%s/%s", asker, posting);
	if (posting == NULL)
		return VERDICT_RETRY;
	if (asker != NULL && !reference_is_of(posting, asker))
		return call_refuse(call, REFUSAL_NOT_YOURS, "posting", NULL);
	round = round != NULL ? round : "";
	v = pool_meant(call, round, &weights);
	if (v != VERDICT_OK)
		return v;
	int result = pool_load_candidates(call->work->tx, a, round, posting, today(call->work), &pool);
	if (result != STORE_OK)
		return verdict_of(result);
	if (pool->n_postings == 0)
		return call_refuse(call, REFUSAL_UNKNOWN, "posting", NULL);
	return candidates_of(call, ask, pool, &weights);
}

/* ---- a pair ------------------------------------------------------------------------------------------------------ */
struct pair_page { struct listing *l; bool full; };

static void
field_add(struct pair_page *page, const char *field, const char *value)
{
	const char *const cells[] = { field, value };

	page->full = page->full || !listing_add(page->l, field, cells); /* never: 64 rows are more than there are fields */
}

static void
reasons_add(struct pair_page *page, const struct pool *pool, unsigned reasons)
{
	const struct pool_posting *p = &pool->postings[0];

	if (!p->open)
		reasons |= LEFT_OUT_NOT_OPEN;
	if (p->withdrawn || pool->learners[0].withdrawn)
		reasons |= LEFT_OUT_WITHDRAWN;
	field_add(page, "eligible", reasons == 0 ? "yes" : "no");
	for (unsigned k = 0; k < LEFT_OUT_BITS; k++)
		if ((reasons & 1u << k) != 0)
			field_add(page, "reason", left_out_to_text(1u << k));
	field_add(page, "may_be_ranked", fit_may_be_ranked(reasons) ? "yes" : "no");
}

static enum verdict
pair_answer(struct call *call, const struct pool *pool, const struct fit_weights *weights, bool tells_distance)
{
	static const char *const COLUMNS[] = { "field", "value", NULL };
	struct arena *a = call->work->arena;
	struct pair_page page = { listing_new(a, COLUMNS, 64), false };
	const struct pool_learner *l = &pool->learners[0];
	const struct pool_posting *p = &pool->postings[0];
	int32_t metres = fit_metres(&l->fit, &p->fit);
	struct fit fit = fit_of(&l->fit, &p->fit, metres, weights);

	if (page.l == NULL)
		return VERDICT_RETRY;
	field_add(&page, "learner", l->id);
	field_add(&page, "posting", p->id);
	reasons_add(&page, pool, fit_reasons(&l->fit, &p->fit, metres));
	field_add(&page, "fit", number_text(a, fit.total));
	field_add(&page, "fit_competencies", number_text(a, fit.competencies));
	field_add(&page, "fit_distance", distance_text(a, &p->fit, &fit));
	field_add(&page, "fit_hours", number_text(a, fit.hours));
	if (tells_distance && !p->fit.remote)
		field_add(&page, "distance_m", metres < 0 ? UNKNOWN : number_text(a, metres));
	return listing_answer(call, page.l);
}

/* May the asker see this pair? */
static bool
pair_is_visible(const struct pool *pool, const char *asker)
{
	const struct pool_learner *l = &pool->learners[0];
	const struct pool_posting *p = &pool->postings[0];

	if (asker == NULL || strcmp(l->institution, asker) == 0)
		return true;
	return strcmp(p->institution, asker) == 0 && !l->withdrawn &&
	    fit_reasons(&l->fit, &p->fit, fit_metres(&l->fit, &p->fit)) == 0;
}

enum verdict
on_pair_show(struct call *call)
{
	const char *asker = asker_of(call), *learner = "", *institution = "";
	struct arena *a = call->work->arena;
	struct pair_ask ask;
	struct fit_weights weights;
	struct pool *pool = NULL;
	bool found = false;
	enum verdict v = pair_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = pool_meant(call, ask.round, &weights);
	if (v != VERDICT_OK)
		return v;
	int result = pair_learner_find(call->work->tx, a, asker, ask.learner, &learner, &institution, &found);
	if (result == STORE_OK)
		result = pool_load_pair(call->work->tx, a, ask.round, learner, ask.posting, today(call->work), &pool);
	if (result != STORE_OK)
		return verdict_of(result);
	bool own_posting = asker == NULL || reference_is_of(ask.posting, asker);
	bool own_learner = found && (asker == NULL || strcmp(institution, asker) == 0);
	if (pool->n_postings == 0 || (!own_posting && !pool->postings[0].open))
		return call_refuse(call, REFUSAL_UNKNOWN, "posting", NULL);
	if (pool->n_learners == 0 || (!own_posting && !own_learner) || !pair_is_visible(pool, asker))
		return call_refuse(call, REFUSAL_UNKNOWN, "learner", NULL);
	return pair_answer(call, pool, &weights, own_learner);
}
