/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outcomes damaged in one place: the verifier refuses each. A change that makes another right outcome (two learners who
 * exchange equally good assigned seats) it accepts, and that does not count: the judge of this folder says which is
 * which.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "both.h"
#include "check.h"
#include "damage.h"
#include "judge.h"
#include "solver.h"

enum { PER_ROUND = 10, CONDITIONS = 100 };

static struct {
	const char *condition;
	int count;
} caught[CONDITIONS];

static void
note(const char *condition)
{
	int k = 0;

	while (k < CONDITIONS - 1 && caught[k].condition != NULL && strcmp(caught[k].condition, condition) != 0)
		k++;
	caught[k].condition = condition;
	caught[k].count++;
}

static bool
both_refuse(const struct round *r, const struct solved *s, const char *text, size_t size, const char *what,
            char **complaint)
{
	const char *condition = both_say(r, s->instance, text, size, what, complaint);

	if (condition != NULL)
		note(condition);
	return condition != NULL;
}

static bool
try_damage(const struct round *r, const struct solved *s, const json_t *root, uint64_t *random, char **complaint)
{
	char what[200];
	json_t *copy = damaged(root, r, random, what);
	char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
	bool refused = both_refuse(r, s, text, strlen(text), what, complaint);

	free(text);
	json_decref(copy);
	return refused;
}

/* One byte of the text changed, or the rest cut off: refused, unless it still says the same. */
static bool
try_byte(const struct round *r, const struct solved *s, const json_t *root, uint64_t *random, char **complaint)
{
	size_t at = (size_t)dice_below(random, (int)s->size), size = one_in(random, 20) ? at : s->size;
	char *text = room(s->size + 1, 1);
	json_t *copy;
	bool refused = false;

	memcpy(text, s->text, s->size);
	if (size == s->size)
		text[at] = one_in(random, 2) ? (char)dice_below(random, 256) : "0123456789,:[]{}\" nt"[dice_below(random, 20)];
	copy = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	if (copy == NULL || !json_equal(copy, root))
		refused = both_refuse(r, s, text, size, "a byte changed", complaint);
	json_decref(copy);
	free(text);
	return refused;
}

static void
try_round(const struct round *r, uint64_t *random, int *refused, int *bytes, char **complaint)
{
	char *json = round_canonical(r);
	struct solved s = solve_text(json, 1, complaint);
	json_t *root = s.text == NULL ? NULL : json_loadb(s.text, s.size, 0, NULL);

	if (root != NULL)
		check_accepted(&s, complaint);
	for (int k = 0; root != NULL && k < PER_ROUND && *complaint == NULL; k++) {
		*refused += try_damage(r, &s, root, random, complaint);
		*bytes += k < PER_ROUND / 5 && try_byte(r, &s, root, random, complaint);
	}
	json_decref(root);
	solved_clear(&s);
	free(json);
}

int
main(void)
{
	uint64_t random = dice_seed();
	int wanted = how_many("BASSIN_DAMAGES", SLOW_BUILD ? 2000 : 20000, SLOW_BUILD ? 10000 : 200000), refused = 0,
	    bytes = 0;
	char *complaint = NULL;

	while (refused < wanted && complaint == NULL) {
		struct round *r = one_in(&random, 4) ? round_large(&random, 40) : round_small(&random);

		try_round(r, &random, &refused, &bytes, &complaint);
		round_destroy(&r);
	}
	for (int k = 0; k < CONDITIONS && caught[k].condition != NULL; k++)
		printf("%s%s %d", k == 0 ? "# " : ", ", caught[k].condition, caught[k].count);
	putchar('\n');
	printf("# %d damaged outcomes refused, and %d with a damaged byte\n", refused, bytes);
	tap("the verifier refuses an outcome that was damaged in one place", complaint);
	free(complaint);
	return tap_end();
}
