/* SPDX-License-Identifier: Apache-2.0 */
/* What `status` tells: a list of figures that is shown as a table and as Prometheus text alike, and alarms. */
#ifndef SERVICE_STATUS_H
#define SERVICE_STATUS_H

#include <stdbool.h>
#include "base/compiler.h"

struct status_out;

/* name: bassin_..., as Prometheus wants it (counters end in _total); labels: `state="sent"` or NULL. Copied. */
void status_figure(struct status_out *out, const char *name, const char *labels, double value, bool counter);
/* A label as Prometheus wants it, the value escaped: name="value". It lives as long as out; "" without memory. */
const char *status_label(struct status_out *out, const char *name, const char *value);
/* A person must look: `mails_failed count=3`. Ids only. */
void status_alarm(struct status_out *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
