/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outcome of another round that differs in one thing (a line of a ranking, a seat, a fit, the seed), offered as that
 * of this one. It is whole and consistent in itself, solo runs, prices and all; where the difference matters, the verifier
 * must refuse it, and where it does not, accept it. The judge of this folder says which it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "both.h"
#include "check.h"
#include "judge.h"

static int
pairs_at(const struct round *r, int p)
{
	int count = 0;

	for (int l = 0; l < r->n; l++)
		count += r->learner[l].fixed == p || r->learner[l].held == p;
	return count;
}

static const char *
change_learner(struct round *r, uint64_t *random)
{
	struct round_learner *who = &r->learner[dice_below(random, r->n)];

	switch (dice_below(random, 5)) {
	case 0: who->need = dice_below(random, 3); return "another need";
	case 1: who->assignable = !who->assignable; return "assignable or not";
	case 2: who->groups ^= r->n_groups == 0 ? 0 : UINT32_C(1) << dice_below(random, r->n_groups); return "a group";
	case 3: who->college = dice_below(random, r->n_colleges + 1) - 1; return "another college";
	default:
		if (who->held != NONE)
			who->held = NONE;
		else
			who->fixed = NONE;
		return "no pair";
	}
}

static const char *
change_posting(struct round *r, uint64_t *random)
{
	int p = dice_below(random, r->m), pairs = pairs_at(r, p);
	struct round_posting *it = &r->posting[p];

	switch (dice_below(random, 6)) {
	case 0: it->capacity += one_in(random, 2) || it->capacity <= pairs ? 1 : -1; return "a seat";
	case 1: it->assignable = !it->assignable; return "assignable or not";
	case 2: it->accepts_unranked = !it->accepts_unranked; return "accepts unranked or not";
	case 3: it->reserve_last = !it->reserve_last; return "the order of the reserves";
	case 4: it->college = dice_below(random, r->n_colleges + 1) - 1; return "another college";
	default:
		if (it->n_reserves > 0)
			it->reserve[dice_below(random, it->n_reserves)].seats = dice_below(random, 4);
		return "a reserve";
	}
}

static const char *
change(struct round *r, uint64_t *random)
{
	size_t at = (size_t)dice_below(random, r->n * r->m);
	const char *what = "a row";

	switch (dice_below(random, 9)) {
	case 0:
	case 1: r->wish[at] = (int16_t)(dice_below(random, 4) - 1); break;
	case 2:
	case 3: r->choice[at] = (int16_t)(dice_below(random, 4) - 1); break;
	case 4:
	case 5: r->fit[at] = (int16_t)(one_in(random, 3) ? NONE : dice_below(random, 1001)); break;
	case 6: what = change_learner(r, random); break;
	case 7: what = change_posting(r, random); break;
	default:
		if (one_in(random, 2))
			r->guarantee = !r->guarantee;
		else
			snprintf(r->seed, sizeof r->seed, "%d", dice_below(random, 1000));
		what = "guarantee or seed";
	}
	round_settle(r);
	return what;
}

/* Put the digest of r into an outcome; the text keeps its size. */
static void
sign(const struct round *r, char *outcome)
{
	static const char key[] = "\"instance_digest\":\"";
	char digest[65], *at = strstr(outcome, key);

	round_digest(r, digest);
	if (at != NULL)
		memcpy(at + sizeof key - 1, digest, sizeof digest - 1);
}

static void
try_neighbour(const struct round *r, uint64_t *random, int *refused, int *accepted, char **complaint)
{
	struct round *other = round_copy(r);
	const char *what = change(other, random);
	char *json = round_canonical(r), *other_json = round_canonical(other);
	struct solved here = solve_text(json, 1, complaint), there = solve_text(other_json, 1, complaint);

	if (*complaint == NULL) {
		sign(r, there.text);
		++*(both_say(r, here.instance, there.text, there.size, what, complaint) == NULL ? accepted : refused);
	}
	solved_clear(&here);
	solved_clear(&there);
	free(json);
	free(other_json);
	round_destroy(&other);
}

int
main(void)
{
	uint64_t random = dice_seed();
	int rounds = how_many("BASSIN_ROUNDS", SLOW_BUILD ? 500 : 6000, SLOW_BUILD ? 10000 : 200000);
	int refused = 0, accepted = 0;
	char *complaint = NULL;

	for (int n = 0; n < rounds && complaint == NULL; n++) {
		struct round *r = one_in(&random, 10) ? round_large(&random, 60) : round_small(&random);

		if (r->n > 0 && r->m > 0)
			try_neighbour(r, &random, &refused, &accepted, &complaint);
		round_destroy(&r);
	}
	printf("# of outcomes of rounds that differ in one thing, %d refused, %d accepted\n", refused, accepted);
	tap("another round's outcome is accepted where it is right for this one, and nowhere else", complaint);
	free(complaint);
	return tap_end();
}
