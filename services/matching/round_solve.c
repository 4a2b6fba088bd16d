/* SPDX-License-Identifier: Apache-2.0 */
/* A solution and what it means for each learner and each college. Counting is the same for all: placed + unplaced =
 * learners. */
#include "round_solve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "round_report.h"
#include "verifier/verifier.h"

#define OUTCOME_MAX_BYTES ((size_t)1024 * MiB)

struct solving {
	const struct pool *pool;
	int threads;
	struct arena *a;
	struct drafted drafted;
	struct engine_outcome *outcome;
	struct solution *out;
};

/* ---- the outcome ------------------------------------------------------------------------------------------------- */
static enum solve_status
refused(struct solution *o, const char *condition, const char *why)
{
	o->condition = condition;
	if (why != o->why)
		snprintf(o->why, sizeof o->why, "%s", why);
	return SOLVE_REFUSED;
}

static enum solve_status
draft(struct solving *s)
{
	enum solve_status status = pool_draft(s->pool, s->a, &s->drafted, s->out->why);

	if (status == SOLVE_OK)
		instance_digest(s->drafted.instance, s->out->instance_digest);
	return status == SOLVE_REFUSED ? refused(s->out, "instance", s->out->why) : status;
}

static enum solve_status
solve(struct solving *s)
{
	switch (engine_solve(&s->drafted.instance->engine, s->threads, &s->outcome)) {
	case ENGINE_OK:        return SOLVE_OK;
	case ENGINE_NO_MEMORY: return SOLVE_NO_MEMORY;
	case ENGINE_BAD_INPUT: break;
	}
	return refused(s->out, "instance", engine_status_to_text(ENGINE_BAD_INPUT));
}

static enum solve_status
write_outcome(struct solving *s)
{
	struct solution *o = s->out;

	o->outcome.max = OUTCOME_MAX_BYTES;
	if (outcome_write(s->drafted.instance, s->outcome, o->instance_digest, json_keep, &o->outcome) != 0)
		return SOLVE_NO_MEMORY;
	return SOLVE_OK;
}

/* The verifier reads the very bytes that are stored and published, as anybody may. */
static enum solve_status
verify(struct solving *s, const char *bytes, size_t size)
{
	struct verifier_report report;
	uint8_t digest[32];

	digest_256(bytes, size, NULL, 0, digest);
	hex_from_bytes(digest, sizeof digest, s->out->outcome_digest);
	verifier_judge_bytes(s->drafted.instance, bytes, size, &report);
	switch (report.verdict) {
	case VERIFIER_ACCEPTED:  return SOLVE_OK;
	case VERIFIER_NO_MEMORY: return SOLVE_NO_MEMORY;
	case VERIFIER_VIOLATION: break;
	}
	return refused(s->out, report.condition, report.text);
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

/* She stays where another round has placed her. */
static bool
line_keep(const struct pool_learner *l, struct round_line *line)
{
	line->posting = l->standing;
	line->by = "standing";
	line->from_round = l->standing_round;
	return true;
}

static bool
line_write(struct solving *s, size_t i)
{
	const struct pool_learner *l = &s->pool->learners[i];
	struct round_line *line = &s->out->lines[i];
	int32_t k = s->drafted.learners[i];

	*line = (struct round_line){ l->id, l->institution, l->programme, "", "", "", "", "", "", "", NULL, NULL, 0 };
	if (k == ROUND_NONE && l->standing != NULL)
		return line_keep(l, line);
	if (k == ROUND_NONE) {
		line->reason = l->withdrawn ? "withdrawn" : "no_consent";
		return true;
	}
	if (s->outcome->pool.posting[k] == ENGINE_NONE) {
		BUG_IF(l->holds);               /* the verifier does not accept it */
		line->reason = reason_text(s, i);
		return write_at(s, k, line);
	}
	int32_t j = pool_find_posting(s->pool, s->drafted.instance->posting_ids[s->outcome->pool.posting[k]]);
	BUG_IF(j == ROUND_NONE);
	if (l->holds && strcmp(s->pool->postings[j].id, l->standing) == 0)
		return line_keep(l, line);
	line->posting = s->pool->postings[j].id;        /* the instance's own text dies with it */
	line->by = outcome_by_to_text((enum engine_by)s->outcome->pool.by[k]);
	if (s->outcome->pool.by[k] == ENGINE_RANKED)
		line->choice = round_report_tier(s->drafted.instance, k, s->outcome->pool.posting[k]) + 1;
	if (l->holds) {
		line->from_posting = l->standing;
		line->from_round = l->standing_round;
	}
	return true;
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
	row->eligible += eligible && strcmp(line->by, "standing") != 0;
	row->moved_up += line->from_posting[0] != '\0';
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

/* Seats of those who stand there and take no part are not in the instance; a college is told of all. */
static void
count_taken(struct solving *s)
{
	for (size_t j = 0; j < s->pool->n_postings; j++) {
		const struct pool_posting *p = &s->pool->postings[j];
		if (s->drafted.postings[j] == ROUND_NONE || p->taken == 0)
			continue;
		struct college_row *row = college_of(s, p->institution);
		row->seats += p->taken;
		row->seats_filled += p->taken;
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
		row->pool = counted->pool;
		row->better_alone = counted->better_alone;
		row->postings = counted->postings;
		row->seats = (int32_t)counted->seats;
		row->seats_filled = (int32_t)counted->seats_filled;
	}
	count_taken(s);
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

static enum solve_status
solving_end(struct solving *s, enum solve_status status)
{
	engine_outcome_destroy(&s->outcome);
	drafted_clear(&s->drafted);
	if (status != SOLVE_OK)
		solution_clear(s->out);
	return status;
}

enum solve_status
solution_make(const struct pool *p, int threads, struct arena *a, struct solution *out)
{
	struct solving s = { .pool = p, .threads = threads, .a = a, .out = out };
	enum solve_status status;

	*out = (struct solution){ 0 };
	status = draft(&s);
	if (status == SOLVE_OK)
		status = solve(&s);
	if (status == SOLVE_OK)
		status = write_outcome(&s);
	if (status == SOLVE_OK)
		status = verify(&s, out->outcome.bytes, out->outcome.used);
	if (status == SOLVE_OK)
		status = tell(&s);
	return solving_end(&s, status);
}

enum solve_status
solution_verify(const struct pool *p, const char *bytes, size_t size, struct arena *a, struct solution *out)
{
	struct solving s = { .pool = p, .a = a, .out = out };
	enum solve_status status;

	*out = (struct solution){ 0 };
	status = draft(&s);
	if (status == SOLVE_OK)
		status = verify(&s, bytes, size);
	return solving_end(&s, status);
}

void
solution_clear(struct solution *s)
{
	free(s->outcome.bytes);
	s->outcome = (struct json_text_buffer){ 0 };
}
