/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller's side of a command: one CURVE socket for each endpoint of a service, the active instance is found by
 * asking, a command is sent again with the same request_id until a final reply comes, so that it happens once.
 * One thread. Weather (UNAVAILABLE, NOT_ACTIVE, no answer) is retried with back-off; all other codes are the caller's.
 */
#ifndef BUS_CLIENT_H
#define BUS_CLIENT_H

#include "base/arena.h"
#include "base/ids.h"
#include "bassin/v1/bus.pb-c.h"

struct client;

struct client_settings {
	const char *directory;      /* file: lines `name endpoint[,endpoint...]` */
	const char *keyring;        /* file: public keys by name */
	const char *key_file;       /* the caller's own key */
	int64_t patience_ms;        /* how long weather is retried, in all */
	size_t window;              /* commands in flight at once, 1..64 */
};

enum client_result { CLIENT_OK = 0, CLIENT_UNREACHABLE = -1, CLIENT_KEY_REFUSED = -2, CLIENT_SETTINGS = -3 };

/* *why tells what is wrong with a file (static or in the client; "" when all is well). */
enum client_result client_new(const struct client_settings *settings, struct client **out, const char **why) MUST_CHECK;
void client_destroy(struct client **self);

/* Queues a command; *id names it in the answer. Blocks while the window is full of unanswered ones: then answers wait
 * inside, for client_next. payload may be NULL (empty). */
enum client_result client_send(struct client *c, const char *service, Bassin__V1__CommandType type,
                               const ProtobufCMessage *payload, struct id *id) MUST_CHECK;
bool client_has_room(const struct client *c);

struct client_answer {
	struct id id;
	Bassin__V1__ReplyCode code;
	const Bassin__V1__Refusal *refusal;   /* REFUSED only, else NULL */
	const uint8_t *payload;  size_t size;
};
/* The next answer, in any order, in a. CLIENT_UNREACHABLE: patience ended; *out has the id, nothing is known of it. */
enum client_result client_next(struct client *c, struct arena *a, struct client_answer *out) MUST_CHECK;

/* Both in one; no other command may be in flight. */
enum client_result client_ask(struct client *c, const char *service, Bassin__V1__CommandType type,
                              const ProtobufCMessage *payload, struct arena *a, struct client_answer *out) MUST_CHECK;

/* The same to just the n-th of the service's endpoints in the directory, from 0: what it says is the answer, NOT_ACTIVE
 * too. For looking at each instance. */
enum client_result client_ask_endpoint(struct client *c, const char *service, size_t endpoint, Bassin__V1__CommandType type,
                                       const ProtobufCMessage *payload, struct arena *a, struct client_answer *out)
    MUST_CHECK;

#endif
