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
#define ROUNDS_SHOWN 100

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

/* A new reference; NULL: no memory. */
static json_t *
card_object(const Bassin__V1__Table *card)
{
	json_t *object = json_object();

	for (size_t i = 0; object != NULL && i < card->n_rows; i++)
		if (card_put(object, page_cell(card, i, 0), json_string(page_cell(card, i, 1))) != 0) {
			json_decref(object);
			object = NULL;
		}
	return object;
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
		return json_write(stdout, card_object(card)) == 0 ? EXIT_DONE : app_not_written();
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

/* The first page of a list that stands below the card. NULL: it is not to be had, which never keeps the card back. */
static const Bassin__V1__Table *
page_beside(struct app *app, const char *service, Bassin__V1__CommandType type, char *filter, uint32_t limit)
{
	Bassin__V1__ListAsk ask = BASSIN__V1__LIST_ASK__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	ProtobufCAllocator allocator = arena_allocator(app->arena);

	ask.limit = limit;
	ask.filters = &filter;
	ask.n_filters = 1;
	if (filter == NULL || app_ask_quietly(app, service, type, &ask.base, app->arena, &answer) != EXIT_DONE)
		return NULL;
	return (const Bassin__V1__Table *)protobuf_c_message_unpack(&bassin__v1__table__descriptor, &allocator, answer.size,
	                                                            answer.payload);
}

/* ---- a learner's rounds ------------------------------------------------------------------------------------------ */
/* What became of her in published rounds, as matching knows it. NULL: it could not be asked, which is said. */
static const Bassin__V1__Table *
rounds_of(struct app *app, const struct found *f)
{
	const Bassin__V1__Table *rounds = NULL;
	const char *service;

	if (app_service(app, "matching", &service) == EXIT_DONE)
		rounds = page_beside(app, service, TYPE(PLACEMENT_LIST),
		                     arena_printf(app->arena, "learner=%s", page_cell(f->card, 0, 1)), ROUNDS_SHOWN);
	if (rounds == NULL)
		fprintf(stderr, "%s\n", _("where she is placed could not be asked: bassin list placements ID"));
	return rounds;
}

static const char *
cell_of(const Bassin__V1__Table *t, size_t row, const char *column)
{
	return page_cell(t, row, page_column(t, column));
}

/* What is to be known beside the posting: why there is none, or that it is hers no more. */
static const char *
place_remark(const Bassin__V1__Table *t, size_t row)
{
	if (cell_of(t, row, "posting")[0] == '\0')
		return outcome_word_text(cell_of(t, row, "reason"));
	return strcmp(cell_of(t, row, "stands"), "yes") == 0 ? _("she has this place") : _("no longer hers");
}

static int
print_rounds(struct app *app, const Bassin__V1__Table *rounds)
{
	const struct column columns[] = {
		{ "posting", column_title("posting"), COLUMN_TEXT }, { "stands", "", COLUMN_TEXT },
		{ "placed_by", column_title("placed_by"), COLUMN_TEXT }, { "choice", column_title("choice"), COLUMN_NUMBER },
		{ "title", column_title("round"), COLUMN_TEXT },         { "state", column_title("state"), COLUMN_TEXT },
		{ "round", column_title("external_id"), COLUMN_TEXT },
	};
	struct table *t = table_new(app->arena, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < rounds->n_rows; i++) {
		const char *posting = cell_of(rounds, i, "posting"), *state = cell_of(rounds, i, "state");
		const char *cells[] = { posting[0] == '\0' ? _("not placed") : posting, place_remark(rounds, i),
			                outcome_word_text(cell_of(rounds, i, "placed_by")), cell_of(rounds, i, "choice"),
			                cell_of(rounds, i, "title"), state_word(state),
			                cell_of(rounds, i, "round") };
		if (table_add(t, cells) != 0)
			t = NULL;
	}
	if (t == NULL)
		return app_no_memory();
	printf("\n%s\n", _("Where she is placed, by published round:"));
	return table_print(t, stdout) == 0 ? EXIT_DONE : app_not_written();
}

static int
show_learner(struct app *app, const struct found *f)
{
	const Bassin__V1__Table *rounds;

	if (app->options.json) {
		rounds = rounds_of(app, f);
		json_t *card = card_object(f->card), *rows = rounds == NULL ? json_array() : page_json(rounds);
		if (rows == NULL || card == NULL || json_object_set_new(card, "rounds", rows) != 0) {
			json_decref(card);
			return app_no_memory();
		}
		return json_write(stdout, card) == 0 ? EXIT_DONE : app_not_written();
	}
	int status = card_show(app, f->card);
	if (status != EXIT_DONE || fflush(stdout) != 0)
		return status != EXIT_DONE ? status : app_not_written();
	rounds = rounds_of(app, f); /* who waits for a service that is away has the card already */
	return rounds != NULL && rounds->n_rows > 0 ? print_rounds(app, rounds) : EXIT_DONE;
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */
/* The last changes, below the card. Who may see the card of another college's posting may not see who changed it. */
static int
show_last_changes(struct app *app, const struct found *f)
{
	const Bassin__V1__Table *lines =
	    page_beside(app, f->service, history_of(f), arena_printf(app->arena, "id=%s", f->id), CHANGES_SHOWN);

	if (lines == NULL || lines->n_rows == 0)
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
	const char *kind = status == EXIT_DONE ? found_kind(&f) : NULL;
	if (status == EXIT_DONE)
		status = kind != NULL && strcmp(kind, "learner") == 0 ? show_learner(app, &f) : card_show(app, f.card);
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
