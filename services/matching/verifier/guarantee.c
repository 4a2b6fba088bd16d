/* SPDX-License-Identifier: Apache-2.0 */
/* Endowments are the solo placements and the held pairs, and nobody ends worse than with her endowment. */
#include "verifier/judge.h"

static int32_t
endowment_due(const struct judge *v, int32_t i)
{
	if (v->held_at[i] != ENGINE_NONE)
		return v->held_at[i];
	return v->e->guarantee ? v->claim->alone.posting[i] : ENGINE_NONE;
}

bool
judge_endowments(struct judge *v)
{
	for (int32_t i = 0; i < v->e->n_learners; i++) {
		int32_t due = endowment_due(v, i), told = v->claim->endowment[i];

		if (told == due)
			continue;
		if (due == ENGINE_NONE)
			return report_violation(
			    v->report, REPORT_WHOLE, "endowments",
			    "learner \"%s\" is endowed with a seat at \"%s\", but neither held it nor got it alone",
			    "l'élève « %s » est dotée d'une place chez « %s », sans l'avoir tenue ni obtenue seule",
			    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, told)));
		return report_violation(v->report, REPORT_WHOLE, "endowments",
		                        "learner \"%s\" must be endowed with a seat at \"%s\", and with no other",
		                        "l'élève « %s » doit être dotée d'une place chez « %s », et d'aucune autre",
		                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, due)));
	}
	return true;
}

/* Her place in her own ranking; as many as she ranked where she is placed elsewhere; one more where she is not. */
static size_t
place_in_list(const struct judge *v, int32_t i, int32_t j)
{
	const struct engine_line *line = v->e->rankings.line + v->e->rankings.off[i];
	size_t n = line_count(v, i), k = 0;

	if (j == ENGINE_NONE)
		return n + 1;
	while (k < n && line[k].posting != j)
		k++;
	return k;
}

/*
 * A solo placement counts where it was by ranking; an assigned one only as a place, as does a held one that she did not
 * rank. Whoever is placed by ranking has been walked down to there, and her endowment was not above (holders.c).
 */
static bool
judge_one(struct judge *v, int32_t i)
{
	int32_t j = v->claim->endowment[i];

	if (j == ENGINE_NONE || v->claim->pool.posting[i] == j || v->claim->pool.by[i] == CLAIM_RANKED)
		return true;
	if (place_in_list(v, i, v->claim->pool.posting[i]) <= place_in_list(v, i, j))
		return true;
	return report_violation(v->report, REPORT_WHOLE, "worse_than_alone",
	                        "learner \"%s\" has a claim to a seat at \"%s\", but ends worse",
	                        "l'élève « %s » a droit à une place chez « %s », mais obtient moins bien",
	                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, j)));
}

static bool
judge_colleges(struct judge *v)
{
	for (int32_t c = 0; c < v->e->n_colleges; c++)
		if (v->claim->colleges[c].pool < v->claim->colleges[c].alone)
			return report_violation(
			    v->report, REPORT_WHOLE, "college_worse",
			    "college \"%s\" places %lld learners alone, but only %lld in the pool",
			    "l'établissement « %s » place %lld élèves seul, mais seulement %lld dans le bassin",
			    SHOWN(v->in->college_ids[c]), (long long)v->claim->colleges[c].alone,
			    (long long)v->claim->colleges[c].pool);
	return true;
}

bool
judge_guarantee(struct judge *v)
{
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if (!judge_one(v, i))
			return false;
	return !v->e->guarantee || judge_colleges(v);
}
