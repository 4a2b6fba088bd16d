/* SPDX-License-Identifier: Apache-2.0 */
/* A round's moves, what is told of them, and what its report shows to whom. Results: enum store_result. */
#ifndef MATCHING_ROUND_FLOW_H
#define MATCHING_ROUND_FLOW_H

#include "bus/core.h"
#include "round.h"
#include "store.h"

/* The one place that moves a round: writes it with its next revision, logs the move, tells it on the log. The event
 * must be allowed in r's state (round_after). */
int round_go(struct work *w, struct round *r, enum round_event e) MUST_CHECK;

/* Somebody has left a round that is not published: what was solved with her is void, and the round is frozen again. */
int round_unsolve(struct work *w, struct round *r) MUST_CHECK;

/* A new round, already written. */
int round_tell_opened(struct work *w, const struct round *r) MUST_CHECK;
/* Topic placement for each posting where anybody is, with all who are there; topic summary for each college. The round is
 * published already. */
int round_tell_outcome(struct work *w, const struct round *r) MUST_CHECK;
/* One posting of a published round is told again, with who is there now. */
int round_tell_posting(struct work *w, const struct round *r, const char *posting) MUST_CHECK;
/*
 * A published round is called off: who was to go where is blanked in what was told, its snapshot and outcome are dropped,
 * the round moves, and each of those postings is told again with those whom other rounds have placed there; whoever had
 * moved up by it stands again where she stood before.
 */
int round_call_off_published(struct work *w, struct round *r) MUST_CHECK;

enum report_depth {
	REPORT_COUNTS,      /* no line of any learner: what may be kept as a stored reply */
	REPORT_LINES,
};
/* The report of r as the institution (NULL: the intermediary) may see it:
 *   a college     its own row, its learners' lines and who is placed at its postings, once the round is published
 *   everybody     head, positions, totals, withdrawals (with REPORT_LINES); rank counts once published */
int round_show_make(struct work *w, const struct round *r, const char *institution, enum report_depth depth,
    struct report *out)
	MUST_CHECK;

#endif
