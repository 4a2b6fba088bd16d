/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging one ranked phase. Sort, at each posting, everybody who wants it: ranks it at or above her result and is
 * acceptable. The result is stable if and only if the holders are the first of that list, as many as there are seats.
 * It is the best stable result for the learners if and only if no ring exists: posting p points to the result of the
 * first in its list who holds no seat there; round a ring each of those could move up, and everything would be stable
 * again. (In a ring the first in the list always has a seat elsewhere: who has none in one stable result has none in
 * any.)
 */
#include <stdlib.h>

#include "checker_priv.h"

static int
by_key(const void *a, const void *b)
{
	const struct wanting *x = a, *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	if (x->fit != y->fit)
		return x->fit > y->fit ? -1 : 1;
	if (x->lottery != y->lottery)
		return x->lottery < y->lottery ? -1 : 1;
	return x->learner < y->learner ? -1 : x->learner > y->learner;
}

static const char *
learner_id(const struct check *c, int32_t i)
{
	return c->in->learner_ids[i];
}

static const char *
posting_id(const struct check *c, int32_t j)
{
	return c->in->posting_ids[j];
}

/* Is posting j in this run open to learner i at all? */
static bool
in_run(const struct check *c, const struct run *r, int32_t i, int32_t j)
{
	int32_t college = c->in->engine.learner_college[i];

	return !r->solo || (college != ENGINE_NONE && college == c->in->engine.posting_college[j]);
}

/* Where in her ranking the learner's result stands; false: a result that she did not rank. */
static bool
find_result(struct check *c, const struct run *r, int32_t i, size_t *at)
{
	const struct engine_rows *rank = &c->in->engine.rankings;

	for (size_t k = rank->off[i]; k < rank->off[i + 1]; k++)
		if (rank->to[k] == r->result[i]) {
			*at = k;
			return true;
		}
	return violation(c, "%s: learner \"%.128s\" is placed by ranking at \"%.128s\", which she did not rank",
	    r->name, learner_id(c, i), posting_id(c, r->result[i]));
}

/* Does the learner put entry a of her ranking before, or at, entry b? */
static bool
at_or_above(const struct check *c, int32_t i, size_t a, size_t b)
{
	const struct engine_rows *rank = &c->in->engine.rankings;
	int32_t fit_a, fit_b;

	if (rank->value[a] != rank->value[b])
		return rank->value[a] < rank->value[b];
	fit_a = check_fit(c, i, rank->to[a]);
	fit_b = check_fit(c, i, rank->to[b]);
	return fit_a != fit_b ? fit_a > fit_b : rank->to[a] <= rank->to[b];
}

/* Does she want entry k of her ranking, given her result at entry `result` (none: has_result false)? */
static bool
wants(const struct check *c, const struct run *r, int32_t i, size_t k, bool has_result, size_t result)
{
	int32_t j = c->in->engine.rankings.to[k];

	return in_run(c, r, i, j) && check_tier(c, j, i) != ENGINE_NONE &&
	    (!has_result || at_or_above(c, i, k, result));
}

/* Twice over all rankings: first count into want_off[j + 1], then (fill) write. */
static bool
collect(struct check *c, struct run *r, bool fill)
{
	const struct engine_instance *e = &c->in->engine;

	for (int32_t i = 0; i < e->n_learners; i++) {
		bool has_result = r->result[i] != ENGINE_NONE;
		size_t result = 0;

		if (c->fixed[i])
			continue;
		if (has_result && !find_result(c, r, i, &result))
			return false;
		for (size_t k = e->rankings.off[i]; k < e->rankings.off[i + 1]; k++) {
			int32_t j = e->rankings.to[k];

			if (!wants(c, r, i, k, has_result, result))
				continue;
			if (fill)
				r->wants[r->want_off[j]] =
				    (struct wanting){ check_tier(c, j, i), check_fit(c, i, j), i, c->lottery[i] };
			r->want_off[fill ? j : j + 1]++;
		}
	}
	return true;
}

static bool
collect_wants(struct check *c, struct run *r)
{
	int32_t np = c->in->engine.n_postings;

	r->want_off = check_take(c, (size_t)np + 1, sizeof *r->want_off);
	if (r->want_off == NULL || !collect(c, r, false))
		return false;
	for (int32_t j = 0; j < np; j++)
		r->want_off[j + 1] += r->want_off[j];
	r->wants = check_take(c, r->want_off[np], sizeof *r->wants);
	if (r->wants == NULL || !collect(c, r, true))
		return false;
	for (int32_t j = np; j > 0; j--)
		r->want_off[j] = r->want_off[j - 1];
	r->want_off[0] = 0;
	for (int32_t j = 0; j < np; j++)
		if (r->want_off[j + 1] > r->want_off[j])
			qsort(r->wants + r->want_off[j], r->want_off[j + 1] - r->want_off[j], sizeof *r->wants, by_key);
	return true;
}

/* Everybody's result is open and acceptable to both, and no posting has more holders than seats. */
static bool
judge_feasible(struct check *c, const struct run *r)
{
	const struct engine_instance *e = &c->in->engine;
	int32_t *held = check_take(c, (size_t)e->n_postings, sizeof *held);

	if (held == NULL)
		return false;
	for (int32_t i = 0; i < e->n_learners; i++) {
		int32_t j = r->result[i];

		if (j == ENGINE_NONE)
			continue;
		if (c->fixed[i] || !in_run(c, r, i, j))
			return violation(c, "%s: learner \"%.128s\" may not be placed by ranking at \"%.128s\"",
			    r->name, learner_id(c, i), posting_id(c, j));
		if (check_tier(c, j, i) == ENGINE_NONE)
			return violation(c,
			    "%s: posting \"%.128s\" holds \"%.128s\", whom its employer finds unacceptable", r->name,
			    posting_id(c, j), learner_id(c, i));
		if (++held[j] > c->seats[j])
			return violation(c,
			    "%s: posting \"%.128s\" holds more learners than it has seats, one is \"%.128s\"", r->name,
			    posting_id(c, j), learner_id(c, i));
	}
	return true;
}

static size_t
holders(const struct check *c, const struct run *r, int32_t j)
{
	size_t wanting = r->want_off[j + 1] - r->want_off[j], seats = (size_t)c->seats[j];

	return wanting < seats ? wanting : seats;
}

static bool
judge_stable(struct check *c, const struct run *r)
{
	for (int32_t j = 0; j < c->in->engine.n_postings; j++)
		for (size_t k = 0; k < holders(c, r, j); k++) {
			int32_t i = r->wants[r->want_off[j] + k].learner;

			if (r->result[i] != j)
				return violation(c,
				    "%s: learner \"%.128s\" and posting \"%.128s\" would rather have each other",
				    r->name, learner_id(c, i), posting_id(c, j));
		}
	return true;
}

/* Where posting j would lose the next in its list from, or ENGINE_NONE. */
static int32_t
points_to(const struct check *c, const struct run *r, int32_t j)
{
	size_t next = r->want_off[j] + holders(c, r, j);

	return next == r->want_off[j + 1] || c->seats[j] == 0 ? ENGINE_NONE : r->result[r->wants[next].learner];
}

static bool
judge_best_for_learners(struct check *c, const struct run *r)
{
	int32_t np = c->in->engine.n_postings;
	/* 0: not yet; else 1 + the posting where the walk began */
	int32_t *seen = check_take(c, (size_t)np, sizeof *seen);

	if (seen == NULL)
		return false;
	for (int32_t first = 0; first < np; first++) {
		int32_t j = first;

		while (j != ENGINE_NONE && seen[j] == 0) {
			seen[j] = first + 1;
			j = points_to(c, r, j);
		}
		if (j != ENGINE_NONE && seen[j] == first + 1)
			return violation(c,
			    "%s: learner \"%.128s\" and others could all move up, she to posting \"%.128s\"", r->name,
			    learner_id(c, r->wants[r->want_off[j] + holders(c, r, j)].learner), posting_id(c, j));
	}
	return true;
}

static bool
judge_cutoff(struct check *c, const struct run *r, int32_t j)
{
	const struct engine_cutoff *cut = &r->certificate->cutoffs[j];
	size_t n = holders(c, r, j);
	const struct wanting *worst = n == 0 ? NULL : &r->wants[r->want_off[j] + n - 1];
	enum engine_cutoff_state state = n == 0 ? ENGINE_SEATS_CLOSED : ENGINE_CUT;

	if (n < (size_t)c->seats[j])
		state = ENGINE_SEAT_FREE;
	if (cut->state != state ||
	    (state == ENGINE_CUT &&
		(cut->learner != worst->learner || cut->tier != worst->tier || cut->fit != worst->fit)))
		return violation(c, "%s: the cut-off of posting \"%.128s\" is wrong", r->name, posting_id(c, j));
	return true;
}

/* Plain seats: every slot is open, held by priority, best first; one cut-off a posting. */
static bool
judge_certificate(struct check *c, const struct run *r)
{
	const struct engine_certificate *cert = r->certificate;
	size_t slots = 0;

	for (int32_t j = 0; j < c->in->engine.n_postings; j++) {
		size_t n = holders(c, r, j);

		if (cert->slot_off[j] != slots || cert->slot_off[j + 1] != slots + n ||
		    cert->cutoff_off[j] != (size_t)j || cert->cutoff_off[j + 1] != (size_t)j + 1)
			return violation(c,
			    "%s: the certificate lists a wrong number of slots or cut-offs for \"%.128s\"", r->name,
			    posting_id(c, j));
		for (size_t k = 0; k < n; k++, slots++) {
			const struct engine_slot *s = &cert->slots[slots];

			if (s->learner != r->wants[r->want_off[j] + k].learner || s->reserve != ENGINE_OPEN_SLOT ||
			    s->endowed)
				return violation(c, "%s: slot %zu of posting \"%.128s\" is listed with a wrong holder",
				    r->name, k + 1, posting_id(c, j));
		}
		if (!judge_cutoff(c, r, j))
			return false;
	}
	return true;
}

bool
run_judge(struct check *c, struct run *r)
{
	return judge_feasible(c, r) && collect_wants(c, r) && judge_stable(c, r) && judge_best_for_learners(c, r) &&
	    judge_certificate(c, r);
}

int32_t
run_ahead(const struct check *c, const struct run *r, int32_t learner, int32_t posting)
{
	struct wanting key = { check_tier(c, posting, learner), check_fit(c, learner, posting), learner,
		c->lottery[learner] };
	size_t low = r->want_off[posting], high = r->want_off[posting + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_key(&r->wants[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (int32_t)(low - r->want_off[posting]);
}
