/* SPDX-License-Identifier: Apache-2.0 */
/* A final no in the user's words: one sentence for each code of base/refusal.h, for our own codes, and
 * for reply codes. */
#ifndef CLI_REFUSALS_H
#define CLI_REFUSALS_H

#include <stdbool.h>
#include "base/arena.h"
#include "bassin/v1/bus.pb-c.h"

/* Codes that this command gives itself, before anything is sent. */
#define REFUSAL_CELL_COUNT "cell_count" /* allowed: how many the header has */
#define REFUSAL_QUOTES "quotes" /* quotation marks do not close, or stand inside a cell without any */
#define REFUSAL_DUPLICATE_LINE "duplicate_line" /* allowed: the line of the first */
#define REFUSAL_LIST_TOO_LONG "list_too_long" /* allowed: entries */
#define REFUSAL_ROW_TOO_LARGE "row_too_large" /* allowed: bytes */
#define REFUSAL_SET_ASIDE "set_aside" /* the pool failed at this row and has set it aside */
#define REFUSAL_WAITS "waits" /* refers to a row that is not known yet */

/* What would be accepted, in the language of now: "one of: fr, en". Lives in a; a text of its own
 * even without memory. */
const char *refusal_sentence(struct arena *a, const char *code, const char *allowed);
/* The same for a whole refusal, with the state that it tells of. */
const char *refusal_text(struct arena *a, const Bassin__V1__Refusal *r);
/* false: no sentence of our own for this code (refusal_sentence then shows the code itself). */
bool refusal_is_known(const char *code);

/* For codes that are neither OK nor REFUSED. Never NULL. */
const char *reply_code_sentence(Bassin__V1__ReplyCode code);

#endif
