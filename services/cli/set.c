/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin set`: some fields of one row, checked as in a file and kept in its history with the reason. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "find.h"
#include "json.h"
#include "list.h"
#include "manage.h"
#include "refusals.h"
#include "table.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define FIELDS_MAX 63 /* bus.proto, RowSet */

/* FIELD=VALUE, one for each argument behind the id; names in lower case. */
static int
read_fields(struct app *app, Bassin__V1__RowSet *set)
{
	size_t count = (size_t)app->options.arg_count - 1;

	if (count > FIELDS_MAX)
		return app_fail(EXIT_USE, _("at most %d fields may be set at once"), FIELDS_MAX);
	set->columns = arena_zalloc(app->arena, count, sizeof(*set->columns));
	set->cells = arena_zalloc(app->arena, count, sizeof(*set->cells));
	if (set->columns == NULL || set->cells == NULL)
		return app_no_memory();
	for (size_t i = 0; i < count; i++) {
		char *text = app->options.args[i + 1], *equals = strchr(text, '=');
		if (equals == NULL || equals == text)
			return app_fail(EXIT_USE, _("a field is written field=value: %s"),
			                terminal_safe_text(app->arena, text));
		set->columns[i] = arena_strndup(app->arena, text, (size_t)(equals - text));
		set->cells[i] = equals + 1;
		if (set->columns[i] == NULL)
			return app_no_memory();
		for (char *c = set->columns[i]; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
	}
	set->n_columns = set->n_cells = count;
	return EXIT_DONE;
}

/* Every flaw, as a feed's report would say it. */
static int
tell_flaws(struct app *app, const Bassin__V1__FeedResult *r)
{
	int status = EXIT_REFUSED;

	for (size_t i = 0; i < r->n_refusals; i++) {
		struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__REFUSED, .refusal = r->refusals[i] };
		status = app_tell(app, &answer);
		if (strcmp(r->refusals[i]->field, "consent_on") == 0)
			fprintf(stderr, "%s\n", _("A consent is taken back by 'bassin learner withdraw ID'."));
	}
	return status;
}

static const char *
value_before(const Bassin__V1__Table *card, const char *field)
{
	for (size_t i = 0; i < card->n_rows; i++)
		if (strcmp(page_cell(card, i, 0), field) == 0)
			return page_cell(card, i, 1);
	return "";
}

/* Field, what stood, what stands. */
static int
show_changes(struct app *app, const struct found *f, const Bassin__V1__RowSet *set)
{
	static const char *const names[] = { "field", "was", "is" };
	struct column columns[COUNT_OF(names)];

	for (size_t i = 0; i < COUNT_OF(names); i++)
		columns[i] = (struct column){ names[i], column_title(names[i]), COLUMN_TEXT };
	struct table *t = table_new(app->arena, columns, COUNT_OF(columns));
	for (size_t i = 0; t != NULL && i < set->n_columns; i++) {
		const char *cells[] = { set->columns[i], value_before(f->card, set->columns[i]), set->cells[i] };
		if (table_add(t, cells) != 0)
			t = NULL;
	}
	if (t == NULL)
		return app_no_memory();
	return table_print(t, stdout) == 0 ? EXIT_DONE : app_not_written();
}

static int
tell_result(struct app *app, const struct found *f, const Bassin__V1__RowSet *set, const Bassin__V1__FeedResult *r)
{
	if (r->outcome == BASSIN__V1__ROW_OUTCOME__ROW_REFUSED)
		return tell_flaws(app, r);
	if (app->options.json)
		return json_write(stdout, json_of_message(&r->base)) == 0 ? EXIT_DONE : app_not_written();
	if (r->outcome == BASSIN__V1__ROW_OUTCOME__UNCHANGED)
		return puts(_("nothing changes: it stands so already")) == EOF ? app_not_written() : EXIT_DONE;
	int status = show_changes(app, f, set);
	for (size_t i = 0; status == EXIT_DONE && i < r->n_refusals; i++)
		printf(_("%s names a row that is not known yet; until it comes this one waits\n"),
		       terminal_safe_text(app->arena, r->refusals[i]->field));
	if (status == EXIT_DONE && puts(set->dry_run ? _("this would be changed (--dry-run)") : _("changed")) == EOF)
		return app_not_written();
	return status;
}

int
run_set(struct app *app)
{
	Bassin__V1__RowSet set = BASSIN__V1__ROW_SET__INIT;
	struct found f;
	void *reply = NULL;
	int status = read_fields(app, &set);

	if (status != EXIT_DONE)
		return status;
	if (app->options.reason == NULL || app->options.reason[0] == '\0')
		return app_fail(EXIT_USE, "%s", _("this needs its reason: --reason TEXT"));
	set.reason = (char *)(uintptr_t)app->options.reason;
	set.dry_run = app->options.dry_run;
	status = find_row(app, app->options.args[0], &f);
	if (status != EXIT_DONE)
		return status;
	const char *kind = found_kind(&f);
	if (kind == NULL)
		return app_fail(
		    EXIT_USE, "%s",
		    _("only postings, employers, institutions and learners are set; feed a file for others"));
	/* From here on the kind is said, so that the row meant is the row whose card was read. */
	set.id = f.is_learners || strchr(f.id, ':') != NULL ? (char *)(uintptr_t)f.id :
	                                                      arena_printf(app->arena, "%s:%s", kind, f.id);
	if (set.id == NULL)
		return app_no_memory();
	status = app_ask(app, f.service, f.is_learners ? TYPE(LEARNER_INTAKE_SET) : TYPE(EMPLOYER_INTAKE_SET),
	                 &set.base, app->arena, &bassin__v1__feed_results__descriptor, &reply);
	const Bassin__V1__FeedResults *results = reply;
	if (status == EXIT_DONE && results->n_results != 1)
		return app_fail(EXIT_AWAY, "%s", reply_code_sentence(BASSIN__V1__REPLY_CODE__REPLY_UNSPECIFIED));
	return status == EXIT_DONE ? tell_result(app, &f, &set, results->results[0]) : status;
}
