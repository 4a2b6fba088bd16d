/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver: sends each command until a final answer comes, keeps its own journal of what it was told, repeats some
 * commands on purpose, and sends some ids again with another content.
 */
#include "world.h"

#include <string.h>

#define WALL_MS INT64_C(1800000000000)

static void
command_send(struct world *w, int token, int content)
{
	/* The answer to another content under a used id comes back under a name of its own. */
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	struct command_state *c = &w->commands[token];
	uint8_t payload = (uint8_t)content, frame[128];
	struct peer me = { .bytes = { content == token ? 'd' : 'c', (uint8_t)token }, .size = 2 };
	int to = (int)world_below(w, 2);

	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, c->id.bytes };
	rq.type = BASSIN__V1__COMMAND_TYPE__FEED_EMPLOYERS;
	rq.payload = (ProtobufCBinaryData){ 1, &payload };
	rq.ttl_ms = 1500;
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	size_t size = bassin__v1__upward__pack(&up, frame);
	world_send(w, TO_CORE, to, w->instances[to].life, &me, frame, size);
	c->next_send = w->now + 200 + (int64_t)world_below(w, 800);
}

static void
random_of_world(void *self, void *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)out)[i] = (uint8_t)world_random(self);
}

void
driver_step(struct world *w)
{
	while (w->issued < TOKENS && w->now >= w->next_issue) {
		struct command_state *c = &w->commands[w->issued];
		c->id = id_make(WALL_MS + w->now, random_of_world, w);
		c->issued = true;
		command_send(w, w->issued, w->issued);
		w->issued++;
		w->next_issue = w->now + (int64_t)world_below(w, 120);
	}
	for (int t = 0; t < w->issued; t++) {
		struct command_state *c = &w->commands[t];
		if (w->now < c->next_send)
			continue;
		if (!c->answered) {
			command_send(w, t, t);
		} else if (!c->repeat_sent && t % 4 == 0) {
			c->repeat_sent = true;
			command_send(w, t, t);
		} else if (!c->conflict_sent && t % 4 == 1 && c->code != BASSIN__V1__REPLY_CODE__BROKEN) {
			c->conflict_sent = true;
			command_send(w, t, TOKENS);
		} else {
			c->next_send = INT64_MAX;
		}
	}
}

int64_t
driver_due(const struct world *w)
{
	int64_t due = w->issued < TOKENS ? w->next_issue : INT64_MAX;

	for (int t = 0; t < w->issued; t++)
		due = w->commands[t].next_send < due ? w->commands[t].next_send : due;
	return due;
}

bool
driver_is_done(const struct world *w)
{
	for (int t = 0; t < TOKENS; t++) {
		if (!w->commands[t].answered)
			return false;
	}
	return w->issued == TOKENS;
}

void
driver_hear_conflict(struct world *w, int token, const uint8_t *frame, size_t size)
{
	Bassin__V1__Downward *down = bassin__v1__downward__unpack(NULL, size, frame);

	if (down != NULL && down->body_case == BASSIN__V1__DOWNWARD__BODY_REPLY && !w->restored[INTAKE] &&
	    (down->reply->code == BASSIN__V1__REPLY_CODE__OK || down->reply->code == BASSIN__V1__REPLY_CODE__REFUSED))
		world_fail(w, "conflict: another content under the id of token %d was accepted", token);
	bassin__v1__downward__free_unpacked(down, NULL);
}

/* What the answer claims must be durable at this very moment. */
static void
claim_check(struct world *w, int token)
{
	if (w->commands[token].code == BASSIN__V1__REPLY_CODE__OK && w->stores[INTAKE].data.applied[token] == 0 &&
	    !w->commands[token].excused)
		world_fail(w, "wrong-ok: token %d was answered and is not durable", token);
}

void
driver_hear(struct world *w, int token, const uint8_t *frame, size_t size)
{
	struct command_state *c = &w->commands[token];
	Bassin__V1__Downward *down = bassin__v1__downward__unpack(NULL, size, frame);

	if (down == NULL || down->body_case != BASSIN__V1__DOWNWARD__BODY_REPLY) {
		world_fail(w, "an answer cannot be read");
		bassin__v1__downward__free_unpacked(down, NULL);
		return;
	}
	int code = (int)down->reply->code;
	bassin__v1__downward__free_unpacked(down, NULL);
	if (code == BASSIN__V1__REPLY_CODE__CONFLICT && !w->restored[INTAKE]) {
		world_fail(w, "conflict: token %d was sent with one content only", token);
		return;
	}
	bool is_final = code == BASSIN__V1__REPLY_CODE__OK || code == BASSIN__V1__REPLY_CODE__REFUSED ||
	                code == BASSIN__V1__REPLY_CODE__BROKEN;
	if (!is_final)
		return;
	if (c->answered) {
		if (!w->restored[INTAKE] && c->code != BASSIN__V1__REPLY_CODE__BROKEN && !w->calm && c->answer_size > 0 &&
		    (c->answer_size != size || memcmp(c->answer, frame, size) != 0))
			world_fail(w, "repeat: token %d was answered in two ways", token);
		return;
	}
	c->answered = true;
	c->code = code;
	c->next_send = w->now + (int64_t)world_below(w, 3000);
	if (size <= sizeof c->answer) {
		memcpy(c->answer, frame, size);
		c->answer_size = size;
	}
	claim_check(w, token);
}
