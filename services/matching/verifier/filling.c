/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots and cut-offs are what the rule of filling makes of a posting's holders: slot after slot takes the best who is
 * left, an endowed slot its endowed learner before everybody. Also finds the bar that each kind of slot sets to others.
 */
#include "verifier/sweep.h"

struct filling {
	struct sweep sweep;
	struct claimant *later;                 /* by slot of the kind in hand: the best among the slots after it */
	int32_t *owners, *owner_from, *left;    /* who is endowed on this posting's slots, by kind and number; by kind */
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
	return f->later != NULL && f->owners != NULL && f->kind_of_owner != NULL && f->owner_from != NULL && f->left != NULL;
}

/* ---- whose slot is whose ----------------------------------------------------------------------------------------- */
/* Where an endowed learner has first claim: the first reserve that is hers, else the open slots, else the first left. */
static int32_t
choose_kind(const struct filling *f, int32_t i, int32_t *first_left)
{
	const struct sweep *s = &f->sweep;
	const struct engine_rows *groups = &s->v->e->groups;
	int32_t chosen = s->n - 1;

	for (size_t g = groups->off[i]; s->n > 1 && g < groups->off[i + 1]; g++) {
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
static void
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
		int32_t kind = choose_kind(f, s->r->endowed[first + a], &first_left);

		BUG_IF(kind == s->n);           /* the solo runs and held pairs kept to the seats */
		f->kind_of_owner[a] = kind;
		f->left[kind]--;
		f->owner_from[kind + 1]++;
	}
	for (int32_t k = 0; k < s->n; k++) {
		f->owner_from[k + 1] += f->owner_from[k];
		f->left[k] = f->owner_from[k];          /* from here on where its next owner is written */
	}
	for (size_t a = 0; a < n; a++)
		f->owners[f->left[f->kind_of_owner[a]]++] = s->r->endowed[first + a];
}

/* ---- one kind of slot -------------------------------------------------------------------------------------------- */
static bool
wrong_holder(const struct filling *f, int32_t slot)
{
	const struct sweep *s = &f->sweep;

	return report_violation(s->v->report, s->r->name, "filling",
	    "posting \"%s\": slot %d is held by \"%s\", but the rule of filling gives it to somebody else",
	    "offre « %s » : la place %d est occupée par « %s », mais la règle de remplissage la donne à quelqu'un d'autre",
	    SHOWN(posting_id(s->v, s->posting)), slot - s->r->claim->slot_off[s->posting] + 1,
	    SHOWN(learner_id(s->v, s->r->claim->slots[slot].learner)));
}

static bool
left_free(const struct filling *f, int32_t learner)
{
	const struct sweep *s = &f->sweep;

	return report_violation(s->v->report, s->r->name, "filling",
	    "posting \"%s\": a slot is left free that the rule of filling gives to \"%s\"",
	    "offre « %s » : une place est laissée libre alors que la règle de remplissage la donne à « %s »",
	    SHOWN(posting_id(s->v, s->posting)), SHOWN(learner_id(s->v, learner)));
}

/* An owner who holds a slot from  slot  on is not served yet. */
static bool
is_waiting(const struct sweep *s, int32_t owner, int32_t slot)
{
	return s->r->result[owner] == s->posting && s->r->claim->slot_of[owner] >= slot;
}

/* Slot after slot of one kind, in the order of filling. */
static bool
fill_kind(struct filling *f, int32_t kind)
{
	const struct sweep *s = &f->sweep;
	const struct claim_slot *slots = s->r->claim->slots;
	int32_t at = s->from[kind], first = at, end = s->to[kind];
	int32_t owners = f->owner_from[kind + 1] - f->owner_from[kind];

	for (int32_t k = 0; k < s->sizes[kind] && (k < owners || at < end); k++) {
		int32_t owner = k < owners ? f->owners[f->owner_from[kind] + k] : ENGINE_NONE;

		if (owner != ENGINE_NONE && is_waiting(s, owner, at)) {
			if (at == end || slots[at].learner != owner)
				return at == end ? left_free(f, owner) : wrong_holder(f, at);
			if (!slots[at].endowed)
				return wrong_holder(f, at);
			at++;
			continue;
		}
		if (at == end)
			continue;               /* whoever is left without a claim of her own is judged below */
		struct claimant holder = sweep_holder(s, kind, at), *later = &f->later[at - first];

		if (key_is_nobody(&holder.key) && key_is_nobody(&later->key))
			continue;               /* nobody who is left may have it on her merits: it stays free */
		if (!claimant_before(&holder, later) || slots[at].endowed)
			return wrong_holder(f, at);
		at++;
	}
	if (at < end)
		return wrong_holder(f, at);
	struct claimant *next = &f->later[end - first];

	return end - first == s->sizes[kind] || key_is_nobody(&next->key) || left_free(f, next->key.learner);
}

/* From the last filled slot of the kind to its first: the best that each was kept from. */
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

/* ---- cut-offs and bars ------------------------------------------------------------------------------------------- */
static struct claim_cutoff
cutoff_of(const struct sweep *s, int32_t kind)
{
	struct claim_cutoff cut = { CLAIM_CLOSED, ENGINE_NONE, 0, 0, 0 };
	int32_t slot = s->to[kind];

	if (s->to[kind] - s->from[kind] < s->sizes[kind])
		cut.state = CLAIM_FREE;
	while (cut.state == CLAIM_CLOSED && slot-- > s->from[kind]) {
		int32_t i = s->r->claim->slots[slot].learner;

		if (s->r->claim->slots[slot].endowed)
			continue;
		cut = (struct claim_cutoff){ CLAIM_WORST, i, ENGINE_PRIORITY_TIER(s->r->merit[i]),
			ENGINE_PRIORITY_FIT(s->r->merit[i]), s->v->e->lottery[i] };
	}
	return cut;
}

static bool
judge_cutoff(const struct sweep *s, int32_t kind, const struct claim_cutoff *cut)
{
	const struct claim_cutoff *told = &s->r->claim->cutoffs[CLAIM_KIND(s->v->e, s->posting, kind)];

	if (told->state == cut->state && told->learner == cut->learner && told->tier == cut->tier &&
	    told->fit == cut->fit && told->lottery == cut->lottery)
		return true;
	return report_violation(s->v->report, s->r->name, "cutoff",
	    "posting \"%s\": the cut-off of kind %d of its slots is not that of the worst key admitted",
	    "offre « %s » : le seuil de la sorte de place %d n'est pas celui de la dernière clé admise",
	    SHOWN(posting_id(s->v, s->posting)), kind + 1);
}

/* Who comes before the bar would have been given such a slot: a free one by everybody, one that its endowed learner
 * holds by nobody, a reserved one that a stranger holds by every member. */
static void
set_bars(const struct sweep *s, int32_t kind, const struct claim_cutoff *cut)
{
	struct key *general = &s->r->gates[s->posting].bar;
	struct key *members = &s->r->member_bars[CLAIM_KIND(s->v->e, s->posting, kind)];
	struct key bar = cut->state == CLAIM_FREE ? KEY_AFTER_ALL : KEY_BEFORE_ALL, member_bar = bar;

	if (cut->state == CLAIM_WORST) {
		bool stranger = sweep_holder(s, kind, s->r->claim->slot_of[cut->learner]).stranger;
		struct key worst = key_of(s->v, cut->learner, s->r->merit[cut->learner]);

		if (stranger) {
			bar = worst;
			member_bar = kind + 1 < s->n ? KEY_AFTER_ALL : worst;
		} else {
			member_bar = worst;
		}
	}
	*members = member_bar;
	if (key_before(general, &bar))
		*general = bar;
}

/* ---- */
static bool
fill_posting(struct filling *f, int32_t j)
{
	struct sweep *s = &f->sweep;
	bool sound = sweep_posting(s, j, false);

	s->r->gates[j] = (struct gate){ KEY_BEFORE_ALL, KEY_AFTER_ALL };
	if (sound)
		give_owners(f);
	for (int32_t step = s->n - 1; sound && step >= 0; step--) {
		int32_t kind = kind_filled(s->v, j, step, s->n);
		struct claim_cutoff cut = cutoff_of(s, kind);

		find_later(f, kind);
		sound = fill_kind(f, kind) && judge_cutoff(s, kind, &cut);
		set_bars(s, kind, &cut);
		sweep_pass(s, kind);
	}
	sweep_leave(s);
	return sound;
}

bool
judge_filling(struct judge *v, struct run *r)
{
	struct filling f;

	if (!filling_open(&f, v, r))
		return false;
	for (int32_t j = 0; j < v->e->n_postings; j++) {
		if (r->solo && v->e->posting_college[j] == ENGINE_NONE)
			continue;               /* not certified, and in nobody's reach */
		if (!fill_posting(&f, j))
			return false;
	}
	return true;
}
