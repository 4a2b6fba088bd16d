/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handing mails to the relay by libcurl: several connections, each used again for the next mail, one recipient a mail.
 * Each connection has a thread of its own inside, and not a place in one multi handle: libcurl 7.88 waits for the
 * answer to the final dot, and to QUIT, inside itself. Measured: a relay that thinks for a minute over one message holds
 * up every other transfer of the same multi handle for that minute.
 *
 * Made for a worker: a delivery is used by one thread and shares nothing; only delivery_wake() may be called from
 * another one. A mail is handed over at least once: if the connection breaks after the final dot, the relay may have
 * it, and the outcome is DEFERRED (RFC 1047); the Message-ID in the bytes stays the same.
 */
#ifndef NOTIFICATIONS_DELIVERY_H
#define NOTIFICATIONS_DELIVERY_H

#include "retry.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	DELIVERY_PARALLEL_MAX = 64,
	DELIVERY_ID_MAX = 64,              /* bytes, with the NUL */
	DELIVERY_TEXT_MAX = 256,           /* bytes, with the NUL */
	DELIVERY_MESSAGE_MAX = 2 << 20,    /* bytes */
};

enum delivery_tls { DELIVERY_TLS_NONE, DELIVERY_TLS_STARTTLS };

/* All texts are copied. Where the url begins with smtps://, tls is not asked. */
struct delivery_conf {
	const char *url;            /* smtp://host[:port] or smtps://host[:port] */
	enum delivery_tls tls;      /* STARTTLS: no mail without it */
	const char *user, *password;   /* NULL: no AUTH; never in clear: needs TLS */
	const char *ca_file;        /* PEM; NULL: the system's authorities. The certificate is always verified. */
	const char *helo_name;      /* for EHLO; NULL: this host's name */
	unsigned parallel;          /* connections, 1..DELIVERY_PARALLEL_MAX */
	long connect_ms;            /* longest wait for a connection, > 0 */
	long reply_ms;              /* longest silence in a dialogue, > 0 */
	long total_ms;              /* longest time for one mail, > 0 */
	bool paced;                 /* a final dot waits until it is allowed: see delivery_allow() */
};

struct delivery_result {
	const char *id;             /* of the submission; dies with the callback */
	enum mail_outcome outcome;
	enum mail_stage stage;      /* how far it came */
	int smtp_code;              /* 0: no reply */
	bool dotted;                /* the relay may have all of it: it takes up one of what is allowed */
	bool reused;                /* it went over a connection that was there already */
	const char *text;           /* the relay's words or the network's, printable ASCII; it may quote the recipient's
	                             * address, so it belongs to the mail's history and not into a log */
};

typedef void delivery_result_fn(void *context, const struct delivery_result *result);

enum delivery_submitted {
	DELIVERY_TAKEN,
	DELIVERY_FULL,       /* all connections are busy: step first */
	DELIVERY_REFUSED,    /* an address is not sound, the id is too long, or the message is not lines of ASCII ending in CRLF */
	DELIVERY_NO_MEMORY,
};

struct delivery;

/* NULL: *why says what is wrong with conf (static text). */
struct delivery *delivery_new(const struct delivery_conf *conf, const char **why);

/*
 * NULL-safe, leaves NULL behind. Mails in flight are broken off without a result, within about a second; none of them
 * reaches the relay in part, since the final dot is not sent.
 */
void delivery_destroy(struct delivery **self);

/* Begin to hand over one mail. Texts and bytes are copied. */
enum delivery_submitted delivery_submit(struct delivery *d, const char *id, const char *envelope_from, const char *recipient,
                                        const char *bytes, size_t len);

/*
 * Wait until a mail has ended, or for wait_ms, or for delivery_wake(); then call on_result once for each mail that has
 * ended. on_result may submit the next one. Returns how many are still in flight.
 */
unsigned delivery_step(struct delivery *d, int wait_ms, delivery_result_fn *on_result, void *context);

/*
 * Paced: as many mails as there are connections may have sent their final dot and not be allowed for. So whoever records
 * results and then allows for them knows that a crash doubles no more mails than that, while the next dialogues have begun
 * already. A mail that waits for reply_ms is broken off before its dot, and DEFERRED. From any thread.
 */
void delivery_allow(struct delivery *d, unsigned mails);
/* How many have sent their final dot, and have no result yet. From any thread. */
unsigned delivery_ending(struct delivery *d);

/* End a waiting delivery_step() at once. From any thread, as long as the delivery lives. */
void delivery_wake(struct delivery *d);

unsigned delivery_in_flight(const struct delivery *d);

#endif
