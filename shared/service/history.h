/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who changed what of a row, when and why: a line for each field, written with the change itself, in one statement for a
 * whole batch. Rows that are created have no line: the row says when and by whom. Of a personal column (cells.h) only its
 * name is kept; what is kept of a person is forgotten with her. Table: shared/bus/schema/0003_history.sql.
 */
#ifndef SERVICE_HISTORY_H
#define SERVICE_HISTORY_H

#include "service/listing.h"
#include "service/rows.h"

#define HISTORY_VALUE_MAX 500       /* bytes of a value; what is longer ends in an ellipsis */

struct history;                     /* what one command, or one batch of events, has changed */

/* Which row, and its version after the change. Texts are borrowed until history_keep. */
struct change { const char *kind, *institution, *external_id; int64_t version; const char *reason; };

struct history *history_new(struct arena *a) MUST_CHECK;        /* NULL: no memory */
/* was, now: "" is nothing; NULL both: personal. Equal values are no change. Out of memory is remembered. */
void history_add(struct history *h, const struct change *c, const char *field, const char *was, const char *now);
/* Every column in which the two rows differ. */
void history_add_cells(struct history *h, const struct change *c, const struct row_table *t, const struct cell *was,
                       const struct cell *now);
/* A row that a file changes: as it stood, and as it will stand. */
struct revised { struct row *row; const char *institution, *external_id; const struct cell *was, *now; };
/* Notes (undoes_set) the fields of these rows that the command `set` was the last to change, and which the file changes again.
 * Of a feed, not of a set itself. enum store_result. */
int history_note_undone(struct work *w, struct feed *f, const char *kind, int set, const struct revised *all,
                        size_t count) MUST_CHECK;
/* Queues the lines; enum store_result. call NULL: an event of log_id. */
int history_keep(const struct history *h, struct work *w, const struct call *call, const char *log_id) MUST_CHECK;
/* Takes away what is kept of this row; enum store_result. kinds: NULL-terminated. */
int history_forget(struct work *w, const char *institution, const char *external_id, const char *const *kinds) MUST_CHECK;

/* "name", or "name/subject" where the console acts for somebody. In a; NULL: no memory. */
const char *history_who(struct arena *a, const struct principal *who) MUST_CHECK;

struct history_ask {
	const char *id;                 /* as ShowAsk.id, not empty */
	const struct list_ask *page;
};
/* ListAsk whose filter `id` names the row. */
enum verdict history_ask_read(struct call *call, struct history_ask *out) MUST_CHECK;

/* How the row came to be; the last line of its history. who "": it is older than this was kept. */
struct creation { int64_t at_ms; const char *who; };
/* Answers with a page, newest first: at_ms, who, command, kind, version, field, was, is, reason. */
enum verdict history_answer(struct call *call, const struct history_ask *ask, const char *institution,
                            const char *external_id, const char *const *kinds, const struct creation *made) MUST_CHECK;

#endif
