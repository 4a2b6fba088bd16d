/* SPDX-License-Identifier: Apache-2.0 */
#include "service/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
	const Bassin__V1__Figure *figure;
	const char *service;
	size_t order;               /* qsort is not stable, and a report's order reads well */
};

/* [a-z_:][a-z0-9_:]*: what comes over the wire must not write lines of its own. */
static bool
name_is_sound(const char *name)
{
	size_t size = strlen(name);

	return size >= 1 && size <= 200 && (name[0] < '0' || name[0] > '9') &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:") == size;
}

static bool
labels_are_sound(const char *labels)
{
	return strlen(labels) <= 4096 && strpbrk(labels, "\r\n{}") == NULL;
}

static int
line_order(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->figure->name, y->figure->name);

	return order != 0 ? order : x->order < y->order ? -1 : 1;
}

static void
line_write(FILE *out, const struct line *l, bool first)
{
	const Bassin__V1__Figure *f = l->figure;

	if (first)
		(void)fprintf(out, "# TYPE %s %s\n", f->name, f->counter ? "counter" : "gauge");
	(void)fprintf(out, "%s{service=\"%s\"%s%s} ", f->name, l->service, f->labels[0] != '\0' ? "," : "", f->labels);
	if (isnan(f->value))
		(void)fprintf(out, "NaN\n");
	else if (isinf(f->value))
		(void)fprintf(out, "%sInf\n", f->value < 0 ? "-" : "+");
	else
		(void)fprintf(out, "%.17g\n", f->value);
}

static size_t
lines_take(struct line *lines, const Bassin__V1__StatusReport *const *reports, size_t count)
{
	size_t taken = 0;

	for (size_t r = 0; r < count; r++) {
		for (size_t i = 0; i < reports[r]->n_figures; i++) {
			const Bassin__V1__Figure *f = reports[r]->figures[i];

			if (!name_is_sound(f->name) || !labels_are_sound(f->labels) || !name_is_sound(reports[r]->service))
				continue;
			lines[taken] = (struct line){ f, reports[r]->service, taken };
			taken++;
		}
	}
	return taken;
}

char *
metrics_text(struct arena *a, const Bassin__V1__StatusReport *const *reports, size_t count)
{
	size_t room = 0, size = 0;
	char *text = NULL, *copy = NULL;

	for (size_t r = 0; r < count; r++)
		room += reports[r]->n_figures;
	struct line *lines = arena_zalloc(a, room + 1, sizeof *lines);
	FILE *out = lines == NULL ? NULL : open_memstream(&text, &size);
	if (out == NULL)
		return NULL;
	size_t taken = lines_take(lines, reports, count);
	qsort(lines, taken, sizeof *lines, line_order);
	for (size_t i = 0; i < taken; i++)
		line_write(out, &lines[i], i == 0 || strcmp(lines[i - 1].figure->name, lines[i].figure->name) != 0);
	if (fclose(out) == 0)
		copy = arena_strndup(a, text, size);
	free(text);
	return copy;
}
