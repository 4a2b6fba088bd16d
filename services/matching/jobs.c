/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few slots under one mutex. The loop puts a job into a slot; the worker takes it, works without the mutex, and
 * marks it done. A slot that is dropped while the worker has it is freed by the worker.
 */
#include "jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 4, KEY_SIZE = 128, LAST_WORDS_S = 3 };

enum phase { WAITING, IN_HAND, DONE };

struct job {
	struct jobs *jobs;
	char key[KEY_SIZE];
	enum job_kind kind;
	enum phase phase;
	bool dropped;
	uint64_t number;                /* grows with each job */
	int64_t revision;
	struct arena *arena;
	struct job_data data;
	enum solve_status status;
	struct solution solution;
	FILE *file;
	uint64_t file_size;
};

struct jobs {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	pthread_t thread;
	bool stopping;
	int threads;
	uint64_t numbers;
	struct job *slots[SLOTS];
	void (*wake)(void *self);
	void *wake_self;
};

static void
job_free(struct job *job)
{
	solution_clear(&job->solution);
	if (job->file != NULL)
		fclose(job->file);
	arena_destroy(&job->arena);
	free(job);
}

/* ---- the worker -------------------------------------------------------------------------------------------------- */
struct counted_file { FILE *file; uint64_t size; };

static int
to_file(void *to, const char *bytes, size_t size)
{
	struct counted_file *f = to;

	f->size += size;
	return fwrite(bytes, 1, size, f->file) == size ? 0 : -1;
}

static enum solve_status
export(struct job *job)
{
	struct drafted drafted = { 0 };
	struct counted_file f = { tmpfile(), 0 };
	enum solve_status status = f.file == NULL ? SOLVE_NO_MEMORY :
	    pool_draft(job->data.pool, job->arena, &drafted, job->solution.why);

	if (status == SOLVE_OK && (instance_write(drafted.instance, to_file, &f) != 0 || fflush(f.file) != 0))
		status = SOLVE_NO_MEMORY;
	drafted_clear(&drafted);
	job->file = f.file;
	job->file_size = f.size;
	return status;
}

static enum solve_status
work(const struct jobs *j, struct job *job)
{
	switch (job->kind) {
	case JOB_SOLVE:
		return solution_make(job->data.pool, j->threads, job->arena, &job->solution);
	case JOB_VERIFY:
		return solution_verify(job->data.pool, job->data.outcome, job->data.outcome_size, job->arena, &job->solution);
	case JOB_EXPORT:
		break;
	}
	return export(job);
}

static struct job *
next_waiting(struct jobs *j)
{
	struct job *next = NULL;

	for (size_t i = 0; i < SLOTS; i++) {
		struct job *job = j->slots[i];
		if (job != NULL && job->phase == WAITING && (next == NULL || job->number < next->number))
			next = job;
	}
	return next;
}

static void *
work_on(void *self)
{
	struct jobs *j = self;
	struct job *job;

	pthread_mutex_lock(&j->mutex);
	while (!j->stopping) {
		if ((job = next_waiting(j)) == NULL) {
			pthread_cond_wait(&j->changed, &j->mutex);
			continue;
		}
		job->phase = IN_HAND;
		pthread_mutex_unlock(&j->mutex);
		enum solve_status status = work(j, job);
		pthread_mutex_lock(&j->mutex);
		job->status = status;
		job->phase = DONE;
		if (job->dropped)
			job_free(job);
		if (j->wake != NULL && !j->stopping)
			j->wake(j->wake_self);
	}
	pthread_mutex_unlock(&j->mutex);
	return NULL;
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */
struct jobs *
jobs_new(void (*wake)(void *self), void *self, int threads)
{
	struct jobs *j = calloc(1, sizeof *j);

	if (j == NULL)
		return NULL;
	j->wake = wake;
	j->wake_self = self;
	j->threads = threads;
	pthread_mutex_init(&j->mutex, NULL);
	pthread_cond_init(&j->changed, NULL);
	if (pthread_create(&j->thread, NULL, work_on, j) != 0) {
		free(j);
		return NULL;
	}
	return j;
}

void
jobs_destroy(struct jobs **self)
{
	struct jobs *j = self == NULL ? NULL : *self;
	struct timespec until;

	if (j == NULL)
		return;
	jobs_forget(j);
	pthread_mutex_lock(&j->mutex);
	j->stopping = true;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->mutex);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LAST_WORDS_S;
	*self = NULL;
	if (pthread_timedjoin_np(j->thread, NULL, &until) != 0)
		return;                         /* it still works on its own copy; the process ends anyway */
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->mutex);
	free(j);
}

struct job *
jobs_find(struct jobs *j, const char *key)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (j->slots[i] != NULL && strcmp(j->slots[i]->key, key) == 0)
			return j->slots[i];
	return NULL;
}

/* With the mutex held: the slot is free afterwards. */
static void
slot_drop(struct jobs *j, size_t slot)
{
	struct job *job = j->slots[slot];

	j->slots[slot] = NULL;
	if (job->phase == IN_HAND)
		job->dropped = true;
	else
		job_free(job);
}

void
jobs_drop(struct jobs *j, struct job *job)
{
	pthread_mutex_lock(&j->mutex);
	for (size_t i = 0; i < SLOTS; i++)
		if (j->slots[i] == job)
			slot_drop(j, i);
	pthread_mutex_unlock(&j->mutex);
}

void
jobs_forget(struct jobs *j)
{
	pthread_mutex_lock(&j->mutex);
	for (size_t i = 0; i < SLOTS; i++)
		if (j->slots[i] != NULL)
			slot_drop(j, i);
	pthread_mutex_unlock(&j->mutex);
}

/* With the mutex held: a free slot, or that of the oldest finished job; SLOTS: none. */
static size_t
slot_for_new(const struct jobs *j)
{
	size_t best = SLOTS;

	for (size_t i = 0; i < SLOTS; i++) {
		if (j->slots[i] == NULL)
			return i;
		if (j->slots[i]->phase == DONE && (best == SLOTS || j->slots[i]->number < j->slots[best]->number))
			best = i;
	}
	return best;
}

bool
jobs_have_room(struct jobs *j)
{
	bool busy = false;

	pthread_mutex_lock(&j->mutex);
	for (size_t i = 0; i < SLOTS; i++)
		busy = busy || (j->slots[i] != NULL && j->slots[i]->phase != DONE);
	pthread_mutex_unlock(&j->mutex);
	return !busy;                           /* one at a time: each may need gigabytes */
}

size_t
jobs_count(struct jobs *j)
{
	size_t n = 0;

	pthread_mutex_lock(&j->mutex);
	for (size_t i = 0; i < SLOTS; i++)
		n += j->slots[i] != NULL && j->slots[i]->phase != DONE;
	pthread_mutex_unlock(&j->mutex);
	return n;
}

void
jobs_start(struct jobs *j, const char *key, enum job_kind kind, int64_t revision, struct arena **a,
    const struct job_data *data)
{
	struct job *job = calloc(1, sizeof *job);

	if (job == NULL) {                      /* as if it had never been asked for: it will be again */
		arena_destroy(a);
		return;
	}
	BUG_IF(strlen(key) >= KEY_SIZE);
	memcpy(job->key, key, strlen(key) + 1);
	job->jobs = j;
	job->kind = kind;
	job->revision = revision;
	job->arena = *a;
	job->data = *data;
	*a = NULL;
	pthread_mutex_lock(&j->mutex);
	size_t slot = slot_for_new(j);
	BUG_IF(slot == SLOTS);
	if (j->slots[slot] != NULL)
		slot_drop(j, slot);
	job->number = ++j->numbers;
	j->slots[slot] = job;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->mutex);
}

/* ---- one job ----------------------------------------------------------------------------------------------------- */
bool
job_is_done(struct job *job)
{
	pthread_mutex_lock(&job->jobs->mutex);
	bool done = job->phase == DONE;
	pthread_mutex_unlock(&job->jobs->mutex);
	return done;
}

int64_t
job_revision(const struct job *job)
{
	return job->revision;
}

enum solve_status
job_status(const struct job *job)
{
	return job->status;
}

const struct solution *
job_solution(const struct job *job)
{
	return &job->solution;
}

FILE *
job_file(const struct job *job, uint64_t *size)
{
	*size = job->file_size;
	return job->file;
}

const char *
job_condition(const struct job *job)
{
	return job->solution.condition;
}

const char *
job_why(const struct job *job)
{
	return job->solution.why;
}
