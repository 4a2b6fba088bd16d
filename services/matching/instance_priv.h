/* SPDX-License-Identifier: Apache-2.0 */
/* What drafting and sealing share. */
#ifndef MATCHING_INSTANCE_PRIV_H
#define MATCHING_INSTANCE_PRIV_H

#include "base/arena.h"
#include "instance.h"

/* A growing array. */
struct grown {
	void  *items;
	size_t n, room;
};

struct draft_person {               /* a learner */
	const char *id, *college;
	int32_t tier;
	bool assignable;
};

struct draft_place {                /* a posting */
	const char *id, *college;
	int32_t capacity;
	bool accepts_unranked, assignable, reserve_last;
};

struct draft_entry {                /* one line of a list; name stands for a group until sealing numbers it */
	int32_t list, to, value;
	const char *name;
};

struct draft {
	struct arena *strings;
	const char *seed;
	bool guarantee;
	struct instance_flaw flaw;      /* code NULL: none yet */
	struct grown learners, postings;
	struct grown rankings, choices, fit, groups, reserves, fixed, held;     /* of struct draft_entry */
};

#define DRAFT_LEARNER(d, i) (&((struct draft_person *)(d)->learners.items)[i])
#define DRAFT_POSTING(d, j) (&((struct draft_place *)(d)->postings.items)[j])

/* Remember the first flaw only. */
void flaw_set(struct instance_flaw *f, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
