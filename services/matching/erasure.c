/* SPDX-License-Identifier: Apache-2.0 */
/* What is forgotten, in which order: files and rounds first, while it is still known where she was; then rows. */
#include "erasure.h"

#include "base/log.h"
#include "matching.h"
#include "matching/sql.h"
#include "round_flow.h"

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

/* Not yet published: it is to be solved again without her. */
static int
solved_void(struct work *w, struct round *r)
{
	int result = outcome_store_void(w->tx, w->arena, r->round);

	r->instance_digest = "";
	r->outcome_digest = "";
	r->rank_counts = "";
	return result == STORE_OK ? round_go(w, r, ROUND_EVENT_LEAVE) : result;
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

int
erasure_do(struct work *w, const char *const *learners, size_t n)
{
	struct matching *m = w->service;
	struct round *rounds = NULL;
	size_t count = 0;
	struct params view = params_of(w, learners, n), snapshot = params_of(w, learners, n);
	int result = rounds_of(w, learners, n, &rounds, &count);

	if (m != NULL && m->jobs != NULL)
		jobs_forget(m->jobs);           /* their copies of the data know her too */
	param_text(&snapshot, ERASED_LEARNER);
	for (size_t i = 0; i < count && result == STORE_OK; i++)
		result = file_erase(w, rounds[i].round, learners, n);
	if (result == STORE_OK)
		result = tx_run(w->tx, &SQL_erase_snapshot, &snapshot, NULL);
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		rounds[i].revision++;           /* erase_snapshot has written it so */
		rounds[i].erased++;
		if (rounds[i].state == ROUND_SOLVED)
			result = solved_void(w, &rounds[i]);
	}
	if (result == STORE_OK)
		result = tx_run(w->tx, &SQL_erase_view, &view, NULL);
	if (result == STORE_OK)
		log_info("erased=%zu rounds=%zu", n, count);
	return result;
}
