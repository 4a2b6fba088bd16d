/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of fit, for whoever asks it of one learner and many postings: what is the same for all of them is worked
 * out once. Here, not in fit.c, so that it is compiled into the search (index.c).
 */
#ifndef MATCHING_FIT_PARTS_H
#define MATCHING_FIT_PARTS_H

#include "fit.h"

/* One learner, and the weights of a round. */
struct fit_scale {
	int32_t reach, hours; /* metres, hundredths */
	double of_reach, of_hours, of_needed, of_weights; /* 1 / each; of 0: 0 */
	struct fit_weights weights;
};

static inline double
fit_inverse(int32_t n)
{
	return n > 0 ? 1.0 / n : 0;
}

static inline struct fit_scale
fit_scale_of(const struct fit_learner *l, const struct fit_weights *w)
{
	int32_t reach = l->max_metres == FIT_NO_LIMIT ? FIT_USUAL_METRES : l->max_metres;

	return (struct fit_scale){ reach,
		                   l->hours,
		                   fit_inverse(reach),
		                   fit_inverse(l->hours),
		                   fit_inverse((int32_t)l->competencies.n),
		                   fit_inverse(w->competencies + w->distance + w->hours),
		                   *w };
}

/*
 * n / d rounded down, for 0 <= n < 2^50 and inverse = 1 / d: (n + 1/2) / d is off any whole number by at least 1/2d, and
 * the product off that by less than n / d * 2^-51.
 */
static inline int32_t
fit_quotient(int64_t n, double inverse)
{
	return (int32_t)(((double)n + 0.5) * inverse);
}

/* offered: how many of the competencies that she needs. */
static inline int32_t
fit_competencies_part(const struct fit_scale *s, int32_t offered)
{
	return s->of_needed == 0 ? FIT_MAX : fit_quotient((int64_t)FIT_MAX * offered, s->of_needed);
}

/* metres: -1 where it is not known. */
static inline int32_t
fit_distance_part(const struct fit_scale *s, bool remote, int32_t metres)
{
	if (remote || (metres == 0 && s->reach == 0))
		return FIT_MAX;
	return metres < 0 || metres >= s->reach ? 0 : fit_quotient((int64_t)FIT_MAX * (s->reach - metres), s->of_reach);
}

/* Where her hours do not reach (the pair is shown, but not eligible) the part stays within its range. */
static inline int32_t
fit_hours_part(const struct fit_scale *s, int32_t hours)
{
	if (hours >= s->hours)
		return FIT_MAX;
	return hours <= 0 ? 0 : fit_quotient((int64_t)FIT_MAX * hours, s->of_hours);
}

static inline struct fit
fit_of_parts(const struct fit_scale *s, bool remote, int32_t hours, int32_t metres, int32_t offered)
{
	struct fit f = {
		.competencies = fit_competencies_part(s, offered),
		.distance = fit_distance_part(s, remote, metres),
		.hours = fit_hours_part(s, hours),
		.metres = metres,
	};

	f.total = fit_quotient((int64_t)s->weights.competencies * f.competencies +
	                           (int64_t)s->weights.distance * f.distance + (int64_t)s->weights.hours * f.hours,
	                       s->of_weights);
	return f;
}

#endif
