/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of our own log, read again and told anew without somebody who was erased. */
#include <stdlib.h>
#include <string.h>

#include "bassin/v1/matching.pb-c.h"
#include "store/store.h"
#include "wire.h"

struct erased { const char *const *learners; size_t n; };

static int
by_text(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

static bool
is_erased(const struct erased *e, const char *learner)
{
	return bsearch(learner, e->learners, e->n, sizeof *e->learners, by_text) != NULL;
}

/* Both messages are unpacked into the arena, so a line that is left out needs no freeing. */
#define KEEP_OTHERS(e, lines, count) do { \
		size_t kept_ = 0; \
		for (size_t i_ = 0; i_ < (count); i_++) { \
			if (!is_erased((e), (lines)[i_]->learner)) \
				(lines)[kept_++] = (lines)[i_]; \
		} \
		(count) = kept_; \
	} while (0)

static void
posting_without(Bassin__V1__PostingPlaced *m, const struct erased *e)
{
	KEEP_OTHERS(e, m->learners, m->n_learners);
	KEEP_OTHERS(e, m->moved, m->n_moved);
}

static void
college_without(Bassin__V1__CollegePlaced *m, const struct erased *e)
{
	KEEP_OTHERS(e, m->placements, m->n_placements);
	KEEP_OTHERS(e, m->unplaced, m->n_unplaced);
}

int
retell_without(struct work *w, const struct event *told, int64_t version, const char *const *learners, size_t n)
{
	const struct erased e = { learners, n };
	ProtobufCAllocator allocator = arena_allocator(w->arena);
	bool is_placement = told->type == BASSIN__V1__EVENT_TYPE__POSTING_PLACED;
	const ProtobufCMessageDescriptor *type =
	    is_placement ? &bassin__v1__posting_placed__descriptor : &bassin__v1__college_placed__descriptor;
	void *m = protobuf_c_message_unpack(type, &allocator, told->size, told->body);

	if (m == NULL)
		return STORE_RETRY;             /* we packed it ourselves: it is memory that is short */
	if (is_placement)
		posting_without(m, &e);
	else
		college_without(m, &e);
	return work_emit(w, told->topic, told->key, (uint64_t)version, told->type, m) == 0 ? STORE_OK : STORE_RETRY;
}
