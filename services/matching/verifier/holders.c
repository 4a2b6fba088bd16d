/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody's place in a run: fixed pairs exactly, slots held by whom they may be held, and placements that say so. */
#include "verifier/judge.h"

/* Who takes no part in the run stands where her fixed pair put her, or nowhere. */
static bool
judge_outside(struct judge *v, const struct run *r, int32_t i)
{
	int32_t j = r->claim->posting[i], fixed = r->solo ? ENGINE_NONE : v->fixed_at[i];

	if (fixed == ENGINE_NONE && r->claim->by[i] != CLAIM_NOWHERE)
		return report_violation(v->report, r->name, "not_in_run",
		    "learner \"%s\" takes no part, but is placed at \"%s\"",
		    "l'élève « %s » ne participe pas, mais a une place chez « %s »", SHOWN(learner_id(v, i)),
		    SHOWN(posting_id(v, j)));
	if (fixed != ENGINE_NONE && (r->claim->by[i] != CLAIM_FIXED || j != fixed))
		return report_violation(v->report, r->name, "fixed_pair",
		    "learner \"%s\" and posting \"%s\" are a fixed pair of the instance, but not of the outcome",
		    "l'élève « %s » et l'offre « %s » sont une paire fixe de l'instance, mais pas du résultat",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, fixed)));
	if (r->claim->slot_of[i] != ENGINE_NONE)
		return report_violation(v->report, r->name, "not_in_run",
		    "learner \"%s\" takes no part in the ranked phase, but holds a slot",
		    "l'élève « %s » ne participe pas à la phase des classements, mais occupe une place",
		    SHOWN(learner_id(v, i)));
	return true;
}

static bool
judge_places(struct judge *v, const struct run *r)
{
	for (int32_t i = 0; i < v->e->n_learners; i++) {
		if (!takes_part(v, r, i)) {
			if (!judge_outside(v, r, i))
				return false;
			continue;
		}
		if (r->claim->by[i] == CLAIM_FIXED)
			return report_violation(v->report, r->name, "fixed_pair",
			    "learner \"%s\" and posting \"%s\" are a fixed pair of the outcome, but not of the instance",
			    "l'élève « %s » et l'offre « %s » sont une paire fixe du résultat, mais pas de l'instance",
			    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->claim->posting[i])));
		if (r->claim->by[i] != CLAIM_NOWHERE && !in_one_run(v, r, i, r->claim->posting[i]))
			return report_violation(v->report, r->name, "not_in_run",
			    "learner \"%s\" is placed at \"%s\", which another college contributed, or none",
			    "l'élève « %s » a une place chez « %s », qu'un autre établissement a apportée, ou aucun",
			    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->claim->posting[i])));
	}
	return true;
}

/* No more holders than seats, each in the run. */
static bool
take_results(struct judge *v, struct run *r)
{
	const struct claim_run *c = r->claim;

	for (int32_t i = 0; i < v->e->n_learners; i++)
		r->result[i] = ENGINE_NONE;
	for (int32_t j = 0; j < v->e->n_postings; j++) {
		if (c->slot_off[j + 1] - c->slot_off[j] > r->seats[j])
			return report_violation(v->report, r->name, "seats",
			    "posting \"%s\" has %d seats for the ranked phase, but %d holders",
			    "l'offre « %s » a %d places pour la phase des classements, mais %d occupants",
			    SHOWN(posting_id(v, j)), r->seats[j], c->slot_off[j + 1] - c->slot_off[j]);
		for (int32_t s = c->slot_off[j]; s < c->slot_off[j + 1]; s++) {
			int32_t i = c->slots[s].learner;

			if (!in_one_run(v, r, i, j))
				return report_violation(v->report, r->name, "not_in_run",
				    "learner \"%s\" holds a slot of \"%s\", which is not of her college",
				    "l'élève « %s » occupe une place de « %s », qui n'est pas de son établissement",
				    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, j)));
			r->result[i] = j;
		}
	}
	return true;
}

/* Where in her list she stands, and what she is worth there. */
static bool
judge_result(struct judge *v, struct run *r, int32_t i)
{
	const struct engine_line *line = v->e->rankings.line + v->e->rankings.off[i];
	uint32_t n = (uint32_t)line_count(v, i), k = 0;
	int32_t j = r->result[i];

	r->stop[i] = n;
	if (j == ENGINE_NONE)
		return true;
	while (k < n && line[k].posting != j)
		k++;
	r->stop[i] = k;
	r->merit[i] = k < n ? line[k].priority : priority_of(v, i, j);
	if (r->endowment[i] == j)
		return true;
	if (k == n)
		return report_violation(v->report, r->name, "unacceptable",
		    "learner \"%s\" holds a slot of \"%s\", which she did not rank",
		    "l'élève « %s » occupe une place de « %s », absente de son classement", SHOWN(learner_id(v, i)),
		    SHOWN(posting_id(v, j)));
	if (r->merit[i] == ENGINE_REFUSED)
		return report_violation(v->report, r->name, "unacceptable",
		    "learner \"%s\" holds a slot of \"%s\", whose employer finds her unacceptable",
		    "l'élève « %s » occupe une place de « %s », dont l'employeur ne l'accepte pas",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, j)));
	return true;
}

/* The ranked placements are the slots of those who ranked them; whoever else is placed was assigned. */
static bool
judge_by(struct judge *v, const struct run *r, int32_t i)
{
	bool ranked = r->result[i] != ENGINE_NONE && !stands_unranked(v, r, i);

	if (ranked && (r->claim->by[i] != CLAIM_RANKED || r->claim->posting[i] != r->result[i]))
		return report_violation(v->report, r->name, "placement",
		    "learner \"%s\" holds a slot of \"%s\" that she ranked, but is not placed there by ranking",
		    "l'élève « %s » occupe une place classée de « %s », mais n'y est pas placée par classement",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->result[i])));
	if (!ranked && r->claim->by[i] == CLAIM_RANKED)
		return report_violation(v->report, r->name, "placement",
		    "learner \"%s\" is placed at \"%s\" by ranking, but holds no slot there that she ranked",
		    "l'élève « %s » a une place chez « %s » par classement, mais n'y occupe aucune place classée",
		    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->claim->posting[i])));
	return true;
}

bool
judge_holders(struct judge *v, struct run *r)
{
	if (!judge_places(v, r) || !take_results(v, r))
		return false;
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if (!judge_result(v, r, i) || !judge_by(v, r, i))
			return false;
	return true;
}
