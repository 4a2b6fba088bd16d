/* SPDX-License-Identifier: Apache-2.0 */
/* What is forgotten, in which order: files and rounds first, while it is still known where she was; then rows. */
#include "erasure.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/core_pg.h"
#include "matching.h"
#include "matching/sql.h"
#include "round_flow.h"
#include "wire.h"

static struct params
params_of(struct work *w, const char *const *learners, size_t n)
{
	struct params p = params_new(w->arena);

	param_texts(&p, learners, n);
	return p;
}

static int
file_erase(struct work *w, const char *round, const char *const *learners, size_t n)
{
	int result = STORE_OK;

	for (size_t i = 0; i < n && result == STORE_OK; i++) {
		struct params p = params_new(w->arena);
		param_text(&p, learners[i]);
		param_text(&p, ERASED_LEARNER);
		param_text(&p, round);
		result = tx_run(w->tx, &SQL_erase_file, &p, NULL);
	}
	return result;
}

/* The rounds that hold one of them, loaded whole, so that each can be moved. */
static int
rounds_of(struct work *w, const char *const *learners, size_t n, struct round **out, size_t *count)
{
	struct params p = params_of(w, learners, n);
	struct rows *r = NULL;
	int result = tx_run(w->tx, &SQL_erase_rounds, &p, &r);

	*count = result == STORE_OK ? (size_t)rows_count(r) : 0;
	*out = arena_zalloc(w->arena, *count, sizeof **out);
	const char **ids = arena_zalloc(w->arena, *count, sizeof *ids);
	if (*out == NULL || ids == NULL)
		return STORE_RETRY;
	bool failed = false, found;
	for (size_t i = 0; i < *count; i++)
		ids[i] = text_kept(w->arena, r, (int)i, 0, &failed);
	for (size_t i = 0; i < *count && result == STORE_OK && !failed; i++)
		result = round_store_load(w->tx, w->arena, ids[i], &(*out)[i], &found);
	return failed ? STORE_RETRY : result;
}

/* ---- whose they are ---------------------------------------------------------------------------------------------- */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Puts them in order and leaves out whom another log told of. */
static int
own_kept(struct work *w, const char *log_id, const char **learners, size_t *n)
{
	struct params p = params_new(w->arena);
	struct rows *foreign = NULL;
	size_t kept = 0;

	param_text(&p, log_id);
	param_texts(&p, learners, *n);
	int result = tx_run(w->tx, &SQL_erase_foreign, &p, &foreign);
	if (result != STORE_OK)
		return result;
	qsort(learners, *n, sizeof *learners, by_text);
	int at = 0, end = rows_count(foreign);
	for (size_t i = 0; i < *n; i++) {
		while (at < end && strcmp(rows_text(foreign, at, 0), learners[i]) < 0)
			at++;
		if (at == end || strcmp(rows_text(foreign, at, 0), learners[i]) != 0)
			learners[kept++] = learners[i];
	}
	if (end > 0)
		log_warn("log=%s topic=erasure not_its_own=%d first=%s", log_id, end, rows_text(foreign, 0, 0));
	*n = kept;
	return STORE_OK;
}

/* ---- what our log said ------------------------------------------------------------------------------------------- */
/* The last word on each key stands, whichever round said it; so it is that which is told anew. */
static int
told_without(struct work *w, const char *const *learners, size_t n)
{
	struct params p = params_of(w, learners, n);
	struct rows *keys = NULL;
	struct event *last = NULL;
	size_t count = 0;
	int64_t version = 0;
	bool failed = false;
	int result = tx_run(w->tx, &SQL_erase_told, &p, &keys);

	if (result != STORE_OK || rows_count(keys) == 0)
		return result;
	size_t wanted = (size_t)rows_count(keys);
	const char **topics = arena_zalloc(w->arena, wanted, sizeof *topics);
	const char **names = arena_zalloc(w->arena, wanted, sizeof *names);
	if (topics == NULL || names == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < wanted; i++) {
		topics[i] = text_kept(w->arena, keys, (int)i, 0, &failed);
		names[i] = text_kept(w->arena, keys, (int)i, 1, &failed);
	}
	if (failed)
		return STORE_RETRY;
	result = core_pg_events_last(w->tx, w->arena, topics, names, wanted, &last, &count);
	if (result == STORE_OK)
		result = core_pg_events_blank(w->tx, w->arena, topics, names, wanted);
	core_log_forget(w);
	if (result == STORE_OK)
		result = told_store_next(w->tx, &version);
	for (size_t i = 0; i < count && result == STORE_OK; i++)
		result = retell_without(w, &last[i], version, learners, n);
	return result;
}

/* ---- */
int
erasure_do(struct work *w, const char *log_id, const char **learners, size_t n)
{
	struct matching *m = w->service;
	struct round *rounds = NULL;
	size_t count = 0;
	int result = own_kept(w, log_id, learners, &n);

	if (result != STORE_OK || n == 0)
		return result;
	struct params view = params_of(w, learners, n), snapshot = params_of(w, learners, n);
	result = rounds_of(w, learners, n, &rounds, &count);
	if (m != NULL && m->jobs != NULL)
		jobs_forget(m->jobs);           /* their copies of the data know her too */
	param_text(&snapshot, ERASED_LEARNER);
	if (result == STORE_OK)
		result = told_without(w, learners, n);
	for (size_t i = 0; i < count && result == STORE_OK; i++)
		result = file_erase(w, rounds[i].round, learners, n);
	if (result == STORE_OK)
		result = tx_run(w->tx, &SQL_erase_snapshot, &snapshot, NULL);
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		rounds[i].revision++;           /* erase_snapshot has written it so */
		rounds[i].erased++;
		if (rounds[i].state == ROUND_SOLVED)
			result = round_unsolve(w, &rounds[i]);
	}
	if (result == STORE_OK)
		result = tx_run(w->tx, &SQL_erase_view, &view, NULL);
	if (result == STORE_OK)
		log_info("erased=%zu rounds=%zu", n, count);
	return result;
}
