/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The solver against an exhaustive search: random small rounds of every feature, where every stable outcome and every
 * assignment can be looked at. BASSIN_SEED repeats a run; BASSIN_ROUNDS says how many.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dice.h"
#include "check.h"
#include "judge.h"
#include "shrink.h"
#include "solver.h"

/* What the rounds of a run had in them, so that one sees that they were not all trivial. */
static struct {
	int rounds, placed, assigned, endowed, moved_up;
} seen;

static char *
wrong_with(const struct round *r, void *with)
{
	uint64_t *random = with;
	char *complaint = NULL, *json = round_shuffled(r, random);
	struct solved s = one_in(random, 4) ? solve_drafted(r, 1, random, &complaint) : solve_text(json, 1, &complaint);

	if (s.text != NULL) {
		struct judged j = judge(r, s.text, s.size, is_small(r));

		seen.placed += j.placed;
		seen.assigned += j.assigned;
		seen.endowed += j.endowed;
		seen.moved_up += j.moved_up;
		if (j.complaint != NULL)
			complain(&complaint, "%s", j.complaint);
		free(j.complaint);
		if (complaint == NULL)
			check_accepted(&s, &complaint);
	}
	solved_clear(&s);
	free(json);
	return complaint;
}

int
main(void)
{
	uint64_t seed = dice_seed(), random = seed;
	int rounds = how_many("BASSIN_ROUNDS", SLOW_BUILD ? 2000 : 20000, SLOW_BUILD ? 20000 : 300000);
	char *complaint = NULL;

	while (seen.rounds < rounds && complaint == NULL) {
		struct round *r = round_small(&random);

		if (is_small(r)) {
			seen.rounds++;
			complaint = wrong_with(r, &random);
			if (complaint != NULL)
				complaint = shrunk_complaint(r, wrong_with, &random, &complaint);
		}
		round_destroy(&r);
	}
	printf("# %d rounds: %d placed, %d of them assigned; %d endowed, %d of them moved up\n", seen.rounds,
	       seen.placed, seen.assigned, seen.endowed, seen.moved_up);
	tap("small rounds come out as an exhaustive search says", complaint);
	free(complaint);
	return tap_end();
}
