/* SPDX-License-Identifier: Apache-2.0 */
/* Eligibility and fit of one pair. */
#include "base/compiler.h"
#include "fit_parts.h"

const struct fit_weights FIT_USUAL_WEIGHTS = { 5, 3, 2 };

static bool
set_has(const struct fit_set *s, int32_t item)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->items[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && s->items[low] == item;
}

int32_t
fit_metres(const struct fit_learner *l, const struct fit_posting *p)
{
	return p->remote || !l->has_place || !p->has_place ? -1 : geo_metres(l->place, p->place);
}

unsigned
fit_reasons_but_place(const struct fit_learner *l, const struct fit_posting *p)
{
	uint8_t speaks = l->languages != 0 ? l->languages : l->own_language;
	unsigned reasons = 0;

	if (!set_has(&p->programmes, l->programme))
		reasons |= FIT_PROGRAMME;
	if (l->types != 0 && (l->types & p->type) == 0)
		reasons |= FIT_TYPE;
	if (p->starts_on < l->available_from || p->ends_on > l->available_to)
		reasons |= FIT_PERIOD;
	if (p->hours > l->hours)
		reasons |= FIT_HOURS;
	if (l->weekdays != 0 && (p->weekdays & ~l->weekdays) != 0)
		reasons |= FIT_WEEKDAYS;
	if (p->languages != 0 && (p->languages & speaks) == 0)
		reasons |= FIT_LANGUAGE;
	if (!l->consent)
		reasons |= FIT_CONSENT;
	return reasons;
}

unsigned
fit_reasons(const struct fit_learner *l, const struct fit_posting *p, int32_t metres)
{
	unsigned reasons = fit_reasons_but_place(l, p);

	if (p->remote || l->max_metres == FIT_NO_LIMIT)
		return reasons;
	if (metres < 0)
		return reasons | FIT_PLACE_UNKNOWN;
	return metres > l->max_metres ? reasons | FIT_DISTANCE : reasons;
}

bool
fit_may_be_ranked(unsigned reasons)
{
	return (reasons & ~(unsigned)FIT_DISTANCE) == 0;
}

bool
fit_may_be_offered(unsigned reasons)
{
	return (reasons & FIT_CONSENT) == 0;
}

static bool
weight_is_sound(int32_t w)
{
	return w >= 0 && w <= FIT_MAX_WEIGHT;
}

bool
fit_weights_are_sound(const struct fit_weights *w)
{
	return weight_is_sound(w->competencies) && weight_is_sound(w->distance) && weight_is_sound(w->hours) &&
	       w->competencies + w->distance + w->hours > 0;
}

static int32_t
in_both(const struct fit_set *needed, const struct fit_set *offered)
{
	int32_t both = 0;

	for (size_t n = 0, o = 0; n < needed->n && o < offered->n;) {
		int32_t a = needed->items[n], b = offered->items[o];

		both += a == b;
		n += a <= b;
		o += b <= a;
	}
	return both;
}

struct fit
fit_of(const struct fit_learner *l, const struct fit_posting *p, int32_t metres, const struct fit_weights *w)
{
	struct fit_scale scale = fit_scale_of(l, w);

	BUG_IF(!fit_weights_are_sound(w));
	return fit_of_parts(&scale, p->remote, p->hours, metres, in_both(&l->competencies, &p->competencies));
}

const char *
fit_reason_to_text(enum fit_reason reason)
{
	static const char *const TEXTS[FIT_REASONS] = { "programme", "type",     "period",        "hours",  "weekdays",
		                                        "language",  "distance", "place_unknown", "consent" };

	for (unsigned k = 0; k < FIT_REASONS; k++)
		if ((unsigned)reason == 1u << k)
			return TEXTS[k];
	return "unknown";
}
