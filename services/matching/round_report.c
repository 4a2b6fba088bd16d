/* SPDX-License-Identifier: Apache-2.0 */
/* Counting only: nothing is decided here. */
#include "round_report.h"

struct counting {
	const struct instance *in;
	const struct engine_instance *e;
	const struct engine_outcome *out;
	struct round_report *r;
	bool *keeps;                    /* by learner: stays on the seat that she holds */
};

enum { UNPLACED = INT32_MAX };

static struct round_row *
row_of(struct round_report *r, int32_t college)
{
	return college == ENGINE_NONE ? &r->nobody : &r->colleges[college];
}

int32_t
round_report_tier(const struct instance *in, int32_t i, int32_t posting)
{
	const struct engine_rankings *lists = &in->engine.rankings;

	for (size_t k = lists->off[i]; k < lists->off[i + 1]; k++)
		if (lists->line[k].posting == posting)
			return in->ranking_tier[k];
	return ROUND_REPORT_UNRANKED;
}

/* The same of a place that may be none: UNPLACED, worse than any. */
static int32_t
tier_of(const struct counting *c, int32_t i, int32_t posting)
{
	return posting == ENGINE_NONE ? UNPLACED : round_report_tier(c->in, i, posting);
}

static void
count_learner(const struct counting *c, int32_t i, struct round_row *row)
{
	enum engine_by by = c->keeps[i] ? ENGINE_NOT_PLACED : (enum engine_by)c->out->pool.by[i];
	enum engine_reason reason = (enum engine_reason)c->out->reason[i];

	row->learners++;
	row->kept += c->keeps[i];
	row->placed_fixed += by == ENGINE_FIXED;
	row->placed_ranked += by == ENGINE_RANKED;
	row->placed_assigned += by == ENGINE_ASSIGNED;
	row->better_alone += tier_of(c, i, c->out->alone.posting[i]) < tier_of(c, i, c->out->pool.posting[i]);
	row->nothing_ranked += reason == ENGINE_NOTHING_RANKED;
	row->not_eligible += reason == ENGINE_NOT_ELIGIBLE;
	row->outranked += reason == ENGINE_OUTRANKED;
	row->no_seat += reason == ENGINE_NO_SEAT;
}

static void
count_learners(const struct counting *c)
{
	struct round_report *r = c->r;

	for (int32_t i = 0; i < c->e->n_learners; i++) {
		int32_t posting = c->out->pool.posting[i];

		count_learner(c, i, row_of(r, c->e->learner_college[i]));
		count_learner(c, i, &r->all);
		if (posting != ENGINE_NONE) {
			row_of(r, c->e->posting_college[posting])->seats_filled++;
			r->all.seats_filled++;
		}
	}
	for (int32_t k = 0; k < c->e->n_colleges; k++) {
		r->colleges[k].alone = c->out->college_alone[k];
		r->colleges[k].pool = c->out->college_pool[k];
		r->all.alone += c->out->college_alone[k];
		r->all.pool += c->out->college_pool[k];
	}
}

static void
count_postings(const struct counting *c)
{
	for (int32_t j = 0; j < c->e->n_postings; j++) {
		struct round_row *row = row_of(c->r, c->e->posting_college[j]);

		row->postings++;
		row->seats += c->e->capacity[j];
		c->r->all.postings++;
		c->r->all.seats += c->e->capacity[j];
	}
}

static void
count_tiers(const struct counting *c)
{
	struct round_report *r = c->r;

	for (int32_t i = 0; i < c->e->n_learners; i++) {
		if (c->out->pool.by[i] != ENGINE_RANKED || c->keeps[i])
			continue;
		int32_t tier = tier_of(c, i, c->out->pool.posting[i]);
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
	struct counting c = { .in = in, .e = e, .out = out, .r = r };

	if (r == NULL)
		return NULL;
	c.keeps = arena_zalloc(a, (size_t)e->n_learners, sizeof *c.keeps);
	r->colleges = arena_zalloc(a, (size_t)e->n_colleges, sizeof *r->colleges);
	r->rank_counts = arena_zalloc(a, (size_t)e->n_postings, sizeof *r->rank_counts); /* tiers are dense */
	if (c.keeps == NULL || r->colleges == NULL || r->rank_counts == NULL)
		return NULL;
	for (size_t k = 0; k < e->n_held; k++)
		c.keeps[e->held[k].learner] = out->pool.posting[e->held[k].learner] == e->held[k].posting;
	count_learners(&c);
	count_postings(&c);
	count_tiers(&c);
	return r;
}
