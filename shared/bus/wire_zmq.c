/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/wire_zmq.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "bus/frame.h"
#include "bus/keyring_priv.h"
#include "bus/link.h"
#include "bus/socket.h"

#define FEEDS_MAX 16
#define FDS_MAX 4
#define FAREWELL_MS 300             /* for answers that were given to ZeroMQ but are not on their way yet */
#define ITEMS_MAX (1 + FDS_MAX + 2 * FEEDS_MAX * DIRECTORY_ENDPOINTS_MAX)

/* The way to one followed log. The last Fetch is kept until it is answered: when its connection breaks, or there is
 * none yet, it goes out again as soon as one is up; the core would find out only at the Fetch's timeout. */
struct feed {
	const struct directory_entry *entry;
	struct link *links[DIRECTORY_ENDPOINTS_MAX];
	size_t count, answered, sent_to;
	bool in_flight, pending;
	uint8_t *frame;
	size_t size;
};

struct wire_zmq {
	void *router;
	struct keyring *keyring;
	struct feed feeds[FEEDS_MAX];
	size_t feed_count;
	struct wire_zmq_counts counts;
};

/* ---- life ----------------------------------------------------------------------------------------------------------- */
static int
router_open(struct wire_zmq *w, const struct wire_zmq_settings *s, struct key_why *why)
{
	w->router = bus_socket_new(ZMQ_ROUTER, BUS_UPWARD_MAX_BYTES);
	bool done = w->router != NULL && bus_socket_int(w->router, ZMQ_ROUTER_MANDATORY, 1) &&
	            bus_socket_int(w->router, ZMQ_CURVE_SERVER, 1) &&
	            bus_socket_text(w->router, ZMQ_CURVE_SECRETKEY, s->key->secret_key) &&
	            bus_socket_text(w->router, ZMQ_ZAP_DOMAIN, BUS_ZAP_DOMAIN) && zmq_bind(w->router, s->listen) == 0;
	return done ? 0 : key_why_set(why, "%s: %s", s->listen, zmq_strerror(zmq_errno()));
}

static int
feed_open(struct feed *f, const struct directory_entry *e, const struct wire_zmq_settings *s)
{
	f->entry = e;
	f->count = e->endpoint_count;
	for (size_t i = 0; i < f->count; i++) {
		f->links[i] = link_new(e->endpoints[i], e->name, s->keyring, s->key);
		if (f->links[i] == NULL)
			return -1;
	}
	return 0;
}

int
wire_zmq_open(const struct wire_zmq_settings *s, struct wire_zmq **out, struct key_why *why)
{
	struct wire_zmq *w = calloc(1, sizeof *w);

	*out = NULL;
	if (w == NULL)
		return key_why_set(why, "%s: out of memory", s->listen);
	BUG_IF(s->follow_count > FEEDS_MAX);
	w->keyring = s->keyring;
	int rc = endpoint_is_sound(s->listen) ? router_open(w, s, why)
	                                      : key_why_set(why, "%s: not tcp://host:port or ipc://path", s->listen);
	for (size_t i = 0; i < s->follow_count && rc == 0; i++) {
		w->feed_count = i + 1;
		if (feed_open(&w->feeds[i], s->follows[i], s) != 0)
			rc = key_why_set(why, "%s: out of memory", s->listen);
	}
	if (rc != 0)
		wire_zmq_close(&w);
	*out = w;
	return rc;
}

void
wire_zmq_close(struct wire_zmq **self)
{
	struct wire_zmq *w = *self;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->feed_count; i++) {
		for (size_t j = 0; j < w->feeds[i].count; j++)
			link_destroy(&w->feeds[i].links[j]);
		free(w->feeds[i].frame);
	}
	if (w->router != NULL) {
		const int linger = FAREWELL_MS;

		(void)zmq_setsockopt(w->router, ZMQ_LINGER, &linger, sizeof linger);
		(void)zmq_close(w->router);
	}
	free(w);
	*self = NULL;
}

/* ---- out ------------------------------------------------------------------------------------------------------------ */
void
wire_zmq_answer(struct wire_zmq *w, const struct peer *to, const uint8_t *frame, size_t size)
{
	bool sent = zmq_send(w->router, to->bytes, to->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
	            zmq_send(w->router, frame, size, ZMQ_DONTWAIT) >= 0;

	if (sent)
		w->counts.answers_out++;
	else
		w->counts.answers_lost++;       /* the peer has gone, or does not read: it asks again */
}

/* Tries each endpoint once, beginning with `first`. */
static void
feed_send(struct feed *f, size_t first)
{
	f->pending = true;
	for (size_t i = 0; i < f->count && f->pending; i++) {
		size_t at = (first + i) % f->count;

		if (link_send(f->links[at], f->frame, f->size)) {
			f->sent_to = at;
			f->in_flight = true;
			f->pending = false;
		}
	}
}

static void
wire_fetch(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size)
{
	struct wire_zmq *w = self;

	BUG_IF(which >= w->feed_count);
	struct feed *f = &w->feeds[which];
	uint8_t *copy = realloc(f->frame, size);
	if (copy == NULL)
		return;
	memcpy(copy, frame, size);
	f->frame = copy;
	f->size = size;
	feed_send(f, attempt == 0 ? f->answered : (f->sent_to + 1) % f->count);
}

static void
wire_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	wire_zmq_answer(self, to, frame, size);
}

struct core_wire
wire_zmq_for_core(struct wire_zmq *w)
{
	return (struct core_wire){ .self = w, .answer = wire_answer, .fetch = wire_fetch };
}

void
wire_zmq_tend(struct wire_zmq *w, int64_t mono_ms)
{
	w->counts.links_up = 0;
	for (size_t i = 0; i < w->feed_count; i++) {
		struct feed *f = &w->feeds[i];

		BUG_IF(f->count == 0);          /* a line of the directory has an endpoint */
		for (size_t j = 0; j < f->count; j++) {
			unsigned heard = link_tend(f->links[j], mono_ms);

			w->counts.links_refused += (heard & LINK_WAS_REFUSED) != 0;
			w->counts.links_up += link_is_up(f->links[j]);
			if ((heard & (LINK_WENT_DOWN | LINK_WAS_REFUSED)) != 0 && f->in_flight && f->sent_to == j)
				f->pending = true;
		}
		if (f->pending)
			feed_send(f, (f->sent_to + 1) % f->count);
	}
}

/* ---- in ------------------------------------------------------------------------------------------------------------- */
static void
frame_give(struct wire_zmq *w, const struct wire_sink *sink, struct frame *f)
{
	/* The key decides who it is, not the connection: a name may have another key by now, a key may be gone. */
	static const struct principal nobody = { .role = ROLE_NONE };
	struct key_entry entry;

	if (keyring_by_key(w->keyring, f->user_id, &entry)) {
		sink->frame(sink->self, &entry.who, &f->from, zmq_msg_data(&f->body), zmq_msg_size(&f->body));
	} else {
		w->counts.unknown_key++;
		sink->frame(sink->self, &nobody, &f->from, zmq_msg_data(&f->body), zmq_msg_size(&f->body));
	}
	(void)zmq_msg_close(&f->body);
}

/* false: nothing was there. */
static bool
router_read(struct wire_zmq *w, const struct wire_sink *sink)
{
	struct frame f;

	switch (frame_recv(w->router, &f)) {
	case FRAME_NONE:
		return false;
	case FRAME_BAD_PARTS:
		w->counts.bad_parts++;
		return true;
	case FRAME_BAD_PEER:
		w->counts.bad_peer++;
		return true;
	case FRAME_NO_USER:
		w->counts.no_user++;
		return true;
	case FRAME_OK:
		break;
	}
	w->counts.frames_in++;
	frame_give(w, sink, &f);
	return true;
}

static bool
feed_read(struct wire_zmq *w, const struct wire_sink *sink, size_t which)
{
	struct feed *f = &w->feeds[which];
	bool any = false;
	zmq_msg_t body;

	for (size_t j = 0; j < f->count; j++) {
		if (!link_recv(f->links[j], &body))
			continue;
		f->answered = j;
		f->in_flight = f->in_flight && f->sent_to != j;
		w->counts.batches_in++;
		sink->batch(sink->self, which, zmq_msg_data(&body), zmq_msg_size(&body));
		(void)zmq_msg_close(&body);
		any = true;
	}
	return any;
}

bool
wire_zmq_read(struct wire_zmq *w, const struct wire_sink *sink, size_t most)
{
	size_t done = 0;

	for (size_t i = 0; i < w->feed_count; i++) {
		while (done < most && feed_read(w, sink, i))
			done++;
	}
	while (done < most && router_read(w, sink))
		done++;
	return done >= most;
}

unsigned
wire_zmq_wait(struct wire_zmq *w, const struct wire_fd *fds, size_t fd_count, int64_t wait_ms)
{
	zmq_pollitem_t items[ITEMS_MAX];
	size_t count = 0;
	unsigned ready = 0;

	BUG_IF(fd_count > FDS_MAX);
	for (; count < fd_count; count++)
		items[count] = (zmq_pollitem_t){ .fd = fds[count].fd,
			                         .events = (short)(fds[count].for_writing ? ZMQ_POLLOUT : ZMQ_POLLIN) };
	items[count++] = (zmq_pollitem_t){ .socket = w->router, .events = ZMQ_POLLIN };
	for (size_t i = 0; i < w->feed_count; i++) {
		for (size_t j = 0; j < w->feeds[i].count; j++)
			count += link_poll_items(w->feeds[i].links[j], w->feeds[i].pending, items + count);
	}
	if (zmq_poll(items, (int)count, wait_ms < 0 ? 0 : (long)wait_ms) <= 0)
		return 0;
	for (size_t i = 0; i < fd_count; i++)
		ready |= items[i].revents != 0 ? 1u << i : 0;
	return ready;
}

void
wire_zmq_counts(const struct wire_zmq *w, struct wire_zmq_counts *out)
{
	*out = w->counts;
}
