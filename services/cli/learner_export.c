/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `bassin learner export ID`: all that every service holds about a learner of one's own college, for her to read (Law 25, access).
 * The learner intake says who she is and vouches for it; the others are asked with its word. Nothing is written before all
 * have answered, so an export is whole or not there.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/language.h"
#include "base/text.h"
#include "bassin/v1/learner.pb-c.h"
#include "json.h"
#include "learner.h"
#include "list.h"
#include "refusals.h"
#include "table.h"
#include "terminal.h"
#include "words.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define SERVICES_MAX 64
#define WIDE 7 /* a section of more columns is shown row by row, each as a card */

struct answer {
	const char *service;
	const Bassin__V1__Held *held;
};

struct export {
	struct app *app;
	struct answer answers[SERVICES_MAX];
	size_t count;
};

/* ---- asking ------------------------------------------------------------------------------------------------------ */
static int
ask_one(struct export *e, const char *service, const Bassin__V1__HeldAsk *ask)
{
	void *reply = NULL;

	if (e->count == SERVICES_MAX)
		return app_fail(EXIT_USE, "%s", _("there are more services than one export holds"));
	int status = app_ask(e->app, service, TYPE(LEARNER_HELD), &ask->base, e->app->arena, &bassin__v1__held__descriptor,
	                     &reply);
	if (status != EXIT_DONE)
		return status;
	const Bassin__V1__Held *held = reply;
	bool whole = held != NULL;
	for (size_t i = 0; whole && i < held->n_sections; i++)
		whole = held->sections[i]->table != NULL;
	if (!whole)
		return app_fail(EXIT_AWAY, "%s", reply_code_sentence(BASSIN__V1__REPLY_CODE__REPLY_UNSPECIFIED));
	e->answers[e->count++] = (struct answer){ service, held };
	return EXIT_DONE;
}

static int
ask_all(struct export *e)
{
	static const char *const others[] = { "employer_intake", "matching", "notifications" };
	Bassin__V1__HeldAsk ask = BASSIN__V1__HELD_ASK__INIT;
	const struct directory *d = NULL;
	const char *intake;
	int status = app_service(e->app, "learner_intake", &intake);

	ask.learner = e->app->options.args[0];
	if (status == EXIT_DONE)
		status = ask_one(e, intake, &ask);
	if (status == EXIT_DONE)
		status = app_directory(e->app, &d);
	if (status != EXIT_DONE)
		return status;
	const Bassin__V1__Held *hers = e->answers[0].held;
	BUG_IF(hers == NULL);
	ask.learner = (char *)(uintptr_t)"";
	ask.pool_number = hers->pool_number;
	ask.external_id = hers->external_id;
	ask.claim = hers->claim;
	for (size_t i = 0; i < directory_count(d) && status == EXIT_DONE; i++)
		for (size_t k = 0; k < COUNT_OF(others) && status == EXIT_DONE; k++)
			if (directory_entry_is_of(directory_at(d, i), others[k]))
				status = ask_one(e, directory_at(d, i)->name, &ask);
	return status;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */
static const ProtobufCMessageDescriptor *
descriptor_of(Bassin__V1__EventType type)
{
	switch (type) {
	case BASSIN__V1__EVENT_TYPE__PROFILE_RECORDED: return &bassin__v1__profile_recorded__descriptor;
	case BASSIN__V1__EVENT_TYPE__LEARNER_RANKING_RECORDED: return &bassin__v1__learner_ranking_recorded__descriptor;
	case BASSIN__V1__EVENT_TYPE__DIRECT_OFFER_RECORDED: return &bassin__v1__direct_offer_recorded__descriptor;
	case BASSIN__V1__EVENT_TYPE__LEARNER_CONTACT_RECORDED: return &bassin__v1__learner_contact_recorded__descriptor;
	case BASSIN__V1__EVENT_TYPE__LEARNER_ERASED: return &bassin__v1__learner_erased__descriptor;
	default: return NULL;
	}
}

/* Days since 1970 become dates, which every reader understands; takes the reference and gives it back. */
static json_t *
days_written(json_t *content)
{
	const char *name;
	json_t *value;

	json_object_foreach(content, name, value)
	{
		char day[11];
		if (!words_is_day(name) || !json_is_integer(value) || json_integer_value(value) <= 0)
			continue;
		text_from_day((int32_t)json_integer_value(value), day);
		if (json_object_set_new(content, name, json_string(day)) != 0) {
			json_decref(content);
			return NULL;
		}
	}
	return content;
}

/* What an event says, or null where we do not know its kind. A new reference; NULL: no memory. */
static json_t *
content_of(const struct export *e, const Bassin__V1__Event *event)
{
	const ProtobufCMessageDescriptor *type = descriptor_of(event->type);
	ProtobufCAllocator allocator = arena_allocator(e->app->arena);
	const ProtobufCMessage *m =
	    type == NULL ? NULL : protobuf_c_message_unpack(type, &allocator, event->body.len, event->body.data);

	return m == NULL ? json_null() : days_written(json_of_message(m));
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */
static json_t *
events_json(const struct export *e, const Bassin__V1__Held *held)
{
	json_t *events = json_array();

	for (size_t i = 0; events != NULL && i < held->n_events; i++) {
		const Bassin__V1__Event *event = held->events[i];
		json_t *one = json_pack("{s:s, s:s, s:I, s:I, s:o}", "topic", event->topic, "key", event->key, "version",
		                        (json_int_t)event->version, "at_ms", (json_int_t)event->at_ms, "content",
		                        content_of(e, event));
		if (one == NULL || json_array_append_new(events, one) != 0) {
			json_decref(events);
			return NULL;
		}
	}
	return events;
}

static int
write_json(const struct export *e, FILE *to)
{
	json_t *services = json_object();
	bool failed = services == NULL;

	for (size_t i = 0; i < e->count && !failed; i++) {
		const Bassin__V1__Held *held = e->answers[i].held;
		json_t *service = json_object();
		for (size_t s = 0; service != NULL && s < held->n_sections; s++) {
			const Bassin__V1__HeldSection *section = held->sections[s];
			failed = failed || json_object_set_new(service, section->name, page_json(section->table)) != 0;
			if (section->table->next[0] != '\0')
				failed = failed || json_object_set_new(service, "shortened", json_true()) != 0;
		}
		if (held->n_events > 0)
			failed = failed || json_object_set_new(service, "events", events_json(e, held)) != 0;
		failed = failed || json_object_set_new(services, e->answers[i].service, service) != 0;
	}
	if (failed) {
		json_decref(services);
		return -1;
	}
	const Bassin__V1__Held *hers = e->answers[0].held;
	return json_write(to, json_pack("{s:s, s:s, s:o}", "external_id", hers->external_id, "pool_number", hers->pool_number,
	                                "services", services));
}

/* ---- to read ----------------------------------------------------------------------------------------------------- */
/* clang-format off */
static const struct { const char *name, *title; } titles[] = {
	{ "learner", N_("What her college has fed, and when she may be matched") },
	{ "learner_ranking", N_("Her ranking") },
	{ "direct_offer", N_("Her direct offer") },
	{ "profile", N_("Her profile, under her pool number") },
	{ "named_by_employers", N_("Employers' rankings that name her") },
	{ "frozen", N_("What rounds have frozen of her") },
	{ "frozen_lists", N_("Lists that rounds have frozen, hers and those that name her") },
	{ "outcomes", N_("What became of her in rounds") },
	{ "not_taken", N_("What did not enter a round, and rounds that she has left") },
	{ "told", N_("What has been told of her among others") },
	{ "contact", N_("Her name, for messages") },
	{ "placed", N_("Where she is placed, for messages") },
	{ "messages", N_("Messages that name her; 'bassin mail show ID' has each, but they name others too") },
	{ "history", N_("Who has changed what of her") },
	{ "audit", N_("Who has asked or done what about her") },
};
/* clang-format on */

static const char *
title_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(titles); i++)
		if (strcmp(titles[i].name, name) == 0)
			return _(titles[i].title);
	return name;
}

static int
print_cards(struct arena *a, const Bassin__V1__Table *t, FILE *to)
{
	const struct column columns[] = { { "field", column_title("field"), COLUMN_TEXT },
		                          { "value", column_title("value"), COLUMN_LONG } };

	for (size_t i = 0; i < t->n_rows; i++) {
		struct table *card = table_new(a, columns, COUNT_OF(columns));
		for (size_t c = 0; card != NULL && c < t->n_columns; c++) {
			const char *cells[] = { column_title(t->columns[c]),
				                words_to_read(a, t->columns[c], page_cell(t, i, c)) };
			if (cells[1][0] != '\0' && table_add(card, cells) != 0)
				return -1;
		}
		if (card == NULL || (i > 0 && fputc('\n', to) == EOF) || table_print(card, to) != 0)
			return -1;
	}
	return 0;
}

static int
print_rows(struct arena *a, const Bassin__V1__Table *t, FILE *to)
{
	struct column columns[WIDE];
	const char *cells[WIDE];

	if (t->n_columns > WIDE)
		return print_cards(a, t, to);
	for (size_t c = 0; c < t->n_columns; c++)
		columns[c] = (struct column){ t->columns[c], column_title(t->columns[c]), COLUMN_LONG };
	struct table *rows = table_new(a, columns, t->n_columns);
	for (size_t i = 0; rows != NULL && i < t->n_rows; i++) {
		for (size_t c = 0; c < t->n_columns; c++)
			cells[c] = words_to_read(a, t->columns[c], page_cell(t, i, c));
		if (table_add(rows, cells) != 0)
			return -1;
	}
	return rows == NULL ? -1 : table_print(rows, to);
}

static const char *content_text(struct arena *a, const json_t *content);

/* An entry of a list: "2 college/p1" of a ranking, a word. */
static const char *
entry_to_read(struct arena *a, const char *name, const json_t *entry)
{
	if (json_is_string(entry))
		return words_to_read(a, name, json_string_value(entry));
	return arena_printf(a, "%lld %s", (long long)json_integer_value(json_object_get(entry, "tier")),
	                    json_string_value(json_object_get(entry, "ref")));
}

/* "" where nothing is given. NULL: no memory. */
static const char *
value_to_read(struct arena *a, const char *name, const json_t *value)
{
	const char *out = "";

	if (json_is_object(value)) {
		const char *inner = content_text(a, value);
		return inner == NULL || inner[0] == '\0' ? inner : arena_printf(a, "(%s)", inner);
	}
	if (json_is_boolean(value))
		return json_is_true(value) ? _("yes") : _("no");
	if (json_is_string(value))
		return words_to_read(a, name, json_string_value(value));
	if (json_is_integer(value)) {
		const char *number = arena_printf(a, "%lld", (long long)json_integer_value(value));
		return number == NULL ? NULL : words_to_read(a, name, number);
	}
	for (size_t i = 0; i < json_array_size(value) && out != NULL; i++) {
		const char *entry = entry_to_read(a, name, json_array_get(value, i));
		out = entry == NULL ? NULL : arena_printf(a, "%s%s%s", out, i == 0 ? "" : ", ", entry);
	}
	return out;
}

/* "programme: 351.A1; available from: 2027-01-11; ...": what is given, by the titles of columns. NULL: no memory. */
static const char *
content_text(struct arena *a, const json_t *content)
{
	const char *name, *out = "";
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)content, name, value)
	{
		const char *text = value_to_read(a, name, value);
		if (text != NULL && text[0] == '\0')
			continue;
		const char *line = text == NULL ? NULL : arena_printf(a, _("%s: %s"), column_title(name), text);
		out = line == NULL ? NULL : arena_printf(a, "%s%s%s", out, out[0] == '\0' ? "" : _("; "), line);
		if (out == NULL)
			return NULL;
	}
	return out;
}

static int
print_events(const struct export *e, const Bassin__V1__Held *held, FILE *to)
{
	const struct column columns[] = { { "at", column_title("at"), COLUMN_TEXT },
		                          { "topic", column_title("topic"), COLUMN_TEXT },
		                          { "content", column_title("content"), COLUMN_LONG } };
	struct arena *a = e->app->arena;
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	if (held->n_events == 0)
		return 0;
	for (size_t i = 0; t != NULL && i < held->n_events; i++) {
		const Bassin__V1__Event *event = held->events[i];
		json_t *content = content_of(e, event);
		const char *text = content == NULL ? NULL : content_text(a, content);
		const char *cells[] = { time_text(a, event->at_ms), event->topic, text };
		json_decref(content);
		if (cells[2] == NULL || table_add(t, cells) != 0)
			return -1;
	}
	fprintf(to, "\n%s\n", _("What the other services were told of her alone"));
	return t == NULL ? -1 : table_print(t, to);
}

static int
print(const struct export *e, FILE *to)
{
	struct arena *a = e->app->arena;
	const Bassin__V1__Held *hers = e->answers[0].held;

	fprintf(to, _("All that the pool holds about learner %s (pool number %s)\n"), terminal_safe_text(a, hers->external_id),
	        terminal_safe_text(a, hers->pool_number));
	for (size_t i = 0; i < e->count; i++) {
		const Bassin__V1__Held *held = e->answers[i].held;
		fprintf(to, "\n==== %s ====\n", terminal_safe_text(a, e->answers[i].service));
		for (size_t s = 0; s < held->n_sections; s++) {
			const Bassin__V1__HeldSection *section = held->sections[s];
			fprintf(to, "\n%s\n", title_of(section->name));
			if (print_rows(a, section->table, to) != 0)
				return -1;
			if (section->table->next[0] != '\0')
				fprintf(to, "%s\n", _("(there are more lines than an answer holds)"));
		}
		if (print_events(e, held, to) != 0)
			return -1;
		if (held->n_sections == 0 && held->n_events == 0)
			fprintf(to, "%s\n", _("(nothing)"));
	}
	return ferror(to) ? -1 : 0;
}

int
run_learner_export(struct app *app)
{
	struct export e = { .app = app };
	const char *path = app->options.output;
	int status = ask_all(&e);

	if (status != EXIT_DONE)
		return status;
	FILE *to = path == NULL ? stdout : fopen(path, "wb");
	if (to == NULL || (path != NULL && fchmod(fileno(to), S_IRUSR | S_IWUSR) != 0)) {
		status = app_fail(EXIT_AWAY, _("%s cannot be written: %s"), terminal_safe_text(app->arena, path), strerror(errno));
		if (to != NULL)
			(void)fclose(to);
		return status;
	}
	int rc = app->options.json ? write_json(&e, to) : print(&e, to);
	if ((path == NULL ? fflush(to) : fclose(to)) != 0)
		rc = -1;
	return rc == 0 ? EXIT_DONE : app_not_written();
}
