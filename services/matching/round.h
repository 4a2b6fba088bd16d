/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of a round as it travels between store, solver and report: the pool that a round is made of, what came of
 * it, and what is told. Plain structures, built by hand; memory belongs to the arena that each function names.
 */
#ifndef MATCHING_ROUND_H
#define MATCHING_ROUND_H

#include "base/arena.h"
#include "base/ids.h"
#include "fit.h"
#include "rules.h"

#define ROUND_DIGEST_HEX 65         /* 64 hex digits and a NUL: digests, seeds */
#define ROUND_NONE INT32_C(-1)

/* A round's head, as its table has it. */
struct round {
	const char *round, *title;
	enum round_state state;
	int64_t revision;
	const char *seed, *seed_hash;
	struct fit_weights weights;
	int64_t opened_ms, frozen_ms, published_ms;
	const char *instance_digest, *outcome_digest;
	const char *rank_counts;        /* "12,5,1" */
	int32_t erased;
	bool guarantee;                 /* a rule of the round */
	bool verified;                  /* the verifier has accepted the stored outcome */
};

/* ---- the pool of a round: a snapshot, or the present view -------------------------------------------------------- */
struct pool_entry { int32_t to, tier; };    /* to: number of a learner or a posting; ROUND_NONE: not in the pool */
struct pool_list { struct pool_entry *entries; const char **refs; size_t n; };  /* refs: only for learners' rankings */

struct pool_learner {
	const char *id, *institution, *programme;
	struct fit_learner fit;
	const char **groups;
	size_t n_groups;
	int32_t tier;
	bool assignable;
	bool withdrawn;                 /* left the round after the freeze */
	struct pool_list ranking;
	const char *offer;              /* reference of a direct offer; NULL: none */
	const char *standing;           /* where another round has placed her; NULL: nowhere */
	const char *standing_round;     /* which one; with standing only */
	bool holds;                     /* she stands, and takes part: she keeps that place unless she moves up */
};

struct pool_reserve { const char *group; int32_t seats; };

struct pool_posting {
	const char *id, *institution, *employer;
	struct fit_posting fit;
	int32_t seats;
	bool open;
	bool filled;                    /* open as soon as somebody stands there, since she may move up */
	bool withdrawn, accepts_unranked, assignable, reserves_last;
	struct pool_reserve *reserves;  /* each group once */
	size_t n_reserves;
	int32_t held;                   /* who stand there and take part: they keep their seats or move up */
	int32_t taken;                  /* who stand there and take no part: they left, or are in the pool no longer */
	struct pool_list choices;
};

/* Learners and postings in the bytewise order of their ids. */
struct pool {
	const char *seed;
	bool guarantee;
	struct fit_weights weights;
	struct pool_learner *learners;
	struct pool_posting *postings;
	size_t n_learners, n_postings;
};

int32_t pool_find_learner(const struct pool *p, const char *id);        /* ROUND_NONE: not in it */
int32_t pool_find_posting(const struct pool *p, const char *id);
/* Others than those who stand there may come. */
bool    pool_posting_is_open(const struct pool_posting *p);
int32_t pool_capacity(const struct pool_posting *p);                    /* seats in the instance, the held ones among them */
/*
 * Another round has placed a learner (ROUND_NONE: not in the pool) at a posting (ROUND_NONE: not in the pool either). To be
 * called when the rest of the pool is there; the texts are borrowed. A second place of the same learner is a taken seat.
 */
void    pool_stand(struct pool *p, int32_t learner, int32_t posting, const char *reference, const char *round);

/* ---- what came of it --------------------------------------------------------------------------------------------- */
/* One institution's row of the report, in the order of round_college. */
#define COLLEGE_COUNTS(X) \
	X(learners) X(eligible) X(placed_direct) X(placed_ranked) X(placed_assigned) X(alone) X(no_consent) X(not_eligible) \
	X(nothing_ranked) X(none_fits) X(outranked) X(no_seat) X(withdrawn) X(postings) X(seats) X(seats_filled) \
	X(placed_before) X(pool) X(better_alone) X(moved_up)

struct college_row {
	const char *institution;
#define COLLEGE_FIELD(name) int32_t name;
	COLLEGE_COUNTS(COLLEGE_FIELD)
#undef COLLEGE_FIELD
};

/* What became of one learner. */
struct round_line {
	const char *learner, *institution, *programme;
	const char *posting;            /* "": not placed */
	const char *by;                 /* fixed, ranked, assigned; standing: keeps what another round gave her; "" */
	const char *reason;             /* no_consent, withdrawn, none_fits, or of the outcome; "" */
	const char *at_postings;        /* joined by '|' */
	const char *at_ahead;           /* joined by ',' */
	const char *from_posting;       /* where she stood before she moved up; "" */
	const char *from_round;         /* which round had placed her there, or where she keeps her place; "" */
	const char *round;              /* that placed her, where that may be another one; NULL: this one */
	const char *external_id;        /* of the asker's own learner; else "", or NULL where nobody asks */
	int32_t choice;                 /* placed by ranking: the tier of her own ranking, from 1; else 0 */
};

/* external_id, here and below: of the asker's own learner; else "", or NULL where nobody asks. */
struct round_left_out { const char *learner, *institution, *posting; uint32_t reasons; const char *external_id; };

struct round_withdrawal { const char *learner, *posting, *institution, *reason; int64_t at_ms; const char *external_id; };

/* Two learners who are one person; for a college one of its own, and of somebody else's neither number nor college (""). */
struct round_same_person { const char *learner, *institution, *other, *other_institution, *external_id; };

struct round_position { const char *log_id; struct id epoch; uint64_t seq; };

/* A report: the head, and as much of the rest as the asker may see. */
struct report {
	const struct round *round;
	bool dry_run, shortened;
	bool verified;                  /* the verifier has accepted what is reported */
	const char *seed;               /* as far as it may be told: "" before the freeze */
	const char *instance_digest, *rank_counts;
	const char *own_rank_counts;    /* of a college that asks, its own learners'; else "" */
	const struct college_row *colleges;             size_t n_colleges;
	const struct round_position *positions;         size_t n_positions;
	const struct round_withdrawal *withdrawals;     size_t n_withdrawals;
	const struct round_line *lines;                 size_t n_lines;         /* placed and unplaced alike */
	const struct round_left_out *left_out;          size_t n_left_out;
	const struct round_same_person *same_person;    size_t n_same_person;   /* how many there are also without lines */
	int64_t postings, seats, seats_filled, waiting;
};

/* Who is placed at one posting, and what one college is told. Lines are borrowed. */
struct posting_told {
	const char *posting, *employer, *institution;
	int32_t seats;
	const struct round_line *const *lines; size_t n_lines;
	const struct round_line *const *moved; size_t n_moved;  /* who stood there until this round; round: that placed them there */
};
struct college_told { const struct college_row *row; const struct round_line *const *lines; size_t n_lines; };

#endif
