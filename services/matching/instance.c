/* SPDX-License-Identifier: Apache-2.0 */
/* Drafting an instance: pieces are copied and collected; what can be judged alone is judged at once. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "instance_priv.h"

/* A million learners with ids of a hundred bytes, and the same again. */
enum { MAX_STRING_BYTES = 256 * 1024 * 1024 };

void
flaw_set(struct instance_flaw *f, const char *code, const char *fmt, ...)
{
	va_list args;

	if (f->code != NULL)
		return;
	f->code = code;
	va_start(args, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, args);
	va_end(args);
	memcpy(f->text_fr, f->text, sizeof f->text);
}

static void
flaw_no_memory(struct draft *d)
{
	flaw_set(&d->flaw, "no_memory", "not enough memory for the instance");
}

/* A new zeroed item at the end, or NULL with the flaw set. */
static void *
grown_add(struct draft *d, struct grown *g, size_t size)
{
	if (g->n == g->room) {
		size_t room = g->room == 0 ? 64 : g->room * 2;
		void *items = g->n >= INT32_MAX / 2 ? NULL : realloc(g->items, room * size);

		if (items == NULL) {
			flaw_no_memory(d);
			return NULL;
		}
		g->items = items;
		g->room = room;
	}
	return memset((char *)g->items + g->n++ * size, 0, size);
}

static const char *
copy(struct draft *d, const char *text)
{
	const char *kept = arena_strdup(d->strings, text);

	if (kept == NULL)
		flaw_no_memory(d);
	else if (!text_is_utf8(text, strlen(text)))
		flaw_set(&d->flaw, "bad_json", "an id is not valid UTF-8");
	return kept == NULL ? "" : kept;
}

/* n when it lies in min..max; else the flaw is set and min returned. */
static int32_t
checked(struct draft *d, int64_t n, int32_t min, int32_t max, const char *what, const char *id)
{
	if (n >= min && n <= max)
		return (int32_t)n;
	flaw_set(
	    &d->flaw, "out_of_range", "%s of \"%.128s\" is %lld, must be %d to %d", what, id, (long long)n, min, max);
	return min;
}

static void
check_seed(struct draft *d, const char *seed)
{
	size_t size = strlen(seed);

	if (size < 1 || size > INSTANCE_MAX_SEED || !text_is_utf8(seed, size))
		flaw_set(&d->flaw, "bad_seed", "seed must be UTF-8 of 1 to %d bytes", INSTANCE_MAX_SEED);
}

struct draft *
draft_new(const char *seed, bool guarantee)
{
	struct draft *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->strings = arena_new(MAX_STRING_BYTES);
	if (d->strings == NULL) {
		free(d);
		return NULL;
	}
	d->guarantee = guarantee;
	d->seed = copy(d, seed);
	check_seed(d, seed);
	return d;
}

void
draft_destroy(struct draft **self)
{
	struct draft *d = self == NULL ? NULL : *self;

	if (d == NULL)
		return;
	arena_destroy(&d->strings);
	free(d->learners.items);
	free(d->postings.items);
	free(d->rankings.items);
	free(d->choices.items);
	free(d->fit.items);
	free(d->groups.items);
	free(d->reserves.items);
	free(d->fixed.items);
	free(d->held.items);
	free(d);
	*self = NULL;
}

int32_t
draft_learner(struct draft *d, const char *id, const char *college, int64_t tier, bool assignable)
{
	struct draft_person *l = grown_add(d, &d->learners, sizeof *l);

	if (l == NULL)
		return ENGINE_NONE;
	l->id = copy(d, id);
	l->college = college == NULL ? NULL : copy(d, college);
	l->tier = checked(d, tier, 0, ENGINE_NEEDS - 1, "tier", id);
	l->assignable = assignable;
	return (int32_t)d->learners.n - 1;
}

int32_t
draft_posting(struct draft *d, const char *id, const char *college, int64_t capacity, bool accepts_unranked,
    bool assignable, bool reserve_last)
{
	struct draft_place *p = grown_add(d, &d->postings, sizeof *p);

	if (p == NULL)
		return ENGINE_NONE;
	p->id = copy(d, id);
	p->college = college == NULL ? NULL : copy(d, college);
	p->capacity = checked(d, capacity, 0, INT32_MAX, "capacity", id);
	p->accepts_unranked = accepts_unranked;
	p->assignable = assignable;
	p->reserve_last = reserve_last;
	return (int32_t)d->postings.n - 1;
}

static void
add_entry(struct draft *d, struct grown *g, int32_t list, int32_t to, int32_t value, const char *name)
{
	struct draft_entry *e = grown_add(d, g, sizeof *e);

	if (e != NULL)
		*e = (struct draft_entry){ list, to, value, name };
}

/* After a failed draft_learner or draft_posting the number is negative, and the flaw is there already. */
static bool
known(const struct draft *d, int32_t learner, int32_t posting)
{
	BUG_IF(learner >= (int32_t)d->learners.n || posting >= (int32_t)d->postings.n);
	BUG_IF((learner < 0 || posting < 0) && d->flaw.code == NULL);
	return learner >= 0 && posting >= 0;
}

void
draft_group(struct draft *d, int32_t learner, const char *group)
{
	BUG_IF(learner >= (int32_t)d->learners.n);
	if (learner >= 0)
		add_entry(d, &d->groups, learner, 0, 0, copy(d, group));
}

void
draft_reserve(struct draft *d, int32_t posting, const char *group, int64_t seats)
{
	BUG_IF(posting >= (int32_t)d->postings.n);
	if (posting >= 0)
		add_entry(d, &d->reserves, posting, 0,
		    checked(d, seats, 0, INT32_MAX, "reserved seats", DRAFT_POSTING(d, posting)->id), copy(d, group));
}

void
draft_ranking(struct draft *d, int32_t learner, int64_t tier, int32_t posting)
{
	if (known(d, learner, posting))
		add_entry(d, &d->rankings, learner, posting,
		    checked(d, tier, 0, INT32_MAX, "a ranking's tier", DRAFT_LEARNER(d, learner)->id), NULL);
}

void
draft_choice(struct draft *d, int32_t posting, int64_t tier, int32_t learner)
{
	if (known(d, learner, posting))
		add_entry(d, &d->choices, posting, learner,
		    checked(d, tier, 0, INT32_MAX, "a ranking's tier", DRAFT_POSTING(d, posting)->id), NULL);
}

void
draft_fit(struct draft *d, int32_t learner, int32_t posting, int64_t fit)
{
	if (known(d, learner, posting))
		add_entry(d, &d->fit, learner, posting,
		    checked(d, fit, 0, ENGINE_MAX_FIT, "fit", DRAFT_LEARNER(d, learner)->id), NULL);
}

void
draft_fixed(struct draft *d, int32_t learner, int32_t posting)
{
	if (known(d, learner, posting))
		add_entry(d, &d->fixed, learner, posting, 0, NULL);
}

void
draft_held(struct draft *d, int32_t learner, int32_t posting)
{
	if (known(d, learner, posting))
		add_entry(d, &d->held, learner, posting, 0, NULL);
}
