/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One learner's line of an outcome in words, for herself: what she ranked, what she got, and for each posting that she
 * would rather have had, why not. It is checked on the way, by the cut-offs and her own key alone.
 */
#ifndef MATCHING_VERIFIER_WORDS_H
#define MATCHING_VERIFIER_WORDS_H

#include "verifier/verifier.h"

/*
 * Put into words.
 *   learner  her number in the instance
 *   *text    lines, UTF-8, each with a newline; as far as the line holds. Owner: the caller frees it
 *   *report  accepted, or how the line does not hold; only what concerns her is judged
 *   Returns  0, or -1: no memory, *text is NULL
 */
int words_of_learner(const struct instance *in, const struct claim *claim, int32_t learner, bool french, char **text,
    struct verifier_report *report) MUST_CHECK;

#endif
