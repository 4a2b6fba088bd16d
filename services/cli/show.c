/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: `bassin show ID` and `bassin pair LEARNER POSTING`. */
#include <stdio.h>
#include <string.h>

#include "base/ids.h"
#include "base/language.h"
#include "base/refusal.h"
#include "bassin/v1/matching.pb-c.h"
#include "json.h"
#include "list.h"
#include "table.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

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

/* Does the answer say that this service, or the part of it that the key may see, knows no such thing? */
static bool
is_unknown(const struct client_answer *answer)
{
	return answer->code == BASSIN__V1__REPLY_CODE__FORBIDDEN ||
	       (answer->code == BASSIN__V1__REPLY_CODE__REFUSED && answer->refusal != NULL &&
	        (strcmp(answer->refusal->code, REFUSAL_UNKNOWN) == 0 ||
	         strcmp(answer->refusal->code, REFUSAL_BAD_ID) == 0));
}

/* *found is set when a card was shown. */
static int
show_from(struct app *app, const char *service, Bassin__V1__CommandType type, const char *id, bool *found)
{
	Bassin__V1__ShowAsk ask = BASSIN__V1__SHOW_ASK__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	ProtobufCAllocator allocator = arena_allocator(app->arena);

	ask.id = (char *)(uintptr_t)id;
	ask.language = (char *)(uintptr_t)language_code();
	int status = app_service(app, service, &service);
	if (status == EXIT_DONE)
		status = app_ask_quietly(app, service, type, &ask.base, app->arena, &answer);
	if (status == EXIT_REFUSED && is_unknown(&answer))
		return EXIT_DONE;
	if (status == EXIT_REFUSED && answer.code != BASSIN__V1__REPLY_CODE__OK)
		return app_tell(app, &answer);
	if (status != EXIT_DONE)
		return status;
	*found = true;
	const Bassin__V1__Table *card = (const Bassin__V1__Table *)protobuf_c_message_unpack(
	    &bassin__v1__table__descriptor, &allocator, answer.size, answer.payload);
	return card == NULL ? app_no_memory() : card_show(app, card);
}

int
run_show(struct app *app)
{
	const char *id = app->options.args[0];
	bool found = false;
	int status = EXIT_DONE;

	/* A pool number can only be a learner's; what has a slash, or is not a learner's, is the employers' side. */
	if (!pool_number_is_sound(id))
		status = show_from(app, "employer_intake", TYPE(EMPLOYER_INTAKE_SHOW), id, &found);
	if (status == EXIT_DONE && !found)
		status = show_from(app, "learner_intake", TYPE(LEARNER_INTAKE_SHOW), id, &found);
	if (status == EXIT_DONE && !found)
		return app_fail(EXIT_REFUSED, _("nothing is known by this id, or it is not yours: %s"),
		                terminal_safe_text(app->arena, id));
	return status;
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
