/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, the state of the service, and what all handlers share. */
#include "commands.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/refusal.h"
#include "service/service.h"
#include "store.h"

enum { THREADS_MAX = 16 };

#define ROW(type, handler, reads_only) { BASSIN__V1__COMMAND_TYPE__##type, handler, reads_only }

const struct command matching_commands[] = {
	/*  command         handler            only looks */
	ROW(ROUND_OPEN,     on_round_open,     false),
	ROW(ROUND_FREEZE,   on_round_freeze,   false),
	ROW(ROUND_SOLVE,    on_round_solve,    false),
	ROW(ROUND_PUBLISH,  on_round_publish,  false),
	ROW(ROUND_CLOSE,    on_round_close,    false),
	ROW(ROUND_WITHDRAW, on_round_withdraw, false),
	ROW(ROUND_SHOW,     on_round_show,     true),
	ROW(ROUND_EXPORT,   on_round_export,   true),
	ROW(ROUND_LIST,     on_round_list,     true),
	ROW(WAITING_LIST,   on_waiting_list,   true),
	ROW(CANDIDATE_LIST, on_candidate_list, true),
	ROW(PLACEMENT_LIST, on_placement_list, true),
	ROW(POSTINGS_UNKNOWN, on_postings_unknown, true),
	ROW(PAIR_SHOW,      on_pair_show,      true),
	ROW(VIEW_LIST,      on_view_list,      true),
	ROW(LEARNER_HELD,   on_learner_held,   true),
};
const size_t matching_command_count = COUNT_OF(matching_commands);

/* ---- shared by handlers ------------------------------------------------------------------------------------------ */
const char *
asker_of(const struct call *call)
{
	return call->who->role == ROLE_COLLEGE ? call->who->institution : NULL;
}

enum verdict
verdict_of(int store_result)
{
	switch (store_result) {
	case STORE_OK:     return VERDICT_OK;
	case STORE_BROKEN: return VERDICT_BROKEN;
	default:           return VERDICT_RETRY;
	}
}

enum verdict
round_of_call(struct call *call, const char *id, struct round **out)
{
	bool found = false;

	*out = arena_zalloc(call->work->arena, 1, sizeof **out);
	int result = *out == NULL ? STORE_RETRY : round_store_load(call->work->tx, call->work->arena, id, *out, &found);
	if (result != STORE_OK)
		return verdict_of(result);
	call->subject_ids = id;
	return found ? VERDICT_OK : call_refuse(call, REFUSAL_UNKNOWN, "round", NULL);
}

/* ---- the service ------------------------------------------------------------------------------------------------- */
static void
wake(void *rt)
{
	runtime_wake(rt);
}

/* What a solution may use: all of the machine, within reason; the main loop sleeps most of the time. */
static int
threads_of_machine(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (int)n;
}

int
matching_open(struct runtime *rt, void **state)
{
	struct matching *m = calloc(1, sizeof *m);

	if (m != NULL) {
		m->freeze_wait_ms = settings_int(runtime_settings(rt), "freeze_wait_ms");
		m->waiting_ms = settings_int(runtime_settings(rt), "waiting_days") * DAY_MS;
		m->tasks.wait_ms = settings_int(runtime_settings(rt), "tasks_wait_ms");
		m->jobs = jobs_new(wake, rt, threads_of_machine());
	}
	if (m == NULL || m->jobs == NULL) {
		log_error("worker started=0");
		free(m);
		return -1;
	}
	*state = m;
	return 0;
}

void
matching_close(void **state)
{
	struct matching *m = state == NULL ? NULL : *state;

	if (m == NULL)
		return;
	jobs_destroy(&m->jobs);
	free(m);
	*state = NULL;
}

/* Another instance goes on; what is in hand here is for nobody. */
void
matching_passive(void *state)
{
	struct matching *m = state;

	jobs_forget(m->jobs);
	for (size_t i = 0; i < FREEZES_MAX; i++)
		m->freezes[i].request = (struct id){ { 0 } };
}

void
matching_status(void *state, struct status_out *out)
{
	struct matching *m = state;

	status_figure(out, "bassin_matching_jobs", NULL, (double)jobs_count(m->jobs), false);
}
