/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that this service understands. Who may send which, and how large: shared/bus/policy.c. */
#include "base/log.h"
#include "base/refusal.h"
#include "base/text.h"
#include "intake.h"
#include "wire.h"

/* ---- a posting moves from state to state --------------------------------------------------------------------------- */
static int
move_history(struct call *call, const struct record *p, enum posting_state was, const char *reason)
{
	const struct change c = { "posting", p->institution, p->external_id, p->version, reason };
	struct history *h = history_new(call->work->arena);

	if (h == NULL)
		return STORE_RETRY;
	history_add(h, &c, "state", posting_state_to_text(was), posting_state_to_text(p->state));
	return history_keep(h, call->work, call, NULL);
}

static enum verdict
posting_keep(struct call *call, struct record *p, enum posting_state was, const char *reason)
{
	int result = postings_state_write(call->work->tx, call->work->arena, &(struct records){ p, 1 });

	if (result == STORE_OK)
		result = move_history(call, p, was, reason);

	if (result != STORE_OK)
		return verdict_of(result);
	if (posting_emit(call->work, p) != 0)
		return VERDICT_RETRY;
	tasks_soon(call->work);
	log_info("posting=%s/%s state=%s was=%s", p->institution, p->external_id, posting_state_to_text(p->state),
	         posting_state_to_text(was));
	return VERDICT_OK;
}

static enum verdict
on_posting_move(struct call *call)
{
	struct arena *a = call->work->arena;
	struct posting_move move;
	struct records found;
	enum verdict v = posting_move_read(call, &move);

	if (v != VERDICT_OK)
		return v;
	int result = postings_load(call->work->tx, a, move.institution, &move.external_id, 1, &found);
	if (result != STORE_OK)
		return verdict_of(result);
	if (found.count == 0)
		return call_refuse(call, REFUSAL_UNKNOWN, "posting", NULL);
	struct record *p = &found.all[0];
	enum posting_state was = p->state;
	call->subject_ids = arena_printf(a, "%s/%s", p->institution, p->external_id);
	if (!posting_may_move(was, move.to, MOVER_COLLEGE)) {
		const char *allowed = posting_moves_to(move.to, MOVER_COLLEGE, a);
		return allowed == NULL ? VERDICT_RETRY :
		                         call_refuse_state(call, "posting", posting_state_to_text(was), allowed);
	}
	/* reopened with all its seats taken it is filled */
	p->state = posting_state_for_seats(move.to, p->cells[POSTING_SEATS].number, p->seats_taken);
	p->reason = p->state == move.to ? move.reason : "seats_filled";
	p->version++;
	return posting_keep(call, p, was, move.reason);
}

/* ---- an employer asks for a pause -------------------------------------------------------------------------------------- */
static const char *
day_text(struct arena *a, int32_t day)
{
	char text[11];

	if (day == 0)
		return "";
	text_from_day(day, text);
	return arena_strdup(a, text);
}

static enum verdict
pause_keep(struct call *call, struct record *e, const struct employer_pause *pause)
{
	struct work *w = call->work;
	const struct change c = { "employer", e->institution, e->external_id, e->version + 1, pause->reason };
	const char *was = day_text(w->arena, e->paused_until), *now = day_text(w->arena, pause->until);
	struct history *h = history_new(w->arena);

	if (h == NULL || was == NULL || now == NULL)
		return VERDICT_RETRY;
	history_add(h, &c, "paused_until", was, now);
	e->version++;
	e->paused_until = pause->until;
	e->paused_reason = pause->until == 0 ? "" : pause->reason;
	int result = employer_pause_write(w->tx, w->arena, e);
	if (result == STORE_OK)
		result = history_keep(h, w, call, NULL);
	if (result != STORE_OK)
		return verdict_of(result);
	log_info("employer=%s/%s paused_until=%s", e->institution, e->external_id, now);
	return employer_emit(w, e) == 0 ? VERDICT_OK : VERDICT_RETRY;
}

/* Pauses, or with until 0 resumes; what is so already is left as it is. */
static enum verdict
on_employer_pause(struct call *call)
{
	struct arena *a = call->work->arena;
	struct employer_pause pause;
	struct records found;
	enum verdict v = employer_pause_read(call, &pause);

	if (v != VERDICT_OK)
		return v;
	int result = employers_load(call->work->tx, a, pause.institution, &pause.external_id, 1, &found);
	if (result != STORE_OK)
		return verdict_of(result);
	if (found.count == 0)
		return call_refuse(call, REFUSAL_UNKNOWN, "employer", NULL);
	call->subject_ids = arena_printf(a, "%s/%s", pause.institution, pause.external_id);
	if (call->subject_ids == NULL)
		return VERDICT_RETRY;
	return found.all[0].paused_until == pause.until ? VERDICT_OK : pause_keep(call, &found.all[0], &pause);
}

#define COMMAND(type, handler, reads) { BASSIN__V1__COMMAND_TYPE__##type, handler, reads }

const struct command intake_commands[] = {
	/*      command                handler               only looks */
	COMMAND(FEED_INSTITUTIONS,     on_feed_institutions, false),
	COMMAND(FEED_EMPLOYERS,        on_feed_employers,    false),
	COMMAND(FEED_POSTINGS,         on_feed_postings,     false),
	COMMAND(FEED_EMPLOYER_RANKINGS, on_feed_rankings,    false),
	COMMAND(POSTING_MOVE,          on_posting_move,      false),
	COMMAND(INSTITUTION_LIST,      on_institution_list,  true),
	COMMAND(EMPLOYER_LIST,         on_employer_list,     true),
	COMMAND(POSTING_LIST,          on_posting_list,      true),
	COMMAND(EMPLOYER_RANKING_LIST, on_ranking_list,      true),
	COMMAND(EMPLOYER_INTAKE_SHOW,  on_show,              true),
	COMMAND(EMPLOYER_INTAKE_SET,   on_set,               false),
	COMMAND(EMPLOYER_PAUSE,        on_employer_pause,    false),
	COMMAND(EMPLOYER_RESUME,       on_employer_pause,    false),
	COMMAND(EMPLOYER_INTAKE_HISTORY, on_history,         true),
	COMMAND(EMPLOYER_INTAKE_WAITING, on_waiting_list,    true),
	COMMAND(FIRM_SUSPECTS,         on_firm_suspects,     true),
	COMMAND(FIRM_PROPOSE,          on_firm_propose,      false),
	COMMAND(FIRM_MERGE,            on_firm_merge,        false),
	COMMAND(FIRM_UNMERGE,          on_firm_unmerge,      false),
	COMMAND(FIRM_REJECT,           on_firm_reject,       false),
	COMMAND(FIRM_LIST,             on_firm_list,         true),
	COMMAND(FIRM_HISTORY,          on_firm_history,      true),
	COMMAND(FIRM_DUPLICATES,       on_firm_duplicates,   true),
	COMMAND(LEARNER_HELD,          on_learner_held,      true),
};
const size_t intake_command_count = COUNT_OF(intake_commands);
