/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No stable outcome is better for any learner. Seen slot by slot, a stable outcome pairs one learner with one slot. Let
 * each slot point to the slot of the best learner, by its own priority, who would rather have it than hers (nowhere if
 * there is none or she has no slot). Around a ring of such slots everybody could move up at once, and what results is
 * stable again; and where learners can do better at all, such a ring exists (Gusfield and Irving, The Stable Marriage
 * Problem, 1989, on rotations). No ring: the outcome is that of learners proposing, exactly.
 */
#include "verifier/judge.h"

/* Name somebody of the ring who moves to another posting; there is one, since slots of one posting point forwards. */
static bool
ring_found(struct judge *v, const struct run *r, int32_t slot)
{
	const struct claim_slot *slots = r->claim->slots;
	const int32_t *next = r->next;
	int32_t here = r->result[slots[slot].learner];

	while (r->result[slots[next[slot]].learner] == here)
		slot = next[slot];
	return report_violation(
	    v->report, r->name, "not_best_for_learners",
	    "learner \"%s\" and others could all move up, she to \"%s\", and the outcome would still be stable",
	    "l'élève « %s » et d'autres pourraient tous monter, la première chez « %s », et le résultat resterait "
	    "stable",
	    SHOWN(learner_id(v, slots[next[slot]].learner)), SHOWN(posting_id(v, here)));
}

bool
judge_rings(struct judge *v, struct run *r)
{
	int32_t n = r->claim->slot_off[v->e->n_postings];
	int32_t *seen = judge_take(v, (size_t)n, sizeof *seen); /* 0: not yet; else 1 + where the walk began */

	if (seen == NULL)
		return false;
	for (int32_t first = 0; first < n; first++) {
		int32_t slot = first;

		while (slot != ENGINE_NONE && seen[slot] == 0) {
			seen[slot] = first + 1;
			slot = r->next[slot];
		}
		if (slot != ENGINE_NONE && seen[slot] == first + 1)
			return ring_found(v, r, slot);
	}
	return true;
}
