/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The assignment, judged by its prices in one pass over the edges: u + v covers the worth of every open pair and is
 * exactly that where a learner is placed, u is 0 for who is not placed and v where a seat is free. Then no assignment is
 * worth more (complementary slackness), and worth is the order of matching.md (engine.h, at ENGINE_REWARD).
 * A price is part of that proof only for who takes part; elsewhere there is none. A posting without a seat left has
 * pairs all the same: its price is what they need to be covered, and no more.
 */
#include "verifier/judge.h"

/* Stands for the price of a posting that is not assignable: it covers every worth and is never exact. */
#define NOT_OPEN (INT64_C(1) << 60)

struct market {
	struct judge *v;
	const struct run *r;
	int64_t *price;                         /* by posting: where it is assignable, as told; else NOT_OPEN */
	int32_t *left, *taken; /* by posting: seats, and those that are assigned */
	bool *exact; /* by posting: the price is just what a pair here needs */
	int64_t gap;
};

static bool
market_open(struct market *m, struct judge *v, const struct run *r)
{
	const struct claim_run *c = r->claim;
	size_t n = (size_t)v->e->n_postings;

	*m = (struct market){ .v = v, .r = r, .gap = ENGINE_GAP(v->e->n_learners) };
	m->price = judge_take(v, n, sizeof *m->price);
	m->left = judge_take(v, n, sizeof *m->left);
	m->taken = judge_take(v, n, sizeof *m->taken);
	m->exact = judge_take(v, n, sizeof *m->exact);
	if (m->price == NULL || m->left == NULL || m->taken == NULL || m->exact == NULL)
		return false;
	for (int32_t j = 0; j < v->e->n_postings; j++)
		m->left[j] = r->seats[j] - (c->slot_off[j + 1] - c->slot_off[j]);
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if ((r->role[i] & ROLE_ON_SEAT) != 0)
			m->left[r->result[i]]++;
	for (int32_t j = 0; j < v->e->n_postings; j++)
		m->price[j] = v->e->posting_assignable[j] ? c->posting_price[j] : NOT_OPEN;
	return true;
}

static bool
not_covered(const struct market *m, int32_t i, int32_t j, int64_t worth)
{
	return report_violation(
	    m->v->report, m->r->name, "price_cover",
	    "the prices of learner \"%s\" and posting \"%s\" do not cover the %lld that the pair is worth",
	    "les prix de l'élève « %s » et de l'offre « %s » ne couvrent pas les %lld que vaut la paire",
	    SHOWN(learner_id(m->v, i)), SHOWN(posting_id(m->v, j)), (long long)worth);
}

static bool
not_exact(const struct market *m, int32_t i, int32_t j, int64_t worth)
{
	return report_violation(
	    m->v->report, m->r->name, "price_exact",
	    "learner \"%s\" is assigned to \"%s\", but their prices are not exactly the %lld that the pair is worth",
	    "l'élève « %s » est affectée chez « %s », mais leurs prix ne font pas exactement les %lld que vaut la "
	    "paire",
	    SHOWN(learner_id(m->v, i)), SHOWN(posting_id(m->v, j)), (long long)worth);
}

/* The pairs that are open to her by fit rows. Sets *found when she is placed on one of them. */
static bool
judge_rows(const struct market *m, int32_t i, int64_t reward, int32_t placed, bool *found)
{
	const struct engine_rows *fit = &m->v->e->fit;
	const int64_t *price = m->price;
	int64_t u = m->r->claim->learner_price[i];
	int32_t college = m->v->e->learner_college[i];

	for (size_t k = fit->off[i]; k < fit->off[i + 1]; k++) {
		int32_t j = fit->entry[k].to;
		int64_t worth = reward + fit->entry[k].value, over = u + price[j] - worth;

		if (over > 0 && j != placed)
			continue;
		if (price[j] == NOT_OPEN || (m->r->solo && m->v->e->posting_college[j] != college))
			continue;
		if (over < 0)
			return not_covered(m, i, j, worth);
		if (over > 0)
			return not_exact(m, i, j, worth);
		m->exact[j] = true;
		*found = *found || (j == placed && m->left[j] > 0);
	}
	return true;
}

/* An endowed seat is open to its holder whatever its posting says. */
static bool
judge_own_seat(const struct market *m, int32_t i, int64_t reward, int32_t placed, bool *found)
{
	int32_t j = m->r->result[i], fit;
	int64_t worth, prices = m->r->claim->learner_price[i] + m->r->claim->posting_price[j];

	(void)fit_row(m->v, i, j, &fit);
	worth = reward + fit;
	if (prices < worth)
		return not_covered(m, i, j, worth);
	if (j == placed && prices > worth)
		return not_exact(m, i, j, worth);
	*found = *found || j == placed;
	return true;
}

static bool
judge_learner(struct market *m, int32_t i)
{
	const struct judge *v = m->v;
	bool endowed = (m->r->role[i] & ROLE_ON_SEAT) != 0, found = false;
	int32_t placed = m->r->claim->by[i] == CLAIM_ASSIGNED ? m->r->claim->posting[i] : ENGINE_NONE;
	bool part = (m->r->role[i] & ROLE_MARKET) != 0;
	int64_t reward = ENGINE_REWARD(endowed ? 0 : 1 + v->e->learner_need[i], m->gap);

	if (part &&
	    (!judge_rows(m, i, reward, placed, &found) || (endowed && !judge_own_seat(m, i, reward, placed, &found))))
		return false;
	if (placed != ENGINE_NONE && !found)
		return report_violation(v->report, m->r->name, "not_open",
		                        "learner \"%s\" is assigned to \"%s\", which is not open to her",
		                        "l'élève « %s » est affectée chez « %s », qui ne lui est pas ouverte",
		                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, placed)));
	if (placed == ENGINE_NONE && m->r->claim->learner_price[i] != 0)
		return report_violation(
		    v->report, m->r->name, "price_unplaced", "learner \"%s\" has a price, but is not assigned",
		    "l'élève « %s » a un prix, mais n'est affectée à aucune offre", SHOWN(learner_id(v, i)));
	if (placed != ENGINE_NONE)
		m->taken[placed]++;
	return true;
}

static bool
judge_posting(const struct market *m, int32_t j)
{
	if (m->taken[j] > m->left[j])
		return report_violation(m->v->report, m->r->name, "seats",
		                        "posting \"%s\" has %d seats left for the assignment, but %d learners",
		                        "l'offre « %s » a encore %d places pour l'affectation, mais %d élèves",
		                        SHOWN(posting_id(m->v, j)), m->left[j], m->taken[j]);
	if (m->r->claim->posting_price[j] == 0)
		return true;
	if (m->taken[j] < m->left[j])
		return report_violation(m->v->report, m->r->name, "price_free_seat",
		                        "posting \"%s\" has a price, but a seat left free",
		                        "l'offre « %s » a un prix, mais une place libre", SHOWN(posting_id(m->v, j)));
	if (m->left[j] == 0 && !m->exact[j])
		return report_violation(
		    m->v->report, m->r->name, "price_seatless",
		    "posting \"%s\" has no seat to assign, but a higher price than its pairs need",
		    "l'offre « %s » n'a aucune place à affecter, mais un prix plus haut qu'il ne faut à ses paires",
		    SHOWN(posting_id(m->v, j)));
	return true;
}

bool
judge_prices(struct judge *v, struct run *r)
{
	struct market m;

	if (!market_open(&m, v, r))
		return false;
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if (!judge_learner(&m, i))
			return false;
	for (int32_t j = 0; j < v->e->n_postings; j++)
		if (!judge_posting(&m, j))
			return false;
	return true;
}
