/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of facts: what a batch of events says replaces what stood. */
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "columns.h"
#include "notifications/sql.h"

static int
institutions_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena);

	if (t->institution_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_institution, t->institutions, t->institution_count, institution);
	TEXTS(&p, struct told_institution, t->institutions, t->institution_count, name_fr);
	TEXTS(&p, struct told_institution, t->institutions, t->institution_count, name_en);
	param_text(&p, log_id);
	return tx_run(w->tx, &SQL_institution_put, &p, NULL);
}

static int
coordinators_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena);

	if (t->coordinator_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_coordinator, t->coordinators, t->coordinator_count, institution);
	TEXTS(&p, struct told_coordinator, t->coordinators, t->coordinator_count, name);
	TEXTS(&p, struct told_coordinator, t->coordinators, t->coordinator_count, email);
	TEXTS(&p, struct told_coordinator, t->coordinators, t->coordinator_count, phone);
	TEXTS(&p, struct told_coordinator, t->coordinators, t->coordinator_count, language);
	param_text(&p, log_id);
	return tx_run(w->tx, &SQL_coordinator_put, &p, NULL);
}

static int
employers_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena);

	if (t->employer_count == 0)
		return STORE_OK;
	param_int(&p, w->now_ms);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, employer);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, institution);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, legal_name);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, contact_name);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, contact_email);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, language);
	TEXTS(&p, struct told_employer, t->employers, t->employer_count, municipality);
	INTS(&p, struct told_employer, t->employers, t->employer_count, headcount);
	INTS(&p, struct told_employer, t->employers, t->employer_count, paused_until);
	param_text(&p, log_id);
	return tx_run(w->tx, &SQL_employer_put, &p, NULL);
}

static int
firms_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena);

	if (t->firm_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_firm, t->firms, t->firm_count, employer);
	TEXTS(&p, struct told_firm, t->firms, t->firm_count, firm);
	param_text(&p, log_id);
	return tx_run(w->tx, &SQL_firm_put, &p, NULL);
}

/* What a firm was spared until its next month goes by its size, and by which records it is. */
static int
caps_judge_anew(struct work *w, const struct told *t)
{
	size_t count = t->employer_count + t->firm_count, n = 0;
	const char **employers = arena_zalloc(w->arena, count, sizeof *employers);
	struct params p = params_new(w->arena);

	if (count == 0)
		return STORE_OK;
	if (employers == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < t->employer_count; i++)
		employers[n++] = t->employers[i].employer;
	for (size_t i = 0; i < t->firm_count; i++)
		employers[n++] = t->firms[i].employer;
	param_int(&p, w->now_ms);
	param_texts(&p, employers, n);
	return tx_run(w->tx, &SQL_mail_uncap, &p, NULL);
}

static int
postings_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena), needed = params_new(w->arena);

	if (t->posting_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_posting, t->postings, t->posting_count, posting);
	TEXTS(&p, struct told_posting, t->postings, t->posting_count, institution);
	TEXTS(&p, struct told_posting, t->postings, t->posting_count, employer);
	TEXTS(&p, struct told_posting, t->postings, t->posting_count, state);
	TEXTS(&p, struct told_posting, t->postings, t->posting_count, title);
	TEXTS(&p, struct told_posting, t->postings, t->posting_count, programmes);
	INTS(&p, struct told_posting, t->postings, t->posting_count, seats);
	INTS(&p, struct told_posting, t->postings, t->posting_count, starts_on);
	INTS(&p, struct told_posting, t->postings, t->posting_count, ends_on);
	INTS(&p, struct told_posting, t->postings, t->posting_count, hours_hundredths);
	INTS(&p, struct told_posting, t->postings, t->posting_count, weekdays);
	BOOLS(&p, struct told_posting, t->postings, t->posting_count, remote);
	BOOLS(&p, struct told_posting, t->postings, t->posting_count, own_place);
	param_text(&p, log_id);
	int result = tx_run(w->tx, &SQL_posting_put, &p, NULL);
	if (result != STORE_OK)
		return result;
	param_int(&needed, w->now_ms);
	TEXTS(&needed, struct told_posting, t->postings, t->posting_count, employer);
	return tx_run(w->tx, &SQL_employer_needed, &needed, NULL);
}

static int
programmes_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena);

	if (t->programme_count == 0)
		return STORE_OK;
	param_text(&p, log_id);
	TEXTS(&p, struct told_programme, t->programmes, t->programme_count, programme);
	TEXTS(&p, struct told_programme, t->programmes, t->programme_count, title_fr);
	TEXTS(&p, struct told_programme, t->programmes, t->programme_count, title_en);
	return tx_run(w->tx, &SQL_programme_put, &p, NULL);
}

static int
learners_put(struct work *w, const struct told *t, const char *log_id)
{
	struct params p = params_new(w->arena);

	if (t->learner_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_learner, t->learners, t->learner_count, learner);
	TEXTS(&p, struct told_learner, t->learners, t->learner_count, institution);
	TEXTS(&p, struct told_learner, t->learners, t->learner_count, given_name);
	TEXTS(&p, struct told_learner, t->learners, t->learner_count, family_name);
	BOOLS(&p, struct told_learner, t->learners, t->learner_count, in_pool);
	param_text(&p, log_id);
	return tx_run(w->tx, &SQL_learner_put, &p, NULL);
}

static int
learners_erase(struct work *w, const struct told *t)
{
	struct params p = params_new(w->arena);

	if (t->erased_count == 0)
		return STORE_OK;
	param_texts(&p, t->erased, t->erased_count);
	return tx_run(w->tx, &SQL_learner_erase, &p, NULL);
}

/* ---- whose they are ---------------------------------------------------------------------------------------------- */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Leaves out of a list the elements whose first member is the key of another log's row. */
static int
own_kept(struct work *w, const struct sql *foreign, const char *log_id, void *list, size_t size, size_t *count)
{
	struct params p = params_new(w->arena);
	struct rows *rows = NULL;
	char *bytes = list;
	size_t kept = 0;

	if (*count == 0)
		return STORE_OK;
	param_text(&p, log_id);
	column_texts(&p, (struct member){ list, *count, size, 0 });
	int result = tx_run(w->tx, foreign, &p, &rows);
	if (result != STORE_OK || rows_count(rows) == 0)
		return result;
	size_t n = (size_t)rows_count(rows);
	const char **keys = arena_zalloc(w->arena, n, sizeof *keys);
	if (keys == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++)
		keys[i] = rows_text(rows, (int)i, 0);
	qsort(keys, n, sizeof *keys, by_text);
	for (size_t i = 0; i < *count; i++) {
		const void *element = bytes + i * size;
		if (bsearch(element, keys, n, sizeof *keys, by_text) == NULL)
			memmove(bytes + kept++ * size, element, size);
	}
	log_warn("log=%s not_its_own=%zu first=%s", log_id, *count - kept, keys[0]);
	*count = kept;
	return STORE_OK;
}

int
store_own_only(struct work *w, struct told *t, const char *log_id)
{
#define OWN(kind, list, n) own_kept(w, &SQL_##kind##_foreign, log_id, list, sizeof *(list), &(n))
	int result = OWN(institution, t->institutions, t->institution_count);

	if (result == STORE_OK)
		result = OWN(coordinator, t->coordinators, t->coordinator_count);
	if (result == STORE_OK)
		result = OWN(employer, t->employers, t->employer_count);
	if (result == STORE_OK)
		result = OWN(posting, t->postings, t->posting_count);
	if (result == STORE_OK)
		result = OWN(learner, t->learners, t->learner_count);
	return result == STORE_OK ? OWN(learner, t->erased, t->erased_count) : result;
#undef OWN
}

/* ---- matching ---------------------------------------------------------------------------------------------------- */
static int
rounds_seen(struct work *w, const struct told *t, const char *log_id, uint64_t head)
{
	size_t count = t->round_count + t->placement_count + t->summary_count, n = 0;
	const char **rounds = arena_zalloc(w->arena, count, sizeof *rounds);
	struct params p = params_new(w->arena);

	if (count == 0)
		return STORE_OK;
	if (rounds == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < t->round_count; i++)
		rounds[n++] = t->rounds[i].round;
	for (size_t i = 0; i < t->placement_count; i++)
		rounds[n++] = t->placements[i].round;
	for (size_t i = 0; i < t->summary_count; i++)
		rounds[n++] = t->summaries[i].round;
	param_texts(&p, rounds, n);
	param_text(&p, log_id);
	param_int(&p, (int64_t)head);
	return tx_run(w->tx, &SQL_round_seen, &p, NULL);
}

static int
rounds_put(struct work *w, const struct told *t)
{
	struct params p = params_new(w->arena), at = params_new(w->arena);
	int result = STORE_OK;

	if (t->round_count > 0) {
		TEXTS(&p, struct told_round, t->rounds, t->round_count, round);
		TEXTS(&p, struct told_round, t->rounds, t->round_count, title);
		TEXTS(&p, struct told_round, t->rounds, t->round_count, state);
		result = tx_run(w->tx, &SQL_round_put, &p, NULL);
	}
	if (result != STORE_OK || t->position_count == 0)
		return result;
	TEXTS(&at, struct told_position, t->positions, t->position_count, round);
	TEXTS(&at, struct told_position, t->positions, t->position_count, log_id);
	IDS(&at, struct told_position, t->positions, t->position_count, epoch);
	INTS(&at, struct told_position, t->positions, t->position_count, seq);
	return tx_run(w->tx, &SQL_position_put, &at, NULL);
}

static int
placements_put(struct work *w, const struct told *t)
{
	struct params p = params_new(w->arena), clear = params_new(w->arena), placed = params_new(w->arena);

	if (t->placement_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_placement, t->placements, t->placement_count, posting);
	TEXTS(&p, struct told_placement, t->placements, t->placement_count, round);
	TEXTS(&p, struct told_placement, t->placements, t->placement_count, employer);
	TEXTS(&p, struct told_placement, t->placements, t->placement_count, institution);
	int result = tx_run(w->tx, &SQL_placement_put, &p, NULL);
	if (result != STORE_OK)
		return result;
	TEXTS(&clear, struct told_placement, t->placements, t->placement_count, posting);
	result = tx_run(w->tx, &SQL_placed_clear, &clear, NULL);
	if (result != STORE_OK || t->placed_count == 0)
		return result;
	TEXTS(&placed, struct told_placed, t->placed, t->placed_count, posting);
	TEXTS(&placed, struct told_placed, t->placed, t->placed_count, learner);
	TEXTS(&placed, struct told_placed, t->placed, t->placed_count, institution);
	TEXTS(&placed, struct told_placed, t->placed, t->placed_count, programme);
	TEXTS(&placed, struct told_placed, t->placed, t->placed_count, round);
	TEXTS(&placed, struct told_placed, t->placed, t->placed_count, by);
	BOOLS(&placed, struct told_placed, t->placed, t->placed_count, moved);
	return tx_run(w->tx, &SQL_placed_put, &placed, NULL);
}

static int
lines_put(struct work *w, const struct told *t)
{
	struct params clear = params_new(w->arena), p = params_new(w->arena);

	TEXTS(&clear, struct told_summary, t->summaries, t->summary_count, round);
	TEXTS(&clear, struct told_summary, t->summaries, t->summary_count, institution);
	int result = tx_run(w->tx, &SQL_line_clear, &clear, NULL);
	if (result != STORE_OK || t->line_count == 0)
		return result;
	TEXTS(&p, struct told_line, t->lines, t->line_count, round);
	TEXTS(&p, struct told_line, t->lines, t->line_count, institution);
	TEXTS(&p, struct told_line, t->lines, t->line_count, learner);
	TEXTS(&p, struct told_line, t->lines, t->line_count, posting);
	TEXTS(&p, struct told_line, t->lines, t->line_count, placed_by);
	return tx_run(w->tx, &SQL_line_put, &p, NULL);
}

static int
summaries_put(struct work *w, const struct told *t)
{
	struct params p = params_new(w->arena);

	if (t->summary_count == 0)
		return STORE_OK;
	TEXTS(&p, struct told_summary, t->summaries, t->summary_count, round);
	TEXTS(&p, struct told_summary, t->summaries, t->summary_count, institution);
#define COUNT_PARAM(name) INTS(&p, struct told_summary, t->summaries, t->summary_count, name);
	SUMMARY_COUNTS(COUNT_PARAM)
#undef COUNT_PARAM
	int result = tx_run(w->tx, &SQL_summary_put, &p, NULL);
	return result == STORE_OK ? lines_put(w, t) : result;
}

/* Erasures last: whatever else a batch says of her, she is gone. */
int
store_told(struct work *w, const struct told *t, const char *log_id, uint64_t head)
{
	int result = institutions_put(w, t, log_id);

	if (result == STORE_OK)
		result = coordinators_put(w, t, log_id);
	if (result == STORE_OK)
		result = employers_put(w, t, log_id);
	if (result == STORE_OK)
		result = firms_put(w, t, log_id);
	if (result == STORE_OK)
		result = caps_judge_anew(w, t);
	if (result == STORE_OK)
		result = postings_put(w, t, log_id);
	if (result == STORE_OK)
		result = programmes_put(w, t, log_id);
	if (result == STORE_OK)
		result = learners_put(w, t, log_id);
	if (result == STORE_OK)
		result = rounds_seen(w, t, log_id, head);
	if (result == STORE_OK)
		result = rounds_put(w, t);
	if (result == STORE_OK)
		result = placements_put(w, t);
	if (result == STORE_OK)
		result = summaries_put(w, t);
	return result == STORE_OK ? learners_erase(w, t) : result;
}

/* ---- what a resync did not bring again --------------------------------------------------------------------------- */
/* with_log: the statement takes the log first, and goes by it. Contacts have a prefix before their id. */
static const struct {
	const char *topic, *prefix;
	const struct sql *sql;
	bool with_log;
} drops[] = {
	{ "institution", "", &SQL_institution_drop, true },
	{ "posting", "", &SQL_posting_drop, true },
	{ "contact", "institution:", &SQL_coordinator_drop, true },
	{ "contact", "employer:", &SQL_employer_drop, true },
	{ "contact", "learner:", &SQL_learner_drop, true },
	{ "firm", "", &SQL_firm_drop, true },
	{ "programme", "", &SQL_programme_drop, true },
	{ "round", "", &SQL_round_drop, false },
	{ "placement", "", &SQL_placement_drop, false },
	{ "summary", "", &SQL_summary_drop, false },
};

int
store_drop(struct work *w, const char *log_id, const char *topic, const char *key, bool *dropped)
{
	*dropped = true;
	for (size_t i = 0; i < COUNT_OF(drops); i++) {
		size_t size = strlen(drops[i].prefix);
		struct params p = params_new(w->arena);
		struct rows *rows = NULL;

		if (strcmp(drops[i].topic, topic) != 0 || strncmp(key, drops[i].prefix, size) != 0)
			continue;
		if (drops[i].with_log)
			param_text(&p, log_id);
		param_text(&p, key + size);
		int result = tx_run(w->tx, drops[i].sql, &p, &rows);
		bool by_log = drops[i].with_log && drops[i].sql != &SQL_programme_drop;
		*dropped = result == STORE_OK && (!by_log || rows_count(rows) > 0);
		return result;
	}
	return STORE_OK; /* erasures: nothing is kept of one */
}
