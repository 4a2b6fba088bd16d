/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion. Which way is cheaper differs from problem to problem by orders of magnitude: one shortest path after
 * the other where they are short, rounds of many where one search must read most of the problem. We count, and go the
 * way that was the cheaper one so far.
 */
#include "engine/assign_priv.h"

enum {
	TRIAL = 8, /* one path after the other is tried for as long as it takes to read that part of all pairs, */
	TURN = 1, /* and goes on for so many times all pairs, before we try rounds again */
	ROUNDS = 2, /* that many at least */
};

static bool
is_complete(const struct assign_work *w)
{
	return w->n_waiting == 0 && w->filler_out == 0;
}

/*
 * Paths one after the other, while they cost less than limit each.
 * Returns pairs read for each; 0: there is no path.
 */
static int64_t
one_by_one(struct assign_work *w, int64_t limit)
{
	int64_t begin = w->read, all = (int64_t)w->row_first[w->n] + w->nodes, done = 0;

	while (!is_complete(w)) {
		int64_t read = w->read - begin;

		if (read >= all / TRIAL && (read >= limit * done || read >= all * TURN))
			break;
		bool filler = w->filler_out > 0;
		int64_t distance = filler ? assign_search(w, NULL, 0, true) :
		                            assign_search(w, &w->waiting[w->n_waiting - 1], 1, false);

		if (distance == INT64_MAX)
			return 0;
		if (filler)
			w->filler_out--;
		else
			w->n_waiting--;
		assign_augment(w);
		assign_reprice(w, distance);
		done++;
	}
	return (w->read - begin) / (done > 0 ? done : 1) + 1;
}

/* A round of many. Returns how many; 0: there is no path, -1: no memory. */
static int64_t
all_at_once(struct assign_work *w)
{
	int64_t before = w->n_waiting + w->filler_out;
	int64_t distance = assign_search(w, w->waiting, w->n_waiting, w->filler_out > 0);

	if (distance == INT64_MAX)
		return 0;
	assign_reprice(w, distance);
	if (!assign_flow(w))
		return -1;
	return before - w->n_waiting - w->filler_out;
}

enum engine_status
assign_complete(struct assign_work *w)
{
	int64_t many = 0;

	while (!is_complete(w)) {
		int64_t one = one_by_one(w, many), begin = w->read, done = 0;

		if (one == 0)
			return ENGINE_BAD_INPUT;
		for (int k = 0; !is_complete(w) && (k < ROUNDS || many < one); k++) {
			int64_t more = all_at_once(w);

			if (more <= 0)
				return more == 0 ? ENGINE_BAD_INPUT : ENGINE_NO_MEMORY;
			done += more;
			many = (w->read - begin) / done;
		}
	}
	return ENGINE_OK;
}
