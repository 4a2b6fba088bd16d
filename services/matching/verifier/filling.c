/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots and cut-offs are what the rule of filling makes of a posting's holders, and nobody elsewhere would be given one
 * that she would rather have: slot after slot has the best of all who want it and are left, an endowed slot its endowed
 * learner before everybody.
 */
#include "verifier/sweep.h"

/* The place in the lottery of somebody elsewhere, where slots stand: below ENGINE_NONE. And back. */
#define ELSEWHERE(place) (-2 - (int32_t)(place))

struct filling {
	struct sweep sweep;
	struct claimant *later; /* by slot of the kind in hand: the best among the slots after it */
	struct owner *owners; /* who is endowed on this posting's slots, by kind and number */
	int32_t *owner_from, *left; /* by kind */
	int32_t *kind_of_owner;
};

static bool
filling_open(struct filling *f, struct judge *v, struct run *r)
{
	size_t kinds, slots = 0, owners = 0;

	if (!sweep_open(&f->sweep, v, r))
		return false;
	kinds = 1;
	for (int32_t j = 0; j < v->e->n_postings; j++) {
		size_t n = (size_t)(r->claim->slot_off[j + 1] - r->claim->slot_off[j]);
		size_t reserves = v->e->reserves.off[j + 1] - v->e->reserves.off[j];

		slots = n > slots ? n : slots;
		n = r->endowed_off[j + 1] - r->endowed_off[j];
		owners = n > owners ? n : owners;
		kinds = reserves + 1 > kinds ? reserves + 1 : kinds;
	}
	f->later = judge_take(v, slots + 1, sizeof *f->later);
	f->owners = judge_take(v, owners, sizeof *f->owners);
	f->kind_of_owner = judge_take(v, owners, sizeof *f->kind_of_owner);
	f->owner_from = judge_take(v, kinds + 1, sizeof *f->owner_from);
	f->left = judge_take(v, kinds, sizeof *f->left);
	return f->later != NULL && f->owners != NULL && f->kind_of_owner != NULL && f->owner_from != NULL &&
	       f->left != NULL;
}

/* ---- whose slot is whose ----------------------------------------------------------------------------------------- */
/* Where an endowed learner has first claim: the first reserve that is hers, else the open slots, else the first left. */
static int32_t
choose_kind(const struct filling *f, int32_t i, int32_t *first_left)
{
	const struct sweep *s = &f->sweep;
	const struct engine_rows *groups = &s->v->e->groups;
	int32_t chosen = s->n - 1;

	if (s->n == 1)
		return f->left[0] > 0 ? 0 : 1;
	for (size_t g = groups->off[i]; g < groups->off[i + 1]; g++) {
		int32_t kind = s->kind_of_group[groups->entry[g].to];

		if (kind != ENGINE_NONE && f->left[kind] > 0 && kind < chosen)
			chosen = kind;
	}
	if (f->left[chosen] > 0)
		return chosen;
	while (*first_left < s->n && f->left[*first_left] == 0)
		++*first_left;
	return *first_left;
}

/* The endowed learners of the posting in hand choose in order of id. */
static bool
give_owners(struct filling *f)
{
	const struct sweep *s = &f->sweep;
	size_t first = s->r->endowed_off[s->posting], n = s->r->endowed_off[s->posting + 1] - first;
	int32_t first_left = 0;

	for (int32_t k = 0; k < s->n; k++) {
		f->left[k] = s->sizes[k];
		f->owner_from[k + 1] = 0;
	}
	f->owner_from[0] = 0;
	for (size_t a = 0; a < n; a++) {
		int32_t kind = choose_kind(f, s->r->endowed[first + a].learner, &first_left);

		if (kind == s->n)
			return report_violation(
			    s->v->report, s->r->name, "endowments",
			    "posting \"%s\" has fewer seats than learners who are endowed there",
			    "l'offre « %s » a moins de places que d'élèves à qui une place y revient",
			    SHOWN(posting_id(s->v, s->posting)));
		f->kind_of_owner[a] = kind;
		f->left[kind]--;
		f->owner_from[kind + 1]++;
	}
	for (int32_t k = 0; k < s->n; k++) {
		f->owner_from[k + 1] += f->owner_from[k];
		f->left[k] = f->owner_from[k]; /* from here on where its next owner is written */
	}
	for (size_t a = 0; a < n; a++)
		f->owners[f->left[f->kind_of_owner[a]]++] = s->r->endowed[first + a];
	return true;
}

/* ---- one kind of slot -------------------------------------------------------------------------------------------- */
/* Somebody else should have it: a later holder, or one who is elsewhere and would rather be here. */
static bool
better_claim(const struct filling *f, int32_t slot, const struct claimant *best)
{
	const struct sweep *s = &f->sweep;

	if (best->key != KEY_NOBODY && best->slot == ENGINE_NONE)
		return report_violation(s->v->report, s->r->name, "blocking_pair",
		                        "learner \"%s\" and posting \"%s\" would rather have each other",
		                        "l'élève « %s » et l'offre « %s » se préfèrent à ce qui leur est donné",
		                        SHOWN(learner_id(s->v, learner_of(s->v, best->key))),
		                        SHOWN(posting_id(s->v, s->posting)));
	return report_violation(s->v->report, s->r->name, "filling",
	                        "posting \"%s\": slot %d is not held by whom the rule of filling gives it to",
	                        "offre « %s » : la place %d n'est pas occupée par qui la règle de remplissage la donne",
	                        SHOWN(posting_id(s->v, s->posting)), slot - s->r->claim->slot_off[s->posting] + 1);
}

static bool
wrong_holder(const struct filling *f, int32_t slot)
{
	return better_claim(f, slot, &(struct claimant){ KEY_NOBODY, ENGINE_NONE, true });
}

/* An owner who holds a slot of this posting from `slot` on is not served yet. */
static bool
is_waiting(const struct sweep *s, const struct owner *owner, int32_t slot)
{
	return owner->slot >= slot && owner->slot < s->r->claim->slot_off[s->posting + 1];
}

/* Slot after slot of one kind, in the order of filling. */
static bool
fill_kind(struct filling *f, int32_t kind)
{
	const struct sweep *s = &f->sweep;
	const struct claim_slot *slots = s->r->claim->slots;
	int32_t first = s->from[kind], at = first, end = s->to[kind];
	int32_t owners = f->owner_from[kind + 1] - f->owner_from[kind];

	for (int32_t k = 0; k < s->sizes[kind] && (k < owners || at < end); k++) {
		const struct claimant *later = &f->later[at - first];

		if (k < owners && is_waiting(s, &f->owners[f->owner_from[kind] + k], at)) {
			if (at == end || f->owners[f->owner_from[kind] + k].slot != at || !slots[at].endowed)
				return wrong_holder(f, at);
			at++;
		} else if (at < end) {
			struct claimant holder = sweep_holder(s, kind, at);

			if (holder.key == KEY_NOBODY && later->key == KEY_NOBODY)
				continue; /* nobody who is left may have it on her merits: it stays free */
			if (!claimant_before(&holder, later))
				return better_claim(f, at, later);
			if (slots[at].endowed)
				return wrong_holder(f, at);
			at++;
		}
	}
	if (at < end)
		return wrong_holder(f, at);
	return end - first == s->sizes[kind] || f->later[end - first].key == KEY_NOBODY ||
	       better_claim(f, end, &f->later[end - first]);
}

/* From the last filled slot of the kind to its first: the best that each must have been kept from. */
static void
find_later(struct filling *f, int32_t kind)
{
	const struct sweep *s = &f->sweep;
	int32_t n = s->to[kind] - s->from[kind];
	struct claimant best = sweep_later(s, kind);

	f->later[n] = best;
	for (int32_t k = n - 1; k >= 0; k--) {
		struct claimant holder = sweep_holder(s, kind, s->from[kind] + k);

		f->later[k] = best;
		if (claimant_before(&holder, &best))
			best = holder;
	}
}

/* For rings.c: where a slot's next candidate stands now; who is elsewhere is looked up later. */
static void
point(const struct filling *f, int32_t kind)
{
	const struct sweep *s = &f->sweep;

	for (int32_t slot = s->from[kind]; slot < s->to[kind]; slot++) {
		const struct claimant *best = &f->later[slot - s->from[kind]];

		if (best->key == KEY_NOBODY)
			s->r->next[slot] = ENGINE_NONE;
		else
			s->r->next[slot] = best->slot != ENGINE_NONE ? best->slot : ELSEWHERE((uint32_t)best->key);
	}
}

/* ---- cut-offs ---------------------------------------------------------------------------------------------------- */
static struct claim_cutoff
cutoff_of(const struct sweep *s, int32_t kind)
{
	struct claim_cutoff cut = { CLAIM_CLOSED, ENGINE_NONE, 0, 0, 0 }; /* without the lottery number */
	int32_t slot = s->to[kind];

	if (s->to[kind] - s->from[kind] < s->sizes[kind])
		cut.state = CLAIM_FREE;
	while (cut.state == CLAIM_CLOSED && slot-- > s->from[kind]) {
		int32_t i = s->r->claim->slots[slot].learner;
		uint32_t priority = key_priority(s->r->keys[slot]);

		if (!s->r->claim->slots[slot].endowed)
			cut = (struct claim_cutoff){ CLAIM_WORST, i, ENGINE_PRIORITY_TIER(priority),
				                     ENGINE_PRIORITY_FIT(priority), 0 };
	}
	return cut;
}

static bool
wrong_cutoff(struct judge *v, const struct run *r, int32_t j, int32_t kind)
{
	return report_violation(
	    v->report, r->name, "cutoff", "posting \"%s\": cut-off %d is not that of the worst key that was admitted",
	    "offre « %s » : le seuil %d n'est pas celui de la dernière clé admise", SHOWN(posting_id(v, j)), kind + 1);
}

static bool
judge_cutoff(const struct sweep *s, int32_t kind)
{
	const struct claim_cutoff *told = &s->r->claim->cutoffs[CLAIM_KIND(s->v->e, s->posting, kind)];
	struct claim_cutoff cut = cutoff_of(s, kind);

	if (told->state == cut.state && told->learner == cut.learner && told->tier == cut.tier && told->fit == cut.fit)
		return true;
	return wrong_cutoff(s->v, s->r, s->posting, kind);
}
/* ---- postings without reserves ----------------------------------------------------------------------------------- */
/* From the last slot to the first: each of those that were given on merits was kept from the best. */
static bool
merits_are_plain(const struct run *r, int32_t j)
{
	const struct claim_slot *slots = r->claim->slots;
	int32_t first = r->claim->slot_off[j], end = r->claim->slot_off[j + 1];
	slot_key best = r->best[j];
	int32_t best_slot = best == KEY_NOBODY ? ENGINE_NONE : ELSEWHERE((uint32_t)best);

	if (end - first < r->seats[j] && best != KEY_NOBODY)
		return false;
	for (int32_t slot = end - 1; slot >= first; slot--) {
		slot_key key = r->keys[slot];

		r->next[slot] = best_slot;
		if (key < best) {
			best = key;
			best_slot = slot;
		} else if (!slots[slot].endowed) {
			return false;
		}
	}
	return true;
}

/* The endowed slots come first, in the order of their owners; whose owner is elsewhere is given on merits. */
static bool
owners_are_plain(const struct run *r, int32_t j)
{
	const struct claim_slot *slots = r->claim->slots;
	int32_t at = r->claim->slot_off[j], end = r->claim->slot_off[j + 1];
	const struct owner *owner = r->endowed + r->endowed_off[j], *last = r->endowed + r->endowed_off[j + 1];

	if (last - owner > r->seats[j])
		return false;
	for (; owner < last && at < end; owner++, at++) {
		bool waiting = owner->slot >= at && owner->slot < end;

		if (slots[at].endowed != waiting || (waiting && owner->slot != at))
			return false;
	}
	for (; at < end; at++)
		if (slots[at].endowed)
			return false;
	return true;
}

/* The rule, where there is but one kind of slot and nothing unusual. What it does not accept is judged at length. */
static bool
is_plainly_right(const struct judge *v, const struct run *r, int32_t j)
{
	const struct claim_cutoff *told = &r->claim->cutoffs[CLAIM_KIND(v->e, j, 0)];
	int32_t first = r->claim->slot_off[j], slot = r->claim->slot_off[j + 1];

	if (v->e->reserves.off[j] < v->e->reserves.off[j + 1] || !merits_are_plain(r, j) || !owners_are_plain(r, j))
		return false;
	if (slot - first < r->seats[j])
		return told->state == CLAIM_FREE;
	while (slot > first && r->claim->slots[slot - 1].endowed)
		slot--;
	if (slot == first)
		return told->state == CLAIM_CLOSED;
	return told->state == CLAIM_WORST && told->learner == r->claim->slots[slot - 1].learner &&
	       ENGINE_PRIORITY(told->tier, told->fit) == key_priority(r->keys[slot - 1]);
}

/* ---- all postings ------------------------------------------------------------------------------------------------ */
static bool
fill_posting(struct filling *f, int32_t j)
{
	struct sweep *s = &f->sweep;
	bool sound;

	if (is_plainly_right(s->v, s->r, j))
		return true;
	sound = sweep_posting(s, j) && give_owners(f);
	for (int32_t step = s->n - 1; sound && step >= 0; step--) {
		int32_t kind = kind_filled(s->v, j, step, s->n);

		find_later(f, kind);
		sound = fill_kind(f, kind);
		point(f, kind);
		sweep_pass(s, kind);
	}
	for (int32_t kind = 0; sound && kind < s->n; kind++)
		sound = judge_cutoff(s, kind);
	sweep_leave(s);
	return sound;
}

/* What is read all over memory is read here, where nothing waits for it. */
static bool
judge_lottery_numbers(struct judge *v, const struct run *r)
{
	for (int32_t j = 0; j < v->e->n_postings; j++)
		for (size_t k = CLAIM_KIND(v->e, j, 0); k < CLAIM_KIND(v->e, j + 1, 0); k++) {
			const struct claim_cutoff *told = &r->claim->cutoffs[k];

			if (told->state == CLAIM_WORST && told->lottery != v->e->lottery[told->learner])
				return wrong_cutoff(v, r, j, (int32_t)(k - CLAIM_KIND(v->e, j, 0)));
		}
	return true;
}

static void
look_up_elsewhere(const struct judge *v, const struct run *r)
{
	for (int32_t slot = 0; slot < r->claim->slot_off[v->e->n_postings]; slot++)
		if (r->next[slot] < ENGINE_NONE)
			r->next[slot] = r->claim->slot_of[v->drawn[ELSEWHERE(r->next[slot])]];
}

bool
judge_filling(struct judge *v, struct run *r)
{
	struct filling f;

	if (!filling_open(&f, v, r))
		return false;
	for (int32_t j = 0; j < v->e->n_postings; j++) {
		if (r->solo && v->e->posting_college[j] == ENGINE_NONE)
			continue; /* not certified, and in nobody's reach */
		if (!fill_posting(&f, j))
			return false;
	}
	look_up_elsewhere(v, r);
	return judge_lottery_numbers(v, r);
}
