/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of this service's four feed files, as one table each. Source: feeds.md. */
#ifndef EMPLOYER_INTAKE_COLUMNS_H
#define EMPLOYER_INTAKE_COLUMNS_H

#include "service/rows.h"

extern const struct choice choices_language[], choices_work_language[], choices_place_kind[];

#define INSTITUTION_COLUMNS(X) \
	X(INSTITUTION_EXTERNAL_ID,       COLUMN_ID("external_id", COLUMN_MUST)) \
	X(INSTITUTION_NAME_FR,           COLUMN_TEXT("name_fr", COLUMN_MUST, TEXT_MAX_CHARS)) \
	X(INSTITUTION_NAME_EN,           COLUMN_TEXT("name_en", COLUMN_MUST, TEXT_MAX_CHARS)) \
	X(INSTITUTION_COORDINATOR_NAME,  COLUMN_TEXT("coordinator_name", COLUMN_MUST | COLUMN_PERSONAL, TEXT_MAX_CHARS)) \
	X(INSTITUTION_COORDINATOR_EMAIL, COLUMN_EMAIL("coordinator_email", COLUMN_MUST | COLUMN_PERSONAL)) \
	X(INSTITUTION_PHONE,             COLUMN_PHONE("phone", COLUMN_MUST | COLUMN_PERSONAL)) \
	X(INSTITUTION_POSTAL_ADDRESS,    COLUMN_TEXT("postal_address", COLUMN_MUST, TEXT_MAX_CHARS)) \
	X(INSTITUTION_LANGUAGE,          COLUMN_CHOICE("language", COLUMN_MUST, choices_language, NULL))

#define EMPLOYER_COLUMNS(X) \
	X(EMPLOYER_EXTERNAL_ID,          COLUMN_ID("external_id", COLUMN_MUST)) \
	X(EMPLOYER_LEGAL_NAME,           COLUMN_TEXT("legal_name", COLUMN_MUST, TEXT_MAX_CHARS)) \
	X(EMPLOYER_NEQ,                  COLUMN_DIGITS("neq", 0, 10, 10)) \
	X(EMPLOYER_HEADCOUNT,            COLUMN_INT("headcount", 0, 0, 1000000, NULL)) \
	X(EMPLOYER_NAICS,                COLUMN_DIGITS("naics", 0, 2, 6)) \
	X(EMPLOYER_LANGUAGE,             COLUMN_CHOICE("language", COLUMN_MUST, choices_language, NULL)) \
	X(EMPLOYER_CONTACT_NAME,         COLUMN_TEXT("contact_name", COLUMN_MUST | COLUMN_PERSONAL, TEXT_MAX_CHARS)) \
	X(EMPLOYER_CONTACT_EMAIL,        COLUMN_EMAIL("contact_email", COLUMN_MUST | COLUMN_PERSONAL)) \
	X(EMPLOYER_CONTACT_PHONE,        COLUMN_PHONE("contact_phone", COLUMN_PERSONAL)) \
	X(EMPLOYER_ADDRESS,              COLUMN_TEXT("address", 0, TEXT_MAX_CHARS)) \
	X(EMPLOYER_MUNICIPALITY,         COLUMN_TEXT("municipality", 0, TEXT_MAX_CHARS)) \
	X(EMPLOYER_POSTAL_CODE,          COLUMN_POSTAL("postal_code", COLUMN_MUST)) \
	X(EMPLOYER_LATITUDE,             COLUMN_LATITUDE("latitude", 0)) \
	X(EMPLOYER_LONGITUDE,            COLUMN_LONGITUDE("longitude", 0))

#define POSTING_COLUMNS(X) \
	X(POSTING_EXTERNAL_ID,           COLUMN_ID("external_id", COLUMN_MUST)) \
	X(POSTING_EMPLOYER,              COLUMN_ID("employer", COLUMN_MUST)) \
	X(POSTING_TITLE,                 COLUMN_TEXT("title", COLUMN_MUST, TEXT_MAX_CHARS)) \
	X(POSTING_WIL_TYPE,              COLUMN_CHOICE("wil_type", COLUMN_MUST, choices_wil_types, NULL)) \
	X(POSTING_DESCRIPTION,           COLUMN_LINES("description", 0, LINES_MAX_CHARS)) \
	X(POSTING_PROGRAMMES,            COLUMN_IDS("programmes", COLUMN_MUST, 100)) \
	X(POSTING_COMPETENCIES,          COLUMN_IDS("competencies", 0, 200)) \
	X(POSTING_NOC,                   COLUMN_DIGITS("noc", 0, 5, 5)) \
	X(POSTING_SEATS,                 COLUMN_INT("seats", COLUMN_MUST, 1, 500, NULL)) \
	X(POSTING_STARTS_ON,             COLUMN_DATE("starts_on", COLUMN_MUST)) \
	X(POSTING_ENDS_ON,               COLUMN_DATE("ends_on", COLUMN_MUST)) \
	X(POSTING_HOURS_PER_WEEK,        COLUMN_SCALED("hours_per_week", COLUMN_MUST, 2, 100, 6000)) \
	X(POSTING_WEEKDAYS,              COLUMN_CHOICES("weekdays", 0, choices_weekdays)) \
	X(POSTING_PAID,                  COLUMN_BOOL("paid", 0, NULL)) \
	X(POSTING_HOURLY_WAGE,           COLUMN_SCALED("hourly_wage", 0, 2, 0, 100000)) \
	X(POSTING_LANGUAGE,              COLUMN_CHOICE("language", 0, choices_work_language, NULL)) \
	X(POSTING_PLACE,                 COLUMN_CHOICE("place", 0, choices_place_kind, NULL)) \
	X(POSTING_POSTAL_CODE,           COLUMN_POSTAL("postal_code", 0)) \
	X(POSTING_LATITUDE,              COLUMN_LATITUDE("latitude", 0)) \
	X(POSTING_LONGITUDE,             COLUMN_LONGITUDE("longitude", 0)) \
	X(POSTING_ACCEPTS_UNRANKED,      COLUMN_BOOL("accepts_unranked", 0, "yes")) \
	X(POSTING_ASSIGNABLE,            COLUMN_BOOL("assignable", 0, "yes")) \
	X(POSTING_RESERVES,              COLUMN_RESERVES("reserves", 0, 20)) \
	X(POSTING_RESERVE_ORDER,         COLUMN_CHOICE("reserve_order", 0, choices_reserve_order, "first")) \
	X(POSTING_ANSWER_BY,             COLUMN_DATE("answer_by", 0))

/* An entry, or a posting alone: its list is cleared. */
#define RANKING_COLUMNS(X) \
	X(RANKING_POSTING,               COLUMN_REF("posting", COLUMN_MUST)) \
	X(RANKING_TIER,                  COLUMN_INT("tier", COLUMN_REQUIRED, 1, RANKING_TIER_MAX, NULL)) \
	X(RANKING_LEARNER,               COLUMN_ID("learner", COLUMN_REQUIRED))

#define COLUMN_AS_ENUM(id, column) id,
enum institution_column { INSTITUTION_COLUMNS(COLUMN_AS_ENUM) INSTITUTION_COLUMN_COUNT };
enum employer_column { EMPLOYER_COLUMNS(COLUMN_AS_ENUM) EMPLOYER_COLUMN_COUNT };
enum posting_column { POSTING_COLUMNS(COLUMN_AS_ENUM) POSTING_COLUMN_COUNT };
enum ranking_column { RANKING_COLUMNS(COLUMN_AS_ENUM) RANKING_COLUMN_COUNT };
#undef COLUMN_AS_ENUM

extern const struct row_table institution_table, employer_table, posting_table, ranking_table;

#endif
