/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that talks to the relay. It shares nothing with the loop but two bounded lists under a mutex: messages go in,
 * results come out, and each result wakes the loop. At most twice as many messages as there are connections are with it at a
 * time, counting results that were not taken yet; the caller sees to that. So each connection has its next one at hand; its
 * final dot waits until an earlier result was recorded (delivery_allow).
 */
#ifndef NOTIFICATIONS_WORKER_H
#define NOTIFICATIONS_WORKER_H

#include "delivery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"

#define WORKER_CONNECTIONS_MAX 16
#define WORKER_MAX (2 * WORKER_CONNECTIONS_MAX) /* messages */

struct worker_settings {
	struct delivery_conf delivery; /* parallel: 1..WORKER_CONNECTIONS_MAX; texts are copied */
	const char *from; /* envelope; copied */
	void (*wake)(void *self); /* called by the thread once there is a result; from worker_open to worker_close */
	void *wake_self;
};

/* One message to one recipient: text and bytes lie behind the structure, in one piece of memory. */
struct outgoing {
	int64_t mail, attempt;
	int64_t version; /* of its row when it was read; nothing to the worker */
	const char *to;
	const char *bytes;
	size_t size;
};
/* Copies; to be freed by free(), or by worker_submit. NULL: no memory. */
struct outgoing *outgoing_new(int64_t mail, int64_t attempt, const char *to, const void *bytes, size_t size) MUST_CHECK;

struct delivered {
	int64_t mail, attempt;
	enum mail_outcome outcome;
	enum mail_stage stage; /* how far it came */
	int code; /* 0: no reply */
	bool dotted; /* to be allowed for once the result is recorded */
	char words[DELIVERY_TEXT_MAX]; /* the relay's or the network's, printable ASCII; may quote an address */
};

struct worker;

/* NULL: *why (static) says what is wrong with the settings. */
struct worker *worker_open(const struct worker_settings *settings, const char **why) MUST_CHECK;
/* NULL-safe. Within about a second; messages on their way are broken off without a result. */
void worker_close(struct worker **self);

void worker_submit(struct worker *w, struct outgoing **message); /* takes *message */
/* Takes results: at most most; returns how many. */
size_t worker_take(struct worker *w, struct delivered *out, size_t most);
/* When to take them, mono ms: at once where nothing else is about to end, else a little later, so that one commit records
 * them all. INT64_MAX: there are none. */
int64_t worker_results_due(struct worker *w);
/* So many results of mails that were dotted are recorded for good. */
void worker_allow(struct worker *w, unsigned mails);

#endif
