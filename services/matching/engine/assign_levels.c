/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels: as many learners as possible, in order of level. For each level first whoever finds a free seat at once,
 * then shortest augmenting paths in phases (Hopcroft and Karp 1973; Dinitz 1970). A phase measures depths from those
 * without a place, or back from the free seats, whichever are fewer: the last paths of a large problem are long, and
 * lead from nearly everywhere to a few far corners. Where a level finds no more paths, the postings that it reached
 * are left behind for good, since no later path can use them.
 */
#include <string.h>

#include "engine/assign_priv.h"

enum { SPENT = -1 }; /* depth of a posting from which the phase in hand leads nowhere any more */

struct step {
	size_t edge; /* the one that leads to posting */
	int32_t learner, posting;
	uint32_t slot; /* of the posting: whose learner is to move on */
};

struct levels {
	const struct assign_problem *p;
	struct assign_memory mem;
	int32_t *place;
	uint8_t *layer;
	int32_t *degree, *seats; /* by posting: learners who could come; seats, no more than those */
	int32_t *taken;
	uint32_t *first; /* by posting: its slots begin there */
	int32_t *holder; /* by slot */
	int32_t *depth; /* by posting: in a phase, 0: not reached */
	bool back; /* it counts from the free seats, else from the learners without a place */
	uint32_t *cursor; /* by posting: the next slot to try */
	int32_t *reached; /* by depth */
	int32_t n_reached;
	int32_t found; /* the greatest depth on a path, 0: there is none */
	size_t *back_first; /* by posting: the learners who could come; NULL until they are needed */
	int32_t *back_row;
	struct step *step;
	int32_t *order; /* learners by level */
	size_t level_first[ENGINE_NEEDS + 2];
};

static void
sit(struct levels *l, int32_t i, int32_t j)
{
	l->holder[l->first[j] + (uint32_t)l->taken[j]++] = i;
	l->place[i] = j;
}

/* The postings of learner i are at that depth, unless they are nearer. */
static void
reach(struct levels *l, int32_t i, int32_t depth)
{
	const struct assign_problem *p = l->p;

	for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
		int32_t j = p->edge[e].to;

		if (l->depth[j] != 0 || l->layer[j] != 0)
			continue;
		l->depth[j] = depth;
		l->reached[l->n_reached++] = j;
		if (l->found == 0 && l->taken[j] < l->seats[j])
			l->found = depth;
	}
}

/* Fetch what reading the rows of those at posting j will need. */
static void
fetch_holders(const struct levels *l, int32_t j)
{
	const int32_t *h = l->holder + l->first[j];
	int32_t n = l->taken[j] < ASSIGN_AHEAD ? l->taken[j] : ASSIGN_AHEAD;

	for (int32_t k = 0; k < n; k++)
		__builtin_prefetch(&l->p->off[h[k]]);
	for (int32_t k = 0; k < n; k++) {
		const struct engine_entry *row = l->p->edge + l->p->off[h[k]];

		__builtin_prefetch(row);
		__builtin_prefetch(row + 8);
		__builtin_prefetch(row + 16);
	}
}

/* Depths up to that of the nearest free seats. */
static void
spread(struct levels *l, const int32_t *root, size_t n)
{
	l->n_reached = 0;
	l->found = 0;
	for (size_t r = 0; r < n; r++)
		reach(l, root[r], 1);
	for (int32_t k = 0; k < l->n_reached; k++) {
		int32_t j = l->reached[k], depth = l->depth[j];

		if (l->found != 0 && depth >= l->found)
			break;
		fetch_holders(l, j);
		for (int32_t s = 0; s < l->taken[j]; s++)
			reach(l, l->holder[l->first[j] + (uint32_t)s], depth + 1);
	}
}

/* The learners of each posting. False: no memory. */
static bool
turn_rows(struct levels *l)
{
	const struct assign_problem *p = l->p;
	size_t n = 0;

	l->back_first = assign_take(&l->mem, (size_t)p->n_postings, sizeof l->back_first[0]);
	l->back_row = assign_take(&l->mem, p->off[p->n_learners], sizeof l->back_row[0]);
	if (l->mem.failed)
		return false;
	for (int32_t j = 0; j < p->n_postings; j++) {
		l->back_first[j] = n;
		n += (size_t)l->degree[j];
	}
	for (int32_t i = 0; i < p->n_learners; i++)
		for (size_t e = p->off[i]; e < p->off[i + 1]; e++)
			l->back_row[l->back_first[p->edge[e].to]++] = i;
	for (int32_t j = p->n_postings; j > 0; j--)
		l->back_first[j] = l->back_first[j - 1];
	l->back_first[0] = 0;
	return true;
}

/* The learners of posting j sit one deeper. True: one of them has no place, and is of that level. */
static bool
reach_back(struct levels *l, int32_t j, uint8_t level)
{
	for (size_t r = l->back_first[j]; r < l->back_first[j + 1]; r++) {
		int32_t i = l->back_row[r], from = l->place[i];

		if (from == ENGINE_NONE) {
			if (l->p->level[i] == level)
				return true;
		} else if (l->depth[from] == 0) {
			l->depth[from] = l->depth[j] + 1;
			l->reached[l->n_reached++] = from;
		}
	}
	return false;
}

/* Depths from the free seats, up to that of the nearest learner of the level without a place. */
static void
spread_back(struct levels *l, uint8_t level)
{
	l->n_reached = 0;
	l->found = 0;
	for (int32_t j = 0; j < l->p->n_postings; j++)
		if (l->layer[j] == 0 && l->taken[j] < l->seats[j]) {
			l->depth[j] = 1;
			l->reached[l->n_reached++] = j;
		}
	for (int32_t k = 0; k < l->n_reached && l->found == 0; k++)
		if (reach_back(l, l->reached[k], level))
			l->found = l->depth[l->reached[k]];
}

static bool
next_posting(const struct levels *l, struct step *s, int32_t depth)
{
	const struct assign_problem *p = l->p;

	for (; s->edge < p->off[s->learner + 1]; s->edge++) {
		s->posting = p->edge[s->edge].to;
		if (l->depth[s->posting] == depth)
			return true;
	}
	return false;
}

static bool
next_holder(struct levels *l, struct step *s)
{
	int32_t j = s->posting;

	if (l->depth[j] == (l->back ? 1 : l->found) || l->cursor[j] == l->first[j] + (uint32_t)l->taken[j])
		return false;
	s->slot = l->cursor[j]++;
	return true;
}

/* Everybody on the path moves one on. */
static void
move(struct levels *l, int32_t top)
{
	int32_t j = l->step[top].posting;
	uint32_t slot = l->first[j] + (uint32_t)l->taken[j]++;

	for (;; slot = l->step[top].slot) {
		l->holder[slot] = l->step[top].learner;
		l->place[l->step[top].learner] = l->step[top].posting;
		if (top-- == 0)
			return;
	}
}

/* A path from the learner to a free seat, each step one nearer to it. */
static bool
find(struct levels *l, int32_t root)
{
	int32_t top = 0;

	l->step[0] = (struct step){ .learner = root, .edge = l->p->off[root] };
	for (;;) {
		struct step *s = &l->step[top];

		if (!next_posting(l, s, l->back ? l->found - top : top + 1)) {
			if (top-- == 0)
				return false;
			s--;
		} else if (l->taken[s->posting] < l->seats[s->posting]) {
			move(l, top);
			return true;
		}
		if (next_holder(l, s)) {
			int32_t i = l->holder[s->slot];

			l->step[++top] = (struct step){ .learner = i, .edge = l->p->off[i] };
		} else {
			l->depth[s->posting] = SPENT;
			s->edge++;
		}
	}
}

/* The free seat of hers at the posting with the fewest learners to a seat, or ENGINE_NONE. */
static int32_t
free_seat(const struct levels *l, int32_t i)
{
	const struct assign_problem *p = l->p;
	int32_t best = ENGINE_NONE;

	for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
		int32_t j = p->edge[e].to;

		if (l->layer[j] != 0 || l->taken[j] == l->seats[j])
			continue;
		if (best == ENGINE_NONE ||
		    (int64_t)l->degree[j] * l->seats[best] < (int64_t)l->degree[best] * l->seats[j])
			best = j;
	}
	return best;
}

/* Are the free seats open to fewer than these learners have open? Counted in pairs. */
static bool
is_nearer_back(const struct levels *l, const int32_t *root, size_t n)
{
	const struct assign_problem *p = l->p;
	int64_t more = 0;

	for (size_t r = 0; r < n; r++)
		more += (int64_t)(p->off[root[r] + 1] - p->off[root[r]]);
	for (int32_t j = 0; j < p->n_postings; j++)
		if (l->layer[j] == 0 && l->taken[j] < l->seats[j])
			more -= l->degree[j];
	return more > 0;
}

static void
forget(struct levels *l)
{
	for (int32_t k = 0; k < l->n_reached; k++)
		l->depth[l->reached[k]] = 0;
}

/* A phase. Returns how many of the learners are left, in front: none when there is no path any more for this level. */
static size_t
phase(struct levels *l, int32_t *root, size_t n, uint8_t level)
{
	size_t left = 0;

	l->back = is_nearer_back(l, root, n) && (l->back_first != NULL || turn_rows(l));
	if (l->back)
		spread_back(l, level);
	if (l->back && l->found == 0) {
		forget(l);
		l->back = false;
	}
	if (!l->back)
		spread(l, root, n);
	for (int32_t k = 0; k < l->n_reached; k++)
		l->cursor[l->reached[k]] = l->first[l->reached[k]];
	for (size_t r = 0; r < n && l->found != 0; r++)
		if (!find(l, root[r]))
			root[left++] = root[r];
	for (int32_t k = 0; k < l->n_reached && l->found == 0; k++)
		l->layer[l->reached[k]] = level;
	forget(l);
	return left;
}

static bool
is_open_to(const struct levels *l, int32_t i)
{
	for (size_t e = l->p->off[i]; e < l->p->off[i + 1]; e++)
		if (l->layer[l->p->edge[e].to] == 0)
			return true;
	return false;
}

static void
place_level(struct levels *l, uint8_t level)
{
	int32_t *root = l->order + l->level_first[level];
	size_t n = l->level_first[level + 1] - l->level_first[level], left = 0;

	for (size_t r = 0; r < n; r++) {
		int32_t i = root[r], j = free_seat(l, i);

		if (j != ENGINE_NONE)
			sit(l, i, j);
		else if (is_open_to(l, i))
			root[left++] = i;
	}
	while (left > 0 && !l->mem.failed)
		left = phase(l, root, left, level);
}

static void
sort_by_level(struct levels *l)
{
	const struct assign_problem *p = l->p;
	size_t next[ENGINE_NEEDS + 2];

	for (int32_t i = 0; i < p->n_learners; i++)
		l->level_first[p->level[i] + 1]++;
	for (int k = 1; k < ENGINE_NEEDS + 2; k++)
		l->level_first[k] += l->level_first[k - 1];
	memcpy(next, l->level_first, sizeof next);
	for (int32_t i = 0; i < p->n_learners; i++)
		l->order[next[p->level[i]]++] = i;
}

static size_t
count_seats(struct levels *l)
{
	const struct assign_problem *p = l->p;
	size_t n = 0;

	for (size_t e = 0; e < p->off[p->n_learners]; e++)
		l->degree[p->edge[e].to]++;
	for (int32_t j = 0; j < p->n_postings; j++) {
		l->layer[j] = p->seats[j] > 0 ? 0 : ASSIGN_NO_LAYER;
		l->seats[j] = p->seats[j] < l->degree[j] ? p->seats[j] : l->degree[j];
		l->first[j] = (uint32_t)n;
		n += (size_t)l->seats[j];
	}
	return n;
}

static void
prepare(struct levels *l)
{
	size_t n = (size_t)l->p->n_learners, m = (size_t)l->p->n_postings;

	l->order = assign_take(&l->mem, n, sizeof l->order[0]);
	l->degree = assign_take(&l->mem, m, sizeof l->degree[0]);
	l->seats = assign_take(&l->mem, m, sizeof l->seats[0]);
	l->taken = assign_take(&l->mem, m, sizeof l->taken[0]);
	l->first = assign_take(&l->mem, m, sizeof l->first[0]);
	l->depth = assign_take(&l->mem, m, sizeof l->depth[0]);
	l->cursor = assign_take(&l->mem, m, sizeof l->cursor[0]);
	l->reached = assign_take(&l->mem, m, sizeof l->reached[0]);
	l->step = assign_take(&l->mem, m, sizeof l->step[0]);
	if (l->mem.failed)
		return;
	l->holder = assign_take(&l->mem, count_seats(l), sizeof l->holder[0]);
	sort_by_level(l);
}

/* Level 0 begins where it stands. False: it cannot. */
static bool
stand(struct levels *l)
{
	for (size_t r = 0; r < l->level_first[1]; r++) {
		int32_t i = l->order[r], j = l->p->start[i];

		if (j == ENGINE_NONE || l->taken[j] == l->seats[j])
			return false;
		sit(l, i, j);
	}
	return true;
}

enum engine_status
assign_levels(const struct assign_problem *p, int32_t *place, uint8_t *layer)
{
	struct levels l = { .p = p, .place = place, .layer = layer };
	enum engine_status status = ENGINE_OK;

	prepare(&l);
	for (int32_t i = 0; i < p->n_learners; i++)
		place[i] = ENGINE_NONE;
	if (l.mem.failed)
		status = ENGINE_NO_MEMORY;
	else if (!stand(&l))
		status = ENGINE_BAD_INPUT;
	for (int level = 1; level <= ENGINE_NEEDS && status == ENGINE_OK; level++)
		place_level(&l, (uint8_t)level);
	if (l.mem.failed)
		status = ENGINE_NO_MEMORY;
	assign_give_back(&l.mem);
	return status;
}
