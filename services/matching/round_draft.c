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
	bool *is_fixed;                         /* by learner: her direct offer counts */
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

bool
pool_posting_is_open(const struct pool_posting *p)
{
	return p->open && !p->withdrawn;
}

int32_t
pool_capacity(const struct pool_posting *p)
{
	int32_t left = pool_posting_is_open(p) ? p->seats - p->taken : 0;

	return left > p->held ? left : p->held;
}

void
pool_stand(struct pool *p, int32_t learner, int32_t posting, const char *reference, const char *round)
{
	struct pool_learner *l = learner == ROUND_NONE ? NULL : &p->learners[learner];
	struct pool_posting *at = posting == ROUND_NONE ? NULL : &p->postings[posting];

	if (at != NULL && at->filled)
		at->open = true;
	if (l == NULL || l->standing != NULL) {
		if (at != NULL)
			at->taken++;
		return;
	}
	l->standing = reference;
	l->standing_round = round;
	l->holds = at != NULL && l->fit.consent && !l->withdrawn;
	if (at != NULL && l->holds)
		at->held++;
	else if (at != NULL)
		at->taken++;
}

/* Her wishes count, or are reported as left out. */
static bool
wishes_count(const struct pool_learner *l)
{
	return !l->withdrawn && (l->standing == NULL || l->holds);
}

static bool
learner_takes_part(const struct pool_learner *l)
{
	return l->fit.consent && wishes_count(l);
}

static bool
posting_takes_part(const struct pool_posting *p)
{
	return pool_posting_is_open(p) || p->held > 0;
}

/* Where she holds a seat; ROUND_NONE: nowhere. */
static int32_t
held_at(const struct pool *p, const struct pool_learner *l)
{
	return l->holds ? pool_find_posting(p, l->standing) : ROUND_NONE;
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
	o->left_out[o->n_left_out++] = (struct round_left_out){ l->id, l->institution, posting, reasons, NULL };
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
	d->is_fixed = arena_zalloc(a, p->n_learners, sizeof *d->is_fixed);
	d->fits = arena_zalloc(a, p->n_postings, sizeof *d->fits);
	d->fit_posting = arena_zalloc(a, p->n_postings, sizeof *d->fit_posting);
	d->seen = arena_zalloc(a, most, sizeof *d->seen);
	d->draft = draft_new(p->seed, p->guarantee);
	return out->learners != NULL && out->postings != NULL && out->eligible != NULL && d->is_fixed != NULL &&
	    d->fits != NULL && d->fit_posting != NULL && d->seen != NULL && d->draft != NULL;
}

static void
draft_people(struct drafting *d)
{
	for (size_t i = 0; i < d->pool->n_learners; i++) {
		const struct pool_learner *l = &d->pool->learners[i];
		d->out->learners[i] = ROUND_NONE;
		if (!learner_takes_part(l))
			continue;
		d->out->learners[i] = draft_learner(d->draft, l->id, l->institution, l->tier, l->assignable);
		for (size_t g = 0; g < l->n_groups; g++)
			draft_group(d->draft, d->out->learners[i], l->groups[g]);
	}
}

/* A posting that is not open is there for those who hold a seat of it, and for nobody else. */
static void
draft_places(struct drafting *d)
{
	for (size_t j = 0; j < d->pool->n_postings; j++) {
		const struct pool_posting *p = &d->pool->postings[j];
		bool open = pool_posting_is_open(p);
		d->out->postings[j] = ROUND_NONE;
		if (!posting_takes_part(p))
			continue;
		d->out->postings[j] = draft_posting(d->draft, p->id, p->institution, pool_capacity(p), open && p->accepts_unranked,
		    open && p->assignable, open && p->reserves_last);
		if (!open)
			continue;
		for (size_t r = 0; r < p->n_reserves; r++)
			draft_reserve(d->draft, d->out->postings[j], p->reserves[r].group, p->reserves[r].seats);
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
draft_fixed_pair(struct drafting *d, size_t i, int32_t posting)
{
	draft_fixed(d->draft, d->out->learners[i], d->out->postings[posting]);
	d->out->eligible[i] = true;
	d->is_fixed[i] = true;
}

/* Offers that ask for a seat: one at the posting where she stands already is fixed there, on the seat that she holds. */
static size_t
offers_gather(struct drafting *d, struct offer *offers)
{
	const struct pool *p = d->pool;
	size_t n = 0;

	for (size_t i = 0; i < p->n_learners; i++) {
		const struct pool_learner *l = &p->learners[i];
		if (l->offer == NULL || !wishes_count(l))
			continue;
		if (l->holds && strcmp(l->offer, l->standing) == 0) {
			draft_fixed_pair(d, i, pool_find_posting(p, l->offer));
			continue;
		}
		int32_t j = offer_judge(d, l);
		if (j != ROUND_NONE)
			offers[n++] = (struct offer){ j, (int32_t)i, l->id, l->tier, lottery_number(p->seed, l->id) };
	}
	return n;
}

/* No offer takes a seat that somebody holds; whoever gets one elsewhere gives hers back to the round. */
static void
draft_offers(struct drafting *d)
{
	const struct pool *p = d->pool;
	struct offer *offers = arena_zalloc(d->a, p->n_learners, sizeof *offers);
	int32_t left = 0;

	if (offers == NULL) {
		d->no_memory = true;
		return;
	}
	size_t n = offers_gather(d, offers);
	offers_sort(offers, n);
	for (size_t k = 0; k < n; k++) {
		const struct offer *o = &offers[k];
		const struct pool_posting *at = &p->postings[o->posting];
		if (k == 0 || o->posting != offers[k - 1].posting)
			left = pool_capacity(at) - at->held;
		if (left-- > 0)
			draft_fixed_pair(d, (size_t)o->who, o->posting);
		else
			leave_out(d, &p->learners[o->who], at->id, LEFT_OUT_SEATS);
	}
}

static void
draft_held_pairs(struct drafting *d)
{
	for (size_t i = 0; i < d->pool->n_learners; i++) {
		int32_t j = d->is_fixed[i] ? ROUND_NONE : held_at(d->pool, &d->pool->learners[i]);
		if (j != ROUND_NONE)
			draft_held(d->draft, d->out->learners[i], d->out->postings[j]);
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

/*
 * One learner's list. The seat that she holds is in it whatever else is true of it: before what she ranks as equally good,
 * since she moves only upward, and as her last tier where she did not rank it. So tiers are doubled, to leave room.
 */
static void
draft_ranking_of(struct drafting *d, size_t i, int32_t held)
{
	const struct pool_learner *l = &d->pool->learners[i];
	int64_t last = 0;

	for (size_t k = 0; k < l->ranking.n; k++) {
		const struct pool_entry *e = &l->ranking.entries[k];
		last = e->tier > last ? e->tier : last;
		if (e->to == ROUND_NONE || d->seen[e->to] == (int32_t)i + 1)
			continue;               /* unknown: it waits, which is counted elsewhere */
		d->seen[e->to] = (int32_t)i + 1;
		unsigned reasons = e->to == held ? 0 : ranked_pair_judge(l, &d->pool->postings[e->to]);
		if (reasons != 0) {
			leave_out(d, l, d->pool->postings[e->to].id, reasons);
			continue;
		}
		draft_ranking(d->draft, d->out->learners[i], 2 * (int64_t)e->tier - (e->to == held), d->out->postings[e->to]);
		d->out->eligible[i] = true;
	}
	if (held != ROUND_NONE && d->seen[held] != (int32_t)i + 1)
		draft_ranking(d->draft, d->out->learners[i], 2 * last + 1, d->out->postings[held]);
}

static void
draft_rankings(struct drafting *d)
{
	for (size_t i = 0; i < d->pool->n_learners; i++)
		if (wishes_count(&d->pool->learners[i]))
			draft_ranking_of(d, i, d->is_fixed[i] ? ROUND_NONE : held_at(d->pool, &d->pool->learners[i]));
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
fit_found(void *to, size_t k, const struct fit *fit)
{
	struct searching *s = to;
	struct drafting *d = s->d;

	draft_fit(d->draft, d->out->learners[s->learner], d->out->postings[d->fit_posting[k]], fit->total);
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
			(void)index_search(x, &d->pool->learners[i].fit, &d->pool->weights, fit_found, &s);
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
	draft_places(&d);
	draft_offers(&d);
	draft_held_pairs(&d);
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
