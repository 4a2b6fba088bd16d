/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this service share: its state, and its tables of commands and followed logs. */
#ifndef EMPLOYER_INTAKE_INTAKE_H
#define EMPLOYER_INTAKE_INTAKE_H

#include "bus/core.h"
#include "bus/matters.h"
#include "service/places.h"
#include "service/pool_key.h"
#include "store.h"
#include "store/store.h"

/* The service's state, work->service. */
struct intake {
	struct places *places;
	uint8_t pool_key[POOL_KEY_SIZE];
	bool has_pool_key;          /* else a learner who is erased is known by her pool number only */
	int64_t silent_ms, waiting_ms;      /* how long an employer may say nothing, a posting wait for its employer's record */
	struct matter_watch tasks;
};

extern const struct command intake_commands[];
extern const size_t intake_command_count;
extern const struct follow intake_follows[];
extern const size_t intake_follow_count;
extern const struct chore intake_chores[];
extern const size_t intake_chore_count;

/* feeds.c: the caller's institution must be one that the intermediary has fed. */
enum verdict institution_require(struct call *call);
enum verdict on_feed_institutions(struct call *call);
enum verdict on_feed_employers(struct call *call);
enum verdict on_feed_postings(struct call *call);
enum verdict on_set(struct call *call);
/* rankings.c */
enum verdict on_feed_rankings(struct call *call);
/* lists.c */
enum verdict on_institution_list(struct call *call);
enum verdict on_employer_list(struct call *call);
enum verdict on_posting_list(struct call *call);
enum verdict on_ranking_list(struct call *call);
enum verdict on_waiting_list(struct call *call);
/* firms.c: compares records that were fed with other colleges', and keeps what is suspected. enum store_result. */
int firms_suspect(struct work *w, const char *institution, const char *const *ids, size_t n) MUST_CHECK;
enum verdict on_firm_propose(struct call *call);
enum verdict on_firm_merge(struct call *call);
enum verdict on_firm_unmerge(struct call *call);
enum verdict on_firm_reject(struct call *call);
/* firm_lists.c */
enum verdict on_firm_suspects(struct call *call);
enum verdict on_firm_list(struct call *call);
enum verdict on_firm_history(struct call *call);
enum verdict on_firm_duplicates(struct call *call);
/* tasks.c: what was written may have begun or ended something that a person must do. */
void tasks_soon(struct work *w);
int tasks_on_active(struct work *w);
/* All such matters as they stand. enum store_result. */
int tasks_find(struct work *w, struct matters *out) MUST_CHECK;
/* show.c */
enum verdict on_show(struct call *call);
/* held.c */
enum verdict on_learner_held(struct call *call);
enum verdict on_history(struct call *call);
/* The caller's own row, or, for the intermediary, anybody's, that an id means as in on_show; enum store_result. */
enum row_kind { ROW_POSTING, ROW_EMPLOYER, ROW_INSTITUTION, ROW_NONE };
struct row_found {
	enum row_kind kind;         /* ROW_NONE: there is no such row, or it is not the caller's to know */
	struct record record;
	bool own;
	const char *name;           /* college/id; of an institution its id */
};
int row_find(struct call *call, const char *id, struct row_found *out) MUST_CHECK;

/* A result of the store as a verdict: weather is retried, what is broken is ours to mend. */
static inline enum verdict
verdict_of(int store_result)
{
	return store_result == STORE_OK ? VERDICT_OK : store_result == STORE_BROKEN ? VERDICT_BROKEN : VERDICT_RETRY;
}

#endif
