/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function per statement. Results are enum store_result (store/store.h); what comes out lives in the arena.
 * Lists of ids are pair by pair or of one institution, as the names say; all work is by set, never row by row.
 */
#ifndef EMPLOYER_INTAKE_STORE_H
#define EMPLOYER_INTAKE_STORE_H

#include "rules.h"
#include "service/history.h"
#include "service/listing.h"
#include "store/store.h"

/* A row of institution, employer or posting. */
struct record {
	const char *institution;        /* of an institution: its own id */
	const char *external_id;
	const struct cell *cells;       /* of its kind's table */
	int64_t version;                /* 0: not stored yet */
	bool has_place;
	struct place place;
	/* postings */
	enum posting_state state;
	const char *reason;
	int64_t seats_taken;
	/* employers: the first day on which it is asked again, days since 1970; 0: it is not paused */
	int32_t paused_until;
	const char *paused_reason;
};
struct records { struct record *all; size_t count; };

int institution_is_known(struct tx *tx, struct arena *a, const char *institution, bool *known) MUST_CHECK;
int institutions_load(struct tx *tx, struct arena *a, const char *unused, const char *const *ids, size_t n,
                      struct records *out) MUST_CHECK;
int employers_load(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
                   struct records *out) MUST_CHECK;
int postings_load(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
                  struct records *out) MUST_CHECK;
/* institutions[i] and ids[i] name one posting. */
int postings_load_pairs(struct tx *tx, struct arena *a, const char *const *institutions, const char *const *ids, size_t n,
                        struct records *out) MUST_CHECK;

/* New and changed rows alike; no key twice; made: of the new ones. */
int institutions_write(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made) MUST_CHECK;
/* both of one institution */
int employers_write(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made) MUST_CHECK;
int postings_write(struct tx *tx, struct arena *a, const struct records *r, const struct creation *made) MUST_CHECK;
/* kind: posting, employer or institution. */
int row_creation(struct tx *tx, struct arena *a, const char *kind, const char *institution, const char *external_id,
                 struct creation *out) MUST_CHECK;
/* Version and pause of an employer that stands. */
int employer_pause_write(struct tx *tx, struct arena *a, const struct record *e) MUST_CHECK;
/* Version, state, reason and seats taken of postings that stand. */
int postings_state_write(struct tx *tx, struct arena *a, const struct records *r) MUST_CHECK;

/* Which of these ids there are, sorted bytewise: known_has asks. */
struct known { const char **ids; size_t count; };
int employers_known(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
                    struct known *out) MUST_CHECK;
int postings_known(struct tx *tx, struct arena *a, const char *institution, const char *const *ids, size_t n,
                   struct known *out) MUST_CHECK;
bool known_has(const struct known *k, const char *id);

struct rankings { struct ranking *all; size_t count; };
int rankings_load(struct tx *tx, struct arena *a, const char *institution, const char *const *postings, size_t n,
                  struct rankings *out) MUST_CHECK;
/* Ids that colleges use for their own learners, pair by pair. */
struct own_ids { const char **institutions, **external_ids; size_t count; };
/* Everybody whom lists of these institutions name, once each. */
int rankings_names(struct tx *tx, struct arena *a, const char *const *institutions, size_t n, struct own_ids *out) MUST_CHECK;
/* Every list, of any institution, that names one of these learners (pool numbers), or its own college's id of one. */
int rankings_naming(struct tx *tx, struct arena *a, const char *const *learners, size_t n, const struct own_ids *own,
                    struct rankings *out) MUST_CHECK;
int rankings_write(struct tx *tx, struct arena *a, const struct rankings *r) MUST_CHECK;

/* Pages: rows as the list's columns want them. The cursor of a page is the row's reference (of a ranking's entry: with its
 * number). Filters that are NULL are not asked. */
struct list_scope {
	const char *institution;        /* NULL: all */
	bool with_contacts;
	const char *viewer;             /* an institution; "*": the intermediary */
	const char *after_institution, *after_id;
	int64_t after_entry, limit;
};
int institutions_list(struct tx *tx, struct arena *a, const struct list_scope *s, struct rows **out) MUST_CHECK;
int employers_list(struct tx *tx, struct arena *a, const struct list_scope *s, const char *neq, struct rows **out) MUST_CHECK;
int postings_list(struct tx *tx, struct arena *a, const struct list_scope *s, const char *state, const char *employer,
                  struct rows **out) MUST_CHECK;
/* Rows that name one which is not known, after a cursor (first column); institution, kind: NULL for any. */
int waiting_list(struct tx *tx, struct arena *a, const char *institution, const char *after, int64_t limit, const char *kind,
                 struct rows **out) MUST_CHECK;
int rankings_list(struct tx *tx, struct arena *a, const struct list_scope *s, const char *posting, struct rows **out)
    MUST_CHECK;

#endif
