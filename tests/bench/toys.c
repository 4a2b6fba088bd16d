/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two services for measuring the core and nothing else: they run on the real runtime, store and wire, and do as little
 * as a service can do. Which one this is, the program's name tells:
 *   bassin-matching        the owner: ROUND_OPEN writes one row and one event; ROUND_SOLVE{round="N"} appends N events,
 *                          each with its row, by a chore that commits every BATCH of them
 *   bassin-learner-intake  the reader: writes one row for each event of topic round
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bassin/v1/matching.pb-c.h"
#include "service/service.h"
#include "store/store.h"

#define BATCH 1000
#define TYPE(name) BASSIN__V1__COMMAND_TYPE__##name

static const struct sql thing_insert = { "thing_insert",
	"INSERT INTO thing (key, title) SELECT * FROM unnest($1::text[], $2::text[])" };
static const struct sql thing_upsert = { "thing_upsert",
	"INSERT INTO thing (key, title) SELECT * FROM unnest($1::text[], $2::text[]) "
	"ON CONFLICT (key) DO UPDATE SET title = excluded.title" };
static const struct sql *const statements[] = { &thing_insert, &thing_upsert, NULL };
static const struct migration migrations[] = {
	{ 1, "thing", "CREATE TABLE thing (key text COLLATE \"C\" PRIMARY KEY, title text NOT NULL)" },
	{ 0, NULL, NULL },
};

static enum verdict
verdict_of(int result)
{
	return result == STORE_OK ? VERDICT_OK : result == STORE_RETRY ? VERDICT_RETRY : VERDICT_BROKEN;
}

/* ---- the owner ------------------------------------------------------------------------------------------------------ */
static struct owner { int64_t left, in_hand; uint64_t made; } owner;

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
	owner.left = strtoll(m->round, NULL, 10);
	return VERDICT_OK;
}

static int64_t
append_due(void *state)
{
	(void)state;
	return owner.left > 0 ? 0 : INT64_MAX;
}

static int
append_run(struct work *w)
{
	const char *keys[BATCH], *titles[BATCH];
	size_t count = owner.left < BATCH ? (size_t)owner.left : BATCH;

	owner.in_hand = (int64_t)count;
	for (size_t i = 0; i < count; i++) {
		keys[i] = arena_printf(w->arena, "college-%llu/stage-%012llu", (unsigned long long)(i % 7),
		                       (unsigned long long)(owner.made + i));
		titles[i] = "Stage en techniques de l'informatique, hiver 2027, Sherbrooke et environs, 37,5 heures";
		if (keys[i] == NULL || round_emit(w, keys[i], titles[i]) != 0)
			return STORE_RETRY;
	}
	return things_put(w, &thing_insert, keys, titles, count);
}

static void
append_after(void *state, bool committed)
{
	(void)state;
	if (committed) {
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
static int
reader_apply(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	ProtobufCAllocator allocator = arena_allocator(w->arena);
	const char **keys = arena_zalloc(w->arena, count, sizeof *keys), **titles = arena_zalloc(w->arena, count, sizeof *titles);

	(void)f;
	if (keys == NULL || titles == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		const Bassin__V1__RoundMoved *m = bassin__v1__round_moved__unpack(&allocator, events[i].size, events[i].body);
		if (m == NULL)
			return STORE_BROKEN;
		keys[i] = events[i].key;
		titles[i] = m->title;
	}
	return things_put(w, &thing_upsert, keys, titles, count);
}

static const char *const topics[] = { "round", NULL };
static const struct follow reader_follows[] = { { .log_id = "matching", .topics = topics, .apply = reader_apply } };
static const struct service reader_service = {
	.name = "learner_intake", .about = "a reader of a log, to measure", .follows = reader_follows, .follow_count = 1,
	.statements = statements, .migrations = migrations,
};

int
main(int argc, char **argv)
{
	const struct service *service = strstr(argv[0], "learner-intake") != NULL ? &reader_service : &owner_service;

	return service_main(service, argc, argv);
}
