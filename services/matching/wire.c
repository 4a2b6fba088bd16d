/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in, checked; reports, slices and the three facts of our log out. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/refusal.h"
#include "base/text.h"
#include "bassin/v1/matching.pb-c.h"

_Static_assert((int)ROUND_OPENED == BASSIN__V1__ROUND_STATE__ROUND_OPENED &&
    (int)ROUND_WITHDRAWN == BASSIN__V1__ROUND_STATE__ROUND_WITHDRAWN, "states are numbered as in matching.proto");

/* Bytes of lines in one message: a reply stays below 8 MiB, an event below what one Fetch may ask for. */
enum { REPLY_LINE_BYTES = 4 * 1024 * 1024, EVENT_LINE_BYTES = 2 * 1024 * 1024, EVENT_LINES_MAX = 20000,
	POSTING_NAMES_MAX = 1000 };

/* ---- commands ---------------------------------------------------------------------------------------------------- */
static bool
is_round_id(const char *id)
{
	struct id ignored;

	return strlen(id) == 2 * ID_SIZE && id_from_hex(&ignored, id);
}

static bool
is_line(const char *text, size_t max)
{
	return text[0] != '\0' && strlen(text) <= max && text_is_printable(text, false);
}

enum verdict
round_open_read(struct call *call, struct round_open *out)
{
	const Bassin__V1__RoundOpen *m = call_message(call, &bassin__v1__round_open__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (m->title[0] == '\0')
		return call_refuse(call, REFUSAL_REQUIRED, "title", NULL);
	if (strlen(m->title) > TITLE_MAX_BYTES)
		return call_refuse(call, REFUSAL_TOO_LONG, "title", "200");
	if (!text_is_printable(m->title, false))
		return call_refuse(call, REFUSAL_NOT_TEXT, "title", NULL);
	out->title = m->title;
	out->guarantee = !m->no_guarantee;
	if (!round_weights(m->weight_competencies, m->weight_distance, m->weight_hours, &out->weights))
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "weights", "0..1000");
	return VERDICT_OK;
}

static enum verdict
round_read(struct call *call, const char *round)
{
	return is_round_id(round) ? VERDICT_OK : call_refuse(call, REFUSAL_UNKNOWN, "round", NULL);
}

enum verdict
round_ask_read(struct call *call, struct round_ask *out)
{
	const Bassin__V1__RoundAsk *m = call_message(call, &bassin__v1__round_ask__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	*out = (struct round_ask){ m->round, false };
	return round_read(call, m->round);
}

enum verdict
round_solve_read(struct call *call, struct round_ask *out)
{
	const Bassin__V1__RoundSolve *m = call_message(call, &bassin__v1__round_solve__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	*out = (struct round_ask){ m->round, m->dry_run };
	return round_read(call, m->round);
}

/* A college may write its own posting without its own name before it. */
static const char *
posting_reference(struct call *call, const char *text)
{
	if (text[0] == '\0' || strchr(text, '/') != NULL || call->who->institution[0] == '\0')
		return text;
	return arena_printf(call->work->arena, "%s/%s", call->who->institution, text);
}

enum verdict
round_leave_read(struct call *call, struct round_leave *out)
{
	const Bassin__V1__RoundWithdraw *m = call_message(call, &bassin__v1__round_withdraw__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (m->learner[0] != '\0' && m->posting[0] != '\0')
		return call_refuse(call, REFUSAL_BAD_FORMAT, "learner", "learner|posting");
	if (m->learner[0] != '\0' && !text_is_id(m->learner))
		return call_refuse(call, REFUSAL_UNKNOWN, "learner", NULL);
	if (m->reason[0] == '\0')
		return call_refuse(call, REFUSAL_REQUIRED, "reason", NULL);
	if (strlen(m->reason) > REASON_MAX_BYTES)
		return call_refuse(call, REFUSAL_TOO_LONG, "reason", "500");
	if (!text_is_printable(m->reason, false))
		return call_refuse(call, REFUSAL_NOT_TEXT, "reason", NULL);
	*out = (struct round_leave){ m->round, m->learner, posting_reference(call, m->posting), m->reason };
	if (out->posting == NULL)
		return VERDICT_RETRY;
	if (out->posting[0] != '\0' && !reference_is_sound(out->posting))
		return call_refuse(call, REFUSAL_UNKNOWN, "posting", NULL);
	return round_read(call, m->round);
}

enum verdict
round_slice_read(struct call *call, struct round_slice *out)
{
	const Bassin__V1__RoundExport *m = call_message(call, &bassin__v1__round_export__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (m->offset > INT64_MAX)
		return call_refuse(call, REFUSAL_OUT_OF_RANGE, "offset", NULL);
	*out = (struct round_slice){ m->round, m->outcome, m->offset };
	return round_read(call, m->round);
}

enum verdict
pair_ask_read(struct call *call, struct pair_ask *out)
{
	const Bassin__V1__PairAsk *m = call_message(call, &bassin__v1__pair_ask__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (!is_line(m->learner, ID_MAX_BYTES))
		return call_refuse(call, REFUSAL_UNKNOWN, "learner", NULL);
	*out = (struct pair_ask){ m->learner, posting_reference(call, m->posting), m->round };
	if (out->posting == NULL)
		return VERDICT_RETRY;
	if (!reference_is_sound(out->posting))
		return call_refuse(call, REFUSAL_UNKNOWN, "posting", NULL);
	return m->round[0] == '\0' ? VERDICT_OK : round_read(call, m->round);
}

enum verdict
posting_names_read(struct call *call, struct posting_names *out)
{
	const Bassin__V1__PostingNames *m = call_message(call, &bassin__v1__posting_names__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (m->n_postings > POSTING_NAMES_MAX)
		return call_refuse(call, REFUSAL_TOO_LONG, "postings", "1000");
	const char **full = arena_zalloc(call->work->arena, m->n_postings + 1, sizeof *full);
	if (full == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < m->n_postings; i++) {
		if (!is_line(m->postings[i], 2 * ID_MAX_BYTES + 1))
			return call_refuse(call, REFUSAL_BAD_ID, "postings", NULL);
		full[i] = posting_reference(call, m->postings[i]);
		if (full[i] == NULL)
			return VERDICT_RETRY;
	}
	*out = (struct posting_names){ (const char *const *)m->postings, full, m->n_postings };
	return VERDICT_OK;
}

enum verdict
posting_names_answer(struct call *call, const struct posting_names *names, const int64_t *places, size_t n)
{
	Bassin__V1__PostingNames m = BASSIN__V1__POSTING_NAMES__INIT;

	m.postings = arena_zalloc(call->work->arena, n + 1, sizeof *m.postings);
	if (m.postings == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < n; i++) {
		BUG_IF(places[i] < 1 || (size_t)places[i] > names->n);
		m.postings[i] = (char *)(uintptr_t)names->written[places[i] - 1];
	}
	m.n_postings = n;
	return call_answer(call, &m.base);
}

/* ---- pieces of answers ------------------------------------------------------------------------------------------- */
static char *
borrowed(const char *text)
{
	return (char *)(uintptr_t)(text != NULL ? text : "");   /* packed, never written */
}

/* n messages of one type and the pointers to them. NULL: no memory. */
#define MESSAGES(a, n, type, init, first) messages(a, n, sizeof(type), &(type)init, (void **)&(first))

static void **
messages(struct arena *a, size_t n, size_t size, const void *init, void **first)
{
	void **pointers = arena_zalloc(a, n + 1, sizeof *pointers);
	char *items = arena_zalloc(a, n + 1, size);

	if (pointers == NULL || items == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		pointers[i] = items + i * size;
		memcpy(pointers[i], init, size);
	}
	*first = items;
	return pointers;
}

static Bassin__V1__CollegeRow
college_row(const struct college_row *c)
{
	Bassin__V1__CollegeRow m = BASSIN__V1__COLLEGE_ROW__INIT;

	m.institution = borrowed(c->institution);
	m.learners = c->learners;
	m.eligible = c->eligible;
	m.placed_direct = c->placed_direct;
	m.placed_ranked = c->placed_ranked;
	m.placed_assigned = c->placed_assigned;
	m.alone = c->alone;
	m.unplaced_no_consent = c->no_consent;
	m.unplaced_not_eligible = c->not_eligible;
	m.unplaced_nothing_ranked = c->nothing_ranked;
	m.unplaced_none_fits = c->none_fits;
	m.unplaced_outranked = c->outranked;
	m.unplaced_no_seat = c->no_seat;
	m.unplaced_withdrawn = c->withdrawn;
	m.postings = c->postings;
	m.seats = c->seats;
	m.seats_filled = c->seats_filled;
	m.placed_before = c->placed_before;
	m.pool = c->pool;
	m.better_alone = c->better_alone;
	m.moved_up = c->moved_up;
	return m;
}

static Bassin__V1__LogPosition **
positions_write(struct arena *a, const struct round_position *p, size_t n)
{
	Bassin__V1__LogPosition *m = NULL, **all =
	    (void *)MESSAGES(a, n, Bassin__V1__LogPosition, BASSIN__V1__LOG_POSITION__INIT, m);

	for (size_t i = 0; i < n && all != NULL; i++) {
		m[i].log_id = borrowed(p[i].log_id);
		m[i].epoch = (ProtobufCBinaryData){ ID_SIZE, (uint8_t *)(uintptr_t)p[i].epoch.bytes };
		m[i].seq = p[i].seq;
	}
	return all;
}

/* Where somebody was outranked, out of the two joined lists. */
static bool
at_write(struct arena *a, const struct round_line *line, Bassin__V1__Unplaced *out)
{
	const char *p = line->at_postings, *h = line->at_ahead;
	size_t n = p[0] != '\0';

	for (const char *c = p; *c != '\0'; c++)
		n += *c == '|';
	Bassin__V1__Ahead *m = NULL;
	out->at = (void *)MESSAGES(a, n, Bassin__V1__Ahead, BASSIN__V1__AHEAD__INIT, m);
	if (out->at == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t size = strcspn(p, "|");
		m[i].posting = arena_strndup(a, p, size);
		m[i].ahead = (int32_t)strtol(h, NULL, 10);
		if (m[i].posting == NULL)
			return false;
		p += size + (p[size] != '\0');
		h += strcspn(h, ",");
		h += *h != '\0';
	}
	out->n_at = n;
	return true;
}

/* The lines as placements and unplaced, as many as fit. */
struct lines_out {
	Bassin__V1__Placement **placements;
	Bassin__V1__Unplaced **unplaced;
	size_t n_placements, n_unplaced;
	bool shortened;
};

static bool
lines_write(struct arena *a, const struct round_line *const *lines, size_t n, size_t max_bytes, struct lines_out *out)
{
	Bassin__V1__Placement *placed = NULL;
	Bassin__V1__Unplaced *unplaced = NULL;
	size_t bytes = 0;

	*out = (struct lines_out){ 0 };
	out->placements = (void *)MESSAGES(a, n, Bassin__V1__Placement, BASSIN__V1__PLACEMENT__INIT, placed);
	out->unplaced = (void *)MESSAGES(a, n, Bassin__V1__Unplaced, BASSIN__V1__UNPLACED__INIT, unplaced);
	if (out->placements == NULL || out->unplaced == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct round_line *l = lines[i];
		bytes += 32 + strlen(l->learner) + strlen(l->institution) + strlen(l->posting) + strlen(l->from_posting) +
		    2 * strlen(l->at_postings) + (l->external_id != NULL ? strlen(l->external_id) : 0);
		if (bytes > max_bytes) {
			out->shortened = true;
			break;
		}
		if (l->posting[0] != '\0') {
			Bassin__V1__Placement *m = &placed[out->n_placements++];
			m->learner = borrowed(l->learner);
			m->posting = borrowed(l->posting);
			m->by = borrowed(l->by);
			m->institution = borrowed(l->institution);
			m->moved_from = borrowed(l->from_posting);
			m->choice = l->choice;
			m->external_id = borrowed(l->external_id);
			continue;
		}
		Bassin__V1__Unplaced *m = &unplaced[out->n_unplaced++];
		m->learner = borrowed(l->learner);
		m->reason = borrowed(l->reason);
		m->institution = borrowed(l->institution);
		m->external_id = borrowed(l->external_id);
		if (!at_write(a, l, m))
			return false;
	}
	return true;
}

/* ---- the report -------------------------------------------------------------------------------------------------- */
static bool
report_colleges(struct arena *a, const struct report *r, Bassin__V1__RoundReport *m)
{
	Bassin__V1__CollegeRow *rows = NULL;

	m->colleges = (void *)MESSAGES(a, r->n_colleges, Bassin__V1__CollegeRow, BASSIN__V1__COLLEGE_ROW__INIT, rows);
	m->n_colleges = r->n_colleges;
	for (size_t i = 0; i < r->n_colleges && m->colleges != NULL; i++)
		rows[i] = college_row(&r->colleges[i]);
	return m->colleges != NULL;
}

static bool
report_withdrawals(struct arena *a, const struct report *r, Bassin__V1__RoundReport *m)
{
	Bassin__V1__Withdrawal *rows = NULL;

	m->withdrawals = (void *)MESSAGES(a, r->n_withdrawals, Bassin__V1__Withdrawal, BASSIN__V1__WITHDRAWAL__INIT, rows);
	m->n_withdrawals = r->n_withdrawals;
	for (size_t i = 0; i < r->n_withdrawals && m->withdrawals != NULL; i++) {
		rows[i].learner = borrowed(r->withdrawals[i].learner);
		rows[i].posting = borrowed(r->withdrawals[i].posting);
		rows[i].reason = borrowed(r->withdrawals[i].reason);
		rows[i].at_ms = r->withdrawals[i].at_ms;
		rows[i].external_id = borrowed(r->withdrawals[i].external_id);
	}
	return m->withdrawals != NULL;
}

static bool
report_same_person(struct arena *a, const struct report *r, Bassin__V1__RoundReport *m)
{
	Bassin__V1__SamePerson *rows = NULL;
	size_t n = r->same_person == NULL ? 0 : r->n_same_person;

	m->same_person_count = (int32_t)r->n_same_person;
	m->same_person = (void *)MESSAGES(a, n, Bassin__V1__SamePerson, BASSIN__V1__SAME_PERSON__INIT, rows);
	m->n_same_person = n;
	for (size_t i = 0; i < n && m->same_person != NULL; i++) {
		rows[i].learner = borrowed(r->same_person[i].learner);
		rows[i].institution = borrowed(r->same_person[i].institution);
		rows[i].other = borrowed(r->same_person[i].other);
		rows[i].other_institution = borrowed(r->same_person[i].other_institution);
		rows[i].external_id = borrowed(r->same_person[i].external_id);
	}
	return m->same_person != NULL;
}

static bool
report_left_out(struct arena *a, const struct report *r, Bassin__V1__RoundReport *m)
{
	Bassin__V1__LeftOut *rows = NULL;

	m->left_out = (void *)MESSAGES(a, r->n_left_out, Bassin__V1__LeftOut, BASSIN__V1__LEFT_OUT__INIT, rows);
	m->n_left_out = r->n_left_out;
	for (size_t i = 0; i < r->n_left_out && m->left_out != NULL; i++) {
		rows[i].learner = borrowed(r->left_out[i].learner);
		rows[i].posting = borrowed(r->left_out[i].posting);
		rows[i].reasons = r->left_out[i].reasons;
		rows[i].institution = borrowed(r->left_out[i].institution);
		rows[i].external_id = borrowed(r->left_out[i].external_id);
	}
	return m->left_out != NULL;
}

static bool
report_lines(struct arena *a, const struct report *r, Bassin__V1__RoundReport *m)
{
	const struct round_line **lines = arena_zalloc(a, r->n_lines, sizeof *lines);
	struct lines_out out;

	if (lines == NULL)
		return false;
	for (size_t i = 0; i < r->n_lines; i++)
		lines[i] = &r->lines[i];
	if (!lines_write(a, lines, r->n_lines, REPLY_LINE_BYTES, &out))
		return false;
	m->placements = out.placements;
	m->n_placements = out.n_placements;
	m->unplaced = out.unplaced;
	m->n_unplaced = out.n_unplaced;
	m->shortened = r->shortened || out.shortened;
	return true;
}

/* "12,5,1" as numbers. */
static bool
counts_write(struct arena *a, const char *text, int32_t **out, size_t *n)
{
	size_t room = 1;

	for (const char *c = text; *c != '\0'; c++)
		room += *c == ',';
	*out = arena_zalloc(a, room, sizeof **out);
	if (*out == NULL)
		return false;
	for (const char *c = text; *c != '\0';) {
		(*out)[(*n)++] = (int32_t)strtol(c, NULL, 10);
		c += strcspn(c, ",");
		c += *c != '\0';
	}
	return true;
}

enum verdict
round_show_answer(struct call *call, const struct report *r)
{
	struct arena *a = call->work->arena;
	Bassin__V1__RoundReport m = BASSIN__V1__ROUND_REPORT__INIT;

	m.round = borrowed(r->round->round);
	m.title = borrowed(r->round->title);
	m.state = (Bassin__V1__RoundState)r->round->state;
	m.seed_hash = borrowed(r->round->seed_hash);
	m.seed = borrowed(r->seed);
	m.instance_digest = borrowed(r->instance_digest);
	m.dry_run = r->dry_run;
	m.postings = (int32_t)r->postings;
	m.seats = (int32_t)r->seats;
	m.seats_filled = (int32_t)r->seats_filled;
	m.waiting_references = (int32_t)r->waiting;
	m.opened_ms = r->round->opened_ms;
	m.frozen_ms = r->round->frozen_ms;
	m.published_ms = r->round->published_ms;
	m.erased = r->round->erased;
	m.guarantee = r->round->guarantee;
	m.verified = r->verified;
	m.positions = positions_write(a, r->positions, r->n_positions);
	m.n_positions = r->n_positions;
	if (m.positions == NULL || !report_colleges(a, r, &m) || !report_withdrawals(a, r, &m) ||
	    !report_same_person(a, r, &m) || !report_left_out(a, r, &m) || !report_lines(a, r, &m) ||
	    !counts_write(a, r->rank_counts, &m.rank_counts, &m.n_rank_counts) ||
	    !counts_write(a, r->own_rank_counts, &m.own_rank_counts, &m.n_own_rank_counts))
		return VERDICT_RETRY;
	return call_answer(call, &m.base);
}

enum verdict
slice_answer(struct call *call, const uint8_t *data, size_t size, uint64_t total)
{
	Bassin__V1__RoundFile m = BASSIN__V1__ROUND_FILE__INIT;

	m.data = (ProtobufCBinaryData){ size, (uint8_t *)(uintptr_t)data };
	m.total = total;
	return call_answer(call, &m.base);
}

/* ---- facts ------------------------------------------------------------------------------------------------------- */
int
tell_round_moved(struct work *w, const struct report *r, int64_t version)
{
	Bassin__V1__RoundMoved m = BASSIN__V1__ROUND_MOVED__INIT;

	m.round = borrowed(r->round->round);
	m.state = (Bassin__V1__RoundState)r->round->state;
	m.title = borrowed(r->round->title);
	m.positions = positions_write(w->arena, r->positions, r->n_positions);
	m.n_positions = r->n_positions;
	if (m.positions == NULL)
		return -1;
	return work_emit(w, "round", r->round->round, (uint64_t)version, BASSIN__V1__EVENT_TYPE__ROUND_MOVED, &m.base);
}

static Bassin__V1__PlacedLearner **
placed_write(struct arena *a, const struct report *r, const struct round_line *const *lines, size_t n)
{
	Bassin__V1__PlacedLearner *m = NULL, **all =
	    (void *)MESSAGES(a, n, Bassin__V1__PlacedLearner, BASSIN__V1__PLACED_LEARNER__INIT, m);

	for (size_t i = 0; i < n && all != NULL; i++) {
		m[i].learner = borrowed(lines[i]->learner);
		m[i].institution = borrowed(lines[i]->institution);
		m[i].programme = borrowed(lines[i]->programme);
		m[i].by = borrowed(lines[i]->by);
		m[i].round = borrowed(lines[i]->round != NULL ? lines[i]->round : r->round->round);
	}
	return all;
}

int
tell_posting_placed(struct work *w, const struct report *r, const struct posting_told *p, int64_t version)
{
	Bassin__V1__PostingPlaced m = BASSIN__V1__POSTING_PLACED__INIT;

	m.round = borrowed(r->round->round);
	m.posting = borrowed(p->posting);
	m.employer = borrowed(p->employer);
	m.institution = borrowed(p->institution);
	m.seats = p->seats;
	m.positions = positions_write(w->arena, r->positions, r->n_positions);
	m.n_positions = r->n_positions;
	m.learners = placed_write(w->arena, r, p->lines, p->n_lines);
	m.n_learners = p->n_lines;
	m.moved = placed_write(w->arena, r, p->moved, p->n_moved);
	m.n_moved = p->n_moved;
	if (m.positions == NULL || m.learners == NULL || m.moved == NULL)
		return -1;
	return work_emit(w, "placement", p->posting, (uint64_t)version, BASSIN__V1__EVENT_TYPE__POSTING_PLACED, &m.base);
}

int
tell_college_placed(struct work *w, const struct report *r, const struct college_told *c, int64_t version)
{
	Bassin__V1__CollegePlaced m = BASSIN__V1__COLLEGE_PLACED__INIT;
	Bassin__V1__CollegeRow row = college_row(c->row);
	struct lines_out out;
	size_t n = c->n_lines < EVENT_LINES_MAX ? c->n_lines : EVENT_LINES_MAX;
	const char *key = arena_printf(w->arena, "%s/%s", r->round->round, c->row->institution);

	m.round = borrowed(r->round->round);
	m.title = borrowed(r->round->title);
	m.row = &row;
	m.positions = positions_write(w->arena, r->positions, r->n_positions);
	m.n_positions = r->n_positions;
	if (key == NULL || m.positions == NULL || !lines_write(w->arena, c->lines, n, EVENT_LINE_BYTES, &out))
		return -1;
	m.placements = out.placements;
	m.n_placements = out.n_placements;
	m.unplaced = out.unplaced;
	m.n_unplaced = out.n_unplaced;
	return work_emit(w, "summary", key, (uint64_t)version, BASSIN__V1__EVENT_TYPE__COLLEGE_PLACED, &m.base);
}
