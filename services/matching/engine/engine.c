/* SPDX-License-Identifier: Apache-2.0 */
/* One round from end to end: each college alone, the endowments, the pool, and what is told about them. */
#include <stdlib.h>

#include "engine/input.h"
#include "engine/pages.h"
#include "engine/reasons.h"
#include "engine/run.h"
#include "engine/solo.h"

/* What all parts of a round share. */
struct round {
	const struct engine_instance *in;
	uint32_t *lot;
	int32_t *by_lot;
	int32_t *pool_seats, *solo_seats; /* by posting: left after the fixed pairs; after the held ones too */
	bool *fixed, *paired; /* by learner: in a fixed pair; in a fixed or a held one */
};

/* What the ranked phase tells. */
static enum engine_status
run_take_ranked(struct engine_run *r, const struct engine_instance *in)
{
	size_t nl = (size_t)in->n_learners, np = (size_t)in->n_postings;

	r->posting = pages_take(nl, sizeof *r->posting);
	r->by = pages_zero(nl, sizeof *r->by);
	r->slot_off = pages_zero(np + 1, sizeof *r->slot_off);
	r->slots = pages_take(nl, sizeof *r->slots);
	r->cutoff_off = pages_take(np + 1, sizeof *r->cutoff_off);
	r->cutoffs = pages_take(np + in->reserves.off[np], sizeof *r->cutoffs);
	if (r->posting == NULL || r->by == NULL || r->slot_off == NULL || r->slots == NULL || r->cutoff_off == NULL ||
	    r->cutoffs == NULL)
		return ENGINE_NO_MEMORY;
	for (size_t i = 0; i < nl; i++)
		r->posting[i] = ENGINE_NONE;
	return ENGINE_OK;
}

static enum engine_status
run_take(struct engine_run *r, const struct engine_instance *in)
{
	r->learner_price = pages_zero((size_t)in->n_learners, sizeof *r->learner_price);
	r->posting_price = pages_zero((size_t)in->n_postings, sizeof *r->posting_price);
	if (r->learner_price == NULL || r->posting_price == NULL)
		return ENGINE_NO_MEMORY;
	return run_take_ranked(r, in);
}

static void
run_free(struct engine_run *r)
{
	free(r->posting);
	free(r->by);
	free(r->slot_off);
	free(r->slots);
	free(r->cutoff_off);
	free(r->cutoffs);
	free(r->learner_price);
	free(r->posting_price);
}

/* One cut-off per reserve and one for the open slots; alone, a posting without college has none. */
static void
place_cutoffs(struct engine_run *r, const struct engine_instance *in, bool alone)
{
	size_t n = 0;

	for (int32_t j = 0; j < in->n_postings; j++) {
		r->cutoff_off[j] = n;
		if (!alone || in->posting_college[j] != ENGINE_NONE)
			n += in->reserves.off[j + 1] - in->reserves.off[j] + 1;
	}
	r->cutoff_off[in->n_postings] = n;
}

static struct engine_outcome *
outcome_new(const struct engine_instance *in)
{
	struct engine_outcome *o = pages_zero(1, sizeof *o);
	size_t nl = (size_t)in->n_learners, nc = (size_t)in->n_colleges;

	if (o == NULL)
		return NULL;
	o->endowment = pages_take(nl, sizeof *o->endowment);
	o->reason = pages_zero(nl, sizeof *o->reason);
	o->at_off = pages_zero(nl + 1, sizeof *o->at_off);
	o->college_learners = pages_zero(nc, sizeof *o->college_learners);
	o->college_alone = pages_zero(nc, sizeof *o->college_alone);
	o->college_pool = pages_zero(nc, sizeof *o->college_pool);
	if (o->endowment == NULL || o->reason == NULL || o->at_off == NULL || o->college_learners == NULL ||
	    o->college_alone == NULL || o->college_pool == NULL || run_take(&o->pool, in) != ENGINE_OK ||
	    run_take(&o->alone, in) != ENGINE_OK) {
		engine_outcome_destroy(&o);
		return NULL;
	}
	place_cutoffs(&o->pool, in, false);
	place_cutoffs(&o->alone, in, true);
	return o;
}

void
engine_outcome_destroy(struct engine_outcome **self)
{
	struct engine_outcome *o = self == NULL ? NULL : *self;

	if (o == NULL)
		return;
	run_free(&o->pool);
	run_free(&o->alone);
	free(o->endowment);
	free(o->reason);
	free(o->at_off);
	free(o->at);
	free(o->college_learners);
	free(o->college_alone);
	free(o->college_pool);
	free(o);
	*self = NULL;
}

static enum engine_status
round_open(struct round *r)
{
	const struct engine_instance *in = r->in;
	size_t nl = (size_t)in->n_learners, np = (size_t)in->n_postings;

	r->lot = pages_take(nl, sizeof *r->lot);
	r->by_lot = pages_take(nl, sizeof *r->by_lot);
	r->pool_seats = pages_take(np, sizeof *r->pool_seats);
	r->solo_seats = pages_take(np, sizeof *r->solo_seats);
	r->fixed = pages_zero(nl, sizeof *r->fixed);
	r->paired = pages_zero(nl, sizeof *r->paired);
	if (r->lot == NULL || r->by_lot == NULL || r->pool_seats == NULL || r->solo_seats == NULL || r->fixed == NULL ||
	    r->paired == NULL)
		return ENGINE_NO_MEMORY;
	for (size_t j = 0; j < np; j++)
		r->pool_seats[j] = r->solo_seats[j] = in->capacity[j];
	for (size_t k = 0; k < in->n_fixed; k++) {
		r->fixed[in->fixed[k].learner] = r->paired[in->fixed[k].learner] = true;
		r->pool_seats[in->fixed[k].posting]--;
		r->solo_seats[in->fixed[k].posting]--;
	}
	for (size_t k = 0; k < in->n_held; k++) {
		r->paired[in->held[k].learner] = true;
		r->solo_seats[in->held[k].posting]--;
	}
	return ranked_draw(in->lottery, in->n_learners, r->lot, r->by_lot);
}

static void
round_close(struct round *r)
{
	free(r->lot);
	free(r->by_lot);
	free(r->pool_seats);
	free(r->solo_seats);
	free(r->fixed);
	free(r->paired);
}

/* The held pairs and, with the guarantee, the solo placements. Returns whether there are any. */
static bool
endow(const struct engine_instance *in, struct engine_outcome *o)
{
	bool any = in->n_held > 0;

	for (int32_t i = 0; i < in->n_learners; i++) {
		o->endowment[i] = in->guarantee ? o->alone.posting[i] : ENGINE_NONE;
		any = any || o->endowment[i] != ENGINE_NONE;
	}
	for (size_t k = 0; k < in->n_held; k++)
		o->endowment[in->held[k].learner] = in->held[k].posting;
	return any;
}

static struct run
pool_of(const struct round *r, struct engine_outcome *o, bool endowed)
{
	const struct engine_instance *in = r->in;

	return (struct run){
		.problem = {
			.in = in, .n_learners = in->n_learners, .n_postings = in->n_postings, .rankings = in->rankings,
			.lot = r->lot, .by_lot = r->by_lot, .seats = r->pool_seats,
			.endowment = endowed ? o->endowment : NULL, .absent = in->n_fixed > 0 ? r->fixed : NULL,
		},
		.college = ENGINE_NONE, .slot_off = o->pool.slot_off, .slots = o->pool.slots,
	};
}

static void
place_fixed(const struct engine_instance *in, struct engine_run *pool)
{
	for (size_t k = 0; k < in->n_fixed; k++) {
		pool->posting[in->fixed[k].learner] = in->fixed[k].posting;
		pool->by[in->fixed[k].learner] = ENGINE_FIXED;
	}
}

static enum engine_status
run_pool(const struct round *r, struct engine_outcome *o)
{
	struct run run = pool_of(r, o, endow(r->in, o));
	struct ranked *ranked;
	enum engine_status status = run_solve(&run, &o->pool, &ranked);

	if (status != ENGINE_OK)
		return status;
	place_fixed(r->in, &o->pool);
	status = reasons_tell(r->in, ranked, r->fixed, o);
	ranked_destroy(&ranked);
	return status;
}

static void
count_colleges(const struct round *r, struct engine_outcome *o)
{
	for (int32_t i = 0; i < r->in->n_learners; i++) {
		int32_t c = r->in->learner_college[i];

		if (c == ENGINE_NONE)
			continue;
		o->college_learners[c]++;
		o->college_alone[c] += r->paired[i] || o->alone.by[i] != ENGINE_NOT_PLACED;
		o->college_pool[c] += o->pool.by[i] != ENGINE_NOT_PLACED;
	}
}

/* The fit of each assigned learner, found in her row. */
static void
count_objective(const struct engine_instance *in, struct engine_outcome *o)
{
	for (int32_t i = 0; i < in->n_learners; i++) {
		int32_t need = in->learner_need[i];

		if (need >= o->n_needs)
			o->n_needs = need + 1;
		o->needs[need] += o->pool.by[i] != ENGINE_NOT_PLACED;
		o->placed += o->pool.by[i] != ENGINE_NOT_PLACED;
		if (o->pool.by[i] != ENGINE_ASSIGNED)
			continue;
		for (size_t k = in->fit.off[i]; k < in->fit.off[i + 1]; k++)
			if (in->fit.entry[k].to == o->pool.posting[i])
				o->fit += in->fit.entry[k].value;
	}
}

enum engine_status
engine_solve(const struct engine_instance *in, int threads, struct engine_outcome **out)
{
	enum engine_status status = input_check(in);
	struct round r = { .in = in };
	struct engine_outcome *o = NULL;

	*out = NULL;
	if (status != ENGINE_OK)
		return status;
	status = round_open(&r);
	if (status == ENGINE_OK && (o = outcome_new(in)) == NULL)
		status = ENGINE_NO_MEMORY;
	if (status == ENGINE_OK) {
		struct solo_input solo = { in, threads, r.lot, r.by_lot, r.solo_seats, r.paired };

		status = solo_runs(&solo, &o->alone);
	}
	if (status == ENGINE_OK)
		status = run_pool(&r, o);
	if (status == ENGINE_OK) {
		count_colleges(&r, o);
		count_objective(in, o);
		*out = o;
	} else {
		engine_outcome_destroy(&o);
	}
	round_close(&r);
	return status;
}

static enum engine_status
ranked_alone(const struct round *r, struct engine_outcome *o, uint64_t *proposals)
{
	enum engine_status status = run_take_ranked(&o->pool, r->in);

	o->endowment = pages_take((size_t)r->in->n_learners, sizeof *o->endowment);
	if (status == ENGINE_OK && o->endowment == NULL)
		status = ENGINE_NO_MEMORY;
	if (status != ENGINE_OK)
		return status;
	for (int32_t i = 0; i < r->in->n_learners; i++)
		o->endowment[i] = ENGINE_NONE;
	for (size_t k = 0; k < r->in->n_held; k++)
		o->endowment[r->in->held[k].learner] = r->in->held[k].posting;
	place_cutoffs(&o->pool, r->in, false);
	struct run run = pool_of(r, o, r->in->n_held > 0);
	status = run_ranked(&run, &o->pool, proposals);
	if (status == ENGINE_OK)
		place_fixed(r->in, &o->pool);
	return status;
}

enum engine_status
engine_ranked_alone(const struct engine_instance *in, struct engine_outcome **out, uint64_t *proposals)
{
	struct round r = { .in = in };
	struct engine_outcome *o = pages_zero(1, sizeof *o);
	enum engine_status status = o == NULL ? ENGINE_NO_MEMORY : round_open(&r);

	if (status == ENGINE_OK)
		status = ranked_alone(&r, o, proposals);
	if (status != ENGINE_OK)
		engine_outcome_destroy(&o);
	round_close(&r);
	*out = o;
	return status;
}

const char *
engine_status_to_text(enum engine_status s)
{
	switch (s) {
	case ENGINE_OK: return "solved";
	case ENGINE_BAD_INPUT: return "the instance is not of the shape that the engine takes";
	case ENGINE_NO_MEMORY: return "not enough memory";
	}
	return "unknown status";
}
