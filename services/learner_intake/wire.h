/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our rows as messages: every event of this service's log is made and appended here, and generated names stop here.
 * Each returns an enum store_result: STORE_OK, or STORE_RETRY without memory. Topics and readers: learner.proto.
 */
#ifndef LEARNER_INTAKE_WIRE_H
#define LEARNER_INTAKE_WIRE_H

#include "rules.h"

struct person {                     /* whose event it is */
	const char *institution, *external_id, *pool_number;
	const uint8_t *pool_key;    /* POOL_KEY_SIZE bytes */
};

int wire_programme(struct work *w, const struct code *programme) MUST_CHECK;
/* Her profile and her contact, each only where its content is not what the log has: before is what stood (version 0:
 * nothing). A contact is told from her first day in the pool on; out of the pool it carries no name, so that readers
 * drop theirs. */
int wire_learner(struct work *w, const struct person *p, const struct learner *before,
                 const struct learner *now) MUST_CHECK;
int wire_ranking(struct work *w, const struct person *p, const struct ranking *list) MUST_CHECK;
/* posting "": taken back. */
int wire_offer(struct work *w, const struct person *p, int64_t version, const char *posting) MUST_CHECK;
/* LearnerErased, and before it an empty last event of each key of hers. */
int wire_erased(struct work *w, const char *pool_number, const char *institution, const uint8_t hash[HASH_SIZE]) MUST_CHECK;

/* The rows of a LEARNER_WITHDRAW as a feed of external ids. VERDICT_OK, or as feed_read. */
enum verdict wire_read_withdraw(struct call *call, struct feed **out, const char **reason) MUST_CHECK;
/* VERDICT_OK, or REFUSED: undecodable, not an id. */
enum verdict wire_read_erase(struct call *call, const char **external_id) MUST_CHECK;

#endif
