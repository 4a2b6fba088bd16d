/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a round, taken literally: slots filled one by one, each by its own order. A run is that of the pool, or
 * of one college by itself. Source: matching.md, "Rules".
 */
#ifndef TEST_LITERAL_H
#define TEST_LITERAL_H

#include "round.h"

struct slot {
	int kind; /* which of the posting's reserves, or NONE: open */
	int group; /* NONE: open */
	int owner; /* the endowed learner whose slot it is, or NONE */
};

struct run {
	const struct round *r;
	bool *member; /* [n] takes part in the ranked phase */
	bool *offered; /* [m] takes part */
	int *endowed; /* [n] posting, or NONE */
	int *seats; /* [m] what the pairs taken out leave; 0 where not offered */
	int *slot_off; /* [m + 1] */
	struct slot *slot; /* each posting's in the order of filling */
	int *list_off; /* [n + 1] */
	int *list; /* each member's postings, best first; the endowed one last if she did not rank it */
	int16_t *place; /* [n * m] where a posting stands in her list, NONE: nowhere */
};

/* The run of college number c alone, or (NONE) of the pool, where learner l is endowed with posting endowed[l]. */
struct run *run_new(const struct round *r, int college, const int *endowed);
void run_destroy(struct run **self);

bool has_ranked(const struct run *run, int l, int p);

/* She holds the endowed seat that she did not rank. */
bool stands_unranked(const struct run *run, const int *result, int l);

/*
 * Which of the applicants a posting takes: its slots in order, each the best left by its own order.
 *   holder[k]   of the posting's slot number k, or NONE; k from 0
 */
void choose(const struct run *run, int p, const int *applicant, int count, int *holder);

/* Below 0: a comes before b on that slot. Both are acceptable on it. */
int slot_compare(const struct run *run, int p, const struct slot *s, int a, int b);

/* The holders of each slot when `result` says who holds which posting; [slot_off[m]]; the caller frees. */
int *slot_holders(const struct run *run, const int *result);

/* ---- assignment phase -------------------------------------------------------------------------------------------- */

struct option {
	int posting, fit;
};

/* Who may be assigned where once the ranked phase has ended with `result`. */
struct assignment {
	int *level; /* [n] NONE: takes no part; 0: stands on an endowed seat; else 1 + need */
	int *seats; /* [m] left */
	int *option_off; /* [n + 1] */
	struct option *option;
};

struct assignment *assignment_new(const struct run *run, const int *result);
void assignment_destroy(struct assignment **self);

/* The fit of that option of hers; NONE when it is not open to her. */
int option_fit(const struct assignment *a, int l, int p);

/*
 * What is maximised, first things first: those placed who stood on an endowed seat, all placed, per need, sum of fit.
 */
struct worth {
	int64_t stood, placed, need[MAX_NEEDS], fit;
};

/* Above 0: a is better. */
int worth_compare(const struct worth *a, const struct worth *b);

/* assigned[l]: posting, or NONE. */
struct worth worth_of(const struct run *run, const struct assignment *a, const int *assigned);

/* ---- what is best ------------------------------------------------------------------------------------------------ */

/*
 * The learner-optimal stable outcome, found by looking at every outcome there is. *complaint when there is none, which
 * would be a fault of the rules or of this reading. The caller frees.
 */
int *best_stable_of_all(const struct run *run, char **complaint);

/* Every stable outcome there is, one after the other; each may not keep what it is given. */
void each_stable(const struct run *run, void (*each)(void *with, const int *result), void *with);

/* The same by deferred acceptance, for rounds too large to look at everything. */
int *best_stable_by_proposals(const struct run *run);

/* No learner and posting would both rather have each other, judged by trying. */
void check_stable(const struct run *run, const int *result, char **complaint);

/* The best there is, by looking at every assignment; the first such in *assigned, [n], unless that is NULL. */
struct worth best_of_all(const struct run *run, const struct assignment *a, int *assigned);

/* How many outcomes and assignments there are to be looked at, roughly. */
double outcomes_of(const struct run *run);
double assignments_of(const struct run *run, const struct assignment *a);

/* No exchange of seats improves the assignment: no better cycle or path in the graph of changes. */
void check_no_improvement(const struct run *run, const struct assignment *a, const int *assigned, char **complaint);

#endif
