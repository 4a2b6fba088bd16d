/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forged outcomes: another outcome of the ranked phase, with slots, cut-offs, reasons and numbers all as they would be
 * if it were the right one. The verifier accepts the learners' best stable outcome and no other; among those that it
 * must refuse are stable ones, which only a ring of learners who would all gain gives away. Nobody may be assigned, so
 * that there are no prices to forge beyond those of held seats.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "check.h"
#include "judge.h"
#include "solver.h"

struct forging {
	const struct round *r;
	struct run *run;
	struct solved solved;
	int *best, *nobody;
	char *complaint;
	int accepted, stable_refused, unstable_refused;
};

/*
 * A round where all is in the ranked phase. Who holds a seat that she did not rank stays there: nothing else is open.
 */
static struct round *
ranked_only(uint64_t *random)
{
	struct round *r = round_small(random);
	bool opposed = !one_in(random, 4);

	r->guarantee = false;
	/* Few seats, and everybody has an opinion: then there are several stable outcomes. */
	for (int k = 0; opposed && k < r->n * r->m; k++) {
		r->wish[k] = (int16_t)dice_below(random, 6);
		r->choice[k] = (int16_t)dice_below(random, 6);
	}
	for (int l = 0; l < r->n; l++) {
		struct round_learner *who = &r->learner[l];

		who->college = NONE;
		who->assignable = false;
		for (int p = 0; p < r->m && who->held != NONE && r->wish[cell(r, l, who->held)] == NONE; p++)
			r->fit[cell(r, l, p)] = NONE;
	}
	for (int p = 0; p < r->m; p++)
		r->posting[p].college = NONE;
	round_settle(r);
	return r;
}

static json_t *
prices_of(const struct forging *f, const int *result)
{
	json_t *learners = json_array();

	for (int l = 0; l < f->r->n; l++)
		if (stands_unranked(f->run, result, l))
			json_array_append_new(learners, json_pack("[sI]", f->r->learner[l].id,
			                                          (json_int_t)(101 * (INT64_C(1000) * f->r->n + 1))));
	return json_pack("{soso}", "learners", learners, "postings", json_array());
}

static char *
forged(const struct forging *f, const int *result)
{
	int n = f->r->n, *ranked = room((size_t)n, sizeof *ranked), *assigned = room((size_t)n, sizeof *assigned);
	int *final = room((size_t)n, sizeof *final);
	json_t *whole;
	char *text;

	for (int l = 0; l < n; l++) {
		bool stands = stands_unranked(f->run, result, l);

		ranked[l] = stands ? NONE : result[l];
		assigned[l] = stands ? result[l] : NONE;
		final[l] = f->r->learner[l].fixed != NONE ? f->r->learner[l].fixed : result[l];
	}
	whole = whole_json(&(struct whole){
	    .pool = f->run,
	    .solo = f->nobody,
	    .ranked = ranked,
	    .result = result,
	    .assigned = assigned,
	    .final = final,
	    .prices = prices_of(f, result),
	    .alone = json_pack("{s[]s[]s{s[]s[]}}", "placements", "postings", "prices", "learners", "postings") });
	text = json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(whole);
	free(ranked);
	free(assigned);
	free(final);
	return text;
}

static void
offer(struct forging *f, const int *result, bool stable)
{
	bool right = memcmp(result, f->best, (size_t)f->r->n * sizeof *result) == 0;
	char *text = forged(f, result), why[480];
	const char *condition = refused_because(f->solved.instance, text, strlen(text), why);

	if (right != (condition == NULL)) {
		char *instance = round_canonical(f->r);

		complain(&f->complaint, "%s outcome, %s: the verifier says %s %s\n%s\n%s",
		         stable ? "a stable" : "an unstable", right ? "the best" : "not the best",
		         condition == NULL ? "yes" : condition, why, instance, text);
		free(instance);
	}
	f->accepted += right;
	f->stable_refused += !right && stable;
	f->unstable_refused += !right && !stable;
	free(text);
}

static void
offer_stable(void *with, const int *result)
{
	offer(with, result, true);
}

/* Whether each posting takes all whom the result sends there. */
static bool
can_hold(const struct run *run, const int *result)
{
	int *holder = slot_holders(run, result), held = 0, sent = 0;

	for (int k = 0; k < run->slot_off[run->r->m]; k++)
		held += holder[k] != NONE;
	for (int l = 0; l < run->r->n; l++)
		sent += result[l] != NONE;
	free(holder);
	return held == sent;
}

/* The best outcome with one or two learners somewhere else on their lists. */
static void
offer_moved(struct forging *f, uint64_t *random)
{
	size_t size = (size_t)f->r->n * sizeof(int);
	int *result = room(1, size + 1);

	memcpy(result, f->best, size);
	for (int k = 0; k < 1 + dice_below(random, 2); k++) {
		int l = dice_below(random, f->r->n), first = f->run->list_off[l], lines = f->run->list_off[l + 1] - first;

		result[l] = lines == 0 || one_in(random, 4) ? NONE : f->run->list[first + dice_below(random, lines)];
		if (f->run->endowed[l] != NONE && result[l] == NONE)
			result[l] = f->best[l];
	}
	/* A best one is stable; another is judged the same whether it is stable or not. */
	if (can_hold(f->run, result))
		offer(f, result, false);
	free(result);
}

int
main(void)
{
	uint64_t random = dice_seed();
	int rounds = how_many("BASSIN_ROUNDS", SLOW_BUILD ? 500 : 6000, SLOW_BUILD ? 10000 : 200000);
	struct forging f = { 0 };

	for (int n = 0; n < rounds && f.complaint == NULL; n++) {
		struct round *r = ranked_only(&random);

		if (r->n > 0 && is_small(r)) {
			char *json = round_canonical(r);
			int *endowed = room((size_t)r->n, sizeof *endowed);

			f.nobody = room((size_t)r->n, sizeof *f.nobody);
			for (int l = 0; l < r->n; l++) {
				f.nobody[l] = NONE;
				endowed[l] = r->learner[l].held;
			}
			f.r = r;
			f.run = run_new(r, NONE, endowed);
			f.best = best_stable_of_all(f.run, &f.complaint);
			f.solved = solve_text(json, 1, &f.complaint);
			if (f.complaint == NULL)
				each_stable(f.run, offer_stable, &f);
			for (int k = 0; k < 5 && f.complaint == NULL; k++)
				offer_moved(&f, &random);
			solved_clear(&f.solved);
			run_destroy(&f.run);
			free(f.best);
			free(f.nobody);
			free(endowed);
			free(json);
		}
		round_destroy(&r);
	}
	printf("# %d right ones accepted, %d stable and %d other ones refused\n", f.accepted, f.stable_refused,
	       f.unstable_refused);
	if (f.stable_refused == 0)
		complain(&f.complaint, "no round had two stable outcomes");
	tap("the verifier refuses every outcome of the ranked phase but the learners' best", f.complaint);
	free(f.complaint);
	return tap_end();
}
