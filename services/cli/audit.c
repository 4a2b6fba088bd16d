/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin audit`: each service keeps a trail of its own; here they are one, by time, newest first. */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "list.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define PAGE_ROWS 500
#define PAGE_ARENA_MAX (64 * MiB)
#define SERVICES_MAX 16
#define FILTERS_MAX 32

/* One service's trail, page by page. */
struct trail {
	const char *service;
	struct arena *arena; /* of the page */
	const Bassin__V1__Table *page; /* NULL: none yet */
	size_t at; /* the next row */
	bool ended;
};

struct merging {
	struct app *app;
	const char *const *filters;
	size_t filter_count;
	struct trail trails[SERVICES_MAX];
	size_t count;
	struct arena *rows_arena; /* of the rows that are ready to be shown */
	Bassin__V1__FeedRow *rows[PAGE_ROWS];
	char **columns;
	size_t row_count, column_count, time_column;
	struct list_showing showing;
	bool away;
};

/* ---- one trail --------------------------------------------------------------------------------------------------- */
static int
trail_fetch(struct merging *m, struct trail *t)
{
	Bassin__V1__ListAsk ask = BASSIN__V1__LIST_ASK__INIT;
	char *after = t->page == NULL ? NULL : arena_strdup(m->app->arena, t->page->next);
	void *page = NULL;

	ask.limit = PAGE_ROWS;
	ask.after = after == NULL ? ask.after : after;
	ask.filters = (char **)(uintptr_t)m->filters;
	ask.n_filters = m->filter_count;
	arena_reset(t->arena);
	int status =
	    app_ask(m->app, t->service, TYPE(AUDIT_LIST), &ask.base, t->arena, &bassin__v1__table__descriptor, &page);
	t->page = page;
	t->at = 0;
	return status;
}

/* Makes the next row the current one. A service that is away, which has been said, does not hide the others. */
static int
trail_advance(struct merging *m, struct trail *t)
{
	int status = EXIT_DONE;

	while (!t->ended && (t->page == NULL || t->at == t->page->n_rows) && status == EXIT_DONE) {
		if (t->page != NULL && t->page->next[0] == '\0') {
			t->ended = true;
			break;
		}
		status = trail_fetch(m, t);
		if (status == EXIT_AWAY) {
			m->away = t->ended = true;
			status = EXIT_DONE;
		}
	}
	return status;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */
static int
flush(struct merging *m)
{
	Bassin__V1__Table table = BASSIN__V1__TABLE__INIT;

	if (m->columns == NULL)
		return EXIT_DONE;
	table.columns = m->columns;
	table.n_columns = m->column_count;
	table.rows = m->rows;
	table.n_rows = m->row_count;
	int status = list_show_page(&m->showing, &table);
	arena_reset(m->rows_arena);
	m->row_count = 0;
	return status;
}

/* The columns of all services are the same; the service stands first. */
static int
take_columns(struct merging *m, const Bassin__V1__Table *page)
{
	if (m->columns != NULL)
		return EXIT_DONE;
	m->time_column = page_column(page, "at");
	m->columns = arena_alloc(m->app->arena, (page->n_columns + 1) * sizeof(*m->columns));
	if (m->columns == NULL)
		return app_no_memory();
	if (m->time_column == SIZE_MAX)
		return app_fail(EXIT_AWAY, "%s",
		                _("the pool's list lacks a column: is this command of another version?"));
	m->columns[m->column_count++] = (char *)(uintptr_t) "service";
	for (size_t i = 0; i < page->n_columns; i++)
		if ((m->columns[m->column_count++] = arena_strdup(m->app->arena, page->columns[i])) == NULL)
			return app_no_memory();
	return EXIT_DONE;
}

/* Copies the trail's current row, so that its page may go. */
static int
take_row(struct merging *m, struct trail *t)
{
	Bassin__V1__FeedRow *row = arena_alloc(m->rows_arena, sizeof(*row));
	char **cells = arena_alloc(m->rows_arena, m->column_count * sizeof(*cells));

	if (row == NULL || cells == NULL)
		return app_no_memory();
	bassin__v1__feed_row__init(row);
	row->cells = cells;
	row->n_cells = m->column_count;
	cells[0] = (char *)(uintptr_t)t->service;
	for (size_t i = 1; i < m->column_count; i++)
		if ((cells[i] = arena_strdup(m->rows_arena, page_cell(t->page, t->at, i - 1))) == NULL)
			return app_no_memory();
	t->at++;
	m->rows[m->row_count++] = row;
	return m->row_count == PAGE_ROWS ? flush(m) : EXIT_DONE;
}

/* Times have one form, so their order is that of their letters. */
static struct trail *
newest(struct merging *m)
{
	struct trail *best = NULL;

	for (size_t i = 0; i < m->count; i++) {
		struct trail *t = &m->trails[i];
		if (!t->ended && (best == NULL || strcmp(page_cell(t->page, t->at, m->time_column),
		                                         page_cell(best->page, best->at, m->time_column)) > 0))
			best = t;
	}
	return best;
}

static int
merge(struct merging *m)
{
	int status = EXIT_DONE;
	struct trail *t;

	for (size_t i = 0; i < m->count && status == EXIT_DONE; i++) {
		status = trail_advance(m, &m->trails[i]);
		if (status == EXIT_DONE && m->trails[i].page != NULL)
			status = take_columns(m, m->trails[i].page);
	}
	while (status == EXIT_DONE && (t = newest(m)) != NULL) {
		status = take_row(m, t);
		if (status == EXIT_DONE)
			status = trail_advance(m, t);
	}
	return status == EXIT_DONE ? flush(m) : status;
}

static int
trails_open(struct merging *m)
{
	const struct directory *d = NULL;
	int status = app_directory(m->app, &d);

	m->rows_arena = arena_new(PAGE_ARENA_MAX);
	for (size_t i = 0; status == EXIT_DONE && i < directory_count(d) && m->count < SERVICES_MAX; i++) {
		struct trail *t = &m->trails[m->count];
		t->service = directory_at(d, i)->name;
		if (m->app->options.service != NULL && strcmp(m->app->options.service, t->service) != 0)
			continue;
		t->arena = arena_new(PAGE_ARENA_MAX);
		m->count++;
		if (t->arena == NULL)
			return app_no_memory();
	}
	return status == EXIT_DONE && m->rows_arena == NULL ? app_no_memory() : status;
}

int
audit_show(struct app *app, const char *const *filters, size_t count)
{
	struct merging m = { .app = app, .filters = filters, .filter_count = count, .showing = { .app = app } };
	int status = trails_open(&m);

	if (status == EXIT_DONE)
		status = app_connect(app, TYPE(AUDIT_LIST));
	if (status == EXIT_DONE)
		status = list_show_begin(&m.showing);
	if (status == EXIT_DONE)
		status = merge(&m);
	if (status == EXIT_DONE)
		status = list_show_end(&m.showing);
	for (size_t i = 0; i < m.count; i++)
		arena_destroy(&m.trails[i].arena);
	arena_destroy(&m.rows_arena);
	return status == EXIT_DONE && m.away ? EXIT_AWAY : status;
}

/* Options become the filters of the list; arguments are filters already. */
int
run_audit(struct app *app)
{
	const struct options *o = &app->options;
	const struct { const char *name, *value; } asked[] = {
		{ "since", o->since }, { "until", o->until },   { "who", o->who },
		{ "command", o->command }, { "id", o->id }, { "result", o->result },
	};
	const char *filters[FILTERS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		if (asked[i].value == NULL)
			continue;
		filters[count] = arena_printf(app->arena, "%s=%s", asked[i].name, asked[i].value);
		if (filters[count++] == NULL)
			return app_no_memory();
	}
	return audit_show(app, filters, count);
}
