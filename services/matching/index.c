/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry for each programme that a posting names, sorted by programme, then nearness class, then row and column of a
 * grid of cells of a quarter of a degree. A learner's reach is a band of rows, and in each row one run of columns (two
 * across +-180 degrees); rows that hold nothing are skipped by binary search, so that a reach round the whole world
 * costs no more than what lies in it.
 */
#include <math.h>
#include <stdlib.h>

#include "index.h"

enum { CELLS_A_DEGREE = 4, COLUMNS = 360 * CELLS_A_DEGREE };

/* Where distance does not count, where it cannot be known, and the others. */
enum nearness { REMOTE, PLACE_UNKNOWN, ON_SITE };

struct entry {
	int32_t programme;
	int32_t nearness;
	int32_t row, column; /* of an ON_SITE entry: from the south pole, from 180 degrees west */
	size_t posting;
};

struct index {
	const struct fit_posting *postings;
	size_t n;
	struct entry entries[];
};

static int
compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c;

	if ((c = compare(x->programme, y->programme)) != 0 || (c = compare(x->nearness, y->nearness)) != 0 ||
	    (c = compare(x->row, y->row)) != 0 || (c = compare(x->column, y->column)) != 0)
		return c;
	return compare((int64_t)x->posting, (int64_t)y->posting);
}

static int32_t
row_of(double latitude)
{
	return (int32_t)floor((latitude + 90) * CELLS_A_DEGREE);
}

static int32_t
column_of(double longitude)
{
	return (int32_t)floor((longitude + 180) * CELLS_A_DEGREE);
}

static struct entry
entry_of(const struct fit_posting *p, size_t posting, int32_t programme)
{
	struct entry e = { .programme = programme, .posting = posting };

	e.nearness = p->remote ? REMOTE : p->has_place ? ON_SITE : PLACE_UNKNOWN;
	if (e.nearness == ON_SITE) {
		e.row = row_of((double)p->place.latitude_e7 / GEO_E7);
		e.column = column_of((double)p->place.longitude_e7 / GEO_E7) % COLUMNS; /* 180 degrees east is west */
	}
	return e;
}

struct index *
index_new(const struct fit_posting *postings, size_t n)
{
	size_t entries = 0;
	struct index *x;

	for (size_t j = 0; j < n; j++)
		entries += postings[j].programmes.n;
	if (entries > (SIZE_MAX - sizeof *x) / sizeof x->entries[0])
		return NULL;
	x = malloc(sizeof *x + entries * sizeof x->entries[0]);
	if (x == NULL)
		return NULL;
	x->postings = postings;
	x->n = 0;
	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < postings[j].programmes.n; k++)
			x->entries[x->n++] = entry_of(&postings[j], j, postings[j].programmes.items[k]);
	if (x->n > 0)
		qsort(x->entries, x->n, sizeof x->entries[0], by_place);
	return x;
}

void
index_destroy(struct index **self)
{
	if (self == NULL)
		return;
	free(*self);
	*self = NULL;
}

/* The first entry at or after the given place. */
static size_t
first_at(const struct index *x, struct entry place)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_place(&x->entries[middle], &place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One search under way. */
struct search {
	const struct index *x;
	const struct fit_learner *l;
	index_found *found;
	void *to;
};

static int
try_entry(const struct search *s, size_t k)
{
	size_t posting = s->x->entries[k].posting;
	const struct fit_posting *p = &s->x->postings[posting];
	int32_t metres;

	if (fit_reasons_but_place(s->l, p) != 0)
		return 0;
	metres = fit_metres(s->l, p);
	return fit_reasons(s->l, p, metres) != 0 ? 0 : s->found(s->to, posting, metres);
}

/* All of the learner's programme from one nearness up to another. */
static int
search_nearness(const struct search *s, enum nearness from, enum nearness to)
{
	struct entry place = { .programme = s->l->programme, .nearness = (int32_t)from };

	for (size_t k = first_at(s->x, place); k < s->x->n; k++) {
		int rc;

		if (s->x->entries[k].programme != s->l->programme || s->x->entries[k].nearness > (int32_t)to)
			break;
		if ((rc = try_entry(s, k)) != 0)
			return rc;
	}
	return 0;
}

static int
search_columns(const struct search *s, int32_t row, int32_t west, int32_t east)
{
	struct entry place = { .programme = s->l->programme, .nearness = ON_SITE, .row = row, .column = west };

	for (size_t k = first_at(s->x, place); k < s->x->n; k++) {
		const struct entry *e = &s->x->entries[k];
		int rc;

		if (e->programme != s->l->programme || e->nearness != ON_SITE || e->row != row || e->column > east)
			break;
		if ((rc = try_entry(s, k)) != 0)
			return rc;
	}
	return 0;
}

static int
search_row(const struct search *s, int32_t row, int32_t west, int32_t east)
{
	int rc;

	if (east - west + 1 >= COLUMNS)
		return search_columns(s, row, 0, COLUMNS - 1);
	if (west < 0) {
		rc = search_columns(s, row, west + COLUMNS, COLUMNS - 1);
		return rc != 0 ? rc : search_columns(s, row, 0, east);
	}
	if (east >= COLUMNS) {
		rc = search_columns(s, row, west, COLUMNS - 1);
		return rc != 0 ? rc : search_columns(s, row, 0, east - COLUMNS);
	}
	return search_columns(s, row, west, east);
}

static int
search_box(const struct search *s, struct geo_box box)
{
	struct entry place = { .programme = s->l->programme, .nearness = ON_SITE, .row = row_of(box.south) };
	int32_t north = row_of(box.north), west = column_of(box.west), east = column_of(box.east);
	size_t k;

	while ((k = first_at(s->x, place)) < s->x->n) {
		const struct entry *e = &s->x->entries[k];
		int rc;

		if (e->programme != s->l->programme || e->nearness != ON_SITE || e->row > north)
			break;
		if ((rc = search_row(s, e->row, west, east)) != 0)
			return rc;
		place.row = e->row + 1;
	}
	return 0;
}

int
index_search(const struct index *x, const struct fit_learner *l, index_found *found, void *to)
{
	struct search s = { x, l, found, to };
	int rc;

	if (l->max_metres == FIT_NO_LIMIT)
		return search_nearness(&s, REMOTE, ON_SITE);
	rc = search_nearness(&s, REMOTE, REMOTE);
	return rc != 0 || !l->has_place ? rc : search_box(&s, geo_box_around(l->place, l->max_metres));
}
