/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neutral JSON of a round becomes a draft while it streams by. Ids may be mentioned before they are defined: each
 * gets a number at its first mention, and whether all are defined shows at the end.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "instance_reader.h"

/* ---- lists of a learner or posting ------------------------------------------------------------------------------- */
/* The tiers of one ranking, from `[`. */
static void
get_ranking(struct reader *r, struct grown *g, enum role role, const char *what)
{
	struct json_place where;
	struct subject s;

	if (!reader_enter(r, JSON_LIST))
		return;
	for (r->marks = 1, r->tier = 0; reader_more(r); r->marks = 1, r->tier++) {
		where = json_in_place(&r->in);
		if (!reader_enter(r, JSON_LIST))
			return;
		r->marks = 2;
		for (r->line = 0; reader_more(r); r->line++) {
			uint32_t *item = reader_item(r, g, sizeof *item, what);

			if (item == NULL)
				return;
			*item = r->line == 0 ? DRAFT_NEW_TIER : 0;
			reader_id(r, role, g->n - 1);
		}
		r->marks = 1;
		if (r->line == 0 && reader_path(r, &s))
			flaw_found(&r->d->flaw, "empty_tier", where, s.text,
			           (struct json_words){ "an empty tier", "un rang vide", "at least one id",
			                                "au moins un id" });
	}
	r->marks = 0;
}

static void
get_groups(struct reader *r)
{
	if (!reader_enter(r, JSON_LIST))
		return;
	for (r->marks = 1, r->tier = 0; reader_more(r); r->tier++) {
		int32_t *item = reader_item(r, &r->d->groups, sizeof *item, "groups");

		if (item == NULL)
			return;
		*item = reader_name(r, &r->d->group_names);
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

	if (!reader_enter(r, JSON_OBJECT))
		return;
	while ((k = reader_key(r, &ALLOWED, &seen)) >= 0) {
		r->key = "reserves";
		if (k == 0)
			to->group = reader_name(r, &r->d->group_names);
		else
			to->seats = reader_whole(r, INT32_MAX);
	}
	if (!reader_flawed(r) && seen != 3)
		reader_refuse_missing(r, where, (seen & 1) == 0 ? "group" : "seats");
}

static void
get_reserves(struct reader *r)
{
	if (!reader_enter(r, JSON_LIST))
		return;
	for (r->marks = 1, r->tier = 0; reader_more(r); r->tier++) {
		struct drafted_reserve *item = reader_item(r, &r->d->reserves, sizeof *item, "reserves");

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
		return reader_name(r, &r->d->college_names);
	if (!json_in_null(&r->in))
		reader_refuse_kind(r, "a text or null", "un texte ou null");
	return ENGINE_NONE;
}

static void
get_learner(struct reader *r, size_t k)
{
	enum { ASSIGNABLE, COLLEGE, GROUPS, ID, RANKING, TIER };
	static const struct key KEYS[] = { A_KEY("assignable"), A_KEY("college"), A_KEY("groups"),
		                           A_KEY("id"),         A_KEY("ranking"), A_KEY("tier") };
	static const struct keys ALLOWED = { KEYS, COUNT_OF(KEYS), "assignable, college, groups, id, ranking, tier" };
	struct draft *d = r->d;
	struct drafted_learner l = { d->rankings.n, d->groups.n, ENGINE_NONE, ENGINE_NONE, 0, true };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int key;

	if (!reader_enter(r, JSON_OBJECT))
		return;
	r->depth = r->in.depth;
	while ((key = reader_key(r, &ALLOWED, &seen)) >= 0)
		switch (key) {
		case ASSIGNABLE: l.assignable = reader_bool(r); break;
		case COLLEGE: l.college = get_college(r); break;
		case GROUPS: get_groups(r); break;
		case ID: reader_id(r, LEARNER_ID, k); break;
		case RANKING: get_ranking(r, &d->rankings, RANKED_POSTING, "rankings of learners"); break;
		case TIER: l.need = (uint8_t)reader_whole(r, ENGINE_NEEDS - 1); break;
		}
	r->depth = 0;
	r->key = reader_flawed(r) ? r->key : NULL;
	if (!reader_flawed(r) && (seen & 1u << ID) == 0)
		reader_refuse_missing(r, where, "id");
	/* The name is filled in once it is looked up, maybe already. */
	l.name = DRAFT_LEARNER(d, k)->name;
	*DRAFT_LEARNER(d, k) = l;
}

/* "first" or "last": is it last? */
static bool
get_reserve_order(struct reader *r)
{
	struct json_place where = json_in_place(&r->in);
	const char *text = NULL;
	size_t size = 0;
	struct subject s;
	struct shown shown;

	if (!reader_text(r, &text, &size))
		return false;
	if (size == 4 && memcmp(text, "last", 4) == 0)
		return true;
	if (size == 5 && memcmp(text, "first", 5) == 0)
		return false;
	show(&shown, text, size);
	if (reader_path(r, &s))
		flaw_found(
		    &r->d->flaw, "out_of_range", where, s.text,
		    (struct json_words){ shown.text, shown.text, "\"first\" or \"last\"", "\"first\" ou \"last\"" });
	return false;
}

static void
get_posting(struct reader *r, size_t k)
{
	enum { ACCEPTS, ASSIGNABLE, CAPACITY, COLLEGE, ID, RANKING, ORDER, RESERVES };
	static const struct key KEYS[] = { A_KEY("accepts_unranked"), A_KEY("assignable"), A_KEY("capacity"),
		                           A_KEY("college"),          A_KEY("id"),         A_KEY("ranking"),
		                           A_KEY("reserve_order"),    A_KEY("reserves") };
	static const struct keys ALLOWED = {
		KEYS, COUNT_OF(KEYS),
		"accepts_unranked, assignable, capacity, college, id, ranking, reserve_order, reserves"
	};
	struct draft *d = r->d;
	struct drafted_posting p = { d->choices.n, d->reserves.n, ENGINE_NONE, ENGINE_NONE, 0, true, true, false };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int key;

	if (!reader_enter(r, JSON_OBJECT))
		return;
	r->depth = r->in.depth;
	while ((key = reader_key(r, &ALLOWED, &seen)) >= 0)
		switch (key) {
		case ACCEPTS: p.accepts_unranked = reader_bool(r); break;
		case ASSIGNABLE: p.assignable = reader_bool(r); break;
		case CAPACITY: p.capacity = reader_whole(r, INT32_MAX); break;
		case COLLEGE: p.college = get_college(r); break;
		case ID: reader_id(r, POSTING_ID, k); break;
		case RANKING: get_ranking(r, &d->choices, CHOSEN_LEARNER, "rankings of postings"); break;
		case ORDER: p.reserve_last = get_reserve_order(r); break;
		case RESERVES: get_reserves(r); break;
		}
	r->depth = 0;
	r->key = reader_flawed(r) ? r->key : NULL;
	if (!reader_flawed(r) && (seen & 1u << ID) == 0)
		reader_refuse_missing(r, where, "id");
	if (!reader_flawed(r) && (seen & 1u << CAPACITY) == 0)
		reader_refuse_missing(r, where, "capacity");
	p.name = DRAFT_POSTING(d, k)->name;
	*DRAFT_POSTING(d, k) = p;
}

/* A list of learners or postings; `get` reads one of them. */
static void
get_objects(struct reader *r, struct grown *g, size_t item_size, size_t max, const char *list,
            void (*get)(struct reader *, size_t))
{
	if (!reader_enter(r, JSON_LIST))
		return;
	for (r->list = list, r->key = NULL; reader_more(r); r->key = NULL) {
		struct json_place where = json_in_place(&r->in);

		r->index = g->n;
		r->has_id = false;
		if (g->n >= max)
			flaw_set(&r->d->flaw, "too_large", where, list, "found more, allowed are %zu",
			         "trouvé davantage, permis : %zu", max);
		if (reader_flawed(r) || grown_next(r->d, g, item_size, max, list) == NULL)
			return;
		g->n++;
		get(r, r->index);
	}
}

static void
get_learners(struct reader *r)
{
	get_objects(r, &r->d->learners, sizeof(struct drafted_learner), ENGINE_MAX_LEARNERS, "learners", get_learner);
}

static void
get_postings(struct reader *r)
{
	get_objects(r, &r->d->postings, sizeof(struct drafted_posting), ENGINE_MAX_POSTINGS, "postings", get_posting);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */
/* The next cell of a row, or the flaw that the row is too short. */
static inline HOT bool
cell(struct reader *r, const char *allowed_en, const char *allowed_fr)
{
	struct subject s;
	struct json_place where;

	if (reader_more(r))
		return true;
	where = json_in_place_before(&r->in, 1);
	if (!reader_flawed(r) && reader_path(r, &s))
		flaw_found(&r->d->flaw, "wrong_type", where, s.text,
		           (struct json_words){ "a shorter row", "une rangée plus courte", allowed_en, allowed_fr });
	return false;
}

static void
end_of_row(struct reader *r, const char *allowed_en, const char *allowed_fr)
{
	struct json_place where;
	struct subject s;

	if (reader_more(r)) {
		where = json_in_place(&r->in);
		if (reader_path(r, &s))
			flaw_found(
			    &r->d->flaw, "wrong_type", where, s.text,
			    (struct json_words){ "a longer row", "une rangée plus longue", allowed_en, allowed_fr });
	}
}

/* The learner of a fit row waits for her number, unless she is that of the row before, which is the rule. */
static inline HOT bool
put_fit_learner(struct reader *r, size_t item, const char *text, size_t size, struct json_place where)
{
	if (r->fit_learner != NULL && size == r->fit_size && memcmp(text, r->fit_learner, size) == 0)
		return true;
	r->fit_learner = text;
	r->fit_size = size;
	reader_put(r, FIT_LEARNER, item, text, size, where);
	return false;
}

/* A text with nothing to decode at *p; *p goes behind its quote. */
static inline HOT bool
plain_text(const unsigned char **p, const char **text, size_t *size)
{
	const unsigned char *from = *p + 1, *end;

	if (**p != '"')
		return false;
	end = json_plain_end(from);
	*text = (const char *)from;
	*size = (size_t)(end - from);
	*p = end + 1;
	return *end == '"' && *size <= JSON_MAX_TEXT;
}

/*
 * Rows as most are: ["l1","p1",870] and a comma before all but the first, with nothing else in between. Stops before
 * one that is not, whatever it is. There are ten million of them in a large round.
 */
static void
get_plain_fit(struct reader *r)
{
	struct grown *g = &r->d->fit;
	struct json_in *j = &r->in;

	while (j->at < j->safe && g->n < g->room && !reader_flawed(r)) {
		const unsigned char *p = j->at + !j->first, *digits;
		const char *learner, *posting;
		size_t learner_size, posting_size, item = g->n;
		uint32_t fit = 0;
		bool again;

		if ((!j->first && *j->at != ',') || *p++ != '[' || !plain_text(&p, &learner, &learner_size) ||
		    *p++ != ',' || !plain_text(&p, &posting, &posting_size) || *p++ != ',')
			return;
		for (digits = p; *p >= '0' && *p <= '9' && p - digits < 4; p++)
			fit = fit * 10 + (*p - '0');
		if (p == digits || *p != ']' || fit > ENGINE_MAX_FIT || (*digits == '0' && p - digits > 1))
			return;
		((struct drafted_fit *)g->items)[item] = (struct drafted_fit){ 0, fit };
		g->n++;
		again = put_fit_learner(r, item, learner, learner_size,
		                        json_in_place_at(j, (const unsigned char *)learner - 1));
		reader_put(r, again ? FIT_POSTING_AGAIN : FIT_POSTING, item, posting, posting_size,
		           json_in_place_at(j, (const unsigned char *)posting - 1));
		j->at += p + 1 - j->at;
		j->first = false;
		r->index++;
	}
}

/* The learner of a row of any form. */
static bool
get_fit_learner(struct reader *r, size_t item)
{
	struct json_place where = json_in_place(&r->in);
	const char *text = NULL;
	size_t size = 0;

	if (!json_in_text(&r->in, &text, &size)) {
		reader_refuse_id(r, true);
		return false;
	}
	reader_keep_id(r, text, size);
	return put_fit_learner(r, item, text, size, where);
}

static void
get_fit(struct reader *r)
{
	static const char EN[] = "[learner, posting, fit]", FR[] = "[élève, offre, adéquation]";
	struct grown *g = &r->d->fit;
	bool again;

	if (!reader_enter(r, JSON_LIST))
		return;
	r->list = "fit";
	r->key = NULL;
	r->marks = 0;
	r->has_id = false;
	for (r->index = 0, get_plain_fit(r); reader_more(r); r->index++, get_plain_fit(r)) {
		struct drafted_fit *f = reader_item(r, g, sizeof *f, "fit");
		size_t item = g->n - 1;

		r->has_id = false;
		if (f == NULL || !reader_enter(r, JSON_LIST) || !cell(r, EN, FR))
			return;
		*f = (struct drafted_fit){ 0, 0 };
		again = get_fit_learner(r, item);
		if (reader_flawed(r) || !cell(r, EN, FR))
			return;
		reader_id(r, again ? FIT_POSTING_AGAIN : FIT_POSTING, item);
		if (reader_flawed(r) || !cell(r, EN, FR))
			return;
		f->posting_fit |= (uint32_t)reader_whole(r, ENGINE_MAX_FIT);
		end_of_row(r, EN, FR);
	}
}

static void
get_pairs(struct reader *r, struct grown *g, const char *list, enum role learner, enum role posting)
{
	static const char EN[] = "[learner, posting]", FR[] = "[élève, offre]";

	if (!reader_enter(r, JSON_LIST))
		return;
	r->list = list;
	r->has_id = false;
	for (r->index = 0; reader_more(r); r->index++) {
		struct engine_pair *pair = reader_item(r, g, sizeof *pair, list);
		size_t item = g->n - 1;

		r->key = NULL;
		r->marks = 0;
		if (pair == NULL || !reader_enter(r, JSON_LIST) || !cell(r, EN, FR))
			return;
		reader_id(r, learner, item);
		if (reader_flawed(r) || !cell(r, EN, FR))
			return;
		reader_id(r, posting, item);
		end_of_row(r, EN, FR);
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */
static void
get_seed(struct reader *r)
{
	struct json_place where = json_in_place(&r->in);
	const char *text = NULL;
	size_t size = 0;
	struct subject s;

	if (!reader_text(r, &text, &size))
		return;
	if (size >= 1 && size <= INSTANCE_MAX_SEED) {
		memcpy(r->d->seed, text, size);
		r->d->seed[size] = '\0';
	} else if (reader_path(r, &s)) {
		flaw_set(&r->d->flaw, "bad_seed", where, s.text, "found %zu bytes, allowed are 1 to %d",
		         "trouvé %zu octets, permis : de 1 à %d", size, INSTANCE_MAX_SEED);
	}
}

static void
get_instance(struct reader *r)
{
	enum { FIT, FIXED, GUARANTEE, HELD, LEARNERS, POSTINGS, SEED };
	static const struct key KEYS[] = { A_KEY("fit"),      A_KEY("fixed"),    A_KEY("guarantee"), A_KEY("held"),
		                           A_KEY("learners"), A_KEY("postings"), A_KEY("seed") };
	static const struct keys ALLOWED = { KEYS, COUNT_OF(KEYS),
		                             "fit, fixed, guarantee, held, learners, postings, seed" };
	struct json_place where = json_in_place(&r->in);
	unsigned seen = 0;
	int key;

	if (!json_in_enter(&r->in, JSON_OBJECT)) {
		reader_refuse_kind(r, "an instance, which is an object", "une instance, qui est un objet");
		return;
	}
	while ((key = reader_key(r, &ALLOWED, &seen)) >= 0) {
		switch (key) {
		case FIT: get_fit(r); break;
		case FIXED: get_pairs(r, &r->d->fixed, "fixed", FIXED_LEARNER, FIXED_POSTING); break;
		case GUARANTEE: r->d->guarantee = reader_bool(r); break;
		case HELD: get_pairs(r, &r->d->held, "held", HELD_LEARNER, HELD_POSTING); break;
		case LEARNERS: get_learners(r); break;
		case POSTINGS: get_postings(r); break;
		case SEED: get_seed(r); break;
		}
		r->list = r->key = NULL;
		r->marks = 0;
		r->has_id = false;
	}
	if (!reader_flawed(r) && !json_in_end(&r->in))
		reader_refuse_syntax(r);
	if (!reader_flawed(r) && (seen & 1u << SEED) == 0)
		reader_refuse_missing(r, where, "seed");
	reader_look_up(r);
}

/*
 * Room for what a file of so many bytes may hold, so that it need not move while it grows. Only what is used is backed
 * by memory; where there is none, everything grows as it comes.
 */
static void
expect_size(struct draft *d, uint64_t bytes)
{
	enum { WORTH_IT = 1 << 20, ROW = 16, LINE = 8 }; /* bytes, in a file, of a fit row and of a ranked line */
	const struct {
		struct grown *g;
		size_t item_size, item_bytes;
	} LISTS[] = { { &d->fit, sizeof(struct drafted_fit), ROW },
		      { &d->rankings, sizeof(uint32_t), LINE },
		      { &d->choices, sizeof(uint32_t), LINE } };

	for (size_t k = 0; k < COUNT_OF(LISTS) && bytes >= WORTH_IT; k++) {
		uint64_t room = bytes / LISTS[k].item_bytes;
		void *items;

		room = room < ENGINE_MAX_ENTRIES ? room : ENGINE_MAX_ENTRIES;
		items = pages_take(room, LISTS[k].item_size);
		if (items != NULL)
			*LISTS[k].g = (struct grown){ items, 0, room };
	}
}

int
instance_read_source(json_source *source, void *from, uint64_t bytes, struct instance **out, struct instance_flaw *flaw)
{
	struct reader *r = pages_take(1, sizeof *r);
	int rc;

	*out = NULL;
	*flaw = (struct instance_flaw){ .code = NULL };
	if (r != NULL)
		*r = (struct reader){ .d = draft_new("-", true) }; /* the seed comes in the file */
	if (r == NULL || r->d == NULL) {
		free(r);
		flaw_no_memory(flaw);
		return -1;
	}
	expect_size(r->d, bytes);
	json_in_open(&r->in, source, from, reader_let_go, r);
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

	return instance_read_source(json_from_bytes, &bytes, size, out, flaw);
}

int
instance_read_fd(int fd, struct instance **out, struct instance_flaw *flaw)
{
	struct stat file;
	bool sized = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size > 0;

	return instance_read_source(json_from_fd, &fd, sized ? (uint64_t)file.st_size : 0, out, flaw);
}
