/* SPDX-License-Identifier: Apache-2.0 */
/* The assignment phase by itself: engine assign LEARNERS ELIGIBLE SEATS_PERCENT RUNS */
#include "engine/assign.h"

#include <stdlib.h>

#include "measure.h"

/* made_edge and engine_entry are the same two numbers. */
static struct assign_problem
problem_of(const struct made_problem *m)
{
	return (struct assign_problem){ .n_learners = m->n_learners,
		                        .n_postings = m->n_postings,
		                        .off = m->off,
		                        .edge = (const struct engine_entry *)m->edge,
		                        .level = m->level,
		                        .start = m->start,
		                        .seats = m->seats,
		                        .gap = m->gap };
}

void
measure_assign(char **words)
{
	struct made_problem made = made_problem_new(atoi(words[0]), atoi(words[1]), atoi(words[2]));
	struct assign_problem p = problem_of(&made);
	int32_t *posting = made_room((size_t)p.n_learners, sizeof(*posting));
	int64_t *u = made_room((size_t)p.n_learners, sizeof(*u)), *v = made_room((size_t)p.n_postings, sizeof(*v));
	int64_t kib = 0;

	for (int run = 0; run < atoi(words[3]); run++) {
		if (run == 0)
			made_peak_reset();
		double since = made_now_s();
		enum engine_status status = assign_solve(&p, posting, u, v);
		printf("seconds %.6f\n", made_now_s() - since);
		(void)fflush(stdout);
		if (run == 0)
			kib = made_peak_kib();
		if (status != ENGINE_OK)
			made_die(engine_status_to_text(status));
	}
	printf("kib %lld\n", (long long)kib);
	made_print_result(&made, posting);
}
