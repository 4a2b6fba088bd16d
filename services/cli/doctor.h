/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parts of `bassin doctor`: what was looked at, how it is, and what to type. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <jansson.h>
#include "app.h"
#include "stores.h"

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_FAIL };

struct doctor {
	struct app *app;
	struct locals locals;
	json_t *findings; /* {level, check, text, do} each, in order */
	bool failed;
};

/* check: one word; mend: what to type or do, "" where all is well. text and mend are in the reader's language. */
void doctor_say(struct doctor *d, enum health health, const char *check, const char *text, const char *mend);
/* A text for it, in the arena; "" without memory. */
const char *doctor_text(struct doctor *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

void doctor_settings(struct doctor *d); /* doctor_files.c: settings, keys, permissions, directory, places */
void doctor_keys(struct doctor *d);
void doctor_tables(struct doctor *d);
void doctor_databases(struct doctor *d); /* doctor_store.c */
void doctor_clock(struct doctor *d); /* doctor_world.c: clock, disk, ports, mail relay */
void doctor_disk(struct doctor *d, const char *what, const char *path);
void doctor_ports(struct doctor *d);
void doctor_relay(struct doctor *d);

#endif
