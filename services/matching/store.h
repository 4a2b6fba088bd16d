/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements about rounds: one function each, PGresult stops here. All return an enum store_result. What is read lives
 * in a; an institution of NULL means everybody's.
 */
#ifndef MATCHING_STORE_H
#define MATCHING_STORE_H

#include "round.h"
#include "round_solve.h"
#include "store/store.h"

/* A cell's text, copied into a; failed is set without memory. */
const char *text_kept(struct arena *a, const struct rows *r, int row, int column, bool *failed);

/* ---- rounds (store.c) -------------------------------------------------------------------------------------------- */
int round_store_add(struct tx *tx, struct arena *a, const struct round *r) MUST_CHECK;
int round_store_load(struct tx *tx, struct arena *a, const char *round, struct round *out, bool *found) MUST_CHECK;
/* State, revision, times, digests, rank counts, and whether the verifier has accepted. */
int round_store_move(struct tx *tx, struct arena *a, const struct round *r) MUST_CHECK;
int round_store_end(struct tx *tx, struct arena *a, const char *round, int64_t now_ms, const char *reason) MUST_CHECK;
int told_store_next(struct tx *tx, int64_t *version) MUST_CHECK;

int position_store_add(struct tx *tx, struct arena *a, const char *round, const struct round_position *p, size_t n)
	MUST_CHECK;
int position_store_list(struct tx *tx, struct arena *a, const char *round, struct round_position **out, size_t *n)
	MUST_CHECK;

/* ---- the snapshot ------------------------------------------------------------------------------------------------ */
/* Copies the view as it stands in this transaction, counts what waits and what each college brings. */
int snapshot_store_take(struct tx *tx, struct arena *a, const char *round, int32_t today) MUST_CHECK;
int snapshot_store_drop(struct tx *tx, struct arena *a, const char *round) MUST_CHECK;

struct leaver {
	const char *learner, *posting;  /* who leaves; the other is "" */
	const char *institution;
	bool gone;                      /* has left already */
	const char *at;                 /* of a published round: where a seat becomes free; else "" */
};
/* Whom the snapshot knows by this reference (the other is ""), among the institution's own if one is given. */
int leaver_store_find(struct tx *tx, struct arena *a, const char *round, const char *learner, const char *posting,
    const char *institution, struct leaver *out, bool *found) MUST_CHECK;
/* The same for a published round: who has a place that it gave and that stands. */
int leaver_store_find_placed(struct tx *tx, struct arena *a, const char *round, const char *learner, const char *posting,
    const char *institution, struct leaver *out, bool *found) MUST_CHECK;
int withdrawal_store_add(struct tx *tx, struct arena *a, const char *round, const struct round_withdrawal *w)
	MUST_CHECK;
int withdrawal_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution,
    struct round_withdrawal **out, size_t *n) MUST_CHECK;

/* Learners who are one person by their permanent codes, as the freeze found them; institution: see struct round_same_person. */
int same_person_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, size_t limit,
    struct round_same_person **out, size_t *n) MUST_CHECK;

/* ---- the outcome (store_outcome.c) ------------------------------------------------------------------------------- */
/* Replaces what an older solution left. */
int outcome_store_put(struct tx *tx, const char *round, const struct solution *s) MUST_CHECK;
/* The outcome is void: what is left is what the snapshot says. */
int outcome_store_void(struct tx *tx, struct arena *a, const char *round) MUST_CHECK;
int college_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution,
    struct college_row **out, size_t *n) MUST_CHECK;
/* A college's lines are those of its learners, and of whoever is placed at its postings. */
int line_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, size_t limit,
    struct round_line **out, size_t *n) MUST_CHECK;
/* Of the institution's learners who are placed by ranking: how many got their first choice, second ... ("12,5,1"). */
int choice_counts_load(struct tx *tx, struct arena *a, const char *round, const char *institution, const char **out)
	MUST_CHECK;
int left_out_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, size_t limit,
    struct round_left_out **out, size_t *n) MUST_CHECK;
/* Sums over all colleges, and the references that waited (of one institution, as far as it may know). */
struct round_totals { int64_t postings, seats, seats_filled, waiting; };
int round_totals_load(struct tx *tx, struct arena *a, const char *round, const char *institution,
    struct round_totals *out)
	MUST_CHECK;
/* Postings that a round's placements concern: where it places or keeps somebody, and from where somebody has moved up;
 * without their lines, by id. */
int placed_posting_store_list(struct tx *tx, struct arena *a, const char *round, struct posting_told **out, size_t *n)
	MUST_CHECK;
/* Who is at these postings now, whichever round has placed them, by posting and learner. Each line names its round. */
int standing_store_list(struct tx *tx, struct arena *a, const char *round, const struct posting_told *postings,
    size_t n_postings, struct round_line **out, size_t *n) MUST_CHECK;
/* Who has moved up by this round: posting is where she stood, round the one that had placed her there; by both. */
int moved_store_list(struct tx *tx, struct arena *a, const char *round, struct round_line **out, size_t *n) MUST_CHECK;
/* Changes since the freeze in where people stand, that the round's own placements would collide with. */
int standing_store_since(struct tx *tx, struct arena *a, const char *round, int64_t *count) MUST_CHECK;
/* Postings without seats for all who would come back if this published round were called off. */
int standing_store_back(struct tx *tx, struct arena *a, const char *round, int64_t *count) MUST_CHECK;
/* The whole outcome file, in a: *data is NULL where there is none. */
int file_store_load(struct tx *tx, struct arena *scratch, struct arena *a, const char *round, char **data, size_t *size)
	MUST_CHECK;
/* At most max bytes of the outcome file from offset on (it may be fewer: the rest of a slice); *total is the whole. */
int file_store_read(struct tx *tx, struct arena *a, const char *round, uint64_t offset, size_t max, struct bytes *out,
    uint64_t *total) MUST_CHECK;

/* ---- references -------------------------------------------------------------------------------------------------- */
/* The learner whom asker (NULL: the intermediary) means: own external id first, else a pool number. */
int pair_learner_find(struct tx *tx, struct arena *a, const char *asker, const char *reference, const char **learner,
    const char **institution, bool *found) MUST_CHECK;

#endif
