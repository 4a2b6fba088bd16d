/* SPDX-License-Identifier: Apache-2.0 */
/* What only looks: reports, files, lists. */
#include <string.h>
#include <unistd.h>

#include "base/refusal.h"
#include "commands.h"
#include "matching/sql.h"
#include "round_flow.h"
#include "service/listing.h"
#include "store_pool.h"
#include "view.h"
#include "wire.h"

enum { LOOK_AGAIN_MS = 20, SLICE_MAX = 1024 * 1024, LIST_COLUMNS_MAX = 32 };
#define JOB_ARENA_BYTES ((size_t)8192 * MiB)

/* ---- one round --------------------------------------------------------------------------------------------------- */
enum verdict
on_round_show(struct call *call)
{
	struct round_ask ask;
	struct round *r = NULL;
	struct report report;
	enum verdict v = round_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = round_of_call(call, ask.round, &r);
	if (v != VERDICT_OK)
		return v;
	int result = round_show_make(call->work, r, asker_of(call), REPORT_LINES, &report);
	return result == STORE_OK ? round_show_answer(call, &report) : verdict_of(result);
}

static enum verdict
export_outcome(struct call *call, const struct round *r, uint64_t offset)
{
	struct bytes slice;
	uint64_t total = 0;

	if (r->outcome_digest[0] == '\0' || !round_has_snapshot(r->state))
		return call_refuse_state(call, "round", round_state_to_text(r->state), "solved|published|closed");
	int result = file_store_read(call->work->tx, call->work->arena, r->round, offset, SLICE_MAX, &slice, &total);
	if (result != STORE_OK)
		return verdict_of(result);
	if (offset > total)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "offset", NULL);
	return slice_answer(call, slice.data, slice.size, total);
}

static enum verdict
file_slice(struct call *call, const struct job *job, uint64_t offset)
{
	uint64_t total = 0;
	FILE *file = job_file(job, &total);

	if (offset > total)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "offset", NULL);
	size_t size = total - offset < SLICE_MAX ? (size_t)(total - offset) : SLICE_MAX, at = 0;
	uint8_t *data = arena_alloc(call->work->arena, size);
	while (data != NULL && at < size) {
		ssize_t n = pread(fileno(file), data + at, size - at, (off_t)(offset + at));
		if (n <= 0)
			return VERDICT_RETRY;
		at += (size_t)n;
	}
	return data == NULL ? VERDICT_RETRY : slice_answer(call, data, size, total);
}

static enum verdict
export_begin(struct call *call, const struct round *r, const char *key)
{
	struct matching *m = call->work->service;
	struct arena *a = arena_new(JOB_ARENA_BYTES);
	struct job_data data = { 0 };
	struct pool *pool = NULL;
	int result = a == NULL ? STORE_RETRY : pool_load(call->work->tx, call->work->arena, a, r->round, today(call->work), &pool);

	if (result == STORE_OK) {
		pool->seed = arena_strdup(a, r->seed);
		pool->weights = r->weights;
		pool->guarantee = r->guarantee;
		data.pool = pool;
		result = pool->seed == NULL ? STORE_RETRY : STORE_OK;
	}
	if (result == STORE_OK)
		jobs_start(m->jobs, key, JOB_EXPORT, r->revision, &a, &data);
	arena_destroy(&a);
	return result == STORE_OK ? VERDICT_LATER : verdict_of(result);
}

/* Written anew out of the snapshot by the worker, and kept for the slices that follow while nobody else needs the
 * slot. */
static enum verdict
export_instance(struct call *call, const struct round *r, uint64_t offset)
{
	struct matching *m = call->work->service;
	const char *key = arena_printf(call->work->arena, "export/%s/%lld", r->round, (long long)r->revision);

	if (!round_has_snapshot(r->state))
		return call_refuse_state(call, "round", round_state_to_text(r->state), "frozen|solved|published|closed");
	call->again_mono_ms = call->work->mono_ms + LOOK_AGAIN_MS;
	struct job *job = key == NULL ? NULL : jobs_find(m->jobs, key);
	if (key == NULL)
		return VERDICT_RETRY;
	if (job == NULL)
		return jobs_have_room(m->jobs) ? export_begin(call, r, key) : VERDICT_LATER;
	if (!job_is_done(job))
		return VERDICT_LATER;
	if (job_status(job) == SOLVE_OK)
		return file_slice(call, job, offset);
	enum verdict v = VERDICT_RETRY;
	if (job_status(job) == SOLVE_REFUSED)
		v = call_refuse(call, REFUSAL_VERIFIER, "instance", job_why(job));
	jobs_drop(m->jobs, job);
	return v;
}

/* The files hold every college's learners, so they are the intermediary's. */
enum verdict
on_round_export(struct call *call)
{
	struct round_slice ask;
	struct round *r = NULL;
	enum verdict v = round_slice_read(call, &ask);

	if (v == VERDICT_OK && asker_of(call) != NULL)
		return call_refuse(call, REFUSAL_NOT_YOURS, "round", NULL);
	if (v == VERDICT_OK)
		v = round_of_call(call, ask.round, &r);
	if (v != VERDICT_OK)
		return v;
	return ask.outcome ? export_outcome(call, r, ask.offset) : export_instance(call, r, ask.offset);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */
/* Rows whose first column is the cursor and whose others are the cells, as text. */
static enum verdict
list_answer(struct call *call, const struct sql *sql, const struct params *p, const char *const *columns,
    uint32_t limit)
{
	struct listing *l = listing_new(call->work->arena, columns, limit);
	const char *cells[LIST_COLUMNS_MAX];
	struct rows *r = NULL;
	size_t count = 0;
	int result = l == NULL ? STORE_RETRY : tx_run(call->work->tx, sql, p, &r);

	if (result != STORE_OK)
		return verdict_of(result);
	while (columns[count] != NULL)
		count++;
	BUG_IF(count > LIST_COLUMNS_MAX);
	for (int i = 0; i < rows_count(r); i++) {
		for (size_t c = 0; c < count; c++)
			cells[c] = rows_text(r, i, (int)c + 1);
		if (!listing_add(l, rows_text(r, i, 0), cells))
			break;
	}
	return listing_answer(call, l);
}

enum verdict
on_round_list(struct call *call)
{
	static const char *const NAMES[] = { "state", NULL };
	static const char *const COLUMNS[] = { "round", "title", "state", "opened_ms", "frozen_ms", "published_ms", "ended_ms",
		"seed_hash", "seed", "instance_digest", "reason", NULL };
	struct list_ask *ask = NULL;
	enum verdict v = list_ask_read(call, NAMES, &ask);

	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "state", "open|frozen|solved|published|closed|withdrawn");
	if (v != VERDICT_OK)
		return v;
	struct params p = params_new(call->work->arena);
	param_text(&p, ask->after);
	param_int(&p, (int64_t)ask->limit + 1);
	param_text(&p, list_filter(ask, "state"));
	return list_answer(call, &SQL_round_list, &p, COLUMNS, ask->limit);
}

enum verdict
on_waiting_list(struct call *call)
{
	static const char *const NAMES[] = { "kind", NULL };
	static const char *const COLUMNS[] = { "kind", "institution", "row", "refers_to", NULL };
	struct list_ask *ask = NULL;
	enum verdict v = list_ask_read(call, NAMES, &ask);

	if (v == VERDICT_OK)
		v = list_filter_check(call, ask, "kind", WAITING_KINDS);
	if (v != VERDICT_OK)
		return v;
	struct params p = params_new(call->work->arena);
	param_text(&p, ask->after);
	param_int(&p, (int64_t)ask->limit + 1);
	param_text(&p, asker_of(call));
	param_text(&p, list_filter(ask, "kind"));
	return list_answer(call, &SQL_waiting_list, &p, COLUMNS, ask->limit);
}

/* Whoever is not the asker's own is listed as somebody without a row. */
enum verdict
on_placement_list(struct call *call)
{
	static const char *const NAMES[] = { "learner", "posting", "round", NULL };
	static const char *const COLUMNS[] = { "learner", "pool_number", "institution", "round", "title", "state", "posting",
		"placed_by", "choice", "moved_from", "reason", "stands", NULL };
	struct arena *a = call->work->arena;
	const char *asker = asker_of(call), *number = NULL, *institution = NULL;
	struct list_ask *ask = NULL;
	bool found = false;
	enum verdict v = list_ask_read(call, NAMES, &ask);

	if (v != VERDICT_OK)
		return v;
	const char *learner = list_filter(ask, "learner"), *posting = list_filter(ask, "posting");
	int result = learner == NULL ? STORE_OK :
	                               pair_learner_find(call->work->tx, a, asker, learner, &number, &institution, &found);
	if (result != STORE_OK)
		return verdict_of(result);
	if (posting != NULL && strchr(posting, '/') == NULL && asker != NULL &&
	    (posting = arena_printf(a, "%s/%s", asker, posting)) == NULL)
		return VERDICT_RETRY;
	struct params p = params_new(a);
	param_text(&p, ask->after);
	param_int(&p, (int64_t)ask->limit + 1);
	param_text(&p, asker);
	param_text(&p, learner == NULL ? NULL : found ? number : "");
	param_text(&p, posting);
	param_text(&p, list_filter(ask, "round"));
	return list_answer(call, &SQL_placement_list, &p, COLUMNS, ask->limit);
}

/* Nothing is told that a ranking which names them would not tell. */
enum verdict
on_postings_unknown(struct call *call)
{
	struct arena *a = call->work->arena;
	struct posting_names names;
	struct rows *r = NULL;
	enum verdict v = posting_names_read(call, &names);

	if (v != VERDICT_OK)
		return v;
	struct params p = params_new(a);
	param_texts(&p, names.full, names.n);
	int result = tx_run(call->work->tx, &SQL_postings_unknown, &p, &r);
	if (result != STORE_OK)
		return verdict_of(result);
	size_t n = (size_t)rows_count(r);
	int64_t *places = arena_zalloc(a, n + 1, sizeof *places);
	if (places == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < n; i++)
		places[i] = rows_int(r, (int)i, 0);
	return posting_names_answer(call, &names, places, n);
}

/* ---- the view, for the operator and for tests -------------------------------------------------------------------- */
#define COLUMNS_OF(...) (const char *const[]){ __VA_ARGS__, NULL }

static const struct { const struct sql *sql; const char *const *columns; } VIEW_LISTS[VIEW_KINDS] = {
	[VIEW_INSTITUTION] = { &SQL_view_list_institution, COLUMNS_OF("institution", "log_id", "version", "name_fr",
	    "name_en") },
	[VIEW_EMPLOYER] = { &SQL_view_list_employer, COLUMNS_OF("employer", "log_id", "version", "institution",
	    "latitude_e7", "longitude_e7", "paused_until") },
	[VIEW_POSTING] = { &SQL_view_list_posting, COLUMNS_OF("posting", "log_id", "version", "institution",
	    "employer", "state", "programmes", "competencies", "reserves", "wil_type", "seats", "starts_on", "ends_on",
	    "hours_hundredths", "weekdays", "languages", "place_kind", "latitude_e7", "longitude_e7", "accepts_unranked",
	    "assignable", "reserves_last") },
	[VIEW_EMPLOYER_RANKING] = { &SQL_view_list_employer_ranking, COLUMNS_OF("posting", "log_id", "version",
	    "institution", "tiers", "learners") },
	[VIEW_PROGRAMME] = { &SQL_view_list_programme, COLUMNS_OF("programme", "log_id", "version", "title_fr",
	    "title_en", "level", "hours") },
	[VIEW_LEARNER] = { &SQL_view_list_learner, COLUMNS_OF("learner", "log_id", "version", "institution",
	    "external_id", "programme", "competencies", "groups", "permanent_code_hash", "in_pool", "latitude_e7",
	    "longitude_e7", "max_distance_m", "available_from", "available_to", "hours_hundredths", "weekdays", "languages",
	    "wil_types", "assignable", "tier") },
	[VIEW_LEARNER_RANKING] = { &SQL_view_list_learner_ranking, COLUMNS_OF("learner", "log_id", "version",
	    "institution", "tiers", "postings") },
	[VIEW_DIRECT_OFFER] = { &SQL_view_list_direct_offer, COLUMNS_OF("learner", "log_id", "version",
	    "institution", "posting") },
};

enum verdict
on_view_list(struct call *call)
{
	static const char *const NAMES[] = { "kind", NULL };
	struct list_ask *ask = NULL;
	enum view_kind kind;
	enum verdict v = list_ask_read(call, NAMES, &ask);

	if (v != VERDICT_OK)
		return v;
	const char *text = list_filter(ask, "kind");
	if (text == NULL || !view_kind_from_text(text, &kind))
		return call_refuse(call, text == NULL ? REFUSAL_REQUIRED : REFUSAL_NOT_IN_LIST, "kind", view_kinds());
	struct params p = params_new(call->work->arena);
	param_text(&p, ask->after);
	param_int(&p, (int64_t)ask->limit + 1);
	return list_answer(call, VIEW_LISTS[kind].sql, &p, VIEW_LISTS[kind].columns, ask->limit);
}
