/* SPDX-License-Identifier: Apache-2.0 */
/* Titles of columns for people. Names are those of feeds.md and of the services' lists. */
#include <string.h>

#include "base/compiler.h"
#include "language.h"
#include "table.h"

static const struct { const char *name, *title; } titles[] = {
	{ "line", N_("line") }, { "external_id", N_("id") }, { "result", N_("result") }, { "field", N_("field") },
	{ "found", N_("found") }, { "allowed", N_("what would be right") }, { "value", N_("value") },
	{ "service", N_("service") }, { "institution", N_("institution") }, { "college", N_("institution") },
	{ "employer", N_("employer") }, { "posting", N_("posting") }, { "learner", N_("learner") },
	{ "pool_number", N_("pool number") }, { "programme", N_("programme") }, { "programmes", N_("programmes") },
	{ "competencies", N_("competencies") }, { "title", N_("title") }, { "title_fr", N_("title (fr)") },
	{ "title_en", N_("title (en)") }, { "state", N_("state") }, { "state_reason", N_("reason") },
	{ "reason", N_("reason") }, { "seats", N_("seats") }, { "seats_taken", N_("seats taken") },
	{ "seats_filled", N_("seats filled") }, { "starts_on", N_("starts on") }, { "ends_on", N_("ends on") },
	{ "hours_per_week", N_("hours a week") }, { "hours", N_("hours") }, { "weekdays", N_("weekdays") },
	{ "language", N_("language") }, { "languages", N_("languages") }, { "place", N_("place") },
	{ "postal_code", N_("postal code") }, { "municipality", N_("municipality") },
	{ "answer_by", N_("answer by") }, { "legal_name", N_("legal name") }, { "contact_name", N_("contact") },
	{ "contact_email", N_("contact's email") }, { "contact_phone", N_("contact's telephone") },
	{ "address", N_("address") }, { "neq", N_("NEQ") }, { "headcount", N_("headcount") },
	{ "given_name", N_("given name") }, { "family_name", N_("family name") }, { "email", N_("email") },
	{ "phone", N_("telephone") }, { "available_from", N_("available from") },
	{ "available_to", N_("available to") }, { "max_distance_km", N_("limit, km") }, { "tier", N_("tier") },
	{ "consent_on", N_("consent on") }, { "in_pool", N_("in the pool") }, { "fit", N_("fit") },
	{ "distance", N_("distance") }, { "wil_type", N_("type") }, { "wil_types", N_("types") },
	{ "level", N_("level") }, { "name_fr", N_("name (fr)") }, { "name_en", N_("name (en)") },
	{ "coordinator_name", N_("coordinator") }, { "coordinator_email", N_("coordinator's email") },
	{ "postal_address", N_("postal address") }, { "round", N_("round") }, { "opened", N_("opened") },
	{ "published", N_("published") }, { "mail", N_("message") }, { "kind", N_("kind") }, { "to", N_("to") },
	{ "attempts", N_("attempts") }, { "at", N_("at") }, { "who", N_("who") }, { "role", N_("role") },
	{ "subject", N_("subject") }, { "description", N_("description") }, { "paid", N_("paid") },
	{ "hourly_wage", N_("wage an hour") }, { "noc", N_("NOC") }, { "eligible", N_("eligible") },
	{ "reasons", N_("reasons") }, { "name", N_("name") },
};

const char *column_title(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(titles); i++)
		if (strcmp(titles[i].name, name) == 0)
			return _(titles[i].title);
	return name;
}
