/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Postings of many blocks. One newcomer there may push somebody out of every block in turn, so proposals wait until
 * nobody else has any to make; then, if they are many, the slots are filled anew from all who hold one and all who wait:
 * one walk over them in the order of merit for the slots that are free to all, and one over the members of each group.
 * Either way a posting that n ask at costs at most n times its blocks, and filling anew is taken when it costs less.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"

enum { FILLING_COSTS = 4 }; /* a learner in a filling, against one block in which a newcomer asks */

/* Those who compete, best first, and where each stands in that order. */
struct filling {
	struct ranked *r;
	int32_t posting;
	size_t n;
	uint64_t *key; /* by merit: KEY_FIRST, or KEY_NEVER for whom only her endowed slot is open */
	bool *taken;
	size_t *member_off; /* by block of the posting, [blocks + 2] */
	uint32_t *member; /* places in key, ascending */
	size_t best; /* nobody before is left */
};

static uint64_t *
waiting_of(const struct ranked *r, int32_t posting)
{
	return &r->seats[r->at[posting] + 1];
}

void
crowd_wait(struct ranked *r, int32_t posting, uint32_t lot, uint32_t priority)
{
	uint64_t *head = waiting_of(r, posting);

	if (*head == 0)
		r->crowd[r->n_crowd++] = posting;
	r->waiting[lot] = (struct waiting){ (uint32_t)*head, priority };
	*head = HEAD(HEAD_ROOM(*head) + 1, lot + 1);
}

uint32_t
crowd_find(const struct ranked *r, int32_t posting, int32_t group)
{
	uint32_t low = r->first_block[posting], end = r->first_block[posting + 1], high = end;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (r->blocks[r->by_group[middle]].group < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end && r->blocks[r->by_group[low]].group == group ? r->by_group[low] : NO_BLOCK;
}

static int
by_group_number(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return (x->group > y->group) - (x->group < y->group);
}

/* Sorts copies, since what is sorted needs the group beside it. */
static void
index_groups(struct ranked *r, int32_t j, struct block *copy)
{
	uint32_t from = r->first_block[j], n = r->first_block[j + 1] - from;

	for (uint32_t k = 0; k < n; k++)
		copy[k] = (struct block){ .at = from + k, .group = r->blocks[from + k].group };
	qsort(copy, n, sizeof *copy, by_group_number);
	for (uint32_t k = 0; k < n; k++)
		r->by_group[from + k] = (uint32_t)copy[k].at;
}

enum engine_status
crowd_lay_out(struct ranked *r)
{
	uint32_t most = 0;
	size_t crowds = 0;
	struct block *copy;

	for (int32_t j = 0; j < r->p->n_postings; j++) {
		uint32_t n = r->first_block[j + 1] - r->first_block[j];

		crowds += n > FEW_BLOCKS;
		most = n > most ? n : most;
	}
	if (crowds == 0)
		return ENGINE_OK;
	r->by_group = pages_take(r->first_block[r->p->n_postings], sizeof *r->by_group);
	r->crowd = pages_take(crowds, sizeof *r->crowd);
	r->waiting = pages_take((size_t)r->p->n_learners, sizeof *r->waiting);
	r->place = pages_zero((size_t)r->p->n_learners, sizeof *r->place);
	copy = pages_take(most, sizeof *copy);
	if (r->by_group != NULL && r->crowd != NULL && r->waiting != NULL && r->place != NULL && copy != NULL) {
		for (int32_t j = 0; j < r->p->n_postings; j++)
			if (is_crowded(r, j))
				index_groups(r, j, copy);
	} else {
		crowds = 0;
	}
	free(copy);
	return crowds == 0 ? ENGINE_NO_MEMORY : ENGINE_OK;
}

/* Holders and those who wait; the blocks are empty afterwards. Returns how many, written down or not. */
static size_t
gather(struct ranked *r, int32_t posting, uint64_t *key)
{
	const struct ranked_problem *p = r->p;
	size_t n = 0;

	for (uint32_t b = r->first_block[posting]; b < r->first_block[posting + 1]; b++) {
		uint64_t *head = &r->seats[r->blocks[b].at];
		uint32_t filled = HEAD_FILLED(*head);

		for (uint32_t k = 0; key != NULL && k < filled; k++) {
			uint32_t lot = key_lot(head[1 + k]);
			uint32_t priority = key_class(head[1 + k]) == KEY_ENDOWED ?
			                        ranked_endowed_priority(r, p->by_lot[lot]) :
			                        key_priority(head[1 + k]);

			key[n + k] = key_of(priority == ENGINE_REFUSED ? KEY_NEVER : KEY_FIRST, priority, lot);
		}
		n += filled;
		if (key != NULL)
			*head = HEAD(HEAD_ROOM(*head), 0);
	}
	for (uint32_t w = HEAD_FILLED(*waiting_of(r, posting)); w != 0; w = r->waiting[w - 1].next) {
		uint32_t priority = r->waiting[w - 1].priority;

		if (key != NULL)
			key[n] = key_of(priority == ENGINE_REFUSED ? KEY_NEVER : KEY_FIRST, priority, w - 1);
		n++;
	}
	return n;
}

static void
note_member(struct filling *f, uint32_t b, size_t k)
{
	uint32_t row = b - f->r->first_block[f->posting];

	if (f->member == NULL)
		f->member_off[row + 2]++;
	else
		f->member[f->member_off[row + 1]++] = (uint32_t)k;
}

/*
 * Places of the members of each block's group: counted where there is no room yet, else written down. Each learner's
 * groups are looked up among the blocks, or the blocks among her groups, whichever are fewer.
 */
static void
find_members(struct filling *f)
{
	const struct ranked *r = f->r;
	const struct engine_rows *groups = &r->p->in->groups;
	uint32_t first = r->first_block[f->posting], end = r->first_block[f->posting + 1];

	for (size_t k = 0; k < f->n && key_class(f->key[k]) != KEY_NEVER; k++) {
		int32_t learner = r->p->by_lot[key_lot(f->key[k])], number = learner_in_instance(r->p, learner);
		bool by_block = groups->off[number + 1] - groups->off[number] > end - first;

		for (uint32_t b = first; by_block && b < end; b++)
			if (r->blocks[b].group != ENGINE_NONE && ranked_is_member(r->p, learner, r->blocks[b].group))
				note_member(f, b, k);
		for (size_t g = groups->off[number]; !by_block && g < groups->off[number + 1]; g++) {
			uint32_t b = crowd_find(r, f->posting, groups->entry[g].to);

			if (b != NO_BLOCK)
				note_member(f, b, k);
		}
	}
}

static bool
filling_begin(struct filling *f)
{
	uint32_t blocks = f->r->first_block[f->posting + 1] - f->r->first_block[f->posting];
	uint64_t *scratch = pages_take(f->n, sizeof *scratch);

	f->key = pages_take(f->n, sizeof *f->key);
	f->taken = pages_zero(f->n, sizeof *f->taken);
	f->member_off = pages_zero((size_t)blocks + 2, sizeof *f->member_off);
	if (scratch == NULL || f->key == NULL || f->taken == NULL || f->member_off == NULL) {
		free(scratch);
		return false;
	}
	(void)gather(f->r, f->posting, f->key);
	keys_sort(f->key, f->n, scratch);
	free(scratch);
	find_members(f);
	for (uint32_t b = 0; b < blocks; b++)
		f->member_off[b + 2] += f->member_off[b + 1];
	f->member = pages_take(f->member_off[blocks + 1], sizeof *f->member);
	if (f->member == NULL)
		return false;
	find_members(f);
	for (size_t k = 0; k < f->n; k++)
		f->r->place[key_lot(f->key[k])] = (uint32_t)k + 1;
	return true;
}

/* Keys arrive best first and stand worst first: of a full block, that is a heap. */
struct seating {
	uint64_t *head;
	uint64_t *next;
	size_t left;
};

static void
seat(struct filling *f, struct seating *s, size_t k, enum key_class class)
{
	uint32_t lot = key_lot(f->key[k]);

	f->taken[k] = true;
	*--s->next = key_of(class, class == KEY_ENDOWED ? 0 : key_priority(f->key[k]), lot);
	s->left--;
}

static void
seat_best(struct filling *f, struct seating *s, enum key_class class)
{
	while (s->left > 0 && f->best < f->n && key_class(f->key[f->best]) != KEY_NEVER) {
		if (!f->taken[f->best])
			seat(f, s, f->best, class);
		f->best++;
	}
}

static void
fill_block(struct filling *f, uint32_t b)
{
	struct ranked *r = f->r;
	uint32_t first = r->first_block[f->posting], room = HEAD_ROOM(r->seats[r->blocks[b].at]);
	uint64_t *head = &r->seats[r->blocks[b].at];
	struct seating s = { head, head + 1 + room, room };

	for (uint32_t e = r->blocks[b].endowed > 0 ? r->endowed_off[b] : 0, n = 0; n < (uint32_t)r->blocks[b].endowed;
	     n++) {
		uint32_t place = r->place[r->p->lot[r->endowed[e + n]]];

		if (place != 0 && !f->taken[place - 1])
			seat(f, &s, place - 1, KEY_ENDOWED);
	}
	for (size_t m = f->member_off[b - first]; s.left > 0 && m < f->member_off[b - first + 1]; m++)
		if (!f->taken[f->member[m]])
			seat(f, &s, f->member[m], KEY_FIRST);
	seat_best(f, &s, r->blocks[b].group == ENGINE_NONE ? KEY_FIRST : KEY_OTHER);
	memmove(head + 1, s.next, (room - s.left) * sizeof *head);
	*head = HEAD(room, room - s.left);
}

static bool
fill_anew(struct ranked *r, int32_t posting, size_t n)
{
	struct filling f = { .r = r, .posting = posting, .n = n };
	bool done = filling_begin(&f);

	if (done) {
		for (uint32_t b = r->first_block[posting]; b < r->first_block[posting + 1]; b++)
			fill_block(&f, b);
		for (size_t k = 0; k < n; k++) {
			r->place[key_lot(f.key[k])] = 0;
			if (!f.taken[k])
				set_free(r, key_lot(f.key[k]));
		}
	}
	free(f.key);
	free(f.taken);
	free(f.member_off);
	free(f.member);
	return done;
}

enum engine_status
crowd_settle(struct ranked *r)
{
	int32_t posting = r->crowd[--r->n_crowd];
	uint64_t *head = waiting_of(r, posting);
	uint64_t blocks = r->first_block[posting + 1] - r->first_block[posting], waiting = HEAD_ROOM(*head);
	size_t n = gather(r, posting, NULL);

	if (waiting * blocks > FILLING_COSTS * (uint64_t)n) {
		if (!fill_anew(r, posting, n))
			return ENGINE_NO_MEMORY;
	} else {
		for (uint32_t w = HEAD_FILLED(*head); w != 0; w = r->waiting[w - 1].next) {
			uint64_t out = chain_offer(r, posting, w - 1, r->waiting[w - 1].priority);

			if (out != KEY_NONE)
				set_free(r, key_lot(out));
		}
	}
	*head = 0;
	return ENGINE_OK;
}
