/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who fits where, once more: each rule of feeds.md in the order of its table, pair by pair, with nothing kept between two
 * pairs and no code of services/matching but its structs. The index is held against this by a property test, and is
 * measured against it (tests/bench/matching__fit.c).
 */
#ifndef TEST_FIT_PLAIN_H
#define TEST_FIT_PLAIN_H

#include <math.h>

#include "fit.h"

static inline bool
plain_has(const struct fit_set *s, int32_t item)
{
	for (size_t k = 0; k < s->n; k++)
		if (s->items[k] == item)
			return true;
	return false;
}

static inline int32_t
plain_metres(struct geo_point a, struct geo_point b)
{
	const double pi = 3.14159265358979323846, radius = 6371008.8;
	double lat_a = (double)a.latitude_e7 / 1e7 * (pi / 180), lat_b = (double)b.latitude_e7 / 1e7 * (pi / 180);
	double up = sin((lat_b - lat_a) / 2);
	double along = sin(((double)b.longitude_e7 / 1e7 - (double)a.longitude_e7 / 1e7) * (pi / 180) / 2);
	double h = up * up + cos(lat_a) * cos(lat_b) * along * along;

	return (int32_t)lround(2 * radius * asin(sqrt(h > 1 ? 1 : h)));
}

/* Eligible by all rules but programme, which the caller has tested; *metres is -1 where there is no distance. */
static inline bool
plain_is_eligible(const struct fit_learner *l, const struct fit_posting *p, int32_t *metres)
{
	unsigned speaks = l->languages != 0 ? l->languages : l->own_language;

	if (l->types != 0 && (l->types & p->type) == 0)
		return false;
	if (p->starts_on < l->available_from || p->ends_on > l->available_to)
		return false;
	if (p->hours > l->hours)
		return false;
	if (p->weekdays != 0 && l->weekdays != 0 && (p->weekdays & ~l->weekdays) != 0)
		return false;
	if (p->languages != 0 && (p->languages & speaks) == 0)
		return false;
	if (!l->consent)
		return false;
	*metres = !p->remote && l->has_place && p->has_place ? plain_metres(l->place, p->place) : -1;
	return p->remote || l->max_metres == FIT_NO_LIMIT || (*metres >= 0 && *metres <= l->max_metres);
}

/* Fit of an eligible pair. */
static inline int32_t
plain_fit(const struct fit_learner *l, const struct fit_posting *p, int32_t metres, const struct fit_weights *w)
{
	int64_t reach = l->max_metres == FIT_NO_LIMIT ? 100000 : l->max_metres, competencies = 1000, distance, hours,
		offered = 0;

	for (size_t k = 0; k < l->competencies.n; k++)
		offered += plain_has(&p->competencies, l->competencies.items[k]);
	if (l->competencies.n > 0)
		competencies = 1000 * offered / (int64_t)l->competencies.n;
	if (p->remote)
		distance = 1000;
	else if (metres < 0 || metres > reach)
		distance = 0;
	else
		distance = reach == 0 ? 1000 : 1000 * (reach - metres) / reach;
	hours = l->hours == 0 ? 1000 : 1000 * (int64_t)p->hours / l->hours;
	return (int32_t)((w->competencies * competencies + w->distance * distance + w->hours * hours) /
	                 (w->competencies + w->distance + w->hours));
}

#endif
