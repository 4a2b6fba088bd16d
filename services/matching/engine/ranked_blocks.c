/* SPDX-License-Identifier: Apache-2.0 */
/* What a learner counts for at a block, and asking at a posting that has several. */
#include "engine/ranked_priv.h"

/* The place of target in a row sorted by it, or SIZE_MAX. */
static size_t
row_find(const struct engine_rows *rows, int32_t list, int32_t target)
{
	size_t low = rows->off[list], high = rows->off[list + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->entry[middle].to < target)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->off[list + 1] && rows->entry[low].to == target ? low : SIZE_MAX;
}

uint32_t
ranked_priority(const struct engine_instance *in, int32_t learner, int32_t posting)
{
	size_t choice = row_find(&in->choices, learner, posting), fit = row_find(&in->fit, learner, posting);

	if (choice == SIZE_MAX && !in->accepts_unranked[posting])
		return ENGINE_REFUSED;
	return ENGINE_PRIORITY(choice == SIZE_MAX ? in->posting_tiers[posting] : in->choices.entry[choice].value,
	                       fit == SIZE_MAX ? 0 : in->fit.entry[fit].value);
}

uint32_t
ranked_endowed_priority(const struct ranked *r, int32_t learner)
{
	const struct ranked_problem *p = r->p;

	if (r->own[learner].listed)
		return r->own[learner].priority;
	return ranked_priority(p->in, learner_in_instance(p, learner), posting_in_instance(p, p->endowment[learner]));
}

bool
ranked_is_member(const struct ranked_problem *p, int32_t learner, int32_t group)
{
	return row_find(&p->in->groups, learner_in_instance(p, learner), group) != SIZE_MAX;
}

enum key_class
ranked_class(const struct ranked *r, const struct block *b, int32_t learner, uint32_t priority)
{
	if (priority == ENGINE_REFUSED)
		return KEY_NEVER;
	return b->group == ENGINE_NONE || ranked_is_member(r->p, learner, b->group) ? KEY_FIRST : KEY_OTHER;
}

/* Her endowed block, if the posting is her endowed one. */
static uint32_t
own_block(const struct ranked *r, int32_t posting, uint32_t lot)
{
	int32_t learner;

	if (r->p->endowment == NULL)
		return NO_BLOCK;
	learner = r->p->by_lot[lot];
	return r->p->endowment[learner] == posting ? r->own[learner].block : NO_BLOCK;
}

/* Full of learners who all come before this key: then nobody with a key as late stays. */
static bool
is_full_before(const uint64_t *head, uint64_t key)
{
	return HEAD_FILLED(*head) == HEAD_ROOM(*head) && (HEAD_ROOM(*head) == 0 || head[1] < key);
}

uint64_t
chain_offer(struct ranked *r, int32_t posting, uint32_t lot, uint32_t priority)
{
	const struct ranked_problem *p = r->p;
	uint32_t own = own_block(r, posting, lot);
	uint64_t key;

	for (uint32_t b = r->first_block[posting]; b < r->first_block[posting + 1]; b++) {
		uint64_t *head = &r->seats[r->blocks[b].at];
		enum key_class class = KEY_ENDOWED;

		if (b != own) {
			/* Most are turned away by what they could be at best. */
			if (is_full_before(head, key_of(KEY_FIRST, priority, lot)))
				continue;
			class = ranked_class(r, &r->blocks[b], p->by_lot[lot], priority);
			if (class == KEY_NEVER)
				continue;
		}
		key = block_offer(head, key_of(class, class == KEY_ENDOWED ? 0 : priority, lot));
		if (key == KEY_NONE)
			return KEY_NONE;
		if (key_lot(key) != lot) {
			lot = key_lot(key);
			priority = key_priority(key);
			own = own_block(r, posting, lot);
		}
	}
	return key_of(KEY_OTHER, priority, lot);
}
