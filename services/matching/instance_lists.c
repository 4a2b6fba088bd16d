/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists of an instance in compressed rows. Whatever stands in the file in the order of ids is copied as it comes;
 * else entries are counted, then put into their rows, and only rows that are out of order are sorted, each by itself.
 */
#include <stdlib.h>
#include <string.h>

#include "instance_priv.h"

enum { AHEAD = 16, FEW = 32 }; /* entries looked ahead; that are sorted without more ado */

/* off[k] has become where list k ends: back to where it begins. */
static void
shift_back(size_t *off, int32_t lists)
{
	memmove(off + 1, off, (size_t)lists * sizeof *off);
	off[0] = 0;
}

static void
add_up(size_t *off, int32_t lists)
{
	for (int32_t k = 0; k < lists; k++)
		off[k + 1] += off[k];
}

static int
by_to(const void *a, const void *b)
{
	const struct engine_entry *x = a, *y = b;

	return x->to < y->to ? -1 : x->to > y->to;
}

static void
sort_row(struct engine_entry *row, size_t n)
{
	struct engine_entry few[FEW];
	size_t sorted = 1;

	while (sorted < n && row[sorted - 1].to <= row[sorted].to)
		sorted++;
	if (sorted >= n)
		return;
	if (n > FEW) {
		qsort(row, n, sizeof *row, by_to);
		return;
	}
	/* Few: each goes where as many stand before it as are smaller. Nothing depends on a guess of the machine. */
	memcpy(few, row, n * sizeof *row);
	for (size_t k = 0; k < n; k++) {
		size_t to = 0;

		for (size_t other = 0; other < k; other++)
			to += few[other].to <= few[k].to;
		for (size_t other = k + 1; other < n; other++)
			to += few[other].to < few[k].to;
		row[to] = few[k];
	}
}

/* The first place in a sorted row whose target stands before it too, or 0. */
static size_t
twice(const struct engine_entry *row, size_t n)
{
	for (size_t k = 1; k < n; k++)
		if (row[k].to == row[k - 1].to)
			return k;
	return 0;
}

/* Sort each learner's row; one that names something twice is a flaw. */
static void
sort_rows(struct seal *s, struct engine_entry *entry, const size_t *off, const char *key, const char **ids)
{
	for (int32_t i = 0; i < s->in->engine.n_learners && !seal_flawed(s); i++) {
		struct engine_entry *row = entry + off[i];
		size_t n = off[i + 1] - off[i], again;
		struct subject subject;
		struct json_place where;
		struct shown shown;

		sort_row(row, n);
		again = twice(row, n);
		if (again == 0)
			continue;
		where = seal_learner(s, i, key, &subject);
		flaw_set(&s->d->flaw, "duplicate_id", where, subject.text, "found %s twice, allowed is once",
		         "trouvé %s deux fois, permis : une fois", show_id(&shown, ids[row[again].to]));
	}
}

/* ---- groups and reserves ----------------------------------------------------------------------------------------- */
/* Where the lists of the object after k begin, or behind all of them. */
#define END_OF_LIST(d, objects, k, list) \
	((size_t)(k) + 1 < (d)->objects##s.n ? OBJECT_##objects(d, (k) + 1)->list : (d)->list.n)
#define OBJECT_learner DRAFT_LEARNER
#define OBJECT_posting DRAFT_POSTING

static void
seal_learner_groups(struct seal *s)
{
	const struct draft *d = s->d;
	const int32_t *name = d->groups.items;
	int32_t n = s->in->engine.n_learners;
	size_t *off = seal_array(s, (size_t)n + 1, sizeof *off), k = 0;
	struct engine_entry *entry = seal_array(s, d->groups.n, sizeof *entry);

	if (seal_flawed(s))
		return;
	for (int32_t i = 0; i < n; i++) {
		int32_t at = s->learner_at[i];

		off[i] = k;
		for (size_t g = DRAFT_LEARNER(d, at)->groups, end = END_OF_LIST(d, learner, at, groups); g < end; g++)
			entry[k++] = (struct engine_entry){ s->group_rank[name[g]], 0 };
	}
	off[n] = k;
	sort_rows(s, entry, off, "groups", s->in->group_ids);
	s->in->engine.groups = (struct engine_rows){ off, entry };
}

static void
seal_posting_reserves(struct seal *s)
{
	const struct draft *d = s->d;
	const struct drafted_reserve *from = d->reserves.items;
	int32_t n = s->in->engine.n_postings;
	size_t *off = seal_array(s, (size_t)n + 1, sizeof *off), k = 0;
	struct engine_entry *entry = seal_array(s, d->reserves.n, sizeof *entry);
	int32_t *last = pages_zero((size_t)s->in->engine.n_groups, sizeof *last); /* posting + 1 that reserves for it */

	if (off == NULL || entry == NULL || last == NULL) {
		flaw_no_memory(&s->d->flaw);
		free(last);
		return;
	}
	off[0] = 0;
	for (int32_t j = 0; j < n && !seal_flawed(s); j++) {
		int32_t at = s->posting_at[j];

		for (size_t r = DRAFT_POSTING(d, at)->reserves, end = END_OF_LIST(d, posting, at, reserves); r < end;
		     r++) {
			int32_t group = s->group_rank[from[r].group];
			struct subject subject;
			struct shown shown;

			if (last[group] == j + 1) {
				struct json_place where = seal_posting(s, j, "reserves", &subject);

				flaw_set(&s->d->flaw, "duplicate_id", where, subject.text,
				         "found the group %s twice, allowed is once",
				         "trouvé le groupe %s deux fois, permis : une fois",
				         show_id(&shown, s->in->group_ids[group]));
			}
			last[group] = j + 1;
			entry[k++] = (struct engine_entry){ group, from[r].seats };
		}
		off[j + 1] = k;
	}
	free(last);
	s->in->engine.reserves = (struct engine_rows){ off, entry };
}

void
seal_groups(struct seal *s)
{
	seal_learner_groups(s);
	if (!seal_flawed(s))
		seal_posting_reserves(s);
}

/* ---- fit --------------------------------------------------------------------------------------------------------- */
/* Count each learner's rows into off[learner + 1], and bring ids to ranks. Do they come by learner? */
static bool
count_fit(struct seal *s, size_t *off)
{
	struct drafted_fit *f = s->d->fit.items;
	int32_t before = 0;
	bool ordered = true;

	for (size_t k = 0; k < s->d->fit.n; k++) {
		f[k].learner = s->learner_rank[f[k].learner];
		ordered = ordered && f[k].learner >= before;
		before = f[k].learner;
		off[before + 1]++;
	}
	return ordered;
}

static struct engine_entry
fit_entry(const struct seal *s, const struct drafted_fit *f)
{
	return (struct engine_entry){ s->posting_rank[f->posting_fit >> DRAFT_FIT_BITS],
		                      (int32_t)(f->posting_fit & ((1 << DRAFT_FIT_BITS) - 1)) };
}

void
seal_fit(struct seal *s)
{
	const struct drafted_fit *f = s->d->fit.items;
	size_t n = s->d->fit.n, *off = seal_zeros(s, (size_t)s->in->engine.n_learners + 1, sizeof *off);
	struct engine_entry *entry = seal_array(s, n, sizeof *entry);
	bool ordered;

	if (seal_flawed(s))
		return;
	ordered = count_fit(s, off);
	add_up(off, s->in->engine.n_learners);
	if (ordered) {
		for (size_t k = 0; k < n; k++)
			entry[k] = fit_entry(s, &f[k]);
	} else {
		for (size_t k = 0; k < n; k++) {
			if (k + AHEAD < n)
				__builtin_prefetch(&off[f[k + AHEAD].learner], 1);
			if (k + AHEAD / 2 < n)
				__builtin_prefetch(&entry[off[f[k + AHEAD / 2].learner]], 1);
			entry[off[f[k].learner]++] = fit_entry(s, &f[k]);
		}
		shift_back(off, s->in->engine.n_learners);
	}
	free(s->d->fit.items);
	s->d->fit = (struct grown){ 0 };
	sort_rows(s, entry, off, "fit", s->in->posting_ids);
	s->in->engine.fit = (struct engine_rows){ off, entry };
}

/* ---- employers' choices ------------------------------------------------------------------------------------------ */
/* Names become ranks; how often each learner is chosen goes into off[learner + 1]. */
static void
count_choices(struct seal *s, size_t *off)
{
	uint32_t *c = s->d->choices.items;
	size_t n = s->d->choices.n;

	for (size_t k = 0; k < n; k++) {
		int32_t i;

		if (k + AHEAD < n)
			__builtin_prefetch(&s->learner_rank[c[k + AHEAD] & ~DRAFT_NEW_TIER]);
		i = s->learner_rank[c[k] & ~DRAFT_NEW_TIER];
		c[k] = (c[k] & DRAFT_NEW_TIER) | (uint32_t)i;
		off[i + 1]++;
	}
}

/* The choices of posting j, from..to, go into the rows of those chosen. Returns how many tiers there are. */
static int32_t
turn_choices(const struct draft *d, int32_t j, size_t from, size_t to, size_t *off, struct engine_entry *entry)
{
	const uint32_t *c = d->choices.items;
	size_t n = d->choices.n;
	int32_t tier = -1;

	for (size_t k = from; k < to; k++) {
		if (k + AHEAD < n)
			__builtin_prefetch(&off[c[k + AHEAD] & ~DRAFT_NEW_TIER], 1);
		if (k + AHEAD / 2 < n)
			__builtin_prefetch(&entry[off[c[k + AHEAD / 2] & ~DRAFT_NEW_TIER]], 1);
		tier += (c[k] & DRAFT_NEW_TIER) != 0;
		entry[off[c[k] & ~DRAFT_NEW_TIER]++] = (struct engine_entry){ j, tier };
	}
	return tier + 1;
}

static void
check_tiers(struct seal *s, int32_t j, int32_t tiers)
{
	struct subject subject;
	struct json_place where;

	if (tiers + s->in->engine.accepts_unranked[j] <= ENGINE_MAX_TIERS)
		return;
	where = seal_posting(s, j, "ranking", &subject);
	flaw_set(&s->d->flaw, "too_large", where, subject.text,
	         "found %d tiers, allowed are %d, that of the unranked among them",
	         "trouvé %d rangs, permis : %d, celui des non classés compris",
	         (int)tiers + s->in->engine.accepts_unranked[j], (int)ENGINE_MAX_TIERS);
}

/* Postings go by rank, so each row comes out sorted; a posting that ranks somebody twice stands in her row twice. */
static void
check_choices(struct seal *s, const struct engine_entry *entry, const size_t *off)
{
	for (int32_t i = 0; i < s->in->engine.n_learners && !seal_flawed(s); i++) {
		size_t again = off[i + 1] - off[i] < 2 ? 0 : twice(entry + off[i], off[i + 1] - off[i]);
		struct subject subject;
		struct json_place where;
		struct shown shown;

		if (again == 0)
			continue;
		where = seal_posting(s, entry[off[i] + again].to, "ranking", &subject);
		flaw_set(&s->d->flaw, "duplicate_id", where, subject.text, "found %s twice, allowed is once",
		         "trouvé %s deux fois, permis : une fois", show_id(&shown, s->in->learner_ids[i]));
	}
}

void
seal_choices(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	struct draft *d = s->d;
	size_t *off = seal_zeros(s, (size_t)e->n_learners + 1, sizeof *off);
	struct engine_entry *entry = seal_array(s, d->choices.n, sizeof *entry);
	int32_t *tiers = seal_array(s, (size_t)e->n_postings, sizeof *tiers);

	if (seal_flawed(s))
		return;
	count_choices(s, off);
	add_up(off, e->n_learners);
	for (int32_t j = 0; j < e->n_postings && !seal_flawed(s); j++) {
		int32_t at = s->posting_at[j];

		tiers[j] =
		    turn_choices(d, j, DRAFT_POSTING(d, at)->choices, END_OF_LIST(d, posting, at, choices), off, entry);
		check_tiers(s, j, tiers[j]);
	}
	shift_back(off, e->n_learners);
	free(d->choices.items);
	d->choices = (struct grown){ 0 };
	check_choices(s, entry, off);
	e->choices = (struct engine_rows){ off, entry };
	e->posting_tiers = tiers;
}

/* ---- learners' rankings ------------------------------------------------------------------------------------------ */
/*
 * What one learner finds at each posting while her list is made: her fit there, the employer's tier for her (-1:
 * refused) and whether she has listed it already. Between two learners: fit 0, the tier of the unranked, not listed.
 */
struct desk {
	int32_t tier;
	uint16_t fit;
	bool listed;
};

/* A line in her order: tier, then higher fit, then posting. */
enum { POSTING_BITS = 20, KEY_FIT_BITS = 10 };
_Static_assert(ENGINE_MAX_POSTINGS <= 1 << POSTING_BITS && ENGINE_MAX_FIT < 1 << KEY_FIT_BITS, "a key of 64 bits");
#define KEY(tier, fit, posting)                                                                                   \
	((uint64_t)(tier) << (POSTING_BITS + KEY_FIT_BITS) | (uint64_t)(ENGINE_MAX_FIT - (fit)) << POSTING_BITS | \
	 (uint64_t)(posting))

struct ranking {
	struct seal *s;
	const uint32_t *names; /* as drafted; tier may lie over them */
	struct desk *desk;
	uint64_t *key; /* of her lines: [n_postings] */
	struct engine_line *line;
	int32_t *tier;
};

static int
by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
sort_line_keys(uint64_t *key, size_t n)
{
	if (n > FEW) {
		qsort(key, n, sizeof *key, by_key);
		return;
	}
	for (size_t k = 1; k < n; k++) {
		uint64_t moving = key[k];
		size_t to = k;

		for (; to > 0 && key[to - 1] > moving; to--)
			key[to] = key[to - 1];
		key[to] = moving;
	}
}

static int32_t
tier_of_unranked(const struct engine_instance *e, int32_t j)
{
	return e->accepts_unranked[j] ? e->posting_tiers[j] : -1;
}

static void
lay_out(struct desk *desk, const struct engine_instance *e, int32_t i)
{
	for (size_t k = e->fit.off[i]; k < e->fit.off[i + 1]; k++)
		desk[e->fit.entry[k].to].fit = (uint16_t)e->fit.entry[k].value;
	for (size_t k = e->choices.off[i]; k < e->choices.off[i + 1]; k++)
		desk[e->choices.entry[k].to].tier = e->choices.entry[k].value;
}

static void
clear_away(struct desk *desk, const struct engine_instance *e, int32_t i)
{
	for (size_t k = e->fit.off[i]; k < e->fit.off[i + 1]; k++)
		desk[e->fit.entry[k].to].fit = 0;
	for (size_t k = e->choices.off[i]; k < e->choices.off[i + 1]; k++)
		desk[e->choices.entry[k].to].tier = tier_of_unranked(e, e->choices.entry[k].to);
}

/* The n names at `from` become lines at `to`: all are read before the first is written. */
static void
rank_one(const struct ranking *r, int32_t i, const uint32_t *from, size_t n, size_t to)
{
	uint64_t before = 0;
	int32_t tier = -1;
	bool ordered = true;

	for (size_t k = 0; k < n; k++) {
		int32_t j = r->s->posting_rank[from[k] & ~DRAFT_NEW_TIER];
		struct desk *desk = &r->desk[j];

		if (desk->listed) {
			struct subject subject;
			struct json_place where = seal_learner(r->s, i, "ranking", &subject);
			struct shown shown;

			flaw_set(&r->s->d->flaw, "duplicate_id", where, subject.text, "found %s twice, allowed is once",
			         "trouvé %s deux fois, permis : une fois", show_id(&shown, r->s->in->posting_ids[j]));
			return;
		}
		desk->listed = true;
		tier += (from[k] & DRAFT_NEW_TIER) != 0;
		r->key[k] = KEY(tier, desk->fit, j);
		ordered = ordered && before <= r->key[k];
		before = r->key[k];
	}
	if (!ordered)
		sort_line_keys(r->key, n);
	for (size_t k = 0; k < n; k++) {
		int32_t j = (int32_t)(r->key[k] & ((1 << POSTING_BITS) - 1));
		struct desk *desk = &r->desk[j];

		r->line[to + k] =
		    (struct engine_line){ j, desk->tier < 0 ? ENGINE_REFUSED : ENGINE_PRIORITY(desk->tier, desk->fit) };
		r->tier[to + k] = (int32_t)(r->key[k] >> (POSTING_BITS + KEY_FIT_BITS));
		desk->listed = false;
	}
}

static void
rank_everybody(const struct ranking *r, size_t *off)
{
	const struct seal *s = r->s;
	const struct draft *d = s->d;
	const struct engine_instance *e = &s->in->engine;
	size_t to = 0;

	for (int32_t j = 0; j < e->n_postings; j++)
		r->desk[j] = (struct desk){ .tier = tier_of_unranked(e, j) };
	for (int32_t i = 0; i < e->n_learners && !seal_flawed(s); i++) {
		int32_t at = s->learner_at[i];
		size_t from = DRAFT_LEARNER(d, at)->rankings, n = END_OF_LIST(d, learner, at, rankings) - from;

		off[i] = to;
		if (n == 0)
			continue;
		lay_out(r->desk, e, i);
		rank_one(r, i, r->names + from, n, to);
		clear_away(r->desk, e, i);
		to += n;
	}
	off[e->n_learners] = to;
}

/* Do learners stand in the file in the order of their ids? */
static bool
learners_in_order(const struct seal *s)
{
	for (int32_t i = 0; i < s->in->engine.n_learners; i++)
		if (s->learner_at[i] != i)
			return false;
	return true;
}

/* Room for the tiers: where the drafted lines stood, if each takes the place of its own. */
static int32_t *
tiers_take(struct seal *s)
{
	struct grown *g = &s->d->rankings;
	void *items = g->items;

	if (items == NULL || !learners_in_order(s))
		return seal_array(s, g->n, sizeof(int32_t));
	s->in->parts->arrays[s->in->parts->n++] = items;
	g->items = NULL;
	return items;
}

void
seal_rankings(struct seal *s)
{
	struct engine_instance *e = &s->in->engine;
	const uint32_t *names = s->d->rankings.items;
	size_t n = s->d->rankings.n, np = (size_t)e->n_postings;
	size_t *off = seal_array(s, (size_t)e->n_learners + 1, sizeof *off);
	struct ranking r = { s,
		             names,
		             pages_take(np, sizeof *r.desk),
		             pages_take(np, sizeof *r.key),
		             seal_array(s, n, sizeof *r.line),
		             tiers_take(s) };

	if (off == NULL || r.desk == NULL || r.key == NULL || r.line == NULL || r.tier == NULL)
		flaw_no_memory(&s->d->flaw);
	else
		rank_everybody(&r, off);
	free(r.desk);
	free(r.key);
	e->rankings = (struct engine_rankings){ off, r.line };
	s->in->ranking_tier = r.tier;
}
