/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of lists: asked for one after the other, written as they come where the form allows it. */
#include "list.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "help.h"
#include "kinds.h"
#include "table.h"
#include "terminal.h"

#define PAGE_ROWS 1000
#define PAGE_ARENA_MAX (256 * MiB)
#define COLUMNS_MAX 128
#define NAMES_MAX 64 /* of lists; there are some twenty */

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

/* ---- pages ------------------------------------------------------------------------------------------------------- */
size_t
page_column(const Bassin__V1__Table *page, const char *name)
{
	for (size_t i = 0; i < page->n_columns; i++)
		if (strcmp(page->columns[i], name) == 0)
			return i;
	return SIZE_MAX;
}

const char *
page_cell(const Bassin__V1__Table *page, size_t row, size_t column)
{
	const Bassin__V1__FeedRow *r = page->rows[row];

	return column < r->n_cells ? r->cells[column] : "";
}

json_t *
page_json(const Bassin__V1__Table *page)
{
	json_t *rows = json_array();

	for (size_t i = 0; rows != NULL && i < page->n_rows; i++) {
		json_t *row = json_object();
		for (size_t c = 0; row != NULL && c < page->n_columns; c++) {
			json_t *cell = json_string(page_cell(page, i, c));
			(void)json_object_set_new(row, page->columns[c], cell == NULL ? json_null() : cell);
		}
		if (row == NULL || json_array_append_new(rows, row) != 0) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

int
list_pages(struct app *app, const char *service, Bassin__V1__CommandType type, const char *const *filters,
           size_t filter_count, page_fn take, void *self)
{
	Bassin__V1__ListAsk ask = BASSIN__V1__LIST_ASK__INIT;
	struct arena *a = arena_new(PAGE_ARENA_MAX);
	int status = a == NULL ? app_no_memory() : EXIT_DONE;
	bool more = true;

	ask.limit = PAGE_ROWS;
	ask.language = (char *)(uintptr_t)language_code();
	ask.filters = (char **)(uintptr_t)filters;
	ask.n_filters = filter_count;
	while (status == EXIT_DONE && more) {
		void *page = NULL;
		arena_reset(a);
		status = app_ask(app, service, type, &ask.base, a, &bassin__v1__table__descriptor, &page);
		if (status != EXIT_DONE)
			break;
		const Bassin__V1__Table *table = page;
		status = take(self, table);
		more = table->next[0] != '\0' && strcmp(table->next, ask.after) != 0;
		if (more && (ask.after = arena_strdup(app->arena, table->next)) == NULL)
			status = app_no_memory();
	}
	arena_destroy(&a);
	return status;
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */
static struct table *
table_of_page(struct arena *a, const Bassin__V1__Table *page, const char *service)
{
	struct column columns[COLUMNS_MAX + 1];
	size_t n = 0;

	if (service != NULL)
		columns[n++] = (struct column){ "service", column_title("service"), COLUMN_TEXT };
	for (size_t i = 0; i < page->n_columns && i < COLUMNS_MAX; i++)
		columns[n++] = (struct column){ arena_strdup(a, page->columns[i]), NULL, COLUMN_TEXT };
	for (size_t i = 0; i < n; i++) {
		if (columns[i].name == NULL)
			return NULL;
		columns[i].title = column_title(columns[i].name);
	}
	return table_new(a, columns, n);
}

static int
add_rows(struct table *t, struct arena *a, const Bassin__V1__Table *page, const char *service, bool copy)
{
	const char *cells[COLUMNS_MAX + 1];

	for (size_t row = 0; row < page->n_rows; row++) {
		size_t n = 0;
		if (service != NULL)
			cells[n++] = service;
		for (size_t i = 0; i < page->n_columns && i < COLUMNS_MAX; i++) {
			const char *text = page_cell(page, row, i);
			/* Only people read values in their words; copies are for them. */
			cells[n++] = copy ? arena_strdup(a, value_text(a, page->columns[i], text)) : text;
			if (cells[n - 1] == NULL)
				return -1;
		}
		if (table_add(t, cells) != 0)
			return -1;
	}
	return 0;
}

/* People see what fits their window. */
static int
print_list(struct table *t)
{
	const char *left_out;

	if (table_print_narrow(t, stdout, &left_out) != 0)
		return app_not_written();
	if (*left_out != '\0' && printf(_("Left out in a window as narrow as this: %s; --csv has all.\n"), left_out) < 0)
		return app_not_written();
	return EXIT_DONE;
}

int
list_page_print(struct app *app, const Bassin__V1__Table *page)
{
	struct table *t = table_of_page(app->arena, page, NULL);

	if (t == NULL || add_rows(t, app->arena, page, NULL, true) != 0)
		return app_no_memory();
	return print_list(t);
}

/* People get one table of all pages; CSV and JSON are written page by page. */
int
list_show_page(void *self, const Bassin__V1__Table *page)
{
	struct list_showing *s = self;
	bool streams = s->app->options.json || s->app->options.csv;
	struct arena *a = streams ? arena_new(PAGE_ARENA_MAX) : s->app->arena;
	int rc = a == NULL ? -1 : 0;

	if (rc == 0 && (streams || s->table == NULL) && (s->table = table_of_page(a, page, s->service)) == NULL)
		rc = -1;
	if (rc == 0 && add_rows(s->table, a, page, s->service, !streams) != 0)
		rc = -1;
	if (rc == 0 && s->app->options.json)
		rc = table_json(s->table, stdout, s->rows == 0);
	else if (rc == 0 && s->app->options.csv)
		rc = table_csv(s->table, stdout, !s->has_header);
	s->has_header = true;
	s->rows += page->n_rows;
	if (streams)
		arena_destroy(&a);
	return rc == 0 ? EXIT_DONE : app_not_written();
}

int
list_show_begin(const struct list_showing *s)
{
	return s->app->options.json && fputs("[\n", stdout) == EOF ? app_not_written() : EXIT_DONE;
}

int
list_show_end(struct list_showing *s)
{
	if (s->app->options.json)
		return fputs(s->rows == 0 ? "]\n" : "\n]\n", stdout) == EOF ? app_not_written() : EXIT_DONE;
	if (s->app->options.csv)
		return EXIT_DONE;
	if (s->rows == 0)
		return puts(_("(nothing)")) == EOF ? app_not_written() : EXIT_DONE;
	return print_list(s->table);
}

int
list_show(struct app *app, const char *service, Bassin__V1__CommandType type, const char *const *filters,
          size_t filter_count)
{
	struct list_showing s = { .app = app };
	int status = app_connect(app, type);

	if (status == EXIT_DONE)
		status = list_show_begin(&s);
	if (status == EXIT_DONE)
		status = list_pages(app, service, type, filters, filter_count, list_show_page, &s);
	return status == EXIT_DONE ? list_show_end(&s) : status;
}

/* ---- list -------------------------------------------------------------------------------------------------------- */
/* Lists that are not fed. bare: the filter that an argument without `=` stands for. */
/* clang-format off */
static const struct { const char *name, *service; Bassin__V1__CommandType type; const char *bare; } other_lists[] = {
	{ "candidates", "matching", TYPE(CANDIDATE_LIST), "posting" },
	{ "placements", "matching", TYPE(PLACEMENT_LIST), "learner" },
	{ "rounds", "matching", TYPE(ROUND_LIST), NULL },
	{ "view", "matching", TYPE(VIEW_LIST), "kind" },
	{ "mail", "notifications", TYPE(MAIL_LIST), NULL },
	{ "mail_frequencies", "notifications", TYPE(MAIL_FREQUENCY_LIST), NULL },
	{ "suppressions", "notifications", TYPE(SUPPRESSION_LIST), NULL },
};
/* clang-format on */

static int
read_filters(struct app *app, const char *bare, const char ***out, size_t *count)
{
	*count = 0;
	*out = arena_zalloc(app->arena, (size_t)app->options.arg_count + 1, sizeof(**out));
	for (int i = 1; *out != NULL && i < app->options.arg_count; i++) {
		const char *text = app->options.args[i];
		if (strchr(text, '=') == NULL && bare == NULL)
			return app_fail(EXIT_USE, _("a filter is written column=value: %s"),
			                terminal_safe_text(app->arena, text));
		(*out)[*count] = strchr(text, '=') != NULL ? text : arena_printf(app->arena, "%s=%s", bare, text);
		if ((*out)[(*count)++] == NULL)
			return app_no_memory();
	}
	return *out == NULL ? app_no_memory() : EXIT_DONE;
}

/* What may be meant by a list that is not there. Some lists are commands of their own. */
static int
tell_no_list(struct app *app, const char *typed)
{
	static const struct { const char *name, *command; } elsewhere[] = {
		{ "tasks", "task list" }, { "keys", "keys list" }, { "firms", "firm suspects" },
		{ "suspects", "firm suspects" }, { "duplicates", "firm duplicates" },
	};
	const char *names[NAMES_MAX + 1] = { "audit", "waiting" };
	size_t n = 2;

	for (size_t i = 0; i < COUNT_OF(other_lists); i++)
		names[n++] = other_lists[i].name;
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
		names[n++] = elsewhere[i].name;
	for (size_t i = 0; kind_at(i) != NULL && n < NAMES_MAX; i++)
		names[n++] = kind_at(i)->name;
	const char *safe = terminal_safe_text(app->arena, typed), *meant = help_meant(app->arena, typed, names);
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
		if (strcmp(meant, elsewhere[i].name) == 0)
			return app_fail(EXIT_USE, _("there is no list %s; did you mean 'bassin %s'?"), safe,
			                elsewhere[i].command);
	if (*meant == '\0')
		return app_fail(EXIT_USE, _("there is no list %s; 'bassin list --help' names them"), safe);
	return app_fail(EXIT_USE, _("there is no list %s; did you mean: %s?"), safe, meant);
}

/* One service's pages; a list that is for other eyes than the key's is left out in silence. */
static int
waiting_pages(struct list_showing *s, const char *service, Bassin__V1__CommandType type, const char *const *filters,
              size_t count)
{
	Bassin__V1__ListAsk ask = BASSIN__V1__LIST_ASK__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };

	ask.limit = 1;
	int status = app_ask_quietly(s->app, service, type, &ask.base, s->app->arena, &answer);
	if (status == EXIT_REFUSED && answer.code == BASSIN__V1__REPLY_CODE__FORBIDDEN)
		return EXIT_DONE;
	if (status == EXIT_REFUSED && answer.code != BASSIN__V1__REPLY_CODE__OK)
		return app_tell(s->app, &answer);
	return status != EXIT_DONE ? status : list_pages(s->app, service, type, filters, count, list_show_page, s);
}

/* What waits: for rows of another service as matching sees it, for rows of the same one as each intake does. */
static int
waiting_show(struct app *app, const char *const *filters, size_t count)
{
	static const struct { const char *service; Bassin__V1__CommandType type; } askers[] = {
		{ "employer_intake", TYPE(EMPLOYER_INTAKE_WAITING) },
		{ "learner_intake", TYPE(LEARNER_INTAKE_WAITING) },
		{ "matching", TYPE(WAITING_LIST) },
	};
	struct list_showing s = { .app = app };
	const struct directory *d = NULL;
	const char *only = app->options.service;
	int status = app_directory(app, &d), worst = EXIT_DONE;

	if (status == EXIT_DONE)
		status = app_connect(app, TYPE(WAITING_LIST));
	if (status == EXIT_DONE)
		status = list_show_begin(&s);
	if (status != EXIT_DONE)
		return status;
	/* One that is away does not hide what the others say; what one refuses, such as a filter, all do. */
	for (size_t k = 0; k < COUNT_OF(askers) && worst != EXIT_REFUSED; k++)
		for (size_t i = 0; i < directory_count(d) && worst != EXIT_REFUSED; i++) {
			const char *name = directory_at(d, i)->name;
			if (!directory_entry_is_of(directory_at(d, i), askers[k].service) ||
			    (only != NULL && strcmp(only, name) != 0))
				continue;
			status = waiting_pages(&s, name, askers[k].type, filters, count);
			worst = worst == EXIT_DONE ? status : worst;
		}
	status = list_show_end(&s);
	return worst == EXIT_DONE ? status : worst;
}

int
run_list(struct app *app)
{
	const char *name = app->options.args[0], *service = NULL, *bare = NULL, **filters;
	const struct kind *kind = kind_find(name);
	Bassin__V1__CommandType type = kind == NULL ? TYPE(COMMAND_UNSPECIFIED) : kind->list;
	bool audit = strcmp(name, "audit") == 0, waiting = strcmp(name, "waiting") == 0;
	size_t count;

	if (kind != NULL)
		service = kind->service;
	for (size_t i = 0; i < COUNT_OF(other_lists); i++)
		if (strcmp(other_lists[i].name, name) == 0) {
			service = other_lists[i].service;
			type = other_lists[i].type;
			bare = other_lists[i].bare;
		}
	if (service == NULL && !audit && !waiting)
		return tell_no_list(app, name);
	int status = read_filters(app, bare, &filters, &count);
	if (status == EXIT_DONE && audit)
		return audit_show(app, filters, count);
	if (status == EXIT_DONE && waiting)
		return waiting_show(app, filters, count);
	if (status == EXIT_DONE)
		status = app_service(app, service, &service);
	return status == EXIT_DONE ? list_show(app, service, type, filters, count) : status;
}

static int
show_whole(struct app *app, const char *service, Bassin__V1__CommandType type)
{
	int status = app_service(app, service, &service);

	return status == EXIT_DONE ? list_show(app, service, type, (const char *const *)app->options.args,
	                                       (size_t)app->options.arg_count) :
	                             status;
}

int
run_round_list(struct app *app)
{
	return show_whole(app, "matching", TYPE(ROUND_LIST));
}

int
run_mail_list(struct app *app)
{
	return show_whole(app, "notifications", TYPE(MAIL_LIST));
}

int
run_mail_suppressions(struct app *app)
{
	return show_whole(app, "notifications", TYPE(SUPPRESSION_LIST));
}
