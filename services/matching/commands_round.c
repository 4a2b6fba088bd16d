/* SPDX-License-Identifier: Apache-2.0 */
/* What changes a round. Each handler decides before it writes; replies hold counts only, since they are kept. */
#include <string.h>

#include "base/log.h"
#include "base/refusal.h"
#include "commands.h"
#include "round_flow.h"
#include "round_freeze.h"
#include "store_pool.h"
#include "wire.h"

enum { LOOK_AGAIN_MS = 20 };
#define JOB_ARENA_BYTES ((size_t)8192 * MiB)
#define DRY_RUN_SEED "dry-run"

static enum verdict
later(struct call *call)
{
	call->again_mono_ms = call->work->mono_ms + LOOK_AGAIN_MS;
	return VERDICT_LATER;
}

static enum verdict
answer_counts(struct call *call, const struct round *r)
{
	struct report report;
	int result = round_show_make(call->work, r, asker_of(call), REPORT_COUNTS, &report);

	return result == STORE_OK ? round_show_answer(call, &report) : verdict_of(result);
}

/* The round, in a state that allows the event. */
static enum verdict
round_for(struct call *call, const char *id, enum round_event e, struct round **out)
{
	enum verdict v = round_of_call(call, id, out);

	if (v == VERDICT_OK && round_after((*out)->state, e) == ROUND_UNKNOWN)
		return call_refuse_state(call, "round", round_state_to_text((*out)->state), round_states_for(e));
	return v;
}

/* ---- open -------------------------------------------------------------------------------------------------------- */
static bool
seed_draw(struct work *w, struct round *r)
{
	uint8_t bytes[32];
	char *seed = arena_alloc(w->arena, ROUND_DIGEST_HEX), *hash = arena_alloc(w->arena, ROUND_DIGEST_HEX);

	if (seed == NULL || hash == NULL)
		return false;
	w->random(w->random_self, bytes, sizeof bytes);
	hex_from_bytes(bytes, sizeof bytes, seed);
	digest_256(seed, strlen(seed), NULL, 0, bytes);
	hex_from_bytes(bytes, sizeof bytes, hash);
	r->seed = seed;
	r->seed_hash = hash;
	return true;
}

enum verdict
on_round_open(struct call *call)
{
	struct work *w = call->work;
	struct round_open ask;
	struct round r = { .state = ROUND_OPENED, .revision = 1, .opened_ms = w->now_ms, .instance_digest = "",
		.outcome_digest = "", .rank_counts = "" };
	struct id id = id_make(w->now_ms, w->random, w->random_self);
	char hex[ID_HEX_SIZE];
	enum verdict v = round_open_read(call, &ask);

	if (v != VERDICT_OK)
		return v;
	id_to_hex(&id, hex);
	r.round = arena_strdup(w->arena, hex);
	r.title = ask.title;
	r.weights = ask.weights;
	r.guarantee = ask.guarantee;
	if (r.round == NULL || !seed_draw(w, &r))
		return VERDICT_RETRY;
	call->subject_ids = r.round;
	int result = round_store_add(w->tx, w->arena, &r);
	if (result == STORE_OK)
		result = round_tell_opened(w, &r);
	return result == STORE_OK ? answer_counts(call, &r) : verdict_of(result);
}

/* ---- freeze ------------------------------------------------------------------------------------------------------ */
static enum verdict
freeze(struct call *call, struct round *r, const struct round_position *positions, size_t n)
{
	struct work *w = call->work;

	r->frozen_ms = w->now_ms;
	int result = position_store_add(w->tx, w->arena, r->round, positions, n);
	if (result == STORE_OK)
		result = snapshot_store_take(w->tx, w->arena, r->round, today(w));
	if (result == STORE_OK)
		result = round_go(w, r, ROUND_EVENT_FREEZE);
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

enum verdict
on_round_freeze(struct call *call)
{
	struct matching *m = call->work->service;
	struct round_ask ask;
	struct round *r = NULL;
	struct round_position *positions = NULL;
	size_t n = 0;
	const char *log = NULL, *missing = NULL;
	enum verdict v = round_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = round_for(call, ask.round, ROUND_EVENT_FREEZE, &r);
	if (v != VERDICT_OK)
		return v;
	switch (freeze_look(m, call, &positions, &n, &log, &missing)) {
	case FREEZE_READY:     return freeze(call, r, positions, n);
	case FREEZE_WAITS:     return later(call);
	case FREEZE_LATE:      return call_refuse(call, REFUSAL_LATE, log, missing);
	case FREEZE_NO_MEMORY: break;
	}
	return VERDICT_RETRY;
}

/* ---- solve ------------------------------------------------------------------------------------------------------- */
/* Hands the pool, as it stands in this transaction, to the worker; to be verified: with the outcome as it is stored. */
static enum verdict
job_begin(struct call *call, const struct round *r, const char *key, enum job_kind kind, bool of_view)
{
	struct matching *m = call->work->service;
	struct work *w = call->work;
	struct arena *a = arena_new(JOB_ARENA_BYTES);
	struct job_data data = { 0 };
	struct pool *pool = NULL;
	char *outcome = NULL;
	int result = a == NULL ? STORE_RETRY : pool_load(w->tx, w->arena, a, of_view ? "" : r->round, today(w), &pool);

	if (result == STORE_OK && kind == JOB_VERIFY)
		result = file_store_load(w->tx, w->arena, a, r->round, &outcome, &data.outcome_size);
	if (result == STORE_OK) {
		pool->seed = arena_strdup(a, of_view ? DRY_RUN_SEED : r->seed);
		pool->weights = r->weights;
		pool->guarantee = r->guarantee;
		result = pool->seed == NULL ? STORE_RETRY : STORE_OK;
	}
	if (result == STORE_OK) {
		data.pool = pool;
		data.outcome = outcome != NULL ? outcome : "";
		jobs_start(m->jobs, key, kind, r->revision, &a, &data);
	}
	arena_destroy(&a);
	return result == STORE_OK ? later(call) : verdict_of(result);
}

/* What the verifier does not accept is neither stored nor published: the caller is told which condition, the log which ids. */
static enum verdict
not_accepted(struct call *call, const struct round *r, const char *condition, const char *why)
{
	log_error("round=%s verifier=%s because=\"%s\"", r->round, condition, why);
	return call_refuse(call, REFUSAL_VERIFIER, "outcome", condition);
}

/*
 * What the worker makes of this round for this command; VERDICT_LATER until it is there. A job stands for one request,
 * so a repeated request finds it, and what was made of an older revision of the round is thrown away.
 */
static enum verdict
job_result(struct call *call, const struct round *r, enum job_kind kind, bool of_view, const struct solution **out)
{
	struct matching *m = call->work->service;
	char key[ID_HEX_SIZE];

	id_to_hex(&call->request_id, key);
	struct job *job = jobs_find(m->jobs, key);
	if (job != NULL && job_revision(job) != r->revision) {
		jobs_drop(m->jobs, job);
		job = NULL;
	}
	if (job == NULL)
		return jobs_have_room(m->jobs) ? job_begin(call, r, key, kind, of_view) : later(call);
	if (!job_is_done(job))
		return later(call);
	switch (job_status(job)) {
	case SOLVE_OK:
		*out = job_solution(job);
		return VERDICT_OK;
	case SOLVE_REFUSED:
		return not_accepted(call, r, job_condition(job), job_why(job));
	case SOLVE_NO_MEMORY:
		break;
	}
	jobs_drop(m->jobs, job);
	return VERDICT_RETRY;
}

static enum verdict
solve_keep(struct call *call, struct round *r, const struct solution *s)
{
	struct work *w = call->work;
	int result = outcome_store_put(w->tx, r->round, s);

	r->instance_digest = s->instance_digest;
	r->outcome_digest = s->outcome_digest;
	r->rank_counts = s->rank_counts;
	r->verified = true;                     /* solution_make hands over nothing else */
	if (result == STORE_OK)
		result = round_go(w, r, ROUND_EVENT_SOLVE);
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

/* Nothing of a dry run is kept but the reply. */
static enum verdict
solve_tell(struct call *call, const struct round *r, const struct solution *s)
{
	struct report report = { .round = r, .dry_run = true, .verified = true,
		.seed = round_is_frozen(r->state) ? r->seed : DRY_RUN_SEED,
		.instance_digest = s->instance_digest, .rank_counts = s->rank_counts, .own_rank_counts = "", .colleges = s->colleges,
		.n_colleges = s->n_colleges };

	for (size_t i = 0; i < s->n_colleges; i++) {
		report.postings += s->colleges[i].postings;
		report.seats += s->colleges[i].seats;
		report.seats_filled += s->colleges[i].seats_filled;
	}
	call->done = BASSIN__V1__REPLY_CODE__DRY_RUN;
	return round_show_answer(call, &report);
}

enum verdict
on_round_solve(struct call *call)
{
	struct round_ask ask;
	struct round *r = NULL;
	const struct solution *s = NULL;
	enum verdict v = round_solve_read(call, &ask);

	if (v == VERDICT_OK)
		v = round_of_call(call, ask.round, &r);
	if (v != VERDICT_OK)
		return v;
	bool of_view = ask.dry_run && r->state == ROUND_OPENED;
	if (!of_view && round_after(r->state, ROUND_EVENT_SOLVE) == ROUND_UNKNOWN)
		return call_refuse_state(call, "round", round_state_to_text(r->state),
		    ask.dry_run ? "open|frozen|solved" : round_states_for(ROUND_EVENT_SOLVE));
	v = job_result(call, r, JOB_SOLVE, of_view, &s);
	if (v != VERDICT_OK)
		return v;
	BUG_IF(s == NULL);
	return ask.dry_run ? solve_tell(call, r, s) : solve_keep(call, r, s);
}

/* ---- publish ----------------------------------------------------------------------------------------------------- */
/* The verifier judges the stored bytes once more, against the snapshot, and they are those that were stored. */
enum verdict
on_round_publish(struct call *call)
{
	struct work *w = call->work;
	struct round_ask ask;
	struct round *r = NULL;
	const struct solution *s = NULL;
	enum verdict v = round_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = round_for(call, ask.round, ROUND_EVENT_PUBLISH, &r);
	if (v == VERDICT_OK)
		v = job_result(call, r, JOB_VERIFY, false, &s);
	if (v != VERDICT_OK)
		return v;
	BUG_IF(s == NULL);
	if (strcmp(s->instance_digest, r->instance_digest) != 0 || strcmp(s->outcome_digest, r->outcome_digest) != 0)
		return not_accepted(call, r, "not_the_stored_outcome", "digests differ");
	int64_t since = 0;
	int result = standing_store_since(w->tx, w->arena, r->round, &since);
	if (result == STORE_OK && since > 0)    /* the freeze did not know of it: it takes another one */
		return call_refuse(call, REFUSAL_STANDS_ANEW, "placement", NULL);
	r->published_ms = w->now_ms;
	if (result == STORE_OK)
		result = round_go(w, r, ROUND_EVENT_PUBLISH);
	if (result == STORE_OK)
		result = round_tell_outcome(w, r);
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

/* ---- close and withdraw ------------------------------------------------------------------------------------------ */
enum verdict
on_round_close(struct call *call)
{
	struct work *w = call->work;
	struct round_ask ask;
	struct round *r = NULL;
	enum verdict v = round_ask_read(call, &ask);

	if (v == VERDICT_OK)
		v = round_for(call, ask.round, ROUND_EVENT_CLOSE, &r);
	if (v != VERDICT_OK)
		return v;
	int result = round_go(w, r, ROUND_EVENT_CLOSE);
	if (result == STORE_OK)
		result = round_store_end(w->tx, w->arena, r->round, w->now_ms, "");
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

static enum verdict
call_off(struct call *call, struct round *r, const char *reason)
{
	struct work *w = call->work;
	int64_t crowded = 0;
	int result = r->state == ROUND_PUBLISHED ? standing_store_back(w->tx, w->arena, r->round, &crowded) : STORE_OK;

	if (result == STORE_OK && crowded > 0)  /* a later round stands on this one: that one goes first */
		return call_refuse(call, REFUSAL_LATER_ROUND, "placement", NULL);
	if (result == STORE_OK)
		result = round_store_end(w->tx, w->arena, r->round, w->now_ms, reason);
	if (result == STORE_OK && r->state == ROUND_PUBLISHED) {
		result = round_call_off_published(w, r);
	} else if (result == STORE_OK) {
		result = snapshot_store_drop(w->tx, w->arena, r->round);
		if (result == STORE_OK)
			result = round_go(w, r, ROUND_EVENT_CALL_OFF);
	}
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

static enum verdict
leave(struct call *call, struct round *r, const struct leaver *l, const char *reason)
{
	struct work *w = call->work;
	struct round_withdrawal left = { l->learner, l->posting, l->institution, reason, w->now_ms, NULL };
	int result = withdrawal_store_add(w->tx, w->arena, r->round, &left);

	if (result == STORE_OK)
		result = round_unsolve(w, r);
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

/* What is published stays; her place, or the seats of that posting, are free for the next round. */
static enum verdict
give_up(struct call *call, const struct round *r, const struct leaver *l, const char *reason)
{
	struct work *w = call->work;
	struct round_withdrawal left = { l->learner, l->posting, l->institution, reason, w->now_ms, NULL };
	int result = withdrawal_store_add(w->tx, w->arena, r->round, &left);

	if (result == STORE_OK)
		result = round_tell_posting(w, r, l->at);
	if (result == STORE_OK)
		log_info("round=%s given_up=%s", r->round, l->learner[0] != '\0' ? l->learner : l->posting);
	return result == STORE_OK ? answer_counts(call, r) : verdict_of(result);
}

enum verdict
on_round_withdraw(struct call *call)
{
	struct work *w = call->work;
	struct round_leave ask;
	struct round *r = NULL;
	struct leaver leaver;
	bool found = false;
	enum verdict v = round_leave_read(call, &ask);

	if (v != VERDICT_OK)
		return v;
	bool whole = ask.learner[0] == '\0' && ask.posting[0] == '\0';
	if (whole && asker_of(call) != NULL)
		return call_refuse(call, REFUSAL_NOT_YOURS, "round", NULL);
	v = round_for(call, ask.round, whole ? ROUND_EVENT_CALL_OFF : ROUND_EVENT_LEAVE, &r);
	if (v != VERDICT_OK)
		return v;
	if (whole)
		return call_off(call, r, ask.reason);
	bool published = r->state == ROUND_PUBLISHED;
	int result = (published ? leaver_store_find_placed : leaver_store_find)(
	    w->tx, w->arena, r->round, ask.learner, ask.posting, asker_of(call), &leaver, &found);
	if (result != STORE_OK)
		return verdict_of(result);
	const char *field = ask.learner[0] != '\0' ? "learner" : "posting";
	if (!found)                             /* not there, or not the caller's: the same answer */
		return call_refuse(call, REFUSAL_UNKNOWN, field, NULL);
	if (leaver.gone)
		return call_refuse(call, REFUSAL_DUPLICATE, field, NULL);
	return published ? give_up(call, r, &leaver, ask.reason) : leave(call, r, &leaver, ask.reason);
}
