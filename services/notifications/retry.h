/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attempt to deliver a mail means, and when to try again. Pure: no clock, no random numbers, no settings of
 * its own. Schedule: 5, 15, 30 minutes, hourly for the rest of the first day, then every 4 hours, up to 4 days
 * (RFC 5321 4.5.4.1 asks for 4 to 5 days).
 */
#ifndef NOTIFICATIONS_RETRY_H
#define NOTIFICATIONS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* How far the dialogue had come when the attempt ended: the verb that was sent last. */
enum mail_stage {
	MAIL_STAGE_CONNECT,   /* connection, TLS, greeting, EHLO */
	MAIL_STAGE_AUTH,      /* STARTTLS and AUTH */
	MAIL_STAGE_MAIL,
	MAIL_STAGE_RCPT,
	MAIL_STAGE_DATA,
	MAIL_STAGE_BODY,      /* 354 was read; the message is on its way, not yet whole */
	MAIL_STAGE_DOT,       /* all is handed over: the server may have taken it whatever happens next */
	MAIL_STAGE_LAST = MAIL_STAGE_DOT
};

enum mail_outcome { MAIL_OUTCOME_SENT, MAIL_OUTCOME_DEFERRED, MAIL_OUTCOME_FAILED };

const char *mail_stage_to_text(enum mail_stage stage);        /* static, never NULL */
const char *mail_outcome_to_text(enum mail_outcome outcome);  /* static, never NULL */

/*
 * Judge one attempt.
 *   dialogue_ok  the transfer ended without an error of ours or of the network
 *   smtp_code    the last reply read, 0 where there was none
 * SENT only for a 2xx after the final dot. FAILED for a 5xx to MAIL, RCPT, DATA or the message: it concerns this mail.
 * DEFERRED for all else: 4xx, connection trouble, and a 5xx that concerns us and not this mail (greeting, EHLO,
 * AUTH, and 530, 534, 535, 538 anywhere: the relay wants other credentials, which a person must set right).
 */
enum mail_outcome mail_outcome(bool dialogue_ok, enum mail_stage stage, int smtp_code);

/*
 * When to try again after an attempt that was deferred, in ms; -1: no more, the mail has failed.
 *   now_ms, first_try_ms  the end of this attempt and of the first one, same clock
 *   attempt               attempts made so far, from 1
 *   unit_ms               length of the schedule's minute: 60,000; a demo or a test has a shorter one
 *   jitter_ms             any random number: the wait grows by it modulo a tenth, so that mails do not march in step
 * A clock that jumps ahead makes no mail expire early: fewer than 8 attempts are never the end.
 */
int64_t mail_retry_at(int64_t now_ms, int64_t first_try_ms, unsigned attempt, uint32_t unit_ms, uint32_t jitter_ms);

#endif
