/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a learner intake, and its handlers by aggregate. What a handler needs of the world is in its call. */
#ifndef LEARNER_INTAKE_INTAKE_H
#define LEARNER_INTAKE_INTAKE_H

#include "rules.h"
#include "service/service.h"

struct intake {
	uint8_t pool_key[POOL_KEY_SIZE];    /* one for the whole pool, of `bassin keys` */
	struct places *places;
	bool erasure_pending;               /* an erasure has left events to blank (erase.c) */
};

extern const struct setting learner_intake_settings[];
extern const struct command learner_intake_commands[];  extern const size_t learner_intake_command_count;
extern const struct chore learner_intake_chores[];      extern const size_t learner_intake_chore_count;

int  intake_open(struct runtime *rt, void **state);
void intake_close(void **state);
int  intake_on_active(struct work *w);

static inline struct intake *
intake_of(const struct work *w)
{
	return w->service;
}

/* STORE_RETRY and STORE_BROKEN as verdicts; never called with STORE_OK. */
enum verdict verdict_of_store(int result);
/* Rows of people belong to a college: REFUSED where the caller speaks for none. */
enum verdict institution_check(struct call *call) MUST_CHECK;
/* Answers a feed, with its counts in the log and `subjects` (may be NULL) in the audit trail. */
enum verdict feed_finish(struct call *call, const struct feed *f, const char *what, const char *subjects) MUST_CHECK;
/* Words joined by blanks, into the arena; NULL: no memory. For audit lines: pool numbers only. */
const char *words_join(struct arena *a, const char *const *words, size_t count);

/* handlers */
enum verdict on_feed_programmes(struct call *call);         /* codes.c */
enum verdict on_feed_competencies(struct call *call);
enum verdict on_feed_learners(struct call *call);           /* learners.c */
enum verdict on_learner_withdraw(struct call *call);
enum verdict on_set(struct call *call);
enum verdict on_feed_learner_rankings(struct call *call);   /* lists.c */
enum verdict on_feed_direct_offers(struct call *call);
enum verdict on_learner_erase(struct call *call);           /* erase.c */
enum verdict on_learner_list(struct call *call);            /* show.c */
enum verdict on_programme_list(struct call *call);
enum verdict on_competency_list(struct call *call);
enum verdict on_learner_ranking_list(struct call *call);
enum verdict on_waiting_list(struct call *call);
enum verdict on_direct_offer_list(struct call *call);
enum verdict on_show(struct call *call);
enum verdict on_learner_held(struct call *call);            /* held.c */
enum verdict on_history(struct call *call);
/* The external id of the caller's own learner whom an external id or a pool number means; "": none. enum store_result. */
int learner_find(struct call *call, const char *id, const char **external_id) MUST_CHECK;
extern const char *const learner_histories[];               /* kinds of what is kept of a learner, NULL-terminated */

/* erase.c */
int     erase_restored(struct work *w);     /* whoever is in the register, yet in the store; enum store_result */
int64_t erasure_due(void *service);
int     erasure_run(struct work *w);
void    erasure_after(void *service, bool committed);

#endif
