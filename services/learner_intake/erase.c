/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing a learner: her rows go, her past events are blanked, the others are told, and a keyed hash of who she was
 * keeps her out of next week's file. Events that the same transaction appends (a feed of her row a moment earlier in the
 * group) are in the log only once it commits, so a chore blanks once more right afterwards.
 */
#include "intake.h"

#include "base/log.h"
#include "base/refusal.h"
#include "store.h"
#include "wire.h"

#define DAY_MS (24 * 60 * 60 * INT64_C(1000))

static int
number_erase(struct work *w, const char *pool_number, const char *institution, const uint8_t hash[HASH_SIZE])
{
	int result = store_events_blank(w->tx, w->arena, pool_number);

	core_log_forget(w);
	if (result == STORE_OK)
		result = store_erasure_pending_add(w->tx, w->arena, pool_number);
	if (result == STORE_OK)
		result = wire_erased(w, pool_number, institution, hash);
	intake_of(w)->erasure_pending = true;
	return result;
}

/* *rows: how many went; 0: nothing was written. */
static int
person_erase(struct work *w, const char *institution, const char *external_id, int64_t *rows, const char **pool_number)
{
	uint8_t hash[HASH_SIZE];

	int result = store_learner_delete(w->tx, w->arena, institution, external_id, rows, pool_number);
	if (result != STORE_OK || *rows == 0)
		return result;
	hash_of_person(intake_of(w)->pool_key, institution, external_id, hash);
	result = history_forget(w, institution, external_id, learner_histories);
	if (result == STORE_OK)
		result = store_erased_add(w->tx, w->arena, hash, (int32_t)(w->now_ms / DAY_MS));
	if (result == STORE_OK && (*pool_number)[0] != '\0')
		result = number_erase(w, *pool_number, institution, hash);
	return result;
}

enum verdict
on_learner_erase(struct call *call)
{
	struct work *w = call->work;
	const char *external_id, *pool_number;
	int64_t rows;

	enum verdict v = institution_check(call);
	if (v == VERDICT_OK)
		v = wire_read_erase(call, &external_id);
	if (v != VERDICT_OK)
		return v;
	int result = person_erase(w, call->who->institution, external_id, &rows, &pool_number);
	if (result == STORE_OK && rows > 0) {
		log_info("learner=%s erased=1 institution=%s", pool_number, call->who->institution);
		call->subject_ids = pool_number;
		return VERDICT_OK;
	}
	struct subject subject = { .external_id = external_id };
	if (result == STORE_OK)
		result = store_erased_mark(w->tx, w->arena, call->who->institution, intake_of(w)->pool_key, &subject, 1);
	if (result != STORE_OK)
		return verdict_of_store(result);
	/* erased before: what was asked for is so */
	return subject.is_erased ? VERDICT_OK : call_refuse(call, REFUSAL_UNKNOWN, "external_id", NULL);
}

int
erase_restored(struct work *w)
{
	struct erased_row *present = NULL;
	const char *pool_number;
	size_t count;
	int64_t rows;

	int result = store_erased_present(w->tx, w->arena, &present, &count);
	for (size_t i = 0; result == STORE_OK && i < count; i++)
		result = person_erase(w, present[i].institution, present[i].external_id, &rows, &pool_number);
	if (result == STORE_OK && count > 0)
		log_warn("erased_again=%zu store=restored", count);
	return result;
}

/* ---- the chore ------------------------------------------------------------------------------------------------- */
int64_t
erasure_due(void *service)
{
	const struct intake *in = service;

	return in->erasure_pending ? 0 : INT64_MAX;
}

int
erasure_run(struct work *w)
{
	struct texts numbers;
	int result = store_erasure_pending_take(w->tx, w->arena, &numbers);

	for (size_t i = 0; result == STORE_OK && i < numbers.count; i++)
		result = store_events_blank(w->tx, w->arena, numbers.items[i]);
	core_log_forget(w);
	return result;
}

void
erasure_after(void *service, bool committed)
{
	struct intake *in = service;

	in->erasure_pending = !committed;
}
