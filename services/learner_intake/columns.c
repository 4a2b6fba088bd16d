/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that describe each feed's columns; the shared parser does the rest. */
#include "columns.h"

#define NAME_CHARS 500
#define HOURS_MAX 20000             /* of a whole programme */

static const struct choice levels[] = {
	{ "dep", 0 }, { "asp", 1 }, { "dec", 2 }, { "aec", 3 }, { "university", 4 }, { "other", 5 }, { NULL, 0 },
};

static const struct column programme_columns[PROGRAMME_COLUMNS] = {
	[PROGRAMME_CODE]     = COLUMN_ID("external_id", COLUMN_MUST),
	[PROGRAMME_TITLE_FR] = COLUMN_TEXT("title_fr", COLUMN_MUST, NAME_CHARS),
	[PROGRAMME_TITLE_EN] = COLUMN_TEXT("title_en", 0, NAME_CHARS),
	[PROGRAMME_LEVEL]    = COLUMN_CHOICE("level", COLUMN_MUST, levels, NULL),
	[PROGRAMME_HOURS]    = COLUMN_INT("hours", 0, 1, HOURS_MAX, NULL),
};

static const struct column competency_columns[COMPETENCY_COLUMNS] = {
	[COMPETENCY_CODE]      = COLUMN_ID("external_id", COLUMN_MUST),
	[COMPETENCY_PROGRAMME] = COLUMN_ID("programme", COLUMN_MUST),
	[COMPETENCY_TITLE_FR]  = COLUMN_TEXT("title_fr", COLUMN_MUST, NAME_CHARS),
	[COMPETENCY_TITLE_EN]  = COLUMN_TEXT("title_en", 0, NAME_CHARS),
	[COMPETENCY_HOURS]     = COLUMN_INT("hours", 0, 1, HOURS_MAX, NULL),
};

static const struct column learner_columns[LEARNER_COLUMNS] = {
	[LEARNER_EXTERNAL_ID]    = COLUMN_ID("external_id", COLUMN_MUST),
	[LEARNER_GIVEN_NAME]     = COLUMN_TEXT("given_name", COLUMN_MUST | COLUMN_PERSONAL, NAME_CHARS),
	[LEARNER_FAMILY_NAME]    = COLUMN_TEXT("family_name", COLUMN_MUST | COLUMN_PERSONAL, NAME_CHARS),
	[LEARNER_EMAIL]          = COLUMN_EMAIL("email", COLUMN_MUST | COLUMN_PERSONAL),
	[LEARNER_LANGUAGE]       = COLUMN_CHOICE("language", COLUMN_MUST, choices_languages, NULL),
	[LEARNER_PROGRAMME]      = COLUMN_ID("programme", COLUMN_MUST),
	[LEARNER_POSTAL_CODE]    = COLUMN_POSTAL("postal_code", COLUMN_MUST | COLUMN_PERSONAL),
	[LEARNER_LATITUDE]       = COLUMN_LATITUDE("latitude", COLUMN_PERSONAL),
	[LEARNER_LONGITUDE]      = COLUMN_LONGITUDE("longitude", COLUMN_PERSONAL),
	[LEARNER_MAX_DISTANCE]   = COLUMN_SCALED("max_distance_km", 0, 3, 0, 20000000),
	[LEARNER_AVAILABLE_FROM] = COLUMN_DATE("available_from", COLUMN_MUST),
	[LEARNER_AVAILABLE_TO]   = COLUMN_DATE("available_to", COLUMN_MUST),
	[LEARNER_HOURS]          = COLUMN_SCALED("hours_per_week", COLUMN_MUST, 2, 100, 6000),
	[LEARNER_WEEKDAYS]       = COLUMN_CHOICES("weekdays", 0, choices_weekdays),
	[LEARNER_COMPETENCIES]   = COLUMN_IDS("competencies", 0, 200),
	[LEARNER_PERMANENT_CODE] = COLUMN_TEXT("permanent_code", COLUMN_PERSONAL, NAME_CHARS),
	[LEARNER_WIL_TYPES]      = COLUMN_CHOICES("wil_types", 0, choices_wil_types),
	[LEARNER_LANGUAGES]      = COLUMN_CHOICES("languages", 0, choices_languages),
	[LEARNER_GROUPS]         = COLUMN_IDS("groups", COLUMN_PERSONAL, 50),
	[LEARNER_ASSIGNABLE]     = COLUMN_BOOL("assignable", 0, "yes"),
	[LEARNER_TIER]           = COLUMN_INT("tier", 0, 0, 99, "0"),
	/* the column must be there, so that nobody is left out by oversight; her cell may be empty */
	[LEARNER_CONSENT_ON]     = COLUMN_DATE("consent_on", COLUMN_REQUIRED),
};

/* A row with an empty posting clears the list, so neither cell is required; rules.c asks for the tier of an entry. */
static const struct column ranking_columns[RANKING_COLUMNS] = {
	[RANKING_LEARNER] = COLUMN_ID("learner", COLUMN_MUST),
	[RANKING_TIER]    = COLUMN_INT("tier", COLUMN_REQUIRED, 1, RANKING_TIER_MAX, NULL),
	[RANKING_POSTING] = COLUMN_REF("posting", COLUMN_REQUIRED),
};

static const struct column offer_columns[OFFER_COLUMNS] = {
	[OFFER_LEARNER] = COLUMN_ID("learner", COLUMN_MUST),
	[OFFER_POSTING] = COLUMN_REF("posting", COLUMN_REQUIRED),
};

static const struct column withdraw_columns[] = { COLUMN_ID("external_id", COLUMN_MUST) };

const struct row_table programme_table = { programme_columns, PROGRAMME_COLUMNS };
const struct row_table competency_table = { competency_columns, COMPETENCY_COLUMNS };
const struct row_table learner_table = { learner_columns, LEARNER_COLUMNS };
const struct row_table ranking_table = { ranking_columns, RANKING_COLUMNS };
const struct row_table offer_table = { offer_columns, OFFER_COLUMNS };
const struct row_table withdraw_table = { withdraw_columns, 1 };
