/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The independent checker: accepts an outcome, or names the first condition of matching.md that it breaks. It shares no
 * code with the solver: it never proposes anything, but judges the finished outcome from the instance alone, with keys,
 * lottery numbers and lists of its own. A round is published only after it has accepted.
 */
#ifndef MATCHING_CHECKER_H
#define MATCHING_CHECKER_H

#include "instance.h"

enum checker_verdict {
	CHECKER_ACCEPTED,
	CHECKER_VIOLATION,
	CHECKER_UNSUPPORTED,    /* the instance asks for what this checker does not judge yet */
	CHECKER_NO_MEMORY,
};

struct checker_report {
	enum checker_verdict verdict;
	char text[400];         /* English, with the ids; empty when accepted */
};

/*
 * Judge the outcome:
 *   feasible    every learner placed once at most, fixed pairs exactly, seats kept, ranked pairs acceptable to both
 *   stable      each posting is held by the best of those who rank it at or above their result: no blocking pair, no
 *               seat left free that somebody wanted
 *   learners'   no stable outcome is better for any learner (no ring of postings whose next candidates would all gain)
 *   told right  reasons, at and ahead, rows of colleges, objective, slot holders and cut-offs; so for the solo runs
 * Nothing of in or out is retained.
 */
void checker_judge(const struct instance *in, const struct engine_outcome *out, struct checker_report *report);

#endif
