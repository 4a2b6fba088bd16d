/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome of a round as JSON. Source: matching.md, "Outcome". */
#ifndef MATCHING_OUTCOME_H
#define MATCHING_OUTCOME_H

#include "instance.h"

const char *outcome_by_to_text(enum engine_by by);               /* static, never NULL */
const char *outcome_reason_to_text(enum engine_reason reason);   /* static, never NULL */

/*
 * Write the outcome of in, in canonical form, so that equal outcomes are equal bytes.
 *   digest   of instance_digest
 *   Returns  0, or -1 when the sink failed
 *
 * The certificate, beyond what matching.md fixes:
 *   pool      every posting: [{"posting", "slots": [{"learner", "reserve", "endowed"}],
 *             "cutoffs": [{"reserve", "cutoff"}]}];
 *             reserve is the group, null for an open slot; cutoff is null, "closed" or {"tier", "fit", "lottery",
 *             "learner"}, tier the employer's from 0, lottery 16 hex digits
 *   alone     the same for all solo runs, postings with a college only; their placements are its slots
 */
int outcome_write(const struct instance *in, const struct engine_outcome *out, const char *digest, json_sink *sink,
    void *to) MUST_CHECK;

#endif
