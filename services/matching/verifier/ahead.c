/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many were ahead of an outranked learner: her place among those who rank the posting at or above their result, or
 * hold it. Learners are taken in the order of the lottery, so that those of one posting need only be sorted by priority,
 * digit by digit: linear, however many were outranked at one posting.
 */
#include <string.h>

#include "verifier/judge.h"

struct wish {
	uint32_t priority;
	uint32_t at;            /* 1 + the row of claim->at that counts her; 0: she has none here */
};

struct drawn {
	uint64_t lottery;
	int32_t  learner;
};

struct queue {
	struct judge *v;
	size_t *off, *end;              /* [n_postings + 1], wishes of a posting with rows; where the next one goes */
	struct wish *wishes, *swap;
	size_t longest;
};

enum { DIGITS = 256, SHORT = 48 };

/* ---- the order of the lottery ------------------------------------------------------------------------------------ */
static void
sort_lottery_by_digit(const struct drawn *from, struct drawn *to, size_t n, unsigned shift)
{
	size_t count[DIGITS] = { 0 }, sum = 0;

	for (size_t k = 0; k < n; k++)
		count[from[k].lottery >> shift & 255]++;
	for (size_t d = 0; d < DIGITS; d++) {
		size_t here = count[d];

		count[d] = sum;
		sum += here;
	}
	for (size_t k = 0; k < n; k++)
		to[count[from[k].lottery >> shift & 255]++] = from[k];
}

/* Equal numbers stay in the order of ids. */
static struct drawn *
order_of_lottery(struct judge *v)
{
	size_t n = (size_t)v->e->n_learners;
	struct drawn *a = judge_take(v, n, sizeof *a), *b = judge_take(v, n, sizeof *b);

	if (a == NULL || b == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		a[i] = (struct drawn){ v->e->lottery[i], (int32_t)i };
	for (unsigned shift = 0; shift < 64; shift += 16) {
		sort_lottery_by_digit(a, b, n, shift);
		sort_lottery_by_digit(b, a, n, shift + 8);
	}
	return a;
}

/* ---- one posting's wishes ---------------------------------------------------------------------------------------- */
static void
sort_short(struct wish *w, size_t n)
{
	for (size_t k = 1; k < n; k++) {
		struct wish moved = w[k];
		size_t to = k;

		for (; to > 0 && w[to - 1].priority > moved.priority; to--)
			w[to] = w[to - 1];
		w[to] = moved;
	}
}

/* Stable, by priority. Digits in which all are alike are passed over. Returns where they are: in w or in swap. */
static struct wish *
sort_wishes(struct wish *w, struct wish *swap, size_t n)
{
	uint32_t unlike = 0;

	if (n <= SHORT) {
		sort_short(w, n);
		return w;
	}
	for (size_t k = 1; k < n; k++)
		unlike |= w[k].priority ^ w[0].priority;
	for (unsigned shift = 0; shift < 32; shift += 8) {
		size_t count[DIGITS] = { 0 }, sum = 0;
		struct wish *other = swap;

		if ((unlike >> shift & 255) == 0)
			continue;
		for (size_t k = 0; k < n; k++)
			count[w[k].priority >> shift & 255]++;
		for (size_t d = 0; d < DIGITS; d++) {
			size_t here = count[d];

			count[d] = sum;
			sum += here;
		}
		for (size_t k = 0; k < n; k++)
			other[count[w[k].priority >> shift & 255]++] = w[k];
		swap = w;
		w = other;
	}
	return w;
}

/* ---- all postings ------------------------------------------------------------------------------------------------ */
/* The first of her lines that is not a wish of hers: she wants nothing below her result. */
static size_t
wishes_end(const struct judge *v, int32_t i)
{
	size_t stop = v->e->rankings.off[i] + v->pool.stop[i];

	return stop < v->e->rankings.off[i + 1] ? stop + 1 : stop;
}

/* Somebody on an endowed seat that she did not rank is ahead of those who come after her on her merits. */
static bool
wishes_unranked(const struct judge *v, int32_t i)
{
	return stands_unranked(v, &v->pool, i) && v->pool.merit[i] != ENGINE_REFUSED;
}

/* Only postings where somebody was outranked are looked at. */
static bool
queue_lay_out(struct queue *q, struct judge *v)
{
	const struct claim *c = v->claim;
	size_t np = (size_t)v->e->n_postings, rows = c->at_off[v->e->n_learners];
	bool *asked = judge_take(v, np, sizeof *asked);

	*q = (struct queue){ .v = v };
	q->off = judge_take(v, np + 1, sizeof *q->off);
	q->end = judge_take(v, np, sizeof *q->end);
	if (asked == NULL || q->off == NULL || q->end == NULL)
		return false;
	for (size_t k = 0; k < rows; k++)
		asked[c->at[k].posting] = true;
	for (int32_t i = 0; i < v->e->n_learners; i++) {
		if (v->fixed_at[i] != ENGINE_NONE)
			continue;
		for (size_t k = v->e->rankings.off[i], end = wishes_end(v, i); k < end; k++)
			if (v->e->rankings.line[k].priority != ENGINE_REFUSED)
				q->off[v->e->rankings.line[k].posting + 1]++;
		if (wishes_unranked(v, i))
			q->off[v->pool.result[i] + 1]++;
	}
	for (size_t j = 0; j < np; j++) {
		if (!asked[j])
			q->off[j + 1] = 0;
		q->longest = q->off[j + 1] > q->longest ? q->off[j + 1] : q->longest;
		q->end[j] = q->off[j];
		q->off[j + 1] += q->off[j];
	}
	q->wishes = judge_take(v, q->off[np], sizeof *q->wishes);
	q->swap = judge_take(v, q->longest, sizeof *q->swap);
	return q->wishes != NULL && q->swap != NULL;
}

static void
wish(struct queue *q, int32_t j, uint32_t priority, uint32_t at)
{
	if (q->off[j] < q->off[j + 1])
		q->wishes[q->end[j]++] = (struct wish){ priority, at };
}

static void
wish_all(struct queue *q, int32_t i)
{
	const struct judge *v = q->v;
	const struct engine_line *line = v->e->rankings.line;
	bool outranked = v->claim->reason[i] == CLAIM_OUTRANKED;
	size_t at = v->claim->at_off[i];

	for (size_t k = v->e->rankings.off[i], end = wishes_end(v, i); k < end; k++)
		if (line[k].priority != ENGINE_REFUSED)
			wish(q, line[k].posting, line[k].priority, outranked ? (uint32_t)++at : 0);
	if (wishes_unranked(v, i))
		wish(q, v->pool.result[i], v->pool.merit[i], 0);
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
	size_t n = q->off[j + 1] - q->off[j];
	const struct wish *w = sort_wishes(q->wishes + q->off[j], q->swap, n);

	for (size_t k = 0; k < n; k++) {
		if (w[k].at == 0 || v->claim->at[w[k].at - 1].ahead == (int64_t)k)
			continue;
		return report_violation(v->report, REPORT_WHOLE, "ahead",
		    "learner \"%s\": %zu were ahead of her at \"%s\", not %lld",
		    "élève « %s » : %zu passaient devant chez « %s », non %lld",
		    SHOWN(learner_id(v, learner_of_row(v, w[k].at - 1))), k, SHOWN(posting_id(v, j)),
		    (long long)v->claim->at[w[k].at - 1].ahead);
	}
	return true;
}

bool
judge_ahead(struct judge *v)
{
	struct queue q;
	struct drawn *drawn;

	if (v->claim->at_off[v->e->n_learners] == 0)
		return true;
	drawn = order_of_lottery(v);
	if (drawn == NULL || !queue_lay_out(&q, v))
		return false;
	for (int32_t k = 0; k < v->e->n_learners; k++)
		if (v->fixed_at[drawn[k].learner] == ENGINE_NONE)
			wish_all(&q, drawn[k].learner);
	for (int32_t j = 0; j < v->e->n_postings; j++)
		if (!judge_queue(&q, j))
			return false;
	return true;
}
