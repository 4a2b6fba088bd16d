/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A round judged slowly and to the letter of matching.md: slots are filled one by one, all who ever asked are looked at
 * each time, and what the engine tells is compared piece by piece.
 */
#ifndef TEST_ENGINE_PLAIN_H
#define TEST_ENGINE_PLAIN_H

#include "engine_case.h"

enum { PLAIN_SLOTS = 32 };

struct plain_slot {
	int32_t reserve, group, endowed, holder; /* endowed: whose endowed slot it is, or CASE_NO */
	bool on_hers;
};

/* One run. */
struct plain {
	const struct flat_case *c;
	bool plays[CASE_LEARNERS], here[CASE_POSTINGS];
	int32_t seats[CASE_POSTINGS], endowment[CASE_LEARNERS];
	int32_t list[CASE_LEARNERS][CASE_POSTINGS + 1], listed[CASE_LEARNERS];
	bool asked[CASE_LEARNERS][CASE_POSTINGS];
	struct plain_slot slot[CASE_POSTINGS][PLAIN_SLOTS];
	int32_t posting[CASE_LEARNERS];
};

static inline bool
plain_ranks(const struct flat_case *c, int32_t i, int32_t j)
{
	for (size_t k = c->ranking_off[i]; k < c->ranking_off[i + 1]; k++)
		if (c->line[k].posting == j)
			return true;
	return false;
}

/* Does a come before b in the eyes of that group's slot? */
static inline bool
plain_before(const struct flat_case *c, int32_t j, int32_t group, int32_t a, int32_t b)
{
	uint32_t x = case_priority(c, a, j), y = case_priority(c, b, j);

	if (group != CASE_NO && c->member[a][group] != c->member[b][group])
		return c->member[a][group];
	if (x != y)
		return x < y;
	return c->lottery[a] != c->lottery[b] ? c->lottery[a] < c->lottery[b] : a < b;
}

static inline void
plain_slots(struct plain *p, int32_t j)
{
	const struct flat_case *c = p->c;
	int32_t n = 0, reserved = 0, left = p->seats[j];

	for (size_t k = c->reserve_off[j]; k < c->reserve_off[j + 1]; k++)
		reserved += c->reserve[k].value;
	for (int32_t open = 0; c->reserve_last[j] && open < left - reserved; open++)
		p->slot[j][n++] = (struct plain_slot){ ENGINE_OPEN_SLOT, CASE_NO, CASE_NO, CASE_NO, false };
	for (size_t k = c->reserve_off[j]; k < c->reserve_off[j + 1]; k++)
		for (int32_t s = 0; s < c->reserve[k].value && n < left; s++)
			p->slot[j][n++] = (struct plain_slot){ (int32_t)(k - c->reserve_off[j]), c->reserve[k].to,
				                               CASE_NO, CASE_NO, false };
	while (n < left)
		p->slot[j][n++] = (struct plain_slot){ ENGINE_OPEN_SLOT, CASE_NO, CASE_NO, CASE_NO, false };
}

/* Her own group's first, else an open one, else any; of those that are not yet another's. */
static inline void
plain_endow(struct plain *p, int32_t i)
{
	int32_t j = p->endowment[i];

	for (int kind = 0; kind < 3; kind++)
		for (int32_t s = 0; s < p->seats[j]; s++) {
			struct plain_slot *slot = &p->slot[j][s];
			bool fits = kind == 2 || (kind == 1 ? slot->group == CASE_NO :
			                                      slot->group != CASE_NO && p->c->member[i][slot->group]);

			if (fits && slot->endowed == CASE_NO) {
				slot->endowed = i;
				return;
			}
		}
	fail_msg("more are endowed than there are slots");
}

/* Fill the slots of a posting from all who ever asked. */
static inline void
plain_fill(struct plain *p, int32_t j)
{
	bool left[CASE_LEARNERS];

	for (int32_t i = 0; i < p->c->nl; i++)
		left[i] = p->asked[i][j];
	for (int32_t s = 0; s < p->seats[j]; s++) {
		struct plain_slot *slot = &p->slot[j][s];
		int32_t best = CASE_NO;

		slot->on_hers = slot->endowed != CASE_NO && left[slot->endowed];
		if (slot->on_hers)
			best = slot->endowed;
		for (int32_t i = 0; !slot->on_hers && i < p->c->nl; i++)
			if (left[i] && case_priority(p->c, i, j) != ENGINE_REFUSED &&
			    (best == CASE_NO || plain_before(p->c, j, slot->group, i, best)))
				best = i;
		slot->holder = best;
		if (best != CASE_NO)
			left[best] = false;
	}
}

static inline int32_t
plain_holds(const struct plain *p, int32_t i)
{
	for (int32_t j = 0; j < p->c->np; j++)
		for (int32_t s = 0; p->here[j] && s < p->seats[j]; s++)
			if (p->slot[j][s].holder == i)
				return j;
	return CASE_NO;
}

static inline void
plain_list(struct plain *p, int32_t i)
{
	const struct flat_case *c = p->c;

	for (size_t k = c->ranking_off[i]; k < c->ranking_off[i + 1]; k++) {
		int32_t j = c->line[k].posting;

		if (p->here[j] && (c->line[k].priority != ENGINE_REFUSED || p->endowment[i] == j))
			p->list[i][p->listed[i]++] = j;
	}
	if (p->endowment[i] != CASE_NO && !plain_ranks(c, i, p->endowment[i]))
		p->list[i][p->listed[i]++] = p->endowment[i];
}

/* The ranked phase; plays, here, seats and endowment are given. */
static inline void
plain_run(struct plain *p)
{
	int32_t next[CASE_LEARNERS] = { 0 };
	bool moved = true;

	for (int32_t j = 0; j < p->c->np; j++)
		if (p->here[j])
			plain_slots(p, j);
	for (int32_t i = 0; i < p->c->nl; i++) {
		if (!p->plays[i])
			continue;
		plain_list(p, i);
		if (p->endowment[i] != CASE_NO)
			plain_endow(p, i);
	}
	while (moved) {
		moved = false;
		for (int32_t i = 0; i < p->c->nl; i++)
			if (p->plays[i] && next[i] < p->listed[i] && plain_holds(p, i) == CASE_NO) {
				int32_t j = p->list[i][next[i]++];

				p->asked[i][j] = true;
				plain_fill(p, j);
				moved = true;
			}
	}
	for (int32_t i = 0; i < p->c->nl; i++)
		p->posting[i] = p->plays[i] ? plain_holds(p, i) : CASE_NO;
}

/* Stands on an endowed seat that she did not rank. */
static inline bool
plain_on_endowment(const struct plain *p, int32_t i)
{
	return p->posting[i] != CASE_NO && p->posting[i] == p->endowment[i] && !plain_ranks(p->c, i, p->posting[i]);
}

static inline void
plain_compare_cutoff(const struct plain *p, const struct engine_run *run, int32_t j, int32_t reserve, size_t at)
{
	int32_t worst = CASE_NO;
	bool vacant = false;

	for (int32_t s = 0; s < p->seats[j]; s++) {
		const struct plain_slot *slot = &p->slot[j][s];

		if (slot->reserve != reserve)
			continue;
		vacant = vacant || slot->holder == CASE_NO;
		if (slot->holder != CASE_NO && !slot->on_hers &&
		    (worst == CASE_NO || plain_before(p->c, j, slot->group, worst, slot->holder)))
			worst = slot->holder;
	}
	assert_int_equal(run->cutoffs[at].state, vacant           ? ENGINE_SEAT_FREE :
	                                         worst == CASE_NO ? ENGINE_SEATS_CLOSED :
	                                                            ENGINE_CUT);
	if (run->cutoffs[at].state == ENGINE_CUT) {
		assert_int_equal(run->cutoffs[at].learner, worst);
		assert_int_equal(run->cutoffs[at].priority, case_priority(p->c, worst, j));
	} else {
		assert_int_equal(run->cutoffs[at].learner, ENGINE_NONE);
	}
}

static inline void
plain_compare_posting(const struct plain *p, const struct engine_run *run, int32_t j)
{
	size_t k = run->slot_off[j], reserves = p->c->reserve_off[j + 1] - p->c->reserve_off[j];

	for (int32_t s = 0; p->here[j] && s < p->seats[j]; s++) {
		const struct plain_slot *slot = &p->slot[j][s];

		if (slot->holder == CASE_NO)
			continue;
		assert_true(k < run->slot_off[j + 1]);
		assert_int_equal(run->slots[k].learner, slot->holder);
		assert_int_equal(run->slots[k].reserve, slot->reserve);
		assert_int_equal(run->slots[k].endowed, slot->on_hers);
		k++;
	}
	assert_int_equal(run->slot_off[j + 1], k);
	assert_int_equal(run->cutoff_off[j + 1] - run->cutoff_off[j], p->here[j] ? reserves + 1 : 0);
	for (size_t r = 0; p->here[j] && r <= reserves; r++)
		plain_compare_cutoff(p, run, j, r == reserves ? ENGINE_OPEN_SLOT : (int32_t)r, run->cutoff_off[j] + r);
}

/* Does learner i take part in the assignment? */
static inline bool
plain_assigns(const struct plain *p, int32_t i)
{
	return p->plays[i] && (plain_on_endowment(p, i) || (p->posting[i] == CASE_NO && p->c->learner_assignable[i]));
}

/* The prices prove the assignment of what the ranked phase left. */
static inline void
plain_compare_assignment(const struct plain *p, const struct engine_run *run)
{
	const struct flat_case *c = p->c;
	int64_t gap = ENGINE_GAP(c->nl);
	int32_t left[CASE_POSTINGS];

	memcpy(left, p->seats, sizeof left);
	for (int32_t i = 0; i < c->nl; i++)
		if (p->plays[i] && run->by[i] == ENGINE_RANKED)
			left[run->posting[i]]--;
	for (int32_t i = 0; i < c->nl; i++) {
		int64_t reward;

		if (!plain_assigns(p, i)) {
			if (p->plays[i])
				assert_int_equal(run->learner_price[i], 0);
			continue;
		}
		reward = ENGINE_REWARD(plain_on_endowment(p, i) ? 0 : 1 + c->need[i], gap);
		assert_true(run->learner_price[i] >= 0);
		if (run->by[i] != ENGINE_ASSIGNED)
			assert_int_equal(run->learner_price[i], 0);
		if (plain_on_endowment(p, i))
			assert_int_equal(run->by[i], ENGINE_ASSIGNED);
		for (int32_t j = 0; j < c->np; j++) {
			bool own = plain_on_endowment(p, i) && p->endowment[i] == j;
			bool open = p->here[j] && (own || (c->fit[i][j] != CASE_NO && c->posting_assignable[j]));
			int64_t worth = reward + (c->fit[i][j] == CASE_NO ? 0 : c->fit[i][j]);
			int64_t price = run->learner_price[i] + run->posting_price[j];

			if (open)
				assert_true(price >= worth);
			if (run->by[i] == ENGINE_ASSIGNED && run->posting[i] == j) {
				assert_true(open);
				assert_true(price == worth);
				assert_true(left[j] > 0);
			}
		}
	}
	for (int32_t i = 0; i < c->nl; i++)
		if (plain_assigns(p, i) && run->by[i] == ENGINE_ASSIGNED)
			assert_true(left[run->posting[i]]-- > 0);
	for (int32_t j = 0; j < c->np; j++) {
		assert_true(run->posting_price[j] >= 0);
		if (p->here[j] && left[j] > 0)
			assert_int_equal(run->posting_price[j], 0);
	}
}

static inline void
plain_compare_run(const struct plain *p, const struct engine_run *run)
{
	for (int32_t j = 0; j < p->c->np; j++)
		if (p->here[j])
			plain_compare_posting(p, run, j);
	for (int32_t i = 0; i < p->c->nl; i++) {
		if (!p->plays[i])
			continue;
		if (p->posting[i] != CASE_NO && !plain_on_endowment(p, i)) {
			assert_int_equal(run->by[i], ENGINE_RANKED);
			assert_int_equal(run->posting[i], p->posting[i]);
		} else {
			assert_int_not_equal(run->by[i], ENGINE_RANKED);
			assert_int_equal(run->posting[i] == ENGINE_NONE, run->by[i] == ENGINE_NOT_PLACED);
		}
	}
	plain_compare_assignment(p, run);
}

/* Others who rank the posting above their result or hold it, are acceptable there, and have a better key. */
static inline int32_t
plain_ahead(const struct plain *p, int32_t i, int32_t j)
{
	int32_t n = 0;

	for (int32_t other = 0; other < p->c->nl; other++) {
		bool wants = p->posting[other] == j;

		if (other == i || !p->plays[other] || case_priority(p->c, other, j) == ENGINE_REFUSED)
			continue;
		for (size_t k = p->c->ranking_off[other]; k < p->c->ranking_off[other + 1] && !wants; k++) {
			if (p->c->line[k].posting == p->posting[other])
				break;
			wants = p->c->line[k].posting == j;
		}
		n += wants && plain_before(p->c, j, CASE_NO, other, i);
	}
	return n;
}

static inline enum engine_reason
plain_reason(const struct flat_case *c, int32_t i)
{
	bool ranked = c->ranking_off[i] < c->ranking_off[i + 1], acceptable = false, eligible = false;

	for (int32_t j = 0; j < c->np; j++) {
		acceptable = acceptable || (plain_ranks(c, i, j) && case_priority(c, i, j) != ENGINE_REFUSED);
		eligible = eligible || (c->fit[i][j] != CASE_NO && c->posting_assignable[j]);
	}
	if (!c->learner_assignable[i])
		return !ranked ? ENGINE_NOTHING_RANKED : acceptable ? ENGINE_OUTRANKED : ENGINE_NOT_ELIGIBLE;
	return acceptable || eligible ? ENGINE_NO_SEAT : ENGINE_NOT_ELIGIBLE;
}

static inline void
plain_compare_reasons(const struct plain *pool, const struct engine_outcome *o)
{
	const struct flat_case *c = pool->c;

	for (int32_t i = 0; i < c->nl; i++) {
		size_t row = o->at_off[i];

		if (o->pool.by[i] != ENGINE_NOT_PLACED) {
			assert_int_equal(o->reason[i], ENGINE_PLACED);
		} else {
			assert_int_equal(o->reason[i], plain_reason(c, i));
		}
		for (size_t k = c->ranking_off[i]; o->reason[i] == ENGINE_OUTRANKED && k < c->ranking_off[i + 1]; k++) {
			if (c->line[k].priority == ENGINE_REFUSED)
				continue;
			assert_true(row < o->at_off[i + 1]);
			assert_int_equal(o->at[row].posting, c->line[k].posting);
			assert_int_equal(o->at[row].ahead, plain_ahead(pool, i, c->line[k].posting));
			row++;
		}
		assert_int_equal(o->at_off[i + 1], row);
	}
}

static inline void
plain_compare_counts(const struct flat_case *c, const struct engine_outcome *o)
{
	int32_t all[CASE_COLLEGES] = { 0 }, alone[CASE_COLLEGES] = { 0 }, pool[CASE_COLLEGES] = { 0 };
	int32_t placed = 0, needs[ENGINE_NEEDS] = { 0 }, n_needs = 0;
	bool paired[CASE_LEARNERS] = { false };
	int64_t fit = 0;

	for (size_t k = 0; k < c->in.n_fixed; k++)
		paired[c->fixed[k].learner] = true;
	for (size_t k = 0; k < c->in.n_held; k++)
		paired[c->held[k].learner] = true;
	for (int32_t i = 0; i < c->nl; i++) {
		bool has = o->pool.by[i] != ENGINE_NOT_PLACED;
		int32_t college = c->learner_college[i];

		placed += has;
		needs[c->need[i]] += has;
		n_needs = c->need[i] >= n_needs ? c->need[i] + 1 : n_needs;
		if (o->pool.by[i] == ENGINE_ASSIGNED && c->fit[i][o->pool.posting[i]] != CASE_NO)
			fit += c->fit[i][o->pool.posting[i]];
		if (college == CASE_NO)
			continue;
		all[college]++;
		alone[college] += paired[i] || o->alone.by[i] != ENGINE_NOT_PLACED;
		pool[college] += has;
	}
	assert_int_equal(o->placed, placed);
	assert_int_equal(o->n_needs, n_needs);
	assert_memory_equal(o->needs, needs, sizeof needs);
	assert_int_equal(o->fit, fit);
	assert_memory_equal(o->college_learners, all, (size_t)c->nc * sizeof all[0]);
	assert_memory_equal(o->college_alone, alone, (size_t)c->nc * sizeof all[0]);
	assert_memory_equal(o->college_pool, pool, (size_t)c->nc * sizeof all[0]);
}

/* college CASE_NO: the pool, with these endowments */
static inline struct plain
plain_new(const struct flat_case *c, int32_t college, const int32_t *endowment)
{
	struct plain p = { .c = c };

	for (int32_t i = 0; i < c->nl; i++) {
		p.plays[i] = college == CASE_NO || c->learner_college[i] == college;
		p.endowment[i] = endowment == NULL ? CASE_NO : endowment[i];
	}
	for (int32_t j = 0; j < c->np; j++) {
		p.here[j] = college == CASE_NO || c->posting_college[j] == college;
		p.seats[j] = c->capacity[j];
	}
	for (size_t k = 0; k < c->in.n_fixed; k++) {
		p.plays[c->fixed[k].learner] = false;
		p.seats[c->fixed[k].posting]--;
	}
	for (size_t k = 0; college != CASE_NO && k < c->in.n_held; k++) {
		p.plays[c->held[k].learner] = false;
		p.seats[c->held[k].posting]--;
	}
	for (int32_t i = 0; i < c->nl; i++)
		if (!p.plays[i])
			p.endowment[i] = CASE_NO;
	return p;
}

/* The whole outcome of a case. */
static inline void
plain_judge(const struct flat_case *c, const struct engine_outcome *o)
{
	int32_t endowment[CASE_LEARNERS];
	struct plain pool;

	for (int32_t college = 0; college < c->nc; college++) {
		struct plain solo = plain_new(c, college, NULL);

		plain_run(&solo);
		plain_compare_run(&solo, &o->alone);
	}
	for (int32_t i = 0; i < c->nl; i++)
		endowment[i] = c->in.guarantee ? o->alone.posting[i] : CASE_NO;
	for (size_t k = 0; k < c->in.n_held; k++)
		endowment[c->held[k].learner] = c->held[k].posting;
	assert_memory_equal(o->endowment, endowment, (size_t)c->nl * sizeof endowment[0]);
	pool = plain_new(c, CASE_NO, endowment);
	plain_run(&pool);
	plain_compare_run(&pool, &o->pool);
	for (size_t k = 0; k < c->in.n_fixed; k++) {
		assert_int_equal(o->pool.by[c->fixed[k].learner], ENGINE_FIXED);
		assert_int_equal(o->pool.posting[c->fixed[k].learner], c->fixed[k].posting);
	}
	plain_compare_reasons(&pool, o);
	plain_compare_counts(c, o);
}

#endif
