/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a draft: numbers by id, lists in compressed rows, what only the whole shows refused, the lottery drawn. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "instance_priv.h"

/* A round of a million learners with three hundred fit rows each stays below. */
static const size_t MAX_BYTES = (size_t)8 << 30;

struct instance_parts {
	struct arena *strings, *arrays;
};

/* Sealing in progress. numbers: from the draft's number to the sorted one. */
struct seal {
	struct draft *d;
	struct instance *in;
	struct arena *arrays, *scratch;
	int32_t *learner_number, *posting_number;
};

uint64_t
lottery_number(const char *seed, const char *id)
{
	unsigned char hash[8];
	uint64_t number = 0;

	/* libsodium takes any digest from 1 byte on; its BYTES_MIN is advice. An 8-byte BLAKE2b is no prefix of a
	 * longer one. */
	BUG_IF(crypto_generichash(hash, sizeof hash, (const unsigned char *)id, strlen(id), (const unsigned char *)seed,
		   strlen(seed)) != 0);
	for (size_t k = 0; k < sizeof hash; k++)
		number = number << 8 | hash[k];
	return number;
}

static void *
take(struct seal *s, struct arena *a, size_t n, size_t size)
{
	void *p = arena_zalloc(a, n, size);

	if (p == NULL)
		flaw_set(&s->d->flaw, "no_memory", "not enough memory for the instance");
	return p;
}

static bool
flawed(const struct seal *s)
{
	return s->d->flaw.code != NULL;
}

struct named {
	const char *name;
	int32_t number;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Sort the n names; the distinct ones come out in *ids, the place of each name in number[]. Returns how many are
 * distinct. */
static int32_t
number_names(struct seal *s, struct named *names, size_t n, const char ***ids, int32_t *number)
{
	int32_t distinct = 0;

	*ids = take(s, s->arrays, n, sizeof **ids);
	if (flawed(s))
		return 0;
	if (n > 0)
		qsort(names, n, sizeof *names, by_name);
	for (size_t k = 0; k < n; k++) {
		if (distinct == 0 || strcmp((*ids)[distinct - 1], names[k].name) != 0)
			(*ids)[distinct++] = names[k].name;
		number[names[k].number] = distinct - 1;
	}
	return distinct;
}

/* Which id stands twice, once number_names has found fewer ids than names. */
static void
tell_duplicate(struct seal *s, const struct named *names, size_t n, const char *what)
{
	for (size_t k = 1; k < n; k++)
		if (strcmp(names[k - 1].name, names[k].name) == 0)
			flaw_set(&s->d->flaw, "duplicate_id", "%s \"%.128s\" stands twice", what, names[k].name);
}

static void
number_learners(struct seal *s)
{
	size_t n = s->d->learners.n;
	struct named *names = take(s, s->scratch, n, sizeof *names);

	s->learner_number = take(s, s->scratch, n, sizeof *s->learner_number);
	if (flawed(s))
		return;
	for (size_t i = 0; i < n; i++)
		names[i] = (struct named){ DRAFT_LEARNER(s->d, i)->id, (int32_t)i };
	s->in->engine.n_learners = number_names(s, names, n, &s->in->learner_ids, s->learner_number);
	tell_duplicate(s, names, n, "learner");
}

static void
number_postings(struct seal *s)
{
	size_t n = s->d->postings.n;
	struct named *names = take(s, s->scratch, n, sizeof *names);

	s->posting_number = take(s, s->scratch, n, sizeof *s->posting_number);
	if (flawed(s))
		return;
	for (size_t j = 0; j < n; j++)
		names[j] = (struct named){ DRAFT_POSTING(s->d, j)->id, (int32_t)j };
	s->in->engine.n_postings = number_names(s, names, n, &s->in->posting_ids, s->posting_number);
	tell_duplicate(s, names, n, "posting");
}

/* Colleges are named by learners (first in number) and postings. */
static void
seal_colleges(struct seal *s, int32_t *learner_college, int32_t *posting_college)
{
	size_t nl = s->d->learners.n, np = s->d->postings.n, n = 0;
	struct named *names = take(s, s->scratch, nl + np, sizeof *names);
	int32_t *number = take(s, s->scratch, nl + np, sizeof *number);

	if (flawed(s))
		return;
	for (size_t k = 0; k < nl + np; k++) {
		const char *college = k < nl ? DRAFT_LEARNER(s->d, k)->college : DRAFT_POSTING(s->d, k - nl)->college;

		number[k] = ENGINE_NONE;
		if (college != NULL)
			names[n++] = (struct named){ college, (int32_t)k };
	}
	s->in->engine.n_colleges = number_names(s, names, n, &s->in->college_ids, number);
	for (size_t i = 0; i < nl; i++)
		learner_college[s->learner_number[i]] = number[i];
	for (size_t j = 0; j < np; j++)
		posting_college[s->posting_number[j]] = number[nl + j];
}

static void
seal_learners(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	size_t n = s->d->learners.n;
	uint8_t *need = take(s, s->arrays, n, sizeof *need);
	bool *assignable = take(s, s->arrays, n, sizeof *assignable);
	uint64_t *lottery = take(s, s->arrays, n, sizeof *lottery);

	if (flawed(s))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct draft_person *l = DRAFT_LEARNER(s->d, i);
		int32_t to = s->learner_number[i];

		need[to] = (uint8_t)l->tier;
		assignable[to] = l->assignable;
		lottery[to] = lottery_number(s->in->seed, l->id);
	}
	e->learner_need = need;
	e->learner_assignable = assignable;
	e->lottery = lottery;
}

static void
seal_postings(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	size_t n = s->d->postings.n;
	int32_t *capacity = take(s, s->arrays, n, sizeof *capacity);
	bool *accepts = take(s, s->arrays, n, sizeof *accepts), *assignable = take(s, s->arrays, n, sizeof *assignable);
	bool *last = take(s, s->arrays, n, sizeof *last);

	if (flawed(s))
		return;
	for (size_t j = 0; j < n; j++) {
		const struct draft_place *p = DRAFT_POSTING(s->d, j);
		int32_t to = s->posting_number[j];

		capacity[to] = p->capacity;
		accepts[to] = p->accepts_unranked;
		assignable[to] = p->assignable;
		last[to] = p->reserve_last;
	}
	e->capacity = capacity;
	e->accepts_unranked = accepts;
	e->posting_assignable = assignable;
	e->reserve_last = last;
}

/* The groups that learners (first) and reserves name; their entries get the number as target. */
static void
number_groups(struct seal *s)
{
	struct grown *of[] = { &s->d->groups, &s->d->reserves };
	size_t n = s->d->groups.n + s->d->reserves.n, k = 0;
	struct named *names = take(s, s->scratch, n, sizeof *names);
	int32_t *number = take(s, s->scratch, n, sizeof *number);

	if (flawed(s))
		return;
	for (size_t g = 0; g < COUNT_OF(of); g++)
		for (size_t e = 0; e < of[g]->n; e++, k++)
			names[k] = (struct named){ ((struct draft_entry *)of[g]->items)[e].name, (int32_t)k };
	s->in->engine.n_groups = number_names(s, names, n, &s->in->group_ids, number);
	k = 0;
	for (size_t g = 0; g < COUNT_OF(of); g++)
		for (size_t e = 0; e < of[g]->n; e++, k++)
			((struct draft_entry *)of[g]->items)[e].to = number[k];
}

static void
renumber(struct grown *g, const int32_t *list, const int32_t *to)
{
	struct draft_entry *e = g->items;

	for (size_t k = 0; k < g->n; k++) {
		e[k].list = list[e[k].list];
		if (to != NULL)
			e[k].to = to[e[k].to];
	}
}

/* In what order the entries of one list stand. */
enum list_order { BY_TIER, BY_TARGET, AS_GIVEN };

/* One kind of list: how many there are, whose they are, what their entries name. */
struct kind {
	struct grown *from;
	struct engine_rows *rows;
	int32_t lists, targets;
	const char **list_ids, **target_ids;
	const char *what;
	enum list_order order;
};

static int
by_target(const void *a, const void *b)
{
	const struct engine_entry *x = a, *y = b;

	return x->to < y->to ? -1 : x->to > y->to;
}

static int
by_tier(const void *a, const void *b)
{
	const struct engine_entry *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return by_target(a, b);
}

/* Bring the entries of each list together, as they came, and count them into off[lists + 1]. */
static void
scatter(const struct kind *k, struct engine_entry *cells, size_t *off)
{
	const struct draft_entry *e = k->from->items;

	for (size_t r = 0; r < k->from->n; r++)
		off[e[r].list + 1]++;
	for (int32_t list = 0; list < k->lists; list++)
		off[list + 1] += off[list];
	for (size_t r = 0; r < k->from->n; r++)
		cells[off[e[r].list]++] = (struct engine_entry){ e[r].to, e[r].value };
	for (int32_t list = k->lists; list > 0; list--)
		off[list] = off[list - 1];
	off[0] = 0;
}

static void
refuse_twice(struct seal *s, const struct kind *k, const struct engine_entry *cells, const size_t *off)
{
	int32_t *seen = take(s, s->scratch, (size_t)k->targets, sizeof *seen);

	for (int32_t list = 0; list < k->lists; list++)
		for (size_t r = off[list]; r < off[list + 1] && !flawed(s); r++) {
			if (seen[cells[r].to] == list + 1)
				flaw_set(&s->d->flaw, "duplicate_id", "\"%.100s\" stands twice in %s of \"%.100s\"",
				    k->target_ids[cells[r].to], k->what, k->list_ids[list]);
			seen[cells[r].to] = list + 1;
		}
}

static void
seal_rows(struct seal *s, const struct kind *k)
{
	size_t n = k->from->n, *off = take(s, s->arrays, (size_t)k->lists + 1, sizeof *off);
	struct engine_entry *cells = take(s, s->arrays, n, sizeof *cells);

	if (flawed(s))
		return;
	scatter(k, cells, off);
	refuse_twice(s, k, cells, off);
	for (int32_t list = 0; list < k->lists && !flawed(s); list++) {
		struct engine_entry *first = cells + off[list];
		size_t size = off[list + 1] - off[list];
		int32_t tier = 0, before;

		if (k->order != AS_GIVEN && size > 1)
			qsort(first, size, sizeof *first, k->order == BY_TIER ? by_tier : by_target);
		for (size_t c = 0; k->order == BY_TIER && c < size; c++) { /* dense: from 0, without the draft's gaps */
			tier += c > 0 && first[c].value != before;
			before = first[c].value;
			first[c].value = tier;
		}
	}
	*k->rows = (struct engine_rows){ off, cells };
}

/* The employers' choices, by posting, as rows of learners. */
static void
seal_choices(struct seal *s, const struct engine_rows *by_posting)
{
	struct engine_instance *e = &s->in->engine;
	size_t n = by_posting->off[e->n_postings], *off = take(s, s->arrays, (size_t)e->n_learners + 1, sizeof *off);
	struct engine_entry *entry = take(s, s->arrays, n, sizeof *entry);
	int32_t *tiers = take(s, s->arrays, (size_t)e->n_postings, sizeof *tiers);

	if (flawed(s))
		return;
	for (size_t k = 0; k < n; k++)
		off[by_posting->entry[k].to + 1]++;
	for (int32_t i = 0; i < e->n_learners; i++)
		off[i + 1] += off[i];
	for (int32_t j = 0; j < e->n_postings; j++)
		for (size_t k = by_posting->off[j]; k < by_posting->off[j + 1]; k++) {
			const struct engine_entry *c = &by_posting->entry[k];

			entry[off[c->to]++] = (struct engine_entry){ j, c->value };
			tiers[j] = c->value + 1;
		}
	for (int32_t i = e->n_learners; i > 0; i--)
		off[i] = off[i - 1];
	off[0] = 0;
	e->choices = (struct engine_rows){ off, entry };
	e->posting_tiers = tiers;
	for (int32_t j = 0; j < e->n_postings; j++)
		if (tiers[j] + e->accepts_unranked[j] > ENGINE_MAX_TIERS)
			flaw_set(&s->d->flaw, "too_large", "the ranking of \"%.128s\" has more than %d tiers",
			    s->in->posting_ids[j], ENGINE_MAX_TIERS);
}

/* The value of learner i's entry for posting j, or missing. */
static int32_t
value_of(const struct engine_rows *r, int32_t i, int32_t j, int32_t missing)
{
	const struct engine_entry want = { j, 0 },
	    *found = r->off[i] == r->off[i + 1] ? NULL : bsearch(&want, r->entry + r->off[i], r->off[i + 1] - r->off[i],
		sizeof want, by_target);

	return found == NULL ? missing : found->value;
}

/* A line and her own tier, while they are sorted. */
struct ranked {
	struct engine_line line;
	int32_t tier, fit;
};

static int
by_her_order(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (x->fit != y->fit)
		return x->fit > y->fit ? -1 : 1;
	return x->line.posting < y->line.posting ? -1 : 1;
}

/* Each learner's list in her order, with her priority at each posting. */
static void
seal_rankings(struct seal *s, const struct engine_rows *by_tiers)
{
	struct engine_instance *e = &s->in->engine;
	size_t n = by_tiers->off[e->n_learners];
	struct ranked *sorted = take(s, s->scratch, n, sizeof *sorted);
	struct engine_line *line = take(s, s->arrays, n, sizeof *line);
	int32_t *ranking_tier = take(s, s->arrays, n, sizeof *ranking_tier);

	for (int32_t i = 0; i < e->n_learners && !flawed(s); i++) {
		size_t from = by_tiers->off[i], to = by_tiers->off[i + 1];

		for (size_t k = from; k < to; k++) {
			int32_t j = by_tiers->entry[k].to, fit = value_of(&e->fit, i, j, 0);
			int32_t tier = value_of(&e->choices, i, j, e->accepts_unranked[j] ? e->posting_tiers[j] : -1);

			sorted[k] = (struct ranked){ { j, tier < 0 ? ENGINE_REFUSED : ENGINE_PRIORITY(tier, fit) },
				by_tiers->entry[k].value, fit };
		}
		if (to - from > 1)
			qsort(sorted + from, to - from, sizeof *sorted, by_her_order);
		for (size_t k = from; k < to; k++) {
			line[k] = sorted[k].line;
			ranking_tier[k] = sorted[k].tier;
		}
	}
	e->rankings = (struct engine_rankings){ by_tiers->off, line };
	s->in->ranking_tier = ranking_tier;
}

static void
seal_lists(struct seal *s)
{
	struct draft *d = s->d;
	struct engine_instance *e = &s->in->engine;
	struct engine_rows rankings, choices;
	const char **l = s->in->learner_ids, **p = s->in->posting_ids, **g = s->in->group_ids;
	const struct kind kinds[] = {
		{ &d->rankings, &rankings, e->n_learners, e->n_postings, l, p, "the ranking", BY_TIER },
		{ &d->choices, &choices, e->n_postings, e->n_learners, p, l, "the ranking", BY_TIER },
		{ &d->fit, &e->fit, e->n_learners, e->n_postings, l, p, "the fit rows", BY_TARGET },
		{ &d->groups, &e->groups, e->n_learners, e->n_groups, l, g, "the groups", BY_TARGET },
		{ &d->reserves, &e->reserves, e->n_postings, e->n_groups, p, g, "the reserves", AS_GIVEN },
	};

	renumber(&d->rankings, s->learner_number, s->posting_number);
	renumber(&d->choices, s->posting_number, s->learner_number);
	renumber(&d->fit, s->learner_number, s->posting_number);
	renumber(&d->groups, s->learner_number, NULL);
	renumber(&d->reserves, s->posting_number, NULL);
	for (size_t k = 0; k < COUNT_OF(kinds) && !flawed(s); k++)
		seal_rows(s, &kinds[k]);
	if (!flawed(s))
		seal_choices(s, &choices);
	if (!flawed(s))
		seal_rankings(s, &rankings);
}

static int
by_learner(const void *a, const void *b)
{
	int32_t x = ((const struct engine_pair *)a)->learner, y = ((const struct engine_pair *)b)->learner;

	return x < y ? -1 : x > y;
}

/* Number and sort one list of pairs; seats and paired, by posting and learner, hold what is taken already. */
static struct engine_pair *
seal_pairs(struct seal *s, const struct grown *g, int32_t *seats, bool *paired)
{
	const struct draft_entry *e = g->items;
	struct engine_pair *pairs = take(s, s->arrays, g->n, sizeof *pairs);

	for (size_t k = 0; k < g->n && !flawed(s); k++) {
		int32_t i = s->learner_number[e[k].list], j = s->posting_number[e[k].to];

		pairs[k] = (struct engine_pair){ i, j };
		if (paired[i])
			flaw_set(&s->d->flaw, "two_pairs", "learner \"%.128s\" stands in two fixed or held pairs",
			    s->in->learner_ids[i]);
		if (seats[j]-- == 0)
			flaw_set(&s->d->flaw, "too_many_pairs",
			    "posting \"%.128s\" has more fixed and held pairs than seats", s->in->posting_ids[j]);
		paired[i] = true;
	}
	if (!flawed(s) && g->n > 0)
		qsort(pairs, g->n, sizeof *pairs, by_learner);
	return pairs;
}

static void
seal_fixed_and_held(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	int32_t *seats = take(s, s->scratch, (size_t)e->n_postings, sizeof *seats);
	bool *paired = take(s, s->scratch, (size_t)e->n_learners, sizeof *paired);

	if (flawed(s))
		return;
	memcpy(seats, e->capacity, (size_t)e->n_postings * sizeof *seats);
	e->n_fixed = s->d->fixed.n;
	e->n_held = s->d->held.n;
	e->fixed = seal_pairs(s, &s->d->fixed, seats, paired);
	e->held = seal_pairs(s, &s->d->held, seats, paired);
}

/* Each step leaves at once when a flaw is set. */
static void
seal(struct seal *s)
{
	size_t nl = s->d->learners.n, np = s->d->postings.n;
	int32_t *learner_college = take(s, s->arrays, nl, sizeof *learner_college);
	int32_t *posting_college = take(s, s->arrays, np, sizeof *posting_college);

	s->in->seed = s->d->seed;
	s->in->engine.guarantee = s->d->guarantee;
	s->in->engine.learner_college = learner_college;
	s->in->engine.posting_college = posting_college;
	if (!flawed(s))
		number_learners(s);
	if (!flawed(s))
		number_postings(s);
	if (!flawed(s))
		seal_colleges(s, learner_college, posting_college);
	if (!flawed(s))
		seal_learners(s);
	if (!flawed(s))
		seal_postings(s);
	if (!flawed(s))
		number_groups(s);
	if (!flawed(s))
		seal_lists(s);
	if (!flawed(s))
		seal_fixed_and_held(s);
}

/* A sealed instance with nothing in it yet, which owns the draft's strings. NULL: no memory. */
static struct instance *
instance_new(struct draft *d)
{
	struct instance *in = calloc(1, sizeof *in);
	struct instance_parts *parts = calloc(1, sizeof *parts);

	if (in == NULL || parts == NULL || (parts->arrays = arena_new(MAX_BYTES)) == NULL) {
		free(in);
		free(parts);
		return NULL;
	}
	parts->strings = d->strings;
	d->strings = NULL;
	in->parts = parts;
	return in;
}

int
draft_seal(struct draft **d, struct instance **out, struct instance_flaw *flaw)
{
	struct seal s = { .d = *d, .scratch = arena_new(MAX_BYTES) };

	*out = NULL;
	memset(flaw, 0, sizeof *flaw);
	s.in = s.scratch == NULL ? NULL : instance_new(s.d);
	if (s.in == NULL) {
		flaw_set(&s.d->flaw, "no_memory", "not enough memory for the instance");
	} else {
		s.arrays = s.in->parts->arrays;
		seal(&s);
	}
	*flaw = s.d->flaw;
	arena_destroy(&s.scratch);
	draft_destroy(d);
	if (flaw->code != NULL) {
		instance_destroy(&s.in);
		return -1;
	}
	*out = s.in;
	return 0;
}

void
instance_destroy(struct instance **self)
{
	struct instance *in = self == NULL ? NULL : *self;

	if (in == NULL)
		return;
	arena_destroy(&in->parts->strings);
	arena_destroy(&in->parts->arrays);
	free(in->parts);
	free(in);
	*self = NULL;
}
