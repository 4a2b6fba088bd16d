/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions that need nothing but their arguments. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *const STATE_TEXTS[] = {
	[ROUND_UNKNOWN] = "unknown",
#define ROUND_TEXT(state, text) [ROUND_##state] = text,
	ROUND_STATES(ROUND_TEXT)
#undef ROUND_TEXT
};

static const struct move { enum round_state in; enum round_event on; enum round_state to; } MOVES[] = {
#define ROUND_MOVE(in, on, to) { ROUND_##in, ROUND_EVENT_##on, ROUND_##to },
	ROUND_MOVES(ROUND_MOVE)
#undef ROUND_MOVE
};

const char *
round_state_to_text(enum round_state s)
{
	return (size_t)s < COUNT_OF(STATE_TEXTS) ? STATE_TEXTS[s] : STATE_TEXTS[ROUND_UNKNOWN];
}

enum round_state
round_state_from_text(const char *text)
{
	for (size_t s = ROUND_UNKNOWN + 1; s < COUNT_OF(STATE_TEXTS); s++)
		if (strcmp(STATE_TEXTS[s], text) == 0)
			return (enum round_state)s;
	return ROUND_UNKNOWN;
}

enum round_state
round_after(enum round_state s, enum round_event e)
{
	for (size_t i = 0; i < COUNT_OF(MOVES); i++)
		if (MOVES[i].in == s && MOVES[i].on == e)
			return MOVES[i].to;
	return ROUND_UNKNOWN;
}

const char *
round_states_for(enum round_event e)
{
	static const char *const TEXTS[] = {
		[ROUND_EVENT_FREEZE] = "open", [ROUND_EVENT_SOLVE] = "frozen|solved", [ROUND_EVENT_LEAVE] = "frozen|solved|published",
		[ROUND_EVENT_PUBLISH] = "solved", [ROUND_EVENT_CLOSE] = "published",
		[ROUND_EVENT_CALL_OFF] = "open|frozen|solved|published",
	};

	BUG_IF((size_t)e >= COUNT_OF(TEXTS));
	return TEXTS[e];
}

bool
round_is_frozen(enum round_state s)
{
	return s != ROUND_UNKNOWN && s != ROUND_OPENED;
}

bool
round_has_snapshot(enum round_state s)
{
	return round_is_frozen(s) && s != ROUND_WITHDRAWN;
}

bool
round_is_public(enum round_state s)
{
	return s == ROUND_PUBLISHED || s == ROUND_CLOSED;
}

bool
round_weights(uint32_t competencies, uint32_t distance, uint32_t hours, struct fit_weights *out)
{
	if (competencies > FIT_MAX_WEIGHT || distance > FIT_MAX_WEIGHT || hours > FIT_MAX_WEIGHT)
		return false;
	*out = (struct fit_weights){ (int32_t)competencies, (int32_t)distance, (int32_t)hours };
	if (competencies == 0 && distance == 0 && hours == 0)
		*out = FIT_USUAL_WEIGHTS;
	return fit_weights_are_sound(out);
}

const char *
left_out_to_text(unsigned bit)
{
	switch (bit) {
	case LEFT_OUT_NOT_OPEN:  return "not_open";
	case LEFT_OUT_WITHDRAWN: return "withdrawn";
	case LEFT_OUT_SEATS:     return "seats";
	case LEFT_OUT_UNKNOWN:   return "unknown";
	default:                 return fit_reason_to_text((enum fit_reason)bit);
	}
}

static int
by_claim(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	if (x->posting != y->posting)
		return x->posting < y->posting ? -1 : 1;
	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (x->lottery != y->lottery)
		return x->lottery < y->lottery ? -1 : 1;
	return strcmp(x->learner, y->learner);
}

void
offers_sort(struct offer *offers, size_t n)
{
	if (n > 1)
		qsort(offers, n, sizeof *offers, by_claim);
}

bool
reference_is_sound(const char *text)
{
	char institution[ID_MAX_BYTES + 1];
	const char *slash = strchr(text, '/');

	if (slash == NULL || slash - text > ID_MAX_BYTES)
		return false;
	memcpy(institution, text, (size_t)(slash - text));
	institution[slash - text] = '\0';
	return text_is_id(institution) && text_is_id(slash + 1);
}

bool
reference_is_of(const char *reference, const char *institution)
{
	size_t size = strlen(institution);

	return strncmp(reference, institution, size) == 0 && reference[size] == '/';
}
