/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pool becomes an instance: who is in it, which of her wishes count, who fits where, and what is left out for which
 * reason. Learners and postings are drafted in the order of their ids, so that their numbers in the sealed instance
 * are those of the draft; that is checked.
 */
#include <stdio.h>
#include <string.h>

#include "index.h"
#include "round_solve.h"

struct drafting {
	const struct pool *pool;
	struct arena *a;
	struct drafted *out;
	struct draft *draft;
	struct fit_posting *fits;               /* of the postings that take part, for the index */
	int32_t *fit_posting;                   /* their number in the pool */
	size_t n_fits;
	int32_t *seen;                          /* by posting or learner: the list that named it last, + 1 */
	size_t left_out_room;
	bool no_memory;
};

static int32_t
find(const char *id, const void *first, size_t n, size_t stride)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = strcmp(*(const char *const *)(const void *)((const char *)first + middle * stride), id);
		if (c == 0)
			return (int32_t)middle;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return ROUND_NONE;
}

_Static_assert(offsetof(struct pool_learner, id) == 0 && offsetof(struct pool_posting, id) == 0,
    "find reads the id first");

int32_t
pool_find_learner(const struct pool *p, const char *id)
{
	return find(id, p->learners, p->n_learners, sizeof *p->learners);
}

int32_t
pool_find_posting(const struct pool *p, const char *id)
{
	return find(id, p->postings, p->n_postings, sizeof *p->postings);
}

static bool
learner_takes_part(const struct pool_learner *l)
{
	return l->fit.consent && !l->withdrawn && l->standing == NULL;
}

/* Her wishes count, or are reported as left out. */
static bool
wishes_count(const struct pool_learner *l)
{
	return !l->withdrawn && l->standing == NULL;
}

int32_t
pool_seats_free(const struct pool_posting *p)
{
	return p->seats > p->standing ? p->seats - p->standing : 0;
}

static bool
posting_takes_part(const struct pool_posting *p)
{
	return p->open && !p->withdrawn;
}

static void
leave_out(struct drafting *d, const struct pool_learner *l, const char *posting, unsigned reasons)
{
	struct drafted *o = d->out;

	if (o->n_left_out == d->left_out_room) {
		size_t room = d->left_out_room == 0 ? 256 : d->left_out_room * 2;
		struct round_left_out *grown = arena_zalloc(d->a, room, sizeof *grown);
		if (grown == NULL) {
			d->no_memory = true;
			return;
		}
		if (o->n_left_out > 0)
			memcpy(grown, o->left_out, o->n_left_out * sizeof *grown);
		o->left_out = grown;
		d->left_out_room = room;
	}
	o->left_out[o->n_left_out++] = (struct round_left_out){ l->id, l->institution, posting, reasons };
}

/* ---- learners and postings --------------------------------------------------------------------------------------- */
static bool
drafting_init(struct drafting *d, const struct pool *p, struct arena *a, struct drafted *out)
{
	size_t most = p->n_learners > p->n_postings ? p->n_learners : p->n_postings;

	*out = (struct drafted){ 0 };
	*d = (struct drafting){ .pool = p, .a = a, .out = out };
	out->learners = arena_zalloc(a, p->n_learners, sizeof *out->learners);
	out->postings = arena_zalloc(a, p->n_postings, sizeof *out->postings);
	out->eligible = arena_zalloc(a, p->n_learners, sizeof *out->eligible);
	d->fits = arena_zalloc(a, p->n_postings, sizeof *d->fits);
	d->fit_posting = arena_zalloc(a, p->n_postings, sizeof *d->fit_posting);
	d->seen = arena_zalloc(a, most, sizeof *d->seen);
	d->draft = draft_new(p->seed, false);
	return out->learners != NULL && out->postings != NULL && out->eligible != NULL && d->fits != NULL &&
	    d->fit_posting != NULL && d->seen != NULL && d->draft != NULL;
}

static void
draft_people(struct drafting *d)
{
	for (size_t i = 0; i < d->pool->n_learners; i++) {
		const struct pool_learner *l = &d->pool->learners[i];
		d->out->learners[i] = ROUND_NONE;
		if (!learner_takes_part(l))
			continue;
		d->out->learners[i] = draft_learner(d->draft, l->id, l->institution, l->tier, false);
		for (size_t g = 0; g < l->n_groups; g++)
			draft_group(d->draft, d->out->learners[i], l->groups[g]);
	}
	for (size_t j = 0; j < d->pool->n_postings; j++) {
		const struct pool_posting *p = &d->pool->postings[j];
		d->out->postings[j] = ROUND_NONE;
		if (!posting_takes_part(p))
			continue;
		d->out->postings[j] =
		    draft_posting(d->draft, p->id, p->institution, pool_seats_free(p), p->accepts_unranked, false, false);
		d->fits[d->n_fits] = p->fit;
		d->fit_posting[d->n_fits++] = (int32_t)j;
	}
}

/* ---- direct offers ----------------------------------------------------------------------------------------------- */
/* Where the offer may be fixed, or ROUND_NONE when it is left out. */
static int32_t
offer_judge(struct drafting *d, const struct pool_learner *l)
{
	int32_t j = pool_find_posting(d->pool, l->offer);
	unsigned reasons = l->fit.consent ? 0 : FIT_CONSENT;

	if (j == ROUND_NONE)
		reasons |= LEFT_OUT_UNKNOWN;
	else if (!d->pool->postings[j].open)
		reasons |= LEFT_OUT_NOT_OPEN;
	else if (d->pool->postings[j].withdrawn)
		reasons |= LEFT_OUT_WITHDRAWN;
	if (reasons == 0)
		return j;
	leave_out(d, l, l->offer, reasons);
	return ROUND_NONE;
}

static void
draft_offers(struct drafting *d)
{
	const struct pool *p = d->pool;
	struct offer *offers = arena_zalloc(d->a, p->n_learners, sizeof *offers);
	size_t n = 0;
	int32_t left = 0;

	if (offers == NULL) {
		d->no_memory = true;
		return;
	}
	for (size_t i = 0; i < p->n_learners; i++) {
		const struct pool_learner *l = &p->learners[i];
		int32_t j = l->offer == NULL || !wishes_count(l) ? ROUND_NONE : offer_judge(d, l);
		if (j != ROUND_NONE)
			offers[n++] = (struct offer){ j, (int32_t)i, l->id, l->tier, lottery_number(p->seed, l->id) };
	}
	offers_sort(offers, n);
	for (size_t k = 0; k < n; k++) {
		const struct offer *o = &offers[k];
		if (k == 0 || o->posting != offers[k - 1].posting)
			left = pool_seats_free(&p->postings[o->posting]);
		if (left-- > 0) {
			draft_fixed(d->draft, d->out->learners[o->who], d->out->postings[o->posting]);
			d->out->eligible[o->who] = true;
		} else {
			leave_out(d, &p->learners[o->who], p->postings[o->posting].id, LEFT_OUT_SEATS);
		}
	}
}

/* ---- rankings ---------------------------------------------------------------------------------------------------- */
/* Why this pair may not be ranked; 0: it may. */
static unsigned
ranked_pair_judge(const struct pool_learner *l, const struct pool_posting *p)
{
	unsigned reasons = fit_reasons(&l->fit, &p->fit, fit_metres(&l->fit, &p->fit));

	if (fit_may_be_ranked(reasons))
		reasons = 0;
	if (!p->open)
		reasons |= LEFT_OUT_NOT_OPEN;
	else if (p->withdrawn)
		reasons |= LEFT_OUT_WITHDRAWN;
	return reasons;
}

static void
draft_rankings(struct drafting *d)
{
	for (size_t i = 0; i < d->pool->n_learners; i++) {
		const struct pool_learner *l = &d->pool->learners[i];
		for (size_t k = 0; k < l->ranking.n && wishes_count(l); k++) {
			const struct pool_entry *e = &l->ranking.entries[k];
			if (e->to == ROUND_NONE || d->seen[e->to] == (int32_t)i + 1)
				continue;               /* unknown: it waits, which is counted elsewhere */
			d->seen[e->to] = (int32_t)i + 1;
			unsigned reasons = ranked_pair_judge(l, &d->pool->postings[e->to]);
			if (reasons != 0) {
				leave_out(d, l, d->pool->postings[e->to].id, reasons);
				continue;
			}
			draft_ranking(d->draft, d->out->learners[i], e->tier, d->out->postings[e->to]);
			d->out->eligible[i] = true;
		}
	}
}

static void
draft_choices(struct drafting *d)
{
	memset(d->seen, 0, d->pool->n_learners * sizeof *d->seen);
	for (size_t j = 0; j < d->pool->n_postings; j++) {
		const struct pool_list *list = &d->pool->postings[j].choices;
		for (size_t k = 0; k < list->n && d->out->postings[j] != ROUND_NONE; k++) {
			int32_t i = list->entries[k].to;
			if (i == ROUND_NONE || d->out->learners[i] == ROUND_NONE || d->seen[i] == (int32_t)j + 1)
				continue;
			d->seen[i] = (int32_t)j + 1;
			draft_choice(d->draft, d->out->postings[j], list->entries[k].tier, d->out->learners[i]);
		}
	}
}

/* ---- fit --------------------------------------------------------------------------------------------------------- */
struct searching { struct drafting *d; size_t learner; };

static int
fit_found(void *to, size_t k, int32_t metres)
{
	struct searching *s = to;
	struct drafting *d = s->d;
	struct fit f = fit_of(&d->pool->learners[s->learner].fit, &d->fits[k], metres, &d->pool->weights);

	draft_fit(d->draft, d->out->learners[s->learner], d->out->postings[d->fit_posting[k]], f.total);
	d->out->eligible[s->learner] = true;
	return 0;
}

static void
draft_fits(struct drafting *d)
{
	struct index *x = index_new(d->fits, d->n_fits);

	if (x == NULL) {
		d->no_memory = true;
		return;
	}
	for (size_t i = 0; i < d->pool->n_learners; i++) {
		struct searching s = { d, i };
		if (d->out->learners[i] != ROUND_NONE)
			(void)index_search(x, &d->pool->learners[i].fit, fit_found, &s);
	}
	index_destroy(&x);
}

/* Numbers of the draft are those of the sealed instance. */
static void
check_numbers(const struct drafting *d)
{
	const struct instance *in = d->out->instance;

	for (size_t i = 0; i < d->pool->n_learners; i++)
		BUG_IF(d->out->learners[i] != ROUND_NONE &&
		    strcmp(in->learner_ids[d->out->learners[i]], d->pool->learners[i].id) != 0);
	for (size_t j = 0; j < d->pool->n_postings; j++)
		BUG_IF(d->out->postings[j] != ROUND_NONE &&
		    strcmp(in->posting_ids[d->out->postings[j]], d->pool->postings[j].id) != 0);
}

enum solve_status
pool_draft(const struct pool *p, struct arena *a, struct drafted *out, char *why)
{
	struct drafting d;
	struct instance_flaw flaw;

	if (!drafting_init(&d, p, a, out)) {
		draft_destroy(&d.draft);
		return SOLVE_NO_MEMORY;
	}
	draft_people(&d);
	draft_offers(&d);
	draft_rankings(&d);
	draft_choices(&d);
	draft_fits(&d);
	if (d.no_memory) {
		draft_destroy(&d.draft);
		return SOLVE_NO_MEMORY;
	}
	if (draft_seal(&d.draft, &out->instance, &flaw) != 0) {
		snprintf(why, SOLVE_WHY_SIZE, "%s", flaw.text);
		return strcmp(flaw.code, "no_memory") == 0 ? SOLVE_NO_MEMORY : SOLVE_REFUSED;
	}
	check_numbers(&d);
	return SOLVE_OK;
}

void
drafted_clear(struct drafted *d)
{
	instance_destroy(&d->instance);
}
