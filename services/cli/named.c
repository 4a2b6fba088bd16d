/* SPDX-License-Identifier: Apache-2.0 */
/* The postings that rows name, each once, in portions that one command holds. */
#include "named.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "bassin/v1/matching.pb-c.h"
#include "terminal.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define PORTION 500 /* POSTINGS_UNKNOWN takes 1,000, and 256 KiB */
#define PATIENCE_MS 2000 /* the feed is done; nobody waits for a service that is away */
#define SHOWN 10

struct names {
	const char **all;
	size_t count;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of the rows that were taken. false: no memory. */
static bool
names_collect(const struct plan *p, struct arena *a, struct names *out)
{
	size_t kept = 0;

	out->all = arena_zalloc(a, p->row_count + 1, sizeof(*out->all));
	if (out->all == NULL)
		return false;
	for (size_t i = 0; i < p->row_count; i++) {
		const struct plan_row *row = &p->rows[i];
		const char *posting = plan_cell(p, row, "posting");
		if (row->outcome != BASSIN__V1__ROW_OUTCOME__ROW_REFUSED &&
		    row->outcome != BASSIN__V1__ROW_OUTCOME__ROW_UNSPECIFIED && posting[0] != '\0')
			out->all[out->count++] = posting;
	}
	if (out->count > 1)
		qsort(out->all, out->count, sizeof(*out->all), by_text);
	for (size_t i = 0; i < out->count; i++)
		if (kept == 0 || strcmp(out->all[kept - 1], out->all[i]) != 0)
			out->all[kept++] = out->all[i];
	out->count = kept;
	return true;
}

/* false: matching has not answered. */
static bool
ask_portion(struct app *app, const char *service, const char **names, size_t count, struct names *unknown)
{
	Bassin__V1__PostingNames ask = BASSIN__V1__POSTING_NAMES__INIT;
	struct client_answer answer = { .code = BASSIN__V1__REPLY_CODE__OK };
	ProtobufCAllocator allocator = arena_allocator(app->arena);

	ask.postings = (char **)(uintptr_t)names;
	ask.n_postings = count;
	if (client_ask(app->client, service, TYPE(POSTINGS_UNKNOWN), &ask.base, app->arena, &answer) != CLIENT_OK ||
	    answer.code != BASSIN__V1__REPLY_CODE__OK)
		return false;
	const Bassin__V1__PostingNames *found =
	    bassin__v1__posting_names__unpack(&allocator, answer.size, answer.payload);
	if (found == NULL || found->n_postings > count)
		return false;
	for (size_t i = 0; i < found->n_postings; i++)
		unknown->all[unknown->count++] = found->postings[i];
	return true;
}

static bool
ask_all(struct app *app, const struct names *names, struct names *unknown)
{
	const char *service;
	bool answered = true;

	client_destroy(&app->client);
	app->patience_ms = PATIENCE_MS;
	unknown->all = arena_zalloc(app->arena, names->count + 1, sizeof(*unknown->all));
	if (unknown->all == NULL || app_service(app, "matching", &service) != EXIT_DONE ||
	    app_connect(app, TYPE(POSTINGS_UNKNOWN)) != EXIT_DONE)
		return false;
	for (size_t at = 0; answered && at < names->count; at += PORTION)
		answered = ask_portion(app, service, names->all + at,
		                       names->count - at < PORTION ? names->count - at : PORTION, unknown);
	return answered;
}

static int
tell_unknown(struct app *app, const struct names *unknown)
{
	printf(P_("%zu posting named here is not known yet:", "%zu postings named here are not known yet:", unknown->count),
	       unknown->count);
	for (size_t i = 0; i < unknown->count && i < SHOWN; i++)
		printf("%s %s", i == 0 ? "" : ",", terminal_safe_text(app->arena, unknown->all[i]));
	if (unknown->count > SHOWN)
		printf(", …");
	return puts(_("\nWhat names them waits, and counts once they are fed: bassin list waiting")) == EOF ?
	           app_not_written() :
	           EXIT_DONE;
}

int
named_tell(struct app *app, const struct plan *p)
{
	bool of_learners = strcmp(p->kind->name, "learner_rankings") == 0 || strcmp(p->kind->name, "direct_offers") == 0;
	struct names names = { NULL, 0 }, unknown = { NULL, 0 };

	if (app->options.json || !of_learners)
		return EXIT_DONE;
	if (!names_collect(p, app->arena, &names))
		return app_no_memory();
	if (names.count == 0)
		return EXIT_DONE;
	if (ask_all(app, &names, &unknown))
		return unknown.count == 0 ? EXIT_DONE : tell_unknown(app, &unknown);
	return puts(_("Matching has not said whether it knows the postings named here: bassin list waiting")) == EOF ?
	           app_not_written() :
	           EXIT_DONE;
}
