/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A round as JSON: in canonical form, or the same round in any other order, with blanks, escapes, and defaults left
 * out. Everything is gathered as a list of parts, which is shuffled or left as it is, then joined.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "check.h"
#include "round.h"

struct parts {
	struct text *part;
	size_t count, room;
	uint64_t *random; /* NULL: canonical */
};

static struct text *
part_new(struct parts *s)
{
	if (s->count == s->room) {
		struct text *grown;

		s->room = 2 * s->room + 8;
		grown = room(s->room, sizeof *grown);
		if (s->count > 0)
			memcpy(grown, s->part, s->count * sizeof *grown);
		free(s->part);
		s->part = grown;
	}
	return &s->part[s->count++];
}

static void
put_blank(struct text *t, uint64_t *random)
{
	static const char *const blanks[] = { " ", "\n", "\t", " \r\n" };

	if (random != NULL && one_in(random, 12))
		text_put(t, "%s", blanks[dice_below(random, 4)]);
}

static void
put_string(struct text *t, const char *s, uint64_t *random)
{
	text_put(t, "\"");
	for (; *s != '\0'; s++) {
		const char *found = strchr("\b\t\n\f\r\"\\", *s);
		unsigned char byte = (unsigned char)*s;

		if (random != NULL && byte < 0x80 && one_in(random, 20))
			text_put(t, one_in(random, 2) ? "\\u%04x" : "\\u%04X", byte);
		else if (found != NULL)
			text_put(t, "\\%c", "btnfr\"\\"[found - "\b\t\n\f\r\"\\"]);
		else if (byte < 0x20)
			text_put(t, "\\u%04x", byte);
		else
			text_add(t, s, 1);
	}
	text_put(t, "\"");
}

/* Join the parts as an array or object into *to; empties the list. */
static void
join(struct text *to, struct parts *s, const char brackets[2], bool in_order)
{
	for (size_t k = s->count; s->random != NULL && !in_order && k > 1; k--) {
		size_t other = (size_t)dice_below(s->random, (int)k);
		struct text t = s->part[k - 1];

		s->part[k - 1] = s->part[other];
		s->part[other] = t;
	}
	text_add(to, &brackets[0], 1);
	for (size_t k = 0; k < s->count; k++) {
		put_blank(to, s->random);
		text_put(to, "%s", k > 0 ? "," : "");
		put_blank(to, s->random);
		if (s->part[k].size > 0)
			text_add(to, s->part[k].bytes, s->part[k].size);
		free(s->part[k].bytes);
	}
	put_blank(to, s->random);
	text_add(to, &brackets[1], 1);
	free(s->part);
	s->part = NULL;
	s->count = s->room = 0;
}

/* A key of an object; NULL when its value is a default that is left out. */
static struct text *
member(struct parts *object, const char *key, bool is_default)
{
	struct text *t;

	if (object->random != NULL && is_default && one_in(object->random, 2))
		return NULL;
	t = part_new(object);
	put_string(t, key, object->random);
	put_blank(t, object->random);
	text_put(t, ":");
	put_blank(t, object->random);
	return t;
}

static void
put_flag(struct parts *object, const char *key, bool value, bool otherwise)
{
	struct text *t = member(object, key, value == otherwise);

	if (t != NULL)
		text_put(t, "%s", value ? "true" : "false");
}

static void
put_id(struct parts *object, const char *key, const char *id)
{
	struct text *t = member(object, key, id == NULL);

	if (t != NULL && id == NULL)
		text_put(t, "null");
	else if (t != NULL)
		put_string(t, id, object->random);
}

/* One list of tiers: `count` of them `step` apart; id_of names number k. */
static void
put_tiers(struct parts *object, const struct round *r, const int16_t *tier, int count, size_t step, bool of_postings)
{
	struct parts tiers = { .random = object->random }, one = { .random = object->random };
	int n_tiers = 0;
	struct text *t;

	for (int k = 0; k < count; k++)
		if (tier[step * (size_t)k] >= n_tiers)
			n_tiers = tier[step * (size_t)k] + 1;
	t = member(object, "ranking", n_tiers == 0);
	for (int n = 0; t != NULL && n < n_tiers; n++) {
		for (int k = 0; k < count; k++)
			if (tier[step * (size_t)k] == n)
				put_string(part_new(&one), of_postings ? r->posting[k].id : r->learner[k].id,
				           object->random);
		join(part_new(&tiers), &one, "[]", false);
	}
	if (t != NULL)
		join(t, &tiers, "[]", true);
}

static void
put_learner(struct text *to, const struct round *r, int l, uint64_t *random)
{
	const struct round_learner *who = &r->learner[l];
	struct parts o = { .random = random }, groups = { .random = random };
	struct text *t;

	put_flag(&o, "assignable", who->assignable, true);
	put_id(&o, "college", who->college == NONE ? NULL : r->college[who->college]);
	t = member(&o, "groups", who->groups == 0);
	for (int g = 0; t != NULL && g < r->n_groups; g++)
		if (who->groups >> g & 1)
			put_string(part_new(&groups), r->group[g], random);
	if (t != NULL)
		join(t, &groups, "[]", false);
	put_id(&o, "id", who->id);
	put_tiers(&o, r, r->wish + cell(r, l, 0), r->m, 1, true);
	t = member(&o, "tier", who->need == 0);
	if (t != NULL)
		text_put(t, "%d", who->need);
	join(to, &o, "{}", false);
}

static void
put_reserves(struct parts *object, const struct round *r, const struct round_posting *p)
{
	struct parts list = { .random = object->random };
	struct text *t = member(object, "reserves", p->n_reserves == 0);

	for (int k = 0; t != NULL && k < p->n_reserves; k++) {
		struct parts o = { .random = object->random };

		put_id(&o, "group", r->group[p->reserve[k].group]);
		text_put(member(&o, "seats", false), "%d", p->reserve[k].seats);
		join(part_new(&list), &o, "{}", false);
	}
	if (t != NULL)
		join(t, &list, "[]", true);
}

static void
put_posting(struct text *to, const struct round *r, int p, uint64_t *random)
{
	const struct round_posting *it = &r->posting[p];
	struct parts o = { .random = random };
	struct text *t;

	put_flag(&o, "accepts_unranked", it->accepts_unranked, true);
	put_flag(&o, "assignable", it->assignable, true);
	text_put(member(&o, "capacity", false), "%d", it->capacity);
	put_id(&o, "college", it->college == NONE ? NULL : r->college[it->college]);
	put_id(&o, "id", it->id);
	put_tiers(&o, r, r->choice + p, r->n, (size_t)r->m, false);
	t = member(&o, "reserve_order", !it->reserve_last);
	if (t != NULL)
		text_put(t, it->reserve_last ? "\"last\"" : "\"first\"");
	put_reserves(&o, r, it);
	join(to, &o, "{}", false);
}

/* A row of fit (value 0 or more), or a pair. */
static void
put_row(struct parts *rows, const struct round *r, int l, int p, int value)
{
	struct text *t = part_new(rows);

	text_put(t, "[");
	put_string(t, r->learner[l].id, rows->random);
	text_put(t, ",");
	put_string(t, r->posting[p].id, rows->random);
	if (value != NONE)
		text_put(t, ",%d", value);
	text_put(t, "]");
}

static void
put_rows(struct parts *object, const char *key, const struct round *r)
{
	struct parts rows = { .random = object->random };
	struct text *t;

	for (int l = 0; l < r->n; l++) {
		const struct round_learner *who = &r->learner[l];

		for (int p = 0; p < r->m && strcmp(key, "fit") == 0; p++)
			if (r->fit[cell(r, l, p)] != NONE)
				put_row(&rows, r, l, p, r->fit[cell(r, l, p)]);
		if (strcmp(key, "fixed") == 0 && who->fixed != NONE)
			put_row(&rows, r, l, who->fixed, NONE);
		if (strcmp(key, "held") == 0 && who->held != NONE)
			put_row(&rows, r, l, who->held, NONE);
	}
	t = member(object, key, rows.count == 0);
	if (t != NULL)
		join(t, &rows, "[]", false);
}

static char *
written(const struct round *r, uint64_t *random)
{
	struct parts o = { .random = random }, list = { .random = random };
	struct text whole = { 0 }, *t;

	put_rows(&o, "fit", r);
	put_rows(&o, "fixed", r);
	put_flag(&o, "guarantee", r->guarantee, true);
	put_rows(&o, "held", r);
	for (int l = 0; l < r->n; l++)
		put_learner(part_new(&list), r, l, random);
	t = member(&o, "learners", r->n == 0);
	if (t != NULL)
		join(t, &list, "[]", false);
	for (int p = 0; p < r->m; p++)
		put_posting(part_new(&list), r, p, random);
	t = member(&o, "postings", r->m == 0);
	if (t != NULL)
		join(t, &list, "[]", false);
	put_id(&o, "seed", r->seed);
	join(&whole, &o, "{}", false);
	return whole.bytes;
}

char *
round_canonical(const struct round *r)
{
	return written(r, NULL);
}

char *
round_shuffled(const struct round *r, uint64_t *random)
{
	return written(r, random);
}

void
round_digest(const struct round *r, char hex[65])
{
	uint8_t bytes[32];
	char *text = round_canonical(r);

	blake2b(bytes, sizeof bytes, NULL, 0, text, strlen(text));
	for (size_t k = 0; k < sizeof bytes; k++)
		snprintf(hex + 2 * k, 3, "%02x", bytes[k]);
	free(text);
}
