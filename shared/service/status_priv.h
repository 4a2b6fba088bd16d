/* SPDX-License-Identifier: Apache-2.0 */
/* The list that status_figure and status_alarm fill. Both are bounded; what is too much is left out and said. */
#ifndef SERVICE_STATUS_PRIV_H
#define SERVICE_STATUS_PRIV_H

#include "base/arena.h"
#include "bassin/v1/bus.pb-c.h"
#include "service/status.h"

#define STATUS_FIGURES_MAX 2000
#define STATUS_ALARMS_MAX 200

struct status_out {
	struct arena *arena;
	Bassin__V1__Figure **figures;
	char **alarms;
	size_t figure_count, alarm_count;
	bool full;
};

struct status_out *status_out_new(void) MUST_CHECK;     /* NULL: no memory */
void status_out_destroy(struct status_out **self);      /* NULL-safe */
void status_out_clear(struct status_out *out);
/* Appends what the other one has; borrowed from it. */
void status_out_append(struct status_out *out, const struct status_out *from);

#endif
