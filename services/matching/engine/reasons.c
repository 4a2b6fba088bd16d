/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many come before somebody at a posting: among those who claim it, who asked there or stand there, as many as have
 * a better key. The questions of each posting are put in order; then every claim is read once, and raises the count of
 * the first question that comes behind it. Sums along each row are the answers, however many ask.
 */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"
#include "engine/reasons.h"

struct questions {
	const struct engine_instance *in;
	const struct ranked *ranked;
	const bool *absent;
	size_t *off; /* [n_postings + 2] */
	uint64_t *key; /* by posting, best first: that of who asks, for an open slot */
	int32_t *before; /* claims between this question and the one before it; then all before it */
};

static enum engine_reason
reason_of(const struct engine_instance *in, int32_t i)
{
	bool acceptable = false, eligible = false;

	for (size_t k = in->rankings.off[i]; k < in->rankings.off[i + 1] && !acceptable; k++)
		acceptable = in->rankings.line[k].priority != ENGINE_REFUSED;
	if (!in->learner_assignable[i]) {
		if (in->rankings.off[i] == in->rankings.off[i + 1])
			return ENGINE_NOTHING_RANKED;
		return acceptable ? ENGINE_OUTRANKED : ENGINE_NOT_ELIGIBLE;
	}
	for (size_t k = in->fit.off[i]; k < in->fit.off[i + 1] && !eligible; k++)
		eligible = in->posting_assignable[in->fit.entry[k].to];
	return acceptable || eligible ? ENGINE_NO_SEAT : ENGINE_NOT_ELIGIBLE;
}

static uint64_t
open_key(const struct questions *q, int32_t learner, uint32_t priority)
{
	return key_of(KEY_FIRST, priority, q->ranked->p->lot[learner]);
}

/* Reasons, and how many rows each learner has. Returns the number of all. */
static size_t
name_reasons(const struct engine_instance *in, struct engine_outcome *o, size_t *posting_off)
{
	size_t rows = 0;

	for (int32_t i = 0; i < in->n_learners; i++) {
		o->at_off[i] = rows;
		if (o->pool.by[i] != ENGINE_NOT_PLACED)
			continue;
		o->reason[i] = (uint8_t)reason_of(in, i);
		if (o->reason[i] != ENGINE_OUTRANKED)
			continue;
		for (size_t k = in->rankings.off[i]; k < in->rankings.off[i + 1]; k++) {
			if (in->rankings.line[k].priority != ENGINE_REFUSED) {
				posting_off[in->rankings.line[k].posting + 2]++;
				rows++;
			}
		}
	}
	o->at_off[in->n_learners] = rows;
	return rows;
}

/* Every question in its posting's row, the rows in order. */
static enum engine_status
put_questions(struct questions *q, const struct engine_outcome *o)
{
	const struct engine_rankings *r = &q->in->rankings;
	size_t np = (size_t)q->in->n_postings, longest = 0;
	uint64_t *scratch;

	for (size_t j = 0; j < np; j++) {
		longest = q->off[j + 2] > longest ? q->off[j + 2] : longest;
		q->off[j + 2] += q->off[j + 1];
	}
	q->key = pages_take(q->off[np + 1], sizeof *q->key);
	q->before = pages_zero(q->off[np + 1], sizeof *q->before);
	scratch = pages_take(longest, sizeof *scratch);
	if (q->key == NULL || q->before == NULL || scratch == NULL) {
		free(scratch);
		return ENGINE_NO_MEMORY;
	}
	for (int32_t i = 0; i < q->in->n_learners; i++)
		for (size_t k = r->off[i]; o->reason[i] == ENGINE_OUTRANKED && k < r->off[i + 1]; k++)
			if (r->line[k].priority != ENGINE_REFUSED)
				q->key[q->off[r->line[k].posting + 1]++] = open_key(q, i, r->line[k].priority);
	for (size_t j = 0; j < np; j++)
		keys_sort(q->key + q->off[j], q->off[j + 1] - q->off[j], scratch);
	free(scratch);
	return ENGINE_OK;
}

/* The first question at a posting whose key is `key` or later; the row's end if there is none. */
static size_t
find_question(const struct questions *q, int32_t posting, uint64_t key)
{
	const uint64_t *from = q->key + q->off[posting];
	size_t n = q->off[posting + 1] - q->off[posting];

	/* Halving without a branch, since nobody can foresee where a key belongs. */
	while (n > 1) {
		size_t half = n / 2;

		from += half & (0 - (size_t)(from[half - 1] < key));
		n -= half;
	}
	return (size_t)(from - q->key) + (n == 1 && *from < key);
}

static void
claim(const struct questions *q, int32_t learner, int32_t posting, uint32_t priority)
{
	size_t behind;

	if (q->off[posting] == q->off[posting + 1] || priority == ENGINE_REFUSED)
		return;
	/* Her own question is not behind herself. */
	behind = find_question(q, posting, open_key(q, learner, priority) + 1);
	if (behind < q->off[posting + 1])
		q->before[behind]++;
}

static void
read_claims(const struct questions *q)
{
	const struct engine_rankings *r = &q->in->rankings;

	for (int32_t i = 0; i < q->in->n_learners; i++) {
		int32_t posting;
		size_t end;

		if (q->absent[i])
			continue;
		end = ranked_reach(q->ranked, i);
		for (size_t k = r->off[i]; k < end; k++)
			claim(q, i, r->line[k].posting, r->line[k].priority);
		if (is_endowed(q->ranked->p, i) && ranked_stand_of(q->ranked, i, &posting) == RANKED_BY_ENDOWMENT &&
		    q->off[posting] < q->off[posting + 1])
			claim(q, i, posting, ranked_priority(q->in, i, posting));
	}
	for (int32_t j = 0; j < q->in->n_postings; j++)
		for (size_t k = q->off[j] + 1; k < q->off[j + 1]; k++)
			q->before[k] += q->before[k - 1];
}

static void
answer(const struct questions *q, struct engine_outcome *o)
{
	const struct engine_rankings *r = &q->in->rankings;

	for (int32_t i = 0; i < q->in->n_learners; i++) {
		struct engine_at *at = o->at + o->at_off[i];

		for (size_t k = r->off[i]; o->reason[i] == ENGINE_OUTRANKED && k < r->off[i + 1]; k++) {
			const struct engine_line *line = &r->line[k];

			if (line->priority == ENGINE_REFUSED)
				continue;
			*at++ = (struct engine_at){
				line->posting,
				q->before[find_question(q, line->posting, open_key(q, i, line->priority))]
			};
		}
	}
}

enum engine_status
reasons_tell(const struct engine_instance *in, const struct ranked *ranked, const bool *absent,
             struct engine_outcome *o)
{
	struct questions q = { .in = in, .ranked = ranked, .absent = absent };
	enum engine_status status = ENGINE_NO_MEMORY;
	size_t rows;

	q.off = pages_zero((size_t)in->n_postings + 2, sizeof *q.off);
	if (q.off != NULL) {
		rows = name_reasons(in, o, q.off);
		o->at = pages_take(rows, sizeof *o->at);
		if (o->at != NULL)
			status = rows == 0 ? ENGINE_OK : put_questions(&q, o);
		if (status == ENGINE_OK && rows > 0) {
			read_claims(&q);
			answer(&q, o);
		}
	}
	free(q.off);
	free(q.key);
	free(q.before);
	return status;
}
