/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damage: any value of an outcome (or of an instance) may be changed, and any list or object lose, double, exchange or
 * gain an entry. Most changes go where it hurts: a pair swapped, a slot moved, a price, a count.
 */
#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "damage.h"

enum { WHAT = 200 };

/* One value of the tree and where it hangs. */
struct place {
	json_t *parent;
	const char *key; /* in an object; else NULL */
	size_t index;
};

static json_t *
value_at(const struct place *at)
{
	return at->key != NULL ? json_object_get(at->parent, at->key) : json_array_get(at->parent, at->index);
}

static void
put_at(const struct place *at, json_t *value)
{
	if (at->key != NULL)
		json_object_set_new(at->parent, at->key, value);
	else
		json_array_set_new(at->parent, at->index, value);
}

/* Walk the whole tree; each value has the same chance to be the one that is kept. */
static void
draw_place(json_t *parent, uint64_t *random, int *count, struct place *kept)
{
	const char *key;
	json_t *value;
	size_t n;

	json_object_foreach(parent, key, value)
	{
		if (one_in(random, ++*count))
			*kept = (struct place){ .parent = parent, .key = key };
		draw_place(value, random, count, kept);
	}
	if (json_is_array(parent))
		json_array_foreach(parent, n, value)
		{
			if (one_in(random, ++*count))
				*kept = (struct place){ .parent = parent, .index = n };
			draw_place(value, random, count, kept);
		}
}

static const char *
some_id(const struct round *r, uint64_t *random)
{
	static const char *const words[] = { "fixed",        "ranked",         "assigned", "outranked", "no_seat",
		                             "not_eligible", "nothing_ranked", "closed",   "",          "nobody" };

	switch (dice_below(random, 5)) {
	case 0: return r->n_groups == 0 ? "g" : r->group[dice_below(random, r->n_groups)];
	case 1: return r->n_colleges == 0 ? "c" : r->college[dice_below(random, r->n_colleges)];
	case 2: return r->m == 0 ? "p" : r->posting[dice_below(random, r->m)].id;
	case 3: return r->n == 0 ? "l" : r->learner[dice_below(random, r->n)].id;
	default: return words[dice_below(random, 10)];
	}
}

static json_t *
other_number(json_int_t n, uint64_t *random)
{
	switch (dice_below(random, 16)) {
	case 0: return json_integer(n - 1);
	case 1: return json_integer(n + dice_below(random, 3000));
	case 2: return json_integer(-n);
	case 3: return json_integer(0);
	case 4: return json_integer((json_int_t)(dice_roll(random) >> 1));
	case 5: return one_in(random, 2) ? json_real((double)n) : json_real((double)n + 0.5);
	case 6: return one_in(random, 2) ? json_null() : json_string("1");
	case 7:
	case 8:
	case 9: return json_integer(n - 1);
	default: return json_integer(n + 1);
	}
}

/* Another of the same kind, where it is an id; else some word. */
static const char *
other_id(const char *id, const struct round *r, uint64_t *random)
{
	bool learner = false, posting = false;

	for (int l = 0; l < r->n; l++)
		learner |= strcmp(r->learner[l].id, id) == 0;
	for (int p = 0; p < r->m; p++)
		posting |= strcmp(r->posting[p].id, id) == 0;
	if (one_in(random, 6) || (!learner && !posting))
		return some_id(r, random);
	return learner && (!posting || one_in(random, 2)) ? r->learner[dice_below(random, r->n)].id :
	                                                    r->posting[dice_below(random, r->m)].id;
}

static json_t *
other_text(const char *text, const struct round *r, uint64_t *random)
{
	char changed[128];
	size_t size = strlen(text), at = size == 0 ? 0 : (size_t)dice_below(random, (int)size);

	/* A digit of a digest or of a lottery number, or a letter. */
	if (size > 0 && size < sizeof changed && (unsigned char)text[at] < 0x7e && one_in(random, 3)) {
		memcpy(changed, text, size + 1);
		changed[at] = text[at] == '9' ? 'a' : (char)(text[at] + 1);
		return json_string(changed);
	}
	return one_in(random, 20) ? json_null() : json_string(other_id(text, r, random));
}

static json_t *
other_value(const json_t *value, const struct round *r, uint64_t *random)
{
	switch (json_typeof(value)) {
	case JSON_INTEGER: return other_number(json_integer_value(value), random);
	case JSON_STRING: return other_text(json_string_value(value), r, random);
	case JSON_TRUE: return json_false();
	case JSON_FALSE: return json_true();
	case JSON_NULL: return one_in(random, 2) ? json_string("closed") : json_integer(0);
	default: return one_in(random, 2) ? json_null() : json_is_array(value) ? json_object() : json_array();
	}
}

/* Two entries exchange one member or element, or themselves. */
static const char *
exchange(json_t *list, uint64_t *random)
{
	size_t size = json_array_size(list), a, b;
	json_t *one, *other;
	const char *key;
	json_t *value = NULL;

	if (size < 2)
		return NULL;
	a = (size_t)dice_below(random, (int)size);
	b = (a + 1 + (size_t)dice_below(random, (int)size - 1)) % size;
	one = json_incref(json_array_get(list, a));
	other = json_incref(json_array_get(list, b));
	if (json_is_object(one) && json_is_object(other) && json_object_size(one) > 0 && !one_in(random, 3)) {
		int n = dice_below(random, (int)json_object_size(one));

		json_object_foreach(one, key, value) if (n-- == 0) break;
		value = json_incref(value);
		if (json_object_get(other, key) != NULL) {
			char name[64];

			snprintf(name, sizeof name, "%s", key);
			json_object_set(one, name, json_object_get(other, name));
			json_object_set(other, name, value);
		}
		json_decref(value);
	} else {
		json_array_set(list, a, other);
		json_array_set(list, b, one);
	}
	json_decref(one);
	json_decref(other);
	return "two entries exchanged";
}

static const char *
change_list(json_t *list, uint64_t *random)
{
	size_t size = json_array_size(list), at = (size_t)dice_below(random, (int)size);

	switch (dice_below(random, 5)) {
	case 0:
		if (size == 0)
			return NULL;
		json_array_remove(list, at);
		return "an entry deleted";
	case 1:
		if (size == 0)
			return NULL;
		json_array_insert_new(list, at, json_deep_copy(json_array_get(list, at)));
		return "an entry doubled";
	case 2:
		json_array_append_new(list, size == 0 ? json_integer(1) : json_deep_copy(json_array_get(list, at)));
		return "an entry appended";
	case 3:
		if (size == 0)
			return NULL;
		json_array_clear(list);
		return "a list emptied";
	default: return exchange(list, random);
	}
}

static const char *
change_object(json_t *object, uint64_t *random)
{
	int n = dice_below(random, (int)json_object_size(object));
	const char *key;
	json_t *value = NULL;

	json_object_foreach(object, key, value) if (n-- == 0) break;
	if (key == NULL || one_in(random, 3)) {
		json_object_set_new(object, "more", json_integer(1));
		return "an unknown key";
	}
	if (one_in(random, 2)) {
		json_object_set(object, "renamed", value);
		json_object_del(object, key);
		return "a key renamed";
	}
	json_object_del(object, key);
	return "a key deleted";
}

/* One row of a list, somewhere within it: a slot or cut-off, a price, a count, an id. */
static const char *
change_row(json_t *list, const struct round *r, uint64_t *random)
{
	json_t *row = json_array_get(list, (size_t)dice_below(random, (int)json_array_size(list)));
	struct place at = { 0 };
	int count = 0;

	draw_place(row, random, &count, &at);
	if (count == 0)
		return NULL;
	if (json_is_array(value_at(&at)))
		return change_list(value_at(&at), random);
	if (json_is_object(value_at(&at)))
		return NULL;
	put_at(&at, other_value(value_at(&at), r, random));
	return "a value of a row changed";
}

/* In one of the great lists: its entries, or one of its rows. */
static const char *
change_where_it_hurts(json_t *root, const struct round *r, uint64_t *random)
{
	static const char *const paths[][4] = { { "placements" },
		                                { "endowments" },
		                                { "unplaced" },
		                                { "colleges" },
		                                { "objective", "tiers" },
		                                { "certificate", "alone", "placements" },
		                                { "certificate", "alone", "postings" },
		                                { "certificate", "pool", "postings" },
		                                { "certificate", "pool", "prices", "learners" },
		                                { "certificate", "pool", "prices", "postings" },
		                                { "certificate", "alone", "prices", "learners" },
		                                { "certificate", "alone", "prices", "postings" },
		                                { "learners" },
		                                { "postings" },
		                                { "fit" },
		                                { "fixed" },
		                                { "held" } };
	int which = dice_below(random, sizeof paths / sizeof *paths);
	json_t *list = root;

	for (int k = 0; k < 4 && paths[which][k] != NULL; k++)
		list = json_object_get(list, paths[which][k]);
	if (list == NULL)
		return NULL;
	return json_array_size(list) > 0 && !one_in(random, 3) ? change_row(list, r, random) :
	                                                         change_list(list, random);
}

json_t *
damaged(const json_t *root, const struct round *r, uint64_t *random, char *what)
{
	for (;;) {
		json_t *copy = json_deep_copy(root), *value;
		struct place at = { 0 };
		const char *done = NULL;
		int count = 0;

		draw_place(copy, random, &count, &at);
		value = value_at(&at);
		if (!one_in(random, 3))
			done = change_where_it_hurts(copy, r, random);
		else if (json_is_array(value) && !one_in(random, 10))
			done = change_list(value, random);
		else if (json_is_object(value))
			done = one_in(random, 10) ? change_object(value, random) : NULL;
		else {
			put_at(&at, other_value(value, r, random));
			done = "a value changed";
		}
		if (done != NULL && !json_equal(copy, root)) {
			snprintf(what, WHAT, "%s", done);
			return copy;
		}
		json_decref(copy);
	}
}
