/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime that every service is: settings, store, lease, bus, one main loop, drain, stop, status. A service declares
 * itself and returns service_main from main; the order of start-up and its mirror, teardown, are written once, there.
 *
 *   start   settings -> log -> keyring and ZAP handler -> sockets -> store -> migrations -> open -> loop
 *   stop    SIGTERM or SIGINT: no new command is taken, what is in hand is finished, readers stop, close; within 5 s
 * Exit status: 0 stopped as asked; 2 settings or keys wrong; 3 the store is newer than the program, or unsafe (fsync off).
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "bus/core.h"
#include "service/settings.h"
#include "store/sql.h"

struct runtime;                     /* what runs a service; lives as long as service_main */
struct status_out;                  /* status.h: where figures and alarms go */

struct service {
	const char *name;               /* also its role, its log_id and its key's name unless settings say otherwise */
	const char *about;              /* one line for --help */
	unsigned port;                  /* where it listens unless settings say otherwise */
	const struct setting *settings; /* ended by an entry without a name; the common ones are added */
	const struct command *commands; size_t command_count;
	/* log_id names a service of the directory file; one follow stands for each entry `log_id` or `log_id_*` there
	 * (several colleges may run a learner intake each), and log_id is that entry's name when apply is called. */
	const struct follow *follows;   size_t follow_count;
	const struct chore *chores;     size_t chore_count;
	const struct sql *const *statements;
	const struct migration *migrations;
	/* Reads its settings and makes its state; starts its threads. 0, or -1 after a log_error: the program ends with 2. */
	int  (*open)(struct runtime *rt, void **state);
	void (*close)(void **state);    /* stops its threads; NULL-safe */
	/* As core_config: its state is loaded when this instance becomes active, forgotten when it stops being so. */
	int  (*on_active)(struct work *w);
	void (*on_passive)(void *state);
	/* Adds its own figures and alarms to status; never asks the store. May be NULL. */
	void (*on_status)(void *state, struct status_out *out);
};

int service_main(const struct service *service, int argc, char **argv);

const struct settings *runtime_settings(const struct runtime *rt);
struct core *runtime_core(const struct runtime *rt);
/* From any thread: the loop takes a turn soon (a worker has a result for a chore). */
void runtime_wake(struct runtime *rt);

#endif
