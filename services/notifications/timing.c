/* SPDX-License-Identifier: Apache-2.0 */
/* When a person is written to. */
#include "timing.h"

#include <string.h>

#include "base/text.h"

#define DAYS_OF_WEEK 7
#define NEAR_DAYS 14

static const char *const frequency_texts[] = {
#define FREQUENCY_AS_TEXT(name, text) text,
	FREQUENCIES(FREQUENCY_AS_TEXT)
#undef FREQUENCY_AS_TEXT
};
static const char *const scope_texts[] = {
#define SCOPE_AS_TEXT(name, text) text,
	SCOPES(SCOPE_AS_TEXT)
#undef SCOPE_AS_TEXT
};

static bool
word_find(const char *const *words, size_t count, const char *text, size_t *at)
{
	for (*at = 0; *at < count; (*at)++) {
		if (strcmp(words[*at], text) == 0)
			return true;
	}
	return false;
}

const char *
frequency_to_text(enum frequency f)
{
	return (size_t)f < COUNT_OF(frequency_texts) ? frequency_texts[f] : "unknown";
}

bool
frequency_from_text(const char *text, enum frequency *out)
{
	size_t at;
	bool found = word_find(frequency_texts, COUNT_OF(frequency_texts), text, &at);

	if (found)
		*out = (enum frequency)at;
	return found;
}

bool
scope_from_text(const char *text, enum scope *out)
{
	size_t at;
	bool found = word_find(scope_texts, COUNT_OF(scope_texts), text, &at);

	if (found)
		*out = (enum scope)at;
	return found;
}

/* ---- hours and months -------------------------------------------------------------------------------------------- */
static bool
day_is_open(const struct timing *t, int32_t day)
{
	return (t->weekends || !day_is_weekend(day)) && (t->holidays || !day_is_holiday(day));
}

int64_t
timing_open_from(const struct timing *t, int64_t at_ms)
{
	struct local_time now = zone_local(t->zone, at_ms);

	if (day_is_open(t, now.day) && now.minute < t->closes)
		return now.minute >= t->opens ? at_ms : zone_moment(t->zone, now.day, t->opens);
	int32_t day = now.day + 1;
	while (!day_is_open(t, day))
		day++;
	return zone_moment(t->zone, day, t->opens);
}

int64_t
timing_month_begins(const struct timing *t, int64_t at_ms)
{
	struct civil_day d = day_to_civil(zone_local(t->zone, at_ms).day);

	return zone_moment(t->zone, day_from_civil(d.year, d.month, 1), 0);
}

int64_t
timing_month_ends(const struct timing *t, int64_t at_ms)
{
	struct civil_day d = day_to_civil(zone_local(t->zone, at_ms).day);

	return zone_moment(t->zone, d.month == 12 ? day_from_civil(d.year + 1, 1, 1) : day_from_civil(d.year, d.month + 1, 1), 0);
}

/* ---- judging ----------------------------------------------------------------------------------------------------- */
/* From when on, as far as her frequency goes, another message may follow the last one. */
static int64_t
next_after(const struct timing *t, enum frequency frequency, int64_t last_ms)
{
	if (frequency == FREQUENCY_NOW || last_ms == 0)
		return last_ms;
	return zone_moment(t->zone, zone_local(t->zone, last_ms).day + (frequency == FREQUENCY_WEEKLY ? DAYS_OF_WEEK : 1), 0);
}

enum queue_why
timing_judge(const struct timing *t, int64_t now_ms, const struct turn *turn, int64_t *due_ms)
{
	*due_ms = now_ms;
	if (turn->frequency == FREQUENCY_NEVER)
		return WHY_NEVER;
	if (turn->urgent)
		return WHY_NOTHING;
	int64_t next_ms = next_after(t, turn->frequency, turn->last_ms);
	if (next_ms > now_ms) {
		*due_ms = timing_open_from(t, next_ms);
		return WHY_NEXT_DIGEST;
	}
	*due_ms = timing_open_from(t, now_ms);
	return *due_ms > now_ms ? WHY_QUIET_HOURS : WHY_NOTHING;
}

int64_t
timing_cap(const struct timing *t, int64_t headcount)
{
	int64_t cap = t->caps[headcount < HEADCOUNT_SMALL ? 0 : headcount < HEADCOUNT_MEDIUM ? 1 : 2];

	return cap == 0 ? INT64_MAX : cap;
}

enum queue_why
timing_cap_judge(const struct timing *t, int64_t now_ms, int64_t headcount, int64_t asked, int64_t *due_ms)
{
	*due_ms = now_ms;
	if (asked < timing_cap(t, headcount))
		return WHY_NOTHING;
	*due_ms = timing_open_from(t, timing_month_ends(t, now_ms));
	return WHY_CAPPED;
}

bool
timing_is_near(const struct timing *t, int64_t now_ms, int32_t starts_on)
{
	return starts_on - zone_local(t->zone, now_ms).day <= NEAR_DAYS;
}
