/* SPDX-License-Identifier: Apache-2.0 */
/* What matching can be asked: one function per command, in a table. Who may ask: shared/bus/policy.c. */
#ifndef MATCHING_COMMANDS_H
#define MATCHING_COMMANDS_H

#include "base/clock.h"
#include "matching.h"

extern const struct command matching_commands[];
extern const size_t matching_command_count;

/* NULL: the intermediary, who sees all; else the college that may see its own. */
const char *asker_of(const struct call *call);
/* A store's answer as a verdict. */
enum verdict verdict_of(int store_result);
static inline int32_t
today(const struct work *w)
{
	return (int32_t)(w->now_ms / DAY_MS);
}
/* The round that was asked for, in the arena; else the refusal. */
enum verdict round_of_call(struct call *call, const char *id, struct round **out) MUST_CHECK;

/* commands_round.c: what changes a round */
enum verdict on_round_open(struct call *call);
enum verdict on_round_freeze(struct call *call);
enum verdict on_round_solve(struct call *call);
enum verdict on_round_publish(struct call *call);
enum verdict on_round_close(struct call *call);
enum verdict on_round_withdraw(struct call *call);
/* commands_look.c: what only looks */
enum verdict on_round_show(struct call *call);
enum verdict on_round_export(struct call *call);
enum verdict on_round_list(struct call *call);
enum verdict on_waiting_list(struct call *call);
enum verdict on_placement_list(struct call *call);
enum verdict on_postings_unknown(struct call *call);
enum verdict on_view_list(struct call *call);
/* held.c: all about one learner */
enum verdict on_learner_held(struct call *call);
/* commands_pair.c: who fits where */
enum verdict on_candidate_list(struct call *call);
enum verdict on_pair_show(struct call *call);

#endif
