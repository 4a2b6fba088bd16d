/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/socket.h"

#include <czmq.h>

/* A peer that is silent for longer is gone: stopped, cut off, or its machine has lost power. */
#define HEARTBEAT_EVERY_MS 5000
#define HEARTBEAT_LOST_MS 15000
#define HANDSHAKE_MS 3000
#define CURVE_OVERHEAD_BYTES 64     /* libzmq counts the encrypted frame: name, nonce, flags and MAC are 33 bytes more */
/* ZeroMQ tells the sender of room only after half as many messages have been read. So that a whole window always has room,
 * it must be two windows: with one, an answer in a few thousand was dropped, and its caller waited for 5 s. */
#define HIGH_WATER (2 * BUS_WINDOW_MAX + 2)
#define RECONNECT_MS 50
#define RECONNECT_MAX_MS 1000

void *
bus_context(void)
{
	static void *context;

	if (context == NULL) {
		zsys_handler_set(NULL);
		context = zsys_init();
		BUG_IF(context == NULL);
	}
	return context;
}

bool
bus_socket_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

bool
bus_socket_text(void *socket, int option, const char *value)
{
	return zmq_setsockopt(socket, option, value, strlen(value)) == 0;
}

void *
bus_socket_new(int type, int64_t max_bytes)
{
	static const struct { int option, value; } options[] = {
		{ ZMQ_LINGER, 0 },
		{ ZMQ_SNDHWM, HIGH_WATER },
		{ ZMQ_RCVHWM, HIGH_WATER },
		{ ZMQ_SNDTIMEO, 0 },
		{ ZMQ_RCVTIMEO, 0 },
		{ ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS },
		{ ZMQ_HEARTBEAT_IVL, HEARTBEAT_EVERY_MS },
		{ ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS },
		{ ZMQ_HEARTBEAT_TTL, HEARTBEAT_LOST_MS },
		{ ZMQ_TCP_KEEPALIVE, 1 },
		{ ZMQ_TCP_KEEPALIVE_IDLE, 30 },
		{ ZMQ_TCP_KEEPALIVE_INTVL, 10 },
		{ ZMQ_TCP_KEEPALIVE_CNT, 3 },
		{ ZMQ_RECONNECT_IVL, RECONNECT_MS },
		{ ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS },
		{ ZMQ_BACKLOG, 1024 },
	};
	void *socket = zmq_socket(bus_context(), type);

	if (socket == NULL)
		return NULL;
	const int64_t on_the_wire = max_bytes + CURVE_OVERHEAD_BYTES;
	bool done = zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &on_the_wire, sizeof on_the_wire) == 0;
	for (size_t i = 0; i < sizeof options / sizeof options[0] && done; i++)
		done = bus_socket_int(socket, options[i].option, options[i].value);
	if (!done) {
		(void)zmq_close(socket);
		socket = NULL;
	}
	return socket;
}
