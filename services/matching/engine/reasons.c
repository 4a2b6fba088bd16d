/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many come before somebody at a posting is her place among all who claim it: who asked there or stands there. So
 * the claims of the postings in question are gathered in rows and each row sorted once, however many ask.
 */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"
#include "engine/reasons.h"

struct claims {
	const struct engine_instance *in;
	const struct ranked *ranked;
	const bool *absent;
	bool     *asked;        /* by posting: somebody wants to know */
	size_t   *off;          /* [n_postings + 2] */
	uint64_t *key;          /* by posting, best first */
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

/* One claim: counted where there is no room yet, else written down. */
static void
claim(struct claims *c, int32_t learner, int32_t posting, uint32_t priority)
{
	size_t *to = &c->off[posting + 1];

	if (!c->asked[posting] || priority == ENGINE_REFUSED)
		return;
	if (c->key == NULL)
		c->off[posting + 2]++;
	else
		c->key[(*to)++] = key_of(KEY_FIRST, priority, c->ranked->p->lot[learner]);
}

static void
claim_all(struct claims *c)
{
	const struct engine_rankings *r = &c->in->rankings;

	for (int32_t i = 0; i < c->in->n_learners; i++) {
		int32_t posting;
		size_t end;

		if (c->absent[i])
			continue;
		end = ranked_reach(c->ranked, i);
		for (size_t k = r->off[i]; k < end; k++)
			claim(c, i, r->line[k].posting, r->line[k].priority);
		if (ranked_stand_of(c->ranked, i, &posting) == RANKED_BY_ENDOWMENT && c->asked[posting])
			claim(c, i, posting, ranked_priority(c->in, i, posting));
	}
}

static enum engine_status
sort_claims(struct claims *c)
{
	size_t np = (size_t)c->in->n_postings, longest = 0;
	uint64_t *scratch;

	for (size_t j = 0; j < np; j++)
		if (c->off[j + 1] - c->off[j] > longest)
			longest = c->off[j + 1] - c->off[j];
	scratch = pages_take(longest, sizeof *scratch);
	if (scratch == NULL)
		return ENGINE_NO_MEMORY;
	for (size_t j = 0; j < np; j++)
		keys_sort(c->key + c->off[j], c->off[j + 1] - c->off[j], scratch);
	free(scratch);
	return ENGINE_OK;
}

static enum engine_status
gather_claims(struct claims *c)
{
	size_t np = (size_t)c->in->n_postings;

	claim_all(c);
	for (size_t j = 0; j < np; j++)
		c->off[j + 2] += c->off[j + 1];
	c->key = pages_take(c->off[np + 1], sizeof *c->key);
	if (c->key == NULL)
		return ENGINE_NO_MEMORY;
	claim_all(c);
	return sort_claims(c);
}

/* She claims the posting herself: her place in its row is the number before her. */
static int32_t
ahead_of(const struct claims *c, int32_t learner, const struct engine_line *line)
{
	uint64_t hers = key_of(KEY_FIRST, line->priority, c->ranked->p->lot[learner]);
	size_t low = c->off[line->posting], high = c->off[line->posting + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->key[middle] < hers)
			low = middle + 1;
		else
			high = middle;
	}
	return (int32_t)(low - c->off[line->posting]);
}

/* Reasons, the rows' places, and which postings are asked about. Returns the number of rows. */
static size_t
name_reasons(const struct engine_instance *in, struct engine_outcome *o, bool *asked)
{
	size_t rows = 0;

	for (int32_t i = 0; i < in->n_learners; i++) {
		o->at_off[i] = rows;
		o->reason[i] = o->pool.by[i] != ENGINE_NOT_PLACED ? ENGINE_PLACED : (uint8_t)reason_of(in, i);
		if (o->reason[i] != ENGINE_OUTRANKED)
			continue;
		for (size_t k = in->rankings.off[i]; k < in->rankings.off[i + 1]; k++) {
			if (in->rankings.line[k].priority != ENGINE_REFUSED) {
				asked[in->rankings.line[k].posting] = true;
				rows++;
			}
		}
	}
	o->at_off[in->n_learners] = rows;
	return rows;
}

static void
tell_ahead(const struct claims *c, struct engine_outcome *o)
{
	const struct engine_rankings *r = &c->in->rankings;

	for (int32_t i = 0; i < c->in->n_learners; i++) {
		struct engine_at *at = o->at + o->at_off[i];

		if (o->reason[i] != ENGINE_OUTRANKED)
			continue;
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++)
			if (r->line[k].priority != ENGINE_REFUSED)
				*at++ = (struct engine_at){ r->line[k].posting, ahead_of(c, i, &r->line[k]) };
	}
}

enum engine_status
reasons_tell(
    const struct engine_instance *in, const struct ranked *ranked, const bool *absent, struct engine_outcome *o)
{
	struct claims c = { .in = in, .ranked = ranked, .absent = absent };
	enum engine_status status = ENGINE_NO_MEMORY;
	size_t rows;

	c.asked = pages_zero((size_t)in->n_postings, sizeof *c.asked);
	c.off = pages_zero((size_t)in->n_postings + 2, sizeof *c.off);
	if (c.asked != NULL && c.off != NULL) {
		rows = name_reasons(in, o, c.asked);
		o->at = pages_take(rows, sizeof *o->at);
		if (o->at != NULL)
			status = rows == 0 ? ENGINE_OK : gather_claims(&c);
		if (status == ENGINE_OK && rows > 0)
			tell_ahead(&c, o);
	}
	free(c.asked);
	free(c.off);
	free(c.key);
	return status;
}
