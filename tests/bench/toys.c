/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two services for measuring the core and nothing else: they run on the real runtime, store and wire, and do as little
 * as a service can do. Which one this is, the program's name tells:
 *   bassin-matching        the owner: ROUND_OPEN writes one row and one event; ROUND_SOLVE{round="N"} appends N events,
 *                          each with its row, by a chore that commits every BATCH of them; ROUND_SOLVE{round="N/MS"}
 *                          commits one every MS milliseconds
 *   bassin-learner-intake  the reader: writes one row for each event of topic round
 * Of events that come one at a time, the owner writes down when each was committed and the reader when each was visible:
 * $BASSIN_HOME/run/owner.times and reader.times, lines `number nanoseconds` of the monotonic clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bassin/v1/matching.pb-c.h"
#include "service/service.h"
#include "store/store.h"

#define BATCH 8000
#define PACED "paced-"
#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

static const struct sql thing_insert = { "thing_insert", SQL_PLAN_KEPT
	"INSERT INTO thing (key, title) SELECT * FROM unnest($1::text[], $2::text[])" };
static const struct sql thing_upsert = { "thing_upsert", SQL_PLAN_KEPT
	"INSERT INTO thing (key, title) SELECT * FROM unnest($1::text[], $2::text[]) "
	"ON CONFLICT (key) DO UPDATE SET title = excluded.title" };
static const struct sql thing_copy = { "thing_copy", "COPY thing (key, title) FROM STDIN (FORMAT binary)" };
static const struct sql *const statements[] = { &thing_insert, &thing_upsert, &thing_copy, NULL };
static const struct migration migrations[] = {
	{ 1, "thing", "CREATE TABLE thing (key text COLLATE \"C\" PRIMARY KEY, title text NOT NULL)" },
	{ 0, NULL, NULL },
};

static enum verdict
verdict_of(int result)
{
	return result == STORE_OK ? VERDICT_OK : result == STORE_RETRY ? VERDICT_RETRY : VERDICT_BROKEN;
}

static int
things_copy(struct work *w, const char *const *keys, const char *const *titles, size_t count)
{
	const struct copy_column columns[] = { { .kind = COPY_TEXT, .texts = keys }, { .kind = COPY_TEXT, .texts = titles } };

	return tx_copy(w->tx, w->arena, &thing_copy, columns, COUNT_OF(columns), count);
}

/* ---- when what happened --------------------------------------------------------------------------------------------- */
static void
time_note(const char *name, unsigned long long number)
{
	static FILE *out;
	struct timespec t;
	char path[512];

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	if (out == NULL) {
		(void)snprintf(path, sizeof path, "%s/run/%s.times", getenv("BASSIN_HOME"), name);
		out = fopen(path, "w");
	}
	if (out != NULL && fprintf(out, "%llu %lld\n", number, (long long)t.tv_sec * 1000000000 + t.tv_nsec) > 0)
		(void)fflush(out);
}

/* ---- the owner ------------------------------------------------------------------------------------------------------ */
static struct owner { int64_t left, in_hand, pace_ms, next_mono_ms; uint64_t made; } owner;

static int
things_put(struct work *w, const struct sql *sql, const char *const *keys, const char *const *titles, size_t count)
{
	struct params p = params_new(w->arena);

	param_texts(&p, keys, count);
	param_texts(&p, titles, count);
	return tx_queue(w->tx, sql, &p);
}

static int
round_emit(struct work *w, const char *key, const char *title)
{
	Bassin__V1__RoundMoved moved = BASSIN__V1__ROUND_MOVED__INIT;

	moved.round = (char *)(uintptr_t)key;
	moved.state = BASSIN__V1__ROUND_STATE__ROUND_OPENED;
	moved.title = (char *)(uintptr_t)title;
	return work_emit(w, "round", key, 1, BASSIN__V1__EVENT_TYPE__ROUND_MOVED, &moved.base);
}

static enum verdict
on_round_open(struct call *call)
{
	const Bassin__V1__RoundOpen *m = call_message(call, &bassin__v1__round_open__descriptor);
	char key[ID_HEX_SIZE];

	if (m == NULL)
		return call_refuse(call, "undecodable", "", "");
	id_to_hex(&call->request_id, key);
	const char *keys[] = { arena_strdup(call->work->arena, key) }, *titles[] = { m->title };
	if (keys[0] == NULL || round_emit(call->work, key, m->title) != 0)
		return VERDICT_RETRY;
	call->subject_ids = keys[0];
	return verdict_of(things_put(call->work, &thing_insert, keys, titles, 1));
}

static enum verdict
on_round_solve(struct call *call)
{
	const Bassin__V1__RoundSolve *m = call_message(call, &bassin__v1__round_solve__descriptor);

	if (m == NULL)
		return call_refuse(call, "undecodable", "", "");
	const char *pace = strchr(m->round, '/');
	owner.left = strtoll(m->round, NULL, 10);
	owner.pace_ms = pace != NULL ? strtoll(pace + 1, NULL, 10) : 0;
	owner.next_mono_ms = call->work->mono_ms;
	return VERDICT_OK;
}

static int64_t
append_due(void *state)
{
	(void)state;
	return owner.left > 0 ? owner.next_mono_ms : INT64_MAX;
}

static int
append_run(struct work *w)
{
	const char *keys[BATCH], *titles[BATCH];
	size_t most = owner.pace_ms > 0 ? 1 : BATCH, count = (size_t)owner.left < most ? (size_t)owner.left : most;
	const char *prefix = owner.pace_ms > 0 ? PACED : "college-";

	owner.in_hand = (int64_t)count;
	owner.next_mono_ms = owner.pace_ms > 0 ? owner.next_mono_ms + owner.pace_ms : 0;
	for (size_t i = 0; i < count; i++) {
		unsigned long long number = owner.made + i;
		keys[i] = arena_printf(w->arena, "%s%llu/stage-%012llu", prefix, number % 7, number);
		titles[i] = "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures";
		if (keys[i] == NULL || round_emit(w, keys[i], titles[i]) != 0)
			return STORE_RETRY;
	}
	return count < TX_COPY_ROWS ? things_put(w, &thing_insert, keys, titles, count) : things_copy(w, keys, titles, count);
}

static void
append_after(void *state, bool committed)
{
	(void)state;
	if (committed) {
		if (owner.pace_ms > 0)
			time_note("owner", owner.made);
		owner.left -= owner.in_hand;
		owner.made += (uint64_t)owner.in_hand;
	}
}

static const struct command owner_commands[] = {
	{ TYPE(ROUND_OPEN), on_round_open, false }, { TYPE(ROUND_SOLVE), on_round_solve, false },
};
static const struct chore owner_chores[] = { { "append", append_due, append_run, append_after } };
static const struct service owner_service = {
	.name = "matching", .about = "an owner of a log, to measure", .commands = owner_commands, .command_count = 2,
	.chores = owner_chores, .chore_count = 1, .statements = statements, .migrations = migrations,
};

/* ---- the reader ----------------------------------------------------------------------------------------------------- */
static struct reader { unsigned long long seen[BATCH]; size_t count; } reader;

static int
reader_apply(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	ProtobufCAllocator allocator = arena_allocator(w->arena);
	const char **keys = arena_zalloc(w->arena, count, sizeof *keys), **titles = arena_zalloc(w->arena, count, sizeof *titles);

	(void)f;
	if (keys == NULL || titles == NULL)
		return STORE_RETRY;
	size_t all_first = 0;
	for (size_t i = 0; i < count; i++) {
		const Bassin__V1__RoundMoved *m = bassin__v1__round_moved__unpack(&allocator, events[i].size, events[i].body);
		if (m == NULL)
			return STORE_BROKEN;
		keys[i] = events[i].key;
		if (strncmp(keys[i], PACED, strlen(PACED)) == 0 && reader.count < BATCH)
			reader.seen[reader.count++] = strtoull(strrchr(keys[i], '-') + 1, NULL, 10);
		titles[i] = m->title;
		all_first += events[i].first;
	}
	/* A key of which nothing was ever applied has no row. */
	if (all_first == count && count >= TX_COPY_ROWS)
		return things_copy(w, keys, titles, count);
	return things_put(w, &thing_upsert, keys, titles, count);
}

/* Never due: it is asked right after a batch was committed, and that is the moment to write down. */
static int64_t
reader_due(void *state)
{
	(void)state;
	for (size_t i = 0; i < reader.count; i++)
		time_note("reader", reader.seen[i]);
	reader.count = 0;
	return INT64_MAX;
}

static int
reader_run(struct work *w)
{
	(void)w;
	return STORE_OK;
}

static const char *const topics[] = { "round", NULL };
static const struct follow reader_follows[] = { { .log_id = "matching", .topics = topics, .apply = reader_apply } };
static const struct chore reader_chores[] = { { "times", reader_due, reader_run, NULL } };
static const struct service reader_service = {
	.name = "learner_intake", .about = "a reader of a log, to measure", .follows = reader_follows, .follow_count = 1,
	.chores = reader_chores, .chore_count = 1,
	.statements = statements, .migrations = migrations,
};

int
main(int argc, char **argv)
{
	const struct service *service = strstr(argv[0], "learner-intake") != NULL ? &reader_service : &owner_service;

	return service_main(service, argc, argv);
}
