/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ranked phase leaves: where everybody stands, the slots in the order of filling, the cut-offs.
 *
 * The slots of a block are filled one by one: an endowed slot takes its learner if she is among the block's holders and
 * has not won an earlier slot; every other slot takes the best left.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"

enum { AHEAD = 4, FIRST_KEYS = 16 };

struct teller {
	struct ranked *r;
	const struct ranked_told *to;
	int32_t posting; /* in hand */
	int32_t reserve; /* the block in hand: a reserve's place, or ENGINE_OPEN_SLOT */
	size_t n_slots;
	uint64_t *scratch;
	uint32_t *waiting; /* by lot: 1 + the block whose slots she has not got yet; NULL without endowments */
};

/* Her place is told here too: the slots lead to it in the order of memory of all but her. */
static void
tell_slot(struct teller *t, uint64_t key, bool endowed)
{
	const struct ranked *r = t->r;
	int32_t learner = r->p->by_lot[key_lot(key)];

	t->to->slots[t->n_slots++] = (struct engine_slot){ learner_in_instance(r->p, learner), t->reserve, endowed };
	t->to->posting[learner] = t->posting;
	if (is_endowed(r->p, learner))
		t->to->unranked[learner] = !r->own[learner].listed && r->p->endowment[learner] == t->posting;
}

/*
 * Holders on endowed slots have their merits for keys from here on. If everybody who is endowed here is here, they hold
 * their own slots, and merits are not asked for.
 */
static void
tell_merits(struct teller *t, const struct block *b, uint64_t *key, size_t n)
{
	const struct ranked_problem *p = t->r->p;
	size_t here = 0;

	while (here < n && key_class(key[here]) == KEY_ENDOWED)
		here++;
	if (here == 0 || here == (size_t)b->endowed)
		return;
	for (size_t k = 0; k < here; k++) {
		int32_t learner = p->by_lot[key_lot(key[k])];
		uint32_t priority = ranked_endowed_priority(t->r, learner);

		key[k] = key_of(ranked_class(t->r, b, learner, priority), priority, key_lot(key[k]));
	}
	keys_sort(key, n, t->scratch);
}

/* The slots of a block with endowed slots. Returns the worst key admitted on merits, or KEY_NONE. */
static uint64_t
fill_with_endowed(struct teller *t, uint32_t b, uint64_t *key, size_t n)
{
	const struct ranked *r = t->r;
	uint32_t from = r->endowed_off[b], to = r->endowed_off[b + 1];
	size_t best = 0;
	uint64_t worst = KEY_NONE;

	tell_merits(t, &r->blocks[b], key, n);
	for (size_t k = 0; k < n; k++)
		t->waiting[key_lot(key[k])] = b + 1;
	for (int32_t slot = 0; slot < r->blocks[b].slots; slot++) {
		uint32_t e = from + (uint32_t)slot;

		if (e < to && t->waiting[r->p->lot[r->endowed[e]]] == b + 1) {
			tell_slot(t, r->p->lot[r->endowed[e]], true);
			t->waiting[r->p->lot[r->endowed[e]]] = 0;
			continue;
		}
		while (best < n && t->waiting[key_lot(key[best])] != b + 1)
			best++;
		if (best < n && key_class(key[best]) != KEY_NEVER) {
			worst = key[best];
			tell_slot(t, key[best], false);
			t->waiting[key_lot(key[best])] = 0;
		} else if (e >= to) {
			break;
		}
	}
	return worst;
}

/* Who holds a seat, and where that is told, lies anywhere in memory: ask for it some blocks before its turn. */
static void
look_ahead(const struct teller *t, uint32_t b)
{
	const struct ranked *r = t->r;

	for (uint32_t turn = 2 * AHEAD; turn > 0; turn -= AHEAD) {
		const uint64_t *head;
		size_t n;

		if (b + turn >= r->first_block[r->p->n_postings])
			continue;
		head = &r->seats[r->blocks[b + turn].at];
		n = HEAD_FILLED(*head) < FIRST_KEYS ? HEAD_FILLED(*head) : FIRST_KEYS;
		for (size_t k = 1; k <= n && turn > AHEAD; k++)
			__builtin_prefetch(&r->p->by_lot[key_lot(head[k])]);
		for (size_t k = 1; k <= n && turn == AHEAD; k++)
			__builtin_prefetch(&t->to->posting[r->p->by_lot[key_lot(head[k])]], 1);
	}
}

static void
tell_block(struct teller *t, uint32_t b, struct engine_cutoff *cut)
{
	const struct ranked *r = t->r;
	const struct block *block = &r->blocks[b];
	uint64_t *head = &r->seats[block->at], *key = head + 1, worst = KEY_NONE;
	size_t n = HEAD_FILLED(*head);

	keys_sort(key, n, t->scratch);
	if (t->waiting != NULL && block->endowed > 0) {
		worst = fill_with_endowed(t, b, key, n);
	} else if (n > 0) {
		for (size_t k = 0; k < n; k++)
			tell_slot(t, key[k], false);
		worst = key[n - 1];
	}
	*cut = (struct engine_cutoff){ ENGINE_SEATS_CLOSED, ENGINE_NONE, 0 };
	if (n < (size_t)block->slots)
		cut->state = ENGINE_SEAT_FREE;
	else if (worst != KEY_NONE)
		*cut = (struct engine_cutoff){ ENGINE_CUT, learner_in_instance(r->p, r->p->by_lot[key_lot(worst)]),
			                       key_priority(worst) };
}

static void
tell_posting(struct teller *t, int32_t j)
{
	const struct ranked *r = t->r;
	struct engine_cutoff *cut = t->to->cutoffs + t->to->cutoff_off[posting_in_instance(r->p, j)];
	uint32_t from = r->first_block[j], to = r->first_block[j + 1];
	int32_t reserve = 0;

	t->posting = j;
	t->to->slot_off[j] = t->n_slots;
	for (uint32_t b = from; b < to; b++) {
		look_ahead(t, b);
		t->reserve = r->blocks[b].group == ENGINE_NONE ? ENGINE_OPEN_SLOT : reserve++;
		tell_block(t, b, t->reserve == ENGINE_OPEN_SLOT ? &cut[to - from - 1] : &cut[t->reserve]);
	}
}

/* As many as hold one block at most. */
static size_t
longest_block(const struct ranked *r)
{
	size_t longest = 0;

	for (uint32_t b = 0; b < r->first_block[r->p->n_postings]; b++) {
		size_t n = HEAD_FILLED(r->seats[r->blocks[b].at]);

		longest = n > longest ? n : longest;
	}
	return longest;
}

enum engine_status
ranked_tell(struct ranked *r, const struct ranked_told *to)
{
	size_t n = (size_t)r->p->n_learners;
	struct teller t = { .r = r, .to = to, .scratch = pages_take(longest_block(r), sizeof *t.scratch) };
	enum engine_status status = ENGINE_NO_MEMORY;

	if (r->p->endowment != NULL)
		t.waiting = pages_zero(n, sizeof *t.waiting);
	if (t.scratch != NULL && (t.waiting != NULL || r->p->endowment == NULL)) {
		for (size_t i = 0; i < n; i++)
			to->posting[i] = ENGINE_NONE;
		if (r->p->endowment != NULL)
			memset(to->unranked, false, n);
		for (int32_t j = 0; j < r->p->n_postings; j++)
			tell_posting(&t, j);
		to->slot_off[r->p->n_postings] = t.n_slots;
		status = ENGINE_OK;
	}
	free(t.scratch);
	free(t.waiting);
	return status;
}
