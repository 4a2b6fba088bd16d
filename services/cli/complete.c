/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a fed file with what the pool holds, and withdraws what is missing from the file. */
#include "complete.h"

#include <search.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "bassin/v1/employer.pb-c.h"
#include "learner.h"
#include "list.h"
#include "manage.h"
#include "terminal.h"

#define IDS_MAX 1000 /* of one command */
#define SHOWN_MAX 20

/* How each kind is completed: the list's column that names a row, the filters, and the feed that clears a list. */
/* clang-format off */
static const struct way {
	const char *kind, *column;
	const char *filters[2];
	const char *clears[3];          /* columns of a row that clears: the key, then empty ones; NULL: not so */
} ways[] = {
	{ "learners", "external_id", { "in_pool=yes" }, { NULL } },
	{ "postings", "external_id", { "scope=own" }, { NULL } },
	{ "learner_rankings", "learner", { NULL }, { "learner", "tier", "posting" } },
	{ "employer_rankings", "posting", { NULL }, { "posting", "tier", "learner" } },
	{ "direct_offers", "learner", { NULL }, { "learner", "posting" } },
};
/* clang-format on */

struct missing {
	struct app *app;
	const struct way *way;
	struct hsearch_data named; /* keys of the file */
	char **ids;
	size_t count, room;
};

static const struct way *
find_way(const struct kind *kind)
{
	for (size_t i = 0; i < COUNT_OF(ways); i++)
		if (strcmp(ways[i].kind, kind->name) == 0)
			return &ways[i];
	return NULL;
}

int
complete_is_possible(const struct kind *kind)
{
	if (find_way(kind) != NULL)
		return EXIT_DONE;
	return app_fail(EXIT_USE, _("--complete is for learners, postings, rankings and direct offers, not for %s"),
	                kind->name);
}

/* ---- what is missing --------------------------------------------------------------------------------------------- */
/* A posting of one's own may be written `college/id`; the list names it by its id. */
static char *
key_of(struct missing *m, const struct plan *p, const struct plan_row *row)
{
	const char *text = plan_cell(p, row, p->kind->keys[0]), *slash = strrchr(text, '/');

	return arena_strdup(m->app->arena, slash == NULL ? text : slash + 1);
}

static int
take_keys(struct missing *m, const struct plan *p)
{
	if (hcreate_r(p->row_count + p->row_count / 2 + 16, &m->named) == 0)
		return app_no_memory();
	for (size_t i = 0; i < p->row_count; i++) {
		ENTRY entry = { .key = key_of(m, p, &p->rows[i]), .data = NULL }, *found;
		if (entry.key == NULL || hsearch_r(entry, ENTER, &found, &m->named) == 0)
			return app_no_memory();
	}
	return EXIT_DONE;
}

static int
add_missing(struct missing *m, const char *id)
{
	if (m->count > 0 && strcmp(m->ids[m->count - 1], id) == 0)
		return EXIT_DONE; /* the next entry of the same list */
	if (m->count == m->room) {
		size_t room = m->room == 0 ? 256 : 2 * m->room;
		char **grown = arena_alloc(m->app->arena, room * sizeof(*grown));
		if (grown == NULL)
			return app_no_memory();
		if (m->count > 0)
			memcpy(grown, m->ids, m->count * sizeof(*grown));
		m->ids = grown;
		m->room = room;
	}
	m->ids[m->count] = arena_strdup(m->app->arena, id);
	return m->ids[m->count++] == NULL ? app_no_memory() : EXIT_DONE;
}

static int
take_page(void *self, const Bassin__V1__Table *page)
{
	struct missing *m = self;
	size_t column = page_column(page, m->way->column), state = page_column(page, "state");
	int status = EXIT_DONE;

	if (column == SIZE_MAX)
		return app_fail(EXIT_AWAY, "%s",
		                _("the pool's list lacks a column: is this command of another version?"));
	for (size_t i = 0; i < page->n_rows && status == EXIT_DONE; i++) {
		const char *id = page_cell(page, i, column), *is = state == SIZE_MAX ? "" : page_cell(page, i, state);
		ENTRY entry = { .key = arena_strdup(m->app->arena, id), .data = NULL }, *found;
		if (entry.key == NULL)
			return app_no_memory();
		if (strcmp(is, "closed") != 0 && strcmp(is, "withdrawn") != 0 &&
		    hsearch_r(entry, FIND, &found, &m->named) == 0)
			status = add_missing(m, id);
	}
	return status;
}

/* ---- withdrawing ------------------------------------------------------------------------------------------------- */
/* One row for each that is missing, with nothing but its key: that clears its list. */
static int
clear_lists(struct missing *m, const char *service, const struct kind *kind, const char *reason)
{
	int status = EXIT_DONE;

	for (size_t at = 0; at < m->count && status == EXIT_DONE; at += IDS_MAX) {
		Bassin__V1__FeedRows message = BASSIN__V1__FEED_ROWS__INIT;
		Bassin__V1__FeedRow rows[IDS_MAX], *pointers[IDS_MAX];
		char *cells[IDS_MAX][3], empty[] = "";
		message.columns = (char **)(uintptr_t)m->way->clears;
		message.reason = (char *)(uintptr_t)reason;
		message.rows = pointers;
		while (message.n_columns < 3 && m->way->clears[message.n_columns] != NULL)
			message.n_columns++;
		for (; message.n_rows < IDS_MAX && at + message.n_rows < m->count; message.n_rows++) {
			size_t i = message.n_rows;
			bassin__v1__feed_row__init(&rows[i]);
			cells[i][0] = m->ids[at + i];
			cells[i][1] = cells[i][2] = empty;
			rows[i].cells = cells[i];
			rows[i].n_cells = message.n_columns;
			pointers[i] = &rows[i];
		}
		status = app_ask(m->app, service, kind->feed, &message.base, m->app->arena, NULL, NULL);
	}
	return status;
}

static int
withdraw(struct missing *m, const char *service, const struct kind *kind)
{
	const char *reason =
	    m->app->options.reason == NULL ? _("no longer in the college's file") : m->app->options.reason;
	int status = EXIT_DONE;
	size_t refused = 0;

	if (m->way->clears[0] != NULL)
		return clear_lists(m, service, kind, reason);
	if (strcmp(kind->name, "learners") == 0) {
		for (size_t at = 0; at < m->count && status == EXIT_DONE; at += IDS_MAX)
			status = learner_withdraw(m->app, service, m->ids + at,
			                         m->count - at < IDS_MAX ? m->count - at : IDS_MAX, reason, &refused);
	} else {
		for (size_t i = 0; i < m->count && status != EXIT_AWAY; i++) {
			status = manage_move_posting(m->app, service, m->ids[i],
			                             BASSIN__V1__POSTING_STATE__POSTING_WITHDRAWN, reason);
			refused += status == EXIT_REFUSED;
		}
	}
	return refused > 0 ? EXIT_REFUSED : status;
}

static int
ask_and_withdraw(struct missing *m, const char *service, const struct kind *kind)
{
	char question[160];

	if (m->count == 0) {
		fprintf(stderr, "%s\n", _("Nothing that the pool holds is missing from the file."));
		return EXIT_DONE;
	}
	fprintf(
	    stderr,
	    P_("%zu is in the pool, but not in the file:\n", "%zu are in the pool, but not in the file:\n", m->count),
	    m->count);
	const size_t shown = m->app->options.dry_run || m->count <= SHOWN_MAX ? m->count : SHOWN_MAX;
	for (size_t i = 0; i < shown; i++)
		fprintf(stderr, "  %s\n", terminal_safe_text(m->app->arena, m->ids[i]));
	if (shown < m->count)
		fprintf(stderr, _("  … and %zu more; --dry-run lists all of them\n"), m->count - shown);
	if (m->app->options.dry_run)
		return EXIT_DONE;
	snprintf(question, sizeof(question), P_("Withdraw %zu?", "Withdraw these %zu?", m->count), m->count);
	if (!manage_confirm(m->app, question)) {
		fprintf(stderr, "%s\n", _("Not withdrawn: nobody said yes (--yes)."));
		return EXIT_DONE;
	}
	int status = withdraw(m, service, kind);
	if (status == EXIT_DONE)
		fprintf(stderr, P_("%zu withdrawn\n", "%zu withdrawn\n", m->count), m->count);
	return status;
}

int
complete(struct app *app, const struct plan *fed, const char *service)
{
	struct missing m = { .app = app, .way = find_way(fed->kind) };
	size_t filters = 0;

	if (m.way == NULL)
		return complete_is_possible(fed->kind);
	/* An empty file is a mistake sooner than a wish to withdraw everything. */
	if (fed->row_count == 0)
		return app_fail(EXIT_USE, "%s", _("--complete: the file has no rows; nothing is withdrawn"));
	/* A row whose cells or whose key cannot be read may be any row: then nothing can be called missing. */
	for (size_t i = 0; i < fed->row_count; i++)
		if (fed->rows[i].record->cell_count != fed->file->column_count)
			return app_fail(EXIT_REFUSED,
			                _("--complete: line %u cannot be read, so what is missing is not known"),
			                fed->rows[i].record->line);
	for (size_t i = 0; i < fed->row_count; i++)
		if (plan_cell(fed, &fed->rows[i], fed->kind->keys[0])[0] == '\0')
			return app_fail(EXIT_REFUSED,
			                _("--complete: line %u does not say which row it is, so what is missing is not known"),
			                fed->rows[i].record->line);
	int status = take_keys(&m, fed);
	while (filters < COUNT_OF(m.way->filters) && m.way->filters[filters] != NULL)
		filters++;
	if (status == EXIT_DONE)
		status = list_pages(app, service, fed->kind->list, m.way->filters, filters, take_page, &m);
	if (status == EXIT_DONE)
		status = ask_and_withdraw(&m, service, fed->kind);
	hdestroy_r(&m.named);
	return status;
}
