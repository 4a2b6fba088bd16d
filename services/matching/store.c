/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds, their positions, snapshots and withdrawals. */
#include "store.h"

#include "matching/sql.h"

const char *
text_kept(struct arena *a, const struct rows *r, int row, int column, bool *failed)
{
	const char *text = arena_strdup(a, rows_text(r, row, column));

	*failed = *failed || text == NULL;
	return text;
}

static struct params
params_of(struct arena *a, const char *round)
{
	struct params p = params_new(a);

	param_text(&p, round);
	return p;
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */
int
round_store_add(struct tx *tx, struct arena *a, const struct round *r)
{
	struct params p = params_of(a, r->round);

	param_text(&p, r->title);
	param_text(&p, r->seed);
	param_text(&p, r->seed_hash);
	param_int(&p, r->weights.competencies);
	param_int(&p, r->weights.distance);
	param_int(&p, r->weights.hours);
	param_int(&p, r->opened_ms);
	param_bool(&p, r->guarantee);
	return tx_run(tx, &SQL_round_add, &p, NULL);
}

int
round_store_load(struct tx *tx, struct arena *a, const char *round, struct round *out, bool *found)
{
	struct params p = params_of(a, round);
	struct rows *r = NULL;
	bool failed = false;

	*found = false;
	int result = tx_run(tx, &SQL_round_load, &p, &r);
	if (result != STORE_OK || rows_count(r) == 0)
		return result;
	*out = (struct round){
		.round = text_kept(a, r, 0, 0, &failed), .title = text_kept(a, r, 0, 1, &failed),
		.state = round_state_from_text(rows_text(r, 0, 2)), .revision = rows_int(r, 0, 3),
		.seed = text_kept(a, r, 0, 4, &failed), .seed_hash = text_kept(a, r, 0, 5, &failed),
		.weights = { (int32_t)rows_int(r, 0, 6), (int32_t)rows_int(r, 0, 7), (int32_t)rows_int(r, 0, 8) },
		.opened_ms = rows_int(r, 0, 9), .frozen_ms = rows_int(r, 0, 10), .published_ms = rows_int(r, 0, 11),
		.instance_digest = text_kept(a, r, 0, 12, &failed), .outcome_digest = text_kept(a, r, 0, 13, &failed),
		.rank_counts = text_kept(a, r, 0, 14, &failed), .erased = (int32_t)rows_int(r, 0, 15),
		.guarantee = rows_bool(r, 0, 16), .verified = rows_bool(r, 0, 17),
	};
	*found = true;
	return failed ? STORE_RETRY : STORE_OK;
}

int
round_store_move(struct tx *tx, struct arena *a, const struct round *r)
{
	struct params p = params_of(a, r->round);

	param_text(&p, round_state_to_text(r->state));
	param_int(&p, r->revision);
	param_int(&p, r->frozen_ms);
	param_int(&p, r->published_ms);
	param_text(&p, r->instance_digest);
	param_text(&p, r->outcome_digest);
	param_text(&p, r->rank_counts);
	param_bool(&p, r->verified);
	return tx_run(tx, &SQL_round_move, &p, NULL);
}

int
round_store_end(struct tx *tx, struct arena *a, const char *round, int64_t now_ms, const char *reason)
{
	struct params p = params_of(a, round);

	param_int(&p, now_ms);
	param_text(&p, reason);
	return tx_run(tx, &SQL_round_end, &p, NULL);
}

int
told_store_next(struct tx *tx, int64_t *version)
{
	struct rows *r = NULL;
	int result = tx_run(tx, &SQL_told_next, NULL, &r);

	if (result == STORE_OK)
		*version = rows_int(r, 0, 0);
	return result;
}

/* ---- positions --------------------------------------------------------------------------------------------------- */
int
position_store_add(struct tx *tx, struct arena *a, const char *round, const struct round_position *positions, size_t n)
{
	struct params p = params_of(a, round);
	const char **logs = arena_zalloc(a, n, sizeof *logs);
	struct id *epochs = arena_zalloc(a, n, sizeof *epochs);
	int64_t *seqs = arena_zalloc(a, n, sizeof *seqs);

	if (logs == NULL || epochs == NULL || seqs == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++) {
		logs[i] = positions[i].log_id;
		epochs[i] = positions[i].epoch;
		seqs[i] = (int64_t)positions[i].seq;
	}
	param_texts(&p, logs, n);
	param_ids(&p, epochs, n);
	param_ints(&p, seqs, n);
	return tx_run(tx, &SQL_position_add, &p, NULL);
}

int
position_store_list(struct tx *tx, struct arena *a, const char *round, struct round_position **out, size_t *n)
{
	struct params p = params_of(a, round);
	struct rows *r = NULL;
	bool failed = false;
	int result = tx_run(tx, &SQL_position_list, &p, &r);

	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++) {
		(*out)[i].log_id = text_kept(a, r, (int)i, 0, &failed);
		(void)rows_id(r, (int)i, 1, &(*out)[i].epoch);
		(*out)[i].seq = (uint64_t)rows_int(r, (int)i, 2);
	}
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

/* ---- the snapshot ------------------------------------------------------------------------------------------------ */
int
snapshot_store_take(struct tx *tx, struct arena *a, const char *round, int32_t today)
{
	static const struct sql *const PARTS[] = { &SQL_snapshot_learners, &SQL_snapshot_rankings,
		&SQL_snapshot_choices, &SQL_snapshot_offers, &SQL_snapshot_standing, &SQL_snapshot_waiting,
		&SQL_snapshot_colleges, &SQL_snapshot_same_person };

	struct params of_postings = params_of(a, round);
	param_int(&of_postings, today);
	int result = tx_run(tx, &SQL_snapshot_postings, &of_postings, NULL);
	for (size_t i = 0; i < COUNT_OF(PARTS) && result == STORE_OK; i++) {
		struct params p = params_of(a, round);
		result = tx_run(tx, PARTS[i], &p, NULL);
	}
	return result;
}

int
snapshot_store_drop(struct tx *tx, struct arena *a, const char *round)
{
	struct params p = params_of(a, round);

	return tx_run(tx, &SQL_snapshot_drop, &p, NULL);
}

static int
leaver_find(struct tx *tx, struct arena *a, const struct sql *sql, struct params *p, bool placed, struct leaver *out,
    bool *found)
{
	struct rows *r = NULL;
	bool failed = false;

	*found = false;
	int result = tx_run(tx, sql, p, &r);
	if (result != STORE_OK || rows_count(r) == 0)
		return result;
	*found = true;
	*out = (struct leaver){ text_kept(a, r, 0, 0, &failed), text_kept(a, r, 0, 1, &failed), text_kept(a, r, 0, 2, &failed),
		rows_bool(r, 0, 3), placed ? text_kept(a, r, 0, 4, &failed) : "" };
	return failed ? STORE_RETRY : STORE_OK;
}

static struct params
params_of_leaver(struct arena *a, const char *round, const char *learner, const char *posting, const char *institution)
{
	struct params p = params_of(a, round);

	param_text(&p, learner);
	param_text(&p, posting);
	param_text(&p, institution);
	return p;
}

int
leaver_store_find(struct tx *tx, struct arena *a, const char *round, const char *learner, const char *posting,
    const char *institution, struct leaver *out, bool *found)
{
	struct params p = params_of_leaver(a, round, learner, posting, institution);

	return leaver_find(tx, a, &SQL_withdrawal_find, &p, false, out, found);
}

int
leaver_store_find_placed(struct tx *tx, struct arena *a, const char *round, const char *learner, const char *posting,
    const char *institution, struct leaver *out, bool *found)
{
	struct params p = params_of_leaver(a, round, learner, posting, institution);

	return leaver_find(tx, a, &SQL_withdrawal_placed, &p, true, out, found);
}

int
withdrawal_store_add(struct tx *tx, struct arena *a, const char *round, const struct round_withdrawal *w)
{
	struct params p = params_of(a, round);

	param_text(&p, w->learner);
	param_text(&p, w->posting);
	param_text(&p, w->institution);
	param_text(&p, w->reason);
	param_int(&p, w->at_ms);
	return tx_run(tx, &SQL_withdrawal_add, &p, NULL);
}

int
withdrawal_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution,
    struct round_withdrawal **out, size_t *n)
{
	struct params p = params_of(a, round);
	struct rows *r = NULL;
	bool failed = false;

	param_text(&p, institution);
	int result = tx_run(tx, &SQL_withdrawal_list, &p, &r);

	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++)
		(*out)[i] = (struct round_withdrawal){ text_kept(a, r, (int)i, 0, &failed), text_kept(a, r, (int)i, 1, &failed),
			text_kept(a, r, (int)i, 2, &failed), text_kept(a, r, (int)i, 3, &failed), rows_int(r, (int)i, 4),
			text_kept(a, r, (int)i, 5, &failed) };
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

int
same_person_store_list(struct tx *tx, struct arena *a, const char *round, const char *institution, size_t limit,
    struct round_same_person **out, size_t *n)
{
	struct params p = params_of(a, round);
	struct rows *r = NULL;
	bool failed = false;

	param_text(&p, institution);
	param_int(&p, (int64_t)limit);
	int result = tx_run(tx, &SQL_same_person_list, &p, &r);
	if (result != STORE_OK)
		return result;
	*n = (size_t)rows_count(r);
	*out = arena_zalloc(a, *n, sizeof **out);
	for (size_t i = 0; i < *n && *out != NULL; i++)
		(*out)[i] = (struct round_same_person){ text_kept(a, r, (int)i, 0, &failed), text_kept(a, r, (int)i, 1, &failed),
			text_kept(a, r, (int)i, 2, &failed), text_kept(a, r, (int)i, 3, &failed),
			text_kept(a, r, (int)i, 4, &failed) };
	return *out == NULL || failed ? STORE_RETRY : STORE_OK;
}

/* ---- references -------------------------------------------------------------------------------------------------- */
int
pair_learner_find(struct tx *tx, struct arena *a, const char *asker, const char *reference, const char **learner,
    const char **institution, bool *found)
{
	struct params p = params_new(a);
	struct rows *r = NULL;
	bool failed = false;

	param_text(&p, asker);
	param_text(&p, reference);
	*found = false;
	int result = tx_run(tx, &SQL_pair_learner, &p, &r);
	if (result != STORE_OK || rows_count(r) == 0)
		return result;
	*found = true;
	*learner = text_kept(a, r, 0, 0, &failed);
	*institution = text_kept(a, r, 0, 1, &failed);
	return failed ? STORE_RETRY : STORE_OK;
}
