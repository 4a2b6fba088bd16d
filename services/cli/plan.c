/* SPDX-License-Identifier: Apache-2.0 */
/* Columns, duplicates, groups and batches of a feed file. */
#include "plan.h"

#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/refusal.h"
#include "refusals.h"

/* A table from text to number; glibc's, sized for `count` entries. */
struct index {
	struct hsearch_data table;
};

static int
index_open(struct index *x, size_t count)
{
	memset(x, 0, sizeof(*x));
	return hcreate_r(count + count / 2 + 16, &x->table) != 0 ? 0 : -1;
}

/* The number that key had before, or value, which it has from now on. (size_t)-1: no memory. */
static size_t
index_put(struct index *x, char *key, size_t value)
{
	ENTRY entry = { .key = key, .data = (void *)(uintptr_t)value }, *found; /* NOLINT: a number, not an address */

	if (hsearch_r(entry, ENTER, &found, &x->table) == 0)
		return (size_t)-1;
	return (size_t)(uintptr_t)found->data;
}

int
plan_add_flaw(struct arena *a, struct flaw **list, const char *code, const char *field, const char *found,
              const char *allowed)
{
	struct flaw *flaw = arena_alloc(a, sizeof(*flaw));

	if (flaw == NULL)
		return -1;
	*flaw =
	    (struct flaw){ .code = code, .field = field, .found = found, .allowed = allowed == NULL ? "" : allowed };
	while (*list != NULL)
		list = &(*list)->next;
	*list = flaw;
	return 0;
}

static int
refuse(struct arena *a, struct plan_row *row, const char *code, const char *field, const char *found,
       const char *allowed)
{
	row->outcome = BASSIN__V1__ROW_OUTCOME__ROW_REFUSED;
	return plan_add_flaw(a, &row->flaws, code, field, found, allowed);
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */
static int
take_columns(struct plan *p, struct arena *a)
{
	p->unknown = arena_zalloc(a, p->file->column_count + 1, sizeof(*p->unknown));
	if (p->unknown == NULL)
		return -1;
	for (size_t i = 0; i < p->file->column_count; i++) {
		char *name = arena_strdup(a, p->file->columns[i]);
		if (name == NULL)
			return -1;
		for (char *c = name; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		if (kind_column(p->kind, name) == KIND_UNKNOWN) {
			if (name[0] != '\0')
				p->unknown[p->unknown_count++] = p->file->columns[i];
		} else if (p->column_count < PLAN_COLUMNS_MAX) {
			p->cells[p->column_count] = i;
			p->columns[p->column_count++] = name;
		}
	}
	return 0;
}

static bool
has_column(const struct plan *p, const char *name, size_t size)
{
	for (size_t i = 0; i < p->column_count; i++)
		if (strlen(p->columns[i]) == size && memcmp(p->columns[i], name, size) == 0)
			return true;
	return false;
}

static int
find_missing(struct plan *p, struct arena *a)
{
	size_t size;

	p->missing = arena_zalloc(a, PLAN_COLUMNS_MAX, sizeof(*p->missing));
	if (p->missing == NULL)
		return -1;
	for (const char *at = p->kind->required, *name; (name = kind_next_column(&at, &size)) != NULL;)
		if (!has_column(p, name, size) &&
		    (p->missing[p->missing_count++] = arena_strndup(a, name, size)) == NULL)
			return -1;
	return 0;
}

const char *
plan_cell(const struct plan *p, const struct plan_row *row, const char *column)
{
	for (size_t i = 0; i < p->column_count; i++)
		if (strcmp(p->columns[i], column) == 0)
			return p->cells[i] < row->record->cell_count && p->cells[i] < CSV_COLUMNS_MAX ?
			           row->record->cells[p->cells[i]] :
			           "";
	return "";
}

const char *
plan_row_name(const struct plan *p, const struct plan_row *row, struct arena *a)
{
	const char *first = plan_cell(p, row, p->kind->keys[0]);
	const char *second = p->kind->keys[1] == NULL ? "" : plan_cell(p, row, p->kind->keys[1]);
	char *both = *second == '\0' ? NULL : arena_printf(a, "%s %s", first, second);

	return both == NULL ? first : both;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */
static int
check_shape(struct plan *p, struct plan_row *row, struct arena *a)
{
	size_t count = row->record->cell_count;

	if (count == 0)
		return refuse(a, row, REFUSAL_QUOTES, "", "", "");
	if (count != p->file->column_count) {
		char *found = arena_printf(a, "%zu", count), *allowed = arena_printf(a, "%zu", p->file->column_count);
		return found == NULL || allowed == NULL ? -1 : refuse(a, row, REFUSAL_CELL_COUNT, "", found, allowed);
	}
	return 0;
}

/* Blanks around a quoted key do not count (the service drops them too): `"L1 "` and `L1` are one row, one list, and what
 * --complete must not call missing. */
static void
trim_keys(struct plan *p, const struct plan_row *row)
{
	static const char blanks[] = " \t\r\n";

	for (size_t i = 0; i < p->column_count; i++) {
		bool is_key = false;
		for (size_t k = 0; k < KIND_KEYS_MAX; k++)
			is_key = is_key || (p->kind->keys[k] != NULL && strcmp(p->kind->keys[k], p->columns[i]) == 0);
		if (!is_key)
			continue;
		char **cell = &row->record->cells[p->cells[i]];
		*cell += strspn(*cell, blanks);
		size_t size = strlen(*cell);
		while (size > 0 && strchr(blanks, (*cell)[size - 1]) != NULL)
			(*cell)[--size] = '\0';
	}
}

static int
check_twice(struct plan *p, struct index *seen, size_t i, struct arena *a)
{
	struct plan_row *row = &p->rows[i];
	const char *first = plan_cell(p, row, p->kind->keys[0]);
	const char *second = p->kind->keys[1] == NULL ? "" : plan_cell(p, row, p->kind->keys[1]);

	if (first[0] == '\0')
		return 0; /* the service says that it must be given */
	/* A unit separator cannot be part of an id. */
	char *key = arena_printf(a, "%s\x1f%s", first, second);
	size_t before = key == NULL ? (size_t)-1 : index_put(seen, key, i);
	if (before == (size_t)-1)
		return -1;
	if (before == i)
		return 0;
	char *line = arena_printf(a, "%u", p->rows[before].record->line);
	return line == NULL ? -1 :
	                      refuse(a, row, REFUSAL_DUPLICATE_LINE, p->kind->keys[0], plan_row_name(p, row, a), line);
}

static int
check_rows(struct plan *p, struct arena *a)
{
	struct index seen;
	int rc = 0;

	if (index_open(&seen, p->row_count) != 0)
		return -1;
	for (size_t i = 0; i < p->row_count && rc == 0; i++) {
		p->rows[i].record = &p->file->records[i];
		rc = check_shape(p, &p->rows[i], a);
		if (rc == 0 && p->rows[i].flaws == NULL)
			trim_keys(p, &p->rows[i]);
		if (rc == 0 && p->rows[i].flaws == NULL)
			rc = check_twice(p, &seen, i, a);
	}
	hdestroy_r(&seen.table);
	return rc;
}

/* ---- groups and batches ------------------------------------------------------------------------------------------ */
struct group {
	size_t first, count, bytes;
};

static size_t
row_bytes(const struct plan *p, const struct plan_row *row)
{
	size_t bytes = 8; /* tags and lengths, counted generously here and below */

	for (size_t i = 0; i < p->column_count; i++)
		bytes += strlen(row->record->cells[p->cells[i]]) + 6;
	return bytes;
}

/* Which group each good row belongs to, in order of first appearance. */
static int
find_groups(struct plan *p, size_t *group_of, struct group *groups, size_t *group_count, struct arena *a)
{
	struct index known;
	int rc = 0;

	if (index_open(&known, p->row_count) != 0)
		return -1;
	for (size_t i = 0; i < p->row_count && rc == 0; i++) {
		if (p->rows[i].flaws != NULL)
			continue;
		size_t g = *group_count;
		if (p->kind->group != NULL) {
			char *key = arena_strdup(a, plan_cell(p, &p->rows[i], p->kind->group));
			g = key == NULL ? (size_t)-1 : index_put(&known, key, g);
		}
		if (g == (size_t)-1) {
			rc = -1;
		} else {
			*group_count += g == *group_count;
			group_of[i] = g;
			groups[g].count++;
			groups[g].bytes += row_bytes(p, &p->rows[i]);
		}
	}
	hdestroy_r(&known.table);
	return rc;
}

static int
refuse_long(struct plan *p, size_t *group_of, const struct group *groups, struct arena *a)
{
	char *rows = arena_printf(a, "%d", PLAN_ROWS_MAX), *bytes = arena_printf(a, "%u", PLAN_LIST_MAX);

	if (rows == NULL || bytes == NULL)
		return -1;
	for (size_t i = 0; i < p->row_count; i++) {
		struct plan_row *row = &p->rows[i];
		if (row->flaws != NULL)
			continue;
		const struct group *g = &groups[group_of[i]];
		const char *field = p->kind->group == NULL ? "" : p->kind->group;
		const char *found = plan_cell(p, row, p->kind->keys[0]);
		if ((g->count > PLAN_ROWS_MAX && refuse(a, row, REFUSAL_LIST_TOO_LONG, field, found, rows) != 0) ||
		    (g->bytes > PLAN_LIST_MAX && refuse(a, row, REFUSAL_ROW_TOO_LARGE, field, found, bytes) != 0))
			return -1;
	}
	return 0;
}

static bool
is_sent(const struct group *g)
{
	return g->count <= PLAN_ROWS_MAX && g->bytes <= PLAN_LIST_MAX;
}

/* Fills batches with whole groups, and order with their rows. */
static void
pack(struct plan *p, const size_t *group_of, struct group *groups, size_t group_count)
{
	size_t at = 0, bytes = 0;

	for (size_t g = 0; g < group_count; g++) {
		struct plan_batch *b = &p->batches[p->batch_count == 0 ? 0 : p->batch_count - 1];
		if (!is_sent(&groups[g]))
			continue;
		if (p->batch_count == 0 || b->count + groups[g].count > PLAN_ROWS_MAX ||
		    bytes + groups[g].bytes > PLAN_BATCH_MAX) {
			b = &p->batches[p->batch_count++];
			b->first = at;
			bytes = 0;
		}
		b->count += groups[g].count;
		bytes += groups[g].bytes;
		groups[g].first = at;
		at += groups[g].count;
	}
	for (size_t i = 0; i < p->row_count; i++)
		if (p->rows[i].flaws == NULL)
			p->order[groups[group_of[i]].first++] = i;
}

int
plan_make(const struct kind *kind, const struct csv_file *file, struct arena *a, struct plan *out)
{
	size_t n = file->record_count, group_count = 0;

	*out = (struct plan){ .kind = kind, .file = file };
	if (take_columns(out, a) != 0 || find_missing(out, a) != 0)
		return -1;
	if (out->missing_count > 0)
		return 0;
	out->row_count = n;
	out->rows = arena_zalloc(a, n + 1, sizeof(*out->rows));
	out->order = arena_zalloc(a, n + 1, sizeof(*out->order));
	out->batches = arena_zalloc(a, n + 1, sizeof(*out->batches));
	size_t *group_of = arena_zalloc(a, n + 1, sizeof(*group_of));
	struct group *groups = arena_zalloc(a, n + 1, sizeof(*groups));
	if (out->rows == NULL || out->order == NULL || out->batches == NULL || group_of == NULL || groups == NULL)
		return -1;
	if (check_rows(out, a) != 0 || find_groups(out, group_of, groups, &group_count, a) != 0 ||
	    refuse_long(out, group_of, groups, a) != 0)
		return -1;
	pack(out, group_of, groups, group_count);
	return 0;
}
