/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/frame.h"

#include <string.h>

/* ROUTER names a peer by five bytes, a zero first; a peer cannot choose an id that starts so. */
#define ROUTING_ID_SIZE 5

static bool
has_more(zmq_msg_t *msg)
{
	return zmq_msg_more(msg) != 0;
}

/* Reads the rest of a message away. */
static void
rest_drop(void *socket, bool more)
{
	zmq_msg_t part;

	while (more) {
		(void)zmq_msg_init(&part);
		more = zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0 && has_more(&part);
		(void)zmq_msg_close(&part);
	}
}

static bool
peer_take(void *router, struct peer *out, bool *more, bool *sound)
{
	zmq_msg_t id;

	(void)zmq_msg_init(&id);
	if (zmq_msg_recv(&id, router, ZMQ_DONTWAIT) < 0) {
		(void)zmq_msg_close(&id);
		return false;
	}
	const uint8_t *bytes = zmq_msg_data(&id);
	*more = has_more(&id);
	*sound = zmq_msg_size(&id) == ROUTING_ID_SIZE && bytes[0] == 0;
	if (*sound) {
		memcpy(out->bytes, bytes, ROUTING_ID_SIZE);
		out->size = ROUTING_ID_SIZE;
	}
	(void)zmq_msg_close(&id);
	return true;
}

static bool
user_take(zmq_msg_t *body, char out[KEY_TEXT_SIZE])
{
	const char *user = zmq_msg_gets(body, "User-Id");

	if (user == NULL || strlen(user) != KEY_TEXT_SIZE - 1)
		return false;
	memcpy(out, user, KEY_TEXT_SIZE);
	return true;
}

enum frame_result
frame_recv(void *router, struct frame *out)
{
	bool more, peer_sound;

	if (!peer_take(router, &out->from, &more, &peer_sound))
		return FRAME_NONE;
	if (!peer_sound || !more) {
		rest_drop(router, more);
		return peer_sound ? FRAME_BAD_PARTS : FRAME_BAD_PEER;
	}
	(void)zmq_msg_init(&out->body);
	if (zmq_msg_recv(&out->body, router, ZMQ_DONTWAIT) < 0) {
		(void)zmq_msg_close(&out->body);
		return FRAME_BAD_PARTS;
	}
	enum frame_result result = FRAME_OK;
	if (has_more(&out->body)) {
		rest_drop(router, true);
		result = FRAME_BAD_PARTS;
	} else if (!user_take(&out->body, out->user_id)) {
		result = FRAME_NO_USER;
	}
	if (result != FRAME_OK)
		(void)zmq_msg_close(&out->body);
	return result;
}

bool
frame_recv_single(void *dealer, zmq_msg_t *body)
{
	for (;;) {
		(void)zmq_msg_init(body);
		if (zmq_msg_recv(body, dealer, ZMQ_DONTWAIT) < 0) {
			(void)zmq_msg_close(body);
			return false;
		}
		if (!has_more(body))
			return true;
		rest_drop(dealer, true);
		(void)zmq_msg_close(body);
	}
}

/* ---- a look at the tags ---------------------------------------------------------------------------------------------
 * STATUS is answered before anything is queued, so it must be told from a feed of 4 MiB without unpacking that.
 * Wire format: protobuf's encoding, tags of field << 3 | wire type. */
struct scan { const uint8_t *at, *end; };

static bool
varint(struct scan *s, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 64 && s->at < s->end; shift += 7) {
		uint8_t byte = *s->at++;

		*out |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

/* The next field: its number, and a varint's value or the bytes of a length-delimited one. */
static bool
field_next(struct scan *s, uint64_t *number, uint64_t *value, struct scan *inside)
{
	uint64_t tag, size;

	*inside = (struct scan){ NULL, NULL };
	if (!varint(s, &tag))
		return false;
	*number = tag >> 3;
	switch (tag & 7) {
	case 0:
		return varint(s, value);
	case 1:
		size = 8;
		break;
	case 2:
		if (!varint(s, &size))
			return false;
		break;
	case 5:
		size = 4;
		break;
	default:
		return false;
	}
	if (size > (uint64_t)(s->end - s->at))
		return false;
	*inside = (struct scan){ s->at, s->at + size };
	s->at += size;
	return true;
}

bool
frame_asks_status(const uint8_t *frame, size_t size)
{
	struct scan all = { frame, frame + size }, request = { NULL, NULL }, inside;
	uint64_t number, value = 0, type = 0;

	while (all.at < all.end) {
		if (!field_next(&all, &number, &value, &inside))
			return false;
		if (number == 1)
			request = inside;
	}
	while (request.at < request.end) {
		if (!field_next(&request, &number, &value, &inside))
			return false;
		if (number == 2)
			type = value;
	}
	return type == BASSIN__V1__COMMAND_TYPE__STATUS;
}
