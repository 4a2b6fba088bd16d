/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nobody prefers a slot that she would have been given: each learner's lines above her result, compared with the bars.
 * On the way, the best of those who would rather be at a posting is found for rings.c.
 */
#include "verifier/judge.h"

static bool
blocking_pair(struct judge *v, const struct run *r, int32_t i, int32_t j)
{
	return report_violation(v->report, r->name, "blocking_pair",
	    "learner \"%s\" and posting \"%s\" would rather have each other",
	    "l'élève « %s » et l'offre « %s » se préfèrent à ce qui leur est donné", SHOWN(learner_id(v, i)),
	    SHOWN(posting_id(v, j)));
}

static bool
endowment_lost(struct judge *v, const struct run *r, int32_t i)
{
	return report_violation(v->report, r->name, "endowment_lost",
	    "learner \"%s\" stands below \"%s\", where she has first claim on a seat",
	    "l'élève « %s » se trouve plus bas que chez « %s », où une place lui revient d'abord",
	    SHOWN(learner_id(v, i)), SHOWN(posting_id(v, r->endowment[i])));
}

/* What she is worth on the slots that are reserved for groups of hers. False: she would have been given one. */
static bool
pass_reserves(struct judge *v, struct run *r, int32_t i, int32_t j, const struct key *key)
{
	size_t at = 0;

	for (int32_t kind; (kind = kind_of_member(v, i, j, &at)) != ENGINE_NONE;) {
		size_t k = CLAIM_KIND(v->e, j, kind);

		if (key_before(key, &r->member_bars[k]))
			return false;
		if (key_before(key, &r->member_best[k]))
			r->member_best[k] = *key;
	}
	return true;
}

static bool
judge_lines(struct judge *v, struct run *r, int32_t i)
{
	const struct engine_line *line = v->e->rankings.line + v->e->rankings.off[i];
	bool grouped = v->e->groups.off[i] < v->e->groups.off[i + 1];
	int32_t college = v->e->learner_college[i], endowment = r->endowment[i];
	struct key key = key_of(v, i, 0);

	for (uint32_t k = 0; k < r->stop[i]; k++) {
		int32_t j = line[k].posting;

		if (r->solo && v->e->posting_college[j] != college)
			continue;
		if (j == endowment)
			return endowment_lost(v, r, i);
		if (line[k].priority == ENGINE_REFUSED)
			continue;
		struct gate *gate = &r->gates[j];

		key.priority = line[k].priority;
		if (key_before(&key, &gate->bar))
			return blocking_pair(v, r, i, j);
		if (key_before(&key, &gate->best))
			gate->best = key;
		if (grouped && !pass_reserves(v, r, i, j, &key))
			return blocking_pair(v, r, i, j);
	}
	return true;
}

bool
judge_stable(struct judge *v, struct run *r)
{
	size_t kinds = CLAIM_KIND(v->e, v->e->n_postings, 0);

	for (size_t k = 0; k < kinds; k++)
		r->member_best[k] = KEY_AFTER_ALL;
	for (int32_t i = 0; i < v->e->n_learners; i++) {
		if (!takes_part(v, r, i))
			continue;
		if (r->endowment[i] != ENGINE_NONE && r->result[i] == ENGINE_NONE)
			return endowment_lost(v, r, i);
		if (!judge_lines(v, r, i))
			return false;
	}
	return true;
}
