/* SPDX-License-Identifier: Apache-2.0 */
/* Time, the network, lives and deaths, and the faults that an operator would see. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALL_MS      INT64_C(1800000000000)
#define STORM_MS     20000
#define SETTLE_MS    120000   /* of virtual time */

uint64_t
world_random(struct world *w)
{
	/* SplitMix64 (Steele, Lea, Flood 2014). */
	uint64_t z = (w->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
world_below(struct world *w, uint64_t n)
{
	return world_random(w) % n;
}

bool
world_chance(struct world *w, double p)
{
	return (double)(world_random(w) >> 11) * 0x1p-53 < p;
}

void
world_trace(const struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->trace)
		return;
	va_start(ap, fmt);
	printf("# %8lld ", (long long)w->now);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

void
world_fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->verdict[0] != '\0')
		return;   /* the first is the one to understand */
	va_start(ap, fmt);
	(void)vsnprintf(w->verdict, sizeof w->verdict, fmt, ap);
	va_end(ap);
}

/* ---- the network ------------------------------------------------------------------------------------------------------- */
static void
frame_put(struct world *w, const struct frame *f, const uint8_t *bytes)
{
	if (w->frame_count == FRAMES_MAX)
		return;   /* a full network loses, like any other */
	struct frame *put = &w->frames[w->frame_count];
	*put = *f;
	put->bytes = malloc(f->size);
	if (put->bytes == NULL)
		return;
	memcpy(put->bytes, bytes, f->size);
	w->frame_count++;
}

void
world_send(struct world *w, enum frame_kind kind, int to, uint32_t life, const struct peer *from, const uint8_t *bytes,
           size_t size)
{
	struct frame f = { .kind = kind, .to = to, .to_life = life, .size = size };
	int copies = 1;

	if (from != NULL)
		f.from = *from;
	if (!w->calm && world_chance(w, w->chances.loss)) {
		w->faults++;
		return;
	}
	if (!w->calm && world_chance(w, w->chances.twice)) {
		w->faults++;
		copies = 2;
	}
	for (int c = 0; c < copies; c++) {
		f.at = w->now + 1 + (int64_t)world_below(w, (uint64_t)(w->calm ? 5 : w->chances.delay_max));
		frame_put(w, &f, bytes);
	}
}

static void
frame_deliver(struct world *w, const struct frame *f)
{
	static const struct principal driver = { .name = "driver", .role = ROLE_INTERMEDIARY };
	static const struct principal reader = { .name = "reader", .role = ROLE_MATCHING };

	if (f->kind == TO_DRIVER) {
		driver_hear(w, f->to, f->bytes, f->size);
		return;
	}
	if (f->kind == TO_DRIVER_CONFLICT) {
		driver_hear_conflict(w, f->to, f->bytes, f->size);
		return;
	}
	struct instance *i = &w->instances[f->to];
	if (i->core == NULL || i->doomed || (i->life & 0xff) != (f->to_life & 0xff))
		return;
	if (f->kind == TO_CORE)
		core_receive(i->core, f->from.bytes[0] != 'r' ? &driver : &reader, &f->from, f->bytes, f->size,
		             WALL_MS + w->now, w->now);
	else
		core_receive_batch(i->core, 0, f->bytes, f->size, w->now);
	i->step_at = w->now;
}

static void
frames_deliver(struct world *w)
{
	for (size_t k = 0; k < w->frame_count;) {
		struct frame f = w->frames[k];
		struct instance *to = f.kind >= TO_DRIVER ? NULL : &w->instances[f.to];
		/* A paused process reads later; one that waits for its store reads now. */
		if (f.at > w->now || (to != NULL && to->paused_until > w->now && !to->stepping)) {
			k++;
			continue;
		}
		w->frames[k] = w->frames[--w->frame_count];
		frame_deliver(w, &f);
		free(f.bytes);
	}
}

/* ---- lives ------------------------------------------------------------------------------------------------------------- */
static void
instance_bury(struct world *w, struct instance *i)
{
	sim_disconnect(i);
	core_destroy(&i->core);
	i->doomed = false;
	i->start_at = w->now + 1 + (int64_t)world_below(w, 3000);
}

static void
instance_step(struct world *w, struct instance *i)
{
	if (i->core == NULL) {
		if (w->now < i->start_at)
			return;
		i->life++;
		i->core = toy_core_new(i);
		BUG_IF(i->core == NULL);
		i->step_at = w->now;
	}
	if (w->now < i->step_at || w->now < i->paused_until || i->stepping)
		return;
	i->stepping = true;
	i->silent_since = 0;
	int64_t next = core_step(i->core, WALL_MS + w->now, w->now);
	i->stepping = false;
	i->step_at = next <= w->now ? w->now + 1 : next;   /* a turn takes time */
	if (i->doomed)
		instance_bury(w, i);
}

static int64_t
instance_due(const struct instance *i)
{
	if (i->stepping)
		return INT64_MAX;
	int64_t due = i->core == NULL ? i->start_at : i->step_at;
	return due > i->paused_until ? due : i->paused_until;
}

/* ---- faults of a larger kind -------------------------------------------------------------------------------------------- */
static void
snapshot_take(struct world *w, int service)
{
	struct sim_store *s = &w->stores[service];
	int which = (int)world_below(w, SNAPSHOTS);

	memcpy(&s->snapshots[which], &s->data, sizeof s->data);
	s->has_snapshot[which] = true;
}

static void
fault_step(struct world *w)
{
	int service = (int)world_below(w, SERVICES);
	struct instance *i = &w->instances[world_below(w, INSTANCES)];

	if (w->now < w->next_fault || w->calm || w->depth > 0)
		return;
	w->next_fault = w->now + 200 + (int64_t)world_below(w, 2500);
	switch (world_below(w, 6)) {
	case 0:
		w->faults++;
		w->stores[service].away_until = w->now + (int64_t)world_below(w, 4000);
		for (int k = 0; k < INSTANCES; k++) {
			if (w->instances[k].service == service)
				sim_disconnect(&w->instances[k]);
		}
		break;
	case 1:
		w->faults++;
		w->stores[service].full_until = w->now + (int64_t)world_below(w, 2000);
		break;
	case 2:
		if (!i->stepping) {
			w->faults++;
			i->paused_until = w->now + (int64_t)world_below(w, 7000);
			i->silent_since = w->now;
		}
		break;
	case 3:
		snapshot_take(w, service);
		break;
	case 4:
		if (world_chance(w, 0.4))
			sim_store_restore(w, service);
		break;
	default:
		if (i->core != NULL && !i->stepping) {
			w->faults++;
			sim_disconnect(i);
			instance_bury(w, i);
		}
		break;
	}
}

/* The operator: resynchronises whoever says that it has diverged, by the documented command. */
static void
operator_step(struct world *w)
{
	for (int k = 0; k < INSTANCES; k++) {
		struct instance *i = &w->instances[k];
		struct core_status status;
		if (i->core == NULL || i->stepping || i->doomed)
			continue;
		core_status(i->core, &status);
		if (status.state != CORE_ACTIVE || !status.follows[0].diverged)
			continue;
		if (!w->restored[1 - i->service])
			world_fail(w, "false alarm: instance %d says that a log has diverged that never did", k);
		Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
		Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
		static const struct principal operator = { .name = "operator", .role = ROLE_INTERMEDIARY };
		struct peer nobody = { .bytes = { 'x' }, .size = 1 };
		struct id id;
		uint8_t frame[128];
		const char *log = i->service == INTAKE ? "view" : "intake";
		for (int b = 0; b < ID_SIZE; b++)
			id.bytes[b] = (uint8_t)world_random(w);
		for (int b = 0; b < 6; b++)
			id.bytes[b] = (uint8_t)((uint64_t)(WALL_MS + w->now) >> (40 - 8 * b));
		id.bytes[6] = 0x70;
		id.bytes[8] = 0x80;
		rq.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
		rq.type = BASSIN__V1__COMMAND_TYPE__RESYNC;
		rq.payload = (ProtobufCBinaryData){ strlen(log) + 1, (uint8_t *)(uintptr_t)log };
		rq.ttl_ms = 1000;
		up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
		up.request = &rq;
		size_t size = bassin__v1__upward__pack(&up, frame);
		world_trace(w, "operator resynchronises instance %d", k);
		core_receive(i->core, &operator, &nobody, frame, size, WALL_MS + w->now, w->now);
		i->step_at = w->now;
	}
}

/* ---- the run ----------------------------------------------------------------------------------------------------------- */
static int64_t
next_moment(const struct world *w)
{
	int64_t next = driver_due(w);

	for (size_t k = 0; k < w->frame_count; k++)
		next = w->frames[k].at < next && w->frames[k].at > w->now ? w->frames[k].at : next;
	for (int k = 0; k < INSTANCES; k++)
		next = instance_due(&w->instances[k]) < next ? instance_due(&w->instances[k]) : next;
	if (!w->calm && w->next_fault < next)
		next = w->next_fault;
	return next <= w->now ? w->now + 1 : next;
}

void
world_turn_until(struct world *w, int64_t until)
{
	while (w->now < until && w->verdict[0] == '\0') {
		int64_t next = next_moment(w);
		w->now = next < until ? next : until;
		frames_deliver(w);
		driver_step(w);
		fault_step(w);
		operator_step(w);
		for (int k = 0; k < INSTANCES; k++)
			instance_step(w, &w->instances[k]);
	}
}

/* Each seed has its own climate, so that rare faults also come alone. */
static void
climate_draw(struct world *w)
{
	struct chances *c = &w->chances;

#define DRAW(p) (world_chance(w, 0.5) ? 0.0 : (p) * (double)world_below(w, 1000) / 1000)
	c->loss = DRAW(0.25);
	c->twice = DRAW(0.25);
	c->crash = DRAW(0.01);
	c->cut = DRAW(0.01);
	c->unknown = DRAW(0.08);
	c->pause = DRAW(0.004);
	c->deadlock = DRAW(0.15);
#undef DRAW
	c->delay_max = 1 + (int)world_below(w, world_chance(w, 0.3) ? 2000 : 60);
}

static void
world_begin(struct world *w, uint64_t seed)
{
	bool trace = w->trace;

	memset(w, 0, sizeof *w);
	w->trace = trace;
	w->seed = w->random = seed;
	climate_draw(w);
	for (int k = 0; k < INSTANCES; k++) {
		w->instances[k] = (struct instance){ .number = k, .service = k / 2, .world = w };
		w->instances[k].tx.of = &w->instances[k];
	}
	w->now = 1000;
	w->next_fault = w->now + (int64_t)world_below(w, 2000);
}

static void
world_end(struct world *w)
{
	for (int k = 0; k < INSTANCES; k++)
		core_destroy(&w->instances[k].core);
	while (w->frame_count > 0)
		free(w->frames[--w->frame_count].bytes);
}

bool
world_run(struct world *w, uint64_t seed)
{
	world_begin(w, seed);
	world_turn_until(w, w->now + STORM_MS);
	w->calm = true;
	for (int64_t end = w->now + SETTLE_MS; w->now < end && w->verdict[0] == '\0' && !judge_is_settled(w);)
		world_turn_until(w, w->now + 200);
	/* Once more, so that what a crash left half done would show. */
	world_turn_until(w, w->now + 2000);
	if (w->verdict[0] == '\0' && !judge_is_settled(w))
		judge_stuck(w);
	if (w->verdict[0] == '\0')
		judge(w);
	world_end(w);
	return w->verdict[0] == '\0';
}
