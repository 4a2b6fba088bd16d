/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many were ahead of an outranked learner: her place among those who rank the posting at or above their result, or
 * hold it. Each such wish is one number, priority above place in the lottery, so that a posting's wishes are sorted
 * digit by digit: linear, however many were outranked there.
 */
#include "verifier/digits.h"
#include "verifier/judge.h"

struct question {
	slot_key wish; /* of whom was outranked */
	uint32_t at; /* her row of claim->at */
	uint32_t told; /* what it says; UINT32_MAX: that or more */
};

struct queue {
	struct judge *v;
	size_t *asked_off, *asked_end; /* by posting: its questions; where the next one goes */
	struct question *questions;
	size_t *off, *end; /* by posting: the wishes there, where there are questions */
	bool *asked; /* by posting: there are */
	slot_key *wishes, *swap;
};

/* So many comparisons are made sooner than the wishes are sorted; for each of so few questions, always. */
enum { FEW = 16, SHORT = 8192 };

/* ---- questions --------------------------------------------------------------------------------------------------- */
static uint32_t
capped(int64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* The rows of claim->at by posting; judge_told has compared them with her list. */
static bool
ask(struct queue *q)
{
	struct judge *v = q->v;
	const struct claim *c = v->claim;
	size_t np = (size_t)v->e->n_postings, rows = c->at_off[v->e->n_learners];

	q->asked_off = judge_take(v, np + 1, sizeof *q->asked_off);
	q->asked_end = judge_take(v, np, sizeof *q->asked_end);
	q->questions = judge_take(v, rows, sizeof *q->questions);
	if (q->asked_off == NULL || q->asked_end == NULL || q->questions == NULL)
		return false;
	for (size_t k = 0; k < rows; k++)
		q->asked_off[c->at[k].posting + 1]++;
	for (size_t j = 0; j < np; j++) {
		q->asked_end[j] = q->asked_off[j];
		q->asked_off[j + 1] += q->asked_off[j];
	}
	for (int32_t i = 0; i < v->e->n_learners; i++) {
		const struct engine_line *line = v->e->rankings.line + v->e->rankings.off[i];

		for (size_t at = c->at_off[i]; at < c->at_off[i + 1]; at++, line++) {
			while (line->priority == ENGINE_REFUSED)
				line++;
			q->questions[q->asked_end[line->posting]++] =
			    (struct question){ key_of(v, i, line->priority), (uint32_t)at, capped(c->at[at].ahead) };
		}
	}
	return true;
}

/* ---- wishes ------------------------------------------------------------------------------------------------------ */
/* Behind the last line that is a wish of hers: she wants nothing below her result. */
static size_t
wishes_end(const struct judge *v, int32_t i)
{
	size_t stop = v->e->rankings.off[i] + v->pool.stop[i];

	return stop < v->e->rankings.off[i + 1] ? stop + 1 : stop;
}

/* Whoever holds an endowed seat that she did not rank counts by her merits, too. */
static bool
wishes_seat(const struct judge *v, int32_t i)
{
	return (v->pool.role[i] & ROLE_ON_SEAT) != 0 && v->pool.keys[v->claim->pool.slot_of[i]] != KEY_NOBODY;
}

static bool
queue_lay_out(struct queue *q)
{
	struct judge *v = q->v;
	size_t np = (size_t)v->e->n_postings, longest = 0;

	q->off = judge_take(v, np + 1, sizeof *q->off);
	q->end = judge_take(v, np, sizeof *q->end);
	q->asked = judge_take(v, np, sizeof *q->asked);
	if (q->off == NULL || q->end == NULL || q->asked == NULL)
		return false;
	for (size_t j = 0; j < np; j++) {
		q->asked[j] = q->asked_off[j] < q->asked_off[j + 1];
		q->off[j + 1] = q->asked[j] ? v->pool.wanted[j] : 0;
		longest = q->off[j + 1] > longest ? q->off[j + 1] : longest;
		q->end[j] = q->off[j];
		q->off[j + 1] += q->off[j];
	}
	q->wishes = judge_take(v, q->off[np], sizeof *q->wishes);
	q->swap = judge_take(v, longest, sizeof *q->swap);
	return q->wishes != NULL && q->swap != NULL;
}

static void
wish(struct queue *q, int32_t j, slot_key key)
{
	if (q->asked[j])
		q->wishes[q->end[j]++] = key;
}

static void
wish_all(struct queue *q)
{
	const struct judge *v = q->v;
	const struct engine_line *line = v->e->rankings.line;

	for (int32_t i = 0; i < v->e->n_learners; i++) {
		if ((v->pool.role[i] & ROLE_RANKED) == 0)
			continue;
		for (size_t k = v->e->rankings.off[i], end = wishes_end(v, i); k < end; k++)
			if (line[k].priority != ENGINE_REFUSED)
				wish(q, line[k].posting, KEY_OF(line[k].priority, v->place[i]));
		if (wishes_seat(v, i))
			wish(q, v->pool.result[i], v->pool.keys[v->claim->pool.slot_of[i]]);
	}
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */
static size_t
count_before(const slot_key *w, size_t n, slot_key wish)
{
	size_t count = 0;

	for (size_t k = 0; k < n; k++)
		count += w[k] < wish;
	return count;
}

static size_t
find_among_sorted(const slot_key *w, size_t n, slot_key wish)
{
	size_t low = 0;

	while (n > 1) {
		size_t half = n / 2;

		low += w[low + half - 1] < wish ? half : 0;
		n -= half;
	}
	return low;
}

static int32_t
learner_of_row(const struct judge *v, size_t row)
{
	int32_t i = 0;

	while (v->claim->at_off[i + 1] <= row)
		i++;
	return i;
}

static bool
judge_queue(struct queue *q, int32_t j)
{
	struct judge *v = q->v;
	const slot_key *w = q->wishes + q->off[j];
	size_t n = q->end[j] - q->off[j], asked = q->asked_off[j + 1] - q->asked_off[j];
	bool sorted = asked > FEW && asked * n > SHORT;

	if (sorted)
		w = digits_sort(q->wishes + q->off[j], q->swap, n, 0);
	for (size_t k = q->asked_off[j]; k < q->asked_off[j + 1]; k++) {
		slot_key mine = q->questions[k].wish;
		size_t ahead = sorted ? find_among_sorted(w, n, mine) : count_before(w, n, mine);

		if (ahead != q->questions[k].told)
			return report_violation(v->report, REPORT_WHOLE, "ahead",
			                        "learner \"%s\": %zu were ahead of her at \"%s\", not %lld",
			                        "élève « %s » : %zu passaient devant chez « %s », non %lld",
			                        SHOWN(learner_id(v, learner_of_row(v, q->questions[k].at))), ahead,
			                        SHOWN(posting_id(v, j)),
			                        (long long)v->claim->at[q->questions[k].at].ahead);
	}
	return true;
}

bool
judge_ahead(struct judge *v)
{
	struct queue q = { .v = v };

	if (v->claim->at_off[v->e->n_learners] == 0)
		return true;
	if (!ask(&q) || !queue_lay_out(&q))
		return false;
	wish_all(&q);
	for (int32_t j = 0; j < v->e->n_postings; j++)
		if (!judge_queue(&q, j))
			return false;
	return true;
}
