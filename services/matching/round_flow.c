/* SPDX-License-Identifier: Apache-2.0 */
/* Moving, telling, reporting. */
#include "round_flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/core_pg.h"
#include "wire.h"

enum { REPORT_LINES_MAX = 20000 };

/* ---- moving ------------------------------------------------------------------------------------------------------ */
/* What every fact carries: the head and the positions. */
static int
report_head(struct work *w, const struct round *r, struct report *out)
{
	struct round_position *positions = NULL;

	*out = (struct report){ .round = r, .seed = round_is_frozen(r->state) ? r->seed : "", .instance_digest = "",
		.rank_counts = "", .own_rank_counts = "" };
	int result = position_store_list(w->tx, w->arena, r->round, &positions, &out->n_positions);
	out->positions = positions;
	return result;
}

static int
tell_moved(struct work *w, const struct round *r)
{
	struct report head;
	int64_t version = 0;
	int result = report_head(w, r, &head);

	if (result == STORE_OK)
		result = told_store_next(w->tx, &version);
	if (result == STORE_OK && tell_round_moved(w, &head, version) != 0)
		result = STORE_RETRY;
	return result;
}

int
round_go(struct work *w, struct round *r, enum round_event e)
{
	enum round_state was = r->state;

	r->state = round_after(was, e);
	BUG_IF(r->state == ROUND_UNKNOWN);
	r->revision++;
	int result = round_store_move(w->tx, w->arena, r);
	if (result != STORE_OK)
		return result;
	log_info("round=%s state=%s was=%s", r->round, round_state_to_text(r->state), round_state_to_text(was));
	return tell_moved(w, r);
}

int
round_unsolve(struct work *w, struct round *r)
{
	int result = outcome_store_void(w->tx, w->arena, r->round);

	r->instance_digest = "";
	r->outcome_digest = "";
	r->rank_counts = "";
	r->verified = false;
	return result == STORE_OK ? round_go(w, r, ROUND_EVENT_LEAVE) : result;
}

int
round_tell_opened(struct work *w, const struct round *r)
{
	log_info("round=%s state=%s", r->round, round_state_to_text(r->state));
	return tell_moved(w, r);
}

/* ---- telling the outcome ----------------------------------------------------------------------------------------- */
static int
by_posting(const void *a, const void *b)
{
	const struct round_line *const *x = a, *const *y = b;
	int c = strcmp((*x)->posting, (*y)->posting);

	return c != 0 ? c : strcmp((*x)->learner, (*y)->learner);
}

static int
by_institution(const void *a, const void *b)
{
	const struct round_line *const *x = a, *const *y = b;
	int c = strcmp((*x)->institution, (*y)->institution);

	return c != 0 ? c : strcmp((*x)->learner, (*y)->learner);
}

static const struct round_line **
lines_sorted(struct arena *a, const struct round_line *lines, size_t n, int (*by)(const void *, const void *))
{
	const struct round_line **sorted = arena_zalloc(a, n, sizeof *sorted);

	for (size_t i = 0; i < n && sorted != NULL; i++)
		sorted[i] = &lines[i];
	if (sorted != NULL && n > 1)
		qsort(sorted, n, sizeof *sorted, by);
	return sorted;
}

/* The lines of one posting, both in the same order: each line is looked at once. */
static const struct round_line *const *
lines_of(const struct round_line *const *sorted, size_t n, size_t *at, const char *posting, size_t *count)
{
	while (*at < n && strcmp(sorted[*at]->posting, posting) < 0)
		(*at)++;
	size_t from = *at;
	while (*at < n && strcmp(sorted[*at]->posting, posting) == 0)
		(*at)++;
	*count = *at - from;
	return sorted + from;
}

/* The postings, each with who is there now, whichever round has placed her, and with who has moved up from there. */
static int
tell_postings(struct work *w, const struct report *head, int64_t version, struct posting_told *postings, size_t n_postings)
{
	const char *round = head->round->round;
	struct round_line *lines = NULL, *moved = NULL;
	size_t n = 0, n_moved = 0, at = 0, moved_at = 0;
	int result = standing_store_list(w->tx, w->arena, round, postings, n_postings, &lines, &n);

	if (result == STORE_OK)
		result = moved_store_list(w->tx, w->arena, round, &moved, &n_moved);
	if (result != STORE_OK)
		return result;
	const struct round_line **sorted = lines_sorted(w->arena, lines, n, by_posting);
	const struct round_line **left = lines_sorted(w->arena, moved, n_moved, by_posting);
	if (sorted == NULL || left == NULL)
		return STORE_RETRY;
	for (size_t k = 0; k < n_postings; k++) {
		struct posting_told *p = &postings[k];
		p->lines = lines_of(sorted, n, &at, p->posting, &p->n_lines);
		p->moved = lines_of(left, n_moved, &moved_at, p->posting, &p->n_moved);
		if (tell_posting_placed(w, head, p, version) != 0)
			return STORE_RETRY;
	}
	return STORE_OK;
}

static int
tell_colleges(struct work *w, const struct report *head, int64_t version, const struct round_line *lines, size_t n)
{
	struct college_row *rows = NULL;
	const struct round_line **sorted = lines_sorted(w->arena, lines, n, by_institution);
	size_t n_rows = 0, at = 0;

	if (sorted == NULL)
		return STORE_RETRY;
	int result = college_store_list(w->tx, w->arena, head->round->round, NULL, &rows, &n_rows);
	for (size_t k = 0; k < n_rows && result == STORE_OK; k++) {
		while (at < n && strcmp(sorted[at]->institution, rows[k].institution) < 0)
			at++;
		struct college_told told = { .row = &rows[k], .lines = sorted + at };
		while (at < n && strcmp(sorted[at]->institution, rows[k].institution) == 0)
			at++;
		told.n_lines = (size_t)(sorted + at - told.lines);
		if (tell_college_placed(w, head, &told, version) != 0)
			result = STORE_RETRY;
	}
	return result;
}

int
round_tell_outcome(struct work *w, const struct round *r)
{
	struct report head;
	struct posting_told *postings = NULL;
	struct round_line *lines = NULL;
	size_t n = 0, n_postings = 0;
	int64_t version = 0;
	int result = report_head(w, r, &head);

	if (result == STORE_OK)
		result = told_store_next(w->tx, &version);
	if (result == STORE_OK)
		result = line_store_list(w->tx, w->arena, r->round, NULL, INT32_MAX, &lines, &n);
	if (result == STORE_OK)
		result = placed_posting_store_list(w->tx, w->arena, r->round, &postings, &n_postings);
	if (result == STORE_OK)
		result = tell_postings(w, &head, version, postings, n_postings);
	if (result == STORE_OK)
		result = tell_colleges(w, &head, version, lines, n);
	return result;
}

int
round_tell_posting(struct work *w, const struct round *r, const char *posting)
{
	struct report head;
	struct posting_told *postings = NULL;
	size_t n = 0, at = 0;
	int64_t version = 0;
	int result = report_head(w, r, &head);

	if (result == STORE_OK)
		result = told_store_next(w->tx, &version);
	if (result == STORE_OK)
		result = placed_posting_store_list(w->tx, w->arena, r->round, &postings, &n);
	if (result != STORE_OK)
		return result;
	while (at < n && strcmp(postings[at].posting, posting) != 0)
		at++;
	return at < n ? tell_postings(w, &head, version, &postings[at], 1) : STORE_OK;
}

/* Who was to go where stands in no past event of these postings, nor of the round's colleges: nobody is to know it any more,
 * and once the lines are gone, nobody could tell which events name a learner who is erased. */
static int
told_blank(struct work *w, const struct round *r, const struct posting_told *postings, size_t n)
{
	struct college_row *rows = NULL;
	size_t n_rows = 0;
	int result = college_store_list(w->tx, w->arena, r->round, NULL, &rows, &n_rows);
	if (result != STORE_OK)
		return result;
	const char **topics = arena_zalloc(w->arena, n + n_rows, sizeof *topics);
	const char **keys = arena_zalloc(w->arena, n + n_rows, sizeof *keys);

	if (topics == NULL || keys == NULL)
		return STORE_RETRY;
	for (size_t k = 0; k < n + n_rows; k++) {
		topics[k] = k < n ? "placement" : "summary";
		keys[k] = k < n ? postings[k].posting : arena_printf(w->arena, "%s/%s", r->round, rows[k - n].institution);
		if (keys[k] == NULL)
			return STORE_RETRY;
	}
	core_log_forget(w);
	return core_pg_events_blank(w->tx, w->arena, topics, keys, n + n_rows);
}

int
round_call_off_published(struct work *w, struct round *r)
{
	struct report head;
	struct posting_told *postings = NULL;
	size_t n = 0;
	int64_t version = 0;
	int result = report_head(w, r, &head);

	if (result == STORE_OK)
		result = told_store_next(w->tx, &version);
	if (result == STORE_OK)
		result = placed_posting_store_list(w->tx, w->arena, r->round, &postings, &n);
	if (result == STORE_OK)
		result = told_blank(w, r, postings, n);
	if (result == STORE_OK)
		result = snapshot_store_drop(w->tx, w->arena, r->round);
	if (result == STORE_OK)
		result = round_go(w, r, ROUND_EVENT_CALL_OFF);
	return result == STORE_OK ? tell_postings(w, &head, version, postings, n) : result;
}

/* ---- reporting --------------------------------------------------------------------------------------------------- */
static int
report_lines(struct work *w, const struct round *r, const char *institution, struct report *out)
{
	struct round_line *lines = NULL;
	struct round_left_out *left_out = NULL;
	int result = line_store_list(w->tx, w->arena, r->round, institution, REPORT_LINES_MAX + 1, &lines, &out->n_lines);

	if (result == STORE_OK)
		result = left_out_store_list(w->tx, w->arena, r->round, institution, REPORT_LINES_MAX + 1, &left_out,
		    &out->n_left_out);
	out->shortened = out->n_lines > REPORT_LINES_MAX || out->n_left_out > REPORT_LINES_MAX;
	out->n_lines -= out->n_lines > REPORT_LINES_MAX;
	out->n_left_out -= out->n_left_out > REPORT_LINES_MAX;
	for (size_t i = 0; i < out->n_lines && institution != NULL; i++)
		if (strcmp(lines[i].institution, institution) != 0) {
			lines[i].from_posting = "";     /* of another college's learner: only where she is coming */
			lines[i].choice = 0;
		}
	out->lines = lines;
	out->left_out = left_out;
	if (result == STORE_OK && institution != NULL)
		result = choice_counts_load(w->tx, w->arena, r->round, institution, &out->own_rank_counts);
	return result;
}

/* What a solution has made, as far as the asker may see it now. */
static int
report_outcome(struct work *w, const struct round *r, const char *institution, enum report_depth depth,
    struct report *out)
{
	struct college_row *rows = NULL;
	bool solved = r->state == ROUND_SOLVED || round_is_public(r->state);

	if (institution != NULL && r->state == ROUND_SOLVED)
		return STORE_OK;
	int result = college_store_list(w->tx, w->arena, r->round, institution, &rows, &out->n_colleges);
	out->colleges = rows;
	if (!solved || result != STORE_OK)
		return result;
	out->rank_counts = r->rank_counts;
	out->instance_digest = r->instance_digest;
	out->verified = r->verified;
	return depth == REPORT_LINES ? report_lines(w, r, institution, out) : STORE_OK;
}

static int
report_withdrawals(struct work *w, const struct round *r, const char *institution, struct report *out)
{
	struct round_withdrawal *withdrawals = NULL;
	int result = withdrawal_store_list(w->tx, w->arena, r->round, institution, &withdrawals, &out->n_withdrawals);

	out->withdrawals = withdrawals;
	return result;
}

/* The count alone may be kept as a stored reply. */
static int
report_same_person(struct work *w, const struct round *r, const char *institution, enum report_depth depth,
    struct report *out)
{
	struct round_same_person *all = NULL;
	int result = same_person_store_list(w->tx, w->arena, r->round, institution, REPORT_LINES_MAX, &all,
	    &out->n_same_person);

	out->same_person = depth == REPORT_LINES ? all : NULL;
	return result;
}

int
round_show_make(struct work *w, const struct round *r, const char *institution, enum report_depth depth,
    struct report *out)
{
	struct round_totals totals = { 0 };
	int result = report_head(w, r, out);

	if (result == STORE_OK)
		result = round_totals_load(w->tx, w->arena, r->round, institution, &totals);
	if (result != STORE_OK)
		return result;
	out->postings = totals.postings;
	out->seats = totals.seats;
	out->waiting = totals.waiting;
	if (institution == NULL || round_is_public(r->state))
		out->seats_filled = totals.seats_filled;
	result = report_same_person(w, r, institution, depth, out);
	if (result == STORE_OK && depth == REPORT_LINES)
		result = report_withdrawals(w, r, institution, out);
	return result == STORE_OK ? report_outcome(w, r, institution, depth, out) : result;
}
