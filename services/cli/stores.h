/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services whose settings are on this machine, and their stores: for backup, restore and doctor, which an administrator
 * runs here, and which speak to PostgreSQL and not to the services.
 */
#ifndef CLI_STORES_H
#define CLI_STORES_H

#include <sys/types.h>
#include "app.h"
#include "service/settings.h"
#include "store/store.h"

#define LOCALS_MAX 64

struct local {
	const char *name; /* its log's: learner_intake, learner_intake_north */
	const char *service; /* learner_intake */
	const char *unit; /* bassin-learner-intake@learner_intake */
	const char *program; /* path of bassin-learner-intake, beside this program */
	const char *conninfo; /* "": no settings for it here */
	struct settings *settings;
};

struct locals {
	struct local at[LOCALS_MAX];
	size_t count;
};

/* Each service of the directory, or the one of --service; readers before those whose logs they read. Those without settings
 * on this machine have no conninfo. */
int locals_find(struct app *app, struct locals *out) MUST_CHECK;
void locals_forget(struct locals *self);
const struct local *locals_named(const struct locals *p, const char *name); /* NULL: none */

/* Connects, with these lists of statements prepared, which live as long as *out; what is wrong was told. */
int local_connect(const struct local *p, const struct sql *const *const *statements, struct store **out) MUST_CHECK;

/* ---- programs ------------------------------------------------------------------------------------------------------
 * Found by PATH. With a local, libpq finds its store in the environment: nothing of it, and no password, is on a command
 * line. in, out: descriptors that become standard input and output; -1: /dev/null. */
int
program_start(struct app *app, const struct local *p, const char *const *argv, int in, int out, pid_t *pid) MUST_CHECK;
/* Its exit status; 128 + the signal. */
int program_wait(pid_t pid);

#endif
