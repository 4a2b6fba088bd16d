/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery reports (RFC 3464, inside multipart/report, RFC 6522), and what a report or a relay's refusal means. Pure but for
 * GMime's own memory: any bytes may come; they are judged, never trusted.
 *
 * A report is matched by the Message-ID of the mail that it returns: ours has 128 random bits and one recipient, so who can name
 * it has had the mail, and a report touches only the address to which that mail went. No envelope sender of its own for each mail
 * (VERP) is needed, which not every relay lets through; all that write reports return the headers.
 */
#ifndef NOTIFICATIONS_BOUNCE_H
#define NOTIFICATIONS_BOUNCE_H

#include "base/address.h"
#include "retry.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	BOUNCE_RECIPIENTS_MAX = 8,   /* what follows is not read: our mails have one each */
	BOUNCE_TEXT_MAX = 256,       /* bytes, with the NUL */
	BOUNCE_STATUS_MAX = 12,      /* "5.1.10", with the NUL */
};

/* How much of a mail's fate a report or a refusal decides, from less to more. */
enum bounce_meaning {
	BOUNCE_NOTED,       /* delayed, delivered, relayed: nothing changes */
	BOUNCE_MESSAGE,     /* this mail has not arrived; the next one may: full mailbox, policy, size, days of trying */
	BOUNCE_ADDRESS,     /* nobody is there: nothing more is sent to it */
};
const char *bounce_meaning_to_text(enum bounce_meaning m);   /* static, never NULL */

/* Texts are printable ASCII; "" where the report says nothing sound. */
struct bounce_recipient {
	char address[ADDRESS_MAX_BYTES + 1];    /* Final-Recipient */
	char original[ADDRESS_MAX_BYTES + 1];   /* Original-Recipient */
	char status[BOUNCE_STATUS_MAX];         /* RFC 3463 */
	char diagnostic[BOUNCE_TEXT_MAX];       /* may quote the address: never into a log */
	enum bounce_meaning meaning;
};

struct bounce_report {
	char message_id[BOUNCE_TEXT_MAX];       /* of the returned mail, without brackets; never "" */
	struct bounce_recipient recipients[BOUNCE_RECIPIENTS_MAX];
	size_t recipient_count;                 /* at least 1 */
};

/* false: this is no delivery report, or it does not say of which mail. Once GMime is open (compose_open). */
bool bounce_read(const char *bytes, size_t size, struct bounce_report *out);

/* What it says of that address: the gravest; NULL: it is not about it. Case does not count. */
const struct bounce_recipient *bounce_recipient_find(const struct bounce_report *r, const char *address);

/* A report's words. action, status: as they stand there, NULL or "" where they do not. */
enum bounce_meaning bounce_judge(const char *action, const char *status);

/*
 * A relay's 5xx in the dialogue. words: its reply, "550 5.1.1 no such user". With an enhanced status that decides, else 550, 551
 * and 553 to RCPT are about the address (RFC 5321 4.2.3), all others about this mail.
 *   status   that stands in the words, or ""
 */
enum bounce_meaning refusal_judge(enum mail_stage stage, int code, const char *words, char status[BOUNCE_STATUS_MAX]);

#endif
