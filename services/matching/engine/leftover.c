/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who goes into the assignment phase, and what is open to her. Source: matching.md, "Assignment phase".
 *
 * Pairs at postings without a seat left are no part of the problem; such postings are priced afterwards, so that the
 * proof holds on every eligible pair.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/assign.h"
#include "engine/pages.h"
#include "engine/run.h"

enum market { CLOSED, OPEN, FULL }; /* not assignable; assignable, with a seat left; with none left */

struct leftover {
	const struct run *run;
	const bool *unranked; /* by learner of the run: stands on an endowed seat that she did not rank; or NULL */
	const int32_t *posting; /* by learner of the run: where she stands */
	int32_t *who; /* by learner of the problem: her number in the run */
	uint8_t *market; /* by posting, from -1, which is ENGINE_NONE: enum market */
	int32_t *seats;
	size_t *off;
	struct engine_entry *edge; /* those at full postings stand behind, the last first */
	size_t room; /* for both together */
	size_t *shut_off; /* how many of those learners before have at full postings */
	uint8_t *level;
	int32_t *start;
	int32_t *place;
	int64_t *learner_price, *posting_price;
	struct assign_problem problem;
};

static int32_t
learner_number(const struct leftover *l, int32_t i)
{
	return l->run->problem.learner == NULL ? i : l->run->problem.learner[i];
}

static int32_t
posting_number(const struct leftover *l, int32_t j)
{
	return l->run->problem.posting == NULL ? j : l->run->problem.posting[j];
}

/* A posting's number in this run, or ENGINE_NONE: it has no part in it. */
static int32_t
posting_here(const struct leftover *l, int32_t number)
{
	const struct run_place *places = l->run->places;

	if (places == NULL)
		return number;
	return places[number].college == l->run->college ? places[number].number : ENGINE_NONE;
}

static bool
is_unranked(const struct leftover *l, int32_t i)
{
	return l->unranked != NULL && l->unranked[i];
}

static bool
takes_part(const struct leftover *l, int32_t i)
{
	const struct ranked_problem *p = &l->run->problem;

	if (p->absent != NULL && p->absent[i])
		return false;
	return is_unranked(l, i) || (l->posting[i] == ENGINE_NONE && p->in->learner_assignable[learner_number(l, i)]);
}

static enum engine_status
find_seats(struct leftover *l)
{
	const struct ranked_problem *p = &l->run->problem;

	l->market = pages_zero((size_t)p->n_postings + 1, sizeof *l->market);
	l->seats = pages_take((size_t)p->n_postings, sizeof *l->seats);
	if (l->market == NULL || l->seats == NULL)
		return ENGINE_NO_MEMORY;
	for (int32_t j = 0; j < p->n_postings; j++)
		l->seats[j] = p->seats[j];
	for (int32_t i = 0; i < p->n_learners; i++)
		if (l->posting[i] != ENGINE_NONE && !is_unranked(l, i))
			l->seats[l->posting[i]]--;
	for (int32_t j = 0; j < p->n_postings; j++)
		if (p->in->posting_assignable[posting_number(l, j)])
			l->market[j + 1] = l->seats[j] > 0 ? OPEN : FULL;
	return ENGINE_OK;
}

/* Those who take part, and room for as many edges as they have rows. */
static enum engine_status
find_learners(struct leftover *l)
{
	const struct ranked_problem *p = &l->run->problem;
	const size_t *off = p->in->fit.off;
	size_t n = 0, edges = 0;

	for (int32_t i = 0; i < p->n_learners; i++) {
		if (takes_part(l, i)) {
			int32_t number = learner_number(l, i);

			edges += off[number + 1] - off[number] + 1;
			n++;
		}
	}
	l->who = pages_take(n, sizeof *l->who);
	l->off = pages_take(n + 1, sizeof *l->off);
	l->shut_off = pages_take(n + 1, sizeof *l->shut_off);
	l->room = edges + 1;
	l->edge = pages_take(l->room, sizeof *l->edge);
	l->level = pages_take(n, sizeof *l->level);
	l->start = pages_take(n, sizeof *l->start);
	l->place = pages_take(n, sizeof *l->place);
	l->learner_price = pages_take(n, sizeof *l->learner_price);
	l->posting_price = pages_take((size_t)p->n_postings, sizeof *l->posting_price);
	l->problem.n_learners = (int32_t)n;
	if (l->who == NULL || l->off == NULL || l->shut_off == NULL || l->edge == NULL || l->level == NULL ||
	    l->start == NULL || l->place == NULL || l->learner_price == NULL || l->posting_price == NULL)
		return ENGINE_NO_MEMORY;
	n = 0;
	for (int32_t i = 0; i < p->n_learners; i++)
		if (takes_part(l, i))
			l->who[n++] = i;
	return ENGINE_OK;
}

enum { AHEAD = 8 };

/* The fit rows of a learner some turns after this one. */
static void
prefetch_rows(const struct leftover *l, int32_t q)
{
	const struct engine_rows *fit = &l->run->problem.in->fit;

	if (q + AHEAD < l->problem.n_learners) {
		int32_t number = learner_number(l, l->who[q + AHEAD]);

		if (fit->off[number] < fit->off[number + 1])
			row_prefetch(&fit->entry[fit->off[number]], &fit->entry[fit->off[number + 1]]);
	}
}

/* A fit row at an endowed seat counts, assignable or not. */
static int32_t
own_fit(const struct leftover *l, int32_t i)
{
	const struct engine_rows *fit = &l->run->problem.in->fit;
	int32_t number = learner_number(l, i), own = posting_number(l, l->posting[i]);

	for (size_t k = fit->off[number]; k < fit->off[number + 1]; k++)
		if (fit->entry[k].to == own)
			return fit->entry[k].value;
	return 0;
}

/*
 * The rows of learner i: those at open postings go in front, those at full ones behind. Which are which cannot be
 * foreseen, so no branch asks, and each is written in both places.
 */
static void
find_edges(const struct leftover *l, int32_t i, size_t *edges, size_t *shut)
{
	const struct engine_instance *in = l->run->problem.in;
	int32_t number = learner_number(l, i);
	size_t front = *edges, behind = l->room - 1 - *shut;

	for (size_t k = in->fit.off[number]; k < in->fit.off[number + 1]; k++) {
		int32_t j = posting_here(l, in->fit.entry[k].to);

		l->edge[front] = l->edge[behind] = (struct engine_entry){ j, in->fit.entry[k].value };
		front += l->market[j + 1] == OPEN;
		behind -= l->market[j + 1] == FULL;
	}
	*edges = front;
	*shut = l->room - 1 - behind;
}

/* The seat that she stands on is open to her whatever its posting says: put it among her edges. Returns their end. */
static size_t
add_own(const struct leftover *l, int32_t i, size_t from, size_t n)
{
	int32_t own = l->posting[i];
	size_t at = n;

	while (at > from && l->edge[at - 1].to > own)
		at--;
	if (at > from && l->edge[at - 1].to == own)
		return n;
	memmove(&l->edge[at + 1], &l->edge[at], (n - at) * sizeof *l->edge);
	l->edge[at] = (struct engine_entry){ own, own_fit(l, i) };
	return n + 1;
}

static void
pose(struct leftover *l)
{
	const struct ranked_problem *p = &l->run->problem;
	size_t edges = 0, shut = 0;

	l->off[0] = l->shut_off[0] = 0;
	for (int32_t q = 0; q < l->problem.n_learners; q++) {
		int32_t i = l->who[q];
		bool endowed = is_unranked(l, i);

		prefetch_rows(l, q);
		l->level[q] = endowed ? 0 : (uint8_t)(1 + p->in->learner_need[learner_number(l, i)]);
		l->start[q] = endowed ? l->posting[i] : ENGINE_NONE;
		find_edges(l, i, &edges, &shut);
		if (endowed)
			edges = add_own(l, i, l->off[q], edges);
		l->off[q + 1] = edges;
		l->shut_off[q + 1] = shut;
	}
	l->problem.n_postings = p->n_postings;
	l->problem.off = l->off;
	l->problem.edge = l->edge;
	l->problem.level = l->level;
	l->problem.start = l->start;
	l->problem.seats = l->seats;
	l->problem.gap = ENGINE_GAP(p->in->n_learners);
}

/* The prices of assignable postings without a seat left: as high as the pairs there need. */
static void
price_full(const struct leftover *l)
{
	for (int32_t q = 0; q < l->problem.n_learners; q++) {
		int64_t over = ENGINE_REWARD(l->level[q], l->problem.gap) - l->learner_price[q];

		for (size_t k = l->shut_off[q]; k < l->shut_off[q + 1]; k++) {
			const struct engine_entry *e = &l->edge[l->room - 1 - k];
			int64_t *price = &l->posting_price[e->to];

			*price = *price < over + e->value ? over + e->value : *price;
		}
	}
}

static void
write_down(const struct leftover *l, const struct engine_run *to)
{
	for (int32_t j = 0; j < l->problem.n_postings; j++)
		if (l->seats[j] == 0)
			l->posting_price[j] = 0;
	price_full(l);
	for (int32_t j = 0; j < l->problem.n_postings; j++)
		to->posting_price[posting_number(l, j)] = l->posting_price[j];
	for (int32_t q = 0; q < l->problem.n_learners; q++) {
		int32_t number = learner_number(l, l->who[q]);

		to->learner_price[number] = l->learner_price[q];
		if (l->place[q] != ENGINE_NONE) {
			to->posting[number] = posting_number(l, l->place[q]);
			to->by[number] = ENGINE_ASSIGNED;
		}
	}
}

enum engine_status
leftover_assign(const struct run *run, const struct ranked_told *told, const struct engine_run *to)
{
	struct leftover l = { .run = run, .unranked = told->unranked, .posting = told->posting };
	enum engine_status status = find_seats(&l);

	if (status == ENGINE_OK)
		status = find_learners(&l);
	if (status == ENGINE_OK && l.problem.n_learners > 0) {
		pose(&l);
		status = assign_solve(&l.problem, l.place, l.learner_price, l.posting_price);
		if (status == ENGINE_OK)
			write_down(&l, to);
	}
	free(l.who);
	free(l.market);
	free(l.shut_off);
	free(l.seats);
	free(l.off);
	free(l.edge);
	free(l.level);
	free(l.start);
	free(l.place);
	free(l.learner_price);
	free(l.posting_price);
	return status;
}
