/* SPDX-License-Identifier: Apache-2.0 */
/* One round from end to end: the solo runs, the pool, and what is told about them. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine_priv.h"

void *
plan_take(struct plan *p, size_t count, size_t size)
{
	void *here = p->base == NULL ? NULL : p->base + p->used;

	/* At most INT32_MAX of at most 32 bytes each, some thirty times: far from overflowing 64 bits. */
	p->used += (count * size + 15) & ~(size_t)15;
	return here;
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void
work_lay_out(struct work *w, struct plan *p)
{
	size_t nl = (size_t)w->in->n_learners, np = (size_t)w->in->n_postings;
	size_t entries = w->in->rankings.off[nl], both = larger(entries, nl), marks = larger(nl, np);

	w->seats = plan_take(p, np, sizeof *w->seats);
	w->fixed_at = plan_take(p, nl, sizeof *w->fixed_at);
	w->pairs.learner_off = plan_take(p, nl + 1, sizeof *w->pairs.learner_off);
	w->pairs.posting_off = plan_take(p, np + 1, sizeof *w->pairs.posting_off);
	w->pairs.learner = plan_take(p, entries, sizeof *w->pairs.learner);
	w->pairs.posting = plan_take(p, entries, sizeof *w->pairs.posting);
	w->pairs.tier = plan_take(p, entries, sizeof *w->pairs.tier);
	w->pairs.fit = plan_take(p, entries, sizeof *w->pairs.fit);
	w->pairs.standing = plan_take(p, entries, sizeof *w->pairs.standing);
	w->pairs.pair_at = plan_take(p, entries, sizeof *w->pairs.pair_at);
	w->ranked.state = plan_take(p, entries, sizeof *w->ranked.state);
	w->ranked.next = plan_take(p, nl, sizeof *w->ranked.next);
	w->ranked.held = plan_take(p, np, sizeof *w->ranked.held);
	w->ranked.worst = plan_take(p, np, sizeof *w->ranked.worst);
	w->entry_learner = plan_take(p, entries, sizeof *w->entry_learner);
	w->entry_tier = plan_take(p, entries, sizeof *w->entry_tier);
	w->entry_fit = plan_take(p, entries, sizeof *w->entry_fit);
	w->entry_key = plan_take(p, entries, sizeof *w->entry_key);
	w->order = plan_take(p, both, sizeof *w->order);
	w->order_to = plan_take(p, both, sizeof *w->order_to);
	w->counts = plan_take(p, larger(marks + 2, 0x10000), sizeof *w->counts);
	w->lottery_rank = plan_take(p, nl, sizeof *w->lottery_rank);
	w->mark = plan_take(p, marks, sizeof *w->mark);
	w->mark_value = plan_take(p, marks, sizeof *w->mark_value);
}

static void
certificate_lay_out(struct engine_certificate *c, const struct engine_instance *in, struct plan *p)
{
	size_t np = (size_t)in->n_postings;

	c->slot_off = plan_take(p, np + 1, sizeof *c->slot_off);
	c->slots = plan_take(p, (size_t)in->n_learners, sizeof *c->slots);
	c->cutoff_off = plan_take(p, np + 1, sizeof *c->cutoff_off);
	c->cutoffs = plan_take(p, np + in->reserves.off[np], sizeof *c->cutoffs);
}

static struct engine_outcome *
outcome_lay_out(const struct engine_instance *in, struct plan *p)
{
	size_t nl = (size_t)in->n_learners, nc = (size_t)in->n_colleges;
	struct engine_outcome *o = plan_take(p, 1, sizeof *o), measured = { 0 };
	struct engine_outcome *to = o == NULL ? &measured : o;

	to->posting = plan_take(p, nl, sizeof *to->posting);
	to->by = plan_take(p, nl, sizeof *to->by);
	to->reason = plan_take(p, nl, sizeof *to->reason);
	to->at_off = plan_take(p, nl + 1, sizeof *to->at_off);
	to->at = plan_take(p, in->rankings.off[nl], sizeof *to->at);
	to->endowment = plan_take(p, nl, sizeof *to->endowment);
	to->solo = plan_take(p, nl, sizeof *to->solo);
	to->college_learners = plan_take(p, nc, sizeof *to->college_learners);
	to->college_alone = plan_take(p, nc, sizeof *to->college_alone);
	to->college_pool = plan_take(p, nc, sizeof *to->college_pool);
	certificate_lay_out(&to->pool, in, p);
	certificate_lay_out(&to->alone, in, p);
	return o;
}

/* Holders and cut-offs as the run in w->ranked left them. */
static void
certify(const struct work *w, struct engine_certificate *c)
{
	const struct pairs *p = &w->pairs;
	size_t slots = 0;

	for (int32_t j = 0; j < w->in->n_postings; j++) {
		struct engine_cutoff *cut = &c->cutoffs[j];

		c->slot_off[j] = slots;
		c->cutoff_off[j] = (size_t)j;
		*cut = (struct engine_cutoff){ ENGINE_SEATS_CLOSED, ENGINE_NONE, 0, 0 };
		for (uint32_t s = p->posting_off[j]; s < p->posting_off[j + 1]; s++)
			if (w->ranked.state[s] == PROPOSAL_HELD)
				c->slots[slots++] =
				    (struct engine_slot){ p->learner[p->pair_at[s]], ENGINE_OPEN_SLOT, false };
		if (w->ranked.held[j] < w->seats[j]) {
			cut->state = ENGINE_SEAT_FREE;
		} else if (w->seats[j] > 0) {
			uint32_t e = p->pair_at[w->ranked.worst[j]];

			*cut = (struct engine_cutoff){ ENGINE_CUT, p->learner[e], p->tier[e], p->fit[e] };
		}
	}
	c->slot_off[w->in->n_postings] = slots;
	c->cutoff_off[w->in->n_postings] = (size_t)w->in->n_postings;
}

static void
tell_solo(const struct work *w, struct engine_outcome *o)
{
	for (int32_t i = 0; i < w->in->n_learners; i++) {
		uint32_t e = ranked_pair_of(w, i);
		int32_t college = w->in->learner_college[i];

		o->endowment[i] = ENGINE_NONE;
		o->solo[i] = e == UINT32_MAX ? ENGINE_NONE : w->pairs.posting[e];
		if (college != ENGINE_NONE && (o->solo[i] != ENGINE_NONE || w->fixed_at[i] != ENGINE_NONE))
			o->college_alone[college]++;
	}
	certify(w, &o->alone);
}

static void
tell_placements(const struct work *w, struct engine_outcome *o)
{
	const struct engine_instance *in = w->in;

	for (int32_t i = 0; i < in->n_learners; i++) {
		uint32_t e = ranked_pair_of(w, i);
		int32_t college = in->learner_college[i];
		bool ranked = e != UINT32_MAX, placed = ranked || w->fixed_at[i] != ENGINE_NONE;

		o->posting[i] = ranked ? w->pairs.posting[e] : w->fixed_at[i];
		o->by[i] = ranked ? ENGINE_RANKED : placed ? ENGINE_FIXED : ENGINE_NOT_PLACED;
		if (in->learner_need[i] >= o->n_needs)
			o->n_needs = in->learner_need[i] + 1;
		if (college != ENGINE_NONE) {
			o->college_learners[college]++;
			o->college_pool[college] += placed;
		}
		o->placed += placed;
		o->needs[in->learner_need[i]] += placed;
	}
}

/* How many proposals came before each standing at its posting, into w->order, which the sorting no longer needs. */
static void
count_ahead(struct work *w)
{
	const struct pairs *p = &w->pairs;

	for (int32_t j = 0; j < w->in->n_postings; j++) {
		uint32_t ahead = 0;

		for (uint32_t s = p->posting_off[j]; s < p->posting_off[j + 1]; s++) {
			w->order[s] = ahead;
			ahead += w->ranked.state[s] != PROPOSAL_NONE;
		}
	}
}

static void
tell_reasons(struct work *w, struct engine_outcome *o)
{
	const struct pairs *p = &w->pairs;
	size_t rows = 0;

	count_ahead(w);
	for (int32_t i = 0; i < w->in->n_learners; i++) {
		o->at_off[i] = rows;
		if (o->by[i] != ENGINE_NOT_PLACED)
			continue;
		if (w->in->rankings.off[i] == w->in->rankings.off[i + 1])
			o->reason[i] = ENGINE_NOTHING_RANKED;
		else if (p->learner_off[i] == p->learner_off[i + 1])
			o->reason[i] = ENGINE_NOT_ELIGIBLE;
		else
			o->reason[i] = ENGINE_OUTRANKED;
		for (uint32_t e = p->learner_off[i]; e < p->learner_off[i + 1]; e++)
			o->at[rows++] = (struct engine_at){ p->posting[e], (int32_t)w->order[p->standing[e]] };
	}
	o->at_off[w->in->n_learners] = rows;
}

static enum engine_status
solve(struct work *w, struct engine_outcome *o)
{
	if (!fixed_take_out(w) || !pairs_build(w))
		return ENGINE_BAD_INPUT;
	ranked_run(w, true);
	tell_solo(w, o);
	ranked_run(w, false);
	certify(w, &o->pool);
	tell_placements(w, o);
	tell_reasons(w, o);
	return ENGINE_OK;
}

enum engine_status
engine_solve(const struct engine_instance *in, struct engine_outcome **out)
{
	struct work w = { .in = in };
	struct plan work = { NULL, 0 }, told = { NULL, 0 };
	enum engine_status status = ENGINE_NO_MEMORY;

	*out = NULL;
	if (!engine_input_is_sound(in))
		return ENGINE_BAD_INPUT;
	if (!engine_input_is_supported(in))
		return ENGINE_UNSUPPORTED;
	work_lay_out(&w, &work);
	outcome_lay_out(in, &told);
	work = (struct plan){ malloc(work.used), 0 };
	told = (struct plan){ calloc(1, told.used), 0 };
	if (work.base != NULL && told.base != NULL) {
		work_lay_out(&w, &work);
		*out = outcome_lay_out(in, &told);
		status = solve(&w, *out);
	}
	free(work.base);
	if (status != ENGINE_OK) {
		free(told.base);
		*out = NULL;
	}
	return status;
}

void
engine_outcome_destroy(struct engine_outcome **self)
{
	if (self == NULL)
		return;
	free(*self);
	*self = NULL;
}

const char *
engine_status_to_text(enum engine_status s)
{
	switch (s) {
	case ENGINE_OK:
		return "solved";
	case ENGINE_UNSUPPORTED:
		return "asks for what this engine does not solve yet: guarantee, assignable, reserves or held pairs";
	case ENGINE_BAD_INPUT:
		return "the instance is not of the shape that the engine takes";
	case ENGINE_NO_MEMORY:
		return "not enough memory";
	}
	return "unknown status";
}
