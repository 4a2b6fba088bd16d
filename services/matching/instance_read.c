/* SPDX-License-Identifier: Apache-2.0 */
/* The neutral JSON of a round, read by jansson into a draft. What is unknown, missing or of another type is refused by
 * name. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "instance_priv.h"

struct reader {
	struct draft *d;
	struct instance_flaw flaw;
	json_t *learners, *postings; /* id -> number */
};

/* "learner "l1"" for messages; of what is in hand. */
struct place {
	const char *what, *id;
};

static bool
flawed(const struct reader *r)
{
	return r->flaw.code != NULL || (r->d != NULL && r->d->flaw.code != NULL);
}

/* Every key of obj is one of keys (NULL-terminated). */
static void
check_keys(struct reader *r, json_t *obj, const char *const *keys, struct place p)
{
	const char *key;
	json_t *value;

	if (!json_is_object(obj)) {
		flaw_set(&r->flaw, "wrong_type", "%s \"%.128s\" must be an object", p.what, p.id);
		return;
	}
	json_object_foreach(obj, key, value) {
		size_t k = 0;

		while (keys[k] != NULL && strcmp(keys[k], key) != 0)
			k++;
		if (keys[k] == NULL)
			flaw_set(
			    &r->flaw, "unknown_key", "%s \"%.100s\" has the unknown key \"%.100s\"", p.what, p.id, key);
	}
}

static const char *
get_text(struct reader *r, json_t *obj, const char *key, const char *missing, struct place p)
{
	json_t *v = json_object_get(obj, key);

	if (v == NULL && missing != NULL)
		return missing;
	if (v == NULL)
		flaw_set(&r->flaw, "missing", "%s \"%.128s\" has no %s", p.what, p.id, key);
	else if (!json_is_string(v))
		flaw_set(&r->flaw, "wrong_type", "%s of %s \"%.128s\" must be a text", key, p.what, p.id);
	return v == NULL || !json_is_string(v) ? "" : json_string_value(v);
}

static bool
get_bool(struct reader *r, json_t *obj, const char *key, bool missing, struct place p)
{
	json_t *v = json_object_get(obj, key);

	if (v == NULL)
		return missing;
	if (!json_is_boolean(v))
		flaw_set(&r->flaw, "wrong_type", "%s of %s \"%.128s\" must be true or false", key, p.what, p.id);
	return json_is_true(v);
}

/* JSON knows one kind of number: 870.0 is whole, 870.5 is not. */
static int64_t
to_whole(struct reader *r, const json_t *v, const char *key, struct place p)
{
	double real = json_is_real(v) ? json_real_value(v) : 0;

	if (json_is_integer(v))
		return json_integer_value(v);
	if (!json_is_real(v))
		flaw_set(&r->flaw, "wrong_type", "%s of %s \"%.128s\" must be a number", key, p.what, p.id);
	else if (real != floor(real) || fabs(real) > 9e15)
		flaw_set(
		    &r->flaw, "out_of_range", "%s of %s \"%.128s\" is not a whole number in range", key, p.what, p.id);
	else
		return (int64_t)real;
	return 0;
}

static int64_t
get_whole(struct reader *r, json_t *obj, const char *key, const int64_t *missing, struct place p)
{
	json_t *v = json_object_get(obj, key);

	if (v != NULL)
		return to_whole(r, v, key, p);
	if (missing != NULL)
		return *missing;
	flaw_set(&r->flaw, "missing", "%s \"%.128s\" has no %s", p.what, p.id, key);
	return 0;
}

/* A list; NULL (which has no entries) where it is missing or none. */
static json_t *
get_list(struct reader *r, json_t *obj, const char *key, struct place p)
{
	json_t *v = json_object_get(obj, key);

	if (v == NULL || json_is_array(v))
		return v;
	flaw_set(&r->flaw, "wrong_type", "%s of %s \"%.128s\" must be a list", key, p.what, p.id);
	return NULL;
}

static const char *
get_college(struct reader *r, json_t *obj, struct place p)
{
	json_t *v = json_object_get(obj, "college");

	return v == NULL || json_is_null(v) ? NULL : get_text(r, obj, "college", NULL, p);
}

/* The number of the learner or posting that v names, or ENGINE_NONE with the flaw set. */
static int32_t
find(struct reader *r, const json_t *ids, const json_t *v, const char *what, struct place p)
{
	json_t *number = json_is_string(v) ? json_object_get(ids, json_string_value(v)) : NULL;

	if (number != NULL)
		return (int32_t)json_integer_value(number);
	if (json_is_string(v))
		flaw_set(&r->flaw, "unknown_id", "%s \"%.100s\" names the unknown %s \"%.100s\"", p.what, p.id, what,
		    json_string_value(v));
	else
		flaw_set(&r->flaw, "wrong_type", "%s \"%.128s\" names a %s by what is no text", p.what, p.id, what);
	return ENGINE_NONE;
}

static void
keep_number(struct reader *r, json_t *ids, const char *id, int32_t number, const char *what)
{
	if (json_object_get(ids, id) != NULL)
		flaw_set(&r->flaw, "duplicate_id", "%s \"%.128s\" stands twice", what, id);
	else if (json_object_set_new(ids, id, json_integer(number)) != 0)
		flaw_set(&r->flaw, "no_memory", "not enough memory for the instance");
}

static void
read_learner(struct reader *r, json_t *l)
{
	static const char *const KEYS[] = { "id", "college", "ranking", "assignable", "tier", "groups", NULL };
	static const int64_t NEED = 0;
	const char *id = get_text(r, l, "id", NULL, (struct place){ "a learner", "" });
	struct place p = { "learner", id };
	size_t k;
	json_t *group, *groups = get_list(r, l, "groups", p);
	int32_t i;

	check_keys(r, l, KEYS, p);
	if (flawed(r))
		return;
	i = draft_learner(
	    r->d, id, get_college(r, l, p), get_whole(r, l, "tier", &NEED, p), get_bool(r, l, "assignable", true, p));
	keep_number(r, r->learners, id, i, p.what);
	json_array_foreach(groups, k, group) {
		if (!json_is_string(group))
			flaw_set(&r->flaw, "wrong_type", "a group of learner \"%.128s\" must be a text", id);
		if (!flawed(r))
			draft_group(r->d, i, json_string_value(group));
	}
}

static void
read_reserve(struct reader *r, int32_t j, json_t *reserve, struct place p)
{
	static const char *const KEYS[] = { "group", "seats", NULL };
	const char *group;
	int64_t seats;

	check_keys(r, reserve, KEYS, p);
	group = get_text(r, reserve, "group", NULL, p);
	seats = get_whole(r, reserve, "seats", NULL, p);
	if (!flawed(r))
		draft_reserve(r->d, j, group, seats);
}

static void
read_posting(struct reader *r, json_t *v)
{
	static const char *const KEYS[] = { "id", "college", "capacity", "ranking", "accepts_unranked", "assignable",
		"reserves", "reserve_order", NULL };
	const char *id = get_text(r, v, "id", NULL, (struct place){ "a posting", "" });
	struct place p = { "posting", id };
	const char *order;
	json_t *reserve, *reserves = get_list(r, v, "reserves", p);
	size_t k;
	int32_t j;

	check_keys(r, v, KEYS, p);
	order = get_text(r, v, "reserve_order", "first", p);
	if (strcmp(order, "first") != 0 && strcmp(order, "last") != 0)
		flaw_set(&r->flaw, "out_of_range", "reserve_order of posting \"%.128s\" must be first or last", id);
	if (flawed(r))
		return;
	j = draft_posting(r->d, id, get_college(r, v, p), get_whole(r, v, "capacity", NULL, p),
	    get_bool(r, v, "accepts_unranked", true, p), get_bool(r, v, "assignable", true, p), order[0] == 'l');
	keep_number(r, r->postings, id, j, p.what);
	json_array_foreach(reserves, k, reserve)
		if (!flawed(r))
			read_reserve(r, j, reserve, p);
}

/* The tiers of one learner's or posting's ranking. */
static void
read_ranking(struct reader *r, json_t *obj, int32_t owner, bool of_learner)
{
	struct place p = { of_learner ? "learner" : "posting", json_string_value(json_object_get(obj, "id")) };
	const json_t *ids = of_learner ? r->postings : r->learners;
	json_t *tier, *v, *ranking = get_list(r, obj, "ranking", p);
	size_t t, k;

	json_array_foreach(ranking, t, tier) {
		if (!json_is_array(tier))
			flaw_set(&r->flaw, "wrong_type", "a tier of %s \"%.128s\" must be a list", p.what, p.id);
		else if (json_array_size(tier) == 0)
			flaw_set(
			    &r->flaw, "empty_tier", "the ranking of %s \"%.128s\" has an empty tier", p.what, p.id);
		json_array_foreach(tier, k, v) {
			int32_t to = find(r, ids, v, of_learner ? "posting" : "learner", p);

			if (flawed(r))
				return;
			if (of_learner)
				draft_ranking(r->d, owner, (int64_t)t, to);
			else
				draft_choice(r->d, owner, (int64_t)t, to);
		}
	}
}

typedef void take_pair(struct draft *d, int32_t learner, int32_t posting);

/* Rows [learner, posting], or [learner, posting, fit] where take is NULL. */
static void
read_rows(struct reader *r, json_t *root, const char *key, take_pair *take)
{
	struct place p = { "the list", key };
	size_t k, cells = take == NULL ? 3 : 2;
	json_t *row, *rows = get_list(r, root, key, p);

	json_array_foreach(rows, k, row) {
		int32_t i, j;

		if (!json_is_array(row) || json_array_size(row) != cells) {
			flaw_set(&r->flaw, "wrong_type", "row %zu of \"%s\" must be a list of %zu", k + 1, key, cells);
			return;
		}
		i = find(r, r->learners, json_array_get(row, 0), "learner", p);
		j = find(r, r->postings, json_array_get(row, 1), "posting", p);
		if (flawed(r))
			return;
		if (take != NULL)
			take(r->d, i, j);
		else
			draft_fit(r->d, i, j,
			    to_whole(r, json_array_get(row, 2), "fit",
				(struct place){ "learner", json_string_value(json_array_get(row, 0)) }));
	}
}

static void
read_root(struct reader *r, json_t *root)
{
	static const char *const KEYS[] = { "seed", "guarantee", "learners", "postings", "fit", "fixed", "held", NULL };
	struct place p = { "the", "instance" };
	json_t *learners, *postings, *v;
	const char *seed;
	size_t k;

	check_keys(r, root, KEYS, p);
	seed = get_text(r, root, "seed", NULL, p);
	learners = get_list(r, root, "learners", p);
	postings = get_list(r, root, "postings", p);
	if (flawed(r))
		return;
	r->d = draft_new(seed, get_bool(r, root, "guarantee", true, p));
	if (r->d == NULL)
		flaw_set(&r->flaw, "no_memory", "not enough memory for the instance");
	json_array_foreach(learners, k, v)
		if (!flawed(r))
			read_learner(r, v);
	json_array_foreach(postings, k, v)
		if (!flawed(r))
			read_posting(r, v);
	json_array_foreach(learners, k, v)
		if (!flawed(r))
			read_ranking(r, v, (int32_t)k, true);
	json_array_foreach(postings, k, v)
		if (!flawed(r))
			read_ranking(r, v, (int32_t)k, false);
	if (!flawed(r))
		read_rows(r, root, "fit", NULL);
	if (!flawed(r))
		read_rows(r, root, "fixed", draft_fixed);
	if (!flawed(r))
		read_rows(r, root, "held", draft_held);
}

int
instance_read(const char *json, size_t size, struct instance **out, struct instance_flaw *flaw)
{
	struct reader r = { .learners = json_object(), .postings = json_object() };
	json_error_t error;
	json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &error);
	int rc = -1;

	*out = NULL;
	if (root == NULL)
		flaw_set(&r.flaw, "bad_json", "line %d: %.200s", error.line, error.text);
	else if (r.learners == NULL || r.postings == NULL)
		flaw_set(&r.flaw, "no_memory", "not enough memory for the instance");
	else
		read_root(&r, root);
	if (r.flaw.code == NULL)
		rc = draft_seal(&r.d, out, flaw);
	else
		*flaw = r.flaw;
	draft_destroy(&r.d);
	json_decref(root);
	json_decref(r.learners);
	json_decref(r.postings);
	return rc;
}
