/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command server: judges what comes in, gathers what waits into one transaction, commits, and only then answers.
 * A group that fails is run again one by one, so that only the guilty is refused.
 */
#include "bus/core_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"
#include "base/refusal.h"
#include "base/text.h"
#include "bus/policy.h"

#define ID_AGE_MAX_MS    (29 * DAY_MS)
#define ID_AHEAD_MAX_MS  DAY_MS
#define FAILURES_BEFORE_ALONE 2u
#define GROUP_PAUSE_MS   50         /* after a group that failed; a command that fails alone waits longer each time */
#define ALONE_DOUBLINGS  5u

enum { OK_CODE = BASSIN__V1__REPLY_CODE__OK, REFUSED_CODE = BASSIN__V1__REPLY_CODE__REFUSED };

struct group {
	struct queued **members;
	struct call *calls;
	struct stored_reply *replies;   /* one per member, in the same order */
	struct audit_line *audit;
	int *codes;                     /* ReplyCode; 0: not answered in this group (LATER) */
	size_t count, audit_count;
	bool reads_only;
};

/* ---- receiving --------------------------------------------------------------------------------------------------------- */
static uint8_t *
reply_pack(struct arena *a, const ProtobufCBinaryData *request_id, int code, const struct call *call, size_t *size)
{
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Reply reply = BASSIN__V1__REPLY__INIT;
	Bassin__V1__Refusal refusal = BASSIN__V1__REFUSAL__INIT;

	reply.request_id = *request_id;
	reply.code = (Bassin__V1__ReplyCode)code;
	if (call != NULL && code == OK_CODE) {
		reply.payload.data = (uint8_t *)(uintptr_t)call->reply;
		reply.payload.len = call->reply_size;
	}
	if (call != NULL && code == REFUSED_CODE) {
		refusal.code = (char *)(uintptr_t)(call->code != NULL ? call->code : "");
		refusal.field = (char *)(uintptr_t)(call->field != NULL ? call->field : "");
		refusal.allowed = (char *)(uintptr_t)(call->allowed != NULL ? call->allowed : "");
		refusal.state = (char *)(uintptr_t)(call->state != NULL ? call->state : "");
		reply.refusal = &refusal;
	}
	down.body_case = BASSIN__V1__DOWNWARD__BODY_REPLY;
	down.reply = &reply;
	return arena_pack(a, &down.base, size);
}

static void
answer_send(struct core *c, const struct peer *to, const uint8_t *frame, size_t size, int code)
{
	if (code >= 0 && code < 13)
		c->counters[CORE_REPLY_CODES + code]++;
	CRASH_POINT("before_reply");
	c->config.wire.answer(c->config.wire.self, to, frame, size);
	CRASH_POINT("after_reply");
}

/* Without an arena: it is also called while a group is in hand. */
void
commands_answer_code(struct core *c, const struct peer *to, const ProtobufCBinaryData *request_id, int code)
{
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Reply reply = BASSIN__V1__REPLY__INIT;
	uint8_t frame[128];

	if (request_id->len <= ID_SIZE)
		reply.request_id = *request_id;
	reply.code = (Bassin__V1__ReplyCode)code;
	down.body_case = BASSIN__V1__DOWNWARD__BODY_REPLY;
	down.reply = &reply;
	BUG_IF(bassin__v1__downward__get_packed_size(&down) > sizeof frame);
	size_t size = bassin__v1__downward__pack(&down, frame);
	answer_send(c, to, frame, size, code);
}

static const struct command *
command_find(const struct core *c, int type)
{
	for (size_t i = 0; i < c->config.command_count; i++) {
		if ((int)c->config.commands[i].type == type)
			return &c->config.commands[i];
	}
	return NULL;
}

static bool
name_copy(char out[NAME_MAX_BYTES + 1], const char *name)
{
	size_t size = strlen(name);

	if (size > NAME_MAX_BYTES || !text_is_printable(name, false))
		return false;
	memcpy(out, name, size + 1);
	return true;
}

/* The console may say for whom it acts, nobody else may; what it may do then is what that person may do. */
static int
acting_for(struct principal *who, const Bassin__V1__ActingFor *for_whom)
{
	if (who->role != ROLE_CONSOLE || who->acts != ROLE_NONE)
		return BASSIN__V1__REPLY_CODE__FORBIDDEN;
	enum role role = role_from_text(for_whom->role);
	if ((role & ROLE_PEOPLE) == 0 || (role == ROLE_COLLEGE && for_whom->institution[0] == '\0'))
		return BASSIN__V1__REPLY_CODE__FORBIDDEN;
	if (!name_copy(who->institution, for_whom->institution) || !name_copy(who->subject, for_whom->subject))
		return BASSIN__V1__REPLY_CODE__UNDECODABLE;
	who->acts = ROLE_CONSOLE;
	who->role = role;
	return OK_CODE;
}

static size_t
bytes_of_principal(const struct core *c, const char *name)
{
	size_t bytes = 0;

	for (const struct queued *q = c->queue; q != NULL; q = q->next)
		bytes += strcmp(q->who.name, name) == 0 ? q->size + sizeof *q : 0;
	return bytes;
}

/* Nobody may fill the queue for the others: once it is half full, each has a quarter. */
static bool
has_room(const struct core *c, const struct principal *who, size_t size)
{
	size_t max = c->config.queue_max_bytes;

	if (c->queue_bytes + size > max)
		return false;
	return c->queue_bytes < max / 2 || bytes_of_principal(c, who->name) + size <= max / 4;
}

static int
request_judge(const struct core *c, struct principal *who, const Bassin__V1__Request *rq, const struct command **command,
              struct id *id)
{
	int code = OK_CODE;

	if (!id_from_bytes(id, rq->request_id.data, rq->request_id.len) || !id_is_uuid7(id) || rq->ttl_ms == 0 ||
	    rq->ttl_ms > TTL_MAX_MS)
		return BASSIN__V1__REPLY_CODE__UNDECODABLE;
	if (rq->acting_for != NULL && (code = acting_for(who, rq->acting_for)) != OK_CODE)
		return code;
	if (!c->config.may_command(who, (int)rq->type, rq->payload.len, &code))
		return code;
	*command = command_find(c, (int)rq->type);
	if (*command == NULL)
		return BASSIN__V1__REPLY_CODE__UNKNOWN_TYPE;
	int64_t made_ms = id_time_ms(id);
	if (made_ms < c->now_ms - ID_AGE_MAX_MS || made_ms > c->now_ms + ID_AHEAD_MAX_MS)
		return BASSIN__V1__REPLY_CODE__STALE_ID;
	if (c->draining || c->state == CORE_STORE_AWAY || c->state == CORE_STARTING)
		return BASSIN__V1__REPLY_CODE__UNAVAILABLE;
	if (c->state != CORE_ACTIVE)
		return BASSIN__V1__REPLY_CODE__NOT_ACTIVE;
	return has_room(c, who, sizeof(struct queued) + rq->payload.len) ? OK_CODE : BASSIN__V1__REPLY_CODE__UNAVAILABLE;
}

/* Over type, payload and person: the same id for anything else is another command. */
static int
request_digest(struct core *c, const struct principal *who, const Bassin__V1__Request *rq, uint8_t out[32])
{
	size_t role = strlen(who->institution) + 1, subject = strlen(who->subject) + 1, at = 8;
	size_t size = at + role + subject + rq->payload.len;
	uint8_t *bytes = arena_zalloc(c->rx, 1, size);

	if (bytes == NULL)
		return -1;
	for (int i = 0; i < 4; i++) {
		bytes[i] = (uint8_t)((uint32_t)rq->type >> (8 * i));
		bytes[4 + i] = (uint8_t)((uint32_t)who->role >> (8 * i));
	}
	memcpy(bytes + at, who->institution, role);
	memcpy(bytes + at + role, who->subject, subject);
	if (rq->payload.len > 0)
		memcpy(bytes + at + role + subject, rq->payload.data, rq->payload.len);
	digest_256(bytes, size, NULL, 0, out);
	return 0;
}

/* What is forbidden takes no part in a group, so that nobody without rights makes the store work: a few are kept until the
 * next tidying, from each principal a part, and of the rest only the number is. */
static void
note_forbidden(struct core *c, const struct principal *who, const struct id *request_id, int type)
{
	size_t same = 0;

	for (size_t i = 0; i < c->note_count; i++)
		same += strcmp(c->notes[i].who.name, who->name) == 0;
	if (c->note_count == AUDIT_NOTES_MAX || same >= AUDIT_NOTES_EACH) {
		c->notes_lost++;
		return;
	}
	c->notes[c->note_count++] =
	    (struct audit_note){ *who, *request_id, type, BASSIN__V1__REPLY_CODE__FORBIDDEN };
}

/* Frames are received also while the store is waited for: *kept says how many notes were there. */
int
commands_notes_keep(struct core *c, struct work *w, size_t *kept)
{
	struct audit_line *lines = arena_zalloc(c->arena, c->note_count, sizeof *lines);

	*kept = c->note_count;
	if (c->note_count == 0)
		return STORE_OK;
	if (lines == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < *kept; i++)
		lines[i] = (struct audit_line){ .who = &c->notes[i].who, .type = c->notes[i].type, .code = c->notes[i].code,
			                        .request_id = c->notes[i].request_id };
	return c->config.store.audit_keep(w->tx, c->arena, lines, *kept, c->now_ms);
}

void
commands_notes_kept(struct core *c, size_t kept)
{
	c->note_count -= kept;
	memmove(c->notes, c->notes + kept, c->note_count * sizeof c->notes[0]);
	if (c->notes_lost > 0)
		log_warn("log=%s forbidden_not_in_audit=%llu", c->config.log_id, (unsigned long long)c->notes_lost);
	c->notes_lost = 0;
}

void
commands_receive(struct core *c, const struct principal *who, const struct peer *from, const Bassin__V1__Request *rq)
{
	struct principal person = *who;
	const struct command *command = NULL;
	struct id id;
	struct queued *q = NULL;

	int code = request_judge(c, &person, rq, &command, &id);
	if (code == OK_CODE) {
		q = malloc(sizeof *q + rq->payload.len);
		if (q == NULL || request_digest(c, &person, rq, q->digest) != 0) {
			free(q);
			code = BASSIN__V1__REPLY_CODE__UNAVAILABLE;
		}
	}
	if (code != OK_CODE) {
		if (code == BASSIN__V1__REPLY_CODE__FORBIDDEN)
			note_forbidden(c, &person, &id, (int)rq->type);
		commands_answer_code(c, from, &rq->request_id, code);
		return;
	}
	q->next = NULL;
	q->command = command;
	q->who = person;
	q->from = *from;
	q->request_id = id;
	q->expires_mono_ms = c->mono_ms + rq->ttl_ms;
	q->wake_mono_ms = 0;
	q->failures = 0;
	q->alone = false;
	q->size = rq->payload.len;
	if (q->size > 0)
		memcpy(q->payload, rq->payload.data, q->size);
	*c->queue_end = q;
	c->queue_end = &q->next;
	c->queue_count++;
	c->queue_bytes += sizeof *q + q->size;
}

/* ---- the queue --------------------------------------------------------------------------------------------------------- */
static ProtobufCBinaryData
binary_of_id(const struct id *id)
{
	return (ProtobufCBinaryData){ ID_SIZE, (uint8_t *)(uintptr_t)id->bytes };
}

static void
queue_remove(struct core *c, struct queued *gone)
{
	struct queued **at = &c->queue;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	if (c->queue_end == &gone->next)
		c->queue_end = at;
	c->queue_count--;
	c->queue_bytes -= sizeof *gone + gone->size;
	free(gone);
}

static void
answer_and_remove(struct core *c, struct queued *q, int code)
{
	ProtobufCBinaryData id = binary_of_id(&q->request_id);

	commands_answer_code(c, &q->from, &id, code);
	queue_remove(c, q);
}

void
commands_drop_all(struct core *c, int code)
{
	while (c->queue != NULL)
		answer_and_remove(c, c->queue, code);
}

static void
queue_expire(struct core *c)
{
	for (struct queued *q = c->queue, *next; q != NULL; q = next) {
		next = q->next;
		if (c->mono_ms >= q->expires_mono_ms)
			answer_and_remove(c, q, BASSIN__V1__REPLY_CODE__EXPIRED);
		else if (c->draining && q->wake_mono_ms > 0)
			answer_and_remove(c, q, BASSIN__V1__REPLY_CODE__UNAVAILABLE);
	}
}

int64_t
commands_due(const struct core *c)
{
	int64_t due = INT64_MAX;

	for (const struct queued *q = c->queue; q != NULL; q = q->next) {
		int64_t wake = q->wake_mono_ms > c->group_retry_mono_ms ? q->wake_mono_ms : c->group_retry_mono_ms;
		due = wake < due ? wake : due;
		due = q->expires_mono_ms < due ? q->expires_mono_ms : due;
	}
	return due;
}

/* ---- a group ----------------------------------------------------------------------------------------------------------- */
static bool
same_command(const struct queued *a, const struct queued *b)
{
	return id_equal(&a->request_id, &b->request_id) && strcmp(a->who.name, b->who.name) == 0;
}

static bool
is_in_group(const struct group *g, const struct queued *q)
{
	for (size_t i = 0; i < g->count; i++) {
		if (same_command(g->members[i], q))
			return true;
	}
	return false;
}

/* 0 run, 1 run alone, 2 refuse: a command that made the process abort must not do so for ever. */
static int
suspicion_of(const struct core *c, const struct queued *q)
{
	if (c->config.suspicion == NULL)
		return q->alone ? 1 : 0;
	int suspicion = c->config.suspicion(c->config.guard, &q->who, &q->request_id);
	return suspicion == 0 && q->alone ? 1 : suspicion;
}

static bool
group_alloc(struct core *c, struct group *g, bool reads_only)
{
	size_t max = c->config.group_max;

	*g = (struct group){ .reads_only = reads_only };
	g->members = arena_zalloc(c->arena, max, sizeof(struct queued *));
	g->calls = arena_zalloc(c->arena, max, sizeof *g->calls);
	g->replies = arena_zalloc(c->arena, max, sizeof *g->replies);
	g->audit = arena_zalloc(c->arena, max, sizeof *g->audit);
	g->codes = arena_zalloc(c->arena, max, sizeof *g->codes);
	return g->members != NULL && g->calls != NULL && g->replies != NULL && g->audit != NULL && g->codes != NULL;
}

/* Takes what may run now, in order of arrival. The same command twice waits for the next group, where it is a repeat. */
static void
group_gather(struct core *c, struct group *g)
{
	size_t bytes = 0;

	for (struct queued *q = c->queue, *next; q != NULL && g->count < c->config.group_max; q = next) {
		next = q->next;
		if (q->command->reads_only != g->reads_only || q->wake_mono_ms > c->mono_ms || is_in_group(g, q))
			continue;
		int suspicion = suspicion_of(c, q);
		if (suspicion == 2) {
			log_error("command=%d refused=aborted_twice", (int)q->command->type);
			answer_and_remove(c, q, BASSIN__V1__REPLY_CODE__BROKEN);
			continue;
		}
		if (suspicion == 1 && g->count > 0)
			continue;
		/* What handlers make of a payload is a multiple of it, and all of it lives in one arena. */
		if (g->count > 0 && bytes + q->size > 8 * MiB)
			break;
		bytes += q->size;
		g->members[g->count++] = q;
		if (suspicion == 1) {
			q->alone = true;
			break;
		}
	}
}

int
commands_take_over(struct core *c)
{
	struct id newest;

	int result = c->config.store.replies_newest(c->config.store.self, &newest);
	if (result == STORE_OK)
		seen_reset(&c->seen, &newest);
	return result;
}

/* Most commands are asked once: only where one may have been answered, the store is asked. */
static int
replies_look_up(struct core *c, struct group *g, struct work *w)
{
	for (size_t i = 0; i < g->count; i++) {
		struct queued *q = g->members[i];
		g->replies[i] = (struct stored_reply){ .principal = q->who.name, .request_id = q->request_id };
		memcpy(g->replies[i].digest, q->digest, sizeof q->digest);
	}
	bool all_new = true;
	for (size_t i = 0; i < g->count; i++)
		all_new = all_new && seen_is_new(&c->seen, &g->members[i]->request_id);
	if (g->reads_only || all_new)
		return STORE_OK;
	return c->config.store.replies_find(w->tx, c->arena, g->replies, g->count);
}

static int
code_of_verdict(enum verdict v)
{
	switch (v) {
	case VERDICT_OK:      return OK_CODE;
	case VERDICT_REFUSED: return REFUSED_CODE;
	case VERDICT_LATER:   return 0;
	case VERDICT_RETRY:
	case VERDICT_BROKEN:  break;
	}
	return -1;
}

/* Runs the handler of one member. STORE_OK: answered, refused or put off; else the group fails. */
static int
member_run(struct core *c, struct group *g, size_t i, struct work *w)
{
	struct queued *q = g->members[i];
	struct call *call = &g->calls[i];
	size_t emitted = c->emitted_count;

	*call = (struct call){ .work = w, .who = &q->who, .type = q->command->type, .request_id = q->request_id,
		               .payload = q->payload, .size = q->size, .again_mono_ms = c->mono_ms + 100 };
	if (c->config.in_hand != NULL)
		c->config.in_hand(c->config.guard, &q->who, &q->request_id, g->count == 1);
	CRASH_POINT("before_handler");
	enum verdict v = q->command->handle(call);
	CRASH_POINT("after_handler");
	/* What a handler says when memory has run out is not its last word: alone it has all of the arena. */
	if (arena_ran_out(c->arena))
		v = g->count == 1 ? VERDICT_BROKEN : VERDICT_RETRY;
	if (v == VERDICT_RETRY || v == VERDICT_BROKEN)
		return v == VERDICT_RETRY ? STORE_RETRY : STORE_BROKEN;
	BUG_IF(v == VERDICT_OK && g->reads_only && c->emitted_count != emitted);
	if (v != VERDICT_OK)
		c->emitted_count = emitted;
	g->codes[i] = code_of_verdict(v);
	if (v == VERDICT_LATER)
		return STORE_OK;
	/* Many at once: the store works on them while the next command is read. */
	int result = c->emitted_count - c->appended_count >= TX_COPY_ROWS ? core_append(c, w) : STORE_OK;
	if (result != STORE_OK)
		return result;
	ProtobufCBinaryData id = binary_of_id(&q->request_id);
	struct stored_reply *r = &g->replies[i];
	r->code = g->codes[i];
	r->reply = reply_pack(c->arena, &id, g->codes[i], call, &r->size);
	if (r->reply == NULL)
		return STORE_RETRY;
	int code = v == VERDICT_OK && call->done != 0 ? call->done : r->code;
	g->audit[g->audit_count++] =
	    (struct audit_line){ .who = &q->who, .type = (int)call->type, .code = code, .request_id = q->request_id,
		                 .subject_ids = call->subject_ids, .refusal = code == REFUSED_CODE ? call->code : NULL };
	return STORE_OK;
}

static int
members_run(struct core *c, struct group *g, struct work *w)
{
	int result = replies_look_up(c, g, w);

	CRASH_POINT("after_find");
	for (size_t i = 0; i < g->count && result == STORE_OK; i++) {
		struct stored_reply *r = &g->replies[i];
		if (!r->found) {
			result = member_run(c, g, i, w);
			continue;
		}
		bool same = memcmp(r->found_digest, r->digest, sizeof r->digest) == 0;
		g->codes[i] = same ? r->code : BASSIN__V1__REPLY_CODE__CONFLICT;
		c->counters[CORE_COMMANDS_REPEATED] += same;
		if (!same)      /* what is repeated stands in the trail already */
			g->audit[g->audit_count++] =
			    (struct audit_line){ .who = &g->members[i]->who, .type = (int)g->members[i]->command->type,
				                 .code = g->codes[i], .request_id = g->members[i]->request_id };
	}
	if (c->config.in_hand != NULL)
		c->config.in_hand(c->config.guard, NULL, NULL, false);
	return result;
}

/* Fresh final answers, packed together for one statement. */
static int
outcomes_keep(struct core *c, const struct group *g, struct work *w)
{
	const struct core_store *s = &c->config.store;
	size_t fresh = 0;

	if (g->audit_count == 0)
		return STORE_OK;
	struct stored_reply *replies = arena_zalloc(c->arena, g->count, sizeof *replies);
	if (replies == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < g->count; i++) {
		if (!g->replies[i].found && g->replies[i].reply != NULL)
			replies[fresh++] = g->replies[i];
	}
	int result = g->reads_only ? STORE_OK : s->replies_keep(w->tx, c->arena, replies, fresh, c->now_ms);
	CRASH_POINT("after_replies");
	if (result == STORE_OK)
		result = s->audit_keep(w->tx, c->arena, g->audit, g->audit_count, c->now_ms);
	CRASH_POINT("after_audit");
	return result;
}

static void
group_answer(struct core *c, const struct group *g)
{
	for (size_t i = 0; i < g->count; i++) {
		struct queued *q = g->members[i];
		ProtobufCBinaryData id = binary_of_id(&q->request_id);
		if (g->codes[i] == 0) {
			q->wake_mono_ms = g->calls[i].again_mono_ms > 0 ? g->calls[i].again_mono_ms : 1;
			continue;
		}
		if (!g->reads_only)
			seen_add(&c->seen, &q->request_id);
		c->counters[CORE_COMMANDS_OK] += g->codes[i] == OK_CODE;
		c->counters[CORE_COMMANDS_REFUSED] += g->codes[i] == REFUSED_CODE;
		if (g->replies[i].reply != NULL && g->codes[i] != BASSIN__V1__REPLY_CODE__CONFLICT)
			answer_send(c, &q->from, g->replies[i].reply, g->replies[i].size, g->codes[i]);
		else
			commands_answer_code(c, &q->from, &id, g->codes[i]);
		queue_remove(c, q);
	}
}

/* Who is guilty is found out by running each alone; alone, a broken command is answered so and not tried again, and one
 * that meets weather steps aside: it must not keep the others waiting for as long as its caller is patient. */
static void
group_failed(struct core *c, const struct group *g, int result)
{
	c->counters[CORE_GROUPS_FAILED]++;
	for (size_t i = 0; i < g->count && result != CORE_FENCED; i++) {
		struct queued *q = g->members[i];
		if (result == STORE_BROKEN && g->count == 1) {
			log_error("command=%d broken=1", (int)q->command->type);
			answer_and_remove(c, q, BASSIN__V1__REPLY_CODE__BROKEN);
			break;
		}
		unsigned doublings = q->failures < ALONE_DOUBLINGS ? q->failures : ALONE_DOUBLINGS;
		if (g->count == 1)
			q->wake_mono_ms = c->mono_ms + (GROUP_PAUSE_MS << doublings);
		q->failures++;
		q->alone = q->alone || result == STORE_BROKEN || q->failures >= FAILURES_BEFORE_ALONE ||
		           arena_ran_out(c->arena);
	}
	c->group_retry_mono_ms = result == STORE_BROKEN ? c->mono_ms : c->mono_ms + GROUP_PAUSE_MS;
	core_failed(c, result);
}

/* A handler may have been the first to wait, and have taken the fence for a broken statement. */
static int
fence_look(struct core *c)
{
	struct work w;

	int result = core_begin(c, &w);
	if (result != STORE_OK)
		return result;
	core_rollback(c, &w);
	return STORE_BROKEN;
}

static bool
group_run(struct core *c, bool reads_only)
{
	struct group g;
	struct work w;

	arena_reset(c->arena);
	if (!group_alloc(c, &g, reads_only))
		return false;
	group_gather(c, &g);
	if (g.count == 0)
		return false;
	/* What only looks may answer before anything else has waited for the fence. */
	int result = reads_only ? core_begin(c, &w) : core_open(c, &w);
	bool begun = result == STORE_OK;
	if (begun)
		result = members_run(c, &g, &w);
	if (result == STORE_OK)
		result = outcomes_keep(c, &g, &w);
	if (result == STORE_OK)
		result = core_commit(c, &w);
	else if (begun)
		core_rollback(c, &w);
	if (result == STORE_BROKEN && !reads_only)
		result = fence_look(c);
	if (result != STORE_OK) {
		group_failed(c, &g, result);
		return false;
	}
	c->counters[CORE_GROUPS]++;
	group_answer(c, &g);
	return true;
}

/* Commands first, then what only looks, so that a look sees what was just acknowledged. */
void
commands_run(struct core *c)
{
	queue_expire(c);
	if (c->queue == NULL || c->mono_ms < c->group_retry_mono_ms)
		return;
	(void)group_run(c, false);
	if (c->state == CORE_ACTIVE || c->state == CORE_DRAINING)
		(void)group_run(c, true);
}

/* ---- for handlers ------------------------------------------------------------------------------------------------------ */
enum verdict
call_answer(struct call *call, const ProtobufCMessage *message)
{
	call->reply = arena_pack(call->work->arena, message, &call->reply_size);
	return call->reply != NULL ? VERDICT_OK : VERDICT_RETRY;
}

enum verdict
call_refuse(struct call *call, const char *code, const char *field, const char *allowed)
{
	call->code = code;
	call->field = field;
	call->allowed = allowed;
	return VERDICT_REFUSED;
}

enum verdict
call_refuse_state(struct call *call, const char *field, const char *state, const char *allowed)
{
	call->state = state;
	return call_refuse(call, REFUSAL_BAD_STATE, field, allowed);
}

void *
call_message(struct call *call, const ProtobufCMessageDescriptor *type)
{
	ProtobufCAllocator allocator = arena_allocator(call->work->arena);

	return protobuf_c_message_unpack(type, &allocator, call->size, call->payload);
}
