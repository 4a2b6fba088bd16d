/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include <stdlib.h>
#include <string.h>
#include "base/refusal.h"

/* ---- states of a posting --------------------------------------------------------------------------------------------- */
static const struct { const char *text; bool feedable; } states[STATE_COUNT] = {
	[STATE_NONE] = { "", false },
#define STATE_AS_ROW(state, text_, feedable_) [STATE_##state] = { text_, feedable_ },
	POSTING_STATES(STATE_AS_ROW)
#undef STATE_AS_ROW
};

static const struct { enum posting_state from, to; enum posting_mover who; } moves[] = {
#define MOVE_AS_ROW(from_, to_, who_) { STATE_##from_, STATE_##to_, MOVER_##who_ },
	POSTING_MOVES(MOVE_AS_ROW)
#undef MOVE_AS_ROW
};

const char *
posting_state_to_text(enum posting_state s)
{
	return (unsigned)s < STATE_COUNT ? states[s].text : "";
}

enum posting_state
posting_state_from_text(const char *text)
{
	for (int s = STATE_NONE + 1; s < STATE_COUNT; s++) {
		if (strcmp(states[s].text, text) == 0)
			return (enum posting_state)s;
	}
	return STATE_NONE;
}

bool
posting_state_may_be_fed(enum posting_state s)
{
	return (unsigned)s < STATE_COUNT && states[s].feedable;
}

bool
posting_may_move(enum posting_state from, enum posting_state to, enum posting_mover who)
{
	for (size_t i = 0; i < COUNT_OF(moves); i++) {
		if (moves[i].from == from && moves[i].to == to && moves[i].who == who)
			return true;
	}
	return false;
}

const char *
posting_moves_to(enum posting_state to, enum posting_mover who, struct arena *a)
{
	const char *text = arena_strdup(a, "");

	for (size_t i = 0; i < COUNT_OF(moves) && text != NULL; i++) {
		if (moves[i].to == to && moves[i].who == who)
			text = arena_printf(a, "%s%s%s", text, text[0] == '\0' ? "" : "|", posting_state_to_text(moves[i].from));
	}
	return text;
}

enum posting_state
posting_state_for_seats(enum posting_state s, int64_t seats, int64_t taken)
{
	enum posting_state to = taken >= seats ? STATE_FILLED : STATE_OPEN;

	return posting_may_move(s, to, MOVER_SEATS) ? to : s;
}

/* ---- rules over several cells ---------------------------------------------------------------------------------------- */
static void
coordinates_judge(struct feed *f, struct row *r, const struct cell *latitude, const struct cell *longitude)
{
	if (cell_has(latitude) && !cell_has(longitude))
		row_refuse(f, r, REFUSAL_REQUIRED, "longitude", NULL);
	if (cell_has(longitude) && !cell_has(latitude))
		row_refuse(f, r, REFUSAL_REQUIRED, "latitude", NULL);
}

void
employer_judge(struct feed *f, struct row *r, const struct cell *merged)
{
	coordinates_judge(f, r, &merged[EMPLOYER_LATITUDE], &merged[EMPLOYER_LONGITUDE]);
}

void
posting_judge(struct feed *f, struct row *r, const struct cell *merged)
{
	coordinates_judge(f, r, &merged[POSTING_LATITUDE], &merged[POSTING_LONGITUDE]);
	if (merged[POSTING_ENDS_ON].number < merged[POSTING_STARTS_ON].number)
		row_refuse(f, r, REFUSAL_BEFORE, "ends_on", "starts_on");
}

static bool
posting_is_own(const struct feed *f, const char *reference)
{
	size_t size = strlen(f->institution);

	return strncmp(reference, f->institution, size) == 0 && reference[size] == '/';
}

void
ranking_judge(struct feed *f, struct row *r)
{
	const struct cell *tier = &r->cells[RANKING_TIER], *learner = &r->cells[RANKING_LEARNER];

	if (row_is_refused(r))      /* what could not be read is said already */
		return;
	if (!posting_is_own(f, r->cells[RANKING_POSTING].text))
		row_refuse(f, r, REFUSAL_NOT_YOURS, "posting", NULL);
	if (cell_has(tier) && !cell_has(learner))
		row_refuse(f, r, REFUSAL_REQUIRED, "learner", NULL);
	if (cell_has(learner) && !cell_has(tier))
		row_refuse(f, r, REFUSAL_REQUIRED, "tier", NULL);
}

/* ---- rankings -------------------------------------------------------------------------------------------------------- */
static int
by_tier_then_learner(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	return strcmp(x->learner, y->learner);
}

void
ranking_sort(struct ranking *r)
{
	if (r->count > 1)
		qsort(r->entries, r->count, sizeof *r->entries, by_tier_then_learner);
}

bool
ranking_equal(const struct ranking *a, const struct ranking *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (by_tier_then_learner(&a->entries[i], &b->entries[i]) != 0)
			return false;
	}
	return true;
}

bool
ranking_remove(struct ranking *r, const char *learner)
{
	size_t kept = 0, before = r->count;

	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->entries[i].learner, learner) != 0)
			r->entries[kept++] = r->entries[i];
	}
	r->count = kept;
	return kept != before;
}
