/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pure decisions about rounds: no I/O, no clock. The life of a round is one table; what leaves a pair out of a round is
 * one set of bits. Source: matching.md, feeds.md ("Who fits where"), architecture.md ("Matching").
 */
#ifndef MATCHING_RULES_H
#define MATCHING_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "fit.h"

enum { TITLE_MAX_BYTES = 200, REASON_MAX_BYTES = 500, REFERENCE_MAX_BYTES = 257, ID_MAX_BYTES = 128 };

/* The same numbers as RoundState of matching.proto, from 1. */
#define ROUND_STATES(X) \
	X(OPENED,    "open") \
	X(FROZEN,    "frozen") \
	X(SOLVED,    "solved") \
	X(PUBLISHED, "published") \
	X(CLOSED,    "closed") \
	X(WITHDRAWN, "withdrawn")

enum round_state {
	ROUND_UNKNOWN,
#define ROUND_ENUM(state, text) ROUND_##state,
	ROUND_STATES(ROUND_ENUM)
#undef ROUND_ENUM
};

enum round_event { ROUND_EVENT_FREEZE, ROUND_EVENT_SOLVE, ROUND_EVENT_LEAVE, ROUND_EVENT_PUBLISH, ROUND_EVENT_CLOSE,
	ROUND_EVENT_CALL_OFF };

/*    in state    on event    goes to
 * LEAVE: a learner or a posting leaves, so what was solved is void; what is published stays, and a place is given up.
 * CALL_OFF: the whole round is withdrawn. */
#define ROUND_MOVES(X) \
	X(OPENED,    FREEZE,    FROZEN) \
	X(FROZEN,    SOLVE,     SOLVED) \
	X(SOLVED,    SOLVE,     SOLVED) \
	X(FROZEN,    LEAVE,     FROZEN) \
	X(SOLVED,    LEAVE,     FROZEN) \
	X(PUBLISHED, LEAVE,     PUBLISHED) \
	X(SOLVED,    PUBLISH,   PUBLISHED) \
	X(PUBLISHED, CLOSE,     CLOSED) \
	X(OPENED,    CALL_OFF,  WITHDRAWN) \
	X(FROZEN,    CALL_OFF,  WITHDRAWN) \
	X(SOLVED,    CALL_OFF,  WITHDRAWN) \
	X(PUBLISHED, CALL_OFF,  WITHDRAWN)

const char      *round_state_to_text(enum round_state s);       /* static, never NULL */
enum round_state round_state_from_text(const char *text);       /* ROUND_UNKNOWN: no such state */
/* Where the event leads; ROUND_UNKNOWN: not allowed in this state. */
enum round_state round_after(enum round_state s, enum round_event e);
/* The states in which the event is allowed, "frozen|solved": static. For a refusal's `allowed`. */
const char      *round_states_for(enum round_event e);

/* From the freeze on the seed is told and the snapshot stands. */
bool round_is_frozen(enum round_state s);
/* A withdrawn round keeps no snapshot, so nothing of it can be shown but its header. */
bool round_has_snapshot(enum round_state s);
/* Colleges see what came of a round once it is published. */
bool round_is_public(enum round_state s);

/* All zero: the usual weights. false: not sound (each 0..1000, sum positive). */
bool round_weights(uint32_t competencies, uint32_t distance, uint32_t hours, struct fit_weights *out) MUST_CHECK;

/* Why a ranked pair or a direct offer did not enter a round: the bits of enum fit_reason, and these. */
enum left_out {
	LEFT_OUT_NOT_OPEN  = 1 << 9,    /* the posting was not open at the freeze */
	LEFT_OUT_WITHDRAWN = 1 << 10,   /* the posting left the round */
	LEFT_OUT_SEATS     = 1 << 11,   /* more direct offers than seats */
	LEFT_OUT_UNKNOWN   = 1 << 12,   /* a direct offer at a posting that nobody has told of */
};
enum { LEFT_OUT_BITS = 13 };
const char *left_out_to_text(unsigned bit);     /* one bit; static, never NULL */

/*
 * Direct offers at one posting that are more than its seats: who needs a place most comes first (tier 0), then the
 * lottery, then the pool number; the others stay in the round with their rankings.
 */
struct offer {
	int32_t posting, who;           /* the caller's own numbers */
	const char *learner;            /* pool number */
	int32_t tier;
	uint64_t lottery;
};
/* By posting, then by claim. */
void offers_sort(struct offer *offers, size_t n);

/* "college/id": both parts sound ids. */
bool reference_is_sound(const char *text);
/* The part before '/', as a question: is this reference the institution's? */
bool reference_is_of(const char *reference, const char *institution);

#endif
