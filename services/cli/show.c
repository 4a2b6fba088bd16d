/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: `bassin show ID` and `bassin pair LEARNER POSTING`. */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "bassin/v1/matching.pb-c.h"
#include "find.h"
#include "json.h"
#include "list.h"
#include "table.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define CHANGES_SHOWN 10

/* A field that stands several times (the entries of a ranking) becomes a list. */
static int
card_put(json_t *object, const char *field, json_t *value)
{
	json_t *before = json_object_get(object, field);

	if (value == NULL)
		value = json_null(); /* what is not UTF-8 cannot stand in JSON */
	if (before == NULL)
		return json_object_set_new(object, field, value);
	if (json_is_array(before))
		return json_array_append_new(before, value);
	return json_object_set_new(object, field, json_pack("[O, o]", before, value));
}

static int
card_json(const Bassin__V1__Table *card)
{
	json_t *object = json_object();

	for (size_t i = 0; object != NULL && i < card->n_rows; i++)
		if (card_put(object, page_cell(card, i, 0), json_string(page_cell(card, i, 1))) != 0) {
			json_decref(object);
			object = NULL;
		}
	return json_write(stdout, object) == 0 ? EXIT_DONE : app_not_written();
}

int
card_show(struct app *app, const Bassin__V1__Table *card)
{
	const struct column columns[] = {
		{ "field", column_title("field"), COLUMN_TEXT },
		{ "value", column_title("value"), COLUMN_LONG },
	};
	bool is_card = card->n_columns == 2;

	if (app->options.json && is_card)
		return card_json(card);
	struct table *t = is_card ? table_new(app->arena, columns, 2) : NULL;
	for (size_t i = 0; t != NULL && i < card->n_rows; i++) {
		const char *cells[] = { column_title(page_cell(card, i, 0)),
			                value_text(app->arena, page_cell(card, i, 0), page_cell(card, i, 1)) };
		if (table_add(t, cells) != 0)
			t = NULL;
	}
	if (t == NULL)
		return app_no_memory();
	return table_print(t, stdout) == 0 ? EXIT_DONE : app_not_written();
}

/* ---- show -------------------------------------------------------------------------------------------------------- */
static Bassin__V1__CommandType
history_of(const struct found *f)
{
	return f->is_learners ? TYPE(LEARNER_INTAKE_HISTORY) : TYPE(EMPLOYER_INTAKE_HISTORY);
}

/* The last changes, below the card. Who may see the card of another college's posting may not see who changed it. */
static int
show_last_changes(struct app *app, const struct found *f)
{
	Bassin__V1__ListAsk ask = BASSIN__V1__LIST_ASK__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	ProtobufCAllocator allocator = arena_allocator(app->arena);
	char *filter = arena_printf(app->arena, "id=%s", f->id);

	if (filter == NULL)
		return app_no_memory();
	ask.limit = CHANGES_SHOWN;
	ask.filters = &filter;
	ask.n_filters = 1;
	int status = app_ask_quietly(app, f->service, history_of(f), &ask.base, app->arena, &answer);
	if (status == EXIT_REFUSED && answer.code != BASSIN__V1__REPLY_CODE__OK)
		return EXIT_DONE;
	if (status != EXIT_DONE)
		return status;
	const Bassin__V1__Table *lines = (const Bassin__V1__Table *)protobuf_c_message_unpack(
	    &bassin__v1__table__descriptor, &allocator, answer.size, answer.payload);
	if (lines == NULL)
		return app_no_memory();
	if (lines->n_rows == 0)
		return EXIT_DONE;
	printf("\n%s\n", lines->next[0] == '\0' ? _("Changes, newest first:") :
	                                            _("The last changes, newest first (--history shows all):"));
	return list_page_print(app, lines);
}

int
run_show(struct app *app)
{
	struct found f;
	int status = find_row(app, app->options.args[0], &f);

	if (status == EXIT_DONE && app->options.history) {
		const char *filter = arena_printf(app->arena, "id=%s", f.id);
		return filter == NULL ? app_no_memory() : list_show(app, f.service, history_of(&f), &filter, 1);
	}
	if (status == EXIT_DONE)
		status = card_show(app, f.card);
	return status == EXIT_DONE && !app->options.json ? show_last_changes(app, &f) : status;
}

int
run_pair(struct app *app)
{
	Bassin__V1__PairAsk ask = BASSIN__V1__PAIR_ASK__INIT;
	const char *service;
	void *card = NULL;
	int status = app_service(app, "matching", &service);

	ask.learner = app->options.args[0];
	ask.posting = app->options.args[1];
	if (app->options.round != NULL)
		ask.round = (char *)(uintptr_t)app->options.round;
	ask.language = (char *)(uintptr_t)language_code();
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(PAIR_SHOW), &ask.base, app->arena, &bassin__v1__table__descriptor,
		                 &card);
	return status == EXIT_DONE ? card_show(app, card) : status;
}
