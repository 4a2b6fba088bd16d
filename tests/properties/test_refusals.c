/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of instances against another judge of what an instance is: sound ones, with one or two places damaged.
 * What both accept comes out in the same canonical form; what one refuses the other refuses, and the reader says in
 * one line what, where, and what is allowed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "check.h"
#include "damage.h"
#include "judge.h"
#include "solver.h"
#include "sound.h"

static struct {
	int accepted, refused;
} seen;

/* Also text that is no JSON is seen by the reader: one byte of it changed, or the end cut off. */
static void
change_bytes(char *text, uint64_t *random)
{
	size_t size = strlen(text), at = (size_t)dice_below(random, (int)size);

	if (one_in(random, 4))
		text[at] = '\0';
	else
		text[at] =
		    one_in(random, 3) ? (char)(1 + dice_below(random, 255)) : "0123456789,:[]{}\"-.eE nt"[dice_below(random, 24)];
}

static void
compare_readers(const char *text, char **complaint)
{
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong = root == NULL ? "no JSON" : unsound(root);
	char *why = NULL, *canonical = canonical_text(text, &why);

	if ((wrong == NULL) != (canonical != NULL))
		complain(complaint, "the reader says %s, the rules say %s\n%s", canonical != NULL ? "yes" : why,
		         wrong == NULL ? "yes" : wrong, text);
	else if (wrong == NULL) {
		struct round *r = round_read(text); /* NULL: one group more than these tables hold */
		char *expected = r == NULL ? NULL : round_canonical(r);

		if (expected != NULL && strcmp(expected, canonical) != 0)
			complain(complaint, "canonical form: expected\n%s\nfound\n%s", expected, canonical);
		free(expected);
		round_destroy(&r);
		seen.accepted++;
	} else {
		seen.refused++;
	}
	json_decref(root);
	free(why);
	free(canonical);
}

static void
try_round(const struct round *r, uint64_t *random, char **complaint)
{
	char *sound = round_shuffled(r, random), what[200];
	json_t *root = json_loads(sound, JSON_REJECT_DUPLICATES, NULL);

	compare_readers(sound, complaint);
	for (int k = 0; k < 12 && *complaint == NULL; k++) {
		json_t *copy = damaged(root, r, random, what);
		char *text;

		if (one_in(random, 5)) {
			json_t *worse = damaged(copy, r, random, what);

			json_decref(copy);
			copy = worse;
		}
		text = json_dumps(copy, 0);
		if (one_in(random, 4))
			change_bytes(text, random);
		compare_readers(text, complaint);
		free(text);
		json_decref(copy);
	}
	json_decref(root);
	free(sound);
}

int
main(void)
{
	uint64_t random = dice_seed();
	int rounds = how_many("BASSIN_ROUNDS", SLOW_BUILD ? 200 : 1500, SLOW_BUILD ? 3000 : 50000);
	char *complaint = NULL;

	for (int n = 0; n < rounds && complaint == NULL; n++) {
		struct round *r = round_small(&random);

		try_round(r, &random, &complaint);
		round_destroy(&r);
	}
	printf("# %d texts accepted, %d refused\n", seen.accepted, seen.refused);
	tap("the reader accepts instances and nothing else", complaint);
	free(complaint);
	return tap_end();
}
