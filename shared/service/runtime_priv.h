/* SPDX-License-Identifier: Apache-2.0 */
/* Between runtime.c (start and stop), loop.c (turns and waiting), report.c (what status tells) and builtin.c. */
#ifndef SERVICE_RUNTIME_PRIV_H
#define SERVICE_RUNTIME_PRIV_H

#include <limits.h>
#include "bus/core_pg.h"
#include "bus/directory.h"
#include "bus/guard.h"
#include "bus/keyring.h"
#include "bus/wire_zmq.h"
#include "bus/zap.h"
#include "service/service.h"
#include "service/status.h"
#include "store/store.h"
#include "store/vacuum.h"

#define FOLLOWS_MOST 16
#define STOP_WITHIN_MS 4000     /* of the 5 s that a stop may take: the rest is for closing */

struct runtime {
	const struct service *service;
	struct settings *settings;
	const char *log_id;
	struct key_pair key;
	struct keyring *keyring;
	struct directory *directory;
	struct zap *zap;
	struct wire_zmq *wire;
	struct guard *guard;
	struct store *store;
	struct core_pg *pg;
	struct vacuum *vacuum;
	struct core *core;
	void *state;                            /* the service's own */
	struct command *commands;               /* its commands and ours */
	size_t command_count;
	struct follow follows[FOLLOWS_MOST];
	const struct directory_entry *follow_entries[FOLLOWS_MOST];
	size_t follow_count;
	struct store_series series[3];
	const struct sql *const *statements[3];

	int wake_fd, signal_fd;
	bool in_step;                           /* within core_step: only queueing is allowed */
	bool stopping, done;
	int64_t stop_by_ms;                     /* mono; INT64_MAX: not stopping */
	int exit_status;

	int64_t started_ms;                     /* mono */
	struct arena *report_arena;             /* of one StatusReport */
	struct status_out *own;                 /* what the service said last */
	int64_t own_at_ms;
};

/* The one of this process: handlers know only their service's state. */
extern struct runtime *runtime_here;

/* loop.c */
int  loop_open(struct runtime *rt) MUST_CHECK;          /* signals and the wake descriptor; 0, or -1 */
void loop_close(struct runtime *rt);
void loop_run(struct runtime *rt);                      /* until stopped; exit_status says how */
int  loop_store_wait(void *rt, int fd, bool for_writing, int64_t deadline_mono_ms);    /* store_wait_fn */

/* report.c */
void report_refresh(struct runtime *rt, int64_t mono_ms);   /* asks the service for its figures; never within a step */
/* A StatusReport, packed in report_arena, which it empties first; NULL: no memory. */
const uint8_t *report_make(struct runtime *rt, int64_t now_ms, int64_t mono_ms, size_t *size) MUST_CHECK;
/* The frame is a STATUS that this key may send: answered. false: it is the core's. */
bool report_answer(struct runtime *rt, const struct principal *who, const struct peer *from, const uint8_t *frame,
                   size_t size);

/* builtin.c: STATUS, AUDIT_LIST, RESYNC, PARKED_RETRY */
extern const struct command builtin_commands[];
extern const size_t builtin_command_count;

#endif
