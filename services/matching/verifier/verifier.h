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
 * Read an outcome.
 *   Returns  0 and *out, or -1 and *report: not JSON, not of the outcome's shape, or an id that the instance does not know
 *   Owner    the caller destroys *out; it borrows from in, not from bytes
 */
int  claim_read(const struct instance *in, const char *bytes, size_t size, struct claim **out,
    struct verifier_report *report) MUST_CHECK;
int  claim_read_fd(const struct instance *in, int fd, struct claim **out, struct verifier_report *report) MUST_CHECK;
void claim_destroy(struct claim **self);        /* NULL-safe */

/*
 * Judge a claim:
 *   digest      it is the outcome of this instance
 *   feasible    every learner once at most, fixed pairs exactly, no seat twice, ranked pairs acceptable to both sides
 *   stable      slot holders and cut-offs are what the rule of filling gives, and nobody prefers a slot that she would
 *               have been given; for each solo run too
 *   learners'   no stable outcome is better for any learner (no ring of slots whose next candidates would all gain)
 *   optimal     the prices prove the assignment, in the pool and in each solo run
 *   guarantee   endowments are the solo placements and the held pairs; nobody ends worse, no college has fewer
 *   told right  reasons, at and ahead, rows of colleges, objective
 * Time and memory in proportion to the input.
 */
void verifier_judge(const struct instance *in, const struct claim *claim, struct verifier_report *report);

/* claim_read and verifier_judge in one. */
void verifier_judge_bytes(const struct instance *in, const char *bytes, size_t size, struct verifier_report *report);

#endif
