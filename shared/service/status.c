/* SPDX-License-Identifier: Apache-2.0 */
#include "service/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/status_priv.h"

#define STATUS_ARENA_BYTES (2 * MiB)

struct status_out *
status_out_new(void)
{
	struct status_out *out = calloc(1, sizeof *out);

	if (out == NULL)
		return NULL;
	out->arena = arena_new(STATUS_ARENA_BYTES);
	out->figures = calloc(STATUS_FIGURES_MAX, sizeof(Bassin__V1__Figure *));
	out->alarms = calloc(STATUS_ALARMS_MAX, sizeof(char *));
	if (out->arena == NULL || out->figures == NULL || out->alarms == NULL)
		status_out_destroy(&out);
	return out;
}

void
status_out_destroy(struct status_out **self)
{
	if (*self == NULL)
		return;
	arena_destroy(&(*self)->arena);
	free((*self)->figures);
	free((*self)->alarms);
	free(*self);
	*self = NULL;
}

void
status_out_clear(struct status_out *out)
{
	arena_reset(out->arena);
	out->figure_count = out->alarm_count = 0;
	out->full = false;
}

void
status_figure(struct status_out *out, const char *name, const char *labels, double value, bool counter)
{
	Bassin__V1__Figure *f = arena_zalloc(out->arena, 1, sizeof *f);

	if (f == NULL || out->figure_count == STATUS_FIGURES_MAX) {
		out->full = true;
		return;
	}
	bassin__v1__figure__init(f);
	f->name = arena_strdup(out->arena, name);
	f->labels = arena_strdup(out->arena, labels == NULL ? "" : labels);
	f->value = value;
	f->counter = counter;
	if (f->name == NULL || f->labels == NULL)
		out->full = true;
	else
		out->figures[out->figure_count++] = f;
}

void
status_alarm(struct status_out *out, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	int length = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	char *copy = length < 0 ? NULL : arena_strdup(out->arena, text);
	if (copy == NULL || out->alarm_count == STATUS_ALARMS_MAX)
		out->full = true;
	else
		out->alarms[out->alarm_count++] = copy;
}

void
status_out_append(struct status_out *out, const struct status_out *from)
{
	for (size_t i = 0; i < from->figure_count && out->figure_count < STATUS_FIGURES_MAX; i++)
		out->figures[out->figure_count++] = from->figures[i];
	for (size_t i = 0; i < from->alarm_count && out->alarm_count < STATUS_ALARMS_MAX; i++)
		out->alarms[out->alarm_count++] = from->alarms[i];
	out->full = out->full || from->full;
}

const char *
status_label(struct status_out *out, const char *name, const char *value)
{
	size_t size = strlen(name) + 2 * strlen(value) + 4, at = strlen(name) + 2;
	char *label = arena_alloc(out->arena, size);

	if (label == NULL)
		return "";
	(void)snprintf(label, size, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			label[at++] = '\\';
			label[at++] = 'n';
			continue;
		}
		if (*value == '"' || *value == '\\')
			label[at++] = '\\';
		label[at++] = *value;
	}
	label[at++] = '"';
	label[at] = '\0';
	return label;
}
