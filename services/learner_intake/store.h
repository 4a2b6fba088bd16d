/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function per statement; rows and parameters stop here. All return an enum store_result; what they give lives in
 * the arena. Where an institution is a parameter, only its rows are seen or changed.
 */
#ifndef LEARNER_INTAKE_STORE_H
#define LEARNER_INTAKE_STORE_H

#include "rules.h"
#include "service/history.h"
#include "store/store.h"

/* The codes of all keyed rows of f; out: one for each row of f, version 0 where none stands. */
struct code_kind {
	const char *name;                   /* in histories */
	const struct row_table *table;
	const struct sql *load, *write;
	uint32_t titles;                    /* columns that are titles */
	size_t programme;                   /* column that refers to a programme, 0: none */
	bool is_programme;
};
int store_codes_load(struct tx *tx, const struct feed *f, const struct code_kind *kind, struct code *out) MUST_CHECK;
int store_codes_write(struct tx *tx, struct arena *a, const struct code_kind *kind, const struct code *codes,
                      size_t count) MUST_CHECK;
/* Those of the given codes that stand; both come back sorted. */
int store_codes_known(struct tx *tx, struct arena *a, const struct texts *programmes, const struct texts *competencies,
                      struct texts *known_programmes, struct texts *known_competencies) MUST_CHECK;

int store_learners_load(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t count,
                        struct learner **out, size_t *found) MUST_CHECK;
/* Those of version 1 are new. A pool number that somebody has already is STORE_RETRY: the next time others are drawn. It may be
 * told by a later call, as tx_copy has it. */
int store_learners_write(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key,
                         const struct learner *learners, size_t count, const struct creation *made) MUST_CHECK;
/* made: of the new ones. Who has no row gives who "". */
int store_learner_creation(struct tx *tx, struct arena *a, const char *institution, const char *external_id,
                           struct creation *out) MUST_CHECK;
/* "" where nobody of that institution has that number. */
int store_learner_of_number(struct tx *tx, struct arena *a, const char *institution, const char *number,
                            const char **external_id) MUST_CHECK;

/* Whom a list or an offer speaks of. */
struct subject {
	const char *external_id;
	const char *pool_number;            /* NULL: not known (yet) */
	bool has_withdrawn;                 /* her consent: nobody else is told of her wishes */
	uint8_t hash[HASH_SIZE];
	bool is_erased;
};
/* Fills in hashes and the register's word for each external_id. */
int store_erased_mark(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key,
                      struct subject *subjects, size_t count) MUST_CHECK;
/* The same and the pool numbers. */
int store_subjects_load(struct tx *tx, struct arena *a, const char *institution, const uint8_t *pool_key,
                        struct subject *subjects, size_t count) MUST_CHECK;

int store_rankings_load(struct tx *tx, struct arena *a, const char *institution, const char *const *learners,
                        size_t count, struct ranking **out, size_t *found) MUST_CHECK;
/* The same, each with its next version, which stands from now on. */
int store_rankings_next(struct tx *tx, struct arena *a, const char *institution, const char *const *learners,
                        size_t count, struct ranking **out, size_t *found) MUST_CHECK;
/* subjects: of each ranking. */
int store_rankings_write(struct tx *tx, struct arena *a, const char *institution, const struct ranking *lists,
                         const struct subject *subjects, size_t count) MUST_CHECK;

struct offer { const char *learner; int64_t version; const char *posting; };
int store_offers_load(struct tx *tx, struct arena *a, const char *institution, const char *const *learners, size_t count,
                      struct offer **out, size_t *found) MUST_CHECK;
int store_offers_next(struct tx *tx, struct arena *a, const char *institution, const char *const *learners, size_t count,
                      struct offer **out, size_t *found) MUST_CHECK;
int store_offers_write(struct tx *tx, struct arena *a, const char *institution, const struct offer *offers,
                       const struct subject *subjects, size_t count) MUST_CHECK;

/* Deletes all that is held on her; *rows of any table, *pool_number "" where she was only named in a list. */
int store_learner_delete(struct tx *tx, struct arena *a, const char *institution, const char *external_id, int64_t *rows,
                         const char **pool_number) MUST_CHECK;
int store_erased_add(struct tx *tx, struct arena *a, const uint8_t hash[HASH_SIZE], int32_t day) MUST_CHECK;
/* Her past events lose their bodies. */
int store_events_blank(struct tx *tx, struct arena *a, const char *pool_number) MUST_CHECK;
int store_erasure_pending_add(struct tx *tx, struct arena *a, const char *pool_number) MUST_CHECK;
int store_erasure_pending_take(struct tx *tx, struct arena *a, struct texts *pool_numbers) MUST_CHECK;
struct erased_row { const char *institution, *external_id; };
int store_erased_present(struct tx *tx, struct arena *a, struct erased_row **out, size_t *count) MUST_CHECK;

#endif
