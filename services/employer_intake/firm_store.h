/* SPDX-License-Identifier: Apache-2.0 */
/* Statements about firms: keys, suspicions, links, history. Results are enum store_result; what comes out lives in the
 * arena. */
#ifndef EMPLOYER_INTAKE_FIRM_STORE_H
#define EMPLOYER_INTAKE_FIRM_STORE_H

#include "firm_rules.h"
#include "store/store.h"
#include "wire.h"

/* A record that the rules look at. */
struct firm_record {
	const char *institution, *external_id;
	int64_t version;                /* of own records only */
	struct firm_facts facts;
};
struct firm_records { struct firm_record *all; size_t count; };

/* A pair that shares a key: an own record, by its id, and another college's. */
struct firm_candidate { const char *mine; struct firm_record other; };
struct firm_candidates { struct firm_candidate *all; size_t count; };

/* One array for each column, so that a statement takes them as they are. */
struct firm_suspicions {
	const char **mine, **institutions, **external_ids, **reasons;
	int64_t *scores;
	size_t count;
};

/* Those of the ids whose record, as it stands, was not compared by these rules; sorted by id. */
int firms_unkeyed(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
                  struct firm_records *out) MUST_CHECK;
/* Replaces their keys, and remembers that they were compared. */
int firms_keys_write(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r) MUST_CHECK;
/* Sorted by own id. Of the records under one key at most 100 are looked at. */
int firms_candidates(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r,
                     struct firm_candidates *out) MUST_CHECK;
/* These are all the suspicions there are of these records now; older ones go. */
int firms_suspicions_write(struct tx *tx, struct arena *a, const char *institution, const struct firm_records *r,
                           const struct firm_suspicions *s, int64_t now_ms) MUST_CHECK;

struct firm_pair_state {
	bool known;                     /* both records */
	bool suspected, open_a, open_b;
	const char *link;               /* "": none, proposed, merged, rejected */
};
int firm_pair_load(struct tx *tx, struct arena *a, const struct firm_pair *p, struct firm_pair_state *out) MUST_CHECK;
int firm_link_write(struct tx *tx, struct arena *a, const struct firm_pair *p, const char *state, const char *by) MUST_CHECK;
int firm_link_drop(struct tx *tx, struct arena *a, const struct firm_pair *p) MUST_CHECK;
/* *number: grows with each act. */
int firm_history_write(struct tx *tx, struct arena *a, const struct firm_pair *p, const char *act, const char *by,
                       int64_t now_ms, int64_t *number) MUST_CHECK;
/* All records of the firms of these two: id, and the firm that it is in now, "": none. */
int firm_touched(struct tx *tx, struct arena *a, const struct firm_pair *p, struct rows **out) MUST_CHECK;

/* Pages, as the columns of the statements. after: four ids of the pair before. */
int firm_suspects_list(struct tx *tx, struct arena *a, const char *institution, const char *const after[4], int64_t limit,
                       const char *state, const char *reason, struct rows **out) MUST_CHECK;
int firm_doubles_list(struct tx *tx, struct arena *a, const char *institution, const char *const after[4], int64_t limit,
                      struct rows **out) MUST_CHECK;
/* Of a row of that list: its postings, their institutions, and whether the titles say the same. false: no memory. */
enum { DOUBLE_POSTING_A = 1, DOUBLE_INSTITUTION_A, DOUBLE_TITLE_A, DOUBLE_POSTING_B = 6, DOUBLE_INSTITUTION_B, DOUBLE_TITLE_B };
bool firm_double_is_same(struct arena *a, const struct rows *rows, int row, bool *same) MUST_CHECK;
int firm_members(struct tx *tx, struct arena *a, const char *institution, const char *external_id,
                 struct rows **out) MUST_CHECK;
/* viewer: a college's institution; NULL: the intermediary. */
int firm_history_list(struct tx *tx, struct arena *a, const char *const *institutions, const char *const *ids, size_t n,
                      const char *viewer, struct rows **out) MUST_CHECK;

#endif
