/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One CURVE connection to one endpoint of a service: a DEALER with its monitor. Nothing is queued while it is not
 * connected, so that what is sent late is the sender's decision. The server's key is looked up in the keyring by name
 * each time the socket is built; a socket that was refused is built anew after a while, since ZeroMQ gives up then.
 */
#ifndef BUS_LINK_H
#define BUS_LINK_H

#include <zmq.h>
#include "bus/directory.h"
#include "bus/keyring.h"

struct link;

/* What has happened since the last link_tend; bits. */
enum { LINK_CAME_UP = 1, LINK_WENT_DOWN = 2, LINK_WAS_REFUSED = 4, LINK_SERVER_UNKNOWN = 8 };

/* Everything is borrowed and must outlive the link. NULL: no memory. The socket is built by link_tend. */
struct link *link_new(const char *endpoint, const char *server, struct keyring *keyring, const struct key_pair *own)
    MUST_CHECK;
void link_destroy(struct link **self);      /* NULL-safe */

/* Hears the monitor; builds the socket when it is due, or when the server has another key now. */
unsigned link_tend(struct link *l, int64_t mono_ms);
bool link_is_up(const struct link *l);

bool link_send(struct link *l, const uint8_t *frame, size_t size) MUST_CHECK;   /* false: not now */
bool link_recv(struct link *l, zmq_msg_t *body) MUST_CHECK;                     /* then zmq_msg_close(body) */

/* Appends what to wait for, at most two items: the socket (POLLOUT too if for_room) and its monitor. Returns how many. */
size_t link_poll_items(const struct link *l, bool for_room, zmq_pollitem_t *items);

#endif
