/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message of a ROUTER socket: who sent it by its authenticated key, where the answer goes, and one payload frame.
 * What does not look like that is read away and told apart for the counters.
 */
#ifndef BUS_FRAME_H
#define BUS_FRAME_H

#include <zmq.h>
#include "bus/keyring.h"

enum frame_result {
	FRAME_OK,
	FRAME_NONE,                 /* nothing there now */
	FRAME_BAD_PARTS,            /* no payload frame, or more than one */
	FRAME_BAD_PEER,             /* a routing id of its own choice: it could take over another's answers */
	FRAME_NO_USER,              /* it came past the ZAP handler: no User-Id */
};

struct frame {
	struct peer from;
	char user_id[KEY_TEXT_SIZE];        /* public key */
	zmq_msg_t body;                     /* valid with FRAME_OK only: zmq_msg_close it */
};

enum frame_result frame_recv(void *router, struct frame *out) MUST_CHECK;

/* One payload of a DEALER into *body (zmq_msg_close it); false: nothing there. Messages of several parts are read away. */
bool frame_recv_single(void *dealer, zmq_msg_t *body) MUST_CHECK;

/* Is this an Upward with a Request of type STATUS? Looks at tags only; it may be unsound beyond them. */
bool frame_asks_status(const uint8_t *frame, size_t size);

#endif
