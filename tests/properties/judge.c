/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See judge.h. What the rules determine is compared; where they leave a choice it is read, and checked to be optimal.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "judge.h"

static int
find(const void *base, size_t step, int count, const char *id)
{
	int low = 0, high = count;

	while (id != NULL && low < high) {
		int middle = (low + high) / 2, c = strcmp((const char *)base + step * (size_t)middle, id);

		if (c == 0)
			return middle;
		*(c < 0 ? &low : &high) = c < 0 ? middle + 1 : middle;
	}
	return NONE;
}

int
find_learner(const struct round *r, const char *id)
{
	return find(r->learner, sizeof *r->learner, r->n, id);
}

int
find_posting(const struct round *r, const char *id)
{
	return find(r->posting, sizeof *r->posting, r->m, id);
}

static char *
in_words(const char *path, const char *what, const json_t *expected, const json_t *found)
{
	char *a = json_dumps(expected, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS), *complaint = NULL;
	char *b = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);

	complain(&complaint, "%s%s: expected %.300s, found %.300s", path, what, a == NULL ? "nothing" : a,
	         b == NULL ? "nothing" : b);
	free(a);
	free(b);
	return complaint;
}

static char *
difference(const json_t *expected, const json_t *found, const char *path)
{
	char deeper[200], *complaint = NULL;
	const char *key;
	json_t *value;
	size_t n;

	if (json_is_object(expected) && json_is_object(found)) {
		json_object_foreach((json_t *)(uintptr_t)found, key,
		                    value) if (json_object_get(expected, key) == NULL) return in_words(path, "", NULL,
		                                                                                       value);
		json_object_foreach((json_t *)(uintptr_t)expected, key, value)
		{
			snprintf(deeper, sizeof deeper, "%s.%s", path, key);
			if ((complaint = difference(value, json_object_get(found, key), deeper)) != NULL)
				return complaint;
		}
		return NULL;
	}
	if (json_is_array(expected) && json_is_array(found) && json_array_size(expected) == json_array_size(found)) {
		json_array_foreach(expected, n, value)
		{
			snprintf(deeper, sizeof deeper, "%s[%zu]", path, n);
			if ((complaint = difference(value, json_array_get(found, n), deeper)) != NULL)
				return complaint;
		}
		return NULL;
	}
	return json_equal(expected, found) ? NULL : in_words(path, "", expected, found);
}

char *
first_difference(const json_t *expected, const json_t *found)
{
	return difference(expected, found, "outcome");
}

static int *
nowhere(int n)
{
	int *list = room((size_t)n, sizeof *list);

	for (int l = 0; l < n; l++)
		list[l] = NONE;
	return list;
}

/* Where the placements say that each learner is; what is wrong with their form shows when all is compared. */
static int *
read_placements(const struct round *r, const json_t *list)
{
	int *at = nowhere(r->n);
	json_t *row;
	size_t n;

	json_array_foreach(list, n, row)
	{
		int l = find_learner(r, json_string_value(json_object_get(row, "learner")));

		if (l != NONE)
			at[l] = find_posting(r, json_string_value(json_object_get(row, "posting")));
	}
	return at;
}

/* One run as judged: what its ranked phase gives, and what was assigned after it. */
struct phase {
	int *ranked; /* holders at the end of the ranked phase, but for those who stand unranked */
	int *result; /* all holders at the end of the ranked phase */
	int *assigned;
	int64_t fit;
};

static void
phase_clear(struct phase *ph)
{
	free(ph->ranked);
	free(ph->result);
	free(ph->assigned);
}

static void
check_assignment(const struct run *run, const struct assignment *a, const int *assigned, bool exhaustive,
                 char **complaint)
{
	const struct round *r = run->r;
	int *left = room((size_t)r->m, sizeof *left);
	struct worth worth;

	for (int p = 0; p < r->m; p++)
		left[p] = a->seats[p];
	for (int l = 0; l < r->n; l++) {
		if (assigned[l] == NONE)
			continue;
		if (option_fit(a, l, assigned[l]) == NONE)
			complain(complaint, "%s is not open to %s", r->posting[assigned[l]].id, r->learner[l].id);
		else if (left[assigned[l]]-- == 0)
			complain(complaint, "%s is assigned beyond its seats", r->posting[assigned[l]].id);
	}
	free(left);
	if (*complaint != NULL)
		return;
	worth = worth_of(run, a, assigned);
	if (exhaustive) {
		struct worth best = best_of_all(run, a, NULL);

		if (worth_compare(&best, &worth) != 0)
			complain(complaint, "the best assignment places %lld with fit %lld, this one %lld with %lld",
			         (long long)best.placed, (long long)best.fit, (long long)worth.placed,
			         (long long)worth.fit);
	}
	check_no_improvement(run, a, assigned, complaint);
}

/* Judge one run, where `said` tells who is placed where. */
static struct phase
judge_run(const struct run *run, const int *said, const json_t *prices, bool exhaustive, char **complaint)
{
	const struct round *r = run->r;
	struct phase ph = { .ranked = nowhere(r->n), .assigned = nowhere(r->n) };
	struct assignment *a;

	ph.result = exhaustive ? best_stable_of_all(run, complaint) : best_stable_by_proposals(run);
	if (r->n <= 300)
		check_stable(run, ph.result, complaint);
	a = assignment_new(run, ph.result);
	for (int l = 0; l < r->n; l++) {
		if (a->level[l] != NONE)
			ph.assigned[l] = said[l];
		else if (run->member[l])
			ph.ranked[l] = ph.result[l];
	}
	check_assignment(run, a, ph.assigned, exhaustive, complaint);
	if (*complaint == NULL) {
		ph.fit = worth_of(run, a, ph.assigned).fit;
		check_prices(run, a, ph.assigned, prices, complaint);
	}
	assignment_destroy(&a);
	return ph;
}

/* ---- solo runs --------------------------------------------------------------------------------------------------- */

static void
add_members(const struct run *run, int *to, const int *from)
{
	for (int l = 0; l < run->r->n; l++)
		if (run->member[l])
			to[l] = from[l];
}

/* All solo runs; returns the expected value of certificate.alone but for the prices, and each learner's posting. */
static json_t *
judge_alone(const struct round *r, const json_t *said, bool exhaustive, int *solo, char **complaint)
{
	int *nobody = nowhere(r->n), *at = read_placements(r, json_object_get(said, "placements"));
	int *ranked = nowhere(r->n), *assigned = nowhere(r->n);
	const json_t *prices = json_object_get(said, "prices");
	bool *member = room((size_t)r->n, sizeof *member), *offered = room((size_t)r->m, sizeof *offered);
	json_t *expected, *all = json_array();

	check_price_lists(r, prices, complaint);
	for (int p = 0; p < r->m; p++)
		if (r->posting[p].college != NONE)
			json_array_append_new(all, json_null());
	for (int c = 0; c < r->n_colleges && *complaint == NULL; c++) {
		struct run *run = run_new(r, c, nobody);
		struct phase ph = judge_run(run, at, prices, exhaustive, complaint);
		json_t *slots = slots_json(run, ph.result, true);
		size_t row = 0;

		add_members(run, ranked, ph.ranked);
		add_members(run, assigned, ph.assigned);
		for (int p = 0; p < r->m; p++) {
			if (r->posting[p].college == c)
				json_array_set(all, row, json_array_get(slots, row));
			row += r->posting[p].college != NONE;
			offered[p] |= run->offered[p];
		}
		for (int l = 0; l < r->n; l++)
			member[l] |= run->member[l];
		json_decref(slots);
		phase_clear(&ph);
		run_destroy(&run);
	}
	if (*complaint == NULL)
		check_strangers(r, member, offered, prices, complaint);
	for (int l = 0; l < r->n; l++)
		solo[l] = ranked[l] != NONE ? ranked[l] : assigned[l];
	expected = json_pack("{soso}", "placements", placements_json(r, nobody, ranked, assigned), "postings", all);
	free(nobody);
	free(at);
	free(ranked);
	free(assigned);
	free(member);
	free(offered);
	return expected;
}

/* ---- the pool ---------------------------------------------------------------------------------------------------- */

/* The promise of the guarantee, told once more by itself: nobody worse than alone, or than what she holds. */
static void
check_promise(const struct run *pool, const int *endowed, const int *final, char **complaint)
{
	const struct round *r = pool->r;

	for (int l = 0; l < r->n; l++) {
		int had = endowed[l], has = final[l];

		if (had == NONE || had == has)
			continue;
		if (has == NONE)
			complain(complaint, "%s had %s and is not placed", r->learner[l].id, r->posting[had].id);
		else if (has_ranked(pool, l, had) &&
		         (!has_ranked(pool, l, has) || pool->place[cell(r, l, has)] > pool->place[cell(r, l, had)]))
			complain(complaint, "%s had %s and now has %s", r->learner[l].id, r->posting[had].id,
			         r->posting[has].id);
	}
}

static void
judge_pool(const struct round *r, json_t *root, const int *solo, json_t *alone, bool exhaustive, struct judged *j)
{
	const json_t *pool_said = json_object_get(json_object_get(root, "certificate"), "pool");
	json_t *prices = json_object_get(pool_said, "prices"), *expected;
	int *endowed = nowhere(r->n), *fixed = nowhere(r->n), *final = nowhere(r->n);
	int *said = read_placements(r, json_object_get(root, "placements"));
	struct run *run;
	struct phase ph;

	for (int l = 0; l < r->n; l++) {
		fixed[l] = r->learner[l].fixed;
		endowed[l] = r->learner[l].held != NONE ? r->learner[l].held : r->guarantee ? solo[l] : NONE;
	}
	run = run_new(r, NONE, endowed);
	check_price_lists(r, prices, &j->complaint);
	if (j->complaint != NULL)
		prices = NULL;
	ph = judge_run(run, said, prices, exhaustive, &j->complaint);
	check_strangers(r, run->member, run->offered, prices, &j->complaint);
	for (int l = 0; l < r->n; l++) {
		final[l] = fixed[l] != NONE ? fixed[l] : ph.ranked[l] != NONE ? ph.ranked[l] : ph.assigned[l];
		j->placed += final[l] != NONE;
		j->assigned += ph.assigned[l] != NONE;
		j->endowed += endowed[l] != NONE;
		j->moved_up += endowed[l] != NONE && final[l] != endowed[l];
	}
	check_promise(run, endowed, final, &j->complaint);
	json_object_set(alone, "prices",
	                json_object_get(json_object_get(json_object_get(root, "certificate"), "alone"), "prices"));
	expected = whole_json(&(struct whole){ .pool = run,
	                                       .solo = solo,
	                                       .ranked = ph.ranked,
	                                       .result = ph.result,
	                                       .assigned = ph.assigned,
	                                       .final = final,
	                                       .fit = ph.fit,
	                                       .alone = json_incref(alone),
	                                       .prices = json_incref(prices) });
	if (j->complaint == NULL)
		j->complaint = first_difference(expected, root);
	json_decref(expected);
	phase_clear(&ph);
	run_destroy(&run);
	free(endowed);
	free(fixed);
	free(final);
	free(said);
}

struct judged
judge(const struct round *r, const char *outcome, size_t size, bool exhaustive)
{
	struct judged j = { 0 };
	json_t *root = json_loadb(outcome, size, JSON_REJECT_DUPLICATES, NULL), *alone;
	int *solo = nowhere(r->n);

	if (root == NULL) {
		complain(&j.complaint, "the outcome is not JSON");
		free(solo);
		return j;
	}
	alone = judge_alone(r, json_object_get(json_object_get(root, "certificate"), "alone"), exhaustive, solo,
	                    &j.complaint);
	if (j.complaint == NULL)
		judge_pool(r, root, solo, alone, exhaustive, &j);
	json_decref(alone);
	json_decref(root);
	free(solo);
	return j;
}

/* ---- sizes ------------------------------------------------------------------------------------------------------- */

bool
is_small(const struct round *r)
{
	const double most = 30000;
	double lists = 1, rows = 1;

	/* An endowed seat adds a line to a list, and a row. */
	for (int l = 0; l < r->n; l++) {
		int lines = 2, options = 2;

		for (int p = 0; p < r->m; p++) {
			lines += r->wish[cell(r, l, p)] != NONE;
			options += r->fit[cell(r, l, p)] != NONE;
		}
		lists *= lines;
		rows *= options;
	}
	return r->n < 14 && lists < most && rows < most;
}
