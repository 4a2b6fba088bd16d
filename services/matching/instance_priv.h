/* SPDX-License-Identifier: Apache-2.0 */
/* What drafting, reading and sealing share. */
#ifndef MATCHING_INSTANCE_PRIV_H
#define MATCHING_INSTANCE_PRIV_H

#include "engine/pages.h"
#include "instance.h"
#include "json_in.h"
#include "names.h"

/* A growing array. */
struct grown {
	void  *items;
	size_t n, room;
};

/*
 * Learners and postings in the order of their coming. Their lists lie one behind another in draft.rankings and so on:
 * that of one object from where it says to where the next one's begins. `name` is the number of the id.
 */
struct drafted_learner {
	size_t  rankings, groups;
	int32_t name, college;              /* college: name or ENGINE_NONE */
	uint8_t need;
	bool    assignable;
};

struct drafted_posting {
	size_t  choices, reserves;
	int32_t name, college, capacity;
	bool    accepts_unranked, assignable, reserve_last;
};

/* A line of a ranking: the name, with this bit where a tier begins. */
#define DRAFT_NEW_TIER (UINT32_C(1) << 31)

struct drafted_reserve {
	int32_t group, seats;
};

/* 10 million learners, a million postings and a fit take 54 bits. */
struct drafted_fit {
	int32_t  learner;
	uint32_t posting_fit;               /* name << DRAFT_FIT_BITS | fit */
};
enum { DRAFT_FIT_BITS = 10 };
_Static_assert(ENGINE_MAX_FIT < 1 << DRAFT_FIT_BITS && ENGINE_MAX_POSTINGS < 1 << (31 - DRAFT_FIT_BITS),
    "a posting and a fit in 31 bits");

/* A line of a list that came by itself, until draft_gather brings each list together. */
struct loose {
	int32_t list, to, value;
};

struct draft {
	char seed[INSTANCE_MAX_SEED + 1];
	bool guarantee;
	struct instance_flaw flaw;      /* code NULL: none yet */
	struct names learner_names, posting_names, college_names, group_names;
	struct grown learners, postings;        /* of drafted_learner, drafted_posting */
	struct grown rankings, choices;         /* of uint32_t */
	struct grown groups;                    /* of int32_t: names */
	struct grown reserves;                  /* of drafted_reserve */
	struct grown fit;                       /* of drafted_fit */
	struct grown fixed, held;               /* of engine_pair: names */
	struct grown loose_rankings, loose_choices, loose_groups, loose_reserves;
};

#define DRAFT_LEARNER(d, k) (&((struct drafted_learner *)(d)->learners.items)[k])
#define DRAFT_POSTING(d, k) (&((struct drafted_posting *)(d)->postings.items)[k])

/* Room for one more item of a list that may have max of them; the caller writes and counts it. NULL: the flaw is set.
 * what: the list's path, for the flaw. */
void *grown_room(struct draft *d, struct grown *g, size_t item_size, size_t max, const char *what) MUST_CHECK;

static inline void *
grown_next(struct draft *d, struct grown *g, size_t item_size, size_t max, const char *what)
{
	return g->n < g->room ? (char *)g->items + g->n * item_size : grown_room(d, g, item_size, max, what);
}

/* The lines that came by themselves become lists of their learners and postings. May run out of memory, a flaw. */
void draft_gather(struct draft *d);

/* ---- flaws (instance_flaw.c) ------------------------------------------------------------------------------------- */
/*
 * Remember the first flaw: "line 3, column 17, learners[4] "l5", tier: " and then en; in French the same before fr.
 *   where    line 0: nowhere in a file
 *   subject  "" or a path as subject_make writes it
 *   en, fr   formats, with the same arguments in the same order: "found %s, allowed is ...", "trouvé %s, permis : ..."
 */
void flaw_set(struct instance_flaw *f, const char *code, struct json_place where, const char *subject, const char *en,
    const char *fr, ...) PRINTF_LIKE(5, 7) PRINTF_LIKE(6, 7);
/* The same with words that stand still: "found ..., allowed is ...". */
void flaw_found(struct instance_flaw *f, const char *code, struct json_place where, const char *subject,
    struct json_words words);
void flaw_no_memory(struct instance_flaw *f);

/* A text in quotes as one may show it: cut when long, nothing in it that would move a terminal's cursor. */
struct shown {
	char text[128];
};
const char *show(struct shown *s, const char *text, size_t size);
const char *show_id(struct shown *s, const char *id);

/* learners[4] "l5", tier; without id or key where they are NULL. */
struct subject {
	char text[256];
};
const char *subject_make(struct subject *s, const char *list, size_t index, const char *id, const char *key);

static const struct json_place NOWHERE = { 0, 0 };

/* ---- sealing ----------------------------------------------------------------------------------------------------- */
enum { INSTANCE_ARRAYS = 32 };

struct instance_parts {
	char   seed[INSTANCE_MAX_SEED + 1];
	char  *texts[4];                /* ids of learners, postings, colleges, groups */
	void  *arrays[INSTANCE_ARRAYS];
	size_t n;
};

/* Sealing in progress. rank: from a name to its place by id; at: from there to the drafted object. */
struct seal {
	struct draft *d;
	struct instance *in;
	int32_t *learner_rank, *posting_rank, *college_rank, *group_rank;
	int32_t *learner_at, *posting_at;
};

/* An array, one allocation, that in owns; NULL: no memory, and the flaw is set. n * size may overflow. */
void *seal_array(struct seal *s, size_t n, size_t size) MUST_CHECK;
void *seal_zeros(struct seal *s, size_t n, size_t size) MUST_CHECK;

static inline bool
seal_flawed(const struct seal *s)
{
	return s->d->flaw.code != NULL;
}

/* For a flaw of the learner or posting of that rank: where she is defined, and her path in *subject. */
struct json_place seal_learner(const struct seal *s, int32_t rank, const char *key, struct subject *subject);
struct json_place seal_posting(const struct seal *s, int32_t rank, const char *key, struct subject *subject);

void seal_groups(struct seal *s);       /* learners' groups and postings' reserves (instance_lists.c) */
void seal_fit(struct seal *s);
void seal_choices(struct seal *s);
void seal_rankings(struct seal *s);     /* after fit and choices */

/* What instance_read and instance_read_fd do. bytes: about how many there are; 0: nobody knows. */
int instance_read_source(json_source *source, void *from, uint64_t bytes, struct instance **out,
    struct instance_flaw *flaw) MUST_CHECK;

#endif
