/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neutral JSON of a round becomes a draft while it streams by. Ids may be mentioned before they are defined: each
 * gets a number at its first mention, and whether all are defined shows at the end. Ids wait a little in a queue before
 * they are looked up, so that memory has time to come; what they stand for is filled in then.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance_priv.h"

enum { WAITING = 64 };

/* What every row and line goes through: ten million times in a large round. */
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

static inline HOT bool
flawed(const struct reader *r)
{
	return r->d->flaw.code != NULL;
}

/* ---- ids that wait ------------------------------------------------------------------------------------------------ */
static inline HOT bool
is_of_learner(uint8_t role)
{
	return role == LEARNER_ID || role == CHOSEN_LEARNER || role == FIT_LEARNER || role == FIXED_LEARNER ||
	    role == HELD_LEARNER;
}

static inline HOT struct names *
names_of(struct reader *r, uint8_t role)
{
	return is_of_learner(role) ? &r->d->learner_names : &r->d->posting_names;
}

/* A learner or posting is defined: once. */
static void
define(struct reader *r, const struct waiting *w, int32_t number)
{
	struct name *name = &names_of(r, w->role)->name[number];
	struct subject s;
	char id[JSON_MAX_TEXT + 1];

	if (name->object >= 0) {
		memcpy(id, w->text, w->size);
		id[w->size] = '\0';
		flaw_set(&r->d->flaw, "duplicate_id", w->where,
		    subject_make(&s, w->role == LEARNER_ID ? "learners" : "postings", w->item, id, "id"),
		    "found the id of line %" PRIu32 ", column %" PRIu32 " again, allowed is once",
		    "trouvé de nouveau l'id de la ligne %" PRIu32 ", colonne %" PRIu32 ", permis : une fois",
		    name->where.line, name->where.column);
		return;
	}
	name->object = (int32_t)w->item;
	name->where = w->where;
	if (w->role == LEARNER_ID)
		DRAFT_LEARNER(r->d, w->item)->name = number;
	else
		DRAFT_POSTING(r->d, w->item)->name = number;
}

static void
fill_in(struct reader *r, const struct waiting *w, int32_t number)
{
	struct draft *d = r->d;

	switch ((enum role)w->role) {
	case LEARNER_ID:
	case POSTING_ID: define(r, w, number); break;
	case RANKED_POSTING: ((uint32_t *)d->rankings.items)[w->item] |= (uint32_t)number; break;
	case CHOSEN_LEARNER: ((uint32_t *)d->choices.items)[w->item] |= (uint32_t)number; break;
	case FIT_LEARNER: ((struct drafted_fit *)d->fit.items)[w->item].learner = number; break;
	case FIT_POSTING_AGAIN:
		((struct drafted_fit *)d->fit.items)[w->item].learner =
		    ((struct drafted_fit *)d->fit.items)[w->item - 1].learner;
	/* fall through */
	case FIT_POSTING:
		((struct drafted_fit *)d->fit.items)[w->item].posting_fit |= (uint32_t)number << DRAFT_FIT_BITS;
		break;
	case FIXED_LEARNER: ((struct engine_pair *)d->fixed.items)[w->item].learner = number; break;
	case FIXED_POSTING: ((struct engine_pair *)d->fixed.items)[w->item].posting = number; break;
	case HELD_LEARNER: ((struct engine_pair *)d->held.items)[w->item].learner = number; break;
	case HELD_POSTING: ((struct engine_pair *)d->held.items)[w->item].posting = number; break;
	}
}

static void
no_number(struct reader *r, const struct waiting *w, int32_t why)
{
	if (why == NAMES_NO_MEMORY)
		flaw_no_memory(&r->d->flaw);
	else
		flaw_set(&r->d->flaw, "too_large", w->where, "", "found more ids of %s, allowed are %" PRId32,
		    "trouvé davantage d'ids de %s, permis : %" PRId32,
		    is_of_learner(w->role) ? "learners" : "postings", names_of(r, w->role)->max);
}

/* Look up whatever waits. After a flaw the rest has no number, and nobody asks for it. */
static void
look_up(struct reader *r)
{
	for (size_t k = 0; k < r->n_waiting; k++)
		names_announce(names_of(r, r->waiting[k].role), r->waiting[k].hash);
	for (size_t k = 0; k < r->n_waiting && !flawed(r); k++) {
		const struct waiting *w = &r->waiting[k];
		int32_t number = names_add_hashed(names_of(r, w->role), w->text, w->size, w->hash, w->where);

		if (number < 0)
			no_number(r, w, number);
		else
			fill_in(r, w, number);
	}
	r->n_waiting = 0;
}

/* The window moves on. */
static void
let_go(void *self)
{
	struct reader *r = self;

	look_up(r);
	r->fit_learner = NULL;
}

static inline HOT void
put_waiting(struct reader *r, enum role role, size_t item, const char *text, size_t size, struct json_place where)
{
	struct names *t = names_of(r, role);
	struct waiting *w;

	if (r->n_waiting == WAITING)
		look_up(r);
	w = &r->waiting[r->n_waiting++];
	*w = (struct waiting){ text, names_hash(t, text, size), item, where, (uint16_t)size, (uint8_t)role };
	if (t->n_slots > 0)
		__builtin_prefetch(&t->slots[w->hash & (t->n_slots - 1)]);
}

/* ---- flaws ------------------------------------------------------------------------------------------------------- */
static void keep_id(struct reader *r, const char *text, size_t size);

/* A learner or posting whose id comes later: go and read it, so that the flaw can name it. */
static void
seek_id(struct reader *r)
{
	const char *text;
	size_t size;
	bool is_id;

	if (r->depth == 0 || r->has_id || json_in_broken(&r->in))
		return;
	while (json_in_climb(&r->in, r->depth) && json_in_key(&r->in, &text, &size)) {
		is_id = size == 2 && memcmp(text, "id", 2) == 0;
		if (is_id && json_in_text(&r->in, &text, &size)) {
			keep_id(r, text, size);
			return;
		}
		if (is_id || !json_in_skip(&r->in))
			return;
	}
}

static void
path_of(struct reader *r, struct subject *s)
{
	char key[80];
	int n = snprintf(key, sizeof key, "%s", r->key == NULL ? "" : r->key);

	if (r->list == NULL) {
		snprintf(s->text, sizeof s->text, "%s", r->key == NULL ? "" : r->key);
		return;
	}
	if (r->marks > 0)
		n += snprintf(key + n, sizeof key - (size_t)n, "[%zu]", r->tier);
	if (r->marks > 1)
		snprintf(key + n, sizeof key - (size_t)n, "[%zu]", r->line);
	subject_make(s, r->list, r->index, r->has_id ? r->id : NULL, key[0] == '\0' ? NULL : key);
}

/* May a flaw be told now? Not after another, nor when an id that waits has one, which stands before it. Then *s is the
 * path; texts in the window are gone. */
static bool
path_for_flaw(struct reader *r, struct subject *s)
{
	look_up(r);
	if (flawed(r))
		return false;
	seek_id(r);
	path_of(r, s);
	return true;
}

/* The syntax is broken, or the file cannot be read. */
static void
refuse_syntax(struct reader *r)
{
	struct subject s;
	char what[16];

	if (r->in.fault == JSON_NO_MEMORY)
		flaw_no_memory(&r->d->flaw);
	else if (path_for_flaw(r, &s))
		flaw_found(&r->d->flaw, r->in.fault == JSON_UNREADABLE ? "unreadable" : "bad_json", r->in.fault_at, s.text,
		    json_in_words(&r->in, what));
}

/* What stands next is not what is allowed. */
static void
refuse_kind(struct reader *r, const char *allowed_en, const char *allowed_fr)
{
	static const char *const EN[] = { "nothing", "an object", "a list", "a text", "a number", "true", "false", "null" };
	static const char *const FR[] = { "rien", "un objet", "une liste", "un texte", "un nombre", "true", "false", "null" };
	struct json_place where = json_in_place(&r->in);
	enum json_kind kind = json_in_kind(&r->in);
	struct subject s;

	if (json_in_broken(&r->in))
		refuse_syntax(r);
	else if (path_for_flaw(r, &s))
		flaw_found(&r->d->flaw, "wrong_type", where, s.text,
		    (struct json_words){ EN[kind], FR[kind], allowed_en, allowed_fr });
}

static void
refuse_missing(struct reader *r, struct json_place where, const char *key)
{
	struct subject s;

	if (path_for_flaw(r, &s))
		flaw_set(&r->d->flaw, "missing", where, s.text, "found no key \"%s\", allowed is one",
		    "trouvé aucune clé \"%s\", permis : une", key);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */
static inline HOT bool
enter(struct reader *r, enum json_kind kind)
{
	if (json_in_enter(&r->in, kind))
		return true;
	if (kind == JSON_LIST)
		refuse_kind(r, "a list", "une liste");
	else
		refuse_kind(r, "an object", "un objet");
	return false;
}

/* Another value in this list? */
static inline HOT bool
more(struct reader *r)
{
	if (json_in_more(&r->in))
		return !flawed(r);
	if (json_in_broken(&r->in))
		refuse_syntax(r);
	return false;
}

static bool
get_text(struct reader *r, const char **text, size_t *size)
{
	if (json_in_text(&r->in, text, size))
		return true;
	refuse_kind(r, "a text", "un texte");
	return false;
}

static bool
get_bool(struct reader *r)
{
	bool b = false;

	if (!json_in_bool(&r->in, &b))
		refuse_kind(r, "true or false", "true ou false");
	return b;
}

static int32_t
refuse_number(struct reader *r, const char *written, int32_t max, struct json_place where)
{
	struct subject s;

	if (path_for_flaw(r, &s))
		flaw_set(&r->d->flaw, "out_of_range", where, s.text,
		    "found %s, allowed is a whole number from 0 to %" PRId32,
		    "trouvé %s, permis : un nombre entier de 0 à %" PRId32, written, max);
	return 0;
}

/* A whole number from 0 to max; 0 with the flaw set. */
static int32_t
get_whole(struct reader *r, int32_t max)
{
	struct json_number n;
	int32_t digits;

	if (json_in_digits(&r->in, &digits)) {
		if (digits <= max)
			return digits;
		n.value = snprintf(n.written, sizeof n.written, "%" PRId32, digits);
		return refuse_number(r, n.written, max, json_in_place_before(&r->in, (size_t)n.value));
	}
	if (!json_in_number(&r->in, &n)) {
		refuse_kind(r, "a whole number", "un nombre entier");
		return 0;
	}
	if (n.whole && n.value >= 0 && n.value <= max)
		return (int32_t)n.value;
	return refuse_number(r, n.written, max, json_in_place_before(&r->in, strlen(n.written)));
}

/* The number of a name that is looked up at once, or ENGINE_NONE with the flaw set: colleges and groups are few. */
static int32_t
get_name(struct reader *r, struct names *t)
{
	struct json_place where = json_in_place(&r->in);
	const char *text;
	size_t size;
	int32_t number;

	if (!get_text(r, &text, &size))
		return ENGINE_NONE;
	number = names_add(t, text, size, where);
	if (number == NAMES_NO_MEMORY)
		flaw_no_memory(&r->d->flaw);
	else if (number == NAMES_FULL)
		flaw_set(&r->d->flaw, "too_large", where, "", "found more names, allowed are %" PRId32,
		    "trouvé davantage de noms, permis : %" PRId32, t->max);
	return number < 0 ? ENGINE_NONE : number;
}

/* An id that waits for its number. */
static inline HOT void
get_id(struct reader *r, enum role role, size_t item)
{
	struct json_place where = json_in_place(&r->in);
	const char *text;
	size_t size;

	if (!json_in_text(&r->in, &text, &size)) {
		if (is_of_learner((uint8_t)role))
			refuse_kind(r, "the id of a learner", "l'id d'une ou d'un élève");
		else
			refuse_kind(r, "the id of a posting", "l'id d'une offre");
		return;
	}
	if (role == LEARNER_ID || role == POSTING_ID || role == FIXED_LEARNER || role == HELD_LEARNER)
		keep_id(r, text, size);
	put_waiting(r, role, item, text, size, where);
}

static void
keep_id(struct reader *r, const char *text, size_t size)
{
	memcpy(r->id, text, size);
	r->id[size] = '\0';
	r->has_id = true;
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */
struct key {
	const char *text;
	size_t size;
};
#define A_KEY(text) { text, sizeof text - 1 }

/* Which keys an object may have, and what is said of another. */
struct keys {
	const struct key *key;
	int n;
	const char *allowed;
};

static void
refuse_key(struct reader *r, const struct keys *keys, const char *text, size_t size)
{
	struct json_place where = r->in.key_at;
	struct shown shown;
	struct subject s;

	show(&shown, text, size);
	if (r->depth == 0 || r->in.depth == r->depth)
		r->key = NULL;
	if (path_for_flaw(r, &s))
		flaw_set(&r->d->flaw, "unknown_key", where, s.text, "found the key %s, allowed are %s",
		    "trouvé la clé %s, permis : %s", shown.text, keys->allowed);
}

static void
refuse_key_twice(struct reader *r, const struct key *key)
{
	struct json_place where = r->in.key_at;
	struct subject s;

	if (path_for_flaw(r, &s))
		flaw_set(&r->d->flaw, "bad_json", where, s.text, "found the key \"%s\" twice (duplicate), allowed is once",
		    "trouvé la clé \"%s\" deux fois, permis : une fois", key->text);
}

/* The place in keys of the object's next key, or -1: there is no more, or a flaw. *seen has a bit for each. */
static int
next_key(struct reader *r, const struct keys *keys, unsigned *seen)
{
	const char *text;
	size_t size;
	int k = 0;

	if (flawed(r))
		return -1;
	if (!json_in_key(&r->in, &text, &size)) {
		if (json_in_broken(&r->in))
			refuse_syntax(r);
		return -1;
	}
	while (k < keys->n && (keys->key[k].size != size || memcmp(keys->key[k].text, text, size) != 0))
		k++;
	if (k < keys->n && (*seen & 1u << k) == 0) {
		*seen |= 1u << k;
		r->key = keys->key[k].text;
		return k;
	}
	if (k < keys->n)
		refuse_key_twice(r, &keys->key[k]);
	else
		refuse_key(r, keys, text, size);
	return -1;
}

/* ---- lists of a learner or posting ------------------------------------------------------------------------------- */
static void
refuse_too_long(struct reader *r, const char *what)
{
	struct json_place where = json_in_place(&r->in);

	flaw_set(&r->d->flaw, "too_large", where, what, "found more entries, allowed are %d in all",
	    "trouvé davantage d'entrées, permis : %d en tout", ENGINE_MAX_ENTRIES);
}

/* The next item of a list, or NULL with the flaw set. */
static inline HOT void *
next_item(struct reader *r, struct grown *g, size_t item_size, const char *what)
{
	if (g->n < g->room)
		return (char *)g->items + g->n++ * item_size;
	if (g->n >= ENGINE_MAX_ENTRIES)
		refuse_too_long(r, what);
	void *item = flawed(r) ? NULL : grown_room(r->d, g, item_size, ENGINE_MAX_ENTRIES, what);
	g->n += item != NULL;
	return item;
}

/* The tiers of one ranking, from `[`. */
static void
get_ranking(struct reader *r, struct grown *g, enum role role, const char *what)
{
	struct json_place where;
	struct subject s;

	if (!enter(r, JSON_LIST))
		return;
	for (r->marks = 1, r->tier = 0; more(r); r->marks = 1, r->tier++) {
		where = json_in_place(&r->in);
		if (!enter(r, JSON_LIST))
			return;
		r->marks = 2;
		for (r->line = 0; more(r); r->line++) {
			uint32_t *item = next_item(r, g, sizeof *item, what);

			if (item == NULL)
				return;
			*item = r->line == 0 ? DRAFT_NEW_TIER : 0;
			get_id(r, role, g->n - 1);
		}
		r->marks = 1;
		if (r->line == 0 && path_for_flaw(r, &s))
			flaw_found(&r->d->flaw, "empty_tier", where, s.text,
			    (struct json_words){ "an empty tier", "un rang vide", "at least one id", "au moins un id" });
	}
	r->marks = 0;
}

static void
get_groups(struct reader *r)
{
	if (!enter(r, JSON_LIST))
		return;
	for (r->marks = 1, r->tier = 0; more(r); r->tier++) {
		int32_t *item = next_item(r, &r->d->groups, sizeof *item, "groups");

		if (item == NULL)
			return;
		*item = get_name(r, &r->d->group_names);
	}
	r->marks = 0;
}

static void
get_reserve(struct reader *r, struct drafted_reserve *to)
{
	static const struct key KEYS[] = { A_KEY("group"), A_KEY("seats") };
	static const struct keys ALLOWED = { KEYS, COUNT_OF(KEYS), "group, seats" };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int k;

	if (!enter(r, JSON_OBJECT))
		return;
	while ((k = next_key(r, &ALLOWED, &seen)) >= 0) {
		r->key = "reserves";
		if (k == 0)
			to->group = get_name(r, &r->d->group_names);
		else
			to->seats = get_whole(r, INT32_MAX);
	}
	if (!flawed(r) && seen != 3)
		refuse_missing(r, where, (seen & 1) == 0 ? "group" : "seats");
}

static void
get_reserves(struct reader *r)
{
	if (!enter(r, JSON_LIST))
		return;
	for (r->marks = 1, r->tier = 0; more(r); r->tier++) {
		struct drafted_reserve *item = next_item(r, &r->d->reserves, sizeof *item, "reserves");

		if (item == NULL)
			return;
		*item = (struct drafted_reserve){ 0, 0 };
		get_reserve(r, item);
		r->key = "reserves";
	}
	r->marks = 0;
}

/* ---- learners and postings --------------------------------------------------------------------------------------- */
static int32_t
get_college(struct reader *r)
{
	if (json_in_kind(&r->in) == JSON_TEXT)
		return get_name(r, &r->d->college_names);
	if (!json_in_null(&r->in))
		refuse_kind(r, "a text or null", "un texte ou null");
	return ENGINE_NONE;
}

static void
get_learner(struct reader *r, size_t k)
{
	enum { ASSIGNABLE, COLLEGE, GROUPS, ID, RANKING, TIER };
	static const struct key KEYS[] = { A_KEY("assignable"), A_KEY("college"), A_KEY("groups"), A_KEY("id"),
		A_KEY("ranking"), A_KEY("tier") };
	static const struct keys ALLOWED = { KEYS, COUNT_OF(KEYS), "assignable, college, groups, id, ranking, tier" };
	struct draft *d = r->d;
	struct drafted_learner l = { d->rankings.n, d->groups.n, ENGINE_NONE, ENGINE_NONE, 0, true };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int key;

	if (!enter(r, JSON_OBJECT))
		return;
	r->depth = r->in.depth;
	while ((key = next_key(r, &ALLOWED, &seen)) >= 0)
		switch (key) {
		case ASSIGNABLE: l.assignable = get_bool(r); break;
		case COLLEGE: l.college = get_college(r); break;
		case GROUPS: get_groups(r); break;
		case ID: get_id(r, LEARNER_ID, k); break;
		case RANKING: get_ranking(r, &d->rankings, RANKED_POSTING, "rankings of learners"); break;
		case TIER: l.need = (uint8_t)get_whole(r, ENGINE_NEEDS - 1); break;
		}
	r->depth = 0;
	r->key = flawed(r) ? r->key : NULL;
	if (!flawed(r) && (seen & 1u << ID) == 0)
		refuse_missing(r, where, "id");
	/* The name is filled in once it is looked up, maybe already. */
	l.name = DRAFT_LEARNER(d, k)->name;
	*DRAFT_LEARNER(d, k) = l;
}

/* "first" or "last": is it last? */
static bool
get_reserve_order(struct reader *r)
{
	struct json_place where = json_in_place(&r->in);
	const char *text;
	size_t size;
	struct subject s;
	struct shown shown;

	if (!get_text(r, &text, &size))
		return false;
	if (size == 4 && memcmp(text, "last", 4) == 0)
		return true;
	if (size == 5 && memcmp(text, "first", 5) == 0)
		return false;
	show(&shown, text, size);
	if (path_for_flaw(r, &s))
		flaw_found(&r->d->flaw, "out_of_range", where, s.text,
		    (struct json_words){ shown.text, shown.text, "\"first\" or \"last\"", "\"first\" ou \"last\"" });
	return false;
}

static void
get_posting(struct reader *r, size_t k)
{
	enum { ACCEPTS, ASSIGNABLE, CAPACITY, COLLEGE, ID, RANKING, ORDER, RESERVES };
	static const struct key KEYS[] = { A_KEY("accepts_unranked"), A_KEY("assignable"), A_KEY("capacity"),
		A_KEY("college"), A_KEY("id"), A_KEY("ranking"), A_KEY("reserve_order"), A_KEY("reserves") };
	static const struct keys ALLOWED = { KEYS, COUNT_OF(KEYS),
		"accepts_unranked, assignable, capacity, college, id, ranking, reserve_order, reserves" };
	struct draft *d = r->d;
	struct drafted_posting p = { d->choices.n, d->reserves.n, ENGINE_NONE, ENGINE_NONE, 0, true, true, false };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int key;

	if (!enter(r, JSON_OBJECT))
		return;
	r->depth = r->in.depth;
	while ((key = next_key(r, &ALLOWED, &seen)) >= 0)
		switch (key) {
		case ACCEPTS: p.accepts_unranked = get_bool(r); break;
		case ASSIGNABLE: p.assignable = get_bool(r); break;
		case CAPACITY: p.capacity = get_whole(r, INT32_MAX); break;
		case COLLEGE: p.college = get_college(r); break;
		case ID: get_id(r, POSTING_ID, k); break;
		case RANKING: get_ranking(r, &d->choices, CHOSEN_LEARNER, "rankings of postings"); break;
		case ORDER: p.reserve_last = get_reserve_order(r); break;
		case RESERVES: get_reserves(r); break;
		}
	r->depth = 0;
	r->key = flawed(r) ? r->key : NULL;
	if (!flawed(r) && (seen & 1u << ID) == 0)
		refuse_missing(r, where, "id");
	if (!flawed(r) && (seen & 1u << CAPACITY) == 0)
		refuse_missing(r, where, "capacity");
	p.name = DRAFT_POSTING(d, k)->name;
	*DRAFT_POSTING(d, k) = p;
}

/* One learner or posting more; false with the flaw set. */
static bool
add_object(struct reader *r, struct grown *g, size_t item_size, size_t max, const char *list)
{
	struct json_place where = json_in_place(&r->in);

	if (g->n >= max)
		flaw_set(&r->d->flaw, "too_large", where, list, "found more, allowed are %zu", "trouvé davantage, permis : %zu",
		    max);
	if (flawed(r) || grown_next(r->d, g, item_size, max, list) == NULL)
		return false;
	g->n++;
	return true;
}

static void
get_learners(struct reader *r)
{
	struct grown *g = &r->d->learners;

	if (!enter(r, JSON_LIST))
		return;
	for (r->list = "learners", r->key = NULL; more(r); r->key = NULL) {
		r->index = g->n;
		r->has_id = false;
		if (!add_object(r, g, sizeof(struct drafted_learner), ENGINE_MAX_LEARNERS, "learners"))
			return;
		get_learner(r, r->index);
	}
}

static void
get_postings(struct reader *r)
{
	struct grown *g = &r->d->postings;

	if (!enter(r, JSON_LIST))
		return;
	for (r->list = "postings", r->key = NULL; more(r); r->key = NULL) {
		r->index = g->n;
		r->has_id = false;
		if (!add_object(r, g, sizeof(struct drafted_posting), ENGINE_MAX_POSTINGS, "postings"))
			return;
		get_posting(r, r->index);
	}
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */
/* The next cell of a row, or the flaw that the row is too short. */
static inline HOT bool
cell(struct reader *r, const char *allowed_en, const char *allowed_fr)
{
	struct subject s;
	struct json_place where;

	if (more(r))
		return true;
	where = json_in_place_before(&r->in, 1);
	if (!flawed(r) && path_for_flaw(r, &s))
		flaw_found(&r->d->flaw, "wrong_type", where, s.text,
		    (struct json_words){ "a shorter row", "une rangée plus courte", allowed_en, allowed_fr });
	return false;
}

static void
end_of_row(struct reader *r, const char *allowed_en, const char *allowed_fr)
{
	struct json_place where;
	struct subject s;

	if (more(r)) {
		where = json_in_place(&r->in);
		if (path_for_flaw(r, &s))
			flaw_found(&r->d->flaw, "wrong_type", where, s.text,
			    (struct json_words){ "a longer row", "une rangée plus longue", allowed_en, allowed_fr });
	}
}

/* The learner of a fit row; is she that of the row before, which is the rule? */
static bool
get_fit_learner(struct reader *r, size_t item)
{
	struct json_place where = json_in_place(&r->in);
	const char *text;
	size_t size;

	if (!json_in_text(&r->in, &text, &size)) {
		refuse_kind(r, "the id of a learner", "l'id d'une ou d'un élève");
		return false;
	}
	if (r->fit_learner != NULL && size == r->fit_size && memcmp(text, r->fit_learner, size) == 0)
		return true;
	keep_id(r, text, size);
	r->fit_learner = text;
	r->fit_size = size;
	put_waiting(r, FIT_LEARNER, item, text, size, where);
	return false;
}

static void
get_fit(struct reader *r)
{
	static const char EN[] = "[learner, posting, fit]", FR[] = "[élève, offre, adéquation]";
	struct grown *g = &r->d->fit;
	bool again;

	if (!enter(r, JSON_LIST))
		return;
	r->list = "fit";
	r->key = NULL;
	r->marks = 0;
	r->has_id = false;
	for (r->index = 0; more(r); r->index++) {
		struct drafted_fit *f = next_item(r, g, sizeof *f, "fit");
		size_t item = g->n - 1;

		if (f == NULL || !enter(r, JSON_LIST) || !cell(r, EN, FR))
			return;
		*f = (struct drafted_fit){ 0, 0 };
		again = get_fit_learner(r, item);
		if (flawed(r) || !cell(r, EN, FR))
			return;
		get_id(r, again ? FIT_POSTING_AGAIN : FIT_POSTING, item);
		if (flawed(r) || !cell(r, EN, FR))
			return;
		f->posting_fit |= (uint32_t)get_whole(r, ENGINE_MAX_FIT);
		end_of_row(r, EN, FR);
	}
}

static void
get_pairs(struct reader *r, struct grown *g, const char *list, enum role learner, enum role posting)
{
	static const char EN[] = "[learner, posting]", FR[] = "[élève, offre]";

	if (!enter(r, JSON_LIST))
		return;
	r->list = list;
	r->has_id = false;
	for (r->index = 0; more(r); r->index++) {
		struct engine_pair *pair = next_item(r, g, sizeof *pair, list);
		size_t item = g->n - 1;

		r->key = NULL;
		r->marks = 0;
		if (pair == NULL || !enter(r, JSON_LIST) || !cell(r, EN, FR))
			return;
		get_id(r, learner, item);
		if (flawed(r) || !cell(r, EN, FR))
			return;
		get_id(r, posting, item);
		end_of_row(r, EN, FR);
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */
static void
get_seed(struct reader *r)
{
	struct json_place where = json_in_place(&r->in);
	const char *text;
	size_t size;
	struct subject s;

	if (!get_text(r, &text, &size))
		return;
	if (size >= 1 && size <= INSTANCE_MAX_SEED) {
		memcpy(r->d->seed, text, size);
		r->d->seed[size] = '\0';
	} else if (path_for_flaw(r, &s)) {
		flaw_set(&r->d->flaw, "bad_seed", where, s.text, "found %zu bytes, allowed are 1 to %d",
		    "trouvé %zu octets, permis : de 1 à %d", size, INSTANCE_MAX_SEED);
	}
}

static void
get_instance(struct reader *r)
{
	enum { FIT, FIXED, GUARANTEE, HELD, LEARNERS, POSTINGS, SEED };
	static const struct key KEYS[] = { A_KEY("fit"), A_KEY("fixed"), A_KEY("guarantee"), A_KEY("held"), A_KEY("learners"),
		A_KEY("postings"), A_KEY("seed") };
	static const struct keys ALLOWED = { KEYS, COUNT_OF(KEYS), "fit, fixed, guarantee, held, learners, postings, seed" };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int key;

	if (!json_in_enter(&r->in, JSON_OBJECT)) {
		refuse_kind(r, "an instance, which is an object", "une instance, qui est un objet");
		return;
	}
	while ((key = next_key(r, &ALLOWED, &seen)) >= 0) {
		switch (key) {
		case FIT: get_fit(r); break;
		case FIXED: get_pairs(r, &r->d->fixed, "fixed", FIXED_LEARNER, FIXED_POSTING); break;
		case GUARANTEE: r->d->guarantee = get_bool(r); break;
		case HELD: get_pairs(r, &r->d->held, "held", HELD_LEARNER, HELD_POSTING); break;
		case LEARNERS: get_learners(r); break;
		case POSTINGS: get_postings(r); break;
		case SEED: get_seed(r); break;
		}
		r->list = r->key = NULL;
		r->marks = 0;
		r->has_id = false;
	}
	if (!flawed(r) && !json_in_end(&r->in))
		refuse_syntax(r);
	if (!flawed(r) && (seen & 1u << SEED) == 0)
		refuse_missing(r, where, "seed");
	look_up(r);
}

int
instance_read_source(json_source *source, void *from, struct instance **out, struct instance_flaw *flaw)
{
	struct reader *r = malloc(sizeof *r);
	int rc;

	*out = NULL;
	*flaw = (struct instance_flaw){ .code = NULL };
	if (r != NULL)
		*r = (struct reader){ .d = draft_new("-", true) };      /* the seed comes in the file */
	if (r == NULL || r->d == NULL) {
		free(r);
		flaw_no_memory(flaw);
		return -1;
	}
	json_in_open(&r->in, source, from, let_go, r);
	get_instance(r);
	json_in_close(&r->in);
	rc = draft_seal(&r->d, out, flaw);
	free(r);
	return rc;
}

int
instance_read(const char *json, size_t size, struct instance **out, struct instance_flaw *flaw)
{
	struct json_bytes bytes = { json, size };

	return instance_read_source(json_from_bytes, &bytes, out, flaw);
}

int
instance_read_fd(int fd, struct instance **out, struct instance_flaw *flaw)
{
	return instance_read_source(json_from_fd, &fd, out, flaw);
}
