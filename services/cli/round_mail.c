/* SPDX-License-Identifier: Apache-2.0 */
/* The emails that a published round has led to, counted by college and by how far they are. */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "list.h"
#include "round.h"
#include "table.h"

#define PATIENCE_MS 3000 /* the table is worth a short wait only */
#define COLLEGES_MAX 1000

enum { SENT, ON_THE_WAY, HELD_BACK, FAILED, HOWS };

struct tally {
	struct app *app;
	struct {
		const char *institution;
		size_t counts[HOWS];
	} rows[COLLEGES_MAX];
	size_t count;
};

/* States of notification.proto, in the words of its lists. */
static int
how_of(const char *state)
{
	if (strcmp(state, "sent") == 0)
		return SENT;
	if (strcmp(state, "failed") == 0)
		return FAILED;
	return strcmp(state, "suppressed") == 0 ? HELD_BACK : ON_THE_WAY;
}

static int
take_page(void *self, const Bassin__V1__Table *page)
{
	struct tally *t = self;
	size_t state = page_column(page, "state"), institution = page_column(page, "institution");

	if (state == SIZE_MAX || institution == SIZE_MAX)
		return EXIT_DONE;
	for (size_t i = 0; i < page->n_rows; i++) {
		const char *name = page_cell(page, i, institution);
		size_t at = 0;
		while (at < t->count && strcmp(t->rows[at].institution, name) != 0)
			at++;
		if (at == COLLEGES_MAX)
			return EXIT_DONE;
		if (at == t->count) {
			t->rows[at].institution = arena_strdup(t->app->arena, name);
			if (t->rows[at].institution == NULL)
				return app_no_memory();
			t->count++;
		}
		t->rows[at].counts[how_of(page_cell(page, i, state))]++;
	}
	return EXIT_DONE;
}

static int
print_tally(const struct tally *t, struct arena *a, FILE *to)
{
	const struct column columns[] = {
		{ "institution", column_title("institution"), COLUMN_TEXT },
		{ "sent", _("delivered"), COLUMN_NUMBER },
		{ "on_the_way", _("on their way"), COLUMN_NUMBER },
		{ "held_back", _("held back"), COLUMN_NUMBER },
		{ "failed", _("failed"), COLUMN_NUMBER },
	};
	struct table *table = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; table != NULL && i < t->count; i++) {
		const char *cells[COUNT_OF(columns)] = { t->rows[i].institution };
		for (size_t how = 0; how < HOWS; how++)
			cells[how + 1] = arena_printf(a, "%zu", t->rows[i].counts[how]);
		if (table_add(table, cells) != 0)
			return -1;
	}
	fprintf(to, "\n%s\n", _("Emails"));
	return table == NULL ? -1 : table_print(table, to);
}

int
round_mail_print(struct app *app, const char *round, FILE *to)
{
	/* A connection of its own: the mail service may be away, and the round is not waited for so shortly. */
	struct app asking = { .options = app->options, .home = app->home, .arena = app->arena, .window = 1 };
	struct tally *t = arena_zalloc(app->arena, 1, sizeof(*t));
	const char *filter = arena_printf(app->arena, "round=%s", round), *service = NULL;
	int rc = 0;

	if (t == NULL || filter == NULL)
		return -1;
	t->app = app;
	asking.options.json = false;
	asking.patience_ms = app->options.wait_s > 0 ? app->options.wait_s * INT64_C(1000) : PATIENCE_MS;
	if (app_service(&asking, "notifications", &service) == EXIT_DONE &&
	    list_pages(&asking, service, BASSIN__V1__COMMAND_TYPE__MAIL_LIST, &filter, 1, take_page, t) == EXIT_DONE &&
	    t->count > 0)
		rc = print_tally(t, app->arena, to);
	client_destroy(&asking.client);
	directory_destroy(&asking.directory);
	return rc;
}
