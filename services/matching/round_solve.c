/* SPDX-License-Identifier: Apache-2.0 */
/* A solution and what it means for each learner and each college. Counting is the same for all: placed + unplaced =
 * learners. */
#include "round_solve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "outcome.h"
#include "round_report.h"

#define OUTCOME_MAX_BYTES ((size_t)1024 * MiB)

struct solving {
	const struct pool *pool;
	struct arena *a;
	struct drafted drafted;
	struct engine_outcome *outcome;
	struct solution *out;
};

/* ---- the outcome ------------------------------------------------------------------------------------------------- */
static enum solve_status
solve(struct solving *s)
{
	const struct instance *in = s->drafted.instance;
	struct checker_report report;
	enum engine_status status = engine_solve(&in->engine, &s->outcome);

	if (status == ENGINE_NO_MEMORY)
		return SOLVE_NO_MEMORY;
	if (status != ENGINE_OK) {
		snprintf(s->out->why, sizeof s->out->why, "engine: %s", engine_status_to_text(status));
		return SOLVE_REFUSED;
	}
	checker_judge(in, s->outcome, &report);
	if (report.verdict == CHECKER_NO_MEMORY)
		return SOLVE_NO_MEMORY;
	if (report.verdict != CHECKER_ACCEPTED) {
		snprintf(s->out->why, sizeof s->out->why, "%s", report.text);
		return SOLVE_REFUSED;
	}
	return SOLVE_OK;
}

static enum solve_status
write_outcome(struct solving *s)
{
	struct solution *o = s->out;
	uint8_t digest[32];

	o->outcome.max = OUTCOME_MAX_BYTES;
	instance_digest(s->drafted.instance, o->instance_digest);
	if (outcome_write(s->drafted.instance, s->outcome, o->instance_digest, json_keep, &o->outcome) != 0)
		return SOLVE_NO_MEMORY;
	digest_256(o->outcome.bytes, o->outcome.used, NULL, 0, digest);
	hex_from_bytes(digest, sizeof digest, o->outcome_digest);
	return SOLVE_OK;
}

/* ---- one learner ------------------------------------------------------------------------------------------------- */
/* Where she was outranked, as two joined lists. */
static bool
write_at(struct solving *s, int32_t k, struct round_line *line)
{
	const struct instance *in = s->drafted.instance;
	const struct engine_outcome *out = s->outcome;
	size_t from = out->at_off[k], to = out->at_off[k + 1], postings = 1, ahead = 1;

	for (size_t r = from; r < to; r++) {
		postings += strlen(in->posting_ids[out->at[r].posting]) + 1;
		ahead += 12;
	}
	char *p = arena_zalloc(s->a, postings, 1), *h = arena_zalloc(s->a, ahead, 1);
	if (p == NULL || h == NULL)
		return false;
	line->at_postings = p;
	line->at_ahead = h;
	for (size_t r = from; r < to; r++) {
		p += sprintf(p, "%s%s", r == from ? "" : "|", in->posting_ids[out->at[r].posting]);
		h += sprintf(h, "%s%d", r == from ? "" : ",", out->at[r].ahead);
	}
	return true;
}

/*
 * Why she has no place. What she ranked may all have been left out: the outcome then says that she ranked nothing, which is
 * so in the instance, but not in the eyes of those who handed in her list.
 */
static const char *
reason_text(const struct solving *s, size_t i)
{
	enum engine_reason reason = (enum engine_reason)s->outcome->reason[s->drafted.learners[i]];

	if (reason == ENGINE_NOTHING_RANKED && s->pool->learners[i].ranking.n > 0)
		return "none_fits";
	return outcome_reason_to_text(reason);
}

static bool
line_write(struct solving *s, size_t i)
{
	const struct pool_learner *l = &s->pool->learners[i];
	struct round_line *line = &s->out->lines[i];
	int32_t k = s->drafted.learners[i];

	*line = (struct round_line){ l->id, l->institution, l->programme, "", "", "", "", "", NULL };
	if (l->standing != NULL) {
		line->posting = l->standing;
		line->by = "standing";
		return true;
	}
	if (k == ROUND_NONE) {
		line->reason = l->withdrawn ? "withdrawn" : "no_consent";
		return true;
	}
	if (s->outcome->posting[k] != ENGINE_NONE) {
		int32_t j = pool_find_posting(s->pool, s->drafted.instance->posting_ids[s->outcome->posting[k]]);
		BUG_IF(j == ROUND_NONE);
		line->posting = s->pool->postings[j].id;        /* the instance's own text dies with it */
		line->by = outcome_by_to_text((enum engine_by)s->outcome->by[k]);
		return true;
	}
	line->reason = reason_text(s, i);
	return write_at(s, k, line);
}

/* ---- colleges ---------------------------------------------------------------------------------------------------- */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A row for every institution that has a learner or a posting that takes part. */
static bool
colleges_find(struct solving *s)
{
	const struct pool *p = s->pool;
	const char **names = arena_zalloc(s->a, p->n_learners + p->n_postings, sizeof *names);
	size_t n = 0, kept = 0;

	if (names == NULL)
		return false;
	for (size_t i = 0; i < p->n_learners; i++)
		if (n == 0 || names[n - 1] != p->learners[i].institution)
			names[n++] = p->learners[i].institution;
	for (size_t j = 0; j < p->n_postings; j++)
		if (s->drafted.postings[j] != ROUND_NONE)
			names[n++] = p->postings[j].institution;
	if (n > 1)
		qsort(names, n, sizeof *names, by_text);
	for (size_t k = 0; k < n; k++)
		if (kept == 0 || strcmp(names[kept - 1], names[k]) != 0)
			names[kept++] = names[k];
	s->out->colleges = arena_zalloc(s->a, kept, sizeof *s->out->colleges);
	for (size_t k = 0; k < kept && s->out->colleges != NULL; k++)
		s->out->colleges[k].institution = names[k];
	s->out->n_colleges = kept;
	return s->out->colleges != NULL;
}

static struct college_row *
college_of(struct solving *s, const char *institution)
{
	struct college_row *row =
	    bsearch(&institution, s->out->colleges, s->out->n_colleges, sizeof *row, by_text);      /* its name comes first */

	BUG_IF(row == NULL);
	return row;
}

static void
count_line(struct solving *s, const struct round_line *line, bool eligible)
{
	struct college_row *row = college_of(s, line->institution);

	row->learners++;
	row->eligible += eligible;
	row->placed_direct += strcmp(line->by, "fixed") == 0;
	row->placed_ranked += strcmp(line->by, "ranked") == 0;
	row->placed_assigned += strcmp(line->by, "assigned") == 0;
	row->placed_before += strcmp(line->by, "standing") == 0;
	row->no_consent += strcmp(line->reason, "no_consent") == 0;
	row->withdrawn += strcmp(line->reason, "withdrawn") == 0;
	row->not_eligible += strcmp(line->reason, "not_eligible") == 0;
	row->nothing_ranked += strcmp(line->reason, "nothing_ranked") == 0;
	row->none_fits += strcmp(line->reason, "none_fits") == 0;
	row->outranked += strcmp(line->reason, "outranked") == 0;
	row->no_seat += strcmp(line->reason, "no_seat") == 0;
}

/* The instance knows only the seats that other rounds have left; a college is told of all of them. */
static void
count_standing(struct solving *s)
{
	for (size_t j = 0; j < s->pool->n_postings; j++) {
		const struct pool_posting *p = &s->pool->postings[j];
		if (s->drafted.postings[j] == ROUND_NONE || p->standing == 0)
			continue;
		struct college_row *row = college_of(s, p->institution);
		row->seats += p->seats - pool_seats_free(p);
		row->seats_filled += p->standing;
	}
}

static bool
count(struct solving *s)
{
	struct round_report *report = round_report_make(s->drafted.instance, s->outcome, s->a);
	const struct engine_instance *e = &s->drafted.instance->engine;

	if (report == NULL || !colleges_find(s))
		return false;
	for (size_t i = 0; i < s->out->n_lines; i++)
		count_line(s, &s->out->lines[i], s->drafted.eligible[i]);
	for (int32_t c = 0; c < e->n_colleges; c++) {
		const struct round_row *counted = &report->colleges[c];
		struct college_row *row = college_of(s, s->drafted.instance->college_ids[c]);
		row->alone = counted->alone;
		row->postings = counted->postings;
		row->seats = (int32_t)counted->seats;
		row->seats_filled = (int32_t)counted->seats_filled;
	}
	count_standing(s);
	s->out->rank_counts = "";
	for (int32_t t = 0; t < report->n_rank_counts && s->out->rank_counts != NULL; t++)
		s->out->rank_counts = arena_printf(s->a, "%s%s%d", s->out->rank_counts, t == 0 ? "" : ",", report->rank_counts[t]);
	return s->out->rank_counts != NULL;
}

/* ---- */
static enum solve_status
tell(struct solving *s)
{
	s->out->n_lines = s->pool->n_learners;
	s->out->lines = arena_zalloc(s->a, s->out->n_lines, sizeof *s->out->lines);
	if (s->out->lines == NULL)
		return SOLVE_NO_MEMORY;
	for (size_t i = 0; i < s->out->n_lines; i++)
		if (!line_write(s, i))
			return SOLVE_NO_MEMORY;
	s->out->left_out = s->drafted.left_out;
	s->out->n_left_out = s->drafted.n_left_out;
	return count(s) ? SOLVE_OK : SOLVE_NO_MEMORY;
}

enum solve_status
solution_make(const struct pool *p, struct arena *a, struct solution *out)
{
	struct solving s = { .pool = p, .a = a, .out = out };
	enum solve_status status;

	*out = (struct solution){ 0 };
	status = pool_draft(p, a, &s.drafted, out->why);
	if (status == SOLVE_OK)
		status = solve(&s);
	if (status == SOLVE_OK)
		status = write_outcome(&s);
	if (status == SOLVE_OK)
		status = tell(&s);
	engine_outcome_destroy(&s.outcome);
	drafted_clear(&s.drafted);
	if (status != SOLVE_OK)
		solution_clear(out);
	return status;
}

void
solution_clear(struct solution *s)
{
	free(s->outcome.bytes);
	s->outcome = (struct json_text_buffer){ 0 };
}
