/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The acceptable pairs in both orders. Everything is sorted by counting (last key first, each pass stable), so each
 * list entry is read a constant number of times however long the lists are, and proposals later compare two numbers
 * only.
 */
#include <string.h>

#include "engine/engine_priv.h"

/* Reorder the n numbers in w->order, stably, by key[number], 0 .. keys - 1. */
static void
sort_by(struct work *w, uint32_t n, const int32_t *key, int32_t keys)
{
	uint32_t *swap = w->order, sum = 0;

	memset(w->counts, 0, (size_t)keys * sizeof w->counts[0]);
	for (uint32_t k = 0; k < n; k++)
		w->counts[key[w->order[k]]]++;
	for (int32_t v = 0; v < keys; v++) {
		uint32_t count = w->counts[v];

		w->counts[v] = sum;
		sum += count;
	}
	for (uint32_t k = 0; k < n; k++)
		w->order_to[w->counts[key[w->order[k]]]++] = w->order[k];
	w->order = w->order_to;
	w->order_to = swap;
}

static void
order_reset(struct work *w, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		w->order[k] = k;
}

/* Equal numbers stay in the order of ids, which is that of the learners. */
static void
draw_lottery(struct work *w)
{
	uint32_t n = (uint32_t)w->in->n_learners;

	order_reset(w, n);
	for (unsigned shift = 0; shift < 64; shift += 16) {
		for (uint32_t i = 0; i < n; i++)
			w->mark[i] = (int32_t)(w->in->lottery[i] >> shift & 0xffff);
		sort_by(w, n, w->mark, 0x10000);
	}
	for (uint32_t k = 0; k < n; k++)
		w->lottery_rank[w->order[k]] = (int32_t)k;
}

static void
marks_clear(struct work *w, int32_t n)
{
	for (int32_t i = 0; i < n; i++)
		w->mark[i] = ENGINE_NONE;
}

/* False: an entry stands twice in the list. */
static bool
mark_list(struct work *w, const struct engine_rows *r, int32_t list)
{
	for (size_t k = r->off[list]; k < r->off[list + 1]; k++) {
		if (w->mark[r->to[k]] == list)
			return false;
		w->mark[r->to[k]] = list;
		w->mark_value[r->to[k]] = r->value[k];
	}
	return true;
}

/* The fit of every ranking entry: 0 where no row stands. */
static bool
entries_find_fit(struct work *w)
{
	const struct engine_instance *in = w->in;
	const struct engine_rows *r = &in->rankings;

	marks_clear(w, in->n_postings);
	for (int32_t i = 0; i < in->n_learners; i++) {
		if (!mark_list(w, &in->fit, i))
			return false;
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
			w->entry_learner[k] = i;
			w->entry_fit[k] = w->mark[r->to[k]] == i ? w->mark_value[r->to[k]] : 0;
		}
	}
	marks_clear(w, in->n_postings);
	for (int32_t i = 0; i < in->n_learners; i++)
		if (!mark_list(w, r, i))
			return false;
	return true;
}

/* The employer's tier for every ranking entry: the unranked in one last tier, or ENGINE_NONE where they are not
 * accepted. */
static bool
entries_find_tier(struct work *w)
{
	const struct engine_instance *in = w->in;
	uint32_t n = (uint32_t)in->rankings.off[in->n_learners], k = 0;

	order_reset(w, n);
	sort_by(w, n, in->rankings.to, in->n_postings);
	marks_clear(w, in->n_learners);
	for (int32_t j = 0; j < in->n_postings; j++) {
		int32_t last = 0;

		if (!mark_list(w, &in->choices, j))
			return false;
		for (size_t c = in->choices.off[j]; c < in->choices.off[j + 1]; c++)
			if (in->choices.value[c] >= last)
				last = in->choices.value[c] + 1;
		for (; k < n && in->rankings.to[w->order[k]] == j; k++) {
			int32_t i = w->entry_learner[w->order[k]];
			int32_t unranked = in->accepts_unranked[j] ? last : ENGINE_NONE;

			w->entry_tier[w->order[k]] = w->mark[i] == j ? w->mark_value[i] : unranked;
		}
	}
	return true;
}

/* Keep the acceptable entries in w->order: by learner, her tier, higher fit, posting. */
static uint32_t
order_for_learners(struct work *w)
{
	const struct engine_instance *in = w->in;
	uint32_t n = 0, entries = (uint32_t)in->rankings.off[in->n_learners];

	for (uint32_t k = 0; k < entries; k++) {
		w->entry_key[k] = ENGINE_MAX_FIT - w->entry_fit[k];
		if (w->entry_tier[k] != ENGINE_NONE && w->fixed_at[w->entry_learner[k]] == ENGINE_NONE)
			w->order[n++] = k;
	}
	sort_by(w, n, in->rankings.to, in->n_postings);
	sort_by(w, n, w->entry_key, ENGINE_MAX_FIT + 1);
	sort_by(w, n, in->rankings.value, in->n_postings + 1);
	sort_by(w, n, w->entry_learner, in->n_learners);
	return n;
}

static void
pairs_copy(struct work *w, uint32_t n)
{
	const struct engine_instance *in = w->in;
	struct pairs *p = &w->pairs;

	p->n = n;
	memset(p->learner_off, 0, ((size_t)in->n_learners + 1) * sizeof p->learner_off[0]);
	memset(p->posting_off, 0, ((size_t)in->n_postings + 1) * sizeof p->posting_off[0]);
	for (uint32_t e = 0; e < n; e++) {
		uint32_t k = w->order[e];

		p->learner[e] = w->entry_learner[k];
		p->posting[e] = in->rankings.to[k];
		p->tier[e] = w->entry_tier[k];
		p->fit[e] = w->entry_fit[k];
		p->learner_off[p->learner[e] + 1]++;
		p->posting_off[p->posting[e] + 1]++;
	}
	for (int32_t i = 0; i < in->n_learners; i++)
		p->learner_off[i + 1] += p->learner_off[i];
	for (int32_t j = 0; j < in->n_postings; j++)
		p->posting_off[j + 1] += p->posting_off[j];
}

/* By posting, the employer's tier, higher fit, lottery. */
static void
order_for_postings(struct work *w)
{
	struct pairs *p = &w->pairs;

	for (uint32_t e = 0; e < p->n; e++)
		w->entry_key[e] = w->lottery_rank[p->learner[e]];
	order_reset(w, p->n);
	sort_by(w, p->n, w->entry_key, w->in->n_learners);
	for (uint32_t e = 0; e < p->n; e++)
		w->entry_key[e] = ENGINE_MAX_FIT - p->fit[e];
	sort_by(w, p->n, w->entry_key, ENGINE_MAX_FIT + 1);
	sort_by(w, p->n, p->tier, w->in->n_learners + 2);
	sort_by(w, p->n, p->posting, w->in->n_postings);
	for (uint32_t s = 0; s < p->n; s++) {
		p->pair_at[s] = w->order[s];
		p->standing[w->order[s]] = s;
	}
}

bool
pairs_build(struct work *w)
{
	draw_lottery(w);
	if (!entries_find_fit(w) || !entries_find_tier(w))
		return false;
	pairs_copy(w, order_for_learners(w));
	order_for_postings(w);
	return true;
}
