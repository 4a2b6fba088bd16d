/* SPDX-License-Identifier: Apache-2.0 */
/* What people must do: of each task what it is, how old, and what to type. The service names kind and ids only, so that the
 * words are here, in the reader's language. */
#include "task.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "bassin/v1/notification.pb-c.h"
#include "bus/matters.h"
#include "list.h"
#include "manage.h"
#include "table.h"

#define HOUR_MS INT64_C(3600000)
#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

/* ---- words ------------------------------------------------------------------------------------------------------- */
/* {1} is the subject, {2} the other one; what to type for each: bus/matters.h. */
/* clang-format off */
static const struct words { const char *kind, *what; } all_words[] = {
	{ "firm_suspected",
	  N_("{1} and {2} seem to be one firm: propose it; if they are two: bassin firm reject {1} {2} --reason TEXT") },
	{ "firm_proposed", N_("a college says that {1} and {2} are one firm: merge them; if they are two: bassin firm reject {1} {2} "
	                      "--reason TEXT") },
	{ "posting_duplicate", N_("{1} and {2} seem to be the same posting: agree with the other college who withdraws hers") },
	{ "employer_silent", N_("{1} has not ranked anybody: ask for an answer, then feed it, or close the posting") },
	{ "waiting_employer", N_("postings name the employer {1}, who is not known: feed it, or correct them") },
	{ "waiting_learner_ranking", N_("learners' rankings name {1}, which is not known: correct them, or ask for it") },
	{ "waiting_direct_offer", N_("direct offers name {1}, which is not known: correct them, or ask for it") },
	{ "waiting_employer_ranking", N_("the ranking of {1} names learners, or a posting, who are not known: correct it") },
	{ "contact_missing", N_("mail to {1} waits for its contact, or a sound address: feed it") },
	{ "address_refused", N_("mail does not arrive at the address of {1}: ask for the right one") },
	{ "coordinator_missing", N_("mail for {1} waits for its coordinator, or a sound address: feed it") },
	{ "coordinator_refused", N_("mail does not arrive at the coordinator of {1}: ask for the right address") },
	{ "mail_failed", N_("a message to {1} has failed for good: see why, then `mail retry` it, or give it up by `mail suppress`") },
};
/* clang-format on */
#define ONE_MORE(kind, command) +1
_Static_assert(COUNT_OF(all_words) == 0 MATTER_KINDS(ONE_MORE), "each kind has its words");
#undef ONE_MORE

static const struct words *
words_of(const char *kind)
{
	for (size_t i = 0; i < COUNT_OF(all_words); i++)
		if (strcmp(all_words[i].kind, kind) == 0)
			return &all_words[i];
	return NULL;
}

static const char *
age_text(struct arena *a, int64_t ms)
{
	int64_t hours = ms < 0 ? 0 : ms / HOUR_MS;

	return hours < 48 ? arena_printf(a, _("%d h"), (int)hours) : arena_printf(a, _("%d d"), (int)(hours / 24));
}

/* ---- list -------------------------------------------------------------------------------------------------------- */
/* Columns as the service names them, then what is made here. */
enum { AT_TASK, AT_KIND, AT_INSTITUTION, AT_SUBJECT, AT_OTHER, AT_SINCE, AT_STATE, AT_BY, AT_CLOSED, AT_NOTE, COLUMNS };
static const char *const names[COLUMNS + 1] = { "task",  "kind",      "institution", "subject", "other",  "since_ms",
	                                        "state", "closed_by", "closed_ms",   "note",    "command" };

struct listing_of_tasks {
	struct app *app;
	struct table *table;
	size_t rows;
	int64_t now_ms;
	bool streams, closed; /* CSV or JSON; with what is done */
};

static struct table *
table_begin(struct arena *a, const struct listing_of_tasks *l)
{
	const struct column for_people[] = {
		{ "task", column_title("task"), COLUMN_NUMBER },
		{ "institution", column_title("institution"), COLUMN_TEXT },
		{ "age", _("age"), COLUMN_NUMBER },
		{ "what", _("what there is to do"), COLUMN_LONG },
		{ "command", _("what to type"), COLUMN_TEXT },
		{ "state", column_title("state"), COLUMN_TEXT },
		{ "closed_by", column_title("closed_by"), COLUMN_TEXT },
		{ "note", column_title("note"), COLUMN_LONG },
	};
	struct column raw[COLUMNS + 1];

	if (!l->streams)
		return table_new(a, for_people, l->closed ? COUNT_OF(for_people) : 5);
	for (size_t i = 0; i <= COLUMNS; i++)
		raw[i] = (struct column){ names[i], names[i], COLUMN_TEXT };
	return table_new(a, raw, COLUMNS + 1);
}

static const char *
task_state(const char *state)
{
	return strcmp(state, "open") == 0 ? _("to do") : strcmp(state, "done") == 0 ? _("done") : state;
}

static int
row_for_people(const struct listing_of_tasks *l, const char *const cells[COLUMNS], const char *command)
{
	struct arena *a = l->app->arena;
	const struct words *words = words_of(cells[AT_KIND]);
	int64_t since_ms;
	const char *both = arena_printf(a, "%s: %s %s", cells[AT_KIND], cells[AT_SUBJECT], cells[AT_OTHER]);
	const char *what = words == NULL ? both : matter_filled(a, _(words->what), cells[AT_SUBJECT], cells[AT_OTHER]);

	if (!text_to_int(cells[AT_SINCE], 0, INT64_MAX, &since_ms))
		since_ms = l->now_ms;
	const char *row[] = { arena_strdup(a, cells[AT_TASK]),
		              arena_strdup(a, cells[AT_INSTITUTION][0] == '\0' ? _("intermediary") :
		                                                                 cells[AT_INSTITUTION]),
		              age_text(a, l->now_ms - since_ms),
		              what,
		              command,
		              task_state(arena_strdup(a, cells[AT_STATE])),
		              arena_strdup(a, cells[AT_BY]),
		              arena_strdup(a, cells[AT_NOTE]) };
	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (row[i] == NULL)
			return -1;
	return table_add(l->table, row);
}

static int
rows_add(struct listing_of_tasks *l, struct arena *a, const Bassin__V1__Table *page)
{
	const char *cells[COLUMNS + 1];

	for (size_t row = 0; row < page->n_rows; row++) {
		for (size_t i = 0; i < COLUMNS; i++)
			cells[i] = page_cell(page, row, page_column(page, names[i]));
		cells[COLUMNS] = matter_command(a, cells[AT_KIND], cells[AT_SUBJECT], cells[AT_OTHER]);
		if (cells[COLUMNS] == NULL ||
		    (l->streams ? table_add(l->table, cells) : row_for_people(l, cells, cells[COLUMNS])) != 0)
			return -1;
	}
	return 0;
}

/* People get one table of all pages; CSV and JSON are written page by page. */
static int
take_page(void *self, const Bassin__V1__Table *page)
{
	struct listing_of_tasks *l = self;
	struct arena *a = l->streams ? arena_new(64 * MiB) : l->app->arena;
	int rc = a == NULL ? -1 : 0;

	if (rc == 0 && (l->streams || l->table == NULL) && (l->table = table_begin(a, l)) == NULL)
		rc = -1;
	if (rc == 0)
		rc = rows_add(l, a, page);
	if (rc == 0 && l->app->options.json)
		rc = table_json(l->table, stdout, l->rows == 0);
	else if (rc == 0 && l->app->options.csv)
		rc = table_csv(l->table, stdout, l->rows == 0);
	l->rows += page->n_rows;
	if (l->streams)
		arena_destroy(&a);
	return rc == 0 ? EXIT_DONE : app_not_written();
}

static int
list_end(const struct listing_of_tasks *l)
{
	if (l->app->options.json)
		return fputs(l->rows == 0 ? "]\n" : "\n]\n", stdout) == EOF ? app_not_written() : EXIT_DONE;
	if (l->streams)
		return EXIT_DONE;
	if (l->rows == 0)
		return puts(_("(nothing to do)")) == EOF ? app_not_written() : EXIT_DONE;
	return table_print(l->table, stdout) == 0 ? EXIT_DONE : app_not_written();
}

int
run_task_list(struct app *app)
{
	struct listing_of_tasks l = { .app = app,
		                      .now_ms = clock_wall_ms(),
		                      .streams = app->options.json || app->options.csv,
		                      .closed = app->options.all };
	size_t count = (size_t)app->options.arg_count;
	const char **filters = arena_zalloc(app->arena, count + 1, sizeof *filters), *service;

	if (filters == NULL)
		return app_no_memory();
	int status = app_service(app, "notifications", &service);
	for (size_t i = 0; status == EXIT_DONE && i < count; i++) {
		filters[i] = app->options.args[i];
		l.closed = l.closed || strncmp(filters[i], "state=", 6) == 0;
	}
	if (status == EXIT_DONE && !l.closed)
		filters[count++] = "state=open";
	if (status == EXIT_DONE && app->options.json && fputs("[\n", stdout) == EOF)
		return app_not_written();
	if (status == EXIT_DONE)
		status = list_pages(app, service, TYPE(TASK_LIST), filters, count, take_page, &l);
	return status == EXIT_DONE ? list_end(&l) : status;
}

/* ---- done -------------------------------------------------------------------------------------------------------- */
int
run_task_done(struct app *app)
{
	Bassin__V1__TaskDone done = BASSIN__V1__TASK_DONE__INIT;
	const char *service;
	int status = app_service(app, "notifications", &service);

	done.task = app->options.args[0];
	if (app->options.note != NULL)
		done.note = (char *)(uintptr_t)app->options.note;
	if (status == EXIT_DONE)
		status = app_ask(app, service, TYPE(TASK_DONE), &done.base, app->arena, NULL, NULL);
	return manage_say(app, status, _("done; it comes back only if the matter arises anew"));
}
