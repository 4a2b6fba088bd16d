/* SPDX-License-Identifier: Apache-2.0 */
/* STATUS, made from memory alone: it is answered while the database is away, while it hangs, and while a step is running. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bus/frame.h"
#include "bus/policy.h"
#include "service/runtime_priv.h"
#include "service/status_priv.h"
#include "service/version.h"

#define READER_DEAD_MS 60000        /* a reader that has not asked for so long holds up compaction */
#define OWNER_SILENT_MS 60000

static const char *const state_texts[] = {
	[CORE_STARTING] = "starting", [CORE_STANDBY] = "standby", [CORE_ACTIVE] = "active", [CORE_DRAINING] = "draining",
	[CORE_STORE_AWAY] = "store_away", [CORE_STORE_REFUSED] = "store_refused",
};

/* ---- figures -------------------------------------------------------------------------------------------------------- */
static void
core_figures(struct status_out *out, const struct core_status *c)
{
	static const struct { enum core_counter which; const char *name; } counters[] = {
		{ CORE_COMMANDS_OK, "bassin_commands_ok_total" }, { CORE_COMMANDS_REFUSED, "bassin_commands_refused_total" },
		{ CORE_COMMANDS_REPEATED, "bassin_commands_repeated_total" }, { CORE_GROUPS, "bassin_groups_total" },
		{ CORE_GROUPS_FAILED, "bassin_groups_failed_total" }, { CORE_EVENTS_OUT, "bassin_events_out_total" },
		{ CORE_EVENTS_IN, "bassin_events_in_total" }, { CORE_FETCHES, "bassin_fetches_total" },
		{ CORE_BATCHES_IN, "bassin_batches_in_total" }, { CORE_BATCHES_STALE, "bassin_batches_stale_total" },
		{ CORE_TAKEOVERS, "bassin_takeovers_total" }, { CORE_FENCES, "bassin_fences_total" },
		{ CORE_EVENTS_PARKED, "bassin_events_parked_total" },
	};

	for (size_t i = 0; i < COUNT_OF(counters); i++)
		status_figure(out, counters[i].name, NULL, (double)c->counters[counters[i].which], true);
	for (int code = 1; code < CORE_COUNTERS - CORE_REPLY_CODES; code++) {
		const ProtobufCEnumValue *v =
		    protobuf_c_enum_descriptor_get_value(&bassin__v1__reply_code__descriptor, code);

		if (v != NULL)
			status_figure(out, "bassin_replies_total", status_label(out, "code", v->name),
			              (double)c->counters[CORE_REPLY_CODES + code], true);
	}
	status_figure(out, "bassin_active", NULL, c->state == CORE_ACTIVE || c->state == CORE_DRAINING, false);
	status_figure(out, "bassin_head_seq", NULL, (double)c->head_seq, false);
	status_figure(out, "bassin_queue_commands", NULL, (double)c->queue_count, false);
	status_figure(out, "bassin_queue_bytes", NULL, (double)c->queue_bytes, false);
	status_figure(out, "bassin_parked_fetches", NULL, (double)c->parked_fetches, false);
}

static void
bus_figures(struct runtime *rt, struct status_out *out)
{
	struct wire_zmq_counts w;
	struct zap_counts z;

	wire_zmq_counts(rt->wire, &w);
	zap_counts(rt->zap, &z);
	const struct { const char *reason; uint64_t value; } refused[] = {
		{ "unknown_key", z.unknown_key }, { "wrong_mechanism", z.wrong_mechanism }, { "wrong_domain", z.wrong_domain },
	};
	const struct { const char *reason; uint64_t value; } dropped[] = {
		{ "parts", w.bad_parts }, { "routing_id", w.bad_peer }, { "no_user", w.no_user }, { "revoked_key", w.unknown_key },
	};
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		status_figure(out, "bassin_handshakes_refused_total", status_label(out, "reason", refused[i].reason),
		              (double)refused[i].value, true);
	for (size_t i = 0; i < COUNT_OF(dropped); i++)
		status_figure(out, "bassin_frames_dropped_total", status_label(out, "reason", dropped[i].reason),
		              (double)dropped[i].value, true);
	status_figure(out, "bassin_handshakes_accepted_total", NULL, (double)z.accepted, true);
	status_figure(out, "bassin_frames_in_total", NULL, (double)w.frames_in, true);
	status_figure(out, "bassin_answers_out_total", NULL, (double)w.answers_out, true);
	status_figure(out, "bassin_answers_lost_total", NULL, (double)w.answers_lost, true);
	status_figure(out, "bassin_links_up", NULL, (double)w.links_up, false);
	status_figure(out, "bassin_links_refused_total", NULL, (double)w.links_refused, true);
	status_figure(out, "bassin_keys", NULL, (double)keyring_count(rt->keyring), false);
	if (keyring_is_stale(rt->keyring))
		status_alarm(out, "keyring stale=1");
}

/* ---- followed logs and readers -------------------------------------------------------------------------------------- */
static const char *
cursor_state(const struct follow_status *f)
{
	return f->diverged ? "diverged" : f->resyncing ? "resyncing" : f->heard ? "following" : "waiting";
}

static Bassin__V1__CursorStatus *
cursor_report(struct runtime *rt, struct status_out *out, const struct follow_status *f, bool active, int64_t mono_ms)
{
	Bassin__V1__CursorStatus *c = arena_zalloc(rt->report_arena, 1, sizeof *c);
	char epoch[ID_HEX_SIZE];
	uint64_t lag = f->head_seq > f->cursor.seq ? f->head_seq - f->cursor.seq : 0;
	const char *label = status_label(out, "log", f->log_id);

	if (c == NULL)
		return NULL;
	bassin__v1__cursor_status__init(c);
	id_to_hex(&f->cursor.epoch, epoch);
	c->log_id = (char *)(uintptr_t)f->log_id;
	c->epoch = arena_strdup(rt->report_arena, f->cursor.seq == 0 ? "" : epoch);
	c->seq = f->cursor.seq;
	c->head_seq = f->head_seq;
	c->state = (char *)(uintptr_t)cursor_state(f);
	c->parked = f->parked;
	c->heard_ms_ago = f->heard_mono_ms > 0 ? mono_ms - f->heard_mono_ms : mono_ms - rt->started_ms;
	status_figure(out, "bassin_cursor_seq", label, (double)f->cursor.seq, false);
	status_figure(out, "bassin_cursor_lag", label, (double)lag, false);
	status_figure(out, "bassin_cursor_parked", label, f->parked, false);
	status_figure(out, "bassin_cursor_diverged", label, f->diverged, false);
	status_figure(out, "bassin_cursor_heard_seconds", label, (double)c->heard_ms_ago / 1000, false);
	if (f->diverged)
		status_alarm(out, "log=%s diverged=1", f->log_id);
	if (f->parked > 0)
		status_alarm(out, "log=%s parked=%u", f->log_id, f->parked);
	if (active && c->heard_ms_ago > OWNER_SILENT_MS)
		status_alarm(out, "log=%s silent_s=%lld", f->log_id, (long long)c->heard_ms_ago / 1000);
	return c->epoch == NULL ? NULL : c;
}

static Bassin__V1__ReaderStatus *
reader_report(struct runtime *rt, struct status_out *out, const struct registered_reader *r, uint64_t head, int64_t now_ms)
{
	Bassin__V1__ReaderStatus *s = arena_zalloc(rt->report_arena, 1, sizeof *s);
	const char *label = status_label(out, "reader", r->name);

	if (s == NULL)
		return NULL;
	bassin__v1__reader_status__init(s);
	s->reader = arena_strdup(rt->report_arena, r->name);
	s->applied_seq = r->applied_seq;
	s->seen_ms_ago = now_ms > r->seen_ms ? now_ms - r->seen_ms : 0;
	status_figure(out, "bassin_reader_lag", label, head > r->applied_seq ? (double)(head - r->applied_seq) : 0, false);
	status_figure(out, "bassin_reader_seen_seconds", label, (double)s->seen_ms_ago / 1000, false);
	if (s->seen_ms_ago > READER_DEAD_MS)
		status_alarm(out, "reader=%s silent_s=%lld", r->name, (long long)s->seen_ms_ago / 1000);
	return s->reader == NULL ? NULL : s;
}

static bool
lists_fill(struct runtime *rt, Bassin__V1__StatusReport *r, struct status_out *out, const struct core_status *c,
           int64_t now_ms, int64_t mono_ms)
{
	bool active = c->state == CORE_ACTIVE || c->state == CORE_DRAINING;

	r->cursors = arena_zalloc(rt->report_arena, c->follow_count + 1, sizeof(Bassin__V1__CursorStatus *));
	r->readers = arena_zalloc(rt->report_arena, c->reader_count + 1, sizeof(Bassin__V1__ReaderStatus *));
	if (r->cursors == NULL || r->readers == NULL)
		return false;
	for (; r->n_cursors < c->follow_count; r->n_cursors++) {
		r->cursors[r->n_cursors] = cursor_report(rt, out, &c->follows[r->n_cursors], active, mono_ms);
		if (r->cursors[r->n_cursors] == NULL)
			return false;
	}
	for (; r->n_readers < c->reader_count; r->n_readers++) {
		r->readers[r->n_readers] = reader_report(rt, out, &c->readers[r->n_readers], c->head_seq, now_ms);
		if (r->readers[r->n_readers] == NULL)
			return false;
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */
void
report_refresh(struct runtime *rt, int64_t mono_ms)
{
	BUG_IF(rt->in_step);
	rt->own_at_ms = mono_ms;
	status_out_clear(rt->own);
	if (rt->service->on_status != NULL)
		rt->service->on_status(rt->state, rt->own);
}

static void
alarms_general(struct runtime *rt, struct status_out *out, const struct core_status *c)
{
	uint64_t broken = c->counters[CORE_REPLY_CODES + BASSIN__V1__REPLY_CODE__BROKEN];

	if (c->state == CORE_STORE_AWAY || (rt->in_step && !store_is_connected(rt->store)))
		status_alarm(out, "store away=1");
	if (broken > 0)
		status_alarm(out, "commands broken=%llu", (unsigned long long)broken);
}

static uint8_t *
report_fill(struct runtime *rt, struct status_out *out, int64_t now_ms, int64_t mono_ms, size_t *size)
{
	Bassin__V1__StatusReport r = BASSIN__V1__STATUS_REPORT__INIT;
	struct core_status c;
	char epoch[ID_HEX_SIZE];

	core_status(rt->core, &c);
	core_figures(out, &c);
	bus_figures(rt, out);
	alarms_general(rt, out, &c);
	r.uptime_ms = mono_ms - rt->started_ms;
	status_figure(out, "bassin_uptime_seconds", NULL, (double)r.uptime_ms / 1000, false);
	if (!lists_fill(rt, &r, out, &c, now_ms, mono_ms))
		return NULL;
	status_out_append(out, rt->own);
	if (out->full)
		status_alarm(out, "status incomplete=1");
	status_figure(out, "bassin_alarms", NULL, (double)out->alarm_count, false);
	id_to_hex(&c.epoch, epoch);
	r.service = (char *)(uintptr_t)rt->log_id;
	r.program_version = (char *)(uintptr_t)BASSIN_VERSION;
	r.schema_version = (uint32_t)store_schema_version(rt->store, rt->service->name);
	r.core_schema_version = (uint32_t)store_schema_version(rt->store, "core");
	r.state = (char *)(uintptr_t)state_texts[c.state];
	r.epoch = id_is_zero(&c.epoch) ? (char *)(uintptr_t)"" : epoch;
	r.head_seq = c.head_seq;
	r.n_figures = out->figure_count;
	r.figures = out->figures;
	r.n_alarms = out->alarm_count;
	r.alarms = out->alarms;
	r.pid = (uint32_t)getpid();
	return arena_pack(rt->report_arena, &r.base, size);
}

const uint8_t *
report_make(struct runtime *rt, int64_t now_ms, int64_t mono_ms, size_t *size)
{
	struct status_out *out = status_out_new();

	arena_reset(rt->report_arena);
	if (out == NULL)
		return NULL;
	const uint8_t *report = report_fill(rt, out, now_ms, mono_ms, size);
	status_out_destroy(&out);
	return report;
}

/* ---- answering ------------------------------------------------------------------------------------------------------ */
/* Only a plain request of somebody who may ask; everything else is judged, refused and counted by the core. */
static bool
may_ask(const struct principal *who, const Bassin__V1__Request *rq)
{
	struct principal person = *who;
	int code;

	if (rq->acting_for != NULL) {
		if (who->role != ROLE_CONSOLE)
			return false;
		person.acts = ROLE_CONSOLE;
		person.role = role_from_text(rq->acting_for->role);
	}
	return policy_may_command(&person, (int)rq->type, rq->payload.len, &code);
}

static void
report_send(struct runtime *rt, const struct peer *to, const struct id *request_id)
{
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Reply reply = BASSIN__V1__REPLY__INIT;
	struct id id = *request_id;
	size_t size;

	const uint8_t *report = report_make(rt, clock_wall_ms(), clock_mono_ms(), &reply.payload.len);
	if (report == NULL)
		return;             /* no memory: the caller asks again */
	reply.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
	reply.code = BASSIN__V1__REPLY_CODE__OK;
	reply.payload.data = (uint8_t *)(uintptr_t)report;
	down.body_case = BASSIN__V1__DOWNWARD__BODY_REPLY;
	down.reply = &reply;
	uint8_t *frame = arena_pack(rt->report_arena, &down.base, &size);
	if (frame != NULL)
		wire_zmq_answer(rt->wire, to, frame, size);
}

bool
report_answer(struct runtime *rt, const struct principal *who, const struct peer *from, const uint8_t *frame, size_t size)
{
	struct id id;

	if (size > 64 * KiB || !frame_asks_status(frame, size))
		return false;
	arena_reset(rt->report_arena);
	ProtobufCAllocator allocator = arena_allocator(rt->report_arena);
	const Bassin__V1__Upward *up = bassin__v1__upward__unpack(&allocator, size, frame);
	if (up == NULL || up->body_case != BASSIN__V1__UPWARD__BODY_REQUEST ||
	    up->request->type != BASSIN__V1__COMMAND_TYPE__STATUS || !may_ask(who, up->request) ||
	    !id_from_bytes(&id, up->request->request_id.data, up->request->request_id.len) || !id_is_uuid7(&id))
		return false;
	if (!rt->in_step)
		report_refresh(rt, clock_mono_ms());
	report_send(rt, from, &id);
	return true;
}
