/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the service between commands: nothing of it is durable, all of it can be lost. */
#ifndef MATCHING_MATCHING_H
#define MATCHING_MATCHING_H

#include "bus/core.h"
#include "bus/matters.h"
#include "jobs.h"
#include "round.h"
#include "service/status.h"

/* How matching asks where the followed logs stand; the core in the service, something else in a test. */
struct logs {
	void *self;
	/* Cursors of all followed logs; they live until the next call. */
	size_t (*status)(void *self, const struct follow_status **out);
	void (*ask)(void *self, size_t which, int64_t mono_ms);
	bool (*heard)(void *self, size_t which, int64_t asked_mono_ms, uint64_t *head_seq);
};
struct logs logs_of_core(struct core *c);

enum { FREEZES_MAX = 8, LOGS_MAX = 16 };

/* A freeze that waits until the cursors have reached the heads. */
struct freeze {
	struct id request;              /* zero: free */
	int64_t since_mono_ms, asked_mono_ms;
	bool heard[LOGS_MAX];
	uint64_t heads[LOGS_MAX];
};

struct matching {
	int64_t freeze_wait_ms;         /* how long a freeze waits for the logs */
	struct jobs *jobs;
	struct freeze freezes[FREEZES_MAX];
	int64_t waiting_ms;             /* how long a reference may wait before somebody is asked */
	struct matter_watch tasks;
	const struct logs *logs;        /* NULL: those of the core in hand */
};

struct runtime;
int  matching_open(struct runtime *rt, void **state);
void matching_close(void **state);
void matching_passive(void *state);
void matching_status(void *state, struct status_out *out);

#endif
