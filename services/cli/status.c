/* SPDX-License-Identifier: Apache-2.0 */
/* `bassin status`: every instance of every service of the directory, asked one after the other, as tables, JSON or
 * Prometheus text. */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "json.h"
#include "manage.h"
#include "refusals.h"
#include "service/metrics.h"
#include "table.h"
#include "terminal.h"

#define PATIENCE_MS 3000 /* a service that says nothing for so long is away */
#define SERVICES_MAX 64

typedef const Bassin__V1__StatusReport *report;

struct asked {
	const char *name;
	size_t endpoint; /* which of the service's instances */
	const char *shown; /* its name, with the endpoint where there are several */
	report report; /* NULL: no answer */
	const char *why; /* then */
};

static bool
is_active(const struct asked *s)
{
	return s->report != NULL &&
	       (strcmp(s->report->state, "active") == 0 || strcmp(s->report->state, "draining") == 0);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */
static int
ask_one(struct app *app, struct asked *s)
{
	Bassin__V1__StatusAsk ask = BASSIN__V1__STATUS_ASK__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	ProtobufCAllocator allocator = arena_allocator(app->arena);
	int status = app_connect(app, BASSIN__V1__COMMAND_TYPE__STATUS);

	if (status != EXIT_DONE)
		return status;
	switch (client_ask_endpoint(app->client, s->name, s->endpoint, BASSIN__V1__COMMAND_TYPE__STATUS, &ask.base,
	                            app->arena, &answer)) {
	case CLIENT_OK: break;
	case CLIENT_KEY_REFUSED: s->why = _("this key is not welcome"); return EXIT_DONE;
	default: s->why = _("no answer"); return EXIT_DONE;
	}
	if (answer.code != BASSIN__V1__REPLY_CODE__OK) {
		s->why = reply_code_sentence(answer.code);
		return EXIT_DONE;
	}
	s->report = (report)protobuf_c_message_unpack(&bassin__v1__status_report__descriptor, &allocator, answer.size,
	                                              answer.payload);
	if (s->report == NULL)
		s->why = reply_code_sentence(BASSIN__V1__REPLY_CODE__REPLY_UNSPECIFIED);
	return EXIT_DONE;
}

static int
ask_service(struct app *app, const struct directory_entry *e, struct asked *all, size_t *count)
{
	int status = EXIT_DONE;

	for (size_t i = 0; status == EXIT_DONE && i < e->endpoint_count && *count < SERVICES_MAX; i++) {
		struct asked *s = &all[(*count)++];
		*s = (struct asked){ .name = e->name, .endpoint = i, .why = "" };
		s->shown =
		    e->endpoint_count == 1 ? e->name : arena_printf(app->arena, "%s %s", e->name, e->endpoints[i]);
		if (s->shown == NULL)
			s->shown = e->name;
		status = ask_one(app, s);
	}
	return status;
}

static int
ask_all(struct app *app, struct asked *all, size_t *count)
{
	const struct directory *d = NULL;
	int status = app_directory(app, &d);

	*count = 0;
	for (size_t i = 0; status == EXIT_DONE && i < directory_count(d); i++) {
		const struct directory_entry *e = directory_at(d, i);
		if (app->options.service == NULL || strcmp(app->options.service, e->name) == 0)
			status = ask_service(app, e, all, count);
	}
	return status;
}

/* Of several instances the active one speaks for the service; where none is, the first. */
static bool
speaks(const struct asked *all, size_t count, size_t which)
{
	for (size_t i = 0; i < count; i++)
		if (i != which && strcmp(all[i].name, all[which].name) == 0 &&
		    (is_active(&all[i]) || (i < which && !is_active(&all[which]))))
			return false;
	return true;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */
static const char *
state_text(const char *state)
{
	static const struct {
		const char *state, *text;
	} texts[] = {
		{ "starting", N_("starting") },     { "standby", N_("standby") },
		{ "active", N_("active") },         { "draining", N_("draining") },
		{ "store_away", N_("store away") }, { "store_refused", N_("store refused") },
		{ "following", N_("following") },   { "waiting", N_("waiting") },
		{ "diverged", N_("diverged") },     { "resyncing", N_("starting over") },
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (strcmp(texts[i].state, state) == 0)
			return _(texts[i].text);
	return state;
}

/* "3 d 04:05", "04:05:06" */
static const char *
duration_text(struct arena *a, int64_t ms)
{
	long long s = (long long)ms / 1000;

	if (s >= 86400)
		return arena_printf(a, _("%lld d %02lld:%02lld"), s / 86400, s / 3600 % 24, s / 60 % 60);
	return arena_printf(a, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static const char *
count_text(struct arena *a, uint64_t n)
{
	return arena_printf(a, "%llu", (unsigned long long)n);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */
static double
figure_of(report r, const char *name)
{
	for (size_t i = 0; i < r->n_figures; i++)
		if (strcmp(r->figures[i]->name, name) == 0)
			return r->figures[i]->value;
	return 0;
}

static int
print_services(struct app *app, const struct asked *all, size_t count)
{
	struct arena *a = app->arena;
	const struct column columns[] = {
		{ "service", column_title("service"), COLUMN_TEXT },
		{ "state", column_title("state"), COLUMN_TEXT },
		{ "version", _("version"), COLUMN_TEXT },
		{ "schema", _("schema"), COLUMN_TEXT },
		{ "epoch", _("epoch"), COLUMN_TEXT },
		{ "head", _("head"), COLUMN_NUMBER },
		{ "queue", _("queue"), COLUMN_NUMBER },
		{ "uptime", _("up for"), COLUMN_NUMBER },
		{ "alarms", _("alarms"), COLUMN_NUMBER },
	};
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < count; i++) {
		report r = all[i].report;
		const char *away[COUNT_OF(columns)] = { all[i].shown, all[i].why };
		const char *here[COUNT_OF(columns)] = { all[i].shown };
		if (r != NULL) {
			here[1] = state_text(r->state);
			here[2] = r->program_version;
			here[3] = arena_printf(a, "%u+%u", r->schema_version, r->core_schema_version);
			here[4] = arena_printf(a, "%.8s", r->epoch);
			here[5] = count_text(a, r->head_seq);
			here[6] = count_text(a, (uint64_t)figure_of(r, "bassin_queue_commands"));
			here[7] = duration_text(a, r->uptime_ms);
			here[8] = count_text(a, r->n_alarms);
		}
		if (table_add(t, r == NULL ? away : here) != 0)
			return -1;
	}
	return t == NULL ? -1 : table_print(t, stdout);
}

static int
print_cursors(struct app *app, const struct asked *all, size_t count)
{
	struct arena *a = app->arena;
	const struct column columns[] = {
		{ "service", column_title("service"), COLUMN_TEXT },
		{ "reads", _("reads"), COLUMN_TEXT },
		{ "state", column_title("state"), COLUMN_TEXT },
		{ "cursor", _("cursor"), COLUMN_NUMBER },
		{ "head", _("head"), COLUMN_NUMBER },
		{ "lag", _("behind by"), COLUMN_NUMBER },
		{ "parked", _("set aside"), COLUMN_NUMBER },
	};
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < count; i++)
		for (size_t j = 0; speaks(all, count, i) && all[i].report != NULL && j < all[i].report->n_cursors;
		     j++) {
			const Bassin__V1__CursorStatus *c = all[i].report->cursors[j];
			uint64_t lag = c->head_seq > c->seq ? c->head_seq - c->seq : 0;
			const char *cells[] = { all[i].name,
				                c->log_id,
				                state_text(c->state),
				                count_text(a, c->seq),
				                count_text(a, c->head_seq),
				                count_text(a, lag),
				                count_text(a, c->parked) };
			if (table_add(t, cells) != 0)
				return -1;
		}
	if (t == NULL || table_rows(t) == 0)
		return t == NULL ? -1 : 0;
	printf("\n%s\n", _("Logs that they read"));
	return table_print(t, stdout);
}

static int
print_readers(struct app *app, const struct asked *all, size_t count)
{
	struct arena *a = app->arena;
	const struct column columns[] = {
		{ "log", _("log"), COLUMN_TEXT },           { "reader", _("reader"), COLUMN_TEXT },
		{ "applied", _("applied"), COLUMN_NUMBER }, { "lag", _("behind by"), COLUMN_NUMBER },
		{ "seen", _("seen"), COLUMN_NUMBER },
	};
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < count; i++)
		for (size_t j = 0; speaks(all, count, i) && all[i].report != NULL && j < all[i].report->n_readers;
		     j++) {
			const Bassin__V1__ReaderStatus *r = all[i].report->readers[j];
			uint64_t head = all[i].report->head_seq,
				 lag = head > r->applied_seq ? head - r->applied_seq : 0;
			const char *cells[] = { all[i].name, r->reader, count_text(a, r->applied_seq),
				                count_text(a, lag),
				                arena_printf(a, _("%lld s ago"), (long long)r->seen_ms_ago / 1000) };
			if (table_add(t, cells) != 0)
				return -1;
		}
	if (t == NULL || table_rows(t) == 0)
		return t == NULL ? -1 : 0;
	printf("\n%s\n", _("Who reads their logs"));
	return table_print(t, stdout);
}

static int
print_figures(struct app *app, const struct asked *all, size_t count)
{
	struct arena *a = app->arena;
	const struct column columns[] = { { "service", column_title("service"), COLUMN_TEXT },
		                          { "figure", _("figure"), COLUMN_TEXT },
		                          { "labels", "", COLUMN_TEXT },
		                          { "value", column_title("value"), COLUMN_NUMBER } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < count; i++)
		for (size_t j = 0; all[i].report != NULL && j < all[i].report->n_figures; j++) {
			const Bassin__V1__Figure *f = all[i].report->figures[j];
			const char *cells[] = { all[i].name, f->name, f->labels, arena_printf(a, "%.10g", f->value) };
			if (table_add(t, cells) != 0)
				return -1;
		}
	puts("");
	return t == NULL ? -1 : table_print(t, stdout);
}

static int
print_tables(struct app *app, const struct asked *all, size_t count)
{
	if (print_services(app, all, count) != 0 || print_cursors(app, all, count) != 0 ||
	    print_readers(app, all, count) != 0)
		return -1;
	if (app->options.details && print_figures(app, all, count) != 0)
		return -1;
	for (size_t i = 0, shown = 0; i < count; i++)
		for (size_t j = 0; all[i].report != NULL && j < all[i].report->n_alarms; j++)
			printf("%s%s %s: %s\n", shown++ == 0 ? "\n" : "", _("ALARM"), all[i].name,
			       terminal_safe_text(app->arena, all[i].report->alarms[j]));
	return ferror(stdout) ? -1 : 0;
}

/* ---- for programs ------------------------------------------------------------------------------------------------ */
static int
print_json(const struct asked *all, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < count; i++) {
		json_t *o = all[i].report != NULL ? json_of_message(&all[i].report->base) :
		                                    json_pack("{s:s, s:s, s:s}", "service", all[i].name, "state",
		                                              "away", "why", all[i].why);
		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return json_write(stdout, list);
}

static int
print_metrics(struct app *app, const struct asked *all, size_t count)
{
	report reports[SERVICES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (all[i].report != NULL && speaks(all, count, i))
			reports[n++] = all[i].report;
	const char *text = metrics_text(app->arena, reports, n);
	if (text == NULL || fputs(text, stdout) == EOF)
		return -1;
	fputs("# TYPE bassin_up gauge\n", stdout);
	for (size_t i = 0; i < count; i++)
		if (speaks(all, count, i))
			printf("bassin_up{service=\"%s\"} %d\n", all[i].name, is_active(&all[i]) ? 1 : 0);
	return ferror(stdout) ? -1 : 0;
}

int
run_status(struct app *app)
{
	struct asked all[SERVICES_MAX];
	size_t count, away = 0;

	if (app->options.wait_s == 0)
		app->patience_ms = PATIENCE_MS;
	int status = ask_all(app, all, &count);
	if (status != EXIT_DONE)
		return status;
	int rc = app->options.metrics ? print_metrics(app, all, count) :
	         app->options.json    ? print_json(all, count) :
	                                print_tables(app, all, count);
	if (rc != 0)
		return app_not_written();
	for (size_t i = 0; i < count; i++)
		away += speaks(all, count, i) && !is_active(&all[i]);
	return away == 0 && count > 0 ? EXIT_DONE : EXIT_AWAY;
}
