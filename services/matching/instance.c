/* SPDX-License-Identifier: Apache-2.0 */
/* Drafting an instance: pieces are copied and collected; what can be judged alone is judged at once. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "instance_priv.h"

void *
grown_room(struct draft *d, struct grown *g, size_t item_size, size_t max, const char *what)
{
	size_t room = g->room == 0 ? 64 : g->room * 2;
	void *items;

	if (g->n < g->room)
		return (char *)g->items + g->n * item_size;
	if (g->n >= max) {
		flaw_set(&d->flaw, "too_large", NOWHERE, what, "found more entries, allowed are %zu in all",
		         "trouvé davantage d'entrées, permis : %zu en tout", max);
		return NULL;
	}
	if (room > max)
		room = max;
	items = pages_take(room, item_size);
	if (items == NULL) {
		flaw_no_memory(&d->flaw);
		return NULL;
	}
	if (g->n > 0)
		memcpy(items, g->items, g->n * item_size);
	free(g->items);
	g->items = items;
	g->room = room;
	return (char *)g->items + g->n * item_size;
}

struct draft *
draft_new(const char *seed, bool guarantee)
{
	struct draft *d = pages_zero(1, sizeof *d);
	size_t size = strlen(seed);

	if (d == NULL)
		return NULL;
	d->guarantee = guarantee;
	names_init(&d->learner_names, ENGINE_MAX_LEARNERS);
	names_init(&d->posting_names, ENGINE_MAX_POSTINGS);
	names_init(&d->college_names, ENGINE_MAX_LEARNERS + ENGINE_MAX_POSTINGS);
	names_init(&d->group_names, INT32_MAX - 1);
	if (size < 1 || size > INSTANCE_MAX_SEED || !text_is_utf8(seed, size))
		flaw_set(&d->flaw, "bad_seed", NOWHERE, "seed", "found %zu bytes, allowed is UTF-8 of 1 to %d bytes",
		         "trouvé %zu octets, permis : de l'UTF-8 de 1 à %d octets", size, INSTANCE_MAX_SEED);
	else
		memcpy(d->seed, seed, size + 1);
	return d;
}

void
draft_destroy(struct draft **self)
{
	struct draft *d = self == NULL ? NULL : *self;

	if (d == NULL)
		return;
	struct grown *all[] = { &d->learners,      &d->postings,     &d->rankings,      &d->choices, &d->groups,
		                &d->reserves,      &d->fit,          &d->fixed,         &d->held,    &d->loose_rankings,
		                &d->loose_choices, &d->loose_groups, &d->loose_reserves };

	for (size_t k = 0; k < COUNT_OF(all); k++)
		free(all[k]->items);
	names_clear(&d->learner_names);
	names_clear(&d->posting_names);
	names_clear(&d->college_names);
	names_clear(&d->group_names);
	free(d);
	*self = NULL;
}

/* The number of an id in t, or ENGINE_NONE with the flaw set. */
static int32_t
name(struct draft *d, struct names *t, const char *id, const char *what)
{
	size_t size = strlen(id);
	struct shown shown;
	int32_t number;

	if (size > JSON_MAX_TEXT || !text_is_utf8(id, size)) {
		flaw_set(&d->flaw, "bad_json", NOWHERE, what, "found %s, allowed is UTF-8 of at most %d bytes",
		         "trouvé %s, permis : de l'UTF-8 d'au plus %d octets", show_id(&shown, id), JSON_MAX_TEXT);
		return ENGINE_NONE;
	}
	number = names_add(t, id, size, NOWHERE);
	if (number == NAMES_FULL)
		flaw_set(&d->flaw, "too_large", NOWHERE, what, "found more ids, allowed are %" PRId32,
		         "trouvé davantage d'ids, permis : %" PRId32, t->max);
	else if (number < 0)
		flaw_no_memory(&d->flaw);
	return number < 0 ? ENGINE_NONE : number;
}

/* The number of a new id, or ENGINE_NONE with the flaw set. */
static int32_t
new_name(struct draft *d, struct names *t, const char *id, size_t object, const char *list)
{
	int32_t number = name(d, t, id, list);
	struct subject s;

	if (number == ENGINE_NONE)
		return ENGINE_NONE;
	if (t->name[number].object >= 0) {
		flaw_set(&d->flaw, "duplicate_id", NOWHERE, subject_make(&s, list, object, id, NULL),
		         "found the id twice, allowed is once", "trouvé l'id deux fois, permis : une fois");
		return ENGINE_NONE;
	}
	t->name[number].object = (int32_t)object;
	return number;
}

/* n when it lies in 0..max; else the flaw is set and 0 returned. */
static int32_t
checked(struct draft *d, int64_t n, int32_t max, const char *list, size_t index, const char *id, const char *key)
{
	struct subject s;

	if (n >= 0 && n <= max)
		return (int32_t)n;
	flaw_set(&d->flaw, "out_of_range", NOWHERE, subject_make(&s, list, index, id, key),
	         "found %" PRId64 ", allowed is a whole number from 0 to %" PRId32,
	         "trouvé %" PRId64 ", permis : un nombre entier de 0 à %" PRId32, n, max);
	return 0;
}

int32_t
draft_learner(struct draft *d, const char *id, const char *college, int64_t tier, bool assignable)
{
	size_t k = d->learners.n;
	int32_t number = new_name(d, &d->learner_names, id, k, "learners");
	struct drafted_learner *l = grown_next(d, &d->learners, sizeof *l, ENGINE_MAX_LEARNERS, "learners");

	if (l == NULL || number == ENGINE_NONE)
		return ENGINE_NONE;
	*l = (struct drafted_learner){ .name = number,
		                       .college = college == NULL ? ENGINE_NONE :
		                                                    name(d, &d->college_names, college, "college"),
		                       .need = (uint8_t)checked(d, tier, ENGINE_NEEDS - 1, "learners", k, id, "tier"),
		                       .assignable = assignable };
	d->learners.n++;
	return number;
}

int32_t
draft_posting(struct draft *d, const char *id, const char *college, int64_t capacity, bool accepts_unranked,
              bool assignable, bool reserve_last)
{
	size_t k = d->postings.n;
	int32_t number = new_name(d, &d->posting_names, id, k, "postings");
	struct drafted_posting *p = grown_next(d, &d->postings, sizeof *p, ENGINE_MAX_POSTINGS, "postings");

	if (p == NULL || number == ENGINE_NONE)
		return ENGINE_NONE;
	*p = (struct drafted_posting){ .name = number,
		                       .college = college == NULL ? ENGINE_NONE :
		                                                    name(d, &d->college_names, college, "college"),
		                       .capacity = checked(d, capacity, INT32_MAX, "postings", k, id, "capacity"),
		                       .accepts_unranked = accepts_unranked,
		                       .assignable = assignable,
		                       .reserve_last = reserve_last };
	d->postings.n++;
	return number;
}

/* After a failed draft_learner or draft_posting the number is negative, and the flaw is there already. */
static bool
known(const struct draft *d, int32_t learner, int32_t posting)
{
	BUG_IF(learner >= d->learner_names.n || posting >= d->posting_names.n);
	BUG_IF((learner < 0 || posting < 0) && d->flaw.code == NULL);
	return learner >= 0 && posting >= 0;
}

/* The same for one of them alone; the other side may have nobody yet. */
static bool
known_in(const struct draft *d, const struct names *t, int32_t number)
{
	BUG_IF(number >= t->n || (number < 0 && d->flaw.code == NULL));
	return number >= 0;
}

static void
add_loose(struct draft *d, struct grown *g, int32_t list, int32_t to, int32_t value, const char *what)
{
	struct loose *l = grown_next(d, g, sizeof *l, ENGINE_MAX_ENTRIES, what);

	if (l == NULL)
		return;
	*l = (struct loose){ list, to, value };
	g->n++;
}

void
draft_group(struct draft *d, int32_t learner, const char *group)
{
	if (known_in(d, &d->learner_names, learner))
		add_loose(d, &d->loose_groups, learner, name(d, &d->group_names, group, "groups"), 0, "groups");
}

void
draft_reserve(struct draft *d, int32_t posting, const char *group, int64_t seats)
{
	if (known_in(d, &d->posting_names, posting))
		add_loose(d, &d->loose_reserves, posting, name(d, &d->group_names, group, "reserves"),
		          checked(d, seats, INT32_MAX, "postings", (size_t)posting,
		                  names_text(&d->posting_names, posting), "reserves"),
		          "reserves");
}

void
draft_ranking(struct draft *d, int32_t learner, int64_t tier, int32_t posting)
{
	if (known(d, learner, posting))
		add_loose(d, &d->loose_rankings, learner, posting,
		          checked(d, tier, INT32_MAX, "learners", (size_t)learner,
		                  names_text(&d->learner_names, learner), "ranking"),
		          "rankings of learners");
}

void
draft_choice(struct draft *d, int32_t posting, int64_t tier, int32_t learner)
{
	if (known(d, learner, posting))
		add_loose(d, &d->loose_choices, posting, learner,
		          checked(d, tier, INT32_MAX, "postings", (size_t)posting,
		                  names_text(&d->posting_names, posting), "ranking"),
		          "rankings of postings");
}

void
draft_fit(struct draft *d, int32_t learner, int32_t posting, int64_t fit)
{
	struct drafted_fit *f;

	if (!known(d, learner, posting))
		return;
	f = grown_next(d, &d->fit, sizeof *f, ENGINE_MAX_ENTRIES, "fit");
	if (f == NULL)
		return;
	*f = (struct drafted_fit){ learner, (uint32_t)posting << DRAFT_FIT_BITS |
		                                (uint32_t)checked(d, fit, ENGINE_MAX_FIT, "learners", (size_t)learner,
		                                                  names_text(&d->learner_names, learner), "fit") };
	d->fit.n++;
}

static void
add_pair(struct draft *d, struct grown *g, int32_t learner, int32_t posting, const char *what)
{
	struct engine_pair *p;

	if (!known(d, learner, posting))
		return;
	p = grown_next(d, g, sizeof *p, ENGINE_MAX_ENTRIES, what);
	if (p == NULL)
		return;
	*p = (struct engine_pair){ learner, posting };
	g->n++;
}

void
draft_fixed(struct draft *d, int32_t learner, int32_t posting)
{
	add_pair(d, &d->fixed, learner, posting, "fixed");
}

void
draft_held(struct draft *d, int32_t learner, int32_t posting)
{
	add_pair(d, &d->held, learner, posting, "held");
}
