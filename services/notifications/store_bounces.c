/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of delivery reports and of addresses at which nobody is. */
#include "columns.h"
#include "notifications/sql.h"
#include "tasks.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"

/* ---- reports ----------------------------------------------------------------------------------------------------- */
int
store_bounced_mails(struct work *w, const char *const *message_ids, size_t count, struct bounced_mail **out,
                    size_t *found)
{
	struct params p = params_new(w->arena);
	struct rows *r;

	param_texts(&p, message_ids, count);
	int result = tx_run(w->tx, &SQL_bounce_find, &p, &r);
	if (result != STORE_OK)
		return result;
	*found = (size_t)rows_count(r);
	*out = arena_zalloc(w->arena, *found, sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(r); i++)
		(*out)[i] = (struct bounced_mail){ .message_id = rows_text(r, i, 0),
			                           .mail = rows_int(r, i, 1),
			                           .state = queue_state_from_text(rows_text(r, i, 2)),
			                           .institution = rows_text(r, i, 3),
			                           .to = rows_text(r, i, 4),
			                           .is_blank = rows_bool(r, i, 5) };
	return STORE_OK;
}

/* The first of those with this digest that is not marked yet: the same report may stand in two files. */
static void
fresh_mark(const struct bounce_row *all, size_t count, struct bytes digest, bool *const *fresh)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i].digest.size == digest.size && memcmp(all[i].digest.data, digest.data, digest.size) == 0) {
			*fresh[i] = true;
			return;
		}
	}
}

int
store_bounces(struct work *w, const struct bounce_row *all, size_t count, bool *const *fresh)
{
	struct params p = params_new(w->arena);
	struct rows *r;

	if (count == 0)
		return STORE_OK;
	param_int(&p, w->now_ms);
	BYTESS(&p, struct bounce_row, all, count, digest);
	INTS(&p, struct bounce_row, all, count, mail);
	TEXTS(&p, struct bounce_row, all, count, meaning);
	TEXTS(&p, struct bounce_row, all, count, status);
	int result = tx_run(w->tx, &SQL_bounce_put, &p, &r);
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++)
		fresh_mark(all, count, rows_bytes(r, i, 0), fresh);
	return result;
}

int
store_bounce_fail(struct work *w, int64_t mail, int64_t code, const char *words)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_ints(&p, &mail, 1);
	param_ints(&p, &code, 1);
	param_texts(&p, &words, 1);
	tasks_soon(w);
	return tx_run(w->tx, &SQL_bounce_fail, &p, NULL);
}

int
store_bounce_note(struct work *w, int64_t mail, const char *words)
{
	struct params p = params_new(w->arena);

	param_ints(&p, &mail, 1);
	param_texts(&p, &words, 1);
	return tx_run(w->tx, &SQL_bounce_note, &p, NULL);
}

int
store_bounces_prune(struct work *w, int64_t read_before_ms)
{
	struct params p = params_new(w->arena);

	param_int(&p, read_before_ms);
	return tx_run(w->tx, &SQL_bounce_prune, &p, NULL);
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */
static int
suppression_apply(struct work *w, const char *address, const char *institution, const char *reason)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_text(&p, address);
	param_text(&p, institution);
	param_text(&p, reason);
	return tx_run(w->tx, &SQL_suppression_apply, &p, NULL);
}

int
store_address_dead(struct work *w, int64_t mail, const char *cause, const char *status)
{
	struct params p = params_new(w->arena);
	struct rows *r;

	param_int(&p, w->now_ms);
	param_int(&p, mail);
	param_text(&p, cause);
	param_text(&p, status);
	int result = tx_run(w->tx, &SQL_suppression_dead, &p, &r);
	if (result != STORE_OK || rows_count(r) == 0)
		return result;
	log_info("mail=%" PRId64 " address=suppressed cause=%s status=%s", mail, cause, status);
	tasks_soon(w);
	for (int i = 0; i < rows_count(r) && result == STORE_OK; i++)
		result = suppression_apply(w, rows_text(r, i, 0), rows_text(r, i, 1), "");
	return result;
}

int
store_suppress(struct work *w, const char *address, const char *institution, const char *reason)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	param_text(&p, address);
	param_text(&p, institution);
	param_text(&p, reason);
	int result = tx_run(w->tx, &SQL_suppression_put, &p, NULL);
	return result == STORE_OK ? suppression_apply(w, address, institution, reason) : result;
}

int
store_unsuppress(struct work *w, const char *address, const char *institution, bool *there)
{
	struct params p = params_new(w->arena);
	struct rows *r;

	param_text(&p, address);
	param_text(&p, institution);
	int result = tx_run(w->tx, &SQL_suppression_lift, &p, &r);
	tasks_soon(w);
	*there = result == STORE_OK && rows_count(r) > 0;
	return result;
}

int
store_retry_lifts(struct work *w, int64_t mail)
{
	struct params p = params_new(w->arena);

	param_int(&p, mail);
	tasks_soon(w);
	return tx_run(w->tx, &SQL_suppression_retry, &p, NULL);
}

int
store_corrected(struct work *w, const struct told *t)
{
	size_t count = t->employer_count + t->coordinator_count;
	const char **who = arena_zalloc(w->arena, count, sizeof *who);
	const char **addresses = arena_zalloc(w->arena, count, sizeof *addresses);
	struct params p = params_new(w->arena);
	struct rows *r;

	if (count == 0)
		return STORE_OK;
	if (who == NULL || addresses == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < t->employer_count; i++) {
		who[i] = t->employers[i].employer;
		addresses[i] = t->employers[i].contact_email;
	}
	for (size_t i = 0; i < t->coordinator_count; i++) {
		who[t->employer_count + i] = t->coordinators[i].institution;
		addresses[t->employer_count + i] = t->coordinators[i].email;
	}
	param_int(&p, w->now_ms);
	param_texts(&p, who, count);
	param_texts(&p, addresses, count);
	int result = tx_run(w->tx, &SQL_contact_corrected, &p, &r);
	for (int i = 0; result == STORE_OK && i < rows_count(r); i++)
		log_info("mail=%" PRId64 " state=waiting why=changed because=address", rows_int(r, i, 0));
	return result;
}

/* ---- files --------------------------------------------------------------------------------------------------------- */
int
store_sweep_ask(struct work *w)
{
	struct params p = params_new(w->arena);

	param_int(&p, w->now_ms);
	return tx_run(w->tx, &SQL_sweep_ask, &p, NULL);
}

int
store_sweep_asked(struct work *w, bool *asked)
{
	struct rows *r;
	int result = tx_run(w->tx, &SQL_sweep_asked, NULL, &r);

	*asked = result == STORE_OK && rows_count(r) > 0;
	return result;
}

int
store_sweep_done(struct work *w)
{
	return tx_run(w->tx, &SQL_sweep_done, NULL, NULL);
}
