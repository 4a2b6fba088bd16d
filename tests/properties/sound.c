/* SPDX-License-Identifier: Apache-2.0 */
/* See sound.h. Sets of strings are objects of jansson, whatever that costs. */
#include <stdint.h>
#include <string.h>

#include "sound.h"

static const double MOST = 2147483647;

/* What the lists refer to. */
struct known {
	json_t *learners, *postings; /* id -> its object */
	json_t *paired; /* learner -> true */
	json_t *taken; /* posting -> pairs */
	const char *wrong;
};

static bool
fail(struct known *k, bool wrong, const char *what)
{
	if (wrong && k->wrong == NULL)
		k->wrong = what;
	return wrong;
}

static bool
is_one_of(const char *key, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (strcmp(key, *keys) == 0)
			return true;
	return false;
}

static bool
is_object_of(struct known *k, const json_t *o, const char *const *keys)
{
	const char *key;
	json_t *value;

	if (fail(k, !json_is_object(o), "no object"))
		return false;
	json_object_foreach((json_t *)(uintptr_t)o, key,
	                    value) if (fail(k, !is_one_of(key, keys), "unknown key")) return false;
	return true;
}

/* A whole number from 0 to most; absent is right unless it is required. */
static void
number(struct known *k, const json_t *o, const char *key, double most, bool required)
{
	const json_t *v = json_object_get(o, key);
	double n = json_number_value(v);

	if (v == NULL)
		fail(k, required, "a number is missing");
	else
		fail(k, !json_is_number(v) || n < 0 || n > most || n != (double)(long long)n, "not such a number");
}

static void
flag(struct known *k, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	fail(k, v != NULL && !json_is_boolean(v), "not true or false");
}

static json_t *
list(struct known *k, const json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return fail(k, v != NULL && !json_is_array(v), "no list") ? NULL : v;
}

/* Add a string to a set; wrong if it is no string, or there already. */
static void
once(struct known *k, json_t *set, const json_t *id)
{
	const char *text = json_string_value(id);

	if (fail(k, text == NULL, "no text") || fail(k, json_object_get(set, text) != NULL, "twice"))
		return;
	json_object_set_new(set, text, json_true());
}

static void
ranking(struct known *k, const json_t *o, json_t *others)
{
	json_t *tier, *id, *seen = json_object();
	size_t n, m;

	json_array_foreach(list(k, o, "ranking"), n, tier)
	{
		fail(k, !json_is_array(tier) || json_array_size(tier) == 0, "no tier, or an empty one");
		json_array_foreach(tier, m, id)
		{
			once(k, seen, id);
			fail(k, json_is_string(id) && json_object_get(others, json_string_value(id)) == NULL,
			     "unknown id");
		}
	}
	json_decref(seen);
}

static void
college(struct known *k, const json_t *o)
{
	const json_t *v = json_object_get(o, "college");

	fail(k, v != NULL && !json_is_null(v) && !json_is_string(v), "no college");
}

static void
learner(struct known *k, const json_t *o)
{
	static const char *const keys[] = { "id", "college", "ranking", "assignable", "tier", "groups", NULL };
	json_t *groups = json_object(), *group;
	size_t n;

	if (is_object_of(k, o, keys)) {
		college(k, o);
		flag(k, o, "assignable");
		number(k, o, "tier", 99, false);
		ranking(k, o, k->postings);
		json_array_foreach(list(k, o, "groups"), n, group) once(k, groups, group);
	}
	json_decref(groups);
}

static void
posting(struct known *k, const json_t *o)
{
	static const char *const keys[] = { "id",         "college",  "capacity",      "ranking", "accepts_unranked",
		                            "assignable", "reserves", "reserve_order", NULL };
	static const char *const reserve_keys[] = { "group", "seats", NULL };
	const json_t *order = json_object_get(o, "reserve_order");
	json_t *groups = json_object(), *reserve;
	size_t n;

	if (is_object_of(k, o, keys)) {
		college(k, o);
		flag(k, o, "assignable");
		flag(k, o, "accepts_unranked");
		number(k, o, "capacity", MOST, true);
		ranking(k, o, k->learners);
		json_array_foreach(list(k, o, "reserves"), n, reserve) if (is_object_of(k, reserve, reserve_keys))
		{
			once(k, groups, json_object_get(reserve, "group"));
			number(k, reserve, "seats", MOST, true);
		}
		fail(k,
		     order != NULL && (!json_is_string(order) || (strcmp(json_string_value(order), "first") != 0 &&
		                                                  strcmp(json_string_value(order), "last") != 0)),
		     "no such order");
	}
	json_decref(groups);
}

/* Both ends of a row of fit, or of a pair, are known. */
static bool
row(struct known *k, const json_t *r, size_t size)
{
	const char *l = json_string_value(json_array_get(r, 0)), *p = json_string_value(json_array_get(r, 1));

	return !fail(k, !json_is_array(r) || json_array_size(r) != size || l == NULL || p == NULL, "no such row") &&
	       !fail(k, json_object_get(k->learners, l) == NULL || json_object_get(k->postings, p) == NULL,
	             "unknown id");
}

static void
fits(struct known *k, const json_t *root)
{
	json_t *seen = json_object(), *r, *of_learner;
	size_t n;

	json_array_foreach(list(k, root, "fit"), n, r)
	{
		const char *l;
		json_t *holder;

		if (!row(k, r, 3))
			break;
		holder = json_pack("{sO}", "fit", json_array_get(r, 2));
		number(k, holder, "fit", 1000, true);
		json_decref(holder);
		l = json_string_value(json_array_get(r, 0));
		if (json_object_get(seen, l) == NULL)
			json_object_set_new(seen, l, json_object());
		of_learner = json_object_get(seen, l);
		once(k, of_learner, json_array_get(r, 1));
	}
	json_decref(seen);
}

static void
pairs(struct known *k, const json_t *root, const char *key)
{
	json_t *r;
	size_t n;

	json_array_foreach(list(k, root, key), n, r)
	{
		const char *p;
		json_int_t taken;

		if (!row(k, r, 2))
			return;
		once(k, k->paired, json_array_get(r, 0));
		p = json_string_value(json_array_get(r, 1));
		taken = 1 + json_integer_value(json_object_get(k->taken, p));
		json_object_set_new(k->taken, p, json_integer(taken));
		fail(k, (double)taken > json_number_value(json_object_get(json_object_get(k->postings, p), "capacity")),
		     "more pairs than seats");
	}
}

static void
name_all(struct known *k, const json_t *objects, json_t *ids)
{
	json_t *o;
	size_t n;

	json_array_foreach(objects, n, o)
	{
		const char *id = json_string_value(json_object_get(o, "id"));

		if (fail(k, id == NULL, "no id") || fail(k, json_object_get(ids, id) != NULL, "an id twice"))
			return;
		json_object_set(ids, id, o);
	}
}

const char *
unsound(const json_t *root)
{
	static const char *const keys[] = { "seed", "guarantee", "learners", "postings", "fit", "fixed", "held", NULL };
	struct known k = { json_object(), json_object(), json_object(), json_object(), NULL };
	const char *seed = json_string_value(json_object_get(root, "seed"));
	json_t *o;
	size_t n;

	is_object_of(&k, root, keys);
	fail(&k, seed == NULL || strlen(seed) < 1 || strlen(seed) > 64, "no seed");
	flag(&k, root, "guarantee");
	name_all(&k, list(&k, root, "learners"), k.learners);
	name_all(&k, list(&k, root, "postings"), k.postings);
	json_array_foreach(json_object_get(root, "learners"), n, o) learner(&k, o);
	json_array_foreach(json_object_get(root, "postings"), n, o) posting(&k, o);
	fits(&k, root);
	pairs(&k, root, "fixed");
	pairs(&k, root, "held");
	json_decref(k.learners);
	json_decref(k.postings);
	json_decref(k.paired);
	json_decref(k.taken);
	return k.wrong;
}
