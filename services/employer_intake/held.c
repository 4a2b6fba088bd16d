/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is held of a learner here: employers' lists that name her, by her pool number or by her college's own id. Learners are
 * not known here, so whether a number is the asker's own is shown by the learner intake's claim (service/held.h).
 */
#include "service/held.h"

#include <sodium.h>
#include "base/refusal.h"
#include "employer_intake/sql.h"
#include "intake.h"

static const struct held_part parts[] = {
	{ "named_by_employers", &SQL_held_named, HELD_COLUMNS("posting", "tier", "named_as") },
	{ "told", &SQL_held_told, HELD_COLUMNS("topic", "key", "version", "at_ms") },
};

static bool
claim_holds(const struct call *call, const struct held_ask *ask)
{
	const struct intake *in = call->work->service;
	uint8_t hash[HASH_SIZE];

	if (ask->claim == NULL || ask->pool_number[0] == '\0')
		return false;
	held_claim(in->pool_key, call->who->institution, ask->pool_number, hash);
	return sodium_memcmp(hash, ask->claim, HASH_SIZE) == 0;
}

enum verdict
on_learner_held(struct call *call)
{
	const struct intake *in = call->work->service;
	struct held *h = held_new(call);
	struct held_ask ask;
	enum verdict v = held_ask_read(call, &ask);

	if (v != VERDICT_OK)
		return v;
	if (!in->has_pool_key)          /* better no answer than half of one */
		return call_refuse(call, REFUSAL_REQUIRED, "pool_key_file", NULL);
	const char *number = claim_holds(call, &ask) ? ask.pool_number : "";
	int result = h == NULL ? STORE_RETRY : STORE_OK;
	for (size_t i = 0; i < COUNT_OF(parts) && result == STORE_OK; i++) {
		struct params p = params_new(call->work->arena);
		param_text(&p, number);
		param_text(&p, call->who->institution);
		param_text(&p, ask.external_id);
		result = held_add(h, &parts[i], &p);
	}
	if (result == STORE_OK && number[0] != '\0')
		result = held_add_core(h, number);
	return result == STORE_OK ? held_answer(h, NULL, NULL, NULL) : verdict_of(result);
}
