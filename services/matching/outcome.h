/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome of a round as JSON. Source: matching.md, "Outcome". */
#ifndef MATCHING_OUTCOME_H
#define MATCHING_OUTCOME_H

#include "instance.h"

const char *outcome_by_to_text(enum engine_by by);               /* static, never NULL */
const char *outcome_reason_to_text(enum engine_reason reason);   /* static, never NULL */

/*
 * Write the outcome of in, in canonical form (RFC 8785), so that equal outcomes are equal bytes.
 *   digest   of instance_digest
 *   Returns  0, or -1 when the sink failed
 *
 * The certificate, beyond what matching.md fixes:
 *
 *   {"alone": {"placements": [{"by", "learner", "posting"}], "postings": [...], "prices": {...}},
 *    "pool":  {"postings": [...], "prices": {...}}}
 *
 *   placements  of all solo runs together, by learner
 *   postings    by posting, in alone those with a college only:
 *               {"cutoffs": [{"cutoff", "reserve"}], "posting", "slots": [{"endowed", "learner", "reserve"}]}
 *               slots are the filled ones in the order of filling; cutoffs one per reserve in their order, then one for
 *               the open slots; reserve is the group, null for an open slot; cutoff is null (a slot is free), "closed" or
 *               {"fit", "learner", "lottery", "tier"}: tier the employer's from 0, lottery 16 hex digits
 *   prices      {"learners": [[id, price]], "postings": [[id, price]]}: the duals that engine.h describes at
 *               ENGINE_REWARD, by id; only those above 0
 */
int outcome_write(const struct instance *in, const struct engine_outcome *out, const char *digest, json_sink *sink,
    void *to) MUST_CHECK;

#endif
