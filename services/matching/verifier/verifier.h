/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier: accepts the outcome of a round, or names the first condition of matching.md that it breaks. It shares no
 * code with the solver and never searches: it reads the outcome as JSON, as anybody would, and judges it from the
 * instance, in one pass over the lists. A round is published only after it has accepted.
 */
#ifndef MATCHING_VERIFIER_H
#define MATCHING_VERIFIER_H

#include "instance.h"

enum verifier_verdict {
	VERIFIER_ACCEPTED,
	VERIFIER_VIOLATION,     /* or the outcome cannot be read as one */
	VERIFIER_NO_MEMORY,
};

struct verifier_report {
	enum verifier_verdict verdict;
	const char *condition;  /* static word for programs, such as blocking_pair; "" when accepted */
	char text[480];         /* one English sentence, with the ids; empty when accepted */
	char text_fr[480];      /* the same in French */
};

/* What an outcome file says, its ids resolved. */
struct claim;

/*
 * Read an outcome, from memory or from a file or pipe as it streams by. Blanks and the order of keys are free; every key
 * stands once, none is unknown, lists are in the order that matching.md and outcome.h give, numbers as RFC 8785 writes them.
 *   Returns  0 and *out, or -1 and *report, with one of the conditions
 *            unreadable   no JSON                     shape     a key, a kind of value, a word that does not belong there
 *            unknown_id   not in the instance         order, twice   in a list by id
 *            two_slots    a learner holds two         postings  not each posting certified, in order
 *            kinds        other kinds of slot than the posting has      price_zero   such prices are not listed
 *            at           a list that does not go with the reason
 *   Owner    the caller destroys *out; it borrows from in, not from bytes
 */
int  claim_read(const struct instance *in, const char *bytes, size_t size, struct claim **out,
    struct verifier_report *report) MUST_CHECK;
int  claim_read_fd(const struct instance *in, int fd, struct claim **out, struct verifier_report *report) MUST_CHECK;
void claim_destroy(struct claim **self);        /* NULL-safe */

/*
 * Judge a claim. What it must be, and the conditions of what it breaks:
 *   the outcome of this instance                                                    digest
 *   feasible    fixed pairs exactly, no seat twice, ranked pairs acceptable to both sides, everybody placed or listed as
 *               unplaced       fixed_pair not_in_run seats unacceptable placement placed_once
 *   stable      slot holders and cut-offs are what the rule of filling gives, and nobody prefers a slot that she would
 *               have been given; for each solo run too       filling cutoff blocking_pair endowment_lost
 *   learners'   no stable outcome is better for any learner (no ring of slots whose next candidates would all gain)
 *                                                            not_best_for_learners
 *   optimal     the prices prove the assignment, in the pool and in each solo run; a posting without a seat left is priced
 *               as its pairs need, and whoever takes no part not at all
 *                              not_open price_cover price_exact price_unplaced price_free_seat price_seatless seats
 *   guarantee   endowments are the solo placements and the held pairs; nobody ends worse, no college has fewer
 *                                                            endowments worse_than_alone college_worse
 *   told right  reasons, at and ahead, rows of colleges, objective       reason at ahead colleges objective
 * The first that is broken is told: of the solo runs, then of the pool, then of what is told. Which of several equally
 * good assignments was taken is not judged, since any is right.
 * Time and memory in proportion to the input; two threads of its own where there are thousands of learners.
 */
void verifier_judge(const struct instance *in, const struct claim *claim, struct verifier_report *report);

/* claim_read and verifier_judge in one. */
void verifier_judge_bytes(const struct instance *in, const char *bytes, size_t size, struct verifier_report *report);

#endif
