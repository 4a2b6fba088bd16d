/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of notices and mails; of facts: store_facts.c. */
#include "store.h"

#include "columns.h"
#include "notifications/sql.h"
#include "tasks.h"

#define KINDS MAIL_KIND_COUNT

/* ---- notices ----------------------------------------------------------------------------------------------------- */
static const char *const *
kind_texts_all(void)
{
	static const char *texts[KINDS];

	for (int k = 0; k < KINDS; k++)
		texts[k] = kind_to_text((enum mail_kind)k);
	return texts;
}

static int
notices_add(struct work *w, const struct notice *all, size_t count)
{
	const char **kinds = arena_zalloc(w->arena, count, sizeof *kinds);
	const char **dropped = arena_zalloc(w->arena, count, sizeof *dropped);
	struct params p = params_new(w->arena);

	if (kinds == NULL || dropped == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		kinds[i] = kind_to_text(all[i].kind);
		dropped[i] = queue_why_to_text(all[i].dropped);
	}
	param_int(&p, w->now_ms);
	param_texts(&p, kinds, count);
	TEXTS(&p, struct notice, all, count, ids);
	TEXTS(&p, struct notice, all, count, recipient);
	TEXTS(&p, struct notice, all, count, institution);
	TEXTS(&p, struct notice, all, count, round);
	param_texts(&p, dropped, count);
	return tx_run(w->tx, &SQL_notice_add, &p, NULL);
}

static int
notices_attach(struct work *w, const struct waits waits[KINDS])
{
	struct params open = params_new(w->arena), attach = params_new(w->arena);
	int result = tx_run(w->tx, &SQL_notice_copy, NULL, NULL);

	if (result != STORE_OK)
		return result;
	param_int(&open, w->now_ms);
	param_texts(&open, kind_texts_all(), KINDS);
	INTS(&open, struct waits, waits, KINDS, wait_ms);
	INTS(&open, struct waits, waits, KINDS, longest_ms);
	result = tx_run(w->tx, &SQL_mail_open, &open, NULL);
	if (result != STORE_OK)
		return result;
	param_int(&attach, w->now_ms);
	param_texts(&attach, kind_texts_all(), KINDS);
	INTS(&attach, struct waits, waits, KINDS, wait_ms);
	return tx_run(w->tx, &SQL_notice_attach, &attach, NULL);
}

int
store_notices(struct work *w, const struct notice *all, size_t count, const struct waits waits[KINDS])
{
	int result = count == 0 ? STORE_OK : notices_add(w, all, count);

	return result == STORE_OK ? notices_attach(w, waits) : result;
}

int
store_notices_stray(struct work *w, const char *const *postings, size_t count)
{
	struct params p = params_new(w->arena);

	param_texts(&p, postings, count);
	return tx_run(w->tx, &SQL_notice_stray, &p, NULL);
}

static int
sources_run(struct work *w, const struct sql *sql, const char *const *sources, size_t count)
{
	struct params p = params_new(w->arena);

	if (count == 0)
		return STORE_OK;
	param_int(&p, w->now_ms);
	param_texts(&p, sources, count);
	return tx_run(w->tx, sql, &p, NULL);
}

int
store_touch(struct work *w, const char *const *sources, size_t count)
{
	return sources_run(w, &SQL_mail_touch, sources, count);
}

int
store_forget(struct work *w, const char *const *sources, size_t count)
{
	int result = sources_run(w, &SQL_mail_forget, sources, count);

	/* A report that was set aside may hold a message that names her. */
	return result == STORE_OK && count > 0 ? store_sweep_ask(w) : result;
}

/* ---- states and whys as texts ------------------------------------------------------------------------------------ */
struct labels {
	const char **states, **whys;
};

static bool
labels_allocate(struct arena *a, size_t count, struct labels *out)
{
	out->states = arena_zalloc(a, count, sizeof *out->states);
	out->whys = arena_zalloc(a, count, sizeof *out->whys);
	return out->states != NULL && out->whys != NULL;
}

/* ---- composing --------------------------------------------------------------------------------------------------- */
static int
sources_write(struct work *w, const struct composed *all, size_t count, const struct source *sources,
              size_t source_count)
{
	struct params clear = params_new(w->arena), put = params_new(w->arena);

	INTS(&clear, struct composed, all, count, mail);
	int result = tx_run(w->tx, &SQL_source_clear, &clear, NULL);
	if (result != STORE_OK || source_count == 0)
		return result;
	INTS(&put, struct source, sources, source_count, mail);
	TEXTS(&put, struct source, sources, source_count, source);
	return tx_run(w->tx, &SQL_source_put, &put, NULL);
}

int
store_composed(struct work *w, const struct composed *all, size_t count, const struct source *sources,
               size_t source_count)
{
	struct params p = params_new(w->arena);
	struct labels labels;

	if (!labels_allocate(w->arena, count, &labels))
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		labels.states[i] = queue_state_to_text(all[i].state);
		labels.whys[i] = queue_why_to_text(all[i].why);
	}
	param_int(&p, w->now_ms);
	INTS(&p, struct composed, all, count, mail);
	param_texts(&p, labels.states, count);
	param_texts(&p, labels.whys, count);
	TEXTS(&p, struct composed, all, count, needs);
	INTS(&p, struct composed, all, count, due_ms);
	TEXTS(&p, struct composed, all, count, message_id);
	TEXTS(&p, struct composed, all, count, to);
	BYTESS(&p, struct composed, all, count, body);
	BOOLS(&p, struct composed, all, count, urgent);
	INTS(&p, struct composed, all, count, carrier);
	int result = tx_run(w->tx, &SQL_mail_composed, &p, NULL);
	return result == STORE_OK ? sources_write(w, all, count, sources, source_count) : result;
}

int
store_digests_unfold(struct work *w)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	return tx_run(w->tx, &SQL_digest_unfold, &p, NULL);
}

int
store_digest_number(struct work *w, int64_t *number)
{
	struct rows *rows;
	int result = tx_run(w->tx, &SQL_digest_number, NULL, &rows);

	if (result == STORE_OK)
		*number = rows_int(rows, 0, 0);
	return result;
}

int
store_digest(struct work *w, const struct digest *d)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_int(&p, d->number);
	param_text(&p, d->recipient);
	param_text(&p, d->institution);
	param_text(&p, d->message_id);
	param_text(&p, d->to);
	param_bytes(&p, d->body.data, d->body.size);
	param_text(&p, d->colleague);
	return tx_run(w->tx, &SQL_digest_put, &p, NULL);
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */
int
store_next(struct tx *tx, int64_t *compose_ms, int64_t *send_ms)
{
	struct rows *rows;
	int result = tx_run(tx, &SQL_mail_next, NULL, &rows);

	if (result != STORE_OK)
		return result;
	*compose_ms = rows_is_null(rows, 0, 0) ? INT64_MAX : rows_int(rows, 0, 0);
	*send_ms = rows_is_null(rows, 0, 1) ? INT64_MAX : rows_int(rows, 0, 1);
	return STORE_OK;
}

int
store_claimable(struct work *w, int64_t most, struct queue_place *behind, struct rows **out)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_int(&p, most);
	param_int(&p, behind->due_ms);
	param_int(&p, behind->mail);
	int result = tx_run(w->tx, &SQL_mail_claimable, &p, out);
	int last = result == STORE_OK ? rows_count(*out) - 1 : -1;
	if (last >= 0)
		*behind = (struct queue_place){ rows_int(*out, last, 8), rows_int(*out, last, 0) };
	return result;
}

int
store_claim(struct work *w, const int64_t *mails, const int64_t *versions, size_t count, struct rows **out)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_ints(&p, mails, count);
	param_ints(&p, versions, count);
	return tx_run(w->tx, &SQL_mail_claim, &p, out);
}

int
store_flying(struct work *w, const int64_t *mails, size_t count, struct rows **out)
{
	struct params p = params_new(w->arena);

	param_ints(&p, mails, count);
	return tx_run(w->tx, &SQL_mail_flying, &p, out);
}

int
store_record(struct work *w, const struct result *all, size_t count)
{
	struct params p = params_new(w->arena);
	struct labels labels;

	if (!labels_allocate(w->arena, count, &labels))
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		labels.states[i] = queue_state_to_text(all[i].state);
		labels.whys[i] = queue_why_to_text(all[i].why);
		if (all[i].state == QUEUE_FAILED)
			tasks_soon(w);
	}
	param_int(&p, w->now_ms);
	INTS(&p, struct result, all, count, attempt.mail);
	INTS(&p, struct result, all, count, attempt.number);
	param_texts(&p, labels.states, count);
	param_texts(&p, labels.whys, count);
	INTS(&p, struct result, all, count, due_ms);
	INTS(&p, struct result, all, count, code);
	TEXTS(&p, struct result, all, count, words);
	return tx_queue(w->tx, &SQL_mail_record, &p);
}

int
store_interrupted(struct work *w, const struct attempt *in_hand, size_t count, struct rows **out)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	INTS(&p, struct attempt, in_hand, count, mail);
	INTS(&p, struct attempt, in_hand, count, number);
	return tx_run(w->tx, &SQL_mail_interrupted, &p, out);
}

int
store_end(struct work *w, const struct ending *all, size_t count, const char *reason)
{
	struct params p = params_new(w->arena);
	struct labels labels;

	if (count == 0)
		return STORE_OK;
	if (!labels_allocate(w->arena, count, &labels))
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++)
		labels.whys[i] = queue_why_to_text(all[i].why);
	param_int(&p, w->now_ms);
	INTS(&p, struct ending, all, count, mail);
	param_texts(&p, labels.whys, count);
	param_text(&p, reason);
	return tx_run(w->tx, &SQL_mail_end, &p, NULL);
}

/* ---- people ------------------------------------------------------------------------------------------------------ */
int
store_find(struct work *w, int64_t mail, const char *institution, bool *there, struct found *out)
{
	struct params p = params_new(w->arena);
	struct rows *rows;

	param_int(&p, mail);
	param_text(&p, institution);
	int result = tx_run(w->tx, &SQL_mail_find, &p, &rows);
	*there = result == STORE_OK && rows_count(rows) == 1;
	if (*there) {
		out->state = queue_state_from_text(rows_text(rows, 0, 0));
		out->body = rows_bytes(rows, 0, 1);
		out->institution = rows_text(rows, 0, 2);
		out->names_others = rows_bool(rows, 0, 3);
	}
	return result;
}

int
store_again(struct work *w, int64_t mail)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_int(&p, mail);
	return tx_run(w->tx, &SQL_mail_again, &p, NULL);
}

/* ---- upkeep ------------------------------------------------------------------------------------------------------ */
int
store_counts(struct tx *tx, struct rows **out)
{
	return tx_run(tx, &SQL_mail_counts, NULL, out);
}

int
store_prune(struct work *w, int64_t ended_before_ms, int64_t needed_before_ms, bool *more)
{
	struct params bodies = params_new(w->arena), employers = params_new(w->arena);

	param_int(&bodies, ended_before_ms);
	int result = tx_run(w->tx, &SQL_prune_bodies, &bodies, NULL);
	if (result != STORE_OK)
		return result;
	*more = tx_affected(w->tx) > 0;
	param_int(&employers, needed_before_ms);
	result = store_bounces_prune(w, ended_before_ms);
	if (result == STORE_OK)
		result = tx_run(w->tx, &SQL_prune_employers, &employers, NULL);
	if (result == STORE_OK) /* after the contacts that had these addresses */
		result = tx_run(w->tx, &SQL_prune_preferences, &employers, NULL);
	return result == STORE_OK ? tx_run(w->tx, &SQL_prune_rounds, NULL, NULL) : result;
}
