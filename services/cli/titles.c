/* SPDX-License-Identifier: Apache-2.0 */
/* Titles of columns, and values, for people. Names are those of feeds.md and of the services' lists. */
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/text.h"
#include "table.h"
#include "words.h"

/* clang-format off */
static const struct { const char *name, *title; } titles[] = {
	{ "line", N_("line") }, { "accepts_unranked", N_("accepts unranked") }, { "assignable", N_("assignable") },
	{ "reserves", N_("reserves") }, { "reserve_order", N_("order of reserves") }, { "latitude", N_("latitude") },
	{ "longitude", N_("longitude") }, { "version", N_("version") }, { "permanent_code", N_("permanent code") },
	{ "groups", N_("groups") }, { "direct_offer", N_("direct offer") }, { "withdrawn_on", N_("withdrawn on") },
	{ "withdrawn_reason", N_("reason") }, { "employer_name", N_("legal name") }, { "opened_ms", N_("opened") },
	{ "frozen_ms", N_("frozen") }, { "published_ms", N_("published") }, { "ended_ms", N_("ended") },
	{ "seed", N_("seed") }, { "seed_hash", N_("hash of the seed") },
	{ "instance_digest", N_("digest of the instance") }, { "may_be_ranked", N_("may be ranked") },
	{ "fit_competencies", N_("fit: competencies") }, { "fit_distance", N_("fit: distance") },
	{ "fit_hours", N_("fit: hours") }, { "distance_m", N_("distance, m") }, { "command", N_("command") },
	{ "refusal", N_("refusal") }, { "about", N_("about") }, { "ranking", N_("ranking") },
	{ "external_id", N_("id") }, { "result", N_("result") }, { "field", N_("field") }, { "found", N_("found") },
	{ "allowed", N_("what would be right") }, { "value", N_("value") }, { "service", N_("service") },
	{ "institution", N_("institution") }, { "college", N_("institution") }, { "employer", N_("employer") },
	{ "posting", N_("posting") }, { "learner", N_("learner") }, { "pool_number", N_("pool number") },
	{ "programme", N_("programme") }, { "programmes", N_("programmes") }, { "competencies", N_("competencies") },
	{ "title", N_("title") }, { "title_fr", N_("title (fr)") }, { "title_en", N_("title (en)") },
	{ "state", N_("state") }, { "state_reason", N_("reason") }, { "reason", N_("reason") },
	{ "seats", N_("seats") }, { "seats_taken", N_("seats taken") }, { "seats_filled", N_("seats filled") },
	{ "starts_on", N_("starts on") }, { "ends_on", N_("ends on") }, { "hours_per_week", N_("hours a week") },
	{ "hours", N_("hours") }, { "weekdays", N_("weekdays") }, { "language", N_("language") },
	{ "languages", N_("languages") }, { "place", N_("place") }, { "coordinates", N_("coordinates") }, { "postal_code", N_("postal code") },
	{ "municipality", N_("municipality") }, { "answer_by", N_("answer by") }, { "legal_name", N_("legal name") },
	{ "contact_name", N_("contact") }, { "contact_email", N_("contact's email") },
	{ "contact_phone", N_("contact's telephone") }, { "address", N_("address") }, { "neq", N_("NEQ") },
	{ "headcount", N_("headcount") }, { "given_name", N_("given name") }, { "family_name", N_("family name") },
	{ "email", N_("email") }, { "phone", N_("telephone") }, { "available_from", N_("available from") },
	{ "available_to", N_("available to") }, { "max_distance_km", N_("limit, km") }, { "tier", N_("tier") },
	{ "consent_on", N_("consent on") }, { "in_pool", N_("in the pool") }, { "fit", N_("fit") },
	{ "distance", N_("fit: distance") }, { "wil_type", N_("type") }, { "wil_types", N_("types") },
	{ "level", N_("level") }, { "name_fr", N_("name (fr)") }, { "name_en", N_("name (en)") },
	{ "coordinator_name", N_("coordinator") }, { "coordinator_email", N_("coordinator's email") },
	{ "postal_address", N_("postal address") }, { "round", N_("round") }, { "opened", N_("opened") },
	{ "published", N_("published") }, { "mail", N_("message") }, { "kind", N_("kind") }, { "to", N_("to") },
	{ "attempts", N_("attempts") }, { "at", N_("at") }, { "who", N_("who") }, { "role", N_("role") },
	{ "subject", N_("subject") }, { "description", N_("description") }, { "paid", N_("paid") },
	{ "hourly_wage", N_("wage an hour") }, { "noc", N_("NOC") }, { "eligible", N_("is eligible") },
	{ "reasons", N_("reasons") }, { "name", N_("name") }, { "why", N_("why") }, { "needs", N_("waits for") },
	{ "employer_a", N_("employer A") }, { "institution_a", N_("institution A") }, { "legal_name_a", N_("name A") },
	{ "municipality_a", N_("municipality A") }, { "employer_b", N_("employer B") },
	{ "institution_b", N_("institution B") }, { "legal_name_b", N_("name B") },
	{ "municipality_b", N_("municipality B") }, { "score", N_("score") }, { "proposed_by", N_("proposed by") },
	{ "found_ms", N_("found on") }, { "firm", N_("firm") }, { "employers", N_("employers") },
	{ "posting_a", N_("posting A") }, { "title_a", N_("title A") }, { "starts_on_a", N_("A starts on") },
	{ "ends_on_a", N_("A ends on") }, { "posting_b", N_("posting B") }, { "title_b", N_("title B") },
	{ "starts_on_b", N_("B starts on") }, { "ends_on_b", N_("B ends on") }, { "at_ms", N_("at") }, { "cause", N_("cause") }, { "status", N_("mail status") },
	{ "was", N_("was") }, { "is", N_("is") }, { "paused_until", N_("paused until") },
	{ "paused_reason", N_("reason of the pause") },
	{ "task", N_("task") }, { "closed_by", N_("closed by") }, { "closed_ms", N_("closed on") }, { "note", N_("note") },
	{ "frequency", N_("how often") }, { "scope", N_("of what") }, { "other", N_("other") }, { "since_ms", N_("since") },
	{ "recipient", N_("recipient") }, { "created", N_("created on") }, { "next_try", N_("next try") },
	{ "last_code", N_("SMTP code") }, { "answer", N_("the relay's answer") }, { "message_id", N_("Message-ID") },
	{ "named_as", N_("named as") },
	{ "what", N_("what") },
	{ "at_postings", N_("outranked at") },
	{ "ahead", N_("by how many") },
	{ "by", N_("by") }, { "placed_by", N_("placed by") }, { "choice", N_("choice") }, { "stands", N_("stands") },
	{ "moved_from", N_("moved up from") },
	{ "in_outcome_file", N_("in the outcome's file") },
	{ "text_is_held", N_("text still held") },
	{ "log_id", N_("told by") },
	{ "register_hash", N_("keyed hash of her id") },
	{ "contact_told", N_("name told to notifications") },
	{ "place_latitude_e7", N_("latitude in force") },
	{ "place_longitude_e7", N_("longitude in force") },
	{ "latitude_e7", N_("latitude") },
	{ "longitude_e7", N_("longitude") },
	{ "max_distance_m", N_("limit, km") },
	{ "hours_hundredths", N_("hours a week") },
	{ "permanent_code_hash", N_("keyed hash of the permanent code") },
	{ "topic", N_("topic") },
	{ "key", N_("key") },
	{ "content", N_("content") }, { "entries", N_("ranking") },
	{ "principal", N_("whose key") },
	{ "created_ms", N_("created on") }, { "created_by", N_("created by") },
};
/* clang-format on */

const char *
column_title(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(titles); i++)
		if (strcmp(titles[i].name, name) == 0)
			return _(titles[i].title);
	return name;
}

/* Why two do not fit: the table of feeds.md, and what else keeps a pair out of a round. */
/* clang-format off */
static const struct { const char *word, *text; } reasons[] = {
	{ "programme", N_("the posting does not name the learner's programme") },
	{ "type", N_("the learner does not accept this type of placement") },
	{ "period", N_("the posting's period does not lie within the learner's availability") },
	{ "hours", N_("it asks for more hours a week than the learner has") },
	{ "weekdays", N_("its weekdays are not all among the learner's") },
	{ "language", N_("the learner does not speak the language of work") },
	{ "distance", N_("it is farther away than the learner's limit") },
	{ "place_unknown", N_("the learner gave a limit, but one of the two places is not known") },
	{ "consent", N_("the learner's consent is missing or withdrawn") },
	{ "not_open", N_("posting not open") },
	{ "withdrawn", N_("has left the round") },
	{ "seats", N_("more direct offers than seats") }, { "seats_filled", N_("all seats are filled") },
	{ "seats_free", N_("a seat is free again") },
	{ "unknown", N_("posting unknown") },
};
/* By which way somebody was placed in a round, and why somebody was not; matching.md. */
static const struct { const char *word, *text; } outcome_words[] = {
	{ "fixed", N_("direct offer") }, { "ranked", N_("ranking") }, { "assigned", N_("assignment") },
	{ "standing", N_("an earlier round") },
	{ "no_consent", N_("no consent") }, { "not_eligible", N_("fits no open posting that she could get") },
	{ "nothing_ranked", N_("ranked nothing") }, { "none_fits", N_("ranked none that fits") },
	{ "outranked", N_("others came first everywhere she ranked") },
	{ "no_seat", N_("no seat left") }, { "withdrawn", N_("withdrawn") },
	{ "consent_withdrawn", N_("consent withdrawn") },
};
/* Why two employers are taken for one firm. */
static const struct { const char *word, *text; } firm_reasons[] = {
	{ "neq", N_("same NEQ") },
	{ "neq_other_name", N_("same NEQ, other name: check it") },
	{ "name_address", N_("same name and postal code") },
	{ "name_street", N_("same name and street") },
};
/* States of postings, rounds, messages and pairs of records. */
static const struct { const char *word, *text; } states[] = {
	{ "draft", N_("draft") }, { "open", N_("open") }, { "paused", N_("paused") }, { "filled", N_("filled") },
	{ "closed", N_("closed") }, { "withdrawn", N_("withdrawn") },
	{ "frozen", N_("frozen") }, { "solved", N_("solved") }, { "published", N_("published") },
	{ "waiting", N_("waiting") }, { "queued", N_("queued") }, { "sending", N_("sending") }, { "sent", N_("sent") },
	{ "deferred", N_("deferred") }, { "failed", N_("failed") }, { "suppressed", N_("suppressed") },
	{ "folded", N_("folded") },
	{ "suspected", N_("suspected") }, { "proposed", N_("proposed") }, { "merged", N_("merged") },
	{ "rejected", N_("rejected") },
};
/* clang-format on */

const char *
state_word(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (strcmp(states[i].word, word) == 0)
			return _(states[i].text);
	return word;
}

const char *
time_text(struct arena *a, int64_t ms)
{
	char text[32];
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (ms <= 0 || gmtime_r(&seconds, &tm) == NULL || strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm) == 0)
		return "";
	const char *copy = arena_strdup(a, text);
	return copy == NULL ? "" : copy;
}

const char *
outcome_word_text(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(outcome_words); i++)
		if (strcmp(outcome_words[i].word, word) == 0)
			return _(outcome_words[i].text);
	return word;
}

const char *
value_text(struct arena *a, const char *name, const char *value)
{
	size_t size = strlen(name);
	int64_t ms;

	if (size > 3 && strcmp(name + size - 3, "_ms") == 0 && text_to_int(value, 0, INT64_MAX, &ms))
		return time_text(a, ms);
	if (strcmp(value, "yes") == 0)
		return _("yes");
	if (strcmp(value, "no") == 0)
		return _("no");
	if (strcmp(name, "state") == 0)
		return state_word(value);
	if (strcmp(value, "unknown") == 0 && strcmp(name, "distance_m") == 0)
		return _("unknown, since a place is: give coordinates, or have the table of postal codes set (setting places)");
	if (strcmp(value, "unknown") == 0 && strstr(name, "distance") != NULL)
		return _("unknown");
	bool is_reason = strcmp(name, "reason") == 0 || strcmp(name, "state_reason") == 0;
	for (size_t i = 0; i < COUNT_OF(reasons) && is_reason; i++)
		if (strcmp(reasons[i].word, value) == 0)
			return _(reasons[i].text);
	for (size_t i = 0; i < COUNT_OF(firm_reasons) && strcmp(name, "why") == 0; i++)
		if (strcmp(firm_reasons[i].word, value) == 0)
			return _(firm_reasons[i].text);
	if (strcmp(name, "reason") == 0 || strcmp(name, "placed_by") == 0)
		return outcome_word_text(value);
	return words_of_number(a, name, value);
}
