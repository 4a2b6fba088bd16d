/* SPDX-License-Identifier: Apache-2.0 */
/* Events in, rows out: one table says which statement writes, drops and lists each kind of row. */
#include "view.h"

#include <string.h>

#include "base/log.h"
#include "departure.h"
#include "erasure.h"
#include "matching/sql.h"
#include "store/store.h"
#include "tasks.h"

static const struct kind {
	const char *topic;
	const struct sql *put, *drop;
	int texts, numbers;                     /* columns of the kind, as wire_events.c reads them */
} KINDS[VIEW_KINDS] = {
	[VIEW_INSTITUTION] = { "institution", &SQL_view_put_institution, &SQL_view_drop_institution, 2, 0 },
	[VIEW_EMPLOYER] = { "employer", &SQL_view_put_employer, &SQL_view_drop_employer, 1, 3 },
	[VIEW_POSTING] = { "posting", &SQL_view_put_posting, &SQL_view_drop_posting, 6, 13 },
	[VIEW_EMPLOYER_RANKING] =
	    { "employer_ranking", &SQL_view_put_employer_ranking, &SQL_view_drop_employer_ranking, 3, 0 },
	[VIEW_PROGRAMME] = { "programme", &SQL_view_put_programme, &SQL_view_drop_programme, 3, 1 },
	[VIEW_LEARNER] = { "profile", &SQL_view_put_learner, &SQL_view_drop_learner, 6, 12 },
	[VIEW_LEARNER_RANKING] = { "learner_ranking", &SQL_view_put_learner_ranking, &SQL_view_drop_learner_ranking, 3, 0 },
	[VIEW_DIRECT_OFFER] = { "direct_offer", &SQL_view_put_direct_offer, &SQL_view_drop_direct_offer, 2, 0 },
};

static const char *const EMPLOYER_TOPICS[] = { "institution", "employer", "posting", "employer_ranking", NULL };
static const char *const LEARNER_TOPICS[] = { "programme", "profile", "learner_ranking", "direct_offer", "erasure",
    NULL };

const struct follow matching_follows[] = {
	{ .log_id = "employer_intake", .topics = EMPLOYER_TOPICS, .apply = view_apply, .drop = view_drop },
	{ .log_id = "learner_intake", .topics = LEARNER_TOPICS, .apply = view_apply, .drop = view_drop },
};
const size_t matching_follow_count = COUNT_OF(matching_follows);

static const struct kind *
kind_of_topic(const char *topic)
{
	for (size_t k = 0; k < VIEW_KINDS; k++)
		if (strcmp(KINDS[k].topic, topic) == 0)
			return &KINDS[k];
	return NULL;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */
/* Rows as one array for each column. */
static struct params
params_of_rows(struct arena *a, const struct kind *k, const char *log_id, const struct view_row *rows, size_t n)
{
	struct params p = params_new(a);
	const char **texts = arena_zalloc(a, n, sizeof *texts);
	int64_t *numbers = arena_zalloc(a, n, sizeof *numbers);
	bool *given = arena_zalloc(a, n, sizeof *given);

	if (texts == NULL || numbers == NULL || given == NULL) {
		p.failed = true;
		return p;
	}
	param_text(&p, log_id);
	for (int c = -1; c < k->texts; c++) {
		for (size_t i = 0; i < n; i++)
			texts[i] = c < 0 ? rows[i].key : rows[i].texts[c];
		param_texts(&p, texts, n);
		if (c >= 0)
			continue;
		for (size_t i = 0; i < n; i++)
			numbers[i] = rows[i].version;
		param_ints(&p, numbers, n);
	}
	for (int c = 0; c < k->numbers; c++) {
		for (size_t i = 0; i < n; i++) {
			numbers[i] = rows[i].numbers[c];
			given[i] = (rows[i].absent >> c & 1) == 0;
		}
		param_ints_or_null(&p, numbers, given, n);
	}
	return p;
}

/* Profiles that say that she is not in the pool. */
static int
departures_apply(struct work *w, const struct view_row *rows, size_t n)
{
	const char **learners = arena_zalloc(w->arena, n, sizeof *learners);
	size_t out = 0;

	if (learners == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++)
		if (rows[i].numbers[VIEW_LEARNER_IN_POOL] == 0)
			learners[out++] = rows[i].key;
	return departure_do(w, learners, out);
}

static int
kind_apply(struct work *w, const struct follow *f, const struct kind *k, const struct event *events, size_t count)
{
	struct view_row *rows = arena_zalloc(w->arena, count, sizeof *rows);
	size_t n = 0;

	if (rows == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(events[i].topic, k->topic) != 0)
			continue;
		int result = view_row_read((enum view_kind)(k - KINDS), &events[i], w->arena, &rows[n++]);
		if (result != STORE_OK)
			return result;
	}
	if (n == 0)
		return STORE_OK;
	struct params p = params_of_rows(w->arena, k, f->log_id, rows, n);
	struct rows *refused = NULL;
	int result = tx_run(w->tx, k->put, &p, &refused);
	if (result == STORE_OK && rows_count(refused) > 0)
		log_warn("log=%s topic=%s not_its_own=%d first=%s", f->log_id, k->topic, rows_count(refused),
		    rows_text(refused, 0, 0));
	return result == STORE_OK && k == &KINDS[VIEW_LEARNER] ? departures_apply(w, rows, n) : result;
}

static int
erasures_apply(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	const char **learners = arena_zalloc(w->arena, count, sizeof *learners);
	size_t n = 0;

	if (learners == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(events[i].topic, "erasure") != 0)
			continue;
		int result = erasure_read(&events[i], w->arena, &learners[n++]);
		if (result != STORE_OK)
			return result;
	}
	return n == 0 ? STORE_OK : erasure_do(w, f->log_id, learners, n);
}

int
view_apply(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (kind_of_topic(events[i].topic) == NULL && strcmp(events[i].topic, "erasure") != 0)
			return STORE_BROKEN;    /* not a topic that we asked for */
	for (size_t k = 0; k < VIEW_KINDS; k++) {
		int result = kind_apply(w, f, &KINDS[k], events, count);
		if (result != STORE_OK)
			return result;
	}
	tasks_soon(w);
	return erasures_apply(w, f, events, count);
}

int
view_drop(struct work *w, const struct follow *f, const char *topic, const char *key)
{
	const struct kind *k = kind_of_topic(topic);
	struct params p = params_new(w->arena);

	if (k == NULL)
		return STORE_OK;                /* an erasure leaves no row */
	param_text(&p, f->log_id);
	param_text(&p, key);
	tasks_soon(w);
	return tx_run(w->tx, k->drop, &p, NULL);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */
static const char *const NAMES[VIEW_KINDS] = {
	[VIEW_INSTITUTION] = "institution", [VIEW_EMPLOYER] = "employer", [VIEW_POSTING] = "posting",
	[VIEW_EMPLOYER_RANKING] = "employer_ranking", [VIEW_PROGRAMME] = "programme", [VIEW_LEARNER] = "learner",
	[VIEW_LEARNER_RANKING] = "learner_ranking", [VIEW_DIRECT_OFFER] = "direct_offer",
};

bool
view_kind_from_text(const char *text, enum view_kind *out)
{
	for (size_t k = 0; k < VIEW_KINDS; k++) {
		if (strcmp(NAMES[k], text) == 0) {
			*out = (enum view_kind)k;
			return true;
		}
	}
	return false;
}

const char *
view_kinds(void)
{
	return "institution|employer|posting|employer_ranking|programme|learner|learner_ranking|direct_offer";
}
