/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a draft: numbers by id, flat arrays, what only the whole shows refused, the lottery drawn. */
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "instance_priv.h"

enum { MANY = 10000 }; /* learners for whom another thread draws the lottery */

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

/* ---- arrays ------------------------------------------------------------------------------------------------------ */
void *
seal_array(struct seal *s, size_t n, size_t size)
{
	struct instance_parts *parts = s->in->parts;
	void *p = pages_take(n, size);

	BUG_IF(parts->n == COUNT_OF(parts->arrays));
	if (p == NULL)
		flaw_no_memory(&s->d->flaw);
	else
		parts->arrays[parts->n++] = p;
	return p;
}

void *
seal_zeros(struct seal *s, size_t n, size_t size)
{
	void *p = seal_array(s, n, size);

	if (p != NULL)
		memset(p, 0, n * size);
	return p;
}

/* ---- flaws ------------------------------------------------------------------------------------------------------- */
struct json_place
seal_learner(const struct seal *s, int32_t rank, const char *key, struct subject *subject)
{
	int32_t k = s->learner_at[rank];

	subject_make(subject, "learners", (size_t)k, s->in->learner_ids[rank], key);
	return s->d->learner_names.name[DRAFT_LEARNER(s->d, k)->name].where;
}

struct json_place
seal_posting(const struct seal *s, int32_t rank, const char *key, struct subject *subject)
{
	int32_t k = s->posting_at[rank];

	subject_make(subject, "postings", (size_t)k, s->in->posting_ids[rank], key);
	return s->d->posting_names.name[DRAFT_POSTING(s->d, k)->name].where;
}

/* The id that was mentioned first of those that nothing defines, or NULL. */
static const struct name *
first_unknown(const struct names *t, size_t defined)
{
	if ((size_t)t->n == defined)
		return NULL;
	for (int32_t k = 0; k < t->n; k++)
		if (t->name[k].object < 0)
			return &t->name[k];
	return NULL;
}

static bool
is_before(struct json_place a, struct json_place b)
{
	return a.line != b.line ? a.line < b.line : a.column < b.column;
}

static void
refuse_unknown(struct seal *s)
{
	const struct name *l = first_unknown(&s->d->learner_names, s->d->learners.n);
	const struct name *p = first_unknown(&s->d->posting_names, s->d->postings.n);
	struct shown shown;

	if (l != NULL && (p == NULL || is_before(l->where, p->where)))
		flaw_set(&s->d->flaw, "unknown_id", l->where, "",
		         "found the unknown id %s, allowed is that of a learner",
		         "trouvé l'id inconnu %s, permis : celui d'une ou d'un élève",
		         show_id(&shown, s->d->learner_names.bytes + l->at));
	else if (p != NULL)
		flaw_set(&s->d->flaw, "unknown_id", p->where, "",
		         "found the unknown id %s, allowed is that of a posting",
		         "trouvé l'id inconnu %s, permis : celui d'une offre",
		         show_id(&shown, s->d->posting_names.bytes + p->at));
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */
/*
 * numbers: n names in any order; sorted by their ids here. The ids come out, and rank[name]: its place. Returns them,
 * or NULL with the flaw set.
 */
static const char **
rank_names(struct seal *s, const struct names *t, int32_t *numbers, size_t n, int32_t *rank)
{
	const char **ids = seal_array(s, n, sizeof *ids);

	if (ids == NULL || numbers == NULL || rank == NULL || names_sort(t, numbers, n) != 0) {
		flaw_no_memory(&s->d->flaw);
		return NULL;
	}
	for (size_t k = 0; k < n; k++) {
		ids[k] = names_text(t, numbers[k]);
		rank[numbers[k]] = (int32_t)k;
	}
	return ids;
}

/* Colleges and groups: whoever is named is there. */
static const char **
rank_all(struct seal *s, const struct names *t, int32_t **rank)
{
	int32_t *numbers = pages_take((size_t)t->n, sizeof *numbers);
	const char **ids;

	*rank = pages_take((size_t)t->n, sizeof **rank);
	for (int32_t k = 0; numbers != NULL && k < t->n; k++)
		numbers[k] = k;
	ids = rank_names(s, t, numbers, (size_t)t->n, *rank);
	free(numbers);
	return ids;
}

static void
rank_learners(struct seal *s)
{
	struct draft *d = s->d;
	size_t n = d->learners.n;

	s->learner_at = pages_take(n, sizeof *s->learner_at);
	s->learner_rank = pages_take(n, sizeof *s->learner_rank);
	for (size_t k = 0; s->learner_at != NULL && k < n; k++)
		s->learner_at[k] = DRAFT_LEARNER(d, k)->name;
	s->in->learner_ids = rank_names(s, &d->learner_names, s->learner_at, n, s->learner_rank);
	for (size_t k = 0; !seal_flawed(s) && k < n; k++)
		s->learner_at[k] = d->learner_names.name[s->learner_at[k]].object;
	s->in->engine.n_learners = (int32_t)n;
}

static void
rank_postings(struct seal *s)
{
	struct draft *d = s->d;
	size_t n = d->postings.n;

	s->posting_at = pages_take(n, sizeof *s->posting_at);
	s->posting_rank = pages_take(n, sizeof *s->posting_rank);
	for (size_t k = 0; s->posting_at != NULL && k < n; k++)
		s->posting_at[k] = DRAFT_POSTING(d, k)->name;
	s->in->posting_ids = rank_names(s, &d->posting_names, s->posting_at, n, s->posting_rank);
	for (size_t k = 0; !seal_flawed(s) && k < n; k++)
		s->posting_at[k] = d->posting_names.name[s->posting_at[k]].object;
	s->in->engine.n_postings = (int32_t)n;
}

/* ---- the lottery ------------------------------------------------------------------------------------------------- */
struct lottery {
	const struct instance *in;
	uint64_t *number;
	pthread_t thread;
	bool apart; /* drawn by a thread of its own, while the lists are sealed */
};

static void *
lottery_draw(void *self)
{
	const struct lottery *l = self;

	for (int32_t i = 0; i < l->in->engine.n_learners; i++)
		l->number[i] = lottery_number(l->in->seed, l->in->learner_ids[i]);
	return NULL;
}

static void
lottery_start(struct lottery *l, struct seal *s)
{
	int32_t n = s->in->engine.n_learners;

	*l = (struct lottery){ .in = s->in, .number = seal_array(s, (size_t)n, sizeof *l->number) };
	s->in->engine.lottery = l->number;
	if (l->number == NULL)
		return;
	l->apart = n >= MANY && pthread_create(&l->thread, NULL, lottery_draw, l) == 0;
	if (!l->apart)
		lottery_draw(l);
}

static void
lottery_end(struct lottery *l)
{
	if (l->apart)
		BUG_IF(pthread_join(l->thread, NULL) != 0);
}

/* ---- learners, postings and pairs -------------------------------------------------------------------------------- */
static void
seal_learners(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	size_t n = (size_t)e->n_learners;
	int32_t *college = seal_array(s, n, sizeof *college);
	uint8_t *need = seal_array(s, n, sizeof *need);
	bool *assignable = seal_array(s, n, sizeof *assignable);

	for (size_t i = 0; !seal_flawed(s) && i < n; i++) {
		const struct drafted_learner *l = DRAFT_LEARNER(s->d, s->learner_at[i]);

		college[i] = l->college == ENGINE_NONE ? ENGINE_NONE : s->college_rank[l->college];
		need[i] = l->need;
		assignable[i] = l->assignable;
	}
	e->learner_college = college;
	e->learner_need = need;
	e->learner_assignable = assignable;
}

static void
seal_postings(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	size_t n = (size_t)e->n_postings;
	int32_t *college = seal_array(s, n, sizeof *college), *capacity = seal_array(s, n, sizeof *capacity);
	bool *accepts = seal_array(s, n, sizeof *accepts), *assignable = seal_array(s, n, sizeof *assignable);
	bool *last = seal_array(s, n, sizeof *last);

	for (size_t j = 0; !seal_flawed(s) && j < n; j++) {
		const struct drafted_posting *p = DRAFT_POSTING(s->d, s->posting_at[j]);

		college[j] = p->college == ENGINE_NONE ? ENGINE_NONE : s->college_rank[p->college];
		capacity[j] = p->capacity;
		accepts[j] = p->accepts_unranked;
		assignable[j] = p->assignable;
		last[j] = p->reserve_last;
	}
	e->posting_college = college;
	e->capacity = capacity;
	e->accepts_unranked = accepts;
	e->posting_assignable = assignable;
	e->reserve_last = last;
}

/* Where the fixed and held pairs put each learner (a name's rank, or ENGINE_NONE), and the seats that are left. */
struct pairing {
	int32_t *at, *seats;
	bool *held;
};

static void
pair_up(struct seal *s, struct pairing *p, const struct grown *g, bool held)
{
	const struct engine_pair *pair = g->items;
	struct subject subject;
	struct json_place where;

	for (size_t k = 0; k < g->n && !seal_flawed(s); k++) {
		int32_t i = s->learner_rank[pair[k].learner], j = s->posting_rank[pair[k].posting];

		if (p->at[i] != ENGINE_NONE) {
			where = seal_learner(s, i, NULL, &subject);
			flaw_set(&s->d->flaw, "two_pairs", where, subject.text,
			         "found in two fixed or held pairs, allowed is one",
			         "trouvé dans deux paires fixes ou tenues, permis : une");
		} else if (p->seats[j]-- == 0) {
			where = seal_posting(s, j, NULL, &subject);
			flaw_set(&s->d->flaw, "too_many_pairs", where, subject.text,
			         "found more fixed and held pairs than its capacity, allowed are %d",
			         "trouvé plus de paires fixes et tenues que sa capacité, permis : %d",
			         (int)s->in->engine.capacity[j]);
		}
		p->at[i] = j;
		p->held[i] = held;
	}
}

/* The pairs of one kind, by learner. */
static const struct engine_pair *
list_pairs(struct seal *s, const struct pairing *p, bool held, size_t n)
{
	struct engine_pair *pairs = seal_array(s, n, sizeof *pairs);
	size_t k = 0;

	for (int32_t i = 0; pairs != NULL && k < n; i++)
		if (p->at[i] != ENGINE_NONE && p->held[i] == held)
			pairs[k++] = (struct engine_pair){ i, p->at[i] };
	return pairs;
}

static void
seal_pairs(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	size_t nl = (size_t)e->n_learners, np = (size_t)e->n_postings;
	struct pairing p = { pages_take(nl, sizeof *p.at), pages_take(np, sizeof *p.seats), pages_zero(nl, 1) };

	if (p.at == NULL || p.seats == NULL || p.held == NULL) {
		flaw_no_memory(&s->d->flaw);
	} else {
		memset(p.at, 0xff, nl * sizeof *p.at);
		memcpy(p.seats, e->capacity, np * sizeof *p.seats);
		pair_up(s, &p, &s->d->fixed, false);
		pair_up(s, &p, &s->d->held, true);
		e->n_fixed = s->d->fixed.n;
		e->n_held = s->d->held.n;
		e->fixed = seal_flawed(s) ? NULL : list_pairs(s, &p, false, e->n_fixed);
		e->held = seal_flawed(s) ? NULL : list_pairs(s, &p, true, e->n_held);
	}
	free(p.at);
	free(p.seats);
	free(p.held);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */
static void
seal_ids(struct seal *s)
{
	refuse_unknown(s);
	if (!seal_flawed(s))
		rank_learners(s);
	if (!seal_flawed(s))
		rank_postings(s);
	if (!seal_flawed(s))
		s->in->college_ids = rank_all(s, &s->d->college_names, &s->college_rank);
	if (!seal_flawed(s))
		s->in->group_ids = rank_all(s, &s->d->group_names, &s->group_rank);
	s->in->engine.n_colleges = s->d->college_names.n;
	s->in->engine.n_groups = s->d->group_names.n;
}

static void
seal_rest(struct seal *s)
{
	static void (*const STEPS[])(struct seal *) = { seal_learners, seal_postings, seal_pairs,   seal_groups,
		                                        seal_fit,      seal_choices,  seal_rankings };

	for (size_t k = 0; k < COUNT_OF(STEPS) && !seal_flawed(s); k++)
		STEPS[k](s);
}

/* The texts move from the draft to the instance. */
static void
keep_texts(struct seal *s)
{
	struct names *all[] = { &s->d->learner_names, &s->d->posting_names, &s->d->college_names, &s->d->group_names };

	for (size_t k = 0; k < COUNT_OF(all); k++)
		s->in->parts->texts[k] = names_take_texts(all[k]);
}

static void
seal(struct seal *s)
{
	struct lottery lottery;

	memcpy(s->in->parts->seed, s->d->seed, sizeof s->d->seed);
	s->in->seed = s->in->parts->seed;
	s->in->engine.guarantee = s->d->guarantee;
	draft_gather(s->d);
	if (!seal_flawed(s))
		seal_ids(s);
	if (!seal_flawed(s)) {
		lottery_start(&lottery, s);
		if (!seal_flawed(s))
			seal_rest(s);
		lottery_end(&lottery);
	}
	keep_texts(s);
}

int
draft_seal(struct draft **d, struct instance **out, struct instance_flaw *flaw)
{
	struct seal s = { .d = *d, .in = pages_zero(1, sizeof *s.in) };

	BUG_IF(sodium_init() < 0);
	*out = NULL;
	if (s.in != NULL)
		s.in->parts = pages_zero(1, sizeof *s.in->parts);
	if (s.in == NULL || s.in->parts == NULL)
		flaw_no_memory(&s.d->flaw);
	else if (!seal_flawed(&s))
		seal(&s);
	*flaw = s.d->flaw;
	free(s.learner_rank);
	free(s.posting_rank);
	free(s.college_rank);
	free(s.group_rank);
	free(s.learner_at);
	free(s.posting_at);
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
	for (size_t k = 0; in->parts != NULL && k < COUNT_OF(in->parts->texts); k++)
		free(in->parts->texts[k]);
	for (size_t k = 0; in->parts != NULL && k < in->parts->n; k++)
		free(in->parts->arrays[k]);
	free(in->parts);
	free(in);
	*self = NULL;
}
