/* SPDX-License-Identifier: Apache-2.0 */
/* What the outcome tells people: why a learner has no place, what each college has, and the objective. */
#include "verifier/judge.h"

static const char *const REASONS[] = { "none", "nothing_ranked", "not_eligible", "outranked", "no_seat" };

/* ---- reasons ----------------------------------------------------------------------------------------------------- */
static bool
ranked_acceptably(const struct judge *v, int32_t i)
{
	const struct engine_rankings *r = &v->e->rankings;

	for (size_t k = r->off[i]; k < r->off[i + 1]; k++)
		if (r->line[k].priority != ENGINE_REFUSED)
			return true;
	return false;
}

static bool
may_be_assigned_somewhere(const struct judge *v, int32_t i)
{
	for (size_t k = v->e->fit.off[i]; k < v->e->fit.off[i + 1]; k++)
		if (v->e->posting_assignable[v->e->fit.entry[k].to])
			return true;
	return false;
}

static enum claim_reason
reason_of(const struct judge *v, int32_t i)
{
	bool acceptable;

	if (v->claim->pool.by[i] != CLAIM_NOWHERE)
		return CLAIM_NO_REASON;
	acceptable = ranked_acceptably(v, i);
	if (v->e->learner_assignable[i])
		return acceptable || may_be_assigned_somewhere(v, i) ? CLAIM_NO_SEAT : CLAIM_NOT_ELIGIBLE;
	if (line_count(v, i) == 0)
		return CLAIM_NOTHING_RANKED;
	return acceptable ? CLAIM_OUTRANKED : CLAIM_NOT_ELIGIBLE;
}

static bool
judge_reason(struct judge *v, int32_t i)
{
	enum claim_reason due = reason_of(v, i), told = (enum claim_reason)v->claim->reason[i];

	if (told == due)
		return true;
	return report_violation(v->report, REPORT_WHOLE, "reason",
	                        "learner \"%s\" is without a place for the reason %s, not %s",
	                        "l'élève « %s » est sans place pour la raison %s, non %s", SHOWN(learner_id(v, i)),
	                        REASONS[due], REASONS[told]);
}

/* The rows name each posting that she ranked and whose employer finds her acceptable, in the order of her list. */
static bool
judge_at(struct judge *v, int32_t i)
{
	const struct engine_rankings *r = &v->e->rankings;
	const struct claim *c = v->claim;
	size_t at = c->at_off[i], end = c->at_off[i + 1];

	if (c->reason[i] != CLAIM_OUTRANKED)
		return true;
	for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
		if (r->line[k].priority == ENGINE_REFUSED)
			continue;
		if (at == end || c->at[at].posting != r->line[k].posting)
			return report_violation(
			    v->report, REPORT_WHOLE, "at",
			    "learner \"%s\": the postings where she was outranked must name \"%s\" next",
			    "élève « %s » : les offres où d'autres passaient devant doivent nommer ici « %s »",
			    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->line[k].posting)));
		at++;
	}
	if (at < end)
		return report_violation(v->report, REPORT_WHOLE, "at",
		                        "learner \"%s\" cannot have been outranked at \"%s\"",
		                        "l'élève « %s » n'a pas pu être devancée chez « %s »", SHOWN(learner_id(v, i)),
		                        SHOWN(posting_id(v, c->at[at].posting)));
	return true;
}

/* ---- colleges ---------------------------------------------------------------------------------------------------- */
static bool
judge_college(struct judge *v, int32_t c, const struct claim_college *due)
{
	const struct claim_college *told = &v->claim->colleges[c];

	if (told->told != due->told)
		return report_violation(v->report, REPORT_WHOLE, "colleges", "the row of college \"%s\" is %s",
		                        "la ligne de l'établissement « %s » est en défaut (%s)",
		                        SHOWN(v->in->college_ids[c]), due->told ? "missing" : "not called for");
	if (told->learners != due->learners || told->alone != due->alone || told->pool != due->pool)
		return report_violation(
		    v->report, REPORT_WHOLE, "colleges",
		    "college \"%s\" has %lld learners, %lld placed alone and %lld in the pool; the outcome counts "
		    "otherwise",
		    "l'établissement « %s » a %lld élèves, %lld ayant une place seul et %lld dans le bassin ; le "
		    "résultat "
		    "compte autrement",
		    SHOWN(v->in->college_ids[c]), (long long)due->learners, (long long)due->alone,
		    (long long)due->pool);
	return true;
}

static bool
judge_colleges(struct judge *v)
{
	struct claim_college *due = judge_take(v, (size_t)v->e->n_colleges, sizeof *due);

	if (due == NULL)
		return false;
	for (int32_t i = 0; i < v->e->n_learners; i++) {
		int32_t c = v->e->learner_college[i];
		bool anyway = v->fixed_at[i] != ENGINE_NONE || v->held_at[i] != ENGINE_NONE;

		if (c == ENGINE_NONE)
			continue;
		due[c].told = true;
		due[c].learners++;
		due[c].alone += anyway || v->claim->alone.by[i] != CLAIM_NOWHERE;
		due[c].pool += v->claim->pool.by[i] != CLAIM_NOWHERE;
	}
	for (int32_t c = 0; c < v->e->n_colleges; c++)
		if (!judge_college(v, c, &due[c]))
			return false;
	return true;
}

/* ---- the objective ----------------------------------------------------------------------------------------------- */
static bool
wrong_objective(struct judge *v, const char *what, int64_t due, int64_t told)
{
	return report_violation(v->report, REPORT_WHOLE, "objective", "the objective's %s is %lld, not %lld",
	                        "dans l'objectif, %s vaut %lld, non %lld", what, (long long)due, (long long)told);
}

static bool
judge_objective(struct judge *v)
{
	const struct claim *c = v->claim;
	int64_t placed = 0, tiers[ENGINE_NEEDS] = { 0 };
	int32_t n = 0;

	for (int32_t i = 0; i < v->e->n_learners; i++) {
		n = v->e->learner_need[i] >= n ? v->e->learner_need[i] + 1 : n;
		if (c->pool.by[i] == CLAIM_NOWHERE)
			continue;
		placed++;
		tiers[v->e->learner_need[i]]++;
	}
	if (c->placed != placed)
		return wrong_objective(v, "placed", placed, c->placed);
	if (c->n_tiers != n)
		return report_violation(v->report, REPORT_WHOLE, "objective",
		                        "the objective must count %d tiers, not %d",
		                        "l'objectif doit compter %d rangs de besoin, non %d", n, c->n_tiers);
	for (int32_t t = 0; t < n; t++)
		if (c->tiers[t] != tiers[t])
			return report_violation(v->report, REPORT_WHOLE, "objective",
			                        "%lld learners of tier %d are placed, not %lld",
			                        "%lld élèves du rang de besoin %d ont une place, non %lld",
			                        (long long)tiers[t], t, (long long)c->tiers[t]);
	return true;
}

bool
judge_fit(struct judge *v)
{
	return v->claim->fit == v->pool.fit || wrong_objective(v, "fit", v->pool.fit, v->claim->fit);
}

bool
judge_reasons(struct judge *v)
{
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if (!judge_reason(v, i) || !judge_at(v, i))
			return false;
	return true;
}

bool
judge_counts(struct judge *v)
{
	return judge_colleges(v) && judge_objective(v);
}
