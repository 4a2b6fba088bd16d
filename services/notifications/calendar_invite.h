/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stays as iCalendar (RFC 5545, RFC 5546), by libical: whoever is told who is coming gets them for her calendar, and who no longer
 * comes, since she has moved up or given up her place, out of it again; of a place given up nobody is named. All facts must have passed mail_compose()'s checks.
 */
#ifndef NOTIFICATIONS_CALENDAR_INVITE_H
#define NOTIFICATIONS_CALENDAR_INVITE_H

#include "compose.h"

#include <stdbool.h>

enum invite { INVITE_COMING, INVITE_NOT_COMING };   /* METHOD:PUBLISH, METHOD:CANCEL */

/*
 * One VEVENT for each stay of the mail, or of the mails that it tells of: whole days, the end exclusive, not blocking time. Its UID
 * is the same in every mail about that learner at that posting, whatever the round: a later one, with a higher SEQUENCE, replaces
 * or cancels it. Lines end in CRLF; UTF-8.
 *   languages  of the mail, in order
 * To be freed with free(). NULL: there is nobody to tell of, or *failed: no memory.
 */
char *calendar_invite(const struct mail_facts *facts, enum invite which, const enum mail_language *languages,
                      size_t language_count, bool *failed);

#endif
