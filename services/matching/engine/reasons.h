/* SPDX-License-Identifier: Apache-2.0 */
/* Why somebody has no place. Source: matching.md, "Reasons". */
#ifndef BASSIN_MATCHING_REASONS_H
#define BASSIN_MATCHING_REASONS_H

#include "engine/ranked.h"

/*
 * Tell the reasons from o->pool and the ranked phase of the pool run, into o->reason, o->at_off and o->at (which is
 * allocated here; o owns it).
 *   absent   the learners of fixed pairs
 */
enum engine_status reasons_tell(const struct engine_instance *in, const struct ranked *ranked, const bool *absent,
                                struct engine_outcome *o);

#endif
