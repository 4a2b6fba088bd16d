/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this service share: its state, and its tables of commands and followed logs. */
#ifndef EMPLOYER_INTAKE_INTAKE_H
#define EMPLOYER_INTAKE_INTAKE_H

#include "bus/core.h"
#include "service/places.h"
#include "service/pool_key.h"
#include "store/store.h"

/* The service's state, work->service. */
struct intake {
	struct places *places;
	uint8_t pool_key[POOL_KEY_SIZE];
	bool has_pool_key;          /* else a learner who is erased is known by her pool number only */
};

extern const struct command intake_commands[];
extern const size_t intake_command_count;
extern const struct follow intake_follows[];
extern const size_t intake_follow_count;

/* feeds.c: the caller's institution must be one that the intermediary has fed. */
enum verdict institution_require(struct call *call);
enum verdict on_feed_institutions(struct call *call);
enum verdict on_feed_employers(struct call *call);
enum verdict on_feed_postings(struct call *call);
/* rankings.c */
enum verdict on_feed_rankings(struct call *call);
/* lists.c */
enum verdict on_institution_list(struct call *call);
enum verdict on_employer_list(struct call *call);
enum verdict on_posting_list(struct call *call);
enum verdict on_ranking_list(struct call *call);
/* firms.c: compares records that were fed with other colleges', and keeps what is suspected. enum store_result. */
int firms_suspect(struct work *w, const char *institution, const char *const *ids, size_t n) MUST_CHECK;
enum verdict on_firm_propose(struct call *call);
enum verdict on_firm_merge(struct call *call);
enum verdict on_firm_unmerge(struct call *call);
/* firm_lists.c */
enum verdict on_firm_suspects(struct call *call);
enum verdict on_firm_list(struct call *call);
enum verdict on_firm_history(struct call *call);
enum verdict on_firm_duplicates(struct call *call);
/* show.c */
enum verdict on_show(struct call *call);
/* held.c */
enum verdict on_learner_held(struct call *call);

/* A result of the store as a verdict: weather is retried, what is broken is ours to mend. */
static inline enum verdict
verdict_of(int store_result)
{
	return store_result == STORE_OK ? VERDICT_OK : store_result == STORE_BROKEN ? VERDICT_BROKEN : VERDICT_RETRY;
}

#endif
