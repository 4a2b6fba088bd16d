/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an instance into plain tables, for rounds that are known to be well formed. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "judge.h"

struct names {
	char (*id)[ID_BYTES];
	int count;
};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
note(struct names *s, const char *id)
{
	if (id != NULL && strlen(id) < ID_BYTES)
		memcpy(s->id[s->count++], id, strlen(id) + 1);
}

/* Each name once, in order. */
static void
tidy(struct names *s)
{
	int kept = 0;

	qsort(s->id, (size_t)s->count, ID_BYTES, by_bytes);
	for (int k = 0; k < s->count; k++)
		if (kept == 0 || strcmp(s->id[kept - 1], s->id[k]) != 0)
			memmove(s->id[kept++], s->id[k], ID_BYTES);
	s->count = kept;
}

static int
place(const struct names *s, const char *id)
{
	for (int k = 0; id != NULL && k < s->count; k++)
		if (strcmp(s->id[k], id) == 0)
			return k;
	return NONE;
}

struct reading {
	struct names learners, postings, colleges, groups;
	struct round *r;
};

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void
note_all(struct reading *s, const json_t *root)
{
	const json_t *learners = json_object_get(root, "learners"), *postings = json_object_get(root, "postings");
	size_t many = (MAX_GROUPS + 2) * (1 + json_array_size(learners) + json_array_size(postings));
	json_t *o, *g;
	size_t n, k;

	s->learners.id = room(many, ID_BYTES);
	s->postings.id = room(many, ID_BYTES);
	s->colleges.id = room(many, ID_BYTES);
	s->groups.id = room(many, ID_BYTES);
	json_array_foreach(learners, n, o)
	{
		note(&s->learners, text_of(o, "id"));
		note(&s->colleges, text_of(o, "college"));
		json_array_foreach(json_object_get(o, "groups"), k, g) note(&s->groups, json_string_value(g));
	}
	json_array_foreach(postings, n, o)
	{
		note(&s->postings, text_of(o, "id"));
		note(&s->colleges, text_of(o, "college"));
		json_array_foreach(json_object_get(o, "reserves"), k, g) note(&s->groups, text_of(g, "group"));
	}
	tidy(&s->learners);
	tidy(&s->postings);
	tidy(&s->colleges);
	tidy(&s->groups);
}

static bool
flag(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return v == NULL || json_is_true(v);
}

static void
read_tiers(struct reading *s, const json_t *o, int own, bool of_learner)
{
	json_t *tier, *id;
	size_t n, k;

	json_array_foreach(json_object_get(o, "ranking"), n, tier) json_array_foreach(tier, k, id)
	{
		int other = place(of_learner ? &s->postings : &s->learners, json_string_value(id));

		if (of_learner)
			s->r->wish[cell(s->r, own, other)] = (int16_t)n;
		else
			s->r->choice[cell(s->r, other, own)] = (int16_t)n;
	}
}

static void
read_learner(struct reading *s, const json_t *o)
{
	int l = place(&s->learners, text_of(o, "id"));
	struct round_learner *who = &s->r->learner[l];
	json_t *g;
	size_t k;

	memcpy(who->id, s->learners.id[l], ID_BYTES);
	who->college = place(&s->colleges, text_of(o, "college"));
	who->need = (int)json_number_value(json_object_get(o, "tier"));
	who->assignable = flag(o, "assignable");
	json_array_foreach(json_object_get(o, "groups"), k, g) who->groups |=
	    UINT32_C(1) << place(&s->groups, json_string_value(g));
	read_tiers(s, o, l, true);
}

static void
read_posting(struct reading *s, const json_t *o)
{
	int p = place(&s->postings, text_of(o, "id"));
	struct round_posting *it = &s->r->posting[p];
	const char *order = text_of(o, "reserve_order");
	json_t *v;
	size_t k;

	memcpy(it->id, s->postings.id[p], ID_BYTES);
	it->college = place(&s->colleges, text_of(o, "college"));
	it->capacity = (int)json_number_value(json_object_get(o, "capacity"));
	it->accepts_unranked = flag(o, "accepts_unranked");
	it->assignable = flag(o, "assignable");
	it->reserve_last = order != NULL && strcmp(order, "last") == 0;
	json_array_foreach(json_object_get(o, "reserves"), k, v) if (it->n_reserves < MAX_RESERVES)
	    it->reserve[it->n_reserves++] =
	    (struct round_reserve){ .group = place(&s->groups, text_of(v, "group")),
		                    .seats = (int)json_number_value(json_object_get(v, "seats")) };
	read_tiers(s, o, p, false);
}

static void
read_rows(struct reading *s, const json_t *root)
{
	json_t *row;
	size_t n;

	json_array_foreach(json_object_get(root, "fit"), n, row)
	    s->r->fit[cell(s->r, place(&s->learners, json_string_value(json_array_get(row, 0))),
	                   place(&s->postings, json_string_value(json_array_get(row, 1))))] =
	    (int16_t)json_number_value(json_array_get(row, 2));
	json_array_foreach(json_object_get(root, "fixed"), n, row)
	    s->r->learner[place(&s->learners, json_string_value(json_array_get(row, 0)))]
		.fixed = place(&s->postings, json_string_value(json_array_get(row, 1)));
	json_array_foreach(json_object_get(root, "held"), n, row)
	    s->r->learner[place(&s->learners, json_string_value(json_array_get(row, 0)))]
		.held = place(&s->postings, json_string_value(json_array_get(row, 1)));
}

struct round *
round_read(const char *json)
{
	json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, NULL), *o;
	struct reading s = { 0 };
	size_t n;

	if (root == NULL)
		return NULL;
	note_all(&s, root);
	if (s.groups.count <= MAX_GROUPS) {
		s.r = round_new(s.learners.count, s.postings.count, s.colleges.count, s.groups.count);
		memcpy(s.r->college, s.colleges.id, (size_t)s.colleges.count * ID_BYTES);
		memcpy(s.r->group, s.groups.id, (size_t)s.groups.count * ID_BYTES);
		snprintf(s.r->seed, sizeof s.r->seed, "%s", text_of(root, "seed"));
		s.r->guarantee = flag(root, "guarantee");
		json_array_foreach(json_object_get(root, "learners"), n, o) read_learner(&s, o);
		json_array_foreach(json_object_get(root, "postings"), n, o) read_posting(&s, o);
		read_rows(&s, root);
		round_settle(s.r);
	}
	free(s.learners.id);
	free(s.postings.id);
	free(s.colleges.id);
	free(s.groups.id);
	json_decref(root);
	return s.r;
}
