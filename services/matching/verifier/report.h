/* SPDX-License-Identifier: Apache-2.0 */
/* How the verifier says no: one word for programs, one sentence in each language for people. */
#ifndef MATCHING_VERIFIER_REPORT_H
#define MATCHING_VERIFIER_REPORT_H

#include "verifier/verifier.h"

enum report_run { REPORT_POOL, REPORT_ALONE, REPORT_WHOLE };

/*
 * Fill *r with a violation; the first one stays. English and French take the same values in the same order.
 *   run      the sentence begins with it; REPORT_WHOLE: with none
 *   Returns  false, so that a judge can return what it says
 */
bool report_violation(struct verifier_report *r, enum report_run run, const char *condition, const char *english,
    const char *french, ...) __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

bool report_no_memory(struct verifier_report *r);       /* false */

enum { REPORT_SHOWN = 104 };

/*
 * An id as it may stand in a line of text: what a terminal would obey is shown as '?', what is too long is cut.
 *   Returns  room, which has REPORT_SHOWN bytes
 */
const char *report_show(char *room, const char *id);

#define SHOWN(id) report_show((char[REPORT_SHOWN]){ 0 }, (id))

#endif
