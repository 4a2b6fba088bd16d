/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is held of a learner here, told to her own college: her name, where she is placed, and which messages name her. A message
 * names others too, so it is listed, not shown. Her institution stands with her rows.
 */
#include "service/held.h"

#include "notifications.h"
#include "notifications/sql.h"

static const struct held_part parts[] = {
	{ "contact", &SQL_held_contact, HELD_COLUMNS("pool_number", "institution", "given_name", "family_name", "in_pool",
	  "log_id") },
	{ "placed", &SQL_held_placed, HELD_COLUMNS("what", "round", "posting", "by") },
	{ "messages", &SQL_held_mails, HELD_COLUMNS("mail", "kind", "recipient", "institution", "round", "state",
	  "created_ms", "ended_ms", "text_is_held") },
};

enum verdict
on_learner_held(struct call *call)
{
	struct held *h = held_new(call);
	struct held_ask ask;
	bool own = false;
	enum verdict v = held_ask_read(call, &ask);

	if (v != VERDICT_OK)
		return v;
	int result = h == NULL ? STORE_RETRY : held_is_own(h, &SQL_held_whose, ask.pool_number, &own);
	if (result == STORE_OK && own)
		result = held_add_number(h, parts, COUNT_OF(parts), ask.pool_number);
	return result == STORE_OK ? held_answer(h, NULL, NULL, NULL) : verdict_of(result);
}
