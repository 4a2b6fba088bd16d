/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firms: suspicions are worked out when employers are fed, in the transaction that keeps them; links between records are
 * people's. A coordinator proposes, or says no; the intermediary merges what was proposed, says no, and takes either back. A merge
 * is its link and nothing else, so what is left when the link is gone is what was there before.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/refusal.h"
#include "firm_store.h"
#include "intake.h"

/* ---- suspicions ------------------------------------------------------------------------------------------------------ */
static const struct firm_record *
record_find(const struct firm_records *r, const char *id)
{
	for (size_t low = 0, high = r->count; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(id, r->all[middle].external_id);
		if (order == 0)
			return &r->all[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool
suspicions_new(struct arena *a, size_t room, struct firm_suspicions *out)
{
	*out = (struct firm_suspicions){ .count = 0 };
	out->mine = arena_alloc(a, (room + 1) * sizeof *out->mine);
	out->institutions = arena_alloc(a, (room + 1) * sizeof *out->institutions);
	out->external_ids = arena_alloc(a, (room + 1) * sizeof *out->external_ids);
	out->reasons = arena_alloc(a, (room + 1) * sizeof *out->reasons);
	out->scores = arena_alloc(a, (room + 1) * sizeof *out->scores);
	return out->mine != NULL && out->institutions != NULL && out->external_ids != NULL && out->reasons != NULL &&
	       out->scores != NULL;
}

static void
candidate_judge(const struct firm_records *own, const struct firm_candidate *c, struct firm_suspicions *out)
{
	const struct firm_record *mine = record_find(own, c->mine);
	int score;

	BUG_IF(mine == NULL);
	enum firm_reason why = firm_compare(&mine->facts, &c->other.facts, &score);
	if (why == FIRM_NOT)
		return;
	out->mine[out->count] = c->mine;
	out->institutions[out->count] = c->other.institution;
	out->external_ids[out->count] = c->other.external_id;
	out->reasons[out->count] = firm_reason_to_text(why);
	out->scores[out->count++] = score;
}

int
firms_suspect(struct work *w, const char *institution, const char *const *ids, size_t n)
{
	struct firm_candidates candidates;
	struct firm_suspicions found;
	struct firm_records own;
	int result = firms_unkeyed(w->tx, w->arena, institution, ids, n, &own);

	if (result != STORE_OK || own.count == 0)
		return result;
	result = firms_keys_write(w->tx, w->arena, institution, &own);
	if (result == STORE_OK)
		result = firms_candidates(w->tx, w->arena, institution, &own, &candidates);
	if (result != STORE_OK)
		return result;
	if (!suspicions_new(w->arena, candidates.count, &found))
		return STORE_RETRY;
	for (size_t i = 0; i < candidates.count; i++)
		candidate_judge(&own, &candidates.all[i], &found);
	return firms_suspicions_write(w->tx, w->arena, institution, &own, &found, w->now_ms);
}

/* ---- links ----------------------------------------------------------------------------------------------------------- */

/* Tells of every record of the firms that these two are in now: what is known of a firm elsewhere goes by it. */
static int
firms_tell(struct work *w, const struct firm_pair *p, int64_t version)
{
	struct rows *rows;
	int result = firm_touched(w->tx, w->arena, p, &rows);

	for (int i = 0; result == STORE_OK && i < rows_count(rows); i++)
		if (firm_emit(w, rows_text(rows, i, 0), rows_text(rows, i, 1), version) != 0)
			result = STORE_RETRY;
	return result;
}

/* Notes who did what; the link itself is written. moves: records have come together, or apart. */
static enum verdict
act_keep(struct call *call, const struct firm_pair *p, const char *act, bool moves)
{
	struct work *w = call->work;
	int64_t number;
	int result = firm_history_write(w->tx, w->arena, p, act, call->who->name, w->now_ms, &number);

	tasks_soon(w);
	if (result == STORE_OK && moves)
		result = firms_tell(w, p, number);
	if (result != STORE_OK)
		return verdict_of(result);
	call->subject_ids = arena_printf(w->arena, "%s/%s %s/%s", p->institution_a, p->external_id_a, p->institution_b,
	                                 p->external_id_b);
	log_info("firm=%s/%s with=%s/%s act=%s", p->institution_a, p->external_id_a, p->institution_b, p->external_id_b,
	         act);
	return call->subject_ids == NULL ? VERDICT_RETRY : VERDICT_OK;
}

/* One of the two is the caller's own; the other one she knows by a suspicion or by an open posting. What she may not know
 * is unknown. */
static enum verdict
propose_check(struct call *call, const struct firm_pair *p, struct firm_pair_state *state)
{
	const char *own = call->who->institution;
	bool own_a = strcmp(p->institution_a, own) == 0;

	if (!own_a && strcmp(p->institution_b, own) != 0)
		return call_refuse(call, REFUSAL_NOT_YOURS, "one", NULL);
	int result = firm_pair_load(call->work->tx, call->work->arena, p, state);
	if (result != STORE_OK)
		return verdict_of(result);
	bool visible = state->suspected || state->link[0] != '\0' || (own_a ? state->open_b : state->open_a);
	if (!state->known || !visible)
		return call_refuse(call, REFUSAL_UNKNOWN, "other", NULL);
	if (strcmp(state->link, "proposed") == 0 || strcmp(state->link, "merged") == 0)
		return call_refuse_state(call, "firm", state->link, "suspected|rejected");
	return VERDICT_OK;
}

/* The pair's link made anew: who proposed it and why are not those of what stood before. */
static enum verdict
link_anew(struct call *call, const struct firm_pair *p, const char *state, const char *proposed_by)
{
	struct work *w = call->work;
	int result = firm_link_drop(w->tx, w->arena, p);

	return verdict_of(result == STORE_OK ? firm_link_write(w->tx, w->arena, p, state, proposed_by) : result);
}

enum verdict
on_firm_propose(struct call *call)
{
	struct firm_pair pair;
	struct firm_pair_state state;
	enum verdict v = firm_pair_read(call, false, &pair);

	if (v == VERDICT_OK)
		v = propose_check(call, &pair, &state);
	if (v == VERDICT_OK)
		v = link_anew(call, &pair, "proposed", call->who->institution);
	return v == VERDICT_OK ? act_keep(call, &pair, "propose", false) : v;
}

static const char *
pair_state_text(const struct firm_pair_state *s)
{
	return s->link[0] == '\0' && s->suspected ? "suspected" : s->link;
}

/* A college says no to what is suspected of a record of its own; to what a college has proposed, the intermediary does. */
static enum verdict
reject_check(struct call *call, const struct firm_pair *p)
{
	const char *own = call->who->institution;
	bool by_college = call->who->role == ROLE_COLLEGE;
	struct firm_pair_state state;

	if (by_college && strcmp(p->institution_a, own) != 0 && strcmp(p->institution_b, own) != 0)
		return call_refuse(call, REFUSAL_NOT_YOURS, "one", NULL);
	int result = firm_pair_load(call->work->tx, call->work->arena, p, &state);
	if (result != STORE_OK)
		return verdict_of(result);
	if (!state.known || (!state.suspected && state.link[0] == '\0'))
		return call_refuse(call, REFUSAL_UNKNOWN, "other", NULL);
	if (state.link[0] != '\0' && (by_college || strcmp(state.link, "proposed") != 0))
		return call_refuse_state(call, "firm", pair_state_text(&state),
		                         by_college ? "suspected" : "suspected|proposed");
	return VERDICT_OK;
}

enum verdict
on_firm_reject(struct call *call)
{
	struct firm_pair pair;
	enum verdict v = firm_pair_read(call, true, &pair);

	if (v == VERDICT_OK)
		v = reject_check(call, &pair);
	if (v == VERDICT_OK)
		v = link_anew(call, &pair, "rejected", "");
	return v == VERDICT_OK ? act_keep(call, &pair, "reject", false) : v;
}

/* The pair that the intermediary names, both of whose records must be known. */
static enum verdict
known_read(struct call *call, bool needs_reason, struct firm_pair *pair, struct firm_pair_state *state)
{
	enum verdict v = firm_pair_read(call, needs_reason, pair);

	if (v == VERDICT_OK)
		v = verdict_of(firm_pair_load(call->work->tx, call->work->arena, pair, state));
	return v == VERDICT_OK && !state->known ? call_refuse(call, REFUSAL_UNKNOWN, "one", NULL) : v;
}

enum verdict
on_firm_merge(struct call *call)
{
	struct firm_pair pair;
	struct firm_pair_state state;
	enum verdict v = known_read(call, false, &pair, &state);

	if (v == VERDICT_OK && strcmp(state.link, "proposed") != 0)
		v = call_refuse_state(call, "firm", pair_state_text(&state), "proposed");
	if (v == VERDICT_OK)
		v = verdict_of(firm_link_write(call->work->tx, call->work->arena, &pair, "merged", ""));
	return v == VERDICT_OK ? act_keep(call, &pair, "merge", true) : v;
}

enum verdict
on_firm_unmerge(struct call *call)
{
	struct firm_pair pair;
	struct firm_pair_state state;
	enum verdict v = known_read(call, true, &pair, &state);

	if (v == VERDICT_OK && state.link[0] == '\0')
		v = call_refuse_state(call, "firm", pair_state_text(&state), "proposed|merged|rejected");
	if (v == VERDICT_OK)
		v = verdict_of(firm_link_drop(call->work->tx, call->work->arena, &pair));
	return v == VERDICT_OK ? act_keep(call, &pair, "unmerge", strcmp(state.link, "merged") == 0) : v;
}
