/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a round: rows in batches, the outcome file in slices. Parameters of a batch live in an arena of
 * their own. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "matching/sql.h"
#include "store.h"

enum { BATCH_ROWS = 5000 };
#define SLICE_BYTES ((size_t)1 * MiB)
#define SCRATCH_BYTES ((size_t)64 * MiB)

/* ---- writing ----------------------------------------------------------------------------------------------------- */
struct putting {
	struct tx *tx;
	struct arena *scratch;
	const char *round;
	int64_t numbers[BATCH_ROWS];
	const char *texts[BATCH_ROWS];
};

static struct params
params_begin(struct putting *w)
{
	arena_reset(w->scratch);
	struct params p = params_new(w->scratch);
	param_text(&p, w->round);
	return p;
}

static void
param_numbered(struct putting *w, struct params *p, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		w->numbers[i] = (int64_t)(from + i);
	param_ints(p, w->numbers, n);
}

/* One text field, at `offset` of n structures of `stride` bytes, as an array. */
static void
param_field(struct putting *w, struct params *p, const void *first, size_t n, size_t stride, size_t offset)
{
	for (size_t i = 0; i < n; i++)
		memcpy(&w->texts[i], (const char *)first + i * stride + offset, sizeof w->texts[i]);
	param_texts(p, w->texts, n);
}

static int
lines_put(struct putting *w, const struct solution *s)
{
	static const size_t FIELDS[] = { offsetof(struct round_line, learner), offsetof(struct round_line, institution),
		offsetof(struct round_line, programme), offsetof(struct round_line, posting), offsetof(struct round_line, by),
		offsetof(struct round_line, reason), offsetof(struct round_line, at_postings), offsetof(struct round_line,
		    at_ahead), offsetof(struct round_line, from_posting), offsetof(struct round_line, from_round) };

	for (size_t from = 0; from < s->n_lines; from += BATCH_ROWS) {
		size_t n = s->n_lines - from < BATCH_ROWS ? s->n_lines - from : BATCH_ROWS;
		struct params p = params_begin(w);
		param_numbered(w, &p, from, n);
		for (size_t f = 0; f < COUNT_OF(FIELDS); f++)
			param_field(w, &p, s->lines + from, n, sizeof *s->lines, FIELDS[f]);
		for (size_t i = 0; i < n; i++)
			w->numbers[i] = s->lines[from + i].choice;
		param_ints(&p, w->numbers, n);
		int result = tx_run(w->tx, &SQL_line_add, &p, NULL);
		if (result != STORE_OK)
			return result;
	}
	return STORE_OK;
}

static int
left_out_put(struct putting *w, const struct solution *s)
{
	static const size_t FIELDS[] = { offsetof(struct round_left_out, learner), offsetof(struct round_left_out,
	    institution),
		offsetof(struct round_left_out, posting) };

	for (size_t from = 0; from < s->n_left_out; from += BATCH_ROWS) {
		size_t n = s->n_left_out - from < BATCH_ROWS ? s->n_left_out - from : BATCH_ROWS;
		struct params p = params_begin(w);
		param_numbered(w, &p, from, n);
		for (size_t f = 0; f < COUNT_OF(FIELDS); f++)
			param_field(w, &p, s->left_out + from, n, sizeof *s->left_out, FIELDS[f]);
		for (size_t i = 0; i < n; i++)
			w->numbers[i] = s->left_out[from + i].reasons;
		param_ints(&p, w->numbers, n);
		int result = tx_run(w->tx, &SQL_left_out_add, &p, NULL);
		if (result != STORE_OK)
			return result;
	}
	return STORE_OK;
}

static int
colleges_put(struct putting *w, const struct solution *s)
{
	for (size_t from = 0; from < s->n_colleges; from += BATCH_ROWS) {
		size_t n = s->n_colleges - from < BATCH_ROWS ? s->n_colleges - from : BATCH_ROWS;
		const struct college_row *rows = s->colleges + from;
		struct params p = params_begin(w);
		param_field(w, &p, rows, n, sizeof *rows, offsetof(struct college_row, institution));
#define COLLEGE_PARAM(name) \
	for (size_t i = 0; i < n; i++) \
		w->numbers[i] = rows[i].name; \
	param_ints(&p, w->numbers, n);
		COLLEGE_COUNTS(COLLEGE_PARAM)
#undef COLLEGE_PARAM
		int result = tx_run(w->tx, &SQL_college_add, &p, NULL);
		if (result != STORE_OK)
			return result;
	}
	return STORE_OK;
}

/* A slice ends after a comma, so that no pool number is cut in two (erase_file.sql). */
static size_t
slice_size(const char *bytes, size_t left)
{
	size_t size = left < SLICE_BYTES ? left : SLICE_BYTES;

	if (size == left)
		return size;
	const char *comma = memrchr(bytes, ',', size);
	return comma == NULL ? size : (size_t)(comma - bytes) + 1;
}

static int
file_put(struct putting *w, const struct solution *s)
{
	for (size_t at = 0, size; at < s->outcome.used; at += size) {
		size = slice_size(s->outcome.bytes + at, s->outcome.used - at);
		struct params p = params_begin(w);
		param_int(&p, (int64_t)at);
		param_bytes(&p, s->outcome.bytes + at, size);
		int result = tx_run(w->tx, &SQL_file_add, &p, NULL);
		if (result != STORE_OK)
			return result;
	}
	return STORE_OK;
}

int
outcome_store_put(struct tx *tx, const char *round, const struct solution *s)
{
	struct arena *scratch = arena_new(SCRATCH_BYTES);
	struct putting *w = scratch == NULL ? NULL : calloc(1, sizeof *w);
	int result = STORE_RETRY;

	if (w != NULL) {
		*w = (struct putting){ .tx = tx, .scratch = scratch, .round = round };
		struct params p = params_begin(w);
		result = tx_run(tx, &SQL_outcome_drop, &p, NULL);
	}
	if (result == STORE_OK)
		result = colleges_put(w, s);
	if (result == STORE_OK)
		result = lines_put(w, s);
	if (result == STORE_OK)
		result = left_out_put(w, s);
	if (result == STORE_OK)
		result = file_put(w, s);
	free(w);
	arena_destroy(&scratch);
	return result;
}

int
outcome_store_void(struct tx *tx, struct arena *a, const char *round)
{
	struct params p = params_new(a);

	param_text(&p, round);
	int result = tx_run(tx, &SQL_outcome_drop, &p, NULL);
	return result != STORE_OK ? result : tx_run(tx, &SQL_snapshot_colleges, &p, NULL);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */
static struct params
params_asked(struct arena *a, const char *round, const char *institution)
{
	struct params p = params_new(a);

	param_text(&p, round);
	param_text(&p, institution);
	return p;
}

int
college_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, struct college_row **out,
    size_t *n)
{
	struct params p = params_asked(a, round, institution);
	struct rows *r = NULL;
	bool failed = false;
	int result = tx_run(tx, &SQL_college_list, &p, &r);

	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++) {
		int column = 1;
		(*out)[i].institution = text_kept(a, r, (int)i, 0, &failed);
#define COLLEGE_READ(name) (*out)[i].name = (int32_t)rows_int(r, (int)i, column++);
		COLLEGE_COUNTS(COLLEGE_READ)
#undef COLLEGE_READ
	}
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
line_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, size_t limit,
    struct round_line **out, size_t *n)
{
	struct params p = params_asked(a, round, institution);
	struct rows *r = NULL;
	bool failed = false;

	param_int(&p, (int64_t)limit);
	int result = tx_run(tx, &SQL_line_list, &p, &r);
	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++) {
		const char **fields[] = { &(*out)[i].learner, &(*out)[i].institution, &(*out)[i].programme, &(*out)[i].posting,
			&(*out)[i].by, &(*out)[i].reason, &(*out)[i].at_postings, &(*out)[i].at_ahead, &(*out)[i].from_posting,
			&(*out)[i].from_round, &(*out)[i].external_id };
		for (size_t f = 0; f < COUNT_OF(fields); f++)
			*fields[f] = text_kept(a, r, (int)i, (int)f, &failed);
		(*out)[i].choice = (int32_t)rows_int(r, (int)i, COUNT_OF(fields));
	}
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
choice_counts_load(struct tx *tx, struct arena *a, const char *round, const char *institution, const char **out)
{
	struct params p = params_asked(a, round, institution);
	struct rows *r = NULL;
	bool failed = false;
	int result = tx_run(tx, &SQL_choice_counts, &p, &r);

	if (result == STORE_OK)
		*out = text_kept(a, r, 0, 0, &failed);
	return failed ? STORE_RETRY : result;
}

int
left_out_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, size_t limit,
    struct round_left_out **out, size_t *n)
{
	struct params p = params_asked(a, round, institution);
	struct rows *r = NULL;
	bool failed = false;

	param_int(&p, (int64_t)limit);
	int result = tx_run(tx, &SQL_left_out_list, &p, &r);
	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++)
		(*out)[i] = (struct round_left_out){ text_kept(a, r, (int)i, 0, &failed), text_kept(a, r, (int)i, 1, &failed),
			text_kept(a, r, (int)i, 2, &failed), (uint32_t)rows_int(r, (int)i, 3), text_kept(a, r, (int)i, 4, &failed) };
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
round_totals_load(struct tx *tx, struct arena *a, const char *round, const char *institution, struct round_totals *out)
{
	struct params p = params_asked(a, round, institution);
	struct rows *r = NULL;
	int result = tx_run(tx, &SQL_round_totals, &p, &r);

	if (result == STORE_OK)
		*out = (struct round_totals){ rows_int(r, 0, 0), rows_int(r, 0, 1), rows_int(r, 0, 2), rows_int(r, 0, 3) };
	return result;
}

int
placed_posting_store_list(struct tx *tx, struct arena *a, const char *round, struct posting_told **out, size_t *n)
{
	struct params p = params_new(a);
	struct rows *r = NULL;
	bool failed = false;

	param_text(&p, round);
	int result = tx_run(tx, &SQL_placed_postings, &p, &r);
	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++)
		(*out)[i] = (struct posting_told){ .posting = text_kept(a, r, (int)i, 0, &failed),
			.employer = text_kept(a, r, (int)i, 1, &failed), .institution = text_kept(a, r, (int)i, 2, &failed),
			.seats = (int32_t)rows_int(r, (int)i, 3) };
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
standing_store_list(struct tx *tx, struct arena *a, const char *round, const struct posting_told *postings,
    size_t n_postings, struct round_line **out, size_t *n)
{
	struct params p = params_new(a);
	const char **names = arena_zalloc(a, n_postings, sizeof *names);
	struct rows *r = NULL;
	bool failed = false;

	if (names == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n_postings; i++)
		names[i] = postings[i].posting;
	param_text(&p, round);
	param_texts(&p, names, n_postings);
	int result = tx_run(tx, &SQL_standing_list, &p, &r);
	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++)
		(*out)[i] = (struct round_line){ .learner = text_kept(a, r, (int)i, 0, &failed),
			.institution = text_kept(a, r, (int)i, 1, &failed), .programme = text_kept(a, r, (int)i, 2, &failed),
			.posting = text_kept(a, r, (int)i, 3, &failed), .by = text_kept(a, r, (int)i, 4, &failed), .reason = "",
			.at_postings = "", .at_ahead = "", .from_posting = "", .from_round = "",
			.round = text_kept(a, r, (int)i, 5, &failed) };
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
moved_store_list(struct tx *tx, struct arena *a, const char *round, struct round_line **out, size_t *n)
{
	struct params p = params_new(a);
	struct rows *r = NULL;
	bool failed = false;

	param_text(&p, round);
	int result = tx_run(tx, &SQL_moved_list, &p, &r);
	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++)
		(*out)[i] = (struct round_line){ .learner = text_kept(a, r, (int)i, 0, &failed),
			.institution = text_kept(a, r, (int)i, 1, &failed), .programme = text_kept(a, r, (int)i, 2, &failed),
			.posting = text_kept(a, r, (int)i, 3, &failed), .by = "", .reason = "", .at_postings = "", .at_ahead = "",
			.from_posting = "", .from_round = "", .round = text_kept(a, r, (int)i, 4, &failed) };
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
standing_store_since(struct tx *tx, struct arena *a, const char *round, int64_t *count)
{
	struct params p = params_new(a);
	struct rows *r = NULL;

	param_text(&p, round);
	int result = tx_run(tx, &SQL_standing_since, &p, &r);
	if (result == STORE_OK)
		*count = rows_int(r, 0, 0);
	return result;
}

int
standing_store_back(struct tx *tx, struct arena *a, const char *round, int64_t *count)
{
	struct params p = params_new(a);
	struct rows *r = NULL;

	param_text(&p, round);
	int result = tx_run(tx, &SQL_standing_back, &p, &r);
	if (result == STORE_OK)
		*count = rows_count(r);
	return result;
}

int
file_store_load(struct tx *tx, struct arena *scratch, struct arena *a, const char *round, char **data, size_t *size)
{
	uint64_t total = 0, at = 0;

	*data = NULL;
	do {
		struct params p = params_new(scratch);
		struct rows *r = NULL;
		param_text(&p, round);
		param_int(&p, (int64_t)at);
		int result = tx_run(tx, &SQL_file_find, &p, &r);
		if (result != STORE_OK || rows_count(r) == 0)
			return result;
		struct bytes slice = rows_bytes(r, 0, 0);
		if (*data == NULL) {
			total = (uint64_t)rows_int(r, 0, 2);
			*data = arena_alloc(a, total + 1);
		}
		if (*data == NULL)
			return STORE_RETRY;
		if ((uint64_t)rows_int(r, 0, 1) != at || slice.size == 0 || slice.size > total - at)
			break;                  /* slices were lost: what is there is judged, and refused */
		memcpy(*data + at, slice.data, slice.size);
		at += slice.size;
	} while (at < total);
	*size = at;
	return STORE_OK;
}

int
file_store_read(struct tx *tx, struct arena *a, const char *round, uint64_t offset, size_t max, struct bytes *out,
    uint64_t *total)
{
	struct params p = params_new(a);
	struct rows *r = NULL;

	param_text(&p, round);
	param_int(&p, (int64_t)offset);
	*out = (struct bytes){ (const uint8_t *)"", 0 };
	*total = 0;
	int result = tx_run(tx, &SQL_file_find, &p, &r);
	if (result != STORE_OK || rows_count(r) == 0)
		return result;
	struct bytes slice = rows_bytes(r, 0, 0);
	uint64_t within = offset - (uint64_t)rows_int(r, 0, 1);
	*total = (uint64_t)rows_int(r, 0, 2);
	if (within >= slice.size)
		return STORE_OK;
	out->size = slice.size - within < max ? slice.size - within : max;
	out->data = arena_memdup(a, slice.data + within, out->size);
	return out->data == NULL ? STORE_RETRY : STORE_OK;
}
