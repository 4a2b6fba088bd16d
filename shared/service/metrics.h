/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus text (exposition format 0.0.4) from the figures of one or several services' StatusReports. */
#ifndef SERVICE_METRICS_H
#define SERVICE_METRICS_H

#include "base/arena.h"
#include "bassin/v1/bus.pb-c.h"

/* Figures of one name stand together under one TYPE line, each with the label service="...". Figures whose name or labels
 * are not sound are left out. NULL: no memory. */
char *metrics_text(struct arena *a, const Bassin__V1__StatusReport *const *reports, size_t count) MUST_CHECK;

#endif
