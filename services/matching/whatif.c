/* SPDX-License-Identifier: Apache-2.0 */
/* The changed instance, and the difference of two outcomes. */
#include "whatif.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the change -------------------------------------------------------------------------------------------------- */
struct changing {
	const struct instance *in;
	const struct whatif_change *change;
	struct draft *draft;
	int32_t college; /* that leaves, or ENGINE_NONE */
	int64_t *seats; /* by posting */
	int32_t *learner, *posting; /* number in the draft; ENGINE_NONE: leaves */
};

/* Both texts of a flaw with the same words in their gaps. -1. */
#define REFUSE(flaw, why, english, french, ...)                                                          \
	((flaw)->code = (why), (void)snprintf((flaw)->text, sizeof((flaw)->text), english, __VA_ARGS__), \
	 (void)snprintf((flaw)->text_fr, sizeof((flaw)->text_fr), french, __VA_ARGS__), -1)

static int
refuse_memory(struct instance_flaw *flaw)
{
	return REFUSE(flaw, "no_memory", "%s", "mémoire insuffisante%.0s", "out of memory");
}

static int32_t
find(const char *const *ids, int32_t count, const char *id)
{
	int32_t from = 0, to = count;

	while (from < to) {
		int32_t middle = from + (to - from) / 2;
		int order = strcmp(ids[middle], id);
		if (order == 0)
			return middle;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return ENGINE_NONE;
}

static bool
leaves(const struct changing *c, int32_t college)
{
	return college != ENGINE_NONE && college == c->college;
}

static int32_t
pairs_at(const struct engine_instance *e, int32_t posting)
{
	int32_t count = 0;

	for (size_t k = 0; k < e->n_fixed; k++)
		count += e->fixed[k].posting == posting;
	for (size_t k = 0; k < e->n_held; k++)
		count += e->held[k].posting == posting;
	return count;
}

static int
change_seats(struct changing *c, const struct whatif_seats *s, struct instance_flaw *flaw)
{
	const struct engine_instance *e = &c->in->engine;
	int32_t j = find(c->in->posting_ids, e->n_postings, s->posting);

	if (j == ENGINE_NONE)
		return REFUSE(
		    flaw, "unknown_id", "posting %s is not in the instance; allowed is the id of one of its postings",
		    "l'offre %s n'est pas dans l'instance ; est admis l'identifiant d'une de ses offres", s->posting);
	if (leaves(c, e->posting_college[j]))
		return REFUSE(flaw, "unknown_id",
		              "posting %s leaves with its college; allowed is the id of one that stays",
		              "l'offre %s part avec son établissement ; est admis l'identifiant d'une offre qui reste",
		              s->posting);
	int32_t pairs = pairs_at(e, j);
	int64_t seats =
	    s->relative && s->seats >= -INT32_MAX && s->seats <= INT32_MAX ? c->seats[j] + s->seats : s->seats;
	if (seats < pairs || seats > INT32_MAX)
		return REFUSE(
		    flaw, "out_of_range",
		    "posting %s cannot have that number of seats; allowed is %d (its fixed and held pairs) to %d",
		    "l'offre %s ne peut pas avoir ce nombre de places ; est admis de %d (ses paires fixes et tenues) à %d",
		    s->posting, pairs, INT32_MAX);
	c->seats[j] = seats;
	return 0;
}

/* Pairs between the college and another one stand: the learner is out of the pool, and so is the seat. */
static void
take_out_pairs(struct changing *c, const struct engine_pair *pairs, size_t count)
{
	const struct engine_instance *e = &c->in->engine;

	for (size_t k = 0; k < count; k++) {
		int32_t i = pairs[k].learner, j = pairs[k].posting;
		bool learner_leaves = leaves(c, e->learner_college[i]),
		     posting_leaves = leaves(c, e->posting_college[j]);
		if (learner_leaves && !posting_leaves)
			c->seats[j]--;
		if (posting_leaves && !learner_leaves)
			c->learner[i] = ENGINE_NONE;
	}
}

/* Decides who leaves; learner and posting become 0 or ENGINE_NONE. */
static int
decide(struct changing *c, struct instance_flaw *flaw)
{
	const struct engine_instance *e = &c->in->engine;

	if (c->change->without_college != NULL) {
		c->college = find(c->in->college_ids, e->n_colleges, c->change->without_college);
		if (c->college == ENGINE_NONE)
			return REFUSE(
			    flaw, "unknown_id",
			    "college %s is not in the instance; allowed is the id of one of its colleges",
			    "l'établissement %s n'est pas dans l'instance ; est admis l'identifiant d'un de ceux qui y sont",
			    c->change->without_college);
	}
	for (int32_t j = 0; j < e->n_postings; j++) {
		c->seats[j] = e->capacity[j];
		c->posting[j] = leaves(c, e->posting_college[j]) ? ENGINE_NONE : 0;
	}
	for (int32_t i = 0; i < e->n_learners; i++)
		c->learner[i] = leaves(c, e->learner_college[i]) ? ENGINE_NONE : 0;
	for (size_t k = 0; k < c->change->n_seats; k++)
		if (change_seats(c, &c->change->seats[k], flaw) != 0)
			return -1;
	take_out_pairs(c, e->fixed, e->n_fixed);
	take_out_pairs(c, e->held, e->n_held);
	return 0;
}

static const char *
college_id(const struct instance *in, int32_t college)
{
	return college == ENGINE_NONE ? NULL : in->college_ids[college];
}

static void
draft_postings(struct changing *c)
{
	const struct engine_instance *e = &c->in->engine;

	for (int32_t j = 0; j < e->n_postings; j++) {
		if (c->posting[j] == ENGINE_NONE)
			continue;
		c->posting[j] =
		    draft_posting(c->draft, c->in->posting_ids[j], college_id(c->in, e->posting_college[j]),
		                  c->seats[j], e->accepts_unranked[j], e->posting_assignable[j], e->reserve_last[j]);
		for (size_t k = e->reserves.off[j]; k < e->reserves.off[j + 1]; k++)
			draft_reserve(c->draft, c->posting[j], c->in->group_ids[e->reserves.entry[k].to],
			              e->reserves.entry[k].value);
	}
}

static void
draft_lists(struct changing *c, int32_t i)
{
	const struct engine_instance *e = &c->in->engine;
	int32_t me = c->learner[i];

	for (size_t k = e->groups.off[i]; k < e->groups.off[i + 1]; k++)
		draft_group(c->draft, me, c->in->group_ids[e->groups.entry[k].to]);
	for (size_t k = e->rankings.off[i]; k < e->rankings.off[i + 1]; k++)
		if (c->posting[e->rankings.line[k].posting] != ENGINE_NONE)
			draft_ranking(c->draft, me, c->in->ranking_tier[k], c->posting[e->rankings.line[k].posting]);
	for (size_t k = e->choices.off[i]; k < e->choices.off[i + 1]; k++)
		if (c->posting[e->choices.entry[k].to] != ENGINE_NONE)
			draft_choice(c->draft, c->posting[e->choices.entry[k].to], e->choices.entry[k].value, me);
	for (size_t k = e->fit.off[i]; k < e->fit.off[i + 1]; k++)
		if (c->posting[e->fit.entry[k].to] != ENGINE_NONE)
			draft_fit(c->draft, me, c->posting[e->fit.entry[k].to], e->fit.entry[k].value);
}

static void
draft_pairs(struct changing *c, const struct engine_pair *pairs, size_t count,
            void (*draft_pair)(struct draft *, int32_t, int32_t))
{
	for (size_t k = 0; k < count; k++)
		if (c->learner[pairs[k].learner] != ENGINE_NONE && c->posting[pairs[k].posting] != ENGINE_NONE)
			draft_pair(c->draft, c->learner[pairs[k].learner], c->posting[pairs[k].posting]);
}

static int
draft_all(struct changing *c, struct instance **out, struct instance_flaw *flaw)
{
	const struct engine_instance *e = &c->in->engine;

	c->draft = draft_new(c->in->seed, e->guarantee && !c->change->without_guarantee);
	if (c->draft == NULL)
		return refuse_memory(flaw);
	for (int32_t i = 0; i < e->n_learners; i++)
		if (c->learner[i] != ENGINE_NONE)
			c->learner[i] =
			    draft_learner(c->draft, c->in->learner_ids[i], college_id(c->in, e->learner_college[i]),
			                  e->learner_need[i], e->learner_assignable[i]);
	draft_postings(c);
	for (int32_t i = 0; i < e->n_learners; i++)
		if (c->learner[i] != ENGINE_NONE)
			draft_lists(c, i);
	draft_pairs(c, e->fixed, e->n_fixed, draft_fixed);
	draft_pairs(c, e->held, e->n_held, draft_held);
	return draft_seal(&c->draft, out, flaw);
}

int
whatif_instance(const struct instance *in, const struct whatif_change *change, struct instance **out,
                struct instance_flaw *flaw)
{
	size_t learners = (size_t)in->engine.n_learners, postings = (size_t)in->engine.n_postings;
	struct changing c = { .in = in, .change = change, .college = ENGINE_NONE };
	int rc = -1;

	*out = NULL;
	c.seats = calloc(postings + 1, sizeof(*c.seats));
	c.learner = calloc(learners + 1, sizeof(*c.learner));
	c.posting = calloc(postings + 1, sizeof(*c.posting));
	if (c.seats == NULL || c.learner == NULL || c.posting == NULL)
		rc = refuse_memory(flaw);
	else if (decide(&c, flaw) == 0)
		rc = draft_all(&c, out, flaw);
	free(c.seats);
	free(c.learner);
	free(c.posting);
	return rc;
}

/* ---- the difference ---------------------------------------------------------------------------------------------- */
struct comparing {
	const struct instance *in, *changed;
	const struct engine_outcome *before, *after;
	int32_t *pair; /* by learner: where her fixed or held pair is, or ENGINE_NONE */
	int32_t *old_posting; /* by number in changed: the number in in */
	struct whatif_row *row_of; /* by college, then those without */
};

static struct whatif_place
place_at(const struct instance *in, int32_t learner, int32_t posting)
{
	const struct engine_rankings *r = &in->engine.rankings;

	for (size_t k = r->off[learner]; posting != ENGINE_NONE && k < r->off[learner + 1]; k++)
		if (r->line[k].posting == posting)
			return (struct whatif_place){ posting, in->ranking_tier[k] };
	return (struct whatif_place){ posting, ENGINE_NONE };
}

static enum whatif_kind
kind_of(struct whatif_place before, struct whatif_place after)
{
	int32_t was = before.tier == ENGINE_NONE ? INT32_MAX : before.tier;
	int32_t is = after.tier == ENGINE_NONE ? INT32_MAX : after.tier;

	if (before.posting == after.posting)
		return WHATIF_SAME;
	if (before.posting == ENGINE_NONE)
		return WHATIF_GAINS;
	if (after.posting == ENGINE_NONE)
		return WHATIF_LOSES;
	return is < was ? WHATIF_BETTER : is > was ? WHATIF_WORSE : WHATIF_ELSEWHERE;
}

/* Whoever is not in the changed round keeps her pair, or has what her college's solo run gives her. */
static int32_t
posting_after(const struct comparing *c, int32_t learner, int32_t number)
{
	if (number != ENGINE_NONE) {
		int32_t posting = c->after->pool.posting[number];
		return posting == ENGINE_NONE ? ENGINE_NONE : c->old_posting[posting];
	}
	return c->pair[learner] != ENGINE_NONE ? c->pair[learner] : c->before->alone.posting[learner];
}

static void
count(const struct comparing *c, const struct whatif_move *m)
{
	const struct engine_instance *e = &c->in->engine;
	int32_t college = e->learner_college[m->learner];
	struct whatif_row *row = &c->row_of[college == ENGINE_NONE ? e->n_colleges : college];

	row->learners++;
	row->alone += c->pair[m->learner] != ENGINE_NONE || c->before->alone.posting[m->learner] != ENGINE_NONE;
	row->before += m->before.posting != ENGINE_NONE;
	row->after += m->after.posting != ENGINE_NONE;
	if (m->kind != WHATIF_SAME)
		row->of_kind[m->kind]++;
}

static void
compare_learners(const struct comparing *c, struct whatif *w)
{
	const struct instance *in = c->in, *changed = c->changed;
	int32_t number = 0;

	for (int32_t i = 0; i < in->engine.n_learners; i++) {
		bool stays = number < changed->engine.n_learners &&
		             strcmp(changed->learner_ids[number], in->learner_ids[i]) == 0;
		struct whatif_move m = { .learner = i, .before = place_at(in, i, c->before->pool.posting[i]) };
		m.after = place_at(in, i, posting_after(c, i, stays ? number : ENGINE_NONE));
		m.kind = kind_of(m.before, m.after);
		number += stays;
		count(c, &m);
		if (m.kind != WHATIF_SAME)
			w->moves[w->n_moves++] = m;
	}
}

static int
by_kind(const void *a, const void *b)
{
	const struct whatif_move *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->learner > y->learner) - (x->learner < y->learner);
}

static void
sum_up(const struct comparing *c, struct whatif *w)
{
	int32_t colleges = c->in->engine.n_colleges;

	for (int32_t k = 0; k <= colleges; k++) {
		struct whatif_row *row = &c->row_of[k];
		row->college = k == colleges ? ENGINE_NONE : k;
		w->all.learners += row->learners;
		w->all.alone += row->alone;
		w->all.before += row->before;
		w->all.after += row->after;
		for (int kind = 0; kind < WHATIF_KINDS; kind++)
			w->all.of_kind[kind] += row->of_kind[kind];
		if (row->learners > 0)
			w->rows[w->n_rows++] = *row;
	}
	w->all.college = ENGINE_NONE;
	if (w->n_moves > 0)
		qsort(w->moves, w->n_moves, sizeof(*w->moves), by_kind);
}

static void
fill_pairs(const struct comparing *c)
{
	const struct engine_instance *e = &c->in->engine;
	int32_t old = 0;

	for (int32_t i = 0; i < e->n_learners; i++)
		c->pair[i] = ENGINE_NONE;
	for (size_t k = 0; k < e->n_fixed; k++)
		c->pair[e->fixed[k].learner] = e->fixed[k].posting;
	for (size_t k = 0; k < e->n_held; k++)
		c->pair[e->held[k].learner] = e->held[k].posting;
	for (int32_t j = 0; j < c->changed->engine.n_postings; j++) {
		while (strcmp(c->in->posting_ids[old], c->changed->posting_ids[j]) != 0)
			old++;
		c->old_posting[j] = old;
	}
}

struct whatif *
whatif_compare(const struct instance *in, const struct engine_outcome *before, const struct instance *changed,
               const struct engine_outcome *after)
{
	size_t learners = (size_t)in->engine.n_learners, colleges = (size_t)in->engine.n_colleges;
	struct comparing c = { .in = in, .changed = changed, .before = before, .after = after };
	struct whatif *w = calloc(1, sizeof(*w));

	c.pair = calloc(learners + 1, sizeof(*c.pair));
	c.old_posting = calloc((size_t)in->engine.n_postings + 1, sizeof(*c.old_posting));
	c.row_of = calloc(colleges + 1, sizeof(*c.row_of));
	if (w != NULL) {
		w->rows = calloc(colleges + 1, sizeof(*w->rows));
		w->moves = calloc(learners + 1, sizeof(*w->moves));
	}
	if (w == NULL || w->rows == NULL || w->moves == NULL || c.pair == NULL || c.old_posting == NULL ||
	    c.row_of == NULL) {
		whatif_destroy(&w);
	} else {
		fill_pairs(&c);
		compare_learners(&c, w);
		sum_up(&c, w);
	}
	free(c.pair);
	free(c.old_posting);
	free(c.row_of);
	return w;
}

void
whatif_destroy(struct whatif **self)
{
	if (*self == NULL)
		return;
	free((*self)->rows);
	free((*self)->moves);
	free(*self);
	*self = NULL;
}
