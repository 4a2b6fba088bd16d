/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of a list (ListAsk -> Table) and cards (ShowAsk -> Table of field and value). A page ends at the limit asked for,
 * or earlier when it grows large; `next` is the cursor of its last row. Statements order by that cursor, bytewise, and are
 * asked for limit + 1 rows, so that the last page is known as such.
 */
#ifndef SERVICE_LISTING_H
#define SERVICE_LISTING_H

#include "bus/core.h"

#define LISTING_MAX_ROWS 1000
/* Values of the filter `kind` of `list waiting`, which several services answer, each the kinds that it has. */
#define WAITING_KINDS "posting|learner|competency|learner_ranking|direct_offer|employer_ranking|same_person"
#define LISTING_MAX_BYTES (4u * MiB)

struct list_ask {
	const char *after;              /* "": from the start */
	const char *language;           /* "fr" or "en" */
	uint32_t limit;                 /* 1..LISTING_MAX_ROWS */
	const char *const *names;       /* of the filters that the list knows, NULL-terminated */
	const char **values;            /* as asked, NULL: not asked */
};

/* Decodes and checks: *out in the arena. names: filters that this list knows (may be NULL: none). A filter of another name
 * is refused (no_filter, field: that name, allowed: the names). */
enum verdict list_ask_read(struct call *call, const char *const *names, struct list_ask **out) MUST_CHECK;
const char *list_filter(const struct list_ask *ask, const char *name);      /* NULL: not asked */
/* A filter whose values are few: refused (not_in_list) unless it is one of "a|b|c", or is not asked. */
enum verdict list_filter_check(struct call *call, const struct list_ask *ask, const char *name,
                               const char *allowed) MUST_CHECK;

/* Decodes ShowAsk: *id 1..257 bytes of printable text, *language "fr" or "en". */
enum verdict show_ask_read(struct call *call, const char **id, const char **language) MUST_CHECK;

/* "college/id" or an own id into its two parts, in a; false: no memory or not sound (text_is_id each). */
bool reference_split(struct arena *a, const char *reference, const char *own_institution, const char **institution,
                     const char **external_id) MUST_CHECK;

struct listing;

/* columns: NULL-terminated, static or in the arena. NULL: no memory. */
struct listing *listing_new(struct arena *a, const char *const *columns, uint32_t limit) MUST_CHECK;
/* Adds a row (cells: one for each column, borrowed until the answer is packed). false: the page is full and this row is on
 * the next one; stop adding. Out of memory is remembered. */
bool listing_add(struct listing *l, const char *cursor, const char *const *cells) MUST_CHECK;
enum verdict listing_answer(struct call *call, struct listing *l) MUST_CHECK;

#endif
