/* SPDX-License-Identifier: Apache-2.0 */
/* Stable outcomes: all of them by looking, the learners' best by proposals, and stability by trying each pair. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "literal.h"

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* Learners as bits, so that what a posting takes of each set of applicants is looked up. */
struct look {
	const struct run *run;
	uint32_t *taken; /* [m << n] + 1 << 31 once it is known */
	uint32_t *at; /* [m] who is at the posting in the outcome that is looked at */
	int *result; /* [n] that outcome */
	void (*each)(void *with, const int *result);
	void *with;
};

static const uint32_t KNOWN = UINT32_C(1) << 31;

static uint32_t
taken_of(struct look *s, int p, uint32_t set)
{
	const struct run *run = s->run;
	uint32_t *slot = &s->taken[(size_t)p << run->r->n | set];

	if (!(*slot & KNOWN)) {
		int applicant[32], count = 0, slots = run->slot_off[p + 1] - run->slot_off[p];
		int *holder = room((size_t)slots, sizeof *holder);

		for (int l = 0; l < run->r->n; l++)
			if (set >> l & 1)
				applicant[count++] = l;
		choose(run, p, applicant, count, holder);
		*slot = KNOWN;
		for (int k = 0; k < slots; k++)
			if (holder[k] != NONE)
				*slot |= UINT32_C(1) << holder[k];
		free(holder);
	}
	return *slot & ~KNOWN;
}

static int
place_of(const struct run *run, const int *result, int l)
{
	return result[l] == NONE ? INT16_MAX : run->place[cell(run->r, l, result[l])];
}

static bool
is_stable(struct look *s)
{
	const struct run *run = s->run;

	for (int p = 0; p < run->r->m; p++)
		if (taken_of(s, p, s->at[p]) != s->at[p])
			return false;
	for (int l = 0; l < run->r->n; l++)
		for (int k = run->list_off[l]; k < run->list_off[l + 1]; k++) {
			int p = run->list[k];

			if (p == s->result[l])
				break;
			if (taken_of(s, p, s->at[p] | UINT32_C(1) << l) >> l & 1)
				return false;
		}
	return true;
}

static void
look_from(struct look *s, int l)
{
	const struct run *run = s->run;

	if (l == run->r->n) {
		if (is_stable(s))
			s->each(s->with, s->result);
		return;
	}
	s->result[l] = NONE;
	look_from(s, l + 1);
	for (int k = run->list_off[l]; k < run->list_off[l + 1]; k++) {
		int p = run->list[k];

		s->result[l] = p;
		s->at[p] |= UINT32_C(1) << l;
		look_from(s, l + 1);
		s->at[p] &= ~(UINT32_C(1) << l);
		s->result[l] = NONE;
	}
}

void
each_stable(const struct run *run, void (*each)(void *with, const int *result), void *with)
{
	size_t n = (size_t)run->r->n, m = (size_t)run->r->m;
	struct look s = { .run = run,
		          .taken = room(m << n, sizeof *s.taken),
		          .at = room(m, sizeof *s.at),
		          .result = room(n, sizeof *s.result),
		          .each = each,
		          .with = with };

	look_from(&s, 0);
	free(s.taken);
	free(s.at);
	free(s.result);
}

struct best {
	const struct run *run;
	int *result;
	bool found, disputed; /* disputed: some outcome is not better or worse for all */
};

static void
keep_if_best(void *with, const int *result)
{
	struct best *s = with;
	bool better = !s->found, worse = false;

	for (int l = 0; s->found && l < s->run->r->n; l++) {
		int now = place_of(s->run, result, l), before = place_of(s->run, s->result, l);

		better |= now < before;
		worse |= now > before;
	}
	s->disputed |= better && worse;
	if (better && !worse)
		memcpy(s->result, result, (size_t)s->run->r->n * sizeof *result);
	s->found = true;
}

int *
best_stable_of_all(const struct run *run, char **complaint)
{
	struct best s = { .run = run, .result = room((size_t)run->r->n, sizeof *s.result) };

	each_stable(run, keep_if_best, &s);
	if (s.disputed) {
		/* What was disputed may have been settled by one that all prefer: against that one nothing may be. */
		s.disputed = false;
		each_stable(run, keep_if_best, &s);
	}
	if (!s.found || s.disputed)
		complain(complaint, s.found ? "no stable outcome is best for all learners" : "no outcome is stable");
	return s.result;
}

double
outcomes_of(const struct run *run)
{
	double count = 1;

	for (int l = 0; l < run->r->n; l++)
		count *= 1 + run->list_off[l + 1] - run->list_off[l];
	return count;
}

/* ---- by proposals ------------------------------------------------------------------------------------------------ */

struct desk {
	int *applicant, count, room;
};

static void
apply(struct desk *d, int l)
{
	if (d->count == d->room) {
		int *grown;

		d->room = 2 * d->room + 4;
		grown = room((size_t)d->room, sizeof *grown);
		if (d->count > 0)
			memcpy(grown, d->applicant, (size_t)d->count * sizeof *grown);
		free(d->applicant);
		d->applicant = grown;
	}
	d->applicant[d->count++] = l;
}

/* Keep whom the posting takes; the others are free again. */
static bool
settle(const struct run *run, int p, struct desk *d, int *result)
{
	int slots = run->slot_off[p + 1] - run->slot_off[p], *holder = room((size_t)slots, sizeof *holder);
	int before = d->count;

	choose(run, p, d->applicant, d->count, holder);
	for (int k = 0; k < d->count; k++)
		result[d->applicant[k]] = NONE;
	d->count = 0;
	for (int k = 0; k < slots; k++)
		if (holder[k] != NONE) {
			result[holder[k]] = p;
			d->applicant[d->count++] = holder[k];
		}
	free(holder);
	return d->count < before;
}

int *
best_stable_by_proposals(const struct run *run)
{
	const struct round *r = run->r;
	int *result = room((size_t)r->n, sizeof *result), *next = room((size_t)r->n, sizeof *next);
	struct desk *desk = room((size_t)r->m, sizeof *desk);
	bool *touched = room((size_t)r->m, sizeof *touched), again = true;

	for (int l = 0; l < r->n; l++)
		result[l] = NONE;
	while (again) {
		again = false;
		for (int l = 0; l < r->n; l++)
			if (result[l] == NONE && run->list_off[l] + next[l] < run->list_off[l + 1]) {
				int p = run->list[run->list_off[l] + next[l]++];

				apply(&desk[p], l);
				result[l] = p;
				touched[p] = again = true;
			}
		for (int p = 0; p < r->m; p++) {
			if (touched[p])
				again |= settle(run, p, &desk[p], result);
			touched[p] = false;
		}
	}
	for (int p = 0; p < r->m; p++)
		free(desk[p].applicant);
	free(desk);
	free(touched);
	free(next);
	return result;
}

/* ---- by trying --------------------------------------------------------------------------------------------------- */

static bool
takes(const struct run *run, int p, const int *applicant, int count, int l)
{
	int slots = run->slot_off[p + 1] - run->slot_off[p], *holder = room((size_t)slots, sizeof *holder);
	bool taken = false;

	choose(run, p, applicant, count, holder);
	for (int k = 0; k < slots; k++)
		taken |= holder[k] == l;
	free(holder);
	return taken;
}

void
check_stable(const struct run *run, const int *result, char **complaint)
{
	const struct round *r = run->r;
	int *at = room((size_t)r->n + 1, sizeof *at);

	for (int p = 0; p < r->m; p++) {
		int count = 0;

		for (int l = 0; l < r->n; l++)
			if (result[l] == p)
				at[count++] = l;
		for (int k = 0; k < count; k++)
			if (!takes(run, p, at, count, at[k]))
				complain(complaint, "%s holds %s, which would not take her", r->learner[at[k]].id,
				         r->posting[p].id);
		for (int l = 0; l < r->n; l++) {
			int place = run->place[cell(r, l, p)];

			if (place == NONE || place >= place_of(run, result, l))
				continue;
			at[count] = l;
			if (takes(run, p, at, count + 1, l))
				complain(complaint, "%s and %s would both rather have each other", r->learner[l].id,
				         r->posting[p].id);
		}
	}
	free(at);
}
