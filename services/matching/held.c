/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What matching holds of a learner, told to her own college: her profile as it came, her wishes, who ranks her, and what became
 * of her in each round. Her institution stands with her rows, so that the caller's is enough to know that she is its own.
 */
#include "service/held.h"

#include "commands.h"
#include "matching/sql.h"

static const struct held_part parts[] = {
	{ "profile", &SQL_held_profile, HELD_COLUMNS("pool_number", "institution", "external_id", "in_pool", "programme",
	  "latitude_e7", "longitude_e7", "max_distance_m", "available_from", "available_to", "hours_hundredths", "weekdays",
	  "languages", "wil_types", "competencies", "groups", "assignable", "tier", "permanent_code_hash", "version", "log_id") },
	{ "learner_ranking", &SQL_held_wishes, HELD_COLUMNS("tier", "posting") },
	{ "direct_offer", &SQL_held_offer, HELD_COLUMNS("posting") },
	{ "frozen", &SQL_held_frozen, HELD_COLUMNS("round", "title", "state", "in_pool", "programme", "latitude_e7",
	  "longitude_e7", "max_distance_m", "available_from", "available_to", "hours_hundredths", "weekdays", "languages",
	  "wil_types", "competencies", "groups", "assignable", "tier") },
	{ "frozen_lists", &SQL_held_frozen_lists, HELD_COLUMNS("round", "what", "posting", "tier") },
	{ "outcomes", &SQL_held_lines, HELD_COLUMNS("round", "state", "posting", "by", "reason", "at_postings", "ahead", "moved_from",
	  "programme", "in_outcome_file") },
	{ "not_taken", &SQL_held_left, HELD_COLUMNS("round", "what", "posting", "why", "at_ms") },
	{ "told", &SQL_held_told, HELD_COLUMNS("topic", "key", "version", "at_ms") },
};

/* By her number, or by her college's own id in lists of that college. */
static const struct held_part named = { "named_by_employers", &SQL_held_named,
	HELD_COLUMNS("posting", "tier", "named_as") };

static int
named_add(struct held *h, struct call *call, const char *number, const char *external_id)
{
	struct params p = params_new(call->work->arena);

	param_text(&p, number);
	param_text(&p, call->who->institution);
	param_text(&p, external_id);
	return held_add(h, &named, &p);
}

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
	if (result == STORE_OK)
		result = named_add(h, call, own ? ask.pool_number : "", ask.external_id);
	if (result == STORE_OK && own)
		result = held_add_number(h, parts, COUNT_OF(parts), ask.pool_number);
	return result == STORE_OK ? held_answer(h, NULL, NULL, NULL) : verdict_of(result);
}
