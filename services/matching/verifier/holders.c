/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody's place in a run: fixed pairs exactly, slots held by whom they may be held, and placements that say so. */
#include <string.h>

#include "verifier/judge.h"

/* Who takes no part in the run stands where her fixed pair put her, or nowhere. */
static bool
judge_outside(struct judge *v, const struct run *r, int32_t i)
{
	int32_t j = r->claim->posting[i], fixed = r->solo ? ENGINE_NONE : v->fixed_at[i];

	if (fixed == ENGINE_NONE && r->claim->by[i] != CLAIM_NOWHERE)
		return report_violation(v->report, r->name, "not_in_run",
		                        "learner \"%s\" takes no part, but is placed at \"%s\"",
		                        "l'élève « %s » ne participe pas, mais a une place chez « %s »",
		                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, j)));
	if (fixed != ENGINE_NONE && (r->claim->by[i] != CLAIM_FIXED || j != fixed))
		return report_violation(
		    v->report, r->name, "fixed_pair",
		    "learner \"%s\" and posting \"%s\" are a fixed pair of the instance, but not of the outcome",
		    "l'élève « %s » et l'offre « %s » sont une paire fixe de l'instance, mais pas du résultat",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, fixed)));
	if (r->claim->slot_of[i] != ENGINE_NONE)
		return report_violation(
		    v->report, r->name, "not_in_run",
		    "learner \"%s\" takes no part in the ranked phase, but holds a slot",
		    "l'élève « %s » ne participe pas à la phase des classements, mais occupe une place",
		    SHOWN(learner_id(v, i)));
	return true;
}

/* Whoever takes part is not fixed, and in a solo run is with her own college. */
static bool
judge_inside(struct judge *v, const struct run *r, int32_t i)
{
	enum claim_by by = (enum claim_by)r->claim->by[i];

	if (by == CLAIM_FIXED)
		return report_violation(
		    v->report, r->name, "fixed_pair",
		    "learner \"%s\" and posting \"%s\" are a fixed pair of the outcome, but not of the instance",
		    "l'élève « %s » et l'offre « %s » sont une paire fixe du résultat, mais pas de l'instance",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->claim->posting[i])));
	if (r->solo && by != CLAIM_NOWHERE && !in_one_run(v, r, i, r->claim->posting[i]))
		return report_violation(
		    v->report, r->name, "not_in_run",
		    "learner \"%s\" is placed at \"%s\", which another college contributed, or none",
		    "l'élève « %s » a une place chez « %s », qu'un autre établissement a apportée, ou aucun",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->claim->posting[i])));
	return true;
}

/* In the pool everybody is placed or listed as unplaced, and not both. */
static bool
judge_once(struct judge *v, const struct run *r, int32_t i)
{
	bool placed = r->claim->by[i] != CLAIM_NOWHERE, listed = v->claim->reason[i] != CLAIM_NO_REASON;

	if (r->solo || placed != listed)
		return true;
	if (placed)
		return report_violation(
		    v->report, REPORT_WHOLE, "placed_once", "learner \"%s\" is placed and listed as unplaced",
		    "l'élève « %s » a une place et figure parmi les élèves sans place", SHOWN(learner_id(v, i)));
	return report_violation(
	    v->report, REPORT_WHOLE, "placed_once", "learner \"%s\" is neither placed nor listed as unplaced",
	    "l'élève « %s » n'a pas de place et ne figure pas parmi les élèves sans place", SHOWN(learner_id(v, i)));
}

/* No more holders than seats, each in the run. */
static bool
take_results(struct judge *v, struct run *r)
{
	const struct claim_run *c = r->claim;

	memset(r->result, 0xff, (size_t)v->e->n_learners * sizeof *r->result); /* ENGINE_NONE */
	for (int32_t j = 0; j < v->e->n_postings; j++) {
		if (c->slot_off[j + 1] - c->slot_off[j] > r->seats[j])
			return report_violation(
			    v->report, r->name, "seats",
			    "posting \"%s\" has %d seats for the ranked phase, but %d holders",
			    "l'offre « %s » a %d places pour la phase des classements, mais %d occupants",
			    SHOWN(posting_id(v, j)), r->seats[j], c->slot_off[j + 1] - c->slot_off[j]);
		for (int32_t s = c->slot_off[j]; s < c->slot_off[j + 1]; s++) {
			int32_t i = c->slots[s].learner;

			if (r->solo && !in_one_run(v, r, i, j))
				return report_violation(
				    v->report, r->name, "not_in_run",
				    "learner \"%s\" holds a slot of \"%s\", which is not of her college",
				    "l'élève « %s » occupe une place de « %s », qui n'est pas de son établissement",
				    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, j)));
			r->result[i] = j;
		}
	}
	return true;
}

/* ---- her lines --------------------------------------------------------------------------------------------------- */
static bool
endowment_lost(struct judge *v, const struct run *r, int32_t i)
{
	return report_violation(v->report, r->name, "endowment_lost",
	                        "learner \"%s\" stands below \"%s\", where she has first claim on a seat",
	                        "l'élève « %s » se trouve plus bas que chez « %s », où une place lui revient d'abord",
	                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->endowment[i])));
}

static bool
unacceptable(struct judge *v, const struct run *r, int32_t i, bool ranked)
{
	if (!ranked)
		return report_violation(v->report, r->name, "unacceptable",
		                        "learner \"%s\" holds a slot of \"%s\", which she did not rank",
		                        "l'élève « %s » occupe une place de « %s », absente de son classement",
		                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->result[i])));
	return report_violation(v->report, r->name, "unacceptable",
	                        "learner \"%s\" holds a slot of \"%s\", whose employer finds her unacceptable",
	                        "l'élève « %s » occupe une place de « %s », dont l'employeur ne l'accepte pas",
	                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->result[i])));
}

/* She has reached where she stands. */
static bool
settle(struct judge *v, struct run *r, int32_t i, bool ranked)
{
	int32_t j = r->result[i];
	uint32_t priority =
	    ranked ? v->e->rankings.line[v->e->rankings.off[i] + r->stop[i]].priority : priority_of(v, i, j);
	slot_key key = key_of(v, i, priority);

	r->wanted[j]++;
	r->keys[r->claim->slot_of[i]] = key;
	if (!ranked)
		r->role[i] |= ROLE_ON_SEAT;
	return j == endowment_of(r, i) || (ranked && key != KEY_NOBODY) || unacceptable(v, r, i, ranked);
}

/* She would rather be at posting j, with this key there, and is a member of groups. */
static void
want_as_member(struct judge *v, struct run *r, int32_t i, int32_t j, slot_key key)
{
	size_t at = 0;

	for (int32_t kind; (kind = kind_of_member(v, i, j, &at)) != ENGINE_NONE;) {
		size_t k = CLAIM_KIND(v->e, j, kind);

		if (key < r->member_best[k])
			r->member_best[k] = key;
	}
}

/* Down her list to where she stands; what comes before it she would rather have. */
static bool
walk(struct judge *v, struct run *r, int32_t i)
{
	const struct engine_line *line = v->e->rankings.line + v->e->rankings.off[i];
	const int32_t *of_college = r->solo ? v->e->posting_college : NULL;
	uint32_t n = (uint32_t)line_count(v, i), k = 0, place = v->place[i], *wanted = r->wanted;
	int32_t result = r->result[i], college = v->e->learner_college[i], endowment = endowment_of(r, i);
	slot_key *best = r->best;
	bool grouped = (r->role[i] & ROLE_GROUPED) != 0;

	for (; k < n && line[k].posting != result; k++) {
		int32_t j = line[k].posting;
		slot_key key = KEY_OF(line[k].priority, place);

		if (of_college != NULL && of_college[j] != college)
			continue;
		wanted[j]++;
		if (j == endowment)
			return endowment_lost(v, r, i);
		if (line[k].priority == ENGINE_REFUSED)
			continue;
		if (key < best[j])
			best[j] = key;
		if (grouped)
			want_as_member(v, r, i, j, key);
	}
	r->stop[i] = k;
	return result == ENGINE_NONE ? endowment == ENGINE_NONE || endowment_lost(v, r, i) : settle(v, r, i, k < n);
}

/* The ranked placements are the slots of those who ranked them; whoever else is placed was assigned. */
static bool
judge_by(struct judge *v, const struct run *r, int32_t i)
{
	bool ranked = r->result[i] != ENGINE_NONE && (r->role[i] & ROLE_ON_SEAT) == 0;

	if (ranked && (r->claim->by[i] != CLAIM_RANKED || r->claim->posting[i] != r->result[i]))
		return report_violation(
		    v->report, r->name, "placement",
		    "learner \"%s\" holds a slot of \"%s\" that she ranked, but her placement says otherwise",
		    "l'élève « %s » occupe une place classée de « %s », mais son placement dit autre chose",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->result[i])));
	if (!ranked && r->claim->by[i] == CLAIM_RANKED)
		return report_violation(
		    v->report, r->name, "placement",
		    "learner \"%s\" is placed at \"%s\" by ranking, but holds no slot there that she ranked",
		    "l'élève « %s » a une place chez « %s » par classement, mais n'y occupe aucune place classée",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->claim->posting[i])));
	return true;
}

static bool
takes_part(const struct judge *v, const struct run *r, int32_t i)
{
	if (v->fixed_at[i] != ENGINE_NONE)
		return false;
	return !r->solo || (v->e->learner_college[i] != ENGINE_NONE && v->held_at[i] == ENGINE_NONE);
}

/* In the pool: where settle() will look up the fit of a seat that she did not rank, fetched before it is needed. */
static void
fetch_rows(const struct judge *v, const struct run *r, int32_t i)
{
	const struct engine_rows *fit = &v->e->fit;

	if (r->result[i] == ENGINE_NONE || r->claim->by[i] == CLAIM_RANKED)
		return;
	for (size_t k = fit->off[i], end = fit->off[i + 1]; k < end; k += 64 / sizeof *fit->entry)
		__builtin_prefetch(&fit->entry[k]);
}

bool
judge_holders(struct judge *v, struct run *r)
{
	enum { AHEAD = 8 };
	const size_t *groups = v->e->groups.off;
	int32_t n = v->e->n_learners;

	if (!take_results(v, r))
		return false;
	for (int32_t i = 0; i < n; i++) {
		if (!r->solo && i + AHEAD < n)
			fetch_rows(v, r, i + AHEAD);
		if (!takes_part(v, r, i)) {
			if (!judge_outside(v, r, i) || !judge_once(v, r, i))
				return false;
			continue;
		}
		r->role[i] = ROLE_RANKED | (groups[i] < groups[i + 1] ? ROLE_GROUPED : 0);
		if (!judge_inside(v, r, i) || !walk(v, r, i) || !judge_by(v, r, i) || !judge_once(v, r, i))
			return false;
		if ((r->role[i] & ROLE_ON_SEAT) != 0 || (r->result[i] == ENGINE_NONE && v->e->learner_assignable[i]))
			r->role[i] |= ROLE_MARKET;
	}
	return true;
}
