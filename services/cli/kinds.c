/* SPDX-License-Identifier: Apache-2.0 */
/* The table of feed kinds. The service checks the columns again; here they refuse a file before any row is sent. */
#include "kinds.h"

#include <string.h>

#include "base/compiler.h"

#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

/* clang-format off */
static const struct kind kinds[] = {
	{ .name = "institutions", .service = "employer_intake", .feed = TYPE(FEED_INSTITUTIONS),
	  .list = TYPE(INSTITUTION_LIST),
	  .required = "external_id name_fr name_en coordinator_name coordinator_email phone postal_address language",
	  .other = "", .keys = { "external_id" } },
	{ .name = "programmes", .service = "learner_intake", .feed = TYPE(FEED_PROGRAMMES),
	  .list = TYPE(PROGRAMME_LIST),
	  .required = "external_id title_fr level", .other = "title_en hours", .keys = { "external_id" } },
	{ .name = "competencies", .service = "learner_intake", .feed = TYPE(FEED_COMPETENCIES),
	  .list = TYPE(COMPETENCY_LIST),
	  .required = "external_id programme title_fr", .other = "title_en hours", .keys = { "external_id" } },
	{ .name = "employers", .service = "employer_intake", .feed = TYPE(FEED_EMPLOYERS), .list = TYPE(EMPLOYER_LIST),
	  .required = "external_id legal_name language contact_name contact_email postal_code",
	  .other = "neq headcount naics contact_phone address municipality latitude longitude",
	  .keys = { "external_id" } },
	{ .name = "postings", .service = "employer_intake", .feed = TYPE(FEED_POSTINGS), .list = TYPE(POSTING_LIST),
	  .required = "external_id employer title wil_type programmes seats starts_on ends_on hours_per_week",
	  .other = "description competencies noc weekdays paid hourly_wage language place postal_code latitude "
	           "longitude accepts_unranked assignable reserves reserve_order answer_by",
	  .keys = { "external_id" } },
	{ .name = "learners", .service = "learner_intake", .feed = TYPE(FEED_LEARNERS), .list = TYPE(LEARNER_LIST),
	  .required = "external_id given_name family_name email language programme postal_code available_from "
	              "available_to hours_per_week consent_on",
	  .other = "latitude longitude max_distance_km weekdays competencies permanent_code wil_types languages groups "
	           "assignable tier", .keys = { "external_id" } },
	{ .name = "learner_rankings", .service = "learner_intake", .feed = TYPE(FEED_LEARNER_RANKINGS),
	  .list = TYPE(LEARNER_RANKING_LIST), .required = "learner tier posting", .other = "",
	  .keys = { "learner", "posting" }, .group = "learner" },
	{ .name = "employer_rankings", .service = "employer_intake", .feed = TYPE(FEED_EMPLOYER_RANKINGS),
	  .list = TYPE(EMPLOYER_RANKING_LIST), .required = "posting tier learner", .other = "",
	  .keys = { "posting", "learner" }, .group = "posting" },
	{ .name = "direct_offers", .service = "learner_intake", .feed = TYPE(FEED_DIRECT_OFFERS),
	  .list = TYPE(DIRECT_OFFER_LIST), .required = "learner posting", .other = "", .keys = { "learner" } },
};
/* clang-format on */

static bool
is_same_name(const char *a, const char *b)
{
	for (; *a != '\0' && (*a == *b || (*a == '_' && *b == '-')); a++, b++)
		;
	return *a == '\0' && *b == '\0';
}

const struct kind *
kind_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (is_same_name(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

const struct kind *
kind_at(size_t index)
{
	return index < COUNT_OF(kinds) ? &kinds[index] : NULL;
}

const char *
kind_next_column(const char **at, size_t *size)
{
	const char *name = *at + strspn(*at, " ");

	*size = strcspn(name, " ");
	*at = name + *size;
	return *size == 0 ? NULL : name;
}

static bool
names(const char *list, const char *name)
{
	size_t size, wanted = strlen(name);

	for (const char *at = list, *found; (found = kind_next_column(&at, &size)) != NULL;)
		if (size == wanted && memcmp(found, name, size) == 0)
			return true;
	return false;
}

enum kind_column
kind_column(const struct kind *k, const char *lower_case_name)
{
	if (names(k->required, lower_case_name))
		return KIND_REQUIRED;
	return names(k->other, lower_case_name) ? KIND_OPTIONAL : KIND_UNKNOWN;
}
