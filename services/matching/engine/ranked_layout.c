/* SPDX-License-Identifier: Apache-2.0 */
/* The slots of each posting as blocks, who is endowed with which, and the table of seats: everything empty yet. */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"

/* The blocks of posting j, in the order of filling; what is reserved beyond the seats falls away. */
static uint32_t
blocks_of(struct ranked *r, int32_t j, uint32_t b)
{
	const struct ranked_problem *p = r->p;
	const struct engine_instance *in = p->in;
	int32_t number = posting_in_instance(p, j), left = p->seats[j];
	size_t from = in->reserves.off[number], to = in->reserves.off[number + 1];
	bool open_first = in->reserve_last[number];
	uint32_t open = open_first ? b : b + (uint32_t)(to - from);

	if (open_first)
		b++;
	for (size_t k = from; k < to; k++, b++) {
		const struct engine_entry *e = &in->reserves.entry[k];

		r->blocks[b] = (struct block){ .slots = e->value < left ? e->value : left, .group = e->to };
		left -= r->blocks[b].slots;
	}
	r->blocks[open] = (struct block){ .slots = left, .group = ENGINE_NONE };
	return open_first ? b : b + 1;
}

static enum engine_status
lay_out_blocks(struct ranked *r)
{
	const struct ranked_problem *p = r->p;
	size_t n = (size_t)p->n_postings;
	uint32_t b = 0;

	for (int32_t j = 0; j < p->n_postings; j++) {
		int32_t number = posting_in_instance(p, j);

		n += p->in->reserves.off[number + 1] - p->in->reserves.off[number];
	}
	if (n >= UINT32_MAX)
		return ENGINE_BAD_INPUT;
	r->first_block = pages_take((size_t)p->n_postings + 1, sizeof *r->first_block);
	r->blocks = pages_take(n, sizeof *r->blocks);
	if (r->first_block == NULL || r->blocks == NULL)
		return ENGINE_NO_MEMORY;
	for (int32_t j = 0; j < p->n_postings; j++) {
		r->first_block[j] = b;
		b = blocks_of(r, j, b);
	}
	r->first_block[p->n_postings] = b;
	return ENGINE_OK;
}

/* Her block: the first for a group of hers that has a slot which nobody else is endowed with. By looking at all. */
static uint32_t
own_block_of_few(const struct ranked *r, int32_t learner, int32_t posting)
{
	for (uint32_t b = r->first_block[posting]; b < r->first_block[posting + 1]; b++)
		if (r->blocks[b].group != ENGINE_NONE && r->blocks[b].endowed < r->blocks[b].slots &&
		    ranked_is_member(r->p, learner, r->blocks[b].group))
			return b;
	return NO_BLOCK;
}

/* The same by looking her groups up. */
static uint32_t
own_block_of_many(const struct ranked *r, int32_t learner, int32_t posting)
{
	const struct engine_rows *groups = &r->p->in->groups;
	int32_t number = learner_in_instance(r->p, learner);
	uint32_t first = NO_BLOCK;

	for (size_t g = groups->off[number]; g < groups->off[number + 1]; g++) {
		uint32_t b = crowd_find(r, posting, groups->entry[g].to);

		if (b < first && r->blocks[b].endowed < r->blocks[b].slots)
			first = b;
	}
	return first;
}

/* Else the open one, else the first that has such a slot; none before `vacant` has. */
static uint32_t
choose_block(const struct ranked *r, int32_t learner, uint32_t *vacant)
{
	int32_t posting = r->p->endowment[learner];
	uint32_t end = r->first_block[posting + 1];
	int32_t number = learner_in_instance(r->p, learner);
	bool few_groups =
	    r->p->in->groups.off[number + 1] - r->p->in->groups.off[number] < end - r->first_block[posting];
	uint32_t own = is_crowded(r, posting) && few_groups ? own_block_of_many(r, learner, posting) :
	                                                      own_block_of_few(r, learner, posting);
	uint32_t open = r->p->in->reserve_last[posting_in_instance(r->p, posting)] ? r->first_block[posting] : end - 1;

	if (own != NO_BLOCK)
		return own;
	if (r->blocks[open].endowed < r->blocks[open].slots)
		return open;
	while (*vacant < end && r->blocks[*vacant].endowed == r->blocks[*vacant].slots)
		++*vacant;
	return *vacant < end ? *vacant : NO_BLOCK;
}

/* False: more are endowed with a posting than it has slots. */
static bool
choose_blocks(struct ranked *r, uint32_t *vacant)
{
	const struct ranked_problem *p = r->p;

	for (int32_t j = 0; j < p->n_postings; j++)
		vacant[j] = r->first_block[j];
	for (int32_t i = 0; i < p->n_learners; i++) {
		uint32_t b;

		if (!is_endowed(p, i))
			continue;
		b = choose_block(r, i, &vacant[p->endowment[i]]);
		if (b == NO_BLOCK)
			return false;
		r->blocks[b].endowed++;
		r->own[i].block = b;
		r->endowed_off[b + 2]++;
	}
	return true;
}

/* Endowed learners choose in order of number; then the learners of each block, by counting. */
static enum engine_status
lay_out_endowments(struct ranked *r)
{
	const struct ranked_problem *p = r->p;
	uint32_t blocks = r->first_block[p->n_postings], *vacant;
	bool chosen;

	if (p->endowment == NULL)
		return ENGINE_OK;
	r->own = pages_take((size_t)p->n_learners, sizeof *r->own);
	r->endowed_off = pages_zero((size_t)blocks + 2, sizeof *r->endowed_off);
	r->endowed = pages_take((size_t)p->n_learners, sizeof *r->endowed);
	vacant = pages_take((size_t)p->n_postings, sizeof *vacant);
	if (r->own == NULL || r->endowed_off == NULL || r->endowed == NULL || vacant == NULL) {
		free(vacant);
		return ENGINE_NO_MEMORY;
	}
	chosen = choose_blocks(r, vacant);
	free(vacant);
	if (!chosen)
		return ENGINE_BAD_INPUT;
	for (uint32_t b = 0; b < blocks; b++)
		r->endowed_off[b + 2] += r->endowed_off[b + 1];
	for (int32_t i = 0; i < p->n_learners; i++)
		if (is_endowed(p, i))
			r->endowed[r->endowed_off[r->own[i].block + 1]++] = i;
	return ENGINE_OK;
}

/*
 * How many may ever ask at each posting, so that a table of seats is not larger than the lists: exactly only where the
 * seats are far more than the learners.
 */
static enum engine_status
count_asking(const struct ranked_problem *p, uint32_t **asking)
{
	size_t lines = p->rankings.off[p->n_learners], room = 0, enough = 2 * (lines + (size_t)p->n_learners);

	*asking = NULL;
	for (int32_t j = 0; j < p->n_postings; j++)
		room += (size_t)(p->seats[j] < p->n_learners ? p->seats[j] : p->n_learners);
	if (room <= enough)
		return ENGINE_OK;
	*asking = pages_zero((size_t)p->n_postings, sizeof **asking);
	if (*asking == NULL)
		return ENGINE_NO_MEMORY;
	for (size_t k = 0; k < lines; k++)
		(*asking)[p->rankings.line[k].posting]++;
	for (int32_t i = 0; i < p->n_learners; i++)
		if (is_endowed(p, i))
			(*asking)[p->endowment[i]]++;
	return ENGINE_OK;
}

/*
 * Room for a posting's blocks, and their heads if the table is there. Slots that are never reached, since the blocks
 * before have room for everybody, need none but for the learners endowed with them.
 */
static size_t
seats_of(struct ranked *r, int32_t j, uint32_t asking, size_t at)
{
	uint32_t from = r->first_block[j], to = r->first_block[j + 1];

	if (r->seats != NULL) {
		r->at[j] = (uint32_t)at;
		r->cut[j] = to - from == 1 && r->blocks[from].slots == 0 ? 0 : ENGINE_REFUSED;
		if (to - from > 1) {
			r->seats[at] = HEAD_CHAIN;
			r->seats[at + 1] = 0;
		}
	}
	at += to - from > 1 ? 2 : 0;
	for (uint32_t b = from; b < to; b++) {
		struct block *block = &r->blocks[b];
		uint32_t slots = (uint32_t)block->slots, room = asking + (uint32_t)block->endowed;

		room = room < slots ? room : slots;
		if (r->seats != NULL) {
			block->at = at;
			r->seats[at] = HEAD(room, 0);
		}
		at += 1 + (size_t)room;
		asking -= asking < slots ? asking : slots;
	}
	return at;
}

static size_t
lay_out_seats(struct ranked *r, const uint32_t *asking)
{
	size_t at = 0;

	for (int32_t j = 0; j < r->p->n_postings; j++)
		at = seats_of(r, j, asking == NULL ? (uint32_t)r->p->n_learners : asking[j], at);
	return at;
}

enum engine_status
ranked_lay_out(struct ranked *r)
{
	enum engine_status status = lay_out_blocks(r);
	uint32_t *asking = NULL;
	size_t room;

	if (status == ENGINE_OK)
		status = crowd_lay_out(r);
	if (status == ENGINE_OK)
		status = lay_out_endowments(r);
	if (status == ENGINE_OK)
		status = count_asking(r->p, &asking);
	if (status == ENGINE_OK) {
		r->cut = pages_take((size_t)r->p->n_postings, sizeof *r->cut);
		r->at = pages_take((size_t)r->p->n_postings, sizeof *r->at);
		room = lay_out_seats(r, asking);
		r->seats = room > UINT32_MAX ? NULL : pages_take(room, sizeof *r->seats);
		if (r->cut == NULL || r->at == NULL || r->seats == NULL)
			status = ENGINE_NO_MEMORY;
		else
			lay_out_seats(r, asking);
	}
	free(asking);
	return status;
}
