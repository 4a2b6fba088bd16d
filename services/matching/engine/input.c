/* SPDX-License-Identifier: Apache-2.0 */
/* Is the instance of the shape that engine.h describes, and does it ask for nothing but what this engine solves? */
#include "engine/engine_priv.h"

/* Values from 0 to max_value; a negative max_value: the rows carry none. */
static bool
rows_are_sound(const struct engine_rows *r, int32_t lists, int32_t targets, int32_t max_value)
{
	if (r->off == NULL || r->off[0] != 0)
		return false;
	for (int32_t i = 0; i < lists; i++)
		if (r->off[i + 1] < r->off[i] || r->off[i + 1] > INT32_MAX)
			return false;
	for (size_t k = 0; k < r->off[lists]; k++) {
		if (r->to[k] < 0 || r->to[k] >= targets)
			return false;
		if (max_value >= 0 && (r->value[k] < 0 || r->value[k] > max_value))
			return false;
	}
	return true;
}

static bool
college_is_sound(int32_t college, int32_t colleges)
{
	return college == ENGINE_NONE || (college >= 0 && college < colleges);
}

static bool
pairs_are_sound(const struct engine_pair *p, size_t n, const struct engine_instance *in)
{
	for (size_t k = 0; k < n; k++)
		if (p[k].learner < 0 || p[k].learner >= in->n_learners || p[k].posting < 0 ||
		    p[k].posting >= in->n_postings)
			return false;
	return true;
}

bool
engine_input_is_sound(const struct engine_instance *in)
{
	int32_t nl = in->n_learners, np = in->n_postings;

	if (nl < 0 || np < 0 || in->n_colleges < 0 || in->n_groups < 0)
		return false;
	for (int32_t i = 0; i < nl; i++)
		if (!college_is_sound(in->learner_college[i], in->n_colleges) || in->learner_need[i] < 0 ||
		    in->learner_need[i] >= ENGINE_NEEDS)
			return false;
	for (int32_t j = 0; j < np; j++)
		if (!college_is_sound(in->posting_college[j], in->n_colleges) || in->capacity[j] < 0)
			return false;
	/* Tiers are dense, so a tier is below the number of entries: that bounds the counters of the sort. */
	return rows_are_sound(&in->rankings, nl, np, np) && rows_are_sound(&in->choices, np, nl, nl) &&
	    rows_are_sound(&in->fit, nl, np, ENGINE_MAX_FIT) && rows_are_sound(&in->groups, nl, in->n_groups, -1) &&
	    rows_are_sound(&in->reserves, np, in->n_groups, INT32_MAX) && pairs_are_sound(in->fixed, in->n_fixed, in) &&
	    pairs_are_sound(in->held, in->n_held, in);
}

bool
engine_input_is_supported(const struct engine_instance *in)
{
	if (in->guarantee || in->n_held > 0 || in->reserves.off[in->n_postings] > 0)
		return false;
	for (int32_t i = 0; i < in->n_learners; i++)
		if (in->learner_assignable[i])
			return false;
	for (int32_t j = 0; j < in->n_postings; j++)
		if (in->posting_assignable[j])
			return false;
	return true;
}

bool
fixed_take_out(struct work *w)
{
	const struct engine_instance *in = w->in;

	for (int32_t i = 0; i < in->n_learners; i++)
		w->fixed_at[i] = ENGINE_NONE;
	for (int32_t j = 0; j < in->n_postings; j++)
		w->seats[j] = in->capacity[j];
	for (size_t k = 0; k < in->n_fixed; k++) {
		int32_t i = in->fixed[k].learner, j = in->fixed[k].posting;

		if (w->fixed_at[i] != ENGINE_NONE || w->seats[j] == 0)
			return false;
		w->fixed_at[i] = j;
		w->seats[j]--;
	}
	return true;
}
