/* SPDX-License-Identifier: Apache-2.0 */
/* From the facts of a mail to the names that its templates use, in one language. context.c is the list of those names. */
#ifndef NOTIFICATIONS_CONTEXT_H
#define NOTIFICATIONS_CONTEXT_H

#include "compose.h"
#include "mustache.h"

/*
 * All names of the kind's templates and of the footer, every stranger's text cleaned. language: MAIL_FRENCH or
 * MAIL_ENGLISH. To be destroyed by the caller; NULL: no memory, or ICU failed.
 */
struct mustache_data *mail_context(const struct mail_facts *facts, enum mail_language language);

/* The text in that language, else the one in the other. Never NULL. */
const char *mail_words_in(const struct mail_words *w, enum mail_language language);

/* All candidates of all postings. */
size_t mail_candidate_total(const struct mail_facts *facts);
size_t mail_moved_total(const struct mail_facts *facts);       /* who no longer come */

#endif
