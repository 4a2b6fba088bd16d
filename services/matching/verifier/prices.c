/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The assignment, judged by its prices in one pass over the edges: u + v covers the worth of every open pair and is
 * exactly that where a learner is placed, u is 0 for who is not placed and v where a seat is free. Then no assignment is
 * worth more (complementary slackness), and worth is the order of matching.md (engine.h, at ENGINE_REWARD).
 * A price is part of that proof only for who takes part; elsewhere there is none. A posting without a seat left has
 * pairs all the same: its price is what they need to be covered, and no more.
 */
#include "verifier/judge.h"

/* Stands for the price of a posting that is not assignable: it covers every worth and is never exact. Above all prices. */
#define NOT_OPEN (INT64_C(1) << 60)

struct market {
	struct judge *v;
	const struct run *r;
	int64_t *price;                         /* by posting: where it is assignable, as told; else NOT_OPEN */
	int32_t *left, *taken; /* by posting: seats, and those that are assigned */
	bool *exact; /* by posting: the price is just what a pair here needs */
	int64_t foreign; /* laid over the price at another college: NOT_OPEN, in the pool 0 */
	int64_t gap, fit; /* fit: of all assigned pairs */
};

/* What one learner takes to the market, and what is found of her placement. */
struct bidder {
	int32_t learner, placed; /* placed: where she is assigned; ENGINE_NONE */
	int64_t u, reward;
	bool found; /* she is placed on a pair that is open to her */
	int32_t fit; /* of that pair, known even where it is not open */
};

static bool
market_open(struct market *m, struct judge *v, const struct run *r)
{
	const struct claim_run *c = r->claim;
	size_t n = (size_t)v->e->n_postings;

	*m = (struct market){ .v = v, .r = r, .foreign = r->solo ? NOT_OPEN : 0, .gap = ENGINE_GAP(v->e->n_learners) };
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

/* What a seat costs her by a fit row: NOT_OPEN or more where none is open. */
static inline int64_t
price_for(const struct market *m, int32_t j, int32_t college)
{
	return m->price[j] | (m->v->e->posting_college[j] != college ? m->foreign : 0);
}

/* Some row of hers is not covered: which. */
static bool
name_not_covered(const struct market *m, const struct bidder *b)
{
	const struct engine_rows *fit = &m->v->e->fit;
	int32_t college = m->v->e->learner_college[b->learner];
	size_t k = fit->off[b->learner];

	while (b->u + price_for(m, fit->entry[k].to, college) >= b->reward + fit->entry[k].value)
		k++;
	return not_covered(m, b->learner, fit->entry[k].to, b->reward + fit->entry[k].value);
}

/*
 * The pairs that are open to her by fit rows: no branch depends on a row, since most of the time goes here and none could
 * be foreseen. Her pairs hold when price less fit is nowhere below what is due beside her own price.
 */
static bool
judge_rows(const struct market *m, struct bidder *b)
{
	const struct engine_rows *fit = &m->v->e->fit;
	int32_t college = m->v->e->learner_college[b->learner], placed = b->placed;
	size_t end = fit->off[b->learner + 1], at = end;
	int64_t due = b->reward - b->u, lowest = due;

	for (size_t k = fit->off[b->learner]; k < end; k++) {
		int32_t j = fit->entry[k].to;
		int64_t rest = price_for(m, j, college) - fit->entry[k].value;

		lowest = rest < lowest ? rest : lowest;
		m->exact[j] |= rest == due;
		at = j == placed ? k : at;
	}
	if (lowest < due)
		return name_not_covered(m, b);
	b->fit = at < end ? fit->entry[at].value : 0;
	if (at == end || price_for(m, placed, college) >= NOT_OPEN)
		return true;
	b->found = m->left[placed] > 0;
	return m->price[placed] - b->fit == due || not_exact(m, b->learner, placed, b->reward + b->fit);
}

/* An endowed seat is open to its holder whatever its posting says. */
static bool
judge_own_seat(const struct market *m, struct bidder *b)
{
	int32_t j = m->r->result[b->learner], fit = b->fit;
	int64_t worth, prices = b->u + m->r->claim->posting_price[j];

	if (j != b->placed)
		(void)fit_row(m->v, b->learner, j, &fit);
	worth = b->reward + fit;
	if (prices < worth)
		return not_covered(m, b->learner, j, worth);
	if (j != b->placed)
		return true;
	b->found = true;
	return prices == worth || not_exact(m, b->learner, j, worth);
}

static bool
judge_learner(struct market *m, int32_t i)
{
	const struct judge *v = m->v;
	const struct claim_run *c = m->r->claim;
	uint8_t role = m->r->role[i];
	bool endowed = (role & ROLE_ON_SEAT) != 0;
	struct bidder b = { .learner = i, .u = c->learner_price[i] };

	b.placed = c->by[i] == CLAIM_ASSIGNED ? c->posting[i] : ENGINE_NONE;
	b.reward = ENGINE_REWARD(endowed ? 0 : 1 + v->e->learner_need[i], m->gap);
	if ((role & ROLE_MARKET) != 0 && (!judge_rows(m, &b) || (endowed && !judge_own_seat(m, &b))))
		return false;
	if (b.placed != ENGINE_NONE && !b.found)
		return report_violation(v->report, m->r->name, "not_open",
		                        "learner \"%s\" is assigned to \"%s\", which is not open to her",
		                        "l'élève « %s » est affectée chez « %s », qui ne lui est pas ouverte",
		                        SHOWN(learner_id(v, i)), SHOWN(posting_id(v, b.placed)));
	if (b.placed == ENGINE_NONE && b.u != 0)
		return report_violation(
		    v->report, m->r->name, "price_unplaced", "learner \"%s\" has a price, but is not assigned",
		    "l'élève « %s » a un prix, mais n'est affectée à aucune offre", SHOWN(learner_id(v, i)));
	if (b.placed != ENGINE_NONE)
		m->taken[b.placed]++;
	m->fit += b.fit;
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
	r->fit = m.fit;
	return true;
}
