/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker thread: solves, verifies and writes instances out of its own copy of the data, one after the other, while the loop
 * goes on. Nothing durable is here: a job that is lost is asked for again. All functions are the loop's; jobs_new says
 * how the worker wakes it.
 */
#ifndef MATCHING_JOBS_H
#define MATCHING_JOBS_H

#include <stdio.h>

#include "round_solve.h"

enum job_kind { JOB_SOLVE, JOB_VERIFY, JOB_EXPORT };

/* What a job works on; both live in its arena. */
struct job_data {
	const struct pool *pool;
	const char *outcome;            /* JOB_VERIFY: the bytes to be judged */
	size_t outcome_size;
};

struct jobs;

/* wake is called by the worker after each job; it may be NULL. threads: that a solution may use. NULL: no memory or no
 * thread. */
struct jobs *jobs_new(void (*wake)(void *self), void *self, int threads) MUST_CHECK;
/* Waits a moment for a job in hand, then leaves it to the end of the process. NULL-safe. */
void jobs_destroy(struct jobs **self);

struct job;

struct job *jobs_find(struct jobs *j, const char *key);         /* NULL: none of this key */
/* May one be started now? Finished ones give way, the oldest first; what is in the worker's hands does not. */
bool jobs_have_room(struct jobs *j);
/* Takes *a, in which the data lives. Key: at most 127 bytes. revision: of the round, for the caller to compare. */
void jobs_start(struct jobs *j, const char *key, enum job_kind kind, int64_t revision, struct arena **a,
    const struct job_data *data);
/* Forgets a job, also one that is still in hand. */
void jobs_drop(struct jobs *j, struct job *job);
/* Forgets all: somebody was erased, or this instance is no longer the active one. */
void jobs_forget(struct jobs *j);
size_t jobs_count(struct jobs *j);                              /* not finished yet */

/* Of a job: fixed, or true once it is finished. */
bool job_is_done(struct job *job);
int64_t job_revision(const struct job *job);
enum solve_status job_status(const struct job *job);            /* when done */
const struct solution *job_solution(const struct job *job);     /* of JOB_SOLVE and JOB_VERIFY, when done with SOLVE_OK */
FILE *job_file(const struct job *job, uint64_t *size);          /* of JOB_EXPORT, when done with SOLVE_OK */
/* When refused: a static word, and a sentence that may name ids. */
const char *job_condition(const struct job *job);
const char *job_why(const struct job *job);

#endif
