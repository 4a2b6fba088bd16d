/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that columns.h lists, and the lists of choices that are this service's own. */
#include "columns.h"

const struct choice choices_language[] = { { "fr", 0 }, { "en", 1 }, { NULL, 0 } };
/* A language of work as the bits of PostingRecorded.languages. */
const struct choice choices_work_language[] = { { "fr", 1 }, { "en", 2 }, { "both", 3 }, { NULL, 0 } };
const struct choice choices_place_kind[] = { { "on_site", 1 }, { "hybrid", 2 }, { "remote", 3 }, { NULL, 0 } };
static const struct choice choices_reserve_order[] = { { "first", 0 }, { "last", 1 }, { NULL, 0 } };

#define COLUMN_AS_ROW(id, ...) [id] = __VA_ARGS__,
static const struct column institution_columns[] = { INSTITUTION_COLUMNS(COLUMN_AS_ROW) };
static const struct column employer_columns[] = { EMPLOYER_COLUMNS(COLUMN_AS_ROW) };
static const struct column posting_columns[] = { POSTING_COLUMNS(COLUMN_AS_ROW) };
static const struct column ranking_columns[] = { RANKING_COLUMNS(COLUMN_AS_ROW) };

const struct row_table institution_table = { institution_columns, INSTITUTION_COLUMN_COUNT };
const struct row_table employer_table = { employer_columns, EMPLOYER_COLUMN_COUNT };
const struct row_table posting_table = { posting_columns, POSTING_COLUMN_COUNT };
const struct row_table ranking_table = { ranking_columns, RANKING_COLUMN_COUNT };
