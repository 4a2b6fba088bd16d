/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions without I/O or clock: states of a posting, and rules that look at several cells of a row. */
#ifndef EMPLOYER_INTAKE_RULES_H
#define EMPLOYER_INTAKE_RULES_H

#include "columns.h"
#include "service/places.h"

/*      state       text          may a feed change the row */
#define POSTING_STATES(X) \
	X(DRAFT,     "draft",      true) \
	X(OPEN,      "open",       true) \
	X(PAUSED,    "paused",     true) \
	X(FILLED,    "filled",     true) \
	X(CLOSED,    "closed",     false) \
	X(WITHDRAWN, "withdrawn",  false)

/* Numbers of employer.proto, PostingState. */
enum posting_state {
	STATE_NONE = 0,
#define STATE_AS_ENUM(state, text, feedable) STATE_##state,
	POSTING_STATES(STATE_AS_ENUM)
#undef STATE_AS_ENUM
	STATE_COUNT
};

/*      in state     goes to       who moves it: COLLEGE by POSTING_MOVE, SEATS when they fill or become free */
#define POSTING_MOVES(X) \
	X(DRAFT,      OPEN,         COLLEGE) \
	X(DRAFT,      WITHDRAWN,    COLLEGE) \
	X(OPEN,       PAUSED,       COLLEGE) \
	X(OPEN,       CLOSED,       COLLEGE) \
	X(OPEN,       WITHDRAWN,    COLLEGE) \
	X(OPEN,       FILLED,       SEATS) \
	X(PAUSED,     OPEN,         COLLEGE) \
	X(PAUSED,     CLOSED,       COLLEGE) \
	X(PAUSED,     WITHDRAWN,    COLLEGE) \
	X(FILLED,     OPEN,         SEATS) \
	X(FILLED,     CLOSED,       COLLEGE) \
	X(FILLED,     WITHDRAWN,    COLLEGE) \
	X(CLOSED,     OPEN,         COLLEGE)

enum posting_mover { MOVER_COLLEGE, MOVER_SEATS };

const char *posting_state_to_text(enum posting_state s);             /* static, never NULL */
enum posting_state posting_state_from_text(const char *text);        /* STATE_NONE: unknown */
bool posting_state_may_be_fed(enum posting_state s);
bool posting_may_move(enum posting_state from, enum posting_state to, enum posting_mover who);
/* "open|paused": the states from which `who` may move to `to`; NULL: no memory. */
const char *posting_moves_to(enum posting_state to, enum posting_mover who, struct arena *a) MUST_CHECK;
/* An open posting without a free seat is filled, a filled one with a free seat is open; others stay as they are. */
enum posting_state posting_state_for_seats(enum posting_state s, int64_t seats, int64_t taken);

/* Rules over the merged row; flaws go to r. */
void employer_judge(struct feed *f, struct row *r, const struct cell *merged);
void posting_judge(struct feed *f, struct row *r, const struct cell *merged);
/* A ranking's row: of an own posting; tier and learner both, or neither. */
void ranking_judge(struct feed *f, struct row *r);

/* ---- rankings -------------------------------------------------------------------------------------------------------- */
struct ranked { int64_t tier; const char *learner; };
struct ranking {
	const char *institution, *posting;
	struct ranked *entries;             /* sorted by tier, then learner, bytewise */
	size_t count;
	int64_t version;                    /* 0: there is none yet */
};

void ranking_sort(struct ranking *r);
bool ranking_equal(const struct ranking *a, const struct ranking *b);
/* Removes a learner; false: she was not in it. */
bool ranking_remove(struct ranking *r, const char *learner);

#endif
