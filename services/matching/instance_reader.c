/* SPDX-License-Identifier: Apache-2.0 */
/* Ids are looked up, values taken, and flaws told, for whoever reads an instance. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "instance_reader.h"

/* ---- ids that wait ----------------------------------------------------------------------------------------------- */
/* A learner or posting is defined: once. */
static void
define(struct reader *r, const struct waiting *w, int32_t number)
{
	struct name *name = &reader_names(r, w->role)->name[number];
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
		         role_is_of_learner(w->role) ? "learners" : "postings", reader_names(r, w->role)->max);
}

void
reader_look_up(struct reader *r)
{
	for (size_t k = 0; k < r->n_waiting; k++)
		names_announce(reader_names(r, r->waiting[k].role), r->waiting[k].hash);
	for (size_t k = 0; k < r->n_waiting && !reader_flawed(r); k++) {
		const struct waiting *w = &r->waiting[k];
		int32_t number = names_add_hashed(reader_names(r, w->role), w->text, w->size, w->hash, w->where);

		if (number < 0)
			no_number(r, w, number);
		else
			fill_in(r, w, number);
	}
	r->n_waiting = 0;
}

void
reader_let_go(void *self)
{
	struct reader *r = self;

	reader_look_up(r);
	r->fit_learner = NULL;
}

/* ---- flaws ------------------------------------------------------------------------------------------------------- */
/* A learner or posting whose id comes later: go and read it, so that the flaw can name it. */
static void
seek_id(struct reader *r)
{
	const char *text = NULL;
	size_t size = 0;
	bool is_id;

	if (r->depth == 0 || r->has_id || json_in_broken(&r->in))
		return;
	while (json_in_climb(&r->in, r->depth) && json_in_key(&r->in, &text, &size)) {
		is_id = size == 2 && memcmp(text, "id", 2) == 0;
		if (is_id && json_in_text(&r->in, &text, &size)) {
			reader_keep_id(r, text, size);
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

bool
reader_path(struct reader *r, struct subject *s)
{
	reader_look_up(r);
	if (reader_flawed(r))
		return false;
	seek_id(r);
	path_of(r, s);
	return true;
}

void
reader_refuse_syntax(struct reader *r)
{
	struct subject s;
	char what[16];

	if (r->in.fault == JSON_NO_MEMORY)
		flaw_no_memory(&r->d->flaw);
	else if (reader_path(r, &s))
		flaw_found(&r->d->flaw, r->in.fault == JSON_UNREADABLE ? "unreadable" : "bad_json", r->in.fault_at,
		           s.text, json_in_words(&r->in, what));
}

void
reader_refuse_kind(struct reader *r, const char *allowed_en, const char *allowed_fr)
{
	static const char *const EN[] = { "nothing",  "an object", "a list", "a text",
		                          "a number", "true",      "false",  "null" };
	static const char *const FR[] = { "rien",      "un objet", "une liste", "un texte",
		                          "un nombre", "true",     "false",     "null" };
	struct json_place where = json_in_place(&r->in);
	enum json_kind kind = json_in_kind(&r->in);
	struct subject s;

	if (json_in_broken(&r->in))
		reader_refuse_syntax(r);
	else if (reader_path(r, &s))
		flaw_found(&r->d->flaw, "wrong_type", where, s.text,
		           (struct json_words){ EN[kind], FR[kind], allowed_en, allowed_fr });
}

void
reader_refuse_missing(struct reader *r, struct json_place where, const char *key)
{
	struct subject s;

	if (reader_path(r, &s))
		flaw_set(&r->d->flaw, "missing", where, s.text, "found no key \"%s\", allowed is one",
		         "trouvé aucune clé \"%s\", permis : une", key);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */
bool
reader_text(struct reader *r, const char **text, size_t *size)
{
	if (json_in_text(&r->in, text, size))
		return true;
	reader_refuse_kind(r, "a text", "un texte");
	return false;
}

bool
reader_bool(struct reader *r)
{
	bool b = false;

	if (!json_in_bool(&r->in, &b))
		reader_refuse_kind(r, "true or false", "true ou false");
	return b;
}

static int32_t
refuse_number(struct reader *r, const char *written, int32_t max, struct json_place where)
{
	struct subject s;

	if (reader_path(r, &s))
		flaw_set(&r->d->flaw, "out_of_range", where, s.text,
		         "found %s, allowed is a whole number from 0 to %" PRId32,
		         "trouvé %s, permis : un nombre entier de 0 à %" PRId32, written, max);
	return 0;
}

int32_t
reader_whole(struct reader *r, int32_t max)
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
		reader_refuse_kind(r, "a whole number", "un nombre entier");
		return 0;
	}
	if (n.whole && n.value >= 0 && n.value <= max)
		return (int32_t)n.value;
	return refuse_number(r, n.written, max, json_in_place_before(&r->in, strlen(n.written)));
}

int32_t
reader_name(struct reader *r, struct names *t)
{
	struct json_place where = json_in_place(&r->in);
	const char *text = NULL;
	size_t size = 0;
	int32_t number;

	if (!reader_text(r, &text, &size))
		return ENGINE_NONE;
	number = names_add(t, text, size, where);
	if (number == NAMES_NO_MEMORY)
		flaw_no_memory(&r->d->flaw);
	else if (number == NAMES_FULL)
		flaw_set(&r->d->flaw, "too_large", where, "", "found more names, allowed are %" PRId32,
		         "trouvé davantage de noms, permis : %" PRId32, t->max);
	return number < 0 ? ENGINE_NONE : number;
}

void
reader_refuse_id(struct reader *r, bool of_learner)
{
	if (of_learner)
		reader_refuse_kind(r, "the id of a learner", "l'id d'une ou d'un élève");
	else
		reader_refuse_kind(r, "the id of a posting", "l'id d'une offre");
}

void
reader_keep_id(struct reader *r, const char *text, size_t size)
{
	memcpy(r->id, text, size);
	r->id[size] = '\0';
	r->has_id = true;
}

static void
refuse_too_long(struct reader *r, const char *what)
{
	struct json_place where = json_in_place(&r->in);

	flaw_set(&r->d->flaw, "too_large", where, what, "found more entries, allowed are %d in all",
	         "trouvé davantage d'entrées, permis : %d en tout", ENGINE_MAX_ENTRIES);
}

void *
reader_more_room(struct reader *r, struct grown *g, size_t item_size, const char *what)
{
	if (g->n >= ENGINE_MAX_ENTRIES)
		refuse_too_long(r, what);
	return reader_flawed(r) ? NULL : grown_room(r->d, g, item_size, ENGINE_MAX_ENTRIES, what);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */
static void
refuse_key(struct reader *r, const struct keys *keys, const char *text, size_t size)
{
	struct json_place where = r->in.key_at;
	struct shown shown;
	struct subject s;

	show(&shown, text, size);
	if (r->depth == 0 || r->in.depth == r->depth)
		r->key = NULL;
	if (reader_path(r, &s))
		flaw_set(&r->d->flaw, "unknown_key", where, s.text, "found the key %s, allowed are %s",
		         "trouvé la clé %s, permis : %s", shown.text, keys->allowed);
}

static void
refuse_key_twice(struct reader *r, const struct key *key)
{
	struct json_place where = r->in.key_at;
	struct subject s;

	if (reader_path(r, &s))
		flaw_set(&r->d->flaw, "bad_json", where, s.text,
		         "found the key \"%s\" twice (duplicate), allowed is once",
		         "trouvé la clé \"%s\" deux fois, permis : une fois", key->text);
}

int
reader_key(struct reader *r, const struct keys *keys, unsigned *seen)
{
	const char *text = "";
	size_t size = 0;
	int k = 0;

	if (reader_flawed(r))
		return -1;
	if (!json_in_key(&r->in, &text, &size)) {
		if (json_in_broken(&r->in))
			reader_refuse_syntax(r);
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
