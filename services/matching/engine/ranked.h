/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ranked phase: deferred acceptance, in which learners propose down their lists and slots keep the best they have
 * seen. Its outcome does not depend on the order of proposals. Source: matching.md, "Seats" and "Ranked phase".
 *
 * A posting's slots are blocks: one per reserve and one of open slots, in the order of filling. All plain slots of a
 * block have the same priority, so a block keeps the best of those who reach it, and who does not stay goes on to the
 * next. A learner on her endowed slot stays whatever comes.
 *
 * Cost: each line of a list is read once, each proposal costs the logarithm of the seats; at a posting with reserves,
 * times its blocks at worst.
 */
#ifndef BASSIN_MATCHING_RANKED_H
#define BASSIN_MATCHING_RANKED_H

#include "engine/engine.h"

/*
 * Who takes part in a run, and with what. Learners and postings have numbers of this run's own, in the order of their
 * numbers in the instance; everything here but the instance goes by them.
 */
struct ranked_problem {
	const struct engine_instance *in;
	int32_t n_learners, n_postings;
	const int32_t *learner, *posting; /* their numbers in the instance; NULL: the same */
	struct engine_rankings rankings;
	const uint32_t *lot; /* by learner: her place in the lottery among them, from 0 */
	const int32_t *by_lot; /* and back */
	const int32_t *seats; /* by posting: its slots in this run */
	const int32_t *endowment; /* by learner: posting or ENGINE_NONE; NULL: nobody has one */
	const bool *absent; /* by learner: has no part in it; NULL: everybody has */
};

enum ranked_stand {
	RANKED_NOWHERE,
	RANKED_BY_LIST,
	RANKED_BY_ENDOWMENT, /* at her endowed posting, which she did not rank */
};

/* The state at the end; opaque but for what is asked below. */
struct ranked;

/*
 * Run the phase.
 *   *out     on ENGINE_OK the state, else NULL; the caller destroys it; it borrows p and what p borrows
 */
enum engine_status ranked_run(const struct ranked_problem *p, struct ranked **out);
void ranked_destroy(struct ranked **self); /* NULL-safe, leaves NULL behind */

/*
 * Where everybody stands, and the certificate.
 *   posting[i]               by learner of the run, or ENGINE_NONE
 *   unranked[i]              RANKED_BY_ENDOWMENT; NULL if nobody has an endowment
 *   slot_off [n_postings + 1], slots [as many as learners], cutoff: as struct engine_run; learners by their numbers in
 *                            the instance; cut-offs of posting j from cutoffs[cutoff_off[j's number in the instance]]
 * Puts the holders in order within the state.
 */
struct ranked_told {
	int32_t *posting;
	bool *unranked;
	size_t *slot_off;
	struct engine_slot *slots;
	const size_t *cutoff_off;
	struct engine_cutoff *cutoffs;
};

enum engine_status ranked_tell(struct ranked *r, const struct ranked_told *to);

/* Where she stands; *posting is ENGINE_NONE with RANKED_NOWHERE. */
enum ranked_stand ranked_stand_of(const struct ranked *r, int32_t learner, int32_t *posting);

/* How far she came: the end of those lines of her list at which she asked or stands. */
size_t ranked_reach(const struct ranked *r, int32_t learner);

/* How many proposals were made. */
uint64_t ranked_proposals(const struct ranked *r);

/*
 * The pool's ranked phase by itself, for measuring it: neither solo runs nor assignment, endowed are the held pairs only,
 * and the instance is taken as checked. In *out, which the caller destroys, only the pool's placements, slots and cut-offs
 * are told; whoever stands on a held seat that she did not rank has her posting, and ENGINE_NOT_PLACED.
 *   *proposals   how many were made
 */
enum engine_status
engine_ranked_alone(const struct engine_instance *in, struct engine_outcome **out, uint64_t *proposals);

/* The priority of a learner at a posting (numbers of the instance), ranked by her or not, or ENGINE_REFUSED. */
uint32_t ranked_priority(const struct engine_instance *in, int32_t learner, int32_t posting);

/*
 * Draw the lottery.
 *   lot[i]      learner i's place, from 0: by lottery number, then by number
 *   by_lot[k]   and back
 */
enum engine_status ranked_draw(const uint64_t *lottery, int32_t n, uint32_t *lot, int32_t *by_lot);

#endif
