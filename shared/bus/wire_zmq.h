/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's wire on ZeroMQ: one CURVE ROUTER that callers and readers connect to, and for each followed log one link to
 * each of its endpoints. Frames come in by wire_zmq_read, which looks the sender up by its authenticated key for every
 * single frame: a revoked key is refused at once, though its connection stays.
 * One thread. A ZAP handler must be running before wire_zmq_open.
 */
#ifndef BUS_WIRE_ZMQ_H
#define BUS_WIRE_ZMQ_H

#include "bus/core.h"
#include "bus/directory.h"
#include "bus/keyring.h"

struct wire_zmq;

/* Everything is borrowed and must outlive the wire. follows: in the order of core_config.follows. */
struct wire_zmq_settings {
	const char *listen;                 /* tcp://host:port (port 0 is not taken), ipc://path */
	const struct key_pair *key;
	struct keyring *keyring;
	const struct directory_entry *const *follows;
	size_t follow_count;                /* at most 16 */
};

/* 0, or -1 with *why: the endpoint is taken or wrong, or there is no memory. */
int  wire_zmq_open(const struct wire_zmq_settings *settings, struct wire_zmq **out, struct key_why *why) MUST_CHECK;
void wire_zmq_close(struct wire_zmq **self);        /* NULL-safe */
struct core_wire wire_zmq_for_core(struct wire_zmq *w);

/* Where frames go. A frame is valid during the call only. */
struct wire_sink {
	void *self;
	void (*frame)(void *self, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size);
	void (*batch)(void *self, size_t which, const uint8_t *frame, size_t size);
};
/* Gives at most `most` frames to the sink, links first. true: there may be more. */
bool wire_zmq_read(struct wire_zmq *w, const struct wire_sink *sink, size_t most);

/* Links: hears what happened to them, rebuilds, sends again a Fetch whose connection is gone. Cheap; once per turn. */
void wire_zmq_tend(struct wire_zmq *w, int64_t mono_ms);

/* Waits until something can be read, or one of the file descriptors is ready (its bit is set in the result), or the time is
 * over. At most 4 descriptors. */
struct wire_fd { int fd; bool for_writing; };
unsigned wire_zmq_wait(struct wire_zmq *w, const struct wire_fd *fds, size_t fd_count, int64_t wait_ms);

/* Sends one frame to a peer, as core_wire.answer does. */
void wire_zmq_answer(struct wire_zmq *w, const struct peer *to, const uint8_t *frame, size_t size);

struct wire_zmq_counts {
	uint64_t frames_in, batches_in, answers_out, answers_lost;
	uint64_t bad_parts, bad_peer, no_user, unknown_key;     /* dropped or refused */
	uint64_t links_refused, links_up;                       /* links_up: now */
};
void wire_zmq_counts(const struct wire_zmq *w, struct wire_zmq_counts *out);

#endif
