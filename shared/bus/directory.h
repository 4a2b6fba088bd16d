/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the services are: a file with lines `name endpoint[,endpoint...]` (# starts a comment line), by default
 * $BASSIN_HOME/etc/directory. A name is that of a service's log and key: `matching`, `learner_intake`, or
 * `learner_intake_north` where several colleges run one each. Endpoints are tcp://host:port or ipc://path; several stand
 * for several instances on one store, of which one is active.
 */
#ifndef BUS_DIRECTORY_H
#define BUS_DIRECTORY_H

#include "bus/keyring.h"

#define DIRECTORY_ENDPOINTS_MAX 8
#define ENDPOINT_MAX_BYTES 255

struct directory_entry {
	char name[NAME_MAX_BYTES + 1];
	size_t endpoint_count;              /* 1..8 */
	char endpoints[DIRECTORY_ENDPOINTS_MAX][ENDPOINT_MAX_BYTES + 1];
};

struct directory;

/* 0, or -1 with *why: the file cannot be read, or has a wrong line. Entries keep the order of the file. */
int  directory_load(const char *path, struct directory **out, struct key_why *why) MUST_CHECK;
void directory_destroy(struct directory **self);    /* NULL-safe */

size_t directory_count(const struct directory *d);
const struct directory_entry *directory_at(const struct directory *d, size_t index);
const struct directory_entry *directory_find(const struct directory *d, const char *name);     /* NULL: none */
/* Does the entry's name stand for this service: `log_id` itself or `log_id_*`? */
bool directory_entry_is_of(const struct directory_entry *e, const char *log_id);

/* tcp://host:port (port 1..65535) or ipc://path. */
bool endpoint_is_sound(const char *endpoint);

#endif
