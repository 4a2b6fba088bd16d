/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/frame.h"
#include "bus/socket.h"

#define REBUILD_MS 250
#define REBUILD_MAX_MS 10000
#define KEY_LOOK_MS 1000

struct link {
	const char *endpoint, *server;
	struct keyring *keyring;
	const struct key_pair *own;
	void *socket, *monitor;
	char server_key[KEY_TEXT_SIZE];     /* that the socket was built with */
	bool up;
	int64_t build_at_ms, looked_ms;
	int64_t rebuild_ms;                 /* the next pause, doubling */
};

struct link *
link_new(const char *endpoint, const char *server, struct keyring *keyring, const struct key_pair *own)
{
	struct link *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->endpoint = endpoint;
	l->server = server;
	l->keyring = keyring;
	l->own = own;
	l->build_at_ms = INT64_MIN;
	l->rebuild_ms = REBUILD_MS;
	return l;
}

static void
link_close(struct link *l)
{
	if (l->socket != NULL) {
		(void)zmq_socket_monitor(l->socket, NULL, 0);
		(void)zmq_close(l->socket);
	}
	if (l->monitor != NULL)
		(void)zmq_close(l->monitor);
	l->socket = l->monitor = NULL;
	l->up = false;
}

void
link_destroy(struct link **self)
{
	if (*self == NULL)
		return;
	link_close(*self);
	free(*self);
	*self = NULL;
}

/* The monitor's own pair of sockets; each build gets a name of its own, since the old one may still be closing. */
static bool
monitor_attach(struct link *l)
{
	static unsigned long long serial;
	const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED;
	char name[64];
	int linger = 0;

	(void)snprintf(name, sizeof name, "inproc://link-%llu", ++serial);
	if (zmq_socket_monitor(l->socket, name, events) != 0)
		return false;
	l->monitor = zmq_socket(bus_context(), ZMQ_PAIR);
	return l->monitor != NULL && zmq_setsockopt(l->monitor, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
	       zmq_connect(l->monitor, name) == 0;
}

static bool
link_build(struct link *l)
{
	l->socket = bus_socket_new(ZMQ_DEALER, BUS_DOWNWARD_MAX_BYTES);
	bool built = l->socket != NULL && bus_socket_int(l->socket, ZMQ_IMMEDIATE, 1) &&
	             bus_socket_text(l->socket, ZMQ_CURVE_SERVERKEY, l->server_key) &&
	             bus_socket_text(l->socket, ZMQ_CURVE_PUBLICKEY, l->own->public_key) &&
	             bus_socket_text(l->socket, ZMQ_CURVE_SECRETKEY, l->own->secret_key) && monitor_attach(l) &&
	             zmq_connect(l->socket, l->endpoint) == 0;
	if (!built) {
		log_warn("link=%s endpoint=%s built=0 errno=%d", l->server, l->endpoint, zmq_errno());
		link_close(l);
	}
	return built;
}

/* Next attempt later and later: a key that was refused is refused again, until somebody adds it. */
static void
rebuild_later(struct link *l, int64_t mono_ms)
{
	link_close(l);
	l->build_at_ms = mono_ms + l->rebuild_ms;
	l->rebuild_ms = l->rebuild_ms * 2 < REBUILD_MAX_MS ? l->rebuild_ms * 2 : REBUILD_MAX_MS;
}

static unsigned
monitor_hear(struct link *l)
{
	unsigned heard = 0;
	zmq_msg_t event, address;

	for (;;) {
		uint16_t number = 0;

		(void)zmq_msg_init(&event);
		if (zmq_msg_recv(&event, l->monitor, ZMQ_DONTWAIT) < 0) {
			(void)zmq_msg_close(&event);
			return heard;
		}
		if (zmq_msg_size(&event) >= sizeof number)
			memcpy(&number, zmq_msg_data(&event), sizeof number);
		if (zmq_msg_more(&event)) {
			(void)zmq_msg_init(&address);
			(void)zmq_msg_recv(&address, l->monitor, ZMQ_DONTWAIT);
			(void)zmq_msg_close(&address);
		}
		(void)zmq_msg_close(&event);
		if (number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
			l->up = true;
			l->rebuild_ms = REBUILD_MS;
			heard |= LINK_CAME_UP;
		} else if (number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
			l->up = false;
			heard |= LINK_WAS_REFUSED;
		} else if (number == ZMQ_EVENT_DISCONNECTED && l->up) {
			l->up = false;
			heard |= LINK_WENT_DOWN;
		}
	}
}

/* Who has this name now must be a service: a person's key never answers for one. */
static bool
server_key_now(const struct link *l, struct key_entry *out)
{
	return keyring_by_name(l->keyring, l->server, out) && (out->who.role & ROLE_SERVICES) != 0;
}

unsigned
link_tend(struct link *l, int64_t mono_ms)
{
	struct key_entry server;
	unsigned heard = l->monitor != NULL ? monitor_hear(l) : 0;

	if ((heard & LINK_WAS_REFUSED) != 0) {
		rebuild_later(l, mono_ms);
		return heard;
	}
	if (l->socket != NULL && mono_ms - l->looked_ms < KEY_LOOK_MS)
		return heard;
	if (l->socket == NULL && mono_ms < l->build_at_ms)
		return heard;
	l->looked_ms = mono_ms;
	bool known = server_key_now(l, &server);
	if (l->socket != NULL && (!known || strcmp(server.public_key, l->server_key) != 0)) {
		heard |= l->up ? LINK_WENT_DOWN : 0u;
		link_close(l);
	}
	if (!known) {
		l->build_at_ms = mono_ms + KEY_LOOK_MS;
		return heard | LINK_SERVER_UNKNOWN;
	}
	if (l->socket == NULL) {
		memcpy(l->server_key, server.public_key, sizeof l->server_key);
		if (!link_build(l))
			rebuild_later(l, mono_ms);
	}
	return heard;
}

bool
link_is_up(const struct link *l)
{
	return l->up;
}

/* Not before the handshake is through: what ZeroMQ takes on a connection that fails in it is lost, and no event says so. */
bool
link_send(struct link *l, const uint8_t *frame, size_t size)
{
	return l->socket != NULL && l->up && zmq_send(l->socket, frame, size, ZMQ_DONTWAIT) >= 0;
}

bool
link_recv(struct link *l, zmq_msg_t *body)
{
	return l->socket != NULL && frame_recv_single(l->socket, body);
}

size_t
link_poll_items(const struct link *l, bool for_room, zmq_pollitem_t *items)
{
	if (l->socket == NULL)
		return 0;
	items[0] = (zmq_pollitem_t){ .socket = l->socket, .events = (short)(ZMQ_POLLIN | (for_room ? ZMQ_POLLOUT : 0)) };
	items[1] = (zmq_pollitem_t){ .socket = l->monitor, .events = ZMQ_POLLIN };
	return 2;
}
