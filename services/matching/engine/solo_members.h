/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to each college: the instances of the solo runs, side by side in memory. */
#ifndef BASSIN_MATCHING_SOLO_MEMBERS_H
#define BASSIN_MATCHING_SOLO_MEMBERS_H

#include "engine/run.h"
#include "engine/solo.h"

/*
 * Compressed rows over colleges. A college's learners and postings have numbers of its own, from 0, in the order of
 * their numbers in the instance; those in fixed and held pairs are in no row. All together are no larger than the
 * instance.
 */
struct members {
	size_t *learner_off, *posting_off; /* [n_colleges + 2]; while they are filled, one place ahead */
	int32_t *learner, *posting; /* their numbers in the instance */
	int32_t *here; /* by learner of the instance: her number in her college */
	struct run_place *places; /* by posting of the instance */
	uint32_t *lot; /* places in the lottery of each college's own, and back */
	int32_t *by_lot;
	int32_t *seats;
	size_t *line_off; /* [n_colleges + 1]: room for all lines of the college's learners */
	struct engine_line *line; /* those at the college's own postings */
	size_t *off; /* one more for each college than it has learners; see members_off */
};

/* Where the lists of a college's learners begin and end, counted from line[line_off[college]]. */
static inline size_t *
members_off(const struct members *m, int32_t college)
{
	return m->off + m->learner_off[college] + college;
}

/* Sort everything by college. members_free is due in any case. */
enum engine_status members_find(struct members *m, const struct solo_input *from);
void members_free(struct members *m);

#endif
