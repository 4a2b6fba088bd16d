/* SPDX-License-Identifier: Apache-2.0 */
/* All that is held of a learner here, told to her own college; and the claim with which it asks the others. */
#include "service/held.h"

#include <string.h>
#include "base/refusal.h"
#include "intake.h"
#include "learner_intake/sql.h"
#include "service/listing.h"
#include "store.h"

static const struct held_part parts[] = {
	{ "learner", &SQL_held_learner, HELD_COLUMNS("institution", "external_id", "pool_number", "given_name", "family_name",
	  "email", "language", "programme", "postal_code", "latitude", "longitude", "place_latitude_e7", "place_longitude_e7",
	  "max_distance_km", "available_from", "available_to", "hours_per_week", "weekdays", "competencies", "permanent_code",
	  "wil_types", "languages", "groups", "assignable", "tier", "consent_on", "withdrawn_on", "withdrawn_reason",
	  "in_pool", "contact_told", "version", "register_hash", "created_ms", "created_by") },
	{ "learner_ranking", &SQL_held_ranking, HELD_COLUMNS("tier", "posting") },
	{ "direct_offer", &SQL_held_offer, HELD_COLUMNS("posting") },
	{ "history", &SQL_held_history, HELD_COLUMNS("at_ms", "who", "command", "kind", "version", "field", "was", "is",
	  "reason") },
};

struct whom { const char *external_id, *pool_number; };

/* pool_number "": she is at most named in lists. */
static int
whom_find(struct call *call, const char *id, struct whom *out)
{
	struct work *w = call->work;
	const char *own = call->who->institution, *institution, *asked;
	struct subject subject = { .pool_number = NULL };

	int result = learner_find(call, id, &subject.external_id);
	if (result == STORE_OK && subject.external_id[0] == '\0')
		subject.external_id = reference_split(w->arena, id, own, &institution, &asked) && strcmp(institution, own) == 0 ?
		                          asked : id;
	if (result == STORE_OK)
		result = store_subjects_load(w->tx, w->arena, own, intake_of(w)->pool_key, &subject, 1);
	*out = (struct whom){ subject.external_id, subject.pool_number == NULL ? "" : subject.pool_number };
	return result;
}

static int
parts_add(struct held *h, struct call *call, const struct whom *whom)
{
	int result = STORE_OK;

	for (size_t i = 0; i < COUNT_OF(parts) && result == STORE_OK; i++) {
		struct params p = params_new(call->work->arena);
		param_text(&p, call->who->institution);
		param_text(&p, whom->external_id);
		result = held_add(h, &parts[i], &p);
	}
	return result == STORE_OK && whom->pool_number[0] != '\0' ? held_add_core(h, whom->pool_number) : result;
}

enum verdict
on_learner_held(struct call *call)
{
	struct held *h = held_new(call);
	struct held_ask ask;
	struct whom whom;
	uint8_t claim[HASH_SIZE];

	enum verdict v = held_ask_read(call, &ask);
	if (v != VERDICT_OK)
		return v;
	if (ask.learner[0] == '\0')
		return call_refuse(call, REFUSAL_REQUIRED, "learner", NULL);
	int result = h == NULL ? STORE_RETRY : whom_find(call, ask.learner, &whom);
	if (result == STORE_OK)
		result = parts_add(h, call, &whom);
	if (result != STORE_OK)
		return verdict_of_store(result);
	if (held_is_empty(h))
		return call_refuse(call, REFUSAL_UNKNOWN, "learner", NULL);
	held_claim(intake_of(call->work)->pool_key, call->who->institution, whom.pool_number, claim);
	return held_answer(h, whom.pool_number, whom.external_id, claim);
}
