/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranked phase: learners propose, seats keep the best they have seen (deferred acceptance). The outcome does not depend
 * on the order of proposals; we go by id. A posting's worst holder only ever gets better once it is full, so a pointer
 * that walks up its list finds the next worst: each standing is passed once, and no heap is needed.
 */
#include <string.h>

#include "engine/engine_priv.h"

static bool
plays(const struct engine_instance *in, int32_t learner, int32_t posting, bool solo)
{
	return !solo ||
	    (in->learner_college[learner] != ENGINE_NONE &&
		in->learner_college[learner] == in->posting_college[posting]);
}

/* The learner proposes along pair e. Returns who has no seat now: ENGINE_NONE, herself, or the one she replaced. */
static int32_t
propose(struct work *w, uint32_t e)
{
	struct ranked *r = &w->ranked;
	const struct pairs *p = &w->pairs;
	int32_t j = p->posting[e], out;
	uint32_t s = p->standing[e];

	r->state[s] = PROPOSAL_REFUSED;
	if (r->held[j] < w->seats[j]) {
		r->state[s] = PROPOSAL_HELD;
		if (r->held[j]++ == 0 || s > r->worst[j])
			r->worst[j] = s;
		return ENGINE_NONE;
	}
	if (r->held[j] == 0 || s > r->worst[j])
		return p->learner[e];
	r->state[s] = PROPOSAL_HELD;
	r->state[r->worst[j]] = PROPOSAL_REFUSED;
	out = p->learner[p->pair_at[r->worst[j]]];
	while (r->state[r->worst[j]] != PROPOSAL_HELD)
		r->worst[j]--;
	return out;
}

void
ranked_run(struct work *w, bool solo)
{
	const struct engine_instance *in = w->in;
	struct ranked *r = &w->ranked;

	memset(r->state, PROPOSAL_NONE, w->pairs.n);
	memset(r->held, 0, (size_t)in->n_postings * sizeof r->held[0]);
	for (int32_t i = 0; i < in->n_learners; i++)
		r->next[i] = w->pairs.learner_off[i];
	for (int32_t first = 0; first < in->n_learners; first++) {
		int32_t i = first;

		while (i != ENGINE_NONE && r->next[i] < w->pairs.learner_off[i + 1]) {
			uint32_t e = r->next[i]++;

			if (plays(in, i, w->pairs.posting[e], solo))
				i = propose(w, e);
		}
	}
}

uint32_t
ranked_pair_of(const struct work *w, int32_t learner)
{
	const struct ranked *r = &w->ranked;
	uint32_t next = r->next[learner];

	if (next == w->pairs.learner_off[learner] || r->state[w->pairs.standing[next - 1]] != PROPOSAL_HELD)
		return UINT32_MAX;
	return next - 1;
}
