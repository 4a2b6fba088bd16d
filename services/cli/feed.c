/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin feed`: reads a file, sends it in batches, several in flight, and reports what became of each row. */
#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/refusal.h"
#include "complete.h"
#include "help.h"
#include "named.h"
#include "refusals.h"
#include "report.h"
#include "terminal.h"

#define BATCH_ARENA_MAX (64 * MiB)
#define KINDS_MAX 32

struct feeding {
	struct app *app;
	const char *service;
	struct plan plan;
	struct arena *scratch; /* one message at a time */
	struct {
		struct id id;
		struct plan_batch *batch;
	} flights[64];
	size_t flight_count;
	struct progress progress;
	size_t rows_answered;
	bool has_results; /* of at least one batch */
};

/* ---- reading ----------------------------------------------------------------------------------------------------- */
static int
file_refused(struct app *app, enum csv_result result, const char *path, const struct csv_file *file)
{
	const char *name = terminal_safe_text(app->arena, path);

	switch (result) {
	case CSV_UNREADABLE: return app_fail(EXIT_USE, _("%s cannot be read: %s"), name, strerror(errno));
	case CSV_TOO_LARGE: return app_fail(EXIT_USE, _("%s is larger than %u MiB"), name, CSV_FILE_MAX / MiB);
	case CSV_UTF16: return app_fail(EXIT_USE, _("%s is UTF-16; save it as \"CSV UTF-8\""), name);
	case CSV_SPREADSHEET: return app_fail(EXIT_USE, _("%s is a workbook; save it as \"CSV UTF-8\""), name);
	case CSV_BINARY:
		return app_fail(EXIT_USE, _("%s holds NUL bytes and is no text; save it as \"CSV UTF-8\""), name);
	case CSV_EMPTY: return app_fail(EXIT_USE, _("%s is empty; its first line must name the columns"), name);
	case CSV_BAD_HEADER:
		return app_fail(EXIT_USE,
		                _("%s: the header line cannot be read (quotation marks, or more than %d columns)"),
		                name, CSV_COLUMNS_MAX);
	case CSV_COLUMN_TWICE:
		return app_fail(EXIT_USE, _("%s: the column %s stands twice in the header"), name,
		                terminal_safe_text(app->arena, file->twice));
	case CSV_TOO_BAD:
		return app_fail(EXIT_USE, _("%s: more than %d rows have wrong quotation marks; is it a CSV file?"),
		                name, CSV_BAD_MAX);
	default: return app_no_memory();
	}
}

static int
read_file(struct feeding *f, const struct kind *kind, const char *path)
{
	struct app *app = f->app;
	struct csv_file *file = arena_zalloc(app->arena, 1, sizeof(*file));
	const char *missing = "";

	if (file == NULL)
		return app_no_memory();
	enum csv_result result = csv_load(path, app->arena, file);
	if (result != CSV_READ)
		return file_refused(app, result, path, file);
	if (plan_make(kind, file, app->arena, &f->plan) != 0)
		return app_no_memory();
	if (f->plan.missing_count == 0)
		return EXIT_DONE;
	for (size_t i = 0; i < f->plan.missing_count && missing != NULL; i++)
		missing = arena_printf(app->arena, "%s%s%s", missing, i == 0 ? "" : ", ", f->plan.missing[i]);
	return missing == NULL ?
	           app_no_memory() :
	           app_fail(EXIT_USE, _("%s: nothing was sent; the file lacks columns that it must have: %s"),
	                    terminal_safe_text(app->arena, path), missing);
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */
static int
send_batch(struct feeding *f, struct plan_batch *b)
{
	struct plan *p = &f->plan;
	Bassin__V1__FeedRows message = BASSIN__V1__FEED_ROWS__INIT;

	arena_reset(f->scratch);
	Bassin__V1__FeedRow *rows = arena_alloc(f->scratch, b->count * sizeof(*rows));
	message.rows = arena_alloc(f->scratch, b->count * sizeof(*message.rows));
	char **cells = arena_alloc(f->scratch, b->count * p->column_count * sizeof(*cells));
	if (rows == NULL || message.rows == NULL || cells == NULL)
		return app_no_memory();
	for (size_t i = 0; i < b->count; i++, cells += p->column_count) {
		const struct csv_record *record = p->rows[p->order[b->first + i]].record;
		bassin__v1__feed_row__init(&rows[i]);
		for (size_t c = 0; c < p->column_count; c++)
			cells[c] = record->cells[p->cells[c]];
		rows[i].cells = cells;
		rows[i].n_cells = p->column_count;
		message.rows[i] = &rows[i];
	}
	message.columns = p->columns;
	message.n_columns = p->column_count;
	message.n_rows = b->count;
	message.dry_run = f->app->options.dry_run;
	if (f->app->options.reason != NULL)
		message.reason = (char *)(uintptr_t)f->app->options.reason;
	if (client_send(f->app->client, f->service, p->kind->feed, &message.base, &f->flights[f->flight_count].id) !=
	    CLIENT_OK)
		return app_tell_unreachable(f->service);
	f->flights[f->flight_count++].batch = b;
	return EXIT_DONE;
}

/* Texts of the answer die with it, so they are copied. */
static int
copy_flaws(struct feeding *f, const struct plan_row *row, struct flaw **list, Bassin__V1__Refusal **refusals,
           size_t count, const char *code)
{
	struct arena *a = f->app->arena;

	for (size_t i = 0; i < count; i++) {
		const Bassin__V1__Refusal *r = refusals[i];
		const char *field = arena_strdup(a, r->field), *allowed = arena_strdup(a, r->allowed);
		const char *why = code != NULL ? code : arena_strdup(a, r->code);
		if (field == NULL || allowed == NULL || why == NULL ||
		    plan_add_flaw(a, list, why, field, plan_cell(&f->plan, row, field), allowed) != 0)
			return -1;
	}
	return 0;
}

static int
take_results(struct feeding *f, const struct plan_batch *b, const Bassin__V1__FeedResults *results)
{
	if (results == NULL || results->n_results != b->count)
		return app_fail(EXIT_AWAY, "%s", reply_code_sentence(BASSIN__V1__REPLY_CODE__REPLY_UNSPECIFIED));
	f->has_results = true;
	for (size_t i = 0; i < b->count; i++) {
		const Bassin__V1__FeedResult *result = results->results[i];
		struct plan_row *row = &f->plan.rows[f->plan.order[b->first + i]];
		bool waits = result->outcome == BASSIN__V1__ROW_OUTCOME__WAITING;
		row->outcome = result->outcome;
		if (copy_flaws(f, row, &row->flaws, result->refusals, result->n_refusals,
		               waits ? REFUSAL_WAITS : NULL) != 0 ||
		    copy_flaws(f, row, &row->notes, result->notes, result->n_notes, NULL) != 0)
			return app_no_memory();
	}
	return EXIT_DONE;
}

static int
set_aside(struct feeding *f, const struct plan_batch *b)
{
	f->has_results = true;
	for (size_t i = 0; i < b->count; i++) {
		struct plan_row *row = &f->plan.rows[f->plan.order[b->first + i]];
		row->outcome = BASSIN__V1__ROW_OUTCOME__ROW_REFUSED;
		if (plan_add_flaw(f->app->arena, &row->flaws, REFUSAL_SET_ASIDE, "", "", "") != 0)
			return app_no_memory();
	}
	return EXIT_DONE;
}

static struct plan_batch *
land(struct feeding *f, const struct id *id)
{
	for (size_t i = 0; i < f->flight_count; i++)
		if (id_equal(&f->flights[i].id, id)) {
			struct plan_batch *b = f->flights[i].batch;
			f->flights[i] = f->flights[--f->flight_count];
			return b;
		}
	return NULL;
}

static int
take_answer(struct feeding *f)
{
	struct client_answer answer;
	ProtobufCAllocator allocator = arena_allocator(f->scratch);

	arena_reset(f->scratch);
	enum client_result result = client_next(f->app->client, f->scratch, &answer);
	if (result == CLIENT_KEY_REFUSED)
		return app_fail(EXIT_REFUSED, _("%s does not know this key, or it was revoked"), f->service);
	if (result != CLIENT_OK)
		return app_tell_unreachable(f->service);
	struct plan_batch *b = land(f, &answer.id);
	if (b == NULL)
		return EXIT_DONE;
	b->answered = true;
	f->rows_answered += b->count;
	if (answer.code == BASSIN__V1__REPLY_CODE__OK)
		return take_results(
		    f, b,
		    (const Bassin__V1__FeedResults *)protobuf_c_message_unpack(
			&bassin__v1__feed_results__descriptor, &allocator, answer.size, answer.payload));
	if (answer.code == BASSIN__V1__REPLY_CODE__BROKEN)
		return set_aside(f, b);
	int status = app_tell(f->app, &answer);
	/* A refusal is the file's, as a whole; all else, such as a key that may not, is said as everywhere. */
	return answer.code == BASSIN__V1__REPLY_CODE__REFUSED && status == EXIT_REFUSED ? EXIT_USE : status;
}

static int
send_all(struct feeding *f)
{
	struct plan *p = &f->plan;
	size_t sent = 0, rows = 0;
	int status = app_connect(f->app, p->kind->feed);

	for (size_t i = 0; i < p->batch_count; i++)
		rows += p->batches[i].count;
	progress_start(&f->progress, _("sending"), rows, !f->app->options.json);
	while (status == EXIT_DONE && (sent < p->batch_count || f->flight_count > 0)) {
		if (sent < p->batch_count && f->flight_count < COUNT_OF(f->flights) && client_has_room(f->app->client))
			status = send_batch(f, &p->batches[sent++]);
		else
			status = take_answer(f);
		progress_show(&f->progress, f->rows_answered);
	}
	progress_end(&f->progress);
	return status;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */
static int
tell(struct feeding *f, const char *path)
{
	struct app *app = f->app;
	const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
	const struct options *o = &app->options;
	int rc = o->json ? report_json(&f->plan, name, o->dry_run, app->arena, stdout) :
	                   report_print(&f->plan, name, o->dry_run, app->arena, stdout);

	if (rc != 0)
		return app_not_written();
	if (o->report != NULL && report_save(&f->plan, o->report, app->arena) != 0)
		return app_fail(EXIT_AWAY, _("the report %s cannot be written: %s"),
		                terminal_safe_text(app->arena, o->report), strerror(errno));
	return report_count(&f->plan).refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int
tell_no_kind(struct app *app, const char *typed)
{
	const char *names[KINDS_MAX + 1] = { NULL }, *safe = terminal_safe_text(app->arena, typed);

	for (size_t i = 0; kind_at(i) != NULL && i < KINDS_MAX; i++)
		names[i] = kind_at(i)->name;
	const char *meant = help_meant(app->arena, typed, names);
	return *meant == '\0' ? app_fail(EXIT_USE, _("unknown kind of file: %s; 'bassin feed --help' lists them"), safe) :
	                        app_fail(EXIT_USE, _("unknown kind of file: %s; did you mean: %s?"), safe, meant);
}

int
run_feed(struct app *app)
{
	struct feeding f = { .app = app };
	const struct kind *kind = kind_find(app->options.args[0]);
	const char *path = app->options.args[1];

	if (kind == NULL)
		return tell_no_kind(app, app->options.args[0]);
	if (app->options.complete && complete_is_possible(kind) != EXIT_DONE)
		return EXIT_USE;
	int status = read_file(&f, kind, path);
	if (status == EXIT_DONE)
		status = app_service(app, kind->service, &f.service);
	if (status != EXIT_DONE)
		return status;
	f.scratch = arena_new(BATCH_ARENA_MAX);
	if (f.scratch == NULL)
		return app_no_memory();
	status = send_all(&f);
	bool sent = status == EXIT_DONE;
	/* What was answered is told even when the rest was not. */
	if (status == EXIT_DONE || f.has_results) {
		int told = tell(&f, path);
		status = status != EXIT_DONE ? status : told;
	}
	if (app->options.complete && sent && (status == EXIT_DONE || status == EXIT_REFUSED)) {
		int completed = complete(app, &f.plan, f.service);
		status = completed != EXIT_DONE ? completed : status;
	}
	if (status == EXIT_DONE || status == EXIT_REFUSED) {
		int told = named_tell(app, &f.plan);
		status = told != EXIT_DONE ? told : status;
	}
	arena_destroy(&f.scratch);
	return status;
}
