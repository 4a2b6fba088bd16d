/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 240 rounds of tests/vectors/rounds.jsonl, in each of which the endowments are forced: first by the literal rules
 * of this folder, which shows that these are read as they are meant; then by the solver. Run from the root of the
 * project.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "judge.h"
#include "solver.h"

#define VECTORS "tests/vectors/rounds.jsonl"

/* What a vector expects, of one outcome. */
struct told {
	json_t *ranked, *fixed, *endowments, *alone, *tiers;
	int64_t placed, assigned_count, assigned_fit;
};

static void
put_pair(const struct round *r, json_t *list, int l, int p)
{
	if (p != NONE)
		json_array_append_new(list, json_pack("[ss]", r->learner[l].id, r->posting[p].id));
}

/* The solo runs by the rules: *endowed as the pool begins, and the counts by college. */
static json_t *
alone_by_rules(const struct round *r, int *endowed, char **complaint)
{
	int *nobody = room((size_t)r->n, sizeof *nobody), *solo = room((size_t)r->n, sizeof *solo);
	json_t *alone = json_object();

	for (int l = 0; l < r->n; l++)
		nobody[l] = solo[l] = NONE;
	for (int c = 0; c < r->n_colleges; c++) {
		struct run *run = run_new(r, c, nobody);
		int *ranked = best_stable_of_all(run, complaint), *assigned = room((size_t)r->n, sizeof *assigned),
		    count = 0;
		struct assignment *a = assignment_new(run, ranked);
		bool any = false;

		best_of_all(run, a, assigned);
		for (int l = 0; l < r->n; l++) {
			const struct round_learner *who = &r->learner[l];

			if (run->member[l])
				solo[l] = ranked[l] != NONE ? ranked[l] : assigned[l];
			any |= who->college == c;
			count += who->college == c && (solo[l] != NONE || who->fixed != NONE || who->held != NONE);
		}
		if (any)
			json_object_set_new(alone, r->college[c], json_integer(count));
		free(ranked);
		free(assigned);
		assignment_destroy(&a);
		run_destroy(&run);
	}
	for (int l = 0; l < r->n; l++)
		endowed[l] = r->learner[l].held != NONE ? r->learner[l].held : r->guarantee ? solo[l] : NONE;
	free(nobody);
	free(solo);
	return alone;
}

static json_t *
by_rules(const struct round *r, char **complaint)
{
	int *endowed = room((size_t)r->n, sizeof *endowed), *assigned = room((size_t)r->n, sizeof *assigned),
	    tiers[100] = { 0 };
	json_t *alone = alone_by_rules(r, endowed, complaint), *fixed = json_array(), *ranked = json_array();
	json_t *endowments = json_array(), *counts = json_array();
	struct run *run = run_new(r, NONE, endowed);
	int *result = best_stable_of_all(run, complaint), placed = 0, highest = -1;
	struct assignment *a = assignment_new(run, result);
	struct worth w = best_of_all(run, a, assigned);

	for (int l = 0; l < r->n; l++) {
		bool here = a->level[l] == NONE && run->member[l] && result[l] != NONE;
		int need = r->learner[l].need;

		put_pair(r, fixed, l, r->learner[l].fixed);
		put_pair(r, endowments, l, endowed[l]);
		put_pair(r, ranked, l, here ? result[l] : NONE);
		highest = need > highest ? need : highest;
		tiers[need] += here || r->learner[l].fixed != NONE || assigned[l] != NONE;
	}
	for (int need = 0; need <= highest; need++) {
		json_array_append_new(counts, json_integer(tiers[need]));
		placed += tiers[need];
	}
	assignment_destroy(&a);
	run_destroy(&run);
	free(result);
	free(endowed);
	free(assigned);
	return json_pack("{sbsosososisosIsIso}", "guarantee", r->guarantee, "ranked", ranked, "fixed", fixed,
	                 "endowments", endowments, "placed", placed, "tiers", counts, "assigned_count",
	                 (json_int_t)w.placed, "assigned_fit", (json_int_t)w.fit, "alone", alone);
}

/* What an outcome says, in the words of a vector. */
static json_t *
by_outcome(const struct round *r, const char *text, size_t size)
{
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL), *row, *told, *alone = json_object();
	json_t *by[3] = { json_array(), json_array(), json_array() };
	json_t *objective = json_object_get(root, "objective");
	static const char *const words[] = { "fixed", "ranked", "assigned" };
	size_t n;

	json_array_foreach(json_object_get(root, "placements"), n,
	                   row) for (int k = 0; k < 3;
	                             k++) if (strcmp(json_string_value(json_object_get(row, "by")), words[k]) == 0)
	    json_array_append_new(by[k],
	                          json_pack("[OO]", json_object_get(row, "learner"), json_object_get(row, "posting")));
	json_array_foreach(json_object_get(root, "colleges"), n, row)
	    json_object_set(alone, json_string_value(json_object_get(row, "college")), json_object_get(row, "alone"));
	told =
	    json_pack("{sbsososOsOsOsIsOso}", "guarantee", r->guarantee, "fixed", by[0], "ranked", by[1], "endowments",
	              json_object_get(root, "endowments"), "placed", json_object_get(objective, "placed"), "tiers",
	              json_object_get(objective, "tiers"), "assigned_count", (json_int_t)json_array_size(by[2]),
	              "assigned_fit", json_object_get(objective, "fit"), "alone", alone);
	json_decref(by[2]);
	json_decref(root);
	return told;
}

static void
compare(const json_t *vector, const json_t *told, char **complaint)
{
	char *found = first_difference(json_object_get(vector, "expected"), told);

	if (found != NULL)
		complain(complaint, "%s: %s", json_string_value(json_object_get(vector, "name")), found);
	free(found);
}

static void
solve_and_compare(const struct round *r, const json_t *vector, char **complaint)
{
	char *instance = json_dumps(json_object_get(vector, "instance"), 0);
	struct solved s = solve_text(instance, 1, complaint);

	if (s.text != NULL) {
		json_t *told = by_outcome(r, s.text, s.size);
		struct judged j = judge(r, s.text, s.size, is_small(r));

		compare(vector, told, complaint);
		if (j.complaint != NULL)
			complain(complaint, "%s: %s", json_string_value(json_object_get(vector, "name")), j.complaint);
		free(j.complaint);
		json_decref(told);
	}
	solved_clear(&s);
	free(instance);
}

int
main(void)
{
	FILE *file = fopen(VECTORS, "r");
	char *line = NULL, *of_rules = NULL, *of_solver = NULL;
	size_t size = 0;
	int count = 0;

	while (file != NULL && getline(&line, &size, file) > 0) {
		json_t *vector = json_loads(line, JSON_REJECT_DUPLICATES, NULL), *told;
		char *instance = json_dumps(json_object_get(vector, "instance"), 0);
		struct round *r = round_read(instance);

		told = by_rules(r, &of_rules);
		compare(vector, told, &of_rules);
		json_decref(told);
		solve_and_compare(r, vector, &of_solver);
		round_destroy(&r);
		free(instance);
		json_decref(vector);
		count++;
	}
	free(line);
	if (file != NULL)
		fclose(file);
	if (count != 240)
		complain(&of_rules, "%d vectors instead of 240 in " VECTORS, count);
	tap("the literal rules say what the vectors say", of_rules);
	tap("the solver says what the vectors say", of_solver);
	free(of_rules);
	free(of_solver);
	return tap_end();
}
