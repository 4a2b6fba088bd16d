/* SPDX-License-Identifier: Apache-2.0 */
/* lost, dup, ghost and order: all must be 0 once the world has settled (reliability.md). */
#include "world.h"

#include <string.h>

static bool
row_has(const struct row *r, int token)
{
	return (r->tokens[token / 8] >> (token % 8) & 1) != 0;
}

static bool
row_equal(const struct row *a, const struct row *b)
{
	return a->version == b->version && memcmp(a->tokens, b->tokens, sizeof a->tokens) == 0;
}

static void
judge_token(struct world *w, int token)
{
	const struct data *d = &w->stores[INTAKE].data;
	const struct command_state *c = &w->commands[token];
	bool there = row_has(&d->rows[toy_key_of(token)], token);

	if (c->answered && c->code == BASSIN__V1__REPLY_CODE__OK && !there && !c->excused)
		world_fail(w, "lost: token %d was acknowledged", token);
	if (d->applied[token] > 1)
		world_fail(w, "dup: token %d took effect %d times", token, d->applied[token]);
	if ((there || d->applied[token] > 0) && (!c->issued || toy_refuses(token) || toy_breaks(token)))
		world_fail(w, "ghost: token %d", token);
}

static void
judge_key(struct world *w, int key)
{
	const struct data *intake = &w->stores[INTAKE].data, *view = &w->stores[VIEW].data;
	uint32_t version = intake->rows[key].version;

	/* A poisonous last version stands aside, with its alarm; the copy then shows an earlier one. */
	if (version > 0 && toy_is_poison(key, version)) {
		if (!view->keys[key].parked)
			world_fail(w, "lost: key %d, whose event cannot be applied, was not set aside", key);
		return;
	}
	if (!row_equal(&intake->rows[key], &view->rows[key]))
		world_fail(w, "lost: key %d is at version %u, its copy at %u", key, version, view->rows[key].version);
	if (!row_equal(&view->rows[key], &intake->echoes[key]))
		world_fail(w, "lost: key %d's echo is at version %u of %u", key, intake->echoes[key].version,
		           view->rows[key].version);
}

static void
judge_log(struct world *w, int service)
{
	const struct data *d = &w->stores[service].data;

	for (size_t e = 1; e < d->event_count; e++) {
		if (d->events[e].seq <= d->events[e - 1].seq)
			world_fail(w, "order: log %d has %llu after %llu", service, (unsigned long long)d->events[e].seq,
			           (unsigned long long)d->events[e - 1].seq);
	}
	for (size_t e = 1; e < d->epoch_count; e++) {
		if (d->epochs[e].first_seq < d->epochs[e - 1].first_seq)
			world_fail(w, "order: log %d has epochs that go back", service);
	}
}

void
judge(struct world *w)
{
	for (int t = 0; t < TOKENS; t++)
		judge_token(w, t);
	for (int k = 0; k < KEYS; k++)
		judge_key(w, k);
	for (int s = 0; s < SERVICES; s++)
		judge_log(w, s);
}

/* A cursor at the head's number may be another history's: its epoch must be that of the event. */
static bool
is_at_head(const struct cursor *cursor, const struct data *owner)
{
	size_t e = owner->epoch_count;

	while (e > 0 && owner->epochs[e - 1].first_seq > owner->seq)
		e--;
	return cursor->seq == owner->seq &&
	       (owner->seq == 0 || (e > 0 && id_equal(&cursor->epoch, &owner->epochs[e - 1].epoch)));
}

bool
judge_is_settled(const struct world *w)
{
	if (!driver_is_done(w))
		return false;
	for (int s = 0; s < SERVICES; s++) {
		const struct data *reader = &w->stores[s].data, *owner = &w->stores[1 - s].data;
		if (reader->reader.resync_to != 0 || !is_at_head(&reader->reader.cursor, owner))
			return false;
	}
	return true;
}

void
judge_stuck(struct world *w)
{
	for (int t = 0; t < TOKENS; t++) {
		if (!w->commands[t].answered)
			world_fail(w, "stuck: token %d has no answer", t);
	}
	for (int s = 0; s < SERVICES; s++) {
		const struct reader_state *r = &w->stores[s].data.reader;
		if (r->resync_to == 0 && is_at_head(&r->cursor, &w->stores[1 - s].data))
			continue;
		world_fail(w, "stuck: reader %d is at %llu of %llu, resync to %llu", s, (unsigned long long)r->cursor.seq,
		           (unsigned long long)w->stores[1 - s].data.seq, (unsigned long long)r->resync_to);
	}
}
