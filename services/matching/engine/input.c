/* SPDX-License-Identifier: Apache-2.0 */
/* Is the instance of the shape that engine.h describes? */
#include <stdlib.h>

#include "engine/input.h"
#include "engine/pages.h"

static bool
offsets_are_sound(const size_t *off, int32_t lists)
{
	if (off == NULL || off[0] != 0)
		return false;
	for (int32_t i = 0; i < lists; i++)
		if (off[i + 1] < off[i])
			return false;
	return off[lists] <= ENGINE_MAX_ENTRIES;
}

/* Entries ascending within each list, so each once; values from 0 to max. */
static bool
rows_are_sound(const struct engine_rows *r, int32_t lists, int32_t targets, int32_t max)
{
	if (!offsets_are_sound(r->off, lists))
		return false;
	for (int32_t i = 0; i < lists; i++) {
		int32_t last = -1;

		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
			const struct engine_entry *e = &r->entry[k];

			if (e->to <= last || e->to >= targets || e->value < 0 || e->value > max)
				return false;
			last = e->to;
		}
	}
	return true;
}

/* Each target once in its list; seen is by target. */
static bool
reserves_are_sound(const struct engine_instance *in, int32_t *seen)
{
	const struct engine_rows *r = &in->reserves;

	if (!offsets_are_sound(r->off, in->n_postings))
		return false;
	for (int32_t j = 0; j < in->n_postings; j++) {
		for (size_t k = r->off[j]; k < r->off[j + 1]; k++) {
			const struct engine_entry *e = &r->entry[k];

			if (e->to < 0 || e->to >= in->n_groups || e->value < 0 || seen[e->to] == j + 1)
				return false;
			seen[e->to] = j + 1;
		}
	}
	return true;
}

static bool
rankings_are_sound(const struct engine_instance *in, int32_t *seen)
{
	const struct engine_rankings *r = &in->rankings;

	if (!offsets_are_sound(r->off, in->n_learners))
		return false;
	for (int32_t i = 0; i < in->n_learners; i++) {
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
			const struct engine_line *l = &r->line[k];

			if (l->posting < 0 || l->posting >= in->n_postings || seen[l->posting] == i + 1)
				return false;
			if (l->priority != ENGINE_REFUSED && ENGINE_PRIORITY_FIT(l->priority) < 0)
				return false;
			seen[l->posting] = i + 1;
		}
	}
	return true;
}

static bool
learners_are_sound(const struct engine_instance *in)
{
	for (int32_t i = 0; i < in->n_learners; i++)
		if (in->learner_college[i] < ENGINE_NONE || in->learner_college[i] >= in->n_colleges ||
		    in->learner_need[i] >= ENGINE_NEEDS)
			return false;
	return true;
}

/* The unranked are a tier too. */
static bool
postings_are_sound(const struct engine_instance *in)
{
	for (int32_t j = 0; j < in->n_postings; j++)
		if (in->posting_college[j] < ENGINE_NONE || in->posting_college[j] >= in->n_colleges ||
		    in->capacity[j] < 0 || in->posting_tiers[j] < 0 ||
		    in->posting_tiers[j] > ENGINE_MAX_TIERS - in->accepts_unranked[j])
			return false;
	return true;
}

/* A choice's tier is one of its posting's. */
static bool
choices_are_sound(const struct engine_instance *in)
{
	if (!rows_are_sound(&in->choices, in->n_learners, in->n_postings, ENGINE_MAX_TIERS - 1))
		return false;
	for (size_t k = 0; k < in->choices.off[in->n_learners]; k++)
		if (in->choices.entry[k].value >= in->posting_tiers[in->choices.entry[k].to])
			return false;
	return true;
}

/* Takes the pairs off the seats, and marks the learners. */
static bool
pairs_are_sound(const struct engine_instance *in, const struct engine_pair *pairs, size_t n, int32_t *seats,
                bool *paired)
{
	for (size_t k = 0; k < n; k++) {
		int32_t i = pairs[k].learner, j = pairs[k].posting;

		if (i < 0 || i >= in->n_learners || j < 0 || j >= in->n_postings || paired[i] || seats[j] == 0)
			return false;
		paired[i] = true;
		seats[j]--;
	}
	return true;
}

static bool
sizes_are_sound(const struct engine_instance *in)
{
	return in->n_learners >= 0 && in->n_learners <= ENGINE_MAX_LEARNERS && in->n_postings >= 0 &&
	       in->n_postings <= ENGINE_MAX_POSTINGS && in->n_colleges >= 0 && in->n_groups >= 0 &&
	       in->n_colleges < INT32_MAX && in->n_groups < INT32_MAX;
}

static bool
is_sound(const struct engine_instance *in, int32_t *posting_seen, int32_t *group_seen, int32_t *seats, bool *paired)
{
	if (!learners_are_sound(in) || !postings_are_sound(in))
		return false;
	for (int32_t j = 0; j < in->n_postings; j++)
		seats[j] = in->capacity[j];
	return rankings_are_sound(in, posting_seen) && choices_are_sound(in) &&
	       rows_are_sound(&in->groups, in->n_learners, in->n_groups, 0) &&
	       rows_are_sound(&in->fit, in->n_learners, in->n_postings, ENGINE_MAX_FIT) &&
	       reserves_are_sound(in, group_seen) && pairs_are_sound(in, in->fixed, in->n_fixed, seats, paired) &&
	       pairs_are_sound(in, in->held, in->n_held, seats, paired);
}

enum engine_status
input_check(const struct engine_instance *in)
{
	enum engine_status status = ENGINE_NO_MEMORY;
	int32_t *posting_seen, *group_seen, *seats;
	bool *paired;

	if (!sizes_are_sound(in))
		return ENGINE_BAD_INPUT;
	posting_seen = pages_zero((size_t)in->n_postings, sizeof *posting_seen);
	group_seen = pages_zero((size_t)in->n_groups, sizeof *group_seen);
	seats = pages_take((size_t)in->n_postings, sizeof *seats);
	paired = pages_zero((size_t)in->n_learners, sizeof *paired);
	if (posting_seen != NULL && group_seen != NULL && seats != NULL && paired != NULL)
		status = is_sound(in, posting_seen, group_seen, seats, paired) ? ENGINE_OK : ENGINE_BAD_INPUT;
	free(posting_seen);
	free(group_seen);
	free(seats);
	free(paired);
	return status;
}
