/* SPDX-License-Identifier: Apache-2.0 */
/* See literal.h. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "literal.h"

static void
take_part(struct run *run, int college)
{
	const struct round *r = run->r;

	for (int p = 0; p < r->m; p++) {
		run->offered[p] = college == NONE || r->posting[p].college == college;
		run->seats[p] = run->offered[p] ? r->posting[p].capacity : 0;
	}
	for (int l = 0; l < r->n; l++) {
		const struct round_learner *who = &r->learner[l];
		int out = who->fixed != NONE ? who->fixed : college != NONE ? who->held : NONE;

		run->member[l] = out == NONE && (college == NONE || who->college == college);
		if (out != NONE && run->offered[out])
			run->seats[out]--;
	}
}

/* Seats for everybody of one kind are as many as anybody can tell. */
static int
capped(int seats, int n)
{
	return seats < n + 1 ? seats : n + 1;
}

static int
add_slots(struct slot *to, int kind, int group, int count)
{
	for (int k = 0; k < count; k++)
		to[k] = (struct slot){ .kind = kind, .group = group, .owner = NONE };
	return count;
}

/* The posting's slots in the order of filling; returns how many. */
static int
lay_slots(const struct run *run, int p, struct slot *to)
{
	const struct round_posting *it = &run->r->posting[p];
	int reserved[MAX_RESERVES], open = run->seats[p], count = 0;

	for (int k = 0; k < it->n_reserves; k++) {
		reserved[k] = it->reserve[k].seats < open ? it->reserve[k].seats : open;
		open -= reserved[k];
	}
	if (it->reserve_last)
		count += add_slots(to, NONE, NONE, capped(open, run->r->n));
	for (int k = 0; k < it->n_reserves; k++)
		count += add_slots(to + count, k, it->reserve[k].group, capped(reserved[k], run->r->n));
	if (!it->reserve_last)
		count += add_slots(to + count, NONE, NONE, capped(open, run->r->n));
	return count;
}

static bool
in_group(const struct round *r, int l, int group)
{
	return group != NONE && (r->learner[l].groups >> group & 1) != 0;
}

/* The slot of an endowed learner: one reserved for a group of hers, else an open one, else any. */
static void
own_slot(struct slot *slot, int count, const struct round *r, int l)
{
	for (int wish = 0; wish < 3; wish++)
		for (int k = 0; k < count; k++)
			if (slot[k].owner == NONE && (wish == 0 ? in_group(r, l, slot[k].group) :
			                              wish == 1 ? slot[k].kind == NONE :
			                                          true)) {
				slot[k].owner = l;
				return;
			}
	abort(); /* more endowed than seats: the rules do not allow it */
}

static bool
comes_first(const struct run *run, int l, int a, int b)
{
	const struct round *r = run->r;
	int one = r->wish[cell(r, l, a)], other = r->wish[cell(r, l, b)];

	if (one != other)
		return one < other;
	if (fit_of(r, l, a) != fit_of(r, l, b))
		return fit_of(r, l, a) > fit_of(r, l, b);
	return strcmp(r->posting[a].id, r->posting[b].id) < 0;
}

/* Her list among what is offered; returns how long. */
static int
write_list(const struct run *run, int l, int *list)
{
	int count = 0, endowed = run->endowed[l];

	for (int p = 0; p < run->r->m; p++) {
		int at;

		if (!run->offered[p] || !has_ranked(run, l, p))
			continue;
		for (at = count++; at > 0 && comes_first(run, l, p, list[at - 1]); at--)
			list[at] = list[at - 1];
		list[at] = p;
	}
	if (endowed != NONE && !has_ranked(run, l, endowed))
		list[count++] = endowed;
	return count;
}

static void
lay_all(struct run *run)
{
	const struct round *r = run->r;
	int slots = 0, lines = 0;

	for (int p = 0; p < r->m; p++) {
		run->slot_off[p] = slots;
		slots += lay_slots(run, p, run->slot + slots);
	}
	run->slot_off[r->m] = slots;
	for (int l = 0; l < r->n; l++) {
		int p = run->endowed[l];

		run->list_off[l] = lines;
		if (!run->member[l])
			continue;
		if (p != NONE)
			own_slot(run->slot + run->slot_off[p], run->slot_off[p + 1] - run->slot_off[p], r, l);
		lines += write_list(run, l, run->list + lines);
		for (int k = run->list_off[l]; k < lines; k++)
			run->place[cell(r, l, run->list[k])] = (int16_t)(k - run->list_off[l]);
	}
	run->list_off[r->n] = lines;
}

struct run *
run_new(const struct round *r, int college, const int *endowed)
{
	size_t n = (size_t)r->n, m = (size_t)r->m, slots = 0;
	struct run *run = room(1, sizeof *run);

	run->r = r;
	run->member = room(n, sizeof *run->member);
	run->offered = room(m, sizeof *run->offered);
	run->endowed = room(n, sizeof *run->endowed);
	run->seats = room(m, sizeof *run->seats);
	run->slot_off = room(m + 1, sizeof *run->slot_off);
	run->list_off = room(n + 1, sizeof *run->list_off);
	run->list = room(n * m, sizeof *run->list);
	run->place = room(n * m, sizeof *run->place);
	memset(run->place, 0xff, n * m * sizeof *run->place);
	memcpy(run->endowed, endowed, n * sizeof *endowed);
	take_part(run, college);
	for (int p = 0; p < r->m; p++)
		slots += (size_t)capped(run->seats[p], (MAX_RESERVES + 1) * (r->n + 1));
	run->slot = room(slots, sizeof *run->slot);
	lay_all(run);
	return run;
}

void
run_destroy(struct run **self)
{
	struct run *run = *self;

	*self = NULL;
	if (run == NULL)
		return;
	free(run->member);
	free(run->offered);
	free(run->endowed);
	free(run->seats);
	free(run->slot_off);
	free(run->slot);
	free(run->list_off);
	free(run->list);
	free(run->place);
	free(run);
}

bool
has_ranked(const struct run *run, int l, int p)
{
	return run->r->wish[cell(run->r, l, p)] != NONE;
}

bool
stands_unranked(const struct run *run, const int *result, int l)
{
	return run->endowed[l] != NONE && result[l] == run->endowed[l] && !has_ranked(run, l, result[l]);
}

static bool
may_hold(const struct run *run, int p, const struct slot *s, int l)
{
	return s->owner == l || is_acceptable(run->r, l, p);
}

int
slot_compare(const struct run *run, int p, const struct slot *s, int a, int b)
{
	bool one = in_group(run->r, a, s->group), other = in_group(run->r, b, s->group);

	if (s->owner == a || s->owner == b)
		return s->owner == a ? -1 : 1;
	return one != other ? (one ? -1 : 1) : key_compare(run->r, p, a, b);
}

void
choose(const struct run *run, int p, const int *applicant, int count, int *holder)
{
	const struct slot *slot = run->slot + run->slot_off[p];
	int slots = run->slot_off[p + 1] - run->slot_off[p];
	bool *taken = room((size_t)count, sizeof *taken);

	for (int k = 0; k < slots; k++) {
		int best = NONE;

		for (int a = 0; a < count; a++)
			if (!taken[a] && may_hold(run, p, &slot[k], applicant[a]) &&
			    (best == NONE || slot_compare(run, p, &slot[k], applicant[a], applicant[best]) < 0))
				best = a;
		holder[k] = best == NONE ? NONE : applicant[best];
		if (best != NONE)
			taken[best] = true;
	}
	free(taken);
}

int *
slot_holders(const struct run *run, const int *result)
{
	const struct round *r = run->r;
	int *holder = room((size_t)run->slot_off[r->m], sizeof *holder),
	    *applicant = room((size_t)r->n, sizeof *applicant);

	for (int p = 0; p < r->m; p++) {
		int count = 0;

		for (int l = 0; l < r->n; l++)
			if (result[l] == p)
				applicant[count++] = l;
		choose(run, p, applicant, count, holder + run->slot_off[p]);
	}
	free(applicant);
	return holder;
}
