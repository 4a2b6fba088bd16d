/* SPDX-License-Identifier: Apache-2.0 */
/* Through a posting's slots backwards. Each holder's groups are read once a sweep, so a sweep is linear. */
#include "verifier/sweep.h"

bool
sweep_open(struct sweep *s, struct judge *v, struct run *r)
{
	const struct engine_rows *reserves = &v->e->reserves;
	size_t most = 0;

	for (int32_t j = 0; j < v->e->n_postings; j++)
		if (reserves->off[j + 1] - reserves->off[j] > most)
			most = reserves->off[j + 1] - reserves->off[j];
	*s = (struct sweep){ .v = v, .r = r };
	s->sizes = judge_take(v, most + 1, sizeof *s->sizes);
	s->from = judge_take(v, most + 1, sizeof *s->from);
	s->to = judge_take(v, most + 1, sizeof *s->to);
	s->member_best = judge_take(v, most + 1, sizeof *s->member_best);
	s->kind_of_group = judge_take(v, (size_t)v->e->n_groups, sizeof *s->kind_of_group);
	if (s->sizes == NULL || s->from == NULL || s->to == NULL || s->member_best == NULL || s->kind_of_group == NULL)
		return false;
	for (int32_t g = 0; g < v->e->n_groups; g++)
		s->kind_of_group[g] = ENGINE_NONE;
	return true;
}

static bool
find_slots(struct sweep *s)
{
	const struct claim_run *c = s->r->claim;
	int32_t at = c->slot_off[s->posting], end = c->slot_off[s->posting + 1];

	for (int32_t step = 0; step < s->n; step++) {
		int32_t kind = kind_filled(s->v, s->posting, step, s->n);

		s->from[kind] = at;
		while (at < end && c->slots[at].kind == kind)
			at++;
		s->to[kind] = at;
	}
	return at == end ||
	       report_violation(s->v->report, s->r->name, "filling",
	                        "posting \"%s\" lists the slot of learner \"%s\" out of the order of filling",
	                        "l'offre « %s » présente la place de l'élève « %s » hors de l'ordre de remplissage",
	                        SHOWN(posting_id(s->v, s->posting)), SHOWN(learner_id(s->v, c->slots[at].learner)));
}

bool
sweep_posting(struct sweep *s, int32_t j)
{
	const struct engine_rows *reserves = &s->v->e->reserves;

	s->posting = j;
	s->n = kind_sizes(s->v, j, s->r->seats[j], s->sizes);
	s->best = (struct best){ s->r->best[j], ENGINE_NONE };
	for (int32_t k = 0; k + 1 < s->n; k++) {
		s->member_best[k] = (struct best){ s->r->member_best[CLAIM_KIND(s->v->e, j, k)], ENGINE_NONE };
		s->kind_of_group[reserves->entry[reserves->off[j] + (size_t)k].to] = k;
	}
	return find_slots(s);
}

void
sweep_leave(struct sweep *s)
{
	const struct engine_rows *reserves = &s->v->e->reserves;

	for (size_t k = reserves->off[s->posting]; k < reserves->off[s->posting + 1]; k++)
		s->kind_of_group[reserves->entry[k].to] = ENGINE_NONE;
}

struct claimant
sweep_later(const struct sweep *s, int32_t kind)
{
	if (kind + 1 < s->n && s->member_best[kind].key != KEY_NOBODY)
		return (struct claimant){ s->member_best[kind].key, s->member_best[kind].slot, false };
	return (struct claimant){ s->best.key, s->best.slot, true };
}

void
sweep_pass(struct sweep *s, int32_t kind)
{
	const struct engine_rows *groups = &s->v->e->groups;

	if (s->n == 1)
		return; /* nothing is filled before the only kind */
	for (int32_t slot = s->from[kind]; slot < s->to[kind]; slot++) {
		struct best holder = { s->r->keys[slot], slot };
		int32_t i = s->r->claim->slots[slot].learner;

		if (holder.key < s->best.key)
			s->best = holder;
		if ((s->r->role[i] & ROLE_GROUPED) == 0)
			continue;
		for (size_t g = groups->off[i]; g < groups->off[i + 1]; g++) {
			int32_t k = s->kind_of_group[groups->entry[g].to];

			if (k != ENGINE_NONE && holder.key < s->member_best[k].key)
				s->member_best[k] = holder;
		}
	}
}
