/* SPDX-License-Identifier: Apache-2.0 */
/* The solo runs: each college with its own learners and postings, without fixed and held pairs and their seats. */
#ifndef BASSIN_MATCHING_SOLO_H
#define BASSIN_MATCHING_SOLO_H

#include "engine/ranked.h"

struct solo_input {
	const struct engine_instance *in;
	int threads;
	const uint32_t *lot; /* of all learners */
	const int32_t *by_lot;
	const int32_t *seats; /* by posting: left after the fixed and the held pairs */
	const bool *paired; /* by learner: in a fixed or a held pair */
};

/* All solo runs, on that many threads, into alone, whose arrays stand ready as those of an empty run. */
enum engine_status solo_runs(const struct solo_input *in, const struct engine_run *alone);

#endif
