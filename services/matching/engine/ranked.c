/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proposals. Their order does not matter, so they go in batches, each through three steps: fetch where the learners
 * stand, walk their lists to the first posting that may take them, ask there. While one step touches memory for one
 * learner, the memory of the next ones is on its way. Whoever loses her seat waits for a later batch; no chain of
 * displacements is ever followed.
 */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"

enum { BATCH = 32 };

struct asking {
	struct asker who;
	int32_t posting; /* ENGINE_NONE: nowhere left to ask */
	uint32_t priority; /* on her merits; not told with endowed */
	bool endowed; /* it is her endowed posting */
};

static void
sift_down(uint64_t *heap, size_t n, size_t k, uint64_t key)
{
	for (;;) {
		size_t child = 2 * k + 1;

		if (child >= n)
			break;
		if (child + 1 < n && heap[child + 1] > heap[child])
			child++;
		if (heap[child] <= key)
			break;
		heap[k] = heap[child];
		k = child;
	}
	heap[k] = key;
}

uint64_t
block_offer(uint64_t *head, uint64_t key)
{
	uint32_t room = HEAD_ROOM(*head), filled = HEAD_FILLED(*head);
	uint64_t *heap = head + 1, out;

	if (filled < room) {
		heap[filled] = key;
		*head = HEAD(room, filled + 1);
		if (filled + 1 == room)
			for (size_t k = room / 2; k-- > 0;)
				sift_down(heap, room, k, heap[k]);
		return KEY_NONE;
	}
	if (room == 0 || key > heap[0])
		return key;
	out = heap[0];
	sift_down(heap, room, 0, key);
	return out;
}

/* What a full block's worst holder leaves to those who come. */
static uint32_t
cut_of(const uint64_t *head)
{
	if (HEAD_FILLED(*head) < HEAD_ROOM(*head))
		return ENGINE_REFUSED;
	if (HEAD_ROOM(*head) == 0 || key_class(head[1]) == KEY_ENDOWED)
		return 0;
	return key_priority(head[1]) + 1;
}

static void
ask(struct ranked *r, const struct asking *a)
{
	uint64_t *head = &r->seats[r->at[a->posting]], out;

	r->proposals++;
	if (*head == HEAD_CHAIN) {
		uint32_t priority = a->endowed ? ranked_endowed_priority(r, a->who.learner) : a->priority;

		if (is_crowded(r, a->posting)) {
			crowd_wait(r, a->posting, a->who.lot, priority);
			return;
		}
		out = chain_offer(r, a->posting, a->who.lot, priority);
	} else {
		out = block_offer(head, a->endowed ? key_of(KEY_ENDOWED, 0, a->who.lot) :
		                                     key_of(KEY_FIRST, a->priority, a->who.lot));
		r->cut[a->posting] = cut_of(head);
	}
	if (out != KEY_NONE)
		set_free(r, key_lot(out));
}

/* The next posting that may take her; at the end of her list her endowed one does. */
static void
walk(struct ranked *r, struct asking *a)
{
	const struct ranked_problem *p = r->p;
	const struct engine_line *line = p->rankings.line;
	struct walker *w = &r->walker[a->who.learner];
	uint32_t next = w->next;

	while (next < w->end && line[next].priority >= r->cut[line[next].posting])
		next++;
	r->proposals += next - w->next;
	a->endowed = false;
	if (next < w->end) {
		a->posting = line[next].posting;
		a->priority = line[next].priority;
		w->next = next + 1;
	} else if (is_endowed(p, a->who.learner)) {
		a->posting = p->endowment[a->who.learner];
		a->endowed = true;
		w->next = w->end + 1;
	} else {
		a->posting = ENGINE_NONE;
		w->next = WALKED_OUT;
	}
}

static void
ask_batch(struct ranked *r, const struct asker *who, size_t n)
{
	struct asking asking[BATCH];

	for (size_t k = 0; k < n; k++) {
		const struct walker *w = &r->walker[who[k].learner];

		asking[k].who = who[k];
		if (w->next < w->end)
			__builtin_prefetch(&r->p->rankings.line[w->next]);
	}
	for (size_t k = 0; k < n; k++) {
		const uint64_t *head;

		walk(r, &asking[k]);
		if (asking[k].posting == ENGINE_NONE)
			continue;
		/* The worst of a few holders and the heap below it: two lines of cache. */
		head = &r->seats[r->at[asking[k].posting]];
		__builtin_prefetch(head, 1);
		__builtin_prefetch(head + 64 / sizeof *head, 1);
	}
	for (size_t k = 0; k < n; k++)
		if (asking[k].posting != ENGINE_NONE)
			ask(r, &asking[k]);
}

/* Her list ends where her endowed posting stands in it: there she stays at the latest. */
static size_t
list_end(struct ranked *r, int32_t i)
{
	const struct ranked_problem *p = r->p;
	size_t end = p->rankings.off[i + 1];

	if (!is_endowed(p, i))
		return end;
	r->own[i].listed = false;
	for (size_t k = p->rankings.off[i]; k < end; k++) {
		if (p->rankings.line[k].posting == p->endowment[i]) {
			r->own[i].listed = true;
			r->own[i].priority = p->rankings.line[k].priority;
			return k;
		}
	}
	return end;
}

/* Everybody asks for the first time, in the order of the lists in memory. */
static void
begin(struct ranked *r)
{
	const struct ranked_problem *p = r->p;
	struct asker who[BATCH];
	size_t n = 0;

	for (int32_t i = 0; i < p->n_learners; i++) {
		struct walker *w = &r->walker[i];

		*w = (struct walker){ WALKED_OUT, 0 };
		if (p->absent != NULL && p->absent[i])
			continue;
		*w = (struct walker){ (uint32_t)p->rankings.off[i], (uint32_t)list_end(r, i) };
		who[n++] = (struct asker){ i, p->lot[i] };
		if (n == BATCH) {
			ask_batch(r, who, n);
			n = 0;
		}
	}
	ask_batch(r, who, n);
}

static enum engine_status
go_on(struct ranked *r)
{
	enum engine_status status = ENGINE_OK;
	struct asker who[BATCH];

	while (status == ENGINE_OK && (r->n_free > 0 || r->n_crowd > 0)) {
		size_t n = r->n_free < BATCH ? r->n_free : BATCH;

		if (n == 0) {
			status = crowd_settle(r);
			continue;
		}
		r->n_free -= n;
		for (size_t k = 0; k < n; k++) {
			who[k].lot = r->free[r->n_free + k];
			who[k].learner = r->p->by_lot[who[k].lot];
			__builtin_prefetch(&r->walker[who[k].learner], 1);
		}
		ask_batch(r, who, n);
	}
	return status;
}

enum engine_status
ranked_run(const struct ranked_problem *p, struct ranked **out)
{
	struct ranked *r = pages_zero(1, sizeof *r);
	enum engine_status status = ENGINE_NO_MEMORY;

	if (r != NULL) {
		r->p = p;
		r->walker = pages_take((size_t)p->n_learners, sizeof *r->walker);
		r->free = pages_take((size_t)p->n_learners, sizeof *r->free);
		if (r->walker != NULL && r->free != NULL)
			status = ranked_lay_out(r);
		if (status == ENGINE_OK) {
			begin(r);
			status = go_on(r);
		}
	}
	if (status != ENGINE_OK)
		ranked_destroy(&r);
	*out = r;
	return status;
}

void
ranked_destroy(struct ranked **self)
{
	struct ranked *r = self == NULL ? NULL : *self;

	if (r == NULL)
		return;
	free(r->walker);
	free(r->cut);
	free(r->at);
	free(r->seats);
	free(r->first_block);
	free(r->blocks);
	free(r->own);
	free(r->endowed_off);
	free(r->endowed);
	free(r->free);
	free(r->by_group);
	free(r->waiting);
	free(r->crowd);
	free(r->place);
	free(r);
	*self = NULL;
}

enum ranked_stand
ranked_stand_of(const struct ranked *r, int32_t learner, int32_t *posting)
{
	const struct ranked_problem *p = r->p;
	const struct walker *w = &r->walker[learner];

	*posting = ENGINE_NONE;
	if (w->next == WALKED_OUT)
		return RANKED_NOWHERE;
	if (w->next <= w->end) {
		*posting = p->rankings.line[w->next - 1].posting;
		return RANKED_BY_LIST;
	}
	*posting = p->endowment[learner];
	return r->own[learner].listed ? RANKED_BY_LIST : RANKED_BY_ENDOWMENT;
}

size_t
ranked_reach(const struct ranked *r, int32_t learner)
{
	const struct walker *w = &r->walker[learner];

	if (w->next == WALKED_OUT || w->next > r->p->rankings.off[learner + 1])
		return r->p->rankings.off[learner + 1];
	return w->next;
}

uint64_t
ranked_proposals(const struct ranked *r)
{
	return r->proposals;
}
