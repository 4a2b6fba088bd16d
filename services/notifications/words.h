/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, numbers, weekdays and foreign text as they may stand in a mail. */
#ifndef NOTIFICATIONS_WORDS_H
#define NOTIFICATIONS_WORDS_H

#include "compose.h"

struct words;   /* ICU's formatters for one language */

struct words *words_new(enum mail_language language);   /* MAIL_FRENCH or MAIL_ENGLISH; NULL: no memory */
void words_destroy(struct words **self);

/* Each returns a text to be freed with g_free(), or NULL: ICU failed. */
char *words_date(const struct words *w, int32_t day);               /* "1er mars 2027", "March 1, 2027" */
char *words_number(const struct words *w, int64_t hundredths);      /* "37,5", "37.5", "40" */
char *words_weekdays(const struct words *w, uint32_t weekdays);     /* "du lundi au jeudi", "Monday and Friday"; 0: "" */

/*
 * A stranger's text made harmless for one line of a mail: valid UTF-8 in NFC, no control and no format characters (the
 * joiners of real names stay), white space runs as one space, none at the ends, at most max_bytes. NULL counts as
 * empty. Never NULL; to be freed with g_free().
 */
char *words_clean(const char *text, size_t max_bytes);

#endif
