/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading an instance needs everywhere: ids that wait for their numbers, values, and flaws that say where. Ids
 * wait a little in a queue before they are looked up, so that memory has time to come; what they stand for is filled in
 * then.
 * Every function leaves the first flaw in the draft; after one nothing that is returned counts.
 */
#ifndef MATCHING_INSTANCE_READER_H
#define MATCHING_INSTANCE_READER_H

#include "instance_priv.h"

enum { WAITING = 64 };

/* Ten million times in a large round. */
#define HOT __attribute__((always_inline))

/* What a waiting id stands for: which item of which list gets its number. */
enum role {
	LEARNER_ID,
	POSTING_ID,
	RANKED_POSTING,
	CHOSEN_LEARNER,
	FIT_LEARNER,
	FIT_POSTING,
	FIT_POSTING_AGAIN,      /* and the learner is that of the row before */
	FIXED_LEARNER,
	FIXED_POSTING,
	HELD_LEARNER,
	HELD_POSTING,
};

struct waiting {
	const char *text;               /* in the reader's window, which does not move while something waits */
	uint64_t    hash;
	size_t      item;
	struct json_place where;
	uint16_t    size;
	uint8_t     role;
};

struct reader {
	struct json_in in;
	struct draft *d;
	size_t n_waiting;
	struct waiting waiting[WAITING];
	/* Where we are, for flaws: list[index] "id", key[tier][line]. */
	const char *list, *key;
	size_t index, tier, line;
	int  depth;                     /* of brackets within the learner or posting; 0: in none */
	int  marks;                     /* how many of tier and line count */
	const char *fit_learner;        /* of the last fit row, in the window; NULL: not there any more */
	size_t fit_size;
	bool has_id;
	char id[JSON_MAX_TEXT + 1];
};

/* Look up whatever waits. After a flaw the rest has no number, and nobody asks for it. */
void reader_look_up(struct reader *r);
void reader_let_go(void *r);            /* a json_moving: the window moves on */

/* May a flaw be told now? Not after another, nor when an id that waits has one, which stands before it. Then *s is the
 * path; texts in the window are gone. */
bool reader_path(struct reader *r, struct subject *s) MUST_CHECK;
void reader_refuse_syntax(struct reader *r);                            /* it is broken, or the file cannot be read */
void reader_refuse_kind(struct reader *r, const char *allowed_en, const char *allowed_fr); /* of what stands next */
void reader_refuse_missing(struct reader *r, struct json_place where, const char *key);

bool    reader_text(struct reader *r, const char **text, size_t *size) MUST_CHECK;
bool    reader_bool(struct reader *r);
int32_t reader_whole(struct reader *r, int32_t max);                    /* from 0 to max */
/* The number of a name that is looked up at once: colleges and groups are few. */
int32_t reader_name(struct reader *r, struct names *t);
void    reader_refuse_id(struct reader *r, bool of_learner);
void    reader_keep_id(struct reader *r, const char *text, size_t size); /* of the learner or posting, for flaws */

/* Which keys an object may have, and what is said of another. */
struct key {
	const char *text;
	size_t size;
};
#define A_KEY(text) { text, sizeof text - 1 }

struct keys {
	const struct key *key;
	int n;
	const char *allowed;
};

/* The place in keys of the object's next key, or -1: there is no more, or a flaw. *seen has a bit for each. */
int reader_key(struct reader *r, const struct keys *keys, unsigned *seen);

/* Room for one item more, or NULL. what: the list's path. */
void *reader_more_room(struct reader *r, struct grown *g, size_t item_size, const char *what) MUST_CHECK;

/* ---- what every row and line goes through ------------------------------------------------------------------------ */
static inline HOT bool
reader_flawed(const struct reader *r)
{
	return r->d->flaw.code != NULL;
}

static inline HOT bool
role_is_of_learner(uint8_t role)
{
	return role == LEARNER_ID || role == CHOSEN_LEARNER || role == FIT_LEARNER || role == FIXED_LEARNER ||
	    role == HELD_LEARNER;
}

static inline HOT struct names *
reader_names(struct reader *r, uint8_t role)
{
	return role_is_of_learner(role) ? &r->d->learner_names : &r->d->posting_names;
}

static inline HOT void
reader_put(struct reader *r, enum role role, size_t item, const char *text, size_t size, struct json_place where)
{
	struct names *t = reader_names(r, role);
	struct waiting *w;

	if (r->n_waiting == WAITING)
		reader_look_up(r);
	w = &r->waiting[r->n_waiting++];
	*w = (struct waiting){ text, names_hash(t, text, size), item, where, (uint16_t)size, (uint8_t)role };
	if (t->n_slots > 0)
		__builtin_prefetch(&t->slots[w->hash & (t->n_slots - 1)]);
}

static inline HOT bool
reader_enter(struct reader *r, enum json_kind kind)
{
	if (json_in_enter(&r->in, kind))
		return true;
	if (kind == JSON_LIST)
		reader_refuse_kind(r, "a list", "une liste");
	else
		reader_refuse_kind(r, "an object", "un objet");
	return false;
}

/* Another value in this list? */
static inline HOT bool
reader_more(struct reader *r)
{
	if (json_in_more(&r->in))
		return !reader_flawed(r);
	if (json_in_broken(&r->in))
		reader_refuse_syntax(r);
	return false;
}

/* An id that waits for its number. */
static inline HOT void
reader_id(struct reader *r, enum role role, size_t item)
{
	struct json_place where = json_in_place(&r->in);
	const char *text = NULL;
	size_t size = 0;

	if (!json_in_text(&r->in, &text, &size)) {
		reader_refuse_id(r, role_is_of_learner((uint8_t)role));
		return;
	}
	if (role == LEARNER_ID || role == POSTING_ID || role == FIXED_LEARNER || role == HELD_LEARNER)
		reader_keep_id(r, text, size);
	reader_put(r, role, item, text, size, where);
}

/* The next item of a list, or NULL with the flaw set. */
static inline HOT void *
reader_item(struct reader *r, struct grown *g, size_t item_size, const char *what)
{
	if (g->n < g->room)
		return (char *)g->items + g->n++ * item_size;
	void *item = reader_more_room(r, g, item_size, what);
	g->n += item != NULL;
	return item;
}

#endif
