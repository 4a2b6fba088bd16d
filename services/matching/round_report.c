/* SPDX-License-Identifier: Apache-2.0 */
/* Counting only: nothing is decided here. */
#include "round_report.h"

static struct round_row *
row_of(struct round_report *r, int32_t college)
{
	return college == ENGINE_NONE ? &r->nobody : &r->colleges[college];
}

static void
count_learner(struct round_row *row, enum engine_by by, enum engine_reason reason)
{
	row->learners++;
	row->placed_fixed += by == ENGINE_FIXED;
	row->placed_ranked += by == ENGINE_RANKED;
	row->placed_assigned += by == ENGINE_ASSIGNED;
	row->nothing_ranked += reason == ENGINE_NOTHING_RANKED;
	row->not_eligible += reason == ENGINE_NOT_ELIGIBLE;
	row->outranked += reason == ENGINE_OUTRANKED;
	row->no_seat += reason == ENGINE_NO_SEAT;
}

static void
count_learners(const struct engine_instance *e, const struct engine_outcome *out, struct round_report *r)
{
	for (int32_t i = 0; i < e->n_learners; i++) {
		struct round_row *row = row_of(r, e->learner_college[i]);

		count_learner(row, out->pool.by[i], out->reason[i]);
		count_learner(&r->all, out->pool.by[i], out->reason[i]);
		if (out->pool.posting[i] != ENGINE_NONE) {
			row_of(r, e->posting_college[out->pool.posting[i]])->seats_filled++;
			r->all.seats_filled++;
		}
	}
	for (int32_t c = 0; c < e->n_colleges; c++) {
		r->colleges[c].alone = out->college_alone[c];
		r->all.alone += out->college_alone[c];
	}
}

static void
count_postings(const struct engine_instance *e, struct round_report *r)
{
	for (int32_t j = 0; j < e->n_postings; j++) {
		struct round_row *row = row_of(r, e->posting_college[j]);

		row->postings++;
		row->seats += e->capacity[j];
		r->all.postings++;
		r->all.seats += e->capacity[j];
	}
}

/* The tier of the learner's own ranking, from 0, that she got. */
static int32_t
tier_got(const struct instance *in, const struct engine_outcome *out, int32_t i)
{
	const struct engine_rankings *r = &in->engine.rankings;

	for (size_t k = r->off[i]; k < r->off[i + 1]; k++)
		if (r->line[k].posting == out->pool.posting[i])
			return in->ranking_tier[k];
	return ENGINE_NONE;
}

static void
count_tiers(const struct instance *in, const struct engine_outcome *out, struct round_report *r)
{
	for (int32_t i = 0; i < in->engine.n_learners; i++) {
		int32_t tier = out->pool.by[i] == ENGINE_RANKED ? tier_got(in, out, i) : ENGINE_NONE;

		if (tier == ENGINE_NONE)
			continue;
		r->rank_counts[tier]++;
		if (tier >= r->n_rank_counts)
			r->n_rank_counts = tier + 1;
	}
}

struct round_report *
round_report_make(const struct instance *in, const struct engine_outcome *out, struct arena *a)
{
	const struct engine_instance *e = &in->engine;
	struct round_report *r = arena_zalloc(a, 1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->colleges = arena_zalloc(a, (size_t)e->n_colleges, sizeof *r->colleges);
	r->rank_counts = arena_zalloc(a, (size_t)e->n_postings, sizeof *r->rank_counts); /* tiers are dense */
	if (r->colleges == NULL || r->rank_counts == NULL)
		return NULL;
	count_learners(e, out, r);
	count_postings(e, r);
	count_tiers(in, out, r);
	return r;
}
