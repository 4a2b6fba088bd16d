/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage of the service's plays: the real core on a real PostgreSQL, the real worker, and two intakes of which only
 * the logs are played: a test tells events, the core fetches them.
 */
#ifndef TESTS_MATCHING_STAGE_H
#define TESTS_MATCHING_STAGE_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/refusal.h"
#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "bus/core_pg.h"
#include "bus/policy.h"
#include "commands.h"
#include "matching/sql.h"
#include "unit/shared/pg_cluster.h"
#include "view.h"

#define NOW_MS INT64_C(1795262400000)           /* 2026-11-21, noon */
#define COMMAND_TYPE(name) BASSIN__V1__COMMAND_TYPE__##name
#define EVENT_TYPE(name) BASSIN__V1__EVENT_TYPE__##name

enum { STAGE_LOGS = 2, STAGE_EVENTS = 4096 };
enum { EMPLOYER_INTAKE, LEARNER_INTAKE };

/* An intake's log, as its owner would hold it. */
struct played_log {
	struct id epoch;
	struct event events[STAGE_EVENTS];
	size_t count;                           /* seq of the last one */
	Bassin__V1__Fetch *pending;             /* waits for events */
	bool mute;                              /* does not answer any more */
};

static struct stage {
	struct cluster cluster;
	struct store *store;
	struct core_pg *pg;
	struct core *core;
	struct matching matching;
	struct arena *arena;                    /* of one test: all that was told and answered */
	struct played_log logs[STAGE_LOGS];
	const Bassin__V1__Reply *last;
	int64_t now_ms, skipped_ms;
	int worker_fd;
	uint64_t version;
} stage;

static const struct principal operator_ = { .name = "ccr", .role = ROLE_INTERMEDIARY };
static const struct principal memphre = { .name = "memphre", .institution = "memphre", .role = ROLE_COLLEGE };
static const struct principal orford = { .name = "orford", .institution = "orford", .role = ROLE_COLLEGE };

/* ---- the wire ---------------------------------------------------------------------------------------------------- */
static inline int64_t
stage_mono(void)
{
	return clock_mono_ms() + stage.skipped_ms;
}

static void
stage_answer(void *self, const struct peer *to, const uint8_t *frame, size_t size)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);
	Bassin__V1__Downward *d = bassin__v1__downward__unpack(&allocator, size, frame);

	(void)self;
	(void)to;
	assert_non_null(d);
	assert_int_equal(d->body_case, BASSIN__V1__DOWNWARD__BODY_REPLY);
	stage.last = d->reply;
}

static void
stage_fetch(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size);

static inline void
batch_send(size_t which, const Bassin__V1__Fetch *f)
{
	struct played_log *log = &stage.logs[which];
	Bassin__V1__Downward down = BASSIN__V1__DOWNWARD__INIT;
	Bassin__V1__Batch b = BASSIN__V1__BATCH__INIT;
	Bassin__V1__Event **events = arena_zalloc(stage.arena, log->count + 1, sizeof *events);

	b.log_id = f->log_id;
	b.state = BASSIN__V1__BATCH_STATE__BATCH_OK;
	b.after_epoch = f->epoch;
	b.after_seq = f->after_seq;
	b.epoch = (ProtobufCBinaryData){ ID_SIZE, log->epoch.bytes };
	b.head_seq = b.scanned_to = log->count;
	b.fetch_id = f->fetch_id;
	b.events = events;
	for (size_t i = f->after_seq; i < log->count && f->max_events > 0; i++) {
		Bassin__V1__Event *e = arena_zalloc(stage.arena, 1, sizeof *e);
		bassin__v1__event__init(e);
		e->seq = i + 1;
		e->topic = (char *)(uintptr_t)log->events[i].topic;
		e->key = (char *)(uintptr_t)log->events[i].key;
		e->version = log->events[i].version;
		e->type = (Bassin__V1__EventType)log->events[i].type;
		e->at_ms = NOW_MS;
		e->body = (ProtobufCBinaryData){ log->events[i].size, (uint8_t *)(uintptr_t)log->events[i].body };
		events[b.n_events++] = e;
	}
	down.body_case = BASSIN__V1__DOWNWARD__BODY_BATCH;
	down.batch = &b;
	size_t size;
	const uint8_t *frame = arena_pack(stage.arena, &down.base, &size);
	assert_non_null(frame);
	core_receive_batch(stage.core, which, frame, size, stage_mono());
}

/* Heads are told at once; a Fetch that finds nothing waits. */
static void
stage_fetch(void *self, size_t which, unsigned attempt, const uint8_t *frame, size_t size)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);
	Bassin__V1__Upward *up = bassin__v1__upward__unpack(&allocator, size, frame);

	(void)self;
	(void)attempt;
	assert_non_null(up);
	if (stage.logs[which].mute)
		return;
	if (up->fetch->max_events == 0)
		batch_send(which, up->fetch);
	else
		stage.logs[which].pending = up->fetch;
}

static inline void
stage_turn(void)
{
	for (size_t i = 0; i < STAGE_LOGS; i++) {
		const Bassin__V1__Fetch *f = stage.logs[i].pending;
		if (f == NULL || stage.logs[i].mute || f->after_seq >= stage.logs[i].count)
			continue;
		stage.logs[i].pending = NULL;
		batch_send(i, f);
	}
	(void)core_step(stage.core, stage.now_ms, stage_mono());
}

static inline bool
stage_has_read(size_t which)
{
	struct core_status status;

	core_status(stage.core, &status);
	return status.follows[which].cursor.seq == stage.logs[which].count;
}

/* Until everything that was told is in the view. */
static inline void
stage_read(void)
{
	for (int turns = 0; !stage_has_read(EMPLOYER_INTAKE) || !stage_has_read(LEARNER_INTAKE); turns++) {
		assert_true(turns < 1000);
		stage_turn();
	}
}

/* ---- up and down ------------------------------------------------------------------------------------------------- */
static void
stage_wake(void *unused)
{
	uint64_t one = 1;

	(void)unused;
	assert_int_equal(write(stage.worker_fd, &one, sizeof one), sizeof one);
}

static inline void
core_up(void)
{
	struct core_config config = {
		.log_id = "matching", .service = &stage.matching,
		.commands = matching_commands, .command_count = matching_command_count,
		.follows = matching_follows, .follow_count = matching_follow_count,
		.store = core_pg_store(stage.pg), .wire = { .answer = stage_answer, .fetch = stage_fetch },
		.random = random_of_system, .may_command = policy_may_command, .may_read = policy_may_read,
		.on_passive = matching_passive,
	};
	struct core_status status;

	stage.core = core_new(&config);
	assert_non_null(stage.core);
	stage_turn();
	core_status(stage.core, &status);
	assert_int_equal(status.state, CORE_ACTIVE);
}

static inline int
stage_up(void **state)
{
	static const struct store_series series[] = {
		{ "core", core_migrations }, { "matching", matching_migrations }, { NULL, NULL } };
	static const struct sql *const *const lists[] = { core_statements, matching_statements, NULL };

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	cluster_start(&stage.cluster, NULL);
	const struct store_settings settings = { .conninfo = stage.cluster.conninfo, .statement_ms = 60000,
		.series = series, .statements = lists };
	stage.store = store_new(&settings);
	stage.pg = core_pg_new(stage.store);
	stage.worker_fd = eventfd(0, EFD_CLOEXEC);
	stage.arena = arena_new(1024 * MiB);
	return stage.store == NULL || stage.pg == NULL || stage.worker_fd < 0 || stage.arena == NULL ? -1 : 0;
}

static inline int
stage_down(void **state)
{
	(void)state;
	core_pg_destroy(&stage.pg);
	store_destroy(&stage.store);
	arena_destroy(&stage.arena);
	cluster_stop(&stage.cluster);
	close(stage.worker_fd);
	return 0;
}

/* Each test begins with an empty store and empty logs, and a core that takes over. */
static inline int
stage_open(void **state)
{
	(void)state;
	store_disconnect(stage.store);
	cluster_sql(&stage.cluster, "DROP SCHEMA public CASCADE");
	cluster_sql(&stage.cluster, "CREATE SCHEMA public");
	arena_reset(stage.arena);
	memset(stage.logs, 0, sizeof stage.logs);
	for (size_t i = 0; i < STAGE_LOGS; i++)
		stage.logs[i].epoch = id_make(NOW_MS, random_of_system, NULL);
	stage.now_ms = NOW_MS;
	stage.skipped_ms = 0;
	stage.last = NULL;
	stage.matching = (struct matching){ .freeze_wait_ms = 30000, .jobs = jobs_new(stage_wake, NULL, 2) };
	assert_non_null(stage.matching.jobs);
	core_up();
	return 0;
}

static inline int
stage_close(void **state)
{
	(void)state;
	core_destroy(&stage.core);
	jobs_destroy(&stage.matching.jobs);
	return 0;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */
static inline void
send_with_id(const struct principal *who, Bassin__V1__CommandType type, const ProtobufCMessage *message, struct id id)
{
	static const struct peer peer = { { 1 }, 1 };
	Bassin__V1__Request rq = BASSIN__V1__REQUEST__INIT;
	Bassin__V1__Upward up = BASSIN__V1__UPWARD__INIT;
	size_t size;

	rq.request_id = (ProtobufCBinaryData){ ID_SIZE, id.bytes };
	rq.type = type;
	rq.ttl_ms = 600000;
	rq.payload.data = arena_pack(stage.arena, message, &rq.payload.len);
	up.body_case = BASSIN__V1__UPWARD__BODY_REQUEST;
	up.request = &rq;
	const uint8_t *frame = arena_pack(stage.arena, &up.base, &size);
	assert_non_null(frame);
	stage.last = NULL;
	core_receive(stage.core, who, &peer, frame, size, stage.now_ms, stage_mono());
}

/* Turns until the answer is there; while nothing can be done, it waits for the worker or the next turn that is due. */
static inline const Bassin__V1__Reply *
wait_for_answer(void)
{
	struct pollfd worker = { .fd = stage.worker_fd, .events = POLLIN };
	uint64_t count;

	for (int turns = 0; stage.last == NULL; turns++) {
		assert_true(turns < 5000);
		stage_turn();
		if (stage.last == NULL && poll(&worker, 1, 10) == 1)
			assert_int_equal(read(stage.worker_fd, &count, sizeof count), sizeof count);
	}
	return stage.last;
}

static inline const Bassin__V1__Reply *
ask(const struct principal *who, Bassin__V1__CommandType type, const ProtobufCMessage *message)
{
	send_with_id(who, type, message, id_make(stage.now_ms, random_of_system, NULL));
	return wait_for_answer();
}

static inline void *
answer_of(const Bassin__V1__Reply *reply, const ProtobufCMessageDescriptor *type)
{
	ProtobufCAllocator allocator = arena_allocator(stage.arena);

	if (reply->refusal != NULL)
		print_error("refused: %s %s %s\n", reply->refusal->field, reply->refusal->code, reply->refusal->allowed);
	assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__OK);
	void *m = protobuf_c_message_unpack(type, &allocator, reply->payload.len, reply->payload.data);
	assert_non_null(m);
	return m;
}

static inline void
check_refused(const Bassin__V1__Reply *reply, const char *code, const char *field)
{
	assert_int_equal(reply->code, BASSIN__V1__REPLY_CODE__REFUSED);
	assert_string_equal(reply->refusal->code, code);
	assert_string_equal(reply->refusal->field, field);
}

/* filters: "posting=memphre/p1", NULL-terminated. */
static inline const Bassin__V1__Reply *
ask_list(const struct principal *who, Bassin__V1__CommandType type, const char *const *filters, const char *after,
    uint32_t limit)
{
	Bassin__V1__ListAsk m = BASSIN__V1__LIST_ASK__INIT;

	m.after = (char *)(uintptr_t)after;
	m.limit = limit;
	m.filters = (char **)(uintptr_t)filters;
	while (filters != NULL && filters[m.n_filters] != NULL)
		m.n_filters++;
	return ask(who, type, &m.base);
}

static inline const Bassin__V1__Table *
list_of(const struct principal *who, Bassin__V1__CommandType type, const char *filter)
{
	const char *const filters[] = { filter, NULL };

	return answer_of(ask_list(who, type, filters, "", 1000), &bassin__v1__table__descriptor);
}

static inline const char *
cell(const Bassin__V1__Table *t, size_t row, const char *column)
{
	for (size_t c = 0; c < t->n_columns; c++)
		if (strcmp(t->columns[c], column) == 0) {
			assert_true(row < t->n_rows);
			return t->rows[row]->cells[c];
		}
	fail_msg("no column %s", column);
	return "";
}

/* ---- telling ----------------------------------------------------------------------------------------------------- */
static inline void
tell(size_t which, int type, const char *topic, const char *key, const ProtobufCMessage *body)
{
	struct played_log *log = &stage.logs[which];
	struct event *e = &log->events[log->count++];

	assert_true(log->count < STAGE_EVENTS);
	*e = (struct event){ .topic = topic, .key = arena_strdup(stage.arena, key), .version = ++stage.version, .type = type };
	e->body = arena_pack(stage.arena, body, &e->size);
	assert_non_null(e->body);
}

static inline char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static inline const char *
institution_of(const char *reference)
{
	return arena_strndup(stage.arena, reference, strcspn(reference, "/"));
}

/* What most postings and learners of a test share: both sides fit. */
static inline Bassin__V1__PostingRecorded
a_posting(const char *reference)
{
	static char *programmes[] = { (char *)(uintptr_t)"420.B0" };
	Bassin__V1__PostingRecorded m = BASSIN__V1__POSTING_RECORDED__INIT;

	m.posting = text(reference);
	m.institution = text(institution_of(reference));
	m.employer = arena_printf(stage.arena, "%s/e1", m.institution);
	m.state = BASSIN__V1__POSTING_STATE__POSTING_OPEN;
	m.title = text("Stage");
	m.wil_type = BASSIN__V1__WIL_TYPE__COOP;
	m.programmes = programmes;
	m.n_programmes = 1;
	m.seats = 1;
	m.starts_on = 20834;
	m.ends_on = 20900;
	m.hours_hundredths = 3000;
	m.place_kind = BASSIN__V1__PLACE_KIND__REMOTE;
	m.accepts_unranked = true;
	m.assignable = true;
	return m;
}

static inline void
tell_posting(const Bassin__V1__PostingRecorded *m)
{
	tell(EMPLOYER_INTAKE, EVENT_TYPE(POSTING_RECORDED), "posting", m->posting, &m->base);
}

static inline Bassin__V1__ProfileRecorded
a_learner(const char *institution, const char *number)
{
	Bassin__V1__ProfileRecorded m = BASSIN__V1__PROFILE_RECORDED__INIT;

	m.learner = text(number);
	m.institution = text(institution);
	m.external_id = arena_printf(stage.arena, "x-%s", number);
	m.in_pool = true;
	m.programme = text("420.B0");
	m.available_from = 20800;
	m.available_to = 21000;
	m.hours_hundredths = 3500;
	m.languages = 1;                /* not assignable: plays about assignment say so */
	return m;
}

static inline void
tell_learner(const Bassin__V1__ProfileRecorded *m)
{
	tell(LEARNER_INTAKE, EVENT_TYPE(PROFILE_RECORDED), "profile", m->learner, &m->base);
}

/* refs: "a b c", each a tier of its own; "a=b" share one. */
static inline Bassin__V1__RankedRef **
ranked(const char *refs, size_t *n)
{
	Bassin__V1__RankedRef **entries = arena_zalloc(stage.arena, strlen(refs) + 1, sizeof *entries);
	char *at = arena_strdup(stage.arena, refs);
	int32_t tier = 0;

	*n = 0;
	for (char *group; (group = strsep(&at, " ")) != NULL;) {
		if (group[0] == '\0')
			continue;
		tier++;
		for (char *ref; (ref = strsep(&group, "=")) != NULL; (*n)++) {
			entries[*n] = arena_zalloc(stage.arena, 1, sizeof **entries);
			bassin__v1__ranked_ref__init(entries[*n]);
			entries[*n]->tier = tier;
			entries[*n]->ref = ref;
		}
	}
	return entries;
}

static inline void
tell_learner_ranking(const char *institution, const char *number, const char *refs)
{
	Bassin__V1__LearnerRankingRecorded m = BASSIN__V1__LEARNER_RANKING_RECORDED__INIT;

	m.learner = text(number);
	m.institution = text(institution);
	m.entries = ranked(refs, &m.n_entries);
	tell(LEARNER_INTAKE, EVENT_TYPE(LEARNER_RANKING_RECORDED), "learner_ranking", number, &m.base);
}

static inline void
tell_employer_ranking(const char *posting, const char *refs)
{
	Bassin__V1__EmployerRankingRecorded m = BASSIN__V1__EMPLOYER_RANKING_RECORDED__INIT;

	m.posting = text(posting);
	m.institution = text(institution_of(posting));
	m.entries = ranked(refs, &m.n_entries);
	tell(EMPLOYER_INTAKE, EVENT_TYPE(EMPLOYER_RANKING_RECORDED), "employer_ranking", posting, &m.base);
}

static inline void
tell_offer(const char *institution, const char *number, const char *posting)
{
	Bassin__V1__DirectOfferRecorded m = BASSIN__V1__DIRECT_OFFER_RECORDED__INIT;

	m.learner = text(number);
	m.institution = text(institution);
	m.posting = text(posting);
	tell(LEARNER_INTAKE, EVENT_TYPE(DIRECT_OFFER_RECORDED), "direct_offer", number, &m.base);
}

static inline void
tell_erased(const char *number)
{
	Bassin__V1__LearnerErased m = BASSIN__V1__LEARNER_ERASED__INIT;

	m.learner = text(number);
	tell(LEARNER_INTAKE, EVENT_TYPE(LEARNER_ERASED), "erasure", number, &m.base);
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */
static inline const Bassin__V1__RoundReport *
report_of(const Bassin__V1__Reply *reply)
{
	return answer_of(reply, &bassin__v1__round_report__descriptor);
}

static inline const char *
open_round_by(bool guarantee)
{
	Bassin__V1__RoundOpen m = BASSIN__V1__ROUND_OPEN__INIT;

	m.title = text("Hiver 2027");
	m.no_guarantee = !guarantee;
	return report_of(ask(&operator_, COMMAND_TYPE(ROUND_OPEN), &m.base))->round;
}

static inline const char *
open_round(void)
{
	return open_round_by(true);
}

static inline const Bassin__V1__Reply *
ask_round(const struct principal *who, Bassin__V1__CommandType type, const char *round)
{
	Bassin__V1__RoundAsk m = BASSIN__V1__ROUND_ASK__INIT;

	m.round = text(round);
	return ask(who, type, &m.base);
}

static inline const Bassin__V1__Reply *
ask_solve(const char *round, bool dry_run)
{
	Bassin__V1__RoundSolve m = BASSIN__V1__ROUND_SOLVE__INIT;

	m.round = text(round);
	m.dry_run = dry_run;
	return ask(&operator_, COMMAND_TYPE(ROUND_SOLVE), &m.base);
}

static inline const Bassin__V1__Reply *
ask_withdraw(const struct principal *who, const char *round, const char *learner, const char *posting)
{
	Bassin__V1__RoundWithdraw m = BASSIN__V1__ROUND_WITHDRAW__INIT;

	m.round = text(round);
	m.learner = text(learner);
	m.posting = text(posting);
	m.reason = text("a trouvé ailleurs");
	return ask(who, COMMAND_TYPE(ROUND_WITHDRAW), &m.base);
}

static inline const Bassin__V1__RoundReport *
show_round(const struct principal *who, const char *round)
{
	return report_of(ask_round(who, COMMAND_TYPE(ROUND_SHOW), round));
}

/* The whole exported file. */
static inline const char *
export_round(const char *round, bool outcome)
{
	char *all = arena_strdup(stage.arena, "");
	uint64_t at = 0, total = 1;

	while (at < total) {
		Bassin__V1__RoundExport m = BASSIN__V1__ROUND_EXPORT__INIT;
		m.round = text(round);
		m.outcome = outcome;
		m.offset = at;
		const Bassin__V1__RoundFile *f =
		    answer_of(ask(&operator_, COMMAND_TYPE(ROUND_EXPORT), &m.base), &bassin__v1__round_file__descriptor);
		assert_true(f->data.len > 0);
		all = arena_printf(stage.arena, "%s%.*s", all, (int)f->data.len, (const char *)f->data.data);
		at += f->data.len;
		total = f->total;
	}
	return all;
}

static inline int
events_told(const char *topic)
{
	return atoi(cluster_sql(&stage.cluster, "SELECT count(*) FROM event WHERE topic = '%s'", topic));
}

#endif
