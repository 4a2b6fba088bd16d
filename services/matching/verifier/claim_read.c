/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an outcome in one pass, without a tree. Any bytes may come: whatever is not of the outcome's shape is refused
 * where it stands. Blanks and the order of keys are free; numbers stand as RFC 8785 writes them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verifier/reader.h"

/* As much as the claim of an instance of the largest size takes. */
static const size_t MAX_BYTES = (size_t)16 << 30;

void *
reader_take(struct reader *r, size_t count, size_t size)
{
	void *p = arena_zalloc(r->claim->arena, count, size);

	if (p == NULL)
		report_no_memory(r->report);
	return p;
}

/* ---- refusing ---------------------------------------------------------------------------------------------------- */
static bool
refuse_json(struct reader *r)
{
	char what[16] = "";
	struct json_words w = json_in_words(&r->json, what);
	struct json_place at = json_in_place(&r->json);

	if (r->json.fault == JSON_NO_MEMORY)
		return report_no_memory(r->report);
	return report_violation(r->report, REPORT_WHOLE, "unreadable",
	                        "the outcome is no JSON: line %u, column %u: %.0s%s found, allowed is %.0s%s",
	                        "le résultat n'est pas du JSON : ligne %u, colonne %u : trouvé %s%.0s, permis : %s%.0s",
	                        at.line, at.column, w.found_fr, w.found_en, w.allowed_fr, w.allowed_en);
}

bool
reader_refuse(struct reader *r, const char *allowed, const char *allowed_fr)
{
	if (json_in_broken(&r->json))
		return refuse_json(r);
	struct json_place at = json_in_place(&r->json);

	return report_violation(r->report, REPORT_WHOLE, "shape",
	                        "the outcome is not of its shape: line %u, column %u: %.0s%s expected",
	                        "le résultat n'a pas sa forme : ligne %u, colonne %u : %s%.0s attendu", at.line,
	                        at.column, allowed_fr, allowed);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */
static const struct field *
find_field(const struct field *fields, size_t n, const char *key, size_t size)
{
	for (size_t k = 0; k < n; k++)
		if (strlen(fields[k].key) == size && memcmp(fields[k].key, key, size) == 0)
			return &fields[k];
	return NULL;
}

static bool
refuse_key(struct reader *r, const char *what, const char *key, size_t size, bool known)
{
	char text[JSON_MAX_TEXT + 1];
	struct json_place at;

	memcpy(text, key, size);
	text[size] = '\0';
	at = json_in_place(&r->json); /* may move the window on, and the key with it */
	return report_violation(r->report, REPORT_WHOLE, "shape",
	                        "the outcome is not of its shape: line %u, column %u: \"%s\" %.0s%s in %s",
	                        "le résultat n'a pas sa forme : ligne %u, colonne %u : « %s » %s%.0s dans %s", at.line,
	                        at.column, SHOWN(text), known ? "figure deux fois" : "est une clé inconnue",
	                        known ? "stands twice" : "is an unknown key", what);
}

bool
read_object(struct reader *r, const struct field *fields, size_t n, const char *what, void *to)
{
	bool seen[MOST_FIELDS] = { false };
	const char *key = "";
	size_t size = 0;

	BUG_IF(n > MOST_FIELDS);
	if (!json_in_enter(&r->json, JSON_OBJECT))
		return reader_refuse(r, "an object", "un objet");
	while (json_in_key(&r->json, &key, &size)) {
		const struct field *f = find_field(fields, n, key, size);

		if (f == NULL || seen[f - fields])
			return refuse_key(r, what, key, size, f != NULL);
		seen[f - fields] = true;
		if (!f->read(r, to))
			return false;
	}
	if (json_in_broken(&r->json))
		return refuse_json(r);
	for (size_t k = 0; k < n; k++)
		if (!seen[k] && !fields[k].optional) {
			struct json_place at = json_in_place(&r->json);

			return report_violation(
			    r->report, REPORT_WHOLE, "shape",
			    "the outcome is not of its shape: before line %u, column %u: \"%s\" is missing in %s",
			    "le résultat n'a pas sa forme : avant la ligne %u, colonne %u : « %s » manque dans %s",
			    at.line, at.column, fields[k].key, what);
		}
	return true;
}

bool
read_list(struct reader *r, bool (*read)(struct reader *r, void *to), const char *what, void *to)
{
	if (!json_in_enter(&r->json, JSON_LIST))
		return reader_refuse(r, what, what);
	while (json_in_more(&r->json))
		if (!read(r, to))
			return false;
	return !json_in_broken(&r->json) || refuse_json(r);
}

bool
read_count(struct reader *r, void *to)
{
	struct json_number n;

	if (!json_in_number(&r->json, &n) || !n.whole || n.written[strspn(n.written, "0123456789")] != '\0')
		return reader_refuse(r, "before this, a whole number from 0 to 2^53",
		                     "avant ceci, un nombre entier de 0 à 2^53");
	*(int64_t *)to = n.value;
	return true;
}

bool
read_flag(struct reader *r, void *to)
{
	return json_in_bool(&r->json, to) || reader_refuse(r, "true or false", "true ou false");
}

bool
read_word(struct reader *r, const char *const *words, int n, int *number)
{
	const char *text;
	size_t size;

	if (!json_in_text(&r->json, &text, &size))
		return reader_refuse(r, "a text", "un texte");
	for (*number = 0; *number < n; ++*number)
		if (strlen(words[*number]) == size && memcmp(words[*number], text, size) == 0)
			return true;
	return reader_refuse(r, "before this, one of the words of matching.md",
	                     "avant ceci, un des mots de matching.md");
}

bool
read_pair_begin(struct reader *r)
{
	return (json_in_enter(&r->json, JSON_LIST) && json_in_more(&r->json)) ||
	       reader_refuse(r, "a pair", "une paire");
}

bool
read_pair_comma(struct reader *r)
{
	return json_in_more(&r->json) ||
	       reader_refuse(r, "before this, the second of a pair", "avant ceci, le second d'une paire");
}

bool
read_pair_end(struct reader *r)
{
	if (!json_in_more(&r->json) && !json_in_broken(&r->json))
		return true;
	return reader_refuse(r, "the end of a pair", "la fin d'une paire");
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */
static bool
know_ids(struct reader *r, struct names *t, const char **ids, int32_t n)
{
	names_init(t, n);
	for (int32_t k = 0; k < n; k++) {
		int32_t number = names_add(t, ids[k], strlen(ids[k]), (struct json_place){ 0, 0 });

		if (number == NAMES_NO_MEMORY)
			return report_no_memory(r->report);
		BUG_IF(number != k);
	}
	return true;
}

static bool
unknown_id(struct reader *r, const char *id, size_t size, const char *kind, const char *kind_fr)
{
	char text[JSON_MAX_TEXT + 1];

	memcpy(text, id, size);
	text[size] = '\0';
	return report_violation(r->report, REPORT_WHOLE, "unknown_id",
	                        "\"%s\" is named as a %.0s%s, but the instance knows none of that id",
	                        "« %s » est donné comme %s%.0s, mais l'instance n'en connaît pas de ce nom",
	                        SHOWN(text), kind_fr, kind);
}

static bool
read_id(struct reader *r, struct names *t, const char **ids, int32_t near, int32_t *number)
{
	const char *text;
	size_t size;

	*number = near + 1;
	if (!json_in_text(&r->json, &text, &size))
		return reader_refuse(r, "an id", "un identifiant");
	if (*number < t->n && strncmp(ids[*number], text, size) == 0 && ids[*number][size] == '\0')
		return true;
	*number = names_add(t, text, size, (struct json_place){ 0, 0 });
	if (*number >= 0)
		return true;
	if (t == &r->learners)
		return unknown_id(r, text, size, "learner", "élève");
	if (t == &r->postings)
		return unknown_id(r, text, size, "posting", "offre");
	return t == &r->groups ? unknown_id(r, text, size, "group", "groupe") :
	                         unknown_id(r, text, size, "college", "établissement");
}

bool
read_learner(struct reader *r, int32_t near, int32_t *number)
{
	return read_id(r, &r->learners, r->in->learner_ids, near, number);
}

bool
read_posting(struct reader *r, int32_t near, int32_t *number)
{
	return read_id(r, &r->postings, r->in->posting_ids, near, number);
}

bool
read_college(struct reader *r, int32_t near, int32_t *number)
{
	return read_id(r, &r->colleges, r->in->college_ids, near, number);
}

bool
read_group(struct reader *r, int32_t *number)
{
	*number = ENGINE_NONE;
	return json_in_null(&r->json) || read_id(r, &r->groups, r->in->group_ids, ENGINE_NONE, number);
}

bool
read_in_order(struct reader *r, const char *list, const char *const *ids, int32_t last, int32_t number)
{
	if (number > last)
		return true;
	return report_violation(r->report, REPORT_WHOLE, number == last ? "twice" : "order", "%s: \"%s\" %.0s%s",
	                        "%s : « %s » %s%.0s", list, SHOWN(ids[number]),
	                        number == last ? "figure deux fois" : "n'est pas dans l'ordre des identifiants",
	                        number == last ? "stands twice" : "is not in the order of ids");
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */
static bool
read_digest(struct reader *r, void *to)
{
	struct claim *c = to;
	const char *text;
	size_t size;

	if (!json_in_text(&r->json, &text, &size) || size != sizeof c->digest - 1)
		return reader_refuse(r, "before this, a digest of 64 hex digits",
		                     "avant ceci, une empreinte de 64 chiffres hexadécimaux");
	for (size_t k = 0; k < size; k++)
		if (strchr("0123456789abcdef", text[k]) == NULL)
			return reader_refuse(r, "before this, a digest of 64 hex digits",
			                     "avant ceci, une empreinte de 64 chiffres hexadécimaux");
	memcpy(c->digest, text, size);
	return true;
}

static bool
read_pool_placements(struct reader *r, void *claim)
{
	return read_placements(r, &((struct claim *)claim)->pool);
}

static bool
read_whole(struct reader *r)
{
	static const struct field FIELDS[] = {
		{ "certificate", read_certificate, false }, { "colleges", read_colleges, false },
		{ "endowments", read_endowments, false },   { "instance_digest", read_digest, false },
		{ "objective", read_objective, false },     { "placements", read_pool_placements, false },
		{ "unplaced", read_unplaced, false },
	};

	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "the outcome", r->claim))
		return false;
	return json_in_end(&r->json) || refuse_json(r);
}

static int32_t *
nobody(struct reader *r)
{
	int32_t *p = reader_take(r, (size_t)r->e->n_learners, sizeof *p);

	for (int32_t i = 0; p != NULL && i < r->e->n_learners; i++)
		p[i] = ENGINE_NONE;
	return p;
}

static bool
run_lay_out(struct reader *r, struct claim_run *run)
{
	size_t nl = (size_t)r->e->n_learners, np = (size_t)r->e->n_postings;

	run->posting = nobody(r);
	run->by = reader_take(r, nl, sizeof *run->by);
	run->slot_off = reader_take(r, np + 1, sizeof *run->slot_off);
	run->slots = reader_take(r, nl, sizeof *run->slots);
	run->slot_of = nobody(r);
	run->cutoffs = reader_take(r, CLAIM_KIND(r->e, np, 0), sizeof *run->cutoffs);
	run->learner_price = reader_take(r, nl, sizeof *run->learner_price);
	run->posting_price = reader_take(r, np, sizeof *run->posting_price);
	return run->posting != NULL && run->by != NULL && run->slot_off != NULL && run->slots != NULL &&
	       run->slot_of != NULL && run->cutoffs != NULL && run->learner_price != NULL && run->posting_price != NULL;
}

static bool
lay_out(struct reader *r)
{
	struct claim *c = r->claim;
	size_t most = 0;

	for (int32_t j = 0; j < r->e->n_postings; j++)
		if (r->e->reserves.off[j + 1] - r->e->reserves.off[j] > most)
			most = r->e->reserves.off[j + 1] - r->e->reserves.off[j];
	r->most_kinds = (int32_t)most + 1;
	r->cutoffs = reader_take(r, most + 1, sizeof *r->cutoffs);
	r->cutoff_groups = reader_take(r, most + 1, sizeof *r->cutoff_groups);
	r->kind_of_group = reader_take(r, (size_t)r->e->n_groups, sizeof *r->kind_of_group);
	c->endowment = nobody(r);
	c->reason = reader_take(r, (size_t)r->e->n_learners, sizeof *c->reason);
	c->at_off = reader_take(r, (size_t)r->e->n_learners + 1, sizeof *c->at_off);
	c->colleges = reader_take(r, (size_t)r->e->n_colleges, sizeof *c->colleges);
	if (r->cutoffs == NULL || r->cutoff_groups == NULL || r->kind_of_group == NULL || c->endowment == NULL ||
	    c->reason == NULL || c->at_off == NULL || c->colleges == NULL)
		return false;
	for (int32_t g = 0; g < r->e->n_groups; g++)
		r->kind_of_group[g] = ENGINE_NONE;
	instance_digest(r->in, c->instance);
	return run_lay_out(r, &c->pool) && run_lay_out(r, &c->alone);
}

static bool
know_all(struct reader *r)
{
	return know_ids(r, &r->learners, r->in->learner_ids, r->e->n_learners) &&
	       know_ids(r, &r->postings, r->in->posting_ids, r->e->n_postings) &&
	       know_ids(r, &r->colleges, r->in->college_ids, r->e->n_colleges) &&
	       know_ids(r, &r->groups, r->in->group_ids, r->e->n_groups);
}

static int
read_from(const struct instance *in, json_source *source, void *from, struct claim **out,
          struct verifier_report *report)
{
	struct reader r = { .in = in, .e = &in->engine, .claim = calloc(1, sizeof *r.claim), .report = report };
	bool sound = r.claim != NULL;

	*out = NULL;
	*report = (struct verifier_report){ .verdict = VERIFIER_ACCEPTED, .condition = "" };
	json_in_open(&r.json, source, from, NULL, NULL);
	if (sound)
		r.claim->arena = arena_new(MAX_BYTES);
	sound = sound && r.claim->arena != NULL && lay_out(&r) && know_all(&r) && read_whole(&r);
	if (!sound)
		report_no_memory(report); /* unless it says something else */
	json_in_close(&r.json);
	names_clear(&r.learners);
	names_clear(&r.postings);
	names_clear(&r.colleges);
	names_clear(&r.groups);
	if (sound)
		*out = r.claim;
	else
		claim_destroy(&r.claim);
	return sound ? 0 : -1;
}

int
claim_read(const struct instance *in, const char *bytes, size_t size, struct claim **out,
           struct verifier_report *report)
{
	struct json_bytes from = { bytes, size };

	return read_from(in, json_from_bytes, &from, out, report);
}

int
claim_read_fd(const struct instance *in, int fd, struct claim **out, struct verifier_report *report)
{
	return read_from(in, json_from_fd, &fd, out, report);
}

void
claim_destroy(struct claim **self)
{
	if (*self == NULL)
		return;
	if ((*self)->arena != NULL)
		arena_destroy(&(*self)->arena);
	free((*self)->at);
	free(*self);
	*self = NULL;
}
