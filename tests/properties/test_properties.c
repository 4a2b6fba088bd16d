/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of random rounds up to thousands of learners: judged by proposals and exchanges instead of an exhaustive
 * search; the same bytes in whatever order the file lists things and for any number of threads; and what must change
 * nothing changes nothing. BASSIN_SEED repeats a run; BASSIN_ROUNDS says how many, BASSIN_LARGEST how large.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "check.h"
#include "judge.h"
#include "shrink.h"
#include "solver.h"

static struct {
	int rounds, learners, largest, placed, assigned, endowed, moved_up;
} seen;

static struct solved
solve_shuffled(const struct round *r, int threads, uint64_t *random, char **complaint)
{
	char *json = round_shuffled(r, random);
	struct solved s = solve_text(json, threads, complaint);

	free(json);
	return s;
}

/* ---- right ------------------------------------------------------------------------------------------------------- */

static char *
judged_wrong(const struct round *r, void *with)
{
	char *complaint = NULL;
	struct solved s = solve_shuffled(r, 1 + dice_below(with, 3), with, &complaint);

	if (s.text != NULL) {
		struct judged j = judge(r, s.text, s.size, false);

		seen.placed += j.placed;
		seen.assigned += j.assigned;
		seen.endowed += j.endowed;
		seen.moved_up += j.moved_up;
		complaint = j.complaint;
		if (complaint == NULL)
			check_accepted(&s, &complaint);
	}
	solved_clear(&s);
	return complaint;
}

/* ---- the same bytes ---------------------------------------------------------------------------------------------- */

static char *
bytes_differ(const struct round *r, void *with)
{
	static const int threads[] = { 1, 2, 4, 7 };
	struct solved first = { 0 }, s;
	char *complaint = NULL;

	for (int k = 0; k < 4; k++) {
		s = solve_shuffled(r, threads[k], with, &complaint);

		if (k == 0)
			first = s;
		else if (s.text == NULL || first.text == NULL || s.size != first.size ||
		         memcmp(s.text, first.text, s.size) != 0)
			complain(&complaint, "in another order, by %d threads, other bytes come out", threads[k]);
		if (k > 0)
			solved_clear(&s);
	}
	s = solve_drafted(r, 2, with, &complaint);
	if (s.size != first.size || s.size == 0 || memcmp(s.text, first.text, s.size) != 0)
		complain(&complaint, "drafted piece by piece, other bytes come out");
	solved_clear(&s);
	solved_clear(&first);
	return complaint;
}

/* ---- what must change nothing ------------------------------------------------------------------------------------ */

/* The pairs of the ranked phase, the reasons and the numbers: what does not depend on a choice of optimum. */
static json_t *
determined(const struct round *r, uint64_t *random, char **complaint)
{
	struct solved s = solve_shuffled(r, 1, random, complaint);
	json_t *root = s.text == NULL ? NULL : json_loadb(s.text, s.size, 0, NULL), *ranked = json_array(), *row, *told;
	size_t n;

	json_array_foreach(json_object_get(root, "placements"), n,
	                   row) if (strcmp(json_string_value(json_object_get(row, "by")), "assigned") != 0)
	    json_array_append(ranked, row);
	told = json_pack("{sosO*}", "ranked", ranked, "objective", json_object_get(root, "objective"));
	json_decref(root);
	solved_clear(&s);
	return told;
}

static void
compare(const char *what, json_t *before, const struct round *after, uint64_t *random, char **complaint)
{
	json_t *now = determined(after, random, complaint);
	char *found = first_difference(before, now);

	if (found != NULL)
		complain(complaint, "%s changes the outcome: %s", what, found);
	free(found);
	json_decref(now);
}

/* A posting more that nobody ranks and for which nobody is eligible. Its id comes first or last. */
static struct round *
with_a_posting_more(const struct round *r, uint64_t *random)
{
	int at = one_in(random, 2) ? 0 : r->m;
	struct round *s = round_new(r->n, r->m + 1, r->n_colleges, r->n_groups), *same;

	memcpy(s->seed, r->seed, sizeof s->seed);
	s->guarantee = r->guarantee;
	memcpy(s->college, r->college, (size_t)r->n_colleges * sizeof *r->college);
	memcpy(s->group, r->group, (size_t)r->n_groups * sizeof *r->group);
	s->posting[at] = (struct round_posting){ .id = "\x7f\x7f",
		                                 .capacity = 3,
		                                 .college = r->n_colleges - 1,
		                                 .accepts_unranked = true,
		                                 .assignable = true };
	if (at == 0)
		memcpy(s->posting[at].id, "!", 2);
	for (int p = 0; p < r->m; p++)
		s->posting[p + (p >= at)] = r->posting[p];
	for (int l = 0; l < r->n; l++) {
		s->learner[l] = r->learner[l];
		s->learner[l].fixed += r->learner[l].fixed >= at;
		s->learner[l].held += r->learner[l].held >= at;
		for (int p = 0; p < r->m; p++) {
			s->wish[cell(s, l, p + (p >= at))] = r->wish[cell(r, l, p)];
			s->choice[cell(s, l, p + (p >= at))] = r->choice[cell(r, l, p)];
			s->fit[cell(s, l, p + (p >= at))] = r->fit[cell(r, l, p)];
		}
	}
	same = round_copy(s);
	round_destroy(&s);
	return same;
}

/* Where the ranked phase leaves each learner, without solo runs: only held pairs endow. */
static struct run *
pool_without_guarantee(const struct round *r)
{
	int *endowed = room((size_t)r->n, sizeof *endowed);
	struct run *run;

	for (int l = 0; l < r->n; l++)
		endowed[l] = r->learner[l].held;
	run = run_new(r, NONE, endowed);
	free(endowed);
	return run;
}

/* Everybody's list ends with what she got: nobody is told less, so nothing moves. */
static struct round *
with_shorter_lists(const struct round *r)
{
	struct run *run = pool_without_guarantee(r);
	int *result = best_stable_by_proposals(run);
	struct round *s = round_copy(r);

	for (int l = 0; l < r->n; l++)
		for (int p = 0; p < r->m && result[l] != NONE && run->member[l]; p++)
			if (run->place[cell(r, l, p)] > run->place[cell(r, l, result[l])])
				s->wish[cell(s, l, p)] = NONE;
	round_settle(s);
	free(result);
	run_destroy(&run);
	return s;
}

static char *
nothing_changes(const struct round *given, void *with)
{
	struct round *r = round_copy(given), *other;
	char *complaint = NULL;
	json_t *before;

	r->guarantee = false; /* else a solo run may have several optima, and take another one */
	before = determined(r, with, &complaint);
	other = with_a_posting_more(r, with);
	compare("a posting that concerns nobody", before, other, with, &complaint);
	round_destroy(&other);
	other = with_shorter_lists(r);
	compare("what nobody reaches", before, other, with, &complaint);
	round_destroy(&other);
	json_decref(before);
	round_destroy(&r);
	return complaint;
}

/* ---- nobody gains by ranking dishonestly ------------------------------------------------------------------------- */

/* Learner l's posting after the ranked phase, as the outcome tells it; NONE: assigned or not placed. */
static int
ranked_posting(const struct round *r, int l, uint64_t *random, char **complaint)
{
	json_t *told = determined(r, random, complaint), *row;
	int posting = NONE;
	size_t n;

	json_array_foreach(json_object_get(told, "ranked"), n,
	                   row) if (strcmp(json_string_value(json_object_get(row, "learner")), r->learner[l].id) == 0)
	    posting = find_posting(r, json_string_value(json_object_get(row, "posting")));
	json_decref(told);
	return posting;
}

static char *
dishonesty_pays(const struct round *given, void *with)
{
	struct round *r = round_copy(given), *liar;
	int l = dice_below(with, r->n), honest, other;
	struct run *run;
	char *complaint = NULL;

	r->guarantee = false;
	run = pool_without_guarantee(r);
	honest = ranked_posting(r, l, with, &complaint);
	liar = round_copy(r);
	for (int p = 0; p < r->m; p++)
		if (liar->wish[cell(r, l, p)] != NONE || one_in(with, 10))
			liar->wish[cell(r, l, p)] = (int16_t)(one_in(with, 3) ? NONE : dice_below(with, 5));
	round_settle(liar);
	other = ranked_posting(liar, l, with, &complaint);
	if (run->member[l] && other != NONE && has_ranked(run, l, other) &&
	    (honest == NONE || run->place[cell(r, l, other)] < run->place[cell(r, l, honest)]))
		complain(&complaint, "%s gains %s by ranking dishonestly", r->learner[l].id, r->posting[other].id);
	run_destroy(&run);
	round_destroy(&liar);
	round_destroy(&r);
	return complaint;
}

/* ---- a re-match -------------------------------------------------------------------------------------------------- */

/* Everybody holds what the outcome gave her; the service writes a seat that she did not rank as her last tier. */
static void
hold_all(struct round *r, const char *outcome, size_t size)
{
	json_t *root = json_loadb(outcome, size, 0, NULL), *row;
	size_t n;

	json_array_foreach(json_object_get(root, "placements"), n, row)
	{
		int l = find_learner(r, json_string_value(json_object_get(row, "learner")));
		int p = find_posting(r, json_string_value(json_object_get(row, "posting")));

		if (r->learner[l].fixed != NONE)
			continue;
		r->learner[l].held = p;
		if (r->wish[cell(r, l, p)] == NONE)
			r->wish[cell(r, l, p)] = INT16_MAX - 1;
	}
	json_decref(root);
}

/* One learner withdraws: nobody else is moved except upward, by her own ranking, and nobody loses her seat. */
static char *
rematch_wrong(const struct round *given, void *with)
{
	struct round *r = round_copy(given), *without;
	char *complaint = NULL;
	struct solved s = solve_shuffled(r, 1, with, &complaint);

	if (s.text != NULL && r->n > 1) {
		hold_all(r, s.text, s.size);
		without = round_without(r, dice_below(with, r->n), NONE);
		complaint = judged_wrong(without, with);
		round_destroy(&without);
	}
	solved_clear(&s);
	round_destroy(&r);
	return complaint;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	round_test *test;
	int one_in;
} properties[] = {
	{ "larger rounds are stable, optimal, and nobody is worse off than alone", judged_wrong, 1 },
	{ "the bytes do not depend on the order in the file, nor on threads", bytes_differ, 1 },
	{ "what concerns nobody changes nothing", nothing_changes, 2 },
	{ "a re-match moves nobody except upward", rematch_wrong, 2 },
	{ "nobody gains in the ranked phase by ranking dishonestly", dishonesty_pays, 2 },
};
enum { PROPERTIES = sizeof properties / sizeof *properties };

int
main(void)
{
	uint64_t random = dice_seed();
	int rounds = how_many("BASSIN_ROUNDS", SLOW_BUILD ? 30 : 200, SLOW_BUILD ? 200 : 3000);
	int largest = how_many("BASSIN_LARGEST", 2500, 6000);
	char *complaints[PROPERTIES] = { NULL };

	while (seen.rounds < rounds) {
		struct round *r = round_large(&random, SLOW_BUILD && !one_in(&random, 10) ? 600 : largest);

		seen.rounds++;
		seen.learners += r->n;
		seen.largest = r->n > seen.largest ? r->n : seen.largest;
		for (int k = 0; k < PROPERTIES; k++) {
			uint64_t own = random;

			if (complaints[k] != NULL || !one_in(&random, properties[k].one_in))
				continue;
			complaints[k] = properties[k].test(r, &own);
			if (complaints[k] != NULL)
				complaints[k] = shrunk_complaint(r, properties[k].test, &own, &complaints[k]);
		}
		round_destroy(&r);
	}
	printf(
	    "# %d rounds, %d learners, at most %d: %d placed, %d of them assigned; %d endowed, %d of them moved up\n",
	    seen.rounds, seen.learners, seen.largest, seen.placed, seen.assigned, seen.endowed, seen.moved_up);
	for (int k = 0; k < PROPERTIES; k++) {
		tap(properties[k].name, complaints[k]);
		free(complaints[k]);
	}
	return tap_end();
}
